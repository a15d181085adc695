"""One answer of a model, told piece by piece while it arrives."""

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from math import isfinite
from typing import Any
from uuid import uuid4

from langchain_core.messages import AIMessage

from domain.events import (
    Noticed,
    ReasoningArrived,
    ReasoningEnded,
    ReasoningStarted,
    TextArrived,
    TextEnded,
    TextStarted,
    ToolArgumentsArrived,
    ToolCallEnded,
    ToolCallStarted,
    Withdrawn,
)
from graphs.citing import Markers
from graphs.pieces import KEPT, Abandoned, Answered, CallArguments, CallBegun, Notice, Piece, Reasoned
from tools.context import Log
from tools.tool import UNREADABLE

SPEECHLESS = "I have no answer to that; please say it in other words."
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
DEEPEST = 32
"""So far lists and objects in a call's arguments may stand in one another; no tool takes more than a few."""


async def speak(
    pieces: AsyncIterator[Piece],
    log: Log,
    *,
    message_id: Callable[[int], str],
    markers: Callable[[], Markers] = lambda: Markers(0),
) -> tuple[AIMessage, Markers]:
    """Tell a model's words and calls as they come; the message they become, and what its markers stood for.

    `message_id` gives the id of the message of each attempt, counted from 0: of an abandoned one all that was told is
    taken back. Call ids are ours: providers repeat theirs, and the ledger keys effects by them. What `markers` do not
    let through is neither told nor kept.
    """
    attempt = 0
    answer = _Answer(message_id(attempt), log, markers())
    async with aclosing(pieces) as arriving:  # type: ignore[type-var]  # typed as an iterator, it is a generator
        async for piece in arriving:
            if type(piece) is str:
                answer.say(piece)
            elif not isinstance(piece, Abandoned):
                answer.add(piece)
            else:
                if answer.is_begun:
                    # Stored before anything else is said: whoever takes the run over knows how far the attempts came.
                    await log.tell_stored(Withdrawn(answer.id))
                    attempt += 1
                # Also where all that was said is held back so far.
                answer = _Answer(message_id(attempt), log, markers())
    return answer.end(), answer.markers


class _Answer:
    def __init__(self, message_id: str, log: Log, markers: Markers) -> None:
        self.id = message_id
        self.markers = markers
        self._tell = log.tell
        self._text: list[str] = []
        self._thinks = False
        self._thought = False
        self._calls: dict[int, dict[str, str]] = {}
        self._last = Answered(model="")

    @property
    def is_begun(self) -> bool:
        return bool(self._text or self._thought or self._calls)

    def say(self, piece: str) -> None:
        text = self.markers.take(_storable(piece))
        if text:
            self._say(text)

    def add(self, piece: Piece) -> None:
        match piece:
            case CallBegun(index, name):
                name = _storable(name)
                call = self._calls[index] = {"id": f"call_{uuid4().hex}", "name": name, "arguments": ""}
                self._stop_thinking()
                self._tell(ToolCallStarted(call["id"], name, self.id))
            case CallArguments(index, text) if text:
                call, text = self._calls[index], _storable(text)
                call["arguments"] += text
                self._tell(ToolArgumentsArrived(call["id"], text))
            case Reasoned(text) if text:
                self._think(_storable(text))
            case Notice(kind, text):
                self._tell(Noticed(kind, text))
            case Answered():
                self._last = piece

    def end(self) -> AIMessage:
        if held := self.markers.end():
            self._say(held)
        if not (self._text or self._calls):
            self._say(SPEECHLESS)
        self._stop_thinking()
        if self._text:
            self._tell(TextEnded(self.id))
        for call in self._calls.values():
            self._tell(ToolCallEnded(call["id"]))
        calls = [
            {"id": call["id"], "name": call["name"], "args": _arguments(call["arguments"])}
            for call in self._calls.values()
        ]
        return AIMessage(
            "".join(self._text),
            id=self.id,
            tool_calls=calls,
            additional_kwargs={KEPT: [dict(block) for block in self._last.kept]} if self._last.kept else {},
            response_metadata={**self._last.metadata, "model": self._last.model, "reason": self._last.reason},
        )

    def _say(self, text: str) -> None:
        if not self._text:
            self._stop_thinking()
            self._tell(TextStarted(self.id))
        self._text.append(text)
        self._tell(TextArrived(self.id, text))

    def _think(self, text: str) -> None:
        # What is thought between words and calls is of no interest to the reader any more.
        if self._text or self._calls:
            return
        if not self._thinks:
            self._thinks = self._thought = True
            self._tell(ReasoningStarted(self.id))
        self._tell(ReasoningArrived(self.id, text))

    def _stop_thinking(self) -> None:
        if self._thinks:
            self._thinks = False
            self._tell(ReasoningEnded(self.id))


def _arguments(text: str) -> dict[str, Any]:
    """The call's arguments; what is no JSON object is handed on, so that the tool can say what is wrong with it."""
    try:
        arguments = json.loads(text or "{}", parse_int=_int, parse_float=_float, parse_constant=_float)
        storable = _all_storable(arguments) if isinstance(arguments, dict) else None
    except (ValueError, RecursionError):
        storable = None
    return {UNREADABLE: text[:2_000]} if storable is None else storable


def _storable(text: str) -> str:
    """The text without what no database takes: a run must not fail over a model's slip."""
    return UNSTORABLE.sub("\ufffd", text)


def _all_storable(value: Any, depth: int = 0) -> Any:
    if depth > DEEPEST:
        raise ValueError("one within another without an end")
    match value:
        case str():
            return _storable(value)
        case list():
            return [_all_storable(item, depth + 1) for item in value]
        case dict():
            return {_storable(key): _all_storable(item, depth + 1) for key, item in value.items()}
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
