"""The ledger: the single writer of what a person has. An act and its record are one transaction, and happen once."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from domain.actions import Action, Call, Change, Kind
from domain.errors import Conflict, NotFound
from domain.habits import Entry, Habit
from domain.memories import Memory
from domain.notes import Note, title_of
from domain.tasks import Task
from storage.chunks import EMBED_SOON, FORGET, FORGET_ENTRIES, KEEP, KEEP_ENTRIES
from storage.pages import Page, checked_limit, decode, number, page
from storage.passages import passages_of
from storage.pipelines import Answer, Pipeline
from storage.rows import SHAPES, Shape, as_json, kind_of
from storage.store import Store

# A twin of the same call waits here until the first one has committed.
WAIT_FOR_TWIN = """
    SELECT pg_advisory_xact_lock(hashtextextended(
        concat_ws(E'\\n', %(user_id)s::text, %(thread_id)s::text, %(message_id)s::text, %(tool_call_id)s::text), 0))
"""
RECORDED = """
    SELECT * FROM actions
    WHERE user_id = %(user_id)s
        AND thread_id = %(thread_id)s AND message_id = %(message_id)s AND tool_call_id = %(tool_call_id)s
"""
RECORD = """
    INSERT INTO actions (
        user_id, id, thread_id, message_id, tool_call_id, run_id, origin, tool, arguments, summary, changes, result,
        created_at
    ) VALUES (
        %(user_id)s, %(id)s, %(thread_id)s, %(message_id)s, %(tool_call_id)s, %(run_id)s, %(origin)s, %(tool)s,
        %(arguments)s, %(summary)s, %(changes)s, %(result)s, %(created_at)s
    )
"""
LATEST = """
    SELECT * FROM actions
    WHERE user_id = %(user_id)s AND (%(before)s::bigint IS NULL OR position < %(before)s)
    ORDER BY position DESC
    LIMIT %(limit)s
"""
BY_ID = "SELECT * FROM actions WHERE user_id = %(user_id)s AND id = %(id)s"
STANDING = """
    SELECT id FROM actions WHERE user_id = %(user_id)s AND id = ANY(%(ids)s) AND undone_at IS NULL
    ORDER BY position DESC
"""
TO_UNDO = BY_ID + " FOR UPDATE"
LATEST_TO_UNDO = """
    SELECT * FROM actions
    WHERE user_id = %(user_id)s AND origin = %(origin)s AND thread_id = %(thread_id)s
        AND undone_at IS NULL AND changes <> '[]' AND NOT result ? 'undoes'
    ORDER BY position DESC
    LIMIT 1
    FOR UPDATE
"""
# Undoing an undo makes the action under it stand again.
MARK_UNDONE = """
    UPDATE actions SET undone_at = CASE WHEN id = %(id)s THEN %(at)s::timestamptz END
    WHERE user_id = %(user_id)s AND id = ANY(%(ids)s)
"""
LOCK = "SELECT * FROM {table} WHERE user_id = %(user_id)s AND id = ANY(%(ids)s) ORDER BY id FOR UPDATE"
LOCK_ENTRIES = """
    SELECT * FROM entries
    WHERE user_id = %(user_id)s AND (
        habit_id = ANY(%(habits)s)
        OR (habit_id, date) IN (SELECT * FROM unnest(%(habit_ids)s::uuid[], %(dates)s::date[]))
    )
    ORDER BY id
    FOR UPDATE
"""
DELETE = "DELETE FROM {table} WHERE user_id = %(user_id)s AND id = ANY(%(ids)s)"
UPSERT = """
    INSERT INTO {table} (user_id, {columns})
    SELECT user_id, {columns} FROM jsonb_populate_recordset(NULL::{table}, %(rows)s)
    ON CONFLICT (user_id, id) DO UPDATE SET {assignments}
