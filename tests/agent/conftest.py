"""A person, agents that stand for replicas on one database and what both can be asked, gateways before providers."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from langchain_core.messages import HumanMessage

from agent.models import attempts
from agent.models.breakers import Breakers
from agent.models.gateway import Gateway
from agent.turn import Agent, Reading, Turn
from domain.errors import Unavailable
from domain.model_calls import Account, ModelFailure
from domain.people import Profile
from domain.threads import Message, unanswered
from graphs.conversation import build_conversation
from graphs.pieces import Asked
from storage.breakers import Breakers as StoredBreakers
from storage.leases import Leases
from storage.notices import Notices
from storage.runs import Runs
from tests.agent.played import PATIENT, Told
from tests.agent.scripts import Script
from tools.registry import TOOLS

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture
def profile(user) -> Profile:
    return Profile(user_id=user, name="Ada", zone="Europe/Berlin")


@pytest.fixture
async def new_agent(pool, owner, user):
    """Makes an agent around a model; each stands for a process of its own."""
    made: list[Agent] = []

    def make(model, *, tools=TOOLS, now: datetime = NOW, lease: float = 10, embeddings=None) -> Agent:
        conversation = build_conversation(speaker=model, tools=tools)
        agent = Agent(
            pool=pool,
            conversation=conversation,
            embeddings=embeddings,
            model_name="script",
            lease=timedelta(seconds=lease),
            now=lambda: now,
        )
        made.append(agent)
        return agent

    yield make
    for agent in made:
        await agent.drain(0)
    # Nobody shall find in the next test what was left in this one.
    owner.execute("DELETE FROM leases WHERE user_id = %s", [user])


@pytest.fixture
def agent_that_says(new_agent):
    """Makes an agent whose model says these, in order."""

    def make(*says, **more) -> Agent:
        return new_agent(Script(*says), **more)

    return make


@pytest.fixture
def take(profile):
    """Begins a turn; gives the run as it can be read."""

    async def take(agent: Agent, text: str = "", *, thread="t", run=None, message=None, answers=(), branch_from=None):
        turn = Turn(
            profile=profile,
            thread_id=thread,
            run_id=run or str(uuid4()),
            message_id=message or str(uuid4()),
            text=text,
            answers=tuple(answers),
            branch_from=branch_from,
        )
        return await agent.take(turn)

    return take


@pytest.fixture
def say(take):
    """Takes a turn to its end; gives its events."""

    async def say(agent: Agent, text: str = "", **more) -> list[Any]:
        reading = await take(agent, text, **more)
        return [event async for _, event in reading.read()]

    return say


@pytest.fixture
def until():
    """Waits for a condition, and fails where it does not come about."""

    async def until(holds: Callable[[], Awaitable[Any]], *, seconds: float = 20) -> None:
        async with asyncio.timeout(seconds):
            while not await holds():
                await asyncio.sleep(0.01)

    return until


@dataclass(frozen=True)
class Books:
    """What is stored about a person."""

    agent: Agent
    profile: Profile

    async def titles(self) -> list[str]:
        """Of the open tasks, in the order of their names."""
        return sorted(task.title for task in (await self.agent.context(self.profile).tasks.list(limit=200)).items)

    async def done(self) -> list[str]:
        """The tools that acted, first one first."""
        actions = (await self.agent.context(self.profile).ledger.actions(limit=200)).items
        return [action.call.tool for action in reversed(actions)]

    async def history(self, thread: str = "t") -> list[Message]:
        """What was said and is not set aside."""
        return list(await self.agent.context(self.profile).threads.history(thread))

    async def said(self, thread: str = "t") -> list[str]:
        """Who said what, without the answers of tools."""
        return [f"{each.role}: {each.content}" for each in await self.history(thread) if each.role != "tool"]

    async def roles(self, thread: str = "t") -> list[str]:
        """Who spoke, in order."""
        return [message.role for message in await self.history(thread)]

    async def is_whole(self, thread: str = "t", *, waiting: int = 0) -> bool:
        """True where so many calls have no result, no result has no call, and no two messages are alike."""
        history = await self.history(thread)
        calls = {call.id for message in history for call in message.tool_calls}
        answers = [message.tool_call_id for message in history if message.role == "tool"]
        ids = [message.id for message in history]
        once = len(set(answers)) == len(answers) and len(set(ids)) == len(ids)
        return once and set(answers) <= calls and len(unanswered(history)) == waiting

    async def read(self, run: str, after: int = 0) -> list[tuple[int, Any]]:
        """The run's numbered events."""
        return [pair async for pair in self.agent.runs.read(self.profile.user_id, run, after)]

    def reading(self, run: str) -> Reading:
        """The run, to be read."""
        return Reading(runs=self.agent.runs, user_id=self.profile.user_id, thread_id="t", run_id=run)

    async def effects(self) -> set[str]:
        """The ids of the actions that changed something."""
        actions = (await self.agent.context(self.profile).ledger.actions(limit=200)).items
        return {str(action.id) for action in actions if action.changes}

    async def acknowledged(self) -> set[str]:
        """The ids of the actions that answers of tools tell of."""
        answers = [json.loads(message.content) for message in await self.history() if message.role == "tool"]
        return {answer["action_id"] for answer in answers if answer["action_id"]}

    async def status(self, run: str) -> str:
        """How the run stands."""
        return (await self.agent.runs.store(self.profile.user_id).get(run)).status


