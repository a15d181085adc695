"""Notices between processes over LISTEN and NOTIFY: ids only, what they mean is read from the tables."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from uuid import UUID

import psycopg
from psycopg import AsyncConnection

from storage.postgres import ROLE

CHANNEL = "metacortex"
RETRY_SECONDS = 0.5
logger = logging.getLogger("metacortex.notices")
Key = tuple[UUID, str]


class Notices:
    """One listening connection a process. After a gap everybody is woken, since what was told meanwhile was missed."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._waiting: dict[Key, set[asyncio.Event]] = defaultdict(set)
        self._takers: dict[str, Callable[[UUID, str], None]] = {}
        self._hearers: dict[str, Callable[[str], None]] = {}

    def take(self, what: str, taker: Callable[[UUID, str], None]) -> None:
        """Call `taker` with user and run of each such notice."""
        self._takers[what] = taker

    def hear(self, what: str, hearer: Callable[[str], None]) -> None:
        """Call `hearer` with what each such notice is about, which is no run; with "" after a gap."""
        self._hearers[what] = hearer

    @contextmanager
    def about(self, user_id: UUID, run_id: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever there is news of that run; clear it before you look."""
        news = asyncio.Event()
        self._waiting[user_id, run_id].add(news)
        try:
            yield news
        finally:
            self._waiting[user_id, run_id].discard(news)
            if not self._waiting[user_id, run_id]:
                del self._waiting[user_id, run_id]

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen meanwhile, through losses of the connection."""
        task = asyncio.create_task(self._listen(), name="notices")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def _listen(self) -> None:
        while True:
            try:
                async with await AsyncConnection.connect(self._dsn, autocommit=True, connect_timeout=5) as connection:
                    await connection.execute(ROLE)
                    await connection.execute(f"LISTEN {CHANNEL}".encode())
                    self._wake_all()
                    async for notice in connection.notifies():
                        self._heard(notice.payload)
            except psycopg.Error:
                logger.warning("the listening connection was lost; trying again")
            await asyncio.sleep(RETRY_SECONDS)

    def _heard(self, payload: str) -> None:
        what, _, about = payload.partition(" ")
        if hearer := self._hearers.get(what):
            hearer(about)
            return
        user, _, run_id = about.partition(" ")
        with suppress(ValueError):
            user_id = UUID(user)
            if taker := self._takers.get(what):
                taker(user_id, run_id)
            for news in self._waiting.get((user_id, run_id), ()):
                news.set()

    def _wake_all(self) -> None:
        for hearer in self._hearers.values():
            hearer("")
        for waiting in self._waiting.values():
            for news in waiting:
                news.set()
