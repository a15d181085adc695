"""Where it is kept what waits to be done behind the scenes: for whom, of what kind, and from when on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from storage.postgres import Pool
from storage.store import asked

CLAIM = """
    UPDATE jobs SET due_at = clock_timestamp() + %(lease)s
    WHERE (user_id, kind) = (
        SELECT user_id, kind FROM jobs WHERE kind = %(kind)s AND due_at <= now()
        ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING user_id, kind, due_at
"""
# Whoever asks for more while it is done gives it another moment.
FINISHED = "DELETE FROM jobs WHERE user_id = %(user_id)s AND kind = %(kind)s AND due_at = %(due_at)s"
# A moment that has come already would be claimed at once, over and over.
AGAIN = """
    UPDATE jobs SET due_at = greatest(%(again)s, clock_timestamp() + interval '1 second')
    WHERE user_id = %(user_id)s AND kind = %(kind)s AND due_at = %(due_at)s
"""


# With another embedder everybody's passages wait for another vector.
EMBED_ANEW = """
    WITH another AS (
        INSERT INTO embedders (name) VALUES (%(name)s)
        ON CONFLICT (alone) DO UPDATE SET name = excluded.name, since = now() WHERE embedders.name <> excluded.name
        RETURNING name
    )
    INSERT INTO jobs (user_id, kind, due_at) SELECT id, 'embed', clock_timestamp() FROM users CROSS JOIN another
    ON CONFLICT (user_id, kind) DO UPDATE SET due_at = excluded.due_at
"""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A claim on what waits for one person; past `due_at` it is anybody's again."""

    user_id: UUID
    kind: str
    due_at: datetime


class Jobs:
    """What is due for whom; before a user is known it tells ids and times only."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def claim(self, kind: str, lease: timedelta) -> Job | None:
        """The job of this kind that waits longest; nobody else gets it while the lease lasts."""
        rows = (await asked(self._pool, CLAIM, {"kind": kind, "lease": lease})).rows
        return Job(**rows[0]) if rows else None

    async def embed_anew(self, embedder: str) -> int:
        """Ask for vectors of this embedder for everybody, unless it is the one of before; for how many people."""
        return (await asked(self._pool, EMBED_ANEW, {"name": embedder})).count

    async def finish(self, job: Job, again: datetime | None = None) -> None:
        """It is done, or due again; it stays due where more was asked for since it was claimed."""
        await asked(self._pool, AGAIN if again else FINISHED, {**vars(job), "again": again})
