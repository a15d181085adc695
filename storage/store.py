"""A store: one user's window on the database; every access is a transaction that knows the user."""

from asyncio import CancelledError, shield
from collections.abc import AsyncIterator, Coroutine, Generator, Mapping
from contextlib import asynccontextmanager
from types import coroutine
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import DictRow
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests

from domain.errors import Conflict, Invalid, MetaCortexError, Unavailable
from storage.pipelines import Answer, Connection, Pipeline
from storage.postgres import Pool

SET_USER = "SELECT set_config('app.user_id', %(user_id)s::text, true)"
# Where statistics are not made yet, the planner takes a person's rows for a handful and nests loops over thousands.
# A large question is planned once on a connection, not for each person anew.
SET_USER_OF_ALL = SET_USER + (
    ", set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true)"
    ", set_config('plan_cache_mode', 'force_generic_plan', true)"
)
UNSTORABLE = "holds a character that cannot be stored; take out NUL and broken characters."
# None: psycopg refused it before it was sent; then a byte, an escape and a character in JSON that Postgres refuses.
UNSTORABLE_STATES = (None, "22021", "22P02", "22P05")


class Store:
    """Bound to its user when built, so no caller can name another's rows."""

    def __init__(self, pool: Pool, user_id: UUID) -> None:
        self._pool = pool
        self._user_id = user_id

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Pipeline]:
        """A transaction as the user: what is executed travels with the next fetch, or at the end.

        So it takes one round trip for each fetch after which something is executed, and one for the end.
        """
        async with transaction(self._pool, self._user_id) as pipeline:
            yield pipeline

    async def _rows(self, statement: str, parameters: Mapping[str, Any] | None = None) -> list[DictRow]:
        """What one statement answers, in one round trip; `user_id` is among its parameters."""
        return (await self._together((statement, parameters or {})))[0]

    async def _rows_of_all(self, statement: str, parameters: Mapping[str, Any]) -> list[DictRow]:
        """What a question about all rows of a person answers: planned once for everybody, without joins row by row."""
        return (await self._asked((statement, parameters), as_user=SET_USER_OF_ALL))[0].rows

    async def _alone(self, statement: str, parameters: Mapping[str, Any]) -> list[DictRow]:
        """What a statement answers that tells the transaction its user by itself; nothing is quicker."""
        return (await asked(self._pool, statement, {"user_id": self._user_id, **parameters})).rows

    async def _together(self, *statements: tuple[str, Mapping[str, Any]]) -> list[list[DictRow]]:
        """What each of several statements answers, nothing where it only writes; one transaction, in one round trip."""
        return [answer.rows for answer in await self._asked(*statements)]

    async def _run(self, statement: str, parameters: Mapping[str, Any] | None = None) -> int:
        """How many rows one statement touched, in one round trip."""
        return (await self._asked((statement, parameters or {})))[0].count

    async def _row(self, statement: str, parameters: Mapping[str, Any] | None = None) -> DictRow | None:
        """The first row of them."""
        rows = await self._rows(statement, parameters)
        return rows[0] if rows else None

    async def _asked(self, *statements: tuple[str, Mapping[str, Any]], as_user: str = SET_USER) -> list[Answer]:
        with SaidPlainly():
            async with Lent(self._pool) as connection, Pipeline(connection) as pipeline:
                pipeline.execute(as_user, {"user_id": self._user_id})
                return [
                    pipeline.execute(statement, {"user_id": self._user_id, **parameters})
                    for statement, parameters in statements
                ]


async def asked(pool: Pool, statement: str, parameters: Mapping[str, Any] | None = None) -> Answer:
    """The answer to one statement whose transaction is nobody's, in one round trip."""
    with SaidPlainly():
        async with Lent(pool) as connection, Pipeline(connection) as pipeline:
            return pipeline.execute(statement, parameters)


@asynccontextmanager
async def transaction(pool: Pool, user_id: UUID) -> AsyncIterator[Pipeline]:
    """A transaction whose policies see this user; what fails is rolled back as the connection returns."""
    with SaidPlainly():
        async with Lent(pool) as connection, connection, Pipeline(connection) as pipeline:
            pipeline.execute("BEGIN")
            pipeline.execute(SET_USER, {"user_id": user_id})
            yield pipeline
            pipeline.execute("COMMIT")


class Lent:
    """A connection of the pool's, which it gets back sound or closed, from a cancelled borrower too."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def __aenter__(self) -> Connection:
        self._connection = await self._pool.getconn()
        return self._connection

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, CancelledError):
            # Of what was cut, nobody knows how far the server came.
            await self._connection.close()
        # The pool loses a connection whose return is cancelled.
        await uncut(self._pool.putconn(self._connection))


async def uncut(begun: Coroutine[Any, Any, None]) -> None:
    """Run it to its end, also where the caller is cancelled; without a task of its own where it need not wait."""
    try:
        awaited = begun.send(None)
    except StopIteration:
        return
    await shield(_continued(begun, awaited))


@coroutine
def _continued(begun: Coroutine[Any, Any, None], awaited: Any) -> Generator[Any, Any, None]:
    yield awaited
    yield from begun


class SaidPlainly:
    """The database's refusals in our own words."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is not None and (plain := _plainly(error)) is not None:
            raise plain from error


def _plainly(error: BaseException) -> MetaCortexError | None:
    match error:
        case PoolTimeout() | TooManyRequests() | PoolClosed():
            return Unavailable("The database is busy; try again in a moment.")
        case psycopg.OperationalError():
            return Unavailable("The database does not answer; try again in a moment.")
        case psycopg.IntegrityError():
            return Conflict("Something it stands on was changed or removed meanwhile; look again.")
        case UnicodeEncodeError():
            return Invalid("text", UNSTORABLE)
        case psycopg.DataError() if error.sqlstate in UNSTORABLE_STATES:
            return Invalid("text", UNSTORABLE)
        case psycopg.DataError():
            # What the shapes of our own let through, such as a forged cursor.
            return Invalid("request", "holds a number, a date or a cursor that the database cannot take.")
        case _:
            return None
