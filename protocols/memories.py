"""What the agent remembers of the person: read, corrected, forgotten."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from domain.errors import NotFound
from domain.memories import Memory
from protocols.fields import Body, Cursor, Limit, Text
from protocols.rest import Context, Write, decision, listed
from storage.ledger import Decision, Held

router = APIRouter(prefix="/memories", tags=["memories"])


class MemoryChange(Body):
    """The body of `PATCH /memories/{id}`."""

    text: Text


@router.get("")
async def find(context: Context, limit: Limit = 50, cursor: Cursor = None) -> dict[str, Any]:
    """All memories, the latest first."""
    return listed(await context.memories.list(limit=limit, cursor=cursor), shape)


@router.patch("/{memory_id}")
async def change(write: Write, memory_id: UUID, changes: MemoryChange) -> dict[str, Any]:
    """Correct a memory."""

    def decide(held: Held) -> Decision:
        before = _held(held, memory_id)
        after = replace(before, text=changes.text, updated_at=write.context.now, version=before.version + 1)
        return decision("Corrected a memory.", (before, after), shown=shape(after))

    return await write.act("remember", {"id": str(memory_id), "text": changes.text}, decide, memories=[memory_id])


@router.delete("/{memory_id}", status_code=204)
async def forget(write: Write, memory_id: UUID) -> None:
    """Forget; `POST /actions/{id}/undo` brings it back."""

    def decide(held: Held) -> Decision:
        return decision("Forgot a memory.", (_held(held, memory_id), None))

    await write.act("forget", {"id": str(memory_id)}, decide, memories=[memory_id])


def shape(memory: Memory) -> dict[str, Any]:
    """A memory on the wire."""
    return {
        "id": str(memory.id),
        "text": memory.text,
        "source_message_id": memory.source_message_id,
        "created_at": memory.created_at.isoformat(),
        "updated_at": memory.updated_at.isoformat(),
    }


def _held(held: Held, memory_id: UUID) -> Memory:
    if memory_id not in held.memories:
        raise NotFound(f"There is no memory {memory_id} among yours.")
    return held.memories[memory_id]
