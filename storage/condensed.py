"""Where it is kept what the beginning of a long conversation came to."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.threads import Message
from storage.store import Store
from storage.threads import message_of

CROWDED = """
    SELECT id, coalesce(summary, '') AS summary, summary_upto AS upto FROM threads
    WHERE user_id = %(user_id)s AND crowded AND id > %(after)s
    ORDER BY id
    LIMIT %(limit)s
"""
SINCE = """
    SELECT * FROM messages
    WHERE user_id = %(user_id)s AND thread_id = %(thread_id)s AND NOT aside AND position > %(upto)s
    ORDER BY position
    LIMIT %(limit)s
"""
# Unless one of the messages was set aside meanwhile, or somebody else was quicker.
KEEP = """
    UPDATE threads SET summary = %(summary)s, summary_upto = %(upto)s
    WHERE user_id = %(user_id)s AND id = %(thread_id)s AND summary_upto = %(since)s AND %(count)s = (
        SELECT count(*) FROM messages
        WHERE messages.user_id = %(user_id)s AND messages.thread_id = %(thread_id)s AND NOT aside
            AND position > %(since)s AND position <= %(upto)s
    )
"""
LEAVE = "UPDATE threads SET crowded = false WHERE user_id = %(user_id)s AND id = %(thread_id)s"


@dataclass(frozen=True, kw_only=True)
class Crowded:
    """A thread that has grown too long; `summary` is what it came to up to the message at the position `upto`."""

    id: str
    summary: str
    upto: int


class Condensed(Store):
    """Serves one round of condensing."""

    async def crowded(self, *, after: str, limit: int) -> Sequence[Crowded]:
        """Threads that have grown too long, in the order of their ids."""
        return [Crowded(**row) for row in await self._rows(CROWDED, {"after": after, "limit": limit})]

    async def since(self, thread_id: str, upto: int, *, limit: int) -> Sequence[Message]:
        """What was said after that position, the oldest first."""
        rows = await self._rows(SINCE, {"thread_id": thread_id, "upto": upto, "limit": limit})
        return [message_of(row) for row in rows]

    async def keep(self, thread_id: str, summary: str, *, of: Sequence[Message], since: int) -> bool:
        """It sums up these as well, which follow on `since`; False where they are not what is said there any more."""
        wanted = {"thread_id": thread_id, "summary": summary, "since": since}
        return await self._run(KEEP, wanted | {"upto": of[-1].position, "count": len(of)}) == 1

    async def leave(self, thread_id: str) -> None:
        """It is no longer too long."""
        await self._run(LEAVE, {"thread_id": thread_id})
