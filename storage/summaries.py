"""Where summaries are kept until one of their notes changes; a note's change or end deletes them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from storage.store import Store

LASTS = timedelta(days=30)
GET = "SELECT digest FROM summaries WHERE user_id = %(user_id)s AND asked = %(asked)s AND content = %(content)s"
KEEP = """
    INSERT INTO summaries (user_id, asked, content, notes, digest, made_at)
    VALUES (%(user_id)s, %(asked)s, %(content)s, %(notes)s, %(digest)s, %(at)s)
    ON CONFLICT (user_id, asked) DO UPDATE
    SET content = excluded.content, notes = excluded.notes, digest = excluded.digest, made_at = excluded.made_at
"""
LET_GO = "DELETE FROM summaries WHERE user_id = %(user_id)s AND made_at < %(old)s"


class Summaries(Store):
    """One for each thing that is asked, named by `asked`; `content` names what the notes said then."""

    async def get(self, asked: str, content: str) -> Mapping[str, Any] | None:
        """What was kept, where the notes still say the same."""
        row = await self._row(GET, {"asked": asked, "content": content})
        return None if row is None else dict(row["digest"])

    async def keep(
        self, asked: str, content: str, *, notes: Sequence[UUID], digest: Mapping[str, Any], at: datetime
    ) -> None:
        """In the place of the one before it; those older than 30 days are let go."""
        kept = {"asked": asked, "content": content, "notes": list(notes), "digest": Jsonb(digest), "at": at}
        await self._together((KEEP, kept), (LET_GO, {"old": at - LASTS}))
