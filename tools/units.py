"""Units of what habits count: kilometres said where miles are counted."""

from domain.errors import Invalid

SIZES: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("m", "metre", "meter"), ("length", 1.0)),
    **dict.fromkeys(("km", "k", "kilometre", "kilometer"), ("length", 1_000.0)),
    **dict.fromkeys(("mi", "mile"), ("length", 1_609.344)),
    **dict.fromkeys(("s", "sec", "second"), ("time", 1.0)),
    **dict.fromkeys(("min", "minute"), ("time", 60.0)),
    **dict.fromkeys(("h", "hr", "hour"), ("time", 3_600.0)),
    **dict.fromkeys(("ml", "millilitre", "milliliter"), ("volume", 0.001)),
    **dict.fromkeys(("l", "litre", "liter"), ("volume", 1.0)),
    **dict.fromkeys(("g", "gram"), ("mass", 1.0)),
    **dict.fromkeys(("kg", "kilo", "kilogram"), ("mass", 1_000.0)),
    **dict.fromkeys(("lb", "pound"), ("mass", 453.59237)),
}


def converted(value: float, unit: str, into: str) -> float:
    """The value in the other unit; raises `Invalid` where the two do not measure the same."""
    if _singular(unit) == _singular(into):
        return value
    (one, size), (other, wanted) = _size(unit), _size(into)
    if not one or one != other:
        raise Invalid("unit", f"{unit!r} cannot be counted in {into!r}; give the amount in {into}.")
    return round(value * size / wanted, 4)


def plain(value: float) -> str:
    """`5`, `2.5`."""
    return f"{round(value, 2):g}" if abs(value) < 1e6 else f"{value:.0f}"


def _size(unit: str) -> tuple[str, float]:
    return SIZES.get(unit.casefold(), SIZES.get(_singular(unit), ("", 1.0)))


def _singular(unit: str) -> str:
    folded = unit.casefold().strip().rstrip(".")
    return folded[:-1] if len(folded) > 2 and folded.endswith("s") else folded
