"""Passages: what search sees of each thing, and of what was said; what is long is cut into pieces."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.habits import Habit
from domain.memories import Memory
from domain.notes import Note, title_of
from domain.tasks import Task
from domain.threads import Message
from storage.pieces import Piece, cut

BEFORE, AFTER = 2, 1
"""So many passages before and after one are its context."""


@dataclass(frozen=True, kw_only=True)
class Passage:
    """Its id follows from its source and its words, so that what was not edited keeps its embedding.

    `path` are the headings above it. `context` are the passages around it, whose words count less; that of a message is
    found when it is embedded. `place` is the order of messages in their thread.
    """

    kind: str
    source_id: UUID
    ordinal: int
    title: str
    body: str
    path: str = ""
    context: str = ""
    tags: tuple[str, ...] = ()
    project: str | None = None
    dated: date | None = None
    thread_id: str | None = None
    message_id: str | None = None
    place: int = 0
    speaker: str | None = None

    def as_row(self, user_id: UUID) -> dict[str, Any]:
        """The chunk as JSON values."""
        return {
            "user_id": str(user_id),
            "id": str(uuid5(self.source_id, f"{self.ordinal}\n{self.title}\n{self.path}\n{self.body}")),
            "kind": self.kind,
            "source_id": str(self.source_id),
            "ordinal": self.ordinal,
            "title": self.title,
            "body": self.body,
            "path": self.path,
            "context": self.context,
            "tags": list(self.tags),
            "project": self.project,
            "dated": self.dated and self.dated.isoformat(),
            "thread_id": self.thread_id,
            "message_id": self.message_id,
            "place": self.place,
            "speaker": self.speaker,
        }


def passages_of(thing: object) -> list[Passage]:
    """The passages of a thing, or of what was said; those of an entry are made where its habit's name is known."""
    match thing:
        case Message(role="user" | "assistant"):
            return [
                Passage(
                    kind="message", source_id=uuid5(NAMESPACE_URL, f"{thing.thread_id}\n{thing.id}"), ordinal=ordinal,
                    title="", body=piece.text, dated=thing.created_at.date(),
                    thread_id=thing.thread_id, message_id=thing.id, speaker=thing.role,
                )
                for ordinal, piece in enumerate(cut(thing.content))
            ]  # fmt: skip
        case Task():
            line = " · ".join(part for part in (thing.title, thing.project) if part)
            day = thing.due.date if thing.due else thing.created_at.date()
            pieces = [Piece((), line), *cut(thing.body or "")]
            return _passages("task", thing.id, thing.title, pieces, day, thing.tags, thing.project)
        case Note():
            title = thing.title or title_of(thing.body)
            pieces = cut(thing.body) or [Piece((), title)]
            return _passages("note", thing.id, title, pieces, thing.created_at.date(), thing.tags)
        case Habit():
            line = f"{thing.name} ({thing.unit})" if thing.unit else thing.name
            return _passages("habit", thing.id, thing.name, [Piece((), line)], thing.created_on)
        case Memory() if thing.state == "kept":
            return _passages("memory", thing.id, title_of(thing.text), cut(thing.text), thing.created_at.date())
    return []


def _passages(
    kind: str,
    source_id: UUID,
    title: str,
    pieces: Sequence[Piece],
    dated: date,
    tags: tuple[str, ...] = (),
    project: str | None = None,
) -> list[Passage]:
    return [
        Passage(
            kind=kind, source_id=source_id, ordinal=ordinal, title=title, body=piece.text, path=" › ".join(piece.path),
            tags=tags, project=project, dated=dated, context="\n".join(
                near.text for near in [*pieces[max(0, ordinal - BEFORE) : ordinal], *pieces[ordinal + 1 :][:AFTER]]
            ),
        )
        for ordinal, piece in enumerate(pieces)
    ]  # fmt: skip
