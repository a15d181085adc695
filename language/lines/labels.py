"""Labels: the tags and the project of a line, as signs and in plain words.

Signs are `#tag` and `*tag`, `@project` and `+project`; a value of several words stands in quotation marks or brackets:
`#"two words"`, `+[[A Project]]`.
"""

import re

from domain.people import Clock
from language.lines.line import READ, Line
from language.patterns import Wording
from language.readings import Span
from language.when import read
from language.words import MONTH, VERBS, WEEKDAY

NAME = r"[^\W\d_](?:[\w/-]*\w)?"
VALUE = (
    r'(?:"(?P<quoted>[^"\n]{1,60})"|\[\[(?P<linked>[^\[\]\n]{1,60})\]\]|\((?P<held>[^()\n]{1,60})\)'
    rf"|(?P<name>{NAME}))"
)
WHOLE = r"(?!\w|['’/-]\w)"
TAG = re.compile(
    rf"(?<![\w&/#*+@])(?:(?<![^\s(])(?:and\s+)?(?:tag|label)\s+(?:it|this)\s+(?:(?:as|with)\s+)?)?[#*]{VALUE}{WHOLE}(?![*#])",
    re.IGNORECASE,
)
PROJECT = re.compile(rf"(?<![\w.+@/-])(?:[@+]{VALUE}{WHOLE}(?![+#])|\+(?P<exact>[^\W\d_][\w/#+.-]*[\w+#]){WHOLE})")

ITEM = rf"#?{NAME}"
NEXT_ITEM = (
    rf"(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*|\s+(?=#)){ITEM}"
    rf"(?=\s*(?:[,.;:!?&){READ}]|$)|\s+(?:and|on|at|by|in|for|due|with|under|every)\b)"
)
TAGGED = re.compile(
    r"\b(?:(?:and\s+)?(?:tagged|(?:tag|label)\s+(?:it|this))(?:\s+(?:as|with|under))?\s+|(?:tag|label(?:l?ed)?)\s+(?:as|with)\s+"
    r"|hash\s?tag\s+|with\s+(?:the\s+)?(?:tags?|labels?):?\s+|(?:tags?|labels?)\s*:\s*)"
    rf"(?P<tags>{ITEM}(?:{NEXT_ITEM})*)",
    re.IGNORECASE,
)
ITEM_BREAK = Wording(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*|\s+(?=#)")

MORE = rf"\s+(?!(?:{WEEKDAY}|{MONTH}|today|tomorrow|tonight)(?!\w))(?-i:[A-Z][\w-]*)|\s+\d+(?=\s*(?:[,.;!?)]|$))"
NAMED = rf"(?:\"(?P<quoted>[^\"\n]{{1,60}})\"|(?P<name>{NAME}(?:{MORE})*))"
FEW_NAMES = rf"(?:\"(?P<quoted>[^\"\n]{{1,60}})\"|(?P<name>{NAME}(?:\s+{NAME}){{0,2}}?))"
LAST = rf"(?=[\s.,!){READ}]*$)"
CLOSED = rf"(?=\s*(?:[.,;:!?){READ}]|$)|\s+(?:with|today|tomorrow|on|by|at|for|due|every)\b)"
PUT_IT = r"(?:(?:and\s+)?(?:file|put)\s+(?:it|this)\s+)"
FILED = tuple(
    re.compile(expression, re.IGNORECASE)
    for expression in (
        rf"\b{PUT_IT}?(?:in|into|under|within)\s+(?:the|my|our)\s+{FEW_NAMES}\s+project\b",
        rf"\b{PUT_IT}?(?:in|into|to|under|within|on|for)\s+(?:(?:the|my|our)\s+)?project:?\s+{NAMED}",
        rf"\bproject\s*:\s*{NAMED}",
        rf"(?:(?<=[,;(]\s)|(?<=[,;(]))project\s+{NAMED}{LAST}",
        rf"\b{PUT_IT}(?:in|into|under)\s+(?:(?:the|my|our)\s+)?{NAMED}{CLOSED}",
    )
)
PUT = Wording(r"\W*(?:(?:hey|hi|ok|and|also|just|please|can|could|would|will|you)\b[\s,]+)*(?:add|put)\b")
PUT_ON = (
    re.compile(rf"\bto\s+(?:the|my|our)\s+{FEW_NAMES}\s+project\b", re.IGNORECASE),
    re.compile(rf"(?<=\w\s)(?:to|on|onto)\s+(?:(?:my|our|the)\s+)?{FEW_NAMES}\s+list{LAST}", re.IGNORECASE),
)
NO_NAME = Wording(
    r"\b(?:and|or|for|with|the|a|an|my|our|your|to|of|at|on|in|it|is|same|whole|entire|other|next|last|list|"
    r"to-?do|task|reminder)s?\b"
)


def signed(line: Line, clock: Clock) -> Line:
    """With the tags and the project that signs give; an `@` before a time says no project."""
    for match in line.found(TAG):
        line = _tagged(line, match.span(), (_value(match),))
    for match in line.found(PROJECT):
        if line.draft.project is None and not _is_at_a_time(match, clock):
            line = line.having("project", match.span(), project=_value(match))
    return line


def tagged(line: Line) -> Line:
    """With the tags that words give: "tagged as home and garden"."""
    for match in line.found(TAGGED):
        tags = tuple(item.lstrip("#") for item in ITEM_BREAK.split(match["tags"]))
        if not any(NO_NAME.fullmatch(tag) for tag in tags):
            line = _tagged(line, match.span(), tags)
    return line


def filed(line: Line) -> Line:
    """With the project that words give: "in the garden project", or "to my reading list" after "add"."""
    if line.draft.project is not None:
        return line
    for words in (*FILED, *(PUT_ON if PUT.match(line.rest) else ())):
        for match in line.found(words):
            name = match["name"] or match.groupdict().get("quoted") or ""
            if name and not NO_NAME.search(name) and not VERBS & set(name.lower().split()[:-1]):
                return line.having("project", match.span(), project=name)
    return line


def _tagged(line: Line, span: Span, tags: tuple[str, ...]) -> Line:
    return line.having("tags", span, tags=tuple(dict.fromkeys((*line.draft.tags, *tags))))


def _value(match: re.Match[str]) -> str:
    said = match.groupdict()
    return next(said[name] for name in ("exact", "name", "quoted", "linked", "held") if said.get(name)).strip()


def _is_at_a_time(match: re.Match[str], clock: Clock) -> bool:
    """ "@friday 4pm" and "@noon" say when."""
    after = match.string[match.start() + 1 : match.start() + 60]
    return match[0].startswith("@") and any(reading.span[0] == 0 for reading in read(after, clock))
