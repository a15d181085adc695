"""Each phrase of time in a text with what it is read as."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.people import Clock
from language.explained import explained

CLOCK = Clock(now=datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("Europe/Berlin")))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        pytest.param("call mom tomorrow at 15:00", "tomorrow, Sun 22 Nov, 15:00", id="moment"),
        pytest.param("pay rent on 3 December", "Thu 3 Dec", id="day"),
        pytest.param("what is due this week", "Mon 16 Nov to tomorrow, Sun 22 Nov", id="both ends, the last in it"),
        pytest.param("meet from 14:00 to 15:30 on friday", "Fri 27 Nov, 14:00 to 15:30", id="hours"),
        pytest.param("read for 90 minutes", "1 hour 30 minutes", id="length"),
        pytest.param("send it before friday", "before Fri 27 Nov", id="bound"),
        pytest.param("stretch every other tuesday", "every other week on Tuesday, first Tue 24 Nov", id="rhythm"),
    ],
)
def test_a_phrase_is_said_as_it_is_read(text, meaning):
    assert [words for _, words in explained(text, CLOCK)] == [meaning]


def test_another_meaning_of_the_same_words_is_said_too():
    (pair,) = explained("pay on 03/04/2027", CLOCK)

    assert pair == ("03/04/2027", "Thu 4 Mar 2027, less likely Sat 3 Apr 2027") or "less likely Sat 3 Apr" in pair[1]


@given(st.text(max_size=200))
def test_any_text_is_borne(text):
    assert all(phrase and meaning for phrase, meaning in explained(text, CLOCK))
