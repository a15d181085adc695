"""Requests about notes: writing, finding, summarising, changing, deleting."""

import re

from language.request import Request

WRITE = re.compile(
    r"^(?:(?:take|make|add|write|create|save|new|leave)\s+(?:me\s+)?(?:a\s+)?(?:new\s+|quick\s+)?)?note(?:\s+to\s+(?:my)?self)?"
    r"(?:\s+(?:titled|called|named)\s+(?P<title>[^:\n]{1,200}?))?(?:\s*[:–]\s*|\s+-\s+|\s+that\s+|\s*\n\s*)(?P<body>\S.*)$",
    re.I | re.S,
)
JOT = re.compile(
    r"^(?:jot(?:\s+this)?(?:\s+down)?|(?:write|note|take)(?:\s+this)?\s+down|take a note)"
    r"(?:\s+that|\s*[:,])?\s+(?P<body>\S.*)$",
    re.I | re.S,
)
EMPTY = re.compile(r"^(?:take|make|add|write|create|new)\s+(?:a\s+)?(?:new\s+)?note$|^note:?$", re.I)
TAG = re.compile(r"(?<!\S)#([^\W\d][\w/-]*)")

ABOUT = r"(?:\s+(?:about|on|of|for|regarding|mentioning|with|from)\s+(?P<about>.+?))?"
TAGGED = r"(?:\s+(?:tagged|with (?:the )?tag)\s+#?(?P<tag>[\w/-]+))?"
SUMMARIZE = re.compile(
    rf"^(?:summari[sz]e|sum up|(?:give me |write )?(?:a |the )?(?:short |quick )?summary of)\s+"
    rf"(?:(?:all |of )*(?:my |the )?notes?{TAGGED}{ABOUT}|what i (?:wrote|noted|said)\s+(?:about|on)\s+(?P<wrote>.+?)|"
    rf"(?:the |my )?(?P<named>.+?)(?:\s+notes?)?)\s*\??$",
    re.I,
)
FIND = re.compile(
    rf"^(?:(?:what|which) notes (?:do i have|have i|are there|did i (?:write|take)|mention)|"
    rf"(?:show|list|find|search|get|open)"
    rf"(?:\s+me)?(?:\s+all)?(?:\s+of)?(?:\s+my|\s+the)?\s+notes?|do i have (?:any |a )?notes?|my notes|any notes)"
    rf"(?:{TAGGED}{ABOUT}|(?P<rest>\s+\S.*?))\s*\??$",
    re.I,
)
APPEND = re.compile(
    r"^(?:add|append|write)\s+[\"“]?(?P<append>.+?)[\"”]?\s+(?:to|into|in)\s+(?:my|the)\s+"
    r"(?:note\s+(?:about|on|called|titled|named)?\s*(?P<after>.+)|(?P<before>.+?)\s+note)$|"
    r"^(?:update|extend)\s+(?:my|the)\s+(?:(?P<named>[^:]+?)\s+note|note\s+(?:about|on)\s+(?P<about>[^:]+?))\s*:\s*(?P<more>.+)$",
    re.I | re.S,
)
RENAME = re.compile(
    r"^rename\s+(?:my|the)\s+(?:note\s+(?:about |called )?(?P<after>.+?)|(?P<before>.+?)\s+note)\s+(?:to|as)\s+"
    r"(?P<title>.+)$",
    re.I,
)
DELETE = re.compile(
    r"^(?:delete|remove|erase|trash|throw away)\s+(?:all\s+)?(?:(?:my|the|that|this)\s+)?"
    r"(?:notes?(?:\s+(?:about|on|called|titled|with)\s+|\s+)(?P<after>.+)|(?P<before>.+?)\s+notes?|(?P<bare>note))$",
    re.I,
)


def written(text: str) -> Request | None:
    """The note that a whole message is, its body in the person's exact words."""
    found = WRITE.match(text) or JOT.match(text)
    if not found:
        return Request(intent="note_write", text=text) if EMPTY.match(text) else None
    body, title = found["body"].strip(), found.groupdict().get("title")
    tags = list(dict.fromkeys(tag.lower() for tag in TAG.findall(body)))
    arguments = {"body": body, **({"title": title.strip()} if title else {}), **({"tags": tags} if tags else {})}
    return Request(intent="note_write", text=text[:200], arguments=arguments)


def request(text: str) -> Request | None:
    """What a sentence asks of the notes, None where it is not about them."""
    if note := written(text):
        return note
    if found := SUMMARIZE.match(text):
        about = found["about"] or found["wrote"] or found["named"]
        return Request(intent="note_summarize", text=text, arguments=_given(about=about, tag=found["tag"]))
    if found := FIND.match(text):
        query = found["about"] or re.sub(r"^(?:for|that mention)\s+", "", (found["rest"] or "").strip()) or None
        return Request(intent="note_find", text=text, arguments=_given(query=query, tag=found["tag"]))
    if found := APPEND.match(text):
        reference = found["after"] or found["before"] or found["named"] or found["about"]
        words = found["append"] or found["more"]
        return Request(intent="note_update", text=text, reference=reference, arguments={"append": words})
    if found := RENAME.match(text):
        reference = found["after"] or found["before"]
        return Request(intent="note_update", text=text, reference=reference, arguments={"title": found["title"]})
    if found := DELETE.match(text):
        return Request(intent="note_delete", text=text, reference=found["after"] or found["before"] or "it")
    return None


def _given(**arguments: str | None) -> dict[str, str]:
    return {name: value.strip() for name, value in arguments.items() if value and value.strip()}
