"""What a model is given, in an order that every provider takes."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from graphs.pieces import KEPT

NO_RESULT = json.dumps({"summary": "Nothing is known of what came of this.", "action_id": None, "items": []})


def instructions(messages: Sequence[BaseMessage]) -> list[str]:
    """What stands before all else, part by part."""
    return [message.text for message in messages[: _begin(messages)] if message.text]


def said(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    """All after the instructions; each call is followed by its result, and no result stands without its call."""
    rest = messages[_begin(messages) :]
    results = {message.tool_call_id: message for message in rest if isinstance(message, ToolMessage)}
    paired: list[BaseMessage] = []
    for message in rest:
        if isinstance(message, ToolMessage):
            continue
        if not isinstance(message, AIMessage):
            paired += [message] if message.text else []
            continue
        called = calls(message)
        if message.text or called:
            paired.append(message)
        paired += [results.get(id) or ToolMessage(NO_RESULT, tool_call_id=id, name=name) for id, name, _ in called]
    return paired


def calls(message: AIMessage) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Id, name and arguments of each call; arguments that could not be read are an object all the same."""
    return [
        *((str(call["id"]), call["name"], call["args"]) for call in message.tool_calls),
        *(
            (str(slip["id"]), slip["name"] or "unknown", _unreadable(slip["args"]))
            for slip in message.invalid_tool_calls
        ),
    ]


def _unreadable(arguments: str | None) -> Mapping[str, Any]:
    return {"unreadable": (arguments or "")[:2_000]}


def newest(messages: Sequence[BaseMessage]) -> int:
    """Where the person's newest message stands; the end where there is none."""
    return next(
        (at for at in range(len(messages) - 1, -1, -1) if isinstance(messages[at], HumanMessage)), len(messages)
    )


def kept(message: AIMessage, model: str) -> list[Mapping[str, Any]]:
    """What this model wants to be given back with the message; another model's would be refused."""
    return [part for part in message.additional_kwargs.get(KEPT, ()) if part.get("model") == model]


def woven(
    kept: Sequence[Mapping[str, Any]], words: Sequence[dict[str, Any]], called: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """What was kept goes back to where it stood: before the words, or before the call that came of it.

    Each part's `at` says how many calls stood before it, and whether words did.
    """

    def stood(calls: int, after_words: bool) -> list[dict[str, Any]]:
        return [dict(part["block"]) for part in kept if part["at"] == [calls, after_words]]

    woven = [*stood(0, False), *words, *stood(0, True), *called[:1]]
    for before, call in enumerate(called[1:], 1):
        woven += [*stood(before, False), *stood(before, True), call]
    return woven


def call_id(id: str) -> str:
    """As every provider takes it."""
    return re.sub(r"[^a-zA-Z0-9_-]", "_", id)[:64]


def _begin(messages: Sequence[BaseMessage]) -> int:
    return next((at for at, message in enumerate(messages) if not isinstance(message, SystemMessage)), len(messages))
