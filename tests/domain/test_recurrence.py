"""Which dates a rule allows."""

from datetime import date, time

import pytest

from domain.due import Due
from domain.errors import Invalid
from domain.recurrence import checked_rule, first_on_or_after, in_words, next_due


@pytest.mark.parametrize(
    ("rule", "dates"),
    [
        ("FREQ=DAILY", "2026-11-30 2026-12-01 2026-12-02"),
        ("FREQ=DAILY;INTERVAL=3", "2026-11-30 2026-12-03 2026-12-06"),
        ("FREQ=WEEKLY;BYDAY=MO,TH", "2026-11-30 2026-12-03 2026-12-07"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "2026-11-30 2026-12-03 2026-12-14"),
        ("FREQ=MONTHLY", "2027-01-31 2027-02-28 2027-03-31 2027-04-30"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "2027-01-31 2027-02-28 2027-03-31"),
        ("FREQ=MONTHLY;BYMONTHDAY=15,31", "2027-01-31 2027-02-15 2027-02-28 2027-03-15"),
        ("FREQ=MONTHLY;INTERVAL=2", "2027-12-31 2028-02-29 2028-04-30"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2027-01-31 2027-02-28 2027-03-31"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2026-11-27 2026-12-25 2027-01-29"),
        ("FREQ=YEARLY", "2028-02-29 2029-02-28 2030-02-28 2031-02-28 2032-02-29"),
        ("FREQ=YEARLY;BYMONTH=1,7", "2027-01-31 2027-07-31 2028-01-31"),
    ],
)
def test_a_series_goes_on_and_a_day_that_a_month_lacks_is_its_last(rule: str, dates: str) -> None:
    expected = [date.fromisoformat(day) for day in dates.split()]

    series = [Due(date=expected[0])]
    for occurrence in range(1, len(expected)):
        following = next_due(rule, due=series[-1], start=expected[0], occurrence=occurrence, completed=None)
        assert following
        series.append(following)

    assert [due.date for due in series] == expected


def test_a_series_with_a_count_ends_after_it() -> None:
    due = Due(date=date(2026, 11, 23))

    second = next_due("FREQ=DAILY;COUNT=2", due=due, start=due.date, occurrence=1, completed=None)
    third = next_due("FREQ=DAILY;COUNT=2", due=due, start=due.date, occurrence=2, completed=None)

    assert second == Due(date=date(2026, 11, 24))
    assert third is None


@pytest.mark.parametrize(
    ("until", "goes_on"),
    [
        ("20261124", True),
        ("20261123", False),
        ("20261124T080000Z", True),
        ("20261124T075959Z", False),
        ("20261124T090000", True),
        ("20261124T085959", False),
    ],
)
def test_until_is_the_last_date_or_the_last_instant(until: str, goes_on: bool) -> None:
    due = Due(date=date(2026, 11, 23), time=time(9), zone="Europe/Berlin")

    following = next_due(f"FREQ=DAILY;UNTIL={until}", due=due, start=due.date, occurrence=1, completed=None)

    assert (following is not None) == goes_on


def test_a_series_from_completion_counts_from_that_day() -> None:
    due = Due(date=date(2026, 11, 2))

    following = next_due("FREQ=DAILY;INTERVAL=3", due=due, start=due.date, occurrence=1, completed=date(2026, 11, 10))

    assert following == Due(date=date(2026, 11, 13))


def test_the_calendar_ends_and_nothing_breaks() -> None:
    due = Due(date=date(9998, 12, 31))

    assert next_due("FREQ=DAILY", due=due, start=due.date, occurrence=1, completed=None) is None
    assert next_due("FREQ=YEARLY;INTERVAL=1000", due=due, start=due.date, occurrence=1, completed=None) is None


def test_every_weekday_said_on_a_saturday_begins_on_monday() -> None:
    saturday = date(2026, 11, 21)

    assert first_on_or_after("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", saturday) == date(2026, 11, 23)
    assert first_on_or_after("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", saturday) == date(2026, 11, 24)
    assert first_on_or_after("FREQ=MONTHLY", saturday) == saturday


@pytest.mark.parametrize(
    "rule",
    [
        *("", "every day", "FREQ=HOURLY", "FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=-1"),
        *(
            "FREQ=DAILY;BYHOUR=9",
            "FREQ=DAILY;COUNT=2;UNTIL=20270101",
            "FREQ=DAILY;UNTIL=tomorrow",
            "FREQ=WEEKLY;BYDAY=XX",
        ),
        *("FREQ=WEEKLY;BYDAY=1MO", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=YEARLY;BYMONTH=13", "FREQ=DAILY;BYSETPOS=1"),
        *("FREQ=DAILY;INTERVAL=99999999999999999999", "FREQ=MONTHLY;BYDAY=", "DTSTART:20260101\nRRULE:FREQ=DAILY"),
        *("FREQ=WEEKLY;WKST=1", "FREQ=MONTHLY;BYDAY=99MO", "FREQ=MONTHLY;BYMONTHDAY=²"),
    ],
)
def test_a_rule_that_tasks_cannot_follow_is_refused_with_a_cure(rule: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_rule(rule)

    assert refused.value.field == "recurrence"
    assert ";" in refused.value.problem


def test_a_rule_is_kept_in_upper_case_and_in_one_order() -> None:
    assert checked_rule("rrule:byday=mo,th;freq=weekly") == "FREQ=WEEKLY;BYDAY=MO,TH"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=DAILY", "every day"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "every 2 weeks on Tuesday"),
        ("FREQ=WEEKLY;BYDAY=TH,MO", "every Monday and Thursday"),
        ("FREQ=MONTHLY;BYMONTHDAY=22", "every month on the 22nd"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "every month on the last day"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "every month on the last weekday"),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=3", "every year on 3 March"),
        ("FREQ=DAILY;COUNT=5", "every day, 5 times"),
        ("FREQ=WEEKLY;UNTIL=20270601", "every week, until 1 June 2027"),
    ],
)
def test_a_rule_is_said_as_a_person_would(rule: str, words: str) -> None:
    assert in_words(rule) == words
