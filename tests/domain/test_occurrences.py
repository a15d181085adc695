"""The dates of a rule are those of RFC 5545; a second implementation is asked where the two read it alike."""

from datetime import date, datetime
from itertools import islice
from time import perf_counter

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.occurrences import dates

PLAIN_DAYS = st.sampled_from(["MO", "TU,TH", "MO,TU,WE,TH,FR", "SA,SU", "WE,SU"])
PLACED_DAYS = st.sampled_from(["1MO", "-1FR", "5WE", "2SA,-2SU", "3TH,-1MO", "-5TU"])
MONTHS = st.sampled_from(["2", "1,7", "4,6,9,11", "12", "1,2,3,4,5,6,7,8,9,10,11"])
MONTH_DAYS = st.sampled_from(["1", "28", "-1", "15,-15", "-31", "13"])
PLACES = st.sampled_from(["1", "-1", "2,-2", "3"])
WEEK_START = st.sampled_from(["MO", "SU", "SA"])
INTERVAL = st.sampled_from(["1", "2", "3", "7", "13"])
SHAPES = st.one_of(
    st.fixed_dictionaries({"FREQ": st.just("DAILY")}, optional={"BYMONTH": MONTHS, "BYDAY": PLAIN_DAYS}),
    st.fixed_dictionaries(
        {"FREQ": st.just("WEEKLY")}, optional={"BYMONTH": MONTHS, "BYDAY": PLAIN_DAYS, "WKST": WEEK_START}
    ),
    st.fixed_dictionaries(
        {"FREQ": st.just("MONTHLY"), "BYDAY": PLAIN_DAYS | PLACED_DAYS},
        optional={"BYMONTH": MONTHS, "BYMONTHDAY": MONTH_DAYS, "BYSETPOS": PLACES},
    ),
    st.fixed_dictionaries({"FREQ": st.just("MONTHLY"), "BYMONTHDAY": MONTH_DAYS}, optional={"BYMONTH": MONTHS}),
    st.fixed_dictionaries(
        {"FREQ": st.just("YEARLY"), "BYDAY": PLAIN_DAYS | PLACED_DAYS},
        optional={"BYMONTH": MONTHS, "BYMONTHDAY": MONTH_DAYS, "BYSETPOS": PLACES},
    ),
    st.fixed_dictionaries(
        {"FREQ": st.just("YEARLY"), "BYWEEKNO": st.sampled_from(["10", "-20", "20,40"]), "BYDAY": PLAIN_DAYS}
    ),
    st.fixed_dictionaries(
        {"FREQ": st.just("YEARLY"), "BYYEARDAY": st.sampled_from(["1", "-1", "366", "200,-200"])},
        optional={"BYSETPOS": PLACES},
    ),
)


@given(shape=SHAPES, interval=INTERVAL, start=st.dates(date(1950, 1, 1), date(2080, 12, 28)), days=st.integers(0, 3000))
@settings(max_examples=500, deadline=1_000)
def test_the_dates_are_those_of_another_implementation(
    shape: dict[str, str], interval: str, start: date, days: int
) -> None:
    parts = {**shape, "INTERVAL": interval}
    after = date.fromordinal(start.toordinal() + days)

    found = list(islice(dates(parts, start, after), 6))

    if found:
        rule = rrulestr(
            ";".join(f"{name}={value}" for name, value in parts.items()),
            dtstart=datetime(start.year, start.month, start.day),
        )
        known = rule.between(
            datetime(after.year, after.month, after.day),
            datetime(found[-1].year, found[-1].month, found[-1].day),
            inc=True,
        )
        assert found == [moment.date() for moment in known]


def test_a_week_has_its_iso_number() -> None:
    parts = {"FREQ": "YEARLY", "BYWEEKNO": "53", "BYDAY": "MO,SU"}

    found = islice(dates(parts, date(2000, 1, 1), date(2000, 1, 1)), 4)

    assert [day.isoformat() for day in found] == ["2004-12-27", "2005-01-02", "2009-12-28", "2010-01-03"]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"FREQ": "MONTHLY"}, "2027-01-31 2027-02-28 2027-03-31"),
        ({"FREQ": "MONTHLY", "BYMONTHDAY": "29,31"}, "2027-01-31 2027-02-28 2027-03-29"),
        ({"FREQ": "MONTHLY", "BYMONTHDAY": "31", "BYDAY": "SU"}, "2027-01-31 2027-10-31 2028-12-31"),
        ({"FREQ": "YEARLY", "BYMONTH": "2"}, "2027-02-28 2028-02-29 2029-02-28"),
    ],
)
def test_a_day_that_a_month_lacks_is_its_last_unless_the_rule_says_more(parts: dict[str, str], expected: str) -> None:
    found = islice(dates(parts, date(2027, 1, 31), date(2027, 1, 31)), 3)

    assert [day.isoformat() for day in found] == expected.split()


def test_a_rule_without_a_date_is_given_up_in_bounded_time() -> None:
    parts = {"FREQ": "YEARLY", "BYYEARDAY": "-366", "BYWEEKNO": "20,40", "BYDAY": "MO", "BYSETPOS": "3"}

    before = perf_counter()

    assert list(dates(parts, date(2, 1, 1), date(9000, 1, 1))) == []
    assert perf_counter() - before < 1
