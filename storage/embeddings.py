"""Where embeddings are kept, beside the passages they stand for."""

from collections.abc import Sequence
from uuid import UUID

from pgvector import HalfVector

from storage.store import Store

# Only a note's title adds words to its passage; the others begin with it.
MISSING = """
    SELECT id, CASE WHEN kind = 'note' THEN concat_ws(E'\\n', nullif(title, ''), body) ELSE body END AS text
    FROM chunks
    WHERE user_id = %(user_id)s AND NOT EXISTS (
        SELECT FROM embeddings
        WHERE embeddings.user_id = %(user_id)s AND chunk_id = chunks.id AND embedder = %(embedder)s
    )
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


class Embeddings(Store):
    """Serves one round of work: `missing`, `put`, again until nothing is missing."""

    async def missing(self, embedder: str, limit: int) -> Sequence[tuple[UUID, str]]:
        """Passages that have no embedding of this kind yet."""
        rows = await self._rows(MISSING, {"embedder": embedder, "limit": limit}, of_all=True)
        return [(row["id"], row["text"]) for row in rows]

    async def put(self, embedder: str, rows: Sequence[tuple[UUID, Sequence[float]]]) -> None:
        """Keep them; a passage that is gone is left out."""
        ids = [chunk_id for chunk_id, _ in rows]
        vectors = [HalfVector(list(vector)).to_text() for _, vector in rows]
        if rows:
            await self._run(PUT, {"embedder": embedder, "ids": ids, "vectors": vectors})
