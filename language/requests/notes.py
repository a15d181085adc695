"""Requests about notes: writing, finding, summarising, changing, deleting."""

import re
from typing import Any

from language.request import Request
from language.requests.frames import NOTE, named, tight

WRITE = re.compile(
    r"^(?:(?:take|make|add|write|create|save|new|leave|keep|start)\s+(?:me\s+)?(?:a\s+)?(?:new\s+|"
    r"quick\s+)?|(?:a\s+)?quick\s+)?(?:note|memo|journal entry|journal|(?:idea|thought|quote|observation)(?=:))"
    r"(?:\s+to\s+(?:my)?self|\s+for me|,? please)*(?:\s+(?:titled|called|named)\s+(?P<title>[^:\n]{1,200}?))?"
    r"(?:\s*[:–]\s*|\s+-\s+|\s+(?:that(?: says)?|saying|which says|to the effect that)\s+|\s*\n\s*)(?P<body>\S.*)$",
    re.I | re.S,
)
JOT = re.compile(
    r"^(?!.{0,40}\b(?:tasks?|to-?dos?)\b\s*[:–-])(?:i (?:want|need|would like) to |i'd like to )?(?:(?:jot|scribble|"
    r"write|note|take)(?:\s+(?:this|that|it))?\s+down|put\s+(?:(?:this|that|it)\s+down|down(?=\s+(?:that|how)\b|"
    r"\s*[:,–-]))|jot(?:\s+(?:this|that))?|(?:take|"
    r"make) (?:a )?note(?: of)?|"
    r"for the record|save this|remember this(?: note)?(?=:)|(?:add|put|write) (?:this )?(?:to|in|into) my notes)"
    r"(?:\s+(?:that|how)\b|\s*[:,–-])?\s+(?P<body>\S.*)$",
    re.I | re.S,
)
BARE = re.compile(
    r"^note\s+(?!(?:about|on|for|from|titled|called|tagged|named|down|to|this|that|it|with|in|of|is|was|taking|pad|"
    r"book)\b)(?P<body>[\w'-]+ [\w'-]+ \S.*)$",
    re.I | re.S,
)
LABELLED = re.compile(
    r"^(?=[^:\n]{0,50}\b(?:notes?|for me|for later|the record)\b)(?![^:\n]*\b(?:about|on|task|called|named|titled|"
    r"to (?:the|that)|my \w+ note)\b)"
    r"(?:for|keep|put|add|save|store|i need|i want|i'd like|here's|please|can you|could you|"
    r"remember)\b[^:\n]{0,50}:\s*(?P<body>\S.*)$",
    re.I | re.S,
)
NAMED_ONLY = re.compile(rf"^(?:that|this|it|{NOTE})$", re.I)
EMPTY = re.compile(
    r"^(?:(?:take|make|add|write|create|new|start|leave|i want to (?:write|make))\s+)?(?:a\s+|"
    r"another\s+)?(?:new\s+)?note(?:\s+(?:about|on|for)\s+(?P<title>[^:\n]{1,100}))?$|^note:?$",
    re.I,
)
TAG = re.compile(r"(?<!\S)#([^\W\d][\w/-]*)")

