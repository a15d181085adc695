"""Undo: taking back what was done."""

from pydantic import Field

from domain.actions import Call
from domain.errors import Invalid
from tools.context import TurnContext
from tools.references import id_of
from tools.tool import Arguments, Result, result_of


class Undo(Arguments):
    """Which action."""

    action: str | None = Field(
        default=None, max_length=100, description="An earlier answer's `action_id`; the last if absent."
    )


async def undo(context: TurnContext, call: Call, arguments: Undo) -> Result:
    """Take back the last thing that was done, or the one with this `action_id`. Use it where the person says undo, take
    that back or that was wrong; do not repair by hand what undo can take back."""
    words = (arguments.action or "").casefold()
    action = id_of(words)
    if words and action is None and words not in ("last", "the last", "that", "it", "this", "the last one"):
        raise Invalid("action", f"{arguments.action!r} is not an action's id; leave it out to undo the last one.")
    return result_of(await context.ledger.undo(call, action, at=context.now))
