"""Readings: what words about time can mean, and a task as it was worded."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from domain.due import Due
from domain.tasks import RecursFrom

Span = tuple[int, int]
Grain = Literal["year", "quarter", "month", "week", "day", "daypart", "hour", "minute", "second"]
Kind = Literal["point", "interval", "open", "duration", "time", "recurrence"]
Bound = Literal["by", "before", "after", "from", "until"]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One meaning of a piece of text; `weight` is 0 to 1.

    `start` and `end` (exclusive) are dates for whole days and datetimes in the clock's zone otherwise. `seconds` is set
    for durations and where an interval was said by its length, `rule` for recurrence, `clock` where a time of day was
    said. `bound` is the word that governs it, `zone` the one that was named. A recurrence at several times of day has
    them all in `clocks`; `recurs_from` says what its next date counts from. `instant` is the very moment where so many
    days or more from now were said; `is_end` marks the end of a longer time, which is due on its last day. `others` are
    other meanings of the same words, likeliest first.
    """

    span: Span
    text: str
    kind: Kind
    grain: Grain
    weight: float = 0.9
    start: date | datetime | None = None
    end: date | datetime | None = None
    seconds: int | None = None
    rule: str | None = None
    clock: time | None = None
    bound: Bound | None = None
    clocks: tuple[time, ...] = ()
    recurs_from: RecursFrom = "due"
    zone: str | None = None
    instant: datetime | None = None
    is_end: bool = False
    others: tuple["Reading", ...] = ()


@dataclass(frozen=True, kw_only=True)
class TaskDraft:
    """A task as worded; `spans` say which part of the text each field was read from, by the field's name.

    A field can have several spans ("tomorrow … at 3pm"), which never overlap. `location` and `people` are mentioned:
    their words stay in the title.
    """

    title: str
    due: Due | None = None
    recurrence: str | None = None
    recurs_from: RecursFrom = "due"
    priority: int | None = None
    tags: tuple[str, ...] = ()
    project: str | None = None
    duration_minutes: int | None = None
    remind_at: datetime | None = None
    location: str | None = None
    people: tuple[str, ...] = ()
    spans: tuple[tuple[str, Span], ...] = ()
