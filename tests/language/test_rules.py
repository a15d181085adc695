"""Which rule a wish for repetition makes, and how often a habit is meant."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from domain.people import Clock
from language.recurrence import read_rule, times_per

CLOCK = Clock(now=datetime(2026, 11, 21, 14, 30, tzinfo=ZoneInfo("Europe/Berlin")))


@pytest.mark.parametrize(
    ("text", "rule", "start"),
    [
        ("every day", "FREQ=DAILY", "2026-11-21"),
        ("every weekday at 7", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-23T07:00:00+01:00"),
        ("at 7 every weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-23T07:00:00+01:00"),
        ("every week", "FREQ=WEEKLY", "2026-11-21"),
        ("every 2 weeks", "FREQ=WEEKLY;INTERVAL=2", "2026-11-21"),
        ("every two weeks on Tuesday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "2026-11-24"),
        ("every month", "FREQ=MONTHLY", "2026-11-21"),
        ("every month on the 1st", "FREQ=MONTHLY;BYMONTHDAY=1", "2026-12-01"),
        ("on the last friday of every month", "FREQ=MONTHLY;BYDAY=-1FR", "2026-11-27"),
        ("every monday and thursday", "FREQ=WEEKLY;BYDAY=MO,TH", "2026-11-23"),
        ("every other tuesday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "2026-11-24"),
        ("every monday to friday at 8:30", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-23T08:30:00+01:00"),
        ("every morning", "FREQ=DAILY", "2026-11-22T09:00:00+01:00"),
        ("every evening at 8", "FREQ=DAILY", "2026-11-21T20:00:00+01:00"),
        ("daily at 9am", "FREQ=DAILY", "2026-11-22T09:00:00+01:00"),
        ("mondays and wednesdays at 6pm", "FREQ=WEEKLY;BYDAY=MO,WE", "2026-11-23T18:00:00+01:00"),
        ("every year on December 24", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", "2026-12-24"),
        ("every march 3", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=3", "2027-03-03"),
        ("every 3 days starting tomorrow", "FREQ=DAILY;INTERVAL=3", "2026-11-22"),
        ("every day for 10 times", "FREQ=DAILY;COUNT=10", "2026-11-21"),
        ("every week until december 31", "FREQ=WEEKLY;UNTIL=20261231", "2026-11-21"),
        ("every year", "FREQ=YEARLY", "2026-11-21"),
        ("every quarter", "FREQ=MONTHLY;INTERVAL=3", "2026-11-21"),
    ],
)
def test_a_wish_for_repetition_becomes_a_rule_with_a_first_date(text: str, rule: str, start: str) -> None:
    reading = read_rule(text, CLOCK)

    assert reading and reading.start
    assert (reading.rule, reading.start.isoformat()) == (rule, start)
    assert reading.text == text


def test_the_time_of_day_stands_in_the_clock() -> None:
    reading = read_rule("do 20 pushups every weekday at 7", CLOCK)

    assert reading and reading.clock == time(7)


@pytest.mark.parametrize(
    "text",
    [
        "3 times a week",
        "twice a day",
        "every hour",
        "the weekly report",
        'read "every day"',
        "everyday shoes",
        "everyone",
    ],
)
def test_what_is_no_repetition_of_a_task_makes_no_rule(text: str) -> None:
    assert read_rule(text, CLOCK) is None


@pytest.mark.parametrize(
    ("text", "often"),
    [
        ("3 times a week", (3, 7)),
        ("go to the gym three times per week", (3, 7)),
        ("5x/week", (5, 7)),
        ("4 days a week", (4, 7)),
        ("once a month", (1, 30)),
        ("twice every 10 days", (2, 10)),
        ("every day", (1, 1)),
        ("every other day", (1, 2)),
        ("on mondays and fridays", (2, 7)),
        ("every weekday", (5, 7)),
        ("read a book", None),
    ],
)
def test_how_often_a_habit_is_meant(text: str, often: tuple[int, int] | None) -> None:
    assert times_per(text) == often
