"""The ledger over REST: everything that was changed, and taking it back."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from domain.actions import Action
from protocols.fields import Cursor, Limit
from protocols.rest import Context, Write, listed

router = APIRouter(prefix="/actions", tags=["actions"])


@router.get("")
async def find(context: Context, limit: Limit = 50, cursor: Cursor = None) -> dict[str, Any]:
    """All actions, the latest first."""
    return listed(await context.ledger.actions(limit=limit, cursor=cursor), shape)


@router.get("/{action_id}")
async def get(context: Context, action_id: UUID) -> dict[str, Any]:
    """One action."""
    return shape(await context.ledger.action(action_id))


@router.post("/{action_id}/undo")
async def undo(write: Write, action_id: UUID) -> dict[str, Any]:
    """Take it back, once; 409 where something it touched was changed since. Answers with the undoing action."""
    return shape(await write.undo(action_id))


def shape(action: Action) -> dict[str, Any]:
    """An action on the wire."""
    call = action.call
    return {
        "id": str(action.id),
        "run_id": call.run_id,
        "thread_id": call.thread_id or None,
        "origin": call.origin,
        "tool": call.tool,
        "arguments": dict(call.arguments),
        "summary": action.summary,
        "changes": [
            {"kind": change.kind, "id": str(change.id), "before": change.before, "after": change.after}
            for change in action.changes
        ],
        "created_at": action.created_at.isoformat(),
        "undone_at": action.undone_at.isoformat() if action.undone_at else None,
    }
