"""What happens to a task."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.due import Due
from domain.errors import Invalid, RuleBroken
from domain.tasks import Task

NOON = datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("Europe/Berlin"))


def test_a_completed_task_is_no_longer_open_and_cannot_be_completed_again() -> None:
    task = Task(title="Buy milk", created_at=NOON, updated_at=NOON)

    done, following = task.complete(at=NOON)

    assert not done.is_open
    assert done.version == 2
    assert following is None
    with pytest.raises(RuleBroken):
        done.complete(at=NOON)


@pytest.mark.parametrize(
    ("zone", "day", "offsets"),
    [
        ("Europe/Berlin", date(2027, 3, 27), (1, 2)),
        ("Europe/Berlin", date(2026, 10, 24), (2, 1)),
        ("America/New_York", date(2027, 3, 13), (-5, -4)),
        ("America/New_York", date(2026, 10, 31), (-4, -5)),
    ],
)
def test_a_daily_task_keeps_its_civil_time_over_a_clock_change(zone: str, day: date, offsets: tuple[int, int]) -> None:
    due = Due(date=day, time=time(7), zone=zone)
    task = Task(title="Run", due=due, recurrence="FREQ=DAILY", created_at=NOON, updated_at=NOON)

    _, following = task.complete(at=NOON)

    assert following and following.due and following.due.instant and due.instant
    assert following.due == Due(date=day + timedelta(days=1), time=time(7), zone=zone)
    assert (due.instant.utcoffset(), following.due.instant.utcoffset()) == tuple(timedelta(hours=h) for h in offsets)


def test_a_time_that_the_clock_change_skips_is_an_hour_on_that_day_only() -> None:
    due = Due(date=date(2027, 3, 27), time=time(2, 30), zone="Europe/Berlin")
    task = Task(title="Back up", due=due, recurrence="FREQ=DAILY", created_at=NOON, updated_at=NOON)

    _, skipped = task.complete(at=NOON)
    assert skipped and skipped.due
    _, after = skipped.complete(at=NOON)

    assert after and after.due
    assert str(skipped.due) == "2027-03-28T03:30:00+02:00"
    assert str(after.due) == "2027-03-29T02:30:00+02:00"


def test_midnight_stays_midnight() -> None:
    due = Due(date=date(2026, 10, 25), time=time(0), zone="Europe/Berlin")
    task = Task(title="Close the day", due=due, recurrence="FREQ=DAILY", created_at=NOON, updated_at=NOON)

    _, following = task.complete(at=NOON)

    assert following and str(following.due) == "2026-10-26T00:00:00+01:00"


@pytest.mark.parametrize(
    ("rule", "first", "dates"),
    [
        ("FREQ=MONTHLY", date(2027, 1, 31), [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]),
        (
            "FREQ=YEARLY",
            date(2028, 2, 29),
            [date(2029, 2, 28), date(2030, 2, 28), date(2031, 2, 28), date(2032, 2, 29)],
        ),
        ("FREQ=DAILY;COUNT=3", date(2026, 11, 21), [date(2026, 11, 22), date(2026, 11, 23)]),
        ("FREQ=WEEKLY;UNTIL=20261205", date(2026, 11, 21), [date(2026, 11, 28), date(2026, 12, 5)]),
    ],
)
def test_completing_one_after_another_walks_through_the_series(rule: str, first: date, dates: list[date]) -> None:
    task: Task | None = Task(title="Pay", due=Due(date=first), recurrence=rule, created_at=NOON, updated_at=NOON)

    walked = []
    while task and len(walked) < len(dates) + bool("COUNT" in rule or "UNTIL" in rule):
        _, task = task.complete(at=NOON)
        if task and task.due:
            walked.append(task.due.date)

    assert walked == dates


def test_the_next_of_a_series_is_a_new_row_of_it() -> None:
    due = Due(date=date(2026, 11, 21))
    task = Task(title="Pay", due=due, recurrence="FREQ=DAILY", tags=("home",), created_at=NOON, updated_at=NOON)

    done, following = task.complete(at=NOON)

    assert following and following.id != done.id
    assert following.series_id == done.series_id is not None
    assert (following.occurrence, following.series_start, following.tags) == (2, due.date, ("home",))


def test_a_task_repeated_from_completion_counts_from_the_day_it_was_done() -> None:
    task = Task(
        title="Water the plants",
        due=Due(date=date(2026, 11, 10)),
        recurrence="FREQ=DAILY;INTERVAL=3",
        recurs_from="completion",
        created_at=NOON,
        updated_at=NOON,
    )

    _, following = task.complete(at=NOON)

    assert following and following.due == Due(date=date(2026, 11, 24))


def test_a_reminder_keeps_its_distance_to_the_due() -> None:
    due = Due(date=date(2027, 3, 27), time=time(9), zone="Europe/Berlin")
    assert due.instant
    remind_at = due.instant.astimezone(UTC) - timedelta(minutes=10)
    task = Task(title="Call", due=due, recurrence="FREQ=DAILY", remind_at=remind_at, created_at=NOON, updated_at=NOON)

    _, following = task.complete(at=NOON)

    assert following and following.remind_at
    assert following.remind_at.isoformat() == "2027-03-28T08:50:00+02:00"


def test_a_new_rule_begins_a_new_series_at_the_due() -> None:
    task = Task(
        title="Pay",
        due=Due(date=date(2026, 11, 1)),
        recurrence="FREQ=DAILY",
        occurrence=9,
        created_at=NOON,
        updated_at=NOON,
    )

    changed = task.change({"due": Due(date=date(2026, 12, 1))}, at=NOON)

    assert (changed.series_start, changed.occurrence, changed.version) == (date(2026, 12, 1), 1, 2)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 501}, "title"),
        ({"priority": 5}, "priority"),
        ({"duration_minutes": 0}, "duration_minutes"),
        ({"recurrence": "FREQ=DAILY"}, "due"),
        ({"recurrence": "daily", "due": Due(date=date(2026, 11, 21))}, "recurrence"),
    ],
)
def test_a_wrong_field_is_named(fields: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        Task(**{"title": "Pay", "created_at": NOON, "updated_at": NOON, **fields})  # type: ignore[arg-type]  # wrong on purpose

    assert refused.value.field == field


def test_a_task_is_overdue_after_its_instant_or_its_day() -> None:
    today = Task(title="Pay", due=Due(date=NOON.date()), created_at=NOON, updated_at=NOON)
    at_eleven = Due(date=NOON.date(), time=time(11), zone="Europe/Berlin")

    assert not today.is_overdue(NOON)
    assert today.is_overdue(NOON + timedelta(days=1))
    assert Task(title="Pay", due=at_eleven, created_at=NOON, updated_at=NOON).is_overdue(NOON)


@pytest.mark.parametrize("until", ["19991231", "20261120", "20261121T000000Z"])
def test_a_series_does_not_end_before_it_begins(until: str) -> None:
    due = Due(date=date(2026, 11, 21), time=time(9), zone="UTC")
    task = Task(title="Pay", due=due, created_at=NOON, updated_at=NOON)

    with pytest.raises(Invalid, match="ends before it begins on 2026-11-21") as refused:
        task.change({"recurrence": f"FREQ=DAILY;UNTIL={until}"}, at=NOON)

    assert refused.value.field == "recurrence"


def test_the_last_of_a_series_may_be_moved_past_its_end() -> None:
    due = Due(date=date(2026, 11, 21))
    task = Task(title="Pay", due=due, recurrence="FREQ=DAILY;UNTIL=20261121", created_at=NOON, updated_at=NOON)

    later = task.change({"due": Due(date=date(2026, 11, 24))}, at=NOON)

    assert later.complete(at=NOON)[1] is None
