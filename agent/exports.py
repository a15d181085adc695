"""Taking all of it along: what a person has, in a form that other programs read, and that we read back as it was.

What leaves is made page by page while it is sent, so that a long life needs no more memory than a short one.
"""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from domain.habits import Habit
from domain.imports import Format
from domain.notes import Note, title_of
from domain.people import Clock
from domain.tasks import Task
from language.exchange import calendars, loop, todoist, vault
from storage.exports import FIRST, Exports
from storage.habits import Habits

INBOX = todoist.INBOX


@dataclass(frozen=True, kw_only=True)
class Export:
    """A file on its way."""

    name: str
    media_type: str
    parts: AsyncIterator[bytes]


def exported(format: Format, exports: Exports, habits: Habits, clock: Clock) -> Export:
    """All of it that this form can hold: `vault` notes and tasks, the others tasks, `loop` habits."""
    zip_type = "application/zip"
    match format:
        case "vault":
            return Export(name="metacortex-vault.zip", media_type=zip_type, parts=_vault(exports, clock))
        case "todoist":
            return Export(name="metacortex-todoist.zip", media_type=zip_type, parts=_todoist(exports, clock))
        case "icalendar":
            return Export(name="metacortex.ics", media_type="text/calendar", parts=_calendar(exports))
        case "loop":
            return Export(name="metacortex-loop.zip", media_type=zip_type, parts=_loop(exports, habits, clock))


class _Zip:
    """A zip that is read while it is written."""

    def __init__(self, clock: Clock) -> None:
        self._written = _Sink()
        self._clock = clock
        self._archive = zipfile.ZipFile(self._written, "w", zipfile.ZIP_DEFLATED)

    async def add(self, files: Callable[[], Iterable[tuple[str, str, datetime | None]]]) -> bytes:
        """What came of these: path, text, and when it was changed. They are made and packed beside the loop."""
        await asyncio.to_thread(self._add, files)
        return self._written.taken()

    async def add_long(self, path: str, pages: AsyncIterator[Callable[[], str]]) -> AsyncIterator[bytes]:
        """One file of many pages."""
        with self._archive.open(self._entry(path, None), "w") as file:
            async for page in pages:
                file.write((await asyncio.to_thread(page)).encode())
                yield self._written.taken()
        yield self._written.taken()

    def end(self) -> bytes:
        """The list of what is in it."""
        self._archive.close()
        return self._written.taken()

    def _add(self, files: Callable[[], Iterable[tuple[str, str, datetime | None]]]) -> None:
        for path, text, changed in files():
            self._archive.writestr(self._entry(path, changed), text.encode())

    def _entry(self, path: str, changed: datetime | None) -> zipfile.ZipInfo:
        at = (changed or self._clock.now).astimezone(self._clock.now.tzinfo)
        entry = zipfile.ZipInfo(path, max(at.timetuple()[:6], (1980, 1, 1, 0, 0, 0)))
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        return entry


class _Sink(io.RawIOBase):
    """Holds what was written until it is taken."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part: bytes) -> int:  # type: ignore[override]  # a zip writes bytes
        self._parts.append(bytes(part))
        return len(part)

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


async def _vault(exports: Exports, clock: Clock) -> AsyncIterator[bytes]:
    packed = _Zip(clock)
    titles = [(row["id"], row["title"] or title_of(row["beginning"])) for row in await exports.titles()]
    names = vault.file_names(titles)
    own = {title for id, title in titles if names[id] == title}
    renamed = {title: names[id] for id, title in reversed(titles) if title not in own}
    async for notes in _pages(partial(exports.page, "note")):
        yield await packed.add(partial(_note_files, notes, names, renamed))
    async for part in _tasks_by_project(packed, exports, "Tasks/{}.md", vault.head_of_tasks, vault.write_task, clock):
        yield part
    yield packed.end()


def _note_files(
    notes: Sequence[Note], names: dict[UUID, str], renamed: dict[str, str]
) -> Iterable[tuple[str, str, datetime | None]]:
    for note in notes:
        # A note that was written since the names were given goes by its id.
        yield f"{names.get(note.id, str(note.id))}.md", vault.write(note, renamed), note.updated_at


async def _todoist(exports: Exports, clock: Clock) -> AsyncIterator[bytes]:
    packed = _Zip(clock)
    parts = _tasks_by_project(packed, exports, "{}.csv", lambda _: todoist.head(), todoist.write, clock)
    async for part in parts:
        yield part
    yield packed.end()


async def _tasks_by_project(
    packed: _Zip,
    exports: Exports,
    path: str,
    head: Callable[[str | None], str],
    write: Callable[[Task, Clock], str],
    clock: Clock,
) -> AsyncIterator[bytes]:
    """A file for each project, and one for the tasks without."""
    projects = await exports.projects()
    names = vault.file_names((UUID(int=number), project or INBOX) for number, project in enumerate(projects))

    async def pages(project: str | None) -> AsyncIterator[Callable[[], str]]:
        yield partial(head, project)
        async for tasks in _pages(partial(exports.tasks_of, project)):
            yield partial(_written, write, tasks, clock)

    for number, project in enumerate(projects):
        async for part in packed.add_long(path.format(names[UUID(int=number)]), pages(project)):
            yield part


async def _calendar(exports: Exports) -> AsyncIterator[bytes]:
    zones = await exports.zones()
    yield (await asyncio.to_thread(calendars.head, zones)).encode()
    async for tasks in _pages(partial(exports.page, "task")):
        yield (await asyncio.to_thread(_written, calendars.write, tasks)).encode()
    yield calendars.foot().encode()


async def _loop(exports: Exports, habits: Habits, clock: Clock) -> AsyncIterator[bytes]:
    packed = _Zip(clock)
    kept: list[Habit] = [habit async for page in _pages(partial(exports.page, "habit")) for habit in page]
    listed = "".join(loop.write_habit(habit, number) for number, habit in enumerate(kept, 1))
    yield await packed.add(partial(list, [(loop.HABITS, loop.head() + listed, None)]))
    for number, habit in enumerate(kept, 1):
        entries = await habits.entries(habit.id)
        path = f"{loop.folder_of(habit, number)}/{loop.CHECKMARKS}"
        text = loop.write_entries(habit, entries.values())
        yield await packed.add(partial(list, [(path, text, None)]))
    yield packed.end()


def _written(write: Callable[..., str], tasks: Sequence[Task], *more: Clock) -> str:
    return "".join(write(task, *more) for task in tasks)


async def _pages(read: Callable[[UUID], Awaitable[Sequence[Any]]]) -> AsyncIterator[Sequence[Any]]:
    """All pages, each behind the last id of the one before."""
    page = await read(FIRST)
    while page:
        yield page
        page = await read(page[-1].id)
