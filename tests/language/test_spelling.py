"""Hurried words are read as they are meant, everything else stays as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.spelling import mended


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("i dont need it, its urgent", "i don't need it, it's urgent"),
        ("id like to swim", "i'd like to swim"),
        ("u can delete it n go", "you can delete it and go"),
        ("remidn me tommorow adn on wednseday", "remind me tomorrow and on wednesday"),
        ("waht is due, shedule it", "what is due, schedule it"),
    ],
)
def test_a_slip_in_a_word_of_ours_is_mended(text: str, meant: str) -> None:
    assert mended(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "buy spice for the mare three times",
        "call Remidn about the form",
        'add "waht adn whne" to the list',
        "put its lid on the id card",
        "visit www.adn.com and mail waht@adn.org",
        "forge a plan to compete on mondays",
    ],
)
def test_names_quotations_and_real_words_stay(text: str) -> None:
    assert mended(text) == text


@given(st.text(max_size=200))
def test_any_text_can_be_mended(text: str) -> None:
    assert isinstance(mended(text), str)
