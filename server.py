"""The HTTP process and the command line: start, keys; decides nothing."""

import argparse
import asyncio
import gc
import secrets
import signal
import socket
import sys
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import uvicorn
from pydantic import ValidationError

import telemetry
from doctor import check_access, examine
from domain.errors import MetaCortexError, Unavailable
from protocols.app import build
from protocols.auth import KEY_PREFIX, Door, key_hash
from settings import Settings, problems_of, warn_of_strangers
from storage.people import People
from wiring import Parts, database, opened

YOUNG_OBJECTS = 10_000
"""The collector looks after so many new ones: a turn makes thousands, and nearly all go with their last name."""


class Server(uvicorn.Server):
    """Says when it is ready, and ends the runs before the streams that read them."""

    def __init__(self, config: uvicorn.Config, parts: Parts, address: str) -> None:
        super().__init__(config)
        self._parts = parts
        self._address = address

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
            # uvicorn raises the signal that stopped it once more at its end; what was opened is to be closed first.
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: None)
            async with parts.agent.at_work():
                await Server(config, parts, address).serve(sockets=[listener])
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


async def create_key(settings: Settings, *, user: str, tenant: str | None) -> None:
    """Make a key for a user, who is made too where there is none of that name; it is shown this once."""
    async with database(settings) as pool:
        people = People(pool)
        key = KEY_PREFIX + secrets.token_urlsafe(32)
        await people.add_key(await people.create(user, tenant), key_hash(key))
        print(key)


def main(arguments: list[str] | None = None) -> int:
    """The command line; what is wrong is one line on stderr and exit code 1."""
    asked = _parser().parse_args(arguments)
    telemetry.configure()
    try:
        settings = Settings(**{name: value for name in ("host", "port") if (value := getattr(asked, name)) is not None})
        match asked.command:
            case "doctor":
                return 0 if _run(examine(settings)) else 1
            case "key":
                _run(create_key(settings, user=asked.user, tenant=asked.tenant))
            case _:
                warn_of_strangers()
                _run(serve(settings))
    except ValidationError as error:
        return _complain(problems_of(error))
    except MetaCortexError as error:
        return _complain(error.message)
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="server.py", description="MetaCortex: tasks, notes and habits, by talking.")
    parser.add_argument("--host", help="the address to listen on (METACORTEX_HOST, 127.0.0.1)")
    parser.add_argument("--port", help="the port to listen on (METACORTEX_PORT, 8000)")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("doctor", help="say what is wrong, and the cure")
    keys = commands.add_parser("key", help="keys for METACORTEX_AUTH=keys").add_subparsers(required=True)
    create = keys.add_parser("create", help="make a key and show it once")
    create.add_argument("--user", required=True, metavar="NAME")
    create.add_argument("--tenant", metavar="NAME")
    return parser


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    try:
        from uvloop import new_event_loop
    except ImportError:
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(work)


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


def _complain(sentence: str) -> int:
    print(f"metacortex: {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
