"""Rhythm days: the days that a rule is to fall on: "the first and last Friday", "the 3rd of each month", "in June"."""

from dataclasses import replace

from domain.occurrences import WEEKDAYS as CODES
from language.rules.lists import (
    LONGEST_LIST,
    WORKING,
    Words,
    day_numbers_at,
    days_at,
    months_at,
    number_at,
    numbers_at,
    once,
    ordinal_at,
    places_at,
)
from language.rules.rhythm import Freq, Rhythm, goes_on, in_order, period_at

EDGES = {"beginning": 1, "begin": 1, "start": 1, "end": -1, "middle": 15, "mid": 15}
INSTANCES = ("instance", "instances", "occurrence", "occurrences")
FIRST_OF_QUARTER, LAST_OF_QUARTER = (1, 4, 7, 10), (3, 6, 9, 12)
REPEATING = {"monthly": Rhythm(freq="MONTHLY"), **dict.fromkeys(("yearly", "annually"), Rhythm(freq="YEARLY"))}
INTRODUCING = ("on", "in", "of", "at", "by", "before", "during", "from", "the", "a", "every", "each", "only")
EACH = ("each", "every", "any", "per")
Found = tuple[Rhythm, int]


def placed(words: Words, place: int) -> tuple[Rhythm, int, bool] | None:
    """ "the first and last Monday and third Sunday of each month", "the 4th of the month", "25 December every year".

    True where the words say a rhythm by themselves, without an "every" before them.
    """
    if found := dated(words, place) or month_dated(words, place):
        rhythm, end = _and_again(words, *found)
        again = _repeated(words, end)
        return (replace(rhythm, interval=again[0].interval), again[1], True) if again else None
    found = placed_days(words, place) or numbered_days(words, place)
    if found is None:
        return None
    rhythm, end = found
    of = of_period(words, end)
    if of is None:
        several_days = len(rhythm.days) > 1 and not rhythm.places and words.at(end) not in ("of", "in", "from", "this")
        return (rhythm, end, True) if several_days else None
    period, behind = of
    each = bool({*EACH, "monthly"} & set(words.items[end:behind]))
    if again := None if each else _repeated(words, behind):
        period, behind, each = replace(period, interval=max(period.interval, again[0].interval)), again[1], True
    if period.freq == "YEARLY" and not period.months and rhythm.days:
        return None
    several = len(rhythm.days) + len(rhythm.month_days) > 1 and not rhythm.places and not period.months
    if words.at(behind - 1).startswith("quarter") and (months := _of_quarter(rhythm)):
        return replace(rhythm, months=months), behind, each or several
    return _within(rhythm, period), behind, each or several


@once
def placed_days(words: Words, place: int) -> Found | None:
    """ "first and last Monday and third Sunday", "last weekday", "first and last occurrence of Mon and Sat"."""
    days: list[str] = []
    end = place
    while len(days) < LONGEST_LIST and (places := places_at(words, place)):
        numbers, behind = places
        of = words.at(behind) in INSTANCES and words.at(behind + 1) == "of"
        named = days_at(words, words.skip(behind + 2, "a", "the") if of else behind)
        if named is None:
            break
        end = named[1]
        if of or named[0].either or named[0].numbers == WORKING or words.at(end - 1) in ("day", "days"):
            is_first = not days
            return (Rhythm(freq="MONTHLY", days=in_order(named[0].numbers), places=numbers), end) if is_first else None
        weekdays = named[0].numbers[:1] if named[0].is_group else named[0].numbers
        days += [f"{number}{CODES[day]}" for number in numbers for day in weekdays]
        place = words.skip(end, ",", "and", "&", "the")
        if place == end:
            break
    return (Rhythm(freq="MONTHLY", days=tuple(dict.fromkeys(days))), end) if days else None


