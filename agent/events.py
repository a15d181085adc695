"""Events as JSON: the words of AG-UI 1.0, without its packages."""

from typing import Any, assert_never

import orjson

from domain.events import (
    Cited,
    Event,
    RunCancelled,
    RunFailed,
    RunFinished,
    RunPaused,
    RunStarted,
    TextArrived,
    TextEnded,
    TextStarted,
    ToolAnswered,
    ToolArgumentsArrived,
    ToolCallEnded,
    ToolCallStarted,
)
from domain.runs import Approval

PROTOCOL_VERSION = "1.0"
# The one shape for which UIs show their built-in approve and deny buttons.
APPROVAL_SCHEMA = {
    "type": "object",
    "properties": {
        "approved": {"type": "boolean"},
        "reason": {"type": "string"},
        "editedArgs": {"type": "object"},
    },
    "required": ["approved"],
}


def to_json(event: Event) -> bytes:
    """One AG-UI event as compact JSON."""
    return orjson.dumps(to_dict(event))


def to_dict(event: Event) -> dict[str, Any]:
    """The event's AG-UI fields; optional ones are left out, never null."""
    match event:
        case TextArrived(message_id, delta):
            return {"type": "TEXT_MESSAGE_CONTENT", "messageId": message_id, "delta": delta}
        case RunStarted(thread_id, run_id):
            ids = {"threadId": thread_id, "runId": run_id}
            return {"type": "RUN_STARTED", **ids, "protocolVersion": PROTOCOL_VERSION}
        case TextStarted(message_id):
            return {"type": "TEXT_MESSAGE_START", "messageId": message_id, "role": "assistant"}
        case TextEnded(message_id):
            return {"type": "TEXT_MESSAGE_END", "messageId": message_id}
        case ToolCallStarted(tool_call_id, tool, message_id):
            call = {"toolCallId": tool_call_id, "toolCallName": tool, "parentMessageId": message_id}
            return {"type": "TOOL_CALL_START", **call}
        case ToolArgumentsArrived(tool_call_id, delta):
            return {"type": "TOOL_CALL_ARGS", "toolCallId": tool_call_id, "delta": delta}
        case ToolCallEnded(tool_call_id):
            return {"type": "TOOL_CALL_END", "toolCallId": tool_call_id}
        case ToolAnswered(message_id, tool_call_id, content):
            answer = {"messageId": message_id, "toolCallId": tool_call_id, "content": content, "role": "tool"}
            return {"type": "TOOL_CALL_RESULT", **answer}
        case Cited(message_id, citations):
            value = [
                {"kind": c.kind, "id": c.id, "title": c.title, "passage": c.passage, "messageId": message_id}
                for c in citations
            ]
            return {"type": "CUSTOM", "name": "metacortex.citations", "value": value}
        case RunFinished(thread_id, run_id):
            return _finished(thread_id, run_id, {"type": "success"})
        case RunPaused(thread_id, run_id, approvals):
            interrupts = [interrupt(approval) for approval in approvals]
            return _finished(thread_id, run_id, {"type": "interrupt", "interrupts": interrupts})
        case RunCancelled(thread_id, run_id):
            return _finished(thread_id, run_id, {"type": "cancelled"})
        case RunFailed(message, code):
            return {"type": "RUN_ERROR", "message": message, "code": code}
        case _:
            assert_never(event)


def interrupt(approval: Approval) -> dict[str, Any]:
    """An approval in the shape that UIs know."""
    return {
        "id": approval.id,
        "reason": "tool_call",
        "message": approval.question,
        "toolCallId": approval.tool_call_id,
        "responseSchema": APPROVAL_SCHEMA,
        "expiresAt": approval.expires_at.isoformat(),
    }


def _finished(thread_id: str, run_id: str, outcome: dict[str, Any]) -> dict[str, Any]:
    return {"type": "RUN_FINISHED", "threadId": thread_id, "runId": run_id, "outcome": outcome}
