"""Tasks by the person's words."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest


async def test_a_task_is_added_with_what_was_said(do, tasks):
    result = await do(
        "add_tasks",
        tasks=[
            {
                "title": "Call the dentist",
                "due": "tomorrow 3pm",
                "priority": 1,
                "tags": ["#health"],
                "duration": "45 min",
            }
        ],
    )

    (task,) = (await tasks.list()).items
    assert str(task.due) == "2026-11-22T15:00:00+01:00"
    assert (task.priority, task.tags, task.duration_minutes) == (1, ("health",), 45)
    assert result["summary"] == (
        'Added "Call the dentist", due tomorrow, Sun 22 Nov, 15:00, priority 1, 45 min, #health.'
    )
    assert result["items"][0]["id"] == str(task.id)


@pytest.mark.parametrize(
    ("given", "rule", "due"),
    [
        pytest.param(
            {"recurrence": "every weekday at 7"}, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-23T07:00", id="words"
        ),
        pytest.param({"recurrence": "RRULE:FREQ=WEEKLY;BYDAY=TU"}, "FREQ=WEEKLY;BYDAY=TU", "2026-11-24", id="rrule"),
        pytest.param({"due": "every friday"}, "FREQ=WEEKLY;BYDAY=FR", "2026-11-27", id="as due"),
        pytest.param({"due": "tomorrow", "recurrence": "every day at 8"}, "FREQ=DAILY", "2026-11-22T08:00", id="both"),
    ],
)
async def test_a_rhythm_gives_rule_and_first_due(do, tasks, given, rule, due):
    await do("add_tasks", tasks=[{"title": "Stretch", **given}])

    (task,) = (await tasks.list()).items
    assert task.recurrence == rule
    assert str(task.due).startswith(due)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        pytest.param({"due": "when pigs fly"}, "due", id="due"),
        pytest.param({"due": "2026-02-30"}, "due", id="no such day"),
        pytest.param({"recurrence": "FREQ=SOMETIMES"}, "recurrence", id="rrule"),
        pytest.param({"recurrence": "every blue moon"}, "recurrence", id="rhythm"),
        pytest.param({"duration": -5}, "duration", id="negative"),
        pytest.param({"duration": "-30 minutes"}, "duration", id="negative words"),
        pytest.param({"priority": 9}, "priority", id="priority"),
        pytest.param({"remind": "10 minutes before"}, "remind", id="reminder without a due"),
        pytest.param({"title": "  "}, "title", id="empty"),
    ],
)
async def test_what_cannot_be_read_names_its_field_and_leaves_the_others(do, tasks, given, field):
    result = await do("add_tasks", tasks=[{"title": "Broken", **given}, {"title": "Buy milk"}])

    assert [task.title for task in (await tasks.list()).items] == ["Buy milk"]
    assert [item["ok"] for item in result["items"]] == [False, True]
    assert result["items"][0]["error"].startswith(f"{field}: ")


async def test_unknown_arguments_are_refused_by_name(do, tasks):
    result = await do("add_tasks", tasks=[{"title": "Buy milk", "owner": "someone"}])

    assert result["summary"] == "tasks.0.owner: this tool has no such argument; leave it out."
    assert not (await tasks.list()).items


async def test_the_same_call_adds_once(do, tasks):
    first = await do("add_tasks", call_id="one", tasks=[{"title": "Buy milk"}])
    again = await do("add_tasks", call_id="one", tasks=[{"title": "Buy milk"}])

    assert again == first
    assert len((await tasks.list()).items) == 1


async def test_the_same_completion_answers_the_same(do):
    await do("add_tasks", tasks=[{"title": "Buy milk"}])

    first = await do("complete_tasks", call_id="one", tasks=["milk"])
    again = await do("complete_tasks", call_id="one", tasks=["milk"])

    assert again == first
    assert again["items"][0]["ok"]


async def test_tasks_are_found_by_time_tag_and_words(do):
    await do(
        "add_tasks",
        tasks=[
            {"title": "Pay rent", "due": "tomorrow"},
            {"title": "Write report", "due": "27 Nov", "tags": ["work"]},
            {"title": "Return book", "due": "2026-11-19"},
            {"title": "Learn chess"},
        ],
    )

    async def titles(**arguments):
        return [item["title"] for item in (await do("find_tasks", **arguments))["items"]]

    assert await titles() == ["Return book", "Pay rent", "Write report", "Learn chess"]
    assert await titles(due="tomorrow") == ["Pay rent"]
    assert await titles(due="next week") == ["Write report"]
    assert await titles(due="before today") == ["Return book"]
    assert await titles(due="overdue") == ["Return book"]
    assert await titles(due="after tomorrow") == ["Write report"]
    assert await titles(due="no date") == ["Learn chess"]
    assert await titles(tag="#Work") == ["Write report"]
    assert await titles(query="reports") == ["Write report"]
    assert await titles(status="done") == []


async def test_changes_keep_what_is_absent_and_empty_what_is_cleared(do, tasks):
    await do(
        "add_tasks", tasks=[{"title": "Call the dentist", "due": "tomorrow 3pm", "priority": 1, "project": "Body"}]
    )

    await do("update_tasks", tasks=[{"task": "dentist", "due": "friday", "clear": ["project"]}])

    (task,) = (await tasks.list()).items
    assert str(task.due) == "2026-11-27T15:00:00+01:00"
    assert (task.priority, task.project) == (1, None)


@pytest.mark.parametrize(
    ("words", "due"),
    [
        pytest.param("5pm", "2026-11-22T17:00:00+01:00", id="a time keeps the day"),
        pytest.param("a week later", "2026-11-29T15:00:00+01:00", id="a length moves"),
        pytest.param("3 months later", "2027-02-22T15:00:00+01:00", id="months move"),
        pytest.param("2 hours earlier", "2026-11-22T13:00:00+01:00", id="hours move"),
        pytest.param("wednesday at the same time", "2026-11-25T15:00:00+01:00", id="the same time"),
        pytest.param("by 2 days", "2026-11-24T15:00:00+01:00", id="by days"),
        pytest.param("an hour later", "2026-11-22T16:00:00+01:00", id="an hour"),
        pytest.param("2026-12-24T18:30", "2026-12-24T18:30:00+01:00", id="iso"),
    ],
)
async def test_a_due_moves_as_the_words_say(do, tasks, words, due):
    await do("add_tasks", tasks=[{"title": "Call the dentist", "due": "tomorrow 3pm"}])

    await do("update_tasks", tasks=[{"task": "dentist", "due": words}])

    (task,) = (await tasks.list()).items
    assert str(task.due) == due


@pytest.mark.parametrize(
    ("words", "at"),
    [
        pytest.param("15 minutes before", "2026-11-27T14:45", id="before"),
        pytest.param("the day before", "2026-11-26T15:00", id="the day before"),
        pytest.param("the evening before", "2026-11-26T19:00", id="the evening before"),
        pytest.param("tomorrow at 8", "2026-11-22T08:00", id="a moment"),
        pytest.param("tomorrow", "2026-11-22T09:00", id="a day is its morning"),
    ],
)
async def test_a_reminder_is_read_against_its_due(do, context, tasks, words, at):
    await do("add_tasks", tasks=[{"title": "Fly", "due": "friday 3pm", "remind": words}])

    (task,) = (await tasks.list()).items
    assert task.remind_at.astimezone(context.now.tzinfo).isoformat()[:16] == at


@pytest.mark.parametrize(("old", "new"), [("06:00", "06:15"), ("16:00", "18:15")], ids=["early", "by day"])
async def test_a_bare_hour_goes_on_in_the_half_of_the_day_that_is_known(do, tasks, old, new):
    await do("add_tasks", tasks=[{"title": "Alarm", "due": f"2026-11-22T{old}"}])

    await do("update_tasks", tasks=[{"task": "alarm", "due": "6:15"}])

    (task,) = (await tasks.list()).items
    assert str(task.due).startswith(f"2026-11-22T{new}")


async def test_a_reminder_moves_with_its_due(do, tasks):
    await do("add_tasks", tasks=[{"title": "Call", "due": "tomorrow 3pm", "remind": "30 minutes before"}])

    await do("update_tasks", tasks=[{"task": "call", "due": "monday"}])

    (task,) = (await tasks.list()).items
    assert task.remind_at == datetime(2026, 11, 23, 13, 30, tzinfo=UTC)


async def test_two_changes_of_one_task_both_hold(do, tasks):
    await do("add_tasks", tasks=[{"title": "Buy milk"}])

    await do("update_tasks", tasks=[{"task": "milk", "priority": 2}, {"task": "buy milk", "tags": ["shop"]}])

    (task,) = (await tasks.list()).items
    assert (task.priority, task.tags) == (2, ("shop",))


async def test_completing_a_recurring_task_says_the_next(do, tasks):
    await do("add_tasks", tasks=[{"title": "Water plants", "recurrence": "every week", "due": "today"}])

    result = await do("complete_tasks", tasks=["plants"])

    (task,) = (await tasks.list()).items
    assert str(task.due) == "2026-11-28"
    assert result["summary"] == 'Completed "Water plants" (next due Sat 28 Nov).'


async def test_one_that_is_unclear_is_asked_for_and_the_rest_is_done(do):
    await do("add_tasks", tasks=[{"title": "Call Anna"}, {"title": "Call Bob"}, {"title": "Buy milk"}])

    result = await do("complete_tasks", tasks=["call", "milk", "tax return"])

    questions = [item["question"] for item in result["items"] if "question" in item]
    assert (
        questions == ['Which task do you mean by \'call\': "Call Bob" or "Call Anna"?'] or "Call Anna" in questions[0]
    )
    assert [item["title"] for item in result["items"] if item["ok"]] == ["Buy milk"]
    assert sum("error" in item for item in result["items"]) == 1


async def test_a_done_task_is_not_done_again(do):
    await do("add_tasks", tasks=[{"title": "Buy milk"}])
    await do("complete_tasks", tasks=["milk"])

    result = await do("complete_tasks", tasks=["milk"])

    assert "already done" in result["items"][0]["error"]
    assert result["action_id"] is None


async def test_deleting_asks_and_acts_by_id_alone(do, ask, tasks):
    await do("add_tasks", tasks=[{"title": "Buy milk"}])

    asked = await ask("delete_tasks", tasks=["the milk task"])
    by_words = await do("delete_tasks", tasks=["milk"])

    assert asked.question == 'Delete the task "Buy milk"?'
    assert by_words["items"][0]["question"] == 'Delete the task "Buy milk"?'
    assert len((await tasks.list()).items) == 1

    await do("delete_tasks", **asked.arguments)
    assert not (await tasks.list()).items


async def test_all_tasks_are_not_deleted_by_these_words_alone(do, tasks):
    await do("add_tasks", tasks=[{"title": "Buy milk"}])

    result = await do("delete_tasks", tasks=["all tasks"])

    assert len((await tasks.list()).items) == 1
    assert "question" in result["items"][0]


@pytest.mark.parametrize("words", ["in 99999999999 days", "9" * 200, "\x00", "2026-13-01", "every 0 days", "🦖"])
async def test_absurd_times_are_refused_quietly(do, words):
    result = await do("add_tasks", tasks=[{"title": "Absurd", "due": words, "remind": words}])

    assert not result["items"][0]["ok"]


async def test_nothing_is_asked_where_nothing_is_meant(ask, do):
    assert await ask("delete_tasks", tasks=["the moon"]) is None
    assert "error" in (await do("delete_tasks", tasks=[str(uuid4())]))["items"][0]


@pytest.mark.parametrize("many", [5, 6])
async def test_more_than_five_at_once_need_a_yes(do, ask, tasks, many):
    await do("add_tasks", tasks=[{"title": f"Errand {number}"} for number in range(many)])

    completing = await ask("complete_tasks", tasks=["all tasks"])
    changing = await ask("update_tasks", tasks=[{"task": "all tasks", "due": "tomorrow"}])

    assert (completing is not None) == (changing is not None) == (many > 5)
    if completing and changing:
        await do("update_tasks", **changing.arguments)
        assert {str(task.due) for task in (await tasks.list()).items} == {"2026-11-22"}
        await do("complete_tasks", **completing.arguments)
        assert not (await tasks.list()).items


async def test_the_plan_of_a_day_orders_by_time_and_names_habits(do):
    await do(
        "add_tasks",
        tasks=[
            {"title": "Clean up", "due": "today"},
            {"title": "Call Anna", "due": "today 3pm", "duration": "30 min"},
            {"title": "Return book", "due": "2026-11-19"},
            {"title": "Pay rent", "due": "tomorrow"},
        ],
    )
    await do("create_habit", name="Run", times=3, per="week")
    await do("create_habit", name="Read")
    await do("log_habit", habit="read")

    result = await do("plan_day")

    assert [item["title"] for item in result["items"]] == ["Return book", "Call Anna", "Clean up", "Run"]
    assert result["summary"].startswith("Plan for today, Sat 21 Nov: 2 due, 1 overdue, 1 habit, 30 min planned.")


async def test_adding_can_be_undone(do, tasks):
    await do("add_tasks", tasks=[{"title": "Buy milk"}])

    await do("undo")

    assert not (await tasks.list(status="all")).items


@pytest.mark.parametrize("tool", ["complete_tasks", "update_tasks", "delete_tasks"])
async def test_every_change_of_a_task_can_be_undone(do, tasks, tool):
    added = await do("add_tasks", tasks=[{"title": "Buy milk"}])
    id = added["items"][0]["id"]

    await do(tool, tasks=[{"task": id, "title": "Buy bread"}] if tool == "update_tasks" else [id])
    result = await do("undo")

    after = (await tasks.list()).items
    assert [(str(task.id), task.title) for task in after] == [(id, "Buy milk")]
    assert result["summary"].startswith("Undone: ")


async def test_tags_are_added_and_taken_away_beside_the_others(do, tasks):
    await do("add_tasks", tasks=[{"title": "Paint", "tags": ["home", "diy"]}])

    await do("update_tasks", tasks=[{"task": "paint", "add_tags": ["#weekend", "Home"], "remove_tags": ["DIY"]}])

    (task,) = (await tasks.list()).items
    assert task.tags == ("home", "weekend")


@pytest.mark.parametrize(
    ("field", "given", "empty"),
    [
        ("due", {"due": "tomorrow"}, None),
        ("recurrence", {"recurrence": "every day"}, None),
        ("priority", {"priority": 1}, None),
        ("tags", {"tags": ["home"]}, ()),
        ("project", {"project": "Home"}, None),
        ("duration", {"duration": "20 minutes"}, None),
        ("remind", {"remind": "tomorrow at 8"}, None),
        ("body", {"body": "Two coats."}, None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_every_field_is_set_and_emptied(do, tasks, field, given, empty):
    name = {"duration": "duration_minutes", "remind": "remind_at"}.get(field, field)
    await do("add_tasks", tasks=[{"title": "Paint"}])

    await do("update_tasks", tasks=[{"task": "paint", **given}])
    (task,) = (await tasks.list()).items
    assert getattr(task, name) not in (None, ())

    await do("update_tasks", tasks=[{"task": "paint", "clear": [field]}])
    (task,) = (await tasks.list()).items
    assert getattr(task, name) == empty


async def test_a_title_that_is_too_long_is_refused_by_name_and_not_repeated(do, tasks):
    result = await do("add_tasks", tasks=[{"title": "Paint " * 100}, {"title": "Sweep"}])

    assert [task.title for task in (await tasks.list()).items] == ["Sweep"]
    assert result["items"][0]["error"].startswith("title: is longer than 500 characters")
    assert len(result["summary"]) < 250


async def test_a_rhythm_counted_from_completion_is_kept_as_such(do, tasks):
    await do("add_tasks", tasks=[{"title": "Change the filter", "recurrence": "3 days after completion"}])

    (task,) = (await tasks.list()).items
    assert (task.recurrence, task.recurs_from) == ("FREQ=DAILY;INTERVAL=3", "completion")


async def test_hours_from_to_give_the_length_too(do, tasks):
    await do("add_tasks", tasks=[{"title": "Fair", "due": "tomorrow 14:00 to 15:30"}])

    (task,) = (await tasks.list()).items
    assert (str(task.due), task.duration_minutes) == ("2026-11-22T14:00:00+01:00", 90)


async def test_too_many_at_once_are_counted_and_none_is_added(do, tasks):
    result = await do("add_tasks", tasks=[{"title": f"Plant tree {number}"} for number in range(101)])

    assert result["summary"] == "tasks: 101 are more than 100 at once; give fewer, then the rest."
    assert not (await tasks.list()).items
