"""Ranges: from one time to another, so long from one on, and the words that govern a time ("by", "after", "until")."""

from dataclasses import replace
from typing import Any

from language.readings import Bound
from language.times.clocks import beside
from language.times.dates import one
from language.times.grammar import always, rule
from language.times.hours import resolved
from language.times.phrases import joined
from language.times.values import DAY, Bounded, Context, Hour, Lasting, Length, Range, When


def _range(context: Context, first: When, last: When) -> Range | None:
    hours = [when for when in (first, last) if when.hour and not (when.days or when.part)]
    if first.bound or last.bound or len(hours) == 2:
        return None
    return Range(first=first, last=last)


def _from_range(context: Context, first: When, last: When) -> Range | None:
    found = _range(context, first, last)
    return found and replace(found, firm=True)


def _going(context: Context, first: When, last: When) -> Range | When | None:
    """ "at 2pm and goes until 4pm"."""
    if first.hour and last.hour and not last.days and not first.until:
        return replace(first, until=last.hour, firm=True)
    return _from_range(context, first, last)


def _starting(context: Context, first: When, last: When) -> Range | When | None:
    """ "starts at 7pm and runs until 9"; of days, each is better told by itself."""
    return _going(context, first, last) if first.hour else None


def _lasting(context: Context, first: When, length: Length) -> Lasting | None:
    return Lasting(first=first, length=length) if not first.until else None


def _length_first(context: Context, length: Length, first: When) -> Lasting | None:
    return _lasting(context, first, length) if first.moment is None else None


def _lasting_at(context: Context, days: When, length: Length, hours: When) -> Lasting | None:
    """ "on 14 February for 2 hours from 9:30"."""
    first = joined(context, days, hours)
    return _lasting(context, first, length) if first else None


def _bounded(context: Context, bound: Bound, of: When | Range) -> Bounded | None:
    if isinstance(of, When) and of.bound:
        return None
    return Bounded(bound=bound, of=of)


def _bounded_behind(context: Context, of: When, bound: Bound) -> Bounded | None:
    return _bounded(context, bound, of)


def _led(context: Context, lead: str, of: Any) -> Any:
    """With the preposition before it, where that governs it: not the one of "log in tomorrow"."""
    days = of.days if isinstance(of, When) else None
    if days is not None and days.end - days.start == DAY and not (of.hour or of.part):
        strange = lead == "in" or (lead in ("on", "at") and days.unit == "named")
        strange = strange or (lead == "at" and days.unit in ("decimal", "number"))
        if strange:
            return None
    if days is not None and lead == "at" and days.unit == "season":
        return None
    hour = of.hour if isinstance(of, When) and not (of.days or of.part or of.until) else None
    if hour is not None and hour.bare and lead in ("in", "on", "over", "any"):
        return None
    return replace(of, led=True) if isinstance(of, When | Range | Lasting) else of


def _for(context: Context, when: When) -> When:
    """ "for Friday" is a time, "for 2" is not."""
    return replace(when, led=True) if when.days or when.moment or when.part else when


def _since(context: Context, when: When) -> Bounded | None:
    """ "since Monday", "since March", "since 9": the last one."""
    days = when.days
    if when.hour and not (days or when.part or when.until):
        last = resolved(when.hour, None, None, replace(context, past=True))
        hour = replace(when.hour, hour=last.hour, half=None, exact=True, bare=False)
        when, days = replace(when, hour=hour), one(last.date())
    if days is not None and days.start > context.today:
        if days.weekday is not None:
            days = replace(days, start=days.start - 7 * DAY, end=days.end - 7 * DAY, others=())
        elif days.yearly:
            days = days.yearly(days.start.year - 1)
    return _bounded(context, "from", replace(when, days=days))


def _from_on(context: Context, when: When) -> Bounded | None:
    """ "from Monday on"."""
    return _bounded(context, "from", when)


def _length_from(context: Context, length: Length, hour: Hour) -> When | None:
    """ "5 hours from 6am"."""
    later = beside(context, length, "after", hour)
    return When(hour=later) if later else None


