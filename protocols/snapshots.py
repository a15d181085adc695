"""A conversation as AG-UI's messages: what is stored, and what a run has told so far, its half-said words too."""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from agent.events import thoughts_before
from domain.events import (
    Cited,
    Event,
    Noticed,
    ReasoningArrived,
    ReasoningEnded,
    ReasoningStarted,
    TextArrived,
    TextEnded,
    TextStarted,
    ToolAnswered,
    ToolArgumentsArrived,
    ToolCallEnded,
    ToolCallStarted,
    Withdrawn,
)
from domain.threads import Message


class Told:
    """What a run has told, folded into messages."""

    def __init__(self) -> None:
        self._messages: dict[str, dict[str, Any]] = {}
        self._calls: dict[str, dict[str, Any]] = {}
        self._open: dict[str, Event] = {}
        self._beside: list[Event] = []

    def take(self, event: Event) -> None:
        """Add one event."""
        match event:
            case TextStarted(message_id):
                self._assistant(message_id).setdefault("content", "")
                self._open[message_id] = event
            case TextArrived(message_id, delta):
                self._messages[message_id]["content"] += delta
            case ReasoningStarted(message_id):
                id = thoughts_before(message_id)
                self._messages.setdefault(id, {"id": id, "role": "reasoning", "content": ""})
                self._open[id] = event
            case ReasoningArrived(message_id, delta):
                self._messages[thoughts_before(message_id)]["content"] += delta
            case ToolCallStarted(tool_call_id, tool, message_id):
                call = {"id": tool_call_id, "type": "function", "function": {"name": tool, "arguments": ""}}
                self._assistant(message_id).setdefault("toolCalls", []).append(call)
                self._calls[tool_call_id] = call["function"]  # type: ignore[assignment]  # of a literal of mixed values
                self._open[tool_call_id] = event
            case ToolArgumentsArrived(tool_call_id, delta):
                self._calls[tool_call_id]["arguments"] += delta
            case ReasoningEnded(message_id):
                self._open.pop(thoughts_before(message_id), None)
            case TextEnded(closed) | ToolCallEnded(closed):
                self._open.pop(closed, None)
            case ToolAnswered(message_id, tool_call_id, content):
                answer = {"id": message_id, "role": "tool", "toolCallId": tool_call_id, "content": content}
                self._messages[message_id] = answer
            case Cited() | Noticed():
                self._beside.append(event)
            case Withdrawn(message_id):
                self._messages.pop(message_id, None)
                # Clients keep thoughts that a snapshot leaves out.
                if thoughts := self._messages.get(thoughts_before(message_id)):
                    thoughts["content"] = ""
                for end in list(self.ends_of(message_id)):
                    self.take(end)

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Its messages, the one that is being said as far as it was said."""
        return list(self._messages.values())

    def reopened(self) -> Iterator[Event]:
        """The beginnings, once more, of what is not complete; and what no message holds."""
        yield from self._beside
        yield from self._open.values()

    def ends_of(self, message_id: str) -> Iterator[Event]:
        """The ends of what is not complete in that message."""
        for event in self._open.values():
            match event:
                case TextStarted(begun) if begun == message_id:
                    yield TextEnded(message_id)
                case ReasoningStarted(begun) if begun == message_id:
                    yield ReasoningEnded(message_id)
                case ToolCallStarted(tool_call_id, _, caller) if caller == message_id:
                    yield ToolCallEnded(tool_call_id)

    def _assistant(self, message_id: str) -> dict[str, Any]:
        return self._messages.setdefault(message_id, {"id": message_id, "role": "assistant"})


def before(history: Sequence[Message], run_id: str) -> list[dict[str, Any]]:
    """The conversation without what that run has said or done."""
    return [_said(message) for message in history if message.run_id != run_id or message.role == "user"]


def snapshot(messages: Sequence[dict[str, Any]]) -> bytes:
    """The event that puts these messages in the place of all that a client holds."""
    return orjson.dumps({"type": "MESSAGES_SNAPSHOT", "messages": list(messages)})


def _said(message: Message) -> dict[str, Any]:
    said: dict[str, Any] = {"id": message.id, "role": message.role}
    if message.role == "tool":
        return {**said, "toolCallId": message.tool_call_id, "content": message.content}
    if message.content or message.role == "user":
        said["content"] = message.content
    if message.tool_calls:
        said["toolCalls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": orjson.dumps(dict(call.arguments)).decode()},
            }
            for call in message.tool_calls
        ]
    return said
