"""Building a collection into a database, as its owner: straight into the tables, with the large indexes made last."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path

from evals.scale.collection import Collection
from ml.embedding import LocalEmbeddings
from storage.embeddings import Embeddings
from storage.migrations import migrate
from storage.pipelines import Connection
from storage.postgres import embedded, pool

SETTINGS = {
    "shared_buffers": "4GB", "maintenance_work_mem": "2GB", "max_wal_size": "4GB", "fsync": "off",
    "synchronous_commit": "off", "full_page_writes": "off", "max_parallel_maintenance_workers": "1",
}  # fmt: skip
LARGE = {"chunks_words": "word index", "embeddings_nearest": "vector index"}
"""Indexes that are made last."""
BATCH = 20_000
DEFINITION = "SELECT pg_get_indexdef(%(name)s::regclass) AS definition"
STAGE = (
    "CREATE TEMP TABLE themes (number int PRIMARY KEY, vector vector)",
    "CREATE TEMP TABLE noises (number int PRIMARY KEY, vector vector)",
    "CREATE TEMP TABLE drawn (user_id uuid, id uuid, body text, dated date, first int, second int, noise int)",
    # Constraints are checked by triggers, row by row; what is built here holds them.
    "SET session_replication_role = replica",
)
VECTORS = """
    INSERT INTO {table} SELECT number - 1, vector::vector
    FROM unnest(%(vectors)s::text[]) WITH ORDINALITY AS given (vector, number)
"""
PEOPLE = (
    "INSERT INTO tenants (id) VALUES (%(tenant)s)",
    "INSERT INTO users (id, tenant_id) SELECT id, %(tenant)s FROM unnest(%(users)s::uuid[]) AS id",
)
DRAWN = "COPY drawn (user_id, id, body, dated, first, second, noise) FROM STDIN"
MOVE = (
    """
    INSERT INTO chunks (user_id, id, kind, source_id, ordinal, title, body, tags, dated, waits)
    SELECT user_id, id, 'note', id, 0, '', body, '{}', dated, false FROM drawn
    """,
    """
    INSERT INTO embeddings (user_id, chunk_id, embedder, embedding)
    SELECT user_id, id, %(embedder)s, l2_normalize((
        first.vector + (second.vector * array_fill(0.5::real, ARRAY[384])::vector) + noises.vector
    )::halfvec)
    FROM drawn JOIN themes AS first ON first.number = first JOIN themes AS second ON second.number = second
    JOIN noises ON noises.number = noise
    """,
    "TRUNCATE drawn",
)


@asynccontextmanager
async def built(home: Path, collection: Collection) -> AsyncIterator[tuple[str, dict[str, float]]]:
    """A database with that collection in `home`, and the seconds that each step took; it is not built twice."""
    with embedded(home) as dsn:
        await migrate(dsn)
        async with pool(dsn, size=1) as connections, connections.connection() as connection:
            await connection.execute("RESET ROLE")
            for name, value in SETTINGS.items():
                await connection.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
    with embedded(home) as dsn:
        steps = home / "seconds.json"
        if not steps.exists():
            steps.write_text(json.dumps(await _build(dsn, collection)))
        yield dsn, json.loads(steps.read_text())


async def _build(dsn: str, collection: Collection) -> dict[str, float]:
    seconds: dict[str, float] = {}
    async with pool(dsn, size=2) as connections:
        async with connections.connection() as connection:
            await connection.execute("RESET ROLE")
            started = time.perf_counter()
            definitions = {}
            for name in LARGE:
                row = await (await connection.execute(DEFINITION.encode(), {"name": name})).fetchone()
                assert row is not None
                definitions[name] = row["definition"].replace(" ON ONLY ", " ON ")
                await connection.execute(f"DROP INDEX {name}".encode())
            await _write(connection, collection)
            seconds["rows"] = time.perf_counter() - started
            for name, step in LARGE.items():
                started = time.perf_counter()
                await connection.execute(definitions[name].encode())
                seconds[step] = time.perf_counter() - started
            started = time.perf_counter()
            await connection.execute(b"VACUUM (ANALYZE) chunks")
            await connection.execute(b"VACUUM (ANALYZE) embeddings")
            seconds["statistics"] = time.perf_counter() - started
            await connection.execute(b"SET ROLE metacortex_app")
        started = time.perf_counter()
        for user in collection.users:
            await Embeddings(connections, user).complete(LocalEmbeddings.name)
        seconds["word counts"] = time.perf_counter() - started
    return seconds


async def _write(connection: Connection, collection: Collection) -> None:
    for statement in STAGE:
        await connection.execute(statement.encode())
    for table, vectors in (("themes", collection.vectors()), ("noises", collection.noises())):
        texts = [json.dumps(vector) for vector in vectors.tolist()]
        await connection.execute(VECTORS.format(table=table).encode(), {"vectors": texts})
    for statement in PEOPLE:
        await connection.execute(statement.encode(), {"tenant": collection.users[0], "users": collection.users})
    passages = collection.passages()
    while batch := list(islice(passages, BATCH)):
        async with connection.cursor() as cursor, cursor.copy(DRAWN) as copy:
            for user, each in batch:
                await copy.write_row((user, each.id, each.body, each.dated, each.first, each.second, each.noise))
        for statement in MOVE:
            await connection.execute(statement.encode(), {"embedder": LocalEmbeddings.name})
