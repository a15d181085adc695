"""Intents: what a message asks for, in labels of the data, with a calibrated probability and a refusal.

A prediction is right where its first label is one that the case accepts. `oos` says that nothing would be done.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from evals.suites.suite import BadCases, Judged, Row, Suite, by
from ml.embedding import LocalEmbeddings
from ml.intent import OUT_OF_SCOPE, IntentModel, IntentReading, label_of

REFUSED = "oos"
LABELS: Mapping[str, str] = {
    "alarm_create": "alarm",
    "alarm_find": "alarm",
    "alarm_delete": "alarm",
    "any": "smalltalk",
    "chitchat": "smalltalk",
    "confirm": "repeat",
    "datetime": "datetime_query",
    "event_find": "event_list",
    "explain": "help",
    "goodbye": "smalltalk",
    "greeting": "smalltalk",
    "joke": "smalltalk",
    "list_add": "list_change",
    "list_find": "list_query",
    "list_remove": "list_change",
    "maybe": "smalltalk",
    "memory_find": "smalltalk",
    "praise": "smalltalk",
    "reminder_find": "reminder_list",
    "task_find": "task_list",
    "thanks": "smalltalk",
    "undo": "cancel",
}
"""The data's label for a kind of the product; the others have the same name there, or none."""

AT_ONCE = 256
MOST_LABELS = 5
BINS = 10
MARGINS = (0.0, 0.1, 0.2, 0.4, 0.6)


async def answer(cases: Sequence[Row], file: Path, model: str) -> AsyncIterator[Row]:
    """By the intent model that ships, with the local embedding; `model` makes no difference."""
    intents, embeddings = IntentModel.load(), LocalEmbeddings()
    for start in range(0, len(cases), AT_ONCE):
        texts = [_text(case, file) for case in cases[start : start + AT_ONCE]]
        vectors = np.array(await embeddings.aembed_documents(texts), dtype=np.float32)
        for reading in intents.predict(texts, vectors):
            yield prediction(reading)


def _text(case: Row, file: Path) -> str:
    if not isinstance(text := case.get("text"), str):
        raise BadCases(f"{file}, case {case['id']}: has no `text` of words.")
    return text


def prediction(reading: IntentReading) -> Row:
    """The reading in the fields of this shape: labels with the likeliest first, or the refusal before them."""
    shares: dict[str, float] = {}
    for kind, share in reading.kinds:
        label = REFUSED if label_of(kind) == OUT_OF_SCOPE else LABELS.get(kind, kind)
        shares[label] = shares.get(label, 0.0) + share
    refused = shares.pop(REFUSED)
    ranked = sorted(shares.items(), key=lambda pair: -pair[1])[:MOST_LABELS]
    ranked.insert(0 if reading.is_out_of_scope else 1, (REFUSED, refused))
    return {
        "intents": [label for label, _ in ranked],
        "probability": round(ranked[0][1], 4),
        "margin": round(ranked[0][1] - ranked[1][1], 4),
        "oos": reading.is_out_of_scope,
    }


def score(case: Row, prediction: Row) -> float:
    """1 where the first label is one of those that are accepted."""
    return float(prediction["intents"][0] in case["accept"])


def table(cases: Sequence[Judged]) -> Iterable[str]:
    """Accuracy by scope, source and target; recall and cost of refusing; calibration; what a margin buys."""
    outside = [each for each in cases if each.case["oos"]]
    inside = [each for each in cases if not each.case["oos"]]
    kept = [each for each in inside if REFUSED not in each.case["accept"]]
    return [
        *by(cases, lambda case: "out of scope" if case["oos"] else "in scope"),
        *by(cases, lambda case: f"source {case['source']}"),
        *by(cases, lambda case: f"target {case['target']}"),
        f"{'refused, of those out of scope':<36} n={len(outside):5d}  {_share(outside, _is_refused):.3f}",
        f"{'refused, of those that may not be':<36} n={len(kept):5d}  {_share(kept, _is_refused):.3f}",
        f"{'calibration error':<36} n={len(cases):5d}  {calibration_error(cases):.3f}",
        *(_at_margin(cases, margin) for margin in MARGINS),
    ]


def calibration_error(cases: Sequence[Judged]) -> float:
    """How far the probabilities stand from the shares that were right, over ten bins of equal width."""
    bins: dict[int, list[Judged]] = {}
    for each in cases:
        bins.setdefault(min(int(each.prediction["probability"] * BINS), BINS - 1), []).append(each)
    gaps = (abs(sum(each.score - each.prediction["probability"] for each in of)) for of in bins.values())
    return sum(gaps) / len(cases) if cases else 0.0


def _at_margin(cases: Sequence[Judged], margin: float) -> str:
    sure = [each for each in cases if each.prediction["margin"] >= margin]
    right = _share(sure, lambda each: bool(each.score))
    return f"{f'margin of {margin} and more':<36} n={len(sure):5d}  {right:.3f}"


def _is_refused(each: Judged) -> bool:
    return bool(each.prediction["oos"])


def _share(cases: Sequence[Judged], holds: Callable[[Judged], bool]) -> float:
    return sum(map(holds, cases)) / len(cases) if cases else 0.0


SUITE = Suite(answer=answer, score=score, table=table)
