"""Runs: those under way in this process, kept alive by their leases, and any run as it can be read from here."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing, suppress
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from agent.events import of_row, pieces_of_row
from agent.log import RunLog
from domain.errors import MetaCortexError, NotFound, Unavailable
from domain.events import (
    TERMINAL,
    Cited,
    Event,
    RunCancelled,
    RunFailed,
    RunFinished,
    RunPaused,
    RunStarted,
    TextArrived,
    TextEnded,
    TextStarted,
    ToolAnswered,
    ToolArgumentsArrived,
    ToolCallEnded,
    ToolCallStarted,
)
from domain.runs import Run
from domain.threads import Message
from storage.leases import Leases
from storage.notices import Key, Notices
from storage.postgres import Pool
from storage.runs import Lease
from storage.runs import Runs as StoredRuns

# A reader elsewhere says so again at this pace; its word counts for a little longer than twice that.
READING_SECONDS = 3.0
LOOK_AGAIN_SECONDS = 1.0
# How long a process has to end a run of its own before another one ends it by force.
ANSWERS_SECONDS = 0.3
logger = logging.getLogger("metacortex.runs")


class _NothingFollows(Exception):
    """The run has ended, and all that it told is known."""


class Runs:
    """What lives as long as the process: the runs that it keeps alive, and who reads them."""

    def __init__(self, *, pool: Pool, notices: Notices, lease: timedelta) -> None:
        self._pool = pool
        self._notices = notices
        self._leases = Leases(pool)
        self.lease = Lease(owner=uuid4(), lasts=lease)
        self.draining = False
        self._logs: dict[Key, RunLog] = {}
        self._tasks: dict[Key, asyncio.Task[None]] = {}
        self._followers: dict[Key, int] = {}  # readers here of runs that are told elsewhere
        self._read_elsewhere: dict[Key, float] = {}
        self._look = asyncio.Event()
        notices.take("released", lambda owner, _: self._look.set())
        notices.take("cancel", self.stop)
        notices.take("yield", self._yield)
        notices.take("reading", lambda user_id, run_id: self._reads(user_id, run_id, True))
        notices.take("left", lambda user_id, run_id: self._reads(user_id, run_id, False))
        notices.take("held", self._held)

    def store(self, user_id: UUID) -> StoredRuns:
        """The stored runs of that person."""
        return StoredRuns(self._pool, user_id)

    @property
    def count(self) -> int:
        """How many runs this process keeps alive."""
        return len(self._tasks)

    def is_here(self, user_id: UUID, run_id: str) -> bool:
        """True where this process keeps the run alive."""
        return (user_id, run_id) in self._tasks

    def is_read(self, user_id: UUID, run_id: str) -> bool:
        """True where somebody reads the run, as far as this process knows."""
        key = user_id, run_id
        log = self._logs.get(key)
        elsewhere = time.monotonic() - self._read_elsewhere.get(key, -1e9) < 2.5 * READING_SECONDS
        return bool(log and log.is_read) or bool(self._followers.get(key)) or elsewhere

    def start(self, user_id: UUID, log: RunLog, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do `work` in a task of its own, apart from any request."""
        key = user_id, log.run_id
        self._logs[key] = log
        task = asyncio.create_task(work(), name=f"run {log.run_id}")
        self._tasks[key] = task
        task.add_done_callback(lambda _: self._done(key))

    def lost(self, user_id: UUID, run_id: str) -> None:
        """The lease is another's: stop at once, and tell nothing more."""
        if log := self._logs.get((user_id, run_id)):
            log.give_up()
        if task := self._tasks.get((user_id, run_id)):
            task.cancel()

    def stop(self, user_id: UUID, run_id: str) -> None:
        """Ask a run of this process to end as cancelled; again, where what it waits for has swallowed it."""
        key = user_id, run_id
        task = self._tasks.get(key)
        if task is None or self._logs[key].ended:
            return
        # Later than the task's first step: one that never took it could not settle its run.
        asyncio.get_running_loop().call_soon(task.cancel)

    async def wait(self, user_id: UUID, run_id: str) -> None:
        """Until a run of this process has ended."""
        if task := self._tasks.get((user_id, run_id)):
            await asyncio.wait([task])

    async def cancel(self, user_id: UUID, run_id: str, *, only_unread: bool = False) -> bool:
        """Ask the run's process to end it and wait until it has ended; False where it did not soon.

        With `only_unread` a run that somebody reads goes on.
        """
        store, key = self.store(user_id), (user_id, run_id)
        with self._notices.about(user_id, run_id) as news:
            if key not in self._tasks:
                # Its process knows better, and is asked.
                self._read_elsewhere.pop(key, None)
            if only_unread and self.is_read(*key):
                return False
            self.stop(*key)
            if only_unread:
                await self._leases.tell("yield", user_id, run_id)
            else:
                await store.ask_to_cancel(run_id)
            until = time.monotonic() + ANSWERS_SECONDS
            while (await store.get(run_id)).status == "running":
                if (left := until - time.monotonic()) <= 0 or (only_unread and self.is_read(*key)):
                    return False
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(left, 0.1)):
                        await news.wait()
                news.clear()
        return True

    async def read(self, user_id: UUID, run_id: str, after: int = 0) -> AsyncIterator[tuple[int, Event]]:
        """`batches`, one event after the other."""
        async with aclosing(self.batches(user_id, run_id, after)) as batches:  # type: ignore[type-var]  # a generator, typed as an iterator
            async for batch in batches:
                for told in batch:
                    yield told

    async def batches(self, user_id: UUID, run_id: str, after: int = 0) -> AsyncIterator[list[tuple[int, Event]]]:
        """Numbered events past that number to the terminal one, wherever the run is told; raises `NotFound`.

        All that wait come at a time. Ends without a terminal event only where this process stops or the thread is
        deleted meanwhile.
        """
        number, key, known = after, (user_id, run_id), False
        while not self.draining or key in self._logs:
            if log := self._logs.get(key):
                known = True
                async with aclosing(log.batches(number)) as batches:  # type: ignore[type-var]  # the same
                    async for batch in batches:
                        yield batch
                        number, event = batch[-1]
                        if isinstance(event, TERMINAL):
                            return
                if not log.given_up or self.draining:
                    return
                # Another process goes on; the log is forgotten when its task has ended.
                await self.wait(*key)
                continue
            try:
                async with aclosing(self._follow(user_id, run_id, number, known)) as batches:  # type: ignore[type-var]  # the same
                    async for batch in batches:
                        yield batch
                        number, event = batch[-1]
                        if isinstance(event, TERMINAL):
                            return
            except _NothingFollows:
                return

    async def so_far(self, user_id: UUID, run_id: str) -> list[tuple[int, Event]]:
        """What the run has told by now: all of it where it is under way here, what is stored of it elsewhere."""
        if log := self._logs.get((user_id, run_id)):
            return log.so_far
        told: list[tuple[int, Event]] = []
        while rows := await self.store(user_id).events(run_id, after=told[-1][0] if told else 0):
            told += [piece for first, _, event in rows for piece in pieces_of_row(first, event)]
        return told

    async def keep_alive(self, recover: Callable[[UUID, str], Coroutine[Any, Any, None]]) -> None:
        """Prolong our leases and take over those that ran out, four times in the time that a lease lasts."""
        pause = self.lease.lasts.total_seconds() / 4
        while True:
            try:
                await self._beat()
                await self._reap(recover)
            except MetaCortexError as error:
                logger.warning("leases could not be looked after: %s", error.message)
            except Exception:
                logger.exception("leases could not be looked after")
            self._look.clear()
            # `wait_for` would swallow a cancellation that comes together with the news.
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._look.wait()

    async def drain(self, grace: float) -> None:
        """Begin nothing more, let runs end for `grace` seconds, then let others take over what is left."""
        self.draining = True
        if self._tasks:
            await asyncio.wait(list(self._tasks.values()), timeout=grace)
        left = list(self._tasks.values())
        # What is told and not stored by now is taken back by whoever goes on.
        for log in list(self._logs.values()):
            log.give_up()
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)
        await self.let_go()

    async def let_go(self) -> None:
        """Let others take over all that this process holds, at once."""
        with suppress(MetaCortexError):
            await self._leases.release(self.lease.owner)

    async def _beat(self) -> None:
        begun_before = set(self._tasks)  # a lease of ours without a task is to run out
        beaten = await self._leases.beat(self.lease, sorted(begun_before)) if begun_before else ()
        held = {(each.user_id, each.run_id): each for each in beaten}
        for key in begun_before & set(self._tasks):
            if key not in held:
                if self._logs[key].ended:
                    continue
                logger.warning("run %s was taken over by another process", key[1])
                self.lost(*key)
            elif held[key].cancel_asked:
                self.stop(*key)

    async def _reap(self, recover: Callable[[UUID, str], Coroutine[Any, Any, None]]) -> None:
        if self.draining:
            return
        for user_id, run_id in await self._leases.expired(20):
            if (user_id, run_id) not in self._tasks:
                try:
                    await recover(user_id, run_id)
                except MetaCortexError as error:
                    logger.warning("run %s could not be taken over: %s", run_id, error.message)
                except Exception:
                    # One that cannot be told from what is stored must not keep the others waiting.
                    logger.exception("run %s could not be taken over", run_id)

    async def _follow(
        self, user_id: UUID, run_id: str, after: int, known: bool
    ) -> AsyncIterator[list[tuple[int, Event]]]:
        """What another process tells, from the database; ends too where this process takes the run over.

        A run that is `known` and not found any more was deleted.
        """
        store, key = self.store(user_id), (user_id, run_id)
        self._followers[key] = self._followers.get(key, 0) + 1
        told_at, number = 0.0, after
        try:
            with self._notices.about(user_id, run_id) as news:
                while key not in self._logs and not self.draining:
                    news.clear()
                    try:
                        # Asked first: what ends in between is then found among the events.
                        run = await store.get(run_id)
                        rows = await store.events(run_id, after=number)
                    except NotFound:
                        if known:
                            raise _NothingFollows from None
                        raise
                    except Unavailable:
                        await asyncio.sleep(LOOK_AGAIN_SECONDS)
                        continue
                    known = True
                    if rows:
                        batch = []
                        for first, last, told in rows:
                            batch.append((last, of_row(first, told, after=number)))
                            number = last
                        yield batch
                        continue
                    if run.status != "running":
                        if not await store.events(run_id, limit=1):
                            yield await self._retold(user_id, run)
                        raise _NothingFollows
                    if time.monotonic() - told_at > READING_SECONDS:
                        told_at = time.monotonic()
                        self._say("reading", user_id, run_id)
                    with suppress(TimeoutError):
                        async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                            await news.wait()
        finally:
            self._followers[key] -= 1
            if not self._followers[key]:
                del self._followers[key]
                if told_at:
                    with suppress(MetaCortexError):
                        await self._leases.tell("left", user_id, run_id)

    async def _retold(self, user_id: UUID, run: Run) -> list[tuple[int, Event]]:
        """A run whose events are kept no longer: the messages it left, and its end."""
        told: list[Event] = [RunStarted(run.thread_id, run.id)]
        for message in (await self.store(user_id).turn(run))[0]:
            if message.run_id == run.id and message.role != "user":
                told += _said(message)
        match run.status:
            case "paused":
                told.append(RunPaused(run.thread_id, run.id, run.approvals))
            case "cancelled":
                told.append(RunCancelled(run.thread_id, run.id))
            case "finished":
                told.append(RunFinished(run.thread_id, run.id))
            case _:
                told.append(RunFailed(run.error or "The run has failed.", "failed"))
        return list(enumerate(told, 1))

    def _yield(self, user_id: UUID, run_id: str) -> None:
        """Somebody wants the thread: end a run of ours that nobody reads; say so where somebody here does."""
        key = user_id, run_id
        if key not in self._tasks:
            if self._followers.get(key):
                self._say("reading", *key)
        elif self.is_read(*key):
            self._say("held", *key)
        else:
            self.stop(*key)

    def _say(self, what: str, user_id: UUID, run_id: str) -> None:
        saying = asyncio.create_task(self._leases.tell(what, user_id, run_id))
        saying.add_done_callback(lambda done: done.cancelled() or done.exception())

    def _held(self, user_id: UUID, run_id: str) -> None:
        """A run's own process says that it is read; it knows that without us."""
        if (user_id, run_id) not in self._tasks:
            self._reads(user_id, run_id, True)

    def _reads(self, user_id: UUID, run_id: str, reads: bool) -> None:
        now = time.monotonic()
        for key in [key for key, said_at in self._read_elsewhere.items() if now - said_at > 3 * READING_SECONDS]:
            del self._read_elsewhere[key]
        if reads:
            self._read_elsewhere[user_id, run_id] = now
            if log := self._logs.get((user_id, run_id)):
                log.read_elsewhere()
        else:
            self._read_elsewhere.pop((user_id, run_id), None)
            if self._followers.get((user_id, run_id)):
                self._say("reading", user_id, run_id)

    def _done(self, key: Key) -> None:
        del self._tasks[key]
        log = self._logs.pop(key)
        log.give_up()
        self._read_elsewhere.pop(key, None)


def _said(message: Message) -> list[Event]:
    """A stored message as it might have been told."""
    if message.role == "tool":
        return [ToolAnswered(message.id, str(message.tool_call_id), message.content)]
    told: list[Event] = []
    if message.content:
        told += [TextStarted(message.id), TextArrived(message.id, message.content), TextEnded(message.id)]
    for call in message.tool_calls:
        arguments = json.dumps(dict(call.arguments), ensure_ascii=False)
        told += [
            ToolCallStarted(call.id, call.name, message.id),
            ToolArgumentsArrived(call.id, arguments),
            ToolCallEnded(call.id),
        ]
    if message.citations:
        told.append(Cited(message.id, message.citations))
    return told
