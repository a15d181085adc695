"""Other ways to choose sentences, to hold ours against: the first, the longest, LexRank and TextRank."""

from collections import Counter
from collections.abc import Callable, Sequence
from math import log

import numpy
from numpy.typing import NDArray

from evals.suites.rouge import tokens
from language.prose import Sentence
from language.summaries import EMPTY, with_speaker

Matrix = NDArray[numpy.float64]
DAMPING, STEPS = 0.85, 60
ALIKE = 0.1
"""LexRank's threshold: sentences less alike than this are no neighbours."""


def lead(sentences: Sequence[Sentence]) -> list[int]:
    """The first."""
    return list(range(len(sentences)))


def longest(sentences: Sequence[Sentence]) -> list[int]:
    """The ones with most words."""
    return _ranked(numpy.array([len(sentence.text.split()) for sentence in sentences], dtype=float))


def lexrank(sentences: Sequence[Sentence]) -> list[int]:
    """The most central where those are joined whose tf-idf vectors are alike (Erkan and Radev, 2004)."""
    bags = _bags(sentences)
    spread = Counter(token for bag in bags for token in bag)
    columns = {token: column for column, token in enumerate(spread)}
    vectors = numpy.zeros((len(bags), len(columns) + 1))
    for row, bag in enumerate(bags):
        for token, count in bag.items():
            vectors[row, columns[token]] = count * log(len(bags) / spread[token])
    lengths = numpy.linalg.norm(vectors, axis=1, keepdims=True)
    vectors /= numpy.where(lengths == 0, 1, lengths)
    joined = (vectors @ vectors.T > ALIKE).astype(float)
    numpy.fill_diagonal(joined, 0)
    return _ranked(_centrality(joined))


def textrank(sentences: Sequence[Sentence]) -> list[int]:
    """The most central where sentences are joined by the words they share (Mihalcea and Tarau, 2004)."""
    bags = [bag.keys() for bag in _bags(sentences)]
    shared = numpy.zeros((len(bags), len(bags)))
    for row, one in enumerate(bags):
        for column, other in enumerate(bags[:row]):
            if len(one) > 1 and len(other) > 1:
                shared[row, column] = shared[column, row] = len(one & other) / (log(len(one)) + log(len(other)))
    return _ranked(_centrality(shared))


BASELINES: dict[str, Callable[[Sequence[Sentence]], list[int]]] = {
    "lead": lead,
    "longest": longest,
    "lexrank": lexrank,
    "textrank": textrank,
}


def within(sentences: Sequence[Sentence], ranked: Sequence[int], words: int) -> str:
    """The best that fit into so many words, at least one, each on a line of its own in the text's order."""
    kept: list[int] = []
    for at in ranked:
        size = len(with_speaker(sentences[at]).split())
        if not kept or size <= words:
            kept.append(at)
            words -= size
    return "\n".join(with_speaker(sentences[at]) for at in sorted(kept))


def _bags(sentences: Sequence[Sentence]) -> list[Counter[str]]:
    return [Counter(token for token in tokens(sentence.text) if token not in EMPTY) for sentence in sentences]


def _centrality(weights: Matrix) -> Matrix:
    """PageRank: where a reader ends up who mostly follows the joins."""
    size = len(weights)
    sums = weights.sum(axis=1, keepdims=True)
    steps = numpy.where(sums > 0, weights / numpy.where(sums == 0, 1, sums), 1 / size)
    ranks = numpy.full(size, 1 / size)
    for _ in range(STEPS):
        ranks = (1 - DAMPING) / size + DAMPING * steps.T @ ranks
    return ranks


def _ranked(values: Matrix) -> list[int]:
    return [int(at) for at in numpy.argsort(-values, kind="stable")]
