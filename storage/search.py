"""Search over everything a person has: by meaning and by words, in one question to the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from pgvector import HalfVector
from psycopg.errors import DataException

from domain.errors import Invalid
from storage.embeddings import OtherWidth
from storage.pages import checked_limit
from storage.ranking import CANDIDATES, LOOK, LOOK_AROUND, SIMILAR
from storage.store import Store

BY_WORDS = "Only words were compared, not their meaning."
KINDS = ("task", "note", "habit", "memory", "entry")
"""What is looked through where no kind is asked for."""

SUGGEST = """
    SELECT title FROM chunks
    WHERE user_id = %(user_id)s AND ordinal = 0 AND kind = ANY(%(kinds)s)
        AND (title ILIKE %(start)s OR title ILIKE %(inside)s)
    GROUP BY title
    ORDER BY bool_or(title ILIKE %(start)s) DESC, max(dated) DESC NULLS LAST, title
    LIMIT %(limit)s
"""


@dataclass(frozen=True, kw_only=True)
class Within:
    """What is looked through; a field left out narrows nothing.

    Dates run from `since` up to, not including, `until`. A phrase stands in the passage word for word. Each passage
    that is found comes with so many `neighbours` on either side.
    """

    kinds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    project: str | None = None
    since: date | None = None
    until: date | None = None
    thread_id: str | None = None
    not_thread_id: str | None = None
    phrases: tuple[str, ...] = ()
    neighbours: int = 0


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One passage that fits. `score` orders this answer only; `cosine` (None without an embedding) and `words` (0 where
    no word matched) are raw, for those who must tell a weak hit from a strong one. A message's title is its thread's.
    `start` is where the passage stands in its note, message, memory or the body of its task; None in a line of words.
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
    path: str = ""
    ordinal: int = 0
    start: int | None = None
    thread_id: str | None = None
    message_id: str | None = None
    speaker: str | None = None
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Found:
    """What fits best; `degraded` says in a sentence what could not be looked through by meaning, if anything.

    `by_meaning` is False where nothing could. `space` is the embedder that has a vector of every passage, None where
    none has: to be compared by meaning with all of them, the query must be in its space.
    """

    hits: tuple[Hit, ...] = field(default_factory=tuple)
    degraded: str | None = None
    by_meaning: bool = False
    space: str | None = None


class Search(Store):
    """Looks."""

    async def look(
        self,
        query: str,
        vector: Sequence[float] | None,
        embedder: str,
        *,
        within: Within = Within(),
        limit: int = 10,
        exactly: bool = False,
        forms: Sequence[str] = (),
    ) -> Found:
        """The passages that fit best; without a vector by words alone. `exactly` compares them all, however many.

        `forms` are what else the words of the query are written as; they count less.
        """
        wanted = {
            **_narrowed(within), "query": query, "forms": " ".join(forms), "embedder": embedder,
            "limit": checked_limit(limit), "candidates": max(CANDIDATES, 2 * limit), "exactly": exactly,
            "vector": HalfVector(list(vector)) if vector is not None else None,
        }  # fmt: skip
        try:
            rows = await self._rows_of_all(LOOK_AROUND if within.neighbours else LOOK, wanted)
        except Invalid as error:
            # This is how vectors of two widths are refused.
            if not isinstance(error.__cause__, DataException):
                raise
            found = await self.look(query, None, "", within=within, limit=limit, exactly=exactly, forms=forms)
            return replace(found, degraded=f"{BY_WORDS} {OtherWidth(embedder).message}")
        degraded = _degraded(vector is not None, rows[0]["waiting"])
        return Found(
            hits=tuple(_hit(row) for row in rows if row["id"]),
            degraded=degraded,
            by_meaning=vector is not None,
            space=rows[0]["space"],
        )

    async def hybrid(
        self, query: str, vector: Sequence[float] | None, embedder: str, *, kinds: Sequence[str] = (), limit: int = 10
    ) -> Sequence[Hit]:
        """The things that fit best, one passage each; without a vector by words alone."""
        return list((await self.look(query, vector, embedder, within=Within(kinds=tuple(kinds)), limit=limit)).hits)

    async def similar(self, kind: str, id: UUID, embedder: str, limit: int = 10) -> Sequence[Hit]:
        """The things of this kind that are nearest in meaning to one of them; none while it is not embedded.

        Those are compared by vectors of `embedder` only where no other one has a vector of each passage.
        """
        wanted = {"kind": kind, "id": id, "embedder": embedder, "limit": checked_limit(limit)}
        return [_hit(row) for row in await self._rows(SIMILAR, wanted)]

    async def suggest(self, prefix: str, limit: int = 10) -> Sequence[str]:
        """Titles that begin with it, then those with a word that does."""
        if not prefix.strip():
            return []
        escaped = prefix.strip().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
        wanted = {
            "start": f"{escaped}%", "inside": f"% {escaped}%", "limit": checked_limit(limit), "kinds": list(KINDS)
        }  # fmt: skip
        return [row["title"] for row in await self._rows(SUGGEST, wanted)]


def _narrowed(within: Within) -> dict[str, Any]:
    return {
        "kinds": list(within.kinds or KINDS), "tags": [tag.lower() for tag in within.tags] or None,
        "project": within.project, "since": within.since, "until": within.until, "thread_id": within.thread_id,
        "not_thread_id": within.not_thread_id, "phrases": list(within.phrases), "neighbours": within.neighbours,
    }  # fmt: skip


def _degraded(by_meaning: bool, waiting: int) -> str | None:
    if not by_meaning:
        return BY_WORDS
    if waiting:
        passages = "1 passage was" if waiting == 1 else f"{waiting} passages were"
        return f"{passages} compared by words alone, not yet by meaning."
    return None


def _hit(row: Mapping[str, Any]) -> Hit:
    return Hit(
        kind=row["kind"],
        id=row["source_id"],
        title=row["title"],
        passage=row["body"],
        score=float(row["rank"]),
        date=row["dated"],
        chunk_id=row["id"],
        cosine=None if row["cosine"] is None else float(row["cosine"]),
        words=float(row["lexical"]),
        path=row["path"],
        ordinal=row["ordinal"],
        start=row["standing"] - 1 if row.get("standing") else None,
        thread_id=row["thread_id"],
        message_id=row["message_id"],
        speaker=row["speaker"],
        before=tuple(row["before"]),
        after=tuple(row["after"]),
    )
