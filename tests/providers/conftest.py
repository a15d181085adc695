"""A product whose models are asked over a provider's own wire, on loopback, and the turns of one person with it."""

from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from agent.turn import Turn
from domain.events import TERMINAL, Noticed, RunFailed, TextArrived, Withdrawn
from domain.people import Profile
from evals.faults import script as errands
from evals.faults.provider_server import served
from evals.faults.wrongs import Script
from protocols.snapshots import Told
from settings import Settings
from storage.people import People, Profiles
from wiring import Parts, opened

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PROVIDERS = {"chat": "openai", "responses": "openai", "messages": "anthropic"}


@dataclass
class Telling:
    """What one turn told."""

    events: list[Any]
    tasks: Counter[str] = field(default_factory=Counter)

    @property
    def ends(self) -> list[Any]:
        """Its terminal events: there has to be one."""
        return [event for event in self.events if isinstance(event, TERMINAL)]

    @property
    def error(self) -> str | None:
        """The sentence for the person where it failed."""
        return next((event.message for event in self.events if isinstance(event, RunFailed)), None)

    @property
    def notices(self) -> list[Noticed]:
        """What was told beside the answer."""
        return [event for event in self.events if isinstance(event, Noticed)]

    @property
    def withdrawn(self) -> set[str]:
        """The messages that were taken back."""
        return {event.message_id for event in self.events if isinstance(event, Withdrawn)}

    @property
    def began(self) -> set[str]:
        """The messages that began to be told."""
        return {event.message_id for event in self.events if hasattr(event, "message_id") and hasattr(event, "delta")}

    @property
    def seen(self) -> list[dict[str, Any]]:
        """What a reader sees in the end."""
        told = Told()
        for event in self.events:
            told.take(event)
        return [message for message in told.messages if message["role"] != "reasoning"]

    @property
    def words(self) -> str:
        """What the assistant says in the end."""
        return "".join(message.get("content") or "" for message in self.seen if message["role"] == "assistant")

    @property
    def heard(self) -> str:
        """All words that were told, those taken back too."""
        return "".join(event.delta for event in self.events if isinstance(event, TextArrived))


@dataclass
class Person:
    """Somebody with the product."""

    parts: Parts
    profile: Profile

    async def says(self, text: str, **more: Any) -> Telling:
        """A turn of a new thread, to its end, and what there is then."""
        turn = Turn(
            profile=self.profile, thread_id=uuid4().hex, run_id=uuid4().hex, message_id=uuid4().hex, text=text, **more
        )
        reading = await self.parts.agent.take(turn)
        telling = Telling([event async for _, event in reading.read()])
        page = await self.parts.agent.context(self.profile).tasks.list()
        telling.tasks = Counter(task.title for task in page.items)
        return telling


@pytest.fixture
def script():
    return Script()


@pytest.fixture
def provider(script):
    with served(errands.heard, script) as provider:
        yield provider


@pytest.fixture
def opened_with(provider, new_database, tmp_path):
    """Opens a product with these settings, on a database of its own, and gives a person of it."""

    @asynccontextmanager
    async def make(*, wire: str = "chat", **chosen: Any):
        given = provider.settings(api="responses" if wire == "responses" else "chat")
        settings = Settings.model_validate(
            {**given, "home": tmp_path, "database_url": new_database(), "model": f"{PROVIDERS[wire]}:first", **chosen}
        )
        async with opened(settings, now=lambda: NOON) as parts:
            user_id: UUID = await People(parts.pool).create("Ada")
            yield Person(parts, await Profiles(parts.pool, user_id).get())

    return make
