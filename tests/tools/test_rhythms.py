"""The rhythm of a task as it is given to the tools."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from domain.errors import Invalid
from domain.people import Clock
from tools import times

CLOCK = Clock(now=datetime(2026, 11, 21, 14, 30, tzinfo=ZoneInfo("Europe/Berlin")))


@pytest.mark.parametrize(
    ("words", "rule", "first"),
    [
        ("every weekday at 7", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-23T07:00:00+01:00"),
        ("weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-23"),
        ("2 weeks", "FREQ=WEEKLY;INTERVAL=2", "2026-11-21"),
        ("monday to friday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-23"),
        ("the first sunday of the month", "FREQ=MONTHLY;BYDAY=1SU", "2026-12-06"),
        ("every day at 9 please", "FREQ=DAILY", "2026-11-22T09:00:00+01:00"),
        ("every 2 hours", "FREQ=HOURLY;INTERVAL=2", "2026-11-21T16:30:00+01:00"),
        ("every 3 days starting december 1", "FREQ=DAILY;INTERVAL=3", "2026-12-01"),
        ("RRULE:FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;BYDAY=TU", "2026-11-24"),
        ("freq=hourly;interval=3", "FREQ=HOURLY;INTERVAL=3", "2026-11-21T17:30:00+01:00"),
    ],
)
def test_a_rhythm_in_words_or_as_a_rule_has_a_first_due(words: str, rule: str, first: str) -> None:
    found, due = times.rule(words, CLOCK)

    assert (found, str(due)) == (rule, first)


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        ("every blue moon", "say e.g."),
        ("tomorrow", "say e.g."),
        ("twice a week", "name the days"),
        ("every 25 min", "every hour"),
        ("every day at 9 and 21", "a task for each"),
        ("every day except holidays", "cannot leave out single days"),
        ("every day of the holidays", "only 'every day' is understood"),
        ("every monday at 9 and every friday at 10", "only 'every monday at 9' is understood"),
        ("every friday until yesterday", "a later end"),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "name days that exist"),
        ("FREQ=SECONDLY", "FREQ must be"),
    ],
)
def test_a_rhythm_that_a_task_cannot_have_is_refused_with_its_cure(words: str, cure: str) -> None:
    with pytest.raises(Invalid) as refused:
        times.rule(words, CLOCK)

    assert refused.value.field == "recurrence"
    assert cure in refused.value.problem
