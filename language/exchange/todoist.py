"""Todoist: its CSV, one project a file, with sections, subtasks, comments, labels and dates in words."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from domain.due import Due
from domain.errors import Invalid
from domain.imports import File, Problem
from domain.people import Clock
from domain.recurrence import check_end, checked_rule
from domain.tasks import TITLE_LENGTH, RecursFrom, Task
from language import rule_words
from language.exchange.found import Found, checked_tags, id_of, zone_of
from language.when import due_of, resolve

COLUMNS = (
    *("TYPE", "CONTENT", "DESCRIPTION", "PRIORITY", "INDENT", "AUTHOR", "RESPONSIBLE", "DATE", "DATE_LANG", "TIMEZONE"),
    *("DURATION", "DURATION_UNIT"),
)
INBOX = "Inbox"
LABEL = re.compile(r"(?<!\S)@([\w/+-]+)")
NUMBERED = re.compile(r"\s*\[\d+\]$")
MINUTES = {"minute": 1, "minutes": 1, "hour": 60, "hours": 60, "day": 1440, "days": 1440}


@dataclass(frozen=True, kw_only=True)
class Written:
    """A task's row, and what stands around it: its section, the title of its parent, its comments."""

    row: Mapping[str, str]
    section: str
    parent: str
    comments: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """All that is said of it."""
        return "\n".join((*self.row.values(), self.section, self.parent, *self.comments))


def is_one(text: str) -> bool:
    """True where the first line names the columns of Todoist."""
    columns = {name.strip().strip('"').upper() for name in text.lstrip("\ufeff").partition("\n")[0].split(",")}
    return {"TYPE", "CONTENT", "PRIORITY"} <= columns


def read(file: File, clock: Clock) -> Iterator[Found | Problem]:
    """The tasks of a project; a section becomes a tag, comments stand in the body, a parent task is named there."""
    path = PurePosixPath(file.path)
    named = NUMBERED.sub("", path.stem) if path.suffix.lower() == ".csv" else ""
    project = None if named in ("", INBOX) else named
    counts: dict[str, int] = {}
    for written in _written(file):
        content = written.row["CONTENT"].strip()
        count = counts[content] = counts.get(content, -1) + 1
        try:
            task, unread = _task(written, clock, project=project)
            task = replace(task, id=id_of("todoist", file.path, content, count))
        except Invalid as error:
            yield Problem(file.path, f"{content[:80]!r}: {error.message}")
            continue
        if unread:
            problem = f"the date {unread!r} was not understood; it stands in the body."
            yield Problem(file.path, f"{content[:80]!r}: {problem}")
        yield Found(path=file.path, thing=task, source=written.source)


def write(task: Task, clock: Clock) -> str:
    """A row; none for a task that is done, which Todoist's file does not know."""
    if task.done_at:
        return ""
    labels = " ".join(f"@{tag}" for tag in task.tags if LABEL.fullmatch(f"@{tag}"))
    zone = task.due.zone if task.due and task.due.zone else ""
    duration = (str(task.duration_minutes), "minute") if task.duration_minutes else ("", "")
    date = _date(task, clock)
    title = f"{task.title} {labels}".rstrip()
    out = io.StringIO()
    cells = ("task", title, task.body or "", task.priority or 4, 1, "", "", date, "en" if date else "", zone, *duration)
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def head() -> str:
    """The first line of a file."""
    return ",".join(COLUMNS) + "\r\n"


def _written(file: File) -> Iterator[Written]:
    """The tasks, each with what the rows around it say of it."""
    section, parents, task = "", dict[int, str](), None
    for row in _rows(file):
        content = row["CONTENT"].strip()
        match row["TYPE"].strip().lower():
            case "section":
                section, parents = content, {}
            case "note" if task and content:
                task = replace(task, comments=(*task.comments, content))
            case "task" if content:
                if task:
                    yield task
                indent = int(row["INDENT"]) if re.fullmatch(r"\d{1,2}", row["INDENT"]) else 1
                parents = {level: title for level, title in parents.items() if level < indent}
                task = Written(row=row, section=section, parent=parents[max(parents)] if parents else "")
                parents[indent] = _title(content)
    if task:
        yield task


