"""Rhythm: the parts of a rule as they are heard, and the steps ("every other month") they begin with."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from domain.occurrences import WEEKDAYS as CODES
from language.rules.lists import Words, number_at, ordinal_at, unit_at
from language.words import VERBS, WEEKDAYS

Freq = Literal["SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"]
Part = Literal["morning", "afternoon", "evening", "night"]
FREQS: dict[str, tuple[Freq, int]] = {
    "second": ("SECONDLY", 1),
    "minute": ("MINUTELY", 1),
    "hour": ("HOURLY", 1),
    "day": ("DAILY", 1),
    "week": ("WEEKLY", 1),
    "fortnight": ("WEEKLY", 2),
    "month": ("MONTHLY", 1),
    "quarter": ("MONTHLY", 3),
    "year": ("YEARLY", 1),
    "decade": ("YEARLY", 10),
    "century": ("YEARLY", 100),
}
PARTS: dict[str, Part] = {
    **dict.fromkeys(("morning", "mornings"), "morning"),
    **dict.fromkeys(("afternoon", "afternoons"), "afternoon"),
    **dict.fromkeys(("evening", "evenings", "weeknight", "weeknights"), "evening"),
    **dict.fromkeys(("night", "nights"), "night"),
}
FOLLOWERS = frozenset(
    """
    a about across after against along an and apart around as at because before beginning besides between but by
    commencing during each effective ending ends except excepting excluding every for from he her his i if in inside
    instead into is it its like minus my near not of off on only or other our outside over please plus she since so
    starting starts that thanks the their then thereafter they this through thru till til to today together tomorrow
    tonight twice thrice under unless until up via we when while with within without x you your
    """.split()
)
BY_DAY = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
LONGEST_STEP = 1_000


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """The parts of a rule; days are as in RFC 5545 ("MO", "-1FR"), `part` is the part of the day it names."""

    freq: Freq
    interval: int = 1
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    days: tuple[str, ...] = ()
    places: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()
    count: int | None = None
    until: date | None = None
    part: Part | None = None

    @property
    def has_days(self) -> bool:
        """True where it names days, so that no more of them are expected."""
        return bool(self.month_days or self.year_days or self.days or self.weeks)

    @property
    def is_of_days(self) -> bool:
        """True where it allows whole days; False for hours and less."""
        return self.freq in BY_DAY

    @property
    def rule(self) -> str:
        """As an RRULE in the order that rules are kept in."""
        until = f"{self.until:%Y%m%d}".zfill(8) if self.until else None
        parts: list[tuple[str, object]] = [
            ("FREQ", self.freq),
            ("INTERVAL", self.interval if self.interval > 1 else None),
            ("COUNT", self.count),
            ("UNTIL", until),
            *(("BYMONTH", _listed(self.months)), ("BYMONTHDAY", _listed(self.month_days))),
            *(("BYDAY", _listed(self.days)), ("BYYEARDAY", _listed(self.year_days))),
            *(("BYWEEKNO", _listed(self.weeks)), ("BYHOUR", _listed(self.hours))),
            ("BYSETPOS", _listed(self.places)),
        ]
        return ";".join(f"{name}={value}" for name, value in parts if value)


def goes_on(words: Words, place: int, *, verbs: bool = True) -> bool:
    """True where what comes next is no noun that the words before would describe ("the weekly report")."""
    word = words.at(place)
    return not word.isalpha() or word in FOLLOWERS or word in WEEKDAYS or (verbs and word in VERBS)


def in_order(days: Iterable[int]) -> tuple[str, ...]:
    """The codes of days of the week, Monday first."""
    return tuple(CODES[day] for day in sorted(days))


def _listed(values: tuple[object, ...]) -> str:
    return ",".join(map(str, values))


def step_at(words: Words, place: int) -> tuple[int, int]:
    """Every how many ("other", "2nd", "three"), and the place behind; 1 where nothing is said."""
    if words.at(place) in ("other", "alternate", "alternating"):
        return 2, place + 1
    return number_at(words, place) or ordinal_at(words, place) or (1, place)


def period_at(words: Words, place: int) -> tuple[Rhythm, int] | None:
    """ "month", "other month", "3rd year", "2 weeks": a step and a unit of time, without days."""
    step, place = step_at(words, place)
    found = unit_at(words, place)
    if found is None or not 0 < step <= LONGEST_STEP:
        return None
    freq, factor = FREQS[found[0]]
    return Rhythm(freq=freq, interval=step * factor), found[1]
