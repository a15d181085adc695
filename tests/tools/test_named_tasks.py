"""Which task is meant by the person's words: with a time in them, by place in the list, or all of a kind."""

import pytest


@pytest.fixture
async def given(do):
    await do(
        "add_tasks",
        tasks=[
            {"title": "Alarm", "due": "tomorrow 06:30"},
            {"title": "Alarm", "due": "monday 07:00"},
            {"title": "Meeting with Bob", "due": "thursday 10:00", "tags": ["work"]},
            {"title": "Meeting with Bob", "due": "friday 11:00"},
            {"title": "Friday report", "due": "2026-12-02"},
        ],
    )


@pytest.mark.parametrize(
    ("words", "due"),
    [
        pytest.param("the alarm at 7:00", "2026-11-23T07:00", id="a time"),
        pytest.param("alarm tomorrow at 6:30", "2026-11-22T06:30", id="a moment"),
        pytest.param("the meeting with Bob on friday", "2026-11-27T11:00", id="words and a day"),
        pytest.param("thursday's meeting", "2026-11-26T10:00", id="a day and what kind of thing"),
        pytest.param("the friday report", "2026-12-02", id="a day in a title"),
        pytest.param("my next reminder", "2026-11-22T06:30", id="the next"),
    ],
)
async def test_one_is_meant(do, tasks, given, words, due):
    result = await do("complete_tasks", tasks=[words])

    (item,) = result["items"]
    assert item["ok"], result["summary"]
    (done,) = (await tasks.list(status="done")).items
    assert str(done.due).startswith(due)


@pytest.mark.parametrize("words", ["the alarm at 8:00", "the alarm on sunday at 7:00"])
async def test_another_time_means_none(do, tasks, given, words):
    result = await do("complete_tasks", tasks=[words])

    assert not (await tasks.list(status="done")).items
    assert "no task like" in result["summary"]


async def test_two_that_fit_are_asked_for(do, given):
    result = await do("complete_tasks", tasks=["the meeting with Bob"])

    assert result["items"][0]["question"].startswith("Which task do you mean by 'the meeting with Bob'")


@pytest.mark.parametrize(
    ("words", "left"),
    [
        pytest.param("all tasks tagged work", 4, id="by tag"),
        pytest.param("all tasks due tomorrow", 4, id="by time"),
        pytest.param("all tasks about Bob", 3, id="by words"),
        pytest.param("all open tasks", 0, id="all"),
    ],
)
async def test_all_of_a_kind_are_meant(do, tasks, given, words, left):
    await do("complete_tasks", tasks=[words])

    assert len((await tasks.list()).items) == left


async def test_all_done_tasks_are_asked_for_and_deleted_however_many(do, ask, tasks):
    titles = [f"Task {number}" for number in range(60)]
    await do("add_tasks", tasks=[{"title": title} for title in titles])
    await do("complete_tasks", tasks=["all open tasks"])

    asked = await ask("delete_tasks", tasks=["all done tasks"])
    assert asked is not None
    result = await do("delete_tasks", **asked.arguments)

    assert asked.question.startswith("Delete 60 tasks: ")
    assert len(asked.arguments["tasks"]) == 60
    assert not (await tasks.list(status="all")).items
    assert result["summary"].startswith("Deleted 60 tasks: ")
    assert result["summary"].endswith("and 40 more.")


async def test_none_of_a_kind_is_said(do):
    result = await do("complete_tasks", tasks=["all overdue tasks"])

    assert "There are no overdue tasks." in result["summary"]
