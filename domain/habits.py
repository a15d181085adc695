"""Habits: what they ask for, what was done on which day, and what follows: streaks and a score."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from domain.errors import Invalid, RuleBroken

NAME_LENGTH = 200
Status = Literal["done", "skipped", "missed"]


@dataclass(frozen=True, kw_only=True)
class Habit:
    """`times` in every `per_days` days; a numeric habit counts a day as done when its value reaches `target`."""

    id: UUID = field(default_factory=uuid4)
    name: str
    kind: Literal["boolean", "numeric"] = "boolean"
    target: float | None = None
    unit: str | None = None
    direction: Literal["at_least", "at_most"] = "at_least"
    times: int = 1
    per_days: int = 1
    created_on: date
    archived_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    version: int = 1

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise Invalid("name", "is empty; name the habit.")
        if len(self.name) > NAME_LENGTH:
            raise Invalid("name", f"is longer than {NAME_LENGTH} characters.")
        if self.kind not in ("boolean", "numeric"):
            raise Invalid("kind", f"{self.kind!r} is not 'boolean' or 'numeric'.")
        if self.direction not in ("at_least", "at_most"):
            raise Invalid("direction", f"{self.direction!r} is not 'at_least' or 'at_most'.")
        if self.target is not None and not 0 <= self.target < 1e12:
            raise Invalid("target", f"{self.target!r} is not between 0 and 10^12.")
        if not 1 <= self.per_days <= 366:
            raise Invalid("per_days", f"{self.per_days!r} is not between 1 and 366.")
        if not 1 <= self.times <= self.per_days:
            raise Invalid("times", f"{self.times!r} is not between 1 and per_days ({self.per_days}).")

    def change(self, fields: Mapping[str, object], *, at: datetime) -> "Habit":
        """A new version with these fields."""
        return replace(self, **fields, updated_at=at, version=self.version + 1)  # type: ignore[arg-type]  # names come from typed arguments


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What was done for a habit on a day; there is at most one a day."""

    id: UUID = field(default_factory=uuid4)
    habit_id: UUID
    date: date
    status: Status = "done"
    value: float | None = None
    comment: str | None = None
    created_at: datetime
    updated_at: datetime
    version: int = 1

    def __post_init__(self) -> None:
        if self.status not in ("done", "skipped", "missed"):
            raise Invalid("status", f"{self.status!r} is not 'done', 'skipped' or 'missed'.")
        if self.value is not None and not 0 <= self.value < 1e12:
            raise Invalid("value", f"{self.value!r} is not between 0 and 10^12.")
        if self.comment is not None and len(self.comment) > 2_000:
            raise Invalid("comment", "is longer than 2000 characters.")


@dataclass(frozen=True, kw_only=True)
class Insights:
    """How a habit is going, up to and including `until`.

    `score` is 0 to 1, an exponential mean of how far each day met the goal (see `score`); streaks are in days.
    `this_week` and `last_week` count the days done in the 7 days that end on `until` and in the 7 before.
    """

    until: date
    days_done: int
    this_week: int
    last_week: int
    current_streak: int
    longest_streak: int
    score: float
    total: float | None
    last_done: date | None


def log(
    habit: Habit,
    existing: Entry | None,
    *,
    day: date,
    status: Status,
    value: float | None,
    comment: str | None,
    at: datetime,
) -> Entry:
    """The day's entry: new, or a new version; a further value on the same day adds to a numeric habit's value."""
    if habit.archived_at is not None:
        raise RuleBroken(f"Habit {habit.name!r} is archived; bring it back before logging it.")
    if day > at.date():
        raise Invalid("date", f"{day} lies in the future; log a day that has begun.")
    if existing is None:
        return Entry(
            habit_id=habit.id, date=day, status=status, value=value, comment=comment, created_at=at, updated_at=at
        )
    summed = existing.value if value is None else value + (existing.value or 0.0)
    return replace(
        existing,
        status=status,
        value=summed if status == "done" else value,
        comment=comment if comment is not None else existing.comment,
        updated_at=at,
        version=existing.version + 1,
    )


