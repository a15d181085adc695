"""Fact: how likely a statement is a lasting fact about the person, by a linear model on its embedding and its form.

`build_fact` fits it from the statements in `facts/`; at run time it is a few products of matrices.
"""

import json
import math
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from domain.errors import Unavailable
from ml import ngrams, skeletons

FOLDER = Path(__file__).with_name("facts")
ARTEFACT = FOLDER / "model.npz"
DENSE_WEIGHT = 2.0
ACTS_WEIGHT = 0.2
BLOCK_WEIGHTS: Mapping[str, float] = {"w": 1.0, "c": 0.7, "s": 2.0}
"""By the first letter of a term: words, characters, skeletons."""

Vectors = NDArray[np.float32]


class FactModel:
    """Weighs statements; holds nothing that changes, so threads may share it.

    `bar` is the probability from which on a statement is held to be a fact, chosen on statements that were not seen.
    """

    def __init__(self, header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
        self.version: str = header["version"]
        self.embedder: str = header["embedder"]
        self.statements: str = header["statements"]
        self.bar: float = header["bar"]
        self._temperature: float = header["temperature"]
        self._places = {term: place for place, term in enumerate(header["terms"])}
        self._idf, self._dense, self._sparse, self._acts, self._bias = (
            arrays[name].astype(np.float32) for name in ("idf", "dense", "sparse", "acts", "bias")
        )
        if not self._idf.shape == self._sparse.shape == (len(self._places),):
            raise ValueError("not a weight for each term")

    @classmethod
    def load(cls, file: Path = ARTEFACT) -> "FactModel":
        """The model that ships; nothing in the file can run. Raises `Unavailable` where it is missing or damaged."""
        try:
            with np.load(file, allow_pickle=False) as arrays:
                return cls(json.loads(arrays["header"].tobytes()), arrays)
        except (OSError, EOFError, LookupError, TypeError, ValueError, BadZipFile, zlib.error) as error:
            raise Unavailable(
                f"The model of facts, {file.name!r}, is missing or damaged ({type(error).__name__}); "
                "install MetaCortex again, or build it with `python -m ml.build_fact`."
            ) from error

    def probabilities(self, texts: Sequence[str], vectors: Sequence[Sequence[float]] | Vectors) -> list[float]:
        """One a text, calibrated; `vectors` are unit rows of `embedder`, in order, each for its `as_weighed`."""
        rows = np.asarray(vectors, dtype=np.float32)
        return [self._probability(text, row) for text, row in zip(map(as_weighed, texts), rows, strict=True)]

    def _probability(self, text: str, vector: Vectors) -> float:
        places, values = sparse(text, self._places, self._idf)
        acts = np.array(ngrams.speech_acts(text), dtype=np.float32) * ACTS_WEIGHT
        logit = self._bias[0] + vector @ self._dense + acts @ self._acts + values @ self._sparse[places]
        return 1 / (1 + math.exp(-float(logit) / self._temperature))


def as_weighed(text: str) -> str:
    """A statement without capitals and marks, so that how carefully it was typed makes no difference."""
    words = "".join(letter if letter.isalnum() or letter in "'’- " else " " for letter in text.lower())
    return " ".join(words.split())


def terms(text: str) -> Iterator[str]:
    """What a statement is made of, and how it is built."""
    yield from ngrams.terms(text)
    yield from skeletons.terms(text)


def sparse(text: str, places: Mapping[str, int], idf: Vectors) -> tuple[NDArray[np.intp], Vectors]:
    """The known terms of a text: their places, and their weights, in sum of squares the weight of their block."""
    known = sorted((places[term], term[0]) for term in Counter(terms(text)) if term in places)
    at = np.array([place for place, _ in known], dtype=np.intp)
    values = idf[at]
    blocks = np.array([block for _, block in known])
    for name, weight in BLOCK_WEIGHTS.items():
        if (block := blocks == name).any():
            values[block] *= weight / np.linalg.norm(values[block])
    return at, values
