"""OpenAI's chat wire from the provider's side, over bare ASGI: what a scripted model answers with."""

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any, TypeAlias

from evals.wires import Bill, Call, Ending, Failure, Refusal, Spoken, Wire

DONE = b"data: [DONE]\n\n"
DIMENSIONS = 8
MODELS = {"object": "list", "data": [{"id": "fake", "object": "model"}]}

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
FINISHED: Mapping[Ending, str] = {"stop": "stop", "length": "length", "refused": "content_filter"}
SAID: Mapping[Refusal, tuple[int, str, str, str | None]] = {
    "authentication": (401, "Incorrect API key provided: none.", "invalid_request_error", "invalid_api_key"),
    "quota": (
        429,
        "You exceeded your current quota, please check your plan and billing details.",
        "insufficient_quota",
        "insufficient_quota",
    ),
    "payment": (402, "Insufficient credits. Add more to go on.", "insufficient_credits", "insufficient_credits"),
    "rate_limit": (
        429,
        "Rate limit reached for fake on tokens per min (TPM): Limit 30000, Used 29950, Requested 900.",
        "tokens",
        "rate_limit_exceeded",
    ),
    "server_error": (
        500,
        "The server had an error while processing your request. Sorry about that!",
        "server_error",
        None,
    ),
    "unavailable": (503, "The engine is currently overloaded, please try again later.", "server_error", None),
    "overload": (
        529,
        "That model is currently overloaded with other requests.",
        "server_error",
        "server_is_overloaded",
    ),
    "context_too_long": (
        400,
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 130001 tokens.",
        "invalid_request_error",
        "context_length_exceeded",
    ),
    "refused": (
        400,
        "Your request was rejected as a result of our safety system.",
        "invalid_request_error",
        "content_policy_violation",
    ),
}
"""What the provider says of each failure: status, message, type and code."""


async def body_of(receive: Receive) -> Any:
    """What the request says; an empty one says `{}`."""
    body = bytearray()
    while True:
        part = await receive()
        body += part.get("body", b"")
        if not part.get("more_body"):
            return json.loads(body or b"{}")


async def answer(
    send: Send, content: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None = None
) -> None:
    """A whole answer at once."""
    await send(_start(b"application/json", status, headers or {}))
    await send({"type": "http.response.body", "body": json.dumps(content).encode()})


async def begin_stream(send: Send) -> None:
    """The head of a stream; `piece` and `end_stream` follow."""
    await send(_start(b"text/event-stream", 200, {}))


async def piece(send: Send, frames: bytes) -> None:
    """Some frames of the stream."""
    await send({"type": "http.response.body", "body": frames, "more_body": True})


async def end_stream(send: Send) -> None:
    """Nothing comes any more."""
    await send({"type": "http.response.body", "body": b""})


def text(words: str) -> bytes:
    """A frame with a piece of text."""
    return _chunk({"content": words})


def thought(words: str) -> bytes:
    """A frame with a piece of what the model thinks, as compatible servers tell it."""
    return _chunk({"reasoning_content": words})


def calls(*made: Call) -> list[bytes]:
    """Frames that call these tools, the arguments in small pieces."""
    return [frame for index, call in enumerate(made) for frame in _called(index, *call)]


def first() -> bytes:
    """The frame before all others: who speaks."""
    return _chunk({"role": "assistant"})


def last(*, called: bool, usage: Mapping[str, int] | None) -> bytes:
    """The frames after all others: why it ended and, where it was asked for, what it took."""
    counted = _frame(choices=[], usage=usage) if usage else b""
    return _chunk({}, finish="tool_calls" if called else "stop") + counted + DONE


def whole(words: str, made: Sequence[Call], usage: Mapping[str, int]) -> dict[str, Any]:
    """The answer for those who do not stream."""
    message: dict[str, Any] = {"role": "assistant", "content": words or None}
    if made:
        message["tool_calls"] = [_call(index, *call) for index, call in enumerate(made)]
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if made else "stop"}
    head = {"id": "chatcmpl-fake", "object": "chat.completion", "created": 0, "model": "fake"}
    return {**head, "choices": [choice], "usage": usage}


