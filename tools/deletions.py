"""Deletions: they name what goes before they do, and act by id alone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from domain.errors import NotFound
from storage.ledger import Decision
from tools.items import decision, done, failed, plural
from tools.references import Resolved, Unclear, id_of
from tools.tool import Ask

SHOWN = 10
T = TypeVar("T")


def question(verb: str, noun: str, titles: Sequence[str], resolved: Resolved) -> str:
    """`Delete the task "Buy milk"?`, and what could not be told."""
    named = ", ".join(f'"{title}"' for title in titles[:SHOWN])
    more = f" and {len(titles) - SHOWN} more" if len(titles) > SHOWN else ""
    asked = (
        f"{verb} the {noun} {named}?" if len(titles) == 1 else f"{verb} {len(titles)} {plural(noun)}: {named}{more}?"
    )
    left = ", ".join(repr(reference) for reference, _ in resolved.failures)
    return f"{asked} (I could not tell what is meant by {left}; that stays.)" if left else asked


def ask(
    verb: str, noun: str, field: str, titles: Mapping[UUID, str], resolved: Resolved, *, one: bool = False
) -> Ask | None:
    """The approval for those that exist; None where nothing would be touched."""
    ids = [id for id in resolved.ids if id in titles]
    if not ids:
        return None
    words = question(verb, noun, [titles[id] for id in ids], resolved)
    return Ask(question=words, arguments={field: str(ids[0]) if one else [str(id) for id in ids]})


def delete(
    noun: str, references: Iterable[str], resolved: Resolved, held: Mapping[UUID, T], title_of: Callable[[T], str]
) -> Decision:
    """Deletes what was named by id. Words never delete: what they mean may have changed since the person was asked."""
    by_id = {id_of(reference) for reference in references}
    items = [failed(error, about=reference) for reference, error in resolved.failures]
    changes: list[tuple[object | None, object | None]] = []
    for reference, id in resolved.found:
        gone = held.get(id)
        if gone is None:
            items.append(
                failed(NotFound(f"There is no {noun} with id {str(id)!r}; it may be gone already."), about=reference)
            )
        elif id not in by_id:
            items.append(failed(Unclear(f'Delete the {noun} "{title_of(gone)}"?'), about=reference))
        else:
            items.append(done(noun, id, title_of(gone), f'"{title_of(gone)}"'))
            changes.append((gone, None))
    return decision("Deleted", noun, items, changes)