@pytest.fixture
def books(agent_that_says, profile) -> Books:
    """What is stored, as a process sees it that does nothing but look."""
    return Books(agent_that_says(), profile)


@pytest.fixture
def vanish(pool, user):
    """Ends a run's process without a word, and lets the time pass that its lease would have lasted."""

    async def vanish(agent, run: str = "r") -> None:
        agent.runs.lost(user, run)
        await agent.runs.wait(user, run)
        await Leases(pool).release(agent.runs.lease.owner)

    return vanish


@pytest.fixture
def ended(books, until):
    """Waits until a run has ended; gives how."""

    async def ended(run: str = "r") -> str:
        async def has_ended() -> bool:
            with suppress(Unavailable):
                return await books.status(run) != "running"
            return False

        await until(has_ended)
        return await books.status(run)

    return ended


@pytest.fixture
def stored(pool, user) -> Runs:
    return Runs(pool, user)


@pytest.fixture
async def breakers(pool, dsn, owner):
    """A replica's, closed; what they open is gone after the test."""
    made = Breakers(StoredBreakers(pool))
    async with made.at_work(Notices(dsn)):
        yield made
    owner.execute("DELETE FROM breakers")


@pytest.fixture
def owner(dsn):
    """A connection that no policy binds."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture
def account(user) -> Account:
    return Account(user_id=user, purpose="turn", thread_id="t", run_id="r")


@pytest.fixture
def new_gateway(breakers) -> Callable[..., Gateway]:
    """Makes a gateway before these providers, the first of which is the main one and the others its fallbacks."""

    def make(*providers, **more) -> Gateway:
        names = [provider.name for provider in providers]
        given = {
            "providers": {provider.name: provider for provider in providers},
            "main": names[0],
            "small": names[0],
            "fallbacks": names[1:],
            "patience": PATIENT,
            "breakers": breakers,
            "books": attempts.Books(
                prices=lambda model, usage, answered_by=None: Decimal(usage.input_tokens + usage.output_tokens) / 1000,
                count=lambda asked, model: 1000,
            ),
            "chance": lambda: 0.0,
        }
        return Gateway(**given | more)

    return make


@pytest.fixture
def ask(account) -> Callable[..., Any]:
    """Reads an answer to its end."""

    async def ask(gateway: Gateway, *, model: str | None = None, account: Account = account, shorter: int = 0) -> Told:
        told = Told([], [])
        asked = Asked(messages=[HumanMessage("Hi")], model=model, prompt="assistant@4", tools_hash="ab")

        async def again(left: int) -> Asked:
            more = partial(again, left - 1) if left else None
            return replace(asked, messages=[HumanMessage(f"Hi, {left} left")], shorter=more)

        asked = replace(asked, shorter=partial(again, shorter - 1) if shorter else None)
        try:
            async with aclosing(gateway.stream(asked, account, told.calls.append)) as pieces:
                async for piece in pieces:
                    told.pieces.append(piece)
        except ModelFailure as failure:
            told.failure = failure
        return told

    return ask
