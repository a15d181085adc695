"""Tasks: what they are and how they change."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Literal
from uuid import UUID, uuid4

from domain.due import Due
from domain.errors import Invalid, RuleBroken
from domain.recurrence import check_end, checked_rule, is_of_hours, next_due

TITLE_LENGTH = 500
BODY_LENGTH = 100_000
RecursFrom = Literal["due", "completion"]


@dataclass(frozen=True, kw_only=True)
class Task:
    """`series_start` is the first date of a recurring series; `occurrence` counts from 1 (for COUNT)."""

    id: UUID = field(default_factory=uuid4)
    title: str
    body: str | None = None
    due: Due | None = None
    recurrence: str | None = None
    recurs_from: RecursFrom = "due"
    series_id: UUID | None = None
    series_start: date | None = None
    occurrence: int = 1
    priority: int | None = None
    tags: tuple[str, ...] = ()
    project: str | None = None
    duration_minutes: int | None = None
    remind_at: datetime | None = None
    done_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    version: int = 1

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise Invalid("title", "is empty; say what is to be done.")
        if len(self.title) > TITLE_LENGTH:
            raise Invalid("title", f"is longer than {TITLE_LENGTH} characters; put the rest into `body`.")
        if self.body is not None and len(self.body) > BODY_LENGTH:
            raise Invalid("body", f"is longer than {BODY_LENGTH} characters.")
        if self.priority is not None and self.priority not in (1, 2, 3, 4):
            raise Invalid("priority", f"{self.priority!r} is not 1 (highest) to 4.")
        if self.duration_minutes is not None and not 1 <= self.duration_minutes <= 100_000:
            raise Invalid("duration_minutes", f"{self.duration_minutes!r} is not between 1 and 100000.")
        if self.recurrence is not None:
            rule = checked_rule(self.recurrence)
            if self.due is None:
                raise Invalid("due", "is missing; a recurring task needs a first date.")
            if self.due.time is None and is_of_hours(rule):
                raise Invalid("due", "a task that repeats by the hour needs a time of day; give e.g. 'today 9:00'.")

    @property
    def is_open(self) -> bool:
        """True until it is completed."""
        return self.done_at is None

    def is_overdue(self, now: datetime) -> bool:
        """True where it is open and its due has passed."""
        return self.is_open and self.due is not None and self.due.has_passed(now)

    def change(self, fields: Mapping[str, object], *, at: datetime) -> "Task":
        """A new version with these fields; a series whose rule or due changed starts anew from its new due."""
        changed: Task = replace(self, **fields, updated_at=at, version=self.version + 1)  # type: ignore[arg-type]  # names come from typed arguments
        if "recurrence" in fields and changed.recurrence and changed.due:
            check_end(changed.recurrence, changed.due)
        if changed.recurrence and (changed.recurrence, changed.due) != (self.recurrence, self.due):
            start = changed.due.date if changed.due else None
            changed = replace(changed, series_id=changed.series_id or uuid4(), series_start=start, occurrence=1)
        return changed

    def complete(self, *, at: datetime) -> tuple["Task", "Task | None"]:
        """The task as done and, where it recurs and has not run out, its next occurrence as a new row of the series."""
        if self.done_at is not None:
            raise RuleBroken(f"Task {self.title!r} is already done.")
        done = replace(self, done_at=at, updated_at=at, version=self.version + 1)
        if self.recurrence is None or self.due is None:
            return done, None
        due = next_due(
            self.recurrence,
            due=self.due,
            start=self.series_start or self.due.date,
            occurrence=self.occurrence,
            completed=at if self.recurs_from == "completion" else None,
        )
        if due is None:
            return done, None
        series = self.series_id or uuid4()
        done = replace(done, series_id=series)
        remind_at = None
        if self.remind_at and self.due.instant and due.instant:
            lead = self.due.instant.astimezone(UTC) - self.remind_at.astimezone(UTC)
            # A reminder years away from its task is not of one occurrence.
            if abs(lead.days) <= 366:
                remind_at = (due.instant.astimezone(UTC) - lead).astimezone(due.instant.tzinfo)
        return done, replace(
            self,
            id=uuid4(),
            due=due,
            series_id=series,
            series_start=self.series_start or self.due.date,
            occurrence=self.occurrence + 1,
            remind_at=remind_at,
            created_at=at,
            updated_at=at,
            version=1,
        )
