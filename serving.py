"""The HTTP process: everything opened, answering until it is told to stop, and closed in the opposite order."""

import asyncio
import gc
import signal
import socket
from contextlib import suppress
from typing import Any

import uvicorn

from doctor import check_access
from domain.errors import Unavailable
from protocols.app import build
from protocols.auth import Door
from settings import Settings
from wiring import Parts, opened

YOUNG_OBJECTS = 10_000
"""The collector looks after so many new ones: a turn makes thousands, and nearly all go with their last name."""


class Server(uvicorn.Server):
    """Says when it is ready, and ends the runs before the streams that read them."""

    def __init__(self, config: uvicorn.Config, parts: Parts, address: str) -> None:
        super().__init__(config)
        self._parts = parts
        self._address = address

    def end(self, *_: object) -> None:
        """Stop when next it is looked."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer from now on, and say where."""
        await super().startup(sockets)
        # What was built by now lives as long as the process; the collector need not look at it again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(YOUNG_OBJECTS)
        answering = f"{self._parts.model_name}{self._parts.settings.address}"
        print(f"MetaCortex on {self._address}, answering with {answering}", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Runs end or are handed over, each open stream is told which, then the connections end."""
        await self._parts.agent.drain(self._parts.settings.grace_seconds)
        await super().shutdown(sockets)


async def serve(settings: Settings) -> None:
    """Open everything and answer until told to stop."""
    check_access(settings)
    with _listening(settings.host, settings.port) as listener:
        async with opened(settings) as parts:
            host = f"[{settings.host}]" if ":" in settings.host else settings.host
            address = f"http://{host}:{listener.getsockname()[1]}"
            config = uvicorn.Config(app(parts), log_config=None, access_log=False, timeout_graceful_shutdown=8)
            background = [asyncio.create_task(_warm(parts))]
            if settings.worker == "inside":
                background.append(asyncio.create_task(parts.worker.run()))
            server = Server(config, parts, address)
            # uvicorn raises the signal that stopped it once more at its end; what was opened is to be closed first.
            with suppress(NotImplementedError):
                asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, server.end)
            async with parts.agent.at_work():
                await server.serve(sockets=[listener])
            for task in background:
                task.cancel()
            await asyncio.wait(background)


def app(parts: Parts) -> Any:
    """The application over these parts."""
    door = Door(auth=parts.settings.auth, user_of_key=parts.people.user_of_key, profile_of=parts.profile_of)
    return build(
        agent=parts.agent,
        door=door,
        profiles_of=parts.profiles_of,
        runs_of=parts.runs_of,
        imports_of=parts.imports_of,
        exports_of=parts.exports_of,
        spending_of=parts.spending_of,
        budgets=parts.budgets,
        is_ready=parts.is_ready,
        nudge=parts.worker.nudge,
    )


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        # Python's sentence repeats the address after a bracket.
        reason = str(error.strerror or error).partition(" (")[0]
        raise Unavailable(
            f"Cannot listen on {host}:{port} ({reason}); stop what is using it, or choose another --host or --port."
        ) from error


async def _warm(parts: Parts) -> None:
    """Load the local embedder's weights while nobody waits for them."""
    if parts.embeddings.free:
        with suppress(OSError, ImportError):
            await parts.embeddings.free.aembed_query("good morning")
