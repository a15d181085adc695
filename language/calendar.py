"""Calendar: which days words like "next week" and "Christmas" are; all may raise `OverflowError` or `ValueError`."""

from datetime import UTC, date, datetime, timedelta
from typing import cast

from dateutil.easter import easter
from dateutil.relativedelta import relativedelta

from domain.people import Clock
from language.readings import Grain

HOLIDAYS = {
    "christmas eve": (12, 24),
    "christmas day": (12, 25),
    "christmas": (12, 25),
    "boxing day": (12, 26),
    "new years eve": (12, 31),
    "new years day": (1, 1),
    "new year": (1, 1),
    "halloween": (10, 31),
    "valentines day": (2, 14),
}


def period(grain: str, day: date, week_start: int) -> tuple[date, date]:
    """First day and day after the last of the week, month, quarter or year that `day` lies in."""
    match grain:
        case "week":
            first = day - timedelta(days=(day.weekday() - week_start) % 7)
            return first, first + timedelta(days=7)
        case "weekend":
            first = day - timedelta(days=(day.weekday() - week_start) % 7)
            saturday = first + timedelta(days=(5 - week_start) % 7)
            if week_start == 6 and day.weekday() == 6:
                saturday = day - timedelta(days=1)
            return saturday, saturday + timedelta(days=2)
        case "month":
            return day.replace(day=1), day.replace(day=1) + relativedelta(months=1)
        case "quarter":
            first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
            return first, first + relativedelta(months=3)
        case "year":
            return date(day.year, 1, 1), date(day.year + 1, 1, 1)
        case _:
            return day, day + timedelta(days=1)


def grain_of(unit: str) -> Grain:
    """The grain of a unit; weekends and fortnights are looked at by the day and the week."""
    return cast(Grain, {"weekend": "day", "fortnight": "week"}.get(unit, unit))


def moved(day: date, amount: float, unit: str) -> date:
    """`amount` units later; fractions of weeks and longer units are taken as days."""
    match unit:
        case "day" | "week" | "fortnight" | "weekend":
            return day + timedelta(days=round(amount * {"day": 1, "fortnight": 14}.get(unit, 7)))
        case _:
            months = {"month": 1, "quarter": 3, "year": 12}[unit] * amount
            whole = int(months)
            return day + relativedelta(months=whole) + timedelta(days=round((months - whole) * 30))


def later(now: datetime, seconds: float) -> datetime:
    """That much real time later, on the clock of the same zone."""
    return (now.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(now.tzinfo)


def coming(weekday: int, today: date) -> date:
    """The next such day after today, never today."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def in_week(weekday: int, day: date, week_start: int) -> date:
    """Such a day of the week that `day` lies in."""
    first, _ = period("week", day, week_start)
    return first + timedelta(days=(weekday - week_start) % 7)


def nearest(month: int, day: int, clock: Clock) -> date:
    """This year's such date, or next year's where it has passed; 29 February waits for its year."""
    today = clock.now.date()
    for year in range(today.year, today.year + 9):
        try:
            found = date(year, month, day)
        except ValueError:
            if (month, day) != (2, 29):
                raise
            continue
        if found >= today:
            return found
    raise ValueError(f"no such day: {month}-{day}")


def day_of_month(day: int, today: date) -> date:
    """The coming such day of a month, today included, passing over months that lack it."""
    first = today.replace(day=1)
    for months in range(5):
        try:
            found = (first + relativedelta(months=months)).replace(day=day)
        except ValueError:
            continue
        if found >= today:
            return found
    raise ValueError(f"no such day: {day}")


def nth_weekday(place: int, weekday: int, month: date) -> date:
    """The first to fifth such day of a month, or its last (-1); `ValueError` where there is no fifth."""
    first, after = period("month", month, 0)
    if place < 0:
        return after - timedelta(days=(after.weekday() - weekday - 1) % 7 + 1)
    found = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (place - 1))
    if found >= after:
        raise ValueError("no such day")
    return found


def holiday(name: str, year: int | None, clock: Clock) -> date:
    """The holiday of that year, or the coming one."""
    today = clock.now.date()
    if year is None:
        found = holiday(name, today.year, clock)
        return found if found >= today else holiday(name, today.year + 1, clock)
    match name:
        case "thanksgiving":
            return nth_weekday(4, 3, date(year, 11, 1))
        case "easter" | "easter sunday":
            return easter(year)
        case "good friday":
            return easter(year) - timedelta(days=2)
        case "easter monday":
            return easter(year) + timedelta(days=1)
        case _:
            month, day = HOLIDAYS[name]
            return date(year, month, day)
