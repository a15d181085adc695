"""Details: what may be said of a task in the person's words, and the fields that this gives it."""

from typing import Any, Literal

from pydantic import Field

from domain.due import Due
from domain.errors import Invalid
from domain.people import Clock
from domain.recurrence import first_on_or_after
from domain.tasks import RecursFrom, Task
from language.recurrence import completion_words
from tools import times
from tools.items import changed_tags, tags_of
from tools.tool import Arguments

Clearable = Literal["due", "recurrence", "priority", "tags", "project", "duration", "remind", "body"]
CLEARED: dict[Clearable, tuple[str, object]] = {
    "due": ("due", None),
    "recurrence": ("recurrence", None),
    "priority": ("priority", None),
    "tags": ("tags", ()),
    "project": ("project", None),
    "duration": ("duration_minutes", None),
    "remind": ("remind_at", None),
    "body": ("body", None),
}
DUE = "When it is due, in the person's own words ('next friday 3pm') or an ISO date; never computed by you."
RECURRENCE = "How it repeats, in the person's words ('every other tuesday', '3 days after completion') or an RRULE."
PRIORITY = "1 (highest) to 4."
DURATION = "How long it takes, in words ('45 minutes') or a number of minutes."
REMIND = "When to remind: words for a moment, or '15 minutes before'."
Priority = Field(default=None, description=PRIORITY, json_schema_extra={"minimum": 1, "maximum": 4})


class Details(Arguments):
    """What may be said of a task besides its title."""

    due: str | None = Field(default=None, description=DUE, max_length=200)
    recurrence: str | None = Field(default=None, description=RECURRENCE, max_length=500)
    priority: int | None = Priority
    tags: list[str] | None = Field(default=None, description="Tags without '#'.", max_length=50)
    project: str | None = Field(default=None, description="The project or list it belongs to.", max_length=200)
    duration: str | float | None = Field(default=None, description=DURATION)
    remind: str | None = Field(default=None, description=REMIND, max_length=200)
    body: str | None = Field(default=None, description="Further words, Markdown.")


class NewTask(Details):
    """A task to add."""

    title: str = Field(description="What is to be done, short, without its time, tags or priority.")


class TaskChange(Details):
    """One task and what becomes of it; what is absent stays."""

    task: str = Field(description="The task's id, or the person's words for it.", max_length=500)
    title: str | None = Field(default=None, description="A new title.")
    add_tags: list[str] | None = Field(default=None, description="Tags it gets besides its own.", max_length=50)
    remove_tags: list[str] | None = Field(default=None, description="Tags it loses.", max_length=50)
    clear: list[Clearable] | None = Field(default=None, description="Fields to empty.")


def task_of(given: NewTask, clock: Clock) -> Task:
    """The task that is described; raises `Invalid` that names the field, `Unclear` for a time that may be two."""
    rule, due = _when(given, clock)
    return Task(
        title=given.title,
        body=given.body,
        due=due,
        recurrence=rule,
        recurs_from=_counted_from(given, rule),
        series_start=due.date if rule and due else None,
        priority=given.priority,
        tags=tags_of(given.tags or ()),
        project=given.project,
        duration_minutes=_length(given, clock),
        remind_at=None if given.remind is None else times.reminder(given.remind, due, clock),
        created_at=clock.now,
        updated_at=clock.now,
    )


def fields_of(given: TaskChange, task: Task, clock: Clock) -> dict[str, Any]:
    """The fields of the task that change, with their new values; raises as `task_of` does, and where there is none."""
    fields: dict[str, Any] = dict(CLEARED[name] for name in given.clear or ())
    plain = {"title": given.title, "body": given.body, "priority": given.priority, "project": given.project}
    fields |= {name: value for name, value in plain.items() if value is not None}
    if (given.tags, given.add_tags, given.remove_tags) != (None, None, None):
        own = fields.get("tags", task.tags)
        fields["tags"] = changed_tags(own, all_=given.tags, add=given.add_tags, remove=given.remove_tags)
    if (minutes := _length(given, clock)) is not None:
        fields["duration_minutes"] = minutes
    fields |= _new_times(given, task, clock)
    if given.remind is not None:
        fields["remind_at"] = times.reminder(given.remind, fields.get("due", task.due), clock)
    elif fields.get("due") and task.due and task.due.instant and task.remind_at and fields["due"].instant:
        fields.setdefault("remind_at", fields["due"].instant - (task.due.instant - task.remind_at))
    if not fields:
        raise Invalid("tasks", "says nothing to change; give at least one field.")
    return fields


def _length(given: Details, clock: Clock) -> int | None:
    """As said, or from the beginning to the end of hours that were said as the due."""
    if given.duration is not None:
        return times.minutes(given.duration, clock)
    return times.lasting(given.due, clock) if given.due else None


def _when(given: NewTask, clock: Clock) -> tuple[str | None, Due | None]:
    """Rule and due; a rhythm given as due is a rhythm, its time of day holds where the due says none."""
    words, recurrence = _rhythm(given, clock)
    if not recurrence:
        return None, times.due(words, clock) if words else None
    rule, first = times.rule(recurrence, clock)
    if not words:
        return rule, first
    if times.repeats(words, clock):
        _, due = times.rule(words, clock)
    else:
        due = times.moved(words, first, clock)
    return rule, due


def _new_times(given: TaskChange, task: Task, clock: Clock) -> dict[str, Any]:
    words, recurrence = _rhythm(given, clock)
    fields: dict[str, Any] = {"due": times.moved(words, task.due, clock)} if words else {}
    if not recurrence:
        return fields
    fields["recurrence"], first = times.rule(recurrence, clock)
    fields["recurs_from"] = _counted_from(given, fields["recurrence"])
    if task.due is None or first.time is not None:
        fields.setdefault("due", first)
    elif "BY" in fields["recurrence"]:
        on = first_on_or_after(fields["recurrence"], task.due.date)
        fields.setdefault("due", Due(date=on, time=task.due.time, zone=task.due.zone))
    return fields


def _rhythm(given: Details, clock: Clock) -> tuple[str | None, str | None]:
    """The words for the due and those for the rhythm, which may stand in the place of the due."""
    if given.due and not given.recurrence and times.repeats(given.due, clock):
        return None, given.due
    return given.due, given.recurrence


def _counted_from(given: Details, rule: str | None) -> RecursFrom:
    words = given.recurrence or given.due or ""
    return "completion" if rule and completion_words(words) else "due"
