"""The harness: starts everything, hurts it until it has been hurt enough, lets it settle, and says what it found."""

import asyncio
import logging
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from domain.errors import Unavailable
from evals.faults.books import PREPARE, Books, Plant, UnderWay
from evals.faults.crowd import Crowd
from evals.faults.processes import House, Replica, house
from evals.faults.reader import Doors
from evals.faults.score import Kind, Score
from evals.faults.verdict import Facts, Finding, findings
from storage.postgres import pool

PEOPLE, CONVERSATIONS = 6, 12
BREATH = (0.2, 1.0)
RASH = 0.1
GLANCE = 0.1
SETTLES_WITHIN = 30.0
FULL: dict[Kind, int] = {
    "kill": 200, "stop": 10, "restart": 10, "disconnect": 500, "cancel": 200, "double send": 100, "double answer": 100
}  # fmt: skip
SHORT: dict[Kind, int] = {
    "kill": 5, "stop": 1, "restart": 1, "disconnect": 20, "cancel": 10, "double send": 5, "double answer": 5
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What was done, and what was found."""

    seed: int
    seconds: float
    score: Score
    facts: Facts
    found: Sequence[Finding]
    refusals: Counter[str]
    fallen: Sequence[str]

    @property
    def is_clean(self) -> bool:
        """True where nothing is wrong and enough was done to say so."""
        return not self.found and self.score.reached


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How often to do what, in how many seconds, by which chance; a wrong to do and find; where logs stay."""

    wanted: dict[Kind, int]
    seconds: float
    seed: int
    plant: Plant | None = None
    logs: Path | None = None


async def run(plan: Plan) -> Outcome:
    """Do it; raises `NotMeasured` where the servers do not come up."""
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
    try:
        return await _run(plan)
    except ExceptionGroup as errors:
        # What ended one task ended all of them; the first is the reason.
        raise errors.exceptions[0] from errors


async def _run(plan: Plan) -> Outcome:
    chance, begun = random.Random(plan.seed), time.monotonic()
    _end_on_sigterm()
    async with house(people=PEOPLE, prepare=PREPARE, logs=plan.logs) as built, _hands(built, chance) as (doors, books):
        score = Score(wanted=plan.wanted)
        crowd = Crowd(doors=doors, books=books, score=score, random=chance, replicas=built.replicas)
        async with asyncio.TaskGroup() as group:
            for number in range(CONVERSATIONS):
                group.create_task(crowd.converse(built.people[number % PEOPLE]))
            watching = group.create_task(_raise_the_fallen(built, group))
            hurting = group.create_task(Injector(built, crowd, group).hurt())
            said = group.create_task(_say(score))
            await _until(lambda: hurting.done() and score.reached, plan.seconds - (time.monotonic() - begun))
            hurting.cancel()
            crowd.over.set()
            said.cancel()
            await _until(lambda: all(replica.ready for replica in built.replicas), SETTLES_WITHIN)
            watching.cancel()
        await crowd.read_again()
        last = await crowd.last_turns()
        await _settled(books)
        async with httpx2.AsyncClient(timeout=10, trust_env=False) as http:
            refused = (await http.get(f"{built.model_url}/refused")).json()["refused"]
        if plan.plant:
            await books.plant(plan.plant, _seen(crowd))
        facts = await books.facts(crowd.sent, refused=refused, last=last)
        return Outcome(
            seed=plan.seed,
            seconds=time.monotonic() - begun,
            score=score,
            facts=facts,
            found=findings(facts),
            refusals=doors.refusals,
            fallen=[fell for replica in built.replicas for fell in replica.fell],
        )


class Injector:
    """Kills and stops replicas and restarts Postgres, each only when runs are under way there."""

    def __init__(self, built: House, crowd: Crowd, group: asyncio.TaskGroup) -> None:
        self._house = built
        self._crowd = crowd
        self._score = crowd.score
        self._random = random.Random(crowd.random.random())
        self._group = group
        self._rash = False

    async def hurt(self) -> None:
        """Everything that is wanted of these, in any order."""
        ways: dict[Kind, Callable[[], Awaitable[bool]]] = {
            "kill": self._kill, "stop": self._stop, "restart": self._restart
        }  # fmt: skip
        wanted = [kind for kind in ways for _ in range(self._score.wanted.get(kind, 0))]
        for kind in self._random.sample(wanted, len(wanted)):
            hit, self._rash = False, self._random.random() < RASH
            while not hit:
                await asyncio.sleep(self._random.uniform(*BREATH))
                hit = await ways[kind]()

    async def _kill(self) -> bool:
        """True where a replica was killed in the middle of runs."""
        replica = self._one()
        # What is frozen cannot end a run between our look and the kill.
        if replica is None or not replica.freeze():
            return False
        if not (hit := await self._under_way(replica)):
            replica.thaw()
            return False
        replica.kill()
        self._score.hit("kill", hit, alone=self._is_alone(replica))
        self._group.create_task(replica.start())
        return True

    async def _stop(self) -> bool:
        """True where a replica was told to end in the middle of runs."""
        replica = self._one()
        if replica is None or not (hit := await self._under_way(replica)):
            return False
        self._score.hit("stop", hit, alone=self._is_alone(replica))
        await replica.leave()
        self._group.create_task(replica.start())
        return True

    async def _restart(self) -> bool:
        """True where Postgres was restarted under runs, by a crash and in order in turns."""
        if not (hit := await self._under_way()):
            return False
        self._score.hit("restart", hit)
        await self._house.postgres.restart("fast" if self._score.done["restart"] % 2 == 0 else "immediate")
        return True

    def _one(self) -> Replica | None:
        """One that is ready; the last one that is only where this injection is a rash one."""
        ready = [replica for replica in self._house.replicas if replica.ready]
        return self._random.choice(ready) if ready and (len(ready) > 1 or self._rash) else None

    def _is_alone(self, replica: Replica) -> bool:
        return not any(other.ready for other in self._house.replicas if other is not replica)

    async def _under_way(self, replica: Replica | None = None) -> list[UnderWay]:
        """The runs that it keeps alive, or all; none while Postgres is away."""
        try:
            states = await self._crowd.books.under_way()
        except Unavailable:
            return []
        if replica is None:
            return states
        owners, own = self._crowd.owners, (replica.name, replica.life)
        return [state for state in states if owners.get(state.owner) == own]


@asynccontextmanager
async def _hands(built: House, chance: random.Random) -> AsyncIterator[tuple[Doors, Books]]:
    """What the harness itself talks with: to the replicas, and to Postgres."""
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=0)
    timeout = httpx2.Timeout(20, connect=2)
    async with (
        httpx2.AsyncClient(timeout=timeout, trust_env=False, limits=limits) as http,
        pool(built.postgres.dsn, size=6) as connections,
    ):
        yield Doors(urls=tuple(replica.url for replica in built.replicas), http=http, random=chance), Books(connections)


