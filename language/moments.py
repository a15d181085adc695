"""Moments: neighbouring atoms put together into readings, without recurrence."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from domain.people import Clock
from language.atoms import PARTS, Atom, Context, Hour, atoms
from language.calendar import in_week, moved
from language.days import DAYS
from language.hours import HOURS
from language.readings import Bound, Grain, Reading, Span

DAY = timedelta(days=1)
PATTERNS = (*DAYS, *HOURS)
GLUE = re.compile(r"\s*(?:[,@(]|at|on|by|in\s+the|in|of|the|from|during|around|\s)*\s*", re.IGNORECASE)
TO = re.compile(r"\s*(?:-|–|—|to|until|till|through|thru|and)\s*(?:the\s+|on\s+)?", re.IGNORECASE)
LEADS = re.compile(
    r"(?:\b(?P<bound>(?:no|not)\s+later\s+than|due(?:\s+(?:by|on|before))?|deadline(?:\s+is)?:?|by|before|until|till|up\s+to|after|"
    r"(?:starting|beginning)(?:\s+(?:from|on))?|from|since|between)\s+)?(?:(?:\b(?:on|at|in|during|for|around|about|sometime|the)\s+|@\s*))*$",
    re.IGNORECASE,
)
BOUNDS: dict[str, Bound] = {
    **dict.fromkeys(
        ("by", "no later than", "not later than", "due by", "due before", "deadline", "due", "due on", "deadline is"),
        "by",
    ),
    **dict.fromkeys(("before",), "before"),
    **dict.fromkeys(("until", "till", "up to"), "until"),
    **dict.fromkeys(("after",), "after"),
    **dict.fromkeys(
        ("starting", "starting from", "starting on", "beginning", "beginning from", "beginning on", "from", "since"),
        "from",
    ),
}
WAKING = range(7, 22)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Atoms that say one thing together."""

    span: Span
    day: Atom | None = None
    clock: Atom | None = None
    part: Atom | None = None
    shift: Atom | None = None
    other: Atom | None = None
    atoms: tuple[Atom, ...] = field(default=())


def moments(text: str, clock: Clock, *, alone: bool = False, hidden: list[Span] | None = None) -> list[Reading]:
    """The readings of a text from left to right; `hidden` spans are passed over."""
    found = groups(atoms(text, Context(clock=clock, alone=alone), PATTERNS, hidden=hidden), text)
    readings: list[Reading] = []
    for group in found:
        reading = _reading(group, text, clock, alone=alone)
        if reading is None:
            continue
        between = text[readings[-1].span[1] : group.span[0]] if readings else ""
        joined = _joined(readings[-1], reading, text) if readings and TO.fullmatch(between) else None
        if joined:
            readings[-1] = joined
        else:
            readings.append(reading)
    return readings


def groups(found: Iterable[Atom], text: str) -> list[Group]:
    """Atoms that stand next to each other and fill different places, together."""
    made: list[Group] = []
    for atom in found:
        near = made and GLUE.fullmatch(text[made[-1].span[1] : atom.span[0]])
        grown = _grown(made[-1], atom, text) if near else None
        if grown:
            made[-1] = grown
        else:
            made.append(_begun(atom))
    return made


def _begun(atom: Atom) -> Group:
    match atom.role:
        case "day":
            return Group(span=atom.span, day=atom)
        case "clock" | "clocks":
            return Group(span=atom.span, clock=atom)
        case "part":
            return Group(span=atom.span, part=atom)
        case "shift":
            return Group(span=atom.span, shift=atom)
        case _:
            return Group(span=atom.span, other=atom)


def _grown(group: Group, atom: Atom, text: str) -> Group | None:
    """The group with one more atom, None where it has no place for it."""
    if group.other or atom.role in ("moment", "window", "duration", "shift"):
        return None
    span = (group.span[0], atom.span[1])
    match atom.role:
        case "day" if group.day is None and not (group.part and group.part.start):
            return replace(group, span=span, day=atom)
        case "day" if group.day:
            day = _two_days(group.day, atom)
            return replace(group, span=span, day=day) if day else None
        case "clock" | "clocks" if group.clock is None:
            return replace(group, span=span, clock=atom)
        case "part" if group.part is None and not (group.day and atom.start):
            return replace(group, span=span, part=atom)
        case _:
            return None


