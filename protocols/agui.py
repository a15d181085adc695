"""AG-UI: the native wire. A run goes in as `RunAgentInput` and comes out as a stream of events."""

from typing import Any
from uuid import uuid4

import orjson
from ag_ui.core import ResumeEntry, RunAgentInput, TextPart, UserMessage
from ag_ui.core.capabilities import (
    AgentCapabilities,
    HumanInTheLoopCapabilities,
    IdentityCapabilities,
    ToolsCapabilities,
    TransportCapabilities,
)
from fastapi import APIRouter
from sse_starlette import EventSourceResponse

from agent.events import to_json
from agent.turn import Turn
from domain.errors import Invalid
from domain.events import Event, RunCancelled
from domain.people import Profile
from domain.runs import Answer
from domain.threads import MESSAGE_LENGTH
from protocols import sse
from protocols.auth import Caller, TheAgent
from protocols.fields import checked_id, checked_json, checked_text
from protocols.problems import TooLarge

router = APIRouter(prefix="/agui", tags=["agui"])


@router.post("")
async def run(agent: TheAgent, profile: Caller, asked: RunAgentInput) -> EventSourceResponse:
    """Take one turn: the last message is what the person says, or `resume` answers what a paused run asks.

    What is wrong with the request is a problem before the stream opens; what goes wrong after is an event in it.
    """
    log = await agent.take(turn_of(asked, profile))
    return sse.stream(log, said=sse.one if asked.protocol_version else said_before_1_0)


@router.get("/capabilities")
async def capabilities(profile: Caller) -> dict[str, Any]:
    """What this agent can do, in AG-UI's shape."""
    declared = AgentCapabilities(
        identity=IdentityCapabilities(name="MetaCortex", description="Tasks, notes and habits, by talking."),
        transport=TransportCapabilities(streaming=True, resumable=False),
        tools=ToolsCapabilities(supported=True, client_provided=False),
        human_in_the_loop=HumanInTheLoopCapabilities(supported=True, approvals=True, interrupts=True),
    )
    return declared.model_dump(by_alias=True, exclude_none=True)


def turn_of(asked: RunAgentInput, profile: Profile) -> Turn:
    """The turn that the request asks for; the server's history is the truth, so only its last message is read."""
    thread_id, run_id = checked_id("threadId", asked.thread_id), checked_id("runId", asked.run_id)
    answers = tuple(_answer(entry, f"resume[{number}]") for number, entry in enumerate(asked.resume or ()))
    if answers:
        return Turn(profile=profile, thread_id=thread_id, run_id=run_id, answers=answers)
    last = asked.messages[-1] if asked.messages else None
    if not isinstance(last, UserMessage):
        raise Invalid("messages", "do not end with a message of role 'user'; add what the person says.")
    field = f"messages[{len(asked.messages) - 1}]"
    text = checked_text(f"{field}.content", _text(last))
    if len(text) > MESSAGE_LENGTH:
        raise TooLarge(f"The message is longer than {MESSAGE_LENGTH} characters; split it or write a note.")
    if not text.strip():
        raise Invalid(f"{field}.content", "is empty; say something.")
    message_id = checked_id(f"{field}.id", last.id or str(uuid4()))
    return Turn(profile=profile, thread_id=thread_id, run_id=run_id, message_id=message_id, text=text)


def said_before_1_0(event: Event) -> tuple[bytes, ...]:
    """The event for clients up to 0.0.59, which reject a cancelled outcome."""
    match event:
        case RunCancelled(thread_id, run_id):
            told = {"type": "CUSTOM", "name": "metacortex.cancelled", "value": {"runId": run_id}}
            finished = {"type": "RUN_FINISHED", "threadId": thread_id, "runId": run_id}
            return orjson.dumps(told), orjson.dumps(finished)
        case _:
            return (to_json(event),)


def _text(message: UserMessage) -> str:
    """The words of the message; parts that cannot be read are skipped."""
    if isinstance(message.content, str):
        return message.content
    return "\n".join(part.text for part in message.content if isinstance(part, TextPart))


def _answer(entry: ResumeEntry, field: str) -> Answer:
    approval_id = checked_id(f"{field}.interruptId", entry.interrupt_id)
    if entry.status == "cancelled":
        return Answer(approval_id=approval_id, approved=False)
    payload = {"approved": entry.payload} if isinstance(entry.payload, bool) else entry.payload
    if not isinstance(payload, dict) or not isinstance(payload.get("approved"), bool):
        raise Invalid(f"{field}.payload", 'is not like {"approved": true} or {"approved": false, "reason": "…"}.')
    checked_json(f"{field}.payload", payload)
    reason, edited = payload.get("reason"), payload.get("editedArgs")
    if reason is not None and not isinstance(reason, str):
        raise Invalid(f"{field}.payload.reason", "is not a text.")
    if edited is not None and not isinstance(edited, dict):
        raise Invalid(f"{field}.payload.editedArgs", "is not an object.")
    return Answer(approval_id=approval_id, approved=payload["approved"], reason=reason, arguments=edited)
