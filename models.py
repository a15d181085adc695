"""The models of the settings: who answers, who stands in, what it may cost, and who turns words into vectors."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import SecretStr

import prompts
from agent.embedders import Embedder, Embedders
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
from domain.budgets import budgets_of
from domain.errors import Unavailable
from domain.model_calls import OFFLINE, Purpose
from graphs.fitting import counted
from graphs.summarising import ModelSummarizer
from ml.embedding import LocalEmbeddings
from ml.tokens import Tokens
from settings import LOCAL, Settings
from storage.breakers import Breakers as StoredBreakers
from storage.notices import Notices
from storage.postgres import Pool

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from openai import AsyncOpenAI


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
