"""Turns against failing providers: each meets a failure of its own on one of the wires; what became of all of it."""

import asyncio
import json
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import wiring
from agent.turn import Turn
from database import server_of
from domain.events import TERMINAL, RunFailed, RunFinished, RunPaused, ToolAnswered
from domain.people import Profile
from evals.faults import script
from evals.faults.books import Books
from evals.faults.gateway_cost import Cost, cost_of_gateway
from evals.faults.provider_plan import PROVIDERS, ROUNDS, SPARES, Faults, Plan, Planned, mark_of, planned
from evals.faults.provider_server import ProviderServer, served
from evals.faults.provider_verdict import CLASSES, Facts, Spent, Taken, Tripped
from protocols.snapshots import Told
from settings import Settings
from storage.people import People, Profiles
from storage.postgres import pool

AT_ONCE, PEOPLE, AT_ONCE_A_SPENDER = 16, 40, 25
CAP, READING, WRITING, ANSWER_TOKENS = Decimal(1), Decimal(10), Decimal(40), 1024
CHEAP = {"input": "0.001", "output": "0.001"}
MILLION = 1_000_000
ENDED = "finished"
WAITS = {"first_token_seconds": 1.0, "stall_seconds": 1.0, "answer_seconds": 20}
RETURNS_WITHIN, BREATH = 45.0, 1.0


class Crowd:
    """People who take turns with the product."""

    def __init__(self, parts: wiring.Parts, provider: ProviderServer, people: Sequence[Profile]) -> None:
        self.parts, self.provider, self.people = parts, provider, people
        self.taken: list[Taken] = []

    async def say(
        self, mark: str, model: str, *, person: Profile, wrong: str = "", may_answer: frozenset[str] = frozenset()
    ) -> Taken:
        """One turn in a thread of its own, that asks for one task under that mark."""
        thread, run = uuid4().hex, uuid4().hex
        turn = Turn(
            profile=person, thread_id=thread, run_id=run, message_id=uuid4().hex, text=script.add(mark), model=model
        )
        events = [event async for _, event in (await self.parts.agent.take(turn)).read()]
        told = Told()
        for event in events:
            told.take(event)
        words = " ".join(str(message.get("content") or "") for message in told.messages)
        taken = Taken(
            mark=mark,
            wrong=wrong,
            ends=tuple(_end(event) for event in events if isinstance(event, TERMINAL)),
            model=next((event.model for event in events if isinstance(event, RunFinished)), ""),
            may_answer=may_answer,
            is_doubled=words.count("word0") > 1,
            acknowledged=tuple(
                str(item["title"])
                for event in events
                if isinstance(event, ToolAnswered)
                for item in json.loads(event.content)["items"]
                if item["ok"]
            ),
        )
        self.taken.append(taken)
        return taken

    async def meet(self, turns: Sequence[Planned], until: float) -> None:
        """Every planned turn, some at once, as long as there is time."""
        waiting = list(enumerate(turns))

        async def one_after_another() -> None:
            while waiting and time.monotonic() < until:
                number, each = waiting.pop()
                person = self.people[number % len(self.people)]
                await self.say(each.mark, each.model, person=person, wrong=each.fault.wrong, may_answer=each.may_answer)

        await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))

    async def trip(self, wire: str, down: set[tuple[str, str]]) -> Tripped:
        """Take a model down until its breaker opens, leave it alone, heal it, and see it come back."""
        model, person = f"{PROVIDERS[wire]}:tripped", self.people[0]
        down.add((wire, "tripped"))
        before, turns, after = 0, 0, 0
        for number in range(8):
            await self.say(f"{wire}-trips-{number}", model, person=person, may_answer=frozenset(SPARES[:1]))
            now = self._asked(wire, "tripped")
            if now == before:
                break
            before = now
        for turns in range(1, 6):
            await self.say(f"{wire}-open-{turns}", model, person=person, may_answer=frozenset(SPARES[:1]))
        meanwhile = self._asked(wire, "tripped") - before
        down.discard((wire, "tripped"))
        healed = time.monotonic()
        while after < 3 and time.monotonic() < healed + RETURNS_WITHIN:
            await asyncio.sleep(BREATH)
            taken = await self.say(f"{wire}-back-{uuid4().hex[:6]}", model, person=person)
            after += taken.model == model
        return Tripped(model=model, before=before, meanwhile=meanwhile, after=after, turns=turns)

    async def spend(self, wire: str, person: Profile) -> None:
        """Many dear turns at once, for more than the cap."""
        marks = [f"{wire}-dear-{person.name}-{number}" for number in range(AT_ONCE_A_SPENDER)]
        await asyncio.gather(*(self.say(mark, f"{PROVIDERS[wire]}:dear", person=person) for mark in marks))

    async def chain(self, openai: str, down: set[tuple[str, str]]) -> None:
        """The first spare is gone, then the second: the next one answers each time, the built-in one at last."""
        for number, expected in enumerate(SPARES[1:]):
            down.add(((openai, "messages")[number], "spare"))
            for wire in ROUNDS[openai]:
                model = f"{PROVIDERS[wire]}:gone"
                down.add((wire, "gone"))
                mark = f"{wire}-gone-{number}"
                await self.say(mark, model, person=self.people[1], may_answer=frozenset({expected}))

    def _asked(self, wire: str, model: str) -> int:
        return sum(request.wire.name == wire for request in self.provider.asked_of(model))


