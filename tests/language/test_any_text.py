"""Whatever a person types, reading it never fails and never points outside of it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.people import Clock
from evals.mixtures import mixtures
from language.quick_add import drafts
from language.recurrence import is_rate
from language.sentences import requests, segments
from language.times.time_words import TRIES, TRIES_PER_LETTER, searched
from language.understanding import understand
from language.when import due_of, in_words, read, resolve
from tests.language.work import calls

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
    is_rate(text)


@given(TEXT, st.sampled_from((1, 9999)), st.sampled_from(("Asia/Kathmandu", "Pacific/Kiritimati", "Etc/GMT+12")))
@settings(max_examples=150, deadline=None)
@example("every month", 1, "Etc/GMT+12")
@example("every weekend at 5", 9999, "Asia/Kathmandu")
@example("yearly", 9999, "Pacific/Kiritimati")
def test_any_text_can_be_read_at_both_ends_of_the_calendar(text: str, year: int, zone: str) -> None:
    month, day = (1, 1) if year == 1 else (12, 31)
    clock = Clock(now=datetime(year, month, day, 12, tzinfo=ZoneInfo(zone)), week_start=6, day_first=True)

    for reading in (*read(text, clock), *resolve(text, clock)):
        assert text[slice(*reading.span)] == reading.text
        due = due_of(reading, clock)
        assert due is None or (str(due) and in_words(due, clock))
    drafts(text, clock)


@pytest.mark.parametrize("text", ["call \ud800. buy milk! tomorrow", "\udfff", "“\ud83d” and 5 pm?"])
def test_half_of_a_surrogate_pair_is_a_letter_like_any_other(text: str) -> None:
    assert all(text[slice(*span)].strip() for span in segments(text))
    assert all(0 <= start < end <= len(text) for draft in drafts(text, CLOCK) for _, (start, end) in draft.spans)
    assert {word for word in text.split() if "\udfff" in word} <= {draft.title for draft in drafts(text, CLOCK)}


@given(st.sampled_from(WORDS), st.integers(1, 3000))
@settings(max_examples=30, deadline=None)
def test_a_word_said_over_and_over_can_be_read(word: str, times: int) -> None:
    text = " ".join([word] * times)

    assert len(read(text, CLOCK)) <= times + 1
    assert requests(text) or not text.replace(",", "").strip()


@given(st.integers(0, 10**6), st.sampled_from((60, 700, 2_500)))
@settings(max_examples=40, deadline=None)
def test_the_work_of_reading_any_mixture_of_words_grows_as_its_letters_do(seed: int, size: int) -> None:
    (text,) = mixtures(1, size, seed)
    _, tries = searched(text, CLOCK)

    assert tries < TRIES + TRIES_PER_LETTER * len(text) + TRIES
    assert calls(lambda: read(text, CLOCK)) < 20_000 + 250 * len(text)
    assert all(0 <= start < end <= len(text) for start, end in (reading.span for reading in read(text, CLOCK)))


@pytest.mark.parametrize("unit", ["1,", "4 6 7 2. ", "8 2026 1 6 5on ", "5/1/eid ul fitr/", "every first of the "])
def test_what_no_prose_is_as_dense_as_is_read_in_part_and_prose_behind_it_is_read(unit: str) -> None:
    text = unit * (18_000 // len(unit))
    prose = "Then we meet and talk about this and that, and all of us go home. " * 15 + "Call Ana tomorrow."

    assert calls(lambda: read(text, CLOCK)) < 250 * len(text)
    assert [reading.text for reading in read(text[:2_000] + ". " + prose, CLOCK)][-1] == "tomorrow"


@pytest.mark.parametrize("blank", [" ", "\t", "\n", "\r\n", "\u00a0"], ids=repr)
def test_however_many_blanks_in_a_row_are_one_gap(blank: str) -> None:
    text, plain = (f"buy milk{gap}and call Ana tomorrow" for gap in (blank * 900, blank))

    assert requests(text) == requests(plain) and len(requests(text)) == 2
    assert [draft.title for draft in drafts(text, CLOCK)] == ["Buy milk", "Call Ana"]
    assert [request.intent for request in understand(text, CLOCK).requests] == ["task_create", "task_create"]


@pytest.mark.parametrize("blank", [" ", "\n"], ids=repr)
@pytest.mark.parametrize(
    "ahead", ["buy milk", "every day except", "I walked 5 km, read 20 pages", "rename the milk task"]
)
def test_a_gap_of_thousands_of_blanks_is_read(blank: str, ahead: str) -> None:
    text = f"{ahead}{blank * 3_000}tomorrow"

    assert understand(text, CLOCK).requests
    assert all(text[slice(*reading.span)] == reading.text for reading in read(text, CLOCK))
    assert drafts(text, CLOCK)