def numbered_days(words: Words, place: int) -> Found | None:
    """ "5th and 25th", "second last", "last day", "day 15", "end": days of a month by their number."""
    if words.at(place) in EDGES:
        return Rhythm(freq="MONTHLY", month_days=(EDGES[words.at(place)],)), place + 1
    if words.at(place) == "day" and (day := day_numbers_at(words, place + 1)):
        return Rhythm(freq="MONTHLY", month_days=day[0]), day[1]
    places = places_at(words, place)
    if places is None or any(abs(number) > 366 for number in places[0]):
        return None
    end = words.skip(places[1], "calendar")
    return Rhythm(freq="MONTHLY", month_days=places[0]), end + (words.at(end) in ("day", "days"))


def dated(words: Words, place: int) -> Found | None:
    """ "3rd of March", "25 December"."""
    days = day_numbers_at(words, place)
    months = months_at(words, words.skip(days[1], "of", "in")) if days else None
    if days is None or months is None:
        return None
    return Rhythm(freq="YEARLY", months=months[0], month_days=days[0]), months[1]


def month_dated(words: Words, place: int) -> Found | None:
    """ "Oct 5 and 25", "June and July", "January on the first"."""
    months = months_at(words, place)
    if months is None:
        return None
    days = day_numbers_at(words, words.skip(months[1], "on", "the", ","))
    return Rhythm(freq="YEARLY", months=months[0], month_days=days[0] if days else ()), days[1] if days else months[1]


def of_period(words: Words, place: int) -> Found | None:
    """ "of each month", "of every 3rd month", "of the month", "in November", "of every year", "each month"."""
    begin = words.skip(place, "of", "in", "from", "-", ",")
    if (months := months_at(words, begin)) and begin > place:
        return Rhythm(freq="YEARLY", months=months[0]), months[1]
    if words.at(begin) == "monthly":
        return REPEATING["monthly"], begin + 1
    is_bare = words.at(begin) in ("month", "year") and words.at(begin - 1) == "of"
    if words.at(begin) not in (*EACH, "the") and not is_bare:
        return None
    period = period_at(words, begin if is_bare else begin + 1)
    if period and period[0].freq in ("MONTHLY", "YEARLY"):
        return period
    months = months_at(words, begin + 1)
    return (Rhythm(freq="YEARLY", months=months[0]), months[1]) if months else None


def on_days(rhythm: Rhythm, words: Words, place: int) -> Found | None:
    """The rhythm with the days or months that are said behind it: "(every week) on Tuesday and Friday"."""
    begin = words.skip(place, ",", *INTRODUCING)
    said = set(words.items[place:begin])
    match rhythm.freq:
        case "MONTHLY" | "YEARLY" if "from" in said:
            return None
        case _ if rhythm.has_days:
            found = _in_weeks(rhythm, words, begin, said)
            return found or (_in_months(rhythm, words, begin, said) if rhythm.freq in ("WEEKLY", "MONTHLY") else None)
        case "MONTHLY":
            return _on_month_days(rhythm, words, begin, said) or _in_months(rhythm, words, begin, said)
        case "YEARLY":
            return _on_year_days(rhythm, words, begin, said) or _in_weeks(rhythm, words, begin, said)
        case _:
            return _on_weekdays(rhythm, words, begin, said) or _in_months(rhythm, words, begin, said)


def _and_again(words: Words, rhythm: Rhythm, end: int) -> Found:
    """With further dates that have the same day: "January 1 and July 1"."""
    while (place := words.skip(end, ",", "and", "&")) > end:
        more = dated(words, place) or month_dated(words, place)
        if more is None or more[0].month_days != rhythm.month_days:
            break
        rhythm, end = replace(rhythm, months=(*rhythm.months, *more[0].months)), more[1]
    return rhythm, end


def _repeated(words: Words, place: int) -> Found | None:
    """ "every year", "each month", "yearly": said behind the days instead of before them."""
    begin = words.skip(place, ",", "of")
    if words.at(begin) in REPEATING:
        return REPEATING[words.at(begin)], begin + 1
    found = period_at(words, begin + 1) if words.at(begin) in EACH else None
    return found if found and found[0].freq in ("MONTHLY", "YEARLY") else None


def _of_quarter(rhythm: Rhythm) -> tuple[int, ...]:
    """The months in which the first or the last such days of a quarter are; none where they are neither."""
    places = {*rhythm.month_days, *rhythm.places, *(int(day[:-2]) for day in rhythm.days if len(day) > 2)}
    if all(0 < place < 6 for place in places):
        return FIRST_OF_QUARTER
    return LAST_OF_QUARTER if all(-5 < place < 0 for place in places) else ()


