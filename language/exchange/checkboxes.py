"""Checkboxes: tasks as lines of Markdown, in the emoji or the bracketed form of Obsidian Tasks, or plain.

A line of ours carries what its marks cannot say in a comment that Obsidian hides, `%%{…}%%`; where somebody has changed
a mark since, the mark is right.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from domain.due import Due
from domain.errors import Invalid
from domain.people import Clock
from domain.recurrence import check_end, checked_rule
from domain.tasks import RecursFrom, Task
from language import rule_words
from language.exchange.found import checked_tags, day_of
from language.when import due_of, resolve

BOX = re.compile(r"(?P<indent>[ \t>]*)(?:[-*+]|\d+[.)])[ \t]+\[(?P<mark>[^\]\n])\][ \t]+(?P<text>\S.*)")
DONE, DROPPED = "xX", "->"
PRIORITIES = {1: "⏫", 2: "🔼", 3: "🔽", 4: "⏬"}
RANKS = {"🔺": 1, "⏫": 1, "🔼": 2, "🔽": 3, "⏬": 4, "highest": 1, "high": 1, "medium": 2, "low": 3, "lowest": 4}
DAYS = {"📅": "due", "📆": "due", "🗓": "due", "⏳": "scheduled", "⌛": "scheduled", "🛫": "start"}
DAYS |= {"✅": "completion", "➕": "created", "❌": "cancelled"}
DAY = r"\d{4}-\d\d-\d\d"
DATED = re.compile(rf"([{''.join(DAYS)}])\ufe0f?\s*({DAY})")
REPEATS = re.compile(r"🔁\ufe0f?\s*([\w ,!':-]+)")
RANKED = re.compile("([🔺⏫🔼🔽⏬])\ufe0f?")
OTHER = re.compile(r"(?:🆔|⛔|🏁)\ufe0f?\s*[\w,-]+|\s\^[\w-]+\s*$")
BRACKETED = re.compile(r"[\[(](\w{1,40})::([^\]\[()]{0,300})[\])]")
PLAIN = re.compile(rf"(?:\(@|@\{{|@|\bdue:?\s*(?:on\s*)?)({DAY})(?:[T ]+(\d\d?:\d\d))?[)}}]?", re.IGNORECASE)
AT = re.compile(r"@@\{(\d\d?:\d\d)\}")
TAG = re.compile(r"(?<!\S)#(?=[\w/-]*[^\W\d])([\w/-]+)")
LINK = re.compile(r"\[\[([^\[\]|\n]{1,300})(?:\|([^\[\]\n]{1,300}))?\]\]")
EXACT = re.compile(r"%%(\{(?:(?!%%).)*\})%%")
FILTER = "task"
LONGEST = 20_000
"""A line beyond this is nobody's task."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the marks of a line say. `unread` are words for time that were not understood."""

    title: str
    due: Due | None = None
    recurrence: str | None = None
    recurs_from: RecursFrom = "due"
    priority: int | None = None
    tags: tuple[str, ...] = ()
    done_on: date | None = None
    created_on: date | None = None
    is_dropped: bool = False
    unread: tuple[str, ...] = ()


def read(text: str, clock: Clock) -> Seen:
    """The marks of a line whose box is taken off."""
    text = EXACT.sub(" ", text)
    said = {name.lower(): value.strip() for name, value in BRACKETED.findall(text)}
    said |= {DAYS[mark]: day for mark, day in DATED.findall(text)}
    repeats = REPEATS.search(text)
    phrase = (repeats[1] if repeats else said.get("repeat", "")).strip()
    ranked = RANKED.search(text)
    plain, at = PLAIN.search(text), AT.search(text)
    day = next((found for key in ("due", "scheduled") if (found := day_of(said.get(key, "")))), None)
    hour = _time(at[1] if at else (plain[2] if plain else None) or said.get("time"))
    day = day or (day_of(plain[1]) if plain else None)
    due = _due(day, hour, clock)
    rule, recurs_from, due = _rule(phrase, due, clock)
    return Seen(
        title=_title(text),
        due=due,
        recurrence=rule,
        recurs_from=recurs_from,
        priority=RANKS[ranked[1]] if ranked else RANKS.get(said.get("priority", "")),
        tags=checked_tags([tag for tag in TAG.findall(text) if tag != FILTER]),
        done_on=day_of(said.get("completion", "")),
        created_on=day_of(said.get("created", "")),
        is_dropped="cancelled" in said,
        unread=(phrase,) if phrase and rule is None else (),
    )


