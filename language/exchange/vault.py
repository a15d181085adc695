"""A vault: notes as Markdown files with front matter, tags and wikilinks, and the tasks in them.

What was exported by us carries its id in the front matter, `metacortex`, and is read back as it was. The boxes in such
a note are words: tasks that were exported stand in files of their own.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from pathlib import PurePosixPath
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.errors import Invalid
from domain.imports import File, Problem
from domain.notes import BODY_LENGTH, Note
from domain.people import Clock
from domain.tasks import TITLE_LENGTH, Task
from language.exchange import checkboxes, frontmatter, wikilinks
from language.exchange.found import Found, checked_tags, day_of, id_of, moment_of

OURS, OUR_TASKS = "metacortex", "tasks"
TITLE, TAGS = "title", ("tags", "tag")
CREATED = ("created", "created_at", "date created", "created at", "date")
UPDATED = ("updated", "updated_at", "modified", "date modified", "last modified")
INDENT = "    "
HIDDEN = re.compile(
    r"^(```|~~~).*?^\1|`[^`\n]+`|%%.*?%%|<!--(?:(?!<!--).)*?-->|\[\[[^\[\]\n]{0,900}\]\]",
    re.DOTALL | re.MULTILINE,
)
UNFIT = re.compile(r'[\\/:*?"<>|#^\[\]\x00-\x1f\x7f\u0085\u2028\u2029]+')
RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
LONGEST_NAME = 100


@dataclass(frozen=True, kw_only=True)
class Scene:
    """`titles` are those of files that go by another title than their name, by path without ending, in lower case."""

    clock: Clock
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The person's."""
        return ZoneInfo(self.clock.zone)


def read(file: File, scene: Scene) -> Iterator[Found | Problem]:
    """The note of a file, and the tasks of its boxes; what cannot be read is a problem and nothing more."""
    matter = frontmatter.read(file.text)
    ours = (matter.said(OURS) or "").split()
    if ours[:1] == [OUR_TASKS]:
        yield from _our_tasks(file, matter, scene.clock)
        return
    if matter.is_broken:
        yield Problem(file.path, "The block at its head is not YAML; it was kept as text.")
    try:
        found = _our_note(file, matter, ours, scene) if len(ours) == 2 else _note(file, matter, scene)
    except Invalid as error:
        yield Problem(file.path, error.message)
        return
    yield found
    if len(ours) != 2:
        yield from _tasks(file, matter, found.thing.title, scene.clock)  # type: ignore[union-attr]  # a note has a title


def named(file: File) -> File:
    """The file with what wikilinks call it, and with its title where it gives itself another one."""
    stem = PurePosixPath(file.path).stem
    title = frontmatter.read(file.text).said(TITLE)
    return replace(file, name=stem.lower(), title=title if title and title != stem else None)


def write(note: Note, names: Mapping[str, str]) -> str:
    """The file of a note; `names` are those of files that are not named as the title of their note, by title."""
    matter = frontmatter.read(note.body)
    values = {
        TITLE: note.title,
        "tags": list(note.tags),
        "created": note.created_at.isoformat(),
        "updated": note.updated_at.isoformat(),
        OURS: f"{note.id} {note.version}",
    }
    more = "".join(lines for _, lines in matter.entries)
    if values.keys() & matter.values.keys() or f"---\n{more}---\n{matter.body}" != note.body:
        more, matter = "", frontmatter.Matter(body=note.body)
    return frontmatter.write(values, more, wikilinks.by_name(matter.body, names))


def write_task(task: Task, clock: Clock) -> str:
    """The line of a task, and under it its body."""
    body = "".join(f"{INDENT}{line}\n" for line in task.body.split("\n")) if task.body is not None else ""
    return f"{checkboxes.write(task, clock)}\n{body}"


def head_of_tasks(project: str | None) -> str:
    """What stands above the tasks of a project in their file."""
    return frontmatter.write({OURS: OUR_TASKS, **({"project": project} if project else {})}, "", "")


def file_name(title: str) -> str:
    """A title as the name of a file, without its ending, that every system takes."""
    name = " ".join(UNFIT.sub(" ", title).split())[:LONGEST_NAME].strip(". ") or "Untitled"
    return f"{name}_" if RESERVED.match(name) else name


def file_names(titles: Iterable[tuple[UUID, str]]) -> dict[UUID, str]:
    """A name for the file of each, none twice however letters are cased."""
    taken: dict[str, int] = {}
    names = {}
    for id, title in titles:
        name = unique = file_name(title)
        while unique.lower() in taken:
            taken[name.lower()] += 1
            unique = f"{name} {taken[name.lower()]}"
        taken[unique.lower()] = 1
        names[id] = unique
    return names


def _our_note(file: File, matter: frontmatter.Matter, ours: list[str], scene: Scene) -> Found:
    """As it was, but for what was changed in the file since."""
    now = scene.clock.now
    keys = {TITLE, "tags", "created", "updated", OURS}
    try:
        id, version = UUID(ours[0]), int(ours[1])
    except ValueError:
        return _note(file, matter, scene)
    created = moment_of(matter.said("created") or "", scene.zone) or now
    note = Note(
        id=id,
        title=matter.said(TITLE) or "",
        body=wikilinks.by_title(matter.without(keys), scene.titles),
        tags=tuple(matter.listed("tags")),
        created_at=created,
        updated_at=moment_of(matter.said("updated") or "", scene.zone) or created,
    )
    return Found(path=file.path, thing=note, source=file.text, version=version)


