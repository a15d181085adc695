"""Where conversations are kept: threads, and their messages in the order they were said."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from psycopg.types.json import Jsonb

from domain.errors import Invalid, NotFound
from domain.notes import title_of
from domain.threads import Backdrop, Citation, Message, Thread, ToolCall
from storage.chunks import KEEP_SAID, rows_said
from storage.pages import Page, checked_limit, decode, like, moment_and_id, number, page, text
from storage.store import Store

TITLE_LENGTH = 500
WORDS = 20
"""Of a query; more are not looked for."""

ENSURE = """
    INSERT INTO threads (user_id, id, created_at, updated_at) VALUES (%(user_id)s, %(id)s, %(at)s, %(at)s)
    ON CONFLICT (user_id, id) DO UPDATE SET updated_at = greatest(threads.updated_at, excluded.updated_at)
    RETURNING *
"""
BY_ID = "SELECT * FROM threads WHERE user_id = %(user_id)s AND id = %(id)s"
LIST = """
    SELECT * FROM threads
    WHERE user_id = %(user_id)s
        AND NOT EXISTS (
            SELECT FROM unnest(%(words)s::text[]) AS word
            WHERE (title ILIKE word) IS NOT TRUE AND NOT EXISTS (
                SELECT FROM messages
                WHERE messages.user_id = %(user_id)s AND messages.thread_id = threads.id AND NOT aside
                    AND role <> 'tool' AND content ILIKE word
            )
        )
        AND (%(place)s::boolean IS NULL OR (updated_at, id) < (%(updated_at)s::timestamptz, %(last)s::text))
    ORDER BY updated_at DESC, id DESC
    LIMIT %(limit)s
"""
RENAME = """
    UPDATE threads SET title = %(title)s, titled = 'person' WHERE user_id = %(user_id)s AND id = %(id)s RETURNING *
"""
DELETE = "DELETE FROM threads WHERE user_id = %(user_id)s AND id = %(id)s RETURNING id"
FORGET_SAID = "DELETE FROM chunks WHERE user_id = %(user_id)s AND series = md5(%(id)s)::uuid"
# The prefix is compared as it is: LIKE would read signs in it.
DELETE_CHECKPOINTS = (
    "DELETE FROM checkpoints WHERE starts_with(thread_id, %(prefix)s)",
    "DELETE FROM checkpoint_blobs WHERE starts_with(thread_id, %(prefix)s)",
    "DELETE FROM checkpoint_writes WHERE starts_with(thread_id, %(prefix)s)",
)
_APPEND = """
    WITH said AS (
        SELECT * FROM ROWS FROM (
            jsonb_to_recordset({rows}) AS (
                thread_id text, id text, parent_id text, run_id text, role text, content text, tool_calls jsonb,
                tool_call_id text, citations jsonb, created_at timestamptz, title text
            )
        ) WITH ORDINALITY AS said (
            thread_id, id, parent_id, run_id, role, content, tool_calls, tool_call_id, citations, created_at, title,
            ordinal
        )
    ), touched AS (
        INSERT INTO threads (user_id, id, title, created_at, updated_at)
        SELECT %(user_id)s, thread_id, (array_agg(title ORDER BY ordinal) FILTER (WHERE title IS NOT NULL))[1],
            min(created_at), max(created_at)
        FROM said GROUP BY thread_id ORDER BY thread_id
        ON CONFLICT (user_id, id) DO UPDATE SET
            title = coalesce(threads.title, excluded.title),
            updated_at = greatest(threads.updated_at, excluded.updated_at)
        RETURNING titled
    ), worked_soon AS (
        INSERT INTO jobs (user_id, kind, due_at)
        SELECT %(user_id)s, kind, clock_timestamp() + wait
        FROM (VALUES ('title', interval '1 second'), ('reflect', interval '20 seconds')) AS work (kind, wait)
        WHERE kind <> 'title' OR EXISTS (SELECT FROM touched WHERE titled = 'words')
        ON CONFLICT (user_id, kind) DO UPDATE SET due_at = excluded.due_at
    ), added AS (
        INSERT INTO messages (
            user_id, thread_id, id, parent_id, run_id, role, content, tool_calls, tool_call_id, citations, created_at
        )
        SELECT %(user_id)s, thread_id, id, coalesce(parent_id, (
                SELECT latest.id FROM messages AS latest
                WHERE latest.user_id = %(user_id)s AND latest.thread_id = said.thread_id AND NOT latest.aside
                ORDER BY latest.position DESC
                LIMIT 1
            )), run_id, role, content, tool_calls, tool_call_id, citations, created_at
        FROM said ORDER BY ordinal
        ON CONFLICT (user_id, thread_id, id) DO NOTHING
        RETURNING thread_id, id, position
    ){passages}
    SELECT id FROM added