GOES = "ends|ending|finishing|finishes|goes|going|runs|running|lasts|lasting"
STARTS = "starting|beginning|starts|begins|start|effective|commencing"
RULES = (
    rule("range", "from|between <when> [and] the|on? <when>", _from_range),
    rule("range", "in|in between <when> [and] the|on? <when>", _from_range),
    rule("range", "<when> [to_the] <when>", _range),
    rule("going", f",|and? {GOES} until|till|til|to|at|on|by|through*"),
    rule("range", "<when> [going] <when>", _going),
    rule("range", f"{STARTS} from|on|at|in* <when> [going] <when>", _starting),
    rule("for", ",|and* for about|around|approximately*"),
    rule("for", ",|and* will? last|lasts|lasting|take|takes|taking|run|runs for|about|around*"),
    rule("lasting", "<when> [for] <length>", _lasting),
    rule("lasting", "from|starting|beginning <when> [for] <length>", _lasting),
    rule("lasting", "<days> [for] <length> from|starting|beginning|at* <hours>", _lasting_at),
    rule("lasting", "for <length> ,? from|starting|beginning from|on|at|in|the* <when>", _length_first),
    rule("lasting", "<length> ,? starting|beginning|starts|begins from|on|at|in|the* <when>", _length_first),
    rule("lasting", "for <length> <when>", _length_first),
    rule("bound", "no|not later|after than?", always("by")),
    rule("bound", "due by|on|at|in|before|the*", always("by")),
    rule("bound", "deadline is|:|on|of*", always("by")),
    rule("bound", "by", always("by")),
    rule("bound", "as late as", always("by")),
    rule("bound", "before|earlier|sooner than?", always("before")),
    rule("bound", "prior to", always("before")),
    rule("bound", "on|at or before", always("until")),
    rule("bound", "on|at or after", always("from")),
    rule("bound", "ahead of", always("before")),
    rule("bound", "until|till|til|untill|through|thru", always("until")),
    rule("bound", "up until|to|till|through", always("until")),
    rule("bound", "not|no before|earlier|sooner than?", always("from")),
    rule("bound", "after", always("after")),
    rule("bound", "later than", always("after")),
    rule("bound", "greater than", always("after")),
    rule("bound", "since|from", always("from")),
    rule("bound", f"{STARTS} from|on|at|in|the|as|of*", always("from")),
    rule("bound", "as of|from", always("from")),
    rule("bound_behind", "or|and later|after|onwards|onward|beyond|above", always("from")),
    rule("bound_behind", "or|and|,? onwards|onward", always("from")),
    rule("bound_behind", "or|and before|earlier|sooner", always("until")),
    rule("bound_behind", "at the latest", always("by")),
    rule("bound_behind", "at the earliest", always("from")),
    rule("lead", "{on|in|at|during|around|about|over|@|within|throughout|sometime|sometimes|anytime|any}"),
    rule("lead", "{on|in|at|during|sometime} the|about|around|on|in|at*"),
    rule("governed", "from|since <when> and|or? on|onwards|onward|forward", _from_on),
    rule("governed", "since the|about|around|on|at|in? <when>", _since),
    rule("governed", "<bound> the|about|around|on|at|in|this? <range>", _bounded),
    rule("governed", "<bound> the|about|around|approximately|on|at|in? <when>", _bounded),
    rule("governed", "<when> <bound_behind>", _bounded_behind),
    rule("reading", "<when>"),
    rule("reading", "<lasting>"),
    rule("reading", "<range>"),
    rule("reading", "<governed>"),
    rule("reading", "sometime|sometimes|anytime <governed>"),
    rule("reading", "for <when>", _for),
    rule("reading", "for the <when>", _for),
    rule("reading", "{for} the? <range>", _led),
    rule("reading", "<length> from <firm_clock>", _length_from),
    rule("reading", "<lead> <when>", _led),
    rule("reading", "<lead> <lasting>", _led),
    rule("reading", "<lead> <range>", _led),
    rule("reading", "<lead> <governed>", _led),
)