ABOUT = r"(?:about|on|of|for|regarding|mentioning|with|from|concerning|where|(?:that )?mentions?)"
SUMMARY = re.compile(
    r"\b(?:summ?ar(?:y|ies|i[sz]e|i[sz]ing)|sum (?:up|it up)|gist|recap|(?:main|key) (?:points|ideas|takeaways)|"
    r"takeaways|tl;?dr|overview|digest|"
    r"condense|boil (?:down|.+ down)|short version|in short|in a nutshell|highlights)\b",
    re.I,
)
SUMMARIZE = re.compile(
    r"^(?:summ?ari[sz]e|sum up|recap|(?:give me |write )?(?:a |the )?(?:short |quick |brief )?summary of)\s+"
    r"(?:what i (?:wrote|noted|said|know)\s+(?:about|on)\s+(?P<wrote>.+?)|(?:the |my )?(?P<named>.+?))\s*\??$",
    re.I,
)
TAGGED = re.compile(
    r"\b(?:tagged(?: with| as)?|with (?:the )?tag|labell?ed)\s+#?(?P<tag>[\w/-]+)|(?<!\w)#(?P<sign>[\w/-]+)", re.I
)
NOTES_ABOUT = re.compile(
    rf"\b{NOTE}\b\s+(?:(?:do i have|have i|are there|did i (?:write|take|make)|i (?:wrote|took|made|"
    rf"have))\s+)?{ABOUT}\s+(?P<about>.+?)"
    r"(?:\s+(?:down\s+)?(?:to|into|in)\s+(?:the\s+|a\s+)?(?:main|key|few|short|one|two|three|\d).*)?\s*\??$",
    re.I,
)
ABOUT_NOTES = re.compile(
    rf"\b(?:my|the|all|any)\s+(?:all\s+|my\s+|of\s+)*(?P<about>(?!{ABOUT}\b)[\w'& -]+?)\s+{NOTE}\b", re.I
)
LATEST = re.compile(r"^(?:latest|last|recent|newest|most recent|new|all|other|own|existing)(?: (?:few|\d+))?$", re.I)
FIND = re.compile(
    r"^(?:(?:what|which|how many) notes\b|(?:show|list|find|search(?: in| through)?|get|open|read|pull up|bring up|"
    r"look (?:up|for|in|through|at)|see|check|display)\b.*\bnotes?\b|"
    r"do i have (?:any |a |some )?notes?\b|(?:my|any|all(?: my)?|the) (?:[\w' -]+ )?notes\b|notes? (?:about|on|"
    r"regarding|tagged)\b|did i (?:write|take|make) (?:a |any )?notes?\b)",
    re.I,
)
WHICH = (
    rf"(?:(?:my|the|that|this|our)\s+)(?:{NOTE}\s+(?:about|on|called|titled|named|for|of|regarding)?\s*(?P<after>.+?)|"
    rf"(?P<before>.+?)\s+{NOTE}|(?P<bare>{NOTE}))"
)
APPEND = re.compile(
    rf"^(?:add|append|write|put|attach)\s+[\"“']?(?P<append>.+?)[\"”']?\s+(?:to|into|in|on|at the end of)\s+{WHICH}$",
    re.I | re.S,
)
EXTEND = re.compile(
    rf"^(?:add|append|write|put|update|extend)\s+(?:to\s+|in\s+|on\s+)?{WHICH.replace('.+?)', '[^:]+?)')}\s*(?:that|"
    rf":)\s*(?P<more>.+)$",
    re.I | re.S,
)
REPLACE = re.compile(
    rf"^(?:replace|change|rewrite|overwrite|set|edit)\s+(?:the\s+)?(?:(?:text|body|content|words)\s+(?:of|"
    rf"in)\s+)?{WHICH}\s+(?:with|to|so that it says|to say)\s*:?\s*[\"“']?(?P<body>.+?)[\"”']?$",
    re.I | re.S,
)
RENAME = re.compile(
    rf"^(?:rename|retitle|title|change the (?:title|name) of)\s+{WHICH}\s+(?:(?:to|as|into)\s+)?(?P<title>.+)$", re.I
)
RETAG = re.compile(
    rf"^(?:(?:tag|label)\s+{WHICH}\s+(?:with|as)\s+(?P<tags>#?\S.*)|(?:add|"
    rf"put)\s+(?:the\s+)?(?:tags?\s+(?P<more>#?[\w/, #-]+?)|(?P<signs>#[\w/, #-]+?)|(?P<one>[\w-]+)\s+tag)\s+(?:to|"
    rf"on)\s+"
    rf"{WHICH.replace('after', 'after2').replace('before', 'before2').replace('bare', 'bare2')})$",
    re.I,
)
DELETE = re.compile(
    r"^(?:delete|remove|erase|trash|scrap|bin|discard|throw (?:away|out)|get rid "
    r"of)\s+(?:all\s+(?:of\s+)?)?(?:(?:my|the|that|this|those|these)\s+)?"
    rf"(?:{NOTE}(?:\s+(?:about|on|called|titled|with|of|regarding)\s+|\s+)(?P<after>.+)|(?P<before>.+?)\s+{NOTE}|"
    rf"(?P<bare>{NOTE}))$",
    re.I,
)