def _two_days(first: Atom, second: Atom) -> Atom | None:
    """ "Monday, March 3" is the date; "next week on Monday" is the Monday of that week."""
    for weekday, other in ((first, second), (second, first)):
        assert isinstance(weekday.start, date) and isinstance(other.start, date)
        if weekday.weekday and other.grain == "week":
            day = in_week(weekday.start.weekday(), other.start, other.start.weekday())
            return replace(weekday, start=day, end=day + DAY)
        if weekday.weekday and other.fixed and other.grain == "day":
            return other
    return None


def _reading(group: Group, text: str, clock: Clock, *, alone: bool) -> Reading | None:
    """What the group says; None for a part of the day or a shift that hangs in the air."""
    span, bound = _led(group, text)
    base = Reading(span=span, text=text[span[0] : span[1]], kind="point", grain="day", bound=bound)
    if group.other:
        return _of_other(base, group.other)
    try:
        return _of_day(base, _shifted(group), clock, alone=alone)
    except (ValueError, OverflowError):
        return None


def _led(group: Group, text: str) -> tuple[Span, Bound | None]:
    """The span with the prepositions before it, and the bound they make."""
    inside = re.match(r"(by|before|until|till|after|from|since)\b", text[slice(*group.span)], re.IGNORECASE)
    begins = max(0, group.span[0] - 60)
    lead = LEADS.search(text[begins : group.span[0]])
    bound = BOUNDS.get(" ".join((lead["bound"] if lead and lead["bound"] else "").lower().split()).rstrip(":"))
    if bound is None and inside and not (group.clock and group.clock.role == "clocks"):
        bound = BOUNDS[inside[1].lower()]
    start = begins + lead.start() if lead else group.span[0]
    start += len(text[start : group.span[0]]) - len(text[start : group.span[0]].lstrip())
    is_duration = group.other is not None and group.other.role == "duration"
    return ((group.span[0] if is_duration else start, group.span[1]), None if is_duration else bound)


def _of_other(base: Reading, atom: Atom) -> Reading:
    if atom.role == "duration":
        return replace(base, kind="duration", grain=atom.grain, seconds=atom.seconds, weight=atom.weight)
    kind: str = "interval" if atom.role == "window" else "point"
    base = replace(base, grain=atom.grain, start=atom.start, end=atom.end, weight=atom.weight)
    return replace(base, kind="interval") if kind == "interval" else base


def _shifted(group: Group) -> Group:
    if group.shift is None or group.shift.shift is None or group.day is None:
        return group
    assert isinstance(group.day.start, date)
    day = moved(group.day.start, *group.shift.shift)
    return replace(group, day=replace(group.day, start=day, end=day + DAY, grain="day"))


def _of_day(base: Reading, group: Group, clock: Clock, *, alone: bool) -> Reading | None:
    part = group.part.part if group.part else None
    day = group.day.start if group.day else group.part.start if group.part else None
    weight = min(atom.weight for atom in (group.day, group.clock, group.part) if atom) if group.shift is None else 0.9
    base = replace(base, weight=weight)
    if group.clock:
        return _of_clock(base, group.clock.hours, day, part, clock)
    if part:
        if day is None and not (alone or re.match(r"\s*(?:in the|at)\b", base.text, re.IGNORECASE)):
            return None
        first, last, _ = PARTS[part]
        day = day or (clock.now.date() + (DAY if clock.now.hour >= last - 1 else 0 * DAY))
        start, end = _at(day, first, clock), _at(day, last, clock)
        return replace(base, kind="interval", grain="daypart", start=start, end=end)
    if group.day is None:
        return None
    start_day, end_day = group.day.start, group.day.end
    assert start_day is not None and end_day is not None
    is_one = (end_day - start_day) == DAY
    kind = "open" if base.bound in ("after", "from", "until", "before") else "point" if is_one else "interval"
    reading = replace(base, grain=group.day.grain, start=start_day, end=end_day)
    match kind:
        case "open":
            return replace(reading, kind="open")
        case "point":
            return replace(reading, kind="point", end=None)
        case _:
            return replace(reading, kind="interval")


