"""A thing told by its parts, as people answer what is asked."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.people import Clock
from language.requests.said_fields import as_title, said_fields

CLOCK = Clock(now=datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("Europe/Berlin")))


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        pytest.param(
            'The topic is "Garden club" and the start time is 2026-11-27 09:00.',
            {"title": "Garden club", "due": "2026-11-27 09:00"},
            id="labels",
        ),
        pytest.param("It's about fern care.", {"title": "Fern care"}, id="about"),
        pytest.param("The content is to call the vet.", {"title": "Call the vet"}, id="to"),
        pytest.param(
            "Let's schedule it for 27 Nov at 2 PM, and it should end by 4 PM.",
            {"due": "27 Nov at 2 PM", "duration": "120 minutes"},
            id="beginning and end",
        ),
        pytest.param(
            "It starts at 9 AM on 27 Nov and ends at 9:45.",
            {"due": "at 9 AM on 27 Nov", "duration": "45 minutes"},
            id="starts and ends",
        ),
        pytest.param(
            "The date is 27 November and the time is 4 pm", {"due": "27 November 4 pm"}, id="a day and a time"
        ),
        pytest.param(
            'The agenda is "Seed swap", the location is "Room 4, and more", and the time is 27 Nov 10:00.',
            {"title": "Seed swap", "due": "27 Nov 10:00"},
            id="a place is passed over",
        ),
        pytest.param("The attendees are Ann, Bob and Cid.", {}, id="nothing that is kept"),
    ],
)
def test_the_parts_that_are_told_are_read(text, fields):
    assert said_fields(text, CLOCK) == fields


@pytest.mark.parametrize(
    "text",
    [
        "buy milk and eggs",
        "the report is due friday",
        "it is friday",
        "make it tomorrow at 5",
        "the time of my life is now",
        'note: the title is "Ferns"',
        "",
    ],
)
def test_other_sentences_tell_no_parts(text):
    assert said_fields(text, CLOCK) is None


@pytest.mark.parametrize(
    ("words", "title"), [("to submit my form.", "Submit my form"), ('"To Do"', "To Do"), ("budget,", "Budget")]
)
def test_an_answer_becomes_a_title(words, title):
    assert as_title(words) == title


@given(st.text(max_size=300))
def test_any_text_gives_fields_or_nothing(text):
    fields = said_fields(text, CLOCK)

    assert fields is None or set(fields) <= {"title", "due", "duration"}
