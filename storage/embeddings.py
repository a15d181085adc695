"""Where embeddings are kept, beside the passages they stand for, and the jobs that make them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pgvector import HalfVector

from storage.postgres import Pool
from storage.store import Store, said_plainly

# Only a note's title adds words to its passage; the others begin with it.
MISSING = """
    SELECT id, CASE WHEN kind = 'note' THEN concat_ws(E'\\n', nullif(title, ''), body) ELSE body END AS text,
        (SELECT due_at FROM jobs WHERE user_id = %(user_id)s AND kind = 'embed') AS asked_at
    FROM chunks
    WHERE user_id = %(user_id)s AND NOT EXISTS (
        SELECT FROM embeddings
        WHERE embeddings.user_id = %(user_id)s AND chunk_id = chunks.id AND embedder = %(embedder)s
    )
    UNION ALL
    SELECT NULL, NULL, due_at FROM jobs WHERE user_id = %(user_id)s AND kind = 'embed'
    LIMIT %(limit)s
"""
# A passage may have been edited away meanwhile; those that are there are held until the commit.
PUT = """
    INSERT INTO embeddings (user_id, chunk_id, embedder, embedding)
    SELECT chunks.user_id, chunks.id, %(embedder)s, made.embedding::halfvec
    FROM unnest(%(ids)s::uuid[], %(vectors)s::text[]) AS made (chunk_id, embedding)
    JOIN chunks ON chunks.user_id = %(user_id)s AND chunks.id = made.chunk_id
    FOR KEY SHARE OF chunks
    ON CONFLICT (user_id, chunk_id, embedder) DO UPDATE SET embedding = excluded.embedding
"""
FINISHED = "DELETE FROM jobs WHERE user_id = %(user_id)s AND kind = 'embed' AND due_at = %(asked_at)s"
DUE_USERS = "SELECT user_id FROM jobs WHERE kind = %(kind)s AND due_at <= now() ORDER BY due_at LIMIT %(limit)s"
POSTPONE = "UPDATE jobs SET due_at = %(until)s WHERE user_id = %(user_id)s AND kind = %(kind)s"


class Embeddings(Store):
    """Serves one round of work: `missing`, `put`, again until nothing is missing, then `finished`."""

    _asked_at: datetime | None = None

    async def missing(self, embedder: str, limit: int) -> Sequence[tuple[UUID, str]]:
        """Passages that have no embedding of this kind yet."""
        rows = await self._rows(MISSING, {"embedder": embedder, "limit": limit + 1}, of_all=True)
        self._asked_at = rows[0]["asked_at"] if rows else None
        return [(row["id"], row["text"]) for row in rows if row["id"] is not None][:limit]

    async def put(self, embedder: str, rows: Sequence[tuple[UUID, Sequence[float]]]) -> None:
        """Keep them; a passage that is gone is left out."""
        ids = [chunk_id for chunk_id, _ in rows]
        vectors = [HalfVector(list(vector)).to_text() for _, vector in rows]
        if rows:
            await self._run(PUT, {"embedder": embedder, "ids": ids, "vectors": vectors})

    async def finished(self) -> None:
        """The job is done, unless more was asked for since `missing` looked last."""
        await self._run(FINISHED, {"asked_at": self._asked_at})


class Jobs:
    """What is due for whom; before a user is known it tells ids and times only."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def due_users(self, kind: str, limit: int) -> Sequence[UUID]:
        """Who waits for this kind of work, longest first."""
        with said_plainly():
            async with self._pool.connection() as connection:
                rows = await (await connection.execute(DUE_USERS, {"kind": kind, "limit": limit})).fetchall()
        return [row["user_id"] for row in rows]

    async def postpone(self, kind: str, user_id: UUID, until: datetime) -> None:
        """Let others go first, as after a failure."""
        with said_plainly():
            async with self._pool.connection() as connection:
                await connection.execute(POSTPONE, {"kind": kind, "user_id": user_id, "until": until})
