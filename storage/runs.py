"""Where runs are kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from domain.errors import Conflict, NotFound
from domain.runs import Approval, Run, Status
from storage.store import Store

ENSURE_THREAD = """
    INSERT INTO threads (user_id, id, created_at, updated_at)
    VALUES (%(user_id)s, %(thread_id)s, %(created_at)s, %(created_at)s)
    ON CONFLICT (user_id, id) DO NOTHING
"""
# The update changes nothing: it makes RETURNING give the row that was there first.
START = """
    INSERT INTO runs (user_id, id, thread_id, root_id, status, model, approvals, error, created_at, finished_at)
    VALUES (
        %(user_id)s, %(id)s, %(thread_id)s, %(root_id)s, %(status)s, %(model)s, %(approvals)s, %(error)s,
        %(created_at)s, %(finished_at)s
    )
    ON CONFLICT (user_id, id) DO UPDATE SET id = excluded.id
    RETURNING *
"""
BY_ID = "SELECT * FROM runs WHERE user_id = %(user_id)s AND id = %(id)s"
SETTLE = """
    UPDATE runs SET
        status = %(status)s, approvals = %(approvals)s, error = %(error)s,
        finished_at = CASE WHEN %(status)s IN ('running', 'paused') THEN NULL ELSE %(at)s::timestamptz END
    WHERE user_id = %(user_id)s AND id = %(id)s
    RETURNING id
"""
WAITING = """
    SELECT * FROM runs
    WHERE user_id = %(user_id)s AND thread_id = %(thread_id)s AND status = 'paused'
        AND EXISTS (SELECT FROM jsonb_array_elements(approvals) AS approval WHERE approval ->> 'id' = ANY(%(ids)s))
    ORDER BY created_at DESC
    LIMIT 1
"""


class Runs(Store):
    """Keeps them."""

    async def start(self, run: Run) -> Run:
        """This run, or the one that had its id first; raises `Conflict` where that one is another thread's."""
        row = {**vars(run), "approvals": _approvals(run.approvals), "user_id": self._user_id}
        async with self._transaction() as connection:
            await connection.execute(ENSURE_THREAD, row)
            kept = await (await connection.execute(START, row)).fetchone()
            assert kept is not None
            if kept["thread_id"] != run.thread_id:
                raise Conflict(f"Run {run.id!r} belongs to another thread; send a new run id.")
        return _run(kept)

    async def get(self, id: str) -> Run:
        """Raises `NotFound`."""
        row = await self._row(BY_ID, {"id": id})
        if row is None:
            raise NotFound("There is no such run among yours.")
        return _run(row)

    async def settle(
        self, id: str, status: Status, *, approvals: Sequence[Approval] = (), error: str | None = None, at: datetime
    ) -> None:
        """What became of it; raises `NotFound`."""
        wanted = {"id": id, "status": status, "approvals": _approvals(approvals), "error": error, "at": at}
        if await self._row(SETTLE, wanted) is None:
            raise NotFound("There is no such run among yours.")

    async def waiting(self, approval_ids: Sequence[str], thread_id: str) -> Run | None:
        """The latest paused run of the thread that waits for one of these approvals."""
        row = await self._row(WAITING, {"thread_id": thread_id, "ids": list(approval_ids)})
        return _run(row) if row else None


def _run(row: Mapping[str, Any]) -> Run:
    approvals = tuple(
        Approval(**{**approval, "expires_at": datetime.fromisoformat(approval["expires_at"])})
        for approval in row["approvals"]
    )
    return Run(**{name: value for name, value in row.items() if name != "user_id"} | {"approvals": approvals})


def _approvals(approvals: Sequence[Approval]) -> Jsonb:
    return Jsonb(
        [
            {**vars(approval), "arguments": dict(approval.arguments), "expires_at": approval.expires_at.isoformat()}
            for approval in approvals
        ]
    )
