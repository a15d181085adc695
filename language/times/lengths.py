"""Lengths: numbers and lengths of time, "an hour and a half", "2h 30m", "two and a quarter years"."""

from dataclasses import replace
from datetime import date

from language.calendar import moved
from language.times.grammar import always, rule
from language.times.tokens import Figure
from language.times.values import Context, Length

SECONDS = {
    **{"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "night": 86_400, "week": 604_800},
    **{"fortnight": 1_209_600, "weekend": 172_800, "month": 2_592_000, "quarter": 7_776_000, "year": 31_536_000},
    **{"decade": 315_360_000, "century": 3_153_600_000, "business day": 86_400},
}
SMALLER = {"year": "month", "day": "hour", "hour": "minute", "minute": "second"}
CLOCKED = ("second", "minute", "hour")
LONGEST = 1_000_000_000_000


def seconds(length: Length) -> int:
    """The length in seconds, a month as 30 days and a year as 365; raises `OverflowError` beyond 30,000 years."""
    total = sum(amount * SECONDS[unit] for amount, unit in length.parts)
    if total > LONGEST:
        raise OverflowError("too long")
    return round(total)


def smallest(length: Length) -> str:
    """The smallest unit; of a fraction the next smaller one."""
    amount, unit = min(length.parts, key=lambda part: SECONDS[part[1]])
    return SMALLER.get(unit, "day") if amount != int(amount) else unit


def is_clocked(length: Length) -> bool:
    """True where it reaches below the day, so that the hour it is added to matters."""
    return any(unit in CLOCKED for _, unit in length.parts) or smallest(length) in CLOCKED


def shifted(day: date, length: Length, sign: int) -> date:
    """So much later (or earlier, for -1), by the calendar: a month is a month."""
    for amount, unit in length.parts:
        day = moved(day, sign * amount, unit)
    return day


def _figure(context: Context, figure: Figure) -> float | None:
    return None if figure.timed else float(figure.value)


def _fraction(context: Context, slashed: tuple[int, int, str]) -> float | None:
    over, under, _ = slashed
    return over / under if 0 < over < under <= 12 else None


def _sum(context: Context, *numbers: float | None) -> float:
    return sum(number for number in numbers if number is not None)


def _quarters(context: Context, figure: Figure | None) -> float | None:
    number = figure.value if figure else 1
    return number / 4 if 0 < number < 4 else None


def _piece(context: Context, amount: float | Figure, unit: str) -> Length:
    return Length(parts=((float(amount.value if isinstance(amount, Figure) else amount), unit),))


def _idiom(context: Context, unit: str) -> Length:
    return Length(parts=((1.0, unit),), idiom=True)


def _half_more(context: Context, amount: float, unit: str, more: float) -> Length:
    return Length(parts=((amount + more, unit),))


def _business(context: Context, amount: float) -> Length:
    return Length(parts=((amount, "business day"),))


def _some(context: Context, unit: str) -> Length:
    """ "for some days", "takes a few hours"; by themselves "some days I feel" and "few hours" measure nothing."""
    return Length(parts=((3.0, unit),), idiom=True)


def _fortnight(context: Context) -> Length:
    return _idiom(context, "fortnight")


def _fraction_unit(context: Context, slashed: tuple[int, int, str], unit: str) -> Length | None:
    amount = _fraction(context, slashed)
    return None if amount is None else _piece(context, amount, unit)


def _short(context: Context, amount: Figure, unit: str) -> Length | None:
    """ "45m"; a run of 800m is no length of time, and who is 3y is so old."""
    far = unit == "minute" and amount.value >= 100 and amount.value % 30
    if far and not context.alone:
        return None
    return replace(_piece(context, amount, unit), idiom=unit == "year")


def _loose(context: Context, figure: Figure, unit: str) -> Length | None:
    """ "2 m" with a blank between is a length only where the whole text is about time."""
    return _piece(context, figure, unit) if context.alone else None


def _minutes(context: Context, figure: Figure) -> Length | None:
    """ "15'", where nothing but a time is meant; a wall of 6' is so high."""
    return _piece(context, figure, "minute") if context.alone else None


def _joined(context: Context, first: Length, others: tuple[Length, ...]) -> Length:
    return Length(
        parts=(*first.parts, *(part for other in others for part in other.parts)), idiom=first.idiom and not others
    )


def _smaller(context: Context, first: Length, figure: Figure) -> Length | None:
    """ "3 hours forty", "1h30"."""
    _, unit = first.parts[-1]
    if len(first.parts) > 1 or unit not in ("hour", "minute", "year") or figure.value >= 60 or figure.counts:
        return None
    return Length(parts=(*first.parts, (float(figure.value), SMALLER[unit])))


def _dozens(context: Context, figure: Figure) -> float:
    return figure.value * 12.0


def _or_two(context: Context, unit: str) -> Length:
    """ "an hour or two": the longer, as of "2-3 hours"."""
    return Length(parts=((2.0, unit),))


def _upper(context: Context, lengths: tuple[Length, Length]) -> Length:
    return lengths[1]


RULES = (
    rule("fraction_of", "half", always(0.5)),
    rule("fraction_of", "a|one half", always(0.5)),
    rule("fraction_of", "a quarter", always(0.25)),
    rule("fraction_of", "<figure>? -? quarter|quarters", _quarters),
    rule("fraction_of", "<fraction>"),
    rule("fraction_of", "a third", always(1 / 3)),
    rule("fraction_of", "<slashed>", _fraction),
    rule("whole", "<figure>", _figure),
    rule("whole", "<decimal>"),
    rule("whole", "a|an|another|one", always(1.0)),
    rule("amount", "a|an <fraction_of> of? a|an|the?"),
    rule("amount", "<whole> <fraction_of>", _sum),
    rule("amount", "<whole> and a|an? <fraction_of>", _sum),
    rule("amount", "<fraction_of> of? a|an|the?"),
    rule("amount", "a|the? couple of?", always(2.0)),
    rule("amount", "a|the? pair of", always(2.0)),
    rule("amount", "a|the? few|several|handful of?", always(3.0)),
    rule("amount", "half a? dozen", always(6.0)),
    rule("amount", "<figure> dozen", _dozens),
    rule("amount", "a? dozen", always(12.0)),
    rule("amount", "<whole>"),
    rule("more", "more|extra|additional|fewer|less|other|full|whole|of|-"),
    rule("piece", "a|an <unit>", _idiom),
    rule("piece", "an h", always(Length(parts=((1.0, "hour"),), idiom=True))),
    rule("piece", "fortnight", _fortnight),
    rule("piece", "<amount> <unit> and a? <fraction_of>", _half_more),
    rule("piece", "<amount> business|working|work|week day|days", _business),
    rule("piece", "a|the? few|several|handful of? [more]? <unit>", _some),
    rule("piece", "<amount> [more]? <unit>", _piece),
    rule("piece", "some [more]? <plural>", _some),
    rule("piece", "<figure> & <short>", _short),
    rule("piece", "<decimal> & <short>", _piece),
    rule("piece", "<slashed> <short>", _fraction_unit),
    rule("piece", "<figure> <short>", _loose),
    rule("piece", "<figure> '|′", _minutes),
    rule("next_piece", ",|and|+? and? <piece>"),
    rule("length", "<piece> <next_piece>*", _joined),
    rule("length", "<piece> and? <figure>", _smaller),
    rule("length", "a|an <unit> or so", _idiom),
    rule("length", "a|an <unit> or two", _or_two),
    rule("length", "<both>", _upper),
    rule("lasted", "for up|about|around|approximately|at|to|least|most|exactly|only|another* <length> long?"),
    rule("lasted", "<length> long?"),
)
