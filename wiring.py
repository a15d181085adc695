"""The composition root: settings in, working parts out, closed in the opposite order."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
from pydantic import SecretStr

import prompts
from agent.background import Work, Worker, compact, embed, name_threads
from agent.condensing import condense
from agent.embedders import Embedder, Embedders
from agent.imports import bring_in
from agent.models.attempts import Books
from agent.models.background import Background
from agent.models.breakers import Breakers
from agent.models.budgets import Budgets
from agent.models.charges import Charges
from agent.models.chat_completions import ChatCompletions
from agent.models.clients import anthropic_client, openai_client
from agent.models.embeddings import OpenAIEmbedder
from agent.models.gateway import Gateway
from agent.models.kept_answers import RememberingSpeaker
from agent.models.messages import Messages
from agent.models.offline import OfflineProvider
from agent.models.patience import Patience
from agent.models.prices import Prices
from agent.models.provider import Provider
from agent.models.responses import Responses
from agent.models.speaker_model import SpeakerModel
from agent.reflection import Gate, reflect
from agent.turn import Agent
from domain.budgets import Budget, budgets_of
from domain.errors import Unavailable
from domain.model_calls import OFFLINE, Purpose
from domain.people import Profile
from graphs.asking import Terms
from graphs.conversation import build_conversation
from graphs.fitting import Room, counted
from graphs.summarising import ModelSummarizer
from ml.embedding import LocalEmbeddings
from ml.fact import FactModel
from ml.intent import IntentModel
from ml.tokens import Tokens
from settings import LOCAL, Settings
from storage.breakers import Breakers as StoredBreakers
from storage.exports import Exports
from storage.imports import Imports
from storage.jobs import Jobs
from storage.migrations import migrate
from storage.notices import Notices
from storage.people import People, Profiles
from storage.postgres import Pool, check, embedded, pool
from storage.runs import Runs
from storage.spending import Spending
from tools.registry import TOOLS

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from openai import AsyncOpenAI

VERSIONS = """
    SELECT current_setting('server_version'), default_version, now()
    FROM pg_available_extensions WHERE name = 'vector'
