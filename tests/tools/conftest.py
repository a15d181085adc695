"""A turn's context on a real store, without vectors, on Saturday 21 November 2026 at noon in Berlin."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from domain.actions import Call
from domain.people import Profile
from storage.habits import Habits
from storage.ledger import Ledger
from storage.memories import Memories
from storage.notes import Notes
from storage.search import Search
from storage.summaries import Summaries
from storage.tasks import Tasks
from storage.threads import Threads
from tools.context import TurnContext
from tools.registry import TOOLS
from tools.tool import Ask, Result

Do = Callable[..., Awaitable[Result]]
AskFor = Callable[..., Awaitable[Ask | None]]


@pytest.fixture
def context(
    profile: Profile,
    tasks: Tasks,
    notes: Notes,
    habits: Habits,
    memories: Memories,
    search: Search,
    ledger: Ledger,
    threads: Threads,
    summaries: Summaries,
) -> TurnContext:
    return TurnContext(
        profile=replace(profile, zone="Europe/Berlin"),
        now=datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("Europe/Berlin")),
        thread_id="thread",
        run_id="run",
        origin="agent",
        tasks=tasks,
        notes=notes,
        habits=habits,
        memories=memories,
        search=search,
        ledger=ledger,
        threads=threads,
        summaries=summaries,
        embeddings=None,
    )


@pytest.fixture
def do(context: TurnContext) -> Do:
    """Calls a tool as the model would; the same `call_id` is the same call."""

    async def invoke(tool: str, *, call_id: str | None = None, **arguments: object) -> Result:
        call = Call(
            thread_id="thread",
            message_id="message",
            tool_call_id=call_id or str(uuid4()),
            run_id="run",
            tool=tool,
            arguments=arguments,
        )
        return await TOOLS[tool].invoke(context, call)

    return invoke


@pytest.fixture
def ask(context: TurnContext) -> AskFor:
    """What a tool asks before it acts."""

    async def asked(tool: str, **arguments: object) -> Ask | None:
        return await TOOLS[tool].asks(context, arguments)

    return asked
