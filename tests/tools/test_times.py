"""Words for a due that may mean two times are asked about where no convention decides."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from domain.errors import Invalid
from domain.people import Clock
from tools import times
from tools.references import Unclear

CLOCK = Clock(now=datetime(2026, 11, 21, 14, 30, tzinfo=ZoneInfo("Europe/Berlin")))


@pytest.mark.parametrize(
    ("words", "either", "other"),
    [
        ("friday the 6th", "Sun 6 Dec", "Fri 27 Nov"),
        ("Tue, 3 March", "Wed 3 Mar 2027", "Tue 2 Mar 2027"),
        ("Monday 31", "Mon 31 May 2027", "Thu 31 Dec"),
        ("tomorrow at midnight", "Sun 22 Nov, 00:00", "Mon 23 Nov, 00:00"),
        ("friday midnight", "Fri 27 Nov, 00:00", "Sat 28 Nov, 00:00"),
        ("friday or saturday", "Fri 27 Nov", "Sat 28 Nov"),
        ("tomorrow at 9, or maybe monday at 10", "Sun 22 Nov, 09:00", "Mon 23 Nov, 10:00"),
    ],
)
def test_two_times_that_are_about_equally_likely_are_asked_about(words: str, either: str, other: str) -> None:
    with pytest.raises(Unclear) as asked:
        times.due(words, CLOCK)

    assert either in str(asked.value) and other in str(asked.value)


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("next friday", "2026-11-27"),
        ("friday", "2026-11-27"),
        ("at 5", "2026-11-21T17:00:00+01:00"),
        ("7", "2026-11-21T19:00:00+01:00"),
        ("03/04", "2027-03-04"),
        ("Sat 03/04", "2027-04-03"),
        ("friday the 4th", "2026-12-04"),
        ("Friday 27 November", "2026-11-27"),
        ("by friday midnight", "2026-11-28T00:00:00+01:00"),
        ("midnight", "2026-11-22T00:00:00+01:00"),
        ("friday 00:00", "2026-11-27T00:00:00+01:00"),
        ("tonight at 2", "2026-11-22T02:00:00+01:00"),
    ],
)
def test_where_a_convention_decides_nothing_is_asked(words: str, due: str) -> None:
    assert str(times.due(words, CLOCK)) == due


@pytest.mark.parametrize("words", ["every monday except december 25", "every day, except on christmas"])
def test_a_rhythm_that_leaves_out_a_single_day_is_refused_with_the_cure(words: str) -> None:
    with pytest.raises(Invalid, match="move that occurrence"):
        times.rule(words, CLOCK)
