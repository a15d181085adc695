"""Summaries: what notes come to, with what they are made of, and the tasks in them."""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

from pydantic import Field

from domain.actions import Call
from domain.notes import Note
from domain.people import Clock
from language.digests import Digest, Kind, Length, Point, digest, length_of
from language.quick_add import draft
from language.when import in_words
from storage.search import Within
from tools import windows
from tools.context import TurnContext
from tools.notes import about_of, name_of, tag_of
from tools.references import id_of, meant, of_note
from tools.search import WEAK, compared
from tools.suggestions import suggested
from tools.tool import Arguments, Result

NOTES = 50
"""So many at once, the latest or the best."""
CLOSEST = 3
FEW = 3
EXTRACTED = "extract 1"
HEADS: dict[Kind, str] = {"decision": "Decisions", "action": "Action items", "question": "Open questions"}


class SummarizeNotes(Arguments):
    """Which notes to summarise, and how long."""

    about: str | None = Field(default=None, max_length=1_000, description="A subject: notes about it are summarised.")
    tag: str | None = Field(default=None, max_length=200, description="Only notes with this tag.")
    note: str | None = Field(default=None, max_length=500, description="One note, by id or the person's words.")
    written: str | None = Field(
        default=None, max_length=200, description="Words for when they were written or edited ('last week')."
    )
    length: str | None = Field(
        default=None, max_length=100, description="How long, in the person's words ('three sentences', 'short')."
    )


async def summarize(context: TurnContext, call: Call, arguments: SummarizeNotes) -> Result:
    """Summarise one note, the notes about a subject, with a tag or of a time, or the latest ones: key points,
    decisions, action items and open questions. `tasks` are its action items as `add_tasks` takes them: offer them, and
    hand them over unchanged where the person wants them as tasks."""
    length = length_of(arguments.length)
    notes, more = await _wanted(context, arguments)
    closest = ""
    if not notes and arguments.about and not (arguments.tag or arguments.written):
        closest, notes = await _closest(context, arguments.about)
    about = about_of(arguments.about, arguments.tag, arguments.written)
    if not notes:
        return Result(summary=f"There are no notes{about} to summarise.", action_id=None, items=[], passages=[])
    notes = sorted(notes, key=lambda note: (note.created_at, note.id))
    made = await _digest(context, notes, arguments, length)
    if closest:
        head = f'No note names "{arguments.about}". Of the {closest}'
    elif len(notes) == 1:
        head = f'Summary of "{name_of(notes[0])}"'
    else:
        head = f"Summary of {f'the {len(notes)} latest of {len(notes) + more}' if more else len(notes)} notes{about}"
    return await _told(context, head, notes, made)


async def _told(context: TurnContext, head: str, notes: Sequence[Note], made: Digest) -> Result:
    """The digest in words, what it cites, and what can be made of it."""
    clocks = [replace(context.clock, now=note.created_at.astimezone(context.clock.now.tzinfo)) for note in notes]
    points = [point for point in made.points if point.places]
    passages, places = _passages(notes, points)
    tasks = _tasks(made.actions, clocks, context)
    result = Result(
        summary=_in_words(head, points, clocks, len(tasks)),
        action_id=None,
        items=[{"ok": True, "kind": "note", "id": str(note.id), "title": name_of(note)} for note in notes],
        passages=passages,
        points=[
            {"kind": point.kind, "text": _line(point, clocks), "passages": cited}
            for point, cited in zip(points, places, strict=True)
        ],
        tasks=tasks,
    )
    if len(notes) == 1 and not notes[0].tags and (proposal := await suggested(context, notes[0])):
        result["suggested"] = proposal
        if proposal["tags"]:
            result["summary"] += f"\nIt has no tags; {' and '.join('#' + tag for tag in proposal['tags'])} would fit."
    return result


def _in_words(head: str, points: Sequence[Point], clocks: Sequence[Clock], tasks: int) -> str:
    """Key points as they follow on each other, then a list for each other kind; one or two points need no list."""
    told = ("point",) if len(points) >= FEW else get_args(Kind)
    key = " ".join(_ended(_line(point, clocks)) for point in points if point.kind in told)
    lists = [
        "\n".join([f"{HEADS[kind]}:", *(f"- {_line(point, clocks)}" for point in points if point.kind == kind)])
        for kind in HEADS
        if kind not in told and any(point.kind == kind for point in points)
    ]
    if tasks and any(point.kind == "action" for point in points):
        items = "The action item" if tasks == 1 else f"The {tasks} action items"
        lists.append(f"{items} can become {'a task' if tasks == 1 else 'tasks'}; just say so.")
    return "\n".join([f"{head}: {key}" if key else f"{head}:", *lists])


