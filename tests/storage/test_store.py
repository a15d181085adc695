"""What becomes of a connection whose borrower is cut off."""

import asyncio

import pytest

from storage import postgres
from storage.tasks import Tasks

CLOSE_TASKS = "LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE"
SOMEBODY_WAITS = "SELECT FROM pg_locks WHERE NOT granted AND relation = 'tasks'::regclass"


@pytest.fixture
async def only_connection(dsn):
    """A pool of one, for which everybody waits."""
    async with postgres.pool(dsn, size=1) as opened:
        yield opened


@pytest.fixture
def tasks(only_connection, user):
    return Tasks(only_connection, user)


@pytest.fixture
def until_somebody_waits(owner):
    async def wait():
        while not owner.execute(SOMEBODY_WAITS).fetchall():
            await asyncio.sleep(0.01)

    return wait


@pytest.mark.parametrize("uses", [0, 1, 2, 3])
async def test_a_statement_can_be_cut_off_while_it_is_being_prepared(tasks, owner, until_somebody_waits, uses):
    for _ in range(uses):
        await tasks.candidates()

    with owner.transaction():
        owner.execute(CLOSE_TASKS)
        reading = asyncio.create_task(tasks.candidates())
        await until_somebody_waits()
        reading.cancel()
        await asyncio.wait([reading])

    assert reading.cancelled()
    assert await tasks.candidates() == []


async def test_a_connection_comes_back_though_its_return_is_cut_off(
    tasks, only_connection, owner, until_somebody_waits
):
    with owner.transaction():
        owner.execute(CLOSE_TASKS)
        reading = asyncio.create_task(tasks.candidates())
        await until_somebody_waits()
        # Whoever gives a connection back or takes one waits here.
        door = only_connection._lock
        await door.acquire()
    await asyncio.wait([reading], timeout=0.3)

    reading.cancel()
    await asyncio.wait([reading], timeout=0.3)
    door.release()

    assert await tasks.candidates() == []
