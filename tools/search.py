"""Search over everything the person has, by words and by meaning."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from domain.actions import Call
from storage.search import Hit
from tools.context import TurnContext
from tools.tool import Arguments, Result

WEAK = 0.25
MEMORIES = 50


class SearchArguments(Arguments):
    """What to look for."""

    query: str | None = Field(
        default=None,
        min_length=1,
        max_length=1_000,
        description="What to look for, in the person's words; absent: all that is remembered of the person.",
    )
    kinds: list[Literal["task", "note", "habit", "memory"]] | None = Field(
        default=None, description="Only these kinds; all if absent."
    )
    limit: int = Field(default=8, ge=1, le=50, description="At most so many.")


async def search(context: TurnContext, call: Call, arguments: SearchArguments) -> Result:
    """Look through notes, tasks, habits and memories by words and meaning, to answer a question about what the person
    wrote. The passages come with it; cite those you use, and say so where none answers."""
    if arguments.query is None:
        return await _memories(context)
    found = await hits(context, arguments.query, kinds=arguments.kinds or (), limit=arguments.limit)
    passages = [passage(hit) for hit in found]
    items = [
        {"ok": True, "kind": hit.kind, "id": str(hit.id), "title": hit.title, "reading": f'{hit.kind} "{hit.title}"'}
        for hit in found
    ]
    if not found:
        return Result(summary=f'Nothing is written about "{arguments.query}".', action_id=None, items=[], passages=[])
    lines = [f'{number}. {hit.kind} "{hit.title}": {hit.passage}' for number, hit in enumerate(found, start=1)]
    return Result(
        summary="\n".join([f'Found {len(found)} about "{arguments.query}":', *lines]),
        action_id=None,
        items=items,
        passages=passages,
    )


async def _memories(context: TurnContext) -> Result:
    memories = (await context.memories.list(limit=MEMORIES)).items
    items = [
        {"ok": True, "kind": "memory", "id": str(memory.id), "title": memory.text, "reading": memory.text}
        for memory in memories
    ]
    said = "\n".join([f"{len(items)} remembered:", *(f"- {memory.text}" for memory in memories)])
    return Result(summary=said if items else "Nothing is remembered yet.", action_id=None, items=items)


async def hits(context: TurnContext, query: str, *, kinds: Sequence[str], limit: int) -> list[Hit]:
    """What resembles the query, best first; what shares no word with it and little meaning is left out."""
    vector = await context.embeddings.aembed_query(query) if context.embeddings else None
    embedder = context.embeddings.name if context.embeddings else ""
    found = await context.search.hybrid(query, vector, embedder, kinds=kinds, limit=limit)
    return [hit for hit in found if (hit.words or 0) > 0 or (hit.cosine or 0) >= WEAK]


def passage(hit: Hit) -> dict[str, Any]:
    """A hit as what may be cited."""
    return {
        "kind": hit.kind,
        "id": str(hit.id),
        "title": hit.title,
        "passage": hit.passage,
        "date": hit.date.isoformat() if hit.date else None,
        "score": hit.score,
    }