def write(task: Task, clock: Clock) -> str:
    """A line that reads as this very task, but for its body and its project."""
    row = _row(task)
    marks = _marks(task, clock)
    seen = read(f"{_shown(task.title)} {marks}", clock)
    misread = _row_of_seen(seen)
    exact = {name: value for name, value in row.items() if value != misread.get(name)}
    exact |= {name: USUAL.get(name) for name in misread if name not in row}
    comment = json.dumps(exact, ensure_ascii=False, separators=(",", ":")).replace("%%", "%\\u0025")
    return f"- [{'x' if task.done_at else ' '}] {_shown(task.title)} %%{comment}%% {marks}".rstrip()


def read_exact(text: str, *, is_done: bool, clock: Clock) -> tuple[Task, int] | None:
    """The task of a line of ours with what was changed in it since, and its version; None where it is no such line.

    Raises `Invalid` for a comment that is not as we wrote it.
    """
    comment = EXACT.search(text)
    if comment is None:
        return None
    now = read(text, clock)
    try:
        exact: dict[str, Any] = json.loads(comment[1])
        version = int(exact.pop("version"))
        row = _row_of_seen(now) | exact
        then_task = _task(row)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Invalid("task", "has a hidden comment that cannot be read; take it out to add the task anew.") from error
    then = read(f"{_shown(then_task.title)} {_marks(then_task, clock)}", clock)
    changed: dict[str, Any] = {
        name: getattr(now, name)
        for name in ("title", "due", "recurrence", "recurs_from", "priority", "tags")
        if getattr(now, name) != getattr(then, name)
    }
    if is_done != (then_task.done_at is not None) or now.done_on != then.done_on:
        changed["done_at"] = _moment_done(now, clock) if is_done else None
    if changed.keys() & {"due", "recurrence"} and (due := changed.get("due", then_task.due)):
        changed |= {"series_start": due.date, "occurrence": 1}
    return replace(then_task, **changed), version


def task_of(seen: Seen, *, id: UUID, is_done: bool, body: str | None, project: str | None, clock: Clock) -> Task:
    """The task that a line speaks of; raises `Invalid`."""
    at = datetime.combine(seen.created_on, time(), clock.now.tzinfo) if seen.created_on else clock.now
    return Task(
        id=id,
        title=seen.title,
        body=body,
        due=seen.due,
        recurrence=seen.recurrence,
        recurs_from=seen.recurs_from,
        series_start=seen.due.date if seen.due and seen.recurrence else None,
        priority=seen.priority,
        tags=seen.tags,
        project=project,
        done_at=_moment_done(seen, clock) if is_done else None,
        created_at=at,
        updated_at=at,
    )


def boxes(lines: list[str]) -> Iterator[tuple[int, re.Match[str]]]:
    """The lines that have a box, with their place; those in code are passed over."""
    fence = ""
    for place, line in enumerate(lines):
        mark = line.lstrip(" \t>")[:3]
        if mark in ("```", "~~~"):
            fence = mark if not fence else ("" if mark == fence else fence)
        elif not fence and len(line) <= LONGEST and (found := BOX.fullmatch(line)):
            yield place, found


def _moment_done(seen: Seen, clock: Clock) -> datetime:
    """The noon of the day that a line says, or now."""
    if seen.done_on is None:
        return clock.now
    return datetime.combine(seen.done_on, time(12), clock.now.tzinfo).astimezone(UTC)


