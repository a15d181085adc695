"""Events as JSON: the words of AG-UI 1.0, without its packages; and back, as they are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
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
    Withdrawn,
)
from domain.runs import Approval
from domain.threads import Citation

PROTOCOL_VERSION = "1.0"
CITATIONS, WITHDRAWN = "metacortex.citations", "metacortex.withdrawn"
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
            value = [{**asdict(citation), "messageId": message_id} for citation in citations]
            return {"type": "CUSTOM", "name": CITATIONS, "value": value}
        case Withdrawn(message_id):
            return {"type": "CUSTOM", "name": WITHDRAWN, "value": {"messageId": message_id}}
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
        "metadata": {
            "tool": approval.tool,
            "arguments": dict(approval.arguments),
            "messageId": approval.message_id,
        },
    }


def of_dict(told: Mapping[str, Any]) -> Event:
    """The event of its AG-UI fields."""
    match told:
        case {"type": "TEXT_MESSAGE_CONTENT"}:
            return TextArrived(told["messageId"], told["delta"])
        case {"type": "TOOL_CALL_ARGS"}:
            return ToolArgumentsArrived(told["toolCallId"], told["delta"])
        case {"type": "RUN_STARTED"}:
            return RunStarted(told["threadId"], told["runId"])
        case {"type": "TEXT_MESSAGE_START"}:
            return TextStarted(told["messageId"])
        case {"type": "TEXT_MESSAGE_END"}:
            return TextEnded(told["messageId"])
        case {"type": "TOOL_CALL_START"}:
            return ToolCallStarted(told["toolCallId"], told["toolCallName"], told["parentMessageId"])
        case {"type": "TOOL_CALL_END"}:
            return ToolCallEnded(told["toolCallId"])
        case {"type": "TOOL_CALL_RESULT"}:
            return ToolAnswered(told["messageId"], told["toolCallId"], told["content"])
        case {"type": "CUSTOM", "name": "metacortex.citations", "value": cited}:
            return Cited(cited[0]["messageId"], tuple(_citation(each) for each in cited))
        case {"type": "CUSTOM", "name": "metacortex.withdrawn", "value": withdrawn}:
            return Withdrawn(withdrawn["messageId"])
        case {"type": "RUN_FINISHED", "outcome": {"type": "interrupt", "interrupts": interrupts}}:
            return RunPaused(told["threadId"], told["runId"], tuple(_approval(each) for each in interrupts))
        case {"type": "RUN_FINISHED", "outcome": {"type": "cancelled"}}:
            return RunCancelled(told["threadId"], told["runId"])
        case {"type": "RUN_FINISHED"}:
            return RunFinished(told["threadId"], told["runId"])
        case {"type": "RUN_ERROR"}:
            return RunFailed(told["message"], told["code"])
    raise ValueError(f"no event of ours: {told!r}")


def as_rows(told: Sequence[tuple[int, Event]]) -> list[dict[str, Any]]:
    """Numbered events as they are kept: adjacent pieces of one text in one row, which holds each of them."""
    rows: list[dict[str, Any]] = []
    previous: Event | None = None
    for number, event in told:
        if previous is not None and _continues(previous, event):
            assert isinstance(event, TextArrived | ToolArgumentsArrived)
            rows[-1]["last"] = number
            rows[-1]["event"]["deltas"].append(event.delta)
        else:
            said = to_dict(event)
            if isinstance(event, TextArrived | ToolArgumentsArrived):
                said["deltas"] = [said.pop("delta")]
            rows.append({"first": number, "last": number, "event": said})
        previous = event
    return rows


def of_row(first: int, told: Mapping[str, Any], *, after: int) -> Event:
    """The event of a row, without the pieces up to the number `after`."""
    if "deltas" not in told:
        return of_dict(told)
    return of_dict({**told, "delta": "".join(told["deltas"][max(0, after + 1 - first) :])})


def pieces_of_row(first: int, told: Mapping[str, Any]) -> list[tuple[int, Event]]:
    """All that a row holds, each piece with its number."""
    if "deltas" not in told:
        return [(first, of_dict(told))]
    return [(number, of_dict({**told, "delta": delta})) for number, delta in enumerate(told["deltas"], first)]


def _continues(previous: Event, event: Event) -> bool:
    match previous, event:
        case (TextArrived(one, _), TextArrived(other, _)) | (
            ToolArgumentsArrived(one, _),
            ToolArgumentsArrived(other, _),
        ):
            return one == other
    return False


def _citation(told: Mapping[str, Any]) -> Citation:
    return Citation(**{name: value for name, value in told.items() if name != "messageId"})


def _approval(told: Mapping[str, Any]) -> Approval:
    return Approval(
        id=told["id"],
        message_id=told["metadata"]["messageId"],
        tool_call_id=told["toolCallId"],
        tool=told["metadata"]["tool"],
        arguments=told["metadata"]["arguments"],
        question=told["message"],
        expires_at=datetime.fromisoformat(told["expiresAt"]),
    )


def _finished(thread_id: str, run_id: str, outcome: dict[str, Any]) -> dict[str, Any]:
    return {"type": "RUN_FINISHED", "threadId": thread_id, "runId": run_id, "outcome": outcome}
