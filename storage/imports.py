"""Where imports are kept: what arrived, how far it was read, and what is known of each thing in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from domain.errors import Conflict, NotFound
from domain.imports import MOST_PROBLEMS, File, Import, Problem
from storage.store import Store

MOST_AT_ONCE = 3
BYTES_AT_ONCE = 2_000_000
ARRIVES_WITHIN = timedelta(hours=1)

FORGET_STRANDED = """
    DELETE FROM imports WHERE user_id = %(user_id)s AND status = 'arriving' AND created_at < %(stranded)s
"""
BEGIN = """
    INSERT INTO imports (
        user_id, id, format, name, hash, status, files, files_done, at_path, at_thing, created, updated, unchanged,
        problems, actions, attempts, created_at
    )
    SELECT
        %(user_id)s, %(id)s, %(format)s, %(name)s, %(hash)s, 'arriving', 0, 0, '', 0, '{}', '{}', 0, '[]', '{}', 0,
        %(created_at)s
    WHERE (
        SELECT count(*) FROM imports WHERE user_id = %(user_id)s AND status IN ('arriving', 'going')
    ) < %(most)s
    ON CONFLICT (user_id, id) DO NOTHING
"""
BY_ID = "SELECT * FROM imports WHERE user_id = %(user_id)s AND id = %(id)s"
KEEP_FILES = """
    INSERT INTO import_files (user_id, import_id, path, name, title, text, modified)
    SELECT %(user_id)s, %(import_id)s, path, name, title, text, modified
    FROM jsonb_to_recordset(%(files)s) AS file (path text, name text, title text, text text, modified timestamp)
    ON CONFLICT (user_id, import_id, path) DO NOTHING
"""
GO = """
    UPDATE imports SET
        status = 'going',
        problems = %(problems)s,
        files = (SELECT count(*) FROM import_files WHERE user_id = %(user_id)s AND import_id = %(id)s)
    WHERE user_id = %(user_id)s AND id = %(id)s AND status = 'arriving'
"""
BRING_IN_SOON = """
    INSERT INTO jobs (user_id, kind, due_at) VALUES (%(user_id)s, 'import', clock_timestamp())
    ON CONFLICT (user_id, kind) DO UPDATE SET due_at = excluded.due_at
"""
DROP = "DELETE FROM imports WHERE user_id = %(user_id)s AND id = %(id)s AND status = 'arriving'"
TRY = """
    UPDATE imports SET attempts = attempts + 1
    WHERE user_id = %(user_id)s AND id = (
        SELECT id FROM imports WHERE user_id = %(user_id)s AND status = 'going' ORDER BY created_at, id LIMIT 1
    )
    RETURNING *
"""
FILES = """
    SELECT path, text, modified, name, title FROM (
        SELECT *, sum(octet_length(text)) OVER (ORDER BY path) - octet_length(text) AS before FROM (
            SELECT * FROM import_files
            WHERE user_id = %(user_id)s AND import_id = %(import_id)s AND path > %(after)s
            ORDER BY path
            LIMIT %(limit)s
        ) AS following
    ) AS counted
    WHERE before < %(bytes)s
    ORDER BY path
"""
TITLES = """
    SELECT path, title FROM import_files
    WHERE user_id = %(user_id)s AND import_id = %(import_id)s AND name = ANY(%(names)s) AND title IS NOT NULL
    ORDER BY path
    LIMIT 2000
"""
THERE = """
    SELECT path FROM import_files
    WHERE user_id = %(user_id)s AND import_id = %(import_id)s AND path = ANY(%(paths)s)
"""
KNOWN = """
    SELECT imported.*, (
        EXISTS (SELECT FROM notes WHERE notes.user_id = %(user_id)s AND notes.id = imported.id)
        OR EXISTS (SELECT FROM tasks WHERE tasks.user_id = %(user_id)s AND tasks.id = imported.id)
        OR EXISTS (SELECT FROM entries WHERE entries.user_id = %(user_id)s AND entries.id = imported.id)
        OR EXISTS (SELECT FROM habits WHERE habits.user_id = %(user_id)s AND habits.id = imported.id)
    ) AS is_there
    FROM imported
    WHERE user_id = %(user_id)s AND id = ANY(%(ids)s)
"""
# Where another process has gone on with it meanwhile, nothing is changed.
ADVANCE = """
    UPDATE imports SET
        status = %(status)s, files_done = %(files_done)s, at_path = %(at_path)s, at_thing = %(at_thing)s,
        created = %(created)s, updated = %(updated)s, unchanged = %(unchanged)s, problems = %(problems)s,
        actions = %(actions)s, attempts = 0, error = %(error)s, finished_at = %(finished_at)s
    WHERE user_id = %(user_id)s AND id = %(id)s AND status = 'going'
        AND at_path = %(from_path)s AND at_thing = %(from_thing)s
"""
LEARN = """
    INSERT INTO imported (user_id, id, path, hash, version)
    SELECT %(user_id)s, id, path, decode(hash, 'hex'), version
    FROM jsonb_to_recordset(%(rows)s) AS row (id uuid, path text, hash text, version int)
    ON CONFLICT (user_id, id) DO UPDATE SET path = excluded.path, hash = excluded.hash, version = excluded.version
