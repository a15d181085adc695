"""Anthropic's messages wire from the provider's side: what a scripted model answers with."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from evals.wires import Bill, Ending, Failure, Refusal, Spoken, Wire

ENDED: Mapping[Ending, str] = {"stop": "end_turn", "length": "max_tokens", "refused": "refusal"}
SAID: Mapping[Refusal, tuple[int, str, str]] = {
    "authentication": (401, "authentication_error", "invalid x-api-key"),
    "quota": (
        400,
        "invalid_request_error",
        "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or "
        "purchase credits.",
    ),
    "payment": (402, "billing_error", "There is a problem with your billing or payment information."),
    "rate_limit": (
        429,
        "rate_limit_error",
        "This request would exceed your organization's rate limit of 40,000 input tokens per minute.",
    ),
    "server_error": (500, "api_error", "Internal server error"),
    "unavailable": (503, "api_error", "Service temporarily unavailable"),
    "overload": (529, "overloaded_error", "Overloaded"),
    "context_too_long": (400, "invalid_request_error", "prompt is too long: 203414 tokens > 200000 maximum"),
    "refused": (400, "invalid_request_error", "Output blocked by content filtering policy"),
}
"""What the provider says of each failure: status, type and message."""
SIGNATURE = "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds"


def frames(spoken: Spoken, bill: Bill, model: str) -> list[bytes]:
    """A whole streamed answer, event by event."""
    begun = {**_message(model), "content": [], "stop_reason": None}
    used = {"usage": {**_read(bill), "output_tokens": 1}} if spoken.has_usage else {}
    ended = {"usage": {**_read(bill), "output_tokens": bill.written}} if spoken.has_usage else {}
    return [
        _event("message_start", message={**begun, **used}),
        _event("ping"),
        *_blocks(spoken),
        _event("message_delta", delta={"stop_reason": _reason(spoken), "stop_sequence": None}, **ended),
        _event("message_stop"),
    ]


def whole(spoken: Spoken, bill: Bill, model: str) -> dict[str, Any]:
    """The answer for those who do not stream."""
    content: list[dict[str, Any]] = []
    if spoken.thoughts:
        content.append({"type": "thinking", "thinking": "".join(spoken.thoughts), "signature": SIGNATURE})
    if spoken.words:
        content.append({"type": "text", "text": spoken.text})
    content += [
        {"type": "tool_use", "id": f"toolu_{n}", "name": name, "input": json.loads(arguments)}
        for n, (name, arguments) in enumerate(spoken.calls)
    ]
    usage = {**_read(bill), "output_tokens": bill.written}
    return {**_message(model), "content": content, "stop_reason": _reason(spoken), "usage": usage}


def failed(kind: Refusal) -> Failure:
    """An error before an answer."""
    asks_for_patience = {"retry-after": "1"} if kind == "rate_limit" else {}
    headers = {"request-id": "req_fake", **asks_for_patience}
    return Failure(status=SAID[kind][0], body=_error(kind), headers=headers)


def broken(kind: Refusal) -> bytes:
    """The frame of an error in the middle of an answer."""
    return b"event: error\ndata: %b\n\n" % json.dumps(_error(kind)).encode()


def _blocks(spoken: Spoken) -> Iterator[bytes]:
    at = 0
    if spoken.thoughts:
        yield _begun(at, {"type": "thinking", "thinking": "", "signature": ""})
        for thought in spoken.thoughts:
            yield _more(at, {"type": "thinking_delta", "thinking": thought})
        yield _more(at, {"type": "signature_delta", "signature": SIGNATURE})
        yield _event("content_block_stop", index=at)
        at += 1
    if spoken.words:
        yield _begun(at, {"type": "text", "text": ""})
        for word in spoken.words:
            yield _more(at, {"type": "text_delta", "text": word})
        yield _event("content_block_stop", index=at)
        at += 1
    yield from _calls(spoken, at)


def _calls(spoken: Spoken, first: int) -> Iterator[bytes]:
    """Each call is a block, closed before the next one opens unless they are interleaved."""
    pieces = spoken.call_pieces()
    for place, (index, part) in enumerate(pieces):
        if part is None:
            block = {"type": "tool_use", "id": f"toolu_{index}", "name": spoken.calls[index][0], "input": {}}
            yield _begun(first + index, block)
            yield _more(first + index, {"type": "input_json_delta", "partial_json": ""})
        else:
            yield _more(first + index, {"type": "input_json_delta", "partial_json": part})
        if all(later != index for later, _ in pieces[place + 1 :]):
            yield _event("content_block_stop", index=first + index)


def _begun(index: int, block: Mapping[str, Any]) -> bytes:
    return _event("content_block_start", index=index, content_block=block)


def _more(index: int, delta: Mapping[str, Any]) -> bytes:
    return _event("content_block_delta", index=index, delta=delta)


def _reason(spoken: Spoken) -> str:
    return "tool_use" if spoken.calls and spoken.ends == "stop" else ENDED[spoken.ends]


def _message(model: str) -> dict[str, Any]:
    return {"id": "msg_fake", "type": "message", "role": "assistant", "model": model, "stop_sequence": None}


def _read(bill: Bill) -> dict[str, int]:
    """What was read: the provider counts what it knew apart."""
    return {
        "input_tokens": bill.read - bill.cached,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": bill.cached,
    }


def _error(kind: Refusal) -> dict[str, Any]:
    _, named, message = SAID[kind]
    return {"type": "error", "error": {"type": named, "message": message}, "request_id": "req_fake"}


def _event(kind: str, **fields: Any) -> bytes:
    told = json.dumps({"type": kind, **fields}, separators=(",", ":"))
    return f"event: {kind}\ndata: {told}\n\n".encode()


WIRE = Wire(
    name="messages",
    provider="anthropic",
    path="/v1/messages",
    frames=frames,
    whole=whole,
    failed=failed,
    broken=broken,
)
