"""Occurrences: the dates of a rule, found by looking at the days of its periods.

Looked at day by day, a rule that allows no date costs no more than forty years of days, where a search for the next one
would go on to the end of the calendar.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
YEARS = {"HOURLY": 1 / 8760, "DAILY": 1 / 365, "WEEKLY": 1 / 52, "MONTHLY": 1 / 12, "YEARLY": 1.0}
DAY_PARTS = frozenset(("BYMONTHDAY", "BYDAY", "BYYEARDAY", "BYWEEKNO"))


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which days of its periods a rule chooses; what is empty does not matter.

    `days` are weekdays (Monday = 0) with their place in the month, or in the year, or None for each of them. Where days
    are `lenient`, a month that lacks one has its last day instead.
    """

    months: frozenset[int]
    month_days: frozenset[int]
    year_days: frozenset[int]
    weeks: frozenset[int]
    days: frozenset[tuple[int | None, int]]
    in_year: bool
    lenient: bool
    week_start: int

    def allows(self, day: date) -> bool:
        """True for a day that the rule may fall on."""
        return (
            (not self.months or day.month in self.months)
            and (not self.month_days or self._has_month_day(day))
            and (not self.days or self._has_weekday(day))
            and (not self.year_days or _is_numbered(day.timetuple().tm_yday, _days_in_year(day.year), self.year_days))
            and (not self.weeks or _is_numbered(*_week_of(day, self.week_start), self.weeks))
        )

    def _has_month_day(self, day: date) -> bool:
        last = monthrange(day.year, day.month)[1]
        if _is_numbered(day.day, last, self.month_days):
            return True
        return self.lenient and day.day == last and any(number > last for number in self.month_days)

    def _has_weekday(self, day: date) -> bool:
        weekday = day.weekday()
        if (None, weekday) in self.days:
            return True
        number, count = (
            (day.timetuple().tm_yday, _days_in_year(day.year))
            if self.in_year
            else (day.day, monthrange(day.year, day.month)[1])
        )
        from_start, from_end = (number - 1) // 7 + 1, -((count - number) // 7 + 1)
        return (from_start, weekday) in self.days or (from_end, weekday) in self.days


def dates(parts: Mapping[str, str], start: date, after: date) -> Iterator[date]:
    """The dates of the series begun on `start`, from `after` on, for as long as one can be hoped for; without COUNT."""
    choice, places = choice_of(parts, start), _numbers(parts, "BYSETPOS")
    begin = max(start, after)
    for days in _periods(parts, choice, start, begin):
        chosen = [day for day in days if choice.allows(day)]
        yield from (day for day in _at_places(chosen, places) if day >= begin)


def choice_of(parts: Mapping[str, str], start: date) -> Choice:
    """What the rule chooses; a rule that names no days falls on such days as `start`."""
    freq, months = parts["FREQ"], _numbers(parts, "BYMONTH")
    month_days, days = _numbers(parts, "BYMONTHDAY"), _days(parts)
    if not DAY_PARTS & parts.keys():
        days = frozenset(((None, start.weekday()),)) if freq == "WEEKLY" else days
        month_days = frozenset((start.day,)) if freq in ("MONTHLY", "YEARLY") else month_days
        months = frozenset((start.month,)) if freq == "YEARLY" and not months else months
    return Choice(
        months=months,
        month_days=month_days,
        year_days=_numbers(parts, "BYYEARDAY"),
        weeks=_numbers(parts, "BYWEEKNO"),
        days=days,
        in_year=freq == "YEARLY" and "BYMONTH" not in parts,
        lenient=not {"BYDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"} & parts.keys(),
        week_start=WEEKDAYS.index(parts.get("WKST", "MO")),
    )


def _periods(parts: Mapping[str, str], choice: Choice, start: date, begin: date) -> Iterator[Iterable[date]]:
    """The days of each period that the rule does not leave out, from the one that `begin` lies in."""
    freq, interval = parts["FREQ"], int(parts.get("INTERVAL", "1"))
    last_year = min(date.max.year, begin.year + 40 + int(40 * YEARS[freq] * interval))
    match freq:
        case "MONTHLY" | "YEARLY":
            step = interval * (12 if freq == "YEARLY" else 1)
            month = start.year * 12 + (start.month - 1 if freq == "MONTHLY" else 0)
            month += (begin.year * 12 + begin.month - 1 - month) // step * step
            while month // 12 <= last_year:
                yield _days_of_months(range(month, month + step // interval), choice.months)
                month += step
        case _:
            length = 7 if freq == "WEEKLY" else 1
            step = interval * length
            first = start.toordinal() - ((start.weekday() - choice.week_start) % 7 if freq == "WEEKLY" else 0)
            first += (begin.toordinal() - first) // step * step
            for ordinal in range(first, min(date(last_year, 12, 31).toordinal(), date.max.toordinal() - 6) + 1, step):
                yield [date.fromordinal(ordinal + n) for n in range(length)]


def _days_of_months(months: Iterable[int], chosen: frozenset[int]) -> Iterator[date]:
    """The days of months, told by their number since the year 0; of those that are chosen, where some are."""
    for each in months:
        year, month = each // 12, each % 12 + 1
        if not chosen or month in chosen:
            yield from (date(year, month, day + 1) for day in range(monthrange(year, month)[1]))


def _at_places(days: list[date], places: frozenset[int]) -> list[date]:
    if not places:
        return days
    return [day for number, day in enumerate(days, 1) if _is_numbered(number, len(days), places)]


def _is_numbered(number: int, count: int, wanted: frozenset[int]) -> bool:
    """True for the number-th of so many, counted from 1 or, backwards, from -1."""
    return number in wanted or number - count - 1 in wanted


def _week_of(day: date, week_start: int) -> tuple[int, int]:
    """The number of its week and how many its year has; a week is of the year that most of its days are in."""
    middle = date.fromordinal(day.toordinal() - (day.weekday() - week_start) % 7 + 3)
    end = date(middle.year, 12, 28)
    last = date.fromordinal(end.toordinal() - (end.weekday() - week_start) % 7 + 3)
    return (middle.timetuple().tm_yday - 1) // 7 + 1, (last.timetuple().tm_yday - 1) // 7 + 1


def _days_in_year(year: int) -> int:
    return date(year, 12, 31).timetuple().tm_yday


def _numbers(parts: Mapping[str, str], name: str) -> frozenset[int]:
    return frozenset(int(number) for number in parts[name].split(",")) if name in parts else frozenset()


def _days(parts: Mapping[str, str]) -> frozenset[tuple[int | None, int]]:
    if "BYDAY" not in parts:
        return frozenset()
    return frozenset(
        (int(day[:-2]) if day[:-2] else None, WEEKDAYS.index(day[-2:])) for day in parts["BYDAY"].split(",")
    )
