"""Dates: days of months, dates in numbers, years, and holidays."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from language.times.grammar import rule
from language.times.holidays import holiday
from language.times.tokens import Figure
from language.times.values import DAY, RARELY, Context, Days

FIRST_YEAR, LAST_YEAR = 1500, 2300
EARLIEST, LATEST = 1000, 9990


def one(day: date, **more: Any) -> Days:
    """One whole day; raises `ValueError` where it is too far off to be put on a clock."""
    if not EARLIEST < day.year < LATEST:
        raise ValueError("too far off")
    return Days(start=day, end=day + DAY, **more)


def nearest(context: Context, yearly: Callable[[int], Days]) -> Days:
    """The coming one, this year's included while it lasts; in the past the last that has begun.

    Raises `ValueError` where no year within eight has one.
    """
    year, step = context.today.year, -1 if context.past else 1
    for offset in range(-1, 9):
        try:
            found = yearly(year + step * offset)
        except ValueError:
            continue
        if (found.start <= context.today) if context.past else (found.end > context.today):
            return replace(found, yearly=yearly)
    raise ValueError("there is no such day")


def _nth_number(context: Context, nth: int) -> int | None:
    return nth if 1 <= nth <= 31 else None


def figure_number(context: Context, figure: Figure) -> int | None:
    """A day of the month in digits or words."""
    usual = 1 <= figure.value <= 31 and figure.digits <= 2 and not (figure.timed or figure.measured)
    return figure.value if usual else None


def _year(context: Context, figure: Figure) -> int | None:
    """A year that could be no time of day, or of these centuries."""
    hour, minute = divmod(figure.value, 100)
    within = FIRST_YEAR < figure.value < LAST_YEAR and (hour >= 19 or minute > 59)
    return figure.value if within and figure.digits in (0, 4) and not figure.timed else None


def _old_year(context: Context, figure: Figure) -> int | None:
    return figure.value if figure.digits == 4 and 1000 < figure.value < LAST_YEAR and not figure.timed else None


def _loose_year(context: Context, figure: Figure) -> int | None:
    """Right behind a date: 1900 to 2199, an earlier one that is no time of day, or two digits that are no day."""
    if figure.digits == 2 and figure.value > 31:
        return None if figure.counts or figure.timed else full_year(figure.value)
    near = 1900 <= figure.value < 2200 or (1000 <= figure.value < 1900 and figure.value % 100 > 59)
    return figure.value if figure.digits in (0, 4) and near and not figure.timed else None


def _short_year(context: Context, figure: Figure) -> int | None:
    return full_year(figure.value) if figure.digits == 2 else None


def full_year(year: int) -> int:
    """The year of two digits: 70 to 99 in the last century."""
    return year + (2000 if year < 70 else 1900) if year < 100 else year


def _spoken_year(context: Context, high: Figure, low: Figure) -> int | None:
    """ "nineteen seventy four"."""
    spoken = high.digits == low.digits == 0 and 15 <= high.value <= 22 and 10 <= low.value <= 99
    return high.value * 100 + low.value if spoken and not low.timed else None


def month_day(context: Context, month: int, day: int, year: int | None = None) -> Days:
    """That day of that month, of the nearest year where none was said; raises `ValueError` where there is none."""
    if year is not None:
        return one(date(year, month, day))
    return nearest(context, lambda of: one(date(of, month, day)))


def _beyond_nth(context: Context, nth: int) -> int | None:
    return nth if nth > 31 else None


def _beyond(context: Context, figure: Figure) -> int | None:
    """A number beside a month that is no day of one and, without an apostrophe, no year either: 32 to 39."""
    usual = figure.digits == 2 and 31 < figure.value < 40
    return figure.value if usual and not (figure.counts or figure.timed) else None


def no_such_day(context: Context, *said: int | None) -> Days:
    """Raises `ValueError`."""
    raise ValueError("no month has that day")


def _day_month(context: Context, day: int, month: int, year: int | None = None) -> Days:
    return month_day(context, month, day, year)


def _ymd(context: Context, parts: tuple[int, int, int, str]) -> Days:
    year, month, day, _ = parts
    if month > 12 >= day:
        month, day = day, month
    return one(date(year, month, day), weight=1.0)


def _year_first(context: Context, year: int, first: int | None, month: int, day: int | None) -> Days | None:
    if (first is None) == (day is None):
        return None
    return one(date(year, month, first or day or 0))


def numeric(context: Context, parts: tuple[int, int, int, str]) -> Days:
    """A date in three numbers, the year last."""
    a, b, year, separator = parts
    return _two_orders(context, a, b, separator, lambda month, day: one(date(full_year(year), month, day)))


def _slashed(context: Context, parts: tuple[int, int, str]) -> Days | None:
    a, b, separator = parts
    if max(a, b) > 31:
        return None
    found = _two_orders(context, a, b, separator, lambda month, day: month_day(context, month, day))
    is_fraction = 0 < a < b <= 8 and b != 5 and b != 7
    return replace(found, weight=0.8, weak=is_fraction, unit="decimal" if is_fraction else found.unit)


def _dotted(context: Context, parts: tuple[int, int, str]) -> Days | None:
    """ "5.12.", the day first; what could only be a time or a fraction is none."""
    day, month, separator = parts
    if separator != "." or not (0 < day <= 31 and 0 < month <= 12):
        return None
    return replace(month_day(context, month, day), weak=True, weight=0.6)


def _plain_dotted(context: Context, parts: tuple[int, int, str]) -> Days | None:
    """ "5.12"; "1.5" is more likely a number."""
    found = _dotted(context, parts) if max(parts[0], parts[1]) > 9 else None
    return found and replace(found, unit="decimal")


def _two_orders(context: Context, a: int, b: int, separator: str, made: Callable[[int, int], Days]) -> Days:
    """Month first or day first, as the person's locale has it; the other order stays among the others."""
    day_first = context.clock.day_first or separator == "."
    month, day = (b, a) if day_first else (a, b)
    if month > 12:
        return made(day, month)
    first = made(month, day)
    if day > 12 or day == month:
        return first
    return replace(first, others=(replace(made(day, month), weight=first.weight * RARELY),))


