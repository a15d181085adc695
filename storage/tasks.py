"""Where tasks are kept; the ledger writes them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
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
MATCHING = """
    SELECT * FROM tasks
    WHERE user_id = %(user_id)s
        AND (%(status)s = 'all' OR (done_at IS NULL) = (%(status)s = 'open'))
        AND (%(due_from)s::date IS NULL OR due_date >= %(due_from)s)
        AND (%(due_to)s::date IS NULL OR due_date <= %(due_to)s)
        AND (%(tag)s::text IS NULL OR lower(%(tag)s) IN (SELECT lower(tag) FROM unnest(tags) AS tag))
        AND (%(project)s::text IS NULL OR lower(project) = lower(%(project)s))
        AND (%(priority)s::int IS NULL OR priority = %(priority)s)
        AND (%(done_from)s::timestamptz IS NULL OR done_at >= %(done_from)s)
        AND (%(done_before)s::timestamptz IS NULL OR done_at < %(done_before)s)
        AND (%(created_from)s::timestamptz IS NULL OR created_at >= %(created_from)s)
        AND (%(created_before)s::timestamptz IS NULL OR created_at < %(created_before)s)
        AND (%(words)s::text IS NULL OR title ILIKE %(words)s OR body ILIKE %(words)s)
"""
BY_DUE = """
    ORDER BY
        coalesce(due_date, '9999-12-31'), coalesce(due_time, '23:59:59.999999'), coalesce(priority, 9), created_at, id
    LIMIT %(limit)s
"""
FROM_PLACE = """
    AND (%(place)s::boolean IS NULL OR (
        coalesce(due_date, '9999-12-31'), coalesce(due_time, '23:59:59.999999'), coalesce(priority, 9), created_at, id
    ) > (%(day)s::date, %(time)s::time, %(place_priority)s::int, %(created_at)s::timestamptz, %(id)s::uuid))
"""
LIST = MATCHING + FROM_PLACE + BY_DUE
ALL_MATCHING = MATCHING + BY_DUE
CANDIDATES = """
    (
        SELECT * FROM tasks WHERE user_id = %(user_id)s AND done_at IS NULL
        ORDER BY updated_at DESC LIMIT %(limit)s
    ) UNION ALL (
        SELECT * FROM tasks WHERE user_id = %(user_id)s AND done_at IS NOT NULL
        ORDER BY done_at DESC LIMIT 20
    )
"""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which tasks: both days of a due are included, an instant `…_before` is not, `words` are a pattern of ILIKE.

    Raises `Invalid` for a status that is none and for a range that ends before it begins.
    """

    status: Which = "open"
    due_from: date | None = None
    due_to: date | None = None
    tag: str | None = None
    project: str | None = None
    words: str | None = None
    priority: int | None = None
    done_from: datetime | None = None
    done_before: datetime | None = None
    created_from: datetime | None = None
    created_before: datetime | None = None

    def __post_init__(self) -> None:
        if self.status not in ("open", "done", "all"):
            raise Invalid("status", f"{self.status!r} is not 'open', 'done' or 'all'.")
        if self.due_from and self.due_to and self.due_from > self.due_to:
            raise Invalid("due_from", f"{self.due_from} is after due_to, {self.due_to}; exchange them.")


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
        wanted = Wanted(status=status, due_from=due_from, due_to=due_to, tag=tag, project=project, words=like(query))
        place = decode(cursor, date.fromisoformat, time.fromisoformat, number, datetime.fromisoformat, UUID)
        names = ("day", "time", "place_priority", "created_at", "id")
        placed = {"place": True if place else None, **dict(zip(names, place or [None] * 5, strict=True))}
        rows = await self._rows(LIST, {**asdict(wanted), **placed, "limit": checked_limit(limit) + 1})
        return page(rows, limit, item=task_of, place=_place)

    async def matching(self, wanted: Wanted, *, most: int) -> Sequence[Task]:
        """All of them in the order of `list`, but not more than `most`."""
        return [task_of(row) for row in await self._rows(ALL_MATCHING, {**asdict(wanted), "limit": most})]

    async def candidates(self, limit: int = 500) -> Sequence[Task]:
        """What the person may be speaking of: open tasks, latest touched first, and the 20 done last."""
        return [task_of(row) for row in await self._rows(CANDIDATES, {"limit": limit})]


def _place(row: Mapping[str, Any]) -> tuple[object, ...]:
    priority = 9 if row["priority"] is None else row["priority"]
    created_at = row["created_at"].astimezone(UTC).isoformat()
    return (row["due_date"] or date.max, row["due_time"] or time.max, priority, created_at, row["id"])
