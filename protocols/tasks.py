"""Tasks over REST, with exact values; words for time are the agent's business."""

from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter
from pydantic import Field

from domain.errors import Invalid, NotFound
from domain.people import Profile
from domain.recurrence import check_end, checked_rule
from domain.tasks import Task
from protocols.fields import (
    Body,
    Cursor,
    Day,
    DueText,
    Limit,
    Moment,
    Name,
    RuleText,
    Tags,
    Text,
    due_of,
    moment_of,
    range_of,
)
from protocols.rest import Context, Write, decision, listed, unchanged
from storage.ledger import Decision, Held

router = APIRouter(prefix="/tasks", tags=["tasks"])
_NOT_NULL = ("title", "recurs_from")


class TaskFields(Body):
    """What a task may be given."""

    body: Text | None = None
    due: DueText | None = None
    recurrence: RuleText | None = None
    recurs_from: Literal["due", "completion"] | None = None
    priority: Annotated[int, Field(ge=1, le=4)] | None = None
    tags: Tags | None = None
    project: Name | None = None
    duration_minutes: Annotated[int, Field(ge=1, le=100_000)] | None = None
    remind_at: Moment | None = None


class NewTask(TaskFields):
    """The body of `POST /tasks`."""

    title: Text


class TaskChange(TaskFields):
    """The body of `PATCH /tasks/{id}`: absent keeps, null empties; `done` or `done_at` completes and reopens."""

    title: Text | None = None
    done: bool | None = None
    done_at: Moment | None = None


@router.get("")
async def find(
    context: Context,
    status: Literal["open", "done", "all"] = "open",
    due: Text | None = None,
    due_from: Day | None = None,
    due_to: Day | None = None,
    tag: Text | None = None,
    project: Text | None = None,
    query: Text | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """Tasks by due, then priority; `due` is a day or a range such as `2026-11-21..2026-11-28`."""
    if due is not None:
        due_from, due_to = range_of("due", due)
    page = await context.tasks.list(
        status=status,
        due_from=due_from,
        due_to=due_to,
        tag=tag,
        project=project,
        query=query,
        limit=limit,
        cursor=cursor,
    )
    return listed(page, shape)


@router.post("", status_code=201)
async def add(write: Write, new: NewTask) -> dict[str, Any]:
    """A new task."""
    now, fields = write.context.now, _fields(new, write.context.profile)
    if fields.get("recurrence") and fields.get("due"):
        check_end(fields["recurrence"], fields["due"])
        fields |= {"series_id": uuid4(), "series_start": fields["due"].date}
    task = Task(**fields, created_at=now, updated_at=now)
    return await write.act(
        "add_tasks", _arguments(new), lambda _: decision(f"Added {task.title!r}.", (None, task), shown=shape(task))
    )


@router.get("/{task_id}")
async def get(context: Context, task_id: UUID) -> dict[str, Any]:
    """One task."""
    return shape(await context.tasks.get(task_id))


@router.patch("/{task_id}")
async def change(write: Write, task_id: UUID, changes: TaskChange) -> dict[str, Any]:
    """Change fields; completing a recurring task also adds its next occurrence."""
    fields = _fields(changes, write.context.profile)
    done = _done(changes)
    now = write.context.now

    def decide(held: Held) -> Decision:
        before = _held(held, task_id)
        after = before.change(fields, at=now) if fields else before
        following: Task | None = None
        if done is True and after.is_open:
            after, following = after.complete(at=now)
        elif done is False and not after.is_open:
            after = after.change({"done_at": None}, at=now)
        if after is before:
            return unchanged(shape(before))
        added = [(None, following)] if following else []
        return decision(f"Changed {after.title!r}.", (before, after), *added, shown=shape(after))

    return await write.act("update_tasks", {"id": str(task_id), **_arguments(changes)}, decide, tasks=[task_id])


@router.delete("/{task_id}", status_code=204)
async def delete(write: Write, task_id: UUID) -> None:
    """Delete; `POST /actions/{id}/undo` brings it back."""

    def decide(held: Held) -> Decision:
        task = _held(held, task_id)
        return decision(f"Deleted {task.title!r}.", (task, None))

    await write.act("delete_tasks", {"id": str(task_id)}, decide, tasks=[task_id])


def shape(task: Task) -> dict[str, Any]:
    """A task on the wire."""
    return {
        "id": str(task.id),
        "title": task.title,
        "body": task.body,
        "due": str(task.due) if task.due else None,
        "recurrence": task.recurrence,
        "recurs_from": task.recurs_from,
        "priority": task.priority,
        "tags": list(task.tags),
        "project": task.project,
        "duration_minutes": task.duration_minutes,
        "remind_at": task.remind_at.isoformat() if task.remind_at else None,
        "done_at": task.done_at.isoformat() if task.done_at else None,
        "created_at": task.created_at.isoformat(),
        "updated_at": task.updated_at.isoformat(),
    }


def _held(held: Held, task_id: UUID) -> Task:
    if task_id not in held.tasks:
        raise NotFound(f"There is no task {task_id} among yours.")
    return held.tasks[task_id]


def _fields(sent: TaskFields, profile: Profile) -> dict[str, Any]:
    """The sent fields as the domain's."""
    fields = {name: value for name, value in sent.given().items() if name not in ("done", "done_at")}
    for name in _NOT_NULL:
        if name in fields and fields[name] is None:
            raise Invalid(name, "cannot be null; leave it out to keep it.")
    if fields.get("due") is not None:
        fields["due"] = due_of(fields["due"], profile)
    if fields.get("remind_at") is not None:
        fields["remind_at"] = moment_of(fields["remind_at"], profile)
    if fields.get("recurrence") is not None:
        fields["recurrence"] = checked_rule(fields["recurrence"])
    if "tags" in fields:
        fields["tags"] = tuple(fields["tags"] or ())
    return fields


def _done(changes: TaskChange) -> bool | None:
    if "done_at" in changes.model_fields_set:
        return changes.done_at is not None
    return changes.done


def _arguments(sent: TaskFields) -> dict[str, Any]:
    return sent.model_dump(mode="json", exclude_unset=True)
