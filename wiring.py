"""The composition root: settings in, working parts out, closed in the opposite order."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol
from uuid import UUID

import psycopg
from langchain_core.embeddings import Embeddings as LangChainEmbeddings
from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from agent.background import Worker, compact, embed, name_threads
from agent.imports import bring_in
from agent.offline import OfflineModel
from agent.reflection import Gate, reflect
from agent.turn import Agent
from domain.errors import Unavailable
from domain.people import Profile
from graphs.conversation import build_conversation
from graphs.summarising import ModelSummarizer
from ml.embedding import LocalEmbeddings
from ml.fact import FactModel
from ml.intent import IntentModel
from settings import OFFLINE, Settings
from storage.exports import Exports
from storage.imports import Imports
from storage.jobs import Jobs
from storage.migrations import migrate
from storage.people import People, Profiles
from storage.postgres import Pool, check, embedded, pool
from storage.runs import Runs
from tools.registry import TOOLS

# An answer that takes longer is a model that hangs.
MODEL_TIMEOUT_SECONDS = 60
VERSIONS = """
    SELECT current_setting('server_version'), default_version, now()
    FROM pg_available_extensions WHERE name = 'vector'
"""


class Embedder(Protocol):
    """What makes vectors; `name` says in which space they are."""

    @property
    def name(self) -> str: ...

    async def aembed_query(self, text: str) -> list[float]: ...

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]: ...


@dataclass(frozen=True, kw_only=True)
class NamedEmbeddings:
    """A LangChain embedder under the name by which its vectors are kept."""

    name: str
    embeddings: LangChainEmbeddings

    async def aembed_query(self, text: str) -> list[float]:
        """One vector."""
        return await self.embeddings.aembed_query(text)

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text."""
        return await self.embeddings.aembed_documents(texts)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What lives as long as the process; `worker` does nothing until it is run."""

    settings: Settings
    pool: Pool
    people: People
    embeddings: Embedder
    agent: Agent
    model_name: str
    worker: Worker

    async def profile_of(self, user_id: UUID) -> Profile:
        """The person's profile; raises `NotFound`."""
        return await Profiles(self.pool, user_id).get()

    def profiles_of(self, user_id: UUID) -> Profiles:
        """The store of that person's profile."""
        return Profiles(self.pool, user_id)

    def runs_of(self, user_id: UUID) -> Runs:
        """The store of that person's runs."""
        return Runs(self.pool, user_id)

    def imports_of(self, user_id: UUID) -> Imports:
        """The store of what that person brings in."""
        return Imports(self.pool, user_id)

    def exports_of(self, user_id: UUID) -> Exports:
        """The store of all that person can take along."""
        return Exports(self.pool, user_id)

    async def is_ready(self) -> bool:
        """True where the database answers."""
        try:
            async with self.pool.connection(timeout=2) as connection:
                await connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True


def utc() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


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
    return row[0], row[1], abs((utc() - row[2]).total_seconds())


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


@asynccontextmanager
async def opened(settings: Settings, *, now: Callable[[], datetime] = utc) -> AsyncIterator[Parts]:
    """All parts, working; what goes wrong on the way is `Unavailable` and says the cure."""
    async with database(settings) as connections:
        people = People(connections)
        await people.ensure_local()
        embeddings = embeddings_of(settings)
        await Jobs(connections).embed_anew(embeddings.name)
        chat = model_of(settings)
        background_model = None if settings.model_name == OFFLINE else chat
        worker = Worker(
            pool=connections,
            work={
                "embed": partial(embed, connections, embeddings),
                "title": partial(name_threads, connections, background_model),
                "reflect": partial(
                    reflect, connections, background_model, Gate(model=FactModel.load(), embeddings=embeddings), now=now
                ),
                "import": partial(bring_in, connections, now=now),
                "compact": partial(compact, connections, timedelta(days=settings.events_days), now=now),
            },
        )
        model = chat.bind_tools([tool.schema() for tool in TOOLS.values()])
        agent = Agent(
            pool=connections,
            conversation=build_conversation(
                model=model, tools=TOOLS, intents=IntentModel.load() if settings.model_name == OFFLINE else None
            ),
            embeddings=embeddings,
            model_name=settings.model_name,
            summarizer=ModelSummarizer(background_model, name=settings.model_name) if background_model else None,
            lease=timedelta(seconds=settings.lease_seconds),
            now=now,
            wrote=worker.nudge,
        )
        try:
            yield Parts(
                settings=settings,
                pool=connections,
                people=people,
                embeddings=embeddings,
                agent=agent,
                model_name=settings.model_name,
                worker=worker,
            )
        finally:
            await agent.drain(0)


def model_of(settings: Settings) -> BaseChatModel:
    """The chat model that answers; a provider's package is imported only where it is used."""
    provider, _, model = settings.model_name.partition(":")
    if provider == OFFLINE:
        return OfflineModel()
    if provider == "openai":
        from langchain_openai import ChatOpenAI

        return ChatOpenAI(
            model=model,
            api_key=_key(settings.openai_api_key),
            base_url=settings.openai_base_url,
            # OpenAI-compatible servers rarely speak the Responses API.
            use_responses_api=False if settings.openai_base_url else None,
            stream_usage=True,
            timeout=MODEL_TIMEOUT_SECONDS,
        )
    from langchain_anthropic import ChatAnthropic

    return ChatAnthropic(
        model_name=model,
        api_key=_key(settings.anthropic_api_key),
        base_url=settings.anthropic_base_url or "https://api.anthropic.com",
        timeout=MODEL_TIMEOUT_SECONDS,
        stop=None,
    )


def embeddings_of(settings: Settings) -> Embedder:
    """The embedder; the local one loads its weights at its first use."""
    if settings.embedder == "local":
        return LocalEmbeddings()
    from langchain_openai import OpenAIEmbeddings

    model = settings.embedder.partition(":")[2]
    embeddings = OpenAIEmbeddings(
        model=model,
        api_key=_key(settings.openai_api_key),
        base_url=settings.openai_base_url,
        # The check would fetch a tokenizer over the network; our chunks are short.
        check_embedding_ctx_length=False,
    )
    return NamedEmbeddings(name=settings.embedder, embeddings=embeddings)


def _key(key: SecretStr | None) -> SecretStr:
    # A server of one's own often wants none, but the clients insist on one.
    return key or SecretStr("none")


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
