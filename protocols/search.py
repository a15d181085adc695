"""Search over everything a person has, and completions."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from protocols.fields import Limit, Text
from protocols.rest import Context
from storage.search import Hit, Within
from tools.search import look

router = APIRouter(prefix="/search", tags=["search"])
Kind = Literal["task", "note", "habit", "memory", "entry", "message"]
QUERY_LENGTH = 2_000
Tag = Annotated[Text, Query(min_length=1, max_length=200)]


@router.get("")
async def search(
    context: Context,
    q: Annotated[Text, Query(min_length=1, max_length=QUERY_LENGTH)],
    kind: Annotated[tuple[Kind, ...], Query()] = (),
    tag: Annotated[tuple[Tag, ...], Query()] = (),
    since: date | None = None,
    until: date | None = None,
    neighbours: Annotated[int, Query(ge=0, le=3)] = 0,
    limit: Limit = 10,
) -> dict[str, Any]:
    """Hybrid search, the best first; `kind` and `tag` may be repeated, `since` and `until` are days, both looked at.

    What the query says itself ("…" for a phrase, #tag, @project, when it was written) limits too, unless a parameter
    says otherwise. `degraded` and `dates` say in a sentence what was not compared by meaning, and which dates were
    read in the query. With `neighbours` each item also says `before` and `after`: so many passages on either side.
    """
    within = Within(kinds=kind, tags=tag, since=since, until=_after(until), neighbours=neighbours)
    looked = await look(context, q, within=within, limit=limit)
    return {
        "items": [
            {**hit_shape(hit), **({"before": hit.before, "after": hit.after} if neighbours else {})}
            for hit in looked.hits
        ],
        "next": None,
        "degraded": looked.degraded,
        "dates": looked.dates,
    }


@router.get("/suggest")
async def suggest(
    context: Context, q: Annotated[Text, Query(min_length=1, max_length=200)], limit: Limit = 10
) -> dict[str, Any]:
    """Titles that go on from what was typed."""
    return {"items": list(await context.search.suggest(q, limit)), "next": None}


def hit_shape(hit: Hit) -> dict[str, Any]:
    """A hit on the wire."""
    shape = {
        "kind": hit.kind,
        "id": str(hit.id),
        "title": hit.title,
        "passage": hit.passage,
        "score": round(hit.score, 4),
        "date": hit.date.isoformat() if hit.date else None,
    }
    if hit.kind != "message":
        return shape
    return {**shape, "thread_id": hit.thread_id, "message_id": hit.message_id, "speaker": hit.speaker}


def _after(day: date | None) -> date | None:
    """The day after, as far as the calendar goes."""
    return None if day is None or day == date.max else date.fromordinal(day.toordinal() + 1)
