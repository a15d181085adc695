"""Search over everything the person has, by words and by meaning."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from pydantic import Field

from domain.actions import Call
from domain.errors import Unavailable
from language.forms import other_forms
from storage.search import KINDS, Found, Hit, Within
from tools.context import Embedder, TurnContext
from tools.queries import Query, nameless, taken_apart
from tools.tool import Arguments, Result

logger = logging.getLogger("metacortex.search")
WEAK = 0.25
MEMORIES = 50
PROPOSED = 5
EVERYTHING = Within()


class SearchArguments(Arguments):
    """What to look for."""

    query: str | None = Field(
        default=None,
        min_length=1,
        max_length=1_000,
        description="What to look for, in the person's words, also for tags, phrases in quotes and when it was "
        "written; absent: all that is remembered of the person.",
    )
    kinds: list[Literal["task", "note", "habit", "entry", "memory", "message"]] | None = Field(
        default=None, description="Only these kinds; all but messages (what was said in conversations) if absent."
    )
    limit: int = Field(default=8, ge=1, le=50, description="At most so many.")
    neighbours: int = Field(
        default=0, ge=0, le=3, description="So many passages before and after each one, where it alone is too little."
    )


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What was found, and in a sentence each what could not be compared by meaning and which dates were looked at."""

    hits: Sequence[Hit]
    degraded: str | None = None
    dates: str | None = None


async def search(context: TurnContext, call: Call, arguments: SearchArguments) -> Result:
    """Look through notes, tasks, habits and memories by words and meaning, to answer a question about what the person
    wrote. The passages come with it; cite those you use, and say so where none answers."""
    if arguments.query is None:
        return await _memories(context)
    within = Within(kinds=tuple(arguments.kinds or ()), neighbours=arguments.neighbours)
    looked = await look(context, arguments.query, within=within, limit=arguments.limit)
    aside = [said for said in (looked.dates, looked.degraded) if said]
    if not looked.hits:
        nothing = f'Nothing is written about "{arguments.query}".'
        return Result(summary=" ".join([nothing, *aside]), action_id=None, items=[], passages=[])
    items = [
        {"ok": True, "kind": hit.kind, "id": str(hit.id), "title": hit.title, "reading": f'{hit.kind} "{hit.title}"'}
        for hit in looked.hits
    ]
    lines = [f'{number}. {hit.kind} "{hit.title}": {_read(hit)}' for number, hit in enumerate(looked.hits, start=1)]
    return Result(
        summary="\n".join([f'Found {len(lines)} about "{arguments.query}":', *lines, *aside]),
        action_id=None,
        items=items,
        passages=[passage(hit) for hit in looked.hits],
    )


async def _memories(context: TurnContext) -> Result:
    standing = await context.memories.standing()
    memories = [memory for memory in standing if memory.state == "kept"][:MEMORIES]
    items = [
        {"ok": True, "kind": "memory", "id": str(memory.id), "title": memory.text, "reading": memory.text}
        for memory in memories
    ]
    said = "\n".join([f"{len(items)} remembered:", *(f"- {memory.text}" for memory in memories)])
    said = said if items else "Nothing is remembered yet."
    if noticed := [memory.text for memory in standing if memory.state == "proposed"][:PROPOSED]:
        said += "\nNoticed, and kept only if you say so:\n" + "\n".join(f"- {text}" for text in noticed)
    return Result(summary=said, action_id=None, items=items)


async def look(context: TurnContext, query: str, *, within: Within = EVERYTHING, limit: int) -> Looked:
    """What resembles the query, best first, within these limits and those it states itself.

    What shares no word with it and little meaning is left out. Where nothing is of the dates it names, all is looked
    through.
    """
    return await _looked(context, taken_apart(query, context.clock, within), limit)


async def hits(context: TurnContext, query: str, *, kinds: Sequence[str], limit: int) -> list[Hit]:
    """What resembles the query, best first."""
    return list((await look(context, query, within=Within(kinds=tuple(kinds)), limit=limit)).hits)


