"""Threads and their messages: what was said, append-only; a branch sets aside what it replaces."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

MESSAGE_LENGTH = 100_000
# What stands as the answer of a call that was cut off before it acted.
CUT = json.dumps(
    {"summary": "This was stopped before it was carried out; nothing was changed.", "action_id": None, "items": []}
)
Role = Literal["user", "assistant", "tool"]


@dataclass(frozen=True, kw_only=True)
class Thread:
    """A conversation; its id is the client's."""

    id: str
    title: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class ToolCall:
    """What the assistant asked to be done."""

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Citation:
    """A passage that an answer used: `kind` and `id` say of what, `marker` by which number in the answer's words.

    What was used stands from `start` up to `end` in the text of that note, message, memory or of its task; they are
    None where the passage is a line of words made from several fields.
    """

    kind: str
    id: str
    title: str
    passage: str
    marker: int | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, kw_only=True)
class Message:
    """`parent_id` is the message before it (of a tool's, the one that called); `tool_call_id` the call it answers.

    `aside` is true for what a later branch has replaced. `position` is its place among all messages once it is stored.
    """

    id: str
    thread_id: str
    parent_id: str | None
    run_id: str | None
    role: Role
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    citations: tuple[Citation, ...] = ()
    created_at: datetime
    aside: bool = False
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True)
class Backdrop:
    """What stands behind a turn: the newest of what is remembered of the person, and what was said too long ago.

    `summary` is what the conversation came to up to the message at the position `upto`.
    """

    memories: tuple[str, ...] = ()
    summary: str = ""
    upto: int = 0


def unanswered(messages: Sequence[Message]) -> list[tuple[Message, ToolCall]]:
    """The calls among these messages that no tool message answers, each with the message that makes it."""
    answered = {message.tool_call_id for message in messages}
    return [(message, call) for message in messages for call in message.tool_calls if call.id not in answered]


def without_its_last_words(messages: Sequence[Message], message_id: str, runs: Collection[str]) -> list[Message]:
    """A conversation up to what was done about that message: its last answer in words and all later turns are left out.

    `runs` are those that answered it. Left out are also calls that did nothing, because they were cut off or never
    carried out. What answers a call that stays, stays too, however late it came.
    """
    start = next(n for n, message in enumerate(messages) if message.id == message_id)
    end = next((n for n in range(start + 1, len(messages)) if messages[n].role == "user"), len(messages))
    carried_out = {message.tool_call_id for message in messages if message.role == "tool" and message.content != CUT}
    kept = end
    for n in range(end - 1, start, -1):
        message = messages[n]
        if message.run_id not in runs:
            continue  # what a late answer to a question of another turn brought about
        if message.role == "assistant" and not any(call.id in carried_out for call in message.tool_calls):
            kept = n
        elif message.role != "tool" or message.content != CUT:
            break
    calls = {call.id for message in messages[:kept] for call in message.tool_calls}
    return [*messages[:kept], *(message for message in messages[kept:] if message.tool_call_id in calls)]
