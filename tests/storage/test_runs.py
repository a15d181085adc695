"""Runs are kept alive by one owner, and end once."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from storage.leases import Leases
from storage.runs import Lease, LeaseLost
from tests.storage.conftest import EVENT


async def test_a_lease_that_ran_out_is_taken_over_once(begin, run_of, runs, lease, pool):
    await begin(run_of())
    others = [Lease(owner=uuid4(), lasts=timedelta(minutes=1)) for _ in range(5)]
    assert await runs.take_over("r", others[0]) is None
    await Leases(pool).release(lease.owner)

    taken = await asyncio.gather(*(runs.take_over("r", other) for other in others))

    ((run, cancel_asked),) = [each for each in taken if each]
    assert (run.attempts, cancel_asked) == (2, False)
    with pytest.raises(LeaseLost):
        await runs.record("r", lease, events=[{"first": 2, "last": 2, "event": EVENT}])
    assert len(await runs.events("r")) == 1


async def test_who_takes_a_run_over_hears_that_it_was_to_be_cancelled(begin, run_of, runs, other_lease):
    await begin(run_of())

    assert await runs.ask_to_cancel("r")

    assert (await runs.take_over("r", other_lease, by_force=True))[1]


async def test_what_has_ended_can_be_neither_taken_over_nor_cancelled_nor_written(
    begin, run_of, end, runs, lease, other_lease
):
    await begin(run_of())
    await end("r")

    assert await runs.take_over("r", other_lease, by_force=True) is None
    assert not await runs.ask_to_cancel("r")
    assert not await runs.close_paused("r", (), run_of().created_at)
    with pytest.raises(LeaseLost):
        await runs.record("r", lease, events=[{"first": 2, "last": 2, "event": EVENT}])


async def test_a_lease_is_prolonged_only_for_its_owner(begin, run_of, pool, user, lease, other_lease):
    await begin(run_of())
    leases = Leases(pool)

    assert [held.run_id for held in await leases.beat(lease, [(user, "r")])] == ["r"]
    assert await leases.beat(other_lease, [(user, "r")]) == []
