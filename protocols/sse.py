"""Server-sent events: a run as ready bytes, LF only, each frame with its number."""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from datetime import UTC, datetime
from math import inf

import anyio
from sse_starlette import EventSourceResponse, ServerSentEvent

from agent.events import to_json
from agent.turn import Reading
from domain.events import TERMINAL, Event, RunFailed

PING_SECONDS = 15
# Not in the log and without a number: the run is not over, only this stream of it.
HANDED_OVER = RunFailed("The server is restarting and the reply goes on; connect again.", "handover")
_HEADERS = {"Cache-Control": "no-cache, no-transform"}


def one(event: Event) -> tuple[bytes, ...]:
    """The event as AG-UI 1.0 says it."""
    return (to_json(event),)


def response(frames: AsyncIterator[bytes]) -> EventSourceResponse:
    """The frames as they come, with comments in between where they are long in coming."""
    return EventSourceResponse(
        frames,
        sep="\n",
        ping=PING_SECONDS,
        ping_message_factory=lambda: ServerSentEvent(comment=f"{datetime.now(UTC):%H:%M:%S}", sep="\n"),
        send_timeout=30,
        # At shutdown the runs end or are handed over, and with them the streams; they are not to be cut before.
        shutdown_event=anyio.Event(),
        shutdown_grace_period=inf,
        headers=_HEADERS,
    )


def stream(
    reading: Reading, *, after: int = 0, said: Callable[[Event], tuple[bytes, ...]] = one
) -> EventSourceResponse:
    """The run's events after that number; `said` gives the data of one event's frames."""
    return response(frames_of(reading, after, said))


def number_of(last_event_id: str | None, run_id: str) -> int:
    """The number in `<run>:<number>`; 0 where it is absent or of another run."""
    # Browsers send the header in UTF-8; it was read as Latin-1.
    place = (last_event_id or "").encode("latin-1", "replace").decode(errors="replace")
    run, _, number = place.rpartition(":")
    return int(number) if run == run_id and number.isascii() and number.isdigit() and len(number) < 10 else 0


async def frames_of(reading: Reading, after: int, said: Callable[[Event], tuple[bytes, ...]]) -> AsyncIterator[bytes]:
    """Each event's frames, and a last one without a number where this server stops before the run does."""
    async with aclosing(reading.read(after)) as events:  # type: ignore[type-var]  # typed as an iterator, it is a generator
        async for number, event in events:
            # Only the last of an event's frames has its number: who is cut off before it gets them all again.
            *begun, last = said(event)
            yield b"".join([*(frame(data) for data in begun), frame(last, reading.run_id, number)])
            if isinstance(event, TERMINAL):
                return
    if reading.runs.draining:
        yield frame(to_json(HANDED_OVER))


def frame(data: bytes, run_id: str = "", number: int = 0) -> bytes:
    """One frame; without a number it cannot be come back to."""
    place = b"id: %b:%d\n" % (run_id.encode(), number) if number else b""
    return b"%bdata: %b\n\n" % (place, data)
