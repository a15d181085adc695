"""Requests about notes: finding, summarising, changing, deleting."""

import re
from typing import Any

from language.patterns import Found, Wording
from language.request import Request
from language.requests.activities import cores
from language.requests.frames import NOTE, named, tight
from language.requests.jottings import written

LONGEST = 300
OF_NOTES = Wording(rf"\b{NOTE}\b")
ABOUT = r"(?:about|on|of|for|regarding|mentioning|with|from|concerning|where|(?:that )?mentions?)"
SUMMARY = Wording(
    r"\b(?:summ?ar(?:y|ies|i[sz]e|i[sz]ing)|sum(?:ming)? (?:(?:it|them|that|this|all) )?up|gist|recap|(?:main|key) "
    r"(?:points|ideas|"
    r"takeaways|facts|things)|"
    r"takeaways|tl;?dr|overview|digest|run-?\s?down|wrap-?up|essence|bullet points|"
    r"condense|boil(?:ed)? (?:down|.+ down)|(?:bring|put|pull) together|short version|in (?:short|brief)|"
    r"in a nutshell|highlights|"
    r"in (?:a few|few|two|three) (?:words|sentences|lines))\b"
)
WROTE = Wording(
    r"\b(?:what(?:'s in| is in|ever)?|everything|all|stuff|things|anything) (?:that )?(?:i(?:'ve| have)?|we(?:'ve|"
    r" have)?) "
    r"(?:ever |already |so far )*(?:wrote|written|noted?|noted down|jotted|jotted down|recorded|put|got|have|know|"
    r"kept|collected|said|saved)\b|"
    r"\b(?:wrote|written|noted|jotted|recorded)\b.*\b(?:about|on|regarding)\b"
)
# What still stands around the subject where a sentence is built otherwise.
INNER = Wording(
    rf"^.*\b(?:{NOTE}|summary|r[eé]sum[eé]|everything|all|stuff|things) (?:that i have )?(?:about|on|of|regarding|"
    rf"concerning|for) (?:the |my |our )?|"
    rf"\s+{NOTE}\b.*$|^(?:.*\b(?:resume|r[eé]sum[eé]) )(?:of )?"
)
THROUGH = Wording(
    rf"^(?:go|read|look|run|take a look) (?:through|over|at|into) [^.;]*\b{NOTE}\b[^.;]*(?:,|\band\b|"
    rf"\bthen\b)\s*(?:then )?(?:give me |tell me |make )?"
    rf"(?:an? |the )?(?:short |quick )?{SUMMARY.pattern}"
)
SUMMING = frozenset(
    """
    about abt anything boil boiled brief briefly bring bullet collected compile concerning condense condensed
    connected digest
    everything facts few form get gist give go got have highlights ideas in-short jotted key know known let line lines
    little look main memo nutshell note noted notes offer overview paragraph point points prepare produce provide put
    quick read recap recapitulate recorded regarding related relating rundown run-down run say says sentence sentences
    short show small something stuff sum summaries summing through down up them summarise summarising summarize
    summarizing summary sumarize
    takeaways tell them things tldr together version what's whatever word words wrap-up write written wrote pull
    existing various several information info subject topic essence
    """.split()
)
SAYS = Wording(
    rf"^(?:what|anything) (?:do|does|did|is there in|is in|have|'s in) (?:all )?(?:my|the) {NOTE} (?:say|have|"
    rf"tell(?: me)?|mention|contain|hold|know)?"
    r"\b.*?\b(?:about|on|of|regarding|concerning|from) (?P<about>.+?)\s*\??$"
)
SPOKE = Wording(
    r"^(?:what (?:else |exactly |all )?|when |who |where |why |how )?(?:was it(?: that)?|is it(?: that)?|did|has|"
    r"have|had|does|do) "
    r"(?!i\b|we\b|you\b|anyone\b)(?:the |my |our |his |her |their |that )?[\w' -]{2,40}? (?:say|said|tell|told|"
    r"agree[d]?|promise[d]?|"
    r"mention(?:ed)?|write|wrote|ask(?:ed)?|offer(?:ed)?|suggest(?:ed)?|recommend(?:ed)?|decide[d]?|think|thought|"
    r"explain(?:ed)?|"
    r"answer(?:ed)?|want(?:ed)?|confirm(?:ed)?|announce[d]?)\b"
)
ANYTHING = Wording(
    r"^(?:is there |have i (?:got )?|do i have |did i (?:write|note)(?: down)? |are there |got |find |"
    r"see )?(?:anything|something) "
    r"(?:(?:written|noted|saved|recorded) )?(?:down )?(?:(?:about|from|regarding|concerning) .+?(?: in (?:my|"
    r"the) notes)?|in (?:my|the) notes "
    r"(?:about|on|from|regarding) .+)\s*\?*$"
)
SUMMARIZE = Wording(
    r"^(?:summ?ari[sz]e|sum up|recap|(?:give me |write )?(?:a |the )?(?:short |quick |brief )?summary of)\s+(?:the |"
    r"my )?(?P<named>.+?)\s*\??$"
)
TAGGED = Wording(
    r"\b(?:tagged(?: with| as)?|with (?:the )?tag|labell?ed)\s+#?(?P<tag>[\w/-]+)|(?<!\w)#(?P<sign>[\w/-]+)"
)
NOTES_ABOUT = Wording(
    rf"\b{NOTE}\b\s+(?:(?:do i have|have i|are there|did i (?:write|take|make)|i (?:wrote|took|made|"
    rf"have))\s+)?{ABOUT}\s+(?P<about>.+?)"
    r"(?:\s+(?:down\s+)?(?:to|into|in)\s+(?:the\s+|a\s+)?(?:main|key|few|short|one|two|three|\d).*)?\s*\??$"
)
ABOUT_NOTES = Wording(rf"\b(?:my|the|all|any)\s+(?:all\s+|my\s+|of\s+)*(?P<about>(?!{ABOUT}\b)[\w'& -]+?)\s+{NOTE}\b")
LATEST = Wording(r"^(?:latest|last|recent|newest|most recent|new|all|other|own|existing)(?: (?:few|\d+))?$")
FIND = Wording(
    r"^(?:(?:what|which|how many) notes\b|(?:show|list|find|search(?: in| through)?|get|open|read|pull up|bring up|"
    r"look (?:up|for|in|through|at)|see|check|display)\b.*\bnotes?\b|"
    r"do i have (?:any |a |some )?notes?\b|(?:my|any|all(?: my)?|the) (?:[\w' -]+ )?notes\b|notes? (?:about|on|"
    r"regarding|tagged)\b|did i (?:write|take|make) (?:a |any )?notes?\b)"
)
WHICH = (
    rf"(?:(?:my|the|that|this|our)\s+)(?:{NOTE}\s+(?:about|on|called|titled|named|for|of|regarding)?\s*(?P<after>.+?)|"
    rf"(?P<before>.+?)\s+{NOTE}|(?P<bare>{NOTE}))"
)
APPEND = Wording(
    rf"^(?:add|append|write|put|attach)\s+[\"“']?(?P<append>.+?)[\"”']?\s+(?:to|into|in|on|at the end of)\s+{WHICH}$",
    re.S,
)
EXTEND = Wording(
    rf"^(?:add|append|write|put|update|extend)\s+(?:to\s+|in\s+|on\s+)?{WHICH.replace('.+?)', '[^:]+?)')}\s*(?:that|"
    rf":)\s*(?P<more>.+)$",
    re.S,
)
REPLACE = Wording(
    rf"^(?:replace|change|rewrite|overwrite|set|edit)\s+(?:the\s+)?(?:(?:text|body|content|words)\s+(?:of|"
    rf"in)\s+)?{WHICH}\s+(?:with|to|so that it says|to say)\s*:?\s*[\"“']?(?P<body>.+?)[\"”']?$",
    re.S,
)
RENAME = Wording(
    rf"^(?:rename|retitle|title|change the (?:title|name) of)\s+{WHICH}\s+(?:(?:to|as|into)\s+)?(?P<title>.+)$"
)
RETAG = Wording(
    rf"^(?:(?:tag|label)\s+{WHICH}\s+(?:with|as)\s+(?P<tags>#?\S.*)|(?:add|"
    rf"put)\s+(?:the\s+)?(?:tags?\s+(?P<more>#?[\w/, #-]+?)|(?P<signs>#[\w/, #-]+?)|(?P<one>[\w-]+)\s+tag)\s+(?:to|"
    rf"on)\s+"
    rf"{WHICH.replace('after', 'after2').replace('before', 'before2').replace('bare', 'bare2')})$"
)
DELETE = Wording(
    r"^(?:delete|remove|erase|trash|scrap|bin|discard|throw (?:away|out)|get rid "
    r"of)\s+(?:all\s+(?:of\s+)?)?(?:(?:my|the|that|this|those|these)\s+)?"
    rf"(?:{NOTE}(?:\s+(?:about|on|called|titled|with|of|regarding)\s+|\s+)(?P<after>.+)|(?P<before>.+?)\s+{NOTE}|"
    rf"(?P<bare>{NOTE}))$"
)


