"""Habits by the person's words."""

from datetime import date

import pytest


@pytest.mark.parametrize(
    ("given", "reading"),
    [
        pytest.param({"times": 3, "per": "week"}, '"Run", 3 times a week', id="weekly"),
        pytest.param({}, '"Run", every day', id="daily"),
        pytest.param({"target": 5, "unit": "km"}, '"Run", at least 5 km a day', id="amount"),
        pytest.param(
            {"times": 8, "per": "day", "unit": "glasses"}, '"Run", at least 8 glasses a day', id="often a day"
        ),
        pytest.param({"times": 2, "per": 10}, '"Run", twice in 10 days', id="days"),
    ],
)
async def test_a_habit_is_started_with_its_goal(do, given, reading):
    assert (await do("create_habit", name="Run", **given))["items"][0]["reading"] == reading


async def test_a_habit_is_not_started_twice(do, habits):
    await do("create_habit", name="Run")

    result = await do("create_habit", name="run")

    assert not result["items"][0]["ok"]
    assert len((await habits.list()).items) == 1


@pytest.mark.parametrize("words", ["running", "ran", "my run", "Run", "the run habit"])
async def test_a_habit_is_known_by_the_words_for_it(do, words):
    await do("create_habit", name="Run")
    await do("create_habit", name="Read")

    assert (await do("log_habit", habit=words))["items"][0]["title"] == "Run"


async def test_amounts_of_a_day_add_up_in_the_habits_unit(do, habits):
    made = await do("create_habit", name="Run", target=5, unit="km")
    await do("log_habit", habit="run", date="yesterday", value=3, unit="km")
    await do("log_habit", habit="run", date="yesterday", value=500, unit="m")

    (habit,) = (await habits.list()).items
    entries = await habits.entries(habit.id)
    assert made["items"][0]["id"] == str(habit.id)
    assert {day: entry.value for day, entry in entries.items()} == {date(2026, 11, 20): 3.5}


async def test_an_amount_of_a_plain_habit_is_kept_with_its_words(do, habits):
    await do("create_habit", name="Run")

    result = await do("log_habit", habit="run", value=5, unit="km")

    (habit,) = (await habits.list()).items
    entry = (await habits.entries(habit.id))[date(2026, 11, 21)]
    assert (entry.value, entry.comment, entry.status) == (5, "5 km", "done")
    assert result["summary"] == 'Logged "Run" for today, Sat 21 Nov (5 km).'


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        pytest.param({"date": "tomorrow"}, "future", id="future"),
        pytest.param({"date": "when pigs fly"}, "date: ", id="no date"),
        pytest.param({"value": -3}, "value: ", id="negative"),
        pytest.param({"habit": "chess"}, "no habit like", id="unknown"),
    ],
)
async def test_what_cannot_be_logged_says_why(do, habits, given, problem):
    await do("create_habit", name="Run")

    result = await do("log_habit", **{"habit": "run", **given})

    (habit,) = (await habits.list()).items
    assert problem in result["items"][0]["error"]
    assert not await habits.entries(habit.id)


async def test_the_same_log_counts_once(do, habits):
    await do("create_habit", name="Run", target=5, unit="km")

    first = await do("log_habit", call_id="one", habit="run", value=3)
    again = await do("log_habit", call_id="one", habit="run", value=3)

    (habit,) = (await habits.list()).items
    assert again == first
    assert [entry.value for entry in (await habits.entries(habit.id)).values()] == [3]


async def test_insights_say_count_goal_streak_and_total(do):
    await do("create_habit", name="Run", times=3, per="week", target=5, unit="km")
    for day in ("today", "yesterday", "2 days ago"):
        await do("log_habit", habit="run", date=day, value=6)

    result = await do("habit_insights", habit="running")

    (item,) = result["items"]
    assert (item["this_week"], item["current_streak"] >= 3, item["total"]) == (3, True, 18)
    assert result["summary"].startswith(
        "Run: 3 times in the last 7 days (0 in the 7 before); the goal is at least 5 km"
    )
    assert "In total 18 km." in result["summary"]