def _rows(file: File) -> Iterator[Mapping[str, str]]:
    reader = csv.DictReader(io.StringIO(file.text, newline=""), restval="")
    reader.fieldnames = [(name or "").strip().upper() for name in reader.fieldnames or ()]
    for row in reader:
        yield {name: str(row.get(name) or "") for name in (*COLUMNS, "DEADLINE")}


def _task(written: Written, clock: Clock, *, project: str | None) -> tuple[Task, str]:
    """The task of a row, and its date where that was not understood."""
    row = written.row
    zone = zone_of(row["TIMEZONE"].strip())
    theirs = replace(clock, now=clock.now.astimezone(zone)) if zone else clock
    phrase = " ".join((row["DATE"] or row["DEADLINE"]).split())
    when = _when(phrase, theirs)
    unread = phrase if phrase and not when else ""
    title = _title(row["CONTENT"])
    parts = (
        title if len(title) > TITLE_LENGTH else "",
        f"Part of: {written.parent}" if written.parent else "",
        row["DESCRIPTION"].strip(),
        f"Date: {unread}" if unread else "",
        *written.comments,
    )
    task = Task(
        title=title[:TITLE_LENGTH],
        body="\n\n".join(filter(None, parts)) or None,
        priority=int(row["PRIORITY"]) if row["PRIORITY"].strip() in ("1", "2", "3") else None,
        tags=checked_tags([*LABEL.findall(row["CONTENT"]), written.section]),
        project=project,
        duration_minutes=_minutes(row),
        created_at=clock.now,
        updated_at=clock.now,
        **when,
    )
    return task, unread


def _minutes(row: Mapping[str, str]) -> int | None:
    length, unit = row["DURATION"].strip(), MINUTES.get(row["DURATION_UNIT"].strip().lower(), 1)
    minutes = int(length) * unit if re.fullmatch(r"\d{1,6}", length) else 0
    return minutes if 1 <= minutes <= 100_000 else None


def _title(content: str) -> str:
    """Without labels, and without the star of a task that cannot be ticked off."""
    return " ".join(LABEL.sub(" ", content).split()).removeprefix("* ") or content.strip()


def _when(phrase: str, clock: Clock) -> dict[str, Any]:
    """Due and rule of a date in words; nothing where it is not understood."""
    readings = resolve(phrase, clock) if phrase else ()
    if not readings:
        return {}
    try:
        due = due_of(readings[0], clock)
        if readings[0].rule is None or due is None:
            return {"due": due} if due else {}
        rule = checked_rule(readings[0].rule)
        check_end(rule, due)
    except Invalid:
        return {}
    recurs_from: RecursFrom = readings[0].recurs_from
    return {"due": due, "recurrence": rule, "recurs_from": recurs_from, "series_start": due.date}


def _date(task: Task, clock: Clock) -> str:
    """A date as Todoist writes it; of a rule whose words would not read back, its next date alone."""
    if task.due is None:
        return ""
    once = f"{task.due.date} {task.due.time:%H:%M}" if task.due.time else str(task.due.date)
    if task.recurrence is None:
        return once
    words = rule_words.in_words(task.recurrence, at=task.due.time)
    if task.recurs_from == "completion":
        words = words.replace("every ", "every! ", 1)
    zone = zone_of(task.due.zone)
    theirs = replace(clock, now=clock.now.astimezone(zone)) if zone else clock
    for phrase in (words, f"{words} starting {task.due.date}"):
        if _is(phrase, task, task.due, theirs):
            return phrase
    return once


def _is(phrase: str, task: Task, due: Due, clock: Clock) -> bool:
    read_back = _when(phrase, clock)
    return (read_back.get("due"), read_back.get("recurrence"), read_back.get("recurs_from")) == (
        due,
        task.recurrence,
        task.recurs_from,
    )
