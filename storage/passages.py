"""Passages: what search sees of each thing; a note or a long body is cut at headings and paragraphs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from domain.habits import Habit
from domain.memories import Memory
from domain.notes import Note, title_of
from domain.tasks import Task

WORDS = 200
LETTERS = 2_000
HEADING = re.compile(r"^(?=#{1,6}\s)", re.MULTILINE)
SHORT = re.compile(rf"\S{{1,{LETTERS}}}")
PARAGRAPH = re.compile(r"\n\s*\n")


@dataclass(frozen=True, kw_only=True)
class Passage:
    """Its id follows from its source and its words, so that what was not edited keeps its embedding."""

    kind: str
    source_id: UUID
    ordinal: int
    title: str
    body: str
    tags: tuple[str, ...] = ()
    dated: date | None = None

    def as_row(self, user_id: UUID) -> dict[str, Any]:
        """The chunk as JSON values."""
        return {
            "user_id": str(user_id),
            "id": str(uuid5(self.source_id, f"{self.ordinal}\n{self.title}\n{self.body}")),
            "kind": self.kind,
            "source_id": str(self.source_id),
            "ordinal": self.ordinal,
            "title": self.title,
            "body": self.body,
            "tags": list(self.tags),
            "dated": self.dated and self.dated.isoformat(),
        }


def passages_of(thing: object) -> list[Passage]:
    """The passages of a thing; none of an entry."""
    match thing:
        case Task():
            line = " · ".join(part for part in (thing.title, thing.project) if part)
            day = thing.due.date if thing.due else thing.created_at.date()
            texts = [line, *cut(thing.body or "")]
            return _passages("task", thing.id, thing.title, texts, day, thing.tags)
        case Note():
            title = thing.title or title_of(thing.body)
            return _passages("note", thing.id, title, cut(thing.body) or [title], thing.created_at.date(), thing.tags)
        case Habit():
            line = f"{thing.name} ({thing.unit})" if thing.unit else thing.name
            return _passages("habit", thing.id, thing.name, [line], thing.created_on)
        case Memory():
            return _passages("memory", thing.id, title_of(thing.text), cut(thing.text), thing.created_at.date())
    return []


def cut(body: str) -> list[str]:
    """Pieces of about 200 words: paragraphs of one section together while they fit, longer ones cut between words."""
    return [piece for section in HEADING.split(body) for piece in _filled(section)]


def _filled(section: str) -> Iterator[str]:
    kept = ""
    for paragraph in PARAGRAPH.split(section):
        for piece in _pieces(paragraph.strip()):
            together = f"{kept}\n\n{piece}" if kept else piece
            if kept and not _fits(together):
                yield kept
                kept = piece
            else:
                kept = together
    if kept:
        yield kept


def _pieces(paragraph: str) -> Iterator[str]:
    if _fits(paragraph):
        yield from [paragraph] if paragraph else []
        return
    line: list[str] = []
    letters = 0
    for word in SHORT.findall(paragraph):
        if line and (len(line) == WORDS or letters + len(word) > LETTERS):
            yield " ".join(line)
            line, letters = [], 0
        line.append(word)
        letters += len(word) + 1
    if line:
        yield " ".join(line)


def _fits(text: str) -> bool:
    return len(text) <= LETTERS and len(text.split()) <= WORDS


def _passages(
    kind: str, source_id: UUID, title: str, texts: list[str], dated: date, tags: tuple[str, ...] = ()
) -> list[Passage]:
    return [
        Passage(kind=kind, source_id=source_id, ordinal=ordinal, title=title, body=text, tags=tags, dated=dated)
        for ordinal, text in enumerate(texts)
    ]
