"""What the gateway costs: the time of a call through it that is not the provider's own."""

import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import wiring
from agent.models.attempts import Books
from agent.models.breakers import Breakers
from agent.models.budgets import Budgets
from agent.models.charges import Charges
from agent.models.gateway import Gateway
from agent.models.prices import Prices
from agent.models.provider import Provider
from domain.budgets import budgets_of
from domain.model_calls import Account
from domain.people import LOCAL_USER
from domain.threads import Message
from evals.faults.script import talk
from graphs.fitting import counted
from graphs.history import as_model_messages
from graphs.pieces import Asked, Piece
from models import models, patience_of
from settings import Settings
from storage.breakers import Breakers as StoredBreakers
from storage.postgres import Pool
from tools.registry import TOOLS

WORDS, WARM = 64, 5
BUDGETS = "user/turns/day=100,tenant/turns/month=1000"
SWITCH_SECONDS = 0.0002


@dataclass
class Timed:
    """A provider that counts the seconds in which it was waited for."""

    provider: Provider
    seconds: float = 0.0

    @property
    def name(self) -> str:
        """The provider's own."""
        return self.provider.name

    async def stream(self, asked: Asked, *, most_tokens: int) -> AsyncIterator[Piece]:
        """The provider's answer."""
        pieces: Any = self.provider.stream(asked, most_tokens=most_tokens)
        async with aclosing(pieces):
            while True:
                began = time.perf_counter()
                try:
                    piece = await anext(pieces)
                except StopAsyncIteration:
                    return
                finally:
                    self.seconds += time.perf_counter() - began
                yield piece


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of each call in milliseconds: all that its provider did not take, and `SELECT 1` just before it."""

    added_ms: list[float]
    select_ms: list[float]


async def cost_of_gateway(settings: Settings, pool: Pool, model: str, calls: int) -> Cost:
    """What so many calls took beside their provider, which is asked as the product asks it, under a budget.

    Both are measured in the same call, so that what else the machine does cannot pass for the gateway's share of it.
    """
    async with models(settings, pool, wiring.utc) as answering:
        timed, prices, charges = Timed(answering.providers[model]), Prices(settings.prices), Charges(pool)
        gateway = Gateway(
            providers={model: timed},
            main=model,
            small=model,
            patience=patience_of(settings),
            breakers=Breakers(StoredBreakers(pool)),
            books=Books(prices=prices, count=partial(counted, tokens=answering.tokens)),
            budgets=Budgets(pool=pool, budgets=budgets_of(BUDGETS), prices=prices),
        )
        account = Account(user_id=LOCAL_USER, purpose="turn")
        said = Message(
            id="m", thread_id="t", parent_id=None, run_id=None, role="user", content=talk(WORDS, "weather"),
            created_at=wiring.utc(),
        )  # fmt: skip
        asked = Asked(messages=as_model_messages([said]), tools=[tool.schema() for tool in TOOLS.values()])
        cost = Cost(added_ms=[], select_ms=[])
        with _quick_turns():
            for _ in range(calls + WARM):
                cost.select_ms.append(await _nothing(pool))
                cost.added_ms.append(await _added(gateway, timed, asked, account, charges))
                await charges.settle()
        return Cost(added_ms=cost.added_ms[WARM:], select_ms=cost.select_ms[WARM:])


@contextmanager
def _quick_turns() -> Iterator[None]:
    """The provider speaks in a thread of this process: it is not to hold up the gateway for a thread's whole turn."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


async def _nothing(pool: Pool) -> float:
    began = time.perf_counter()
    async with pool.connection() as connection:
        await connection.execute("SELECT 1")
    return 1000 * (time.perf_counter() - began)


async def _added(gateway: Gateway, timed: Timed, asked: Asked, account: Account, charges: Charges) -> float:
    timed.seconds, began = 0.0, time.perf_counter()
    pieces: Any = gateway.stream(asked, account, charges)
    async with aclosing(pieces):
        async for _ in pieces:
            pass
    return 1000 * (time.perf_counter() - began - timed.seconds)
