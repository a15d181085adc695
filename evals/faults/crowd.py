"""The crowd: people in conversations that are cut off, sent twice, cancelled, and answered twice while they go on."""

import asyncio
import time
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from typing import Any, TypeVar
from uuid import UUID, uuid4

import httpx2

from domain.errors import Unavailable
from evals.faults import script
from evals.faults.books import Books
from evals.faults.processes import Person, Replica
from evals.faults.reader import Doors, Reader
from evals.faults.score import Score
from evals.faults.told import Told
from evals.faults.verdict import Key, Sent

TURNS_A_THREAD = 10
LEAVES, LEAVES_FOR = 0.6, 1.2
SENDS_TWICE, ANSWERS_TWICE = 0.15, 0.6
CANCELS, CANCELS_WITHIN = 0.3, 3.0
ASKS_AGAIN_AFTER = 0.3
SAYS_YES = 0.8
THINKS = 1.0
LAST_WORDS = 3
READ_AGAIN, AT_ONCE = 200, 8
T = TypeVar("T")


@dataclass(kw_only=True)
class Crowd:
    """What was sent, by whom, and which process owns what; `over` ends every conversation at its next turn."""

    doors: Doors
    books: Books
    score: Score
    random: Random
    replicas: tuple[Replica, ...]
    sent: list[Sent] = field(default_factory=list)
    owners: dict[UUID, tuple[str, int]] = field(default_factory=dict)
    threads: dict[Key, Person] = field(default_factory=dict)
    waiting: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def converse(self, person: Person) -> None:
        """One conversation after another."""
        while not self.over.is_set():
            conversation = Conversation(self, person, f"thread-{uuid4().hex[:12]}")
            for _ in range(TURNS_A_THREAD):
                if not self.over.is_set():
                    await conversation.turn()

    async def read_again(self) -> None:
        """Some of the runs once more, now that they have ended: their logs must still say what was heard."""
        keys = {key: person.key for key, person in self.threads.items()}

        async def again(place: int) -> None:
            sent = self.sent[place]
            key, told = keys[sent.user_id, sent.thread_id], Told(run_id=sent.run_id)
            await Reader(doors=self.doors, key=key, told=told).read()
            self.sent[place] = replace(sent, readers=(*sent.readers, told))

        ended = [place for place, sent in enumerate(self.sent) if sent.end]
        chosen = self.random.sample(ended, min(READ_AGAIN, len(ended)))
        await self._few_at_once(again(place) for place in chosen)

    async def last_turns(self) -> dict[Key, str | None]:
        """One more turn in every thread, undisturbed, and how it ended."""

        async def last(key: Key, person: Person) -> str | None:
            words = script.talk(LAST_WORDS, "farewell")
            body = {**_body(key[1], uuid4().hex), "messages": [_message(words)]}
            told = await Reader(doors=self.doors, key=person.key, body=body).read()
            return Sent(user_id=key[0], thread_id=key[1], readers=(told,)).end

        ends = await self._few_at_once(last(key, person) for key, person in self.threads.items())
        return dict(zip(self.threads, ends, strict=True))

    async def _few_at_once(self, works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
        room = asyncio.Semaphore(AT_ONCE)

        async def one(work: Coroutine[Any, Any, T]) -> T:
            async with room:
                return await work

        return await asyncio.gather(*(one(work) for work in works))


class Conversation:
    """One thread of one person."""

    def __init__(self, crowd: Crowd, person: Person, thread_id: str) -> None:
        self._crowd = crowd
        self._person = person
        self._thread_id = thread_id
        self._random = Random(crowd.random.random())
        self._has: list[str] = []
        crowd.threads[person.user_id, thread_id] = person

    async def turn(self) -> None:
        """Something is said, and answered where it is asked back."""
        match self._random.choices(["talk", "add", "two", "chain", "delete"], [2, 3, 2, 2, 4])[0]:
            case "add":
                await self._add(script.add, 1)
            case "two":
                await self._add(script.add, 2)
            case "chain":
                await self._add(script.chain, 2)
            case "delete" if self._has:
                await self._delete(self._has.pop(self._random.randrange(len(self._has))))
            case _:
                await self._send({"messages": [_message(script.talk(self._random.randint(3, 25), "weather"))]})

    async def _add(self, words: Any, count: int) -> None:
        titles = tuple(f"x{uuid4().hex[:10]}" for _ in range(count))
        sent = await self._send({"messages": [_message(words(*titles))]}, adds=titles)
        if sent.end == "success":
            self._has += titles

    async def _delete(self, title: str) -> None:
        asked = await self._send({"messages": [_message(script.delete(title))]})
        # A cancel that comes after the pause closes it: nothing waits for an answer any more.
        if asked.end != "interrupt" or asked.cancelled:
            return
        paused = next(told.events[-1][1] for told in asked.readers if told.ended)
        approved = self._random.random() < SAYS_YES
        resume = [
            {"interruptId": interrupt["id"], "status": "resolved", "payload": {"approved": approved}}
            for interrupt in paused["outcome"]["interrupts"]
        ]
        self._crowd.waiting += 1
        await asyncio.sleep(self._random.uniform(0, THINKS))
        self._crowd.waiting -= 1
        answered = await self._send({"messages": [], "resume": resume}, deletes=(title,), approved=approved)
        if not approved and answered.end == "success":
            self._has.append(title)

    async def _send(
        self,
        what: Mapping[str, Any],
        *,
        adds: tuple[str, ...] = (),
        deletes: tuple[str, ...] = (),
        approved: bool | None = None,
    ) -> Sent:
        """One wish, and whatever befalls it."""
        run_id = uuid4().hex
        body = {**_body(self._thread_id, run_id), **what}
        twice = self._random.random() < (SENDS_TWICE if approved is None else ANSWERS_TWICE)
        first = Reader(
            doors=self._crowd.doors,
            key=self._person.key,
            body=body,
            leaves=self._leaves(),
            left=partial(self._gone, run_id),
            accepted=None if twice else partial(self._owned, run_id),
        )
        self._crowd.score.readers[run_id] = first.told
        here, there = self._random.sample(self._crowd.doors.urls, 2)
        cancels = not twice and self._random.random() < CANCELS
        cancelling = asyncio.create_task(self._cancel(run_id)) if cancels else None
        readings = [first.read(here)]
        if twice:
            readings.append(self._again(body, there, answer=approved is not None))
        told = await asyncio.gather(*readings)
        cancelled = await cancelling if cancelling else False
        sent = Sent(
            user_id=self._person.user_id,
            thread_id=self._thread_id,
            readers=tuple(told),
            adds=adds,
            deletes=deletes,
            approved=approved,
            cancel_tried=cancels,
            cancelled=cancelled,
        )
        self._crowd.sent.append(sent)
        return sent

    async def _again(self, body: Mapping[str, Any], url: str, *, answer: bool) -> Told:
        """The same once more: at once at the other replica, or a little later anywhere; an answer also as a new run."""
        if self._random.random() < 0.5:
            await asyncio.sleep(self._random.uniform(0, 1.5))
        again = dict(body)
        if answer and self._random.random() < 0.7:
            again["runId"] = uuid4().hex
        counted: list[str] = []
        told = Told()

        async def accepted(_: str) -> None:
            # Both wishes name one run; which of two answers began it is the server's to say.
            if not counted and (states := await self._under_way(str(body["runId"]), str(again["runId"]))):
                counted.append("once")
                self._crowd.score.hit("double answer" if answer else "double send", states)

        reader = Reader(
            doors=self._crowd.doors,
            key=self._person.key,
            body=again,
            told=told,
            leaves=self._leaves(),
            accepted=accepted,
        )
        if again["runId"] != body["runId"]:
            self._crowd.score.readers[str(again["runId"])] = told
        return await reader.read(url)

    async def _cancel(self, run_id: str) -> bool:
        """True where a replica said that it is cancelled."""
        await asyncio.sleep(self._random.uniform(0.05, CANCELS_WITHIN))
        states = await self._under_way(run_id)
        if not states:
            return False
        begun = time.monotonic()
        answer, is_first = await self._post_cancel(run_id), True
        while answer is None or answer.status_code == 503:
            # It may have been done all the same: whoever asks again finds out.
            is_first = False
            await asyncio.sleep(ASKS_AGAIN_AFTER)
            answer = await self._post_cancel(run_id)
        if answer.status_code != 200 or answer.json()["status"] != "cancelled":
            self._crowd.doors.refused("POST cancel", answer)
            return not is_first and "it is cancelled" in answer.text
        self._crowd.score.hit("cancel", states)
        if is_first:
            self._crowd.score.cancel_seconds.append(time.monotonic() - begun)
        return True

    async def _post_cancel(self, run_id: str) -> httpx2.Response | None:
        """The answer of some replica; None where it was lost."""
        headers = {"Authorization": f"Bearer {self._person.key}"}
        try:
            return await self._crowd.doors.http.post(f"{self._crowd.doors.any()}/runs/{run_id}/cancel", headers=headers)
        except httpx2.TransportError:
            return None

    async def _gone(self, run_id: str) -> None:
        """Away for a while."""
        self._crowd.score.hit("disconnect", await self._under_way(run_id))
        await asyncio.sleep(self._random.uniform(0, LEAVES_FOR))

    async def _owned(self, run_id: str, url: str) -> None:
        """Learn by which name the process that took the run keeps it alive."""
        replica = next(replica for replica in self._crowd.replicas if replica.url == url)
        life = replica.life
        for state in await self._under_way(run_id):
            if state.attempts == 1:
                self._crowd.owners[state.owner] = (replica.name, life)

    async def _under_way(self, *run_ids: str) -> list[Any]:
        try:
            return [state for run_id in dict.fromkeys(run_ids) for state in await self._crowd.books.under_way(run_id)]
        except Unavailable:
            return []

    def _leaves(self) -> list[int]:
        """After how many events to go away."""
        if self._random.random() >= LEAVES:
            return []
        return sorted(self._random.sample(range(1, 30), self._random.randint(1, 2)))


def _body(thread_id: str, run_id: str) -> dict[str, Any]:
    fixed: dict[str, Any] = {"protocolVersion": "1.0", "tools": [], "context": [], "state": {}, "forwardedProps": {}}
    return {**fixed, "threadId": thread_id, "runId": run_id}


def _message(words: str) -> dict[str, str]:
    return {"id": f"said-{uuid4().hex[:12]}", "role": "user", "content": words}
