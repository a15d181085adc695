"""ToolTalk: whole conversations with a calendar, reminders and alarms, whose things become tasks.

An alarm is a task at its next time, an event one at its start that takes until its end, done where it is over. Their
state stands beside the cases, as `db_Alarm.json`, `db_Reminder.json` and `db_Calendar.json`, by user. The calls of the
case, carried out on that state, say what must be in the end. Where no call writes, what the queries found must be
answered. An alarm or a reminder that one turn deletes and makes anew may as well be changed.

Selected are the cases whose calls are all ours but for a login: no mail, no messages, no other people's data, no
weather, no new account, and no change of an event's place or guests. A place or guest named when something is added
is neither asked for nor looked at.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from domain.tasks import Task
from evals.suites.dialogues import ZONE, Dialogue, suite, task
from evals.suites.expectations import Expected, Thing, clock_times
from evals.suites.lines import lines
from evals.suites.suite import Row

KINDS = {"Alarm": "Alarm", "Reminder": "Reminder", "Calendar": "Event"}
IDS = {"Alarm": "alarm_id", "Reminder": "reminder_id", "Event": "event_id"}
QUERIES = {"FindAlarms": "alarms", "GetReminders": "reminders", "QueryCalendar": "events"}
OURS = frozenset(
    "AddAlarm DeleteAlarm AddReminder CompleteReminder DeleteReminder CreateEvent ModifyEvent DeleteEvent".split()
) | frozenset(QUERIES)
LOGIN = frozenset({"UserLogin", "LogoutUser"})
EXCHANGES = ("AddAlarm", "DeleteAlarm", "AddReminder", "DeleteReminder")
ASIDE = ("new_location", "new_attendees")
Key = tuple[str, str]


def dialogue(case: Row, file: Path) -> Dialogue:
    """The case as a dialogue, its state read beside the file."""
    now = datetime.fromisoformat(case["ref"])
    has = {
        (kind, str(id)): _task(kind, fields, now, case["username"])
        for folder, kind in KINDS.items()
        for id, fields in _beside(file, folder).get(case["username"], {}).items()
    }
    return Dialogue(
        now=now,
        has=tuple(has.values()),
        lines=lines((turn["role"], turn["text"]) for turn in case["turns"]),
        expected=_expected(case, has),
    )


def left_out(case: Row) -> str | None:
    """Why the case is none of ours."""
    if not case.get("ref"):
        return "no clock"
    for call in _calls(case):
        if call["name"] not in OURS | LOGIN:
            return f"needs {call['name']}"
        if any(name in call["args"] for name in ASIDE):
            return "changes a place or guests"
    return None


def _beside(file: Path, name: str) -> Mapping[str, Any]:
    beside = file.with_name(f"db_{name}.json")
    found: Mapping[str, Any] = json.loads(beside.read_text(encoding="utf-8")) if beside.exists() else {}
    return found


def _task(kind: str, fields: Mapping[str, Any], now: datetime, username: str) -> Task:
    id, since = _id(username, kind, fields[IDS[kind]]), now - timedelta(days=7)
    if kind == "Alarm":
        return task("Alarm", at=since, moment=_next(fields["time"], now), id=id)
    if kind == "Reminder":
        done = (now - timedelta(days=1)).replace(tzinfo=ZoneInfo(ZONE)) if fields["status"] == "complete" else None
        return task(fields["task"], at=since, moment=fields["due_date"], done_at=done, id=id)
    ends = datetime.fromisoformat(fields["end_time"])
    return task(
        fields["name"],
        at=since,
        moment=fields["start_time"],
        body=fields["description"],
        duration_minutes=_minutes(fields["start_time"], fields["end_time"]),
        done_at=ends.replace(tzinfo=ZoneInfo(ZONE)) if ends < now else None,
        id=id,
    )


def _id(username: str, kind: str, id: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"{username}/{kind}/{id}")


def _next(time: str, now: datetime) -> str:
    """The next moment of a time of day."""
    at = datetime.combine(now.date(), datetime.strptime(time, "%H:%M:%S").time())
    return (at if at > now else at + timedelta(days=1)).isoformat()


def _minutes(start: str, end: str) -> int | None:
    """None for a whole day, and where an event ends before it begins, as some do."""
    if start.endswith(" 00:00:00") and end == start.replace(" 00:00:00", " 23:59:59"):
        return None
    minutes = (datetime.fromisoformat(end) - datetime.fromisoformat(start)) // timedelta(minutes=1)
    return minutes if minutes > 0 else None


def _expected(case: Row, has: Mapping[Key, Task]) -> Expected:
    """What the calls leave, or what they found where none of them writes."""
    things: dict[Key, Thing | None] = {}
    for call in _calls(case):
        if call["name"] in OURS and call["name"] not in QUERIES:
            key, thing = _change(call, things)
            things[key] = thing
    if not things:
        return _answers(case, has)
    moved = _moved(case, things, has)
    return Expected(
        old={str(has[key].id): thing for key, thing in things.items() if key in has and key not in moved},
        new=tuple(thing for key, thing in things.items() if key not in has and key not in moved.values() and thing),
        moved=tuple((str(has[old].id), thing) for old, new in moved.items() if (thing := things[new])),
    )


def _moved(case: Row, things: Mapping[Key, Thing | None], has: Mapping[Key, Task]) -> dict[Key, Key]:
    """What was there and is gone → what one turn put in its place, of a kind that no call can change."""
    moved: dict[Key, Key] = {}
    for turn in case["turns"]:
        keys = [_change(call, things)[0] for call in turn.get("calls") or () if call["name"] in EXCHANGES]
        for kind in ("Alarm", "Reminder"):
            gone = [key for key in keys if key[0] == kind and key in has and things[key] is None]
            made = [key for key in keys if key[0] == kind and key not in has and things[key]]
            if len(gone) == len(made) == 1:
                moved[gone[0]] = made[0]
    return moved


def _change(call: Mapping[str, Any], things: Mapping[Key, Thing | None]) -> tuple[Key, Thing | None]:
    """What a call makes of which thing; None is nothing."""
    name, args, result = call["name"], call["args"], call["result"]
    kind = next(kind for kind in IDS if name.endswith(kind))
    if name.startswith(("Add", "Create")):
        made = str(next(value for field, value in result.items() if field.endswith("_id")))
        return (kind, f"{made}, new"), _made(kind, args)
    key = (kind, str(args[IDS[kind]]))
    key = (kind, f"{key[1]}, new") if (kind, f"{key[1]}, new") in things else key
    if name.startswith("Delete"):
        return key, None
    before = things.get(key) or Thing()
    if name.startswith("Complete"):
        return key, Thing(title=before.title, at=before.at, minutes=before.minutes, done=True)
    starts, ends = args.get("new_start_time"), args.get("new_end_time")
    return key, Thing(
        title=args.get("new_name") or before.title,
        at=_iso(starts) or before.at,
        minutes=_minutes(starts, ends) if starts and ends else before.minutes,
    )


def _made(kind: str, args: Mapping[str, Any]) -> Thing:
    if kind == "Alarm":
        return Thing(at=args["time"])
    if kind == "Reminder":
        return Thing(title=args["task"], at=_iso(args.get("due_date")), done=False)
    return Thing(
        title=args["name"],
        at=_iso(args["start_time"]),
        minutes=_minutes(args["start_time"], args["end_time"]),
        done=False,
    )


def _answers(case: Row, has: Mapping[Key, Task]) -> Expected:
    found = {
        (kind, str(each[IDS[kind]])): each
        for call in _calls(case)
        if call["name"] in QUERIES
        for kind in IDS
        for each in (call["result"] or {}).get(QUERIES[call["name"]], ())
        if IDS[kind] in each
    }
    calendar = any(call["name"] == "QueryCalendar" for call in _calls(case))
    others = [held.title for (kind, id), held in has.items() if kind == "Event" and (kind, id) not in found]
    return Expected(
        says=tuple(
            clock_times(each["time"]) if kind == "Alarm" else (each.get("name") or each["task"],)
            for (kind, _), each in found.items()
        ),
        unsaid=tuple(others) if calendar else (),
    )


def _calls(case: Row) -> list[Mapping[str, Any]]:
    return [call for turn in case["turns"] for call in turn.get("calls") or () if not call.get("exception")]


def _iso(moment: str | None) -> str | None:
    return moment.replace(" ", "T") if moment else None


SUITE = suite(dialogue, left_out)
