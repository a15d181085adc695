"""Notes over REST."""

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from domain.errors import Invalid, NotFound
from domain.notes import Note, title_of
from protocols.fields import Body, Cursor, Day, Limit, Tags, Text
from protocols.rest import Context, Write, decision, listed, unchanged
from protocols.search import hit_shape
from storage.ledger import Decision, Held
from tools.suggestions import suggested

router = APIRouter(prefix="/notes", tags=["notes"])
# A similar note is looked for by its beginning: an embedder reads no more than that.
_BEGINNING = 2_000


class NewNote(Body):
    """The body of `POST /notes`; without a title the first line serves."""

    title: Text | None = None
    body: Text = ""
    tags: Annotated[Tags, Field(default_factory=list)]


class NoteChange(Body):
    """The body of `PATCH /notes/{id}`: absent keeps."""

    title: Text | None = None
    body: Text | None = None
    tags: Tags | None = None


@router.get("")
async def find(
    context: Context,
    tag: Text | None = None,
    query: Text | None = None,
    since: Day | None = None,
    until: Day | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """Notes, the latest edited first; `since` is included, `until` is not."""
    page = await context.notes.list(tag=tag, query=query, since=since, until=until, limit=limit, cursor=cursor)
    return listed(page, shape)


@router.post("", status_code=201)
async def write_note(write: Write, new: NewNote) -> dict[str, Any]:
    """A new note."""
    now = write.context.now
    title = title_of(new.body) if new.title is None else new.title
    note = Note(title=title, body=new.body, tags=tuple(new.tags), created_at=now, updated_at=now)
    return await write.act(
        "write_note",
        new.model_dump(mode="json", exclude_unset=True),
        lambda _: decision(f"Wrote {note.title!r}.", (None, note), shown=shape(note)),
    )


@router.get("/{note_id}")
async def get(context: Context, note_id: UUID) -> dict[str, Any]:
    """One note."""
    return shape(await context.notes.get(note_id))


@router.get("/{note_id}/similar")
async def similar(context: Context, note_id: UUID, limit: Limit = 10) -> dict[str, Any]:
    """The notes nearest in meaning, the note itself left out."""
    note = await context.notes.get(note_id)
    embedder = context.embeddings.name if context.embeddings else ""
    hits = await context.search.similar("note", note_id, embedder, limit)
    if not hits:  # its meaning is not known yet
        words = await context.search.hybrid(f"{note.title}\n{note.body}"[:_BEGINNING], None, "", kinds=("note",))
        hits = [hit for hit in words if hit.id != note_id][:limit]
    return {"items": [hit_shape(hit) for hit in hits], "next": None}


@router.get("/{note_id}/suggestions")
async def suggestions(context: Context, note_id: UUID) -> dict[str, Any]:
    """Tags and a title that would fit, after the person's other notes; nothing is changed."""
    return await suggested(context, await context.notes.get(note_id))


@router.patch("/{note_id}")
async def change(write: Write, note_id: UUID, changes: NoteChange) -> dict[str, Any]:
    """Change fields."""
    fields = changes.given()
    for name in ("title", "body"):
        if name in fields and fields[name] is None:
            raise Invalid(name, "cannot be null; send an empty text to empty it.")
    if "tags" in fields:
        fields["tags"] = tuple(fields["tags"] or ())

    def decide(held: Held) -> Decision:
        before = _held(held, note_id)
        if not fields:
            return unchanged(shape(before))
        after = replace(before, **fields, updated_at=write.context.now, version=before.version + 1)
        return decision(f"Changed {after.title!r}.", (before, after), shown=shape(after))

    arguments = {"id": str(note_id), **changes.model_dump(mode="json", exclude_unset=True)}
    return await write.act("update_note", arguments, decide, notes=[note_id])


@router.delete("/{note_id}", status_code=204)
async def delete(write: Write, note_id: UUID) -> None:
    """Delete; `POST /actions/{id}/undo` brings it back."""

    def decide(held: Held) -> Decision:
        note = _held(held, note_id)
        return decision(f"Deleted {note.title!r}.", (note, None))

    await write.act("delete_notes", {"id": str(note_id)}, decide, notes=[note_id])


def shape(note: Note) -> dict[str, Any]:
    """A note on the wire."""
    return {
        "id": str(note.id),
        "title": note.title,
        "body": note.body,
        "tags": list(note.tags),
        "created_at": note.created_at.isoformat(),
        "updated_at": note.updated_at.isoformat(),
    }


def _held(held: Held, note_id: UUID) -> Note:
    if note_id not in held.notes:
        raise NotFound(f"There is no note {note_id} among yours.")
    return held.notes[note_id]
