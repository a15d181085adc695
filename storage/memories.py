"""Where memories are kept; the ledger writes them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.errors import NotFound
from domain.memories import Memory, State
from storage.pages import Page, checked_limit, decode, moment_and_id, page
from storage.rows import memory_of
from storage.store import Store

BY_ID = "SELECT * FROM memories WHERE user_id = %(user_id)s AND id = %(id)s"
OF_STATE = """
    SELECT * FROM memories
    WHERE user_id = %(user_id)s AND (%(state)s::text IS NULL OR %(state)s = CASE
        WHEN valid_until IS NOT NULL THEN 'past' WHEN proposed_by IS NOT NULL THEN 'proposed' ELSE 'kept'
    END)
"""
LATEST_FIRST = """
    ORDER BY created_at DESC, id DESC
    LIMIT %(limit)s
"""
FROM_PLACE = """
    AND (%(place)s::boolean IS NULL OR (created_at, id) < (%(created_at)s::timestamptz, %(id)s::uuid))
"""
LIST = OF_STATE + FROM_PLACE + LATEST_FIRST
STANDING = """
    SELECT * FROM memories WHERE user_id = %(user_id)s AND valid_until IS NULL
    ORDER BY created_at DESC, id DESC LIMIT %(limit)s
"""
MOST = 5_000


class Memories(Store):
    """Reads them."""

    async def get(self, id: UUID) -> Memory:
        """Raises `NotFound`."""
        row = await self._row(BY_ID, {"id": id})
        if row is None:
            raise NotFound("There is no such memory among yours.")
        return memory_of(row)

    async def list(self, *, state: State | None = None, limit: int = 50, cursor: str | None = None) -> Page[Memory]:
        """Latest first; of every state where none is given."""
        place = decode(cursor, datetime.fromisoformat, UUID) or [None, None]
        wanted = {
            "state": state, "limit": checked_limit(limit) + 1,
            "place": True if place[1] else None, "created_at": place[0], "id": place[1],
        }  # fmt: skip
        rows = await self._rows(LIST, wanted)
        return page(rows, limit, item=memory_of, place=lambda row: moment_and_id(row, "created_at"))

    async def standing(self) -> Sequence[Memory]:
        """All that hold, kept or proposed, latest first, at most 5,000: what a new one is compared with."""
        return [memory_of(row) for row in await self._rows(STANDING, {"limit": MOST})]