def nth_day(context: Context, nth: int) -> Days:
    """The coming such day of a month, passing over months that lack it."""

    def monthly(first: date) -> Days:
        return one(first.replace(day=nth))

    first, step = context.today.replace(day=1), -1 if context.past else 1
    for _ in range(5):
        try:
            found = monthly(first)
        except ValueError:
            found = None
        if found and ((found.start <= context.today) if context.past else (found.start >= context.today)):
            return replace(found, monthly=monthly, weight=0.8)
        first = (first + step * (31 if step > 0 else 1) * DAY).replace(day=1)
    raise ValueError("no month has that day")


def _in_digits(context: Context, figure: Figure) -> int | None:
    return figure_number(context, figure) if figure.digits else None


def _after_christ(context: Context, figure: Figure) -> int | None:
    return figure.value if figure.digits != 1 else None


def _dashed(context: Context, day: int, year: int, month: int) -> Days:
    return one(date(year, month, day))


def in_year(context: Context, days: Days, which: str) -> Days | None:
    """ "10 November next year"."""
    step = {"this": 0, "next": 1, "coming": 1}.get(which, -1)
    return days.yearly(context.today.year + step) if days.yearly else None


def _holiday(context: Context, name: str, year: int | None = None) -> Days:
    def yearly(of: int) -> Days:
        start, end = holiday(name, of)
        return Days(start=start, end=end, weight=0.85)

    return yearly(year) if year is not None else nearest(context, yearly)


def _which_holiday(context: Context, which: str, name: str) -> Days:
    if which in ("last", "past"):
        before = replace(context, past=True)
        found = _holiday(before, name)
        return found if found.start < context.today else _holiday(context, name, found.start.year - 1)
    found = _holiday(replace(context, past=False), name)
    return found if found.start > context.today or which == "this" else _holiday(context, name, found.start.year + 1)


