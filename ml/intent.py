"""Intent: what a sentence asks for, by a linear model on its embedding and its n-grams.

`build_intent` fits it from the utterances in `intents/`; at run time it is a few products of matrices.
"""

import io
import json
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from domain.errors import Unavailable
from ml import ngrams

FOLDER = Path(__file__).with_name("intents")
ARTEFACT = FOLDER / "model.npz"

OUT_OF_SCOPE = "out_of_scope"
OUTSIDE = "out_"
"""How the names of the kinds begin that the product has nothing for."""

LABELS: Mapping[str, str] = {
    "reminder_create": "task_create",
    "event_create": "task_create",
    "alarm_create": "task_create",
    "list_add": "task_create",
    "reminder_find": "task_find",
    "event_find": "task_find",
    "alarm_find": "task_find",
    "list_find": "task_find",
    "event_update": "task_update",
    "event_delete": "task_delete",
    "alarm_delete": "task_delete",
    "list_remove": "task_delete",
    "explain": "repeat",
    "confirm": "repeat",
    "joke": "smalltalk",
    "chitchat": "smalltalk",
    "maybe": "any",
}
"""What the product does for a kind; a kind that is not named here is its own label."""

PARTS = ("dense", "sparse", "acts", "bias")
ACTS_WEIGHT = 0.2
MOST_OTHERS = 4

Vectors = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class IntentReading:
    """What a text asks for; `kind` is finer than `label`, probabilities are calibrated.

    A refusal has the label `out_of_scope`, and the likeliest that the product could do stands first in `others`.
    """

    label: str
    probability: float
    others: tuple[tuple[str, float], ...]
    is_out_of_scope: bool
    kind: str
    kinds: tuple[tuple[str, float], ...]


@dataclass(frozen=True, kw_only=True)
class Head:
    """Weights by feature and kind; `dense` is empty where the head does without an embedding.

    Logits are divided by `temperature`; a text is refused where the kinds outside are together likelier than `refusal`.
    """

    dense: Vectors
    sparse: Vectors
    acts: Vectors
    bias: Vectors
    temperature: float
    refusal: float


class IntentModel:
    """Reads intents; holds nothing that changes, so threads may share it."""

    def __init__(self, *, header: Mapping[str, Any], idf: Vectors, full: Head, bare: Head) -> None:
        self.version: str = header["version"]
        self.embedder: str = header["embedder"]
        self.utterances: str = header["utterances"]
        self.kinds: tuple[str, ...] = tuple(header["kinds"])
        self._labels = tuple(label_of(kind) for kind in self.kinds)
        self._places = {term: place for place, term in enumerate(header["terms"])}
        self._idf = idf
        self._full = full
        self._bare = bare

    @classmethod
    def load(cls, file: Path = ARTEFACT) -> "IntentModel":
        """The model that ships; nothing in the file can run. Raises `Unavailable` where it is missing or damaged."""
        try:
            with np.load(file, allow_pickle=False) as arrays:
                header = json.loads(arrays["header"].tobytes())
                full, bare = (_head(arrays, header, name) for name in ("full", "bare"))
                return cls(header=header, idf=arrays["idf"].astype(np.float32), full=full, bare=bare)
        except (OSError, EOFError, LookupError, TypeError, ValueError, BadZipFile, zlib.error) as error:
            raise Unavailable(
                f"The model of intents, {file.name!r}, is missing or damaged ({type(error).__name__}); "
                "install MetaCortex again, or build it with `python -m ml.build_intent`."
            ) from error

    def predict(self, texts: Sequence[str], vectors: Vectors | None = None) -> list[IntentReading]:
        """One reading a text; `vectors` are unit rows of `embedder` in the same order, without them n-grams decide."""
        if vectors is None:
            return [self._reading(self._logits(text, self._bare), self._bare) for text in texts]
        heads = np.asarray(vectors, dtype=np.float32) @ self._full.dense
        return [
            self._reading(self._logits(text, self._full) + dense, self._full)
            for text, dense in zip(texts, heads, strict=True)
        ]

    def _logits(self, text: str, head: Head) -> Vectors:
        places, values = sparse(text, self._places, self._idf)
        acts = np.array(ngrams.speech_acts(text), dtype=np.float32) * ACTS_WEIGHT
        logits: Vectors = head.bias + acts @ head.acts + values @ head.sparse[places]
        return logits

    def _reading(self, logits: Vectors, head: Head) -> IntentReading:
        shares = softmax(logits / head.temperature)
        by_label: Counter[str] = Counter()
        for label, share in zip(self._labels, shares.tolist(), strict=True):
            by_label[label] += share
        is_refused = by_label[OUT_OF_SCOPE] > head.refusal
        ranked = by_label.most_common()
        chosen = next(pair for pair in ranked if is_refused == (pair[0] == OUT_OF_SCOPE))
        kinds = tuple((self.kinds[place], float(shares[place])) for place in np.argsort(-shares))
        return IntentReading(
            label=chosen[0],
            probability=chosen[1],
            others=tuple(pair for pair in ranked if pair != chosen)[:MOST_OTHERS],
            is_out_of_scope=is_refused,
            kind=next(kind for kind, _ in kinds if label_of(kind) == chosen[0]),
            kinds=kinds,
        )


def label_of(kind: str) -> str:
    """The product's name for what a kind of utterance asks for."""
    return OUT_OF_SCOPE if kind.startswith(OUTSIDE) else LABELS.get(kind, kind)


def sparse(text: str, places: Mapping[str, int], idf: Vectors) -> tuple[NDArray[np.intp], Vectors]:
    """The known n-grams of a text: their places, and their weights with a length of 1 for words and for characters."""
    counted = Counter(ngrams.terms(text))
    known = [(places[term], count, term[0] == "w") for term, count in counted.items() if term in places]
    if not known:
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.float32)
    at = np.array([place for place, _, _ in known], dtype=np.intp)
    are_words = np.array([is_word for _, _, is_word in known])
    values = (1 + np.log(np.array([count for _, count, _ in known], dtype=np.float32))) * idf[at]
    for block in (are_words, ~are_words):
        if block.any():
            values[block] /= np.linalg.norm(values[block])
    return at, values


def softmax(logits: Vectors) -> Vectors:
    """Shares that sum to 1."""
    raised: Vectors = np.exp(logits - logits.max())
    shares: Vectors = raised / raised.sum()
    return shares


def packed(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The bytes of an artefact: arrays, and a header in JSON among them."""
    file = io.BytesIO()
    written = np.frombuffer(json.dumps(header).encode(), dtype=np.uint8)
    np.savez_compressed(file, allow_pickle=False, header=written, **arrays)
    return file.getvalue()


def _head(arrays: Mapping[str, NDArray[Any]], header: Mapping[str, Any], name: str) -> Head:
    dense, sparse, acts, bias = (arrays[f"{name}_{part}"].astype(np.float32) for part in PARTS)
    if sparse.shape != (len(header["terms"]), len(header["kinds"])) or bias.shape != sparse.shape[1:]:
        raise ValueError(f"{name} does not have a weight for each term and kind")
    return Head(dense=dense, sparse=sparse, acts=acts, bias=bias, **header[name])