def request(text: str) -> Request | None:
    """What a sentence asks of the notes, None where it is not about them."""
    if note := written(text):
        return note
    has_note = OF_NOTES.search(text)
    if has_note and (changed := _changed(text)):
        return changed
    if SAYS.match(text) and not SUMMARY.search(text):
        return Request(intent="question", text=text, arguments={"query": text.rstrip("? ")})
    if SUMMARY.search(text) and (has_note or WROTE.search(text)):
        return summarized(text)
    if SPOKE.match(text) or ANYTHING.match(text):
        return Request(intent="question", text=text, arguments={"query": text.rstrip("? ")})
    if found := SUMMARIZE.match(text):
        return Request(intent="note_summarize", text=text, arguments={"about": named(found["named"])})
    return found_notes(text) if FIND.match(text) else None


def message(text: str) -> Request | None:
    """A summary that is asked for in two steps: "go through my notes on the flat and sum them up"."""
    return summarized(text) if len(text) <= LONGEST and THROUGH.match(text) else None


def summarized(text: str) -> Request:
    """A summary of the notes that the words name."""
    tag, _ = _which(text)
    found = cores(re.sub(r"tl;dr", "tldr", TAGGED.sub(" ", text), flags=re.I), SUMMING)
    about = named(INNER.sub("", found[0])) if found and not LATEST.match(found[0]) else None
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


def _update(text: str, found: Found, **fields: Any) -> Request:
    return Request(intent="note_update", text=text, reference=_reference(found), arguments=fields)


def _reference(found: Found) -> str:
    """The words for the note, `it` where there are none."""
    groups = found.groupdict()
    words = next((groups[name] for name in ("after", "before", "after2", "before2") if groups.get(name)), None)
    if words and LATEST.match(words):
        return "the last one"
    return words.strip() if words else "it"


def _given(**arguments: str | None) -> dict[str, str]:
    return {name: value.strip() for name, value in arguments.items() if value and value.strip()}
