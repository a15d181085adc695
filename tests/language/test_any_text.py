"""Whatever a person types, reading it never fails and never points outside of it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.people import Clock
from language.quick_add import drafts
from language.recurrence import times_per
from language.sentences import requests, segments
from language.when import due_of, in_words, read, resolve

CLOCK = Clock(now=datetime(2026, 11, 21, 14, 30, tzinfo=ZoneInfo("Europe/Berlin")))
WORDS = (
    *(
        "every",
        "other",
        "next",
        "last",
        "in",
        "on",
        "at",
        "by",
        "from",
        "to",
        "until",
        "for",
        "the",
        "of",
        "and",
        "starting",
    ),
    *(
        "monday",
        "sun",
        "weekday",
        "may",
        "march",
        "February",
        "30",
        "31st",
        "3",
        "25:61",
        "99999999",
        "9999-12-31",
        "29 Feb",
    ),
    *(
        "days",
        "weeks",
        "month",
        "years",
        "hours",
        "morning",
        "tonight",
        "pm",
        "noon",
        "half past",
        "tomorrow",
        "week",
        "m",
    ),
    *(
        "#tag",
        "@home",
        "p1",
        "!!!",
        "high priority",
        "remind me",
        "before",
        "times",
        "a",
        '"',
        "'",
        "“",
        ",",
        ".",
        "-",
        "\n",
    ),
    *("1/2", "12/24", "00", "0", "after completion", "every!", "²", "İ", "٣", "buy", "call", "note:", "tasks:"),
)
TEXT = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))


@given(TEXT)
@settings(max_examples=400, deadline=None)
@example("in 999999 years")
@example("999999 weeks from 9999-12-31")
@example("every 999999 years until 9999-12-31")
@example("9999-12-31 at 11pm for 999999 weeks")
def test_any_text_can_be_read(text: str) -> None:
    readings = read(text, CLOCK)
    found = drafts(text, CLOCK)

    for reading in (*readings, *resolve(text, CLOCK)):
        assert text[slice(*reading.span)] == reading.text
        due = due_of(reading, CLOCK)
        assert due is None or (str(due) and in_words(due, CLOCK))
    for draft in found:
        assert draft.title.strip() or draft.spans or len(found) == 1
        assert all(0 <= start <= end <= len(text) for _, (start, end) in draft.spans)
    assert bool(found) == bool(requests(text))
    assert all(text[start:end].strip() for start, end in segments(text))
    times_per(text)


@given(st.sampled_from(WORDS), st.integers(1, 3000))
@settings(max_examples=30, deadline=None)
def test_a_word_said_over_and_over_can_be_read(word: str, times: int) -> None:
    text = " ".join([word] * times)

    assert len(read(text, CLOCK)) <= times + 1
    assert requests(text) or not text.replace(",", "").strip()