async def run(plan: Plan, say: Callable[[str], None] = lambda _: None) -> Facts:
    """All of it, each round on a database of its own."""
    turns = planned(plan)
    rounds = [await _round(plan, openai, turns, say) for openai in ROUNDS]
    return Facts(
        turns=[turn for each in rounds for turn in each.turns],
        injected=sum((each.injected for each in rounds), Counter[tuple[str, str]]()),
        wires=tuple(PROVIDERS),
        least=plan.least,
        added=sum((each.added for each in rounds), Counter[str]()),
        tasks=sum((each.tasks for each in rounds), Counter[str]()),
        breakers=[tripped for each in rounds for tripped in each.breakers],
        spent=[spent for each in rounds for spent in each.spent],
        added_ms=[ms for each in rounds for ms in each.added_ms],
        select_ms=[ms for each in rounds for ms in each.select_ms],
    )


async def _round(plan: Plan, openai: str, all_turns: Sequence[Planned], say: Callable[[str], None]) -> Facts:
    """What one process meets, which speaks to OpenAI on that wire."""
    wires, begun = ROUNDS[openai], time.monotonic()
    turns = [each for each in all_turns if each.wire in wires]
    faults = Faults({each.mark: each for each in turns})
    names = [f"{PROVIDERS[wire]}:{name}" for wire in wires for name in ("tripped", "dear", "gone")]
    chosen = tuple(dict.fromkeys((*names, *(each.model for each in turns))))
    with TemporaryDirectory(prefix="metacortex-providers-") as home, served(script.heard, faults) as provider:
        async with _opened(provider, Path(home), chosen, openai) as (parts, books):
            people = [await _person(parts, f"person{number}") for number in range(PEOPLE)]
            spenders = {
                wire: [await _person(parts, f"{wire}-spender{number}") for number in range(plan.spenders)]
                for wire in wires
            }
            crowd = Crowd(parts, provider, people)
            costs = [await _cost(parts, wire, plan.timed) for wire in wires]
            say(f"{time.monotonic() - begun:.0f} s: {len(wires) * plan.timed} calls timed, {len(turns)} turns planned")
            tripping = [asyncio.create_task(crowd.trip(wire, faults.down)) for wire in wires]
            await crowd.meet(turns, begun + plan.seconds * len(wires) / len(PROVIDERS))
            tripped = [await each for each in tripping]
            say(f"{time.monotonic() - begun:.0f} s: {len(crowd.taken)} turns taken")
            await asyncio.gather(*(crowd.spend(wire, each) for wire, all in spenders.items() for each in all))
            await crowd.chain(openai, faults.down)
            tasks, effects = await books.effects()
            return Facts(
                turns=crowd.taken,
                injected=_injected(provider),
                wires=wires,
                least=plan.least,
                added=effects,
                tasks=tasks,
                breakers=tripped,
                spent=[await _spent(crowd, each) for all in spenders.values() for each in all],
                added_ms=[ms for cost in costs for ms in cost.added_ms],
                select_ms=[ms for cost in costs for ms in cost.select_ms],
            )


@asynccontextmanager
async def _opened(
    provider: ProviderServer, home: Path, chosen: Sequence[str], openai: str
) -> AsyncIterator[tuple[wiring.Parts, Books]]:
    prices: Mapping[str, Mapping[str, Any]] = defaultdict(lambda: CHEAP)
    dear = {"input": str(READING), "output": str(WRITING)}
    priced = {name: dear if name.endswith(":dear") else prices[name] for name in (*chosen, *SPARES[:2])}
    given: dict[str, Any] = {
        **provider.settings(api=openai),
        **WAITS,
        "model": SPARES[0],
        "models": chosen,
        "fallbacks": SPARES,
        "prices": priced,
        "answer_tokens": ANSWER_TOKENS,
        "budgets": f"user/turns/day={CAP}",
        "home": home,
    }
    async with (
        server_of(Settings(home=home, model="offline", database_url=None)) as dsn,
        wiring.opened(Settings.model_validate({**given, "database_url": dsn})) as parts,
        pool(dsn, size=2) as owners,
    ):
        yield parts, Books(owners)


async def _person(parts: wiring.Parts, name: str) -> Profile:
    return await Profiles(parts.pool, await People(parts.pool).create(name)).get()


async def _cost(parts: wiring.Parts, wire: str, calls: int) -> Cost:
    return await cost_of_gateway(parts.settings, parts.pool, f"{PROVIDERS[wire]}:spare", calls)


async def _spent(crowd: Crowd, person: Profile) -> Spent:
    """By our books, and by what the provider sent: the tokens of every request that left its house."""
    parts = crowd.parts
    (standing,) = await parts.spending_of(person.user_id).standings(parts.budgets, wiring.utc())
    asked = [request for request in crowd.provider.asked_of("dear") if f"-{person.name}-" in mark_of(request)]
    billed = sum(((request.read * READING + request.written * WRITING) for request in asked), Decimal(0)) / MILLION
    longest = max((request.read for request in asked), default=0)
    return Spent(
        person=person.name,
        cap=CAP,
        reservation=(longest * READING + ANSWER_TOKENS * WRITING) / MILLION,
        booked=standing.spent,
        billed=billed,
        reserved=standing.reserved,
        stood_in=sum(f"-{person.name}-" in turn.mark and not turn.model.endswith(":dear") for turn in crowd.taken),
    )


def _injected(provider: ProviderServer) -> Counter[tuple[str, str]]:
    class_of = {wrong: name for name, wrongs in CLASSES.items() for wrong in wrongs}
    return Counter(
        (request.wire.name, class_of[request.fault])
        for request in list(provider.asked)
        if request.fault in class_of and request.model not in ("tripped", "gone", "spare")
    )


def _end(event: object) -> str:
    """What a terminal event tells; empty where it tells a person nothing."""
    match event:
        case RunFailed(message, code):
            return "" if code == "internal" else message
        case RunFinished() | RunPaused():
            return ENDED
        case _:
            return ""
