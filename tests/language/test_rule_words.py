"""How a rule is said, and that what is said is read as the same rule."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.people import Clock
from domain.recurrence import checked_rule
from language.recurrence import read_rule
from language.rule_words import in_words

CLOCK = Clock(now=datetime(2026, 11, 21, 14, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=DAILY", "every day"),
        ("FREQ=DAILY;INTERVAL=2", "every other day"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "every other week on Tuesday"),
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TU,WE,TH,FR", "every 3 weeks on weekdays"),
        ("FREQ=WEEKLY;BYDAY=TH,MO", "every Monday and Thursday"),
        ("FREQ=WEEKLY;BYMONTH=6,7;BYDAY=MO", "every Monday in June and July"),
        ("FREQ=MONTHLY;BYMONTHDAY=22", "every month on the 22nd"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,-1", "every month on the 1st and last day"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday"),
        ("FREQ=MONTHLY;BYDAY=1MO,-1MO,3SU", "every month on the first and last Monday and the third Sunday"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "every month on the last weekday"),
        ("FREQ=MONTHLY;BYDAY=TU,FR;BYSETPOS=1", "every month on the first Tuesday or Friday"),
        ("FREQ=MONTHLY;BYMONTH=1,2,3,4,5,6,7,9,10,11,12", "every month except in August"),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=3", "every year on 3 March"),
        ("FREQ=YEARLY;BYMONTH=9;BYDAY=3SU", "every year on the third Sunday in September"),
        ("FREQ=YEARLY;BYYEARDAY=100", "every year on the 100th day"),
        ("FREQ=YEARLY;BYDAY=MO,SU;BYWEEKNO=30", "every year on Monday and Sunday in week 30"),
        ("FREQ=DAILY;COUNT=5", "every day, 5 times"),
        ("FREQ=WEEKLY;UNTIL=20270601", "every week until 1 June 2027"),
        ("FREQ=HOURLY;INTERVAL=4", "every 4 hours"),
        ("FREQ=HOURLY;BYDAY=SA;BYHOUR=9,10,11", "every hour on Saturday between 9:00 and 11:00"),
    ],
)
def test_a_rule_is_said_as_a_person_would(rule: str, words: str) -> None:
    reading = read_rule(words, CLOCK)

    assert in_words(rule) == words
    assert reading and reading.rule and said(reading.rule) == said(rule)


def test_the_time_of_day_is_said_where_it_is_known() -> None:
    rule = "FREQ=WEEKLY;INTERVAL=2;UNTIL=20270303;BYDAY=TU,TH"

    assert in_words(rule, at=time(7)) == "every other week on Tuesday and Thursday at 07:00 until 3 March 2027"


WEEKDAYS = st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1, max_size=7, unique=True)
MONTHS = st.lists(st.integers(1, 12), min_size=1, max_size=12, unique=True).map(sorted)
MONTH_DAYS = st.lists(st.integers(1, 31), min_size=1, max_size=4, unique=True).map(sorted)
PLACES = st.sampled_from([1, 2, 3, 4, 5, -1, -2])


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules of the kinds that are said in English."""
    parts: dict[str, Any] = {}
    kind = draw(st.sampled_from(["day", "week", "hour", "month day", "month place", "month set", "date", "year place"]))
    match kind:
        case "day" | "hour":
            parts["FREQ"] = "DAILY" if kind == "day" else "HOURLY"
        case "week":
            parts |= {"FREQ": "WEEKLY", "BYDAY": draw(WEEKDAYS)}
        case "month day":
            last = draw(st.sampled_from([[], [-1], [-2]]))
            parts |= {"FREQ": "MONTHLY", "BYMONTHDAY": [*draw(MONTH_DAYS), *last]}
        case "month place":
            parts |= {"FREQ": "MONTHLY", "BYDAY": [f"{draw(PLACES)}{day}" for day in draw(WEEKDAYS)]}
        case "month set":
            parts |= {
                "FREQ": "MONTHLY",
                "BYDAY": draw(WEEKDAYS.filter(lambda days: len(days) > 1)),
                "BYSETPOS": draw(PLACES),
            }
        case "date":
            parts |= {"FREQ": "YEARLY", "BYMONTH": draw(st.integers(1, 12)), "BYMONTHDAY": [draw(st.integers(1, 28))]}
        case _:
            day = draw(st.sampled_from(["MO", "WE", "SU"]))
            parts |= {"FREQ": "YEARLY", "BYMONTH": draw(MONTHS), "BYDAY": f"{draw(PLACES)}{day}"}
    parts["INTERVAL"] = draw(st.integers(1, 24))
    if kind in ("week", "month day") and draw(st.booleans()):
        parts["BYMONTH"] = draw(MONTHS)
    match draw(st.sampled_from(["open", "counted", "ended"])):
        case "counted":
            parts["COUNT"] = draw(st.integers(1, 999))
        case "ended":
            parts["UNTIL"] = f"{draw(st.dates(date(2026, 12, 1), date(2060, 12, 31))):%Y%m%d}"
    # No April has a 31st.
    assume("BYMONTHDAY" not in parts or min(parts["BYMONTHDAY"]) < 30 or "BYMONTH" not in parts)
    return ";".join(
        f"{name}={','.join(map(str, value)) if isinstance(value, list) else value}" for name, value in parts.items()
    )


@given(rule=rules())
@settings(max_examples=500, deadline=1_000)
def test_the_words_of_a_rule_are_read_as_that_rule(rule: str) -> None:
    words = in_words(rule)
    reading = read_rule(words, CLOCK)

    assert reading and reading.rule
    assert reading.text == words
    assert said(reading.rule) == said(rule)


@given(rule=rules(), at=st.times(datetime(2026, 1, 1, 7).time(), datetime(2026, 1, 1, 21, 59).time()))
@settings(max_examples=200, deadline=1_000)
def test_the_words_of_a_rule_are_read_with_its_time(rule: str, at: time) -> None:
    at = at.replace(second=0, microsecond=0)
    words = in_words(rule, at=at)
    reading = read_rule(words, CLOCK)

    assert reading and reading.rule
    assert (said(reading.rule), reading.clock) == (said(rule), at)


def said(rule: str) -> dict[str, frozenset[str]]:
    """The parts of a rule, their lists without order; an interval of one is not said."""
    parts = dict(part.split("=") for part in checked_rule(rule).split(";"))
    return {name: frozenset(value.split(",")) for name, value in parts.items() if (name, value) != ("INTERVAL", "1")}


def test_what_no_task_can_follow_is_not_said() -> None:
    with pytest.raises(Invalid):
        in_words("FREQ=MINUTELY")
