"""Calendar: days, weeks and months, and what lies so far from them; all may raise `OverflowError` or `ValueError`."""

from datetime import UTC, date, datetime, timedelta

from dateutil.relativedelta import relativedelta

DAYS = {"second": 1 / 86_400, "minute": 1 / 1_440, "hour": 1 / 24, "day": 1, "night": 1, "week": 7, "fortnight": 14}
DAYS |= {"weekend": 7}
MONTHS = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1_200}


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


def moved(day: date, amount: float, unit: str) -> date:
    """`amount` units later; what is left of a fraction of a month is counted in days of a thirtieth."""
    if unit == "business day":
        return _workdays(day, round(amount))
    if unit in DAYS:
        return day + timedelta(days=round(amount * DAYS[unit]))
    months = amount * MONTHS[unit]
    whole = int(months)
    return day + relativedelta(months=whole) + timedelta(days=round((months - whole) * 30))


def _workdays(day: date, amount: int) -> date:
    """So many Mondays to Fridays later; raises `OverflowError` beyond twenty years."""
    if abs(amount) > 5_000:
        raise OverflowError("too many days")
    step = 1 if amount > 0 else -1
    while amount:
        day += timedelta(days=step)
        amount -= step if day.weekday() < 5 else 0
    return day


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


def nth_weekday(place: int, weekday: int, month: date) -> date:
    """The first to fifth such day of a month, or its last (-1); `ValueError` where there is no fifth."""
    first, after = period("month", month, 0)
    if place < 0:
        return after - timedelta(days=(after.weekday() - weekday - 1) % 7 + 1)
    found = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (place - 1))
    if found >= after:
        raise ValueError("no such day")
    return found


def day_of(moment: date | datetime) -> date:
    """The day of a moment."""
    return moment.date() if isinstance(moment, datetime) else moment
