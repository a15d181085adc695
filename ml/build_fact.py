"""Build `facts/model.npz`: fit it on the statements, and calibrate it on what a fold had not seen.

Run by hand where a statement changes: `uv run --group dev python -m ml.build_fact`. The same statements give the same
model.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from ml import fact, intent, ngrams, utterances
from ml.embedding import LocalEmbeddings

FORMAT = 1
FACTS = "fact_"
MARKED = re.compile(r"\*([^*]+)\*")
OWN = re.compile(r"(?i)\b(?:i|i'm|my|we|our)\b")
FEWEST = {"w": 2, "c": 3, "s": 2}
"""How many statements a term of each kind must stand in."""

STRENGTH = 1.5
FOLDS = 10
PRECISION = 0.91
FACTS_OF_ALL = 0.4
"""Among messages of which so many hold a fact, those let in shall be facts as often as `PRECISION` says.

That is more than the nine in ten that are wanted: lines of one writer are more alike than what other people say.
"""

OTHER_REQUESTS = 8
"""Every so-manieth utterance of the intents is learned as none: what is asked for tells nothing lasting."""

UNCLEAR = ("memory_", "any", "maybe", "chitchat", "smalltalk", "out_other")


@dataclass(frozen=True, kw_only=True)
class Statements:
    """Texts, whether each is a fact, the line it stands in, and whether it is one of `facts/`."""

    texts: Sequence[str]
    are_facts: NDArray[np.bool_]
    lines: NDArray[np.intp]
    are_own: NDArray[np.bool_]
    vectors: fact.Vectors


@dataclass(frozen=True, kw_only=True)
class Calibrated:
    """Divisor of the logits and bar, and what stands above it among statements not seen."""

    temperature: float
    bar: float
    recall: float
    precision: float


def build() -> tuple[bytes, Calibrated]:
    """The artefact, and how it does on statements it was not fitted to."""
    said = utterances.read(fact.FOLDER)
    read = _statements(said)
    everything = np.arange(len(read.texts))
    calibrated = _calibrated(read)
    places, idf = _vocabulary(read, everything)
    model = _fitted(_features(read, places, idf), read, everything)
    width = LocalEmbeddings.dimensions
    dense, sparse, acts = np.split(model.coef_[0], [width, width + len(places)])
    arrays = {
        "idf": idf,
        "dense": dense * fact.DENSE_WEIGHT,
        "sparse": sparse,
        "acts": acts,
        "bias": model.intercept_,
    }
    mark = utterances.digest(said)
    header = {
        "version": f"facts-{FORMAT}-{mark}",
        "statements": mark,
        "embedder": LocalEmbeddings.name,
        "terms": list(places),
        "temperature": calibrated.temperature,
        "bar": calibrated.bar,
    }
    return intent.packed(header, {name: array.astype(np.float16) for name, array in arrays.items()}), calibrated


def parts_of(line: str, is_fact: bool) -> list[tuple[str, bool]]:
    """The statements of a line: where a part stands between asterisks, that alone is the fact, and what tells nothing
    of the person beside it is none."""
    marked = MARKED.findall(line)
    if not marked:
        return [(line, is_fact)]
    beside = [part for part in MARKED.sub("\n", line).splitlines() if len(part.split()) > 2 and not OWN.search(part)]
    return [*((part, True) for part in marked), *((part, False) for part in beside)]


def _statements(said: Mapping[str, Sequence[str]]) -> Statements:
    lines = [(line, kind.startswith(FACTS)) for kind, each in said.items() for line in each]
    requests = [text for kind, each in utterances.read().items() if not kind.startswith(UNCLEAR) for text in each]
    rows = [(part, is_fact, number) for number, line in enumerate(lines) for part, is_fact in parts_of(*line)]
    rows += [(text, False, len(lines) + number) for number, text in enumerate(requests[::OTHER_REQUESTS])]
    texts = [fact.as_weighed(text) for text, _, _ in rows]
    numbers = np.array([number for _, _, number in rows])
    return Statements(
        texts=texts,
        are_facts=np.array([is_fact for _, is_fact, _ in rows]),
        lines=numbers,
        are_own=numbers < len(lines),
        vectors=np.array(LocalEmbeddings().embed_documents(texts), dtype=np.float32),
    )


def _vocabulary(read: Statements, kept: NDArray[np.intp]) -> tuple[dict[str, int], fact.Vectors]:
    counted = Counter(term for at in kept.tolist() for term in set(fact.terms(read.texts[at])))
    known = sorted(term for term, count in counted.items() if count >= FEWEST[term[0]])
    idf = [np.log((1 + len(kept)) / (1 + counted[term])) + 1 for term in known]
    return {term: place for place, term in enumerate(known)}, np.array(idf, dtype=np.float32)


def _features(read: Statements, places: Mapping[str, int], idf: fact.Vectors) -> csr_matrix:
    found = [fact.sparse(text, places, idf) for text in read.texts]
    rows = np.repeat(np.arange(len(found)), [len(at) for at, _ in found])
    columns, values = (np.concatenate(part) for part in zip(*found, strict=True))
    terms = csr_matrix((values, (rows, columns)), shape=(len(found), len(places)))
    acts = csr_matrix(np.array([ngrams.speech_acts(text) for text in read.texts]) * fact.ACTS_WEIGHT)
    return hstack([csr_matrix(read.vectors * fact.DENSE_WEIGHT), terms, acts]).tocsr()


def _fitted(features: csr_matrix, read: Statements, kept: NDArray[np.intp]) -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=500, tol=1e-4).fit(features[kept], read.are_facts[kept])


def _calibrated(read: Statements) -> Calibrated:
    """By cross-validation over lines: no part of one stands on both sides."""
    logits = np.zeros(len(read.texts))
    for fold in range(FOLDS):
        unseen = read.lines % FOLDS == fold
        kept = np.flatnonzero(~unseen)
        features = _features(read, *_vocabulary(read, kept))
        logits[unseen] = _fitted(features, read, kept).decision_function(features[unseen])
    logits, are_facts = logits[read.are_own], read.are_facts[read.are_own]

    def loss(temperature: float) -> float:
        return float(np.logaddexp(0, np.where(are_facts, -logits, logits) / temperature).mean())

    temperature = round(float(minimize_scalar(loss, bounds=(0.3, 4.0), method="bounded").x), 3)
    shares = 1 / (1 + np.exp(-logits / temperature))
    return _judged(shares, are_facts, temperature)


def _judged(shares: NDArray[np.float64], are_facts: NDArray[np.bool_], temperature: float) -> Calibrated:
    for bar in np.arange(0.2, 0.99, 0.01).round(2).tolist():
        recall, junk = float((shares[are_facts] >= bar).mean()), float((shares[~are_facts] >= bar).mean())
        right = recall * FACTS_OF_ALL
        precision = right / (right + junk * (1 - FACTS_OF_ALL))
        if precision >= PRECISION:
            break
    return Calibrated(temperature=temperature, bar=bar, recall=recall, precision=precision)


if __name__ == "__main__":
    artefact, calibrated = build()
    fact.ARTEFACT.write_bytes(artefact)
    print(f"{fact.ARTEFACT.name}: {len(artefact):,} bytes")
    print(calibrated)
