"""Where embeddings are kept, beside the passages they stand for, and what is known of all these passages together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pgvector import HalfVector

from domain.errors import Unavailable
from storage.passages import AFTER, BEFORE
from storage.store import Store

SAMPLE = 50_000
"""Words are counted in about so many passages."""
PARTS = 128

_WINDOW = """(
            (
                SELECT id, kind, title, path, body, dated, speaker, place, ordinal FROM chunks
                WHERE user_id = %(user_id)s AND series = touched.series
                    AND (place, ordinal) < (touched.place, touched.ordinal)
                ORDER BY place DESC, ordinal DESC LIMIT %(before)s
            ) UNION ALL (
                SELECT id, kind, title, path, body, dated, speaker, place, ordinal FROM chunks
                WHERE user_id = %(user_id)s AND series = touched.series
                    AND (place, ordinal) > (touched.place, touched.ordinal)
                ORDER BY place, ordinal LIMIT %(after)s
            )
        )"""
# What was said goes by its day and its speaker, a note by its title and headings; the others begin with theirs.
_OWN = """CASE {of}.kind
        WHEN 'message' THEN concat_ws(E'\\n', in_words({of}.dated), concat_ws(': ', {of}.speaker, {of}.body))
        WHEN 'entry' THEN concat_ws(E'\\n', in_words({of}.dated), {of}.body)
        WHEN 'note' THEN concat_ws(E'\\n', nullif({of}.title, ''), nullif({of}.path, ''), {of}.body)
        ELSE {of}.body END"""
_TEXTS = f"{_OWN.format(of='touched')} AS own, ARRAY(SELECT {_OWN.format(of='near')} FROM {_WINDOW} AS near) AS around"
# A message has the two before it and the one after it around it. What comes after is known only later: so the one
# before a new one is looked at again.
NEXT = f"""
    WITH waiting AS MATERIALIZED (
        SELECT id, series, place, ordinal, thread_id FROM chunks WHERE user_id = %(user_id)s AND waits
        ORDER BY series, place, ordinal LIMIT %(limit)s
    ), touched AS MATERIALIZED (
        SELECT DISTINCT near.* FROM waiting CROSS JOIN LATERAL (
            SELECT id, series, place, ordinal FROM chunks
            WHERE user_id = %(user_id)s AND series = waiting.series
                AND (place, ordinal) <= (waiting.place, waiting.ordinal)
            ORDER BY place DESC, ordinal DESC LIMIT %(after)s + 1
        ) AS near
        WHERE thread_id IS NOT NULL
    ), around AS MATERIALIZED (
        SELECT touched.id, coalesce(string_agg(near.body, E'\\n' ORDER BY near.place, near.ordinal), '') AS context
        FROM touched LEFT JOIN LATERAL {_WINDOW} AS near ON true
        GROUP BY touched.id
    ), changed AS (
        UPDATE chunks SET context = around.context, waits = true
        FROM around WHERE chunks.user_id = %(user_id)s AND chunks.id = around.id AND chunks.context <> around.context
        RETURNING chunks.id, series, place, ordinal, kind, title, path, body, dated, speaker
    ), wanted AS (
        SELECT * FROM changed
        UNION ALL
        SELECT id, series, place, ordinal, kind, title, path, body, dated, speaker FROM chunks
        WHERE user_id = %(user_id)s AND id IN (SELECT id FROM waiting EXCEPT SELECT id FROM changed)
    ), outdated AS (
        DELETE FROM embeddings WHERE user_id = %(user_id)s AND chunk_id IN (SELECT id FROM wanted)
            AND embedder <> (SELECT embedder FROM collections WHERE user_id = %(user_id)s)
    )
    SELECT id, {_TEXTS} FROM wanted AS touched
"""
# Where another embedder came, each passage needs a vector of it too.
OTHERS = f"""
    SELECT id, {_TEXTS} FROM chunks AS touched
    WHERE user_id = %(user_id)s AND NOT waits AND NOT EXISTS (
        SELECT FROM embeddings
        WHERE embeddings.user_id = %(user_id)s AND chunk_id = touched.id AND embedder = %(embedder)s
    ) AND NOT EXISTS (SELECT FROM collections WHERE user_id = %(user_id)s AND embedder = %(embedder)s)
    LIMIT %(limit)s
