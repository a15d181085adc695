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
        ("the 1st of next month", "2026-12-01"),
        ("Tuesday the 8th at half past two", "2026-12-08T14:30:00+01:00"),
        ("Friday week", "2026-12-04"),
        ("a week on Monday", "2026-11-30"),
        ("the Friday after next", "2026-12-04"),
        ("Wednesday evening next week", "2026-11-25T19:00:00+01:00"),
        ("Monday in two weeks", "2026-12-07"),
        ("four days before Christmas", "2026-12-21"),
        ("the Saturday before Easter", "2027-03-27"),
        ("the last Thursday before December 20", "2026-12-17"),
        ("second to last friday of december", "2026-12-18"),
        ("last working day of the year", "2026-12-31"),
        ("the 100th day of 2027", "2027-04-10"),
        ("first week of October", "2027-10-04"),
        ("mid-May", "2027-05-11"),
        ("the end of next week", "2026-11-27"),
        ("end of 2027", "2027-12-31"),
        ("EOD Friday", "2026-11-27"),
        ("Q3 2027", "2027-07-01"),
        ("week 50", "2026-12-07"),
        ("2026-W50-3", "2026-12-09"),
        ("06.12.2026", "2026-12-06"),
        ("Jul/4/2027", "2027-07-04"),
        ("fourth of july two thousand twenty-eight", "2028-07-04"),
        ("May 3rd, nineteen ninety nine", "1999-05-03"),
        ("11 January in two years", "2028-01-11"),
        ("3 months from today", "2027-02-21"),
        ("ten to three", "2026-11-21T14:50:00+01:00"),
        ("twenty past 4 pm", "2026-11-21T16:20:00+01:00"),
        ("eight fifteen p.m.", "2026-11-21T20:15:00+01:00"),
        ("at 1530", "2026-11-21T15:30:00+01:00"),
        ("16h45", "2026-11-21T16:45:00+01:00"),
        ("half an hour before midnight", "2026-11-21T23:30:00+01:00"),
        ("tonight at midnight", "2026-11-22T00:00:00+01:00"),
        ("midnight on December 5th", "2026-12-05T00:00:00+01:00"),
        ("early tomorrow morning", "2026-11-22T09:00:00+01:00"),
        ("8 in the evening on friday", "2026-11-27T20:00:00+01:00"),
        ("6:45pm EST", "2026-11-22T00:45:00+01:00"),
        ("3pm JST", "2026-11-22T07:00:00+01:00"),
        ("in 2 weeks and 3 days", "2026-12-08"),
        ("tommorow", "2026-11-22"),
        ("Diwali 2027", "2027-10-29"),
        ("two weeks tomorrow", "2026-12-06"),
        ("a week last Friday", "2026-11-13"),
        ("the Friday before last", "2026-11-13"),
        ("three Fridays from now", "2026-12-11"),
        ("next month on the 3rd", "2026-12-03"),
        ("this time tomorrow", "2026-11-22T14:30:00+01:00"),
        ("tuesday pm", "2026-11-24T15:00:00+01:00"),
        ("5.12.", "2026-12-05"),
        ("20.30", "2026-11-21T20:30:00+01:00"),
        ("at eight hundred", "2026-11-21T20:00:00+01:00"),
        ("the second Easter after 2030", "2032-03-28"),
        ("in the middle of next week", "2026-11-25"),
        ("the first Friday of the month", "2026-12-04"),
        ("this time next week", "2026-11-28T14:30:00+01:00"),
        ("in a fortnight's time", "2026-12-05"),
        ("calendar week 50", "2026-12-07"),
        ("on 24", "2026-11-24"),
        ("tonight at 3", "2026-11-22T03:00:00+01:00"),
        ("last night at 2", "2026-11-21T02:00:00+01:00"),
        ("since Monday", "2026-11-16"),
        ("since 9", "2026-11-21T09:00:00+01:00"),
        ("since March", "2026-03-01"),
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
        "the 32nd",
        "February 30 at noon",
        "fifth friday of february",
        "sixth one",
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
        ("from 10pm to 2am tomorrow", "2026-11-21T22:00:00+01:00", "2026-11-22T02:00:00+01:00"),
        ("from March 3 to March 5", "2027-03-03", "2027-03-06"),
        ("December 24-26", "2026-12-24", "2026-12-27"),
        ("Monday to Friday", "2026-11-23", "2026-11-28"),
        ("mon-fri", "2026-11-23", "2026-11-28"),
        ("3rd to 5th of May", "2027-05-03", "2027-05-06"),
        ("between 12 and 15 January 2028", "2028-01-12", "2028-01-16"),
        ("Dec 24 - Jan 2", "2026-12-24", "2027-01-03"),
        ("28 July 2027 - 2 October", "2027-07-28", "2027-10-03"),
        ("5.-7.12.2026", "2026-12-05", "2026-12-08"),
        ("2027 to 2029", "2027-01-01", "2030-01-01"),
        ("in 7-9 days", "2026-11-28", "2026-12-01"),
        ("six to seven weeks ago", "2026-10-03", "2026-10-11"),
        ("for the next 3 weeks", "2026-11-22", "2026-12-13"),
        ("next five months", "2026-12-01", "2027-05-01"),
        ("the week after next", "2026-11-30", "2026-12-07"),
        ("the weekend of December 12", "2026-12-12", "2026-12-14"),
        ("9 to 5 on Monday", "2026-11-23T09:00:00+01:00", "2026-11-23T17:00:00+01:00"),
        ("from 9 until 5", "2026-11-22T09:00:00+01:00", "2026-11-22T17:00:00+01:00"),
        ("6:00 - 18:00 on Monday", "2026-11-23T06:00:00+01:00", "2026-11-23T18:00:00+01:00"),
        ("Friday 5pm to Sunday noon", "2026-11-27T17:00:00+01:00", "2026-11-29T12:00:00+01:00"),
        ("tomorrow afternoon from 2 to 4", "2026-11-22T14:00:00+01:00", "2026-11-22T16:00:00+01:00"),
        ("Friday at 4 for 90 minutes", "2026-11-27T16:00:00+01:00", "2026-11-27T17:30:00+01:00"),
        ("for a week starting tomorrow", "2026-11-22", "2026-11-29"),
        ("the show starts at 7pm tomorrow and runs until 9", "2026-11-22T19:00:00+01:00", "2026-11-22T21:00:00+01:00"),
        ("June 28 through the 30th", "2027-06-28", "2027-07-01"),
        ("from Monday for two weeks", "2026-11-23", "2026-12-07"),
        ("year to date", "2026-01-01", "2026-11-22"),
        ("Q2 of last year", "2025-04-01", "2025-07-01"),
        ("two weekends ago", "2026-11-07", "2026-11-09"),
        ("within 48 hours", "2026-11-21T14:30:00+01:00", "2026-11-23T14:30:00+01:00"),
    ],
)
def test_an_interval_ends_before_its_end(text: str, start: str, end: str) -> None:
    (reading,) = read(text, CLOCK)

    assert reading.kind == "interval"
    assert reading.start and reading.start.isoformat() == start
    assert reading.end and reading.end.isoformat() == end


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("for 2 hours", 7200),
        ("2h 30m", 9000),
        ("1h30", 5400),
        ("an hour and a half", 5400),
        ("half an hour", 1800),
        ("90 min", 5400),
        ("four and a quarter hours", 15_300),
        ("2 hours twenty", 8400),
        ("seven more minutes", 420),
        ("takes about two and a half days", 216_000),
        ("a couple of weeks", 1_209_600),
        ("2-3 hours", 10_800),
        ("2½ hours", 9000),
        ("for an hour or two", 7200),
    ],
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
        "a five year bond",
        "book Friday Harbor hotel",
        "watch The Day After Tomorrow",
        "buy a Christmas tree",
        "send merry christmas cards",
        "score 3-2",
        "watch The 7/7 Bombings again",
        "cancel it in the year 99999",
        "ship 3 to 5 boxes",
        "a booth for 6",
        "a 5:4 monitor",
        "call 415.555.0199",
        "1 2 3 4 5 6 7 8 9 10",
        "every now and then",
        "find the fifth one",
        "the first week went well",
        "Sat nav update",
        "back to the future",
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