async def recalled(
    context: TurnContext, query: str, vectors: list[list[float]] | None, *, limit: int
) -> list[dict[str, Any]]:
    """What may bear on a message, weak or not, as what may be cited; without what is said in its own conversation.

    `vectors` are the message's, where there are some already. What was said elsewhere is among it where the message
    speaks of talking.
    """
    apart = Within(not_thread_id=context.thread_id or None)
    taken = taken_apart(query, context.clock, apart)
    limits = replace(taken.within, kinds=_with_talk(taken.within.kinds))
    found = await compared(context, query, vectors, within=limits, limit=limit)
    if not found.hits and limits != apart:
        found = await compared(context, query, vectors, within=apart, limit=limit)
    return [passage(hit) for hit in found.hits]


def passage(hit: Hit) -> dict[str, Any]:
    """A hit as what may be cited, with where it stands in its thing, and what tells a strong hit from a weak one."""
    return {
        "kind": hit.kind,
        "id": str(hit.id),
        "title": hit.title,
        "passage": hit.passage,
        "date": hit.date.isoformat() if hit.date else None,
        "score": hit.score,
        "cosine": hit.cosine,
        "words": hit.words,
        "start": hit.start,
        **({"speaker": hit.speaker} if hit.speaker else {}),
    }


async def compared(
    context: TurnContext, query: str, vectors: list[list[float]] | None = None, *, within: Within, limit: int
) -> Found:
    """What resembles the query, by meaning as far as that is known, and by words; `vectors` are the query's, if there
    are some already, and empty where none could be had.

    While another embedder is taking over, the one before is asked for as long as it can be called.
    """
    embedders = context.embeddings
    look = partial(context.search.look, query, within=within, limit=limit, forms=other_forms(query))
    if embedders is None:
        return _counted(context, await look(None, ""))
    made = await vectors_of(embedders, query) if vectors is None else vectors
    found = await look(_compared_by(made), embedders.name)
    if made and not found.by_meaning:
        logger.warning("searched by words: %s", found.degraded)
    before = embedders.named(found.space) if found.space and found.space != embedders.name else None
    if before is not None and (vector := _compared_by(await vectors_of(before, query))):
        found = await look(vector, before.name)
    return _counted(context, found)


async def vectors_of(embedder: Embedder | None, query: str) -> list[list[float]]:
    """The query's vector, and where it has names that of the query without them, both asked for at once; none where
    there is no embedder, or it does not answer."""
    if embedder is None:
        return []
    try:
        return await embedder.aembed_queries(list(dict.fromkeys((query, nameless(query)))))
    except Unavailable as error:
        logger.warning("searched by words: %s", error.message)
        return []


def _compared_by(vectors: list[list[float]]) -> list[float] | None:
    """What passages are compared with: a name is in too many of them, so a third of it is the query without names."""
    if len(vectors) < 2:
        return vectors[0] if vectors else None
    own, rest = vectors
    return [2 * one + another for one, another in zip(own, rest, strict=True)]


def _counted(context: TurnContext, found: Found) -> Found:
    context.looks.all += 1
    context.looks.by_words_alone += not found.by_meaning
    context.looks.in_part += found.by_meaning and found.degraded is not None
    return found


async def _looked(context: TurnContext, query: Query, limit: int) -> Looked:
    found = await compared(context, query.words, within=query.within, limit=limit)
    strong, dates = _strong(found.hits), None
    if query.dates:
        dates = f"Only what is dated “{query.dates}” was looked through."
        if not strong:
            anywhere = replace(query.within, since=None, until=None)
            found = await compared(context, query.words, within=anywhere, limit=limit)
            strong, dates = _strong(found.hits), f"Nothing is dated “{query.dates}”, so all dates were looked through."
    return Looked(hits=strong, degraded=found.degraded, dates=dates)


def _read(hit: Hit) -> str:
    """A passage among what stands around it."""
    if not hit.before and not hit.after:
        return hit.passage
    return "\n".join([*hit.before, f"» {hit.passage} «", *hit.after])


def _strong(found: Sequence[Hit]) -> list[Hit]:
    return [hit for hit in found if hit.words > 0 or (hit.cosine or 0) >= WEAK]


def _with_talk(kinds: Sequence[str]) -> tuple[str, ...]:
    """Who asks what was said in a conversation may mean one that a note is about."""
    return (*KINDS, "message") if "message" in kinds else tuple(kinds)
