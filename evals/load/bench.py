"""The bench: all subjects under the same loads in rounds, and ours alone where single turns are counted."""

import gc
import json
import os
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from uuid import uuid4

from evals.load.client import Cell, Subject, answer_of, drive
from evals.load.growth import Left, left, let_go, sizes
from evals.load.model_server import Script
from evals.load.stand import DIRECT, OURS, RELAY, STOCK, Stand, baseline, built, model_itself, ours
from evals.load.wire import Books, Wire, tapped
from evals.processes import resident_bytes

ORDERED = "add a task: buy milk tomorrow"
ORDER = json.dumps({"tasks": [{"title": "buy milk", "due": "tomorrow"}]})
RESULT = b'"TOOL_CALL_RESULT"'
TALKING = Script(tokens=64, between=0.001)
ACTING = Script(tokens=16, between=0.001, calls="add_tasks", arguments=ORDER)
# Connections are opened and statements prepared in the first turns.
FIRST_TURNS, COUNTED_TURNS, SLOW_TURNS = 3, 7, 3
# What a turn still writes after its end comes within the first of them; in a long thread it may fall to the next turn.
UNTIL_QUIET, A_MOMENT = 0.2, 0.03

Say = Callable[[str], None]
"""Told what is going on, while it takes its time."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """One kind of load: what the model does, how many streams, and the seconds before and in the window."""

    name: str
    script: Script
    streams: int
    warm_up: float
    seconds: float


FIRST = Work(name="first token", script=Script(tokens=4, first=0.02, between=0.002), streams=1, warm_up=1, seconds=4)
PACED = Work(name="paced", script=Script(tokens=64, between=0.01), streams=16, warm_up=1.5, seconds=4)
HELD = Work(name="held", script=Script(tokens=90, first=0.3, between=1 / 30), streams=64, warm_up=3.5, seconds=5)
ROUND = ((FIRST, (OURS, RELAY, STOCK, DIRECT)), (PACED, (OURS, RELAY, STOCK)), (HELD, (OURS, RELAY, STOCK)))


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A cell and the load it was seen under; how many processes wanted the machine, and what a fixed work took it."""

    work: str
    cell: Cell
    wanted_by: float
    calibration: float


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Cells of the rounds, books of single turns, bytes that many turns leave, and bytes of memory."""

    seen: Sequence[Seen]
    text_turns: Sequence[Books]
    slow_turns: Sequence[Books]
    tool_turns: Sequence[Books]
    long_thread: Sequence[Books]
    left_by_text: Left
    left_by_tool: Left
    resident_without_embedder: int


async def look(url: str, seconds: float, say: Say) -> AsyncIterator[Cell]:
    """What a client feels of a server that runs already, whatever model it has; raises `NotMeasured`."""
    subject = ours(url.rstrip("/"))
    await answer_of(subject)
    for streams in (1, 16, 64):
        say(f"{streams} streams for {seconds:g} s")
        yield await drive(subject, streams=streams, warm_up=2, seconds=seconds)


async def measure(*, rounds: int, turns: int, say: Say) -> Measured:
    """Everything; `turns` of each kind stand in a long thread. Raises `NotMeasured`, `Unavailable`."""
    async with built() as stand:
        seen = await _rounds(stand, rounds, say)
        async with tapped(stand.dsn) as wire, stand.server(wire.address) as server:
            say("round trips of single turns")
            await _booked(stand, wire, ours(server.url), TALKING, FIRST_TURNS)
            text_turns = await _booked(stand, wire, ours(server.url), TALKING, COUNTED_TURNS)
            slow_turns = await _booked(stand, wire, ours(server.url), HELD.script, SLOW_TURNS)
            await _booked(stand, wire, _ordering(server.url), ACTING, FIRST_TURNS)
            tool_turns = await _booked(stand, wire, _ordering(server.url), ACTING, COUNTED_TURNS)
            say(f"{turns} text turns in one thread, then {turns} turns with one tool in another")
            talking = ours(server.url, thread_id=str(uuid4()))
            before = await let_go(stand.dsn)
            long_thread = await _booked(stand, wire, talking, TALKING, turns, A_MOMENT)
            talked, between = await sizes(stand.dsn), await let_go(stand.dsn)
            await _booked(stand, wire, _ordering(server.url, str(uuid4())), ACTING, turns, A_MOMENT)
            acted, after = await sizes(stand.dsn), await let_go(stand.dsn)
        return Measured(
            seen=seen,
            text_turns=text_turns,
            slow_turns=slow_turns,
            tool_turns=tool_turns,
            long_thread=long_thread,
            left_by_text=left(before, talked, between, turns),
            left_by_tool=left(between, acted, after, turns),
            resident_without_embedder=await _memory_without_embedder(stand, say),
        )


async def _rounds(stand: Stand, rounds: int, say: Say) -> list[Seen]:
    """Each load on each subject, as often as there are rounds, in another order every time."""
    seen = []
    say("starting the baselines, and our server with notes to recall")
    async with stand.baselines() as begun, stand.server() as server:
        await stand.furnish(server)
        subjects = {name: baseline(name, await running.answers("/health")) for name, running in begun.items()}
        subjects[OURS] = ours(server.url, process_id=server.process.pid)
        subjects[DIRECT] = model_itself(stand.model)
        for number in range(1, rounds + 1):
            for work, names in ROUND:
                await stand.play(work.script)
                for name in random.sample(names, len(names)):
                    say(f"round {number} of {rounds}, {work.name}: {name}")
                    seen.append(await _seen(work, subjects[name]))
    return seen


async def _seen(work: Work, subject: Subject) -> Seen:
    gc.collect()
    before = calibration()
    cell = await drive(
        subject, streams=work.streams, warm_up=work.warm_up, seconds=work.seconds, tokens=work.script.tokens
    )
    after = calibration()
    return Seen(work=work.name, cell=cell, wanted_by=os.getloadavg()[0], calibration=(before + after) / 2)


def calibration() -> float:
    """Milliseconds of computing that a fixed work takes just now: neighbours make the same work slower."""
    return min(_fixed_work() for _ in range(3))


def _fixed_work() -> float:
    started = time.process_time()
    rows = [{"name": f"row {number}", "numbers": list(range(20))} for number in range(100)]
    for _ in range(20):
        json.loads(json.dumps(rows))
    return (time.process_time() - started) * 1000


async def _booked(
    stand: Stand, wire: Wire, subject: Subject, script: Script, turns: int, quiet: float = UNTIL_QUIET
) -> list[Books]:
    """The books of so many turns, one after the other, each until nothing moves any more for so many seconds."""
    await stand.play(script)
    books = []
    for _ in range(turns):
        wire.taken()
        await answer_of(subject, script.tokens)
        await wire.settled(quiet)
        books.append(wire.taken())
    await wire.settled(UNTIL_QUIET)
    return books


def _ordering(url: str, thread_id: str | None = None) -> Subject:
    return ours(url, text=ORDERED, thread_id=thread_id, called=RESULT)


async def _memory_without_embedder(stand: Stand, say: Say) -> int:
    say("memory without the local embedder")
    async with stand.server(METACORTEX_EMBEDDER="openai:fake") as server:
        await stand.play(TALKING)
        for _ in range(COUNTED_TURNS):
            await answer_of(ours(server.url))
        return resident_bytes(server.process.pid)
