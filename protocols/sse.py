"""Server-sent events: a run's log as ready bytes, LF only, each frame with its number."""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from datetime import UTC, datetime

import anyio
from sse_starlette import EventSourceResponse, ServerSentEvent

from agent.events import to_json
from agent.runs import RunLog
from domain.events import Event

PING_SECONDS = 15
_HEADERS = {"Cache-Control": "no-cache, no-transform"}


def one(event: Event) -> tuple[bytes, ...]:
    """The event as AG-UI 1.0 says it."""
    return (to_json(event),)


def stream(log: RunLog, *, after: int = 0, said: Callable[[Event], tuple[bytes, ...]] = one) -> EventSourceResponse:
    """The log's events after that number; `said` gives the data of one event's frames."""
    return EventSourceResponse(
        _frames(log, after, said),
        sep="\n",
        ping=PING_SECONDS,
        ping_message_factory=lambda: ServerSentEvent(comment=f"{datetime.now(UTC):%H:%M:%S}", sep="\n"),
        send_timeout=30,
        # At shutdown the runs end first and tell their last event; the grace lets it out.
        shutdown_event=anyio.Event(),
        shutdown_grace_period=5,
        headers=_HEADERS,
    )


def number_of(last_event_id: str | None, run_id: str) -> int:
    """The number in `<run>:<number>`; 0 where it is absent or of another run."""
    run, _, number = (last_event_id or "").rpartition(":")
    return int(number) if run == run_id and number.isascii() and number.isdigit() and len(number) < 10 else 0


async def _frames(log: RunLog, after: int, said: Callable[[Event], tuple[bytes, ...]]) -> AsyncIterator[bytes]:
    name = log.run_id.encode()
    async with aclosing(log.read(after)) as events:  # type: ignore[type-var]  # typed as an iterator, it is a generator
        async for number, event in events:
            yield b"".join(b"id: %b:%d\ndata: %b\n\n" % (name, number, data) for data in said(event))
