"""Effects: what a person has before and after a turn, held against what was expected."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.habits import Entry, Habit
from domain.memories import Memory
from domain.notes import Note, title_of
from domain.tasks import Task
from evals.transcripts import Effects, Expected
from storage.habits import Habits
from storage.memories import Memories
from storage.notes import Notes
from storage.tasks import Tasks

MOST = 200
NAMES = {"tasks": "title", "notes": "title", "habits": "name", "memories": "text"}
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class State:
    """All that a person has, as plain fields by kind and id."""

    rows: Mapping[str, Mapping[str, Row]]

    def changed(self, before: "State") -> dict[str, list[Row]]:
        """What is new or different now; what is missing now stands as it was, with `deleted`."""
        return {
            kind: [row for key, row in rows.items() if before.rows[kind].get(key) != row]
            + [{**row, "deleted": True} for key, row in before.rows[kind].items() if key not in rows]
            for kind, rows in self.rows.items()
        }


async def state_of(*, tasks: Tasks, notes: Notes, habits: Habits, memories: Memories) -> State:
    """Read everything there is of a person who has little."""
    kept = [*(await habits.list(limit=MOST)).items, *(await habits.list(archived=True, limit=MOST)).items]
    entries = await habits.entries_of_many([habit.id for habit in kept], None)
    return State(
        rows={
            "tasks": {str(task.id): _task(task) for task in (await tasks.list(status="all", limit=MOST)).items},
            "notes": {str(note.id): _note(note) for note in (await notes.list(limit=MOST)).items},
            "habits": {str(habit.id): _habit(habit, entries.get(habit.id, {}).values()) for habit in kept},
            "memories": {
                str(memory.id): _memory(memory) for memory in (await memories.list(state="kept", limit=MOST)).items
            },
        }
    )


def faults(expected: Effects, before: State, after: State) -> list[str]:
    """What is missing, what should be gone, and what changed without being asked for; empty where all is well."""
    changed = after.changed(before)
    wanted = {kind: getattr(expected, kind) for kind in NAMES}
    return [
        *(fault for kind, rows in wanted.items() for fault in _missing(kind, rows, after)),
        *(fault for title in expected.gone for fault in _still_there(title, after)),
        *(fault for kind, rows in changed.items() for fault in _uncalled_for(kind, rows, wanted[kind], expected.gone)),
    ]


def says(piece: str, text: str) -> bool:
    """True where the text holds the piece, or the `/regular expression/` is found in it."""
    if len(piece) > 1 and piece.startswith("/") and piece.endswith("/"):
        return re.search(piece[1:-1], text, re.IGNORECASE | re.DOTALL) is not None
    return piece.casefold() in text.casefold()


def _missing(kind: str, expected: Sequence[Expected], after: State) -> Iterable[str]:
    free = list(after.rows[kind].values())
    for fields in expected:
        found = next((row for row in free if _fits(fields, row)), None)
        if found is None:
            named = [row for row in free if _is_named(fields, row, kind)]
            yield f"{kind}: expected {fields}, found {[_shown(row, fields) for row in named] or 'none of that name'}"
        else:
            free.remove(found)


def _still_there(title: str, after: State) -> Iterable[str]:
    for kind, rows in after.rows.items():
        if any(_is_word(title, row[NAMES[kind]]) for row in rows.values()):
            yield f"{kind}: {title!r} should be gone"


def _uncalled_for(kind: str, rows: Sequence[Row], expected: Sequence[Expected], gone: Sequence[str]) -> Iterable[str]:
    for row in rows:
        name = row[NAMES[kind]]
        deleted = "deleted" in row
        known = any(_is_word(title, name) for title in gone) if deleted else any(_fits(one, row) for one in expected)
        if not known:
            yield f"{kind}: {name!r} was {'deleted' if deleted else 'written'} and nobody asked for that"


def _fits(expected: Mapping[str, object], row: Row) -> bool:
    return all(name in row and _is(wanted, row[name]) for name, wanted in expected.items())


def _is(wanted: object, actual: Any) -> bool:
    match wanted:
        case str():
            return isinstance(actual, str) and _is_word(wanted, actual)
        case Mapping():
            return isinstance(actual, Mapping) and _fits(wanted, actual)
        case list() | tuple():
            return len(wanted) == len(actual) and all(any(_is(one, other) for other in actual) for one in wanted)
        case _:
            return bool(wanted == actual)


def _is_word(wanted: str, actual: str) -> bool:
    """Whole and without case; an instant may be named by its civil time alone (`2026-11-27T15:00`)."""
    if len(wanted) > 1 and wanted.startswith("/") and wanted.endswith("/"):
        return re.fullmatch(wanted[1:-1], actual, re.IGNORECASE | re.DOTALL) is not None
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d", wanted):
        return actual.startswith(wanted)
    return wanted.casefold() == actual.casefold()


def _is_named(expected: Mapping[str, object], row: Row, kind: str) -> bool:
    name = NAMES[kind]
    return name not in expected or _is(expected[name], row[name])


def _shown(row: Row, expected: Mapping[str, object]) -> dict[str, Any]:
    return {name: row.get(name, "no such field") for name in expected}


def _task(task: Task) -> Row:
    return {
        "title": task.title,
        "body": task.body,
        "due": str(task.due) if task.due else None,
        "done": task.done_at is not None,
        "priority": task.priority,
        "tags": task.tags,
        "project": task.project,
        "recurrence": task.recurrence,
        "duration_minutes": task.duration_minutes,
        "remind_at": task.remind_at.isoformat() if task.remind_at else None,
    }


def _note(note: Note) -> Row:
    return {"title": note.title or title_of(note.body), "body": note.body, "tags": note.tags}


def _habit(habit: Habit, entries: Iterable[Entry]) -> Row:
    return {
        "name": habit.name,
        "kind": habit.kind,
        "target": habit.target,
        "unit": habit.unit,
        "direction": habit.direction,
        "times": habit.times,
        "per_days": habit.per_days,
        "archived": habit.archived_at is not None,
        "entries": [
            {"date": entry.date.isoformat(), "status": entry.status, "value": entry.value, "comment": entry.comment}
            for entry in entries
        ],
    }


def _memory(memory: Memory) -> Row:
    return {"text": memory.text}
