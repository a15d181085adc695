"""OpenAI's chat wire from the provider's side, over bare ASGI: what a scripted model answers with."""

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any, TypeAlias

DONE = b"data: [DONE]\n\n"
PIECE_OF_ARGUMENTS = 8
DIMENSIONS = 8
MODELS = {"object": "list", "data": [{"id": "fake", "object": "model"}]}

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Call: TypeAlias = tuple[str, str]
"""A tool's name and its arguments as JSON text."""


async def body_of(receive: Receive) -> Any:
    """What the request says; an empty one says `{}`."""
    body = bytearray()
    while True:
        part = await receive()
        body += part.get("body", b"")
        if not part.get("more_body"):
            return json.loads(body or b"{}")


async def answer(send: Send, content: Mapping[str, Any], *, status: int = 200) -> None:
    """A whole answer at once."""
    await send(_start(b"application/json", status))
    await send({"type": "http.response.body", "body": json.dumps(content).encode()})


async def begin_stream(send: Send) -> None:
    """The head of a stream; `piece` and `end_stream` follow."""
    await send(_start(b"text/event-stream", 200))


async def piece(send: Send, frames: bytes) -> None:
    """Some frames of the stream."""
    await send({"type": "http.response.body", "body": frames, "more_body": True})


async def end_stream(send: Send) -> None:
    """Nothing comes any more."""
    await send({"type": "http.response.body", "body": b""})


def text(words: str) -> bytes:
    """A frame with a piece of text."""
    return _chunk({"content": words})


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


def usage_of(tokens: int) -> dict[str, int]:
    """What an answer of so many tokens took."""
    return {"prompt_tokens": 10, "completion_tokens": tokens, "total_tokens": 10 + tokens}


def vectors(asked: Mapping[str, Any]) -> dict[str, Any]:
    """An embedding for each text, all the same."""
    texts = asked["input"] if isinstance(asked["input"], list) else [asked["input"]]
    vector = [1.0] + [0.0] * (DIMENSIONS - 1)
    made = [{"object": "embedding", "index": index, "embedding": vector} for index in range(len(texts))]
    return {"object": "list", "model": "fake", "data": made, "usage": {"prompt_tokens": 1, "total_tokens": 1}}


def _called(index: int, name: str, arguments: str) -> list[bytes]:
    cuts = range(0, len(arguments), PIECE_OF_ARGUMENTS)
    pieces = [{"index": index, "function": {"arguments": arguments[at : at + PIECE_OF_ARGUMENTS]}} for at in cuts]
    return [_chunk({"tool_calls": [part]}) for part in ({"index": index, **_call(index, name, "")}, *pieces)]


def _call(index: int, name: str, arguments: str) -> dict[str, Any]:
    return {"id": f"call_{index}", "type": "function", "function": {"name": name, "arguments": arguments}}


def _chunk(delta: Mapping[str, Any], *, finish: str | None = None) -> bytes:
    return _frame(choices=[{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}])


def _frame(**fields: Any) -> bytes:
    chunk = {"id": "chatcmpl-fake", "object": "chat.completion.chunk", "created": 0, "model": "fake", **fields}
    return b"data: %b\n\n" % json.dumps(chunk, separators=(",", ":")).encode()


def _start(kind: bytes, status: int) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": [(b"content-type", kind)]}
