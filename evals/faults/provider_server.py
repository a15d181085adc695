"""A provider that speaks every wire and fails on demand: what it says comes from a mind, what goes wrong from a script.

A bare ASGI application in a thread of its own; `asked` keeps what it was asked and what it did with it, `embedded` the
requests for vectors.
"""

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import uvicorn

from evals import anthropic_wire, openai_wire, responses_wire
from evals.faults.asked import Request
from evals.faults.wrongs import NOT_JSON, REFUSALS, Fault
from evals.wires import Bill, Spoken, Wire

WIRES: Mapping[str, Wire] = {each.WIRE.name: each.WIRE for each in (openai_wire, responses_wire, anthropic_wire)}
PATHS: Mapping[str, Wire] = {wire.path: wire for wire in WIRES.values()}
FOREVER = 60.0
CRUMB = 7

Mind = Callable[[Request], Spoken]
Faults = Callable[[Request], Fault | None]


class Dropped(Exception):
    """Raised in the middle of an answer: the server closes the connection."""


class ProviderServer:
    """The application."""

    def __init__(self, mind: Mind, faults: Faults) -> None:
        self.mind = mind
        self.faults = faults
        self.asked: list[Request] = []
        self.embedded: list[Mapping[str, object]] = []
        self.address = ""
        self._attempts: Counter[tuple[object, ...]] = Counter()

    def settings(self, *, api: str = "chat") -> dict[str, str]:
        """The settings of a process that asks here, on either provider's wire."""
        return {
            "OPENAI_BASE_URL": f"{self.address}/v1",
            "OPENAI_API_KEY": "none",
            "ANTHROPIC_BASE_URL": self.address,
            "ANTHROPIC_API_KEY": "none",
            "openai_api": api,
        }

    def asked_of(self, model: str) -> list[Request]:
        """The requests to that model."""
        return [request for request in list(self.asked) if request.model == model]

    async def __call__(self, scope: openai_wire.Scope, receive: openai_wire.Receive, send: openai_wire.Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        body = await openai_wire.body_of(receive)
        path = scope["path"]
        if path in PATHS:
            request = self._taken(PATHS[path], body)
            try:
                await self._answer(request, receive, send)
            finally:
                request.is_over = True
        elif path.endswith("/embeddings"):
            self.embedded.append(body)
            await openai_wire.answer(send, openai_wire.vectors(body))
        else:
            await openai_wire.answer(send, openai_wire.MODELS)

    def _taken(self, wire: Wire, body: Mapping[str, object]) -> Request:
        request = Request(wire=wire, body=body, number=len(self.asked) + 1)
        same = (wire.name, request.model, *request.said[-1:], request.step)
        self._attempts[same] += 1
        request.attempt = self._attempts[same]
        self.asked.append(request)
        return request

    async def _answer(self, request: Request, receive: openai_wire.Receive, send: openai_wire.Send) -> None:
        fault = self.faults(request)
        request.fault = fault.wrong if fault else None
        if fault and fault.wrong in REFUSALS:
            return await _refuse(request.wire, fault, send)
        spoken = fault.spoken(self.mind(request)) if fault else self.mind(request)
        bill = Bill.of(spoken, read=request.read)
        if not request.body.get("stream"):
            request.written = bill.written
            return await openai_wire.answer(send, request.wire.whole(spoken, bill, request.model))
        gone = asyncio.ensure_future(_left(receive))
        try:
            await _play(request, request.wire.frames(spoken, bill, request.model), fault, gone, send)
        finally:
            gone.cancel()


async def _refuse(wire: Wire, fault: Fault, send: openai_wire.Send) -> None:
    failure = wire.failed(fault.wrong)  # type: ignore[arg-type]  # one of the refusals, as was looked up
    patience = {"retry-after": f"{fault.seconds:g}"} if "retry-after" in failure.headers else {}
    await openai_wire.answer(send, failure.body, status=failure.status, headers={**failure.headers, **patience})


async def _play(
    request: Request,
    frames: Sequence[bytes],
    fault: Fault | None,
    gone: "asyncio.Future[None]",
    send: openai_wire.Send,
) -> None:
    wrong, place = (fault.wrong, fault.place(frames)) if fault else (None, len(frames))
    if wrong == "first_token_timeout":
        await asyncio.wait([gone], timeout=FOREVER)
        raise Dropped
    if fault and wrong == "slow":
        await asyncio.sleep(fault.seconds)
    await openai_wire.begin_stream(send)
    for at, frame in enumerate(frames):
        if at == place:
            match wrong:
                case "cut" | "cut_in_call":
                    # What was sent is read before the connection is found closed.
                    await asyncio.sleep(0.01)
                    raise Dropped
                case "ended_early":
                    return await openai_wire.end_stream(send)
                case "stalled":
                    await asyncio.wait([gone], timeout=FOREVER)
                    raise Dropped
                case "error_frame":
                    await openai_wire.piece(send, request.wire.broken("overload"))
                    return await openai_wire.end_stream(send)
                case "malformed_frame":
                    await openai_wire.piece(send, _malformed(request.wire))
        for crumb in _crumbs(frame) if wrong == "crumbs" else (frame,):
            await openai_wire.piece(send, crumb)
        request.written += 1
        if gone.done():
            return
    await openai_wire.end_stream(send)


def _malformed(wire: Wire) -> bytes:
    """A frame that no parser can read, under a name that is read."""
    names = {"messages": b"event: content_block_delta\n", "responses": b"event: response.output_text.delta\n"}
    return names.get(wire.name, b"") + NOT_JSON


def _crumbs(frame: bytes) -> Iterator[bytes]:
    return (frame[at : at + CRUMB] for at in range(0, len(frame), CRUMB))


async def _left(receive: openai_wire.Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


@contextmanager
def served(mind: Mind, faults: Faults) -> Iterator[ProviderServer]:
    """The provider, listening on loopback."""
    server = ProviderServer(mind, faults)
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    server.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    config = uvicorn.Config(server, log_level="critical", lifespan="off", timeout_graceful_shutdown=0)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        running.should_exit = True
        thread.join(10)
