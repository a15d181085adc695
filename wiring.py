"""The composition root: settings in, working parts out, closed in the opposite order."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import psycopg

from agent.background import Work, Worker, compact, embed, name_threads
from agent.condensing import condense
from agent.embedders import Embedders
from agent.imports import bring_in
from agent.reflection import Gate, reflect
from agent.turn import Agent
from database import database
from domain.budgets import Budget, budgets_of
from domain.model_calls import OFFLINE
from domain.people import Profile
from graphs.asking import Terms
from graphs.conversation import build_conversation
from graphs.fitting import Room
from ml.fact import FactModel
from ml.intent import IntentModel
from models import models
from settings import Settings
from storage.exports import Exports
from storage.imports import Imports
from storage.jobs import Jobs
from storage.people import People, Profiles
from storage.postgres import Pool
from storage.runs import Runs
from storage.spending import Spending
from tools.registry import TOOLS


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