async def test_insights_without_habits_say_so(do):
    assert (await do("habit_insights"))["summary"] == "There are no habits yet."


async def test_an_archived_habit_is_put_away_and_comes_back(do, habits):
    await do("create_habit", name="Run")

    await do("update_habit", habit="run", archived=True, name="Jog")
    away = (await habits.list()).items
    await do("update_habit", habit="jog", archived=False)

    assert not away
    assert [habit.name for habit in (await habits.list()).items] == ["Jog"]


async def test_a_deleted_habit_comes_back_with_its_entries(do, ask, habits):
    await do("create_habit", name="Run")
    await do("log_habit", habit="run")

    asked = await ask("delete_habit", habit="run")
    await do("delete_habit", **asked.arguments)
    gone = (await habits.list()).items
    await do("undo")

    (habit,) = (await habits.list()).items
    assert asked.question == 'Delete the habit "Run" and all its entries?'
    assert not gone
    assert len(await habits.entries(habit.id)) == 1


async def test_starting_logging_and_changing_can_be_undone(do, habits):
    await do("create_habit", name="Run")
    await do("log_habit", habit="run")
    await do("update_habit", habit="run", times=2, per="week")

    await do("undo")
    (habit,) = (await habits.list()).items
    await do("undo")
    entries = await habits.entries(habit.id)
    await do("undo")

    assert (habit.times, habit.per_days) == (1, 1)
    assert not entries
    assert not (await habits.list()).items


@pytest.mark.parametrize(
    ("given", "days"),
    [
        pytest.param({"dates": ["monday", "wednesday"]}, ["2026-11-16", "2026-11-18"], id="weekdays behind us"),
        pytest.param({"date": "monday and wednesday"}, ["2026-11-16", "2026-11-18"], id="in one phrase"),
        pytest.param({"date": "the last three days"}, ["2026-11-18", "2026-11-19", "2026-11-20"], id="a stretch"),
        pytest.param({"dates": ["yesterday", "today", "today"]}, ["2026-11-20", "2026-11-21"], id="each once"),
    ],
)
async def test_several_days_are_logged_at_once(do, habits, given, days):
    await do("create_habit", name="Run")

    result = await do("log_habit", habit="run", **given)

    (habit,) = (await habits.list()).items
    assert [day.isoformat() for day in await habits.entries(habit.id)] == days
    assert len(result["items"]) == len(days)


async def test_a_day_that_is_not_understood_leaves_the_others(do, habits):
    await do("create_habit", name="Run")

    result = await do("log_habit", habit="run", dates=["yesterday", "when pigs fly"])

    (habit,) = (await habits.list()).items
    assert len(await habits.entries(habit.id)) == 1
    assert [item["ok"] for item in result["items"]] == [False, True]


async def test_a_day_to_come_is_not_logged(do, habits):
    await do("create_habit", name="Run")

    result = await do("log_habit", habit="run", date="tomorrow")

    (habit,) = (await habits.list()).items
    assert not await habits.entries(habit.id)
    assert "lies in the future" in result["summary"]


async def test_streaks_are_said_in_days(do):
    await do("create_habit", name="Run")
    for day in ("2026-11-10", "2026-11-11", "2026-11-12", "2026-11-20", "2026-11-21"):
        await do("log_habit", habit="run", date=day)

    result = await do("habit_insights", habit="run")

    assert "The streak is 2 days, the longest was 3 days." in result["summary"]


async def test_a_goal_is_turned_around(do, habits):
    await do("create_habit", name="Coffee", target=3, unit="cups")

    await do("update_habit", habit="coffee", direction="at_most")

    (habit,) = (await habits.list()).items
    assert habit.direction == "at_most"