def written(text: str) -> Request | None:
    """The note that a whole message is, its body in the person's exact words."""
    found = WRITE.match(text) or LABELLED.match(text) or JOT.match(text) or BARE.match(text)
    if not found or NAMED_ONLY.match(found["body"].strip(" .!")):
        empty = EMPTY.match(text.strip(" .!"))
        named = {"title": empty["title"]} if empty and empty["title"] else {}
        return Request(intent="note_write", text=text, arguments=named) if empty else None
    body, title = found["body"].strip(), found.groupdict().get("title")
    tags = list(dict.fromkeys(tag.lower() for tag in TAG.findall(body)))
    arguments = {"body": body, **({"title": title.strip()} if title else {}), **({"tags": tags} if tags else {})}
    return Request(intent="note_write", text=text[:200], arguments=arguments)


def request(text: str) -> Request | None:
    """What a sentence asks of the notes, None where it is not about them."""
    if note := written(text):
        return note
    has_note = re.search(rf"\b{NOTE}\b", text, re.I)
    if has_note and (changed := _changed(text)):
        return changed
    if has_note and SUMMARY.search(text):
        return summarized(text)
    if found := SUMMARIZE.match(text):
        about = found["wrote"] or found["named"]
        return Request(intent="note_summarize", text=text, arguments={"about": named(about)})
    return found_notes(text) if FIND.match(text) else None


def summarized(text: str) -> Request:
    """A summary of the notes that the words name."""
    tag, about = _which(text)
    return Request(intent="note_summarize", text=text, arguments=_given(about=about, tag=tag))


def found_notes(text: str) -> Request:
    """A list of the notes that the words name, the latest where they name none."""
    tag, about = _which(text)
    return Request(intent="note_find", text=text, arguments=_given(query=about, tag=tag))


def _which(text: str) -> tuple[str | None, str | None]:
    """A tag, and what the notes are about."""
    tagged = TAGGED.search(text)
    rest = TAGGED.sub(" ", text)
    found = NOTES_ABOUT.search(rest) or ABOUT_NOTES.search(rest)
    about = re.sub(r"^(?:anything|everything) (?:about|on) ", "", found["about"].strip(" ?.!,\"'")) if found else None
    return (tagged["tag"] or tagged["sign"]) if tagged else None, None if not about or LATEST.match(about) else named(
        about
    )


def _changed(text: str) -> Request | None:
    if found := DELETE.match(text):
        return Request(intent="note_delete", text=text, reference=_reference(found))
    if found := RETAG.match(text):
        tags = [
            tag.lstrip("#")
            for tag in re.findall(
                r"#?[\w/-]+", next(found[name] for name in ("tags", "more", "signs", "one") if found[name])
            )
            if tag.lower() != "and"
        ]
        return _update(text, found, add_tags=tags)
    if found := RENAME.match(text):
        return _update(text, found, title=tight(found["title"]))
    if found := EXTEND.match(text):
        return _update(text, found, append=found["more"].strip())
    if found := APPEND.match(text):
        return _update(text, found, append=found["append"])
    if found := REPLACE.match(text):
        return _update(text, found, body=found["body"])
    return None


def _update(text: str, found: re.Match[str], **fields: Any) -> Request:
    return Request(intent="note_update", text=text, reference=_reference(found), arguments=fields)


def _reference(found: re.Match[str]) -> str:
    """The words for the note, `it` where there are none."""
    groups = found.groupdict()
    words = next((groups[name] for name in ("after", "before", "after2", "before2") if groups.get(name)), None)
    if words and LATEST.match(words):
        return "the last one"
    return words.strip() if words else "it"


def _given(**arguments: str | None) -> dict[str, str]:
    return {name: value.strip() for name, value in arguments.items() if value and value.strip()}
