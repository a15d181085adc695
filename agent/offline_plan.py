"""From requests to calls of tools, and to what is said without one."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from agent.offline_turn import Answered, Turn, position
from language.request import Request

EXAMPLES = "“remind me to call the dentist tomorrow at 3pm” or “what's due this week?”"
UNKNOWN = (
    "I did not understand that, or it is not something I can do. "
    f"I look after your tasks, notes and habits: try {EXAMPLES}."
)
HELP = (
    "I keep your tasks, notes and habits, and answer questions from what you wrote. Try “remind me to call the dentist "
    "tomorrow at 3pm”, “note: the landlord agreed to repaint the hallway”, “I want to run 3 times a week” "
    "or “what's due this week?”."
)
GREETING = f"Hello! I look after your tasks, notes and habits: try {EXAMPLES}."
WELCOME = "You're welcome."
BYE = "Until next time."
NO_BODY = "What should the note say? Write “note:” and then its words."
NOT_HERE = "I cannot do that here."
NOTHING = "All right, I changed nothing."
YES = re.compile(r"^(?:yes|yeah|yep|yup|sure|ok|okay|please do|do it|go ahead|yes,? please|create it)\W*$", re.I)
NO = re.compile(r"^(?:no|nope|nah|no,? thanks?(?: you)?|never ?mind|don'?t|forget it)\W*$", re.I)
POINTS_BACK = re.compile(r"^(?:the|that|number|#?\d)\b", re.I)
ADDS = frozenset({"add_tasks", "write_note", "remember"})
READS = frozenset({"find_tasks", "find_notes", "summarize_notes", "habit_insights", "search", "plan_day"})


@dataclass(frozen=True, kw_only=True)
class Act:
    """One call of a tool."""

    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Say:
    """Words that need no tool."""

    words: str


@dataclass(frozen=True, kw_only=True)
class Recall:
    """A question to be answered from the passages that were recalled."""

    question: str


Part = Act | Say | Recall


def plan(turn: Turn, bound: Collection[str] | None) -> list[Part]:
    """All parts of the turn in the order they were asked; tools that are not `bound` are not called."""
    parts = _follow_up(turn)
    if parts is None:
        parts = _merged([_part(request, turn) for request in turn.understanding.requests])
    if bound is None:
        return parts
    return [Say(words=NOT_HERE) if isinstance(part, Act) and part.tool not in bound else part for part in parts]


def steps(parts: list[Part]) -> list[list[Act]]:
    """Calls that may go out together; one that may touch what an earlier one makes waits for it."""
    stages: list[list[Act]] = []
    for act in (part for part in parts if isinstance(part, Act)):
        after_write = bool(stages) and any(before.tool not in READS for before in stages[-1])
        if not stages or (after_write and act.tool not in ADDS):
            stages.append([act])
        else:
            stages[-1].append(act)
    return stages


def needs_habit(call: Answered) -> bool:
    """True where something was to be logged for a habit that does not exist."""
    refused = not any(item.get("ok") or item.get("question") for item in call.items)
    return call.tool == "log_habit" and refused and "no habit" in str(call.result.get("summary")).lower()


def _follow_up(turn: Turn) -> list[Part] | None:
    """What an answer to our own question of the turn before means; None where it is a message of its own."""
    only = turn.understanding.requests[0] if len(turn.understanding.requests) == 1 else None
    if not turn.previous or only is None or not (only.intent == "unknown" or POINTS_BACK.match(turn.text.strip())):
        return None
    last, text = turn.previous[-1], turn.text.strip()
    if needs_habit(last):
        if YES.match(text):
            return _started(last)
        return [Say(words=NOTHING)] if NO.match(text) else None
    asked = [(index, item) for index, item in enumerate(last.items) if item.get("question")]
    if not asked:
        return None
    if NO.match(text):
        return [Say(words=NOTHING)]
    return [_asked_again(last, *asked[0], text)] if len(text) <= 200 else None


def _started(logged: Answered) -> list[Part]:
    """The habit that was missing, made from what was to be logged, and then the entry."""
    habit = {"name": logged.arguments.get("habit")}
    if logged.arguments.get("value") is not None:
        habit |= {"kind": "numeric", "unit": logged.arguments.get("unit")}
    return [
        Act(tool="create_habit", arguments={name: value for name, value in habit.items() if value is not None}),
        Act(tool="log_habit", arguments=logged.arguments),
    ]


def _asked_again(call: Answered, index: int, item: Mapping[str, Any], text: str) -> Act:
    """The same call with the answer put where the question was: the name of a thing, or a time."""
    question = str(item["question"])
    of_time = not question.lower().startswith("which")
    choices = re.findall(r'"([^"]+)"', question)
    named = text if of_time else (position(text, choices) or [re.sub(r"^the (.+?) one$", r"\1", text, flags=re.I)])[0]
    arguments = dict(call.arguments)
    key = next((key for key in ("tasks", "notes", "note", "habit", "memory") if key in arguments), None)
    match arguments.get(key) if key else None:
        case list(things) if key and index < len(things):
            asked = things[index]
            field = "due" if of_time else "task"
            answered = {**asked, field: named} if isinstance(asked, Mapping) else named
            return Act(tool=call.tool, arguments=arguments | {key: [answered]})
        case str() if key:
            return Act(tool=call.tool, arguments=arguments | {"date" if of_time else key: named})
    return Act(tool=call.tool, arguments=arguments)


def _part(request: Request, turn: Turn) -> Part:
    match request.intent:
        case "greeting":
            return Say(words=_courtesy(request.text))
        case "help":
            return Say(words=HELP)
        case "question":
            query = str(request.arguments.get("query") or request.text)
            return Act(tool="search", arguments={"query": query}) if turn.passages is None else Recall(question=query)
        case "note_write" if not request.arguments.get("body"):
            return Say(words=NO_BODY)
        case "unknown":
            return Say(words=UNKNOWN)
    tool, arguments = _call(request, turn)
    return Act(tool=tool, arguments=arguments)


def _courtesy(text: str) -> str:
    if re.search(r"thank|thx|cheers", text, re.I):
        return WELCOME
    return BYE if re.search(r"bye|good night", text, re.I) else GREETING


def _call(request: Request, turn: Turn) -> tuple[str, dict[str, Any]]:
    given, reference = dict(request.arguments), request.reference or ""
    match request.intent:
        case "task_create":
            return "add_tasks", given
        case "task_find":
            return "find_tasks", given
        case "task_update":
            return "update_tasks", {"tasks": [{"task": task, **given} for task in turn.named(reference, "task")]}
        case "task_complete" | "task_delete":
            named = [task for words in given.get("tasks") or [reference] for task in turn.named(words, "task")]
            return ("complete_tasks" if request.intent == "task_complete" else "delete_tasks"), {"tasks": named}
        case "plan_day":
            return "plan_day", given
        case "undo":
            return "undo", {}
        case "memory_add":
            return "remember", given
        case "memory_forget":
            return "forget", {"memory": reference}
        case intent if intent.startswith("note_"):
            return _note_call(intent, given, reference, turn)
    return _habit_call(request.intent, given, reference, turn)


def _note_call(intent: str, given: dict[str, Any], reference: str, turn: Turn) -> tuple[str, dict[str, Any]]:
    match intent:
        case "note_write":
            return "write_note", given
        case "note_find":
            return "find_notes", given
        case "note_summarize":
            pointed = turn.named(given["about"], "note") if "about" in given else []
            return "summarize_notes", {"note": pointed[0]} if pointed and pointed != [given["about"]] else given
        case "note_update":
            return "update_note", {"note": turn.named(reference, "note")[0], **given}
    return "delete_notes", {"notes": turn.named(reference, "note")}


def _habit_call(intent: str, given: dict[str, Any], reference: str, turn: Turn) -> tuple[str, dict[str, Any]]:
    habit = turn.named(reference, "habit")[0] if reference else None
    match intent:
        case "habit_create":
            return "create_habit", given
        case "habit_log":
            return "log_habit", {"habit": habit, **given}
        case "habit_update":
            return "update_habit", {"habit": habit, **given}
        case "habit_delete":
            return "delete_habit", {"habit": habit}
    return "habit_insights", {"habit": habit} if habit else {}


def _merged(parts: list[Part]) -> list[Part]:
    """Neighbouring calls of one tool on a batch as one call, and the same words only once."""
    merged: list[Part] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, Act) and isinstance(last, Act) and part.tool == last.tool:
            key = next((key for key in ("tasks", "notes") if key in part.arguments and key in last.arguments), None)
            if key:
                merged[-1] = Act(tool=part.tool, arguments={key: [*last.arguments[key], *part.arguments[key]]})
                continue
        if not (isinstance(part, Say) and part in merged):
            merged.append(part)
    return merged
