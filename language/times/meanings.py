"""Meanings: what the values of the grammar are on the calendar and the clock of a person."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from language.calendar import later
from language.readings import Bound, Grain, Kind
from language.times.hours import at, begun, end_of, inherited
from language.times.lengths import is_clocked, seconds, shifted, smallest
from language.times.values import (
    DAY,
    EVENLY,
    RARELY,
    Bounded,
    Context,
    Days,
    Hour,
    Lasting,
    Length,
    Moment,
    Part,
    Range,
    When,
)

ENDING = ("by", "before", "until")

GRAINS: dict[str, Grain] = {
    **{"second": "second", "minute": "minute", "hour": "hour", "week": "week", "fortnight": "week"},
    **{"month": "month", "quarter": "quarter", "year": "year"},
}


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """A reading without its place in the text; `zone` where one was said."""

    kind: Kind
    grain: Grain
    weight: float = 0.9
    start: date | datetime | None = None
    end: date | datetime | None = None
    seconds: int | None = None
    clock: time | None = None
    bound: Bound | None = None
    zone: str | None = None
    instant: datetime | None = None
    is_end: bool = False
    others: tuple["Meaning", ...] = ()


def meaning(value: object, context: Context) -> Meaning | None:
    """What a value means; raises `ValueError` or `OverflowError` where no clock or calendar has it."""
    match value:
        case When():
            return _of_when(value, context)
        case Range():
            return _of_range(value, context)
        case Lasting():
            return _of_lasting(value, context)
        case Bounded(of=When(days=Days() as days) as when) if value.bound in ENDING and _is_midnight(when):
            tomorrow = replace(days, start=days.start + DAY, end=days.end + DAY)
            return _bounded(_of_parts(replace(when, days=tomorrow), tomorrow, context), value.bound)
        case Bounded():
            inner = meaning(value.of, context)
            return inner and _bounded(inner, value.bound)
        case Length():
            return Meaning(
                kind="duration", grain=GRAINS.get(smallest(value), "day"), seconds=seconds(value), weight=0.8
            )
        case _:
            return None


def _bounded(inner: Meaning, bound: Bound) -> Meaning:
    kind: Kind = "open" if bound in ("after", "from", "until", "before") and inner.kind != "recurrence" else inner.kind
    others = tuple(_bounded(other, bound) for other in inner.others)
    return replace(inner, kind=kind, bound=bound, others=others)


def _of_when(when: When, context: Context) -> Meaning | None:
    if when.moment:
        return _of_moment(when.moment)
    made = _of_parts(when, when.days, context)
    others = tuple(_of_parts(when, other, context) for other in (when.days.others if when.days else ()))
    if when.hour and not when.until:
        others += _other_halves(when, made, context)
    if _is_midnight(when) and isinstance(made.start, datetime):
        others += (replace(made, start=made.start + DAY, weight=made.weight * EVENLY),)
    made = replace(made, others=tuple(other for other in others if other.start != made.start))
    return _bounded(made, when.bound) if when.bound else made


def _is_midnight(when: When) -> bool:
    """True for the midnight of a day, which is where it begins or where it ends."""
    one_day = when.days is not None and when.days.end - when.days.start == DAY and when.until is None
    return one_day and when.hour is not None and when.hour.named and when.hour.hour == 0


def _of_moment(moment: Moment) -> Meaning:
    if moment.end is None:
        return Meaning(kind="point", grain=moment.grain, start=moment.start, weight=moment.weight)
    return Meaning(
        kind="interval",
        grain=moment.grain,
        start=moment.start,
        end=moment.end,
        weight=moment.weight,
        seconds=moment.seconds,
    )


def _of_parts(when: When, days: Days | None, context: Context) -> Meaning:
    day = _day_of(days, when.part, context)
    if when.hour:
        return _of_hour(when, day, context)
    if when.part:
        return _of_part(when.part, day, context)
    assert days is not None
    return _of_days(days)


def _day_of(days: Days | None, part: Part | None, context: Context) -> date | None:
    """The day an hour is on, None where none was said; of a longer stretch the first that is not past."""
    if days is not None:
        return days.start
    return context.today + part.day * DAY if part and part.day is not None else None


def _of_days(days: Days) -> Meaning:
    if days.end - days.start == DAY:
        return Meaning(kind="point", grain="day", start=days.start, weight=days.weight, instant=days.instant)
    return Meaning(
        kind="interval",
        grain=days.grain,
        start=days.start,
        end=days.end,
        weight=days.weight,
        seconds=days.seconds,
        is_end=days.edge,
    )


def _of_part(part: Part, day: date | None, context: Context) -> Meaning:
    """A part of a day; of no day the coming one, today's until it is nearly over."""
    if day is None:
        day = context.today + (DAY if context.clock.now.hour >= part.last - 1 and not context.past else timedelta())
    start, end = at(day, Hour(hour=part.first, exact=True), context), _end_of_day(day, part.last, context)
    return Meaning(kind="interval", grain="daypart", start=start, end=end)


def _end_of_day(day: date, hour: int, context: Context) -> datetime:
    return _midnight(day + DAY, context) if hour >= 24 else at(day, Hour(hour=hour), context)


def _of_hour(when: When, day: date | None, context: Context) -> Meaning:
    assert when.hour is not None
    first = inherited(when.hour, when.until)
    start = begun(first, when.until, day, when.part, context)
    start = start - DAY if _ends_on_its_day(when, start, context) else start
    zone = first.zone or (when.until.zone if when.until else None)
    said = when.days is not None or (when.part is not None and when.part.day is not None)
    made = Meaning(
        kind="point" if said else "time",
        grain="second" if first.second else "minute",
        start=start,
        clock=start.timetz().replace(tzinfo=None),
        weight=min(first.weight, when.days.weight if when.days else 1.0),
        zone=zone,
    )
    if when.until is None and when.days and when.days.unit == "span":
        end = at(when.days.end - DAY, replace(first, hour=start.hour, minute=start.minute), context)
        return _zoned(replace(made, kind="interval", end=end), context)
    if when.until is None:
        return _zoned(made, context)
    return _zoned(replace(made, kind="interval", end=end_of(start, when.until, context)), context)


