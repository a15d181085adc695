"""Edges: the beginning, the middle and the end of days, weeks, months and years."""

from datetime import date

from language.calendar import moved
from language.times.dates import one
from language.times.grammar import rule
from language.times.periods import which_unit
from language.times.values import DAY, Context, Days

EDGES = {
    **dict.fromkeys(("end", "close"), "end"),
    **dict.fromkeys(("beginning", "start", "begin", "top"), "start"),
    **{"middle": "middle", "mid": "mid"},
}
MIDDLES = ("middle", "mid")


def edge_of(context: Context, edge: str, days: Days) -> Days | None:
    """The beginning, middle or end of days: one day where it is due then, a third where it is early or late in them."""
    if days.end - days.start == DAY:
        return days
    if days.unit == "week":
        friday = days.start + (4 - days.start.weekday()) % 7 * DAY
        thirds = {"end": (friday, days.end), "start": (days.start, days.start + 3 * DAY)}
        start, end = thirds.get(edge) or _third(edge, days)
        return Days(start=start, end=end)
    match edge:
        case "mid" | "middle" if days.unit != "week" and edge == "middle":
            return one(days.start + (days.end - days.start) // 2)
        case _:
            start, end = _third(edge, days)
            return Days(start=start, end=end, edge=edge == "end")


def _third(edge: str, days: Days) -> tuple[date, date]:
    """Of a month ten days, of a year four months (its beginning three), of anything else a third."""
    if days.unit == "month":
        first, second = days.start + 10 * DAY, days.start + 20 * DAY
    elif days.unit == "year":
        first, second = moved(days.start, 3 if edge == "start" else 4, "month"), moved(days.start, 8, "month")
    else:
        length = (days.end - days.start).days // 3
        first, second = days.start + length * DAY, days.start + 2 * length * DAY
    thirds = {**dict.fromkeys(("start", "early"), (days.start, first)), **dict.fromkeys(MIDDLES, (first, second))}
    return thirds.get(edge, (second, days.end))


def _this_edge(context: Context, unit: str) -> Days | None:
    here = which_unit(context, "this", unit)
    return here and edge_of(context, "end", here)


def _this_start(context: Context, unit: str) -> Days | None:
    here = which_unit(context, "this", unit)
    return here and edge_of(context, "early", here)


def _edge_unit(context: Context, edge: str, unit: str) -> Days | None:
    here = which_unit(context, "this", unit)
    return here and edge_of(context, edge, here)


def _edge_of_unit(context: Context, unit: str) -> Days | None:
    """ "year-end"."""
    return _this_edge(context, unit) if unit in ("month", "quarter", "year") else None


def _end_of_day(context: Context, day: Days | None = None) -> Days:
    """The day is known only as a whole, its end too."""
    return day or one(context.today)


def _ends_on(context: Context, unit: str, day: Days) -> Days | None:
    """ "EOD Friday"."""
    return day if unit == "day" else None


def _edge(context: Context, word: str) -> str:
    return EDGES.get(word, word)


def _end_unit(context: Context, unit: str) -> Days | None:
    return _edge_unit(context, "end", unit) if unit in ("month", "quarter", "year") else None


def _ended(context: Context, day: Days, unit: str) -> Days | None:
    """ "monday EOD"."""
    return day if unit == "day" else None


RULES = (
    rule("edge", "the|at? {end|close|beginning|start|begin|top|middle} of", _edge),
    rule("edge", "the? {early|late|mid} -|in|of?", _edge),
    rule("edge", "the? {middle|end|start} -", _edge),
    rule("placed", "<edge> around? the? <period>", edge_of),
    rule("placed", "<edge> the? <unit>", _edge_unit),
    rule("placed", "end <unit>", _end_unit),
    rule("placed", "close|end of business|play|work <single>?", _end_of_day),
    rule("placed", "[edge] the? business|work|working? day <single>", _end_of_day),
    rule("placed", "[edge] the? business|work|working? day", _end_of_day),
    rule("placed", "the? <ends> of|on? <single>", _ends_on),
    rule("placed", "<single> ,|by|at? the? <ends>", _ended),
    rule("placed", "<single> by|at? [edge] the? business|work|working? day", _end_of_day),
    rule("placed", "<unit> -? end", _edge_of_unit),
    rule("placed", "[edge] the? <single>"),
    rule("placed", "the? <ends>", _this_edge),
    rule("placed", "the? <starts>", _this_start),
    rule("single", "<weekdayed>"),
    rule("single", "<named_day>"),
    rule("single", "<dated>"),
)
