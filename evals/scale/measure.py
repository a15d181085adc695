"""Measuring search on a built collection: latency by size, what indexes miss, and what the machine could do at best."""

import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import numpy as np

from evals.scale.build import built
from evals.scale.collection import Collection, sizes_of
from evals.speed import quantile
from ml.embedding import LocalEmbeddings
from storage.postgres import Pool, pool
from storage.search import Found, Search, Within

CLASSES = (1_000_000, 130_000, 66_000, 10_000, 5_000, 2_000, 250)
"""Sizes of people that are looked at, where somebody is about as large."""
QUERIES = 60
WARM = 200
"""So many other questions are asked before, as of a server at work: after a start indexes come from the disk."""
ASKED_FOR = 10
GIGABYTE = 1e9
SIZES = """
    SELECT kind, sum(pg_table_size(relid))::bigint AS rows, sum(pg_indexes_size(relid))::bigint AS indexes
    FROM (
        SELECT 'passages' AS kind, relid FROM pg_partition_tree('chunks') WHERE isleaf
        UNION ALL SELECT 'vectors', relid FROM pg_partition_tree('embeddings') WHERE isleaf
    ) AS leaves GROUP BY kind ORDER BY kind
"""
BACKEND = "SELECT pg_backend_pid() AS pid"


@dataclass(frozen=True, kw_only=True)
class Look:
    """The searches of one person: milliseconds until the answer, milliseconds computed by the database, and the share
    of the first ten that comparing each passage would find too.
    """

    size: int
    waited: Sequence[float]
    computed: Sequence[float]
    recall: float
    limit: float

    def __str__(self) -> str:
        return (
            f"{self.size:>9} passages  n={len(self.waited):<4} p50 {quantile(self.waited, 0.5):7.1f} ms  "
            f"p95 {quantile(self.waited, 0.95):7.1f} ms  database {quantile(self.computed, 0.5):6.1f} / "
            f"{quantile(self.computed, 0.95):6.1f} ms  recall@{ASKED_FOR} {self.recall:.3f}  "
            f"reading its vectors once {self.limit:6.2f} ms"
        )


async def measure(home: Path, chunks: int, users: int) -> AsyncGenerator[str, None]:
    """Line by line: what was built and how large it is, then each class of people."""
    collection = Collection(sizes_of(chunks, users))
    async with built(home, collection) as (dsn, seconds):
        whole = sum(collection.sizes)
        yield f"{whole} passages of {users} people, the largest {collection.sizes[0]}"
        yield "built in " + ", ".join(f"{step} {took:.0f} s" for step, took in seconds.items())
        async with pool(dsn, size=1) as connections:
            async with connections.connection() as connection:
                for row in await (await connection.execute(SIZES.encode())).fetchall():
                    yield f"{row['kind']}: rows {row['rows'] / 1e6:.0f} MB, indexes {row['indexes'] / 1e6:.0f} MB"
                pid = (await (await connection.execute(BACKEND)).fetchone() or {})["pid"]
            bandwidth = _bandwidth()
            yield f"one core reads {bandwidth:.1f} GB/s"
            for number in _of_each_class(collection.sizes):
                yield str(await _looked(connections, collection, number, pid, bandwidth))
            yield f"the database holds {_resident(home) / 1e6:.0f} MB of memory"


async def _looked(connections: Pool, collection: Collection, number: int, pid: int, bandwidth: float) -> Look:
    search, embedder = Search(connections, collection.users[number]), LocalEmbeddings()
    asked = collection.queries(number, QUERIES + WARM)
    waited, computed, recalls = [], [], []
    for nth, (query, vector) in enumerate(zip(asked, embedder.embed_documents(asked), strict=True)):
        before, started = _computed(pid), time.perf_counter()
        found = await search.look(query, vector, embedder.name, within=Within(), limit=ASKED_FOR)
        took = (time.perf_counter() - started) * 1000
        if nth < len(asked) - QUERIES:
            continue
        waited.append(took)
        computed.append(_computed(pid) - before)
        exact = await search.look(query, vector, embedder.name, limit=ASKED_FOR, exactly=True)
        recalls.append(len(_ids(found) & _ids(exact)) / max(len(exact.hits), 1))
    size = collection.sizes[number]
    return Look(
        size=size,
        waited=waited,
        computed=computed,
        recall=sum(recalls) / len(recalls),
        limit=size * embedder.dimensions * 2 / bandwidth / GIGABYTE * 1000,
    )


def _of_each_class(sizes: Sequence[int]) -> list[int]:
    """The people nearest in size to each class, where one is within a third of it."""
    nearest = [min(range(len(sizes)), key=lambda number: abs(sizes[number] - wanted)) for wanted in CLASSES]
    fits = [abs(sizes[number] - wanted) <= wanted / 3 for number, wanted in zip(nearest, CLASSES, strict=True)]
    return list(dict.fromkeys([0, *(number for number, fit in zip(nearest, fits, strict=True) if fit)]))


def _ids(found: Found) -> set[UUID]:
    return {hit.chunk_id for hit in found.hits}


def _computed(pid: int) -> float:
    """Milliseconds that a process has computed, by the kernel's books."""
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e6


def _bandwidth() -> float:
    """Gigabytes a second that one core reads from memory, the best of a few times."""
    values = np.ones(64_000_000, dtype=np.float32)
    best = min(_seconds_to_sum(values) for _ in range(5))
    return values.nbytes / best / GIGABYTE


def _seconds_to_sum(values: "np.ndarray[tuple[int], np.dtype[np.float32]]") -> float:
    started = time.perf_counter()
    values.sum()
    return time.perf_counter() - started


def _resident(home: Path) -> int:
    """Bytes of all processes of the embedded server, what they share counted once."""
    server = (home / "postgres" / "postmaster.pid").read_text(encoding="utf-8").split()[0]
    children = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()
    return sum(_proportional(int(pid)) for pid in (server, *children))


def _proportional(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