def _marks(task: Task, clock: Clock) -> str:
    """The tags and marks of a line, in the order in which Obsidian Tasks writes them."""
    zone = clock.now.tzinfo
    parts = [f"#{tag}" for tag in task.tags if TAG.fullmatch(f"#{tag}")]
    if task.priority:
        parts.append(PRIORITIES[task.priority])
    if task.recurrence:
        ending = " when done" if task.recurs_from == "completion" else ""
        parts.append(f"🔁 {rule_words.in_words(task.recurrence)}{ending}")
    parts.append(f"➕ {task.created_at.astimezone(zone).date()}")
    if task.due:
        parts.append(f"📅 {task.due.date}")
    if task.done_at:
        parts.append(f"✅ {task.done_at.astimezone(zone).date()}")
    return " ".join(parts)


def _shown(title: str) -> str:
    return " ".join(title.replace("%%", "%").split()) or "…"


def _title(text: str) -> str:
    for mark in (DATED, REPEATS, RANKED, OTHER, BRACKETED, PLAIN, AT, TAG):
        text = mark.sub(" ", text)
    return " ".join(LINK.sub(lambda link: link[2] or link[1], text).split())


def _time(text: str | None) -> time | None:
    try:
        return time.fromisoformat(text.rjust(5, "0")) if text else None
    except ValueError:
        return None


def _due(day: date | None, hour: time | None, clock: Clock) -> Due | None:
    if day is None:
        return None
    return Due(date=day, time=hour, zone=clock.zone) if hour else Due(date=day)


def _rule(phrase: str, due: Due | None, clock: Clock) -> tuple[str | None, RecursFrom, Due | None]:
    """The rule of a phrase, and the due, which is its first date where none was said."""
    readings = resolve(phrase, clock) if phrase else ()
    if not readings or readings[0].rule is None:
        return None, "due", due
    try:
        rule = checked_rule(readings[0].rule)
        due = due or due_of(readings[0], clock)
        if due is None:
            return None, "due", None
        check_end(rule, due)
    except Invalid:
        return None, "due", due
    return rule, readings[0].recurs_from, due


WRITERS: dict[str, Callable[[Any], Any]] = {
    "id": str,
    "series_id": str,
    "due": lambda due: [str(due.date), str(due.time) if due.time else None, due.zone],
    "tags": list,
    **dict.fromkeys(("series_start", "remind_at", "done_at", "created_at", "updated_at"), lambda at: at.isoformat()),
}
READERS: dict[str, Callable[[Any], Any]] = {
    "id": UUID,
    "series_id": UUID,
    "series_start": date.fromisoformat,
    "due": lambda due: Due(
        date=date.fromisoformat(due[0]), time=time.fromisoformat(due[1]) if due[1] else None, zone=due[2]
    ),
    "tags": lambda tags: tuple(map(str, tags)),
    **dict.fromkeys(("remind_at", "done_at", "created_at", "updated_at"), datetime.fromisoformat),
}
ELSEWHERE = ("body", "project")
USUAL: dict[str, Any] = {"occurrence": 1, "recurs_from": "due", "tags": ()}


def _row(task: Task) -> dict[str, Any]:
    """The fields as JSON, those left out that are as in any task."""
    given = {f.name: getattr(task, f.name) for f in fields(task) if f.name not in ELSEWHERE}
    return {
        name: WRITERS.get(name, lambda plain: plain)(value)
        for name, value in given.items()
        if value is not None and value != USUAL.get(name)
    }


def _row_of_seen(seen: Seen) -> dict[str, Any]:
    row: dict[str, Any] = {
        "title": seen.title,
        "due": WRITERS["due"](seen.due) if seen.due else None,
        "recurrence": seen.recurrence,
        "recurs_from": seen.recurs_from,
        "priority": seen.priority,
        "tags": list(seen.tags),
    }
    return {name: value for name, value in row.items() if value and value != USUAL.get(name)}


def _task(row: Mapping[str, Any]) -> Task:
    known = {f.name for f in fields(Task)} - set(ELSEWHERE) - {"version"}
    read_row = {
        name: READERS.get(name, lambda plain: plain)(value)
        for name, value in row.items()
        if name in known and value is not None
    }
    task = Task(**read_row)
    if task.recurrence:
        task = replace(task, recurrence=checked_rule(task.recurrence))
    return task
