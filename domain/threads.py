"""Threads and their messages: what was said, append-only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

MESSAGE_LENGTH = 100_000
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
    """A passage that an answer used: `kind` and `id` say of what."""

    kind: str
    id: str
    title: str
    passage: str


@dataclass(frozen=True, kw_only=True)
class Message:
    """`parent_id` is the message before it; `tool_call_id` the call that a tool message answers."""

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
