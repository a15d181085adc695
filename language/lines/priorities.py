"""Priorities: how urgent a line says its task is, 1 (highest) to 4 (it can wait), as a sign and in plain words.

Signs are `!1`, `p1` and `!high`, and bare exclamation marks: `!!!` is 1 and `!!` is 2.
"""

import re

from language.lines.line import READ, Line
from language.patterns import Wording
from language.words import VERBS, one_of

LEVELS = {
    **dict.fromkeys(("urgent", "urgently", "critical", "highest", "top", "high", "important", "asap"), 1),
    **dict.fromkeys(("medium", "normal", "moderate"), 2),
    "low": 3,
    **dict.fromkeys(("lowest", "no", "not urgent", "not important", "no rush", "no hurry"), 4),
}

RANK = one_of(("urgent", "critical", "highest", "top", "high", "medium", "normal", "moderate", "low", "lowest", "no"))
CLOSED = rf"(?=\s*(?:[,.;:!?)\]{READ}–—]|$))"
OPENED = rf"(?:^|(?<=[\s(\[{READ}]))"
APART = rf"(?:(?<=[,;:(–—-]\s)|(?<=[,;:(\[])|(?<={READ}))"
QUITE = r"(?:(?:and|but|it'?s|it\s+is|this\s+is|that'?s|which\s+is|is|very|really|super|extremely|quite)\s+)"
MADE = r"(?:(?:and\s+)?(?:set|make|mark(?:ed)?|give)\s+(?:(?:it|this|that|the|its)\s+)?)?"
IN_FRONT = rf"(?:^|(?<=[,;:.]\s)|(?<=^please\s)|(?<={READ}\s))"
WORDED = tuple(
    re.compile(expression, re.IGNORECASE)
    for expression in (
        rf"(?<![^\s(\[])(?:(?:!?p|!)(?P<level>[1-4])|!(?P<word>{RANK})|(?P<bangs>!{{2,3}}))(?=[\s,.;:?)\]{READ}]|$)"
        r"(?!\s+of\b)",
        r"(?P<bangs>!{3})(?=\s*$)",
        rf"\b{MADE}prio(?:rity)?\b\s*(?:(?:is|to|of|at|as|level)\s+|[:=-]\s*)?(?P<level>[1-4](?!\w|\.\d)|{RANK}\b)",
        rf"\b{MADE}(?:(?:with|at|of|as|to|is|it'?s)\s+)*(?:an?\s+|the\s+)?(?P<level>{RANK})[\s-]+prio(?:rity)?\b"
        rf"(?:{CLOSED}|(?=\s+(?:to|for|and|on|at|by|in|with)\b))",
        rf"\b(?:and\s+)?(?:make|mark|flag)\s+(?:it|this|that)\s+(?:as\s+|to\s+)?(?:very\s+)?(?P<level>{RANK}|"
        rf"important)(?:[\s-]+prio(?:rity)?)?\b",
        rf"\b(?P<level>{RANK})[\s-]+prio(?:rity)?\b(?=\s+(?:task|to-?do|reminder|item)\b)",
        rf"{IN_FRONT}(?:with\s+)?(?:an?\s+)?(?P<level>{RANK})[\s-]+prio(?:rity)?\b",
        r"^(?P<level>high|medium|low)\s*:(?=\s)",
        rf"{IN_FRONT}(?P<level>urgent(?:ly)?|critical)(?!\s+care\b)\b",
        r"\b(?P<level>asap)\b",
        r"^(?P<level>important)\b(?:\s*[:,!–—-]|(?=\s+(?P<verb>[a-z]+)))",
        rf"{OPENED}{QUITE}*(?P<level>urgent(?:ly)?|critical|not\s+urgent)\b{CLOSED}",
        rf"(?:{APART}{QUITE}*|\b{QUITE}+)(?P<level>(?:not\s+)?important)\b{CLOSED}",
        rf"{APART}(?P<level>high|medium|low)\b(?=[\s)\].!]*$)",
        r"\b(?:there(?:'s|\s+is)\s+)?(?P<level>no\s+(?:rush|hurry)|not\s+urgent)\b",
    )
)

# Without one of these no expression above can match.
CUE = Wording(r"!|p[1-4]|prio|urgent|critical|important|asap|rush|hurry|make|mark|flag|high|medium|low")


def ranked(line: Line) -> Line:
    """With the first priority that a sign or words give, where it has none; "the important meeting" gives none."""
    if line.draft.priority is not None or not CUE.search(line.rest):
        return line
    found = [match for words in WORDED for match in line.found(words) if _ranks(match)]
    if not found:
        return line
    first = min(found, key=lambda match: (match.start(), -match.end()))
    return line.having("priority", first.span(), priority=_level(first))


def _ranks(match: re.Match[str]) -> bool:
    """ "important call mom" does, "important papers" does not."""
    verb = match.groupdict().get("verb")
    return verb is None or verb.lower() in VERBS


def _level(match: re.Match[str]) -> int:
    said = match.groupdict()
    if said.get("bangs"):
        return 4 - len(said["bangs"])
    word = " ".join((said.get("level") or said["word"]).lower().replace("-", " ").split())
    return int(word) if word.isdigit() else LEVELS[word]
