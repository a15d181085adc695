"""Windows: the stretch of time that words such as `this week`, `friday afternoon` or `before noon` cover."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.due import Due
from domain.errors import Invalid
from domain.people import Clock
from language.calendar import day_of
from language.readings import Reading
from language.when import resolve
from tools.times import exact

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
PART = timedelta(hours=5)
"""How long a part of a day is where the reading does not say."""
DUSK, EVENING = 17, 18
"""A part of a day that begins in the evening is looked at from dusk to midnight."""
MOST_DAYS = 31
KINDS = ("point", "interval", "open", "time")
AHEAD = re.compile(r"\b(?:tomorrow|next|coming|in|from now|\d{4})\b", re.IGNORECASE)
BETWEEN = re.compile(r"\s*(?:,|\band\b|&)\s*", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Window:
    """Days from `first` to `last`, both in it, within them from `since` until `until` (not in it); None is open."""

    first: date | None = None
    last: date | None = None
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, due: Due | None, minutes: int | None = None) -> bool:
        """True where something due then, and taking so long, meets it; a whole day meets no part of a day."""
        if due is None or (self.first and due.date < self.first) or (self.last and due.date > self.last):
            return False
        if self.since is None and self.until is None:
            return True
        begins = due.instant
        if begins is None:
            return False
        ends = begins + timedelta(minutes=minutes or 0)
        return not (self.until and begins >= self.until) and not (self.since and begins < self.since >= ends)

    def moments(self, clock: Clock) -> tuple[datetime | None, datetime | None]:
        """Its first moment and the one after its last, None where it is open."""
        zone = ZoneInfo(clock.zone)
        since = self.since or (datetime.combine(self.first, time.min, zone) if self.first else None)
        until = self.until or (datetime.combine(self.last + DAY, time.min, zone) if self.last else None)
        return since, until


def window(words: str, clock: Clock, *, field: str = "due") -> Window:
    """What the words cover, several times joined by `and` from the first to the last; raises `Invalid` for no time."""
    if (at := exact(words, clock, field=field)) is not None:
        return Window(first=at.date, last=at.date)
    found = _of(words, clock)
    if found is None:
        parts = [_of(part, clock) for part in BETWEEN.split(words)]
        known = [part for part in parts if part and part.first and part.last]
        if not known or len(known) < len(parts):
            raise Invalid(field, f"{words!r} is not a time I understand; say e.g. 'today', 'this week' or 'overdue'.")
        found = Window(first=min(w.first for w in known if w.first), last=max(w.last for w in known if w.last))
    return found


def past(words: str, clock: Clock, *, field: str) -> Window:
    """The same for what has been: `friday` is the last one, today too, and a date without a year the latest one."""
    found, today = window(words, clock, field=field), clock.now.date()
    if not found.first or found.first <= today or AHEAD.search(words):
        return found
    if found.first - today <= 7 * DAY:
        return _back(found, days=7)
    return _back(found, days=366 if _leaps(found.first) else 365)


def days(words: str, clock: Clock, *, field: str = "date") -> tuple[date, ...]:
    """The days behind us that the words cover, in order; raises `Invalid` for more than a month of them."""
    parts = [part for part in BETWEEN.split(words) if part]
    if len(parts) > 1 and all(_of(part, clock) for part in parts):
        return tuple(sorted({day for part in parts for day in days(part, clock, field=field)}))
    covered, today = past(words, clock, field=field), clock.now.date()
    first = covered.first or covered.last
    if first is None:
        raise Invalid(field, f"{words!r} names no day; say e.g. 'yesterday' or 'monday'.")
    last = covered.last or today
    last = last if first > today else min(last, today)
    if last - first > (MOST_DAYS - 1) * DAY:
        raise Invalid(field, f"{words!r} are more than {MOST_DAYS} days; say which.")
    return tuple(first + DAY * number for number in range((last - first).days + 1))


def _of(words: str, clock: Clock) -> Window | None:
    readings = [r for r in resolve(words, clock) if r.kind in KINDS and (r.start or r.end)]
    if not readings:
        return None
    reading = readings[0]
    return _open(reading, clock) if reading.bound or reading.kind == "open" else _closed(reading)


def _closed(reading: Reading) -> Window:
    start, end = reading.start or reading.end, reading.end
    assert start is not None
    first = day_of(start)
    last = max(first, _last(end)) if end else first
    if not isinstance(start, datetime) or (isinstance(end, datetime) and end - start >= DAY):
        return Window(first=first, last=last)
    if reading.grain == "daypart" and start.hour >= EVENING:
        start, end = start.replace(hour=DUSK, minute=0), datetime.combine(first + DAY, time.min, start.tzinfo)
    until = end if isinstance(end, datetime) else start + (PART if reading.grain == "daypart" else MINUTE)
    return Window(first=first, last=max(last, day_of(until - MINUTE)), since=start, until=until)


def _open(reading: Reading, clock: Clock) -> Window:
    """To or from an edge; an hour of a day bounds that day only."""
    edge = reading.start or reading.end
    assert edge is not None
    first = day_of(edge)
    last = max(first, _last(reading.end)) if reading.end else first
    at = edge if isinstance(edge, datetime) else None
    match reading.bound:
        case "before" | "by" | "until" if at:
            return Window(first=first if first == clock.now.date() else None, last=first, until=at)
        case "after" | "from" if at:
            return Window(first=first, last=first, since=at)
        case "before":
            return Window(last=first - DAY)
        case "after":
            return Window(first=last + DAY)
        case "from":
            return Window(first=first)
        case _:
            return Window(last=last)


def _back(found: Window, *, days: int) -> Window:
    by = timedelta(days=days)
    return replace(
        found,
        first=found.first - by if found.first else None,
        last=found.last - by if found.last else None,
        since=found.since - by if found.since else None,
        until=found.until - by if found.until else None,
    )


def _leaps(day: date) -> bool:
    """True where a leap day lies in the year before the day."""
    try:
        return day - day.replace(year=day.year - 1) > timedelta(days=365)
    except ValueError:
        return True


def _last(end: date | datetime) -> date:
    """The last day before an end that is not in it."""
    return (end - timedelta(microseconds=1)).date() if isinstance(end, datetime) else end - DAY
