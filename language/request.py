"""What one part of a message asks for, before anything is looked up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Intent = Literal[
    "task_create",
    "task_find",
    "task_update",
    "task_complete",
    "task_delete",
    "plan_day",
    "note_write",
    "note_find",
    "note_update",
    "note_delete",
    "note_summarize",
    "habit_create",
    "habit_log",
    "habit_update",
    "habit_delete",
    "habit_insights",
    "memory_add",
    "memory_forget",
    "undo",
    "question",
    "help",
    "greeting",
    "unknown",
]


@dataclass(frozen=True, kw_only=True)
class Request:
    """`reference` is how the person named a thing that exists; `arguments` are JSON, times still in their words."""

    intent: Intent
    text: str
    reference: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