def frames(spoken: Spoken, bill: Bill, model: str) -> list[bytes]:
    """A whole streamed answer, event by event; thoughts stand where compatible servers put them."""

    def chunk(delta: Mapping[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _frame(model=model, choices=[choice], usage=None)

    opened = [{"index": n, **_call(n, name, "")} for n, (name, _) in enumerate(spoken.calls)]
    called = [
        opened[index] if part is None else {"index": index, "function": {"arguments": part}}
        for index, part in spoken.call_pieces()
    ]
    finish = "tool_calls" if spoken.calls and spoken.ends == "stop" else FINISHED[spoken.ends]
    return [
        chunk({"role": "assistant", "content": "" if spoken.words else None, "refusal": None}),
        *(chunk({"reasoning_content": thought}) for thought in spoken.thoughts),
        *(chunk({"content": word}) for word in spoken.words),
        *(chunk({"tool_calls": [part]}) for part in called),
        chunk({}, finish),
        *([_frame(model=model, choices=[], usage=_usage(bill))] if spoken.has_usage else ()),
        DONE,
    ]


def failed(kind: Refusal) -> Failure:
    """An error before an answer."""
    status = SAID[kind][0]
    asks_for_patience = {"retry-after": "1"} if kind == "rate_limit" else {}
    return Failure(status=status, body=_error(kind), headers={"x-request-id": "req_fake", **asks_for_patience})


def broken(kind: Refusal) -> bytes:
    """The frame of an error in the middle of an answer."""
    return b"data: %b\n\n" % json.dumps(_error(kind)).encode()


def usage_of(tokens: int) -> dict[str, int]:
    """What an answer of so many tokens took."""
    return {"prompt_tokens": 10, "completion_tokens": tokens, "total_tokens": 10 + tokens}


def vectors(asked: Mapping[str, Any]) -> dict[str, Any]:
    """An embedding for each text, all the same; a word counts as a token."""
    texts = asked["input"] if isinstance(asked["input"], list) else [asked["input"]]
    vector = [1.0] + [0.0] * (DIMENSIONS - 1)
    made = [{"object": "embedding", "index": index, "embedding": vector} for index in range(len(texts))]
    read = sum(len(text.split()) for text in texts)
    return {"object": "list", "model": "fake", "data": made, "usage": {"prompt_tokens": read, "total_tokens": read}}


def _whole(spoken: Spoken, bill: Bill, model: str) -> dict[str, Any]:
    said = whole(spoken.text, spoken.calls, _usage(bill))
    if spoken.ends != "stop":
        said["choices"][0]["finish_reason"] = FINISHED[spoken.ends]
    return {**said, "model": model}


def _usage(bill: Bill) -> dict[str, Any]:
    return {
        "prompt_tokens": bill.read,
        "completion_tokens": bill.written,
        "total_tokens": bill.read + bill.written,
        "prompt_tokens_details": {"cached_tokens": bill.cached, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": bill.thought, "audio_tokens": 0},
    }


def _error(kind: Refusal) -> dict[str, Any]:
    _, message, named, code = SAID[kind]
    return {"error": {"message": message, "type": named, "param": None, "code": code}}


def _called(index: int, name: str, arguments: str) -> list[bytes]:
    pieces = [part for _, part in Spoken(calls=((name, arguments),)).call_pieces() if part]
    parts = [{"index": index, "function": {"arguments": part}} for part in pieces]
    return [_chunk({"tool_calls": [part]}) for part in ({"index": index, **_call(index, name, "")}, *parts)]


def _call(index: int, name: str, arguments: str) -> dict[str, Any]:
    return {"id": f"call_{index}", "type": "function", "function": {"name": name, "arguments": arguments}}


def _chunk(delta: Mapping[str, Any], *, finish: str | None = None) -> bytes:
    return _frame(choices=[{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}])


def _frame(**fields: Any) -> bytes:
    chunk = {"id": "chatcmpl-fake", "object": "chat.completion.chunk", "created": 0, "model": "fake", **fields}
    return b"data: %b\n\n" % json.dumps(chunk, separators=(",", ":")).encode()


def _start(kind: bytes, status: int, headers: Mapping[str, str]) -> dict[str, Any]:
    more = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http.response.start", "status": status, "headers": [(b"content-type", kind), *more]}


WIRE = Wire(
    name="chat",
    provider="openai",
    path="/v1/chat/completions",
    frames=frames,
    whole=_whole,
    failed=failed,
    broken=broken,
)
