"""Values: what the rules of the grammar of time make of words, before they become readings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal

from domain.people import Clock
from language.readings import Bound, Grain

DAY = timedelta(days=1)
# What another meaning weighs beside the first: where a convention decides, and where nothing does.
RARELY, EVENLY = 0.5, 0.95
Half = Literal["am", "pm"]


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a rule may know beside its words; `past` where the text tells of what has been."""

    clock: Clock
    past: bool = False
    alone: bool = False

    @cached_property
    def today(self) -> date:
        """The day of now."""
        return self.clock.now.date()


@dataclass(frozen=True, kw_only=True)
class Length:
    """A length of time in parts of amount and unit, as said; an `idiom` ("a day") is one only where it has company."""

    parts: tuple[tuple[float, str], ...]
    idiom: bool = False


@dataclass(frozen=True, kw_only=True)
class Days:
    """Whole days from `start` to before `end`.

    `yearly` gives the same in another year where no year was said, `monthly` in another month (told by its first day)
    where no month was. `instant` is the very moment where a distance from now was said, `edge` marks the end of a
    longer time. `weak` words need company to mean a time. `others` are other meanings, likeliest first.
    """

    start: date
    end: date
    grain: Grain = "day"
    weekday: int | None = None
    yearly: Callable[[int], "Days"] | None = field(default=None, compare=False)
    monthly: Callable[[date], "Days"] | None = field(default=None, compare=False)
    unit: str = "day"
    edge: bool = False
    weak: bool = False
    weight: float = 0.9
    seconds: int | None = None
    instant: datetime | None = None
    others: tuple["Days", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Hour:
    """A time of day as said; without `half` ("am", "pm") and not `exact` it may be either of two.

    `bare` is a number alone, which needs a word before it or a day beside it; `named` is a word such as "midnight".
    """

    hour: int
    minute: int = 0
    second: int = 0
    half: Half | None = None
    exact: bool = False
    bare: bool = False
    days: int = 0
    zone: str | None = None
    named: bool = False
    weight: float = 0.9


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of the day: from hour to hour; `day` counts from today where it was said ("this morning", "tonight")."""

    name: str
    first: int
    last: int
    day: int | None = None
    weak: bool = True


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Instants from `start` to `end` (None for a single one)."""

    start: datetime
    end: datetime | None = None
    grain: Grain = "minute"
    weight: float = 0.9
    seconds: int | None = None


@dataclass(frozen=True, kw_only=True)
class When:
    """Days, an hour (or from one `until` another) and a part of the day that were said together; or a moment.

    It is `firm` where the hours are surely hours, `led` where a preposition governs it. The days were said `behind` the
    hours where these are two.
    """

    days: Days | None = None
    hour: Hour | None = None
    until: Hour | None = None
    part: Part | None = None
    moment: Moment | None = None
    bound: Bound | None = None
    firm: bool = False
    led: bool = False
    behind: bool = False


@dataclass(frozen=True, kw_only=True)
class Range:
    """From one to another; `firm` where the words around it ("from", "between") leave no doubt that it is one."""

    first: When
    last: When
    firm: bool = False
    led: bool = False


@dataclass(frozen=True, kw_only=True)
class Lasting:
    """So long from a time on."""

    first: When
    length: Length
    led: bool = False


@dataclass(frozen=True, kw_only=True)
class Bounded:
    """A time with the word that governs it."""

    bound: Bound
    of: "When | Range"
