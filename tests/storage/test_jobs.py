"""What waits to be done behind the scenes: claimed by one, and never forgotten."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from storage.jobs import Jobs

MINUTE = timedelta(minutes=1)
ASK = """
    INSERT INTO jobs (user_id, kind, due_at) VALUES (%s, %s, clock_timestamp() + %s)
    ON CONFLICT (user_id, kind) DO UPDATE SET due_at = excluded.due_at
"""


@pytest.fixture
def jobs(pool):
    return Jobs(pool)


@pytest.fixture
def ask(owner, user):
    """Asks for work of a kind, from a while before now on."""

    def ask_for(kind, *, ago=timedelta(0)):
        owner.execute(ASK, [user, kind, -ago])

    return ask_for


@pytest.fixture
def due(owner, user):
    """When the job of a kind is due, None where there is none."""

    def at(kind):
        row = owner.execute("SELECT due_at FROM jobs WHERE user_id = %s AND kind = %s", [user, kind]).fetchone()
        return row and row["due_at"]

    return at


async def test_a_job_is_claimed_by_one_of_many(jobs, ask, user):
    ask("claimed")

    claims = await asyncio.gather(*(jobs.claim("claimed", MINUTE) for _ in range(8)))

    assert [job.user_id for job in claims if job] == [user]


async def test_who_waits_longest_comes_first(jobs, ask, user, other_user, owner):
    ask("queue")
    owner.execute(ASK, [other_user, "queue", -MINUTE])

    claims = [await jobs.claim("queue", MINUTE) for _ in range(3)]

    assert [job and job.user_id for job in claims] == [other_user, user, None]


async def test_a_job_of_another_kind_or_another_time_is_not_claimed(jobs, ask):
    ask("later", ago=-MINUTE)
    ask("other")

    assert await jobs.claim("later", MINUTE) is None


async def test_a_job_that_was_never_finished_is_claimed_again(jobs, ask, user):
    ask("failing")

    await jobs.claim("failing", timedelta(0))

    assert (await jobs.claim("failing", MINUTE)).user_id == user


async def test_a_finished_job_is_gone_but_not_where_more_was_asked_for_meanwhile(jobs, ask, due):
    ask("growing")
    first = await jobs.claim("growing", MINUTE)
    ask("growing")

    await jobs.finish(first)
    assert due("growing") is not None

    await jobs.finish(await jobs.claim("growing", MINUTE))
    assert due("growing") is None


async def test_a_job_can_be_due_again_and_never_at_once(jobs, ask, due):
    ask("again")
    tomorrow = datetime.now(UTC) + timedelta(days=1)

    await jobs.finish(await jobs.claim("again", MINUTE), tomorrow)
    assert due("again") == tomorrow

    ask("again")
    await jobs.finish(await jobs.claim("again", MINUTE), datetime(2020, 1, 1, tzinfo=UTC))
    assert await jobs.claim("again", MINUTE) is None


async def test_another_embedder_asks_for_work_for_everybody_and_the_same_one_for_none(jobs, due, other_user, owner):
    await jobs.embed_anew("one")
    owner.execute("DELETE FROM jobs WHERE kind = 'embed'")

    assert await jobs.embed_anew("one") == 0
    assert due("embed") is None

    assert await jobs.embed_anew("another") >= 2
    assert due("embed") is not None
    owner.execute("DELETE FROM embedders")
