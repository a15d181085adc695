"""Pipelines: statements that travel to Postgres together, each prepared once on its connection."""

import re
from asyncio import CancelledError, Future, get_running_loop
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from types import TracebackType
from typing import Any, Self

from psycopg import AsyncConnection, Error, OperationalError
from psycopg.abc import Buffer, PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import FeatureNotSupported, InFailedSqlTransaction, error_from_result
from psycopg.generators import fetch_many, send
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult
from psycopg.rows import DictRow
from psycopg.waiting import Ready, Wait

MOST_PREPARED = 100
"""So many statements stay prepared on a connection, those that were used last."""
CANCEL_SECONDS = 5
"""So long is waited for the server to take in that it should stop."""
FAILED = (ExecStatus.FATAL_ERROR, ExecStatus.PIPELINE_ABORTED)
Form = tuple[bytes, tuple[int, ...]]
"""A statement and the types of its parameters: what is prepared."""


class Prepared:
    """A statement that the server knows by a name; its columns, once it has answered."""

    def __init__(self, name: bytes) -> None:
        self.name = name
        self._columns: tuple[str, ...] | None = None

    def columns(self, result: PGresult) -> tuple[str, ...]:
        """What they are called, by one of its answers."""
        if self._columns is None:
            self._columns = tuple((result.fname(place) or b"").decode() for place in range(result.nfields))
        return self._columns


