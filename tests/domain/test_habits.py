"""What a habit asks for, and what its entries add up to."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.errors import Invalid, RuleBroken
from domain.habits import Entry, Habit, insights, log, meets, score

NOW = datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("Europe/Berlin"))
TODAY = NOW.date()


@pytest.fixture
def reading() -> Habit:
    return Habit(name="Read", created_on=TODAY, created_at=NOW, updated_at=NOW)


@pytest.fixture
def water() -> Habit:
    return Habit(
        name="Water", kind="numeric", target=2.0, unit="litres", created_on=TODAY, created_at=NOW, updated_at=NOW
    )


def test_a_second_log_of_a_day_adds_to_its_value(water: Habit) -> None:
    first = log(water, None, day=TODAY, status="done", value=1.5, comment=None, at=NOW)

    second = log(water, first, day=TODAY, status="done", value=0.5, comment="evening", at=NOW)

    assert (second.id, second.value, second.version) == (first.id, 2.0, 2)
    assert not meets(water, first)
    assert meets(water, second)


def test_a_day_to_come_cannot_be_logged(reading: Habit) -> None:
    with pytest.raises(Invalid, match="future"):
        log(reading, None, day=TODAY + timedelta(days=1), status="done", value=None, comment=None, at=NOW)


def test_an_archived_habit_is_not_logged(reading: Habit) -> None:
    archived = reading.change({"archived_at": NOW}, at=NOW)

    with pytest.raises(RuleBroken):
        log(archived, None, day=TODAY, status="done", value=None, comment=None, at=NOW)


def test_a_habit_at_most_is_met_below_its_target(water: Habit) -> None:
    coffee = water.change({"direction": "at_most"}, at=NOW)
    entry = log(coffee, None, day=TODAY, status="done", value=2.5, comment=None, at=NOW)

    assert not meets(coffee, entry)


def test_a_streak_runs_over_a_skipped_day_and_ends_at_a_missed_one(reading: Habit) -> None:
    days = {1: "done", 2: "done", 3: "missed", 4: "done", 5: "skipped", 6: "done"}
    entries = {
        date(2026, 11, day): Entry(
            habit_id=reading.id,
            date=date(2026, 11, day),
            status=status,
            created_at=NOW,
            updated_at=NOW,  # type: ignore[arg-type]  # a literal of the table
        )
        for day, status in days.items()
    }

    found = insights(reading, entries, until=date(2026, 11, 6))

    assert (found.current_streak, found.longest_streak, found.days_done) == (3, 3, 4)
    assert found.last_done == date(2026, 11, 6)


def test_a_streak_still_runs_on_the_morning_after(reading: Habit) -> None:
    yesterday = TODAY - timedelta(days=1)
    entries = {yesterday: log(reading, None, day=yesterday, status="done", value=None, comment=None, at=NOW)}

    assert insights(reading, entries, until=TODAY).current_streak == 1
    assert insights(reading, entries, until=TODAY + timedelta(days=1)).current_streak == 0


def test_the_score_rises_with_each_day_done_and_falls_after(reading: Habit) -> None:
    days = [TODAY - timedelta(days=back) for back in range(9, -1, -1)]
    entries = {day: log(reading, None, day=day, status="done", value=None, comment=None, at=NOW) for day in days}

    scores = [score(reading, entries, until=day) for day in days]

    assert scores == sorted(scores)
    assert scores[0] == pytest.approx(1 - 0.5 ** (1 / 13))
    assert score(reading, entries, until=TODAY + timedelta(days=1)) < scores[-1]
    assert score(reading, {}, until=TODAY) == 0.0


def test_three_times_a_week_makes_a_full_score_possible(reading: Habit) -> None:
    thrice = reading.change({"times": 3, "per_days": 7}, at=NOW)
    days = [TODAY - timedelta(days=back) for back in range(700) if back % 7 in (0, 2, 4)]
    entries = {day: log(thrice, None, day=day, status="done", value=None, comment=None, at=NOW) for day in days}

    assert score(thrice, entries, until=TODAY) > 0.95
    assert insights(thrice, entries, until=TODAY).current_streak >= 690


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"target": -1.0}, "target"),
        ({"target": float("nan")}, "target"),
        ({"times": 2}, "times"),
        ({"per_days": 0}, "per_days"),
    ],
)
def test_a_wrong_field_is_named(reading: Habit, fields: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        reading.change(fields, at=NOW)

    assert refused.value.field == field
