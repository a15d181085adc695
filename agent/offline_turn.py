"""A turn as the offline model sees it: the message, what was understood, and what tools have answered so far."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from domain.people import Clock
from language.understanding import Understanding, understand

TOOLS_OF = {
    "task": ("add_tasks", "find_tasks", "update_tasks", "complete_tasks", "plan_day"),
    "note": ("write_note", "update_note", "find_notes", "summarize_notes"),
    "habit": ("create_habit", "log_habit", "update_habit", "habit_insights"),
}
POSITIONS = {
    "first": 0,
    "1st": 0,
    "second": 1,
    "2nd": 1,
    "third": 2,
    "3rd": 2,
    "fourth": 3,
    "4th": 3,
    "fifth": 4,
    "last": -1,
}
POSITION = re.compile(
    rf"^(?:the\s+)?(?:number\s+)?(?:({'|'.join(POSITIONS)})|#?(\d))(?:\s+(?:one|task|note|habit))?$", re.I
)
PRONOUN = re.compile(r"^(?:it|that|this|(?:that|this)(?: new)? (?:one|task|note|habit)|the last one)$", re.I)
PLURAL = re.compile(
    r"^(?:them|these|those|both|both of them|all of (?:them|these|those)|(?:these|those) (?:tasks|notes|ones))$", re.I
)


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A call of a tool and its result."""

    tool: str
    arguments: Mapping[str, Any]
    result: Mapping[str, Any]

    @property
    def items(self) -> list[Mapping[str, Any]]:
        """The results per thing."""
        items = self.result.get("items")
        return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


@dataclass(frozen=True, kw_only=True)
class Turn:
    """`answered` holds this turn's calls in order, `previous` those of the turn before, `earlier` all before this turn.

    `mark` tells this turn's call ids from those of other turns.
    """

    text: str
    understanding: Understanding
    passages: Sequence[Mapping[str, Any]] | None
    answered: tuple[Answered, ...]
    previous: tuple[Answered, ...]
    earlier: tuple[Answered, ...]
    steps_made: int
    calls_made: int
    mark: str

    def named(self, reference: str, kind: str) -> list[str]:
        """What a reference stands for: ids where it points at something just spoken of, else the words themselves."""
        pointed = PRONOUN.match(reference) or PLURAL.match(reference) or POSITION.match(reference)
        ids = self._spoken_of(kind) if pointed else []
        if not ids:
            return [reference]
        if PLURAL.match(reference):
            return ids
        if PRONOUN.match(reference):
            return [ids[-1]]
        return position(reference, ids) or [reference]

    def _spoken_of(self, kind: str) -> list[str]:
        for call in reversed(self.earlier):
            if call.tool in TOOLS_OF[kind]:
                ids = [str(item["id"]) for item in call.items if item.get("id") and item.get("kind", kind) == kind]
                if ids:
                    return ids
        return []


def position(words: str, among: list[str]) -> list[str]:
    """`the second one` among several; empty where the words name no position or there is none such."""
    found = POSITION.match(words.strip(" .!"))
    if not found:
        return []
    at = POSITIONS[found[1].lower()] if found[1] else int(found[2]) - 1
    return [among[at]] if -1 <= at < len(among) else []


def turn_of(messages: Sequence[BaseMessage]) -> Turn:
    """The turn that the last human message began; raises `ValueError` where there is none."""
    humans = [index for index, message in enumerate(messages) if isinstance(message, HumanMessage)]
    if not humans:
        raise ValueError("The offline model needs a human message.")
    at = humans[-1]
    human, since = messages[at], messages[at + 1 :]
    return Turn(
        text=human.text,
        understanding=_understanding(human),
        passages=human.additional_kwargs.get("passages"),
        answered=_answered(since),
        previous=_answered(messages[humans[-2] : at]) if len(humans) > 1 else (),
        earlier=_answered(messages[:at]),
        steps_made=sum(isinstance(message, AIMessage) and bool(message.tool_calls) for message in since),
        calls_made=sum(len(message.tool_calls) for message in since if isinstance(message, AIMessage)),
        mark=f"{sha256(human.id.encode()).hexdigest()[:8]}_" if human.id else "",
    )


def _understanding(human: BaseMessage) -> Understanding:
    known = human.additional_kwargs.get("understanding")
    if known is not None:
        return Understanding.of_json(json.loads(known) if isinstance(known, str) else known)
    now, zone = human.additional_kwargs.get("now"), ZoneInfo(human.additional_kwargs.get("zone") or "UTC")
    moment = datetime.fromisoformat(now) if now else datetime.now(UTC)
    return understand(human.text, Clock(now=moment.astimezone(zone)))


def _answered(messages: Sequence[BaseMessage]) -> tuple[Answered, ...]:
    """Calls with their results, in the order of the calls; ids are matched within one assistant message's calls."""
    found: list[Answered] = []
    for index, message in enumerate(messages):
        if not isinstance(message, AIMessage):
            continue
        results: dict[str | None, Mapping[str, Any]] = {}
        for after in messages[index + 1 :]:
            if not isinstance(after, ToolMessage):
                break
            results[after.tool_call_id] = _result(after.text)
        found += [
            Answered(tool=call["name"], arguments=call["args"], result=results.get(call["id"], {}))
            for call in message.tool_calls
        ]
    return tuple(found)


def _result(content: str) -> Mapping[str, Any]:
    try:
        result = json.loads(content)
    except ValueError:
        result = None
    return result if isinstance(result, dict) else {"summary": content, "items": []}
