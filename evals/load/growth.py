"""What a turn leaves in the database, by table: at once, and when the events of ended runs are let go of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from domain.people import LOCAL_USER
from storage.postgres import pool
from storage.retention import Retention
from storage.store import transaction

TABLES = """
    SELECT relname AS name FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
        AND has_table_privilege(oid, 'SELECT')
    ORDER BY relname
"""
# The whole row is weighed as it would travel: what is kept compressed counts in full.
ROWS = "SELECT coalesce(sum(pg_column_size(kept.*)), 0)::bigint AS bytes FROM {table} AS kept"


Sizes = Mapping[str, float]
"""Bytes by table."""


@dataclass(frozen=True, kw_only=True)
class Left:
    """Bytes a turn of each table that changed, by so many turns; `later` is what remains when events are let go of."""

    turns: int
    at_once: Sizes
    later: Sizes


async def sizes(dsn: str) -> Sizes:
    """How much the local user's rows take, without indexes."""
    found = {}
    async with pool(dsn, size=1) as connections, transaction(connections, LOCAL_USER) as pipeline:
        for table in await pipeline.execute(TABLES).fetchall():
            rows = await pipeline.execute(ROWS.format(table=table["name"])).fetchone()
            assert rows is not None
            found[table["name"]] = rows["bytes"]
    return found


async def let_go(dsn: str) -> Sizes:
    """The same once the events of all ended runs are compacted, as they are after their days."""
    async with pool(dsn, size=1) as connections:
        await Retention(connections, LOCAL_USER).compact(at=datetime.now(UTC), keep=timedelta())
    return await sizes(dsn)


def left(before: Sizes, at_once: Sizes, later: Sizes, turns: int) -> Left:
    """By turn, from what there was before the turns, after them, and after letting go."""
    changed = [table for table in at_once if table in before and at_once[table] != before[table]]
    return Left(
        turns=turns,
        at_once={table: (at_once[table] - before[table]) / turns for table in changed},
        later={table: (later[table] - before[table]) / turns for table in changed},
    )
