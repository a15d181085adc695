"""All that a turn may touch: the person's stores, bound to them already, and the turn's now."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from domain.actions import Origin
from domain.events import Event
from domain.model_calls import ModelCall
from domain.people import Clock, Profile
from domain.runs import Answer
from domain.threads import Backdrop, Message
from language.digests import Digest, Length
from storage.habits import Habits
from storage.ledger import Ledger
from storage.memories import Memories
from storage.notes import Notes
from storage.search import Search
from storage.summaries import Summaries
from storage.tasks import Tasks
from storage.threads import Threads


class Embedder(Protocol):
    """What turns a query into a vector; `name` says in which space. It is `Unavailable` where it does not answer."""

    @property
    def name(self) -> str: ...

    async def aembed_query(self, text: str) -> list[float]: ...

    async def aembed_queries(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text, as soon as one is had of one."""


class Embedders(Embedder, Protocol):
    """The embedder that is wanted by now, and by name those of before that can still be called."""

    def named(self, name: str) -> Embedder | None: ...


@dataclass(kw_only=True)
class Looks:
    """How often this process has searched, and how often not by meaning, or by the meaning of a part only."""

    all: int = 0
    by_words_alone: int = 0
    in_part: int = 0


class Summarizer(Protocol):
    """What sums up texts in words of its own; `name` says whose words, and by which prompts."""

    @property
    def name(self) -> str: ...

    async def digest(self, texts: Sequence[str], *, length: Length, about: str) -> Digest | None:
        """Each point with the places it rests on; None where nothing came of it."""


class Log(Protocol):
    """Where a run tells what happens and keeps what was said."""

    def tell(self, event: Event) -> None:
        """Readers have it at once, the database soon."""

    def keep(self, message: Message) -> None:
        """Store it with the next batch."""

    def charge(self, call: ModelCall) -> None:
        """Store what a model was asked, and what it took, with the next batch."""

    async def tell_stored(self, *events: Event) -> None:
        """Readers have them when they are stored, with all that was told and kept before."""

    async def flush(self) -> None:
        """Store all that was told and kept by now."""


@dataclass(frozen=True, kw_only=True)
class TurnContext:
    """Lives as long as one turn; `now` is zoned and stands still during it.

    `history` is what was said apart from this turn, `backdrop` what stands behind it; `answers` what the person said to
    approvals, by their ids; `done_aside` what was done in a part of the conversation that the turn replaces; `model` is
    the one that is asked. A turn that only words an answer again may not write.
    """

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
    summaries: Summaries
    embeddings: Embedders | None
    looks: Looks = field(default_factory=Looks)
    summarizer: Summarizer | None = None
    log: Log | None = None
    history: tuple[Message, ...] = ()
    backdrop: Backdrop = field(default_factory=Backdrop)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    done_aside: tuple[str, ...] = ()
    model: str | None = None
    embedding: asyncio.Task[list[list[float]]] | None = None
    attempt: int = 1
    may_write: bool = True

    @property
    def clock(self) -> Clock:
        """The now in the person's zone with their conventions."""
        return Clock(
            now=self.now.astimezone(self.profile.tzinfo),
            week_start=self.profile.week_start,
            day_first=self.profile.day_first,
        )
