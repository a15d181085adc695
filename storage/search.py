"""Search over everything a person has: meaning and words in one exact scan of their passages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pgvector import HalfVector

from storage.pages import checked_limit
from storage.store import Store

# Weights were measured on conversations and articles: dense alone misses names, words alone miss meaning.
DENSE = 0.6
LEXICAL = 0.4

# Words are weighed as in BM25 (k1 1.2, b 0.75, 40 different words in a usual passage), since Postgres' own ranks do not
# know how rare a word is. Rarity is counted among the passages that are looked through.
HYBRID = """
    WITH asked AS MATERIALIZED (
        SELECT %(vector)s::halfvec AS vector, array_agg(lexeme) AS lexemes,
            string_agg('''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || '''', ' | ')::tsquery AS any_word
        FROM unnest(to_tsvector('english', %(query)s))
    ), mine AS MATERIALIZED (
        SELECT chunks.id, kind, source_id, coalesce(words @@ any_word, false) AS matches,
            1 - (embedding <=> vector) AS cosine
        FROM asked
        CROSS JOIN chunks
        LEFT JOIN embeddings ON embeddings.user_id = %(user_id)s AND chunk_id = chunks.id AND embedder = %(embedder)s
        WHERE chunks.user_id = %(user_id)s AND (%(kinds)s::text[] IS NULL OR kind = ANY(%(kinds)s))
    ), matched AS MATERIALIZED (
        SELECT chunks.id, word.lexeme, least(coalesce(cardinality(word.positions), 1), 8) AS times,
            length(words) AS size
        FROM asked
        CROSS JOIN chunks
        CROSS JOIN LATERAL unnest(words) AS word
        WHERE chunks.user_id = %(user_id)s AND chunks.id = ANY(ARRAY(SELECT id FROM mine WHERE matches))
            AND word.lexeme = ANY(lexemes)
    ), rarity AS (
        SELECT lexeme, ln(1 + ((SELECT count(*) FROM mine) - count(*) + 0.5) / (count(*) + 0.5)) AS weight
        FROM matched GROUP BY lexeme
    ), lexical AS MATERIALIZED (
        SELECT id, sum(weight * times * 2.2 / (times + 1.2 * (0.25 + 0.75 * size / 40.0))) AS rank
        FROM matched JOIN rarity USING (lexeme)
        GROUP BY id
    ), bounds AS MATERIALIZED (
        SELECT min(cosine) AS lowest, nullif(max(cosine) - min(cosine), 0) AS width,
            (SELECT max(rank) FROM lexical) AS highest
        FROM mine
    ), scored AS (
        SELECT mine.id, kind, source_id, cosine, coalesce(rank, 0) AS rank,
            CASE WHEN %(vector)s::text IS NULL THEN coalesce(rank / highest, 0)
                ELSE %(dense)s * coalesce((cosine - lowest) / width, cosine, 0)
                    + %(lexical)s * coalesce(rank / highest, 0)
            END AS score
        FROM bounds CROSS JOIN mine LEFT JOIN lexical USING (id)
        WHERE rank > 0 OR cosine > 0
    ), best AS MATERIALIZED (
        SELECT * FROM (SELECT DISTINCT ON (source_id) * FROM scored ORDER BY source_id, score DESC, id) AS one_each
        ORDER BY score DESC, id
        LIMIT %(limit)s
    )
    SELECT best.*, title, body, dated
    FROM best JOIN chunks ON chunks.user_id = %(user_id)s AND chunks.id = best.id
    ORDER BY score DESC, best.id
"""
SUGGEST = """
    SELECT title FROM chunks
    WHERE user_id = %(user_id)s AND ordinal = 0 AND (title ILIKE %(start)s OR title ILIKE %(inside)s)
    GROUP BY title
    ORDER BY bool_or(title ILIKE %(start)s) DESC, max(dated) DESC NULLS LAST, title
    LIMIT %(limit)s
"""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """The best passage of one thing. `score` orders this answer only; `cosine` (None without an embedding) and `words`
    (0 where no word matched) are raw, for those who must tell a weak hit from a strong one.
    """

    kind: str
    id: UUID
    title: str
    passage: str
    score: float
    date: date | None
    chunk_id: UUID
    cosine: float | None
    words: float


class Search(Store):
    """Looks."""

    async def hybrid(
        self, query: str, vector: Sequence[float] | None, embedder: str, *, kinds: Sequence[str] = (), limit: int = 10
    ) -> Sequence[Hit]:
        """The things that fit best, one passage each; without a vector by words alone."""
        wanted = {
            "query": query, "embedder": embedder, "kinds": list(kinds) or None, "limit": checked_limit(limit),
            "vector": HalfVector(list(vector)).to_text() if vector is not None else None,
            "dense": DENSE, "lexical": LEXICAL,
        }  # fmt: skip
        return [_hit(row) for row in await self._rows(HYBRID, wanted, of_all=True)]

    async def suggest(self, prefix: str, limit: int = 10) -> Sequence[str]:
        """Titles that begin with it, then those with a word that does."""
        if not prefix.strip():
            return []
        escaped = prefix.strip().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
        wanted = {"start": f"{escaped}%", "inside": f"% {escaped}%", "limit": checked_limit(limit)}
        return [row["title"] for row in await self._rows(SUGGEST, wanted)]


def _hit(row: Mapping[str, Any]) -> Hit:
    return Hit(
        kind=row["kind"],
        id=row["source_id"],
        title=row["title"],
        passage=row["body"],
        score=float(row["score"]),
        date=row["dated"],
        chunk_id=row["id"],
        cosine=None if row["cosine"] is None else float(row["cosine"]),
        words=float(row["rank"]),
    )
