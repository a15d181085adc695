"""From where on a question is answered: the model that ships, and how one is fitted."""

import random

import pytest

from ml.answerable import FEATURES, NEAR, features, load
from ml.build_answerable import WEIGHTS, Case, fit

GOOD = {"whole": 0.6, "least": 0.4, "holds": 1.0, "whether": False, "names": 1.0}
FAR = {"whole": 0.15, "least": 0.1, "holds": 0.0, "whether": False, "names": None}


def test_a_clear_passage_answers_and_a_far_one_does_not():
    model = load()

    assert model.score(features(**GOOD)) >= model.answers
    assert model.score(features(**FAR)) < model.closest


@pytest.mark.parametrize("lacking", [{"whole": 0.2}, {"least": 0.1}, {"holds": 0.0}, {"names": 0.0}], ids=str)
def test_what_lacks_something_that_is_asked_for_answers_less(lacking):
    model = load()

    assert model.score(features(**GOOD)) > model.score(features(**{**GOOD, **lacking}))


def test_nearer_than_near_says_no_more():
    assert features(**{**GOOD, "whole": 0.9}) == features(**{**GOOD, "whole": NEAR})


def test_what_ships_knows_all_features():
    model = load()

    assert tuple(model.weights) == FEATURES and model.middle.shape == (384,)
    assert model.closest < model.answers


def test_a_fit_refuses_what_looks_unlike_an_answer_and_tells_of_each_author():
    draw = random.Random(1)
    cases = [
        Case(
            kind=kind,
            person=f"{number % 4}",
            author="ab"[number % 2],
            features={name: draw.gauss(2.0 * (kind == "answered"), 1) for name in FEATURES},
        )
        for number, kind in enumerate(kind for kind in WEIGHTS for _ in range(60))
    ]

    artefact, told = fit(cases)

    assert artefact["closest"] < artefact["answers"]
    assert all(weight > 0 for weight in artefact["weights"].values())
    assert [line.partition(":")[0] for line in told] == [
        f"each {who} unseen, author {author}" for who in ("person", "author") for author in "ab"
    ]
    assert all("absent refused 1.000 (n=30)" in line or "absent refused 0.9" in line for line in told)
