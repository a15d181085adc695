"""Work behind the scenes, in this process or in one of its own: embeddings, titles, and letting go of what is old.

Each kind of work is a function that does what waits for one person, and says when to come again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

from agent.embedders import Embedder, Embedders
from agent.models.embeddings import Unpaid
from agent.titles import titled
from domain.errors import Unavailable
from domain.model_calls import Account
from graphs.pieces import ChatModel
from storage.embeddings import Embeddings, OtherWidth, Waiting
from storage.jobs import Job, Jobs
from storage.postgres import Pool
from storage.retention import Retention
from storage.titles import Titles

logger = logging.getLogger("metacortex.background")
IDLE_SECONDS = 2.0
BATCH = 64
MUCH = 0.5
"""Before all passages have vectors, words are counted anew where more than this share of them has come."""
LEASE = timedelta(minutes=1)
"""What fails, or stops with its process, is tried again after this."""
STILL_ANSWERING = timedelta(seconds=3)
AGAIN = timedelta(minutes=15)
"""What no budget pays for, or what does not fit, is tried again after this: somebody has to do something about it."""
BETWEEN_COMPACTIONS = timedelta(hours=1)

Work = Callable[[UUID], Awaitable[datetime | None]]


class Worker:
    """Does what is due, each kind beside the others; several may run at once, here and elsewhere."""

    def __init__(self, *, pool: Pool, work: Mapping[str, Work]) -> None:
        self._jobs = Jobs(pool)
        self._work = work
        self._wake = {kind: asyncio.Event() for kind in work}

    def nudge(self) -> None:
        """Something was written: look now."""
        for wake in self._wake.values():
            wake.set()

    async def run(self) -> None:
        """Work off what is due whenever nudged, and every two seconds; ends only by being cancelled."""
        async with asyncio.TaskGroup() as group:
            for kind in self._work:
                group.create_task(self._keep_at(kind))

    async def work_off(self) -> int:
        """Do all that is due now; how many jobs were done. What fails is logged, and due again in a minute."""
        return sum(await asyncio.gather(*map(self._work_off, self._work)))

    async def _keep_at(self, kind: str) -> None:
        while True:
            self._wake[kind].clear()
            await self._work_off(kind)
            with suppress(TimeoutError):
                async with asyncio.timeout(IDLE_SECONDS):
                    await self._wake[kind].wait()

    async def _work_off(self, kind: str) -> int:
        done = 0
        try:
            while job := await self._jobs.claim(kind, LEASE):
                done += await self._do(job)
        except Exception:
            logger.exception("no work of kind %s could be fetched", kind)
        return done

    async def _do(self, job: Job) -> bool:
        try:
            await self._jobs.finish(job, await self._work[job.kind](job.user_id))
        except Exception:
            logger.exception("%s for user %s failed", job.kind, job.user_id)
            return False
        return True


async def embed(pool: Pool, embedders: Embedders, user_id: UUID) -> datetime | None:
    """Give a vector to each passage that has none, and change over to them where another embedder is wanted.

    Until each passage has one of the wanted embedder, the person is searched by that of before: what is new is given
    one of that first, as long as it can be called. A process without the wanted one leaves the rest to others. What the
    person's budget leaves nothing for waits.
    """
    try:
        return await _embed(pool, embedders, user_id)
    except Unpaid as error:
        logger.info("passages of user %s wait for their vectors: %s", user_id, error.message)
    except OtherWidth as error:
        logger.warning("passages of user %s wait for their vectors: %s", user_id, error.message)
    return datetime.now(UTC) + AGAIN


async def _embed(pool: Pool, embedders: Embedders, user_id: UUID) -> datetime | None:
    stored, paid = Embeddings(pool, user_id), embedders.on_behalf(Account(user_id=user_id, purpose="embedding"))
    spaces = await stored.spaces()
    wanted = paid.named(spaces.wanted or paid.name)
    searched = (paid.named(spaces.complete) if spaces.complete else None) or wanted
    while searched is not None:
        # What arrives all at once is found by its words long before the last of it has a vector.
        await stored.count(MUCH)
        if waiting := await stored.waiting(BATCH):
            try:
                await _put(stored, searched, waiting)
            except Unavailable:
                if searched is wanted:
                    raise
                searched = wanted
        elif wanted and (missing := await stored.missing(wanted.name, BATCH)):
            await _put(stored, wanted, missing)
        else:
            break
    if wanted is None:
        return datetime.now(UTC) + LEASE
    await stored.complete(wanted.name)
    return None


async def _put(stored: Embeddings, embedder: Embedder, passages: Sequence[Waiting]) -> None:
    """Store their vectors; where the budget does not pay for all, of as many of the shortest as it does.

    Raises `Unpaid` where it pays for none.
    """
    try:
        vectors = await _vectors(embedder, passages)
    except Unpaid:
        if len(passages) == 1:
            raise
        shortest, half = sorted(passages, key=_length), len(passages) // 2
        await _put(stored, embedder, shortest[:half])
        with suppress(Unpaid):
            await _put(stored, embedder, shortest[half:])
    else:
        await stored.put(embedder.name, vectors)


async def _vectors(embedder: Embedder, passages: Sequence[Waiting]) -> list[tuple[UUID, list[float]]]:
    """A passage's own vector counts twice, those of the passages around it once."""
    texts = list(dict.fromkeys(text for each in passages for text in (each.own, *each.around)))
    vectors = dict(zip(texts, await embedder.aembed_documents(texts), strict=True))
    return [(each.chunk_id, _sum(vectors[text] for text in (each.own, each.own, *each.around))) for each in passages]


def _length(passage: Waiting) -> int:
    return sum(map(len, (passage.own, *passage.around)))


def _sum(vectors: Iterable[Sequence[float]]) -> list[float]:
    return [sum(values) for values in zip(*vectors, strict=True)]


async def name_threads(pool: Pool, model: ChatModel | None, user_id: UUID) -> datetime | None:
    """Give a title to each thread that goes by its first words, once it is answered."""
    stored, after, again = Titles(pool, user_id), "", None
    while threads := await stored.unnamed(after=after, limit=BATCH):
        after = threads[-1].id
        for thread in threads:
            if thread.is_answering:
                again = datetime.now(UTC) + STILL_ANSWERING
            elif thread.answer is not None and (title := await titled(model, thread.said, thread.answer)):
                await stored.name(thread.id, title)
    return again


async def compact(
    pool: Pool, keep: timedelta, user_id: UUID, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> datetime | None:
    """Let go of what has been kept for long enough, at most once an hour."""
    again = await Retention(pool, user_id).compact(at=now(), keep=keep)
    return again and max(again, now() + BETWEEN_COMPACTIONS)
