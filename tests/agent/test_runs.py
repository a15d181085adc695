"""Runs under way: numbered events, any number of readers, one terminal event."""

import asyncio
from uuid import uuid4

import pytest

from agent.runs import RunLog, Runs
from domain.events import (
    RunCancelled,
    RunFinished,
    RunStarted,
    TextArrived,
    TextEnded,
    TextStarted,
    ToolCallEnded,
    ToolCallStarted,
)


@pytest.fixture
def told() -> RunLog:
    return RunLog(thread_id="t", run_id="r")


async def test_a_late_reader_gets_what_was_told_and_what_comes(told):
    told.tell(RunStarted("t", "r"))
    reading = asyncio.create_task(_all(told, 0))
    await asyncio.sleep(0)

    told.tell(TextStarted("m"))
    told.tell(RunFinished("t", "r"))

    assert [number for number, _ in await reading] == [1, 2, 3, 4]


async def test_a_reader_who_comes_back_misses_nothing_and_hears_nothing_twice(told):
    for event in (RunStarted("t", "r"), TextStarted("m"), TextArrived("m", "a"), TextEnded("m"), RunFinished("t", "r")):
        told.tell(event)

    first, rest = await _all(told, 0), await _all(told, 3)

    assert first[3:] == rest


async def test_what_is_open_is_closed_before_the_end(told):
    told.tell(TextStarted("m"))
    told.tell(ToolCallStarted("c", "search", "m"))
    told.tell(RunCancelled("t", "r"))

    events = [event for _, event in await _all(told, 2)]

    assert events == [TextEnded("m"), ToolCallEnded("c"), RunCancelled("t", "r")]


async def test_nothing_follows_the_end(told):
    told.tell(RunFinished("t", "r"))
    told.tell(TextStarted("late"))

    assert [event for _, event in await _all(told, 0)] == [RunFinished("t", "r")]


async def test_a_run_cancelled_before_its_first_step_still_ends():
    runs, user, told = Runs(), uuid4(), RunLog(thread_id="t", run_id="r")

    async def work(_: RunLog) -> None:
        await asyncio.sleep(60)

    runs.start(user, told, work)
    assert await runs.cancel(user, "r")

    assert [event for _, event in await _all(told, 0)] == [RunCancelled("t", "r")]


async def test_another_user_can_neither_find_nor_cancel_a_run():
    runs, user, told = Runs(), uuid4(), RunLog(thread_id="t", run_id="r")
    runs.start(user, told, lambda _: asyncio.sleep(60))

    assert runs.find(uuid4(), "r") is None
    assert not await runs.cancel(uuid4(), "r")
    await runs.close()


async def _all(told: RunLog, after: int):
    return [pair async for pair in told.read(after)]
