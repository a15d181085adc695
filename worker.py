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
    async with opened(settings) as parts:
        working = asyncio.create_task(parts.worker.run())
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, working.cancel)
        print("MetaCortex's worker is at work", flush=True)
        with suppress(asyncio.CancelledError):
            await working


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
