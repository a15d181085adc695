"""Where tasks are kept; the ledger writes them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Literal
from uuid import UUID

from domain.errors import Invalid, NotFound
from domain.tasks import Task
from storage.pages import Page, checked_limit, decode, like, number, page
from storage.rows import task_of
from storage.store import Store

Which = Literal["open", "done", "all"]

BY_ID = "SELECT * FROM tasks WHERE user_id = %(user_id)s AND id = %(id)s"
BY_IDS = "SELECT * FROM tasks WHERE user_id = %(user_id)s AND id = ANY(%(ids)s)"
LIST = """
    SELECT * FROM tasks
    WHERE user_id = %(user_id)s
        AND (%(status)s = 'all' OR (done_at IS NULL) = (%(status)s = 'open'))
        AND (%(due_from)s::date IS NULL OR due_date >= %(due_from)s)
        AND (%(due_to)s::date IS NULL OR due_date <= %(due_to)s)
        AND (%(tag)s::text IS NULL OR lower(%(tag)s) IN (SELECT lower(tag) FROM unnest(tags) AS tag))
        AND (%(project)s::text IS NULL OR lower(project) = lower(%(project)s))
        AND (%(words)s::text IS NULL OR title ILIKE %(words)s OR body ILIKE %(words)s)
        AND (%(place)s::boolean IS NULL OR (
            coalesce(due_date, '9999-12-31'), coalesce(due_time, '23:59:59.999999'), coalesce(priority, 9),
            created_at, id
        ) > (%(day)s::date, %(time)s::time, %(priority)s::int, %(created_at)s::timestamptz, %(id)s::uuid))
    ORDER BY
        coalesce(due_date, '9999-12-31'), coalesce(due_time, '23:59:59.999999'), coalesce(priority, 9), created_at, id
    LIMIT %(limit)s
"""
CANDIDATES = """
    (
        SELECT * FROM tasks WHERE user_id = %(user_id)s AND done_at IS NULL
        ORDER BY updated_at DESC LIMIT %(limit)s
    ) UNION ALL (
        SELECT * FROM tasks WHERE user_id = %(user_id)s AND done_at IS NOT NULL
        ORDER BY done_at DESC LIMIT 20
    )
"""


class Tasks(Store):
    """Reads them."""

    async def get(self, id: UUID) -> Task:
        """Raises `NotFound`."""
        row = await self._row(BY_ID, {"id": id})
        if row is None:
            raise NotFound("There is no such task among yours.")
        return task_of(row)

    async def get_many(self, ids: Sequence[UUID]) -> Sequence[Task]:
        """Those that exist, in no order."""
        return [task_of(row) for row in await self._rows(BY_IDS, {"ids": list(ids)})]

    async def list(
        self,
        *,
        status: Which = "open",
        due_from: date | None = None,
        due_to: date | None = None,
        tag: str | None = None,
        project: str | None = None,
        query: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Task]:
        """By due (those without last), then priority, then age; both days are included."""
        if status not in ("open", "done", "all"):
            raise Invalid("status", f"{status!r} is not 'open', 'done' or 'all'.")
        place = decode(cursor, date.fromisoformat, time.fromisoformat, number, datetime.fromisoformat, UUID)
        wanted: dict[str, Any] = {
            "status": status, "due_from": due_from, "due_to": due_to, "tag": tag, "project": project,
            "words": like(query), "limit": checked_limit(limit) + 1, "place": True if place else None,
            **dict(zip(("day", "time", "priority", "created_at", "id"), place or [None] * 5, strict=True)),
        }  # fmt: skip
        return page(await self._rows(LIST, wanted), limit, item=task_of, place=_place)

    async def candidates(self, limit: int = 500) -> Sequence[Task]:
        """What the person may be speaking of: open tasks, latest touched first, and the 20 done last."""
        return [task_of(row) for row in await self._rows(CANDIDATES, {"limit": limit})]


def _place(row: Mapping[str, Any]) -> tuple[object, ...]:
    priority = 9 if row["priority"] is None else row["priority"]
    created_at = row["created_at"].astimezone(UTC).isoformat()
    return (row["due_date"] or date.max, row["due_time"] or time.max, priority, created_at, row["id"])
