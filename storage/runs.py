"""Where runs are kept: their lease while they are under way, what they told, and their end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from domain.errors import NotFound
from domain.model_calls import ModelCall
from domain.runs import Answer, Approval, Run, Status
from domain.threads import Message
from storage.chunks import KEEP_SAID, rows_said
from storage.model_calls import KEEP_CALLS, rows_of_calls
from storage.store import Store
from storage.threads import APPEND, HISTORY, as_rows, message_of

HISTORY_LENGTH = 200

BY_ID = "SELECT * FROM runs WHERE user_id = %(user_id)s AND id = %(id)s"
# A vector may be paid for before the run it is for is a row: what its searches took is added up when it is asked for.
# Of two columns of one name the later one is read.
WITH_SEARCHES = """
    SELECT runs.*, runs.input_tokens + searches.tokens AS input_tokens, runs.cost + searches.cost AS cost
    FROM runs CROSS JOIN LATERAL (
        SELECT coalesce(sum(input_tokens), 0)::int AS tokens,
            CASE WHEN coalesce(every(cost IS NOT NULL), true) THEN coalesce(sum(cost), 0) END AS cost
        FROM model_calls
        WHERE user_id = runs.user_id AND run_id = runs.id AND purpose = 'embedding'
            AND started_at > runs.created_at - interval '1 minute'
    ) AS searches
    WHERE user_id = %(user_id)s AND id = %(id)s
"""
# What the run's owner writes while it runs; whoever lost the lease writes nothing. A repetition changes nothing.
RECORD = """
    WITH held AS ({held}), added AS (
        INSERT INTO messages (
            user_id, thread_id, id, parent_id, run_id, role, content, tool_calls, tool_call_id, citations, created_at
        )
        SELECT held.user_id, held.thread_id, id, parent_id, held.run_id, role, content, tool_calls, tool_call_id,
            citations, created_at
        FROM held, ROWS FROM (
            jsonb_to_recordset(%(messages)s) AS (
                id text, parent_id text, role text, content text, tool_calls jsonb, tool_call_id text, citations jsonb,
                created_at timestamptz
            )
        ) WITH ORDINALITY AS said (
            id, parent_id, role, content, tool_calls, tool_call_id, citations, created_at, ordinal
        )
        ORDER BY ordinal
        ON CONFLICT (user_id, thread_id, id) DO NOTHING
        RETURNING thread_id, id, position
    ){passages}{calls}, told AS (
        INSERT INTO run_events (user_id, run_id, first, last, event)
        SELECT held.user_id, held.run_id, first, last, event
        FROM held, jsonb_to_recordset(%(events)s) AS told (first bigint, last bigint, event jsonb)
        ON CONFLICT (user_id, run_id, last) DO NOTHING
    ){end}
    SELECT pg_notify('metacortex', 'told ' || user_id || ' ' || run_id) FROM held
"""
KEPT = """
    UPDATE leases SET until = now() + %(lease)s
    WHERE user_id = %(user_id)s AND run_id = %(id)s AND owner = %(owner)s
    RETURNING user_id, thread_id, run_id
"""
RELEASED = """
    DELETE FROM leases WHERE user_id = %(user_id)s AND run_id = %(id)s AND owner = %(owner)s
    RETURNING user_id, thread_id, run_id
"""
SETTLED = """, settled AS (
        UPDATE runs SET
            status = %(status)s, approvals = %(approvals)s, error = %(error)s,
            finished_at = CASE WHEN %(status)s <> 'paused' THEN %(at)s::timestamptz END
        FROM held WHERE runs.user_id = held.user_id AND runs.id = held.run_id
    ), touched AS (
        UPDATE threads SET updated_at = greatest(updated_at, %(at)s)
        FROM held WHERE threads.user_id = held.user_id AND threads.id = held.thread_id
    ), compacted_later AS (
        INSERT INTO jobs (user_id, kind, due_at) SELECT user_id, 'compact', now() + interval '1 day' FROM held
        ON CONFLICT (user_id, kind) DO NOTHING
    )
"""
FORGET_CHECKPOINTS = """, checkpoints_gone AS (
        DELETE FROM checkpoints WHERE thread_id = %(checkpoint)s AND EXISTS (SELECT FROM held)
    ), blobs_gone AS (
        DELETE FROM checkpoint_blobs WHERE thread_id = %(checkpoint)s AND EXISTS (SELECT FROM held)
    ), writes_gone AS (
        DELETE FROM checkpoint_writes WHERE thread_id = %(checkpoint)s AND EXISTS (SELECT FROM held)
    )