def _within(rhythm: Rhythm, period: Rhythm) -> Rhythm:
    """Days of a month put into the period they are of; of a year without months they are days of the year."""
    if period.freq == "YEARLY" and not period.months:
        return replace(rhythm, freq="YEARLY", interval=period.interval, month_days=(), year_days=rhythm.month_days)
    return replace(rhythm, freq=period.freq, interval=period.interval, months=period.months)


def _on_weekdays(rhythm: Rhythm, words: Words, place: int, said: set[str]) -> Found | None:
    named = days_at(words, place)
    if named is None or (rhythm.interval > 1 and rhythm.freq == "DAILY"):
        return None
    if "from" in said and not (named[0].said == 1 and len(named[0].numbers) > 1):
        return None
    freq: Freq = "WEEKLY" if rhythm.freq == "DAILY" else rhythm.freq
    return replace(rhythm, freq=freq, days=in_order(named[0].numbers)), named[1]


def _on_month_days(rhythm: Rhythm, words: Words, place: int, said: set[str]) -> Found | None:
    if rhythm.months:
        return None
    if found := placed_days(words, place):
        return replace(rhythm, days=found[0].days, places=found[0].places), found[1]
    if named := days_at(words, place):
        return replace(rhythm, days=in_order(named[0].numbers)), named[1]
    is_placed = said & {"on", "the", "at", "by"} or words.at(place)[:1].isdigit() or words.at(place) == "end"
    numbered = numbered_days(words, place) if is_placed else None
    if numbered and words.at(numbered[1] - 1).isalpha() and not goes_on(words, numbered[1]):
        return None
    if numbered is None and "on" in said and (days := day_numbers_at(words, place)):
        numbered = Rhythm(freq="MONTHLY", month_days=days[0]), days[1]
    if numbered is None or months_at(words, words.skip(numbered[1], "of")):
        return None
    of = of_period(words, numbered[1]) if words.at(numbered[1]) == "of" else None
    return replace(rhythm, month_days=numbered[0].month_days), of[1] if of else numbered[1]


def _on_year_days(rhythm: Rhythm, words: Words, place: int, said: set[str]) -> Found | None:
    if found := month_dated(words, place) or dated(words, place):
        return replace(found[0], interval=rhythm.interval), found[1]
    if named := days_at(words, place):
        weekly = replace(rhythm, days=in_order(named[0].numbers))
        return _in_weeks(weekly, words, words.skip(named[1], "in"), {"in"})
    days = placed_days(words, place) or numbered_days(words, place)
    if days is None or not said & {"on", "the", "at", "by"}:
        return None
    of = of_period(words, days[1])
    months, end = (of[0].months, of[1]) if of and of[0].months else (rhythm.months, days[1])
    if months:
        return replace(days[0], freq="YEARLY", interval=rhythm.interval, months=months), end
    return None if days[0].days else (replace(rhythm, year_days=days[0].month_days), days[1])


def _in_months(rhythm: Rhythm, words: Words, place: int, said: set[str]) -> Found | None:
    months = months_at(words, place)
    if months is None or rhythm.months or not said & {"in", "of", "during", "every", "each"}:
        return None
    is_date = ordinal_at(words, months[1]) or number_at(words, months[1])
    return None if is_date else (replace(rhythm, months=months[0]), months[1])


def _in_weeks(rhythm: Rhythm, words: Words, place: int, said: set[str]) -> Found | None:
    """ "in week 30 and 40": weeks of the year by their ISO number."""
    is_week = words.at(place) in ("week", "weeks") and "in" in said and not rhythm.months and rhythm.interval == 1
    weeks = numbers_at(words, place + 1) if is_week and rhythm.freq in ("WEEKLY", "YEARLY") else None
    if weeks is None or not all(0 < week < 54 for week in weeks[0]):
        return None
    return replace(rhythm, freq="YEARLY", weeks=weeks[0]), weeks[1]
