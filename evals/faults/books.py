"""The books: what the database says of runs under way, and of everything when all is over. Read as its owner."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from domain.errors import Unavailable
from evals.faults.told import Event
from evals.faults.verdict import Facts, Key, Said, Sent, Stored
from storage.pipelines import Connection
from storage.postgres import Pool
from storage.store import SaidPlainly

Plant = Literal["double-effect", "loss"]
PATIENT = 20

# The moments inside a tool, and between an effect and its stored result, are too short to be hit by chance. Sleeping in
# them widens them; a statement whose process was killed ends at once, as if it had never been sent.
PREPARE = (
    "ALTER SYSTEM SET client_connection_check_interval = '50ms'",
    "SELECT pg_reload_conf()",
    """
    CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF random() < 0.4 THEN
            PERFORM pg_sleep(random() * 0.5);
        END IF;
        RETURN NEW;
    END
    $$
    """,
    "CREATE TRIGGER linger BEFORE INSERT ON actions FOR EACH ROW EXECUTE FUNCTION linger()",
    """
    CREATE TRIGGER linger BEFORE INSERT ON messages FOR EACH ROW WHEN (NEW.role = 'tool') EXECUTE FUNCTION linger()
    """,
)
UNDER_WAY = """
    WITH calls AS (
        SELECT leases.user_id, leases.run_id,
            bool_or(actions.id IS NULL) AS unanswered, bool_or(actions.id IS NOT NULL) AS acted
        FROM leases
        JOIN runs ON runs.user_id = leases.user_id AND runs.id = leases.run_id
        JOIN messages ON messages.user_id = runs.user_id AND messages.run_id IN (runs.id, runs.root_id)
        CROSS JOIN LATERAL jsonb_array_elements(messages.tool_calls) AS call
        LEFT JOIN messages AS result
            ON result.user_id = runs.user_id AND result.thread_id = runs.thread_id
            AND result.tool_call_id = call ->> 'id'
        LEFT JOIN actions
            ON actions.user_id = runs.user_id AND actions.thread_id = runs.thread_id
            AND actions.message_id = messages.id AND actions.tool_call_id = call ->> 'id'
        WHERE result.id IS NULL AND (%(run_id)s::text IS NULL OR leases.run_id = %(run_id)s)
        GROUP BY leases.user_id, leases.run_id
    )
    SELECT leases.user_id, leases.run_id, leases.owner, runs.attempts, runs.answers <> '[]' AS resumes,
        coalesce(calls.unanswered, false) AS unanswered, coalesce(calls.acted, false) AS acted
    FROM leases
    JOIN runs ON runs.user_id = leases.user_id AND runs.id = leases.run_id AND runs.status = 'running'
    LEFT JOIN calls ON calls.user_id = leases.user_id AND calls.run_id = leases.run_id
    WHERE %(run_id)s::text IS NULL OR leases.run_id = %(run_id)s
"""
RUNS = "SELECT user_id, id, status, attempts FROM runs"
EVENTS = "SELECT user_id, run_id, last, event FROM run_events ORDER BY user_id, run_id, last"
MESSAGES = """
    SELECT user_id, run_id, id, content, tool_calls, tool_call_id FROM messages
    WHERE role <> 'user' ORDER BY position
"""
TASKS = "SELECT title, count(*) AS tasks FROM tasks GROUP BY title"
CHANGES = """
    SELECT coalesce(change -> 'after' ->> 'title', change -> 'before' ->> 'title') AS title,
        count(*) FILTER (WHERE change -> 'before' = 'null') AS added,
        count(*) FILTER (WHERE change -> 'after' = 'null') AS deleted
    FROM actions CROSS JOIN LATERAL jsonb_array_elements(changes) AS change
    GROUP BY 1
