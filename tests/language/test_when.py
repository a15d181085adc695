"""What words about time mean, said on Saturday 21 November 2026 at half past two in Berlin."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from domain.due import Due
from domain.people import Clock
from language.when import due_of, in_words, read, resolve

CLOCK = Clock(now=datetime(2026, 11, 21, 14, 30, tzinfo=ZoneInfo("Europe/Berlin")))


@pytest.mark.parametrize(
    ("phrase", "due"),
    [
        ("today", "2026-11-21"),
        ("tomorrow", "2026-11-22"),
        ("the day after tomorrow at 11", "2026-11-23T11:00:00+01:00"),
        ("tonight", "2026-11-21T20:00:00+01:00"),
        ("tomorrow morning", "2026-11-22T09:00:00+01:00"),
        ("monday", "2026-11-23"),
        ("Saturday", "2026-11-28"),
        ("next friday", "2026-11-27"),
        ("next Monday at 10", "2026-11-23T10:00:00+01:00"),
        ("Monday, November 30", "2026-11-30"),
        ("monday next week", "2026-11-23"),
        ("in 3 days", "2026-11-24"),
        ("in two weeks", "2026-12-05"),
        ("a week from tomorrow", "2026-11-29"),
        ("in an hour and a half", "2026-11-21T16:00:00+01:00"),
        ("in 20 minutes", "2026-11-21T14:50:00+01:00"),
        ("by friday", "2026-11-27"),
        ("no later than the 25th", "2026-11-25"),
        ("before friday", "2026-11-26"),
        ("next week", "2026-11-23"),
        ("this week", "2026-11-22"),
        ("this weekend", "2026-11-22"),
        ("next weekend", "2026-11-28"),
        ("end of month", "2026-11-30"),
        ("by eod", "2026-11-21"),
        ("on the last day of the month", "2026-11-30"),
        ("next month", "2026-12-01"),
        ("on the 25th", "2026-11-25"),
        ("on the 5th", "2026-12-05"),
        ("first monday of december", "2026-12-07"),
        ("March 3", "2027-03-03"),
        ("3 March 2028", "2028-03-03"),
        ("2026-12-01", "2026-12-01"),
        ("12/24", "2026-12-24"),
        ("at 3pm", "2026-11-21T15:00:00+01:00"),
        ("at 15:30", "2026-11-21T15:30:00+01:00"),
        ("at 1:15", "2026-11-22T13:15:00+01:00"),
        ("noon", "2026-11-22T12:00:00+01:00"),
        ("quarter past 6", "2026-11-21T18:15:00+01:00"),
        ("half past six tomorrow evening", "2026-11-22T18:30:00+01:00"),
        ("tomorrow at 3", "2026-11-22T15:00:00+01:00"),
        ("tomorrow at 7", "2026-11-22T07:00:00+01:00"),
        ("today at 9", "2026-11-21T21:00:00+01:00"),
        ("Friday at 4 for 2 hours", "2026-11-27T16:00:00+01:00"),
        ("2026-12-01T10:00:00Z", "2026-12-01T11:00:00+01:00"),
        ("every tuesday", "2026-11-24"),
        ("Christmas", "2026-12-25"),
    ],
)
def test_a_phrase_is_resolved(phrase: str, due: str) -> None:
    readings = resolve(phrase, CLOCK)

    assert str(due_of(readings[0], CLOCK)) == due


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "February 30th",
        "31 June",
        "banana",
        "tomorrow or so",
        "after lunch",
        "at 25:00",
        "13/40/2026",
        "in 99999 years",
    ],
)
def test_what_is_no_time_is_not_guessed(phrase: str) -> None:
    assert resolve(phrase, CLOCK) == ()


def test_two_meanings_are_both_given_and_the_locale_decides_which_comes_first() -> None:
    american = [due_of(reading, CLOCK) for reading in resolve("03/04", CLOCK)]
    german = [due_of(reading, CLOCK) for reading in resolve("03/04", replace(CLOCK, day_first=True))]

    assert [str(due) for due in american] == ["2027-03-04", "2027-04-03"]
    assert german == american[::-1]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("on 19 March from 10 to 11:30", "2027-03-19T10:00:00+01:00", "2027-03-19T11:30:00+01:00"),
        ("10am-12pm", "2026-11-22T10:00:00+01:00", "2026-11-22T12:00:00+01:00"),
        ("5-7pm friday", "2026-11-27T17:00:00+01:00", "2026-11-27T19:00:00+01:00"),
        ("from 10pm to 2am tomorrow", "2026-11-22T22:00:00+01:00", "2026-11-23T02:00:00+01:00"),
        ("from March 3 to March 5", "2027-03-03", "2027-03-06"),
        ("December 24-26", "2026-12-24", "2026-12-27"),
        ("Monday to Friday", "2026-11-23", "2026-11-28"),
    ],
)
def test_an_interval_ends_before_its_end(text: str, start: str, end: str) -> None:
    (reading,) = read(text, CLOCK)

    assert reading.kind == "interval"
    assert reading.start and reading.start.isoformat() == start
    assert reading.end and reading.end.isoformat() == end


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("for 2 hours", 7200), ("2h 30m", 9000), ("an hour and a half", 5400), ("half an hour", 1800), ("90 min", 5400)],
)
def test_a_duration_is_told_in_seconds(text: str, seconds: int) -> None:
    (reading,) = read(text, CLOCK)

    assert (reading.kind, reading.seconds) == ("duration", seconds)


@pytest.mark.parametrize(
    "text",
    [
        "Read The 5th Wave",
        "Move old monitor",
        "I may go",
        "run 5 km",
        "2 lemons",
        "read chapter 7",
        "install version 2.1",
        "get a second opinion",
        "ask Dr. Sun about it",
        "watch Friday Night Lights",
        "order a 2026 calendar",
        "call May about the plan",
        "call back 555-0142",
        "review PR #482",
        "read “Tomorrow at noon”",
        'watch "Saturday"',
        "see https://example.org/2026-12-01/today",
        "write to sunday@example.org",
        "march against it",
        "add 1/2 cup of sugar",
        "take a day off",
        "buy 3 apples at 5 stores",
        "prepare Friday's slides",
    ],
)
def test_what_only_looks_like_a_time_is_left_alone(text: str) -> None:
    assert read(text, CLOCK) == ()


def test_a_reading_says_where_it_stands_with_its_preposition_and_its_bound() -> None:
    text = "finish the report by friday at 5pm please"

    (reading,) = read(text, CLOCK)

    assert text[slice(*reading.span)] == reading.text == "by friday at 5pm"
    assert reading.bound == "by"


def test_in_two_hours_is_real_time_over_a_clock_change() -> None:
    before = Clock(now=datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Europe/Berlin")))

    (reading,) = resolve("in 2 hours", before)

    assert reading.start and reading.start.isoformat() == "2026-10-25T02:30:00+01:00"


@pytest.mark.parametrize(
    ("due", "words"),
    [
        ("today", "today, Sat 21 Nov"),
        ("tomorrow at 3pm", "tomorrow, Sun 22 Nov, 15:00"),
        ("friday", "Fri 27 Nov"),
        ("3 March 2027", "Wed 3 Mar 2027"),
    ],
)
def test_a_due_is_said_in_words(due: str, words: str) -> None:
    meant = due_of(resolve(due, CLOCK)[0], CLOCK)

    assert meant and in_words(meant, CLOCK) == words


def test_a_foreign_zone_is_named() -> None:
    due = Due(date=CLOCK.now.date(), time=CLOCK.now.time(), zone="America/New_York")

    assert in_words(due, CLOCK) == "today, Sat 21 Nov, 14:30 (America/New_York)"
