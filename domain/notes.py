"""Notes: Markdown the person wrote."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid4

from domain.errors import Invalid

TITLE_LENGTH = 500
BODY_LENGTH = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Note:
    """`title` may be empty; it is then shown as the first words of the body."""

    id: UUID = field(default_factory=uuid4)
    title: str
    body: str
    tags: tuple[str, ...] = ()
    created_at: datetime
    updated_at: datetime
    version: int = 1

    def __post_init__(self) -> None:
        if not (self.title.strip() or self.body.strip()):
            raise Invalid("body", "is empty; a note needs words.")
        if len(self.title) > TITLE_LENGTH:
            raise Invalid("title", f"is longer than {TITLE_LENGTH} characters.")
        if len(self.body) > BODY_LENGTH:
            raise Invalid("body", f"is longer than {BODY_LENGTH} characters.")

    def change(
        self, *, at: datetime, title: str | None = None, body: str | None = None, tags: tuple[str, ...] | None = None
    ) -> "Note":
        """A new version; what is None stays."""
        return replace(
            self,
            title=self.title if title is None else title,
            body=self.body if body is None else body,
            tags=self.tags if tags is None else tags,
            updated_at=at,
            version=self.version + 1,
        )


def title_of(body: str) -> str:
    """The first line of a body without Markdown marks, cut at a word, at most 80 characters."""
    line = next((line.strip(" #*->\t") for line in body.splitlines() if line.strip(" #*->\t")), "")
    return line if len(line) <= 80 else line[:80].rsplit(" ", 1)[0] + "…"