def _of_clock(
    base: Reading, hours: tuple[Hour, ...], day: date | datetime | None, part: str | None, clock: Clock
) -> Reading:
    said = day.date() if isinstance(day, datetime) else day
    start = resolved(hours[0], said, part, clock)
    grain: Grain = "second" if hours[0].second else "minute"
    base = replace(base, clock=start.timetz().replace(tzinfo=None), start=start, grain=grain)
    if len(hours) == 2:
        end = _end_of(start, hours[1])
        return replace(base, kind="interval", end=end)
    if base.bound in ("after", "from", "until", "before"):
        return replace(base, kind="open")
    return replace(base, kind="point" if said else "time")


def resolved(hour: Hour, day: date | None, part: str | None, clock: Clock) -> datetime:
    """The moment a clock time means: on its day, or the next time it comes; a bare hour is a waking one."""
    choices = hours_of(hour, part)
    days = [day] if day else [clock.now.date(), clock.now.date() + DAY]
    moments = [_at(one, which, clock, hour) for one in days for which in choices]
    if part == "night" and not hour.exact and hour.half is None and hour.hour == 12:
        moments = [_at(one + DAY, 0, clock, hour) for one in days]
    return next((moment for moment in moments if moment > clock.now), moments[0])


def hours_of(hour: Hour, part: str | None) -> list[int]:
    """The hours of 24 that may be meant, likeliest first."""
    if hour.exact:
        return [hour.hour]
    if hour.half:
        return [hour.hour % 12 + (12 if hour.half == "pm" else 0)]
    if part:
        return [hour.hour % 12 if part == "morning" else 12 if hour.hour == 12 else hour.hour + 12]
    return [which % 24 for which in (hour.hour % 12, hour.hour % 12 + 12) if which in WAKING] or [hour.hour]


def _end_of(start: datetime, hour: Hour) -> datetime:
    """The first such time after the start."""
    for offset in (0, 1):
        for which in sorted(
            [hour.hour] if hour.exact else hours_of(hour, None) if hour.half else [hour.hour % 12, hour.hour % 12 + 12]
        ):
            end = start.replace(hour=which, minute=hour.minute, second=hour.second) + offset * DAY
            if end > start:
                return end
    return start + DAY


def _at(day: date | datetime, hour: int, clock: Clock, exact: Hour | None = None) -> datetime:
    minute, second = (exact.minute, exact.second) if exact else (0, 0)
    midnight = datetime.combine(day, time(), clock.now.tzinfo)
    return (midnight + DAY) if hour >= 24 else midnight.replace(hour=hour, minute=minute, second=second)


def _joined(first: Reading, second: Reading, text: str) -> Reading | None:
    """ "from March 3 to March 5", "Monday to Friday", "3pm Monday until 5pm Tuesday"."""
    if first.start is None or second.start is None or first.kind in ("duration",) or second.kind == "duration":
        return None
    is_and = text[first.span[1] : second.span[0]].strip().lower() == "and"
    if is_and and not first.text.lower().startswith("between"):
        return None
    start, end = first.start, second.end or second.start
    if isinstance(start, datetime) != isinstance(second.start, datetime):
        return None
    if not isinstance(second.start, datetime) and second.end is None:
        end = second.start + DAY
    if not isinstance(start, datetime) and end <= start and isinstance(end, date):
        end = end + 7 * DAY if (start - end) < 7 * DAY else end
    if end <= start:
        return None
    span = (first.span[0], second.span[1])
    return replace(first, span=span, text=text[slice(*span)], kind="interval", start=start, end=end, bound=None)