"""
# A passage may have been edited away meanwhile; those that are there are held until the commit. Vectors are normalised
# when written, so that the inner product is the cosine. Of one embedder they have one width, or none could be compared.
PUT = """
    WITH other AS MATERIALIZED (
        SELECT width FROM (
            SELECT vector_dims(embedding) AS width FROM embeddings
            WHERE user_id = %(user_id)s AND embedder = %(embedder)s AND chunk_id <> ALL(%(ids)s) LIMIT 1
        ) AS stored
        WHERE width <> %(width)s
    ), there AS (
        UPDATE chunks SET waits = false
        WHERE user_id = %(user_id)s AND id = ANY(%(ids)s) AND NOT EXISTS (SELECT FROM other)
        RETURNING user_id, id
    ), put AS (
        INSERT INTO embeddings (user_id, chunk_id, embedder, embedding)
        SELECT user_id, id, %(embedder)s, l2_normalize(made.embedding::halfvec)
        FROM unnest(%(ids)s::uuid[], %(vectors)s::text[]) AS made (chunk_id, embedding) JOIN there ON id = chunk_id
        ON CONFLICT (user_id, chunk_id, embedder) DO UPDATE SET embedding = excluded.embedding
    )
    SELECT width FROM other
"""
# Ids of passages are spread evenly: a range of them is a fair sample, by which words of large collections are counted.
GROWN = """
    SELECT whole.passages, greatest(1, ceil(whole.passages / %(sample)s::float8))::int AS parts
    FROM (SELECT count(*)::int AS passages FROM chunks WHERE user_id = %(user_id)s) AS whole
    LEFT JOIN collections ON collections.user_id = %(user_id)s
    WHERE abs(whole.passages - coalesce(collections.passages, 0)) > %(change)s * whole.passages
"""
UNCOUNTED = "DELETE FROM word_counts WHERE user_id = %(user_id)s"
COUNT = f"""
    WITH frequent AS MATERIALIZED (
        SELECT place_of(lexeme) AS place, count(*) * %(parts)s AS passages
        FROM chunks CROSS JOIN LATERAL unnest(words) AS word
        WHERE user_id = %(user_id)s AND id <= %(last)s
        GROUP BY 1 HAVING count(*) > 1
        ORDER BY 2 DESC LIMIT 50000
    ), counted AS (
        INSERT INTO word_counts (user_id, part, passages)
        SELECT %(user_id)s, place %% {PARTS},
            ('{{' || string_agg(place || ':' || passages, ',') || '}}/1000000000')::sparsevec
        FROM frequent GROUP BY 2
    )
    INSERT INTO collections (user_id, passages, rarest)
    SELECT %(user_id)s, %(passages)s, CASE WHEN count(*) = 50000 OR %(parts)s > 1 THEN min(passages) / 2 ELSE 1 END
    FROM frequent
    ON CONFLICT (user_id) DO UPDATE SET passages = excluded.passages, rarest = excluded.rarest
"""
# Two tags of at least two things, and of most things that have either, mean the same to this person.
COMPANIONS = """
    WITH tagged AS MATERIALIZED (
        SELECT DISTINCT source_id, lower(tag) AS tag FROM chunks CROSS JOIN LATERAL unnest(tags) AS tag
        WHERE user_id = %(user_id)s
    ), counted AS MATERIALIZED (
        SELECT tag, count(*) AS things FROM tagged GROUP BY tag
    ), together AS MATERIALIZED (
        SELECT one.tag, other.tag AS companion, count(*) AS things
        FROM tagged AS one JOIN tagged AS other ON other.source_id = one.source_id AND other.tag <> one.tag
        GROUP BY 1, 2 HAVING count(*) >= 2
    ), companions AS (
        SELECT together.tag, string_agg(companion, ' ' ORDER BY companion) AS words
        FROM together JOIN counted AS one ON one.tag = together.tag JOIN counted AS other ON other.tag = companion
        WHERE together.things >= 0.6 * greatest(one.things, other.things)
        GROUP BY 1 ORDER BY max(together.things) DESC LIMIT 200
    )
    UPDATE collections SET companions = coalesce((SELECT jsonb_object_agg(tag, words) FROM companions), '{}')
    WHERE user_id = %(user_id)s
