"""The log of a run under way here: numbered events for whoever reads, stored in batches while it grows."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from agent.events import as_rows
from domain.errors import MetaCortexError
from domain.events import (
    TERMINAL,
    Event,
    ReasoningEnded,
    ReasoningStarted,
    Terminal,
    TextArrived,
    TextEnded,
    TextStarted,
    ToolAnswered,
    ToolCallEnded,
    ToolCallStarted,
    Withdrawn,
)
from domain.model_calls import ModelCall, Usage
from domain.threads import Message
from storage.runs import Lease, LeaseLost, Runs, Settlement

STORED_EVERY_SECONDS = 1.0
UNREAD_SECONDS = 5.0
"""So long they wait where nobody reads them from the database: what is half said is taken back by who takes over."""
AWAITED_SECONDS = 1.0
# Numbers of one attempt; the next one begins above all that this one may have told without storing it.
ATTEMPT = 1_000_000
logger = logging.getLogger("metacortex.runs")


class RunLog:
    """What a run tells. Any number of readers, each from where it likes; what is told is read at once.

    Events and messages go to the database together, in the order in which they came.
    """

    def __init__(
        self,
        *,
        thread_id: str,
        run_id: str,
        store: Runs,
        lease: Lease,
        attempt: int = 1,
        told: Sequence[tuple[int, Event]] = (),
        lost: Callable[[], None] = lambda: None,
    ) -> None:
        self.thread_id = thread_id
        self.run_id = run_id
        self._readers = 0
        self._awaited_until: float | None = time.monotonic() + AWAITED_SECONDS
        self._store = store
        self._lease = lease
        self._lost = lost
        self._events = list(told)
        self._number = told[-1][0] if attempt == 1 and told else (attempt - 1) * ATTEMPT
        self._published = len(self._events)
        self._held = 0
        self._stored = len(self._events)
        self._messages: list[Message] = []
        self._charged: list[ModelCall] = []
        self._charged_stored = 0
        self._batch: tuple[int, list[dict[str, Any]], list[Message], list[ModelCall]] | None = None
        self._storing = asyncio.Lock()  # batches are written one after the other
        self._timer: asyncio.TimerHandle | None = None
        self._waits = UNREAD_SECONDS
        self._flush: asyncio.Task[None] | None = None
        self._open: dict[Event, None] = {}  # the ends of what has none yet
        self._partial: dict[str, list[str]] = {}
        self._calls: dict[str, str] = {}  # call → message
        self._waiting: list[asyncio.Future[None]] = []  # readers who have heard all there is
        self.given_up = False
        for _, event in self._events:
            self._follow(event)
        self._ended = bool(told) and isinstance(told[-1][1], TERMINAL)

    @property
    def ended(self) -> bool:
        """True once the terminal event was told."""
        return self._ended

    @property
    def is_read(self) -> bool:
        """True where somebody reads, or where whoever asked for the run may be about to."""
        return self._readers > 0 or (self._awaited_until is not None and time.monotonic() < self._awaited_until)

    @property
    def so_far(self) -> list[tuple[int, Event]]:
        """What was told by now, numbered."""
        return self._events[: self._published]

    @property
    def open_messages(self) -> dict[str, str]:
        """Texts that are begun and not ended, as far as they were told."""
        return {message_id: "".join(pieces) for message_id, pieces in self._partial.items()}

    @property
    def open_calls(self) -> list[str]:
        """Calls that were told and neither answered nor taken back."""
        return list(self._calls)

    @property
    def model(self) -> str:
        """The model that answered last here; empty where none did."""
        return next((call.model for call in reversed(self._charged) if call.outcome == "answered"), "")

    @property
    def usage(self) -> tuple[tuple[str, Usage], ...]:
        """What each model has taken here, cut and failed calls included."""
        took: dict[str, Usage] = {}
        for call in self._charged:
            took[call.model] = took.get(call.model, Usage()) + call.usage
        return tuple(took.items())

    @property
    def charges_left(self) -> list[ModelCall]:
        """Calls that are not stored for sure; where the log was given up, it will not store them."""
        return self._charged[self._charged_stored :]

    def tell(self, event: Event) -> None:
        """Append; readers here have it at once, those elsewhere soon. Raises `LeaseLost` where others go on."""
        if self.given_up:
            raise LeaseLost
        if self._ended:
            return
        self._append(event)
        if not self._held:
            self._publish()
        if self._timer is None:
            self._store_within(self._waits)

    def keep(self, message: Message) -> None:
        """Store a message with the next batch."""
        self._messages.append(message)

    def charge(self, call: ModelCall) -> None:
        """Store a model's call with the next batch."""
        self._charged.append(call)
        if not self.ended:
            self._store_within(STORED_EVERY_SECONDS)

    def read_elsewhere(self) -> None:
        """Somebody reads from the database: store what there is, and from now on each second."""
        if self._waits != STORED_EVERY_SECONDS and not self.ended:
            self._waits = STORED_EVERY_SECONDS
            self._store_within(0)

    async def tell_stored(self, *events: Event) -> None:
        """Append, and let them be read only when they are stored; raises `LeaseLost`, `Unavailable`."""
        self._held += 1
        try:
            for event in events:
                self._append(event)
            await self.flush()
        finally:
            self._held -= 1
        self._publish()

    async def flush(self) -> None:
        """Store all that was told and kept by now; raises `LeaseLost`, `Unavailable`."""
        async with self._storing:
            while self._batch or self._stored < len(self._events) or self._messages or self.charges_left:
                if self.given_up:
                    # An end whose settlement failed must not be stored as an event like any other.
                    raise LeaseLost
                await self._store_batch(None)

    def close_open(self) -> None:
        """Tell the end of every text and call that has none."""
        for closing in list(self._open):
            self.tell(closing)

    async def end(self, event: Terminal, end: Settlement) -> None:
        """Close what is open, store the rest and settle the run, then tell its last event; raises like `flush`."""
        self.close_open()
        async with self._storing:
            if self.given_up:
                raise LeaseLost
            if self._batch:
                await self._store_batch(None)
            self._held += 1
            if not isinstance(self._events[-1][1], TERMINAL):
                self._append(event)
            try:
                await self._store_batch(end)
            finally:
                self._held -= 1
        self._publish()
        self._cancel_timer()

    async def save(self) -> None:
        """Store what was said and told so far, and what it cost, without an end; raises like `flush`."""
        async with self._storing:
            told = [each for each in self._events[self._stored :] if not isinstance(each[1], TERMINAL)]
            messages = [*(self._batch[2] if self._batch else ()), *self._messages]
            calls = self.charges_left
            await self._store.record(self.run_id, self._lease, events=as_rows(told), messages=messages, calls=calls)
            self._charged_stored += len(calls)

    def give_up(self) -> None:
        """Tell nothing any more: another process goes on, or nobody can be asked. Readers leave and look elsewhere."""
        self.given_up = True
        self._cancel_timer()
        self._wake()

    async def batches(self, after: int = 0) -> AsyncIterator[list[tuple[int, Event]]]:
        """Numbered events past that number, all that wait at a time, to the terminal one or until it is given up."""
        loop = asyncio.get_running_loop()
        self._readers += 1
        self._awaited_until = None
        place = next((n for n, (number, _) in enumerate(self._events) if number > after), len(self._events))
        try:
            while True:
                if place < self._published:
                    # After a number that was told by another attempt comes what is above it.
                    batch = [told for told in self._events[place : self._published] if told[0] > after]
                    place = self._published
                    if batch:
                        yield batch
                elif self._ended or self.given_up:
                    return
                else:
                    more = loop.create_future()
                    self._waiting.append(more)
                    await more
        finally:
            self._readers -= 1

    async def _store_batch(self, end: Settlement | None) -> None:
        """One write; what did not arrive for sure is written again as it was, so that a repetition adds nothing."""
        if self._batch is None:
            rows = as_rows(self._events[self._stored :])
            self._batch = len(self._events), rows, self._messages, self.charges_left
            self._messages = []
        upto, rows, messages, calls = self._batch
        try:
            await self._store.record(self.run_id, self._lease, events=rows, messages=messages, calls=calls, end=end)
        except LeaseLost:
            self._lost()
            raise
        self._batch, self._stored = None, upto
        self._charged_stored += len(calls)

    def _store_soon(self) -> None:
        self._timer = None
        self._flush = asyncio.create_task(self._store_quietly(), name=f"store {self.run_id}")

    async def _store_quietly(self) -> None:
        try:
            await self.flush()
        except LeaseLost:
            pass  # whoever has the lease now goes on, and this run knows
        except MetaCortexError as error:
            logger.warning("events of run %s could not be stored yet: %s", self.run_id, error.message)
            self._store_within(STORED_EVERY_SECONDS)

    def _append(self, event: Event) -> None:
        self._follow(event)
        self._number += 1
        self._events.append((self._number, event))

    def _follow(self, event: Event) -> None:
        """Know what is open."""
        match event:
            case TextArrived(message_id, delta):
                self._partial[message_id].append(delta)
            case TextStarted(message_id):
                self._open[TextEnded(message_id)] = None
                self._partial[message_id] = []
            case ReasoningStarted(message_id):
                self._open[ReasoningEnded(message_id)] = None
            case ToolCallStarted(tool_call_id, _, message_id):
                self._open[ToolCallEnded(tool_call_id)] = None
                self._calls[tool_call_id] = message_id
            case ToolAnswered(_, tool_call_id):
                self._calls.pop(tool_call_id, None)
            case Withdrawn(message_id):
                calls = [call for call, message in self._calls.items() if message == message_id]
                ends: list[Event] = [ReasoningEnded(message_id), TextEnded(message_id), *map(ToolCallEnded, calls)]
                for end in ends:
                    self._open.pop(end, None)
                for call in calls:
                    del self._calls[call]
                self._partial.pop(message_id, None)
            case ReasoningEnded() | ToolCallEnded():
                self._open.pop(event, None)
            case TextEnded(message_id):
                self._open.pop(event, None)
                self._partial.pop(message_id, None)

    def _publish(self) -> None:
        self._published = len(self._events)
        self._ended = isinstance(self._events[-1][1], TERMINAL)
        self._wake()

    def _wake(self) -> None:
        for more in self._waiting:
            if not more.done():
                more.set_result(None)
        self._waiting.clear()

    def _store_within(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        if self.given_up or (self._timer is not None and self._timer.when() <= loop.time() + seconds):
            return
        self._cancel_timer()
        self._timer = loop.call_later(seconds, self._store_soon)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
