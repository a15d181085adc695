"""What one part of a message asks for, before anything is looked up."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
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
    "memory_find",
    "memory_forget",
    "undo",
    "correct",
    "fields",
    "follow_up",
    "repeat",
    "affirm",
    "deny",
    "question",
    "datetime",
    "help",
    "greeting",
    "smalltalk",
    "foreign",
    "unknown",
]


@dataclass(frozen=True, kw_only=True)
class Request:
    """`reference` is how the person named a thing that exists; `arguments` are JSON, times still in their words.

    Of several things `arguments["names"]` has each; `arguments["but"]` names what is left out of those that are as
    `arguments["where"]` says (`{"due": "today"}`), or that were spoken of. `otherwise` is what is asked where no such
    thing exists: "cancel the subscription" is a task then. `sure` is false where only the shape of the sentence spoke
    for the intent.
    """

    intent: Intent
    text: str
    reference: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    otherwise: "Request | None" = None
    sure: bool = True

    @property
    def is_open(self) -> bool:
        """True where a guess at the intent may decide: not for what depends on the turn before."""
        return not self.sure and bool(self.text.strip()) and self.intent not in ("correct", "follow_up")

    def unsure(self) -> "Request":
        """The same, open to a better reading."""
        return replace(self, sure=False)

    def to_json(self) -> dict[str, Any]:
        """What is laid on the message."""
        return asdict(self)

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> "Request":
        """The inverse of `to_json`."""
        otherwise = value.get("otherwise")
        return cls(**{**value, "otherwise": cls.of_json(otherwise) if otherwise else None})
