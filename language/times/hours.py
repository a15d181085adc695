"""Hours: which moment a time of day means, on its day or the next time it comes."""

from dataclasses import replace
from datetime import date, datetime, time

from language.times.values import DAY, Context, Hour, Part

WAKING = range(7, 22)
SMALL_HOURS = range(1, 5)


def begun(first: Hour, last: Hour | None, day: date | None, part: Part | None, context: Context) -> datetime:
    """When it begins; of "9 to 5", where both may be of either half, so that it ends on the same day."""
    start = resolved(first, day, part, context)
    if last and day is None and not context.past and end_of(start - DAY, last, context) > context.clock.now:
        return start - DAY
    if last is None or first.half or first.exact or last.half or last.exact or part:
        return start
    if end_of(start, last, context).date() == start.date():
        return start
    morning = at(start.date(), replace(first, hour=first.hour % 12), context)
    return morning if day or morning > context.clock.now else morning + DAY


def inherited(first: Hour, last: Hour | None) -> Hour:
    """ "3-5pm" begins at 3 pm, "11-1pm" at 11 am, "6:00-18:00" at 6."""
    if last is None or first.half or first.exact:
        return first
    if not last.half:
        return replace(first, exact=True) if last.exact and first.hour < last.hour else first
    lower = first.hour % 12 * 60 + first.minute < last.hour % 12 * 60 + last.minute
    other = "am" if last.half == "pm" else "pm"
    return replace(first, half=last.half if lower else other)  # type: ignore[arg-type]


def resolved(hour: Hour, day: date | None, part: Part | None, context: Context) -> datetime:
    """The moment a clock time means: on its day, or the next time it comes; a bare hour is a waking one.

    Midnight is the beginning of a day that was said, and the coming one otherwise.
    """
    days = [day] if day else [context.today, context.today + DAY]
    if context.past and not day:
        days = [context.today, context.today - DAY]
    at_night = part is not None and part.name == "night" and hour.half != "pm"
    if at_night and hour.hour in (0, 12):
        days, hour = [each + DAY for each in days], replace(hour, hour=0, exact=True, half=None)
    elif at_night and day and hour.hour in SMALL_HOURS:
        is_going_on = day == context.today and context.clock.now.hour <= max(SMALL_HOURS)
        days = [day, day + DAY] if is_going_on else [day + DAY]
    moments = [at(each, replace(hour, hour=one), context) for each in days for one in hours_of(hour, part)]
    now = context.clock.now
    if context.past and not day:
        return next((moment for moment in moments if moment <= now), moments[0])
    return next((moment for moment in moments if moment > now), moments[0])


def hours_of(hour: Hour, part: Part | None) -> list[int]:
    """The hours of 24 that may be meant, likeliest first."""
    if hour.exact:
        return [hour.hour]
    if hour.half:
        return [hour.hour % 12 + (12 if hour.half == "pm" else 0)]
    if part:
        return [_hour_in(hour.hour, part)]
    return [which % 24 for which in (hour.hour % 12, hour.hour % 12 + 12) if which in WAKING] or [hour.hour]


def _hour_in(hour: int, part: Part) -> int:
    if part.name == "morning":
        return hour % 12
    if part.name == "night" and hour % 12 in SMALL_HOURS:
        return hour % 12
    return 12 if hour == 12 else hour % 12 + 12


def end_of(start: datetime, hour: Hour, context: Context) -> datetime:
    """The first such time after the start."""
    choices = hours_of(hour, None) if hour.exact or hour.half else [hour.hour % 12, hour.hour % 12 + 12]
    for offset in (0, 1):
        for which in sorted(choices):
            end = at(start.date() + offset * DAY, replace(hour, hour=which), context)
            if end > start:
                return end
    return start + DAY


def at(day: date, hour: Hour, context: Context) -> datetime:
    """That hour and minute on that day of the person's clock."""
    day = day + hour.days * DAY
    return datetime.combine(day, time(hour.hour % 24, hour.minute, hour.second), context.clock.now.tzinfo)
