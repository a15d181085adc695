"""A proxy in front of Postgres that keeps the books: the round trips, what was asked in each, and the bytes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlsplit

SIMPLE, PARSE, BIND, EXECUTE = b"Q", b"P", b"B", b"E"
AT_ONCE = 65_536
LONGEST_STATEMENT = 160
MOST_WAITS = 5


@dataclass(kw_only=True)
class Books:
    """A round trip is something asked and the beginning of its answer; it holds the statements that travelled in it."""

    trips: list[tuple[str, ...]] = field(default_factory=list)
    up: int = 0
    down: int = 0


class Wire:
    """What went through since the books were last taken, over all connections."""

    def __init__(self, dsn: str) -> None:
        self._target = urlsplit(dsn)
        self._books = Books()
        self._connections: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def address(self) -> str:
        """Where the proxy is the database."""
        user = quote(self._target.username or "postgres")
        return f"postgresql://{user}@127.0.0.1:{self.port}{self._target.path}?sslmode=disable&gssencmode=disable"

    def taken(self) -> Books:
        """The books until now; new ones are begun."""
        books, self._books = self._books, Books()
        return books

    async def settled(self, quiet: float) -> None:
        """Wait until nothing moved for so many seconds, though not for ever."""
        for _ in range(MOST_WAITS):
            before = self._books.up + self._books.down
            await asyncio.sleep(quiet)
            if self._books.up + self._books.down == before:
                return

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either side ends it."""
        connection = asyncio.current_task()
        assert connection is not None
        self._connections.add(connection)
        answers, server = await self._reach()
        asked = _Asked()
        directions = [
            asyncio.create_task(self._up(reader, server, asked)),
            asyncio.create_task(self._down(answers, writer, asked)),
        ]
        try:
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for direction in directions:
                direction.cancel()
            await asyncio.gather(*directions, return_exceptions=True)
            writer.close()
            server.close()
            self._connections.discard(connection)

    async def close(self) -> None:
        """End what is still open."""
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _up(self, client: asyncio.StreamReader, server: asyncio.StreamWriter, asked: "_Asked") -> None:
        while piece := await client.read(AT_ONCE):
            self._books.up += len(piece)
            asked.hear(piece)
            server.write(piece)
            await server.drain()

    async def _down(self, server: asyncio.StreamReader, client: asyncio.StreamWriter, asked: "_Asked") -> None:
        while piece := await server.read(AT_ONCE):
            self._books.down += len(piece)
            if (trip := asked.answered()) is not None:
                self._books.trips.append(trip)
            client.write(piece)
            await client.drain()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        port = self._target.port or 5432
        host = parse_qs(self._target.query).get("host", [self._target.hostname or "127.0.0.1"])[0]
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, port)


@asynccontextmanager
async def tapped(dsn: str) -> AsyncIterator[Wire]:
    """A proxy in front of the server at that address."""
    wire = Wire(dsn)
    async with await asyncio.start_server(wire.accept, "127.0.0.1", 0) as listening:
        wire.port = listening.sockets[0].getsockname()[1]
        try:
            yield wire
        finally:
            await wire.close()


class _Asked:
    """The client's side of one connection, read message by message."""

    def __init__(self) -> None:
        self._unread = b""
        self._is_greeted = False
        self._is_waiting = False
        self._statements: list[str] = []
        self._prepared: dict[bytes, str] = {}
        self._portals: dict[bytes, str] = {}

    def hear(self, piece: bytes) -> None:
        """What the client sends."""
        self._is_waiting = True
        self._unread += piece
        self._statements += [statement for message in self._messages() if (statement := self._statement(*message))]

    def answered(self) -> tuple[str, ...] | None:
        """What was asked since the last answer, now that the server speaks; None where it goes on with that answer."""
        if not self._is_waiting:
            return None
        asked, self._statements, self._is_waiting = tuple(self._statements), [], False
        return asked

    def _messages(self) -> Iterator[tuple[bytes, bytes]]:
        """The whole messages that are there: kind and body. The greeting alone has no kind."""
        while True:
            head = 1 if self._is_greeted else 0
            length = int.from_bytes(self._unread[head : head + 4], "big") + head
            if len(self._unread) < max(length, head + 4):
                return
            kind, body = self._unread[:head], self._unread[head + 4 : length]
            self._unread, self._is_greeted = self._unread[length:], True
            yield kind, body

    def _statement(self, kind: bytes, body: bytes) -> str | None:
        """The statement that this message runs, if it does."""
        if kind == PARSE:
            name, text, *_ = body.split(b"\0")
            self._prepared[name] = _squeezed(text)
        elif kind == BIND:
            portal, name, *_ = body.split(b"\0")
            self._portals[portal] = self._prepared.get(name, "?")
        elif kind == EXECUTE:
            return self._portals.get(body.split(b"\0")[0], "?")
        elif kind == SIMPLE:
            return _squeezed(body.rstrip(b"\0"))
        return None


def _squeezed(statement: bytes) -> str:
    return " ".join(statement.decode(errors="replace").split())[:LONGEST_STATEMENT]
