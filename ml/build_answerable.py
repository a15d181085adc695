"""Build `answerable.json`: fit both heads on questions that were asked of what somebody wrote, and set from where on
they answer.

Run by hand where the questions or the search change: `uv run --group dev python -m evals.calibration`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from ml.answerable import BY_MEANING, FEATURES

FORMAT = 1
STRENGTH = 0.3
FOLDS = 10
REFUSED = 0.1
"""The share of questions that have an answer and may go without one where the threshold is chosen."""
SHOWN = 0.02
"""The share of them of which not even the closest passage may be shown."""
WEIGHTS = {"answered": 1.2, "absent": 1.2, "beside": 1.0, "removed": 0.35}
"""How much a question of each kind counts; `removed` is one whose answer was taken away."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """The features of a question's best passage; cases of one `group` stand on one side of every fold."""

    kind: str
    group: int
    features: Mapping[str, float]


def fit(cases: Sequence[Case]) -> tuple[dict[str, Any], list[str]]:
    """The artefact, and how each head does on questions it was not fitted to."""
    artefact: dict[str, Any] = {"version": f"answerable-{FORMAT}"}
    told = []
    for name, columns in (
        ("full", FEATURES),
        ("bare", tuple(each for each in FEATURES if each not in BY_MEANING)),
    ):
        artefact[name], line = _head(cases, columns)
        told.append(f"{name}: {line}")
    return artefact, told


def _head(cases: Sequence[Case], columns: Sequence[str]) -> tuple[dict[str, Any], str]:
    kinds = np.array([case.kind for case in cases])
    rows = np.array([[case.features[name] for name in columns] for case in cases])
    spread = rows.std(0) + 1e-9
    folds = np.array([case.group % FOLDS for case in cases])
    unseen = np.zeros(len(cases))
    for fold in range(FOLDS):
        here = folds == fold
        if here.any():
            model = _fitted(rows[~here] / spread, kinds[~here])
            unseen[here] = model.decision_function(rows[here] / spread)
    model = _fitted(rows / spread, kinds)
    # The thresholds come from questions that the model had not seen.
    answers, closest = (float(np.quantile(unseen[kinds == "answered"], share)) for share in (REFUSED, SHOWN))
    refused = {kind: float((unseen[kinds == kind] < answers).mean()) for kind in WEIGHTS}
    head = {
        "weights": {
            name: round(float(weight), 4) for name, weight in zip(columns, model.coef_[0] / spread, strict=True)
        },
        "bias": round(float(model.intercept_[0]), 4),
        "answers": round(answers, 3),
        "closest": round(closest, 3),
    }
    return head, ", ".join(f"{kind} refused {share:.3f} (n={(kinds == kind).sum()})" for kind, share in refused.items())


def _fitted(rows: NDArray[np.float64], kinds: NDArray[np.str_]) -> LogisticRegression:
    weights = np.array([WEIGHTS[kind] for kind in kinds])
    return LogisticRegression(C=STRENGTH, max_iter=2000).fit(rows, kinds == "answered", sample_weight=weights)
