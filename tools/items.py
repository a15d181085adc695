"""What tools answer: one item for each thing asked, and the sentence over them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from domain.errors import Invalid, MetaCortexError
from storage.ledger import Decision
from tools.references import Unclear
from tools.tool import Item


def done(kind: str, id: UUID, title: str, reading: str, **more: object) -> Item:
    """Something that was found or done; `reading` says it as we understood it."""
    return {"ok": True, "kind": kind, "id": str(id), "title": title, "reading": reading, **more}


def failed(error: MetaCortexError, *, about: str) -> Item:
    """Something that was not done: a question where only the person can tell, an error otherwise."""
    item: Item = {"ok": False, "id": None, "title": about}
    if isinstance(error, Unclear):
        return {**item, "question": error.message}
    field = {"field": error.field} if isinstance(error, Invalid) else {}
    return {**item, "error": error.message, **field}


def sentence(verb: str, items: Sequence[Mapping[str, Any]], *, noun: str) -> str:
    """`Added "Buy milk", due today.`, or a count and all of them; then what was not done, and why."""
    readings = [str(item["reading"]) for item in items if item["ok"]]
    said = []
    if len(readings) == 1:
        said.append(f"{verb} {_ended(readings[0])}")
    elif readings:
        said.append(f"{verb} {len(readings)} {noun}s: {_ended('; '.join(readings))}")
    said.extend(problems(items))
    return " ".join(said) or f"Nothing was asked for; name at least one {noun}."


def problems(items: Iterable[Mapping[str, Any]]) -> list[str]:
    """The questions as they are, the errors with what they are about, each once."""
    said = [
        item["question"] if "question" in item else f'Not done for "{item["title"]}": {item["error"]}'
        for item in items
        if not item["ok"]
    ]
    return list(dict.fromkeys(said))


def decision(
    verb: str, noun: str, items: Sequence[Item], changes: Iterable[tuple[object | None, object | None]]
) -> Decision:
    """What the ledger writes: the changes, and the answer that a repeated call gets again."""
    return Decision(summary=sentence(verb, items, noun=noun), changes=tuple(changes), items=tuple(items))


def tags_of(words: Iterable[str]) -> tuple[str, ...]:
    """Tags without their marks, each once."""
    return tuple(dict.fromkeys(tag for word in words if (tag := word.strip().lstrip("#@").strip())))


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
