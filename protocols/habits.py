"""Habits, what was done on which day, and what follows from it, over REST."""

from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from domain.errors import Invalid, NotFound
from domain.habits import Entry, Habit, insights, log
from protocols.fields import Body, Cursor, Day, Limit, Moment, Name, Number, Text
from protocols.rest import Context, Write, decision, listed, unchanged
from storage.ledger import Decision, Held

router = APIRouter(prefix="/habits", tags=["habits"])
_NOT_NULL = ("name", "kind", "direction", "times", "per_days", "archived")


class HabitFields(Body):
    """What a habit may be given."""

    kind: Literal["boolean", "numeric"] | None = None
    target: Number | None = None
    unit: Name | None = None
    direction: Literal["at_least", "at_most"] | None = None
    times: Annotated[int, Field(ge=1, le=366)] | None = None
    per_days: Annotated[int, Field(ge=1, le=366)] | None = None


class NewHabit(HabitFields):
    """The body of `POST /habits`; `created_on` is today unless given."""

    name: Text
    created_on: Day | None = None


class HabitChange(HabitFields):
    """The body of `PATCH /habits/{id}`: absent keeps; `archived` or `archived_at` puts it away and brings it back."""

    name: Text | None = None
    archived: bool | None = None
    archived_at: Moment | None = None


class EntryBody(Body):
    """The body of `PUT /habits/{id}/entries/{date}`: what stands for the day from now on."""

    status: Literal["done", "skipped", "missed"] = "done"
    value: Number | None = None
    comment: Text | None = None


@router.get("")
async def find(context: Context, archived: bool = False, limit: Limit = 50, cursor: Cursor = None) -> dict[str, Any]:
    """Habits; with `archived` those put away too."""
    return listed(await context.habits.list(archived=archived, limit=limit, cursor=cursor), shape)


@router.post("", status_code=201)
async def create(write: Write, new: NewHabit) -> dict[str, Any]:
    """A new habit."""
    now = write.context.now
    fields = {name: value for name, value in new.given().items() if value is not None}
    habit = Habit(**{"created_on": now.date(), **fields}, created_at=now, updated_at=now)
    return await write.act(
        "create_habit",
        new.model_dump(mode="json", exclude_unset=True),
        lambda _: decision(f"Created {habit.name!r}.", (None, habit), shown=shape(habit)),
    )


@router.get("/{habit_id}")
async def get(context: Context, habit_id: UUID) -> dict[str, Any]:
    """One habit."""
    return shape(await context.habits.get(habit_id))


@router.patch("/{habit_id}")
async def change(write: Write, habit_id: UUID, changes: HabitChange) -> dict[str, Any]:
    """Change fields."""
    fields = _fields(changes, write.context.now)

    def decide(held: Held) -> Decision:
        before = _held(held, habit_id)
        if not fields:
            return unchanged(shape(before))
        after = before.change(fields, at=write.context.now)
        return decision(f"Changed {after.name!r}.", (before, after), shown=shape(after))

    arguments = {"id": str(habit_id), **changes.model_dump(mode="json", exclude_unset=True)}
    return await write.act("update_habit", arguments, decide, habits=[habit_id])


@router.delete("/{habit_id}", status_code=204)
async def delete(write: Write, habit_id: UUID) -> None:
    """Delete with all its entries; `POST /actions/{id}/undo` brings them back."""

    def decide(held: Held) -> Decision:
        habit = _held(held, habit_id)
        return decision(f"Deleted {habit.name!r}.", (habit, None))

    await write.act("delete_habit", {"id": str(habit_id)}, decide, habits=[habit_id])


@router.put("/{habit_id}/entries/{day}")
async def put_entry(write: Write, habit_id: UUID, day: Day, body: EntryBody) -> dict[str, Any]:
    """Set what was done on a day, in place of what stood there."""

    def decide(held: Held) -> Decision:
        habit, before = _held(held, habit_id), held.entries.get((habit_id, day))
        after = log(habit, None, day=day, at=write.context.now, **body.model_dump())
        if before:
            kept = {"id": before.id, "created_at": before.created_at, "version": before.version + 1}
            after = replace(after, **kept)  # type: ignore[arg-type]  # three fields of three types
        return decision(f"Logged {habit.name!r} on {day}.", (before, after), shown=entry_shape(after))

    arguments = {"id": str(habit_id), "date": str(day), **body.model_dump(mode="json")}
    return await write.act("log_habit", arguments, decide, habits=[habit_id], entries=[(habit_id, day)])


@router.get("/{habit_id}/insights")
async def get_insights(context: Context, habit_id: UUID, until: Day | None = None) -> dict[str, Any]:
    """Streaks, counts and the score, up to today unless another day is given."""
    habit = await context.habits.get(habit_id)
    entries: dict[date, Entry] = await context.habits.entries(habit_id)
    today = context.now.date()
    found = asdict(insights(habit, entries, until=min(until or today, today)))
    return {"habit_id": str(habit_id), **found, "score": round(found["score"], 4)}


def shape(habit: Habit) -> dict[str, Any]:
    """A habit on the wire."""
    return {
        "id": str(habit.id),
        "name": habit.name,
        "kind": habit.kind,
        "target": habit.target,
        "unit": habit.unit,
        "direction": habit.direction,
        "times": habit.times,
        "per_days": habit.per_days,
        "created_on": habit.created_on.isoformat(),
        "archived_at": habit.archived_at.isoformat() if habit.archived_at else None,
    }


def entry_shape(entry: Entry) -> dict[str, Any]:
    """An entry on the wire."""
    return {"date": entry.date.isoformat(), "status": entry.status, "value": entry.value, "comment": entry.comment}


def _held(held: Held, habit_id: UUID) -> Habit:
    if habit_id not in held.habits:
        raise NotFound(f"There is no habit {habit_id} among yours.")
    return held.habits[habit_id]


def _fields(changes: HabitChange, now: datetime) -> dict[str, Any]:
    fields = changes.given()
    for name in _NOT_NULL:
        if name in fields and fields[name] is None:
            raise Invalid(name, "cannot be null; leave it out to keep it.")
    if "archived" in fields:
        fields["archived_at"] = now if fields.pop("archived") else None
    elif fields.get("archived_at") is not None:
        fields["archived_at"] = now
    return fields
