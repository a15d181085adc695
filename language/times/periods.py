"""Periods: weeks, weekends and months, this, next or by name, and stretches of several."""

from dataclasses import replace
from datetime import date

from language.calendar import moved, period
from language.readings import Grain
from language.times.dates import full_year, nearest, no_such_day, nth_day, one
from language.times.grammar import always, rule
from language.times.tokens import Figure
from language.times.values import DAY, Context, Days

GRAINS: dict[str, Grain] = {"weekend": "day", "fortnight": "week", "decade": "year", "century": "year", "night": "day"}
STEPS = {"this": 0, "next": 1, "coming": 1, "last": -1, "past": -1}
WHOLE = ("week", "month", "quarter", "year", "weekend", "decade", "century")


def stretch(context: Context, unit: str, day: date) -> Days:
    """The week, month, ... that the day lies in."""
    if unit in ("decade", "century"):
        years = 10 if unit == "decade" else 100
        first = day.year // years * years
        start, end = date(first, 1, 1), date(first + years, 1, 1)
    else:
        start, end = period(unit, day, context.clock.week_start)
    return Days(start=start, end=end, grain=_grain(unit), unit=unit)


def _grain(unit: str) -> Grain:
    known: dict[str, Grain] = {"week": "week", "month": "month", "quarter": "quarter", "year": "year", "day": "day"}
    return known.get(unit) or GRAINS[unit]


def which_unit(context: Context, which: str, unit: str) -> Days | None:
    """ "next week", "this month"; the coming weekend is this one."""
    if unit == "day":
        return one(context.today + STEPS[which] * DAY)
    if unit == "fortnight":
        start = context.today if which != "last" else context.today - 14 * DAY
        return Days(start=start, end=start + 14 * DAY, grain="week", unit=unit)
    if unit not in WHOLE:
        return None
    step = 0 if unit == "weekend" and which == "coming" else STEPS[which]
    if unit == "weekend" and which == "past" and context.today.weekday() < 5:
        step = -1
    return stretch(context, unit, moved(context.today, step, unit if unit != "weekend" else "week"))


def _after_next(context: Context, unit: str) -> Days | None:
    return stretch(context, unit, moved(context.today, 2, unit)) if unit in WHOLE else None


def _before_last(context: Context, unit: str) -> Days | None:
    return stretch(context, unit, moved(context.today, -2, unit)) if unit in WHOLE else None


def _several(context: Context, the: str | None, which: str, amount: float, unit: str) -> Days | None:
    """ "the next 3 weeks" counts from tomorrow, "next 3 weeks" are whole ones; quarters always are."""
    whole = unit in ("week", "month", "quarter", "year") and (not the or unit == "quarter")
    if which == "this" or amount != int(amount) or unit not in (*WHOLE, "day", "fortnight", "business day"):
        return None
    forward = STEPS[which] > 0
    if unit == "weekend":
        first = which_unit(context, which, unit)
        return first and replace(first, end=moved(first.end, amount - 1, "week"))
    if not whole:
        return _rolling(context, amount, unit, forward=forward)
    here = stretch(context, unit, context.today)
    if forward:
        return replace(here, start=here.end, end=moved(here.end, amount, unit))
    return replace(here, start=moved(here.start, -amount, unit), end=here.start)


def _rolling(context: Context, amount: float, unit: str, *, forward: bool) -> Days:
    """So much from tomorrow on, or until yesterday."""
    if forward and unit == "business day":
        return Days(start=moved(context.today, 1, unit), end=moved(context.today, amount, unit) + DAY)
    if forward:
        return Days(start=context.today + DAY, end=moved(context.today + DAY, amount, unit), unit=unit)
    return Days(start=moved(context.today, -amount, unit), end=context.today, unit=unit)


def _few_units(context: Context, the: str | None, which: str, unit: str) -> Days | None:
    """ "in the coming weeks": three, as a few are."""
    return _several(context, "the", which, 3.0, unit) if unit in ("day", "week", "month", "year") else None


def _business_days(context: Context, the: str | None, which: str, amount: float) -> Days | None:
    return _several(context, "the", which, amount, "business day")


def _figure_first(context: Context, the: str | None, amount: float, which: str, unit: str) -> Days | None:
    return _several(context, "the", which, amount, unit)


def _month(context: Context, month: int, year: int | None = None) -> Days:
    def yearly(of: int) -> Days:
        return stretch(context, "month", date(of, month, 1))

    return yearly(year) if year is not None else replace(nearest(context, yearly), weak=True)


def _which_month(context: Context, which: str, month: int) -> Days:
    """ "next May" is the coming one; "last May" the one before now."""
    here = date(context.today.year, month, 1)
    if which == "this":
        return stretch(context, "month", here)
    forward = STEPS[which] > 0
    found = _month(replace(context, past=not forward), month)
    inside = found.start <= context.today < found.end
    if inside:
        found = stretch(context, "month", date(found.start.year + STEPS[which], month, 1))
    return replace(found, weak=False)


def _month_after_next(context: Context, month: int) -> Days:
    found = _month(replace(context, past=False), month)
    return stretch(context, "month", date(found.start.year + 1, month, 1))


def _month_of(context: Context, month: int, which: str) -> Days:
    """ "March of next year"."""
    return stretch(context, "month", date(context.today.year + STEPS[which], month, 1))


def _year_month(context: Context, year: int, month: Figure) -> Days | None:
    usual = month.digits in (1, 2) and 1 <= month.value <= 12
    return stretch(context, "month", date(year, month.value, 1)) if usual else None


def _month_year(context: Context, month: Figure, year: Figure) -> Days | None:
    usual = month.digits in (1, 2) and year.digits == 4 and 1000 < year.value < 3000
    return _year_month(context, year.value, month) if usual else None


