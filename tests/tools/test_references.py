"""Which object is meant."""

from uuid import uuid4

import pytest

from domain.errors import NotFound
from tools.references import Candidate, Unclear, meant

TITLES = (
    "Call the dentist",
    "Finish the report",
    "Buy milk",
    "Pick up the suit from the cleaner",
    "Renew passport",
    "Run",
    "Read",
)


@pytest.mark.parametrize(
    ("reference", "title"),
    [
        ("dentist", "Call the dentist"),
        ("the dentist one", "Call the dentist"),
        ("report", "Finish the report"),
        ("finishing the report", "Finish the report"),
        ("milk task", "Buy milk"),
        ("buying milk", "Buy milk"),
        ("picking up my suit", "Pick up the suit from the cleaner"),
        ("pasport", "Renew passport"),
        ("RUNNING", "Run"),
        ("i ran", "Run"),
        ("reading", "Read"),
    ],
)
def test_the_persons_words_lead_to_the_object(reference, title):
    known = [Candidate(id=uuid4(), title=each) for each in TITLES]

    found = meant(reference, known, kind="task")

    assert {candidate.id: candidate.title for candidate in known}[found] == title


@pytest.mark.parametrize("reference", ["the moon", "taxes", "xyz"])
def test_what_resembles_nothing_is_not_guessed(reference):
    with pytest.raises(NotFound, match="look for it first"):
        meant(reference, [Candidate(id=uuid4(), title=each) for each in TITLES], kind="task")


@pytest.mark.parametrize(
    "reference", ["call the plumber", "finishing the shed", "renewed the lease", "picked up the kids"]
)
def test_the_same_verb_with_another_object_is_another_thing(reference):
    with pytest.raises(NotFound, match="look for it first"):
        meant(reference, [Candidate(id=uuid4(), title=each) for each in TITLES], kind="task")


def test_two_that_fit_alike_are_asked_for():
    known = [Candidate(id=uuid4(), title=title) for title in ("Email Anna", "Email Bob", "Buy milk")]

    with pytest.raises(Unclear, match=r'"Email (Anna|Bob)" or "Email (Anna|Bob)"\?'):
        meant("the email", known, kind="task")


def test_the_exact_title_wins_over_longer_ones():
    short, long = Candidate(id=uuid4(), title="Call Anna"), Candidate(id=uuid4(), title="Call Anna about the flat")

    assert meant("call anna", [long, short], kind="task") == short.id


def test_the_only_one_is_meant_by_a_bare_noun():
    only = Candidate(id=uuid4(), title="Buy milk")

    assert meant("the task", [only], kind="task") == only.id
