"""What leaves the house: everything of one kind, page by page in the order of ids, whatever is written meanwhile."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from domain.actions import Kind
from storage.rows import SHAPES
from storage.store import Store

PAGE = "SELECT * FROM {table} WHERE user_id = %(user_id)s AND id > %(after)s ORDER BY id LIMIT %(limit)s"
TASKS_OF = """
    SELECT * FROM tasks
    WHERE user_id = %(user_id)s AND id > %(after)s AND project IS NOT DISTINCT FROM %(project)s::text
    ORDER BY id
    LIMIT %(limit)s
"""
PROJECTS = "SELECT DISTINCT project FROM tasks WHERE user_id = %(user_id)s ORDER BY project NULLS FIRST"
ZONES = "SELECT DISTINCT due_zone FROM tasks WHERE user_id = %(user_id)s AND due_zone IS NOT NULL"
TITLES = "SELECT id, title, left(body, 500) AS beginning FROM notes WHERE user_id = %(user_id)s ORDER BY id"
FIRST = UUID(int=0)
PAGE_LENGTH = 50


class Exports(Store):
    """Reads all there is."""

    async def page(self, kind: Kind, after: UUID = FIRST) -> Sequence[Any]:
        """The next of this kind."""
        shape = SHAPES[kind]
        rows = await self._rows(PAGE.format(table=shape.table), {"after": after, "limit": PAGE_LENGTH})
        return [shape.of_row(row) for row in rows]

    async def tasks_of(self, project: str | None, after: UUID = FIRST) -> Sequence[Any]:
        """The next tasks of a project, or of none."""
        rows = await self._rows(TASKS_OF, {"project": project, "after": after, "limit": PAGE_LENGTH})
        return [SHAPES["task"].of_row(row) for row in rows]

    async def projects(self) -> Sequence[str | None]:
        """Those of all tasks; None where some have none."""
        return [row["project"] for row in await self._rows(PROJECTS)]

    async def zones(self) -> Sequence[str]:
        """Those in which tasks are due."""
        return [row["due_zone"] for row in await self._rows(ZONES)]

    async def titles(self) -> Sequence[Mapping[str, Any]]:
        """The `id`, the `title` and the `beginning` of each note."""
        return await self._rows(TITLES)
