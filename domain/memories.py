"""Memories: facts about the person that the agent keeps in mind, where they come from, and how long they held."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID, uuid4

from domain.errors import Invalid

LENGTH = 2_000
State = Literal["kept", "proposed", "past"]


@dataclass(frozen=True, kw_only=True)
class Memory:
    """One fact in the person's words, with the message it came from.

    It holds from `valid_from` (None: nobody said since when) and up to, without, `valid_until`. `replaced_by` is the
    memory that took its place. `proposed_by` is what noticed it, and None once the person has said or kept it.
    """

    id: UUID = field(default_factory=uuid4)
    text: str
    source_thread_id: str | None = None
    source_message_id: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    replaced_by: UUID | None = None
    proposed_by: str | None = None
    created_at: datetime
    updated_at: datetime
    version: int = 1

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise Invalid("text", "is empty; say what to remember.")
        if len(self.text) > LENGTH:
            raise Invalid("text", f"is longer than {LENGTH} characters; write a note instead.")

    @property
    def state(self) -> State:
        """`past` where it no longer holds, `proposed` where the person has not agreed yet; only `kept` ones count."""
        if self.valid_until is not None:
            return "past"
        return "proposed" if self.proposed_by else "kept"

    def change(self, *, at: datetime, text: str | None = None, keep: bool = False) -> "Memory":
        """Corrected in its words, or kept; either way it is the person's own from then on."""
        return replace(
            self,
            text=self.text if text is None else text,
            proposed_by=None if keep or text is not None else self.proposed_by,
            updated_at=at,
            version=self.version + 1,
        )

    def end(self, *, on: date, at: datetime, replaced_by: UUID | None = None) -> "Memory":
        """It held until that day; it stays to be seen, and counts no more."""
        return replace(self, valid_until=on, replaced_by=replaced_by, updated_at=at, version=self.version + 1)
