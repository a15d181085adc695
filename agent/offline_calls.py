"""From a request to the calls it needs, or to what is said without one."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from agent import offline_words as words
from agent.offline_parts import Act, Ask, Part, Recall, Say
from agent.offline_references import among, is_pronoun, pointed, without
from agent.offline_slots import OF_TASKS, added, change_asked, name_asked, one_asked
from agent.offline_turn import Answered, Item, Turn
from domain.due import Due
from language.request import Request
from language.requests.new_tasks import BLOCKED
from language.requests.summaries import summary_asked
from language.when import due_of, in_words, resolve

BATCH = 100
ALL = 200
# What is counted may be how the habit is called: "I walked 9000 steps".
COUNTED = re.compile(
    r"(?:step|page|glasse?|cup|bottle|word|chapter|lesson|calorie|cigarette|coffee|beer|drink|rep|lap)s?", re.I
)
FOR_WHAT = re.compile(r"\bfor (?:an? |the |my |some )?(?P<what>[a-z][\w' -]{1,60}?)\s*\?+$", re.I)
ASKS = re.compile(
    r"(?:\w+ )?(?:what|when|where|which|whose|whom?|why|how)\b|(?:did|does|do|is|are|was|were|has|have|had) .*\?\W*$",
    re.I,
)
# "interest rate on our mortgage", "profit last year": a thing and of what, as one types where things are looked up.
LOOKED_UP = re.compile(
    r"\W*(?!.*\b(?:i|you|he|she|it|we|they|me|us|please|thanks?|is|are|was|were|am|be|do|can|will|should|must)\b)"
    r"(?:(?:the|my|our) )?(?:[\w'’-]+ ){0,2}[\w'’-]+ (?:of|on|in|for|at|from|by|with|last|this) "
    r"(?:[\w'’,-]+ ){0,7}[\w'’,-]+\W*$",
    re.I,
)
OF_TASKS_ONLY = re.compile(
    r"\b(?:tasks?|to-?dos?|reminders?|list|agenda|calendar|schedule|appointments?|plate|due|overdue|deadlines?)\b", re.I
)
# What an order about a thing is for a thing of another kind: "delete it" of a note is an order about notes.
TURNED = {
    ("task_delete", "note"): "note_delete",
    ("task_delete", "habit"): "habit_delete",
    ("task_update", "note"): "note_update",
    ("task_update", "habit"): "habit_update",
    ("task_complete", "habit"): "habit_log",
    ("note_delete", "task"): "task_delete",
    ("task_delete", "memory"): "memory_forget",
}


def parts_of(request: Request, turn: Turn) -> list[Part]:
    """All that one request needs, in its order."""
    match request.intent:
        case "task_create":
            return _created(request, turn)
        case "task_find":
            return [_found(request, turn)]
        case "task_update" | "task_complete" | "task_delete":
            return _changed(request, turn)
        case "plan_day":
            return [Act(tool="plan_day", arguments=request.arguments)]
        case "question":
            return [_question(request, turn)]
        case "undo":
            return [_undone(request, turn)]
        case "memory_add" if not request.sure:
            fact = request.arguments
            return [
                Ask(
                    words=words.REMEMBER, answer=lambda answer: _if_agreed(answer, Act(tool="remember", arguments=fact))
                )
            ]
        case "memory_add":
            return [Act(tool="remember", arguments=request.arguments)]
        case "memory_find":
            about = request.arguments.get("about")
            return [
                Act(
                    tool="search",
                    arguments={"kinds": ["memory"], **({"query": about} if about else {})},
                    then=_known,
                )
            ]
        case "memory_forget":
            return [Act(tool="forget", arguments={"memory": request.reference})]
        case "unknown" if turn.passages and _asks(request.text) and not request.arguments:
            return [Recall(question=request.text, far=True)]
        case intent if intent.startswith("note_"):
            return _note(request, turn)
        case intent if intent.startswith("habit_"):
            return _habit(request, turn)
    return [Say(words=_said(request, turn))]


def _said(request: Request, turn: Turn) -> str:
    if request.intent == "datetime":
        return _date(request, turn)
    if request.intent == "repeat":
        return turn.said or words.NOTHING_SAID
    if request.intent == "foreign":
        return words.FOREIGN.format(language=request.arguments["language"])
    if request.intent == "unknown" and request.arguments.get("too_long"):
        return words.TOO_LONG
    if request.arguments.get("credentials"):
        return words.NO_ACCOUNT
    if (
        request.intent == "affirm"
        and words.YES.match(request.text.strip())
        and any(call.is_open for call in turn.previous)
    ):
        return words.WAITS
    return words.said(request.intent, request.text, turn.mark)


def _date(request: Request, turn: Turn) -> str:
    """What day or time it is, or on which day a phrase falls."""
    clock, about = turn.clock, str(request.arguments.get("about") or "")
    due = next((due for reading in resolve(about, clock) if (due := due_of(reading, clock))), None) if about else None
    if about and due is None:
        return words.UNKNOWN
    at = due or Due(date=clock.now.date(), time=clock.now.time().replace(second=0, microsecond=0), zone=clock.zone)
    told = in_words(at, clock).removeprefix("today, ")
    return f"That is {told}." if due else f"It is {told}."


def _question(request: Request, turn: Turn) -> Part:
    query = str(request.arguments.get("query") or request.text)
    return (
        Act(tool="search", arguments={"query": query})
        if turn.passages is None
        else Recall(question=query, far=bool(request.arguments.get("far")))
    )


def _asks(text: str) -> bool:
    return bool(ASKS.match(text) or LOOKED_UP.match(text))


def _known(call: Answered) -> list[Part]:
    known = [str(item["title"]) for item in call.things]
    if not known:
        return [Say(words=words.NOTHING_REMEMBERED)]
    return [Say(words="\n".join(["This is what I keep in mind:", *(f"- {fact}" for fact in known)]))]


def _created(request: Request, turn: Turn) -> list[Part]:
    tasks = list(request.arguments["tasks"])
    missing = request.arguments.get("missing")
    if tasks[0].get("title") == BLOCKED and turn.before and (asked := FOR_WHAT.search(turn.before.text)):
        tasks = [{**tasks[0], "title": asked["what"][:1].upper() + asked["what"][1:]}]
    if request.arguments.get("confirm"):
        return [put_down(tasks[0]["title"])]
    if missing == "title":
        return [name_asked(tasks[0], request, turn)]
    if missing == "due":
        return added(tasks[0], turn, ask_when=True)
    return [Act(tool="add_tasks", arguments={"tasks": tasks})]


def put_down(title: str) -> Ask:
    """Whether what we cannot do is to stand on the list."""
    act = Act(tool="add_tasks", arguments={"tasks": [{"title": title}]})
    return Ask(words=words.PUT_DOWN.format(title=title), answer=lambda answer: _if_agreed(answer, act))


def _found(request: Request, turn: Turn) -> Act:
    arguments = dict(request.arguments)
    ask = arguments.pop("ask", None)
    if ask is None:
        return Act(tool="find_tasks", arguments=arguments, then=_or_written(request, turn))

    def then(call: Answered) -> list[Part] | None:
        told = words.answered(ask, call, request)
        if told is not None:
            return [Say(words=told)]
        return parts_of(request.otherwise, turn) if request.otherwise else None

    return Act(tool="find_tasks", arguments=arguments, then=then)


def _or_written(request: Request, turn: Turn) -> Callable[[Answered], list[Part] | None] | None:
    """A question that no task answers may be answered by what the person wrote."""
    if turn.passages is None or not ASKS.match(request.text) or OF_TASKS_ONLY.search(request.text):
        return None

    def then(call: Answered) -> list[Part] | None:
        said = str(call.result.get("summary") or "")
        return None if call.things or not said else [Recall(question=request.text, instead=said)]

    return then


def _changed(request: Request, turn: Turn) -> list[Part]:
    """A change of tasks, by id where the words point at what was spoken of."""
    reference, given = request.reference or "it", dict(request.arguments)
    names, but, where = given.pop("names", None), given.pop("but", None), given.pop("where", None)
    if given.pop("missing", None) == "name":
        return [one_asked(request.intent, turn)]
    items = pointed(reference, turn)
    if items and (turned := TURNED.get((request.intent, str(items[-1]["kind"])))):
        return _turned(turned, given, items)
    if not items and not but and is_pronoun(reference):
        return [Say(words=words.WHAT_IS.format(reference=reference))]
    if but and len(items) < 2:
        where = where or {}
    if where is not None:
        return [_of_those(request.intent, given, where, but or [])]
    named = [str(item["id"]) for item in (without(items, but) if but else items)] or list(names or [reference])
    if not str(given.get("title", "-")).strip(" \"'“”"):
        del given["title"]
    if request.intent == "task_update" and not given:
        return [change_asked(named, turn)]
    return [_call(request.intent, named, given, _or_else(request, turn))]


def _turned(intent: str, given: Mapping[str, Any], items: list[Item]) -> list[Part]:
    """The same order about a note, a habit or a memory."""
    ids = [str(item["id"]) for item in items]
    match intent:
        case "note_delete":
            return [Act(tool="delete_notes", arguments={"notes": ids})]
        case "habit_delete":
            return [Act(tool="delete_habit", arguments={"habit": id}) for id in ids]
        case "memory_forget":
            return [Act(tool="forget", arguments={"memory": id}) for id in ids]
        case "habit_log":
            return [Act(tool="log_habit", arguments={"habit": id}) for id in ids]
        case "note_update":
            return [Act(tool="update_note", arguments={"note": ids[-1], **given})]
        case "habit_update":
            return [
                Act(
                    tool="update_habit",
                    arguments={"habit": ids[-1], **({"name": given["title"]} if "title" in given else {})},
                )
            ]
    return [_call("task_delete", ids, given, None)]


def _call(
    intent: str, named: list[str], given: Mapping[str, Any], then: Callable[[Answered], list[Part] | None] | None
) -> Act:
    tasks: list[Any] = [{"task": task, **given} for task in named] if intent == "task_update" else named
    return Act(tool=OF_TASKS[intent], arguments={"tasks": tasks}, then=then)


def _of_those(intent: str, given: Mapping[str, Any], where: Mapping[str, Any], but: list[str]) -> Act:
    """A change of all that are so, but for some."""

    def then(call: Answered) -> list[Part] | None:
        ids = [str(item["id"]) for item in without(call.things, but)]
        calls: list[Part] = [_call(intent, ids[at : at + BATCH], given, None) for at in range(0, len(ids), BATCH)]
        return calls or None

    return Act(tool="find_tasks", arguments={**where, "limit": ALL}, then=then)


def _or_else(request: Request, turn: Turn) -> Callable[[Answered], list[Part] | None] | None:
    """What is done where no such thing exists."""
    otherwise = request.otherwise
    if otherwise is None:
        return None
    return lambda call: parts_of(otherwise, turn) if call.found_nothing else None


def _undone(request: Request, turn: Turn) -> Part:
    """The last act taken back, or the last one on the thing that is named."""
    if not request.reference:
        return Act(tool="undo", arguments={})
    for call in reversed(turn.earlier):
        if call.wrote and call.result.get("action_id") and among(request.reference, call.things):
            return Act(tool="undo", arguments={"action": str(call.result["action_id"])})
    return Say(words=words.NOT_DONE_HERE.format(reference=request.reference))


def _if_agreed(answer: Turn, act: Act) -> list[Part] | None:
    first = answer.understanding.requests[0]
    if first.intent == "deny":
        return [Say(words=words.which(words.NOTHING, answer.mark))]
    return [act] if first.intent == "affirm" else None


def _note(request: Request, turn: Turn) -> list[Part]:
    given, reference = dict(request.arguments), request.reference or "it"
    match request.intent:
        case "note_write":
            if given.get("body"):
                return [Act(tool="write_note", arguments=given)]
            return [Ask(words=words.NO_BODY, answer=lambda answer: _written(given, answer))]
        case "note_find":
            return [Act(tool="find_notes", arguments=given)]
        case "note_summarize":
            given = dict(summary_asked(request, turn.clock).arguments)
            shown = pointed(given["about"], turn, "note") if "about" in given else []
            if shown:
                given = {"note": str(shown[-1]["id"]), **{key: given[key] for key in given if key == "length"}}
            return [Act(tool="summarize_notes", arguments=given)]
    items = pointed(reference, turn, "note")
    if items and items[-1]["kind"] == "task" and request.intent == "note_delete" and "note" not in request.text.lower():
        return _turned("task_delete", given, items)
    ids = [str(item["id"]) for item in items if item["kind"] == "note"] or [reference]
    if request.intent == "note_update":
        return [Act(tool="update_note", arguments={"note": ids[-1], **given})]
    return [Act(tool="delete_notes", arguments={"notes": ids})]


def _written(given: Mapping[str, Any], answer: Turn) -> list[Part]:
    if answer.understanding.requests[0].intent == "deny":
        return [Say(words=words.which(words.NOTHING, answer.mark))]
    return [Act(tool="write_note", arguments={**given, "body": answer.text})]


def _habit(request: Request, turn: Turn) -> list[Part]:
    given, reference = dict(request.arguments), request.reference
    items = pointed(reference, turn, "habit") if reference else []
    habit = str(items[-1]["id"]) if items and items[-1]["kind"] == "habit" else reference
    match request.intent:
        case "habit_create":
            if given.get("times") == 0:
                return [Say(words=words.NO_TIMES)]
            return [Act(tool="create_habit", arguments=given)]
        case "habit_log":
            return [Act(tool="log_habit", arguments={"habit": habit, **given}, then=_logged(request))]
        case "habit_update":
            return [Act(tool="update_habit", arguments={"habit": habit, **given})]
        case "habit_delete":
            return [Act(tool="delete_habit", arguments={"habit": habit})]
    return [Act(tool="habit_insights", arguments={"habit": habit} if habit else {}, then=_told(request, turn))]


def _logged(request: Request) -> Callable[[Answered], list[Part] | None]:
    """Where there is no such habit it may be a task, and else a habit to begin."""

    def then(call: Answered) -> list[Part] | None:
        if not call.found_nothing:
            return None
        task = request.otherwise
        if (unit := str(request.arguments.get("unit") or "")) and COUNTED.fullmatch(unit):
            again = {**call.arguments, "habit": unit}
            return [
                Act(
                    tool="log_habit", arguments=again, then=lambda done: [offered(call)] if done.found_nothing else None
                )
            ]
        if task is None or "value" in request.arguments or len(str(task.reference).split()) < 2:
            return [offered(call)]
        return [
            Act(
                tool="complete_tasks",
                arguments={"tasks": [task.reference]},
                then=lambda done: [offered(call)] if done.found_nothing else None,
            )
        ]

    return then


def _told(request: Request, turn: Turn) -> Callable[[Answered], list[Part] | None]:
    """What is no habit may stand in what the person wrote."""
    question = Request(intent="question", text=request.text, arguments={"query": request.text.rstrip("? ")})
    is_habit = re.search(r"\b(?:habits?|streak|progress)\b", request.text, re.I) is not None
    return lambda call: [_question(question, turn)] if call.found_nothing and not is_habit else None


def offered(logged: Answered) -> Ask:
    """The habit that was missing, to be made before the entry."""

    def answer(turn: Turn) -> list[Part] | None:
        habit = {"name": logged.arguments.get("habit")}
        if logged.arguments.get("value") is not None:
            habit |= {"kind": "numeric", "unit": logged.arguments.get("unit")}
        made = {name: value for name, value in habit.items() if value is not None}
        agreed = _if_agreed(turn, Act(tool="create_habit", arguments=made))
        is_made = agreed is not None and isinstance(agreed[0], Act)
        return [*agreed, Act(tool="log_habit", arguments=logged.arguments)] if agreed and is_made else agreed

    return Ask(words=words.NO_HABIT.format(habit=logged.arguments.get("habit")), answer=answer)
