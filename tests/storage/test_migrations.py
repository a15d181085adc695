import asyncio

import psycopg
import pytest
from psycopg.rows import tuple_row

from domain.errors import Unavailable
from storage import postgres
from storage.migrations import FOLDER, migrate

NAMES = sorted(file.stem for file in FOLDER.glob("*.sql"))


async def test_each_migration_is_applied_once_however_many_replicas_start(new_database):
    dsn = new_database(template=None)

    applied = await asyncio.gather(*(migrate(dsn) for _ in range(3)))

    assert sorted(name for names in applied for name in names) == NAMES
    assert await migrate(dsn) == []


async def test_databases_of_one_cluster_are_migrated_at_the_same_time(new_database):
    databases = [new_database(template=None) for _ in range(3)]

    applied = await asyncio.gather(*(migrate(dsn) for dsn in databases))

    assert applied == [NAMES] * 3


async def test_the_checkpointers_own_setup_finds_nothing_to_do(dsn):
    from langgraph.checkpoint.postgres.base import MIGRATIONS

    async with await psycopg.AsyncConnection.connect(dsn, row_factory=tuple_row) as connection:
        versions = await (await connection.execute("SELECT v FROM checkpoint_migrations ORDER BY v")).fetchall()

    assert versions == [(version,) for version in range(len(MIGRATIONS))]


async def test_the_embedded_server_is_good_enough(dsn):
    await postgres.check(dsn)


@pytest.mark.parametrize(
    "dsn", ["postgresql://127.0.0.1:1/nowhere", "postgresql:///nowhere?host=/nonexistent", "not a dsn"], ids=str
)
async def test_a_server_that_cannot_be_reached_is_one_clear_line(dsn):
    with pytest.raises(Unavailable, match="DATABASE_URL") as refusal:
        await postgres.check(dsn)

    assert "\n" not in refusal.value.message
