from datetime import date, time, timedelta
from uuid import UUID

import pytest

from domain.due import Due
from domain.errors import Invalid, NotFound
from domain.tasks import Task
from storage.ledger import Decision
from storage.tasks import Wanted

DAY = date(2026, 11, 20)


@pytest.fixture
async def kept(ledger, new_call, noon):
    """Keeps tasks of these fields and returns them."""

    async def keep(*fields):
        made = [Task(**{"created_at": noon, "updated_at": noon} | one) for one in fields]
        await ledger.act(new_call(), lambda held: Decision("", tuple((None, task) for task in made), ()), at=noon)
        return made

    return keep


async def test_tasks_stand_by_due_then_priority_then_age(kept, tasks, noon):
    someday, later, timed, whole_day, urgent, older = await kept(
        {"title": "someday"},
        {"title": "later", "due": Due(date=DAY + timedelta(days=1))},
        {"title": "timed", "due": Due(date=DAY, time=time(9), zone="Europe/Berlin")},
        {"title": "whole day", "due": Due(date=DAY), "priority": 3},
        {"title": "urgent", "due": Due(date=DAY), "priority": 1},
        {"title": "older", "created_at": noon - timedelta(days=9)},
    )

    listed = await tasks.list()

    assert listed.items == (timed, urgent, whole_day, later, older, someday)


async def test_pages_together_are_the_whole_list(kept, tasks):
    await kept(*({"title": f"task {n}", "due": Due(date=DAY) if n % 3 else None} for n in range(11)))

    pages = [await tasks.list(limit=4)]
    while pages[-1].next:
        pages.append(await tasks.list(limit=4, cursor=pages[-1].next))

    assert [len(page.items) for page in pages] == [4, 4, 3]
    assert tuple(task for page in pages for task in page.items) == (await tasks.list()).items


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        ({}, ["report", "milk", "boat"]),
        ({"status": "done"}, ["call"]),
        ({"status": "all"}, ["call", "report", "milk", "boat"]),
        ({"due_from": DAY + timedelta(days=1)}, ["milk"]),
        ({"due_to": DAY}, ["report"]),
        ({"tag": "HOME"}, ["milk"]),
        ({"project": "house"}, ["boat"]),
        ({"query": "50%"}, ["milk"]),
        ({"query": "_"}, []),
    ],
    ids=str,
)
async def test_filters(kept, tasks, noon, wanted, titles):
    await kept(
        {"title": "report", "due": Due(date=DAY)},
        {"title": "milk", "due": Due(date=DAY + timedelta(days=1)), "tags": ("Home",), "body": "50% fat"},
        {"title": "boat", "project": "House"},
        {"title": "call", "due": Due(date=DAY), "done_at": noon, "priority": 4},
    )

    assert [task.title for task in (await tasks.list(**wanted)).items] == titles


async def test_a_range_that_ends_before_it_begins_is_named(tasks):
    with pytest.raises(Invalid, match="due_from"):
        await tasks.list(due_from=DAY, due_to=DAY - timedelta(days=1))


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        ({"priority": 4, "status": "all"}, ["call"]),
        ({"done_from": 0, "status": "done"}, ["call"]),
        ({"done_before": 0, "status": "done"}, ["older"]),
        ({"created_from": 0}, ["report"]),
        ({"created_before": 0}, ["milk"]),
    ],
    ids=str,
)
async def test_all_that_match_are_listed_by_priority_and_by_when(kept, tasks, noon, wanted, titles):
    await kept(
        {"title": "report", "created_at": noon},
        {"title": "milk", "created_at": noon - timedelta(seconds=1)},
        {"title": "call", "done_at": noon, "priority": 4},
        {"title": "older", "done_at": noon - timedelta(seconds=1)},
    )
    moments = {name: noon if value == 0 else value for name, value in wanted.items()}

    assert [task.title for task in await tasks.matching(Wanted(**moments), most=10)] == titles
    assert len(await tasks.matching(Wanted(status="all"), most=3)) == 3


@pytest.mark.parametrize("limit", [0, 201, -1])
async def test_a_limit_out_of_bounds_is_named(tasks, limit):
    with pytest.raises(Invalid, match="limit"):
        await tasks.list(limit=limit)


@pytest.mark.parametrize("cursor", ["", "x", "bm9wZQ", "WyJhIl0", "é", "W251bGxd", "WzEsMiwzLDQsNV0"])
async def test_a_cursor_that_was_not_given_here_is_named(tasks, notes, habits, memories, threads, ledger, cursor):
    for listed in (tasks.list, notes.list, habits.list, memories.list, threads.list, ledger.actions):
        with pytest.raises(Invalid, match="cursor"):
            await listed(cursor=cursor, limit=5)


async def test_what_is_spoken_of_is_open_or_was_done_lately(kept, tasks, noon):
    done = [{"title": f"done {n}", "done_at": noon + timedelta(minutes=n)} for n in range(25)]
    await kept({"title": "open"}, *done)

    titles = [task.title for task in await tasks.candidates()]

    assert titles[:2] == ["open", "done 24"]
    assert len(titles) == 21


async def test_only_what_exists_is_found(kept, tasks):
    (milk,) = await kept({"title": "milk"})

    assert await tasks.get_many([milk.id, UUID(int=1)]) == [milk]
    with pytest.raises(NotFound):
        await tasks.get(UUID(int=1))


@pytest.mark.parametrize("title", ["nul\x00", "half a pair \ud800"], ids=["nul", "surrogate"])
async def test_characters_that_cannot_be_kept_are_refused_and_the_connection_still_works(kept, tasks, pool, title):
    with pytest.raises(Invalid, match="character"):
        await kept({"title": "whole"}, {"title": title})

    assert (await tasks.list()).items == ()
    with pytest.raises(Invalid, match="character"):
        await tasks.list(query=title)
    assert (await tasks.list()).items == ()
    assert pool.get_stats().get("connections_lost", 0) == 0