"""
TAKE_OVER = """
    WITH taken AS (
        UPDATE leases SET owner = %(owner)s, until = now() + %(lease)s
        WHERE user_id = %(user_id)s AND run_id = %(id)s AND (until < now() OR %(by_force)s)
        RETURNING run_id, cancel_asked_at
    )
    UPDATE runs SET attempts = attempts + 1 FROM taken
    WHERE user_id = %(user_id)s AND id = taken.run_id
    RETURNING runs.*, taken.cancel_asked_at
"""
ASK_CANCEL = """
    WITH asked AS (
        UPDATE leases SET cancel_asked_at = coalesce(cancel_asked_at, now())
        WHERE user_id = %(user_id)s AND run_id = %(id)s
        RETURNING user_id, run_id
    )
    SELECT pg_notify('metacortex', 'cancel ' || user_id || ' ' || run_id) FROM asked
"""
CLOSE_PAUSED = """
    UPDATE runs SET status = 'cancelled', finished_at = %(at)s
    WHERE user_id = %(user_id)s AND id = %(id)s AND status = 'paused'
    RETURNING *
"""
EVENTS = """
    SELECT first, last, event FROM run_events
    WHERE user_id = %(user_id)s AND run_id = %(id)s AND last > %(after)s
    ORDER BY last
    LIMIT %(limit)s
"""
# The turn of a run: what the person said, and all that runs said and did about it.
TURN = """
    SELECT * FROM messages
    WHERE user_id = %(user_id)s AND thread_id = %(thread_id)s AND NOT aside AND (
        id = %(message_id)s
        OR role <> 'user' AND run_id IN (
            SELECT id FROM runs
            WHERE user_id = %(user_id)s AND thread_id = %(thread_id)s AND message_id = %(message_id)s
        )
    )
    ORDER BY position
"""
UNDER_WAY = """
    SELECT runs.* FROM leases JOIN runs ON runs.user_id = leases.user_id AND runs.id = leases.run_id
    WHERE leases.user_id = %(user_id)s AND leases.thread_id = %(thread_id)s
"""
WAITING = """
    SELECT * FROM runs WHERE user_id = %(user_id)s AND thread_id = %(thread_id)s AND status = 'paused'
    ORDER BY created_at, id
"""
DONE_ASIDE = """
    SELECT summary FROM actions
    WHERE user_id = %(user_id)s AND thread_id = %(thread_id)s AND undone_at IS NULL AND changes <> '[]'
        AND message_id IN (
            SELECT id FROM messages WHERE user_id = %(user_id)s AND thread_id = %(thread_id)s AND aside
        )
    ORDER BY position DESC
    LIMIT 20
