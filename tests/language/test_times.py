"""The parts of the grammar of time: the notation of rules, tokens, holidays, and how much it may cost."""

import time
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.people import Clock
from language.times.chart import IMPOSSIBLE, Chart
from language.times.grammar import Grammar, always, rule
from language.times.holidays import CALLED, holiday
from language.times.lexicon import WORDS
from language.times.time_words import TRIES, TRIES_PER_LETTER, readings_in, searched
from language.times.tokens import tokens_of
from language.when import due_of, in_words, read, resolve

BERLIN = ZoneInfo("Europe/Berlin")
CLOCK = Clock(now=datetime(2026, 11, 21, 14, 30, tzinfo=BERLIN))
CLOCKS = (
    CLOCK,
    Clock(now=datetime(9999, 12, 30, 23, 59, tzinfo=BERLIN)),
    Clock(now=datetime(2, 1, 2, tzinfo=BERLIN)),
    Clock(now=datetime(2024, 2, 29, tzinfo=ZoneInfo("Asia/Kathmandu")), week_start=6, day_first=True),
)
GLUE = "a the of to and or - , . / : 1 2 3 12 31 45 1999 2026 9999 0 25:61 12:30 3pm 2026-02-30 1/2 5.12 Easter".split()
LONG = {
    "commas": "," * 10_000,
    "quotes": "\"'“‘" * 2_000,
    "one word": "monday " * 2_000,
    "numbers": "1 " * 6_000,
    "articles": "the first of the " * 600,
    "ranges": "from monday to friday at 3pm for 2 hours " * 200,
    "lengths": "1 day, " * 1_500,
    "parts within parts": "very late " * 1_000,
    "ratios": "1:1 " * 2_500,
    "days and lengths": "5 may - " * 1_200,
    "escapes": "%e7" * 3_000,
    "thousands": "1,000" * 2_000,
}


def test_a_rule_takes_what_its_pattern_names_and_the_longest_way_is_kept() -> None:
    rules = Grammar(
        (
            rule("greeting", "good {morning|night} [who]? !*", lambda context, word: f"{context} {word}"),
            rule("greeting", "good", always("well")),
            rule("who", "to you"),
        )
    )

    chart = Chart(rules, tokens_of("Good night to you !!", []), "a")

    assert chart.found("greeting", 0) == {2: "a night", 6: "a night", 1: "well"}


def test_a_time_that_does_not_exist_hides_what_it_is_part_of() -> None:
    def never(context: object, figure: object) -> None:
        raise ValueError

    rules = Grammar((rule("day", "<figure>", never), rule("when", "on? <day>")))

    assert Chart(rules, tokens_of("on 31", []), None).found("when", 0) == {2: IMPOSSIBLE}


def test_a_pattern_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        rule("day", "on {")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Jun30 at 3pm", ["jun", "30", "at", "3", "pm"]),
        ("2h30m", ["2", "h", "30", "m"]),
        ("A4 mp3", ["a4", "mp3"]),
        ("at 9 a.m. or 5 p m", ["at", "9", "am", "or", "5", "pm"]),
        ("twenty-five two thousand and nineteen", ["twenty - five", "two thousand and nineteen"]),
        ("thirty first", ["thirty first"]),
        ("St. Patrick's Day", ["st patricks day"]),
        ("Monday's 2026-12-01", ["monday", "'s", "2026-12-01"]),
    ],
)
def test_a_text_is_cut_where_its_meaning_is(text: str, words: list[str]) -> None:
    assert [token.word for token in tokens_of(text, [])] == words


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("easter", date(2024, 3, 31)),
        ("orthodox easter", date(2024, 5, 5)),
        ("thanksgiving", date(2024, 11, 28)),
        ("boss day", date(2027, 10, 15)),
        ("victoria day", date(2024, 5, 20)),
        ("chinese new year", date(2024, 2, 10)),
        ("rosh hashanah", date(2024, 10, 2)),
        ("passover", date(2024, 4, 22)),
        ("purim", date(2024, 3, 23)),
        ("hanukkah", date(2024, 12, 25)),
        ("yom haatzmaut", date(2024, 5, 13)),
        ("ramadan", date(2024, 3, 11)),
        ("eid al adha", date(2024, 6, 16)),
        ("diwali", date(2023, 11, 12)),
        ("holi", date(2024, 3, 25)),
        ("raksha bandhan", date(2018, 8, 26)),
        ("makar sankranti", date(2019, 1, 15)),
    ],
)
def test_a_holiday_is_when_people_keep_it(name: str, day: date) -> None:
    start, _ = holiday(CALLED[name], day.year)

    assert start == day


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_the_ways_that_are_tried_grow_no_faster_than_the_text(text: str) -> None:
    _, tries = searched(text, CLOCK)

    assert tries < 1.2 * (TRIES + TRIES_PER_LETTER * len(text))


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_the_time_that_reading_takes_grows_about_as_the_text_does(text: str) -> None:
    readings_in("tomorrow", CLOCK)
    taken = []
    for each in (text[: len(text) // 8], text, text, text):
        start = time.process_time()
        read(each, CLOCK)
        taken.append(time.process_time() - start)

    assert min(taken[1:]) < 40 * taken[0] + 0.1


def test_prose_takes_few_ways() -> None:
    _, tries = searched("please remind me to call the dentist about the bill next Friday at 3pm or later", CLOCK)

    assert tries < 600


@given(
    st.lists(st.sampled_from((*WORDS, *CALLED, *GLUE)), max_size=9).map(" ".join) | st.text(max_size=60),
    st.sampled_from(CLOCKS),
)
@settings(max_examples=400, deadline=None)
def test_whatever_is_read_stands_in_the_text_and_on_the_calendar(text: str, clock: Clock) -> None:
    found = read(text, clock)

    assert list(found) == sorted(found, key=lambda reading: reading.span)
    for reading in (*found, *resolve(text, clock)):
        assert text[slice(*reading.span)] == reading.text
        due = due_of(reading, clock)
        assert due is None or (str(due) and in_words(due, clock))
    for interval in (reading for reading in found if reading.kind == "interval"):
        assert interval.start and interval.end and type(interval.start) is type(interval.end)
        assert interval.start < interval.end


@given(st.lists(st.sampled_from((*WORDS, *GLUE)), max_size=8).map(" ".join))
@settings(max_examples=100, deadline=None)
def test_the_same_words_mean_the_same_twice(text: str) -> None:
    assert readings_in(text, CLOCK) == readings_in(text, CLOCK)
