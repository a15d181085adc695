"""What one reader was told of a run, event by event, and what that comes to when it is put together."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

ATTEMPT = 1_000_000
DELTAS = ("TEXT_MESSAGE_CONTENT", "TOOL_CALL_ARGS")
TERMINAL = ("RUN_FINISHED", "RUN_ERROR")
WITHDRAWN = "metacortex.withdrawn"

Event: TypeAlias = Mapping[str, Any]
Call: TypeAlias = tuple[str, str, str]
"""The message it belongs to, the tool, and the arguments as JSON text."""


@dataclass(kw_only=True)
class Told:
    """What one reader got, over as many connections as it took; `run_id` is the run that the server named."""

    run_id: str = ""
    events: list[tuple[int, Event]] = field(default_factory=list)
    arrived: list[float] = field(default_factory=list)
    connections: int = 0

    @property
    def last(self) -> int:
        """The number to go on from."""
        return self.events[-1][0] if self.events else 0

    @property
    def ended(self) -> bool:
        """True once a terminal event came."""
        return bool(self.events) and self.events[-1][1]["type"] in TERMINAL

    def add(self, run_id: str, number: int, event: Event, at: float) -> None:
        """One more."""
        self.run_id = self.run_id or run_id
        self.events.append((number, event))
        self.arrived.append(at)

    def recovered(self, killed_at: float, attempt: int) -> float | None:
        """When the next attempt, or the end, was heard of after that moment."""
        for (number, event), at in zip(self.events, self.arrived, strict=True):
            if at > killed_at and (attempt_of(number) > attempt or event["type"] in TERMINAL):
                return at
        return None


@dataclass(frozen=True, kw_only=True)
class Folded:
    """The events put together as a chat would show them; `broken` says where they contradict each other."""

    texts: Mapping[str, str]
    calls: Mapping[str, Call]
    results: Mapping[str, str]
    ends: tuple[str, ...]
    broken: tuple[str, ...]

    @property
    def content(self) -> tuple[Mapping[str, str], Mapping[str, Call], Mapping[str, str], tuple[str, ...]]:
        """What two readers of one run must agree on."""
        return self.texts, self.calls, self.results, self.ends


def attempt_of(number: int) -> int:
    """Which attempt an event of that number belongs to."""
    return (number - 1) // ATTEMPT + 1


def end_of(event: Event) -> str:
    """`success`, `interrupt`, `cancelled`, or `error:<code>`."""
    if event["type"] == "RUN_ERROR":
        return f"error:{event.get('code', '')}"
    return str((event.get("outcome") or {}).get("type", "success"))


def acknowledged(folded: Folded) -> set[str]:
    """The titles of what a result says was done."""
    items = [item for content in folded.results.values() for item in _items(content)]
    return {str(item.get("title")) for item in items if item.get("ok")}


def fold(events: Iterable[tuple[int, Event]]) -> Folded:
    """Put them together, holding them to what a strict client asks for."""
    folding = _Folding()
    for number, event in events:
        folding.take(number, event)
    return Folded(
        texts={id: "".join(pieces) for id, pieces in folding.texts.items() if pieces},
        calls={id: (of, tool, "".join(pieces)) for id, (of, tool, pieces) in folding.calls.items()},
        results=folding.results,
        ends=tuple(folding.ends),
        broken=tuple(folding.broken),
    )


class _Folding:
    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}
        self.calls: dict[str, tuple[str, str, list[str]]] = {}
        self.results: dict[str, str] = {}
        self.ends: list[str] = []
        self.broken: list[str] = []
        self._open: set[str] = set()
        self._last = 0

    def take(self, number: int, event: Event) -> None:
        if number <= self._last:
            self._wrong(number, event, f"comes after number {self._last}")
        if self.ends:
            self._wrong(number, event, "comes after the end")
        if self._last == 0 and event["type"] not in ("RUN_STARTED", "RUN_ERROR"):
            self._wrong(number, event, "comes first")
        self._last = max(self._last, number)
        match event["type"]:
            case "TEXT_MESSAGE_START":
                self._begin(number, event, str(event["messageId"]))
                self.texts.setdefault(str(event["messageId"]), [])
            case "TOOL_CALL_START":
                self._begin(number, event, str(event["toolCallId"]))
                call = str(event["parentMessageId"]), str(event["toolCallName"]), list[str]()
                self.calls.setdefault(str(event["toolCallId"]), call)
            case "TEXT_MESSAGE_CONTENT" | "TOOL_CALL_ARGS" as kind:
                id = str(event["messageId" if kind == "TEXT_MESSAGE_CONTENT" else "toolCallId"])
                if id not in self._open:
                    return self._wrong(number, event, "belongs to nothing open")
                pieces = self.texts[id] if kind == "TEXT_MESSAGE_CONTENT" else self.calls[id][2]
                pieces.append(str(event["delta"]))
            case "TEXT_MESSAGE_END" | "TOOL_CALL_END" as kind:
                id = str(event["messageId" if kind == "TEXT_MESSAGE_END" else "toolCallId"])
                if id not in self._open:
                    self._wrong(number, event, "closes nothing open")
                self._open.discard(id)
            case "TOOL_CALL_RESULT":
                self._answer(number, event)
            case "CUSTOM" if event["name"] == WITHDRAWN:
                self._withdraw(number, event)
            case "RUN_FINISHED" | "RUN_ERROR":
                if self._open and event["type"] == "RUN_FINISHED":
                    self._wrong(number, event, f"leaves open {sorted(self._open)}")
                self.ends.append(end_of(event))

    def _begin(self, number: int, event: Event, id: str) -> None:
        if id in self._open:
            self._wrong(number, event, "opens what is open")
        self._open.add(id)

    def _answer(self, number: int, event: Event) -> None:
        id = str(event["toolCallId"])
        if id in self.results:
            self._wrong(number, event, "answers a call again")
        if id in self._open:
            self._wrong(number, event, "answers an open call")
        self.results[id] = str(event["content"])

    def _withdraw(self, number: int, event: Event) -> None:
        message_id = str(event["value"]["messageId"])
        calls = [id for id, (of, _, _) in self.calls.items() if of == message_id]
        if any(id in self.results for id in calls):
            self._wrong(number, event, "withdraws what has acted")
        # Open or not, nothing of it counts.
        self._open -= {message_id, *calls}
        self.texts.pop(message_id, None)
        for id in calls:
            del self.calls[id]

    def _wrong(self, number: int, event: Event, what: str) -> None:
        self.broken.append(f"event {number} ({event['type']}) {what}")


def whole(events: Sequence[tuple[int, Event]]) -> dict[int, Event]:
    """The events that are never joined with their neighbours, by number."""
    return {number: event for number, event in events if event["type"] not in DELTAS}


def _items(content: str) -> list[Mapping[str, Any]]:
    try:
        items = json.loads(content)["items"]
    except (ValueError, KeyError, TypeError):
        return []
    return [item for item in items if isinstance(item, dict)]
