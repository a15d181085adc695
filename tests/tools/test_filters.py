"""Which tasks a person asks for: by time, by when they were done or added, by priority, with an honest count."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from domain.actions import Call
from tools.registry import TOOLS


@pytest.fixture
def ago(context):
    """Calls a tool as if so much time ago."""

    async def invoke(past: timedelta, tool: str, **arguments: object):
        call = Call(
            thread_id="thread",
            message_id="message",
            tool_call_id=str(uuid4()),
            run_id="run",
            tool=tool,
            arguments=arguments,
        )
        return await TOOLS[tool].invoke(replace(context, now=context.now - past), call)

    return invoke


@pytest.fixture
async def found(do):
    """The titles that a search gives, in order."""

    async def titles(**arguments: object) -> list[str]:
        return [item["title"] for item in (await do("find_tasks", **arguments))["items"]]

    return titles


@pytest.mark.parametrize(
    ("due", "titles"),
    [
        pytest.param("today", ["Late", "Soon", "Film", "All day"], id="a day"),
        pytest.param("upcoming", ["Soon", "Film", "All day", "Dentist", "Gym"], id="from now on"),
        pytest.param("overdue", ["Late"], id="overdue"),
        pytest.param("tomorrow morning", ["Dentist"], id="a part of a day"),
        pytest.param("tomorrow afternoon", ["Gym"], id="another part"),
        pytest.param("tonight", ["Film"], id="the evening"),
        pytest.param("tomorrow at 10:15", ["Dentist"], id="a moment that a task takes"),
        pytest.param("tomorrow at 11:30", [], id="a moment after it"),
        pytest.param("today and tomorrow", ["Late", "Soon", "Film", "All day", "Dentist", "Gym"], id="two days"),
    ],
)
async def test_a_time_holds_what_is_due_in_it(do, found, due, titles):
    await do(
        "add_tasks",
        tasks=[
            {"title": "Late", "due": "2026-11-21T09:00"},
            {"title": "Soon", "due": "today 16:00"},
            {"title": "Film", "due": "today 18:30"},
            {"title": "All day", "due": "today"},
            {"title": "Dentist", "due": "tomorrow 10:00", "duration": 60},
            {"title": "Gym", "due": "tomorrow 14:00"},
            {"title": "Sometime"},
        ],
    )

    assert await found(due=due) == titles


async def test_the_next_one_is_the_first_of_those_to_come_and_the_newest_the_last_added(do, ago, found):
    await ago(timedelta(days=2), "add_tasks", tasks=[{"title": "Old and soon", "due": "2026-11-22"}])
    await do("add_tasks", tasks=[{"title": "New and later", "due": "2026-11-30"}])

    assert await found(due="upcoming", limit=1) == ["Old and soon"]
    assert await found(order="newest", limit=1) == ["New and later"]
    assert await found(order="oldest", limit=1) == ["Old and soon"]
    assert (await do("update_tasks", tasks=[{"task": "my latest task", "priority": 1}]))["items"][0]["priority"] == 1
    await do("update_tasks", tasks=[{"task": "the oldest reminder", "priority": 2}])
    assert (await found(priority=1), await found(priority=2)) == (["New and later"], ["Old and soon"])


@pytest.mark.parametrize(
    ("finished", "titles"),
    [
        pytest.param("last week", ["Paint"], id="last week"),
        pytest.param("yesterday", ["Sweep"], id="yesterday"),
        pytest.param("this week", ["Sweep"], id="this week"),
        pytest.param("friday", ["Sweep"], id="a weekday is the last one"),
        pytest.param("today", [], id="nothing"),
    ],
)
async def test_what_was_finished_is_found_by_when(do, ago, found, finished, titles):
    await ago(timedelta(days=10), "add_tasks", tasks=[{"title": "Paint"}, {"title": "Sweep"}, {"title": "Rest"}])
    await ago(timedelta(days=8), "complete_tasks", tasks=["Paint"])
    await ago(timedelta(days=1), "complete_tasks", tasks=["Sweep"])

    assert await found(finished=finished) == titles


async def test_what_was_added_is_found_by_when_done_or_not(ago, found):
    await ago(timedelta(days=3), "add_tasks", tasks=[{"title": "Older"}])
    await ago(timedelta(days=1), "add_tasks", tasks=[{"title": "Paint"}, {"title": "Sweep"}])
    await ago(timedelta(hours=20), "complete_tasks", tasks=["Paint"])

    assert sorted(await found(created="yesterday")) == ["Paint", "Sweep"]
    assert await found(created="yesterday", status="open") == ["Sweep"]


async def test_priority_project_and_words_narrow_together(do, found):
    await do(
        "add_tasks",
        tasks=[
            {"title": "Call the bank", "priority": 1, "project": "Money", "due": "tomorrow"},
            {"title": "Call mom", "priority": 1},
            {"title": "Pay the bank", "priority": 2, "project": "Money"},
        ],
    )

    assert await found(priority=1) == ["Call the bank", "Call mom"]
    assert await found(priority=1, project="money") == ["Call the bank"]
    assert await found(project="Money", query="pay") == ["Pay the bank"]


async def test_a_list_that_is_cut_says_how_many_there_are(do):
    for batch in range(3):
        await do("add_tasks", tasks=[{"title": f"Task {batch} {number}"} for number in range(90)])

    cut = await do("find_tasks")
    short = await do("find_tasks", limit=2)

    assert (cut["total"], len(cut["items"])) == (270, 50)
    assert cut["summary"].startswith("270 open tasks:")
    assert cut["summary"].endswith("… and 220 more.")
    assert (short["total"], len(short["items"])) == (270, 2)


async def test_words_that_are_no_time_name_their_field(do):
    for field in ("due", "finished", "created"):
        result = await do("find_tasks", **{field: "when pigs fly"})

        assert result["summary"].startswith(f"{field}: 'when pigs fly' is not a time")


async def test_the_plan_of_a_day_counts_what_is_overdue_however_much(ago, do):
    for batch in range(3):
        tasks = [{"title": f"Task {batch} {number}", "due": "2026-11-19"} for number in range(80)]
        await ago(timedelta(days=4), "add_tasks", tasks=tasks)
    await do("add_tasks", tasks=[{"title": "Today's", "due": "today"}])

    result = await do("plan_day")

    assert result["summary"].startswith("Plan for today, Sat 21 Nov: 1 due, 240 overdue.")
