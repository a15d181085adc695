"""What the agent remembers of the person: read, corrected, agreed to, ended, forgotten."""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter

from domain.errors import Conflict, Invalid, NotFound
from domain.memories import Memory, State
from protocols.fields import Body, Cursor, Limit, Text
from protocols.rest import Context, Write, decision, listed
from storage.ledger import Decision, Held
from tools.memories import ended, weigh

router = APIRouter(prefix="/memories", tags=["memories"])


class MemoryChange(Body):
    """The body of `PATCH /memories/{id}`: other words, or another state.

    `kept` agrees to what was proposed, and ends what it contradicts; `past` ends it from today.
    """

    text: Text | None = None
    state: Literal["kept", "past"] | None = None


@router.get("")
async def find(
    context: Context, state: State | None = None, limit: Limit = 50, cursor: Cursor = None
) -> dict[str, Any]:
    """All memories, the latest first: `kept`, `proposed` and `past` ones, or those of one state."""
    return listed(await context.memories.list(state=state, limit=limit, cursor=cursor), shape)


@router.patch("/{memory_id}")
async def change(write: Write, memory_id: UUID, changes: MemoryChange) -> dict[str, Any]:
    """Correct a memory, agree to one that was proposed, or say that it no longer holds."""
    if changes.text is None and changes.state is None:
        raise Invalid("text", "is missing; give `text`, or `state` as `kept` or `past`.")
    now, today = write.context.now, write.context.clock.now.date()
    known = await write.context.memories.get(memory_id)
    others = [memory for memory in await write.context.memories.standing() if memory.id != memory_id]
    contradicted = weigh(changes.text or known.text, others).replaces if changes.state == "kept" else ()

    def decide(held: Held) -> Decision:
        before = _held(held, memory_id)
        if before.state == "past":
            raise Conflict("That memory is past already; write it anew if it holds again.")
        after = before.change(at=now, text=changes.text, keep=changes.state == "kept")
        if changes.state == "past":
            after = after.end(on=today, at=now)
        return decision(
            "Corrected a memory.",
            (before, after),
            *ended(
                [held.memories[old.id] for old in contradicted if old.id in held.memories], by=after, on=today, at=now
            ),
            shown=shape(after),
        )

    arguments = {"id": str(memory_id), **changes.model_dump(exclude_none=True)}
    return await write.act("remember", arguments, decide, memories=[memory_id, *(old.id for old in contradicted)])


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
        "state": memory.state,
        "source_thread_id": memory.source_thread_id,
        "source_message_id": memory.source_message_id,
        "valid_from": memory.valid_from and memory.valid_from.isoformat(),
        "valid_until": memory.valid_until and memory.valid_until.isoformat(),
        "replaced_by": memory.replaced_by and str(memory.replaced_by),
        "created_at": memory.created_at.isoformat(),
        "updated_at": memory.updated_at.isoformat(),
    }


def _held(held: Held, memory_id: UUID) -> Memory:
    if memory_id not in held.memories:
        raise NotFound(f"There is no memory {memory_id} among yours.")
    return held.memories[memory_id]
