"""Named days: "every Christmas", "every Thanksgiving", "each 7/20": the rule of a day of the year that is one word."""

from datetime import date, timedelta

from domain.occurrences import WEEKDAYS as CODES
from language.rules.rhythm import Rhythm
from language.times.holidays import holiday
from language.times.tokens import tokens_of

LONGEST_NAME = 40
YEARS = range(2024, 2034)


def named_at(text: str, offset: int, *, day_first: bool) -> tuple[Rhythm, int] | None:
    """The rule of the day whose name begins at an offset, and the offset behind it; None for holidays that move."""
    token = next(iter(tokens_of(text[offset : offset + LONGEST_NAME], [])), None)
    if token is None:
        return None
    rhythm: Rhythm | None = None
    if name := token.classes.get("holiday"):
        rhythm = _on_a_date(name) or _on_a_weekday(name)
    elif numbers := token.classes.get("slashed"):
        day, month = numbers[:2] if day_first else (numbers[1], numbers[0])
        rhythm = Rhythm(freq="YEARLY", months=(month,), month_days=(day,)) if month < 13 and day < 32 else None
    return (rhythm, offset + token.span[1]) if rhythm else None


def _on_a_date(name: str) -> Rhythm | None:
    dates = {(day.month, day.day) for day in _first_days(name)}
    if len(dates) != 1:
        return None
    ((month, day),) = dates
    return Rhythm(freq="YEARLY", months=(month,), month_days=(day,))


def _on_a_weekday(name: str) -> Rhythm | None:
    """Such a day of the week, counted from the beginning of its month or from the end."""
    days = _first_days(name)
    for place_of in (_from_beginning, _from_end):
        places = {(day.month, day.weekday(), place_of(day)) for day in days}
        if len(places) == 1:
            ((month, weekday, place),) = places
            return Rhythm(freq="YEARLY", months=(month,), days=(f"{place}{CODES[weekday]}",))
    return None


def _first_days(name: str) -> list[date]:
    try:
        return [holiday(name, year)[0] for year in YEARS]
    except ValueError:
        return []


def _from_beginning(day: date) -> int:
    return (day.day - 1) // 7 + 1


def _from_end(day: date) -> int:
    last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return -((last.day - day.day) // 7 + 1)
