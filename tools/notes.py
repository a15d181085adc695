"""Notes: writing, changing, finding and deleting them by the person's words."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from domain.actions import Call
from domain.errors import Invalid, MetaCortexError, NotFound
from domain.notes import Note, title_of
from storage.ledger import Decision, Held
from tools import deletions, windows
from tools.context import TurnContext
from tools.items import changed_tags, decision, done, failed, tags_of
from tools.references import Resolved, id_of, of_note, resolve
from tools.search import hits, passage
from tools.tool import BATCH, Arguments, Ask, Item, Result, result_of

SHOWN = 10
ALL = 200


class WriteNote(Arguments):
    """The note."""

    body: str = Field(description="The note's words, Markdown, as the person gave them.")
    title: str | None = Field(default=None, description="A title, where the person gave one.")
    tags: list[str] | None = Field(default=None, max_length=50, description="Tags without '#'.")


class UpdateNote(Arguments):
    """One note and what becomes of it."""

    note: str = Field(max_length=500, description="The note's id, or the person's words for it.")
    body: str | None = Field(default=None, description="A new body in place of the old.")
    append: str | None = Field(default=None, description="Words to add at the end.")
    title: str | None = Field(default=None, description="A new title.")
    tags: list[str] | None = Field(default=None, max_length=50, description="All tags from now on.")
    add_tags: list[str] | None = Field(default=None, max_length=50, description="Tags it gets besides its own.")
    remove_tags: list[str] | None = Field(default=None, max_length=50, description="Tags it loses.")


class FindNotes(Arguments):
    """Which notes."""

    query: str | None = Field(default=None, max_length=1_000, description="What the notes are about.")
    tag: str | None = Field(default=None, max_length=200, description="Only with this tag.")
    written: str | None = Field(
        default=None, max_length=200, description="Words for when they were written or edited ('last week')."
    )


class NamedNotes(Arguments):
    """The notes that are meant."""

    notes: list[str] = Field(min_length=1, max_length=BATCH, description="Ids, or the person's words for each note.")


async def write(context: TurnContext, call: Call, arguments: WriteNote) -> Result:
    """Write a new note, where the person says note, write down or jot. Facts about the person go to `remember`."""
    now = context.now
    note = Note(
        title=arguments.title or "",
        body=arguments.body,
        tags=tags_of(arguments.tags or ()),
        created_at=now,
        updated_at=now,
    )
    answer = decision("Wrote the note", "note", [item_of(note)], [(None, note)])
    return result_of(await context.ledger.act(call, lambda _: answer, at=now))


async def update(context: TurnContext, call: Call, arguments: UpdateNote) -> Result:
    """Change one note: `append` adds at its end, `body` replaces everything, `title` and `tags` replace theirs;
    `add_tags` and `remove_tags` leave its other tags."""
    resolved = await named(context, [arguments.note])

    def decide(held: Held) -> Decision:
        if resolved.failures:
            return decision("Changed", "note", [failed(resolved.failures[0][1], about=arguments.note)], [])
        try:
            note = held.notes.get(resolved.ids[0])
            if note is None:
                raise NotFound(f"There is no note with id {arguments.note!r}; find it first.")
            changed = _changed(note, arguments, context)
        except MetaCortexError as error:
            return decision("Changed", "note", [failed(error, about=arguments.note)], [])
        return decision("Changed the note", "note", [item_of(changed)], [(note, changed)])

    return result_of(await context.ledger.act(call, decide, at=context.now, notes=resolved.ids))


async def find(context: TurnContext, call: Call, arguments: FindNotes) -> Result:
    """Find notes by what they say, by tag, by when they were written, or the latest ones. Passages that fit come with
    them; cite those you use."""
    passages, total = await _found(context, arguments)
    items: list[Item] = [
        {"ok": True, "kind": "note", "id": found["id"], "title": found["title"], "reading": f'"{found["title"]}"'}
        for found in passages
    ]
    about = about_of(arguments.query, arguments.tag, arguments.written)
    if not items:
        return Result(summary=f"There are no notes{about}.", action_id=None, items=[], passages=[])
    count = "1 note" if total == 1 else f"{total}{' or more' if total >= ALL else ''} notes"
    lines = [
        f'{number}. "{found["title"]}" ({found["date"]}): {found["passage"]}'
        for number, found in enumerate(passages, 1)
    ]
    more = [f"… and {total - len(items)} more."] if total > len(items) else []
    summary = "\n".join([f"{count}{about}:", *lines, *more])
    return Result(summary=summary, action_id=None, items=items, passages=passages, total=total)


async def delete(context: TurnContext, call: Call, arguments: NamedNotes) -> Result:
    """Delete notes for good. The person is asked first."""
    resolved = await named(context, arguments.notes)
    return result_of(
        await context.ledger.act(
            call,
            lambda held: deletions.delete("note", arguments.notes, resolved, held.notes, name_of),
            at=context.now,
            notes=resolved.ids,
        )
    )


async def ask_to_delete(context: TurnContext, arguments: NamedNotes) -> Ask | None:
    """Always, where a note is meant."""
    resolved = await named(context, arguments.notes)
    notes = await context.notes.get_many(list(resolved.ids)) if resolved.ids else []
    titles = {note.id: name_of(note) for note in notes}
    return deletions.ask("Delete", "note", "notes", titles, resolved)


async def named(context: TurnContext, references: Sequence[str]) -> Resolved:
    """The notes that are meant."""
    if all(id_of(reference) for reference in references):
        return resolve(references, (), kind="note")
    candidates = [of_note(note) for note in await context.notes.candidates()]
    return resolve(references, candidates, kind="note")


async def _found(context: TurnContext, arguments: FindNotes) -> tuple[list[dict[str, Any]], int]:
    """The first of the notes as passages, and how many there are."""
    tag = tag_of(arguments.tag) if arguments.tag else None
    since, until = (
        windows.past(arguments.written, context.clock, field="written").moments(context.clock)
        if arguments.written
        else (None, None)
    )
    narrowed = arguments.query is None or tag or arguments.written
    notes = (await context.notes.list(tag=tag, since=since, until=until, limit=ALL)).items if narrowed else ()
    if not arguments.query:
        return [_passage(note, _start(note)) for note in notes[:SHOWN]], len(notes)
    kept = {str(note.id) for note in notes}
    found = await hits(context, arguments.query, kinds=("note",), limit=SHOWN)
    passages = [passage(hit) for hit in found if not narrowed or str(hit.id) in kept]
    return passages, len(passages)


def _changed(note: Note, arguments: UpdateNote, context: TurnContext) -> Note:
    if not arguments.model_dump(exclude={"note"}, exclude_none=True):
        raise Invalid("note", "nothing to change is given; give `append`, `body`, `title` or a field of tags.")
    body = note.body if arguments.body is None else arguments.body
    if arguments.append:
        body = _appended(body, arguments.append)
    tags = changed_tags(note.tags, all_=arguments.tags, add=arguments.add_tags, remove=arguments.remove_tags)
    return note.change(at=context.now, title=arguments.title, body=body, tags=tags)


def _appended(body: str, words: str) -> str:
    """A new paragraph, or a new item where the body ends in a list."""
    last = body.rstrip().rsplit("\n", 1)[-1].lstrip()
    for mark in ("- [ ] ", "- ", "* "):
        if last.startswith(mark) and "\n" not in words and not words.startswith(("- ", "* ")):
            return f"{body.rstrip()}\n{mark}{words}"
    return f"{body.rstrip()}\n\n{words}" if body.strip() else words


def item_of(note: Note) -> Item:
    """A note as one of a tool's answers."""
    tags = "".join(f", #{tag}" for tag in note.tags)
    return done("note", note.id, name_of(note), f'"{name_of(note)}"{tags}', tags=list(note.tags))


def _passage(note: Note, words: str) -> dict[str, object]:
    date = note.created_at.date().isoformat()
    return {"kind": "note", "id": str(note.id), "title": name_of(note), "passage": words, "date": date, "score": 1.0}


def name_of(note: Note) -> str:
    """The title, else the first words."""
    return note.title or title_of(note.body)


def _start(note: Note) -> str:
    words = " ".join(note.body.split())
    return words if len(words) <= 200 else words[:200].rsplit(" ", 1)[0] + "…"


def tag_of(tag: str) -> str:
    """A tag without its mark."""
    return tag.strip().lstrip("#@")


def about_of(query: str | None, tag: str | None, written: str | None) -> str:
    """Which notes, as words behind "notes"."""
    about = f' about "{query}"' if query else ""
    return about + (f" tagged #{tag_of(tag)}" if tag else "") + (f" from {written}" if written else "")
