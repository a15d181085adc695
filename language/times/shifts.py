"""Shifts: distances from now and from days, "in two weeks", "9 weeks ago", "a month after Easter"."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time

from language.calendar import in_week, later
from language.readings import Grain
from language.times.dates import one
from language.times.grammar import rule
from language.times.holidays import holiday
from language.times.lengths import CLOCKED, is_clocked, seconds, shifted, smallest
from language.times.periods import stretch
from language.times.tokens import Figure
from language.times.values import DAY, Context, Days, Length, Moment

ROUND_MINUTES = range(5, 60, 5)
GRAINS: dict[str, Grain] = {"second": "second", "minute": "minute", "hour": "minute"}


def from_now(context: Context, length: Length, sign: int) -> Days | Moment:
    """So much later or earlier than now: a moment where hours were said, else a day."""
    if not is_clocked(length):
        day = shifted(context.today, length, sign)
        return one(day, instant=datetime.combine(day, context.clock.now.timetz()))
    now = context.clock.now
    longer = tuple(part for part in length.parts if part[1] not in CLOCKED)
    whole = Length(parts=longer or ((0, "day"),))
    rest = seconds(length) - seconds(whole)
    then = shifted(now.date(), whole, sign) if all(amount == int(amount) for amount, _ in whole.parts) else None
    if then is None:
        return Moment(start=later(now, sign * seconds(length)))
    start = datetime.combine(then, now.time(), now.tzinfo)
    return Moment(start=later(start, sign * rest), grain=GRAINS.get(smallest(length), "minute"))


def _hence(context: Context, length: Length) -> Days | Moment | None:
    return from_now(context, length, 1)


def _ago(context: Context, length: Length) -> Days | Moment | None:
    return from_now(context, length, -1)


def _sides(context: Context, sign: str, length: Length) -> Days | Moment | None:
    """ "+2 days", where nothing but a time is meant."""
    return from_now(context, length, -1 if sign == "-" else 1) if context.alone else None


def _day_and(context: Context, days: Days, sign: str, length: Length) -> Days | Moment | None:
    """ "2026-12-01 + 6 weeks"; with "-" only where nothing but a time is meant."""
    return _from_days(context, length, "before" if sign == "-" else "after", days) if context.alone else None


def _which_length(context: Context, which: str, length: Length) -> Days | Moment | None:
    """ "next 1 month 2 weeks" is so far from now, as one unit alone would be a stretch."""
    if len(length.parts) < 2 or which == "this":
        return None
    return from_now(context, length, 1 if which in ("next", "coming") else -1)


def _minutes_hence(context: Context, figure: Figure) -> Moment | None:
    """ "in 25": minutes; in a sentence only a number of them that is said so, "back in 5"."""
    if figure.counts or figure.timed or figure.digits > 2 or not (context.alone or figure.value in ROUND_MINUTES):
        return None
    return Moment(start=later(context.clock.now, figure.value * 60), weight=0.5)


def _primes_hence(context: Context, figure: Figure) -> Moment | None:
    """ "in 10'"."""
    return Moment(start=later(context.clock.now, figure.value * 60)) if 1 <= figure.digits <= 3 else None


def _from_days(context: Context, length: Length, side: str, days: Days) -> Days | Moment | None:
    """ "two weeks after March 3", "3 days before Christmas"."""
    sign = -1 if side in ("before", "prior", "ago") else 1
    if is_clocked(length):
        if days.end - days.start != DAY:
            return None
        base = datetime.combine(days.start, time(), context.clock.now.tzinfo)
        return Moment(start=later(base, sign * seconds(length)))
    base_day = days.end - DAY if side == "after" else days.start
    return one(shifted(base_day, length, sign))


def _day_beside(context: Context, side: str, days: Days) -> Days | None:
    if days.end - days.start != DAY:
        return None
    return one(days.start + DAY if side in ("after", "following") else days.start - DAY)


def _weekday_beside(context: Context, nth: int | None, weekday: int, side: str, days: Days) -> Days | None:
    """ "the first Friday after Easter", "the last Thursday before 20 December"."""
    steps = abs(nth or 1) - 1
    if steps > 60 or days.weekday is not None:
        return None
    if side == "before":
        return one(days.start - ((days.start.weekday() - weekday - 1) % 7 + 1 + 7 * steps) * DAY, weekday=weekday)
    last = days.end - DAY
    return one(last + ((weekday - last.weekday() - 1) % 7 + 1 + 7 * steps) * DAY, weekday=weekday)


def _nth_holiday(context: Context, nth: int | None, name: str, side: str, days: Days) -> Days | None:
    """ "the second Easter after 2030", "the closest Christmas to March": of those around, the nearest or the next."""
    found = list(_holidays_around(name, days.start.year))
    match side:
        case "after":
            near = [each for each in found if each.start >= days.end]
        case "before":
            near = [each for each in reversed(found) if each.end <= days.start]
        case _:
            near = sorted(found, key=lambda each: abs(each.start - days.start))
    place = abs(nth or 1) - 1
    return near[place] if place < len(near) else None


def _holidays_around(name: str, year: int) -> Iterator[Days]:
    for of in range(year - 9, year + 10):
        try:
            start, end = holiday(name, of)
        except ValueError:
            continue
        yield Days(start=start, end=end)


def _units_beside(context: Context, unit: str, side: str, days: Days) -> Days | None:
    """ "the week after Easter"."""
    if unit not in ("week", "month", "year", "weekend"):
        return None
    here = stretch(context, unit, days.start)
    step = {"week": 7, "weekend": 7, "month": 31, "year": 366}[unit]
    return stretch(context, unit, here.start + (step if side == "after" else -1 if unit != "weekend" else -7) * DAY)


def _several(first: float, last: float, unit: str) -> tuple[Length, Length] | None:
    return (Length(parts=((first, unit),)), Length(parts=((last, unit),))) if first < last else None


def _both(context: Context, first: Figure, last: Figure, unit: str) -> tuple[Length, Length] | None:
    usable = not first.timed and first.digits <= 4 and last.digits <= 4
    return _several(float(first.value), float(last.value), unit) if usable else None


def _both_hence(context: Context, lengths: tuple[Length, Length]) -> Days | Moment:
    """ "in 8-9 days": from the nearer to the farther, that day included."""
    return _between(from_now(context, lengths[0], 1), from_now(context, lengths[1], 1))


def _both_ago(context: Context, lengths: tuple[Length, Length]) -> Days | Moment:
    return _between(from_now(context, lengths[1], -1), from_now(context, lengths[0], -1))


def _between(first: Days | Moment, last: Days | Moment) -> Days | Moment:
    if isinstance(first, Days) and isinstance(last, Days):
        return replace(first, end=last.end)
    if isinstance(first, Moment) and isinstance(last, Moment):
        return replace(first, end=last.start)
    raise ValueError("a day and a moment")


def _within(context: Context, length: Length) -> Days | Moment:
    """ "within 3 days": from now until then, that day included."""
    last = from_now(context, length, 1)
    if isinstance(last, Days):
        return Days(start=context.today, end=last.end, seconds=seconds(length))
    return Moment(start=context.clock.now, end=last.start, seconds=seconds(length))


def _within_ago(context: Context, length: Length) -> Days | Moment:
    first = from_now(context, length, -1)
    if isinstance(first, Days):
        return replace(first, end=context.today + DAY)
    return Moment(start=first.start, end=context.clock.now)


def _next_units(context: Context, which: str, amount: float | None, unit: str) -> Moment | None:
    """ "the next 3 hours", "the last five minutes"."""
    if unit not in ("second", "minute", "hour") or which == "this":
        return None
    length = seconds(Length(parts=((amount or 1.0, unit),)))
    now = context.clock.now
    start, end = (now, later(now, length)) if which in ("next", "coming") else (later(now, -length), now)
    return Moment(start=start, end=end, seconds=length)


def _weekday_from(context: Context, days: Days, shift: Days | Moment) -> Days | None:
    """ "Thursday, two years from now": in that week for weeks, else the first from then on."""
    if days.weekday is None or not isinstance(shift, Days) or shift.unit == "week":
        return None
    return one(shift.start + (days.weekday - shift.start.weekday()) % 7 * DAY, weekday=days.weekday)


def _weekday_weeks(context: Context, days: Days, length: Length) -> Days | None:
    if days.weekday is None or any(unit != "week" for _, unit in length.parts):
        return None
    then = shifted(context.today, length, 1)
    monday = then - (then.weekday() - context.clock.week_start) % 7 * DAY
    return one(monday + (days.weekday - context.clock.week_start) % 7 * DAY, weekday=days.weekday)


def _before_now(context: Context, length: Length) -> Days | Moment | None:
    """ "6 weeks before", of now only where nothing else can be meant."""
    return _ago(context, length) if context.alone else None


def _after_now(context: Context, length: Length) -> Days | Moment | None:
    return _hence(context, length) if context.alone else None


def _next_units_behind(context: Context, amount: float, which: str, unit: str) -> Moment | None:
    return _next_units(context, which, amount, unit)


def _day_after(context: Context, side: str) -> Days:
    return one(context.today + (-DAY if side == "before" else DAY))


def _from_weekday(context: Context, shift: Days | Moment, days: Days) -> Days | None:
    return _weekday_from(context, days, shift)


def _in_years(context: Context, days: Days, length: Length) -> Days | None:
    """ "11 January in six years", "Thanksgiving four years from now"."""
    return _yearly_from(days, from_now(context, length, 1))


def _years_ago(context: Context, days: Days, length: Length) -> Days | None:
    return _yearly_from(days, from_now(context, length, -1))


def _weeks_on(context: Context, length: Length, days: Days) -> Days | None:
    """ "two weeks on Friday", "a week tomorrow"; "a week last Friday" lies before it."""
    if any(unit not in ("week", "fortnight") for _, unit in length.parts):
        return None
    return one(shifted(days.start, length, 1 if days.start >= context.today else -1))


def _week_on(context: Context, days: Days) -> Days:
    return one(days.start + 7 * DAY)


def _weekends_ago(context: Context, amount: float) -> Days:
    return stretch(context, "weekend", shifted(context.today, Length(parts=((amount, "week"),)), -1))


def _ago_weekday(context: Context, length: Length, days: Days) -> Days | None:
    """ "two weeks ago on Monday": in that week."""
    if days.weekday is None or is_clocked(length):
        return None
    return one(
        in_week(days.weekday, shifted(context.today, length, -1), context.clock.week_start), weekday=days.weekday
    )


def _yearly_from(days: Days, shift: Days | Moment) -> Days | None:
    return days.yearly(shift.start.year) if days.yearly and isinstance(shift, Days) else None


RULES = (
    rule("rough", "about|around|approximately|approx|roughly|exactly|nearly|almost|just|another|only|under|~"),
    rule("rough", "more|less|fewer than"),
    rule("hence", "in [rough]? the? <length> time", _hence),
    rule("hence", "in|after [rough]? the? <length> '|’|'s|’s time", _hence),
    rule("hence", "in|after? [rough]? the? <length> from now|today|hence", _hence),
    rule("hence", "in|after? [rough]? <length> from this? moment|second|minute|hour|day|time", _hence),
    rule("hence", "[rough]? <length> hence|later", _hence),
    rule("hence", "in|after [rough]? the? <length>", _hence),
    rule("hence", "in <figure>", _minutes_hence),
    rule("hence", "in <figure> & '|′", _primes_hence),
    rule("shift", "<day> {+|-} <length>", _day_and),
    rule("shift", "the? <which> <length>", _which_length),
    rule("hence", "now|today {+|-} <length>", _sides),
    rule("hence", "{+|-} <length>", _sides),
    rule("hence", "<length> after", _after_now),
    rule("ago", "[rough]? <length> ago|back|earlier|previously", _ago),
    rule("ago", "[rough]? <length> before now|today", _ago),
    rule("ago", "[rough]? <length> before", _before_now),
    rule("both", "<figure> -|to|or|–|~ <figure> <unit>", _both),
    rule("both", "<figure> -|– <figure> & <short>", _both),
    rule("shift", "less|fewer than <length> ago", _within_ago),
    rule("shift", "less|fewer than <length> from now", _within),
    rule("shift", "in [rough]? <both>", _both_hence),
    rule("shift", "<both> from now|today", _both_hence),
    rule("shift", "<both> ago", _both_ago),
    rule("shift", "<amount> weekends ago", _weekends_ago),
    rule("shift", "<hence>"),
    rule("shift", "<ago>"),
    rule("shift", "within the? next? <length>", _within),
    rule("shift", "in|over|within|for|during? the? <which2> <amount>? <wunit>", _next_units),
    rule("shift", "in|over|within|for|during? the? <amount> <which2> <plural>", _next_units_behind),
    rule("shift", "[rough]? <length> {from|after|before|prior|since|ago} to? <day>", _from_days),
    rule("shift", "the? day {after|before|following} <day>", _day_beside),
    rule("shift", "the? <nth_place>? <weekday> {after|before|following} <day>", _weekday_beside),
    rule("shift", "the? <nth_place>? <holiday> {after|before} <day>", _nth_holiday),
    rule("shift", "the? <nth_place>? closest|nearest <holiday> {to} <day>", _nth_holiday),
    rule("shift", "the? <wunit> {after|before} <day>", _units_beside),
    rule("shift", "the day {after|before|following}", _day_after),
    rule("shift", "<weekdayed> ,|in? <length> from now|today", _weekday_weeks),
    rule("shift", "<weekdayed> ,|in? <hence>", _weekday_from),
    rule("shift", "<hence> on <weekdayed>", _from_weekday),
    rule("shift", "<length> ago on? <weekdayed>", _ago_weekday),
    rule("shift", "<length> on? <weekdayed>", _weeks_on),
    rule("shift", "<length> <named_day>", _weeks_on),
    rule("shift", "<named_day> week", _week_on),
    rule("shift", "<dated> in <length>", _in_years),
    rule("shift", "<dated> <length> from now|today", _in_years),
    rule("shift", "<dated> <length> hence", _in_years),
    rule("shift", "<dated> <length> ago", _years_ago),
    rule("shift", "<dated_this_year>"),
)
