"""The stage of a replay: the real agent on a scratch database, with a clock that can be set."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import wiring
from domain.people import Profile
from evals.conversations import Moment, Stage
from settings import Settings
from storage.people import People, Profiles


@asynccontextmanager
async def opened(model: str) -> AsyncIterator[Stage]:
    """A stage on a database of its own, whatever `DATABASE_URL` says; gone afterwards."""
    with TemporaryDirectory(prefix="metacortex-evals-") as home:
        async with on(Settings(home=Path(home), model=model, database_url=None)) as stage:
            yield stage


@asynccontextmanager
async def on(settings: Settings) -> AsyncIterator[Stage]:
    """A stage on the database of these settings; every transcript is somebody new there."""
    moment = Moment()
    async with wiring.opened(settings, now=moment) as parts:

        async def someone(name: str, zone: str) -> Profile:
            user_id = await People(parts.pool).create(name, "evals")
            return await Profiles(parts.pool, user_id).change(zone=zone)

        async def settle(profile: Profile) -> None:
            await parts.worker.work_off()

        yield Stage(agent=parts.agent, moment=moment, someone=someone, settle=settle)
