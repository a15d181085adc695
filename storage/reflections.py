"""Where it is kept which of a person's messages were looked through for facts."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.store import Store

UNREAD = """
    SELECT thread_id, id, content, position FROM messages
    WHERE user_id = %(user_id)s AND role = 'user' AND NOT aside
        AND position > coalesce((SELECT position FROM reflections WHERE user_id = %(user_id)s), 0)
    ORDER BY position
    LIMIT %(limit)s
"""
READ = """
    INSERT INTO reflections (user_id, position) VALUES (%(user_id)s, %(position)s)
    ON CONFLICT (user_id) DO UPDATE SET position = greatest(reflections.position, excluded.position)
"""


@dataclass(frozen=True, kw_only=True)
class Said:
    """One message of the person's, with its place among all messages."""

    thread_id: str
    id: str
    content: str
    position: int


class Reflections(Store):
    """Serves one round of reflection: `unread`, `read`, again until nothing is left."""

    async def unread(self, limit: int) -> Sequence[Said]:
        """What the person said since, the oldest first."""
        return [Said(**row) for row in await self._rows(UNREAD, {"limit": limit})]

    async def read(self, position: int) -> None:
        """All up to this place was looked through."""
        await self._run(READ, {"position": position})
