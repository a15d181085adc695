"""One rhythm in many wordings: how it is put, how its days, time and end are written, and what stands around it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.people import Clock
from language.recurrence import read_rule

CLOCK = Clock(now=datetime(2026, 11, 21, 14, 30, tzinfo=ZoneInfo("Europe/Berlin")))
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November")
CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEKS = {
    1: ("every {days}", "each {days}", "{plurals}", "on {plurals}", "weekly on {days}", "once a week on {days}"),
    2: ("every other {days}", "every 2 weeks on {days}", "biweekly on {plurals}", "every second week on {days}"),
    3: ("every three weeks on {days}", "every third week on {plurals}", "each 3 weeks on {days}"),
}
MONTHLY = {1: ("every month", "each month"), 2: ("every other month", "every 2 months"), 3: ("every third month",)}
ON = ("{month} on the {days}", "the {days} of {month}", "on the {days} of {month}", "{days} of {month}")
YEARS = ("every year on {date}", "yearly on {date}", "{date} every year", "once a year on {date}", "each {date}")
PLACES = {1: ("first", "1st"), 2: ("second", "2nd"), 4: ("fourth", "4th"), -1: ("last",), -2: ("second to last",)}
TASKS = ("call mom", "water the plants", "submit timesheet", "team sync", "do 20 pushups", "review the budget with Sam")


@dataclass(frozen=True)
class Wording:
    """Words, and the parts of the rule they say."""

    words: str
    rule: str


@st.composite
def weekly(draw: st.DrawFn) -> Wording:
    days = sorted(draw(st.sets(st.integers(0, 6), min_size=1, max_size=4)))
    interval = draw(st.sampled_from(sorted(WEEKS)))
    size = draw(st.sampled_from([3, 9]))
    comma, last = draw(st.sampled_from([(", ", " and "), (", ", ", and "), ("/", "/"), (", ", " & ")]))
    singles = _listed([DAYS[day][:size] for day in days], comma, last)
    plurals = _listed([f"{DAYS[day]}s" for day in days], comma, last)
    words = draw(st.sampled_from(WEEKS[interval])).format(days=singles, plurals=plurals)
    return Wording(words, f"FREQ=WEEKLY;{_interval(interval)}BYDAY={','.join(CODES[day] for day in days)}")


@st.composite
def monthly(draw: st.DrawFn) -> Wording:
    interval = draw(st.sampled_from(sorted(MONTHLY)))
    month = draw(st.sampled_from(MONTHLY[interval]))
    if draw(st.booleans()):
        numbers = sorted(draw(st.sets(st.integers(1, 28), min_size=1, max_size=3)))
        days, by = _listed([_ordinal(number) for number in numbers], ", ", " and "), f"BYMONTHDAY={_joined(numbers)}"
    else:
        place, day = draw(st.sampled_from(sorted(PLACES))), draw(st.integers(0, 6))
        days, by = f"{draw(st.sampled_from(PLACES[place]))} {DAYS[day]}", f"BYDAY={place}{CODES[day]}"
    words = draw(st.sampled_from(ON)).format(month=month, days=days)
    return Wording(words, f"FREQ=MONTHLY;{_interval(interval)}{by}")


@st.composite
def yearly(draw: st.DrawFn) -> Wording:
    month, day = draw(st.integers(0, 10)), draw(st.integers(1, 28))
    name = MONTHS[month]
    date = draw(
        st.sampled_from([f"{name} {day}", f"{name} {_ordinal(day)}", f"{_ordinal(day)} of {name}", f"{day} {name}"])
    )
    words = draw(st.sampled_from(YEARS)).format(date=date)
    return Wording(words, f"FREQ=YEARLY;BYMONTH={month + 1};BYMONTHDAY={day}")


TIMES = st.tuples(st.integers(7, 21), st.sampled_from([0, 15, 30])).flatmap(
    lambda at: st.sampled_from([f"at {at[0]}:{at[1]:02d}", f"@ {at[0]}:{at[1]:02d}", _spoken(*at)]).map(
        lambda words: Wording(words, f"{at[0]:02d}:{at[1]:02d}")
    )
)
ENDS = st.one_of(
    st.integers(2, 99).flatmap(
        lambda n: st.sampled_from([f"for {n} times", f"{n}x", f"for the next {n} occurrences"]).map(
            lambda words: Wording(words, f"COUNT={n}")
        )
    ),
    st.tuples(st.integers(0, 10), st.integers(1, 28)).flatmap(
        lambda at: st.sampled_from(
            [
                f"until {MONTHS[at[0]]} {at[1]}, 2027",
                f"till {at[1]} {MONTHS[at[0]]} 2027",
                f"through 2027-{at[0] + 1:02d}-{at[1]:02d}",
            ]
        ).map(lambda words: Wording(words, f"UNTIL=2027{at[0] + 1:02d}{at[1]:02d}"))
    ),
)


@given(
    rhythm=st.one_of(weekly(), monthly(), yearly()),
    time=st.none() | TIMES,
    end=st.none() | ENDS,
    task=st.sampled_from(TASKS),
    behind=st.sampled_from(["", ".", " please", ", then rest", " with the team"]),
    shouted=st.booleans(),
    time_first=st.booleans(),
)
@settings(max_examples=600, deadline=1_000)
def test_a_rhythm_is_read_however_it_is_worded(
    rhythm: Wording, time: Wording | None, end: Wording | None, task: str, behind: str, shouted: bool, time_first: bool
) -> None:
    tails = [said.words for said in ((time, end) if time_first else (end, time)) if said]
    words = " ".join([rhythm.words, *tails])
    words = words.upper() if shouted else words

    reading = read_rule(f"{task} {words}{behind}", CLOCK)

    assert reading and reading.rule
    assert reading.text == words
    assert set(reading.rule.split(";")) == {*rhythm.rule.split(";"), *([end.rule] if end else [])}
    assert (f"{reading.clock:%H:%M}" if reading.clock else None) == (time.rule if time else None)


def _listed(words: list[str], comma: str, last: str) -> str:
    return words[0] if len(words) == 1 else comma.join(words[:-1]) + last + words[-1]


def _joined(numbers: list[int]) -> str:
    return ",".join(map(str, numbers))


def _interval(interval: int) -> str:
    return f"INTERVAL={interval};" if interval > 1 else ""


def _ordinal(number: int) -> str:
    return f"{number}{'th' if 10 <= number <= 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _spoken(hour: int, minute: int) -> str:
    return f"at {(hour - 1) % 12 + 1}{f':{minute:02d}' if minute else ''}{'am' if hour < 12 else 'pm'}"
