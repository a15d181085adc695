"""A task that repeats by the hour."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from domain.due import Due
from domain.errors import Invalid
from domain.recurrence import first_hour, next_due
from domain.tasks import Task

BERLIN = ZoneInfo("Europe/Berlin")
WORKING_HOURS = "FREQ=HOURLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9,10,11,12,13,14,15,16,17"


@pytest.mark.parametrize(
    ("rule", "due", "expected"),
    [
        pytest.param("FREQ=HOURLY;INTERVAL=8", "2026-11-21 22:00", "2026-11-22T06:00:00+01:00", id="over midnight"),
        pytest.param(
            "FREQ=HOURLY;INTERVAL=8", "2027-03-27 22:00", "2027-03-28T07:00:00+02:00", id="spring: an hour less"
        ),
        pytest.param(
            "FREQ=HOURLY", "2026-10-25 02:30", "2026-10-25T03:30:00+01:00", id="autumn: the hour that comes twice"
        ),
        pytest.param(WORKING_HOURS, "2026-11-20 17:00", "2026-11-23T09:00:00+01:00", id="over the weekend"),
    ],
)
def test_hours_are_counted_in_real_time(rule: str, due: str, expected: str) -> None:
    at = datetime.fromisoformat(due)

    following = next_due(
        rule,
        due=Due(date=at.date(), time=at.time(), zone="Europe/Berlin"),
        start=at.date(),
        occurrence=1,
        completed=None,
    )

    assert str(following) == expected


def test_hours_from_completion_are_counted_from_its_minute() -> None:
    due = Due(date=date(2026, 11, 21), time=time(9), zone="Europe/Berlin")

    completed = datetime(2026, 11, 21, 12, 17, 45, tzinfo=UTC)
    following = next_due("FREQ=HOURLY;INTERVAL=4", due=due, start=due.date, occurrence=1, completed=completed)

    assert str(following) == "2026-11-21T17:17:00+01:00"


def test_a_rule_of_hours_begins_one_step_from_now_or_on_its_next_hour() -> None:
    now = datetime(2026, 11, 21, 14, 30, tzinfo=BERLIN)

    assert str(first_hour("FREQ=HOURLY;INTERVAL=2", now)) == "2026-11-21T16:30:00+01:00"
    assert str(first_hour(WORKING_HOURS, now)) == "2026-11-23T09:00:00+01:00"


def test_a_task_of_hours_needs_a_time_of_day() -> None:
    now = datetime(2026, 11, 21, 14, 30, tzinfo=BERLIN)

    with pytest.raises(Invalid) as refused:
        Task(title="Drink", due=Due(date=now.date()), recurrence="FREQ=HOURLY", created_at=now, updated_at=now)

    assert refused.value.field == "due"
