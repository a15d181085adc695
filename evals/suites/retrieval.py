"""`retrieval_*`: what is found for a question, by the search of the product, beside three usual rankings.

Each group of documents is a person of its own. A document that belongs to a conversation is a message of it, any other
is a note; they are cut, kept, embedded and searched as the product does it. The other rankings see whole documents.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import numpy as np

from agent.background import embed
from agent.contexts import Contexts
from agent.embedders import Embedders
from database import database
from evals.suites.corpora import corpus_of, latest, session_of, source_of, text_of, written
from evals.suites.rankings import DEEPEST, Bm25, Scores, fused, gain, ranked, recall
from evals.suites.suite import BadCases, Judged, Row, Suite, by
from ml.embedding import LocalEmbeddings
from settings import Settings
from storage.chunks import Chunks
from storage.people import People, Profiles
from storage.postgres import Pool
from storage.store import Store
from tools.context import TurnContext
from tools.search import hits

OURS, OTHERS = "ours", ("BM25", "MiniLM", "equal RRF")
R10, NDCG10, HIT5, R5 = "R@10", "nDCG@10", "session hit@5", "session R@5"
UNANSWERABLE = "adversarial"
"""Questions that the documents do not answer are there to be refused: what is found for them does not count."""
AT_ONCE = 500
STEMS = """
    SELECT ARRAY(
        SELECT lexeme FROM unnest(to_tsvector('english', text)) AS word CROSS JOIN LATERAL unnest(word.positions)
    ) AS stems
    FROM unnest(%(texts)s::text[]) WITH ORDINALITY AS given (text, place) ORDER BY place
"""


class Stems(Store):
    """Knows the words of texts as the database does: without endings, and without those that say nothing."""

    async def of(self, texts: Sequence[str]) -> list[Counter[str]]:
        """How often each stands in each text."""
        return [Counter(row["stems"]) for row in await self._rows(STEMS, {"texts": list(texts)})]


class Remembering:
    """The local embedder, which does nothing twice: ours and the ranking beside it often ask for the same text."""

    name = LocalEmbeddings.name

    def __init__(self) -> None:
        self._embeddings = LocalEmbeddings()
        self._known: dict[str, Any] = {}

    async def vectors(self, texts: Sequence[str]) -> Any:
        """One row for each text."""
        unknown = list(dict.fromkeys(text for text in texts if text not in self._known))
        for start in range(0, len(unknown), AT_ONCE):
            some = unknown[start : start + AT_ONCE]
            made = np.array(await self._embeddings.aembed_documents(some), dtype=np.float32)
            self._known.update(zip(some, made, strict=True))
        return np.stack([self._known[text] for text in texts])

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text."""
        rows: list[list[float]] = (await self.vectors(texts)).tolist()
        return rows

    async def aembed_query(self, text: str) -> list[float]:
        """One vector."""
        return (await self.aembed_documents([text]))[0]

    async def aembed_queries(self, texts: list[str]) -> list[list[float]]:
        """One after the other, as the embedder itself does."""
        return [await self.aembed_query(text) for text in texts]


@dataclass(frozen=True, kw_only=True)
class Group:
    """The documents of one person: kept in the database, and as the other rankings see them."""

    context: TurnContext
    kinds: tuple[str, ...]
    of_source: Mapping[UUID, str]
    ids: Sequence[str]
    sessions: Mapping[str, str]
    bm25: Bm25
    vectors: Any
    stems: Stems
    embeddings: Remembering

    async def rankings(self, query: str) -> dict[str, list[str]]:
        """Ours and the others', by their names."""
        found = await hits(self.context, query, kinds=self.kinds, limit=DEEPEST)
        words: Scores = self.bm25.scores((await self.stems.of([query]))[0])
        meaning: Scores = self.vectors @ (await self.embeddings.vectors([query]))[0]
        others = (words, meaning, fused(words, meaning))
        return {
            OURS: list(dict.fromkeys(self.of_source[hit.id] for hit in found)),
            **{name: ranked(self.ids, scores) for name, scores in zip(OTHERS, others, strict=True)},
        }

    def figures(self, ranking: Sequence[str], relevant: Mapping[str, float]) -> dict[str, float]:
        """What a ranking is worth; sessions are ranked by their first document in it."""
        worth = {R10: recall(ranking, relevant), NDCG10: gain(ranking, relevant)}
        sessions = {self.sessions[id]: 1.0 for id in relevant if id in self.sessions}
        if not sessions:
            return worth
        best = recall(list(dict.fromkeys(self.sessions[id] for id in ranking)), sessions, within=5)
        return {**worth, HIT5: float(best > 0), R5: best}


