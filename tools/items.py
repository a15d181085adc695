"""What tools answer: one item for each thing asked, and the sentence over them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from domain.errors import Invalid, MetaCortexError
from storage.ledger import Decision
from tools.references import Unclear
from tools.tool import Item

SAID = 20
"""So many things are named in a sentence; all stand in the items."""
LONGEST = 80


def done(kind: str, id: UUID, title: str, reading: str, **more: object) -> Item:
    """Something that was found or done; `reading` says it as we understood it."""
    return {"ok": True, "kind": kind, "id": str(id), "title": title, "reading": reading, **more}


def failed(error: MetaCortexError, *, about: str) -> Item:
    """Something that was not done: a question where only the person can tell, an error otherwise."""
    item: Item = {"ok": False, "id": None, "title": about}
    if isinstance(error, Unclear):
        choices = [{"id": str(choice.id), "title": choice.title} for choice in error.choices]
        return {**item, "question": error.message, **({"choices": choices} if choices else {})}
    field = {"field": error.field} if isinstance(error, Invalid) else {}
    return {**item, "error": error.message, **field}


def sentence(verb: str, items: Sequence[Mapping[str, Any]], *, noun: str) -> str:
    """`Added "Buy milk", due today.`, or a count and all of them; then what was not done, and why."""
    readings = [str(item["reading"]) for item in items if item["ok"]]
    more = f"; and {len(readings) - SAID} more" if len(readings) > SAID else ""
    said = []
    if len(readings) == 1:
        said.append(f"{verb} {_ended(readings[0])}")
    elif readings:
        said.append(f"{verb} {len(readings)} {plural(noun)}: {_ended('; '.join(readings[:SAID]) + more)}")
    said.extend(problems(items))
    return " ".join(said) or f"Nothing was asked for; name at least one {noun}."


def problems(items: Iterable[Mapping[str, Any]]) -> list[str]:
    """The questions as they are, the errors with what they are about, each once."""
    said = [
        item["question"] if "question" in item else f'Not done for "{_short(item["title"])}": {item["error"]}'
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


def changed_tags(
    own: tuple[str, ...], *, all_: Iterable[str] | None, add: Iterable[str] | None, remove: Iterable[str] | None
) -> tuple[str, ...]:
    """All tags replaced where they are given, then some taken away and some added; case makes no other tag."""
    kept = own if all_ is None else tags_of(all_)
    lost = {tag.casefold() for tag in tags_of(remove or ())}
    known = {tag.casefold(): tag for tag in kept if tag.casefold() not in lost}
    for tag in tags_of(add or ()):
        known.setdefault(tag.casefold(), tag)
    return tuple(known.values())


def plural(noun: str) -> str:
    """`tasks`, `memories`."""
    return f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeou" else f"{noun}s"


def _short(title: str) -> str:
    return title if len(title) <= LONGEST else f"{title[:LONGEST].rstrip()}…"


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
