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
    for durations, `rule` for recurrence, `clock` where a time of day was said. `bound` is the word that governs it.
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


@dataclass(frozen=True, kw_only=True)
class TaskDraft:
    """A task as worded; `spans` say which part of the text each field was read from, by the field's name."""

    title: str
    due: Due | None = None
    recurrence: str | None = None
    recurs_from: RecursFrom = "due"
    priority: int | None = None
    tags: tuple[str, ...] = ()
    project: str | None = None
    duration_minutes: int | None = None
    remind_at: datetime | None = None
    spans: tuple[tuple[str, Span], ...] = ()
