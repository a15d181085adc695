"""A turn as the offline model sees it: the message, what was understood, and what tools have answered so far."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from domain.people import Clock
from graphs.history import UNANSWERED
from language.understanding import Understanding, understand

Item = Mapping[str, Any]
READS = frozenset({"find_tasks", "find_notes", "summarize_notes", "habit_insights", "search", "plan_day"})
DELETES = frozenset({"delete_tasks", "delete_notes", "delete_habit", "forget"})
KINDS = {"tasks": "task", "notes": "note", "note": "note", "habit": "habit", "insights": "habit", "day": "task"}


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A call of a tool and its result."""

    tool: str
    arguments: Mapping[str, Any]
    result: Mapping[str, Any]

    @property
    def items(self) -> list[Item]:
        """The results per thing."""
        items = self.result.get("items")
        return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []

    @property
    def things(self) -> list[Item]:
        """What was found, made or changed, each with its kind."""
        kind = KINDS.get(self.tool.rpartition("_")[2], "memory")
        return [{"kind": kind, **item} for item in self.items if item.get("id") and item.get("ok") is not False]

    @property
    def questions(self) -> list[tuple[int, Item]]:
        """What the tool asks, by its place among the items."""
        return [(place, item) for place, item in enumerate(self.items) if item.get("question")]

    @property
    def is_open(self) -> bool:
        """True where the call waits for the person's yes, or was never carried out."""
        return bool(self.result == json.loads(UNANSWERED))

    @property
    def found_nothing(self) -> bool:
        """True where all that was named does not exist."""
        if self.questions or any(item.get("ok") for item in self.items):
            return False
        said = " ".join([str(self.result.get("summary")), *(str(item.get("error")) for item in self.items)])
        return "There is no " in said

    @property
    def wrote(self) -> bool:
        """True where it changed something that may be put right."""
        return self.tool not in READS and self.tool != "undo" and bool(self.things)


@dataclass(frozen=True, kw_only=True)
class Turn:
    """`answered` holds this turn's calls in order, `previous` those of the turn before, `earlier` all before this turn.

    `mark` tells this turn's call ids from those of other turns. `said` is what was answered in the turn before.
    """

    text: str
    clock: Clock
    understanding: Understanding
    passages: Sequence[Mapping[str, Any]] | None
    answered: tuple[Answered, ...]
    earlier: tuple[Answered, ...]
    calls_made: int
    mark: str
    said: str
    past: tuple[BaseMessage, ...]

    @cached_property
    def before(self) -> "Turn | None":
        """The turn before, as it stood at its end; what was laid on its message is gone."""
        if not any(isinstance(message, HumanMessage) for message in self.past):
            return None
        return turn_of(self.past, self.clock)

    @property
    def previous(self) -> tuple[Answered, ...]:
        """What was called in the turn before."""
        return self.before.answered if self.before else ()

    @property
    def last_write(self) -> Answered | None:
        """The last call that changed something."""
        return next((call for call in reversed(self.earlier) if call.wrote), None)

    def focus(self, *, several: bool = False, kind: str | None = None) -> list[Item]:
        """What was spoken of last and is still there, in its order.

        With `several` the last list of more than one, or those that were made one by one after it.
        """
        gone = {item.get("id") for call in self.earlier if call.tool in DELETES for item in call.things}
        singles: dict[str, Item] = {}
        for call in reversed(self.earlier):
            things = [item for item in call.things if item["id"] not in gone and kind in (None, item["kind"])]
            if things and not several:
                return things
            if len(things) > 1:
                listed = {item["id"] for item in things}
                apart = [item for id, item in singles.items() if id not in listed]
                return apart if len(apart) > 1 else things
            singles = {str(item["id"]): item for item in things} | singles
        return list(singles.values())


def turn_of(messages: Sequence[BaseMessage], clock: Clock | None = None) -> Turn:
    """The turn that the last human message began; raises `ValueError` where there is none."""
    humans = [index for index, message in enumerate(messages) if isinstance(message, HumanMessage)]
    if not humans:
        raise ValueError("The offline model needs a human message.")
    at = humans[-1]
    human, since, past = messages[at], messages[at + 1 :], tuple(messages[:at])
    clock = clock or _clock(human)
    spoken = [message.text for message in past if isinstance(message, AIMessage) and message.text]
    return Turn(
        text=_said(human),
        clock=clock,
        understanding=_understanding(human, clock),
        passages=human.additional_kwargs.get("passages"),
        answered=_answered(since),
        earlier=_answered(past),
        calls_made=sum(len(message.tool_calls) for message in since if isinstance(message, AIMessage)),
        mark=f"{sha256(human.id.encode()).hexdigest()[:8]}_" if human.id else "",
        said=spoken[-1] if spoken else "",
        past=past,
    )


def _clock(human: BaseMessage) -> Clock:
    now, zone = human.additional_kwargs.get("now"), ZoneInfo(human.additional_kwargs.get("zone") or "UTC")
    moment = datetime.fromisoformat(now) if now else datetime.now(UTC)
    return Clock(
        now=moment.astimezone(zone),
        week_start=int(human.additional_kwargs.get("week_start") or 0),
        day_first=bool(human.additional_kwargs.get("day_first")),
    )


def _understanding(human: BaseMessage, clock: Clock) -> Understanding:
    known = human.additional_kwargs.get("understanding")
    if known is not None and (read := Understanding.of_json(known)).requests:
        return read
    return understand(_said(human), clock)


def _said(human: BaseMessage) -> str:
    return str(human.additional_kwargs.get("said", human.text))


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
