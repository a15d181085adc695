"""When: what the words for time in a sentence mean, and how a due is said in words.

A bare weekday is the coming one and never today; "next Friday" is the one in next week; a bare hour is the next waking
one (7 to 21). A date without a year is the coming one. "03/04" follows the person's locale.
"""

from datetime import datetime, timedelta
from functools import lru_cache

from domain.due import Due
from domain.people import Clock
from language.patterns import Wording
from language.readings import Reading
from language.recurrence import read_rule
from language.times.lexicon import PARTS
from language.times.time_words import readings_in

IDLE = Wording(r"(?:\b(?:due|on|at|by|in|the|of|for|please|from|around|about|and|it|is|sometime)\b|[\s,.;:!?()@-])*")
REST = Wording(r"(?:\b(?:please|pls|thanks|sharp)\b|[\s,.;:!?()-])*")
PHRASE_LENGTH = 200
ONCE_LENGTH = 4_000
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def read(text: str, clock: Clock) -> tuple[Reading, ...]:
    """Every reading of time in a sentence, from left to right; quotations, addresses and names are passed over."""
    return _read_once(text, clock) if len(text) <= ONCE_LENGTH else _read(text, clock)


@lru_cache(maxsize=256)
def _read_once(text: str, clock: Clock) -> tuple[Reading, ...]:
    """Several grammars look at the same sentence within one message."""
    return _read(text, clock)


def _read(text: str, clock: Clock) -> tuple[Reading, ...]:
    rule = read_rule(text, clock)
    rules = [rule] if rule else []
    found = (*readings_in(text, clock, hidden=[one.span for one in rules]), *rules)
    return tuple(sorted(found, key=lambda reading: reading.span))


def resolve(phrase: str, clock: Clock) -> tuple[Reading, ...]:
    """What a phrase means that is all about time, likeliest first; nothing where a word of it is not understood."""
    return _resolve_once(phrase, clock) if len(phrase) <= PHRASE_LENGTH else ()


@lru_cache(maxsize=256)
def _resolve_once(phrase: str, clock: Clock) -> tuple[Reading, ...]:
    rule = read_rule(phrase, clock)
    if rule and _covers(phrase, [rule]):
        return (rule,)
    readings = _alone(phrase, clock)
    return tuple(meant for reading in readings for meant in (reading, *reading.others))


def due_of(reading: Reading, clock: Clock) -> Due | None:
    """The due a reading asks for; None for a duration.

    A period that has begun is due on its last day, as is what is called the end of one; a coming one on its first;
    "before Friday" is Thursday. A part of the day has its usual hour (morning 9, afternoon 15, evening 19, night 20).
    """
    start, end, today = reading.start, reading.end, clock.now.date()
    begun = start is not None and not isinstance(start, datetime) and start <= today
    match start:
        case None:
            return None
        case datetime():
            hours = {first: usual for first, _, usual in PARTS.values()}
            if reading.grain == "daypart":
                start = start.replace(hour=hours.get(start.hour, start.hour))
            return Due(date=start.date(), time=start.time().replace(microsecond=0), zone=clock.zone)
        case _ if end and reading.is_end and reading.bound != "after" and not isinstance(end, datetime):
            return Due(date=end - timedelta(days=1))
        case _ if end and reading.kind == "interval" and not isinstance(end, datetime) and begun:
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
    readings = list(readings_in(phrase, clock, alone=True))
    timed = [reading for reading in readings if reading.kind != "duration"]
    if not readings or len(timed) > 1 or not _covers(phrase, readings):
        return []
    return timed or readings[:1]


def _covers(phrase: str, readings: list[Reading]) -> bool:
    starts = [0, *(reading.span[1] for reading in readings)]
    gaps = [phrase[start:end] for start, end in zip(starts, (reading.span[0] for reading in readings), strict=False)]
    return all(IDLE.fullmatch(gap) for gap in gaps) and REST.fullmatch(phrase[starts[-1] :]) is not None
