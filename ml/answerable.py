"""Answerable: how likely a passage answers a question, by a logistic model on a few features of both.

`build_answerable` fits it; its weights and from where on to answer stand in `answerable.json`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

ARTEFACT = Path(__file__).with_name("answerable.json")
FEATURES = ("near", "least", "holds", "whether", "names")
"""How near the nearest sentence is in meaning, and the word of the question that is nearest to nothing; how surely a
sentence near the question holds a thing of the kind that is asked for; whether it asks whether something is so; and
whether who is named is there. None grows with how much was written."""
NEAR = 0.4
"""Nearer than that is about the same thing, and says no more about whether it answers."""
UNTOLD = 0.8
"""As surely as that holds anything what may be answered by anything."""


@dataclass(frozen=True, kw_only=True)
class Answerable:
    """Weights by feature. From `answers` on it is an answer, from `closest` on it may be shown as near to one.

    `middle` is where the vectors of words lie on average.
    """

    version: str
    weights: Mapping[str, float]
    bias: float
    answers: float
    closest: float
    middle: "NDArray[Any]"

    def score(self, features: Mapping[str, float]) -> float:
        """The log odds that it answers."""
        return self.bias + sum(weight * features[name] for name, weight in self.weights.items())


def features(
    *,
    whole: float,
    least: float,
    holds: float | None,
    whether: bool,
    names: float | None,
) -> dict[str, float]:
    """The features of a question and a passage; what is None was not asked for."""
    return {
        "near": min(whole, NEAR),
        "least": least,
        "holds": UNTOLD if holds is None else holds,
        "whether": float(whether),
        "names": 1.0 if names is None else names,
    }


def load() -> Answerable:
    """The model that ships."""
    import numpy

    kept = json.loads(ARTEFACT.read_text(encoding="utf-8"))
    return Answerable(**{**kept, "middle": numpy.array(kept["middle"], dtype=numpy.float32)})
