"""Places: what stands first, last or in the middle of a period, and days told by the period they lie in."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from language.calendar import moved
from language.times.dates import in_year, month_day, nth_day, one
from language.times.grammar import always, rule
from language.times.periods import STEPS, WHOLE, stretch, which_unit
from language.times.values import DAY, Context, Days, Moment


def _rest(context: Context, unit: str) -> Days | None:
    here = which_unit(context, "this", unit)
    return here and replace(here, start=context.today)


def _later(context: Context, side: str, days: Days) -> Days | None:
    """ "later this week" begins now, "earlier this month" ends now."""
    days = replace(days, weak=False)
    if not days.start <= context.today < days.end:
        return days if side == "later" and days.start > context.today else None
    return replace(days, start=context.today) if side == "later" else replace(days, end=context.today + DAY)


def weekday_in(context: Context, weekday: int, days: Days) -> Days | None:
    """That day of a week; None where the days are no week."""
    if days.unit not in ("week", "fortnight"):
        return None
    return one(days.start + (weekday - days.start.weekday()) % 7 * DAY, weekday=weekday)


def _nth_in(context: Context, nth: int, days: Days) -> Days | None:
    """ "the 5th of next month"."""
    day = days.start + (nth - 1) * DAY
    if days.unit != "month" or not 1 <= nth <= 31:
        return None
    if day >= days.end:
        raise ValueError("the month has no such day")
    return month_day(context, days.start.month, nth) if days.yearly else one(day)


def _month_on(context: Context, days: Days, nth: int) -> Days | None:
    """ "next month on the 3rd"."""
    return _nth_in(context, nth, days)


def _nth_weekday(context: Context, nth: int, weekday: int, days: Days | None = None) -> Days | None:
    """ "the second Tuesday in June"; without a month the coming one."""
    if days is not None and (days.unit in ("quarter", "year") or (days.unit == "month" and days.yearly is None)):
        return _nth_of_many(nth, weekday, days)
    if days is not None and days.unit != "month":
        return None
    return _coming_nth(context, nth, weekday, days)


def _coming_nth(context: Context, nth: int, weekday: int, days: Days | None) -> Days:
    """In that month of this year or the next, or in this month or the next where none was said."""
    month = days.start if days else context.today.replace(day=1)
    found = _nth_of_many(nth, weekday, stretch(context, "month", month))
    if found.start < context.today and not context.past:
        after = month.replace(year=month.year + 1) if days else moved(month, 1, "month")
        found = _nth_of_many(nth, weekday, stretch(context, "month", after))
    return found


def _nth_of_many(nth: int, weekday: int, days: Days) -> Days:
    first = days.start + (weekday - days.start.weekday()) % 7 * DAY
    last = days.end - ((days.end - DAY).weekday() - weekday) % 7 * DAY - DAY
    found = first + (nth - 1) * 7 * DAY if nth > 0 else last + (nth + 1) * 7 * DAY
    if not days.start <= found < days.end:
        raise ValueError("there are not so many")
    return one(found)


def _nth_unit(context: Context, nth: int, unit: str, days: Days) -> Days | Moment | None:
    """ "the 6th day of q3", "the fourth week of May", "the 9th hour of 2030"."""
    if unit in ("hour", "minute", "second"):
        return _nth_moment(context, nth, unit, days)
    if unit == "day":
        found = days.start + (nth - 1) * DAY if nth > 0 else days.end + nth * DAY
        return one(_inside(found, days))
    if unit not in WHOLE:
        return None
    if nth > 0:
        first = stretch(context, unit, _anchor(unit, days))
        return stretch(context, unit, _inside(moved(first.start, nth - 1, _step(unit)), days))
    last = stretch(context, unit, _last_anchor(unit, days))
    return stretch(context, unit, _inside(moved(last.start, nth + 1, _step(unit)), days))


def _step(unit: str) -> str:
    return "week" if unit == "weekend" else unit


def _inside(day: date, days: Days) -> date:
    if not days.start - 4 * DAY <= day < days.end:
        raise ValueError("there are not so many")
    return day


def _anchor(unit: str, days: Days) -> date:
    """A day in the first such unit: the first week is the one with at least four days inside."""
    match unit:
        case "week":
            return days.start + 3 * DAY
        case "weekend":
            return days.start + (5 - days.start.weekday()) % 7 * DAY
        case _:
            return days.start


def _last_anchor(unit: str, days: Days) -> date:
    match unit:
        case "week":
            return days.end - 4 * DAY
        case "weekend":
            return days.end - 2 * DAY - ((days.end - 2 * DAY).weekday() - 5) % 7 * DAY
        case _:
            return days.end - DAY


def _nth_moment(context: Context, nth: int, unit: str, days: Days) -> Moment:
    zone = context.clock.now.tzinfo
    start, end = (datetime.combine(day, time(), zone) for day in (days.start, days.end))
    step = timedelta(**{f"{unit}s": 1})
    found = start + (nth - 1) * step if nth > 0 else end + nth * step
    return Moment(start=found, end=found + step, grain="hour" if unit == "hour" else "minute")


def _nth_workday(context: Context, nth: int, days: Days) -> Days:
    edge = days.start - DAY if nth > 0 else days.end
    return one(_inside(moved(edge, nth, "business day"), days))


def _half_of(context: Context, nth: int, days: Days) -> Days | None:
    """The halves of a year are six months long, of anything else half its days."""
    if nth not in (1, 2):
        return None
    middle = moved(days.start, 6, "month") if days.unit == "year" else days.start + (days.end - days.start) // 2
    start, end = (days.start, middle) if nth == 1 else (middle, days.end)
    return Days(start=start, end=end, grain="month" if days.unit == "year" else "day")


def _first_several(context: Context, amount: float, unit: str, days: Days) -> Days | None:
    """ "the first 6 weeks of 2030"."""
    first = _nth_unit(context, 1, unit, days)
    return replace(first, end=moved(first.start, amount, unit)) if isinstance(first, Days) else None


def _last_several(context: Context, amount: float, unit: str, days: Days) -> Days | None:
    last = _nth_unit(context, -1, unit, days)
    return replace(last, start=moved(last.end, -amount, unit)) if isinstance(last, Days) else None


def _of_this(context: Context, unit: str) -> Days | None:
    return which_unit(context, "this", unit) if unit in WHOLE else None


def _month_nth(context: Context, nth: int, unit: str) -> Days | None:
    """ "the 5th of the month" is the coming one."""
    return nth_day(context, nth) if unit == "month" and 1 <= nth <= 31 else None


def _this_month(context: Context, which: str, month: int) -> Days:
    year = context.today.year + (STEPS[which] if which != "next" else 0)
    found = stretch(context, "month", date(year, month, 1))
    is_near = found.end > context.today or which == "last"
    return found if is_near else stretch(context, "month", date(year + 1, month, 1))


def _week_of(context: Context, days: Days) -> Days:
    return stretch(context, "week", days.start)


def _which_week(context: Context, which: str) -> Days | None:
    return which_unit(context, which, "week")


def _which_month_said(context: Context, which: str) -> Days | None:
    return which_unit(context, which, "month")


def _week_after_next(context: Context) -> Days:
    return stretch(context, "week", context.today + 14 * DAY)


def _backwards(context: Context, nth: int) -> int:
    return -nth


def _few(context: Context, nth: int) -> int | None:
    return nth if nth < 400 else None


def _last_unit(context: Context, unit: str, days: Days) -> Days | Moment | None:
    return _nth_unit(context, -1, unit, days)


def _first_unit(context: Context, unit: str, days: Days) -> Days | Moment | None:
    return _nth_unit(context, 1, unit, days)


def _weekday_of(context: Context, days: Days, weekday: int) -> Days | None:
    return weekday_in(context, weekday, days)


RULES = (
    rule("nth_place", "<nth>", _few),
    rule("nth_place", "<nth> -? to? the? last", _backwards),
    rule("nth_place", "last|final", always(-1)),
    rule("inside", "of|in <period>"),
    rule("inside", "of|in the <unit>", _of_this),
    rule("inside", "of? <which> <unit>", which_unit),
    rule("placed", "the? <nth_place> <weekday> of|in the month", _nth_weekday),
    rule("placed", "the? <nth_place> <weekday> <inside>", _nth_weekday),
    rule("placed", "the? <nth_place> <weekday> <which_month>", _nth_weekday),
    rule("placed", "the? <nth_place> <wunit> <inside>", _nth_unit),
    rule("placed", "the? first <whole> <unit> <inside>", _first_several),
    rule("placed", "the? last|final <whole> <unit> <inside>", _last_several),
    rule("placed", "the? first <unit> <period>", _first_unit),
    rule("placed", "the? last|final <unit> <period>", _last_unit),
    rule("placed", "the? <nth_place> business|working|work|week -? day <inside>", _nth_workday),
    rule("placed", "the? <nth> half of <period>", _half_of),
    rule("placed", "<period> of? <which> year", in_year),
    rule("placed", "the? <nth> of the <unit>", _month_nth),
    rule("placed", "the? <dayno> day? of|in <period>", _nth_in),
    rule("placed", "the? <dayno> day? of|in <which_unit>", _nth_in),
    rule("placed", "the? <nth> day? <which_unit>", _nth_in),
    rule("placed", "<which_unit> ,|on? the? <nth_alone>", _month_on),
    rule("placed", "{later|earlier} in? <period>", _later),
    rule("placed", "later|earlier|sometime <named_day>"),
    rule("placed", "the? rest|remainder of the|this? <unit>", _rest),
    rule("placed", "<weekday> of|in|from|,? <week>", weekday_in),
    rule("placed", "<week> 's|’s? ,? on? <weekday>", _weekday_of),
    rule("which_unit", "the? <which> <unit>", which_unit),
    rule("which_month", "of? <which> <month>", _this_month),
    rule("which_month", "of? <which> month", _which_month_said),
    rule("week", "the? <which> week", _which_week),
    rule("week", "the? week after next", _week_after_next),
    rule("week", "the? week of <dated>", _week_of),
)