def _slashed_month(context: Context, parts: tuple[int, int, str]) -> Days | None:
    first, second, _ = parts
    year, month = (first, second) if first > 31 else (second, first)
    return stretch(context, "month", date(year, month, 1)) if 1000 < year < 3000 and 1 <= month <= 12 else None


def _month_in(context: Context, year: int, month: int) -> Days:
    return _month(context, month, year)


def _short_year(context: Context, month: int, figure: Figure) -> Days | None:
    return _month(context, month, full_year(figure.value)) if figure.digits == 2 else None


def _of_month(context: Context, month: int) -> Days:
    return replace(_month(context, month), weak=False)


def _iso_week(context: Context, year: int, figure: Figure) -> Days:
    return _week_number(context, figure, year)


def _week_number(context: Context, figure: Figure, year: int | None = None) -> Days:
    of = context.today.year if year is None else year
    first = date.fromisocalendar(of, figure.value, 1)
    return stretch(context, "week", first)


def _short_week(context: Context, figure: Figure) -> Days:
    """ "in W12"; a form is a W2 too."""
    return replace(_week_number(context, figure), weak=True)


def _week_day(context: Context, year: int, week: Figure, day: Figure) -> Days:
    """ISO's "2026-W50-3"."""
    return one(date.fromisocalendar(year, week.value, day.value))


def _week_of(context: Context, days: Days) -> Days:
    return stretch(context, "week", days.start)


def _week_of_nth(context: Context, nth: int) -> Days:
    return _week_of(context, nth_day(context, nth))


def _weekend_of_nth(context: Context, nth: int) -> Days:
    return _weekend_of(context, nth_day(context, nth))


def _weekend_in(context: Context, days: Days, year: int) -> Days | None:
    return _weekend_of(context, days.yearly(year)) if days.yearly else None


def _weekend_of(context: Context, days: Days) -> Days:
    """The Saturday and Sunday nearest to the day, with the day where they touch."""
    saturday = days.start + ((5 - days.start.weekday() + 3) % 7 - 3) * DAY
    start, end = min(saturday, days.start), max(saturday + 2 * DAY, days.end)
    near = end - start <= 4 * DAY
    return Days(start=start, end=end, unit="weekend") if near else stretch(context, "weekend", saturday)


def _workweek(context: Context, which: str | None) -> Days | None:
    week = which_unit(context, which or "this", "week")
    monday = week and week.start + (-week.start.weekday() % 7) * DAY
    return Days(start=monday, end=monday + 5 * DAY, grain="day") if monday else None


def _the_unit(context: Context, unit: str = "weekend") -> Days | None:
    """ "the month", "all year": this one, where it has company."""
    found = which_unit(context, "this", unit) if unit in WHOLE else None
    return found and replace(found, weak=True)


def _to_date(context: Context, unit: str) -> Days | None:
    """ "year to date"."""
    here = which_unit(context, "this", unit) if unit in WHOLE else None
    return here and replace(here, end=context.today + DAY)


def _same_unit(context: Context, unit: str) -> Days | None:
    return which_unit(context, "this", unit) if unit in WHOLE else None


RULES = (
    rule("which2", "this? <which>"),
    rule("wunit", "weekend|weekends", always("weekend")),
    rule("wunit", "week -? end|ends", always("weekend")),
    rule("wunit", "calendar? <unit>"),
    rule("period", "the? <wunit> after next", _after_next),
    rule("period", "the? <wunit> before last", _before_last),
    rule("period", "{the}? <which2> <amount> <wunit>", _several),
    rule("period", "{the}? <which2> <amount> business|working|work|week day|days", _business_days),
    rule("period", "{the}? <amount> <which2> <plural>", _figure_first),
    rule("period", "{the}? <which2> <plural>", _few_units),
    rule("period", "the? <which2> work|working|business|school -? week", _workweek),
    rule("period", "the? <which2> workweek", _workweek),
    rule("period", "the? <which2> <wunit>", which_unit),
    rule("period", "that|same <wunit>", _same_unit),
    rule("period", "the|all whole|entire? <wunit>", _the_unit),
    rule("period", "weekend", _the_unit),
    rule("period", "<wunit> -? to -? date", _to_date),
    rule("period", "the? week of|beginning|starting|commencing on? <dated>", _week_of),
    rule("period", "the? week of|beginning|starting|commencing the? <nth>", _week_of_nth),
    rule("period", "the? weekend of|before|after? <dated>", _weekend_of),
    rule("period", "the? weekend of the? <nth>", _weekend_of_nth),
    rule("period", "<dated> weekend <year>", _weekend_in),
    rule("period", "<dated> weekend", _weekend_of),
    rule("period", "the? calendar? week|wk|kw no? .? <figure> <year_after>?", _week_number),
    rule("period", "w & <figure>", _short_week),
    rule("period", "w & <figure> <year_after>", _week_number),
    rule("period", "<year> - w & <figure>", _iso_week),
    rule("period", "<year> - w & <figure> - <figure>", _week_day),
    rule("period", "<which> <month>", _which_month),
    rule("period", "the? <month> after next", _month_after_next),
    rule("period", "<month> .? of? <which> year", _month_of),
    rule("period", "the? <month> .? the? <beyond>", no_such_day),
    rule("period", "the? <month> .? -|/? <year_after>", _month),
    rule("period", "<month> .? '|’ & <figure>", _short_year),
    rule("period", "<month> .? -|/ <year>", _month),
    rule("period", "<year> -|,? <month>", _month_in),
    rule("period", "<year> & - & <figure>", _year_month),
    rule("period", "<figure> & - & <figure>", _month_year),
    rule("period", "<slashed>", _slashed_month),
    rule("period", "the? month of <month>", _of_month),
    rule("period", "the? <month>", _month),
)
