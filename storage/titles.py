"""Where it is kept which conversations still go by their first words."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.store import Store

UNNAMED = """
    SELECT id,
        ARRAY(
            SELECT left(content, %(length)s) FROM messages
            WHERE messages.user_id = %(user_id)s AND thread_id = threads.id AND NOT aside AND role = 'user'
            ORDER BY position LIMIT %(messages)s
        ) AS said,
        (
            SELECT left(content, %(length)s) FROM messages
            WHERE messages.user_id = %(user_id)s AND thread_id = threads.id AND NOT aside AND role = 'assistant'
            -- What comes with calls is said on the way to the answer.
            ORDER BY content = '', tool_calls <> '[]', position LIMIT 1
        ) AS answer,
        EXISTS (
            SELECT FROM leases WHERE leases.user_id = %(user_id)s AND thread_id = threads.id
        ) AS is_answering
    FROM threads
    WHERE user_id = %(user_id)s AND titled = 'words' AND id > %(after)s
    ORDER BY id
    LIMIT %(limit)s
"""
NAME = """
    UPDATE threads SET title = %(title)s, titled = 'made'
    WHERE user_id = %(user_id)s AND id = %(thread_id)s AND titled = 'words'
"""
MESSAGES = 5
LENGTH = 2_000


@dataclass(frozen=True, kw_only=True)
class Unnamed:
    """A thread that goes by its first words: how what the person said in it begins, and the answer, if there is one."""

    id: str
    said: Sequence[str]
    answer: str | None
    is_answering: bool


class Titles(Store):
    """Serves one round of naming."""

    async def unnamed(self, *, after: str, limit: int) -> Sequence[Unnamed]:
        """Threads that go by their first words, in the order of their ids."""
        wanted = {"after": after, "limit": limit, "messages": MESSAGES, "length": LENGTH}
        return [Unnamed(**row) for row in await self._rows(UNNAMED, wanted)]

    async def name(self, thread_id: str, title: str) -> bool:
        """Give it a better title; False where it has one by now, as from the person."""
        return await self._run(NAME, {"thread_id": thread_id, "title": title}) == 1