@pytest.mark.parametrize(
    ("text", "bound", "start"),
    [
        ("after friday", "after", "2026-11-27"),
        ("until the end of May", "until", "2027-05-21"),
        ("from tomorrow on", "from", "2026-11-22"),
        ("since 2019", "from", "2019-01-01"),
        ("on 3 March 2027 or later", "from", "2027-03-03"),
        ("tomorrow before 5pm", "before", "2026-11-22T17:00:00+01:00"),
        ("not before Monday", "from", "2026-11-23"),
        ("prior to March 1", "before", "2027-03-01"),
        ("on or after 5 March", "from", "2027-03-05"),
        ("starting next week", "from", "2026-11-23"),
    ],
)
def test_an_open_time_has_one_edge_and_the_word_that_opens_it(text: str, bound: str, start: str) -> None:
    (reading,) = read(text, CLOCK)

    assert (reading.kind, reading.bound) == ("open", bound)
    assert reading.start and reading.start.isoformat() == start


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("what did I do on Monday", "2026-11-16"),
        ("I ran on 3 March", "2026-03-03"),
        ("we met at 9", "2026-11-21T09:00:00+01:00"),
        ("I will run on Monday", "2026-11-23"),
        ("she asked me to call her on Monday", "2026-11-23"),
        ("we had to leave it, please do it on Monday", "2026-11-23"),
    ],
)
def test_who_tells_of_the_past_means_the_past(text: str, start: str) -> None:
    (reading,) = read(text, CLOCK)

    assert reading.start and reading.start.isoformat() == start


