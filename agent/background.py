"""Work behind the scenes: what was written gets its embedding soon after, in this process or in one of its own."""

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

from domain.errors import MetaCortexError
from storage.embeddings import Embeddings, Jobs
from storage.postgres import Pool

logger = logging.getLogger("metacortex.background")
IDLE_SECONDS = 2.0
USERS = 20
BATCH = 64
AFTER_FAILURE = timedelta(minutes=1)


class Embedder(Protocol):
    """What makes vectors of passages; `name` says in which space."""

    @property
    def name(self) -> str: ...

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]: ...


class Worker:
    """Does what is due; several may run at once, here and elsewhere."""

    def __init__(self, *, pool: Pool, embeddings: Embedder) -> None:
        self._pool = pool
        self._jobs = Jobs(pool)
        self._embeddings = embeddings
        self._wake = asyncio.Event()

    def nudge(self) -> None:
        """Something was written: look now."""
        self._wake.set()

    async def run(self) -> None:
        """Work off what is due whenever nudged, and every two seconds; ends only by being cancelled."""
        while True:
            self._wake.clear()
            await self.work_off()
            with suppress(TimeoutError):
                async with asyncio.timeout(IDLE_SECONDS):
                    await self._wake.wait()

    async def work_off(self) -> int:
        """Do all that is due now; how many passages were embedded. What fails is logged and due again in a minute."""
        embedded = 0
        try:
            due = await self._jobs.due_users("embed", USERS)
        except Exception:
            logger.exception("no work could be fetched")
            return 0
        for user_id in due:
            try:
                embedded += await self._embed(user_id)
            except Exception:
                logger.exception("embedding for user %s failed", user_id)
                with suppress(MetaCortexError):
                    await self._jobs.postpone("embed", user_id, datetime.now(UTC) + AFTER_FAILURE)
        return embedded

    async def _embed(self, user_id: UUID) -> int:
        stored, embedded = Embeddings(self._pool, user_id), 0
        while missing := await stored.missing(self._embeddings.name, BATCH):
            vectors = await self._embeddings.aembed_documents([text for _, text in missing])
            ids = [chunk_id for chunk_id, _ in missing]
            await stored.put(self._embeddings.name, list(zip(ids, vectors, strict=True)))
            embedded += len(missing)
        await stored.finished()
        return embedded
