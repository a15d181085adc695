"""Weekdays: days told by their name or by how near they are, alone and beside a date."""

from dataclasses import replace

from language.calendar import coming, in_week, moved
from language.times.dates import figure_number, nth_day, one
from language.times.grammar import rule
from language.times.tokens import Figure
from language.times.values import DAY, EVENLY, RARELY, Context, Days

# So many days ahead a day is surely told by its weekday and its number alone, and so many at most.
NEAR, FARTHEST = 62, 730


def _named(context: Context, offset: int) -> Days:
    return one(context.today + offset * DAY, unit="named")


def _beside_named(context: Context, side: str, offset: int) -> Days:
    return one(context.today + (offset + (1 if side == "after" else -1)) * DAY)


def weekday_of(context: Context, weekday: int, which: str | None = None) -> Days:
    """That weekday: bare the coming one, never today; "next" in the week after this one, "last" the one before."""
    today, week_start = context.today, context.clock.week_start
    bare = coming(weekday, today)
    before = bare - (14 if weekday == today.weekday() else 7) * DAY
    before = before if before < today else before - 7 * DAY
    in_next, in_last = (in_week(weekday, today + way * 7 * DAY, week_start) for way in (1, -1))
    here = today if weekday == today.weekday() else bare
    days, weight = {
        None: ((before if context.past else bare,), 0.9),
        "this": ((before,) if context.past and weekday != today.weekday() else (here,), 0.9),
        "coming": ((bare,), 0.95),
        "next": ((in_next, bare), 0.85),
        "last": ((before, in_last), 0.85),
        "past": ((before,), 0.95),
    }[which]
    first, *others = dict.fromkeys(days)
    return one(
        first,
        weekday=weekday,
        weight=weight,
        others=tuple(one(day, weekday=weekday, weight=weight * RARELY) for day in others),
    )


def _which_weekday(context: Context, which: str, weekday: int) -> Days:
    return weekday_of(context, weekday, which)


def _after_next(context: Context, weekday: int) -> Days:
    """ "Friday week", "the Friday after next": a week after the coming one."""
    return one(coming(weekday, context.today) + 7 * DAY, weekday=weekday)


def _weekdays_ago(context: Context, figure: Figure, weekday: int) -> Days:
    return one(weekday_of(context, weekday, "past").start - 7 * (figure.value - 1) * DAY)


def _weekdays_hence(context: Context, figure: Figure, weekday: int) -> Days:
    return one(coming(weekday, context.today) + 7 * (figure.value - 1) * DAY)


def _before_last(context: Context, weekday: int) -> Days:
    return one(weekday_of(context, weekday, "past").start - 7 * DAY)


def _fortnight_on(context: Context, weekday: int) -> Days:
    return one(coming(weekday, context.today) + 14 * DAY)


def _both(context: Context, weekday: int, nth: int, *, within: int) -> Days | None:
    """The nearest day within so many that is that weekday and has that number."""
    first, step = context.today.replace(day=1), -1 if context.past else 1
    for _ in range(within // 28 + 1):
        found = first.replace(day=min(nth, 28)) + (nth - min(nth, 28)) * DAY
        near = 0 <= (found - context.today).days * step <= within
        if near and found.weekday() == weekday and found.month == first.month:
            return one(found)
        first = (first + step * (31 if step > 0 else 1) * DAY).replace(day=1)
    return None


def _weekday_nth(context: Context, weekday: int, nth: int) -> Days:
    """ "Monday the 21st": the next that is both within two months, else the date or the weekday."""
    if both := _both(context, weekday, nth, within=NEAR):
        return both
    date = nth_day(context, nth)
    return replace(date, others=(replace(weekday_of(context, weekday), weight=date.weight * EVENLY, others=()),))


def _weekday_figure(context: Context, weekday: int, figure: Figure) -> Days | None:
    """ "Monday 21" is the next that is both, however far, or the 21st."""
    number = figure_number(context, figure)
    if number is None or number <= 12 or figure.digits != 2 or figure.counts:
        return None
    date = nth_day(context, number)
    both = _both(context, weekday, number, within=FARTHEST)
    if both is None or both.start == date.start:
        return date
    far = (both.start - context.today).days > NEAR
    return replace(both, others=(replace(date, weight=both.weight * EVENLY),)) if far else both


def _workday(context: Context, which: str) -> Days | None:
    """ "next weekday", "the last working day"."""
    steps = {"next": 1, "coming": 1, "last": -1, "past": -1}
    return one(moved(context.today, steps[which], "business day")) if which in steps else None


def _nearest_weekday(context: Context, weekday: int, days: Days) -> Days:
    return one(days.start + ((weekday - days.start.weekday() + 3) % 7 - 3) * DAY, weekday=weekday)


def _weekday_date(context: Context, weekday: Days, days: Days) -> Days:
    """ "Tue, 3 March"; where that is no Tuesday the date, or the Tuesday nearest to it.

    Of a date in numbers that can be read in two orders it is the one that falls on that day.
    """
    if days.end - days.start != DAY or weekday.weekday is None:
        return replace(days, weak=False)
    if falls := [day for day in (days, *days.others) if day.start.weekday() == weekday.weekday]:
        return replace(falls[0], weak=False, weight=days.weight, others=())
    nearest = _nearest_weekday(context, weekday.weekday, days)
    return replace(days, weak=False, others=(replace(nearest, weight=days.weight * EVENLY),))


def _date_weekday(context: Context, days: Days, weekday: Days) -> Days:
    return _weekday_date(context, weekday, days)


RULES = (
    rule("named_day", "<named>", _named),
    rule("named_day", "the? day {after|before} <named>", _beside_named),
    rule("named_day", "the? <which> weekday", _workday),
    rule("named_day", "the? <which> business|working|work -? day", _workday),
    rule("weekdayed", "this <which> <weekday> .?", _which_weekday),
    rule("weekdayed", "the? <which> <weekday> .?", _which_weekday),
    rule("weekdayed", "the? <weekday> after next", _after_next),
    rule("weekdayed", "a week on|from <weekday>", _after_next),
    rule("weekdayed", "<weekday> week", _after_next),
    rule("weekdayed", "<figure> <weekdays> ago|back", _weekdays_ago),
    rule("weekdayed", "<figure> <weekdays> from now|today", _weekdays_hence),
    rule("weekdayed", "the? <weekday> before last", _before_last),
    rule("weekdayed", "<weekday> fortnight", _fortnight_on),
    rule("weekdayed", "the? closest|nearest <weekday> to <dated>", _nearest_weekday),
    rule("weekdayed", "the? <weekday> .?", weekday_of),
    rule("weekday_date", "<weekdayed> ,|-? ( <dated> )", _weekday_date),
    rule("weekday_date", "<weekdayed> ,|-? <dated>", _weekday_date),
    rule("weekday_date", "<dated> ,? (? <weekdayed> )?", _date_weekday),
    rule("weekday_date", "the? <weekday> .? ,? on? the? <nth_alone>", _weekday_nth),
    rule("weekday_date", "<weekday> .? ,? <figure>", _weekday_figure),
)