def _ends_on_its_day(when: When, start: datetime, context: Context) -> bool:
    """ "6pm to 1am tomorrow": the day stands beside the end, which is past midnight."""
    near = when.days is not None and when.days.weekday is None and when.days.start - context.today <= DAY
    return near and when.behind and when.until is not None and end_of(start, when.until, context).date() > start.date()


def _zoned(made: Meaning, context: Context) -> Meaning:
    """Put on the person's clock, where a zone was named; a time of no day is the coming one there."""
    if made.zone is None:
        return made
    there, here = ZoneInfo(made.zone), context.clock.now.tzinfo
    start, end = (
        moment.replace(tzinfo=there).astimezone(here) if isinstance(moment, datetime) else moment
        for moment in (made.start, made.end)
    )
    passed = made.kind == "time" and isinstance(start, datetime) and start <= context.clock.now and not context.past
    if passed and start is not None:
        start += DAY
    clock = start.timetz().replace(tzinfo=None) if isinstance(start, datetime) else made.clock
    return replace(made, start=start, end=end, clock=clock)


def _other_halves(when: When, made: Meaning, context: Context) -> tuple[Meaning, ...]:
    """The same hour of the other half of the day, where it was not said which."""
    hour = when.hour
    if hour is None or hour.exact or hour.half or when.part or not isinstance(made.start, datetime):
        return ()
    other = at(made.start.date(), replace(hour, hour=(made.start.hour + 12) % 24), context)
    clock = other.timetz().replace(tzinfo=None)
    return (replace(made, start=other, clock=clock, weight=made.weight * RARELY, others=()),)


def _of_range(value: Range, context: Context) -> Meaning | None:
    first, last = _aligned(value.first, value.last, context)
    if first.hour and last.moment and not first.days and not first.part:
        context = replace(context, past=True)
    start = _of_when(first, context)
    end = _of_when(last, context)
    if start and isinstance(start.start, datetime) and last.hour and not (last.days or last.part or last.until):
        return replace(start, kind="interval", end=end_of(start.start, last.hour, context), others=())
    if start is None or end is None or start.start is None or end.start is None:
        return None
    begins, ends = start.start, _end(end)
    if isinstance(begins, datetime) or isinstance(ends, datetime):
        begins, ends = _midnight(begins, context), _midnight(ends, context)
    if ends <= begins:
        return None
    grain = start.grain if isinstance(begins, datetime) or start.grain == end.grain else "day"
    return Meaning(kind="interval", grain=grain, start=begins, end=ends, weight=min(start.weight, end.weight))


def _midnight(moment: date | datetime, context: Context) -> datetime:
    """A moment as it is, of a day its beginning."""
    if isinstance(moment, datetime):
        return moment
    return datetime.combine(moment, time(), context.clock.now.tzinfo)


def _end(end: Meaning) -> date | datetime:
    """The end of a range: of a day or a period that is its last the day after, of a moment itself."""
    if isinstance(end.start, datetime):
        return end.end if isinstance(end.end, datetime) and end.grain == "daypart" else end.start
    assert end.start is not None
    return end.end or end.start + DAY


def _aligned(first: When, last: When, context: Context) -> tuple[When, When]:
    """Each gets from the other what only one of them said: the year, the month, the day, the half of the day."""
    one, two = first.days, last.days
    if first.hour and last.hour and last.days is None and first.days:
        return first, replace(last, days=first.days)
    if first.hour and last.hour and first.days is None and last.days is None:
        return first, last
    if one is None or two is None:
        return first, last
    if two.monthly:
        two = _in_month(one, two)
    elif one.yearly and not two.yearly and two.grain != "year":
        one = one.yearly(two.start.year)
        if one.start > two.start and first.days and first.days.yearly:
            one = first.days.yearly(two.start.year - 1)
    elif two.yearly and (two.start < one.start or not one.yearly):
        two = _after(one, two)
    if two.weekday is not None and two.start < one.start:
        two = replace(two, start=two.start + 7 * DAY, end=two.end + 7 * DAY)
    return replace(first, days=one), replace(last, days=two)


def _in_month(one: Days, two: Days) -> Days:
    """ "3 May to the 10th": of the same month, or the next."""
    assert two.monthly is not None
    month = one.start.replace(day=1)
    try:
        found = two.monthly(month)
    except ValueError:
        return two
    return found if found.start >= one.start else two.monthly((month + 31 * DAY).replace(day=1))


def _after(one: Days, two: Days) -> Days:
    assert two.yearly is not None
    found = two.yearly(one.start.year)
    return found if found.start >= one.start else two.yearly(one.start.year + 1)


def _of_lasting(value: Lasting, context: Context) -> Meaning | None:
    first = _of_when(value.first, context)
    if first is None or first.start is None or first.kind == "duration":
        return None
    length = seconds(value.length)
    if isinstance(first.start, datetime):
        end: date | datetime = (
            later(first.start, length)
            if is_clocked(value.length)
            else datetime.combine(shifted(first.start.date(), value.length, 1), first.start.time(), first.start.tzinfo)
        )
    elif is_clocked(value.length):
        return None
    else:
        end = shifted(first.start, value.length, 1)
    return replace(first, kind="interval", end=end, seconds=length, others=())
