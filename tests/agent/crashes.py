"""Where a process is when it vanishes or stops, and what is heard and stored of its run."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from domain.events import TERMINAL
from tests.agent.scripts import Stop, Stuck, add, calls, seen
from tools.registry import TOOLS

ADD_MILK = calls(add("Buy milk"), text="One moment.")
ADD_TWO = calls(add("Buy milk"), add("Paint fence"))


@dataclass(frozen=True)
class Crash:
    """What the first process says and does, when it vanishes, and what the model says to the next one."""

    says: tuple
    reached: asyncio.Event
    rest: tuple
    tools: dict


def stuck(words: str, *before, rest) -> Callable[[], Crash]:
    def make() -> Crash:
        model = Stuck(words)
        return Crash((*before, model), model.reached, rest, dict(TOOLS))

    return make


def stopped(name: str, *before, acts: bool, rest) -> Callable[[], Crash]:
    def make() -> Crash:
        stop = Stop(name, acts=acts)
        return Crash(before, stop.reached, rest, stop.tools)

    return make


async def heard_of(agent, books, run: str) -> list:
    return await all_of(agent.runs.read(books.profile.user_id, run))


async def all_of(events) -> list:
    return [pair async for pair in events]


def is_one_run(heard: list) -> bool:
    """Rising numbers, and one last event at the end."""
    numbers = [number for number, _ in heard]
    ends = [isinstance(event, TERMINAL) for _, event in heard]
    return numbers == sorted(set(numbers)) and ends.count(True) == 1 and ends[-1]


def as_read(heard: list) -> list:
    """What a reader sees in the end: who said what, by the ids of the messages."""
    return [(each["id"], each.get("content") or "") for each in seen(event for _, event in heard)]


async def as_stored(books) -> list:
    return [(each.id, each.content) for each in await books.history() if each.role != "user"]
