"""Where answers of models to work behind the scenes are kept, so that the same question is not paid for twice."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.store import Store

LASTS = timedelta(days=30)
GET = """
    SELECT text, answered_by FROM kept_answers
    WHERE user_id = %(user_id)s AND hash = %(hash)s AND created_at >= %(since)s
"""
KEEP = """
    INSERT INTO kept_answers (user_id, hash, text, answered_by, created_at)
    VALUES (%(user_id)s, %(hash)s, %(text)s, %(answered_by)s, %(at)s)
    ON CONFLICT (user_id, hash) DO UPDATE SET
        text = excluded.text, answered_by = excluded.answered_by, created_at = excluded.created_at
"""


@dataclass(frozen=True, kw_only=True)
class KeptAnswer:
    """What a model said, and the name by which it did."""

    text: str
    answered_by: str | None


class KeptAnswers(Store):
    """One person's; nobody else is ever answered from them."""

    async def get(self, hash: bytes, at: datetime) -> KeptAnswer | None:
        """The answer to what has this hash, unless it is older than 30 days."""
        row = await self._row(GET, {"hash": hash, "since": at - LASTS})
        return KeptAnswer(**row) if row else None

    async def keep(self, hash: bytes, answer: KeptAnswer, at: datetime) -> None:
        """In the place of the one before it."""
        await self._run(KEEP, {"hash": hash, "text": answer.text, "answered_by": answer.answered_by, "at": at})
