"""A stream over bare ASGI: what goes out, and when it ends."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
from starlette.exceptions import HTTPException

from domain.events import TextArrived, TextStarted
from protocols import sse

SCOPE = {"type": "http", "method": "GET", "path": "/"}


class Client:
    """Takes what is sent until it `leaves`, or holds up the sender once it has had `most` frames."""

    def __init__(self, most: int = 1_000) -> None:
        self.heard: list[bytes] = []
        self.ended = False
        self._most = most
        self._gone = asyncio.Event()
        self._news = asyncio.Event()

    async def send(self, message) -> None:
        if message["type"] == "http.response.start":
            self.headers = dict(message["headers"])
            return
        if len(self.heard) >= self._most:
            await asyncio.Event().wait()
        if message["body"]:
            self.heard.append(message["body"])
        self.ended = not message["more_body"]
        self._news.set()

    async def receive(self):
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def hears(self, words: bytes) -> None:
        while not any(words in frame for frame in self.heard):
            self._news.clear()
            await self._news.wait()

    def leaves(self) -> None:
        self._gone.set()


class Frames:
    """Some frames, then nothing for as long as anybody waits."""

    def __init__(self, *frames: bytes, goes_on: bool = True) -> None:
        self.closed = False
        self._frames = frames
        self._goes_on = goes_on

    async def told(self) -> AsyncGenerator[bytes, None]:
        try:
            for frame in self._frames:
                yield frame
            if self._goes_on:
                await asyncio.Event().wait()
        finally:
            self.closed = True


@pytest.fixture
def client():
    return Client()


async def test_what_is_told_arrives_as_it_is_and_the_stream_ends_with_it(client):
    frames = Frames(b"data: a\n\n", b"data: b\n\n", goes_on=False)

    await sse.Stream(frames.told())(SCOPE, client.receive, client.send)

    assert client.heard == [b"data: a\n\n", b"data: b\n\n"]
    assert client.ended and frames.closed
    assert client.headers[b"content-type"].startswith(b"text/event-stream")
    assert (client.headers[b"cache-control"], client.headers[b"x-accel-buffering"]) == (
        b"no-cache, no-transform",
        b"no",
    )


async def test_comments_go_out_where_nothing_comes(client):
    streaming = asyncio.create_task(
        sse.Stream(Frames(b"data: a\n\n").told(), ping_seconds=0.01)(SCOPE, client.receive, client.send)
    )

    await client.hears(b":")
    client.leaves()
    await streaming

    assert client.heard[0] == b"data: a\n\n"
    assert all(frame.startswith(b": ") and frame.endswith(b"\n\n") for frame in client.heard[1:])


async def test_a_client_who_leaves_ends_the_reading_and_nothing_else_is_cancelled(client):
    frames = Frames(b"data: a\n\n")
    streaming = asyncio.create_task(sse.Stream(frames.told())(SCOPE, client.receive, client.send))
    await client.hears(b"a")

    client.leaves()
    await streaming

    assert frames.closed and not client.ended
    assert not streaming.cancelled() and not streaming.cancelling()


async def test_a_client_who_takes_nothing_in_is_left():
    client, frames = Client(most=1), Frames(b"data: a\n\n", b"data: b\n\n")

    async with asyncio.timeout(20):
        await sse.Stream(frames.told(), ping_seconds=0.01)(SCOPE, client.receive, client.send)

    assert client.heard == [b"data: a\n\n"]
    assert frames.closed


async def test_a_client_who_takes_nothing_in_and_leaves_is_left_once():
    client, frames = Client(most=1), Frames(b"data: a\n\n", b"data: b\n\n")
    streaming = asyncio.create_task(sse.Stream(frames.told(), ping_seconds=0.02)(SCOPE, client.receive, client.send))
    await client.hears(b"a")
    asyncio.get_running_loop().call_later(0.04, client.leaves)

    async with asyncio.timeout(20):
        await streaming

    assert frames.closed and not streaming.cancelled()


async def test_who_sends_more_than_may_be_sent_is_left(client):
    async def too_much():
        await client.hears(b"a")
        raise HTTPException(413)

    frames = Frames(b"data: a\n\n")

    await sse.Stream(frames.told())(SCOPE, too_much, client.send)

    assert frames.closed and not client.ended


async def test_an_error_while_reading_is_not_taken_for_a_leaving(client):
    async def breaks() -> AsyncGenerator[bytes, None]:
        yield b"data: a\n\n"
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await sse.Stream(breaks())(SCOPE, client.receive, client.send)


async def test_who_is_cancelled_is_cancelled(client):
    frames = Frames(b"data: a\n\n")
    streaming = asyncio.create_task(sse.Stream(frames.told())(SCOPE, client.receive, client.send))
    await client.hears(b"a")

    streaming.cancel()
    await asyncio.wait([streaming])

    assert streaming.cancelled() and frames.closed


def test_only_the_last_frame_of_an_event_can_be_come_back_to():
    batch = [(4, TextStarted("m")), (5, TextArrived("m", "a"))]

    assert sse.frames(batch, "r", lambda event: (b"before", type(event).__name__.encode())) == (
        b"data: before\n\nid: r:4\ndata: TextStarted\n\ndata: before\n\nid: r:5\ndata: TextArrived\n\n"
    )