"""
FORGET_FILES = """
    DELETE FROM import_files WHERE user_id = %(user_id)s AND import_id = %(id)s AND EXISTS (
        SELECT FROM imports WHERE user_id = %(user_id)s AND id = %(id)s AND status IN ('finished', 'failed')
    )
"""


@dataclass(frozen=True, kw_only=True)
class Imported:
    """A thing that came from a file: the words it came from by their hash, and its version then."""

    id: UUID
    path: str
    hash: bytes
    version: int


@dataclass(frozen=True, kw_only=True)
class Known(Imported):
    """`is_there` is False where the person has deleted it since, or undone the import."""

    is_there: bool


class Imports(Store):
    """An upload arrives (`begin`, `keep`, `go`); a job reads it (`current`, `files`, `advance` until it is done)."""

    async def begin(self, new: Import) -> bool:
        """Keep a new one; False where it is there already. Raises `Conflict` where too many are still going."""
        parameters = {
            "user_id": self._user_id, "id": new.id, "format": new.format, "name": new.name, "hash": new.hash,
            "created_at": new.created_at, "stranded": new.created_at - ARRIVES_WITHIN, "most": MOST_AT_ONCE,
        }  # fmt: skip
        async with self._transaction() as pipeline:
            pipeline.execute(FORGET_STRANDED, parameters)
            begun = pipeline.execute(BEGIN, parameters)
            there = await pipeline.execute(BY_ID, parameters).fetchone()
        if there is None:
            raise Conflict(f"{MOST_AT_ONCE} imports are still going; wait until one is done.")
        return begun.count == 1

    async def keep(self, import_id: UUID, files: Sequence[File]) -> None:
        """Some of its files; a path that is there already stays as it is."""
        rows = [{**asdict(file), "modified": file.modified and file.modified.isoformat()} for file in files]
        await self._run(KEEP_FILES, {"import_id": import_id, "files": Jsonb(rows)})

    async def go(self, id: UUID, problems: Sequence[Problem]) -> None:
        """All of it has arrived; a job brings it in soon."""
        parameters = {"user_id": self._user_id, "id": id, "problems": _problems(problems)}
        async with self._transaction() as pipeline:
            pipeline.execute(GO, parameters)
            pipeline.execute(BRING_IN_SOON, parameters)

    async def drop(self, id: UUID) -> None:
        """It did not arrive whole."""
        await self._run(DROP, {"id": id})

    async def get(self, id: UUID) -> Import:
        """How far it is; raises `NotFound`."""
        row = await self._row(BY_ID, {"id": id})
        if row is None:
            raise NotFound("There is no such import among yours.")
        return _import(row)

    async def current(self) -> Import | None:
        """The oldest that is not done; one more attempt is counted, which `advance` takes back."""
        row = await self._row(TRY)
        return _import(row) if row else None

    async def files(self, import_id: UUID, after: str, limit: int) -> Sequence[File]:
        """Those behind that path, in their order; fewer where they are long, but one at least."""
        wanted = {"import_id": import_id, "after": after, "limit": limit, "bytes": BYTES_AT_ONCE}
        rows = await self._rows(FILES, wanted)
        return [File(**row) for row in rows]

    async def titles(self, import_id: UUID, names: Iterable[str]) -> dict[str, str]:
        """Of the files that links may mean by these names, the titles they give themselves, by path without ending."""
        rows = await self._rows(TITLES, {"import_id": import_id, "names": list(names)})
        return {row["path"].rpartition(".")[0].lower(): row["title"] for row in rows}

    async def there(self, import_id: UUID, paths: Iterable[str]) -> set[str]:
        """Those of these paths that are files of it."""
        rows = await self._rows(THERE, {"import_id": import_id, "paths": list(paths)})
        return {row["path"] for row in rows}

    async def known(self, ids: Sequence[UUID]) -> dict[UUID, Known]:
        """What earlier imports, or this one, brought in under these ids."""
        rows = await self._rows(KNOWN, {"ids": list(ids)})
        return {row["id"]: Known(**{name: value for name, value in row.items() if name != "user_id"}) for row in rows}

    async def advance(self, before: Import, now: Import, learnt: Sequence[Imported]) -> bool:
        """Keep how far it is and what was learnt; False where another process was quicker. At the end the files go."""
        rows = [{"id": str(it.id), "path": it.path, "hash": it.hash.hex(), "version": it.version} for it in learnt]
        state = {
            **vars(now), "problems": _problems(now.problems), "actions": list(now.actions),
            "created": Jsonb(dict(now.created)), "updated": Jsonb(dict(now.updated)),
            "from_path": before.at_path, "from_thing": before.at_thing,
        }  # fmt: skip
        async with self._transaction() as pipeline:
            moved = pipeline.execute(ADVANCE, {"user_id": self._user_id, **state})
            pipeline.execute(LEARN, {"user_id": self._user_id, "rows": Jsonb(rows)})
            pipeline.execute(FORGET_FILES, {"user_id": self._user_id, "id": now.id})
        return moved.count == 1


def _import(row: Mapping[str, Any]) -> Import:
    fields = {name: value for name, value in row.items() if name != "user_id"}
    problems = tuple(Problem(**problem) for problem in row["problems"])
    return Import(**fields | {"problems": problems, "actions": tuple(row["actions"])})


def _problems(problems: Sequence[Problem]) -> Jsonb:
    return Jsonb([asdict(problem) for problem in problems[:MOST_PROBLEMS]])
