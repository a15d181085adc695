"""Whatever a person sends is understood as something, in time."""

import json
import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.people import Clock
from language.understanding import Understanding, understand

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
def test_hostile_messages_take_no_time(text: str) -> None:
    begun = time.process_time()
    understand(text, CLOCK)

    assert time.process_time() - begun < 2
