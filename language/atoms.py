"""Atoms: the smallest pieces of a text that speak of time, each read by itself.

A pattern finds them, a function of its match gives their meaning: an `Atom`, None where the words mean something else
after all, or `DEAD` where they are a date that does not exist, which then hides what could be read inside it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from domain.people import Clock
from language.readings import Grain, Span
from language.shields import is_shielded, shields

Role = Literal["day", "clock", "clocks", "part", "moment", "window", "duration", "shift", "dead"]
Half = Literal["am", "pm"] | None
PARTS = {"morning": (6, 12, 9), "afternoon": (12, 18, 15), "evening": (18, 22, 19), "night": (20, 24, 20)}
LONGEST = 20_000


@dataclass(frozen=True, kw_only=True)
class Hour:
    """A time of day as said; without `half` ("am", "pm") and not `exact` it may be either of two."""

    hour: int
    minute: int = 0
    second: int = 0
    half: Half = None
    exact: bool = False


@dataclass(frozen=True, kw_only=True)
class Atom:
    """`start` and `end` (exclusive) of a day, moment or window; `hours` of a clock; `shift` as amount and unit."""

    role: Role
    span: Span = (0, 0)
    grain: Grain = "day"
    start: date | datetime | None = None
    end: date | datetime | None = None
    hours: tuple[Hour, ...] = ()
    part: str | None = None
    seconds: int | None = None
    shift: tuple[float, str] | None = None
    weight: float = 0.9
    weekday: bool = False
    fixed: bool = False


DEAD = Atom(role="dead")


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a pattern may look at beside its match; `alone` where the whole text is known to be meant as time."""

    clock: Clock
    alone: bool = False

    @property
    def today(self) -> date:
        """The day of now."""
        return self.clock.now.date()


Meaning = Callable[[re.Match[str], Context], Atom | None]
Pattern = tuple[re.Pattern[str], Meaning]


def pattern(expression: str, meaning: Meaning) -> Pattern:
    """Whole words, case ignored, not the possessive of something ("Friday's") nor a part of a compound."""
    return re.compile(rf"(?<![\w/.:-])(?:{expression})(?![\w/])(?!['’]s\b|-[a-z])(?!\.\d)", re.IGNORECASE), meaning


def atoms(
    text: str, context: Context, patterns: tuple[Pattern, ...], *, hidden: list[Span] | None = None
) -> list[Atom]:
    """The atoms of a text from left to right, the longer of two that touch; the `hidden` spans are not looked at."""
    text = text[:LONGEST]
    hidden = shields(text) if hidden is None else hidden
    found = [
        replace(atom, span=match.span())
        for expression, meaning in patterns
        for match in expression.finditer(text)
        if not is_shielded(match.span(), hidden) and (atom := _meant(meaning, match, context))
    ]
    chosen: list[Atom] = []
    for atom in sorted(found, key=lambda atom: (atom.span[0], -atom.span[1])):
        if not chosen or atom.span[0] >= chosen[-1].span[1]:
            chosen.append(atom)
        elif atom.span[1] - atom.span[0] > chosen[-1].span[1] - chosen[-1].span[0]:
            chosen[-1] = atom
    return [atom for atom in chosen if atom.role != "dead"]


def _meant(meaning: Meaning, match: re.Match[str], context: Context) -> Atom | None:
    """What it means; a day that no calendar has, or none that a zone can be put to, is dead."""
    try:
        atom = meaning(match, context)
    except (ValueError, OverflowError):
        return DEAD
    moments = (atom.start, atom.end) if atom else ()
    return DEAD if any(moment and not 1000 < moment.year < 9990 for moment in moments) else atom
