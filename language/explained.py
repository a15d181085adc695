"""Explained: the words for time in a text, each with what it is read as, for whoever must not work it out alone."""

from datetime import date, datetime, timedelta

from domain.due import Due
from domain.errors import Invalid
from domain.people import Clock
from language import rule_words, when
from language.readings import Reading

UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
OTHERS = 2


def explained(text: str, clock: Clock) -> tuple[tuple[str, str], ...]:
    """Each phrase with its meaning, its other meanings after it, likeliest first; what has none is left out."""
    pairs = ((reading.text, _meanings(reading, clock)) for reading in when.read(text, clock))
    return tuple((phrase, meaning) for phrase, meaning in pairs if meaning)


def _meanings(reading: Reading, clock: Clock) -> str:
    meant = [_meaning(one, clock) for one in (reading, *reading.others[:OTHERS])]
    first, *others = dict.fromkeys(words for words in meant if words) or [""]
    return first + "".join(f", less likely {other}" for other in others)


def _meaning(reading: Reading, clock: Clock) -> str:
    try:
        match reading.kind:
            case "duration":
                return _length(reading.seconds or 0)
            case "recurrence":
                return _rhythm(reading, clock)
            case "interval" if reading.start and reading.end:
                return _interval(reading.start, reading.end, clock)
        edge = reading.start or reading.end
        if edge is None:
            return ""
        bound = f"{reading.bound} " if reading.bound else ""
        return f"{bound}{_moment(edge, clock)}"
    except Invalid:
        return ""


def _length(seconds: int) -> str:
    """`1 hour 30 minutes`."""
    parts = []
    for size, unit in UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
    return " ".join(parts)


def _rhythm(reading: Reading, clock: Clock) -> str:
    rule = rule_words.in_words(reading.rule or "", at=None if isinstance(reading.start, datetime) else reading.clock)
    after = ", counted from when it is done" if reading.recurs_from == "completion" else ""
    first = f", first {_moment(reading.start, clock)}" if reading.start else ""
    return f"{rule}{after}{first}"


def _interval(start: date | datetime, end: date | datetime, clock: Clock) -> str:
    """Both ends as they are said: the last day is in it."""
    if isinstance(end, datetime):
        is_same_day = isinstance(start, datetime) and start.date() == end.date()
        return f"{_moment(start, clock)} to {f'{end:%H:%M}' if is_same_day else _moment(end, clock)}"
    last = end - timedelta(days=1)
    return _moment(start, clock) if last == start else f"{_moment(start, clock)} to {_moment(last, clock)}"


def _moment(at: date | datetime, clock: Clock) -> str:
    if isinstance(at, datetime):
        return when.in_words(Due(date=at.date(), time=at.time().replace(microsecond=0), zone=clock.zone), clock)
    return when.in_words(Due(date=at), clock)