class Connection(AsyncConnection[DictRow]):
    """One that knows what is prepared on it, the one that was used last at the end."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.prepared: dict[Form, Prepared] = {}
        self.prepared_ever = 0
        # It remembers how values of each type are written and read.
        self.values = Transformer(self)


class Answer:
    """What the server says to a statement; asked for too early, it has the pipeline travel.

    `rows` and `count`, of those that were read or written, are there when the pipeline has travelled.
    """

    __slots__ = ("_pipeline", "count", "form", "formats", "is_there", "rows", "values")

    def __init__(self, pipeline: "Pipeline", form: Form, values: Sequence[Buffer | None], formats: Sequence[Format]):
        self.form, self.values, self.formats = form, values, formats
        self.rows: list[DictRow] = []
        self.count = 0
        self.is_there = False
        self._pipeline = pipeline

    async def fetchall(self) -> list[DictRow]:
        """All rows; raises where a statement before it has failed, whoever was told of that."""
        if not self.is_there:
            await self._pipeline.travel()
            if not self.is_there:
                raise InFailedSqlTransaction("a statement before this one has failed")
        return self.rows

    async def fetchone(self) -> DictRow | None:
        """The first row."""
        rows = await self.fetchall()
        return rows[0] if rows else None


class Pipeline:
    """Sends what it is given when an answer is asked for, and at its end: up to there all is one transaction.

    Each time it takes one round trip. psycopg's own pipeline sends and listens at each statement.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._values = connection.values
        self._waiting: list[Answer] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            await self.travel(is_last=True)
        elif not isinstance(error, Exception):
            await self._connection.close()
        elif self._connection.pgconn.pipeline_status:
            self._waiting.clear()
            await self.travel(is_last=True)

    def execute(self, statement: str, parameters: Mapping[str, Any] | None = None) -> Answer:
        """A statement, whose parameters have names, is to travel next."""
        text, names = _numbered(statement)
        values: Sequence[Buffer | None] = ()
        if names:
            given = parameters or {}
            values = self._values.dump_sequence([given[name] for name in names], [PyFormat.AUTO] * len(names))
        types, formats = (self._values.types, self._values.formats) if names else ((), ())
        answer = Answer(self, (text, types or ()), values, formats or ())
        self._waiting.append(answer)
        return answer

    async def travel(self, *, is_last: bool = False) -> None:
        """Send what waits and take in the answers; raises what the server says to the first that fails."""
        answers, self._waiting = self._waiting, []
        try:
            failed = await self._waited(self._exchange(answers, is_last))
        except BaseException as error:
            await self._give_up(error)
            raise
        if failed is not None:
            refusal = error_from_result(failed)
            if isinstance(refusal, FeatureNotSupported):
                # As where a migration has added a column to a table: what was prepared would be refused for ever.
                self._connection.prepared.clear()
            raise refusal

    async def _waited(self, exchange: PQGen[PGresult | None]) -> PGresult | None:
        """What it comes to. psycopg's own waiting sets a timer and looks at the clock each time."""
        loop, socket = get_running_loop(), self._connection.pgconn.socket
        try:
            wanted = next(exchange)
            while True:
                ready: Future[Ready] = loop.create_future()
                loop.add_reader(socket, _tell, ready, Ready.R)
                if wanted & Wait.W:
                    loop.add_writer(socket, _tell, ready, Ready.W)
                try:
                    state = await ready
                finally:
                    loop.remove_reader(socket)
                    if wanted & Wait.W:
                        loop.remove_writer(socket)
                wanted = exchange.send(state)
        except StopIteration as end:
            failed: PGresult | None = end.value
            return failed

    async def _give_up(self, error: BaseException) -> None:
        """Close the connection: nobody knows how far the server came, and what is cut off may last."""
        try:
            if isinstance(error, CancelledError):
                with suppress(Error):
                    await self._connection.cancel_safe(timeout=CANCEL_SECONDS)
        finally:
            await self._connection.close()

    def _exchange(self, answers: Sequence[Answer], is_last: bool) -> PQGen[PGresult | None]:
        """The first result that tells of a failure, where one does."""
        pgconn, prepared = self._connection.pgconn, self._connection.prepared
        if not pgconn.pipeline_status:
            pgconn.enter_pipeline_mode()
        closed = self._close_the_oldest(pgconn)
        are_new = [self._send(pgconn, answer) for answer in answers]
        if is_last:
            pgconn.pipeline_sync()
        else:
            pgconn.send_flush_request()
        yield from send(pgconn)
        failed = None
        for _ in range(closed):
            yield from _result(pgconn)
        for answer, is_new in zip(answers, are_new, strict=True):
            if is_new and (result := (yield from _result(pgconn))).status in FAILED:
                failed = failed or result
                prepared.pop(answer.form, None)
            result = yield from _result(pgconn)
            if result.status in FAILED:
                failed = failed or result
            else:
                self._read(answer, result)
        if is_last:
            yield from _result(pgconn)
            pgconn.exit_pipeline_mode()
        return failed

    def _read(self, answer: Answer, result: PGresult) -> None:
        """Now, since how moments are read is known to a connection that is open."""
        answer.is_there, answer.count = True, result.command_tuples or 0
        if result.ntuples:
            columns = self._connection.prepared[answer.form].columns(result)
            self._values.set_pgresult(result)
            rows = self._values.load_rows(0, result.ntuples, tuple)
            answer.rows = [dict(zip(columns, row, strict=True)) for row in rows]

    def _close_the_oldest(self, pgconn: PGconn) -> int:
        prepared, closed = self._connection.prepared, 0
        while len(prepared) > MOST_PREPARED:
            pgconn.send_close_prepared(prepared.pop(next(iter(prepared))).name)
            closed += 1
        return closed

    def _send(self, pgconn: PGconn, answer: Answer) -> bool:
        """True where it had to be prepared."""
        known = self._connection.prepared
        prepared = known.pop(answer.form, None)
        if is_new := prepared is None:
            self._connection.prepared_ever += 1
            prepared = Prepared(b"statement_%d" % self._connection.prepared_ever)
            pgconn.send_prepare(prepared.name, *answer.form)
        known[answer.form] = prepared
        pgconn.send_query_prepared(prepared.name, answer.values, answer.formats)
        return is_new


def _tell(ready: Future[Ready], state: Ready) -> None:
    if not ready.done():
        ready.set_result(state)


def _result(pgconn: PGconn) -> PQGen[PGresult]:
    results: list[PGresult] = yield from fetch_many(pgconn)
    if not results:
        raise OperationalError("the connection was lost")
    return results[0]


@lru_cache(maxsize=1_000)
def _numbered(statement: str) -> tuple[bytes, tuple[str, ...]]:
    """A statement with numbers for its parameters, and what they were called."""
    names = tuple(dict.fromkeys(re.findall(r"%\((\w+)\)s", statement)))
    numbered = re.sub(r"%\((\w+)\)s", lambda name: f"${names.index(name[1]) + 1}", statement)
    return numbered.replace("%%", "%").encode(), names
