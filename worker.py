"""Background work as a process of its own, beside servers with `METACORTEX_WORKER=separate`."""

import asyncio
import signal
import sys
from contextlib import suppress

from pydantic import ValidationError

import telemetry
from domain.errors import MetaCortexError
from settings import Settings, problems_of, warn_of_strangers
from wiring import opened


async def work(settings: Settings) -> None:
    """Work until told to stop; what was begun is finished by the next start."""
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, lambda: task.cancelling() or task.cancel())
    with suppress(asyncio.CancelledError):
        async with opened(settings) as parts:
            print("MetaCortex's worker is at work", flush=True)
            await parts.worker.run()


def main() -> int:
    """What is wrong is one line on stderr and exit code 1."""
    telemetry.configure()
    try:
        settings = Settings()
        warn_of_strangers()
        asyncio.run(work(settings))
    except ValidationError as error:
        print(f"metacortex: {problems_of(error)}", file=sys.stderr)
        return 1
    except MetaCortexError as error:
        print(f"metacortex: {error.message}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
