"""Build `intents/model.npz`: fit both heads on the utterances, and calibrate them on what a fold had not seen.

Run by hand where an utterance changes: `uv run --group dev python -m ml.build_intent`. The same utterances give the
same model.
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

from ml import intent, ngrams, utterances
from ml.embedding import LocalEmbeddings

FORMAT = 1
MOST_TERMS = 12_000
STRENGTH = 6.0
DENSE_WEIGHT = 2.0
EVENNESS = 0.5
"""How far kinds with few utterances are raised to those with many: 0 not at all, 1 fully."""

FOLDS = 5
FALSE_REFUSALS = 0.07
"""The share of sentences inside the scope that may be refused when the threshold is chosen.

No two utterances are alike, so one that was not seen is harder than what people say: of that far fewer are refused.
"""


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """Texts with the place of their kind; `source` numbers the utterance that a text is a way of writing of."""

    texts: Sequence[str]
    vectors: intent.Vectors
    answers: NDArray[np.intp]
    source: NDArray[np.intp]
    kinds: tuple[str, ...]

    def where(self, kept: NDArray[np.bool_]) -> "Corpus":
        """The part of it that is kept."""
        texts = [text for text, keep in zip(self.texts, kept.tolist(), strict=True) if keep]
        vectors, answers, source = self.vectors[kept], self.answers[kept], self.source[kept]
        return Corpus(texts=texts, vectors=vectors, answers=answers, source=source, kinds=self.kinds)


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """The n-grams that count, and how rare each is."""

    places: Mapping[str, int]
    idf: intent.Vectors

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Vocabulary":
        """The n-grams that most texts have, in an order that depends on nothing else."""
        counted = Counter(term for text in texts for term in set(ngrams.terms(text)))
        kept = sorted(counted, key=lambda term: (-counted[term], term))[:MOST_TERMS]
        rarity = [np.log((1 + len(texts)) / (1 + counted[term])) + 1 for term in kept]
        return cls(places={term: place for place, term in enumerate(kept)}, idf=np.array(rarity, dtype=np.float32))


@dataclass(frozen=True, kw_only=True)
class Calibrated:
    """What the heads' logits are divided by, from where on they refuse, and how well that did on unseen utterances."""

    temperature: float
    refusal: float
    accuracy: float
    refused: float


def build() -> tuple[bytes, Mapping[str, Calibrated]]:
    """The artefact, and how each head does on utterances it was not fitted to."""
    said = utterances.read()
    corpus = _corpus(said)
    vocabulary = Vocabulary.of(corpus.texts)
    arrays: dict[str, NDArray[np.float16]] = {"idf": vocabulary.idf.astype(np.float16)}
    calibrated = {}
    for name, is_dense in (("full", True), ("bare", False)):
        calibrated[name] = _calibrated(corpus, is_dense)
        fitted = _fitted(corpus, vocabulary, is_dense)
        arrays |= {f"{name}_{part}": array for part, array in _parts(fitted, vocabulary, is_dense).items()}
    mark = utterances.digest(said)
    header = {
        "version": f"intents-{FORMAT}-{mark}",
        "utterances": mark,
        "embedder": LocalEmbeddings.name,
        "kinds": corpus.kinds,
        "terms": list(vocabulary.places),
        **{name: {"temperature": each.temperature, "refusal": each.refusal} for name, each in calibrated.items()},
    }
    return intent.packed(header, arrays), calibrated


def ways(text: str) -> list[str]:
    """A sentence as it was written, as it is dictated (no capitals, no marks), and as an editor would print it."""
    dictated = " ".join(re.sub(r"[^\w\s']", " ", text.lower()).split())
    printed = text[0].upper() + text[1:]
    if printed[-1] not in ".?!":
        printed += "?" if ngrams.words(text)[0] in ngrams.ASKING | ngrams.AUXILIARY else "."
    return list(dict.fromkeys((text, dictated, printed)))


def _corpus(said: Mapping[str, Sequence[str]]) -> Corpus:
    utterance = [(kind, text) for kind, texts in enumerate(said.values()) for text in texts]
    rows = [(way, kind, number) for number, (kind, text) in enumerate(utterance) for way in ways(text)]
    texts = [text for text, _, _ in rows]
    return Corpus(
        texts=texts,
        vectors=np.array(LocalEmbeddings().embed_documents(texts), dtype=np.float32),
        answers=np.array([kind for _, kind, _ in rows]),
        source=np.array([number for _, _, number in rows]),
        kinds=tuple(said),
    )


