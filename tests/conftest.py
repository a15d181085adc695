"""A real Postgres for every test: one embedded server a session, one migrated copy of a template for each worker."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from domain.actions import Call
from domain.people import Profile
from storage import postgres
from storage.beginnings import Beginnings
from storage.embeddings import Embeddings
from storage.habits import Habits
from storage.ledger import Ledger
from storage.memories import Memories
from storage.migrations import migrate
from storage.notes import Notes
from storage.people import People, Profiles
from storage.runs import Runs
from storage.search import Search
from storage.summaries import Summaries
from storage.tasks import Tasks
from storage.threads import Threads

TEMPLATE = "migrated"
ONE_WORKER = "SELECT pg_advisory_lock(1)"
IS_READY = "SELECT datistemplate FROM pg_database WHERE datname = %s"
# What is lost with the machine's power does not matter here.
HURRY = ("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET synchronous_commit = off", "SELECT pg_reload_conf()")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[str]:
    """The embedded server, which the workers of a session share; its template database is migrated once."""
    folder = tmp_path_factory.getbasetemp()
    with postgres.embedded(folder.parent if hasattr(request.config, "workerinput") else folder) as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(ONE_WORKER)
            ready = connection.execute(IS_READY, [TEMPLATE]).fetchone()
            if ready is None:
                for statement in HURRY:
                    connection.execute(statement)
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
            if ready != (True,):
                asyncio.run(migrate(make_conninfo(dsn, dbname=TEMPLATE)))
                connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(TEMPLATE)))
        yield dsn


@pytest.fixture(scope="session")
def new_database(server: str) -> Callable[..., str]:
    """Makes a database and gives its address: migrated, or empty with `template=None`."""

    def make(template: str | None = TEMPLATE) -> str:
        name = f"test_{uuid4().hex}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                    sql.Identifier(name), sql.Identifier(template or "template0")
                )
            )
        return make_conninfo(server, dbname=name)

    return make


@pytest.fixture(scope="session")
def dsn(new_database: Callable[..., str]) -> str:
    """The worker's own migrated database, as its owner, whom no policy binds; tests keep apart by their users."""
    return new_database()


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[postgres.Pool]:
    """Connections under the application's role."""
    async with postgres.pool(dsn) as opened:
        yield opened


@pytest.fixture
def people(pool: postgres.Pool) -> People:
    return People(pool)


@pytest.fixture
async def user(people: People) -> UUID:
    return await people.create(f"Ada {uuid4()}")


@pytest.fixture
async def other_user(people: People) -> UUID:
    return await people.create(f"Bob {uuid4()}")


@pytest.fixture
def profiles(pool: postgres.Pool, user: UUID) -> Profiles:
    return Profiles(pool, user)


@pytest.fixture
async def profile(profiles: Profiles) -> Profile:
    return await profiles.get()


@pytest.fixture
def ledger(pool: postgres.Pool, user: UUID) -> Ledger:
    return Ledger(pool, user)


@pytest.fixture
def tasks(pool: postgres.Pool, user: UUID) -> Tasks:
    return Tasks(pool, user)


@pytest.fixture
def notes(pool: postgres.Pool, user: UUID) -> Notes:
    return Notes(pool, user)


@pytest.fixture
def habits(pool: postgres.Pool, user: UUID) -> Habits:
    return Habits(pool, user)


@pytest.fixture
def memories(pool: postgres.Pool, user: UUID) -> Memories:
    return Memories(pool, user)


@pytest.fixture
def threads(pool: postgres.Pool, user: UUID) -> Threads:
    return Threads(pool, user)


@pytest.fixture
def summaries(pool: postgres.Pool, user: UUID) -> Summaries:
    return Summaries(pool, user)


@pytest.fixture
def beginnings(pool: postgres.Pool, user: UUID) -> Beginnings:
    return Beginnings(pool, user)


@pytest.fixture
def runs(pool: postgres.Pool, user: UUID) -> Runs:
    return Runs(pool, user)


@pytest.fixture
def search(pool: postgres.Pool, user: UUID) -> Search:
    return Search(pool, user)


@pytest.fixture
def embeddings(pool: postgres.Pool, user: UUID) -> Embeddings:
    return Embeddings(pool, user)


@pytest.fixture
def noon() -> datetime:
    """The moment at which tests happen: Saturday, 21 November 2026."""
    return datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def new_call() -> Callable[..., Call]:
    """Makes a call that nobody made before; fields can be given."""

    def make(**fields: object) -> Call:
        fresh = {
            "thread_id": "thread",
            "message_id": str(uuid4()),
            "tool_call_id": "call_1",
            "tool": "test",
            "arguments": {},
        }
        return Call(**fresh | fields)  # type: ignore[arg-type]  # names come from the tests

    return make