"""


class LeaseLost(Exception):
    """Another process has taken the run over, or ended it; nothing was written."""


@dataclass(frozen=True, kw_only=True)
class Lease:
    """For whom and for how long a run is kept alive."""

    owner: UUID
    lasts: timedelta


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """How a run ended; `checkpoint` is the thread of its checkpoints that are of no more use."""

    status: Status
    approvals: Sequence[Approval] = ()
    error: str | None = None
    at: datetime
    checkpoint: str | None = None


class Runs(Store):
    """Keeps them."""

    async def get(self, id: str) -> Run:
        """Raises `NotFound`."""
        return _found(await self._row(BY_ID, {"id": id}))

    async def with_searches(self, id: str) -> Run:
        """The run, what embedding for its own searches took among its tokens and cost; raises `NotFound`."""
        return _found(await self._row(WITH_SEARCHES, {"id": id}))

    async def record(
        self,
        id: str,
        lease: Lease,
        *,
        events: Sequence[Mapping[str, Any]] = (),
        messages: Sequence[Message] = (),
        calls: Sequence[ModelCall] = (),
        end: Settlement | None = None,
    ) -> None:
        """Add what was told, said and asked of models, prolong the lease, and settle the run with `end`.

        Raises `LeaseLost`.
        """
        wanted: dict[str, Any] = {
            "id": id, "owner": lease.owner, "lease": lease.lasts,
            "events": Jsonb(list(events)), "messages": Jsonb(as_rows(messages)),
            "passages": Jsonb(rows_said(messages, self._user_id)), "calls": Jsonb(rows_of_calls(calls)),
        }  # fmt: skip
        statement = _recording(bool(messages), bool(calls), bool(end), bool(end and end.checkpoint))
        if end:
            wanted |= {
                "status": end.status, "approvals": _approvals(end.approvals), "error": end.error, "at": end.at,
                "checkpoint": end.checkpoint,
            }  # fmt: skip
        if not await self._run(statement, wanted):
            raise LeaseLost

    async def take_over(self, id: str, lease: Lease, *, by_force: bool = False) -> tuple[Run, bool] | None:
        """Keep a run alive whose lease has run out (by force: any); True where somebody asked to cancel it.

        None where it is kept alive by somebody, or has ended.
        """
        row = await self._row(TAKE_OVER, {"id": id, "owner": lease.owner, "lease": lease.lasts, "by_force": by_force})
        if row is None:
            return None
        cancel_asked_at = row.pop("cancel_asked_at")
        return run_of(row), cancel_asked_at is not None

    async def ask_to_cancel(self, id: str) -> bool:
        """Ask whoever keeps the run alive to end it; False where nobody does."""
        return await self._row(ASK_CANCEL, {"id": id}) is not None

    async def close_paused(self, id: str, answers: Sequence[Message], at: datetime) -> bool:
        """End a run that waits for approvals, with these answers to its calls; False where it does not wait."""
        async with self._transaction() as pipeline:
            closed = pipeline.execute(CLOSE_PAUSED, {"user_id": self._user_id, "id": id, "at": at})
            if await closed.fetchone() is None:
                return False
            wanted = {"rows": Jsonb(as_rows(answers)), "passages": Jsonb(rows_said(answers, self._user_id))}
            pipeline.execute(APPEND, {"user_id": self._user_id, **wanted})
        return True

    async def events(self, id: str, *, after: int = 0, limit: int = 1_000) -> list[tuple[int, int, Mapping[str, Any]]]:
        """Stored events past that number, each with the numbers of its first and last piece."""
        rows = await self._rows(EVENTS, {"id": id, "after": after, "limit": limit})
        return [(row["first"], row["last"], row["event"]) for row in rows]

    async def under_way(self, thread_id: str) -> Run | None:
        """The run that holds the thread."""
        row = await self._row(UNDER_WAY, {"thread_id": thread_id})
        return run_of(row) if row else None

    async def waiting(self, thread_id: str) -> Sequence[Run]:
        """The thread's runs that wait for approvals, oldest first."""
        return [run_of(row) for row in await self._rows(WAITING, {"thread_id": thread_id})]

    async def turn(self, run: Run) -> tuple[tuple[Message, ...], tuple[Message, ...]]:
        """The messages of the run's turn, and those of the conversation apart from it."""
        wanted = {"user_id": self._user_id, "thread_id": run.thread_id, "message_id": run.message_id}
        async with self._transaction() as pipeline:
            turn = pipeline.execute(TURN, wanted)
            history = pipeline.execute(HISTORY, wanted | {"limit": HISTORY_LENGTH})
            said = tuple(message_of(row) for row in await turn.fetchall())
            own = {message.id for message in said}
            rest = tuple(message_of(row) for row in await history.fetchall() if row["id"] not in own)
        return said, rest

    async def done_aside(self, thread_id: str) -> tuple[str, ...]:
        """What was done in parts of the conversation that others replaced, and stays done."""
        return tuple(row["summary"] for row in await self._rows(DONE_ASIDE, {"thread_id": thread_id}))


@cache
def _recording(says: bool, asked: bool, ends: bool, forgets: bool) -> str:
    return RECORD.format(
        held=RELEASED if ends else KEPT,
        passages=KEEP_SAID if says else "",
        calls=KEEP_CALLS if asked else "",
        end=(SETTLED if ends else "") + (FORGET_CHECKPOINTS if forgets else ""),
    )


def _found(row: Mapping[str, Any] | None) -> Run:
    if row is None:
        raise NotFound("There is no such run among yours.")
    return run_of(row)


def run_of(row: Mapping[str, Any]) -> Run:
    """The run of a row."""
    approvals = tuple(
        Approval(**{**approval, "expires_at": datetime.fromisoformat(approval["expires_at"])})
        for approval in row["approvals"]
    )
    answers = tuple(Answer(**answer) for answer in row["answers"])
    fields = {name: value for name, value in row.items() if name != "user_id"}
    return Run(**fields | {"approvals": approvals, "answers": answers})


def _approvals(approvals: Sequence[Approval]) -> Jsonb:
    return Jsonb(
        [
            {**vars(approval), "arguments": dict(approval.arguments), "expires_at": approval.expires_at.isoformat()}
            for approval in approvals
        ]
    )
