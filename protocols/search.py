"""Search over everything a person has, and completions."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from protocols.fields import Limit, Text
from protocols.rest import Context
from storage.search import Hit
from tools.search import hits

router = APIRouter(prefix="/search", tags=["search"])
Kind = Literal["task", "note", "habit", "memory"]
QUERY_LENGTH = 2_000


@router.get("")
async def search(
    context: Context,
    q: Annotated[Text, Query(min_length=1, max_length=QUERY_LENGTH)],
    kind: Annotated[tuple[Kind, ...], Query()] = (),
    limit: Limit = 10,
) -> dict[str, Any]:
    """Hybrid search, the best first; `kind` may be repeated."""
    found = await hits(context, q, kinds=kind, limit=limit)
    return {"items": [hit_shape(hit) for hit in found], "next": None}


@router.get("/suggest")
async def suggest(
    context: Context, q: Annotated[Text, Query(min_length=1, max_length=200)], limit: Limit = 10
) -> dict[str, Any]:
    """Titles that go on from what was typed."""
    return {"items": list(await context.search.suggest(q, limit)), "next": None}


def hit_shape(hit: Hit) -> dict[str, Any]:
    """A hit on the wire."""
    return {
        "kind": hit.kind,
        "id": str(hit.id),
        "title": hit.title,
        "passage": hit.passage,
        "score": round(hit.score, 4),
        "date": hit.date.isoformat() if hit.date else None,
    }
