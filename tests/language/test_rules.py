"""Which rule a wish for repetition makes, and how often a habit is meant."""

import sys
from dataclasses import replace
from datetime import datetime, time
from types import FrameType
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.people import Clock
from language.recurrence import in_rfc, is_rate, read_rule

CLOCK = Clock(now=datetime(2026, 11, 21, 14, 30, tzinfo=ZoneInfo("Europe/Berlin")))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("every day", "FREQ=DAILY"),
        ("every single day", "FREQ=DAILY"),
        ("on a daily basis", "FREQ=DAILY"),
        ("once a day", "FREQ=DAILY"),
        ("every other day", "FREQ=DAILY;INTERVAL=2"),
        ("every third day", "FREQ=DAILY;INTERVAL=3"),
        ("every twenty-five days", "FREQ=DAILY;INTERVAL=25"),
        ("once every 10 days", "FREQ=DAILY;INTERVAL=10"),
        ("every week", "FREQ=WEEKLY"),
        ("biweekly", "FREQ=WEEKLY;INTERVAL=2"),
        ("bi-weekly on thursdays", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH"),
        ("every couple of weeks", "FREQ=WEEKLY;INTERVAL=2"),
        ("every fortnight", "FREQ=WEEKLY;INTERVAL=2"),
        ("every two weeks on Tuesday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("every monday and thursday", "FREQ=WEEKLY;BYDAY=MO,TH"),
        ("every mon wed fri", "FREQ=WEEKLY;BYDAY=MO,WE,FR"),
        ("every mon/wed/fri", "FREQ=WEEKLY;BYDAY=MO,WE,FR"),
        ("every other tuesday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("every second friday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"),
        ("every 3 sundays", "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU"),
        ("every monday to friday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("every day from monday to thursday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH"),
        ("saturdays thru mondays", "FREQ=WEEKLY;BYDAY=MO,SA,SU"),
        ("every business day", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("on weekends", "FREQ=WEEKLY;BYDAY=SA,SU"),
        ("every other weekend", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU"),
        ("tuesdays, thursdays and sundays", "FREQ=WEEKLY;BYDAY=TU,TH,SU"),
        ("mon, tue and sat", "FREQ=WEEKLY;BYDAY=MO,TU,SA"),
        ("every thrusday", "FREQ=WEEKLY;BYDAY=TH"),
        ("every month", "FREQ=MONTHLY"),
        ("every month on the 1st", "FREQ=MONTHLY;BYMONTHDAY=1"),
        ("every 2 months on the 5th and 20th", "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=5,20"),
        ("the 3rd and 17th of every month", "FREQ=MONTHLY;BYMONTHDAY=3,17"),
        ("every 22nd", "FREQ=MONTHLY;BYMONTHDAY=22"),
        ("last day of each month", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("at the end of every month", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("on the second to last day of every month", "FREQ=MONTHLY;BYMONTHDAY=-2"),
        ("on the last friday of every month", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("every first and third saturday", "FREQ=MONTHLY;BYDAY=1SA,3SA"),
        ("first monday and last thursday of each month", "FREQ=MONTHLY;BYDAY=1MO,-1TH"),
        ("every last friday", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("last weekday of every month", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
        ("monthly on the first tuesday or thursday", "FREQ=MONTHLY;BYDAY=TU,TH;BYSETPOS=1"),
        ("every quarter", "FREQ=MONTHLY;INTERVAL=3"),
        ("quarterly on the 15th", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15"),
        ("the last friday of each quarter", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=-1FR"),
        ("every end of month", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("monthly second tuesday", "FREQ=MONTHLY;BYDAY=2TU"),
        ("from sunday to thursday every week", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,SU"),
        ("end of each quarter", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"),
        ("semi-annually", "FREQ=MONTHLY;INTERVAL=6"),
        ("every year", "FREQ=YEARLY"),
        ("every year on December 24", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24"),
        ("annually on the 3rd of april", "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=3"),
        ("every march 3", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=3"),
        ("every 6 january", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=6"),
        ("each may and october", "FREQ=YEARLY;BYMONTH=5,10"),
        ("every year on the last monday in may", "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO"),
        ("every other year on the second sunday of june", "FREQ=YEARLY;INTERVAL=2;BYMONTH=6;BYDAY=2SU"),
        ("every year on the 100th day", "FREQ=YEARLY;BYYEARDAY=100"),
        ("every christmas", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25"),
        ("each 7/20", "FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=20"),
        ("on tue-sat", "FREQ=WEEKLY;BYDAY=TU,WE,TH,FR,SA"),
        ("every thanksgiving", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"),
        ("every monday and sunday in week 30", "FREQ=YEARLY;BYDAY=MO,SU;BYWEEKNO=30"),
        ("june 5 every year", "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=5"),
        ("the first sunday of may every other year", "FREQ=YEARLY;INTERVAL=2;BYMONTH=5;BYDAY=1SU"),
        ("tue-thu every week", "FREQ=WEEKLY;BYDAY=TU,WE,TH"),
        ("alternate saturdays", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA"),
        ("every day of the week", "FREQ=DAILY"),
        ("every monday in june and july", "FREQ=WEEKLY;BYMONTH=6,7;BYDAY=MO"),
        ("every hour", "FREQ=HOURLY"),
        ("every 6 hours", "FREQ=HOURLY;INTERVAL=6"),
        ("every half hour", "FREQ=MINUTELY;INTERVAL=30"),
        ("every 45 min", "FREQ=MINUTELY;INTERVAL=45"),
        ("hourly between 10 and 1 on fridays", "FREQ=HOURLY;BYDAY=FR;BYHOUR=10,11,12,13"),
    ],
)
def test_a_wish_for_repetition_becomes_a_rule_of_all_its_words(text: str, rule: str) -> None:
    reading = read_rule(text, CLOCK)

    assert reading
    assert (reading.rule, reading.text) == (rule, text)


@pytest.mark.parametrize(
    ("text", "rule", "start"),
    [
        ("every day", "FREQ=DAILY", "2026-11-21"),
        ("every weekday at 7", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-23T07:00:00+01:00"),
        ("at 7 every weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-23T07:00:00+01:00"),
        ("every morning", "FREQ=DAILY", "2026-11-22T09:00:00+01:00"),
        ("every morning at 6:30", "FREQ=DAILY", "2026-11-22T06:30:00+01:00"),
        ("mornings at 8", "FREQ=DAILY", "2026-11-22T08:00:00+01:00"),
        ("every night at 2", "FREQ=DAILY", "2026-11-22T02:00:00+01:00"),
        ("every evening at 8", "FREQ=DAILY", "2026-11-21T20:00:00+01:00"),
        ("monday mornings", "FREQ=WEEKLY;BYDAY=MO", "2026-11-23T09:00:00+01:00"),
        ("weeknights at 9", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-23T21:00:00+01:00"),
        ("daily at 9am", "FREQ=DAILY", "2026-11-22T09:00:00+01:00"),
        ("every 2 hours", "FREQ=HOURLY;INTERVAL=2", "2026-11-21T16:30:00+01:00"),
        ("every 3 days starting tomorrow", "FREQ=DAILY;INTERVAL=3", "2026-11-22"),
        ("from tomorrow on every day", "FREQ=DAILY", "2026-11-22"),
        ("starting next week, every other day", "FREQ=DAILY;INTERVAL=2", "2026-11-23"),
        ("every friday from december 10 at 17:00", "FREQ=WEEKLY;BYDAY=FR", "2026-12-11T17:00:00+01:00"),
        ("every june", "FREQ=YEARLY;BYMONTH=6", "2027-06-01"),
        ("every month on the 31st", "FREQ=MONTHLY;BYMONTHDAY=31", "2026-11-30"),
    ],
)
def test_a_rule_begins_with_its_first_date_from_now_on(text: str, rule: str, start: str) -> None:
    reading = read_rule(text, CLOCK)

    assert reading and reading.start
    assert (reading.rule, reading.start.isoformat(), reading.text) == (rule, start, text)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("every day for 10 times", "FREQ=DAILY;COUNT=10"),
        ("every friday 5x", "FREQ=WEEKLY;COUNT=5;BYDAY=FR"),
        ("daily for 10 days", "FREQ=DAILY;COUNT=10"),
        ("every hour for 5 hours", "FREQ=HOURLY;COUNT=5"),
        ("every tuesday (until march 1)", "FREQ=WEEKLY;UNTIL=20270301;BYDAY=TU"),
        ("every tuesday for the next 3 tuesdays", "FREQ=WEEKLY;COUNT=3;BYDAY=TU"),
        ("every day for 2 weeks", "FREQ=DAILY;UNTIL=20261204"),
        ("every monday for 4 weeks starting december 1", "FREQ=WEEKLY;UNTIL=20261228;BYDAY=MO"),
        ("every monday for the rest of the year", "FREQ=WEEKLY;UNTIL=20261231;BYDAY=MO"),
        ("every week until december 31", "FREQ=WEEKLY;UNTIL=20261231"),
        ("every day until the end of may", "FREQ=DAILY;UNTIL=20270531"),
        ("every day through march", "FREQ=DAILY;UNTIL=20270331"),
        ("starting next tuesday until november 2027, every tuesday", "FREQ=WEEKLY;UNTIL=20271101;BYDAY=TU"),
        ("for the next 3 weeks, every tuesday", "FREQ=WEEKLY;UNTIL=20261211;BYDAY=TU"),
        ("every wednesday from january 4 to march 1", "FREQ=WEEKLY;UNTIL=20270301;BYDAY=WE"),
        ("every day except weekends", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("every weekday but not on fridays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH"),
        ("every monday except the first of the month", "FREQ=MONTHLY;BYDAY=2MO,3MO,4MO,5MO"),
        ("every friday except the last one of the month", "FREQ=MONTHLY;BYDAY=-2FR,-3FR,-4FR,-5FR"),
        (
            "every weekday except the first and third friday",
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,2FR,4FR,5FR",
        ),
        (
            "on the 1st of every month except january 1 and may 1",
            "FREQ=MONTHLY;BYMONTH=2,3,4,6,7,8,9,10,11,12;BYMONTHDAY=1",
        ),
        ("every monday except in august", "FREQ=WEEKLY;BYMONTH=1,2,3,4,5,6,7,9,10,11,12;BYDAY=MO"),
    ],
)
def test_a_rule_has_an_end_or_exceptions_where_they_are_said(text: str, rule: str) -> None:
    reading = read_rule(text, CLOCK)

    assert reading
    assert (reading.rule, reading.text) == (rule, text)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("3 days after completion", "FREQ=DAILY;INTERVAL=3"),
        ("two weeks after I finish it", "FREQ=WEEKLY;INTERVAL=2"),
        ("a month after it's done", "FREQ=MONTHLY"),
        ("every 12 days when done", "FREQ=DAILY;INTERVAL=12"),
        ("every week on monday after completing it", "FREQ=WEEKLY;BYDAY=MO"),
        ("every! 6 days", "FREQ=DAILY;INTERVAL=6"),
    ],
)
def test_a_rule_may_count_from_completion(text: str, rule: str) -> None:
    reading = read_rule(text, CLOCK)

    assert reading
    assert (reading.rule, reading.recurs_from, reading.text) == (rule, "completion", text)


@pytest.mark.parametrize(
    ("text", "clocks", "minutes"),
    [
        ("do 20 pushups every weekday at 7", "07:00", None),
        ("every day at 8:30 and 17:00", "08:30 17:00", None),
        ("every day at 8, 12 and 18", "08:00 12:00 18:00", None),
        ("every tuesday from 9 to 10:30", "09:00", 90),
        ("meditate every day for 10 minutes at 7am", "07:00", 10),
    ],
)
def test_the_times_of_day_stand_in_the_clocks(text: str, clocks: str, minutes: int | None) -> None:
    reading = read_rule(text, CLOCK)

    assert reading
    assert reading.clocks == tuple(time.fromisoformat(clock) for clock in clocks.split())
    assert reading.clock == reading.clocks[0]
    assert reading.seconds == (minutes * 60 if minutes else None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pay rent on the 1st of every month", "on the 1st of every month"),
        ("weekly report every monday", "every monday"),
        ("water the plants every 3 days when done please", "every 3 days when done"),
        ("standup monday mornings with the team", "monday mornings"),
        ("at 7 every weekday go running", "at 7 every weekday"),
        ("call mom every sunday at 5pm until christmas about the trip", "every sunday at 5pm until christmas"),
        ("every month the first thing I do is pay", "every month"),
        ("every day except on december 25", "every day"),
        ("every monday except the last", "every monday"),
        ("every weekday except the first and the last friday", "every weekday"),
        ("every friday sun lotion", "every friday"),
    ],
)
def test_the_span_is_the_words_that_say_the_rhythm(text: str, words: str) -> None:
    reading = read_rule(text, CLOCK)

    assert reading and reading.text == words == text[slice(*reading.span)]


@pytest.mark.parametrize(
    "text",
    [
        "3 times a week",
        "twice a day",
        "the weekly report",
        "the weekly report is due friday",
        "my daily standup at 9",
        "daily news",
        'read "every day"',
        "everyday shoes",
        "everyone",
        "every time",
        "each of them",
        "every one of us",
        "every second counts",
        "every monday for 9999 years",
        "every leap year",
        "every february 30",
        "every 0 days",
        "the second sunday of the month",
        "last friday",
        "three weekends",
        "the next 4 business days",
        "is it saturday, monday, or sunday",
        "every easter",
        "a daily planner",
        "when is my weekly meeting",
        "monday",
        "monday and tuesday we travel",
        "call Bob two days after I finish the report",
    ],
)
def test_what_is_no_repetition_makes_no_rule(text: str) -> None:
    assert read_rule(text, CLOCK) is None


@pytest.mark.parametrize(
    ("text", "rfc"),
    [
        ("every day at 9 and 21", "FREQ=DAILY;BYHOUR=9,21;BYMINUTE=0"),
        (
            "every weekday at 8:30 and 17:00",
            "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=8,17;BYMINUTE=0,30;BYSETPOS=2,3",
        ),
        ("every other day starting monday", "DTSTART:20261123\nRRULE:FREQ=DAILY;INTERVAL=2"),
        ("every friday starting december 1", "FREQ=WEEKLY;BYDAY=FR"),
        ("every month starting december 5", "DTSTART:20261205\nRRULE:FREQ=MONTHLY"),
    ],
)
def test_outside_of_tasks_a_rule_tells_its_hours_and_the_day_it_is_counted_from(text: str, rfc: str) -> None:
    reading = read_rule(text, CLOCK)

    assert reading and in_rfc(reading) == rfc


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("3 times a week", True),
        ("go to the gym three times per week", True),
        ("5x/week", True),
        ("4 days a week", True),
        ("thrice weekly", True),
        ("twice every 10 days", True),
        ("1 time a month", False),
        ("once a month", False),
        ("every other day", False),
        ("read a book", False),
    ],
)
def test_how_often_is_told_from_when(text: str, is_one: bool) -> None:
    assert is_rate(text) == is_one


def test_a_rule_may_begin_on_a_day_that_is_said_far_before_it() -> None:
    reading = read_rule("starting Monday the band rehearses every other week", CLOCK)

    assert reading and reading.start
    assert (reading.text, reading.start.isoformat(), reading.bound) == ("every other week", "2026-11-23", "from")


def test_a_monthly_reminder_repeats_unless_the_text_says_otherwise() -> None:
    monthly = read_rule("add a monthly reminder about the bees", CLOCK)
    on_mondays = read_rule("set a weekly reminder on mondays to call mom", CLOCK)

    assert monthly and (monthly.text, monthly.rule) == ("monthly", "FREQ=MONTHLY")
    assert on_mondays and (on_mondays.text, on_mondays.rule) == ("on mondays", "FREQ=WEEKLY;BYDAY=MO")


def test_every_other_week_of_a_person_whose_week_begins_on_sunday() -> None:
    reading = read_rule("every other week on sunday and monday", replace(CLOCK, week_start=6))

    assert reading and reading.rule == "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,SU"


WORDS = """
    every each daily weekly monthly yearly on the of a in at from until starting ending for except and or , -
    ! 's day days week month year hour quarter other first second last 2nd 31st 3 12 10000 monday tuesdays
    weekdays weekend june february morning times x twice once after done it completion 9am noon next 2026
""".split()


@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join)))
@settings(max_examples=400, deadline=1_000)
def test_whatever_is_written_the_rule_points_into_it(text: str) -> None:
    reading = read_rule(text, CLOCK)

    assert reading is None or text[slice(*reading.span)] == reading.text != ""
    assert reading is None or rrulestr(in_rfc(reading), dtstart=datetime(2026, 11, 21))


@pytest.mark.parametrize(
    "word", ["every", "every day and ", "monday, ", "first and ", "1st of ", "every 3 ", ",", "every monday except "]
)
def test_the_work_for_a_long_text_of_one_word_grows_as_the_text_does(word: str) -> None:
    short, long = (calls(word * (length // len(word))) for length in (4_000, 16_000))

    assert long < 6 * short + 10_000


def calls(text: str) -> int:
    """How many functions are called to read the rule of a text."""
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(counted)
    try:
        read_rule(text, CLOCK)
    finally:
        sys.setprofile(None)
    return count
