"""What several statements that travel together promise."""

import asyncio
from contextlib import suppress

import psycopg
import pytest

from storage.people import PROFILE
from storage.pipelines import MOST_PREPARED, Pipeline
from storage.store import SET_USER, transaction

HOW_MANY = "SELECT count(*)::int AS number FROM pg_prepared_statements"
IS_ASLEEP = "SELECT FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'"
CHANGE = "UPDATE profiles SET name = %(name)s WHERE user_id = %(user_id)s"
SHARE = "SELECT 6 / %(by)s::int AS share"


@pytest.fixture
async def connection(pool):
    async with pool.connection() as lent:
        yield lent


@pytest.fixture
def ask(connection):
    """The rows of one statement."""

    async def ask(statement, **parameters):
        async with Pipeline(connection) as pipeline:
            answer = pipeline.execute(statement, parameters)
        return answer.rows

    return ask


async def test_each_statement_gets_its_own_answer(connection):
    async with Pipeline(connection) as pipeline:
        answers = [pipeline.execute(SHARE, {"by": by}) for by in (1, 2, 3)]

    assert [answer.rows for answer in answers] == [[{"share": 6}], [{"share": 3}], [{"share": 2}]]


async def test_a_name_may_stand_twice_and_a_percent_sign_is_written_twice(ask):
    assert await ask("SELECT %(a)s || '%%' || %(b)s || %(a)s::text AS said", a="1", b="2") == [{"said": "1%21"}]


async def test_what_travels_with_a_statement_that_fails_leaves_nothing(connection, user, ask):
    with pytest.raises(psycopg.errors.DivisionByZero):
        async with Pipeline(connection) as pipeline:
            pipeline.execute(SET_USER, {"user_id": str(user)})
            pipeline.execute(CHANGE, {"user_id": user, "name": "Nobody"})
            pipeline.execute(SHARE, {"by": 0})
            pipeline.execute(CHANGE, {"user_id": user, "name": "Nobody else"})

    async with Pipeline(connection) as pipeline:
        pipeline.execute(SET_USER, {"user_id": str(user)})
        profile = pipeline.execute(PROFILE, {"user_id": user})
    assert profile.rows[0]["name"] not in ("Nobody", "Nobody else")
    assert await ask(SHARE, by=3) == [{"share": 2}]


async def test_there_is_no_answer_after_a_statement_that_fails(connection):
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        async with Pipeline(connection) as pipeline:
            fails, comes_after = (pipeline.execute(SHARE, {"by": by}) for by in (0, 1))
            with suppress(psycopg.errors.DivisionByZero):
                await fails.fetchall()
            await comes_after.fetchall()


async def test_a_transaction_that_fails_after_it_was_asked_leaves_nothing(pool, user):
    with pytest.raises(RuntimeError):
        async with transaction(pool, user) as pipeline:
            pipeline.execute(CHANGE, {"user_id": user, "name": "Nobody"})
            await pipeline.execute(PROFILE, {"user_id": user}).fetchone()
            raise RuntimeError

    async with transaction(pool, user) as pipeline:
        profile = await pipeline.execute(PROFILE, {"user_id": user}).fetchone()
    assert profile["name"] != "Nobody"


async def test_a_transaction_that_is_cut_off_between_its_trips_leaves_nothing(pool, user):
    async def change():
        async with transaction(pool, user) as pipeline:
            await pipeline.execute(CHANGE, {"user_id": user, "name": "Nobody"}).fetchall()
            changed.set()
            await asyncio.sleep(60)

    changed = asyncio.Event()
    changing = asyncio.create_task(change())
    await changed.wait()
    changing.cancel()
    await asyncio.wait([changing])

    async with transaction(pool, user) as pipeline:
        profile = await pipeline.execute(PROFILE, {"user_id": user}).fetchone()
    assert profile["name"] != "Nobody"


async def test_only_what_was_used_last_stays_prepared(ask):
    for number in range(MOST_PREPARED + 20):
        assert await ask(f"SELECT {number} AS number") == [{"number": number}]

    (prepared,) = await ask(HOW_MANY)

    assert prepared["number"] <= MOST_PREPARED + 2
    assert await ask("SELECT 0 AS number") == [{"number": 0}]


async def test_a_statement_is_prepared_once(ask):
    for _ in range(3):
        await ask(SHARE, by=2)
        (prepared,) = await ask(HOW_MANY)

    assert (await ask(HOW_MANY)) == [prepared]


async def test_a_table_that_gets_another_column_is_refused_once(ask, owner):
    owner.execute("CREATE TABLE growing AS SELECT 1 AS one")
    owner.execute("GRANT SELECT ON growing TO metacortex_app")
    everything = "SELECT * FROM growing"
    before = await ask(everything)
    owner.execute("ALTER TABLE growing ADD COLUMN two int")

    with pytest.raises(psycopg.errors.FeatureNotSupported):
        await ask(everything)
    after = await ask(everything)
    owner.execute("DROP TABLE growing")

    assert (before, after) == ([{"one": 1}], [{"one": 1, "two": None}])


async def test_much_can_be_said_and_heard_at_once(connection):
    long = "x" * 3_000_000

    async with Pipeline(connection) as pipeline:
        answers = [pipeline.execute("SELECT %(long)s::text AS long", {"long": long}) for _ in range(8)]

    assert all(answer.rows == [{"long": long}] for answer in answers)


@pytest.fixture
async def sleeping(connection, owner, ask):
    """A statement that is under way."""
    asleep = asyncio.create_task(ask("SELECT pg_sleep(60)"))
    while not owner.execute(IS_ASLEEP, [connection.info.backend_pid]).fetchall():
        await asyncio.sleep(0.01)
    return asleep


async def test_the_server_goes_no_further_with_what_is_cut_off(connection, owner, sleeping):
    backend = connection.info.backend_pid

    sleeping.cancel()
    await asyncio.wait([sleeping])

    assert sleeping.cancelled() and connection.closed
    async with asyncio.timeout(10):
        while owner.execute(IS_ASLEEP, [backend]).fetchall():
            await asyncio.sleep(0.01)


async def test_a_connection_that_the_server_cuts_is_closed(connection, owner, sleeping):
    owner.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])

    with pytest.raises(psycopg.OperationalError):
        await sleeping

    assert connection.closed
