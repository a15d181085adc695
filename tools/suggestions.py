"""Suggestions: what a note might be called and tagged, after the notes the person tagged before."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain.notes import Note, title_of
from language.prose import headings_of
from language.summaries import stems, summarize
from storage.search import Hit, Within
from tools.context import TurnContext
from tools.search import WEAK, compared

NEIGHBOURS = 12
TAGS = 3
LIKELY = 0.3
"""The share of the nearest notes, by their nearness, that must carry a tag."""
TITLE_WORDS = 9
LOOKED_AT = 2_000


async def suggested(context: TurnContext, note: Note) -> dict[str, Any]:
    """Tags that are on the notes nearest to this one, or are words of it, and a title where it has none of its own."""
    tags = await _tags(context, note)
    own = note.title.strip()
    has_title = bool(own) and own != title_of(note.body)
    return {"tags": tags, "title": own if has_title else _title(note)}


async def _tags(context: TurnContext, note: Note) -> list[str]:
    text = f"{note.title}\n{note.body}"[:LOOKED_AT]
    found = await compared(context, text, within=Within(kinds=("note",)), limit=NEIGHBOURS)
    near = _nearness([hit for hit in found.hits if hit.id != note.id])
    tagged = [other for other in await context.notes.get_many(list(near)) if other.tags] if near else []
    whole = sum(near[other.id] for other in tagged) or 1.0
    weights: dict[str, float] = defaultdict(float)
    spelled: dict[str, str] = {}
    words = stems(text)
    for other in tagged:
        for tag in other.tags:
            weights[tag.casefold()] += near[other.id] / whole
            spelled.setdefault(tag.casefold(), tag)
    for tag in weights:
        if (said := stems(tag.replace("-", " ").replace("/", " "))) and said <= words:
            weights[tag] += LIKELY
    own = {tag.casefold() for tag in note.tags}
    likely = sorted(
        (tag for tag in weights if weights[tag] >= LIKELY and tag not in own), key=lambda tag: -weights[tag]
    )
    return [spelled[tag] for tag in likely[:TAGS]]


def _nearness(hits: Sequence[Hit]) -> dict[UUID, float]:
    """By meaning where that is known, else by the words shared; what is far is left out."""
    most = max((hit.words for hit in hits), default=0.0) or 1.0
    near = {hit.id: hit.words / most if hit.cosine is None else hit.cosine for hit in hits}
    return {id: share for id, share in near.items() if share >= WEAK}


def _title(note: Note) -> str:
    """Its first heading, else the beginning of the sentence that says most."""
    if headings := headings_of(note.body):
        return headings[0]
    kept = summarize([note.body], words=2 * TITLE_WORDS)
    words = kept[0].sentence.text.split() if kept else []
    return " ".join(words[:TITLE_WORDS]).strip(" ,;:.") + ("…" if len(words) > TITLE_WORDS else "")
