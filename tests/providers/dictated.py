"""A local server that speaks OpenAI's streaming wire and says what a test dictates, when it dictates it."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from evals import openai_wire as wire
from evals.wires import Bill, Spoken

TITLE = "A title"
SMALL = "small"
REFUSED = b"refused"


class Dictation:
    """Speaks in a thread of its own; `asked` keeps what it was asked, answers to come and answers left early too."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.address = ""
        self._loop = asyncio.new_event_loop()
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._called = False
        self.open = 0

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a server that asks here."""
        # A test takes its time, and what it breaks off is to stay broken off.
        patience = {f"METACORTEX_{name}_SECONDS": "600" for name in ("FIRST_TOKEN", "STALL", "ANSWER")}
        return {
            "METACORTEX_MODEL": "openai:dictated",
            "METACORTEX_MODEL_SMALL": f"openai:{SMALL}",
            "OPENAI_BASE_URL": self.address,
            "OPENAI_API_KEY": "none",
            **patience,
        }

    def says(self, *words: str) -> None:
        """Go on with the answer under way, or with the next one."""
        for word in words:
            self._put(wire.text(word))

    def thinks(self, *words: str) -> None:
        """Think aloud before the answer under way, or the next one."""
        for word in words:
            self._put(wire.thought(word))

    def calls(self, name: str, arguments: str) -> None:
        """Call a tool, and end the answer with that."""
        self.begins_to_call(name, "")
        self.goes_on_calling(arguments)

    def begins_to_call(self, name: str, arguments: str) -> None:
        """Call a tool with the beginning of its arguments."""
        for piece in wire.calls((name, arguments)):
            self._put(piece)

    def goes_on_calling(self, arguments: str) -> None:
        """The rest of the arguments, and the end of the answer."""
        # The first frame of a call opens it; those after it bring its arguments.
        for piece in wire.calls(("", arguments))[1:]:
            self._put(piece)
        self._called = True
        self.ends()

    def ends(self) -> None:
        """The answer is complete."""
        self._put(wire.last(called=self._called, usage=None))
        self._put(None)
        self._called = False

    def refuses(self) -> None:
        """The next answer is an error."""
        self._put(REFUSED)

    def forgets(self) -> None:
        """What was dictated and said to nobody is said to nobody."""
        asyncio.run_coroutine_threadsafe(self._empty(), self._loop).result(10)

    async def __call__(self, scope: wire.Scope, receive: wire.Receive, send: wire.Send) -> None:
        """Answer one request; what is asked behind the scenes, as for a title, gets the same answer always."""
        body = await wire.body_of(receive)
        if body.get("model") == SMALL:
            await wire.begin_stream(send)
            await wire.piece(send, b"".join(wire.frames(Spoken(words=(TITLE,)), Bill(), SMALL)))
            return await wire.end_stream(send)
        self.asked.append(body)
        self.open += 1
        gone = asyncio.ensure_future(receive())
        try:
            piece = await self._next(gone)
            if piece == REFUSED:
                return await wire.answer(send, {"error": {"message": "I will not."}}, status=400)
            await wire.begin_stream(send)
            await wire.piece(send, wire.first())
            while piece is not None:
                await wire.piece(send, piece)
                piece = await self._next(gone)
            await wire.end_stream(send)
        finally:
            self.open -= 1
            gone.cancel()

    async def _next(self, gone: "asyncio.Future[Any]") -> bytes | None:
        """The next piece; none where the caller is gone, who does not take it away from the next one."""
        coming = asyncio.ensure_future(self._pieces.get())
        await asyncio.wait({coming, gone}, return_when=asyncio.FIRST_COMPLETED)
        if coming.done():
            return coming.result()
        coming.cancel()
        return None

    async def _empty(self) -> None:
        while not self._pieces.empty():
            self._pieces.get_nowait()

    def _put(self, piece: bytes | None) -> None:
        self._loop.call_soon_threadsafe(self._pieces.put_nowait, piece)

    def _serve(self, server: uvicorn.Server, listening: socket.socket) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(server.serve(sockets=[listening]))


@contextmanager
def dictated() -> Iterator[Dictation]:
    """The provider, listening."""
    dictation = Dictation()
    listening = socket.create_server(("127.0.0.1", 0))
    dictation.address = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    config = uvicorn.Config(dictation, log_level="critical", lifespan="off", timeout_graceful_shutdown=0)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=dictation._serve, args=(server, listening), daemon=True)
    thread.start()
    yield dictation
    server.should_exit = True
    thread.join(10)