def _line(point: Point, clocks: Sequence[Clock]) -> str:
    """A point; of an action also when it is due, read from the day its note was written."""
    if point.kind != "action":
        return point.words
    found = draft(point.text, clocks[point.places[0].source])
    if not (found.title and found.due):
        return point.words
    said = in_words(found.due, clocks[point.places[0].source])
    return f"{point.owner}: {found.title} (due {said})" if point.owner else f"{found.title} (due {said})"


def _tasks(actions: Sequence[Point], clocks: Sequence[Clock], context: TurnContext) -> list[dict[str, Any]]:
    """The actions as tasks of the person; of another's, the name stands behind the title."""
    own = {name.casefold() for name in (context.profile.name, *context.profile.name.split()[:1])}
    tasks: dict[str, dict[str, Any]] = {}
    for action in actions:
        found = draft(action.text, clocks[action.places[0].source])
        title = found.title or action.text
        if action.owner and action.owner.casefold() not in own:
            title = f"{title} ({action.owner})"
        given = {"title": title, "due": str(found.due) if found.due else None, "recurrence": found.recurrence}
        tasks.setdefault(title.casefold(), {name: value for name, value in given.items() if value})
    return list(tasks.values())


def _passages(notes: Sequence[Note], points: Sequence[Point]) -> tuple[list[dict[str, Any]], list[list[int]]]:
    """One passage for each note that is cited, with the spans that are, and for each point the passages it cites."""
    order = list(dict.fromkeys(place.source for point in points for place in point.places))
    spans = {
        source: sorted(
            {(place.start, place.end) for point in points for place in point.places if place.source == source}
        )
        for source in order
    }
    passages = [
        {
            "kind": "note",
            "id": str(notes[source].id),
            "title": name_of(notes[source]),
            "passage": " ".join(" ".join(_text(notes[source])[start:end].split()) for start, end in spans[source]),
            "spans": [list(span) for span in spans[source]],
            "date": notes[source].created_at.date().isoformat(),
            "score": 1.0,
        }
        for source in order
    ]
    cited = [sorted({order.index(place.source) for place in point.places}) for point in points]
    return passages, cited


async def _digest(context: TurnContext, notes: Sequence[Note], arguments: SummarizeNotes, length: Length) -> Digest:
    """What was kept of the same notes as they are now; else made anew, and kept."""
    by = context.summarizer.name if context.summarizer else EXTRACTED
    asked = _hash(arguments.model_dump(mode="json") | {"by": by})
    content = _hash([[str(note.id), note.title, note.body] for note in notes])
    if (kept := await context.summaries.get(asked, content)) is not None:
        return Digest.of_json(kept)
    texts, about = [_text(note) for note in notes], arguments.about or ""
    made = await context.summarizer.digest(texts, length=length, about=about) if context.summarizer else None
    if made is None:
        made = await asyncio.to_thread(digest, texts, length=length, query=about)
        if context.summarizer:
            # The model did not answer; it is asked again the next time.
            return made
    ids = [note.id for note in notes]
    await context.summaries.keep(asked, content, notes=ids, digest=made.to_json(), at=context.now)
    return made


async def _wanted(context: TurnContext, arguments: SummarizeNotes) -> tuple[list[Note], int]:
    """The notes that are meant, and how many more there are."""
    if arguments.note:
        known = () if id_of(arguments.note) else tuple(of_note(note) for note in await context.notes.candidates())
        return [await context.notes.get(meant(arguments.note, known, kind="note"))], 0
    tag = tag_of(arguments.tag) if arguments.tag else None
    window = windows.past(arguments.written, context.clock, field="written") if arguments.written else None
    if arguments.about:
        since, until = (window.first, window.last and window.last + windows.DAY) if window else (None, None)
        within = Within(kinds=("note",), tags=(tag,) if tag else (), since=since, until=until)
        return await _about(context, arguments.about, within, NOTES), 0
    since, until = window.moments(context.clock) if window else (None, None)
    notes = (await context.notes.list(tag=tag, since=since, until=until, limit=200)).items
    return list(notes[:NOTES]), max(0, len(notes) - NOTES)


async def _about(context: TurnContext, query: str, within: Within, limit: int, least: float = WEAK) -> list[Note]:
    found = await compared(context, query, within=within, limit=limit)
    ids = [hit.id for hit in found.hits if (hit.words or 0) > 0 or (hit.cosine or 0) >= least]
    return list(await context.notes.get_many(ids)) if ids else []


async def _closest(context: TurnContext, about: str) -> tuple[str, list[Note]]:
    """The few notes nearest in meaning, however far, else the latest: only to be shown with that said."""
    if near := await _about(context, about, Within(kinds=("note",)), CLOSEST, least=-1.0):
        return "closest I found", near
    return "latest", list((await context.notes.list(limit=CLOSEST)).items)


def _text(note: Note) -> str:
    return note.body if note.body.strip() else note.title


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…", ":", ";")) else f"{text}."
