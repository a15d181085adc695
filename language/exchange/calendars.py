"""Calendars: tasks as VTODOs of iCalendar (RFC 5545). What has no property there has one of ours, `X-METACORTEX`.

Where somebody has changed another property since, that one is right.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from domain.due import Due
from domain.errors import Invalid
from domain.imports import File, Problem
from domain.people import Clock
from domain.recurrence import check_end, checked_rule
from domain.tasks import TITLE_LENGTH, Task
from language.exchange.found import Found, checked_tags, id_of, zone_of

# The library is loaded where a calendar is read or written, which few processes ever do.
if TYPE_CHECKING:
    from icalendar import Component, Todo

PRODUCT = "-//MetaCortex//Tasks//EN"
EXACT = "X-METACORTEX"
PRIORITIES = {1: 1, 2: 5, 3: 9, 4: 9}
HIGH, MEDIUM = 4, 5
# Read one by one: a broken one is no reason to leave the others, and the rules that a file gives to a zone of its own
# would be kept by the library for everybody. Zones are known by their names, those of Windows too.
BEGIN, END = "BEGIN:VTODO", "END:VTODO"
UNREADABLE = (ValueError, KeyError, IndexError, AttributeError, TypeError, OverflowError, RecursionError)


def read(file: File, clock: Clock) -> Iterator[Found | Problem]:
    """The tasks of a calendar; appointments and what else stands in it are passed over."""
    known: set[str] = set()
    for number, block in enumerate(_blocks(file.text)):
        try:
            todo = _parsed(block)
            key = _key(todo, f"{file.path} {number}")
            if key in known or _said(todo, "STATUS").upper() == "CANCELLED":
                continue
            known.add(key)
            task, unread = _plain(todo, key, clock)
            task, version = _with_exact(task, _said(todo, EXACT), clock)
        except Invalid as error:
            yield Problem(file.path, f"Task {number + 1}: {error.message}")
            continue
        except UNREADABLE as error:
            yield Problem(file.path, f"Task {number + 1}: a property cannot be read ({str(error)[:100]}).")
            continue
        for problem in unread:
            yield Problem(file.path, f"{task.title[:80]!r}: {problem}")
        yield Found(path=file.path, thing=task, source=block, version=version)


def head(zones: Iterable[str]) -> str:
    """The beginning of a calendar, with the rules of these zones."""
    from icalendar import Calendar, Todo

    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    for zone in filter(None, map(zone_of, sorted(zones))):
        todo = Todo()
        todo.add("due", datetime(2026, 1, 1, tzinfo=zone))
        calendar.add_component(todo)
    calendar.add_missing_timezones()
    calendar.subcomponents = [part for part in calendar.subcomponents if part.name == "VTIMEZONE"]
    return _written(calendar).removesuffix(foot())


def foot() -> str:
    """The end of a calendar."""
    return "END:VCALENDAR\r\n"


def write(task: Task) -> str:
    """A VTODO that reads as this very task."""
    from icalendar import Alarm, Todo, vCategory, vRecur

    todo = Todo()
    todo.add("uid", str(task.id))
    todo.add("dtstamp", task.updated_at.astimezone(UTC))
    todo.add("created", task.created_at.astimezone(UTC))
    todo.add("last-modified", task.updated_at.astimezone(UTC))
    todo.add("summary", task.title)
    if task.body:
        todo.add("description", task.body)
    if task.due:
        due = task.due.instant or task.due.date
        if task.recurrence:
            todo.add("dtstart", due)
            todo.add("rrule", vRecur.from_ical(task.recurrence))
        todo.add("due", due)
    if task.priority:
        todo.add("priority", PRIORITIES[task.priority])
    if task.tags:
        # A lone CR would end the line; the exact tags stand below.
        todo.add("categories", vCategory([tag.replace("\r", " ") for tag in task.tags]))
    todo.add("status", "COMPLETED" if task.done_at else "NEEDS-ACTION")
    if task.done_at:
        todo.add("completed", task.done_at.astimezone(UTC))
    if task.remind_at:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", task.title)
        alarm.add("trigger", task.remind_at.astimezone(UTC), parameters={"VALUE": "DATE-TIME"})
        todo.add_component(alarm)
    todo.add(EXACT, json.dumps(_row(task), separators=(",", ":")))
    return _written(todo)


def _written(part: "Component") -> str:
    text: str = part.to_ical().decode()
    return text


def _value(part: "Component", name: str) -> Any:
    """A date, a moment or a length, whatever the library made of it; None where it is not there."""
    value = part.get(name)
    return getattr(value[0] if isinstance(value, list) else value, "dt", None)


def _blocks(text: str) -> Iterator[str]:
    """The tasks, each from its first line to its last."""
    block: list[str] | None = None
    for line in text.split("\n"):
        said = line.strip().upper()
        if said == BEGIN:
            block = []
        if block is not None:
            block.append(line)
            if said == END:
                yield "\n".join(block)
                block = None


def _parsed(block: str) -> "Todo":
    from icalendar import Todo

    todo = Todo.from_ical(block.strip() + "\r\n")
    if not isinstance(todo, Todo):
        raise Invalid("VTODO", "cannot be read.")
    return todo


def _key(todo: "Todo", otherwise: str) -> str:
    """Its UID; one date of a series that was moved stands beside the series under the same."""
    moved = _value(todo, "RECURRENCE-ID")
    uid = _said(todo, "UID") or otherwise
    return f"{uid} {moved}" if moved is not None else uid


def _plain(todo: "Todo", key: str, clock: Clock) -> tuple[Task, list[str]]:
    """What the properties say that everybody knows, and what of them was not understood."""
    unread: list[str] = []
    title = " ".join(_said(todo, "SUMMARY").split())
    due = _due(todo, "DUE", clock, unread) or _due(todo, "DTSTART", clock, unread)
    rule = _rule(todo, due, unread)
    start = _due(todo, "DTSTART", clock, []) if rule else None
    is_done = _said(todo, "STATUS").upper() == "COMPLETED" or "COMPLETED" in todo
    rest = title if len(title) > TITLE_LENGTH else ""
    body = "\n\n".join(filter(None, (rest, _said(todo, "DESCRIPTION"), *unread)))
    created = _moment(todo, "CREATED", clock) or clock.now
    task = Task(
        id=id_of("icalendar", key),
        title=title[:TITLE_LENGTH],
        body=body or None,
        due=due,
        recurrence=rule,
        series_start=min(start.date, due.date) if start and due else due.date if rule and due else None,
        priority=_priority(todo),
        tags=checked_tags([str(tag) for tag in _categories(todo)]),
        duration_minutes=_minutes(todo),
        remind_at=_reminder(todo, due, clock),
        done_at=(_moment(todo, "COMPLETED", clock) or clock.now) if is_done else None,
        created_at=created,
        updated_at=max(created, _moment(todo, "LAST-MODIFIED", clock) or created),
    )
    return task, unread


def _said(todo: "Todo", name: str) -> str:
    value = todo.get(name)
    return str(value[0] if isinstance(value, list) else value) if value is not None else ""


def _due(todo: "Todo", name: str, clock: Clock, unread: list[str]) -> Due | None:
    """A day, or a civil time in the zone that is named, or in the person's where it is none of a place."""
    moment = _value(todo, name)
    if not isinstance(moment, datetime):
        return Due(date=moment) if isinstance(moment, date) else None
    zone = str(getattr(todo.get(name), "params", {}).get("TZID") or "")
    if moment.tzinfo is None and zone:
        unread.append(f"The zone {zone[:80]!r} is not known; {moment:%Y-%m-%d %H:%M} was read on your clock.")
    placed = zone_of(getattr(moment.tzinfo, "key", None)) if zone else None
    if placed is None:
        here = clock.now.tzinfo
        moment, placed = (moment.astimezone(here) if moment.tzinfo else moment), zone_of(clock.zone)
    return Due(date=moment.date(), time=moment.time().replace(microsecond=0), zone=str(placed))


