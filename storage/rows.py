"""Objects and rows: how each kind of thing stands in its table, and as JSON in the ledger."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from domain.actions import Kind
from domain.due import Due
from domain.habits import Entry, Habit
from domain.memories import Memory
from domain.notes import Note
from domain.tasks import Task

Row = Mapping[str, Any]

READERS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("id", "series_id", "habit_id", "replaced_by"), UUID),
    **dict.fromkeys(
        ("due_date", "series_start", "created_on", "date", "valid_from", "valid_until"), date.fromisoformat
    ),
    **dict.fromkeys(("remind_at", "done_at", "archived_at", "created_at", "updated_at"), datetime.fromisoformat),
    "due_time": time.fromisoformat,
    "tags": tuple,
}


def task_of(row: Row) -> Task:
    """The task of a row."""
    due = Due(date=row["due_date"], time=row["due_time"], zone=row["due_zone"]) if row["due_date"] else None
    return Task(due=due, **{name: row[name] for name in TASK.columns if not name.startswith("due_")} | _tags(row))


def note_of(row: Row) -> Note:
    """The note of a row."""
    return Note(**{name: row[name] for name in NOTE.columns} | _tags(row))


def habit_of(row: Row) -> Habit:
    """The habit of a row."""
    return Habit(**{name: row[name] for name in HABIT.columns})


def entry_of(row: Row) -> Entry:
    """The entry of a row."""
    return Entry(**{name: row[name] for name in ENTRY.columns})


def memory_of(row: Row) -> Memory:
    """The memory of a row."""
    return Memory(**{name: row[name] for name in MEMORY.columns})


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One kind: its table, its columns without `user_id`, its way back from a row, and the column people know it by."""

    kind: Kind
    table: str
    columns: tuple[str, ...]
    of_row: Callable[[Row], Any]
    name: str

    def of_json(self, stored: Row) -> Any:
        """The object of a row as it stands in the ledger."""
        # What was recorded before a column was added says nothing of it.
        return self.of_row({name: _read(name, stored.get(name)) for name in self.columns})


TASK = Shape(
    kind="task",
    table="tasks",
    columns=tuple(
        column
        for field in fields(Task)
        for column in (("due_date", "due_time", "due_zone") if field.name == "due" else (field.name,))
    ),
    of_row=task_of,
    name="title",
)
NOTE = Shape(kind="note", table="notes", columns=tuple(f.name for f in fields(Note)), of_row=note_of, name="title")
HABIT = Shape(kind="habit", table="habits", columns=tuple(f.name for f in fields(Habit)), of_row=habit_of, name="name")
ENTRY = Shape(kind="entry", table="entries", columns=tuple(f.name for f in fields(Entry)), of_row=entry_of, name="date")
MEMORY = Shape(
    kind="memory", table="memories", columns=tuple(f.name for f in fields(Memory)), of_row=memory_of, name="text"
)

# Habits stand before entries, which refer to them.
SHAPES: dict[Kind, Shape] = {shape.kind: shape for shape in (TASK, NOTE, HABIT, ENTRY, MEMORY)}


def kind_of(thing: object) -> Kind:
    """Which kind an object is."""
    match thing:
        case Task():
            return "task"
        case Note():
            return "note"
        case Habit():
            return "habit"
        case Entry():
            return "entry"
        case Memory():
            return "memory"
    raise TypeError(f"{type(thing).__name__} has no table")


def as_json(thing: object) -> dict[str, Any]:
    """The object as a row of JSON values, from which it can be made again."""
    row = {field.name: getattr(thing, field.name) for field in fields(thing)}  # type: ignore[arg-type]  # one of SHAPES
    if "due" in row:
        due: Due | None = row.pop("due")
        row |= {"due_date": due and due.date, "due_time": due and due.time, "due_zone": due and due.zone}
    return {name: _written(value) for name, value in row.items()}


def _written(value: object) -> object:
    match value:
        case UUID():
            return str(value)
        case date() | time():
            return value.isoformat()
        case tuple():
            return list(value)
    return value


def _read(name: str, value: Any) -> Any:
    reader = READERS.get(name)
    return value if value is None or reader is None else reader(value)


def _tags(row: Row) -> dict[str, tuple[str, ...]]:
    return {"tags": tuple(row["tags"])}