async def answer(cases: Sequence[Row], file: Path, model: str) -> AsyncIterator[Row]:
    """The documents of the case's group, best first, and what each ranking is worth; `model` makes no difference."""
    corpus = corpus_of(file)
    for case in cases:
        if not (case.get("group") in corpus and case.get("relevant") and isinstance(case.get("query"), str)):
            raise BadCases(
                f"{file}, case {case['id']}: has no `query`, no `relevant`, or no document of its `group` beside it."
            )
    groups: dict[str, Group] = {}
    with TemporaryDirectory(prefix="metacortex-evals-") as home:
        async with database(Settings(home=Path(home), database_url=None)) as pool:
            embeddings = Remembering()
            for case in cases:
                if (name := case["group"]) not in groups:
                    groups[name] = await _kept(pool, embeddings, name, corpus[name])
                found = await groups[name].rankings(case["query"])
                yield {
                    "ranked": found[OURS],
                    "figures": {method: groups[name].figures(of, case["relevant"]) for method, of in found.items()},
                }


async def _kept(pool: Pool, embeddings: Remembering, name: str, documents: Sequence[Row]) -> Group:
    user_id = await People(pool).create(name, "evals")
    passages = dict(written(documents))
    every = [passage for of in passages.values() for passage in of]
    for start in range(0, len(every), AT_ONCE):
        await Chunks(pool, user_id).keep(every[start : start + AT_ONCE])
    embedders = Embedders(embeddings)
    await embed(pool, embedders, user_id)
    now = (latest(documents) or datetime.now(UTC)) + timedelta(days=1)
    contexts = Contexts(pool=pool, embeddings=embedders, summarizer_of=None, now=lambda: now)
    stems = Stems(pool, user_id)
    texts = [text_of(document) for document in documents]
    return Group(
        context=contexts.of(await Profiles(pool, user_id).get(), origin="rest"),
        kinds=tuple({passage.kind for passage in every}),
        of_source={source_of(of): id for id, of in passages.items()},
        ids=[document["id"] for document in documents],
        sessions={document["id"]: session for document in documents if (session := session_of(document))},
        bm25=Bm25(await stems.of(texts)),
        vectors=await embeddings.vectors(texts),
        stems=stems,
        embeddings=embeddings,
    )


def score(measure: str, case: Row, prediction: Row) -> float:
    """What our ranking is worth by this measure."""
    return float(prediction["figures"][OURS][measure])


def counts(case: Row) -> bool:
    """False of what cannot be answered."""
    return case.get("category") != UNANSWERABLE


def table(measure: str, cases: Sequence[Judged]) -> Iterable[str]:
    """By category; then every measure of every ranking, and how far ours is above the best of the others."""
    counted = [each for each in cases if counts(each.case)]
    yield from by(cases, lambda case: f"{measure}, {case['category']}" if "category" in case else None)
    if not counted:
        return
    means = {method: _means([each.prediction["figures"][method] for each in counted]) for method in (OURS, *OTHERS)}
    for method, figures in means.items():
        yield f"{method:<10} n={len(counted):5d}  " + "  ".join(f"{name} {of:.3f}" for name, of in figures.items())
    best = max(means[method][measure] for method in OTHERS)
    yield f"{measure} above the best of them: {means[OURS][measure] / best - 1:+.1%}" if best else "nothing to compare"


def _means(figures: Sequence[Mapping[str, float]]) -> dict[str, float]:
    names = dict.fromkeys(name for each in figures for name in each)
    return {name: fmean(each[name] for each in figures if name in each) for name in names}


def _suite(measure: str) -> Suite:
    scored: Callable[[Row, Row], float] = partial(score, measure)
    return Suite(answer=answer, score=scored, table=partial(table, measure), counts=counts)


BY_RECALL, BY_GAIN = _suite(R10), _suite(NDCG10)
