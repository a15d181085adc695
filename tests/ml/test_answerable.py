"""From where on a question is answered: the model that ships, and how one is fitted."""

import random

import pytest

from ml.answerable import BY_MEANING, FEATURES, features, load
from ml.build_answerable import WEIGHTS, Case, fit

GOOD = {
    "cosine": 0.6,
    "next_cosine": 0.2,
    "words": 9.0,
    "next_words": 1.0,
    "share": 1.0,
    "here": 1.0,
    "has": True,
    "fits": 1.0,
    "beyond": 1.0,
    "attribute": None,
    "counted": None,
    "head": 1.0,
    "asks": 4,
}
BAD = {
    "cosine": 0.15,
    "next_cosine": 0.14,
    "words": 1.0,
    "next_words": 1.0,
    "share": 0.1,
    "here": 0.1,
    "has": False,
    "fits": 0.0,
    "beyond": 0.0,
    "attribute": None,
    "counted": None,
    "head": 0.0,
    "asks": 4,
}


@pytest.mark.parametrize("without", [{}, {"cosine": None}], ids=["by meaning", "by words alone"])
def test_a_clear_passage_answers_and_a_far_one_does_not(without):
    model = load()
    good, bad = (features(**{**each, **without}, names=each["here"], is_seldom=False) for each in (GOOD, BAD))

    assert model.score(good) >= model.head(good).answers
    assert model.score(bad) < model.head(bad).closest


def test_the_same_share_of_more_words_says_more():
    model = load()
    few, many = (features(**{**GOOD, "asks": asks}, names=None, is_seldom=False) for asks in (1, 5))

    assert model.score(many) > model.score(few)


@pytest.mark.parametrize(
    "lacking", [{"has": False, "fits": 0.0}, {"beyond": 0.0}, {"attribute": 0.0}, {"counted": False}], ids=str
)
def test_what_lacks_something_that_is_asked_for_answers_less(lacking):
    model = load()
    whole = {**GOOD, "attribute": 1.0, "counted": True}
    there, not_there = (features(**{**whole, **each}, names=None, is_seldom=False) for each in ({}, lacking))

    assert model.score(there) > model.score(not_there)


def test_a_sentence_that_shares_nothing_tells_nothing_by_what_it_has():
    with_it, without = (
        features(**{**BAD, "here": 0.0, "has": has}, names=None, is_seldom=False) for has in (True, False)
    )

    assert with_it == without


def test_what_ships_knows_all_features():
    model = load()

    assert set(model.full.weights) == set(FEATURES)
    assert set(model.bare.weights) == set(FEATURES) - BY_MEANING
    assert model.full.closest < model.full.answers


def test_a_fit_refuses_what_looks_unlike_an_answer():
    draw = random.Random(1)
    kinds = [kind for kind in WEIGHTS for _ in range(60)]
    cases = [
        Case(kind=kind, group=number, features={name: draw.gauss(2.0 * (kind == "answered"), 1) for name in FEATURES})
        for number, kind in enumerate(kinds)
    ]

    artefact, told = fit(cases)

    assert artefact["full"]["closest"] < artefact["full"]["answers"]
    assert all(weight > 0 for weight in artefact["full"]["weights"].values())
    assert "absent refused 1.000 (n=60)" in told[0] or "absent refused 0.9" in told[0]
