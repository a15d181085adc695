"""Rankings to hold ours against: BM25, the embedding alone, and both fused by rank; and what a ranking is worth."""

from collections.abc import Mapping, Sequence
from math import log, log2

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
K1, B = 1.2, 0.75
FUSED_FROM = 60
DEEPEST = 50
"""So many of a ranking count."""


class Bm25:
    """The usual formula over the stems of each document."""

    def __init__(self, documents: Sequence[Mapping[str, int]]) -> None:
        self._number = len(documents)
        lengths = [sum(document.values()) for document in documents]
        usual = sum(lengths) / max(1, len(lengths)) or 1.0
        postings: dict[str, list[tuple[int, float]]] = {}
        for row, (document, length) in enumerate(zip(documents, lengths, strict=True)):
            for stem, times in document.items():
                weight = times * (K1 + 1) / (times + K1 * (1 - B + B * length / usual))
                postings.setdefault(stem, []).append((row, weight))
        self._postings = postings

    def scores(self, query: Mapping[str, int]) -> Scores:
        """One for each document."""
        scores = np.zeros(self._number)
        for stem, times in query.items():
            if found := self._postings.get(stem):
                rarity = log(1 + (self._number - len(found) + 0.5) / (len(found) + 0.5))
                rows, weights = zip(*found, strict=True)
                scores[list(rows)] += times * rarity * np.array(weights)
        return scores


def fused(*scores: Scores) -> Scores:
    """Reciprocal ranks, summed; each ranking counts the same."""
    whole = np.zeros(len(scores[0]))
    for each in scores:
        ranks = np.empty(len(each))
        ranks[_order(each)] = np.arange(1, len(each) + 1)
        whole += 1 / (FUSED_FROM + ranks)
    return whole


def ranked(ids: Sequence[str], scores: Scores) -> list[str]:
    """The ids of the best, best first."""
    return [ids[row] for row in _order(scores)[:DEEPEST]]


def _order(scores: Scores) -> NDArray[np.intp]:
    return np.argsort(-scores, kind="stable")


def recall(ranking: Sequence[str], relevant: Mapping[str, float], *, within: int = 10) -> float:
    """The share of what is relevant among the first so many."""
    return sum(id in relevant for id in ranking[:within]) / len(relevant)


def gain(ranking: Sequence[str], relevant: Mapping[str, float], *, within: int = 10) -> float:
    """nDCG: how much of what could be gained by the first so many is; a later place gains less."""
    gained = (relevant.get(id, 0) / log2(place + 2) for place, id in enumerate(ranking[:within]))
    best = sorted(relevant.values(), reverse=True)[:within]
    return sum(gained) / sum(grade / log2(place + 2) for place, grade in enumerate(best))