"""


@dataclass(frozen=True)
class Decision:
    """What shall happen: (before, after) of each object, None before it exists or after it is deleted."""

    summary: str
    changes: tuple[tuple[object | None, object | None], ...]
    items: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Held:
    """What is locked for deciding; what does not exist is absent."""

    tasks: dict[UUID, Task] = field(default_factory=dict)
    notes: dict[UUID, Note] = field(default_factory=dict)
    habits: dict[UUID, Habit] = field(default_factory=dict)
    entries: dict[tuple[UUID, date], Entry] = field(default_factory=dict)
    memories: dict[UUID, Memory] = field(default_factory=dict)

    def has(self, thing: object) -> bool:
        """True where this very version is locked."""
        match thing:
            case Task():
                return self.tasks.get(thing.id) == thing
            case Note():
                return self.notes.get(thing.id) == thing
            case Habit():
                return self.habits.get(thing.id) == thing
            case Entry():
                return self.entries.get((thing.habit_id, thing.date)) == thing
            case Memory():
                return self.memories.get(thing.id) == thing
        return False


class Ledger(Store):
    """Acts, takes back, tells."""

    async def act(
        self,
        call: Call,
        decide: Callable[[Held], Decision],
        *,
        at: datetime,
        tasks: Sequence[UUID] = (),
        notes: Sequence[UUID] = (),
        habits: Sequence[UUID] = (),
        memories: Sequence[UUID] = (),
        entries: Sequence[tuple[UUID, date]] = (),
        entries_of: Sequence[UUID] = (),
    ) -> Action:
        """Lock what is named, let `decide` say what becomes of it, write and record it; the same call acts once.

        Habits whose entries are named are locked and held too. A deleted habit takes its entries with it.
        What `decide` raises leaves everything as it was; a decision without changes is recorded like any other.
        """
        with_habits = (*habits, *entries_of, *(habit_id for habit_id, _ in entries))
        named: dict[Kind, Sequence[UUID]] = {"task": tasks, "note": notes, "habit": with_habits, "memory": memories}
        async with self._transaction() as pipeline:
            pipeline.execute(WAIT_FOR_TWIN, self._key(call))
            recorded = pipeline.execute(RECORDED, self._key(call))
            locked = {kind: self._lock(pipeline, SHAPES[kind], ids) for kind, ids in named.items() if ids}
            if entries or entries_of:
                locked["entry"] = self._lock_entries(pipeline, entries=entries, entries_of=entries_of)
            if (row := await recorded.fetchone()) is not None:
                return action_of(row)
            held = _held({kind: await answer.fetchall() for kind, answer in locked.items()})
            decision = decide(held)
            changes = _changes(decision, held)
            changes += await self._orphans(pipeline, changes)
            return self._write(pipeline, call, decision.summary, changes, decision.items, at=at)

    async def undo(self, call: Call, action_id: UUID | None, *, at: datetime, leaving_changed: bool = False) -> Action:
        """Put back what an action changed (None: the latest one of this thread not undone); an action of its own.

        Raises `NotFound`, or `Conflict` where it is undone already or something it touched has changed since; with
        `leaving_changed` that stays as it is, and its item says so.
        """
        async with self._transaction() as pipeline:
            pipeline.execute(WAIT_FOR_TWIN, self._key(call))
            recorded = pipeline.execute(RECORDED, self._key(call))
            which = pipeline.execute(
                LATEST_TO_UNDO if action_id is None else TO_UNDO,
                {"user_id": self._user_id, "id": action_id, "origin": call.origin, "thread_id": call.thread_id},
            )
            if (row := await recorded.fetchone()) is not None:
                return action_of(row)
            undone = _undoable(await which.fetchone())
            reverse = [Change(kind=c.kind, id=c.id, before=c.after, after=c.before) for c in undone.changes]
            touched = await self._touched(pipeline, reverse)
            if touched and not leaving_changed:
                raise Conflict(next(iter(touched.values())))
            again = undone.result.get("undoes")
            ids = [undone.id] + ([UUID(again)] if again else [])
            pipeline.execute(MARK_UNDONE, {"user_id": self._user_id, "id": undone.id, "ids": ids, "at": at})
            items = [
                {"ok": change.id not in touched, "id": str(change.id), "kind": change.kind}
                | ({"error": touched[change.id]} if change.id in touched else {})
                for change in reverse
            ]
            reverse = [change for change in reverse if change.id not in touched]
            summary = f"Undone: {undone.summary}"
            return self._write(pipeline, call, summary, reverse, items, at=at, more={"undoes": str(undone.id)})

    async def actions(self, *, limit: int = 50, cursor: str | None = None) -> Page[Action]:
        """What was changed, latest first."""
        place = decode(cursor, number)
        rows = await self._rows(LATEST, {"limit": checked_limit(limit) + 1, "before": place[0] if place else None})
        return page(rows, limit, item=action_of, place=lambda row: (row["position"],))

    async def action(self, id: UUID) -> Action:
        """One of them; raises `NotFound`."""
        row = await self._row(BY_ID, {"id": id})
        if row is None:
            raise NotFound("There is no such action among yours.")
        return action_of(row)

    async def standing(self, ids: Sequence[UUID]) -> list[UUID]:
        """Those of these actions that are not undone, the latest first."""
        return [row["id"] for row in await self._rows(STANDING, {"ids": list(ids)})]

    async def recorded(self, thread_id: str, message_id: str, tool_call_id: str) -> Action | None:
        """What a call of the agent's has done; None where it has not acted."""
        key = {"thread_id": thread_id, "message_id": message_id, "tool_call_id": tool_call_id}
        row = await self._row(RECORDED, key)
        return action_of(row) if row else None

    def _key(self, call: Call) -> dict[str, Any]:
        return {
            "user_id": self._user_id,
            "thread_id": call.thread_id,
            "message_id": call.message_id,
            "tool_call_id": call.tool_call_id,
        }

    def _lock(self, pipeline: Pipeline, shape: Shape, ids: Sequence[UUID]) -> Answer:
        statement = LOCK.format(table=shape.table)
        return pipeline.execute(statement, {"user_id": self._user_id, "ids": list(ids)})

    def _lock_entries(
        self, pipeline: Pipeline, *, entries: Sequence[tuple[UUID, date]] = (), entries_of: Sequence[UUID] = ()
    ) -> Answer:
        return pipeline.execute(
            LOCK_ENTRIES,
            {
                "user_id": self._user_id,
                "habits": list(entries_of),
                "habit_ids": [habit_id for habit_id, _ in entries],
                "dates": [day for _, day in entries],
            },
        )

    async def _orphans(self, pipeline: Pipeline, changes: Sequence[Change]) -> list[Change]:
        """The entries of habits that these changes delete, where they are not among them."""
        gone = [change.id for change in changes if change.kind == "habit" and change.after is None]
        if not gone:
            return []
        known = {change.id for change in changes}
        rows = await self._lock_entries(pipeline, entries_of=gone).fetchall()
        left = [SHAPES["entry"].of_row(row) for row in rows if row["id"] not in known]
        return [Change(kind="entry", id=entry.id, before=as_json(entry), after=None) for entry in left]

    async def _touched(self, pipeline: Pipeline, reverse: Sequence[Change]) -> dict[UUID, str]:
        """Lock what an undo will change; what is not as the action left it, each by its id with a sentence."""
        kinds = {kind: [change.id for change in reverse if change.kind == kind] for kind in SHAPES}
        locked = {kind: self._lock(pipeline, SHAPES[kind], ids) for kind, ids in kinds.items() if ids}
        found = {row["id"]: row["version"] for answer in locked.values() for row in await answer.fetchall()}
        touched = {
            change.id: f"{_named(change)} was changed after that; undo the later change first."
            for change in reverse
            if found.get(change.id) != (change.before and change.before["version"])
        }
        rest = {str(change.id): change for change in reverse if change.id not in touched}
        for orphan in await self._orphans(pipeline, list(rest.values())):
            habit = rest[(orphan.before or {})["habit_id"]]
            touched[habit.id] = f"{_named(habit)} was logged after that; undo the later change first."
        return touched

    def _write(
        self,
        pipeline: Pipeline,
        call: Call,
        summary: str,
        changes: Sequence[Change],
        items: Sequence[Mapping[str, Any]],
        *,
        at: datetime,
        more: Mapping[str, Any] | None = None,
    ) -> Action:
        self._apply(pipeline, changes)
        self._refresh_passages(pipeline, changes)
        action_id = uuid4()
        # A repeated call reads its answer from the row, hence the first answer is what the row will say.
        result = json.loads(_dumps({"summary": summary, "action_id": action_id, "items": items, **(more or {})}))
        action = Action(id=action_id, call=call, summary=summary, changes=tuple(changes), result=result, created_at=at)
        pipeline.execute(RECORD, self._key(call) | _as_row(action))
        return action

    def _apply(self, pipeline: Pipeline, changes: Sequence[Change]) -> None:
        for shape in reversed(SHAPES.values()):
            if gone := [change.id for change in changes if change.kind == shape.kind and change.after is None]:
                statement = DELETE.format(table=shape.table)
                pipeline.execute(statement, {"user_id": self._user_id, "ids": gone})
        for shape in SHAPES.values():
            kept = [change.after for change in changes if change.kind == shape.kind and change.after is not None]
            if kept:
                rows = [{**row, "user_id": str(self._user_id)} for row in kept]
                pipeline.execute(_upsert(shape), {"rows": Jsonb(rows)})

    def _refresh_passages(self, pipeline: Pipeline, changes: Sequence[Change]) -> None:
        if not changes:
            return
        things = [SHAPES[change.kind].of_json(change.after) for change in changes if change.after is not None]
        rows = [passage.as_row(self._user_id) for thing in things for passage in passages_of(thing)]
        wanted = {
            "user_id": self._user_id, "rows": Jsonb(rows), "kept": [UUID(row["id"]) for row in rows],
            "sources": [change.id for change in changes], "habits": _renamed(changes),
            "entries": [change.id for change in changes if change.kind == "entry"],
        }  # fmt: skip
        pipeline.execute(FORGET, wanted)
        if rows:
            pipeline.execute(KEEP, wanted)
        if wanted["habits"]:
            pipeline.execute(FORGET_ENTRIES, wanted)
        if wanted["habits"] or wanted["entries"]:
            pipeline.execute(KEEP_ENTRIES, wanted)
        if things:
            pipeline.execute(EMBED_SOON, wanted)


