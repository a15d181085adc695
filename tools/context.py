"""All that a turn may touch: the person's stores, bound to them already, and the turn's now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.actions import Origin
from domain.people import Clock, Profile
from domain.threads import Message
from storage.habits import Habits
from storage.ledger import Ledger
from storage.memories import Memories
from storage.notes import Notes
from storage.search import Search
from storage.tasks import Tasks
from storage.threads import Threads


class Embedder(Protocol):
    """What turns a query into a vector; `name` says in which space."""

    @property
    def name(self) -> str: ...

    async def aembed_query(self, text: str) -> list[float]: ...


@dataclass(frozen=True, kw_only=True)
class TurnContext:
    """Lives as long as one turn; `now` is zoned and stands still during it."""

    profile: Profile
    now: datetime
    thread_id: str
    run_id: str | None
    origin: Origin
    tasks: Tasks
    notes: Notes
    habits: Habits
    memories: Memories
    search: Search
    ledger: Ledger
    threads: Threads
    embeddings: Embedder | None
    history: tuple[Message, ...] = ()

    @property
    def clock(self) -> Clock:
        """The now in the person's zone with their conventions."""
        return Clock(
            now=self.now.astimezone(self.profile.tzinfo),
            week_start=self.profile.week_start,
            day_first=self.profile.day_first,
        )
