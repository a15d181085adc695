"""Where habits and their entries are kept; the ledger writes them."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from domain.errors import NotFound
from domain.habits import Entry, Habit
from storage.pages import Page, checked_limit, decode, moment_and_id, page
from storage.rows import entry_of, habit_of
from storage.store import Store

BY_ID = "SELECT * FROM habits WHERE user_id = %(user_id)s AND id = %(id)s"
BY_IDS = "SELECT * FROM habits WHERE user_id = %(user_id)s AND id = ANY(%(ids)s)"
LIST = """
    SELECT * FROM habits
    WHERE user_id = %(user_id)s
        AND (%(archived)s OR archived_at IS NULL)
        AND (%(place)s::boolean IS NULL OR (created_at, id) > (%(created_at)s::timestamptz, %(id)s::uuid))
    ORDER BY created_at, id
    LIMIT %(limit)s
"""
ENTRIES = """
    SELECT * FROM entries
    WHERE user_id = %(user_id)s AND habit_id = ANY(%(ids)s) AND (%(since)s::date IS NULL OR date >= %(since)s)
    ORDER BY date
"""


class Habits(Store):
    """Reads them."""

    async def get(self, id: UUID) -> Habit:
        """Raises `NotFound`."""
        row = await self._row(BY_ID, {"id": id})
        if row is None:
            raise NotFound("There is no such habit among yours.")
        return habit_of(row)

    async def get_many(self, ids: Sequence[UUID]) -> Sequence[Habit]:
        """Those that exist, in no order."""
        return [habit_of(row) for row in await self._rows(BY_IDS, {"ids": list(ids)})]

    async def list(self, *, archived: bool = False, limit: int = 50, cursor: str | None = None) -> Page[Habit]:
        """Oldest first; with `archived` those too."""
        place = decode(cursor, datetime.fromisoformat, UUID) or [None, None]
        wanted = {
            "archived": archived, "limit": checked_limit(limit) + 1,
            "place": True if place[1] else None, "created_at": place[0], "id": place[1],
        }  # fmt: skip
        rows = await self._rows(LIST, wanted)
        return page(rows, limit, item=habit_of, place=lambda row: moment_and_id(row, "created_at"))

    async def entries(self, habit_id: UUID, *, since: date | None = None) -> dict[date, Entry]:
        """What was logged, by day."""
        return (await self.entries_of_many([habit_id], since))[habit_id]

    async def entries_of_many(self, ids: Sequence[UUID], since: date | None = None) -> dict[UUID, dict[date, Entry]]:
        """The same for several habits at once; each id has its place, also where nothing was logged."""
        days: dict[UUID, dict[date, Entry]] = {id: {} for id in ids}
        for row in await self._rows(ENTRIES, {"ids": list(ids), "since": since}):
            days[row["habit_id"]][row["date"]] = entry_of(row)
        return days
