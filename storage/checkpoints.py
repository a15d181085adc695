"""Where LangGraph keeps a paused run: its Postgres saver, under the user's policy, without its process-wide lock."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata, CheckpointTuple
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from domain.runs import Run
from storage.postgres import Pool
from storage.store import SET_USER, Lent, SaidPlainly


class Checkpoints(AsyncPostgresSaver):
    """Bound to its user; a checkpoint's thread is `user/thread/run`, and the policy holds it to that.

    What a graph puts is written by `keep`, where the run has paused; any other run leaves nothing. One that is `fresh`
    has nothing to be read either.
    """

    def __init__(self, pool: Pool, user_id: UUID, *, fresh: bool = False) -> None:
        # The saver asks for a pool of psycopg's own connections; it gets each of them by `_cursor`.
        super().__init__(cast("AsyncConnectionPool[AsyncConnection[DictRow]]", pool))
        self._pool = pool
        self._user_id = user_id
        self._fresh = fresh
        self._put: list[Callable[[], Awaitable[object]]] = []

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The latest checkpoint; without a question to the database where there can be none."""
        return None if self._fresh else await super().aget_tuple(config)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Remember it until `keep`."""
        place = config["configurable"]
        self._put.append(partial(super().aput, config, checkpoint.copy(), metadata, new_versions))
        kept = {
            "thread_id": place["thread_id"],
            "checkpoint_ns": place["checkpoint_ns"],
            "checkpoint_id": checkpoint["id"],
        }
        return {"configurable": kept}

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Remember them until `keep`."""
        self._put.append(partial(super().aput_writes, config, list(writes), task_id, task_path))

    async def keep(self) -> None:
        """Write all that was put."""
        for put in self._put:
            await put()
        self._put.clear()

    @asynccontextmanager
    async def _cursor(self, *, pipeline: bool = False) -> AsyncIterator[AsyncCursor[DictRow]]:
        # The saver's lock guards one shared connection; ours come from the pool, one for each access.
        with SaidPlainly():
            async with Lent(self._pool) as connection, connection, connection.pipeline():
                # psycopg's own transaction() waits for BEGIN, for what was said before COMMIT, and for COMMIT.
                await connection.execute(b"BEGIN")
                await connection.execute(SET_USER, {"user_id": self._user_id})
                async with connection.cursor(binary=True, row_factory=dict_row) as cursor:
                    yield cursor
                await connection.execute(b"COMMIT")


def place_of(user_id: UUID, run: Run) -> str:
    """The thread of the checkpoints of a run and of those that resume it."""
    return f"{user_id}/{quote(run.thread_id, safe='')}/{run.root_id}"
