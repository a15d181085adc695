"""What depends on the turn before: corrections, and requests that carry on."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from agent import offline_words as words
from agent.offline_answers import named_by
from agent.offline_calls import parts_of
from agent.offline_parts import Act, Ask, Part, Recall, Say
from agent.offline_references import among, pointed
from agent.offline_turn import READS, Answered, Item, Turn
from language.request import Request
from language.requests.filters import filters
from language.requests.frames import named
from language.requests.rhythms import amount_of, often_of

OF_TASKS = ("add_tasks", "update_tasks", "complete_tasks", "delete_tasks")
REFERENCES = {"complete_tasks": "tasks", "delete_tasks": "tasks", "update_tasks": "tasks", "delete_notes": "notes"}
SINGLE = {
    "log_habit": "habit",
    "update_habit": "habit",
    "delete_habit": "habit",
    "habit_insights": "habit",
    "update_note": "note",
    "forget": "memory",
}


def said_again(turn: Turn) -> list[Part] | None:
    """A task said again with what was missing changes the one just added."""
    last, (first, *others) = next(iter(turn.previous[-1:]), None), turn.understanding.requests
    if others or first.intent != "task_create" or last is None or last.tool != "add_tasks" or len(last.things) != 1:
        return None
    (new, *more), old = first.arguments["tasks"], last.things[0]
    is_same = not more and str(new.get("title")).casefold() == str(old.get("title")).casefold()
    fields = {name: value for name, value in new.items() if name != "title"}
    return [_update(old, fields)] if is_same and fields and not old.get("due") else None


def told(request: Request, turn: Turn) -> list[Part]:
    """What a thing is, told by its parts: for what was just made, where we asked or it has no time yet."""
    last = next(
        (call for call in reversed(turn.previous) if call.tool in ("add_tasks", "update_tasks") and call.wrote), None
    )
    lacks_it = last is not None and last.tool == "add_tasks" and not last.things[-1].get("due")
    if last is None or not request.arguments or not ("?" in turn.said or lacks_it):
        return [Say(words=words.NOTED)]
    return _with_fields(last, dict(request.arguments), request, turn)


def corrected(request: Request, turn: Turn) -> list[Part]:
    """What was just done put right; where nothing was, the request by itself."""
    given = dict(request.arguments)
    last = next((call for call in reversed(turn.previous) if call.wrote), None) or (
        turn.last_write if request.sure else None
    )
    read = turn.previous[-1] if turn.previous and not last else None
    if last is None or (not request.sure and last not in turn.previous):
        if set(given) == {"due"} and not turn.previous:
            return [Act(tool="find_tasks", arguments=given)]
        if read and "due" in given and read.tool in ("find_tasks", "plan_day"):
            return carried_on(Request(intent="follow_up", text=request.text, reference=given["due"]), turn)
        return parts_of(request.otherwise, turn) if request.otherwise else [Say(words=words.NOTHING_TO_CORRECT)]
    if given.get("wrong"):
        return [
            Act(tool="undo", arguments={}),
            Ask(words="Which one did you mean?", answer=lambda turn: _again(last, _named(turn), turn)),
        ]
    if "task" in given:
        return _rewritten(request, last, turn)
    if last.tool == "log_habit" and (amount := amount_of(request.text)):
        again = {**last.arguments, "value": amount.value, "unit": amount.unit}
        return [Act(tool="undo", arguments={}), Act(tool="log_habit", arguments=again)]
    if "is" in given:
        return _exchanged(last, given, turn)
    fields = {name: value for name, value in given.items() if name not in ("not", "is")}
    return _with_fields(last, fields, request, turn)


def wrong(turn: Turn) -> Ask:
    """A bare no to what was just done: what is to be different is asked, and nothing changed yet."""

    def answer(turn: Turn) -> list[Part] | None:
        request = turn.understanding.requests[0]
        return corrected(replace(request, sure=True), turn) if request.intent == "correct" else None

    return Ask(words=words.WHAT_IS_WRONG, answer=answer)


def _with_fields(last: Answered, fields: dict[str, Any], request: Request, turn: Turn) -> list[Part]:
    if last.tool in ("create_habit", "update_habit"):
        often = often_of(request.text)
        goal: dict[str, Any] = {"times": often[0], "per": often[1]} if often else fields
        return [Act(tool="update_habit", arguments={"habit": str(last.things[0]["id"]), **goal})]
    if last.tool == "log_habit":
        again = {**last.arguments, "date": fields.get("due", "today")}
        return [Act(tool="undo", arguments={}), Act(tool="log_habit", arguments=again)]
    if last.tool not in OF_TASKS:
        return [Say(words=words.NOTHING_TO_CORRECT)]
    items = last.things
    if len(items) > 1:
        question = f"Which one: {', '.join(str(item['title']) for item in items[:-1])} or {items[-1]['title']}?"
        return [
            Ask(words=question, answer=lambda turn: [_update(item, fields) for item in named_by(turn, items)] or None)
        ]
    return [_update(items[0], fields)]


def _rewritten(request: Request, last: Answered, turn: Turn) -> list[Part]:
    """`no, call the doctor`: the task just added said anew."""
    if last.tool != "add_tasks" or len(last.things) != 1 or last not in turn.previous:
        return parts_of(request.otherwise, turn) if request.otherwise else [Say(words=words.NOTHING_TO_CORRECT)]
    return [_update(last.things[0], request.arguments["task"])]


def _exchanged(last: Answered, given: Mapping[str, Any], turn: Turn) -> list[Part]:
    """Another thing was meant: a task just added is renamed, anything else is taken back and done to the other one."""
    new = str(given["is"])
    is_known = among(new, [item for call in turn.earlier for item in call.things]) is not None or pointed(new, turn)
    made = {item["id"] for call in turn.earlier if call.tool == "add_tasks" for item in call.things}
    items = [item for item in last.things if item["id"] in made and last.tool in ("add_tasks", "update_tasks")]
    if not items or (is_known and last.tool != "add_tasks"):
        return _redone(last, new, turn)
    item = among(str(given.get("not") or ""), items) or items[-1]
    return [_update(item, {"title": _renamed(str(item["title"]), str(given.get("not") or ""), new)})]


def _renamed(title: str, old: str, new: str) -> str:
    """The title with one name in the place of another: the one that is named, else what stands behind the verb."""
    if old and (found := re.search(rf"\b{re.escape(old)}\b", title, re.I)):
        return title[: found.start()] + new + title[found.end() :]
    head = re.match(r"\w+ (?:(?:the|my|a|an) )?", title)
    return f"{head[0] if head else ''}{new}"


def _redone(last: Answered, reference: str, turn: Turn) -> list[Part]:
    """The last act taken back and done to another thing."""
    again = _again(last, reference, turn)
    return [Act(tool="undo", arguments={}), *again] if isinstance(again[0], Act) else again


def _again(last: Answered, reference: str, turn: Turn) -> list[Part]:
    """The act done to another thing."""
    items = pointed(reference, turn)
    target = str(items[-1]["id"]) if items else reference
    if key := REFERENCES.get(last.tool):
        given = last.arguments[key]
        again = [{**given[0], "task": target}] if isinstance(given[0], Mapping) else [target]
        return [Act(tool=last.tool, arguments={key: again})]
    if key := SINGLE.get(last.tool):
        return [Act(tool=last.tool, arguments={**last.arguments, key: target})]
    return [Say(words=words.NOTHING_TO_CORRECT)]


def _named(turn: Turn) -> str:
    request = turn.understanding.requests[0]
    return str(request.arguments.get("is") or named(turn.text))


def _update(item: Item, fields: Mapping[str, Any]) -> Act:
    return Act(tool="update_tasks", arguments={"tasks": [{"task": str(item["id"]), **fields}]})


def carried_on(request: Request, turn: Turn) -> list[Part]:
    """The request before, about something else: `what about tomorrow?`, `the report too`."""
    about, last = request.reference or "", turn.previous[-1] if turn.previous else None
    if last is None:
        if turn.before and any(before.intent == "question" for before in turn.before.understanding.requests):
            return [Recall(question=request.text)]
        return parts_of(request.otherwise, turn) if request.otherwise else [Say(words=words.UNKNOWN)]
    if request.arguments.get("again"):
        return _once_more(about, turn)
    if (due := request.arguments.get("due")) and last.tool == "update_tasks":
        when = f"at {due}" if re.fullmatch(r"\d{1,2}(?::\d\d)?", str(due)) else due
        changes = [{"task": id, "due": when} for id in _ids(about, turn)]
        return [Act(tool="update_tasks", arguments={"tasks": changes})]
    if request.arguments.get("asks") and last.tool in ("write_note", "update_note"):
        return [Recall(question=request.text)]
    found, left = filters(about, turn.clock)
    if request.arguments.get("asks") and last.tool not in (*READS, "log_habit"):
        return [Act(tool="find_tasks", arguments=found or {"query": named(about)})]
    match last.tool:
        case "find_tasks":
            query = {"query": left} if left and not found.get("query") else {}
            return [Act(tool="find_tasks", arguments={**_kept(last.arguments), **found, **query})]
        case "plan_day":
            return [Act(tool="plan_day", arguments={"day": found.get("due", about)})]
        case "find_notes":
            return [Act(tool="find_notes", arguments={"query": about})]
        case "summarize_notes":
            return [Act(tool="summarize_notes", arguments={"about": about})]
        case "log_habit" if "due" in found and not left:
            return [Act(tool="log_habit", arguments={**last.arguments, "date": about})]
        case tool if key := SINGLE.get(tool):
            return [Act(tool=tool, arguments={**last.arguments, key: _ids(about, turn)[-1]})]
        case tool if key := REFERENCES.get(tool):
            first = last.arguments[key][0]
            again = [{**first, "task": id} if isinstance(first, Mapping) else id for id in _ids(about, turn)]
            return [Act(tool=tool, arguments={key: again})]
        case "add_tasks":
            return parts_of(
                Request(
                    intent="task_create",
                    text=request.text,
                    arguments={"tasks": [_alike(last.arguments["tasks"][-1], about)]},
                ),
                turn,
            )
    return [Say(words=words.UNKNOWN)]


def _ids(about: str, turn: Turn) -> list[str]:
    return [str(item["id"]) for item in pointed(about, turn)] or [named(about)]


def _once_more(when: str, turn: Turn) -> list[Part]:
    """The task added last, for another time."""
    call = next((call for call in reversed(turn.earlier) if call.tool == "add_tasks"), None)
    if call is None:
        return [Say(words=words.NOTHING_TO_CORRECT)]
    return [Act(tool="add_tasks", arguments={"tasks": [{**call.arguments["tasks"][-1], "due": when}]})]


def _alike(task: Mapping[str, Any], about: str) -> dict[str, Any]:
    """A task like the one before with other words behind its verb."""
    verb = str(task["title"]).partition(" ")[0]
    return {**task, "title": f"{verb} {named(about)}"}


def _kept(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if name != "limit"}
