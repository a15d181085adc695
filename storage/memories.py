"""Where memories are kept; the ledger writes them."""

from datetime import datetime
from uuid import UUID

from domain.errors import NotFound
from domain.memories import Memory
from storage.pages import Page, checked_limit, decode, moment_and_id, page
from storage.rows import memory_of
from storage.store import Store

BY_ID = "SELECT * FROM memories WHERE user_id = %(user_id)s AND id = %(id)s"
LIST = """
    SELECT * FROM memories
    WHERE user_id = %(user_id)s
        AND (%(place)s::boolean IS NULL OR (created_at, id) < (%(created_at)s::timestamptz, %(id)s::uuid))
    ORDER BY created_at DESC, id DESC
    LIMIT %(limit)s
"""


class Memories(Store):
    """Reads them."""

    async def get(self, id: UUID) -> Memory:
        """Raises `NotFound`."""
        row = await self._row(BY_ID, {"id": id})
        if row is None:
            raise NotFound("There is no such memory among yours.")
        return memory_of(row)

    async def list(self, *, limit: int = 50, cursor: str | None = None) -> Page[Memory]:
        """Latest first."""
        place = decode(cursor, datetime.fromisoformat, UUID) or [None, None]
        wanted = {
            "limit": checked_limit(limit) + 1,
            "place": True if place[1] else None, "created_at": place[0], "id": place[1],
        }  # fmt: skip
        rows = await self._rows(LIST, wanted)
        return page(rows, limit, item=memory_of, place=lambda row: moment_and_id(row, "created_at"))
