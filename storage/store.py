"""A store: one user's window on the database; every access is a transaction that knows the user."""

import re
from asyncio import CancelledError, shield
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import AsyncRawCursor
from psycopg.rows import DictRow
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests

from domain.errors import Conflict, Invalid, Unavailable
from storage.postgres import Connection, Pool

SET_USER = "SELECT set_config('app.user_id', %(user_id)s, true)"
# Where statistics are not made yet, the planner takes a person's rows for a handful and nests loops over thousands.
# A large question is planned once on a connection, not for each person anew.
SET_USER_OF_ALL = SET_USER + (
    ", set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true)"
    ", set_config('plan_cache_mode', 'force_generic_plan', true)"
)
UNSTORABLE = "holds a character that cannot be stored; take out NUL and broken characters."
# None: psycopg refused it before it was sent; then a byte, an escape and a character in JSON that Postgres refuses.
UNSTORABLE_STATES = (None, "22021", "22P02", "22P05")


@dataclass(frozen=True, kw_only=True)
class Question:
    """A large statement, with numbers for its parameters: psycopg would look for their names each time it is asked."""

    text: bytes
    names: tuple[str, ...]

    @classmethod
    def of(cls, statement: str) -> "Question":
        """From one whose parameters have names."""
        names = tuple(dict.fromkeys(re.findall(r"%\((\w+)\)s", statement)))
        numbered = re.sub(r"%\((\w+)\)s", lambda name: f"${names.index(name[1]) + 1}", statement)
        return cls(text=numbered.replace("%%", "%").encode(), names=names)


class Store:
    """Bound to its user when built, so no caller can name another's rows."""

    def __init__(self, pool: Pool, user_id: UUID) -> None:
        self._pool = pool
        self._user_id = user_id

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Connection]:
        """A transaction as the user, in a pipeline: what is executed travels with the next fetch, or at the end.

        So it takes one round trip for each fetch after which something is executed, and one for the end.
        """
        async with transaction(self._pool, self._user_id) as connection:
            yield connection

    async def _rows(self, statement: str, parameters: Mapping[str, Any] | None = None) -> list[DictRow]:
        """What one statement answers, in one round trip; `user_id` is among its parameters."""
        return (await self._together((statement, parameters or {})))[0]

    async def _rows_of_all(self, question: Question, parameters: Mapping[str, Any]) -> list[DictRow]:
        """What a question about all rows of a person answers: planned once for everybody, without joins row by row."""
        wanted = {"user_id": self._user_id, **parameters}
        with said_plainly():
            async with lent(self._pool) as connection:
                cursor = AsyncRawCursor(connection)
                async with connection.pipeline():
                    await connection.execute(SET_USER_OF_ALL, {"user_id": str(self._user_id)})
                    await cursor.execute(question.text, [wanted[name] for name in question.names], prepare=True)
                return await cursor.fetchall()

    async def _alone(self, statement: str, parameters: Mapping[str, Any]) -> list[DictRow]:
        """What a statement answers that tells the transaction its user by itself; nothing is quicker."""
        with said_plainly():
            async with lent(self._pool) as connection:
                cursor = await connection.execute(statement.encode(), {"user_id": self._user_id, **parameters})
                return await cursor.fetchall()

    async def _together(self, *statements: tuple[str, Mapping[str, Any]]) -> list[list[DictRow]]:
        """What each of several statements answers, nothing where it only writes; one transaction, in one round trip."""
        with said_plainly():
            async with lent(self._pool) as connection:
                async with connection.pipeline():
                    # Up to the pipeline's sync all are one implicit transaction.
                    await connection.execute(SET_USER, {"user_id": str(self._user_id)})
                    cursors = [
                        await connection.execute(statement.encode(), {"user_id": self._user_id, **parameters})
                        for statement, parameters in statements
                    ]
                # A fetch within the pipeline would ask the server once more.
                return [await cursor.fetchall() if cursor.description else [] for cursor in cursors]

    async def _run(self, statement: str, parameters: Mapping[str, Any] | None = None) -> int:
        """How many rows one statement touched, in one round trip."""
        with said_plainly():
            async with lent(self._pool) as connection, connection.pipeline():
                await connection.execute(SET_USER, {"user_id": str(self._user_id)})
                cursor = await connection.execute(statement.encode(), {"user_id": self._user_id, **(parameters or {})})
            return cursor.rowcount

    async def _row(self, statement: str, parameters: Mapping[str, Any] | None = None) -> DictRow | None:
        """The first row of them."""
        rows = await self._rows(statement, parameters)
        return rows[0] if rows else None


@asynccontextmanager
async def transaction(pool: Pool, user_id: UUID) -> AsyncIterator[Connection]:
    """A transaction in a pipeline whose policies see this user; what fails is rolled back as the connection returns."""
    with said_plainly():
        async with lent(pool) as connection, connection.pipeline():
            # psycopg's own transaction() waits for BEGIN, for what was said before COMMIT, and for COMMIT.
            await connection.execute(b"BEGIN")
            await connection.execute(SET_USER, {"user_id": str(user_id)})
            yield connection
            await connection.execute(b"COMMIT")


@asynccontextmanager
async def lent(pool: Pool) -> AsyncIterator[Connection]:
    """A connection of the pool's, which it gets back sound or closed, from a cancelled borrower too."""
    connection = await pool.getconn()
    try:
        async with connection:
            try:
                yield connection
            except CancelledError:
                # Of a pipeline that was cut, psycopg may take for prepared what the server never got to.
                await connection.close()
                raise
    finally:
        # The pool loses a connection whose return is cancelled.
        await shield(pool.putconn(connection))


@contextmanager
def said_plainly() -> Iterator[None]:
    """The database's refusals in our own words."""
    try:
        yield
    except (PoolTimeout, TooManyRequests, PoolClosed) as error:
        raise Unavailable("The database is busy; try again in a moment.") from error
    except psycopg.OperationalError as error:
        raise Unavailable("The database does not answer; try again in a moment.") from error
    except UnicodeEncodeError as error:
        raise Invalid("text", UNSTORABLE) from error
    except psycopg.IntegrityError as error:
        raise Conflict("Something it stands on was changed or removed meanwhile; look again.") from error
    except psycopg.DataError as error:
        if error.sqlstate in UNSTORABLE_STATES:
            raise Invalid("text", UNSTORABLE) from error
        # What the shapes of our own let through, such as a forged cursor.
        raise Invalid("request", "holds a number, a date or a cursor that the database cannot take.") from error