def _note(file: File, matter: frontmatter.Matter, scene: Scene) -> Found:
    stem = PurePosixPath(file.path).stem
    if len(matter.body) > BODY_LENGTH:
        raise Invalid("body", f"is longer than {BODY_LENGTH} characters.")
    body = matter.body.replace("\r\n", "\n").lstrip("\n")
    created, updated = _times(stem, matter, file.modified, scene)
    used = {TITLE, *TAGS, *(key for key in (*CREATED, *UPDATED) if moment_of(matter.said(key) or "", scene.zone))}
    kept = replace(matter, body=body).without(used)
    note = Note(
        id=id_of("vault", file.path),
        title=" ".join((matter.said(TITLE) or stem).split())[:TITLE_LENGTH],
        body=wikilinks.by_title(kept, scene.titles),
        tags=checked_tags([*matter.listed(*TAGS), *checkboxes.TAG.findall(HIDDEN.sub(" ", body))]),
        created_at=created,
        updated_at=updated,
    )
    return Found(path=file.path, thing=note, source=file.text)


def _times(stem: str, matter: frontmatter.Matter, modified: datetime | None, scene: Scene) -> tuple[datetime, datetime]:
    """When it was begun and last changed: by its front matter, by its name where that is a day, by the archive."""
    now, zone = scene.clock.now.astimezone(UTC), scene.zone
    packed = modified.replace(tzinfo=zone).astimezone(UTC) if modified else None
    named_for = day_of(stem) if len(stem) >= 10 else None
    of_day = datetime.combine(named_for, time(), zone).astimezone(UTC) if named_for else None
    begun = _said_moment(matter, CREATED, zone)
    changed = _said_moment(matter, UPDATED, zone)
    created = min(begun or of_day or changed or packed or now, now)
    return created, max(min(changed or packed or created, now), created)


def _said_moment(matter: frontmatter.Matter, keys: Iterable[str], zone: ZoneInfo) -> datetime | None:
    return next((moment for key in keys if (moment := moment_of(matter.said(key) or "", zone))), None)


def _tasks(file: File, matter: frontmatter.Matter, title: str, clock: Clock) -> Iterator[Found | Problem]:
    """The boxes of somebody's note; what is indented under one and has no box itself is its body."""
    lines = matter.body.replace("\r\n", "\n").split("\n")
    counts: dict[str, int] = {}
    for place, box in checkboxes.boxes(lines):
        seen = checkboxes.read(box["text"], clock)
        if not seen.title or seen.is_dropped or box["mark"] in checkboxes.DROPPED:
            continue
        count = counts[seen.title] = counts.get(seen.title, -1) + 1
        details = _details(lines, place, len(box["indent"].expandtabs(4)))
        body = "\n".join([f"[[{title}]]", *(f"Not understood: {words}" for words in seen.unread), *details])
        id, is_done = id_of("vault", file.path, seen.title, count), box["mark"] in checkboxes.DONE
        try:
            task = checkboxes.task_of(seen, id=id, is_done=is_done, body=body, project=None, clock=clock)
        except Invalid as error:
            yield Problem(file.path, f"{seen.title[:80]!r}: {error.message}")
            continue
        for words in seen.unread:
            yield Problem(
                file.path, f"{seen.title[:80]!r}: {words!r} was not understood; it stands in the task's body."
            )
        yield Found(path=file.path, thing=task, source="\n".join([lines[place], *details]))


def _details(lines: list[str], place: int, indent: int) -> list[str]:
    """The lines under a box that are indented further than it, up to the first that is not or has a box."""
    details = []
    for line in lines[place + 1 :]:
        bare = line.expandtabs(4)
        if not bare.strip() or len(bare) - len(bare.lstrip(" >")) <= indent or checkboxes.BOX.fullmatch(line):
            break
        details.append(line.strip())
    return details


def _our_tasks(file: File, matter: frontmatter.Matter, clock: Clock) -> Iterator[Found | Problem]:
    """The tasks of a file of ours; boxes that were added to it since are read as any."""
    project = matter.said("project")
    counts: dict[str, int] = {}
    for line, body in _blocks(matter.body):
        box = checkboxes.BOX.fullmatch(line)
        if box is None:
            continue
        is_done, version = box["mark"] in checkboxes.DONE, None
        try:
            if exact := checkboxes.read_exact(box["text"], is_done=is_done, clock=clock):
                task, version = replace(exact[0], project=project, body=body), exact[1]
            else:
                seen = checkboxes.read(box["text"], clock)
                count = counts[seen.title] = counts.get(seen.title, -1) + 1
                id = id_of("vault", file.path, seen.title, count)
                task = checkboxes.task_of(seen, id=id, is_done=is_done, body=body, project=project, clock=clock)
        except Invalid as error:
            yield Problem(file.path, f"{line[:80]!r}: {error.message}")
            continue
        yield Found(path=file.path, thing=task, source="\n".join([line, body or ""]), version=version)


def _blocks(text: str) -> Iterator[tuple[str, str | None]]:
    """Each line that is not indented, and the lines under it that are, without their indent."""
    head: str | None = None
    under: list[str] = []
    for line in [*text.split("\n"), ""]:
        if line.startswith(INDENT) and head is not None:
            under.append(line.removeprefix(INDENT))
            continue
        if head is not None:
            yield head, "\n".join(under) if under else None
        head, under = line, []
