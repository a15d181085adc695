"""How often the database is asked: where it stands across a network, each time is a wait."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from domain.threads import Message
from storage import postgres
from storage.ledger import Decision, Ledger
from storage.people import Profiles
from storage.search import Search
from storage.threads import Threads

# At first a statement is prepared, then it is known.
REPETITIONS = 5


class Wire:
    """A way to Postgres. A trip is what the client said until the server answered."""

    def __init__(self, socket: Path) -> None:
        self.trips = 0
        self._socket = socket

    async def carry(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        server, to_server = await asyncio.open_unix_connection(self._socket)
        asked = False

        async def ask():
            nonlocal asked
            while said := await client.read(65536):
                asked = True
                to_server.write(said)
            to_server.close()

        async def answer():
            nonlocal asked
            while said := await server.read(65536):
                self.trips += asked
                asked = False
                to_client.write(said)
            to_client.close()

        await asyncio.gather(ask(), answer())


@pytest.fixture
def wire(dsn):
    place = conninfo_to_dict(dsn)
    return Wire(Path(str(place["host"])) / f".s.PGSQL.{place.get('port', 5432)}")


@pytest.fixture
async def far_pool(dsn, wire):
    async with await asyncio.start_server(wire.carry, "127.0.0.1", 0) as listener:
        host, port = listener.sockets[0].getsockname()
        async with postgres.pool(make_conninfo(dsn, host=host, port=port), size=1) as opened:
            yield opened


@pytest.fixture
def accesses(far_pool, user, world, noon, new_call):
    ledger, search, threads = Ledger(far_pool, user), Search(far_pool, user), Threads(far_pool, user)

    async def say():
        said = {"thread_id": world.thread_id, "parent_id": None, "run_id": None, "role": "user", "content": "hello"}
        await threads.append([Message(id=str(uuid4()), **said, created_at=noon)])

    async def retitle():
        def decide(held):
            task = held.tasks[world.task.id]
            return Decision("Changed.", ((task, task.change({"title": str(uuid4())}, at=noon)),), ())

        await ledger.act(new_call(), decide, at=noon, tasks=[world.task.id])

    return {
        "read": Profiles(far_pool, user).get,
        "search": lambda: search.hybrid("what did the landlord say?", [0.1, 0.2, 0.3], "test"),
        "write": say,
        "act": retitle,
    }


@pytest.mark.parametrize("access, trips", [("read", 1), ("search", 1), ("write", 1), ("act", 2)])
async def test_the_database_is_asked_no_more_often_than_it_must(accesses, wire, access, trips):
    counts = []
    for _ in range(REPETITIONS):
        before = wire.trips
        await accesses[access]()
        counts.append(wire.trips - before)

    # A burst that happens to travel in two pieces counts twice.
    assert sorted(counts)[REPETITIONS // 2] == trips
