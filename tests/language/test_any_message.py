"""Whatever a person sends is understood as something, with work that grows no faster than the message."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.people import Clock
from evals.mixtures import mixtures
from language.understanding import CLAUSES, LONGEST_CLAUSE, Understanding, understand
from tests.language.work import calls

CLOCK = Clock(now=datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Europe/Berlin")))
WORDS = """
buy milk the move it to friday on at 5pm and , . ? ! not no delete all tasks tagged #x remind me what is due
note that habit every week 3 times them second last one make mark as done high priority from for my list about
how many did i ran yesterday please can you add change instead of than except rename call "quoted words" sorry
meant both wrong actually
""".split()
SALAD = st.lists(st.sampled_from(WORDS), min_size=1, max_size=25).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=300), SALAD))
def test_any_message_is_understood_and_survives_json(text: str) -> None:
    understanding = understand(text, CLOCK)

    assert understanding.requests
    assert Understanding.of_json(json.loads(json.dumps(understanding.to_json()))) == understanding


@pytest.mark.parametrize(
    "text",
    [
        "," * 4_000,
        "no, " * 1_000,
        "the " * 1_000,
        "to " * 1_000 + "monday",
        "buy milk, call mom and " * 150,
        "\"'" * 2_000,
        "\n".join(["buy milk"] * 400),
        "é" * 100_000,
        "note: " + "word " * 20_000,
    ],
    ids=["commas", "corrections", "articles", "prepositions", "requests", "quotes", "lines", "letters", "a long note"],
)
def test_hostile_messages_take_little_work(text: str) -> None:
    assert calls(lambda: understand(text, CLOCK)) < 50_000 + 400 * len(text)


@given(st.integers(0, 10**6), st.sampled_from((60, 700, 2_500)))
@settings(max_examples=40, deadline=None)
def test_the_work_of_understanding_any_mixture_of_words_grows_as_its_letters_do(seed: int, size: int) -> None:
    (text,) = mixtures(1, size, seed)

    assert calls(lambda: understand(text, CLOCK)) < 50_000 + 400 * len(text)


def test_a_long_list_of_things_to_do_is_read_and_hundreds_of_scraps_are_not() -> None:
    things = "\n".join(f"buy {number} apples" for number in range(2, CLAUSES + 2))
    scraps = "\n".join(f"do {number}" for number in range(100, 300))

    assert sum(len(request.arguments["tasks"]) for request in understand(things, CLOCK).requests) == CLAUSES
    assert [request.arguments for request in understand(scraps, CLOCK).requests] == [{"too_long": True}]


def test_a_sentence_longer_than_any_title_is_a_note_or_nothing() -> None:
    long = "the fence and the gate " * (LONGEST_CLAUSE // 20)

    assert [request.arguments for request in understand(f"paint {long}", CLOCK).requests] == [{"too_long": True}]
    assert [request.intent for request in understand(f"note: paint {long}", CLOCK).requests] == ["note_write"]