def _features(corpus: Corpus, vocabulary: Vocabulary, is_dense: bool) -> csr_matrix:
    """Rows of embedding (where wanted), n-grams and speech acts, as `intent` puts them together."""
    found = [intent.sparse(text, vocabulary.places, vocabulary.idf) for text in corpus.texts]
    rows = np.repeat(np.arange(len(found)), [len(at) for at, _ in found])
    columns, values = (np.concatenate(part) for part in zip(*found, strict=True))
    terms = csr_matrix((values, (rows, columns)), shape=(len(found), len(vocabulary.places)))
    acts = csr_matrix(np.array([ngrams.speech_acts(text) for text in corpus.texts]) * intent.ACTS_WEIGHT)
    blocks = [csr_matrix(corpus.vectors * DENSE_WEIGHT), terms, acts] if is_dense else [terms, acts]
    return hstack(blocks).tocsr()


def _fitted(corpus: Corpus, vocabulary: Vocabulary, is_dense: bool) -> LogisticRegression:
    counts = np.bincount(corpus.answers, minlength=len(corpus.kinds))
    weights = dict(enumerate((counts.mean() / counts) ** EVENNESS))
    model = LogisticRegression(C=STRENGTH, max_iter=500, tol=1e-4, class_weight=weights)
    return model.fit(_features(corpus, vocabulary, is_dense), corpus.answers)


def _calibrated(corpus: Corpus, is_dense: bool) -> Calibrated:
    """By cross-validation over utterances: no way of writing one stands on both sides."""
    logits = np.zeros((len(corpus.texts), len(corpus.kinds)))
    for fold in range(FOLDS):
        unseen = corpus.source % FOLDS == fold
        rest = corpus.where(~unseen)
        vocabulary = Vocabulary.of(rest.texts)
        model = _fitted(rest, vocabulary, is_dense)
        logits[unseen] = model.decision_function(_features(corpus.where(unseen), vocabulary, is_dense))
    labels = sorted({intent.label_of(kind) for kind in corpus.kinds})
    label_of_kind = np.array([labels.index(intent.label_of(kind)) for kind in corpus.kinds])
    answers = label_of_kind[corpus.answers]

    def shares(temperature: float) -> NDArray[np.float64]:
        raised = np.exp((logits - logits.max(1, keepdims=True)) / temperature)
        by_label: NDArray[np.float64] = (raised / raised.sum(1, keepdims=True)) @ np.eye(len(labels))[label_of_kind]
        return by_label

    def loss(temperature: float) -> float:
        return -float(np.log(shares(temperature)[np.arange(len(answers)), answers] + 1e-12).mean())

    temperature = float(minimize_scalar(loss, bounds=(0.3, 4.0), method="bounded").x)
    return _judged(shares(temperature), answers, labels.index(intent.OUT_OF_SCOPE), temperature)


def _judged(shares: NDArray[np.float64], answers: NDArray[np.intp], outside: int, temperature: float) -> Calibrated:
    is_outside = answers == outside
    refusal = float(np.quantile(shares[~is_outside, outside], 1 - FALSE_REFUSALS))
    return Calibrated(
        temperature=round(temperature, 3),
        refusal=round(min(refusal, 0.5), 3),
        accuracy=float((shares.argmax(1) == answers).mean()),
        refused=float((shares[is_outside, outside] > refusal).mean()),
    )


def _parts(model: LogisticRegression, vocabulary: Vocabulary, is_dense: bool) -> dict[str, NDArray[np.float16]]:
    width = LocalEmbeddings.dimensions if is_dense else 0
    dense, terms, acts = np.split(model.coef_.T, [width, width + len(vocabulary.places)])
    parts = (dense * DENSE_WEIGHT, terms, acts, model.intercept_)
    return {name: part.astype(np.float16) for name, part in zip(intent.PARTS, parts, strict=True)}


if __name__ == "__main__":
    artefact, calibrated = build()
    intent.ARTEFACT.write_bytes(artefact)
    print(f"{intent.ARTEFACT.name}: {len(artefact):,} bytes")
    for name, each in calibrated.items():
        print(f"{name}: {each}")
