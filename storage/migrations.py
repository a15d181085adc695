"""The schema: numbered files that only add, each applied once, however many replicas start together."""

from pathlib import Path

import psycopg

FOLDER = Path(__file__).parent / "migrations"
LOCK = "SELECT pg_advisory_lock(hashtextextended('metacortex migrations', 0))"
REMEMBERED = """
    CREATE TABLE IF NOT EXISTS migrations (
        name       text PRIMARY KEY,
        applied_at timestamptz NOT NULL DEFAULT now()
    )
"""
APPLIED = "SELECT name FROM migrations"
REMEMBER = "INSERT INTO migrations (name) VALUES (%(name)s)"


async def migrate(dsn: str) -> list[str]:
    """Apply what is missing, each file in one transaction; returns the names applied now. Others wait meanwhile."""
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        # Held by the session: it ends with the connection, also where a file fails.
        await connection.execute(LOCK)
        await connection.execute(REMEMBERED)
        applied = {name for (name,) in await (await connection.execute(APPLIED)).fetchall()}
        missing = [file for file in sorted(FOLDER.glob("*.sql")) if file.stem not in applied]
        for file in missing:
            async with connection.transaction():
                await connection.execute(file.read_bytes())
                await connection.execute(REMEMBER, {"name": file.stem})
        return [file.stem for file in missing]