"""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What lives as long as the process; `worker` does nothing until it is run."""

    settings: Settings
    pool: Pool
    people: People
    embeddings: Embedders
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

    def spending_of(self, user_id: UUID) -> Spending:
        """The store of what that person's calls of models cost."""
        return Spending(self.pool, user_id)

    @property
    def budgets(self) -> tuple[Budget, ...]:
        """Those of the settings."""
        return budgets_of(self.settings.budgets)

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
    async with (
        database(settings) as connections,
        models(settings, connections, now) as answering,
    ):
        people = People(connections)
        await people.ensure_local()
        embeddings = answering.embedders
        await Jobs(connections).embed_anew(embeddings.name)
        behind = answering.behind_the_scenes
        gate = Gate(model=FactModel.load(), embeddings=embeddings.free)
        work: dict[str, Work] = {
            "embed": partial(embed, connections, embeddings),
            "title": lambda user_id: name_threads(connections, behind(user_id, "title"), user_id),
            "reflect": lambda user_id: reflect(connections, behind(user_id, "memory"), gate, user_id, now=now),
            "import": partial(bring_in, connections, now=now),
            "compact": partial(compact, connections, timedelta(days=settings.events_days), now=now),
        }
        if answering.providers:
            room = Room(tokens=answering.tokens, model=settings.model_name, most=settings.context_tokens)
            work["condense"] = lambda user_id: condense(connections, behind(user_id, "summary"), room, user_id)
        worker = Worker(pool=connections, work=work)
        terms = Terms(
            prompts=settings.prompts,
            narrows=settings.narrows_tools,
            tokens=answering.tokens if answering.providers else None,
            most_tokens=settings.context_tokens,
        )
        agent = Agent(
            pool=connections,
            conversation=build_conversation(
                speaker=answering.gateway,
                tools=TOOLS,
                intents=IntentModel.load() if settings.model_name == OFFLINE else None,
                terms=terms,
            ),
            embeddings=embeddings,
            model_name=settings.model_name,
            models=settings.models,
            summarizer_of=answering.summarizer,
            notices=answering.notices,
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


@dataclass(frozen=True, kw_only=True)
class Models:
    """What answers: the gateway before the models, and what it stands on."""

    gateway: Gateway
    providers: Mapping[str, Provider]
    tokens: Tokens
    notices: Notices
    background: Background | None
    small: str
    embedders: Embedders

    def behind_the_scenes(self, user_id: UUID, purpose: Purpose) -> SpeakerModel | None:
        """The chat model for that work on the person's behalf; None where only the offline model answers."""
        return self.background.model(user_id, purpose) if self.background else None

    @property
    def summarizer(self) -> Callable[[UUID], ModelSummarizer] | None:
        """Whose words sum up a person's notes."""
        background = self.background
        if background is None:
            return None
        return lambda user_id: ModelSummarizer(lambda: background.model(user_id, "summary"), name=self.small)


@asynccontextmanager
async def models(settings: Settings, connections: Pool, now: Callable[[], datetime]) -> AsyncIterator[Models]:
    """The models of these settings; nothing of a provider is imported, read or connected where none is named."""
    try:
        prompts.check(settings.prompts)
    except ValueError as error:
        raise Unavailable(f"METACORTEX_PROMPTS: {error}.") from error
    async with AsyncExitStack() as stack:
        notices = Notices(str(connections.conninfo))
        breakers = Breakers(StoredBreakers(connections))
        await stack.enter_async_context(breakers.at_work(notices))
        names = dict.fromkeys((settings.model_name, settings.small_name, *settings.models, *settings.fallbacks))
        clients = _Clients(settings, stack)
        providers = {name: provider for name in names if (provider := _provider(settings, name, clients))}
        prices, tokens = Prices(settings.prices), Tokens(settings.home)
        if providers or settings.embedder != LOCAL:
            stack.push_async_callback(_cancelled, asyncio.create_task(_got_ready(prices, tokens, providers)))
        budgets = _budgets(settings, connections, prices, now)
        if budgets:
            stack.push_async_callback(budgets.settle)
        charges = Charges(connections)
        stack.push_async_callback(charges.settle)
        gateway = Gateway(
            providers={**providers, OFFLINE: OfflineProvider()},
            main=settings.model_name,
            small=settings.small_name,
            allowed=frozenset({settings.model_name, *settings.models}),
            fallbacks=settings.fallbacks,
            patience=patience_of(settings),
            breakers=breakers,
            books=Books(prices=prices, count=partial(counted, tokens=tokens), now=now),
            budgets=budgets,
            on_spent=settings.budget_spent,
        )
        background = None
        if settings.small_name != OFFLINE:
            remembering = RememberingSpeaker(gateway, pool=connections, model=settings.small_name, now=now)
            background = Background(remembering, charges=charges)
        yield Models(
            gateway=gateway,
            providers=providers,
            tokens=tokens,
            notices=notices,
            background=background,
            small=settings.small_name,
            embedders=_embedders(
                settings,
                lambda name: OpenAIEmbedder(
                    clients.of("openai"), name=name, prices=prices, budgets=budgets, charge=charges, now=now
                ),
            ),
        )


def patience_of(settings: Settings) -> Patience:
    """How long these settings wait for a model."""
    return Patience(
        first_token=settings.first_token_seconds,
        stall=settings.stall_seconds,
        answer=settings.answer_seconds,
        most_tokens=settings.answer_tokens,
    )


async def _got_ready(prices: Prices, tokens: Tokens, providers: Iterable[str]) -> None:
    """Read what the first turn would have to wait for."""
    await asyncio.to_thread(prices.load)
    if models := tuple(providers):
        await tokens.load(*models)


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


class _Clients:
    """One for each provider, made when it is first wanted and closed with the stack."""

    def __init__(self, settings: Settings, stack: AsyncExitStack) -> None:
        self._settings = settings
        self._stack = stack
        self._made: dict[str, Any] = {}

    def of(self, provider: str) -> Any:
        """The client for `openai` or `anthropic`; its package is imported only here."""
        if provider not in self._made:
            self._made[provider] = _openai(self._settings) if provider == "openai" else _anthropic(self._settings)
            self._stack.push_async_callback(self._made[provider].close)
        return self._made[provider]


def _provider(settings: Settings, name: str, clients: _Clients) -> Provider | None:
    """One model of a provider."""
    provider, effort = name.partition(":")[0], settings.reasoning or None
    if provider == OFFLINE:
        return None
    if provider == "anthropic":
        return Messages(clients.of(provider), name=name, effort=effort)
    wire = Responses if settings.openai_wire == "responses" else ChatCompletions
    return wire(clients.of(provider), name=name, effort=effort)


def _budgets(settings: Settings, connections: Pool, prices: Prices, now: Callable[[], datetime]) -> Budgets | None:
    budgets = budgets_of(settings.budgets)
    return Budgets(pool=connections, budgets=budgets, prices=prices, now=now) if budgets else None


def _anthropic(settings: Settings) -> "AsyncAnthropic":
    return anthropic_client(
        api_key=_secret(settings.anthropic_api_key),
        base_url=settings.anthropic_base_url,
        silence_seconds=_silence(settings),
    )


def _openai(settings: Settings) -> "AsyncOpenAI":
    return openai_client(
        api_key=_secret(settings.openai_api_key),
        base_url=settings.openai_base_url,
        silence_seconds=_silence(settings),
    )


def _silence(settings: Settings) -> float:
    # The socket's own patience; the gateway's is shorter.
    return max(settings.first_token_seconds, settings.stall_seconds) + 5


def _secret(key: SecretStr | None) -> str | None:
    return key.get_secret_value() if key else None


def _embedders(settings: Settings, provided: Callable[[str], OpenAIEmbedder]) -> Embedders:
    """The embedder, and those of before; the local one loads its weights at its first use."""

    def named(name: str) -> Embedder | OpenAIEmbedder | None:
        if name in (LOCAL, LocalEmbeddings.name):
            return LocalEmbeddings()
        if not name.startswith("openai:") or not (settings.openai_api_key or settings.openai_base_url):
            return None
        return provided(name)

    wanted = named(settings.embedder)
    assert wanted is not None, "the settings have checked it"
    return Embedders(wanted, named)


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
