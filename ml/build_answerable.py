"""Build `answerable.json`: fit it on questions that were asked of what somebody wrote, and set from where on they are
answered.

Run by hand where the questions or the search change: `uv run --group dev python -m evals.calibration`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from ml.answerable import FEATURES

FORMAT = 2
STRENGTH = 0.1
REFUSED = 0.08
"""The share of questions that have an answer and may go without one where the threshold is chosen."""
SHOWN = 0.02
"""The share of them of which not even the closest passage may be shown."""
WEIGHTS = {"answered": 1.2, "absent": 1.2, "beside": 1.0, "removed": 0.35}
"""How much a question of each kind counts; `removed` is one whose answer was taken away."""

Rows = NDArray[np.float64]
Names = NDArray[np.str_]


@dataclass(frozen=True, kw_only=True)
class Case:
    """The features of a question's best passage, who asks, and who wrote both."""

    kind: str
    person: str
    author: str
    features: Mapping[str, float]


def fit(cases: Sequence[Case]) -> tuple[dict[str, Any], list[str]]:
    """What the artefact says but `middle`, and how it does on persons and authors it was not fitted to.

    The threshold comes from questions of persons that the fit had not seen; every author counts alike.
    """
    of = _Cases(cases)
    unseen = of.judged(of.persons)
    answers, closest = (_quantile(unseen[of.answered], of.alike[of.answered], share) for share in (REFUSED, SHOWN))
    weights, bias = of.fitted(np.ones(len(cases), bool))
    artefact = {
        "version": f"answerable-{FORMAT}",
        "weights": {name: round(float(weight), 4) for name, weight in zip(FEATURES, weights, strict=True)},
        "bias": round(bias, 4),
        "answers": round(answers, 3),
        "closest": round(closest, 3),
    }
    told = [f"each person unseen, {line}" for line in of.refused(unseen, dict.fromkeys(of.authors, answers))]
    if len(set(of.authors)) > 1:
        strangers, limits = of.judged(of.authors), {}
        for author in set(of.authors):
            others = of.authors != author
            seen = of.judged(of.persons, among=others)
            known = others & of.answered
            limits[author] = _quantile(seen[known], of.alike[known], REFUSED)
        told += [f"each author unseen, {line}" for line in of.refused(strangers, limits)]
    return artefact, told


class _Cases:
    def __init__(self, cases: Sequence[Case]) -> None:
        self.kinds: Names = np.array([case.kind for case in cases])
        self.persons: Names = np.array([case.person for case in cases])
        self.authors: Names = np.array([case.author for case in cases])
        self.answered = self.kinds == "answered"
        self.rows: Rows = np.array([[case.features[name] for name in FEATURES] for case in cases])
        sizes = {author: float((self.authors == author).sum()) for author in set(self.authors)}
        self.alike: Rows = np.array([len(cases) / len(sizes) / sizes[author] for author in self.authors])

    def fitted(self, of: NDArray[np.bool_]) -> tuple[Rows, float]:
        rows, spread = self.rows[of], self.rows[of].std(0) + 1e-9
        counts = np.array([WEIGHTS[kind] for kind in self.kinds[of]]) * self.alike[of]
        model = LogisticRegression(C=STRENGTH, max_iter=2000).fit(
            rows / spread, self.answered[of], sample_weight=counts / counts.mean()
        )
        return model.coef_[0] / spread, float(model.intercept_[0])

    def judged(self, groups: Names, among: NDArray[np.bool_] | None = None) -> Rows:
        """The score of each case by a fit without its group, all of them `among` these."""
        among = np.ones(len(groups), bool) if among is None else among
        scores = np.zeros(len(groups))
        for group in set(groups[among]):
            here = groups == group
            weights, bias = self.fitted(among & ~here)
            scores[here] = self.rows[here] @ weights + bias
        return scores

    def refused(self, scores: Rows, limits: Mapping[str, float]) -> Iterable[str]:
        """The shares that each author's limit refuses."""
        for author in sorted(limits):
            of = self.authors == author
            shares = [
                f"{kind} refused {(scores[of & (self.kinds == kind)] < limits[author]).mean():.3f} "
                f"(n={(of & (self.kinds == kind)).sum()})"
                for kind in WEIGHTS
            ]
            yield f"author {author}: {', '.join(shares)}"


def _quantile(scores: Rows, counts: Rows, share: float) -> float:
    order = np.argsort(scores)
    heaped = np.cumsum(counts[order]) / counts.sum()
    return float(scores[order][min(int(np.searchsorted(heaped, share)), len(order) - 1)])
