"""Phrases: days, hours and lengths put together, with the words that govern them."""

from dataclasses import replace
from datetime import date

from language.readings import Bound
from language.times.clocks import to_hour
from language.times.dates import figure_number, month_day, nth_day, numeric, one
from language.times.dayparts import edge_part
from language.times.grammar import rule
from language.times.places import weekday_in
from language.times.tokens import Figure
from language.times.values import Context, Days, Hour, Moment, Part, When


def _when(context: Context, value: Days | Moment | Hour | Part) -> When:
    match value:
        case Days():
            return When(days=value)
        case Moment():
            return When(moment=value)
        case Hour():
            return When(hour=value)
        case Part():
            return When(part=value)


def joined(context: Context, *whens: When | None) -> When | None:
    """What they say together; None where two say the same kind of thing."""
    made = When()
    for when in whens:
        merged = _merged(made, when) if when else made
        if merged is None:
            return None
        made = merged
    return made


def _merged(first: When, second: When) -> When | None:
    if (first.moment or second.moment) and first != When():
        return None
    if (first.hour and second.hour) or (first.part and second.part) or (first.days and second.days):
        return None
    return When(
        days=first.days or second.days,
        hour=first.hour or second.hour,
        until=first.until or second.until,
        part=first.part or second.part,
        moment=first.moment or second.moment,
        bound=first.bound or second.bound,
        firm=first.firm or second.firm,
        behind=first.behind or bool(first.until and second.days),
    )


def _hours(context: Context, first: Hour, last: Hour) -> When | None:
    to_noon = last.exact and last.hour in (0, 12) and first.bare and first.hour in (5, 15, 20) and not first.minute
    if max(first.weight, last.weight) < 0.6 or to_noon:
        return None
    return When(hour=first, until=replace(last, bare=False), firm=not (first.bare and last.bare))


def _firm_hours(context: Context, first: Hour, last: Hour) -> When | None:
    found = _hours(context, first, last)
    return found and replace(found, firm=True)


def _spoken_to(context: Context, minutes: int, hour: Hour) -> When | None:
    """ "ten to three"; in digits it is from ten to three."""
    before = to_hour(context, minutes, hour)
    return When(hour=before) if before and not (hour.exact and hour.hour > 12) else None


def _today_in(context: Context, offset: int, moment: Days | Moment) -> When | None:
    """ "today in ninety minutes"."""
    return When(moment=moment) if isinstance(moment, Moment) and offset == 0 else None


def _weekday_of_week(context: Context, weekday: int, timed: When, week: Days) -> When | None:
    """ "Wednesday evening next week"."""
    return joined(context, When(days=weekday_in(context, weekday, week)), timed)


def _firm_hour(context: Context, hour: Hour, zone: str | None) -> When:
    return When(hour=replace(hour, zone=zone))


def _edge_of_part(context: Context, edge: str, days: When, part: Part) -> When | None:
    """ "early tomorrow morning"."""
    return joined(context, days, When(part=edge_part(context, edge, part)))


def _with_bound(context: Context, days: When, bound: Bound, hours: When) -> When | None:
    found = joined(context, days, hours)
    return found and replace(found, bound=bound)


def _with_year(context: Context, days: When, hours: When, year: int) -> When | None:
    """ "May 4, 9:30 2027"."""
    found = joined(context, days, hours)
    yearly = days.days.yearly if days.days else None
    return replace(found, days=yearly(year)) if found and yearly else None


def _month_days(context: Context, month: int, first: int, last: int, year: int | None = None) -> Days | None:
    if last <= first:
        return None

    def yearly(of: int) -> Days:
        begun, ended = (month_day(context, month, day, of) for day in (first, last))
        return Days(start=begun.start, end=ended.end, unit="span")

    return replace(yearly(month_day(context, month, first, year).start.year), yearly=None if year else yearly)


def _days_month(context: Context, first: int, last: int, month: int, year: int | None = None) -> Days | None:
    return _month_days(context, month, first, last, year)


def _to_dmy(context: Context, first: Figure, parts: tuple[int, int, int, str]) -> Days | None:
    """ "5.-7.12.2026"."""
    end = numeric(context, parts)
    start = end.start.replace(day=first.value) if 1 <= first.value < end.start.day else None
    return Days(start=start, end=end.end) if start and parts[3] == "." else None


def _nth_days(context: Context, first: int, last: int) -> Days | None:
    start = nth_day(context, first)
    return Days(start=start.start, end=one(start.start.replace(day=last)).end) if last > first else None


def _years(context: Context, first: int, last: int) -> Days | None:
    if last <= first:
        return None
    return Days(start=date(first, 1, 1), end=date(last + 1, 1, 1), grain="year")


