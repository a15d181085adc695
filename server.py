"""The command line: start, doctor, keys. What serves is imported where it is wanted, so that an answer is quick."""

import argparse
import asyncio
import getpass
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from pydantic import ValidationError

import telemetry
from domain.errors import MetaCortexError
from settings import Settings, problems_of, warn_of_strangers


def main(arguments: list[str] | None = None) -> int:
    """The command line; what is wrong is one line on stderr and exit code 1, or 2 where something was not given."""
    asked = _parser().parse_args(arguments)
    telemetry.configure()
    try:
        settings = Settings(**{name: value for name in ("host", "port") if (value := getattr(asked, name)) is not None})
        return _do(asked, settings)
    except ValidationError as error:
        return _complain(problems_of(error))
    except MetaCortexError as error:
        return _complain(error.message)
    except KeyboardInterrupt:
        return 130
    except asyncio.CancelledError:
        # Told to end: a server has done all it should, any other command has not.
        return 0 if asked.command is None else 128 + signal.SIGTERM


def _do(asked: argparse.Namespace, settings: Settings) -> int:
    match asked.command, asked.verb:
        case "doctor", _:
            from doctor import examine

            return 0 if _run(examine(settings)) else 1
        case "key", "create":
            import keys

            _run(keys.create(settings, user=asked.user, tenant=asked.tenant))
        case "key", "revoke":
            import keys

            key = _key_given()
            if not key:
                return _complain("No key was given; type it, or pass it on standard input.", code=2)
            _run(keys.revoke(settings, key))
        case _:
            from serving import serve

            warn_of_strangers()
            _run(serve(settings))
    return 0


def _key_given() -> str:
    """What is typed, which nobody else shall see, or the first line of what is piped in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    try:
        return getpass.getpass("key: ").strip()
    except EOFError:
        return ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="server.py", description="MetaCortex: tasks, notes and habits, by talking.")
    parser.set_defaults(verb=None)
    parser.add_argument("--host", help="the address to listen on (METACORTEX_HOST, 127.0.0.1)")
    parser.add_argument("--port", help="the port to listen on (METACORTEX_PORT, 8000)")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("doctor", help="say what is wrong, and the cure")
    keys = commands.add_parser("key", help="keys for METACORTEX_AUTH=keys").add_subparsers(dest="verb", required=True)
    create = keys.add_parser("create", help="make a key and show it once")
    create.add_argument("--user", required=True, metavar="NAME")
    create.add_argument("--tenant", metavar="NAME")
    keys.add_parser("revoke", help="take back the key that is given on standard input")
    return parser


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    try:
        from uvloop import new_event_loop
    except ImportError:
        return asyncio.run(_until_told(work))
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(_until_told(work))


async def _until_told(work: Coroutine[Any, Any, Any]) -> Any:
    """Whoever is told to end closes what was opened by then, the embedded Postgres too."""
    task = asyncio.current_task()
    assert task is not None
    # Windows has no such signal to wait for.
    with suppress(NotImplementedError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lambda: task.cancelling() or task.cancel())
    return await work


def _complain(sentence: str, code: int = 1) -> int:
    print(f"metacortex: {sentence}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
