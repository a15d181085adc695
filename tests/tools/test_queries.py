"""What a query says beside its words: tags, phrases, kinds, and when something was written."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.people import Clock
from storage.search import Within
from tools.queries import nameless, taken_apart

CLOCK = Clock(now=datetime(2026, 11, 21, 9, 30, tzinfo=ZoneInfo("Europe/Berlin")))


@pytest.mark.parametrize(
    ("query", "words", "within"),
    [
        (
            "what did I write last week about the roof",
            "what did I write about the roof",
            Within(since=date(2026, 11, 9), until=date(2026, 11, 16)),
        ),
        (
            "notes from October tagged work",
            "notes",
            Within(kinds=("note",), tags=("work",), since=date(2026, 10, 1), until=date(2026, 11, 1)),
        ),
        ('"red light" boiler', "red light boiler", Within(phrases=("red light",))),
        ("passport in project travel", "passport", Within(project="travel")),
        ("bread #recipe", "bread", Within(tags=("recipe",))),
        (
            "what did you suggest yesterday",
            "what did you suggest",
            Within(kinds=("message",), since=date(2026, 11, 20), until=date(2026, 11, 21)),
        ),
    ],
)
def test_limits(query, words, within):
    asked = taken_apart(query, CLOCK, Within())

    assert (asked.words, asked.within) == (words, within)


@pytest.mark.parametrize(
    "query",
    ["When is my talk on 4 March?", "last week", "what is due tomorrow", "notes", 'say "#nothing to cut" again'],
)
def test_what_limits_nothing(query):
    asked = taken_apart(query, CLOCK, Within())

    assert (asked.within.since, asked.within.until, asked.within.tags) == (None, None, ())


def test_what_was_asked_for_wins():
    asked = taken_apart("bread #recipe", CLOCK, Within(tags=("baking",), kinds=("note",)))

    assert asked.within == Within(tags=("baking",), kinds=("note",))


@given(st.text(min_size=1, max_size=300))
def test_any_query_keeps_words_to_rank_by(query):
    assert taken_apart(query, CLOCK, Within()).words or not query.strip()


@pytest.mark.parametrize(
    ("query", "rest"),
    [
        ("What did Ottilie's sister plant?", "What did sister plant?"),
        ("when does the ferry to Capri leave", "when does the ferry to leave"),
        ("Which roses did we buy?", "Which roses did we buy?"),
        ("who is Ottilie?", "who is Ottilie?"),
        ("Ottilie", "Ottilie"),
    ],
)
def test_without_names(query, rest):
    assert nameless(query) == rest
