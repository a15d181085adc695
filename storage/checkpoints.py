"""Where LangGraph keeps a paused run: its Postgres saver, under the user's policy, without its process-wide lock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg import AsyncCursor
from psycopg.rows import DictRow, dict_row

from storage.postgres import Pool
from storage.store import transaction


class Checkpoints(AsyncPostgresSaver):
    """Bound to its user; a checkpoint's thread is `user/thread/run`, and the policy holds it to that."""

    def __init__(self, pool: Pool, user_id: UUID) -> None:
        super().__init__(pool)
        self._pool = pool
        self._user_id = user_id

    @asynccontextmanager
    async def _cursor(self, *, pipeline: bool = False) -> AsyncIterator[AsyncCursor[DictRow]]:
        # The saver's lock guards one shared connection; ours come from the pool, one for each access.
        async with (
            transaction(self._pool, self._user_id) as connection,
            connection.cursor(binary=True, row_factory=dict_row) as cursor,
        ):
            yield cursor
