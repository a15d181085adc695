"""Rule exceptions: the days, months and places in the month that a rule leaves out: "except on Fridays".

A rule cannot leave out single dates ("every Monday except 25 December"): these words stay unread.
"""

from dataclasses import replace

from domain.occurrences import WEEKDAYS as CODES
from language.patterns import Wording
from language.rules.days import dated, month_dated, of_period, placed_days
from language.rules.lists import Words, day_numbers_at, days_at, months_at, places_at
from language.rules.rhythm import Freq, Rhythm, in_order
from language.rules.scene import Said, Scene

EXCEPT = Wording(
    r"\s*,?\s*(?:and\s+|but\s+)?(?:but(?=\s+(?:not\s+)?(?:on\s+)?\w+days?\b)|except(?:ing)?|excluding|not|"
    r"other\s+than|apart\s+from|besides|minus|skip(?:ping)?|without)"
    r"(?:\s+(?:for|on|in|during|the|every))*\s+"
)
ALL_MONTHS = range(1, 13)
PLACES = range(1, 6)
Found = tuple[Rhythm, int]


def excepted(said: Said, scene: Scene) -> Said | None:
    """Without what is left out behind the rule, where a rule can say so."""
    found, rhythm, words = EXCEPT.match(scene.text, scene.offset(said.end)), said.rhythm, scene.words
    if found is None:
        return None
    place = scene.place(found.end())
    kept = (
        _without_months(rhythm, words, place)
        or _without_dates(rhythm, words, place)
        or _without_places(rhythm, words, place)
        or _without_weekdays(rhythm, words, place)
    )
    return replace(said, rhythm=kept[0], end=kept[1]) if kept else None


def _without_months(rhythm: Rhythm, words: Words, place: int) -> Found | None:
    months = months_at(words, place)
    if months is None or day_numbers_at(words, months[1]):
        return None
    kept = tuple(month for month in rhythm.months or ALL_MONTHS if month not in months[0])
    return (replace(rhythm, months=kept), months[1]) if kept else None


def _without_dates(rhythm: Rhythm, words: Words, place: int) -> Found | None:
    """ "on the 1st of every month except January 1": of one day of the month a date leaves out its month."""
    if rhythm.freq != "MONTHLY" or rhythm.interval > 1 or len(rhythm.month_days) != 1:
        return None
    left, end = set[int](), place
    while found := dated(words, place) or month_dated(words, place):
        if found[0].month_days != rhythm.month_days:
            return None
        left, end = left | set(found[0].months), found[1]
        place = words.skip(end, ",", "and", "&", "or", "on", "the")
    kept = tuple(month for month in rhythm.months or ALL_MONTHS if month not in left)
    return (replace(rhythm, months=kept), end) if left and kept else None


def _without_places(rhythm: Rhythm, words: Words, place: int) -> Found | None:
    """ "every Monday except the first of the month", "every weekday except the last Friday"."""
    if rhythm.freq != "WEEKLY" or rhythm.interval > 1:
        return None
    left = _days_of_month(rhythm, words, place)
    if left is None:
        return None
    codes, end = left
    days = {code[-2:] for code in codes}
    kept = [code for code in rhythm.days if code not in days]
    for day in days:
        numbers = [int(code[:-2]) for code in codes if code.endswith(day)]
        sign = 1 if numbers[0] > 0 else -1
        if day not in rhythm.days or any(number * sign < 0 for number in numbers):
            return None
        kept += [f"{sign * number}{day}" for number in PLACES if sign * number not in numbers]
    return replace(rhythm, freq="MONTHLY", days=tuple(kept)), end


def _days_of_month(rhythm: Rhythm, words: Words, place: int) -> tuple[tuple[str, ...], int] | None:
    """ "the first and third Monday (of the month)"; "the last one of the month" of a rule of one day."""
    if found := placed_days(words, place):
        of = of_period(words, found[1])
        is_whole = not found[0].places and (of is None or of[0].freq == "MONTHLY")
        return (found[0].days, of[1] if of else found[1]) if is_whole else None
    places = places_at(words, place)
    of = of_period(words, words.skip(places[1], "one", "ones")) if places else None
    if places is None or of is None or of[0].freq != "MONTHLY" or len(rhythm.days) != 1:
        return None
    return tuple(f"{number}{rhythm.days[0]}" for number in places[0]), of[1]


def _without_weekdays(rhythm: Rhythm, words: Words, place: int) -> Found | None:
    days = days_at(words, place)
    is_of_weekdays = bool(rhythm.days) or (rhythm.freq == "DAILY" and rhythm.interval == 1)
    if days is None or rhythm.places or not is_of_weekdays:
        return None
    codes = tuple(code for code in rhythm.days or CODES if code not in in_order(days[0].numbers))
    freq: Freq = "WEEKLY" if rhythm.freq == "DAILY" else rhythm.freq
    return (replace(rhythm, freq=freq, days=codes), days[1]) if codes else None