async def _raise_the_fallen(built: House, group: asyncio.TaskGroup) -> None:
    """Start again what ended by itself."""
    while True:
        for replica in built.replicas:
            if replica.has_fallen():
                group.create_task(replica.start())
        await asyncio.sleep(0.2)


async def _say(score: Score) -> None:
    """How far it is, now and then."""
    begun = time.monotonic()
    while True:
        await asyncio.sleep(15)
        done = ", ".join(f"{kind} {score.done[kind]}/{number}" for kind, number in score.wanted.items())
        print(f"{time.monotonic() - begun:5.0f} s: {done}", file=sys.stderr, flush=True)


async def _until(reached: Any, seconds: float) -> None:
    for _ in range(int(seconds / GLANCE)):
        if reached():
            return
        await asyncio.sleep(GLANCE)


async def _settled(books: Books) -> None:
    """Every run that was left is given the time to be taken over and ended."""
    for _ in range(int(SETTLES_WITHIN / GLANCE)):
        if not await books.leases():
            return
        await asyncio.sleep(GLANCE)


def _seen(crowd: Crowd) -> str:
    """A title that was added for certain and never deleted."""
    deleted = {title for sent in crowd.sent for title in sent.deletes}
    kept = (title for sent in crowd.sent if sent.end == "success" for title in sent.adds if title not in deleted)
    return next(kept)


def _end_on_sigterm() -> None:
    """Whoever ends us orderly lets us end what we started."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