"""
APPEND = _APPEND.format(rows="%(rows)s", passages=KEEP_SAID)
# Only by a run that holds its lease, in its own thread and with the message that it began with.
APPEND_HELD = _APPEND.format(
    rows="""(
        SELECT %(rows)s::jsonb
        FROM leases JOIN runs ON runs.user_id = leases.user_id AND runs.id = leases.run_id
        WHERE leases.user_id = %(user_id)s AND leases.thread_id = %(thread_id)s AND run_id = %(id)s
            AND owner = %(owner)s AND message_id = %(message_id)s
    )""",
    passages=KEEP_SAID,
)
# The newest memories that the person said or kept, as many as a turn may be told.
REMEMBERED = """ARRAY(
        SELECT text FROM memories
        WHERE user_id = %(user_id)s AND valid_until IS NULL AND proposed_by IS NULL
        ORDER BY created_at DESC, id DESC
        LIMIT 100
    )"""
BACKDROP = f"""
    SELECT summary, summary_upto, {REMEMBERED} AS memories FROM threads
    WHERE user_id = %(user_id)s AND id = %(thread_id)s
"""
# It is looked after at once by whoever does what is due.
ASK_TO_CONDENSE = """
    WITH asked AS (
        UPDATE threads SET crowded = true WHERE user_id = %(user_id)s AND id = %(thread_id)s RETURNING user_id
    )
    INSERT INTO jobs (user_id, kind, due_at) SELECT user_id, 'condense', clock_timestamp() FROM asked
    ON CONFLICT (user_id, kind) DO UPDATE SET due_at = excluded.due_at
"""
HISTORY = """
    SELECT * FROM (
        SELECT * FROM messages WHERE user_id = %(user_id)s AND thread_id = %(thread_id)s AND NOT aside
        ORDER BY position DESC LIMIT %(limit)s
    ) AS latest
    ORDER BY position
"""
MESSAGES = """
    SELECT * FROM messages
    WHERE user_id = %(user_id)s AND thread_id = %(thread_id)s AND (%(after)s::bigint IS NULL OR position > %(after)s)
        AND (NOT aside OR %(aside)s)
    ORDER BY position
    LIMIT %(limit)s
