"""Server-sent events: a run as ready bytes, LF only, each frame with its number."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from datetime import UTC, datetime

from sse_starlette import EventSourceResponse
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from agent.events import to_json
from agent.turn import Reading
from domain.events import TERMINAL, Event, RunFailed

PING_SECONDS = 15.0
# Not in the log and without a number: the run is not over, only this stream of it.
HANDED_OVER = RunFailed("The server is restarting and the reply goes on; connect again.", "handover")
_HEADERS = {"Cache-Control": "no-cache, no-transform"}

Batch = Sequence[tuple[int, Event]]
Said = Callable[[Event], tuple[bytes, ...]]


class Stream(EventSourceResponse):
    """Frames as they come, with a comment where they are long in coming.

    It ends where the client leaves, or takes nothing in from one look of ours to the next.
    """

    def __init__(self, frames: AsyncGenerator[bytes, None], *, ping_seconds: float = PING_SECONDS) -> None:
        super().__init__(
            frames,
            sep="\n",
            ping=0,
            headers=_HEADERS,
        )
        self._frames = frames
        self._ping_seconds = ping_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them. At shutdown the runs end or are handed over, and the streams with them; none is cut before."""
        try:
            async with asyncio.timeout(None) as leaving:
                self._line = _Line(send, leaving, self._ping_seconds)
                # One task beside this one: a group of them, with one that waits for a signal, takes longer to start.
                listening = asyncio.create_task(_left(receive, self._line))
                try:
                    await self._stream_response(send)
                finally:
                    listening.cancel()
                    self._line.close()
        except TimeoutError:
            if not leaving.expired():
                raise

    async def _stream_response(self, send: Send) -> None:
        # sse-starlette asks of each frame what it is, and makes a scope and a timer for it: more than sending it costs.
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async with aclosing(self._frames) as frames:
            async for frame in frames:
                await self._line.send(frame)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _left(receive: Receive, line: "_Line") -> None:
    """End the stream where its client is gone, or sends more than it may."""
    with suppress(HTTPException):
        while (await receive())["type"] != "http.disconnect":
            pass
    line.leave()


class _Line:
    """What is sent to one client, and the looks at whether that gets on."""

    def __init__(self, send: Send, leaving: asyncio.Timeout, ping_seconds: float) -> None:
        self._send = send
        self._leaving = leaving
        self._has_left = False
        self._ping_seconds = ping_seconds
        self._sent = 0
        self._is_sending = False
        self._seen: tuple[int, bool] = 0, False
        self._ping: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()
        self._next_look = self._loop.call_later(ping_seconds, self._look)

    async def send(self, frame: bytes) -> None:
        self._is_sending = True
        await self._send({"type": "http.response.body", "body": frame, "more_body": True})
        self._is_sending = False
        self._sent += 1

    def leave(self) -> None:
        self.close()
        if not self._has_left:
            self._has_left = True
            self._leaving.reschedule(self._loop.time())

    def close(self) -> None:
        self._next_look.cancel()
        if self._ping:
            self._ping.cancel()

    def _look(self) -> None:
        now = self._sent, self._is_sending
        if now == self._seen and self._is_sending:
            return self.leave()
        if now == self._seen:
            comment = f": {datetime.now(UTC):%H:%M:%S}\n\n".encode()
            self._ping = self._loop.create_task(self.send(comment))
        self._seen = now
        self._next_look = self._loop.call_later(self._ping_seconds, self._look)


def stream(reading: Reading, *, after: int = 0) -> Stream:
    """The run's events after that number, as AG-UI 1.0 says them."""

    async def framed(batch: Batch) -> bytes:
        return frames(batch, reading.run_id, one)

    return Stream(frames_of(reading, after, framed))


def one(event: Event) -> tuple[bytes, ...]:
    """The event as AG-UI 1.0 says it."""
    return (to_json(event),)


def number_of(last_event_id: str | None, run_id: str) -> int:
    """The number in `<run>:<number>`; 0 where it is absent or of another run."""
    # Browsers send the header in UTF-8; it was read as Latin-1.
    place = (last_event_id or "").encode("latin-1", "replace").decode(errors="replace")
    run, _, number = place.rpartition(":")
    return int(number) if run == run_id and number.isascii() and number.isdigit() and len(number) < 10 else 0


async def frames_of(
    reading: Reading, after: int, framed: Callable[[Batch], Awaitable[bytes]]
) -> AsyncGenerator[bytes, None]:
    """The frames of all that waits, each time; and a last one without a number where this server stops first."""
    async with aclosing(reading.batches(after)) as batches:  # type: ignore[type-var]  # typed as an iterator, it is a generator
        async for batch in batches:
            yield await framed(batch)
            if isinstance(batch[-1][1], TERMINAL):
                return
    if reading.runs.draining:
        yield frame(to_json(HANDED_OVER))


def frames(batch: Batch, run_id: str, said: Said) -> bytes:
    """The events' frames; `said` gives the data of one event's.

    Only the last of an event's frames has its number: who is cut off before it gets them all again.
    """
    place = b"id: %b:" % run_id.encode()
    made = []
    for number, event in batch:
        *begun, last = said(event)
        made += [frame(data) for data in begun]
        made.append(b"%b%d\ndata: %b\n\n" % (place, number, last))
    return b"".join(made)


def frame(data: bytes) -> bytes:
    """One frame without a number: it cannot be come back to."""
    return b"data: %b\n\n" % data
