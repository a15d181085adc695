"""Answerable: how likely a passage answers a question, by a logistic model on a few features of both.

`build_answerable` fits it; its weights and from where on to answer stand in `answerable.json`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import log1p
from pathlib import Path

ARTEFACT = Path(__file__).with_name("answerable.json")
FEATURES = (
    *("cosine", "gap", "ahead", "share", "here", "kind", "has", "fits", "seldom", "named", "names", "head", "asks"),
    *("more", "beyond", "attributed", "attribute", "counted"),
)
"""The nearness in meaning, how far the next passage is behind in it, and in the score by words; the weighted share of
the question's words in passage and best sentence; whether something of a kind is asked for, is there, and with how many
of the question's words; whether it is of a kind that is seldom written; whether somebody is named, and is there, and
whether the thing asked after is; how many words the question has, for the same share of more words says more; whether
it says more than title and names, and how much of that is there; whether something is asked of a thing, and that word
is there; and whether what is to be counted has a number. Without vectors the first two are missing. None of them grows
with how much the person has written, as a bare score by words does."""
BY_MEANING = frozenset({"cosine", "gap"})


@dataclass(frozen=True, kw_only=True)
class Head:
    """Weights by feature. From `answers` on it is an answer, from `closest` on it may be shown as near to one."""

    weights: Mapping[str, float]
    bias: float
    answers: float
    closest: float


@dataclass(frozen=True, kw_only=True)
class Answerable:
    """One head for passages that were compared by meaning too, one for those found by words alone."""

    version: str
    full: Head
    bare: Head

    def head(self, features: Mapping[str, float]) -> Head:
        """The head for what is known."""
        return self.full if "cosine" in features else self.bare

    def score(self, features: Mapping[str, float]) -> float:
        """The log odds that it answers."""
        head = self.head(features)
        return head.bias + sum(weight * features[name] for name, weight in head.weights.items())


def features(
    *,
    cosine: float | None,
    next_cosine: float,
    words: float,
    next_words: float,
    share: float,
    here: float,
    has: bool | None,
    fits: float,
    beyond: float | None,
    attribute: float | None,
    counted: bool | None,
    is_seldom: bool,
    names: float | None,
    head: float | None,
    asks: int,
) -> dict[str, float]:
    """The features of a question and a passage; what is None was not asked for.

    A sentence that shares nothing with the question tells nothing by what it has.
    """
    told = {
        "ahead": log1p(max(words, 0.0)) - log1p(max(next_words, 0.0)),
        "share": share,
        "here": here,
        "kind": float(has is not None),
        "has": 0.0 if has is None or here == 0 else has - 0.5,
        "fits": fits,
        "seldom": float(is_seldom),
        "head": 0.5 if head is None else head,
        "named": float(names is not None),
        "names": 1.0 if names is None else names,
        "asks": log1p(asks),
        "more": float(beyond is not None),
        "beyond": 0.5 if beyond is None else beyond,
        "attributed": float(attribute is not None),
        "attribute": 0.0 if attribute is None else attribute - 0.5,
        "counted": 0.0 if counted is None else counted - 0.5,
    }
    return told if cosine is None else {**told, "cosine": cosine, "gap": cosine - next_cosine}


def load() -> Answerable:
    """The model that ships."""
    kept = json.loads(ARTEFACT.read_text(encoding="utf-8"))
    return Answerable(version=kept["version"], full=Head(**kept["full"]), bare=Head(**kept["bare"]))