def _renamed(changes: Sequence[Change]) -> list[UUID]:
    """The habits among them that have another name now."""
    return [
        change.id
        for change in changes
        if change.kind == "habit" and change.before and change.after and change.before["name"] != change.after["name"]
    ]


def action_of(row: Mapping[str, Any]) -> Action:
    """The action of a row."""
    return Action(
        id=row["id"],
        call=Call(
            thread_id=row["thread_id"],
            message_id=row["message_id"],
            tool_call_id=row["tool_call_id"],
            run_id=row["run_id"],
            origin=row["origin"],
            tool=row["tool"],
            arguments=row["arguments"],
        ),
        summary=row["summary"],
        changes=tuple(
            Change(kind=change["kind"], id=UUID(change["id"]), before=change["before"], after=change["after"])
            for change in row["changes"]
        ),
        result=row["result"],
        created_at=row["created_at"],
        undone_at=row["undone_at"],
    )


def _as_row(action: Action) -> dict[str, Any]:
    return {
        "id": action.id,
        "run_id": action.call.run_id,
        "origin": action.call.origin,
        "tool": action.call.tool,
        "arguments": Jsonb(action.call.arguments, dumps=_dumps),
        "summary": action.summary,
        "changes": Jsonb([vars(change) for change in action.changes], dumps=_dumps),
        "result": Jsonb(action.result),
        "created_at": action.created_at,
    }


