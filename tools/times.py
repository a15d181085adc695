"""The time words of arguments, read against the turn's clock; what cannot be read names its field and the cure."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.due import Due
from domain.errors import Invalid
from domain.people import Clock
from domain.recurrence import checked_rule, first_on_or_after
from language.readings import Reading
from language.recurrence import read_rule
from language.when import due_of, in_words, resolve
from tools.references import Unclear

NEARLY = 0.1
MORNING = time(9)
LATER = r"(?P<way>later|earlier|sooner)"
BEFORE = re.compile(r"^(?P<length>.+?)\s+(?:before|earlier|ahead)(?:\s+.*)?$", re.IGNORECASE)
SHIFT = re.compile(rf"^(?:by\s+)?(?P<length>(?:\d|an?\b|one|two|three|half).*?)\s+{LATER}$", re.IGNORECASE)
EVE = re.compile(r"(?:on\s+)?the\s+(?:day|(?P<part>morning|afternoon|evening|night))\s+before\b", re.IGNORECASE)
AT_DUE = re.compile(r"(?:at|on|when)?\s*(?:the\s+)?(?:due|time|it'?s due|same time)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Window:
    """Days from `first` to `last`, both in it; None is open."""

    first: date | None = None
    last: date | None = None
    words: str


def due(words: str, clock: Clock, *, field: str = "due") -> Due:
    """When the words mean; raises `Invalid` where they say no time, `Unclear` where two are about equally likely."""
    if (exact := _exact(words, clock)) is not None:
        return exact
    readings = [(reading, when) for reading in resolve(words, clock) if (when := due_of(reading, clock))]
    if not readings:
        raise Invalid(field, f"{words!r} is not a time I understand; say e.g. 'tomorrow 15:00' or '2026-11-27'.")
    (first, when), *others = readings
    for other, otherwise in others:
        if otherwise != when and first.weight - other.weight < NEARLY:
            raise Unclear(f"Do you mean {in_words(when, clock)} or {in_words(otherwise, clock)} by {words!r}?")
    return when


def day(words: str, clock: Clock, *, field: str = "date") -> date:
    """The day the words mean."""
    return due(words, clock, field=field).date


def rule(words: str, clock: Clock) -> tuple[str, Due]:
    """The rule and the first due it gives, from words or an RRULE."""
    if re.match(r"(?:RRULE:)?[A-Z]+=", words.strip(), re.IGNORECASE):
        checked = checked_rule(re.sub(r"(?i)^RRULE:", "", words.strip()))
        return checked, Due(date=first_on_or_after(checked, clock.now.date()))
    reading = read_rule(words, clock)
    if reading is None or reading.rule is None:
        raise Invalid("recurrence", f"{words!r} is not a rhythm I understand; say e.g. 'every weekday at 7'.")
    return checked_rule(reading.rule), _first_due(reading, reading.rule, clock)


def repeats(words: str, clock: Clock) -> bool:
    """True where words given as a due say a rhythm, such as `every friday`."""
    return any(reading.kind == "recurrence" for reading in resolve(words, clock)[:1])


def minutes(words: str | float, clock: Clock, *, field: str = "duration") -> int:
    """A length in minutes; a plain number is minutes."""
    if not isinstance(words, str) or re.fullmatch(r"[-+]?\d+(?:\.\d+)?", words.strip()):
        length = float(words) * 60
    else:
        readings = [r for r in resolve(words, clock) if r.kind == "duration" and r.seconds is not None]
        if not readings or words.strip().startswith("-"):
            raise Invalid(field, f"{words!r} is not a length of time; say e.g. '45 minutes' or '1.5 hours'.")
        length = float(readings[0].seconds or 0)
    if not 60 <= length <= 6_000_000:
        raise Invalid(field, f"{words!r} is not between 1 and 100000 minutes.")
    return round(length / 60)


def reminder(words: str, deadline: Due | None, clock: Clock) -> datetime:
    """When to remind: a moment, or so long before the due; a day without a time is its morning at nine."""
    if eve := EVE.match(words.strip()):
        at_deadline = replace(clock, now=_moment(deadline, clock))
        return _moment(moved(f"yesterday {eve['part'] or ''}".strip(), deadline, at_deadline), clock)
    if before := BEFORE.match(words):
        return _moment(deadline, clock) - timedelta(minutes=minutes(before["length"], clock, field="remind"))
    if deadline is not None and AT_DUE.fullmatch(words.strip()):
        return _moment(deadline, clock)
    return _moment(due(words, clock, field="remind"), clock)


def window(words: str, clock: Clock) -> Window:
    """The days that words such as `this week`, `before friday` or `tomorrow` cover."""
    if (exact := _exact(words, clock)) is not None:
        return Window(first=exact.date, last=exact.date, words=in_words(exact, clock))
    readings = [
        r for r in resolve(words, clock) if r.kind in ("point", "interval", "open", "time") and (r.start or r.end)
    ]
    if not readings:
        raise Invalid("due", f"{words!r} is not a time I understand; say e.g. 'today', 'this week' or 'overdue'.")
    reading = readings[0]
    start, end = reading.start, reading.end
    if reading.bound or reading.kind == "open":
        return _open_window(reading, words)
    first = _day(start) if start else None
    last = _last(end) if end else first
    if first and last and last < first:
        last = first
    return Window(first=first, last=last, words=words)


def _open_window(reading: Reading, words: str) -> Window:
    edge = reading.start or reading.end
    assert edge is not None
    first = _day(edge)
    last = max(first, _last(reading.end)) if reading.end else first
    match reading.bound:
        case "before":
            return Window(last=first - timedelta(days=1), words=words)
        case "after":
            return Window(first=last + timedelta(days=1), words=words)
        case "from":
            return Window(first=first, words=words)
        case _:
            return Window(last=last, words=words)


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _last(end: date | datetime) -> date:
    """The last day before an end that is not in it."""
    if isinstance(end, datetime):
        return (end - timedelta(microseconds=1)).date()
    return end - timedelta(days=1)


def _first_due(reading: Reading, rule: str, clock: Clock) -> Due:
    start = _day(reading.start) if reading.start else first_on_or_after(rule, clock.now.date())
    if reading.clock is None:
        return Due(date=start)
    first = Due(date=start, time=reading.clock, zone=clock.zone)
    if first.has_passed(clock.now):
        first = Due(date=first_on_or_after(rule, start + timedelta(days=1)), time=reading.clock, zone=clock.zone)
    return first


def _moment(due: Due | None, clock: Clock) -> datetime:
    if due is None:
        raise Invalid("remind", "there is no due to count from; give `due` too, or a moment such as 'tomorrow 9:00'.")
    return due.instant or datetime.combine(due.date, MORNING, ZoneInfo(clock.zone))


def _exact(words: str, clock: Clock) -> Due | None:
    """An ISO date or moment, as the other tools and the wire write it; a moment without an offset is the person's."""
    if not re.match(r"\d{4}-\d{2}-\d{2}", words.strip()):
        return None
    try:
        moment = datetime.fromisoformat(words.strip())
    except ValueError:
        return None
    if len(words.strip()) == 10:
        return Due(date=moment.date())
    local = (
        moment.replace(tzinfo=ZoneInfo(clock.zone))
        if moment.tzinfo is None
        else moment.astimezone(ZoneInfo(clock.zone))
    )
    return Due.of(local)


def moved(words: str, old: Due | None, clock: Clock) -> Due:
    """A new due for something that may have one: a bare day keeps its time, a bare time its day, a length moves it."""
    if old is None:
        return due(words, clock)
    if shift := SHIFT.match(words.strip()):
        from_old = replace(clock, now=_moment(old, clock))
        ago = shift["way"].lower() != "later"
        words, clock = f"{shift['length']} ago" if ago else f"in {shift['length']}", from_old
    readings = resolve(words, clock)
    if readings and readings[0].kind == "time" and readings[0].clock is not None:
        return Due(date=old.date, time=readings[0].clock, zone=clock.zone)
    new = due(words, clock)
    return Due(date=new.date, time=old.time, zone=old.zone) if new.time is None else new