def _which_date(context: Context, which: str, days: Days) -> Days | None:
    """ "next 6 April" is the coming one, "last 6 April" the one before today."""
    if days.yearly is None:
        return None
    found = nearest(replace(context, past=which in ("last", "past")), days.yearly)
    return found


def _year_said(context: Context, figure: Figure) -> int | None:
    usual = figure.digits in (2, 4) or (figure.digits == 0 and figure.value > 1000)
    return full_year(figure.value) if usual and not figure.timed else None


def _spaced(context: Context, year: int, month: Figure, day: Figure) -> Days | None:
    usual = month.digits in (1, 2) and day.digits in (1, 2) and 1 <= month.value <= 12 and 1 <= day.value <= 31
    return one(date(year, month.value, day.value)) if usual else None


SEP = "-|/|.|,"
RULES = (
    rule("dayno", "<nth>", _nth_number),
    rule("dayno", "<figure>", figure_number),
    rule("beyond_nth", "<nth>", _beyond_nth),
    rule("beyond", "<beyond_nth>"),
    rule("beyond", "<figure>", _beyond),
    rule("digits", "<nth>", _nth_number),
    rule("digits", "<figure>", _in_digits),
    rule("sep", f"of|the|{SEP}"),
    rule("year", "<figure> ad|ce", _after_christ),
    rule("year", "<figure> a . d .", _after_christ),
    rule("year", "'|’ & <figure>", _short_year),
    rule("year", "<figure> <figure>", _spoken_year),
    rule("year", "the? calendar? year|cy|fy <figure>", _year_said),
    rule("year", "<figure>", _year),
    rule("old_year", "<figure>", _old_year),
    rule("year_after", ",? of|in|- <year>"),
    rule("year_after", ",? of <figure>", _short_year),
    rule("year_after", ",? '|’ & <figure>", _short_year),
    rule("year_after", ", <year>"),
    rule("year_after", "<figure> <figure>", _spoken_year),
    rule("year_after", "<figure>", _loose_year),
    rule("dated", "<ymd>", _ymd),
    rule("dated", "<dmy>", numeric),
    rule("dated", f"<year> {SEP}? <dayno>? {SEP}? <month> {SEP}? <dayno>?", _year_first),
    rule("dated", f"<dayno> {SEP} <year> {SEP} <month>", _dashed),
    rule("dated", "<year> <figure> <figure>", _spaced),
    rule("dated", "<digits> -|/|.|, <month> -|/|.|, <year>", _day_month),
    rule("dated", "<digits> -|/ <month> -|/ <short_year>", _day_month),
    rule("dated", "<month> -|/ <digits> -|/ <year>", month_day),
    rule("short_year", "<figure>", _short_year),
    rule("dated", "<monthday>"),
    rule("dated", "<which> <monthday>", _which_date),
    rule("dated", "<slashed>", _slashed),
    rule("dated", "<dotted> .", _dotted),
    rule("dated", "<dotted>", _plain_dotted),
    rule("dated", "the? <holiday> <year_after>?", _holiday),
    rule("dated", "<which> <holiday>", _which_holiday),
    rule("dated_this_year", "<dated> of? <which> year", in_year),
    rule("dated", "<month> .? the? <beyond> <year_after>", no_such_day),
    rule("dated", "the? <beyond_nth> [sep]? <month> <year_after>?", no_such_day),
    rule("dated", "<beyond> [sep]? <month> .? <year_after>", no_such_day),
    rule("dated", "<year> [sep]? <month> [sep]? <beyond>", no_such_day),
    rule("monthday", "<month> .? ,|-|/|the? <dayno> <year_after>?", month_day),
    rule("monthday", "the? <digits> day? [sep]? <month> .? <year_after>?", _day_month),
    rule("monthday", "on|the <dayno> of? <month> <year_after>?", _day_month),
    rule("monthday", "<dayno> <strong_month> <year_after>?", _day_month),
)
