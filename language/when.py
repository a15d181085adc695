"""When: what the words for time in a sentence mean, and how a due is said in words.

A bare weekday is the coming one and never today; "next Friday" is the one in next week; a bare hour is the next waking
one (7 to 21). A date without a year is the coming one. "03/04" follows the person's locale.
"""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

from domain.due import Due
from domain.people import Clock
from language.atoms import PARTS
from language.moments import moments
from language.readings import Reading
from language.recurrence import read_rule
from language.shields import shields

IDLE = re.compile(
    r"(?:\b(?:due|on|at|by|in|the|of|for|please|from|around|about|and|it|is|sometime)\b|[\s,.;:!?()@-])*", re.IGNORECASE
)
PHRASE_LENGTH = 200
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def read(text: str, clock: Clock) -> tuple[Reading, ...]:
    """Every reading of time in a sentence, from left to right; quotations, addresses and names are passed over."""
    rule = read_rule(text, clock)
    hidden = shields(text) + ([rule.span] if rule else [])
    found = moments(text, clock, hidden=hidden) + ([rule] if rule else [])
    return tuple(sorted(found, key=lambda reading: reading.span))


def resolve(phrase: str, clock: Clock) -> tuple[Reading, ...]:
    """What a phrase means that is all about time, likeliest first; nothing where a word of it is not understood."""
    if len(phrase) > PHRASE_LENGTH:
        return ()
    rule = read_rule(phrase, clock)
    if rule and _covers(phrase, [rule]):
        return (rule,)
    readings = _alone(phrase, clock)
    other = _alone(phrase, replace(clock, day_first=not clock.day_first))
    less = [replace(reading, weight=reading.weight / 2) for reading in other]
    return tuple(readings) + tuple(reading for reading in less if _meaning(reading) not in map(_meaning, readings))


def due_of(reading: Reading, clock: Clock) -> Due | None:
    """The due a reading asks for; None for a duration.

    A period that has begun is due on its last day, a coming one on its first; "before Friday" is Thursday. A part of
    the day has its usual hour (morning 9, afternoon 15, evening 19, night 20).
    """
    start, end, today = reading.start, reading.end, clock.now.date()
    match start:
        case None:
            return None
        case datetime():
            hours = {first: usual for first, _, usual in PARTS.values()}
            if reading.grain == "daypart":
                start = start.replace(hour=hours.get(start.hour, start.hour))
            return Due(date=start.date(), time=start.time().replace(microsecond=0), zone=clock.zone)
        case _ if end and reading.kind == "interval" and start <= today and not isinstance(end, datetime):
            return Due(date=end - timedelta(days=1) if end > today else start)
        case _ if reading.bound == "before":
            return Due(date=start - timedelta(days=1))
        case _ if reading.bound == "after":
            return Due(date=end if end and not isinstance(end, datetime) else start + timedelta(days=1))
        case _:
            return Due(date=start)


def in_words(due: Due, clock: Clock) -> str:
    """ "tomorrow, Sun 22 Nov, 15:00"; a zone that is not the person's is named."""
    today = clock.now.date()
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((due.date - today).days)
    day = f"{WEEKDAYS[due.date.weekday()]} {due.date.day} {MONTHS[due.date.month - 1]}"
    words = [*([near] if near else []), day if due.date.year == today.year else f"{day} {due.date.year}"]
    if due.time is not None:
        at = f"{due.time:%H:%M}"
        words.append(at if due.zone == clock.zone else f"{at} ({due.zone})")
    return ", ".join(words)


def _alone(phrase: str, clock: Clock) -> list[Reading]:
    """The readings of a phrase where they leave no word over and say one thing, perhaps with a duration."""
    readings = moments(phrase, clock, alone=True)
    timed = [reading for reading in readings if reading.kind != "duration"]
    if not readings or len(timed) > 1 or not _covers(phrase, readings):
        return []
    return timed or readings[:1]


def _covers(phrase: str, readings: list[Reading]) -> bool:
    rest = list(phrase)
    for reading in readings:
        start, end = reading.span
        rest[start:end] = " " * (end - start)
    return IDLE.fullmatch("".join(rest)) is not None


def _meaning(reading: Reading) -> tuple[date | datetime | None, date | datetime | None, int | None]:
    return reading.start, reading.end, reading.seconds