"""


class Threads(Store):
    """Keeps them; messages are only ever added, or set aside."""

    async def ensure(self, thread_id: str, at: datetime) -> Thread:
        """The thread, made where it is missing."""
        row = await self._row(ENSURE, {"id": thread_id, "at": at})
        assert row is not None
        return _thread(row)

    async def get(self, thread_id: str) -> Thread:
        """Raises `NotFound`."""
        return _found(await self._row(BY_ID, {"id": thread_id}))

    async def list(self, *, query: str | None = None, limit: int = 50, cursor: str | None = None) -> Page[Thread]:
        """Latest used first; each word of `query` stands in the title or in what was said."""
        place = decode(cursor, datetime.fromisoformat, text) or [None, None]
        wanted = {
            "words": [like(word) for word in (query or "").split()[:WORDS]], "limit": checked_limit(limit) + 1,
            "place": None if place[1] is None else True, "updated_at": place[0], "last": place[1],
        }  # fmt: skip
        rows = await self._rows(LIST, wanted)
        return page(rows, limit, item=_thread, place=lambda row: moment_and_id(row, "updated_at"))

    async def rename(self, thread_id: str, title: str) -> Thread:
        """Raises `NotFound`, `Invalid`."""
        if not title.strip() or len(title) > TITLE_LENGTH:
            raise Invalid("title", f"is empty or longer than {TITLE_LENGTH} characters.")
        return _found(await self._row(RENAME, {"id": thread_id, "title": title.strip()}))

    async def delete(self, thread_id: str) -> None:
        """With its messages, runs and checkpoints; what was done in it stays, in the ledger too. Raises `NotFound`."""
        async with self._transaction() as pipeline:
            wanted = {"user_id": self._user_id, "id": thread_id}
            gone = pipeline.execute(DELETE, wanted)
            pipeline.execute(FORGET_SAID, wanted)
            for statement in DELETE_CHECKPOINTS:
                pipeline.execute(statement, {"prefix": f"{self._user_id}/{quote(thread_id, safe='')}/"})
            if await gone.fetchone() is None:
                raise NotFound("There is no such thread among yours.")

    async def append(self, messages: Sequence[Message]) -> None:
        """Add those that are not there yet; a thread that is missing is made, named after the first thing said."""
        if messages:
            wanted = {"rows": Jsonb(as_rows(messages)), "passages": Jsonb(rows_said(messages, self._user_id))}
            await self._run(APPEND, wanted)

    async def history(self, thread_id: str, limit: int = 200) -> Sequence[Message]:
        """The latest messages, oldest of them first."""
        return [message_of(row) for row in await self._rows(HISTORY, {"thread_id": thread_id, "limit": limit})]

    async def backdrop(self, thread_id: str) -> Backdrop:
        """What stands behind a turn of the thread; nothing where there is no such thread."""
        row = await self._row(BACKDROP, {"thread_id": thread_id})
        return backdrop_of(row) if row else Backdrop()

    async def ask_to_condense(self, thread_id: str) -> None:
        """The thread has grown too long to be read whole: its beginning is to be summed up behind the scenes."""
        await self._run(ASK_TO_CONDENSE, {"thread_id": thread_id})

    async def messages(
        self, thread_id: str, *, limit: int = 50, cursor: str | None = None, aside: bool = False
    ) -> Page[Message]:
        """All of them, oldest first; with `aside` also those that a later branch has replaced."""
        place = decode(cursor, number)
        wanted = {
            "thread_id": thread_id, "limit": checked_limit(limit) + 1, "after": place[0] if place else None,
            "aside": aside,
        }  # fmt: skip
        return page(await self._rows(MESSAGES, wanted), limit, item=message_of, place=lambda row: (row["position"],))


def _found(row: Mapping[str, Any] | None) -> Thread:
    if row is None:
        raise NotFound("There is no such thread among yours.")
    return _thread(row)


def _thread(row: Mapping[str, Any]) -> Thread:
    return Thread(id=row["id"], title=row["title"], created_at=row["created_at"], updated_at=row["updated_at"])


def message_of(row: Mapping[str, Any]) -> Message:
    """The message of a row."""
    return Message(
        id=row["id"],
        thread_id=row["thread_id"],
        parent_id=row["parent_id"],
        run_id=row["run_id"],
        role=row["role"],
        content=row["content"],
        tool_calls=tuple(ToolCall(**call) for call in row["tool_calls"]),
        tool_call_id=row["tool_call_id"],
        citations=tuple(Citation(**citation) for citation in row["citations"]),
        created_at=row["created_at"],
        aside=row["aside"],
        position=row["position"],
    )


def backdrop_of(row: Mapping[str, Any]) -> Backdrop:
    """What stands behind a turn, of a row of its thread."""
    return Backdrop(memories=tuple(row["memories"]), summary=row["summary"] or "", upto=row["summary_upto"])


def as_rows(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Messages as the JSON of their rows."""
    return [_as_json(message) for message in messages]


def _as_json(message: Message) -> dict[str, Any]:
    return {
        **{name: value for name, value in vars(message).items() if name != "position"},
        "tool_calls": [{**vars(call), "arguments": dict(call.arguments)} for call in message.tool_calls],
        "citations": [vars(citation) for citation in message.citations],
        "created_at": message.created_at.isoformat(),
        "title": title_of(message.content) or None if message.role == "user" else None,
    }
