"""Events as JSON: the words of AG-UI 1.0, without its packages; and back, as they are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, assert_never

import orjson

from domain.events import (
    Cited,
    Event,
    Noticed,
    ReasoningArrived,
    ReasoningEnded,
    ReasoningStarted,
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
from domain.model_calls import Usage
from domain.runs import Approval
from domain.threads import Citation

PROTOCOL_VERSION = "1.0"
CITATIONS, WITHDRAWN, NOTICE = "metacortex.citations", "metacortex.withdrawn", "metacortex.notice"
Pieces = TextArrived | ToolArgumentsArrived | ReasoningArrived
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
        case ReasoningStarted(message_id):
            return {"type": "REASONING_MESSAGE_START", "messageId": thoughts_before(message_id), "role": "reasoning"}
        case ReasoningArrived(message_id, delta):
            return {"type": "REASONING_MESSAGE_CONTENT", "messageId": thoughts_before(message_id), "delta": delta}
        case ReasoningEnded(message_id):
            return {"type": "REASONING_MESSAGE_END", "messageId": thoughts_before(message_id)}
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
        case Noticed(kind, text):
            return {"type": "CUSTOM", "name": NOTICE, "value": {"kind": kind, "message": text}}
        case RunFinished(thread_id, run_id, model, usage):
            return {**_finished(thread_id, run_id, {"type": "success"}), **_took(model, usage)}
        case RunPaused(thread_id, run_id, approvals):
            interrupts = [interrupt(approval) for approval in approvals]
            return _finished(thread_id, run_id, {"type": "interrupt", "interrupts": interrupts})
        case RunCancelled(thread_id, run_id):
            return _finished(thread_id, run_id, {"type": "cancelled"})
        case RunFailed(message, code):
            return {"type": "RUN_ERROR", "message": message, "code": code}
        case _:
            assert_never(event)


def thoughts_before(message_id: str) -> str:
    """The id of the message of thoughts that stands before that one."""
    return f"{message_id}_r"


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
        case {"type": "REASONING_MESSAGE_CONTENT"}:
            return ReasoningArrived(_thought_of(told), told["delta"])
        case {"type": "REASONING_MESSAGE_START"}:
            return ReasoningStarted(_thought_of(told))
        case {"type": "REASONING_MESSAGE_END"}:
            return ReasoningEnded(_thought_of(told))
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
        case {"type": "CUSTOM", "name": "metacortex.notice", "value": noticed}:
            return Noticed(noticed["kind"], noticed["message"])
        case {"type": "RUN_FINISHED", "outcome": {"type": "interrupt", "interrupts": interrupts}}:
            return RunPaused(told["threadId"], told["runId"], tuple(_approval(each) for each in interrupts))
        case {"type": "RUN_FINISHED", "outcome": {"type": "cancelled"}}:
            return RunCancelled(told["threadId"], told["runId"])
        case {"type": "RUN_FINISHED"}:
            result = told.get("result", {})
            usage = tuple(_usage(entry, result["estimated"]) for entry in told.get("usage", ()))
            return RunFinished(told["threadId"], told["runId"], result.get("model", ""), usage)
        case {"type": "RUN_ERROR"}:
            return RunFailed(told["message"], told["code"])
    raise ValueError(f"no event of ours: {told!r}")


def as_rows(told: Sequence[tuple[int, Event]]) -> list[dict[str, Any]]:
    """Numbered events as they are kept: adjacent pieces of one text in one row, which holds each of them."""
    rows: list[dict[str, Any]] = []
    previous: Event | None = None
    for number, event in told:
        if previous is not None and _continues(previous, event):
            assert isinstance(event, Pieces)
            rows[-1]["last"] = number
            rows[-1]["event"]["deltas"].append(event.delta)
        else:
            said = to_dict(event)
            if isinstance(event, Pieces):
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
        case (
            (TextArrived(one), TextArrived(other))
            | (ReasoningArrived(one), ReasoningArrived(other))
            | (ToolArgumentsArrived(one), ToolArgumentsArrived(other))
        ):
            return one == other
    return False


def _thought_of(told: Mapping[str, Any]) -> str:
    return str(told["messageId"]).removesuffix(thoughts_before(""))


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


def _took(model: str, usage: Sequence[tuple[str, Usage]]) -> dict[str, Any]:
    """Which model answered, and what each took; which of these figures are estimates AG-UI has no field for."""
    estimated = [name for name, took in usage if took.is_estimated]
    result = {"model": model} | ({"estimated": estimated} if usage else {})
    return ({"result": result} if model or usage else {}) | (
        {"usage": [_tokens(*each) for each in usage]} if usage else {}
    )


def _tokens(model: str, usage: Usage) -> dict[str, Any]:
    *provider, name = model.split(":", 1)
    parts = {
        "cachedInputTokens": usage.cached_tokens,
        "cacheWriteInputTokens": usage.cache_written_tokens,
        "reasoningTokens": usage.reasoning_tokens,
    }
    return {
        **({"provider": provider[0]} if provider else {}),
        "model": name,
        "inputTokens": usage.input_tokens,
        "outputTokens": usage.output_tokens,
        "totalTokens": usage.input_tokens + usage.output_tokens,
        # A part that is unknown is left out, and nobody can tell it from none.
        **{part: tokens for part, tokens in parts.items() if tokens},
    }


def _usage(told: Mapping[str, Any], estimated: Sequence[str]) -> tuple[str, Usage]:
    model = f"{told['provider']}:{told['model']}" if "provider" in told else str(told["model"])
    return model, Usage(
        input_tokens=told["inputTokens"],
        output_tokens=told["outputTokens"],
        cached_tokens=told.get("cachedInputTokens", 0),
        cache_written_tokens=told.get("cacheWriteInputTokens", 0),
        reasoning_tokens=told.get("reasoningTokens", 0),
        is_estimated=model in estimated,
    )


def _finished(thread_id: str, run_id: str, outcome: dict[str, Any]) -> dict[str, Any]:
    return {"type": "RUN_FINISHED", "threadId": thread_id, "runId": run_id, "outcome": outcome}
