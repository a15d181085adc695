"""Which dates a rule allows."""

from datetime import UTC, date, datetime, time
from time import perf_counter

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.due import Due
from domain.errors import Invalid
from domain.recurrence import checked_rule, first_on_or_after, next_due


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


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY;INTERVAL=3", "2026-11-13"),
        ("FREQ=MONTHLY", "2026-12-10"),
        ("FREQ=WEEKLY;BYDAY=MO,FR", "2026-11-13"),
        ("FREQ=MONTHLY;BYDAY=2TU", "2026-12-08"),
    ],
)
def test_a_series_from_completion_counts_from_that_day(rule: str, expected: str) -> None:
    due = Due(date=date(2026, 11, 2))

    following = next_due(rule, due=due, start=due.date, occurrence=1, completed=datetime(2026, 11, 10, 9, tzinfo=UTC))

    assert following == Due(date=date.fromisoformat(expected))


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
        *("", "every day", "FREQ=MINUTELY", "FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=-1"),
        *(
            "FREQ=DAILY;BYHOUR=9",
            "FREQ=DAILY;COUNT=2;UNTIL=20270101",
            "FREQ=DAILY;UNTIL=tomorrow",
            "FREQ=WEEKLY;BYDAY=XX",
        ),
        *("FREQ=WEEKLY;BYDAY=1MO", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=YEARLY;BYMONTH=13", "FREQ=DAILY;BYSETPOS=1"),
        *("FREQ=DAILY;INTERVAL=99999999999999999999", "FREQ=MONTHLY;BYDAY=", "DTSTART:20260101\nRRULE:FREQ=DAILY"),
        *("FREQ=WEEKLY;WKST=1", "FREQ=MONTHLY;BYDAY=99MO", "FREQ=MONTHLY;BYMONTHDAY=²", "FREQ=HOURLY;BYHOUR=24"),
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
    "rule",
    [
        "FREQ=MONTHLY;BYDAY=5MO;BYSETPOS=300",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2,4;BYMONTHDAY=31",
        "FREQ=YEARLY;BYMONTH=6;BYWEEKNO=1;BYDAY=MO",
        "FREQ=YEARLY;BYYEARDAY=40;BYMONTH=12",
        "FREQ=YEARLY;INTERVAL=1000;BYDAY=MO;BYSETPOS=366",
    ],
)
def test_a_rule_that_no_year_has_a_day_for_is_refused(rule: str) -> None:
    with pytest.raises(Invalid, match="no date at all"):
        checked_rule(rule)


@pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=SU", "FREQ=MONTHLY", "FREQ=YEARLY;BYYEARDAY=366"])
def test_a_series_begun_in_the_year_2_goes_on_in_the_year_9000_without_counting_through(rule: str) -> None:
    due = Due(date=date(9000, 1, 31))

    began = perf_counter()
    following = next_due(rule, due=due, start=date(2, 1, 31), occurrence=1, completed=None)

    assert following and following.date > due.date
    assert perf_counter() - began < 0.2


LISTS = {
    "BYDAY": st.sampled_from(["MO", "TU,TH", "MO,TU,WE,TH,FR", "1MO", "-1FR", "5WE", "2SA,-2SU", "53MO"]),
    "BYMONTHDAY": st.sampled_from(["1", "31", "-1", "29,30", "-31", "15,-15"]),
    "BYMONTH": st.sampled_from(["2", "1,7", "4,6,9,11", "12"]),
    "BYSETPOS": st.sampled_from(["1", "-1", "3", "300", "-366"]),
    "BYYEARDAY": st.sampled_from(["1", "-1", "366", "-366", "200"]),
    "BYWEEKNO": st.sampled_from(["1", "53", "-53", "20,40"]),
    "BYHOUR": st.sampled_from(["0", "9,10,11", "23"]),
}
PARTS_OF_RULES = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(["HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"])},
    optional={"INTERVAL": st.sampled_from(["1", "2", "3", "7", "1000"]), **LISTS},
)


@given(parts=PARTS_OF_RULES, day=st.dates(date(2, 1, 1), date(9998, 12, 31)))
@settings(max_examples=200, deadline=500)
def test_any_rule_is_refused_or_followed_in_bounded_time(parts: dict[str, str], day: date) -> None:
    rule = ";".join(f"{name}={value}" for name, value in parts.items())
    due = Due(date=day, time=time(9), zone="Europe/Berlin")

    try:
        following = next_due(rule, due=due, start=day, occurrence=1, completed=None)
    except Invalid as refused:
        assert refused.field == "recurrence"
    else:
        assert following is None or following.date >= due.date


@given(
    start=st.dates(date(1990, 1, 1), date(2090, 12, 31)),
    freq=st.sampled_from(["MONTHLY", "YEARLY"]),
    interval=st.integers(1, 24),
    steps=st.integers(0, 40),
)
@settings(max_examples=200, deadline=500)
def test_months_later_is_the_same_day_or_the_last_of_the_month(
    start: date, freq: str, interval: int, steps: int
) -> None:
    before = start + relativedelta(months=steps * interval * (12 if freq == "YEARLY" else 1))
    expected = start + relativedelta(months=(steps + 1) * interval * (12 if freq == "YEARLY" else 1))

    following = next_due(
        f"FREQ={freq};INTERVAL={interval}", due=Due(date=before), start=start, occurrence=1, completed=None
    )

    assert following == Due(date=expected)
