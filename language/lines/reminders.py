"""Reminders: when a line asks to be reminded of its task, before it is due or at a moment of its own."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from domain.due import Due
from domain.people import Clock
from language.lines.line import Line
from language.lines.residue import is_named
from language.patterns import Wording
from language.readings import Reading, Span
from language.times.lexicon import UNITS
from language.when import due_of, resolve
from language.words import NUMBER, one_of

MORNING, EVENING = time(9), time(20)
REMIND = (
    r"(?:\band\s+|\bplease\s+)*\b(?:(?:set|add|with)\s+an?\s+(?:reminder|alert|alarm)|remind(?:er)?(?:\s+me)?|"
    r"alert(?:\s+me)?|notify\s+me|ping\s+me|notification)(?:\s+(?:about|of)\s+(?:it|this|that))?(?:\s+set)?\s*:?\s*"
)
AHEAD = re.compile(
    rf"{REMIND}(?:for\s+)?(?P<length>[^,;.!?\n]{{1,40}}?)\s+(?:before(?:hand)?|earlier|in\s+advance|ahead|prior)\b"
    r"(?:\s+(?:it'?s\s+due|it|that|then|(?:the\s+)?due(?:\s+(?:time|date))?))?",
    re.IGNORECASE,
)
AHEAD_LAST = re.compile(
    rf"\b(?P<length>(?:{NUMBER}(?:\s+and\s+a\s+half)?|half\s+an)\s*{one_of(UNITS)})\s+(?:before(?:hand)?|earlier|in\s+advance|ahead)"
    r"(?:\s+(?:it|that|the\s+\w+))?(?=[\s.!]*$)",
    re.IGNORECASE,
)
MOMENT = Wording(rf"(?:^|(?<=\s)){REMIND}(?:at|on|for|in)?\s*$")
MENTIONED = Wording(r"\b(?:remind|alert|notif|ping)")
EVE = Wording(r"(?:on\s+)?(?:the|a|one)\s+(?P<part>day|night|evening)")
EXACT = Wording(r"\d\s*[ap]\.?m|noon|:\d\d|morning|evening|night")


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """So many seconds before the due, or on the day or the evening before it."""

    span: Span
    seconds: int = 0
    eve: str | None = None


def ahead_in(line: Line, clock: Clock) -> Ahead | None:
    """ "remind me 10 minutes before", or at the end of what begins with "remind me"; it counts from the due."""
    for match in [*line.found(AHEAD), *(line.found(AHEAD_LAST) if MENTIONED.search(line.rest) else ())]:
        words = match["length"].strip()
        if eve := EVE.fullmatch(words):
            return Ahead(span=match.span(), eve=eve["part"].lower())
        seconds = next((reading.seconds for reading in resolve(words, clock) if reading.kind == "duration"), None)
        if seconds:
            return Ahead(span=match.span(), seconds=seconds)
    return None


def is_ahead(text: str) -> bool:
    """True for a text that is nothing but "remind me 10 minutes before"; it belongs to what was said before it."""
    return AHEAD.fullmatch(text.strip(" \t\n.,;!")) is not None


def asked_in(readings: list[Reading], line: Line) -> Reading | None:
    """The moment of ", remind me at 9", where another reading says when the task itself is due."""
    moments = [reading for reading in readings if reading.kind != "duration"]
    return next((reading for reading in moments if _asks(reading, line)), None) if len(moments) > 1 else None


def reminded_before(line: Line, ahead: Ahead, clock: Clock) -> Line:
    """A whole day counts from its morning; where there is no due, nothing is read."""
    due = line.draft.due
    if due is None:
        return line
    start = moment_of(due, clock)
    try:
        if ahead.eve:
            at = start.time() if ahead.eve == "day" else EVENING
            moment = datetime.combine(due.date - timedelta(days=1), at, start.tzinfo)
        else:
            moment = (start.astimezone(UTC) - timedelta(seconds=ahead.seconds)).astimezone(start.tzinfo)
    except OverflowError:
        return line
    return line.having("remind_at", ahead.span, remind_at=moment)


def reminded_at(line: Line, asked: Reading, clock: Clock) -> Line:
    """A bare time is of the day that the task is due, and before it."""
    said, due = due_of(asked, clock), line.draft.due
    words = MOMENT.search(line.rest[: asked.span[0]])
    if said is None or words is None:
        return line
    moment = moment_of(replace(said, date=due.date) if asked.kind == "time" and due else said, clock)
    if due and due.instant and moment >= due.instant and not EXACT.search(asked.text):
        moment -= timedelta(hours=12)
    return line.having("remind_at", (words.start(), asked.span[1]), remind_at=moment)


def moment_of(due: Due, clock: Clock) -> datetime:
    """The due's instant, or the morning of its day."""
    return due.instant or datetime.combine(due.date, MORNING, clock.now.tzinfo)


def _asks(reading: Reading, line: Line) -> bool:
    """True where it follows "remind me" and words before that name a task."""
    before = line.rest[: reading.span[0]]
    words = MOMENT.search(before)
    return words is not None and is_named(before[: words.start()])