"""
SPACES = """
    SELECT (SELECT embedder FROM collections WHERE user_id = %(user_id)s) AS complete,
        (SELECT name FROM embedders) AS wanted
"""
INDEX = "SELECT index_vectors(%(embedder)s, %(width)s)"
# One step: who asks before it finds all vectors of the embedder before, who asks after it all of this one.
SWITCH = """
    WITH switched AS (
        INSERT INTO collections (user_id, embedder, switched_at) VALUES (%(user_id)s, %(embedder)s, now())
        ON CONFLICT (user_id) DO UPDATE SET embedder = excluded.embedder, switched_at = excluded.switched_at
        WHERE collections.embedder IS DISTINCT FROM excluded.embedder
        RETURNING embedder
    )
    DELETE FROM embeddings
    WHERE user_id = %(user_id)s AND embedder <> %(embedder)s AND EXISTS (SELECT FROM switched)
"""


class OtherWidth(Unavailable):
    """An embedder makes vectors of another width now than those of it that are stored."""

    def __init__(self, embedder: str) -> None:
        super().__init__(
            f"The embedder {embedder!r} makes vectors of another width than those of it that are stored: "
            "ask it where it made them (OPENAI_BASE_URL), or set METACORTEX_EMBEDDER to another one, "
            "by which everything is embedded anew."
        )


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A passage without a vector: its own text, and those of the passages around it."""

    chunk_id: UUID
    own: str
    around: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Spaces:
    """By their embedders: which vectors are `complete` for a person, and which everybody's passages shall have."""

    complete: str | None
    wanted: str | None


class Embeddings(Store):
    """Serves one round of work: what is `waiting` or `missing` is `put`, until nothing is; then it is `complete`."""

    async def spaces(self) -> Spaces:
        """By which vectors this person's passages are compared, and by which they are to be."""
        return Spaces(**(await self._rows(SPACES))[0])

    async def waiting(self, limit: int) -> Sequence[Waiting]:
        """Passages that are new, or among other words than before; their vectors in other spaces, if any, go."""
        rows = await self._rows(NEXT, {"limit": limit, "before": BEFORE, "after": AFTER})
        return [_waiting(row) for row in rows]

    async def missing(self, embedder: str, limit: int) -> Sequence[Waiting]:
        """Passages that have a vector, and none of this embedder."""
        wanted = {"embedder": embedder, "limit": limit, "before": BEFORE, "after": AFTER}
        return [_waiting(row) for row in await self._rows_of_all(OTHERS, wanted)]

    async def put(self, embedder: str, rows: Sequence[tuple[UUID, Sequence[float]]]) -> None:
        """Keep them, where an index will find them; a passage that is gone is left out. Raises `OtherWidth`."""
        if not rows:
            return
        ids = [chunk_id for chunk_id, _ in rows]
        vectors = [HalfVector(list(vector)).to_text() for _, vector in rows]
        wanted = {"embedder": embedder, "width": len(rows[0][1]), "ids": ids, "vectors": vectors}
        _, others = await self._together((INDEX, wanted), (PUT, wanted))
        if others:
            raise OtherWidth(embedder)

    async def complete(self, embedder: str) -> None:
        """Nothing is missing: search by this embedder from now on, let go of others, and know how rare words are."""
        await self._rows(SWITCH, {"embedder": embedder})
        await self.count()

    async def count(self, change: float = 0.02) -> None:
        """Know how many passages there are and how rare words are, where more than this share has come or gone."""
        if grown := await self._rows(GROWN, {"sample": SAMPLE, "change": change}):
            last = UUID(int=(1 << 128) // grown[0]["parts"] - 1)
            await self._together((UNCOUNTED, {}), (COUNT, {**grown[0], "last": last}), (COMPANIONS, {}))


def _waiting(row: Mapping[str, Any]) -> Waiting:
    return Waiting(chunk_id=row["id"], own=row["own"], around=tuple(row["around"]))
