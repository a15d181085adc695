"""Queries: what a person types to find something, taken apart into words to rank by and limits to look within."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.errors import Invalid
from domain.people import Clock
from language.evidence import LIGHT, NAME, stems
from language.readings import Reading
from language.when import read
from storage.search import Within
from tools import windows

QUOTED = re.compile(r"[\"“]([^\"“”]{2,200})[\"”]")
TAGGED = re.compile(r"(?i)(?:\b(?:tagged|with (?:the )?tags?)\s+#?|#)(?P<tag>[\w/-]+)")
PROJECT = re.compile(r"(?<!\w)@(?P<at>[\w/-]+)|(?i:\bin (?:the )?project\s+(?P<named>[\w/-]+))")
# A date says when it was written only where the query speaks of writing; "my talk on 4 March" asks for the words.
WRITTEN = re.compile(
    r"(?i)\b(?:wrote|written|write|noted?|notes?|jotted|saved|entr(?:y|ies)|journal|diary|logged|added|recorded|from)\b"
)
OF_MINE = r"(?i)\b(?:in|among|from|through|of) my "
TALKED = re.compile(
    r"(?i)\bdid (?:we|you|i) (?:talk|chat|speak|say|suggest|tell me|mention)\b|\byou (?:said|suggested|told me)\b|"
    r"\bour (?:chat|conversation)s?\b"
)
KINDS = (
    (re.compile(rf"{OF_MINE}notes\b|\bnotes (?:about|on|from|tagged)\b"), "note"),
    (re.compile(rf"{OF_MINE}(?:tasks|to-?dos|to-?do list)\b"), "task"),
    (TALKED, "message"),
)
POSSESSED = re.compile(rf"(?:{NAME.pattern})(?:['’]s\b)?")
DAY = timedelta(days=1)
BESIDE = 3
"""With more words than that around it, what stands in quotes is a title in a sentence: it ranks and limits nothing."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """`words` rank; `within` limits. `dates` are the words that became limits of time, to be said in the answer."""

    words: str
    within: Within
    dates: str | None = None


def taken_apart(query: str, clock: Clock, within: Within) -> Query:
    """The limits that the query itself states, besides those of `within`, which win."""
    around = QUOTED.sub(" ", query).split()
    quoted = tuple(found.strip() for found in QUOTED.findall(query)) if len(around) <= BESIDE else ()
    rest, tags = _cut(TAGGED, query, "tag")
    rest, projects = _cut(PROJECT, rest, "at", "named")
    kinds = tuple(kind for pattern, kind in KINDS if pattern.search(rest))
    words, since, until, dates = _dated(rest, clock)
    if not re.search(r"\w", QUOTED.sub(r"\1", words)):
        words = query
    return Query(
        words=QUOTED.sub(r"\1", words).strip(),
        within=replace(
            within,
            phrases=within.phrases or quoted,
            tags=within.tags or tags,
            project=within.project or next(iter(projects), None),
            kinds=within.kinds or kinds,
            since=within.since or since,
            until=within.until or until,
        ),
        dates=dates,
    )


def nameless(query: str) -> str:
    """The query without its names; as it is where nothing would be left to compare by meaning."""
    rest = " ".join(POSSESSED.sub("", query).split())
    return rest if any(word not in LIGHT for word in stems(rest)) else query


def _cut(pattern: re.Pattern[str], query: str, *groups: str) -> tuple[str, tuple[str, ...]]:
    """The query without what the pattern finds outside quotes, and what it finds."""
    hidden = [found.span() for found in QUOTED.finditer(query)]
    found = [one for one in pattern.finditer(query) if not any(a < one.end() and one.start() < b for a, b in hidden)]
    rest = query
    for one in reversed(found):
        rest = f"{rest[: one.start()].rstrip()} {rest[one.end() :].lstrip()}".strip()
    return rest, tuple(next(value for group in groups if (value := one[group])) for one in found)


def _dated(query: str, clock: Clock) -> tuple[str, date | None, date | None, str | None]:
    """A stretch of time behind us that the query names as when something was written."""
    if not WRITTEN.search(query) and not TALKED.search(query):
        return query, None, None, None
    reading = next((one for one in read(query, clock) if _is_stretch(one)), None)
    if reading is None:
        return query, None, None, None
    try:
        window = windows.past(re.sub(r"(?i)^from ", "", reading.text), clock, field="q")
    except Invalid:
        return query, None, None, None
    if window.first and window.first > clock.now.date():
        return query, None, None, None
    start, end = reading.span
    rest = f"{query[:start].rstrip()} {query[end:].lstrip()}".strip()
    rest = re.sub(r"(?i)\s*\b(?:from|in|on|during|since|of)\s*$", "", rest)
    return rest, window.first, window.last and window.last + DAY, reading.text


def _is_stretch(reading: Reading) -> bool:
    return reading.kind in ("point", "interval", "open") and reading.grain in (
        "day",
        "week",
        "month",
        "quarter",
        "year",
    )
