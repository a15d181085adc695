"""A reader of one run: sends it, is cut off, and comes back by `Last-Event-ID` to any replica until the run ends."""

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx2

from evals.faults.told import Told

# A reader that hears nothing new for so long takes its stream for lost.
PATIENCE_SECONDS = 45.0
AGAIN_SECONDS = 0.06


@dataclass(kw_only=True)
class Doors:
    """Where the replicas are, and what they answered besides 200."""

    urls: tuple[str, ...]
    http: httpx2.AsyncClient
    random: Random
    refusals: Counter[str] = field(default_factory=Counter)

    def any(self) -> str:
        """The address of one of them."""
        return self.random.choice(self.urls)

    def refused(self, what: str, answer: httpx2.Response) -> None:
        """Count it."""
        self.refusals[f"{what} {answer.status_code}: {_detail(answer)}"] += 1


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads the run that `body` asks for, or the one that `told` names.

    `leaves` are the counts of events after which it goes away; `left` is called each time, `accepted` when a replica
    has taken the wish.
    """

    doors: Doors
    key: str
    body: Mapping[str, Any] = field(default_factory=dict)
    told: Told = field(default_factory=Told)
    leaves: Sequence[int] = ()
    left: Callable[[], Awaitable[None]] | None = None
    accepted: Callable[[str], Awaitable[None]] | None = None

    async def read(self, url: str | None = None) -> Told:
        """All of the run, beginning at that replica; ends without a terminal event only where none came in time."""
        leaves = list(self.leaves)
        heard, before = time.monotonic(), 0
        while not self.told.ended and time.monotonic() - heard < PATIENCE_SECONDS:
            try:
                await self._connect(url or self.doors.any(), leaves)
            except (httpx2.TransportError, httpx2.StreamError):
                await asyncio.sleep(AGAIN_SECONDS)
            url = None
            if len(self.told.events) > before:
                heard, before = time.monotonic(), len(self.told.events)
        return self.told

    async def _connect(self, url: str, leaves: list[int]) -> None:
        """One connection, to its end or to the next time of leaving."""
        if self.told.run_id:
            place = f"{self.told.run_id}:{self.told.last}" if self.told.events else None
            address = f"{url}/runs/{self.told.run_id}/events"
            asked = self.doors.http.build_request("GET", address, headers=self._headers(place))
        else:
            asked = self.doors.http.build_request("POST", f"{url}/agui", json=self.body, headers=self._headers())
        answer = await self.doors.http.send(asked, stream=True)
        try:
            if answer.status_code != 200:
                await answer.aread()
                self.doors.refused(f"{asked.method} {'events' if self.told.run_id else 'run'}", answer)
                return await asyncio.sleep(AGAIN_SECONDS * 2)
            self.told.connections += 1
            if self.accepted and asked.method == "POST":
                await self.accepted(url)
            async with aclosing(_frames(answer)) as frames:  # type: ignore[type-var]  # typed as an iterator, it is a generator
                async for id, event in frames:
                    if id is None and event["type"] == "RUN_ERROR":
                        # No event of the run: the server hands it over, and whoever takes it goes on elsewhere.
                        self.doors.refusals[f"stream ended with {event.get('code')}"] += 1
                        return await asyncio.sleep(AGAIN_SECONDS)
                    if id is None:
                        continue  # a snapshot, made for whoever has just come
                    run_id, _, number = id.rpartition(":")
                    self.told.add(run_id, int(number), event, time.monotonic())
                    if self.told.ended:
                        return
                    if leaves and len(self.told.events) >= leaves[0]:
                        leaves.pop(0)
                        break
                else:
                    # A polite end of the connection without an end of the run.
                    self.doors.refusals["stream ended without a terminal event"] += 1
                    return await asyncio.sleep(AGAIN_SECONDS)
        finally:
            await answer.aclose()
        if self.left:
            await self.left()

    def _headers(self, last_event_id: str | None = None) -> dict[str, str]:
        after = {"Last-Event-ID": last_event_id} if last_event_id else {}
        return {"Authorization": f"Bearer {self.key}", "Accept": "text/event-stream", **after}


async def _frames(answer: httpx2.Response) -> AsyncIterator[tuple[str | None, Mapping[str, Any]]]:
    """The id and the event of each complete frame; one that was cut off is none."""
    id: str | None = None
    data = ""
    async for line in answer.aiter_lines():
        if line.startswith("id:"):
            id = line.removeprefix("id:").strip()
        elif line.startswith("data:"):
            data = line.removeprefix("data:")
        elif not line:
            if data:
                yield id, json.loads(data)
            id, data = None, ""


def _detail(answer: httpx2.Response) -> str:
    """What it says, the ids left out, so that equal ones can be counted together."""
    try:
        said = str(answer.json().get("detail", ""))
    except ValueError:
        said = answer.text
    return re.sub(r"[0-9a-f]{12,}", "…", said)[:80]
