"""Years and what they divide into: halves, quarters, seasons; and decades."""

from dataclasses import replace
from datetime import date

from language.times.dates import full_year, nearest
from language.times.grammar import rule
from language.times.periods import STEPS, stretch
from language.times.tokens import Figure
from language.times.values import Context, Days


def _year_alone(context: Context, year: int) -> Days:
    return replace(stretch(context, "year", date(year, 1, 1)), weak=True, weight=0.7)


def _year_named(context: Context, figure: Figure) -> Days | None:
    """ "the year 2027", "FY27"."""
    return stretch(context, "year", date(full_year(figure.value), 1, 1)) if figure.digits in (2, 4) else None


def _quarter(context: Context, number: int, year: int | None = None) -> Days | None:
    if not 1 <= number <= 4:
        return None

    def yearly(of: int) -> Days:
        return stretch(context, "quarter", date(of, number * 3 - 2, 1))

    return yearly(year) if year is not None else nearest(context, yearly)


def _quarter_figure(context: Context, figure: Figure, year: int | None = None) -> Days | None:
    return _quarter(context, figure.value, year) if figure.digits == 1 else None


def _year_quarter(context: Context, year: Figure, figure: Figure) -> Days | None:
    within = year.digits in (2, 4) and figure.digits == 1
    return _quarter(context, figure.value, full_year(year.value)) if within else None


def _half_year(context: Context, said: int | Figure, year: int | None = None) -> Days | None:
    half = said.value if isinstance(said, Figure) else said
    if half not in (1, 2):
        return None

    def yearly(of: int) -> Days:
        return Days(start=date(of, half * 6 - 5, 1), end=date(of + half - 1, 1 if half == 2 else 7, 1), grain="month")

    found = yearly(year) if year is not None else nearest(context, yearly)
    return replace(found, weak=year is None)


def _season(context: Context, season: int, year: int | None = None) -> Days:
    """The northern seasons, from equinox and solstice."""

    def yearly(of: int) -> Days:
        edges = ((3, 20), (6, 21), (9, 23), (12, 21))
        (month, day), (after, last) = edges[season], edges[(season + 1) % 4]
        return Days(start=date(of, month, day), end=date(of + season // 3, after, last), grain="month", unit="season")

    return yearly(year) if year is not None else replace(nearest(context, yearly), weak=True)


def _which_season(context: Context, which: str, season: int) -> Days:
    if which == "this":
        return replace(_season(replace(context, past=False), season), weak=False)
    found = _season(replace(context, past=STEPS[which] < 0), season)
    inside = found.start <= context.today < found.end
    if inside:
        found = _season(context, season, found.start.year + STEPS[which])
    return replace(found, weak=False)


def _decade(context: Context, figure: Figure) -> Days | None:
    if figure.digits not in (2, 4) or figure.value % 10:
        return None
    first = full_year(figure.value) if figure.value < 100 else figure.value
    first = first - 100 if first > context.today.year else first
    return Days(start=date(first, 1, 1), end=date(first + 10, 1, 1), grain="year", unit="decade")


RULES = (
    rule("period", "the? <nth> quarter|qtr <year_after>?", _quarter),
    rule("period", "q|quarter <figure> <year_after>?", _quarter_figure),
    rule("period", "<figure> -? q & <figure>", _year_quarter),
    rule("period", "the? <nth> half of? <year_after>", _half_year),
    rule("period", "h & <figure> <year_after>?", _half_year),
    rule("period", "<which> <season>", _which_season),
    rule("period", "the? <season> of? <year>", _season),
    rule("period", "the? <season>", _season),
    rule("decade", "'|’? <figure> & '|’? s", _decade),
    rule("period", "the? <decade>"),
    rule("period", "the? year|cy|fy <figure>", _year_named),
    rule("period", "<year>", _year_alone),
    rule("period", "in <old_year>", _year_alone),
)