"""
LEASES = "SELECT run_id FROM leases ORDER BY run_id"
PLANTS: Mapping[Plant, Sequence[str]] = {
    "double-effect": (
        """
        INSERT INTO actions
            (user_id, id, thread_id, message_id, tool_call_id, run_id, origin, tool, arguments, summary, changes,
            result, created_at)
        SELECT user_id, gen_random_uuid(), thread_id, message_id || '_again', tool_call_id, run_id, origin, tool,
            arguments, summary, changes, result, created_at
        FROM actions
        WHERE changes @> jsonb_build_array(jsonb_build_object('after', jsonb_build_object('title', %(title)s::text)))
        """,
        """
        INSERT INTO tasks
        SELECT (jsonb_populate_record(tasks, jsonb_build_object('id', gen_random_uuid()))).*
        FROM tasks WHERE title = %(title)s
        """,
    ),
    "loss": ("DELETE FROM tasks WHERE title = %(title)s",),
}


@dataclass(frozen=True, kw_only=True)
class UnderWay:
    """A run that some process keeps alive at this moment, and what it has done of its calls."""

    user_id: UUID
    run_id: str
    owner: UUID
    attempts: int
    resumes: bool
    unanswered: bool
    acted: bool

    def phase(self, last: Event | None) -> str:
        """Where it stands, by what is stored and by the last event that a reader heard."""
        kind = last["type"] if last else "RUN_STARTED"
        if self.acted:
            return "between effect and result"
        if self.unanswered and self.resumes:
            return "resuming an approval"
        if self.unanswered:
            return "in a tool"
        if kind in ("TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT"):
            return "streaming text"
        if kind in ("TOOL_CALL_START", "TOOL_CALL_ARGS", "TOOL_CALL_END"):
            return "streaming a call"
        return "ending" if kind == "TEXT_MESSAGE_END" else "waiting for the model"


class Books:
    """Reads them; raises `Unavailable` while Postgres is away."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def under_way(self, run_id: str | None = None) -> list[UnderWay]:
        """The runs that are, or that one if it is."""
        return [UnderWay(**row) for row in await self._rows(UNDER_WAY, {"run_id": run_id})]

    async def leases(self) -> list[str]:
        """The runs that are held by somebody."""
        return [row["run_id"] for row in await self._rows(LEASES, tries=PATIENT)]

    async def plant(self, plant: Plant, title: str) -> None:
        """Do wrong behind everybody's back."""
        async with self._connection() as connection:
            for statement in PLANTS[plant]:
                await connection.execute(statement.encode(), {"title": title})

    async def effects(self) -> tuple[Counter[str], Counter[str]]:
        """How many tasks of each title there are, and how often the ledger says that one was added."""
        tasks, changes = await self._rows(TASKS), await self._rows(CHANGES)
        return (
            Counter({row["title"]: row["tasks"] for row in tasks}),
            Counter({row["title"]: row["added"] for row in changes}),
        )

    async def facts(self, sent: Sequence[Sent], *, refused: Sequence[str], last: Mapping[Key, str | None]) -> Facts:
        """All of it."""
        logs: dict[Key, list[tuple[int, Event]]] = defaultdict(list)
        for row in await self._rows(EVENTS, tries=PATIENT):
            logs[row["user_id"], row["run_id"]].append((row["last"], _event(row["event"])))
        said: dict[Key, list[Said]] = defaultdict(list)
        for row in await self._rows(MESSAGES, tries=PATIENT):
            said[row["user_id"], row["run_id"]].append(_said(row))
        changes = await self._rows(CHANGES, tries=PATIENT)
        return Facts(
            sent=sent,
            runs={
                (key := (row["user_id"], row["id"])): Stored(
                    status=row["status"], attempts=row["attempts"], log=logs[key], messages=said[key]
                )
                for row in await self._rows(RUNS, tries=PATIENT)
            },
            tasks=Counter({row["title"]: row["tasks"] for row in await self._rows(TASKS, tries=PATIENT)}),
            added=Counter({row["title"]: row["added"] for row in changes}),
            deleted=Counter({row["title"]: row["deleted"] for row in changes}),
            leases=await self.leases(),
            refused=refused,
            last_turns=last,
        )

    async def _rows(
        self, statement: str, parameters: Mapping[str, Any] | None = None, *, tries: int = 1
    ) -> list[dict[str, Any]]:
        for left in reversed(range(tries)):
            try:
                async with self._connection() as connection:
                    return await (await connection.execute(statement.encode(), parameters)).fetchall()
            except Unavailable:
                # A connection that a restart has cut is found out at its first use.
                if not left:
                    raise
        raise AssertionError

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        with SaidPlainly():
            async with self._pool.connection(timeout=1) as connection:
                # The pool gives out the application's role, which no policy lets see everybody.
                await connection.execute(b"RESET ROLE")
                yield connection


def _event(kept: Mapping[str, Any]) -> Event:
    """As it is told; pieces of a text are kept together in one row."""
    return {**kept, "delta": "".join(kept["deltas"])} if "deltas" in kept else kept


def _said(row: Mapping[str, Any]) -> Said:
    calls = {call["id"]: (call["name"], call["arguments"]) for call in row["tool_calls"]}
    return Said(id=row["id"], content=row["content"], calls=calls, answers=row["tool_call_id"])
