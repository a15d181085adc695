"""Runs under way in this process: each in a task of its own, telling numbered events to whoever reads."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any
from uuid import UUID

from domain.events import (
    Event,
    RunCancelled,
    RunFailed,
    RunFinished,
    RunPaused,
    TextEnded,
    TextStarted,
    ToolCallEnded,
    ToolCallStarted,
)

KEPT_FINISHED = 500
_TERMINAL = (RunFinished, RunPaused, RunCancelled, RunFailed)


class RunLog:
    """The events of one run from number 1; any number of readers, each from where it likes."""

    def __init__(self, *, thread_id: str, run_id: str) -> None:
        self.thread_id = thread_id
        self.run_id = run_id
        self.readers = 0
        self._events: list[Event] = []
        self._open: dict[str, Event] = {}
        self._more = asyncio.Event()

    @property
    def ended(self) -> bool:
        """True once the terminal event was told."""
        return bool(self._events) and isinstance(self._events[-1], _TERMINAL)

    def tell(self, event: Event) -> None:
        """Append; what is still open is closed before a terminal event, and nothing follows one."""
        if self.ended:
            return
        match event:
            case TextStarted(message_id):
                self._open[message_id] = TextEnded(message_id)
            case ToolCallStarted(tool_call_id):
                self._open[tool_call_id] = ToolCallEnded(tool_call_id)
            case TextEnded(closed) | ToolCallEnded(closed):
                self._open.pop(closed, None)
            case RunFinished() | RunPaused() | RunCancelled() | RunFailed():
                self._events.extend(self._open.values())
                self._open.clear()
        self._events.append(event)
        more, self._more = self._more, asyncio.Event()
        more.set()

    async def read(self, after: int = 0) -> AsyncIterator[tuple[int, Event]]:
        """Numbered events after that number, those told already and those to come, up to the terminal one."""
        self.readers += 1
        number = max(after, 0)
        try:
            while True:
                more = self._more
                while number < len(self._events):
                    number += 1
                    yield number, self._events[number - 1]
                if self.ended:
                    return
                await more.wait()
        finally:
            self.readers -= 1


class Runs:
    """The runs of this process, by user and run id; the latest finished ones are kept for those who come back."""

    def __init__(self) -> None:
        self._logs: OrderedDict[tuple[UUID, str], RunLog] = OrderedDict()
        self._tasks: dict[tuple[UUID, str], asyncio.Task[None]] = {}
        self._stopped_by_person: set[tuple[UUID, str]] = set()

    def find(self, user_id: UUID, run_id: str) -> RunLog | None:
        """The log of a run of this user's, where this process still has it."""
        return self._logs.get((user_id, run_id))

    def busy(self, user_id: UUID, thread_id: str) -> RunLog | None:
        """The run that is under way in the thread, if one is."""
        running = (self._logs[key] for key in self._tasks if key[0] == user_id)
        return next((log for log in running if log.thread_id == thread_id and not log.ended), None)

    def start(self, user_id: UUID, log: RunLog, work: Callable[[RunLog], Coroutine[Any, Any, None]]) -> None:
        """Run `work` in a task of its own, apart from any request."""
        key = (user_id, log.run_id)
        self.keep(user_id, log)
        task = asyncio.create_task(work(log), name=f"run {log.run_id}")
        self._tasks[key] = task
        task.add_done_callback(lambda _: self._done(key))

    def keep(self, user_id: UUID, log: RunLog) -> None:
        """Remember a log, forgetting the oldest finished ones past the limit."""
        self._logs[(user_id, log.run_id)] = log
        for key in list(self._logs)[: max(0, len(self._logs) - KEPT_FINISHED)]:
            if key not in self._tasks:
                del self._logs[key]

    def was_stopped(self, user_id: UUID, run_id: str) -> bool:
        """True where the person ended the run, not the server."""
        return (user_id, run_id) in self._stopped_by_person

    async def cancel(self, user_id: UUID, run_id: str) -> bool:
        """End a run that is under way and wait until its terminal event is told; False where there is none."""
        task = self._tasks.get((user_id, run_id))
        if task is None:
            return False
        if self._logs[(user_id, run_id)].ended:
            return False
        self._stopped_by_person.add((user_id, run_id))
        # A task that never took its first step could not settle its run.
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        return True

    async def close(self) -> None:
        """End every run; each stream gets its terminal event."""
        await asyncio.sleep(0)
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _done(self, key: tuple[UUID, str]) -> None:
        del self._tasks[key]
        log = self._logs[key]
        # A task that is cancelled before its first step never gets to tell its end.
        log.tell(RunCancelled(log.thread_id, log.run_id))
        self._stopped_by_person.discard(key)
