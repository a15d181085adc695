"""Corpora: the documents beside a file of questions, as what a person of the product has written or said."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from domain.notes import Note
from domain.threads import Message
from evals.suites.suite import SHAPELESS, BadCases, Row, read
from storage.passages import Passage, passages_of

WHEN = "%I:%M %p on %d %B, %Y"
UNDATED = datetime(2000, 1, 1, tzinfo=UTC)


def corpus_of(file: Path) -> dict[str, list[Row]]:
    """The documents beside a file of questions, by their group; raises `BadCases` where there are none."""
    names = [file.with_name(f"{file.stem}_corpus.jsonl"), file.with_name("corpus.jsonl")]
    beside = next((name for name in names if name.exists()), None)
    if beside is None:
        raise BadCases(f"{file}: neither {names[0].name!r} nor {names[1].name!r} with the documents stands beside it.")
    groups: dict[str, list[Row]] = {}
    for document in read(beside):
        try:
            groups.setdefault(document["group"], []).append(document)
            text_of(document)
        except SHAPELESS as error:
            raise BadCases(f"{beside}, document {document['id']}: not of this shape: {error!r}.") from error
    return groups


def session_of(document: Row) -> str | None:
    """The conversation that a document is a part of; None of one that stands alone."""
    return document.get("session") or document.get("meeting")


def text_of(document: Row) -> str:
    """All that a document says, with its title or its speaker."""
    if document.get("speaker"):
        return f"{document['speaker']}: {document['text']}"
    return "\n".join(part for part in (document.get("title", ""), document["text"]) if part)


def written(documents: Sequence[Row]) -> Iterator[tuple[str, list[Passage]]]:
    """Each document's id, and its passages as a message of its conversation or as a note; none of an empty one."""
    for place, document in enumerate(documents):
        if not text_of(document).strip():
            continue
        if session_of(document):
            yield document["id"], _said(document, place)
        else:
            yield document["id"], passages_of(_note(document))


def latest(documents: Sequence[Row]) -> datetime | None:
    """When the last of them was said, if that is known."""
    return max((_when(document) for document in documents if "when" in document), default=None)


def source_of(passages: Sequence[Passage]) -> UUID:
    """What these passages are of."""
    return passages[0].source_id


def _said(document: Row, place: int) -> list[Passage]:
    message = Message(
        id=document["id"], thread_id=session_of(document) or "", parent_id=None, run_id=None, role="user",
        content=document["text"], created_at=UNDATED,
    )  # fmt: skip
    dated = _when(document).date() if "when" in document else None
    return [
        replace(passage, place=place, dated=dated, speaker=document.get("speaker")) for passage in passages_of(message)
    ]


def _note(document: Row) -> Note:
    return Note(title=document.get("title", ""), body=document["text"], created_at=UNDATED, updated_at=UNDATED)


def _when(document: Row) -> datetime:
    try:
        return datetime.strptime(document["when"], WHEN).replace(tzinfo=UTC)
    except ValueError as error:
        raise BadCases(
            f"document {document['id']}: `when` is {document['when']!r}, not as in '1:56 pm on 8 May, 2023'"
        ) from error
