"""Memories: what the agent was asked to keep in mind about the person."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from domain.errors import Invalid

LENGTH = 2_000


@dataclass(frozen=True, kw_only=True)
class Memory:
    """One fact in the person's words, with the message it came from."""

    id: UUID = field(default_factory=uuid4)
    text: str
    source_message_id: str | None = None
    created_at: datetime
    updated_at: datetime
    version: int = 1

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise Invalid("text", "is empty; say what to remember.")
        if len(self.text) > LENGTH:
            raise Invalid("text", f"is longer than {LENGTH} characters; write a note instead.")
