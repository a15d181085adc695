"""API-Bank: dialogues about alarms, reminders, an agenda and meetings, all of which become tasks.

The cases bring no clock and no state. The clock is nine o'clock on the day before the first time in the calls. What is
changed, deleted or asked for was there: as its call names it, an alarm at the time it is moved from, anything else that
is changed without a time.

Selected are the cases in whose turns the person says a year (a date without one has no meaning without the clock that
the case lacks), and that change neither the place nor the people of something. Logins are not asked for; a place or
people named when something is added are neither asked for nor looked at.
"""

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from domain.tasks import Task
from evals.suites.dialogues import Dialogue, suite, task
from evals.suites.expectations import Expected, Thing, alike, clock_times
from evals.suites.lines import lines
from evals.suites.suite import Row

YEAR = re.compile(r"\b(?:19|20)\d\d\b")
ACTS = ("Add", "Modify", "Delete", "Query", "Get")
KINDS = ("Agenda", "Alarm", "Meeting", "Reminder")
WITH_PLACE = ("ModifyAgenda", "ModifyMeeting")
MORNING = time(9)


def dialogue(case: Row, file: Path) -> Dialogue:
    """The case as a dialogue, with a clock and a state made from its calls."""
    calls = _calls(case)
    first = min(datetime.fromisoformat(_at(call)) for call in calls)
    now = datetime.combine(first.date() - timedelta(days=1), MORNING)
    has: list[Task] = []
    old: dict[str, Thing | None] = {}
    new: list[Thing] = []
    for call in calls:
        act, thing = _act(call), _thing(call)
        made = next((each for each in new if _is_same(each, call)), None)
        if act == "Add":
            new.append(thing)
        elif act in ("Delete", "Modify") and made:
            new.remove(made)
            new.extend([thing] if act == "Modify" else [])
        else:
            held = _before(call, now - timedelta(days=7))
            has.append(held)
            if act not in ("Query", "Get"):
                old[str(held.id)] = None if act == "Delete" else thing
    says = () if old or new else tuple(words for call in calls for words in _answer(call))
    return Dialogue(
        now=now,
        has=tuple(has),
        lines=lines((turn["role"], turn["text"]) for turn in case["turns"] if turn["role"] != "api"),
        expected=Expected(old=old, new=tuple(new), says=says),
    )


def left_out(case: Row) -> str | None:
    """Why the case is none of ours."""
    words = " ".join(turn["text"] for turn in case["turns"] if turn["role"] == "user")
    if not YEAR.search(words):
        return "no clock and no year"
    return "changes a place or people" if any(call["name"] in WITH_PLACE for call in _calls(case)) else None


def _calls(case: Row) -> list[Mapping[str, Any]]:
    return [turn for turn in case["turns"] if turn["role"] == "api" and turn["name"].endswith(KINDS)]


def _act(call: Mapping[str, Any]) -> str:
    return next(act for act in ACTS if call["name"].startswith(act))


def _at(call: Mapping[str, Any]) -> str:
    args = call["args"]
    moment = args.get("to_time") or args.get("time") or args["start_time"]
    return str(moment).replace(" ", "T")


def _title(call: Mapping[str, Any]) -> str | None:
    title = call["args"].get("content") or call["args"].get("meeting_topic")
    return str(title) if title else None


def _thing(call: Mapping[str, Any]) -> Thing:
    return Thing(title=_title(call), at=_at(call), minutes=_minutes(call))


def _minutes(call: Mapping[str, Any]) -> int | None:
    args = call["args"]
    if "end_time" not in args:
        return None
    length = datetime.fromisoformat(args["end_time"]) - datetime.fromisoformat(args["start_time"])
    return length // timedelta(minutes=1)


def _is_same(made: Thing, call: Mapping[str, Any]) -> bool:
    """True where the call is about what an earlier one has made: named alike and, where it is not moved, then."""
    at = call["args"].get("from_time", _at(call)).replace(" ", "T")
    is_named = made.title is not None and alike(made.title, _title(call) or "") == 1
    return is_named if _act(call) == "Modify" and made.title else made.at == at and (is_named or made.title is None)


def _before(call: Mapping[str, Any], since: datetime) -> Task:
    """What the call is about, as it was."""
    is_alarm, changes = call["name"].endswith("Alarm"), _act(call) == "Modify"
    moment = call["args"].get("from_time", None if changes and not is_alarm else _at(call))
    return task(
        _title(call) or "Alarm",
        at=since,
        moment=moment,
        duration_minutes=None if changes else _minutes(call),
    )


def _answer(call: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """What must be said of it: its title, and its time of day."""
    title, at = _title(call), _at(call)[11:]
    return [*([(title,)] if title else []), *([clock_times(at)] if at != "00:00:00" else [])]


SUITE = suite(dialogue, left_out)
