"""Slots: what is asked for where an order lacks the thing, its name or its time, and how the answer fills it."""

import re
from collections.abc import Mapping
from typing import Any

from agent import offline_words as words
from agent.offline_parts import Act, Ask, Part
from agent.offline_turn import Turn
from language.request import Request
from language.requests.new_tasks import drafted
from language.requests.said_fields import as_title
from language.when import resolve

OF_TASKS = {"task_update": "update_tasks", "task_complete": "complete_tasks", "task_delete": "delete_tasks"}
ANSWERS = ("task_create", "unknown", "correct", "question", "follow_up", "fields")
TIMED = re.compile(r"\b(?:meeting|event|appointment|agenda|alarm|reservation|booking|reminder|schedule|calendar)", re.I)
KIND = re.compile(
    r"(?:(?:the )?(?:time|date|title|name|content|description) of )?(?:(?:the|my|an?) )?(?:tasks?|reminders?|to-?dos?|"
    r"alarms?|events?|meetings?|appointments?|reservations?|bookings?|agendas?(?: items?)?|schedules?)",
    re.I,
)
RANGE = re.compile(r"^from\s+(?P<old>.+?)\s+to\s+(?P<new>.+)$", re.I | re.S)
ONE = re.compile(r"^(?:it(?:'s| is)\s+)?(?:the one|that|this)\s+", re.I)
LONGEST = 100


def name_asked(details: Mapping[str, Any], request: Request, turn: Turn) -> Ask:
    """What a new thing is about; of what is nothing without a time, that is asked for next."""
    is_timed = TIMED.search(request.text) is not None
    question = words.which(words.WHAT_TO_DO, turn.mark)
    return Ask(words=question, answer=lambda answer: _named(details, request, answer, is_timed))


def one_asked(intent: str, turn: Turn) -> Ask:
    """Which of the things that are there is meant."""
    return Ask(words=words.which(words.WHICH_ONE, turn.mark), answer=lambda answer: _chosen(intent, answer))


def change_asked(named: list[str], turn: Turn) -> Ask:
    """What becomes of it."""
    return Ask(words=words.which(words.CHANGE_WHAT, turn.mark), answer=lambda answer: _filled(named, answer))


def added(task: Mapping[str, Any], turn: Turn, *, ask_when: bool) -> list[Part]:
    """The new task, and the question for its time where it is told without one."""
    act = Act(tool="add_tasks", arguments={"tasks": [dict(task)]})
    if not ask_when or task.keys() & {"due", "recurrence", "remind"}:
        return [act]
    return [act, Ask(words=words.which(words.WHEN, turn.mark), answer=_timed)]


def _timed(answer: Turn) -> list[Part] | None:
    """A time alone is that of what was just added; anything else stands by itself."""
    when, made = answer.text.strip(" .!"), next((call for call in reversed(answer.previous) if call.wrote), None)
    kind = next((reading.kind for reading in resolve(when, answer.clock)), None)
    is_told = any(request.intent == "fields" for request in answer.understanding.requests)
    if made is None or is_told or kind in (None, "duration"):
        return None
    field = "recurrence" if kind == "recurrence" else "due"
    return [_update(str(made.things[-1]["id"]), {field: when})]


def _named(details: Mapping[str, Any], request: Request, answer: Turn, is_timed: bool) -> list[Part] | None:
    (first, *others) = answer.understanding.requests
    if others or first.intent not in ANSWERS or first.arguments.get("missing") == "title":
        return None
    told = _fields(first)
    if first.intent in ("correct", "fields") and told:
        if "title" in told:
            return added({**details, **told, "title": as_title(str(told["title"]))}, answer, ask_when=is_timed)
        return [name_asked({**details, **told}, request, answer)]
    if first.intent == "task_create" and len(first.arguments["tasks"]) > 1:
        return None
    made = first.arguments["tasks"][0] if first.intent == "task_create" else _drafted(answer)
    task = {**details, **made, "title": _of_kind(as_title(str(made.get("title") or "")), request)}
    return added(task, answer, ask_when=is_timed) if task["title"] else None


def _of_kind(title: str, request: Request) -> str:
    """`With Bob` of a meeting that was asked for is `Meeting with Bob`."""
    kind = TIMED.search(request.text)
    return f"{kind[0].capitalize()} w{title[1:]}" if kind and title.startswith("With ") else title


def _drafted(answer: Turn) -> dict[str, Any]:
    """A few words as a task: `to submit my tax form`."""
    bare = as_title(words.LABEL.sub("", answer.text.strip()))
    drafts = drafted(bare, answer.clock)
    return dict(drafts.arguments["tasks"][0]) if drafts else {"title": bare}


def _chosen(intent: str, answer: Turn) -> list[Part] | None:
    (first, *others) = answer.understanding.requests
    if others or first.intent not in ANSWERS or len(answer.text) > LONGEST:
        return None
    told = _fields(first) if first.intent == "fields" else {}
    if intent == "task_update" and "title" in told and len(told) > 1:
        return [_update(str(told.pop("title")), told)]
    bare = ONE.sub("", answer.text.strip(" .!"))
    named = " ".join(str(told[field]) for field in ("title", "due") if field in told) or bare
    if intent == "task_update":
        return [change_asked([named], answer)]
    return [Act(tool=OF_TASKS[intent], arguments={"tasks": [named]})]


def _filled(named: list[str], answer: Turn) -> list[Part] | None:
    (first, *_) = answer.understanding.requests
    if found := RANGE.match(answer.text.strip(" .!")):
        return [_update(f"{name} at {found['old']}", {"due": found["new"]}) for name in named]
    if first.intent not in ("correct", "task_update", "fields"):
        return None
    told = _fields(first)
    if "title" in told and len(told) > 1 and all(KIND.fullmatch(name) for name in named):
        return [_update(str(told.pop("title")), told)]
    return [_update(name, told) for name in named] if told else None


def _fields(request: Request) -> dict[str, Any]:
    return {
        field: told for field, told in request.arguments.items() if field not in ("is", "not", "wrong", "names", "task")
    }


def _update(name: str, fields: Mapping[str, Any]) -> Act:
    return Act(tool="update_tasks", arguments={"tasks": [{"task": name, **fields}]})
