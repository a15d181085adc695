"""Breakers: when they open and close, and that replicas on one database agree."""

import asyncio
from collections import deque
from contextlib import AsyncExitStack

import pytest

from agent.models.breakers import Admission, Breakers, Rules
from domain.errors import Unavailable
from domain.model_calls import FailureKind
from storage.breakers import Breakers as Stored
from storage.notices import Notices

MODEL = "openai:sick"
HASTY = Rules(opens=0.3, longest=1.0, opens_locked_out=0.6, longest_locked_out=2.0, probe=0.5)
DEAFEN = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()
"""


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def new_replica(pool, dsn, owner):
    """Makes the breakers of a process that listens."""
    async with AsyncExitStack() as stack:

        async def make(rules: Rules = HASTY, **more) -> Breakers:
            notices, made = Notices(dsn), Breakers(Stored(pool), rules=rules, **more)
            await stack.enter_async_context(made.at_work(notices))
            await stack.enter_async_context(notices.listening())
            return made

        yield make
    owner.execute("DELETE FROM breakers")


@pytest.fixture
def fail():
    """Lets attempts fail, as far as they are admitted; gives how many were."""

    async def fail(breakers: Breakers, times: int, kind: FailureKind = "overload") -> int:
        made = 0
        for _ in range(times):
            if admission := await breakers.admit(MODEL):
                breakers.settle(admission, kind)
                made += 1
        return made

    return fail


@pytest.fixture
def agree(until):
    """Waits until all see a model as open, or as closed."""

    async def agree(*replicas: Breakers, is_open: bool) -> None:
        async def do_they() -> bool:
            return all((replica.state(MODEL) is not None) == is_open for replica in replicas)

        await until(do_they, seconds=10)

    return agree


@pytest.mark.parametrize(
    ("ends", "is_ill"),
    [("xxxx", False), ("xxxxx", True), ("ox" * 3, True), ("oxoxo", False), ("o" * 9 + "x" * 8, False)],
)
def test_it_takes_five_attempts_half_of_which_failed(ends, is_ill):
    recent = deque((float(second), end == "x") for second, end in enumerate(ends))

    assert Rules().is_ill(recent) == is_ill


def test_what_is_long_ago_does_not_count():
    recent = deque((float(second), True) for second in range(5))

    Rules(window=30).forget(recent, now=33.0)

    assert [second for second, _ in recent] == [3.0, 4.0]


def test_the_time_doubles_to_a_limit_and_is_longer_where_somebody_must_act():
    rules = Rules(opens=15, longest=100, opens_locked_out=60, longest_locked_out=600)

    assert [rules.seconds("overload", times) for times in range(5)] == [15, 30, 60, 100, 100]
    assert [rules.seconds("quota", times) for times in (0, 1, 99)] == [60, 120, 600]


@pytest.mark.parametrize("kind", ["rate_limit", "refused", "context_too_long", "bad_request"])
async def test_what_a_healthy_provider_may_answer_opens_nothing(new_replica, fail, kind):
    assert await fail(await new_replica(), 20, kind) == 20


@pytest.mark.parametrize("kind", ["authentication", "quota"])
async def test_who_is_locked_out_is_not_asked_again_at_once(new_replica, fail, kind):
    breakers = await new_replica(Rules())

    assert await fail(breakers, 3, kind) == 1
    assert breakers.state(MODEL).reason == kind


async def test_what_began_before_it_opened_neither_closes_nor_prolongs_it(new_replica, fail, clock):
    breakers = await new_replica(Rules(), clock=clock)
    before = [await breakers.admit(MODEL) for _ in range(2)]
    await fail(breakers, 5)
    opened = breakers.state(MODEL)

    breakers.settle(before[0], None)
    breakers.settle(before[1], "quota")

    assert breakers.state(MODEL) is opened


async def test_what_opens_in_one_replica_is_heard_in_the_other(new_replica, fail, agree):
    one, other = await new_replica(Rules()), await new_replica(Rules())

    assert await fail(one, 9) == 5
    await agree(one, other, is_open=True)

    assert await other.admit(MODEL) is None
    assert other.state(MODEL).reason == "overload"
    assert abs(other.seconds_left(MODEL) - one.seconds_left(MODEL)) < 1


async def test_one_call_of_one_replica_probes(new_replica, fail, agree):
    replicas = [await new_replica() for _ in range(3)]
    await fail(replicas[0], 5)
    await agree(*replicas, is_open=True)
    await asyncio.sleep(HASTY.opens + 0.05)

    admitted = await asyncio.gather(*(replica.admit(MODEL) for replica in replicas for _ in range(5)))

    assert [admission for admission in admitted if admission] == [Admission(model=MODEL, is_probe=True)]


async def test_a_probe_that_is_answered_closes_it_everywhere(new_replica, fail, agree):
    one, other = await new_replica(), await new_replica()
    await fail(one, 5)
    await agree(one, other, is_open=True)
    await asyncio.sleep(HASTY.opens + 0.05)

    other.settle(await other.admit(MODEL), None)
    await agree(one, other, is_open=False)

    assert await one.admit(MODEL) == Admission(model=MODEL)
    assert await fail(one, 4) == 4, "failures of before do not count again"
    assert one.state(MODEL) is None


async def test_a_probe_that_fails_opens_it_for_longer_everywhere(new_replica, fail, agree, until):
    one, other = await new_replica(), await new_replica()
    await fail(one, 5)
    await agree(one, other, is_open=True)
    await asyncio.sleep(HASTY.opens + 0.05)

    other.settle(await other.admit(MODEL), "unreachable")

    async def has_heard() -> bool:
        return one.state(MODEL).times == 1

    await until(has_heard)
    assert HASTY.opens < one.seconds_left(MODEL) <= 2 * HASTY.opens
    assert await one.admit(MODEL) is None


async def test_a_probe_without_a_verdict_is_left_to_the_next(new_replica, fail):
    breakers = await new_replica()
    await fail(breakers, 5)
    await asyncio.sleep(HASTY.opens + 0.05)

    breakers.forgo(await breakers.admit(MODEL))
    await asyncio.sleep(0.1)

    assert (await breakers.admit(MODEL)).is_probe


async def test_a_probe_whose_process_died_is_made_by_another(new_replica, fail, agree):
    one, other = await new_replica(), await new_replica()
    await fail(one, 5)
    await agree(one, other, is_open=True)
    await asyncio.sleep(HASTY.opens + 0.05)

    assert await one.admit(MODEL) is not None
    await asyncio.sleep(HASTY.probe + 0.1)

    assert await other.admit(MODEL) == Admission(model=MODEL, is_probe=True)


async def test_a_process_that_starts_knows_what_stands_open(new_replica, fail, until, pool):
    await fail(await new_replica(Rules()), 5, "stalled")
    await until(Stored(pool).opened)

    late = await new_replica(Rules())

    assert late.state(MODEL).reason == "stalled"
    assert 5 < late.seconds_left(MODEL) <= 15


async def test_a_process_that_starts_tries_at_once_where_a_key_was_refused(new_replica, fail, until, pool):
    await fail(await new_replica(Rules()), 1, "authentication")
    await until(Stored(pool).opened)

    late = await new_replica(Rules())

    assert await late.admit(MODEL) == Admission(model=MODEL, is_probe=True)


async def test_what_changed_while_nobody_could_listen_is_read_afterwards(new_replica, fail, agree, owner):
    one, other = await new_replica(Rules()), await new_replica(Rules())
    await asyncio.sleep(0.1)
    assert len(owner.execute(DEAFEN).fetchall()) == 2
    await fail(one, 5)

    await agree(one, other, is_open=True)


async def test_where_the_database_is_away_a_replica_still_knows_its_own(pool, fail):
    breakers = Breakers(Stored(pool), rules=HASTY)
    await pool.close()

    assert await fail(breakers, 9) == 5
    await asyncio.sleep(HASTY.opens + 0.05)

    assert await breakers.admit(MODEL) is None
    with pytest.raises(Unavailable):
        await Stored(pool).opened()
