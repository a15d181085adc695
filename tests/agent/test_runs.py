"""Runs under way: kept alive, read from here or elsewhere, ended once."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from agent.events import to_dict
from agent.log import UNREAD_SECONDS, RunLog
from agent.runs import Runs
from domain.errors import NotFound
from domain.events import RunCancelled, RunFinished, RunStarted, TextStarted
from domain.runs import Run
from storage.notices import Notices
from storage.runs import Settlement

STARTED = RunStarted("t", "r")


@pytest.fixture
def new_runs(pool):
    """Makes what a process keeps of its runs."""

    def make(seconds: float = 10) -> Runs:
        return Runs(pool=pool, notices=Notices(str(pool.conninfo)), lease=timedelta(seconds=seconds))

    return make


@pytest.fixture
def runs(new_runs) -> Runs:
    return new_runs()


@pytest.fixture
def begin(beginnings, user, noon):
    """Begins run `r`: `work` is given its log, and what to settle it with."""

    async def begin(runs: Runs, work) -> RunLog:
        run = Run(id="r", thread_id="t", root_id="r", status="running", model="script", created_at=noon)
        await beginnings.begin(run, runs.lease, to_dict(STARTED))
        log = RunLog(
            thread_id="t",
            run_id="r",
            store=runs.store(user),
            lease=runs.lease,
            told=[(1, STARTED)],
            lost=lambda: runs.lost(user, "r"),
        )
        runs.start(user, log, lambda: work(log))
        return log

    return begin


@pytest.fixture
def cancellable(noon):
    """Work that waits to be cancelled, and settles then, however often it is cancelled meanwhile."""

    async def work(log: RunLog) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ending = asyncio.create_task(log.end(RunCancelled("t", "r"), Settlement(status="cancelled", at=noon)))
            while not ending.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait([ending])

    return work


async def test_a_run_cancelled_before_its_first_step_still_ends(runs, user, begin, cancellable):
    told = await begin(runs, cancellable)

    assert await runs.cancel(user, "r")
    await runs.wait(user, "r")

    assert told.so_far == [(1, STARTED), (2, RunCancelled("t", "r"))]


async def test_a_run_is_cancelled_once_however_many_ask(runs, user, begin, cancellable):
    told = await begin(runs, cancellable)

    assert await asyncio.gather(*(runs.cancel(user, "r") for _ in range(5))) == [True] * 5
    await runs.wait(user, "r")

    assert told.so_far == [(1, STARTED), (2, RunCancelled("t", "r"))]


async def test_another_user_can_neither_read_nor_cancel_a_run(runs, user, other_user, begin, cancellable):
    await begin(runs, cancellable)

    with pytest.raises(NotFound):
        await runs.cancel(other_user, "r")
    with pytest.raises(NotFound):
        await anext(runs.read(other_user, "r"))

    assert runs.is_here(user, "r")
    await runs.cancel(user, "r")


async def test_a_reader_of_a_run_that_is_lost_here_reads_on_elsewhere(new_runs, user, begin, cancellable, noon):
    """The lease is another's: what that one tells is read here, and this process is not held up."""
    here, elsewhere = new_runs(), new_runs()
    told = await begin(here, cancellable)
    told.tell(TextStarted("m"))
    await told.flush()
    reading = asyncio.create_task(_all(here, user))
    await asyncio.sleep(0)

    store = here.store(user)
    await store.take_over("r", elsewhere.lease, by_force=True)
    again = RunLog(
        thread_id="t",
        run_id="r",
        store=store,
        lease=elsewhere.lease,
        attempt=2,
        told=await elsewhere.so_far(user, "r"),
    )
    here.lost(user, "r")
    await again.end(RunFinished("t", "r"), Settlement(status="finished", at=noon))

    assert await asyncio.wait_for(reading, 20) == await _all(elsewhere, user)
    assert [type(event) for event in await reading].count(RunFinished) == 1


async def test_what_a_run_tells_is_stored_soon_where_somebody_reads_it_elsewhere(
    pool, new_runs, user, begin, cancellable
):
    notices = Notices(str(pool.conninfo))
    here, elsewhere = Runs(pool=pool, notices=notices, lease=timedelta(seconds=10)), new_runs()

    async with notices.listening(), asyncio.timeout(UNREAD_SECONDS - 1):
        told = await begin(here, cancellable)
        told.tell(TextStarted("m"))
        heard = [await anext(reading := elsewhere.read(user, "r")), await anext(reading)]

    assert heard == [(1, STARTED), (2, TextStarted("m"))]
    await reading.aclose()
    await here.cancel(user, "r")


async def test_a_lease_is_prolonged_as_long_as_its_process_lives(new_runs, user, begin, cancellable, owner, until):
    here = new_runs(1)
    await begin(here, cancellable)
    lease = "SELECT until FROM leases WHERE user_id = %s AND run_id = 'r'"
    (at_first,) = owner.execute(lease, [user]).fetchone()
    ran_out = []

    async def note(user_id, run_id) -> None:
        ran_out.append((user_id, run_id))

    async def is_prolonged() -> bool:
        return owner.execute(lease, [user]).fetchone()[0] > at_first + timedelta(seconds=1)

    keeping = asyncio.create_task(here.keep_alive(note))
    await until(is_prolonged)
    keeping.cancel()
    await here.cancel(user, "r")

    assert (user, "r") not in ran_out


async def _all(runs: Runs, user):
    return [event async for _, event in runs.read(user, "r")]
