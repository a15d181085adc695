"""The words without one of which no text says a time."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.people import Clock
from evals.mixtures import mixtures
from language.times import signals
from language.times.grammar import Element
from language.times.holidays import CALLED
from language.times.lexicon import WORDS
from language.times.signals import IDLE, NEEDED, may_say_when
from language.times.time_words import STARTS, grammar, readings_in

CLOCK = Clock(now=datetime(2026, 11, 21, 14, 30, tzinfo=ZoneInfo("Europe/Berlin")))


def without_signals() -> set[str]:
    """The names of the grammar that words can make of which none is a signal."""
    rules = [rule for rules in grammar().rules.values() for rule in rules]
    names = {rule.name for rule in rules}
    made: set[str] = set()

    def can_be_made(element: Element) -> bool:
        if element.may_be_missing:
            return True
        if element.name:
            return element.name in (made if element.name in names else IDLE)
        return bool(element.words - NEEDED)

    before = None
    while before != len(made):
        before = len(made)
        made |= {rule.name for rule in rules if all(map(can_be_made, rule.elements))}
    return made


def test_no_reading_can_do_without_a_signal() -> None:
    made = without_signals()

    assert made, "some parts of a time are said without one"
    assert made.isdisjoint(STARTS)


@pytest.mark.parametrize("word", ["now", "asap", "day"])
def test_every_word_that_is_needed_is_needed(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert word in NEEDED
    monkeypatch.setitem(globals(), "NEEDED", NEEDED - {word})

    assert not without_signals().isdisjoint(STARTS)


@pytest.mark.parametrize(
    "text",
    [
        "tomorrow",
        "Tomorrow's fine",
        "at 5",
        "half past seven",
        "in the a.m.",
        "the third",
        "by Mother's day",
        "the ides of March",
        "ASAP",
        "½ hour",
        "tuesdya",
        "eod",
        "'tonight'",
    ],
)
def test_what_may_say_when(text: str) -> None:
    assert may_say_when(text)


@pytest.mark.parametrize("text", ["", "buy milk", "I'm sure I'd rather call the plumber", "this or that", "the next"])
def test_what_says_no_time(text: str) -> None:
    assert not may_say_when(text)


@pytest.mark.parametrize("words", [sorted(WORDS), sorted(CALLED)], ids=["words", "holidays"])
def test_what_is_read_alone_may_say_when(words: list[str]) -> None:
    for word in words:
        said = f"on {word}, at {word}"
        assert may_say_when(said) or not _read_in_full(said)


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_what_is_passed_over_holds_no_time(seed: int) -> None:
    (text,) = mixtures(1, 60, seed)

    assert may_say_when(text) or not _read_in_full(text)


def _read_in_full(text: str) -> tuple[object, ...]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("language.times.time_words.may_say_when", lambda text: True)
        return readings_in(text, CLOCK)


def test_the_signals_are_words_and_no_letters_of_a_contraction() -> None:
    assert {"s", "d", "t"}.isdisjoint(signals.SIGNALS)
