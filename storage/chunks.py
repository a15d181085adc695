"""Where passages are kept, beside the things that they are of."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from domain.threads import Message
from storage.passages import Passage, passages_of
from storage.store import Store

FORGET = """
    DELETE FROM chunks WHERE user_id = %(user_id)s AND series = ANY(%(sources)s) AND id <> ALL(%(kept)s)
"""
KEEP = """
    INSERT INTO chunks (
        user_id, id, kind, source_id, ordinal, title, path, body, context, tags, project, dated, thread_id, message_id,
        place, speaker
    )
    SELECT %(user_id)s, id, kind, source_id, ordinal, title, path, body, context, tags, project, dated, thread_id,
        message_id, place, speaker
    FROM jsonb_populate_recordset(NULL::chunks, %(rows)s)
    ON CONFLICT (user_id, id) DO UPDATE SET
        tags = excluded.tags, dated = excluded.dated, project = excluded.project, context = excluded.context,
        waits = chunks.waits OR chunks.context <> excluded.context
"""
# An entry goes by the name of its habit, under the new one where that is renamed.
FORGET_ENTRIES = """
    DELETE FROM chunks USING entries
    WHERE chunks.user_id = %(user_id)s AND entries.user_id = %(user_id)s AND series = entries.id
        AND habit_id = ANY(%(habits)s)
"""
KEEP_ENTRIES = """
    INSERT INTO chunks (user_id, id, kind, source_id, ordinal, title, body, tags, dated)
    SELECT %(user_id)s, md5(concat_ws(E'\\n', id, line))::uuid, 'entry', id, 0, name, line, '{}', date
    FROM (
        SELECT entries.id, date, name,
            concat_ws(' · ', name, CASE WHEN value IS NOT NULL THEN concat_ws(' ', value, unit) END, comment) AS line
        FROM entries JOIN habits ON habits.user_id = entries.user_id AND habits.id = habit_id
        WHERE entries.user_id = %(user_id)s AND comment ~ '\\S'
            AND (entries.id = ANY(%(entries)s) OR habit_id = ANY(%(habits)s))
    ) AS commented
    ON CONFLICT (user_id, id) DO UPDATE SET dated = excluded.dated
"""
# Part of a statement that adds messages: `added` are those that were not there.
KEEP_SAID = """, passages AS (
        INSERT INTO chunks (
            user_id, id, kind, source_id, ordinal, title, body, tags, dated, thread_id, message_id, place, speaker
        )
        SELECT %(user_id)s, passage.id, kind, source_id, ordinal, title, body, tags, dated, passage.thread_id,
            message_id, added.position, speaker
        FROM added JOIN jsonb_populate_recordset(NULL::chunks, %(passages)s) AS passage
            ON passage.thread_id = added.thread_id AND passage.message_id = added.id
        ON CONFLICT (user_id, id) DO NOTHING
        RETURNING id
    ), embedded_soon AS (
        INSERT INTO jobs (user_id, kind, due_at)
        SELECT %(user_id)s, 'embed', clock_timestamp() + interval '3 seconds' FROM passages LIMIT 1
        ON CONFLICT (user_id, kind) DO UPDATE SET
            due_at = least(jobs.due_at - interval '1 microsecond', excluded.due_at)
    )"""
# The moment differs at each asking, by which a worker sees that more came while it worked.
EMBED_SOON = """
    INSERT INTO jobs (user_id, kind, due_at) VALUES (%(user_id)s, 'embed', clock_timestamp())
    ON CONFLICT (user_id, kind) DO UPDATE SET due_at = excluded.due_at
"""


class Chunks(Store):
    """Writes passages that belong to nothing that the ledger or a conversation keeps."""

    async def keep(self, passages: Sequence[Passage]) -> None:
        """Add them; those of a thread get the words around them before they are embedded."""
        rows = [passage.as_row(self._user_id) for passage in passages]
        if rows:
            await self._together((KEEP, {"rows": Jsonb(rows)}), (EMBED_SOON, {}))


def rows_said(messages: Sequence[Message], user_id: UUID) -> list[dict[str, Any]]:
    """The rows of what a person and the assistant said."""
    return [passage.as_row(user_id) for message in messages for passage in passages_of(message)]