def _moment(todo: "Todo", name: str, clock: Clock) -> datetime | None:
    moment = _value(todo, name)
    if not isinstance(moment, datetime):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=clock.now.tzinfo)
    return moment.astimezone(UTC) if 1900 <= moment.year < 9000 else None


def _rule(todo: "Todo", due: Due | None, unread: list[str]) -> str | None:
    if "RRULE" not in todo or due is None:
        return None
    said: Any = todo["RRULE"]
    written = (said[0] if isinstance(said, list) else said).to_ical().decode()
    try:
        rule = checked_rule(written)
        check_end(rule, due)
    except Invalid:
        unread.append(f"Its rule {written[:200]!r} is none that tasks here can follow.")
        return None
    return rule


def _priority(todo: "Todo") -> int | None:
    said = _said(todo, "PRIORITY")
    number = int(said) if said.isdecimal() else 0
    return None if not 1 <= number <= 9 else 1 if number <= HIGH else 2 if number == MEDIUM else 3


def _categories(todo: "Todo") -> list[str]:
    said: Any = todo.get("CATEGORIES", [])
    return [str(tag) for category in (said if isinstance(said, list) else [said]) for tag in category.cats]


def _minutes(todo: "Todo") -> int | None:
    length = _value(todo, "DURATION")
    minutes = int(length.total_seconds() // 60) if isinstance(length, timedelta) else 0
    return minutes if 1 <= minutes <= 100_000 else None


def _reminder(todo: "Todo", due: Due | None, clock: Clock) -> datetime | None:
    """The first alarm: a moment, or so long before it is due."""
    for alarm in todo.walk("VALARM"):
        trigger = _value(alarm, "TRIGGER")
        if isinstance(trigger, datetime):
            return (trigger if trigger.tzinfo else trigger.replace(tzinfo=clock.now.tzinfo)).astimezone(UTC)
        if isinstance(trigger, timedelta) and due:
            at = due.instant or datetime.combine(due.date, time(), clock.now.tzinfo)
            return at.astimezone(UTC) + trigger
    return None


def _with_exact(seen: Task, text: str, clock: Clock) -> tuple[Task, int | None]:
    """The task as we wrote it, with what was changed in other properties since; and its version."""
    if not text:
        return seen, None
    row = json.loads(text)
    exact = _of_row(row, seen.title)
    then, _ = _plain(_parsed(write(exact)), "", clock)
    watched = ("title", "body", "due", "recurrence", "priority", "tags", "remind_at", "done_at")
    changed: dict[str, Any] = {
        name: getattr(seen, name) for name in watched if getattr(seen, name) != getattr(then, name)
    }
    if changed.keys() & {"due", "recurrence"} and (due := changed.get("due", exact.due)):
        changed |= {"series_start": due.date, "occurrence": 1}
    return replace(exact, **changed), int(row["version"])


MOMENTS = ("created_at", "updated_at", "done_at", "remind_at")
IDS = ("id", "series_id")


def _row(task: Task) -> Mapping[str, Any]:
    row = {f.name: getattr(task, f.name) for f in fields(task)}
    if task.body and "\r" not in task.body:
        row["body"] = None  # as the description has it
    if task.due:
        row["due"] = [str(task.due.date), str(task.due.time) if task.due.time else None, task.due.zone]
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
    return {name: str(value) if name in IDS else value for name, value in plain.items() if value is not None}


def _of_row(row: Mapping[str, Any], title: str) -> Task:
    known = {f.name for f in fields(Task)}
    read_row: dict[str, Any] = {"title": title, **{name: value for name, value in row.items() if name in known}}
    for name in read_row.keys() & set(IDS):
        read_row[name] = UUID(read_row[name])
    for name in read_row.keys() & set(MOMENTS):
        read_row[name] = datetime.fromisoformat(read_row[name])
    if "series_start" in read_row:
        read_row["series_start"] = date.fromisoformat(read_row["series_start"])
    if "due" in read_row:
        day, hour, zone = read_row["due"]
        read_row["due"] = Due(date=date.fromisoformat(day), time=time.fromisoformat(hour) if hour else None, zone=zone)
    if "recurrence" in read_row:
        read_row["recurrence"] = checked_rule(read_row["recurrence"])
    return Task(**read_row | {"tags": tuple(map(str, read_row.get("tags", ()))), "version": 1})
