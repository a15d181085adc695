"""What the routes for people's things share: the caller's stores, one way to write, and the shape of a list."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, TypeVar
from uuid import UUID, uuid4

from fastapi import Depends, Header, Request

from domain.actions import Action, Call
from domain.errors import Invalid
from protocols.auth import Caller, TheAgent
from protocols.fields import checked_id
from storage.ledger import Decision, Held
from storage.pages import Page
from tools.context import TurnContext

T = TypeVar("T")
KEY_TAKEN = "stands for a request with another body already; send a new key, or the same body again."


async def _context(agent: TheAgent, profile: Caller) -> TurnContext:
    return agent.context(profile, origin="rest")


Context = Annotated[TurnContext, Depends(_context)]


class Writing:
    """One write of a request: through the ledger, once for one `Idempotency-Key`."""

    def __init__(
        self, request: Request, context: Context, idempotency_key: Annotated[str | None, Header()] = None
    ) -> None:
        self.context = context
        self._key = checked_id("Idempotency-Key", idempotency_key) if idempotency_key is not None else str(uuid4())
        self._route = f"{request.method} {request.url.path}"
        self._nudge: Callable[[], None] = request.app.state.nudge

    def call(self, tool: str, arguments: Mapping[str, Any]) -> Call:
        """The ledger's name for this request."""
        return Call(
            thread_id="", message_id=self._key, tool_call_id=self._route, origin="rest", tool=tool, arguments=arguments
        )

    async def act(
        self,
        tool: str,
        arguments: Mapping[str, Any],
        decide: Callable[[Held], Decision],
        *,
        tasks: Sequence[UUID] = (),
        notes: Sequence[UUID] = (),
        habits: Sequence[UUID] = (),
        memories: Sequence[UUID] = (),
        entries: Sequence[tuple[UUID, date]] = (),
    ) -> dict[str, Any]:
        """Write what `decide` decides over the locked rows and return its first item's `shown`.

        Raises `Invalid` where the key stands for another body already.
        """
        call = self.call(tool, arguments)
        action = await self.context.ledger.act(
            call,
            decide,
            at=self.context.now,
            tasks=tasks,
            notes=notes,
            habits=habits,
            memories=memories,
            entries=entries,
        )
        if action.call is not call and action.call.arguments != json.loads(json.dumps(arguments, default=str)):
            raise Invalid("Idempotency-Key", KEY_TAKEN)
        self._nudge()
        return _shown(action)

    async def undo(self, action_id: UUID, *, leaving_changed: bool = False) -> Action:
        """Take an action back; a request may take back several."""
        call = self.call("undo", {"action_id": str(action_id)})
        action = await self.context.ledger.undo(
            replace(call, tool_call_id=f"{call.tool_call_id} {action_id}"),
            action_id,
            at=self.context.now,
            leaving_changed=leaving_changed,
        )
        self._nudge()
        return action


Write = Annotated[Writing, Depends()]


def decision(
    summary: str, *changes: tuple[object | None, object | None], shown: dict[str, Any] | None = None
) -> Decision:
    """A decision whose answer, kept in the ledger for a repetition, is `shown`."""
    touched: Any = next((after or before for before, after in changes), None)
    item = {"ok": True, "id": str(touched.id) if touched else None, "shown": shown}
    return Decision(summary=summary, changes=changes, items=(item,))


def unchanged(shown: dict[str, Any]) -> Decision:
    """A decision to leave everything as it is."""
    return Decision(summary="Nothing to change.", changes=(), items=({"ok": True, "shown": shown},))


def listed(page: Page[T], shape: Callable[[T], dict[str, Any]]) -> dict[str, Any]:
    """A list on the wire."""
    return {"items": [shape(item) for item in page.items], "next": page.next}


def _shown(action: Action) -> dict[str, Any]:
    items = action.result.get("items") or [{}]
    shown: dict[str, Any] = items[0].get("shown") or {}
    return shown