def _held(rows: Mapping[Kind, Sequence[DictRow]]) -> Held:
    things = {kind: [SHAPES[kind].of_row(row) for row in rows.get(kind, ())] for kind in SHAPES}
    return Held(
        tasks={task.id: task for task in things["task"]},
        notes={note.id: note for note in things["note"]},
        habits={habit.id: habit for habit in things["habit"]},
        entries={(entry.habit_id, entry.date): entry for entry in things["entry"]},
        memories={memory.id: memory for memory in things["memory"]},
    )


def _changes(decision: Decision, held: Held) -> list[Change]:
    return [_change(before, after, held) for before, after in decision.changes if before != after]


def _change(before: object | None, after: object | None, held: Held) -> Change:
    if before is not None and not held.has(before):
        raise Conflict
    row_before = None if before is None else as_json(before)
    row_after = None if after is None else as_json(after)
    kind = kind_of(after if before is None else before)
    return Change(kind=kind, id=UUID((row_after or row_before or {})["id"]), before=row_before, after=row_after)


def _undoable(row: Mapping[str, Any] | None) -> Action:
    if row is None:
        raise NotFound("There is nothing to undo.")
    action = action_of(row)
    if action.undone_at is not None:
        raise Conflict(f"That was undone already: {action.summary}")
    return action


def _named(change: Change) -> str:
    row = change.before or change.after or {}
    name = row[SHAPES[change.kind].name] or title_of(row.get("body", ""))
    return f"{change.kind.capitalize()} {name!r}"


def _upsert(shape: Shape) -> str:
    columns = ", ".join(shape.columns)
    assignments = ", ".join(f"{column} = excluded.{column}" for column in shape.columns if column != "id")
    return UPSERT.format(table=shape.table, columns=columns, assignments=assignments)


_dumps = partial(json.dumps, default=str)
