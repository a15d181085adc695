"""What we or a tool asked the turn before, and the next message read as its answer."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from agent import offline_words as words
from agent.offline_calls import offered
from agent.offline_parts import Act, Ask, Part, Say
from agent.offline_references import among, placed
from agent.offline_turn import Answered, Item, Turn
from language.requests.frames import named
from language.requests.task_fields import fields_of

BARE = frozenset({"unknown", "correct", "deny", "follow_up", "task_create", "question"})
NTH = re.compile(r"\b(?P<day>\d{1,2})(?:st|nd|rd|th)\b", re.I)
TIME = re.compile(r"\d{4}-\d\d-\d\d")
SOONER = re.compile(
    r"(?:the )?(?:(?:earlier|sooner|earliest|soonest)|(?P<later>later|latest))(?: one| day| time)?", re.I
)
CLOSED = re.compile(r"[\s,]+(?:please|then|thanks|thank you)[\s.!]*$", re.I)
LED = re.compile(r"^\s*(?:i (?:mean|meant|want)|yes,?|no,?|sorry,?|it's|make it|take|on)\s+", re.I)


def asks_of(call: Answered) -> list[Part]:
    """What a tool asks, so that the next turn may answer it; its words have been told."""
    if call.tool == "log_habit" and call.found_nothing:
        return [offered(call)]
    return [
        Ask(words="", answer=lambda turn: _answered(call, turn), put=str(item["question"]))
        for _, item in call.questions[:1]
    ]


def answers(turn: Turn, past: list[Part]) -> list[Part] | None:
    """The turn read as the answer to what was asked last; None where it stands by itself.

    A bare yes answers only what the turn before ended with.
    """
    asked = [(turn.said.rfind(part.words or part.put), part) for part in past if isinstance(part, Ask)]
    at, last = max(asked, key=lambda pair: pair[0], default=(-1, None))
    if last is None or (at < 0 and last.words):
        return None
    is_last = at >= 0 and "?" not in turn.said[at + len(last.words or last.put) :]
    return None if is_assent(turn) and not is_last else last.answer(turn)


def is_assent(turn: Turn) -> bool:
    """True for a message that is nothing but a yes."""
    return all(request.intent == "affirm" for request in turn.understanding.requests)


def _answered(call: Answered, turn: Turn) -> list[Part] | None:
    """The same call with the answer put where the question was: the name of a thing, or a time."""
    place, item = call.questions[0]
    first = turn.understanding.requests[0]
    if first.intent == "deny":
        return [Say(words=words.which(words.NOTHING, turn.mark))]
    choices: list[Item] = list(
        item.get("choices") or [{"id": name, "title": name} for name in re.findall(r'"([^"]+)"', str(item["question"]))]
    )
    is_of_times = bool(choices) and all(TIME.match(str(one["id"])) for one in choices)
    picked = _times_named_by(turn, choices) if is_of_times else named_by(turn, choices)
    if picked:
        return [_put(call, place, [str(one["id"]) for one in picked], of_time=is_of_times)]
    if is_assent(turn):
        return [Ask(words=str(item["question"]), answer=lambda turn: _answered(call, turn))]
    if "title" in first.arguments:
        return [_put(call, place, [str(first.arguments["title"])])]
    is_of_time = not str(item["question"]).lower().startswith("which")
    if is_of_time and (first.intent in ("correct", "unknown") or fields_of(turn.text, turn.clock)):
        return [_put(call, place, [turn.text], of_time=True)]
    if (
        len(turn.understanding.requests) > 1
        or first.intent not in BARE
        or len(turn.text) > 200
        or (first.sure and first.intent == "task_create")
    ):
        return None
    return None if is_of_time else [_put(call, place, [named(turn.text)])]


def named_by(turn: Turn, choices: list[Item]) -> list[Item]:
    """Those of the choices that the answer names: by place, all of them, or by their words."""
    bare = _bare(turn)
    if re.fullmatch(r"(?:both|all)(?: of (?:them|these|those))?|(?:both|all) (?:please|three)", bare, re.I):
        return choices
    if chosen := placed(bare, choices):
        return chosen
    one = among(bare, choices, least=0.3)
    return [one] if one else []


def _times_named_by(turn: Turn, choices: list[Item]) -> list[Item]:
    """The one of the times that the answer names by its place; words for a time are read as such."""
    bare = _bare(turn)
    if way := SOONER.fullmatch(bare):
        in_order = sorted(choices, key=lambda one: datetime.fromisoformat(str(one["id"])).replace(tzinfo=None))
        return [in_order[-1 if way["later"] else 0]]
    day = NTH.search(bare)
    on = [one for one in choices if day and date.fromisoformat(str(one["id"])[:10]).day == int(day["day"])]
    # A bare figure is an hour.
    return on if len(on) == 1 else [] if bare[:1].isdigit() else placed(bare, choices)


def _bare(turn: Turn) -> str:
    return CLOSED.sub("", LED.sub("", turn.text)).strip(" .!")


def _put(call: Answered, place: int, answer: list[str], *, of_time: bool = False) -> Act:
    arguments = dict(call.arguments)
    key = next((key for key in ("tasks", "notes", "note", "habit", "memory") if key in arguments), "")
    given = arguments.get(key)
    if isinstance(given, list) and given:
        asked = given[min(place, len(given) - 1)] if len(given) > 1 else given[0]
        if isinstance(asked, Mapping):
            field = _field_asked(call, asked) or "due" if of_time else "task"
            return Act(tool=call.tool, arguments={key: [{**asked, field: one} for one in answer]})
        return Act(tool=call.tool, arguments={key: answer})
    return Act(
        tool=call.tool,
        arguments={**arguments, (_field_asked(call, arguments) or "date") if of_time else key: answer[0]},
    )


def _field_asked(call: Answered, given: Mapping[str, Any]) -> str | None:
    """Whose words the question repeats."""
    question = str(call.questions[0][1]["question"])
    return next((name for name, said in given.items() if isinstance(said, str) and repr(said) in question), None)
