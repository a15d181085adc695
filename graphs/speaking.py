"""One answer of a model, told piece by piece while it arrives."""

import json
import re
from collections.abc import Callable, Sequence
from contextlib import aclosing
from math import isfinite
from typing import Any
from uuid import uuid4

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.runnables import Runnable

from domain.events import (
    Event,
    TextArrived,
    TextEnded,
    TextStarted,
    ToolArgumentsArrived,
    ToolCallEnded,
    ToolCallStarted,
)
from graphs.citing import Markers

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
ChatModel = BaseChatModel | Runnable[Any, AIMessage]


async def speak(
    model: ChatModel,
    messages: Sequence[BaseMessage],
    tell: Callable[[Event], None],
    *,
    message_id: str,
    markers: Markers | None = None,
) -> AIMessage:
    """Ask the model and tell its words and calls as they come; the message it becomes.

    Message and call ids are ours: providers repeat theirs, and the ledger keys effects by them. What `markers` does not
    let through is neither told nor kept.
    """
    answer = _Answer(message_id, tell, markers)
    async with aclosing(model.astream(list(messages))) as chunks:  # type: ignore[type-var]  # the base class types a generator as an iterator
        async for chunk in chunks:
            answer.add(chunk)
    return answer.end()


class _Answer:
    def __init__(self, message_id: str, tell: Callable[[Event], None], markers: Markers | None) -> None:
        self._id = message_id
        self._tell = tell
        self._markers = markers
        self._text: list[str] = []
        self._calls: dict[int | str, dict[str, str]] = {}
        self._metadata: dict[str, Any] = {}
        self._usage: Any = None

    def add(self, chunk: BaseMessage) -> None:
        text = _storable(chunk.text)
        self._say(self._markers.take(text) if self._markers and text else text)
        if isinstance(chunk, AIMessageChunk):
            for piece in chunk.tool_call_chunks:
                self._add_call(dict(piece))
            if chunk.usage_metadata:
                self._usage = chunk.usage_metadata
        if chunk.response_metadata:
            self._metadata |= chunk.response_metadata

    def _say(self, text: str) -> None:
        if not text:
            return
        if not self._text:
            self._tell(TextStarted(self._id))
        self._text.append(text)
        self._tell(TextArrived(self._id, text))

    def _add_call(self, piece: dict[str, Any]) -> None:
        index = piece.get("index")
        key = index if index is not None else piece.get("id") or len(self._calls)
        call = self._calls.get(key)
        if call is None:
            name = _storable(piece.get("name") or "")
            call = self._calls[key] = {"id": f"call_{uuid4().hex}", "name": name, "arguments": ""}
            self._tell(ToolCallStarted(call["id"], call["name"], self._id))
        if piece.get("args"):
            arguments = _storable(piece["args"])
            call["arguments"] += arguments
            self._tell(ToolArgumentsArrived(call["id"], arguments))

    def end(self) -> AIMessage:
        if self._markers:
            self._say(self._markers.end())
        if self._text:
            self._tell(TextEnded(self._id))
        for call in self._calls.values():
            self._tell(ToolCallEnded(call["id"]))
        calls = [
            {"id": call["id"], "name": call["name"], "args": _arguments(call["arguments"])}
            for call in self._calls.values()
        ]
        return AIMessage(
            "".join(self._text),
            id=self._id,
            tool_calls=calls,
            response_metadata=self._metadata,
            usage_metadata=self._usage,
        )


def _arguments(text: str) -> dict[str, Any]:
    """The call's arguments; what is no JSON object is handed on, so that the tool can say what is wrong with it."""
    try:
        arguments = json.loads(text or "{}", parse_int=_int, parse_float=_float, parse_constant=_float)
    except ValueError:
        return {"unreadable": text[:2_000]}
    return _all_storable(arguments) if isinstance(arguments, dict) else {"unreadable": text[:2_000]}


def _storable(text: str) -> str:
    """The text without what no database takes: a run must not fail over a model's slip."""
    return UNSTORABLE.sub("\ufffd", text)


def _all_storable(value: Any) -> Any:
    match value:
        case str():
            return _storable(value)
        case list():
            return [_all_storable(item) for item in value]
        case dict():
            return {_storable(key): _all_storable(item) for key, item in value.items()}
        case _:
            return value


def _int(digits: str) -> int:
    number = int(digits) if len(digits) < 20 else 2**63
    if not -(2**63) <= number < 2**63:
        raise ValueError("a number beyond 64 bits")
    return number


def _float(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise ValueError("no finite number")
    return number
