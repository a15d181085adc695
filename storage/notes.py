"""Where notes are kept; the ledger writes them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.errors import NotFound
from domain.notes import Note
from storage.pages import Page, checked_limit, decode, like, moment_and_id, page
from storage.rows import note_of
from storage.store import Store

BY_ID = "SELECT * FROM notes WHERE user_id = %(user_id)s AND id = %(id)s"
BY_IDS = "SELECT * FROM notes WHERE user_id = %(user_id)s AND id = ANY(%(ids)s)"
LIST = """
    SELECT * FROM notes
    WHERE user_id = %(user_id)s
        AND (%(tag)s::text IS NULL OR lower(%(tag)s) IN (SELECT lower(tag) FROM unnest(tags) AS tag))
        AND (%(words)s::text IS NULL OR title ILIKE %(words)s OR body ILIKE %(words)s)
        AND (%(since)s::timestamptz IS NULL OR updated_at >= %(since)s)
        AND (%(until)s::timestamptz IS NULL OR created_at < %(until)s)
        AND (%(place)s::boolean IS NULL OR (updated_at, id) < (%(updated_at)s::timestamptz, %(id)s::uuid))
    ORDER BY updated_at DESC, id DESC
    LIMIT %(limit)s
"""
CANDIDATES = "SELECT * FROM notes WHERE user_id = %(user_id)s ORDER BY updated_at DESC LIMIT %(limit)s"


class Notes(Store):
    """Reads them."""

    async def get(self, id: UUID) -> Note:
        """Raises `NotFound`."""
        row = await self._row(BY_ID, {"id": id})
        if row is None:
            raise NotFound("There is no such note among yours.")
        return note_of(row)

    async def get_many(self, ids: Sequence[UUID]) -> Sequence[Note]:
        """Those that exist, in no order."""
        return [note_of(row) for row in await self._rows(BY_IDS, {"ids": list(ids)})]

    async def list(
        self,
        *,
        tag: str | None = None,
        query: str | None = None,
        since: date | datetime | None = None,
        until: date | datetime | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Note]:
        """Latest edited first; those that were written or edited from `since` and begun before `until` (excluded).

        A plain date stands for its first moment in UTC.
        """
        place = decode(cursor, datetime.fromisoformat, UUID)
        wanted: dict[str, Any] = {
            "tag": tag, "words": like(query), "since": since, "until": until, "limit": checked_limit(limit) + 1,
            "place": True if place else None, **dict(zip(("updated_at", "id"), place or [None] * 2, strict=True)),
        }  # fmt: skip
        rows = await self._rows(LIST, wanted)
        return page(rows, limit, item=note_of, place=lambda row: moment_and_id(row, "updated_at"))

    async def candidates(self, limit: int = 500) -> Sequence[Note]:
        """What the person may be speaking of, latest edited first."""
        return [note_of(row) for row in await self._rows(CANDIDATES, {"limit": limit})]