def meets(habit: Habit, entry: Entry) -> bool:
    """True where the entry alone fulfils the day."""
    if entry.status != "done":
        return False
    if habit.kind == "boolean" or habit.target is None or entry.value is None:
        return True
    return entry.value >= habit.target if habit.direction == "at_least" else entry.value <= habit.target


def insights(habit: Habit, entries: Mapping[date, Entry], *, until: date) -> Insights:
    """What the entries say; days after `until` are left out."""
    past = {day: entry for day, entry in entries.items() if day <= until}
    done = {day for day, entry in past.items() if meets(habit, entry)}
    values = [entry.value for entry in past.values() if entry.value is not None]
    runs = _streaks(habit, done, {day for day, entry in past.items() if entry.status == "skipped"}, until)
    current = runs[-1] if runs and runs[-1][1] >= until - timedelta(days=1) else None
    return Insights(
        until=until,
        days_done=len(done),
        this_week=sum(until - timedelta(days=6) <= day <= until for day in done),
        last_week=sum(until - timedelta(days=13) <= day <= until - timedelta(days=7) for day in done),
        current_streak=(current[1] - current[0]).days + 1 if current else 0,
        longest_streak=max(((last - first).days + 1 for first, last in runs), default=0),
        score=score(habit, past, until=until),
        total=sum(values) if values else None,
        last_done=max(done, default=None),
    )


def score(habit: Habit, entries: Mapping[date, Entry], *, until: date) -> float:
    """An exponential mean of each day's fulfilment, 0 to 1.

    score = score·m + fulfilment·(1 − m) with m = 0.5^(√f / 13) and f = times / per_days, day by day from the first
    entry, as in the habit tracker Loop; a skipped day keeps the score.
    """
    if not entries:
        return 0.0
    decay = 0.5 ** ((habit.times / habit.per_days) ** 0.5 / 13)
    counted, wanted, window = _goal(habit)
    value = 1.0 if habit.direction == "at_most" else 0.0
    within = 0.0
    first = min(entries)
    for number in range((until - first).days + 1):
        day = first + timedelta(days=number)
        entry, leaving = entries.get(day), entries.get(day - timedelta(days=window))
        within += counted(entry) - counted(leaving)
        if entry is None or entry.status != "skipped":
            value = value * decay + _fulfilment(habit, within, wanted) * (1 - decay)
    return value


def _goal(habit: Habit) -> tuple[Callable[[Entry | None], float], float, int]:
    """What a day counts, how much of it is wanted, and within how many days."""
    if habit.kind == "boolean" or habit.target is None:
        wide = 2 if habit.times < habit.per_days else 1
        return (
            lambda entry: float(entry is not None and entry.status == "done"),
            habit.times * wide,
            habit.per_days * wide,
        )
    return (
        lambda entry: (entry.value or 0.0) if entry is not None and entry.status == "done" else 0.0,
        habit.target or 1.0,
        habit.per_days,
    )


def _fulfilment(habit: Habit, within: float, wanted: float) -> float:
    if habit.direction == "at_least" or habit.kind == "boolean" or habit.target is None:
        return min(1.0, within / wanted)
    return min(1.0, max(0.0, 1 - (within - wanted) / wanted))


def _streaks(habit: Habit, done: set[date], skipped: set[date], until: date) -> list[tuple[date, date]]:
    """Runs of days that were done, skipped inside a run, or lie between `times` doings within `per_days`."""
    days = sorted(done)
    covered = set(days)
    for first, last in zip(days, days[habit.times - 1 :], strict=False):
        if (last - first).days < habit.per_days:
            covered |= {first + timedelta(days=n) for n in range(habit.per_days) if first + timedelta(days=n) <= until}
    runs: list[tuple[date, date]] = []
    for day in sorted(covered | skipped):
        if runs and day == runs[-1][1] + timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        elif day in covered:
            runs.append((day, day))
    return runs