def _day_only(context: Context, value: Days | Moment) -> Days | None:
    return value if isinstance(value, Days) else None


def _from_days(context: Context, days: Days) -> When:
    return When(days=days, led=True)


def _on_number(context: Context, figure: Figure) -> When | None:
    """ "on 21", where nothing but a time is meant: the 21st."""
    number = figure_number(context, figure)
    return When(days=nth_day(context, number), led=True) if number and figure.digits and context.alone else None


def _nth_weak(context: Context, nth: int) -> When | None:
    """ "3rd", a day where it has company."""
    return When(days=replace(nth_day(context, nth), weak=True, unit="number")) if 1 <= nth <= 31 else None


LINK = "on|in|at|,|@|the|for|around|about|-|(|)|from|during|starting*"
RULES = (
    rule("to", "-|–|—|to|until|till|til|untill|through|thru|~|/|→"),
    rule("to", "up to|until|till|through"),
    rule("to", "- to"),
    rule("to_the", "[to] on|the*"),
    rule("and", "and|to|-|–|through|until|untill|till|til|~"),
    rule("day", "<placed>", _day_only),
    rule("day", "<weekday_date>"),
    rule("day", "<dated>"),
    rule("day", "<weekdayed>"),
    rule("day", "<named_day>"),
    rule("day", "the <nth_alone>", nth_day),
    rule("day", "<period>"),
    rule("span_days", "<month> .? the? <dayno> [to_the] <dayno> <year_after>?", _month_days),
    rule("span_days", "<month> .? the? <dayno> and <dayno> <year_after>?", _month_days),
    rule("span_days", "the? <dayno> .? [to_the] <dayno> .? day? [sep]? <month> <year_after>?", _days_month),
    rule("span_days", "the? <dayno> and the? <dayno> [sep]? <month> <year_after>?", _days_month),
    rule("span_days", "<figure> .? -|– <dmy> .?", _to_dmy),
    rule("span_days", "the? <nth> [to_the] <nth_alone>", _nth_days),
    rule("span_days", "<year> [to] <year>", _years),
    rule("days", "<span_days>", _when),
    rule("days", "[weekdayed] ,? <span_days>", _when),
    rule("days", "from|between in? <span_days>", _from_days),
    rule("days", "in the <decade>", _from_days),
    rule("days", "<shift>", _when),
    rule("days", "<placed>", _when),
    rule("days", "<weekday_date>", _when),
    rule("days", "<period>", _when),
    rule("days", "<dated>", _when),
    rule("days", "<weekdayed>", _when),
    rule("days", "<named_day>", _when),
    rule("days", "<moment>", _when),
    rule("days", "the? <nth_alone>", _nth_weak),
    rule("days", "on the? <figure>", _on_number),
    rule("clocks", "at? <minutes_word> to <near_clock>", _spoken_to),
    rule("clocks", "from|between <hour> [and] <hour>", _firm_hours),
    rule("clocks", "in between <hour> [and] <hour>", _firm_hours),
    rule("clocks", "<hour> until|till|til|untill <hour>", _firm_hours),
    rule("clocks", "<hour> [to] <hour>", _hours),
    rule("hours", "<clocks>"),
    rule("hours", "<hour>", _when),
    rule("parted", "<part1>", _when),
    rule("timed", "<hours>"),
    rule("timed", "<parted>"),
    rule("timed", f"<hours> {LINK} <parted>", joined),
    rule("timed", f"<parted> {LINK} <hours>", joined),
    rule("timed", "<parted> <hours>", joined),
    rule("when", "very? {early|late|later} <days> <part0>", _edge_of_part),
    rule("when", "<days>"),
    rule("when", "<timed>"),
    rule("when", f"<days> {LINK} <timed>", joined),
    rule("when", "<days> <timed>", joined),
    rule("when", f"<timed> {LINK} <days>", joined),
    rule("when", "<timed> <days>", joined),
    rule("when", "<named> <moment_in>", _today_in),
    rule("moment_in", "<hence>"),
    rule("when", f"<days> {LINK} <firm_hours> ,? <year>", _with_year),
    rule("firm_hours", "<firm_clock> <tz>?", _firm_hour),
    rule("when", f"<hours> {LINK} <days> {LINK} <parted>", joined),
    rule("when", "<parted> of <days>", joined),
    rule("when", "<days> 's|’s <parted>", joined),
    rule("when", f"<weekday> {LINK} <timed> {LINK} <week>", _weekday_of_week),
    rule("when", "<days> <bound> <hours>", _with_bound),
)
