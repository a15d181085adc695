"""The ledger: who did what to which objects, so that it happens once and can be taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

Kind = Literal["task", "note", "habit", "entry", "memory"]
Origin = Literal["agent", "rest", "mcp", "background"]


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a tool. (`thread_id`, `message_id`, `tool_call_id`) is the ledger's key: the same key acts once.

    A write over REST has an empty thread, its `Idempotency-Key` (or a fresh id) as message, and the route as call.
    """

    thread_id: str
    message_id: str
    tool_call_id: str
    run_id: str | None = None
    origin: Origin = "agent"
    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One object before and after, as rows; None before it existed or after it was deleted."""

    kind: Kind
    id: UUID
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Action:
    """What stands in the ledger; `result` is what the tool answered, given again when the call is repeated."""

    id: UUID
    call: Call
    summary: str
    changes: tuple[Change, ...]
    result: Mapping[str, Any]
    created_at: datetime
    undone_at: datetime | None = None