@pytest.mark.parametrize(
    ("phrase", "first", "second"),
    [
        ("next monday", "2026-11-23", None),
        ("next wednesday", "2026-11-25", None),
        ("at 5", "2026-11-21T17:00:00+01:00", "2026-11-21T05:00:00+01:00"),
        ("last thursday", "2026-11-19", "2026-11-12"),
        ("04/03/2027", "2027-04-03", "2027-03-04"),
    ],
)
def test_the_other_meanings_follow_and_weigh_less(phrase: str, first: str, second: str | None) -> None:
    readings = resolve(phrase, CLOCK)

    assert [reading.start.isoformat() for reading in readings if reading.start] == [
        first,
        *([second] if second else []),
    ]
    assert [reading.others == () for reading in readings] == [second is None, *([True] if second else [])]
    assert all(reading.weight < readings[0].weight for reading in readings[1:])


def test_a_distance_in_days_keeps_the_very_moment() -> None:
    (reading,) = resolve("3 days from now", CLOCK)

    assert (str(reading.start), str(reading.instant)) == ("2026-11-24", "2026-11-24 14:30:00+01:00")


def test_a_zone_that_was_named_is_kept() -> None:
    (reading, *_) = resolve("3pm JST on Friday", CLOCK)

    assert reading.zone == "Asia/Tokyo"
    assert reading.start and reading.start.isoformat() == "2026-11-27T07:00:00+01:00"


def test_a_week_begins_where_the_person_has_it_begin() -> None:
    sunday_first = replace(CLOCK, week_start=6)

    assert [str(resolve("next week", clock)[0].start) for clock in (CLOCK, sunday_first)] == [
        "2026-11-23",
        "2026-11-22",
    ]


@pytest.mark.parametrize("text", ["Sun: call Ana", "Sun Call Ana", "call Ana Sun", "call Ana on sun"])
def test_a_word_that_may_be_a_day_is_one_where_it_has_company(text: str) -> None:
    (reading,) = read(text, CLOCK)

    assert str(reading.start) == "2026-11-22"


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
