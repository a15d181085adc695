"""Runs: one turn under way, and the approvals it may be waiting for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any, Literal

APPROVAL_LASTS = timedelta(hours=24)
Status = Literal["running", "paused", "finished", "failed", "cancelled"]


@dataclass(frozen=True, kw_only=True)
class Approval:
    """A question whose yes lets one tool call act; `arguments` name what it touches by id, as it was shown."""

    id: str
    message_id: str
    tool_call_id: str
    tool: str
    arguments: Mapping[str, Any]
    question: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the person said to an approval; `arguments` replace the shown ones where they were edited."""

    approval_id: str
    approved: bool
    reason: str | None = None
    arguments: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Run:
    """One turn's work. `created_at` is the turn's now, also where another process takes the run over.

    `root_id` is the run whose pause this one resumes with its `answers` (its own id otherwise); `message_id` is what
    the person said and it answers; `attempts` counts how often it was begun; `error` is for the person. What explains
    the answer comes from the calls of models: the last `prompt`, `tools_hash` and `answered_by`, the sum of the rest. A
    `cost` (US dollars) of None is one that is not known.
    """

    id: str
    thread_id: str
    root_id: str
    status: Status
    model: str
    message_id: str | None = None
    answers: tuple[Answer, ...] = ()
    approvals: tuple[Approval, ...] = ()
    attempts: int = 1
    error: str | None = None
    created_at: datetime
    finished_at: datetime | None = None
    prompt: str | None = None
    tools_hash: str | None = None
    answered_by: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cost: Decimal | None = Decimal(0)


def message_id(run_id: str, attempt: int, step: int, start: int = 0) -> str:
    """The id of the assistant's message of that step: whoever takes the run over knows what may have been begun.

    `start` counts how often the answer was begun anew because a model failed in its middle.
    """
    started = f"\n{start}" if start else ""
    return "msg_" + sha256(f"{run_id}\n{attempt}\n{step}{started}".encode()).hexdigest()[:32]


def approval_id(thread_id: str, message_id: str, tool_call_id: str) -> str:
    """The same for the same call of a tool, however often it is asked."""
    return "ap_" + sha256(f"{thread_id}\n{message_id}\n{tool_call_id}".encode()).hexdigest()[:32]
