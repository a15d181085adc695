"""The time words of arguments, read against the turn's clock; what cannot be read names its field and the cure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.due import Due
from domain.errors import Invalid
from domain.people import Clock
from domain.recurrence import checked_rule, first_hour, first_on_or_after, is_of_hours
from language.alternatives import alternatives
from language.calendar import day_of
from language.lines.reminders import moment_of
from language.readings import Reading
from language.recurrence import is_rate, read_rule, unread_exception
from language.when import due_of, in_words, resolve
from tools.references import Choice, Unclear

NEARLY = 0.1
WAKES, SLEEPS = 7, 21
LENGTH = r"(?:\d|an?\b|one|two|three|four|five|six|seven|eight|nine|ten|half).*?"
UNIT = r"(?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)"
BEFORE = re.compile(r"^(?P<length>.+?)\s+(?:before|earlier|ahead)(?:\s+.*)?$", re.IGNORECASE)
SHIFT = re.compile(
    rf"^(?:by\s+)?(?P<length>{LENGTH})\s+(?P<way>later|earlier|sooner)$|^by\s+(?P<by>{LENGTH}\s*{UNIT})$", re.IGNORECASE
)
SAME = re.compile(
    r",?\s*(?:\bbut\s+)?(?:\bat\s+)?(?:\bthe\s+)?\bsame time\b(?:\s+(?:as before|of day))?", re.IGNORECASE
)
EVE = re.compile(r"(?:on\s+)?the\s+(?:day|(?P<part>morning|afternoon|evening|night))\s+before\b", re.IGNORECASE)
RRULE = re.compile(r"(?:RRULE:)?[A-Z]+=", re.IGNORECASE)
UNTIL = re.compile(r"UNTIL=(\d{8})")
AT_DUE = re.compile(r"(?:at|on|when)?\s*(?:the\s+)?(?:due|time|it'?s due|same time)", re.IGNORECASE)


def due(words: str, clock: Clock, *, field: str = "due") -> Due:
    """When the words mean; raises `Invalid` where they say no time, `Unclear` where two are about equally likely."""
    if (at := exact(words, clock, field=field)) is not None:
        return at
    readings = [(reading, when) for reading in resolve(words, clock) if (when := due_of(reading, clock))]
    if not readings and (either := alternatives(words, clock)):
        raise _unclear(words, either, clock)
    if not readings:
        raise Invalid(field, f"{words!r} is not a time I understand; say e.g. 'tomorrow 15:00' or '2026-11-27'.")
    (first, when), *others = readings
    for other, otherwise in others:
        if otherwise != when and first.weight - other.weight < NEARLY:
            raise _unclear(words, (when, otherwise), clock)
    return when


def _unclear(words: str, meant: Sequence[Due], clock: Clock) -> Unclear:
    choices = [Choice(id=str(when), title=in_words(when, clock)) for when in meant]
    *first, last = (choice.title for choice in choices)
    return Unclear(f"Do you mean {', '.join(first)} or {last} by {words!r}?", choices)


def exact(words: str, clock: Clock, *, field: str) -> Due | None:
    """An ISO date or moment, as the other tools and the wire write it; a moment without an offset is the person's.

    Raises `Invalid` for one that no calendar has.
    """
    if not re.match(r"\d{4}-\d{2}-\d{2}", words.strip()):
        return None
    try:
        moment = datetime.fromisoformat(words.strip())
    except ValueError as error:
        if re.fullmatch(r"[-\d]+(?:T[\d:.]+)?", words.strip()):
            raise Invalid(field, f"{words!r} is not in the calendar.") from error
        return None
    if len(words.strip()) == 10:
        return Due(date=moment.date())
    local = (
        moment.replace(tzinfo=ZoneInfo(clock.zone))
        if moment.tzinfo is None
        else moment.astimezone(ZoneInfo(clock.zone))
    )
    return Due.of(local)


def day(words: str, clock: Clock, *, field: str = "date") -> date:
    """The day the words mean."""
    return due(words, clock, field=field).date


def rule(words: str, clock: Clock) -> tuple[str, Due]:
    """The rule and the first due it gives, from words or an RRULE; raises `Invalid` with the cure."""
    if RRULE.match(words.strip()):
        checked = checked_rule(words)
        return checked, _first(checked, clock)
    reading = _rhythm(words, clock)
    if reading.rule is None or reading.rule.startswith(("FREQ=MINUTELY", "FREQ=SECONDLY")):
        raise Invalid("recurrence", f"{words!r} comes too often for a task; say 'every hour' or a longer rhythm.")
    if len(reading.clocks) > 1:
        raise Invalid("recurrence", f"{words!r} has several times of day; add a task for each, as 'every day at 9'.")
    first = _first_due(reading, reading.rule, clock)
    if (until := UNTIL.search(reading.rule)) and f"{first.date:%Y%m%d}" > until[1]:
        raise Invalid("recurrence", f"{words!r} ends before it begins; give a later end.")
    return checked_rule(reading.rule), first


def _rhythm(words: str, clock: Clock) -> Reading:
    """The rhythm that all of the words say; "weekday" and "2 weeks" are said for "every weekday", "every 2 weeks"."""
    for phrase in (words, f"every {words}"):
        if found := [reading for reading in resolve(phrase, clock)[:1] if reading.kind == "recurrence"]:
            return found[0]
    part = read_rule(words, clock)
    if part is None and is_rate(words):
        raise Invalid(
            "recurrence", f"{words!r} says how often, not when; name the days, as 'every monday and thursday'."
        )
    if part and (left := unread_exception(words, part)):
        raise Invalid(
            "recurrence", f"a rhythm cannot leave out single days; say it without {left!r} and move that occurrence."
        )
    if part:
        raise Invalid(
            "recurrence", f"of {words!r} only {part.text!r} is understood; leave out the rest or say it simpler."
        )
    raise Invalid("recurrence", f"{words!r} is not a rhythm I understand; say e.g. 'every weekday at 7'.")


def lasting(words: str, clock: Clock) -> int | None:
    """The minutes of hours said from … to … (`tomorrow 2 to 4 pm`); None for anything else."""
    reading = next(iter(resolve(words, clock)), None)
    if reading is None or reading.kind != "interval" or reading.grain not in ("hour", "minute"):
        return None
    if not isinstance(reading.start, datetime) or not isinstance(reading.end, datetime):
        return None
    length = round((reading.end.astimezone(UTC) - reading.start.astimezone(UTC)) / timedelta(minutes=1))
    return length if 0 < length <= 1440 else None


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


def _first(rule: str, clock: Clock) -> Due:
    return first_hour(rule, clock.now) if is_of_hours(rule) else Due(date=first_on_or_after(rule, clock.now.date()))


def _first_due(reading: Reading, rule: str, clock: Clock) -> Due:
    if is_of_hours(rule):
        return _first(rule, clock)
    start = day_of(reading.start) if reading.start else first_on_or_after(rule, clock.now.date())
    if reading.clock is None:
        return Due(date=start)
    first = Due(date=start, time=reading.clock, zone=clock.zone)
    if first.has_passed(clock.now):
        first = Due(date=first_on_or_after(rule, start + timedelta(days=1)), time=reading.clock, zone=clock.zone)
    return first


def _time(readings: Sequence[Reading], old: time | None) -> time | None:
    """A bare hour goes on in the half of the day of an old one that lies outside the waking hours."""
    likeliest = readings[0].clock
    if likeliest is None or old is None or WAKES <= old.hour <= SLEEPS:
        return likeliest
    others = [one.clock for one in (*readings, *readings[0].others) if one.kind == "time" and one.clock is not None]
    return min(others, key=lambda at: abs((at.hour - old.hour) * 60 + at.minute - old.minute))


def _moment(due: Due | None, clock: Clock) -> datetime:
    if due is None:
        raise Invalid("remind", "there is no due to count from; give `due` too, or a moment such as 'tomorrow 9:00'.")
    return moment_of(due, clock)


def moved(words: str, old: Due | None, clock: Clock) -> Due:
    """A new due for something that may have one: a bare day keeps its time, a bare time its day, a length moves it."""
    if old is None:
        return due(words, clock)
    words = SAME.sub("", words).strip()
    if not words:
        return old
    if shift := SHIFT.match(words.strip()):
        from_old = replace(clock, now=_moment(old, clock))
        ago = (shift["way"] or "later").lower() != "later"
        length = shift["length"] or shift["by"]
        words, clock = f"{length} ago" if ago else f"in {length}", from_old
    readings = resolve(words, clock)
    if readings and readings[0].kind == "time" and (at := _time(readings, old.time)) is not None:
        return Due(date=old.date, time=at, zone=clock.zone)
    new = due(words, clock)
    return Due(date=new.date, time=old.time, zone=old.zone) if new.time is None else new
