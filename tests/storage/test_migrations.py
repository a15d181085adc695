import asyncio
from uuid import uuid4

import psycopg
import pytest
from psycopg.rows import tuple_row

from domain.errors import Unavailable
from storage import postgres
from storage.migrations import FOLDER, REMEMBER, REMEMBERED, migrate

NAMES = sorted(file.stem for file in FOLDER.glob("*.sql"))
BROUGHT = """
    WITH tenant AS (
        INSERT INTO tenants (id) VALUES (%(user)s)
    ), ada AS (
        INSERT INTO users (id, tenant_id) VALUES (%(user)s, %(user)s)
    )
    INSERT INTO imports (
        user_id, id, format, name, status, files, files_done, at_path, at_thing, created, updated, unchanged, problems,
        actions, attempts, created_at
    ) VALUES (
        %(user)s, %(id)s, 'vault', 'mine', 'finished', 0, 0, '', 0, '{}', '{}', 0, '[]', '{}', 0, %(at)s
    )
"""


async def test_each_migration_is_applied_once_however_many_replicas_start(new_database):
    dsn = new_database(template=None)

    applied = await asyncio.gather(*(migrate(dsn) for _ in range(3)))

    assert sorted(name for names in applied for name in names) == NAMES
    assert await migrate(dsn) == []


async def test_imports_from_before_their_uploads_were_known_by_a_hash_have_none(new_database, noon):
    dsn = new_database(template=None)
    older = [file for file in sorted(FOLDER.glob("*.sql")) if file.stem < "0014"]
    async with await psycopg.AsyncConnection.connect(dsn, row_factory=tuple_row, autocommit=True) as connection:
        await connection.execute(REMEMBERED)
        for file in older:
            await connection.execute(file.read_bytes())
            await connection.execute(REMEMBER, {"name": file.stem})
        await connection.execute(BROUGHT, {"user": uuid4(), "id": uuid4(), "at": noon})

        applied = await migrate(dsn)

        assert applied == NAMES[len(older) :]
        assert await (await connection.execute("SELECT hash FROM imports")).fetchall() == [(b"",)]


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
