"""The database of the settings: the embedded Postgres or another one, checked, migrated, and a pool on it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from domain.errors import Unavailable
from settings import Settings
from storage.migrations import migrate
from storage.postgres import Pool, check, embedded, pool

VERSIONS = """
    SELECT current_setting('server_version'), default_version, now()
    FROM pg_available_extensions WHERE name = 'vector'
"""


@asynccontextmanager
async def server_of(settings: Settings) -> AsyncIterator[str]:
    """The address of the Postgres of these settings, the embedded one started; raises `Unavailable` with the cure."""
    async with AsyncExitStack() as stack:
        if settings.database_url:
            dsn = settings.database_url.get_secret_value()
        else:
            _check_writable(settings.home)
            dsn = stack.enter_context(embedded(settings.home))
        await check(dsn)
        yield dsn


async def versions_of(dsn: str) -> tuple[str, str, float]:
    """Of Postgres and pgvector, and by how many seconds the server's clock differs from ours."""
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        row = await (await connection.execute(VERSIONS)).fetchone()
    assert row is not None
    return row[0], row[1], abs((datetime.now(UTC) - row[2]).total_seconds())


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[Pool]:
    """An open pool on a migrated database."""
    async with server_of(settings) as dsn:
        try:
            await migrate(dsn)
        except psycopg.errors.InsufficientPrivilege as error:
            raise Unavailable(
                "The user of DATABASE_URL may not set up the database; give it CREATE and CREATEROLE, "
                "and let an administrator run CREATE EXTENSION vector."
            ) from error
        async with pool(dsn) as connections:
            yield connections


def _check_writable(home: Path) -> None:
    probe = home / ".writable"
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Unavailable(
            f"The folder {str(home)!r} cannot be written ({error.strerror}); set METACORTEX_HOME to one that can."
        ) from error
