"""A local server that speaks the streaming wires of OpenAI and Anthropic: it calls a tool once, then says so."""

import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

ARGUMENTS = ['{"tasks": [{"ti', 'tle": "Buy oat milk", "due": "tom', 'orrow"}]}']
WORDS = ["Oat milk ", "is on ", "your list."]


def provider() -> FastAPI:
    """`app.state.requests` keeps every body it got; `app.state.call` is the tool it calls, with pieces of arguments."""
    app = FastAPI()
    app.state.requests = []
    app.state.call = ("add_tasks", ARGUMENTS)

    @app.post("/v1/chat/completions")
    async def openai(request: Request) -> StreamingResponse:
        body = await request.json()
        app.state.requests.append(body)
        return _stream(_openai(body, *app.state.call))

    @app.post("/v1/messages")
    async def anthropic(request: Request) -> StreamingResponse:
        body = await request.json()
        app.state.requests.append(body)
        return _stream(_anthropic(body, *app.state.call))

    @app.post("/v1/embeddings")
    async def embeddings(request: Request) -> dict[str, Any]:
        body = await request.json()
        app.state.requests.append(body)
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        data = [{"object": "embedding", "index": n, "embedding": _letters(text)} for n, text in enumerate(texts)]
        return {
            "object": "list",
            "model": body["model"],
            "data": data,
            "usage": {"prompt_tokens": 1, "total_tokens": 1},
        }

    return app


def said_by_person(body: dict[str, Any]) -> list[str]:
    """The texts of the person's messages in a request of either wire."""
    return [text for message in body["messages"] if message["role"] == "user" for text in _texts(message["content"])]


def told_by_tools(body: dict[str, Any]) -> list[str]:
    """The results of tools in a request of either wire."""
    results = [message["content"] for message in body["messages"] if message["role"] == "tool"]
    parts = [part for message in body["messages"] for part in message["content"] or () if isinstance(part, dict)]
    return results + [part["content"] for part in parts if part["type"] == "tool_result"]


def instructed(body: dict[str, Any]) -> str:
    """The instructions of a request of either wire."""
    return str(body.get("system") or [message for message in body["messages"] if message["role"] == "system"])


def _texts(content: str | list[dict[str, Any]]) -> list[str]:
    return [content] if isinstance(content, str) else [part["text"] for part in content if part["type"] == "text"]


def _letters(text: str) -> list[float]:
    """A vector in which texts of the same letters are near each other."""
    counts = [1.0 + text.lower().count(chr(ord("a") + n)) for n in range(26)]
    length = sum(count * count for count in counts) ** 0.5
    return [count / length for count in counts]


def _stream(lines: AsyncIterator[str]) -> StreamingResponse:
    return StreamingResponse(lines, media_type="text/event-stream")


async def _openai(body: dict[str, Any], tool: str, arguments: list[str]) -> AsyncIterator[str]:
    def chunk(delta: dict[str, Any], reason: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return _data({"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]})

    yield chunk({"role": "assistant", "content": ""})
    if body["messages"][-1]["role"] == "tool":
        for word in WORDS:
            yield chunk({"content": word})
        yield chunk({}, "stop")
    else:
        function = {"name": tool, "arguments": ""}
        yield chunk({"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": function}]})
        for piece in arguments:
            yield chunk({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
        yield chunk({}, "tool_calls")
    yield "data: [DONE]\n\n"


async def _anthropic(body: dict[str, Any], tool: str, arguments: list[str]) -> AsyncIterator[str]:
    content = body["messages"][-1]["content"]
    answered = isinstance(content, list) and any(part["type"] == "tool_result" for part in content)
    usage = {"input_tokens": 10, "output_tokens": 1}
    message = {"id": "m1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None}
    yield _event({"type": "message_start", "message": {**message, "stop_sequence": None, "usage": usage}})
    if answered:
        yield _event({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})
        for word in WORDS:
            delta = {"type": "text_delta", "text": word}
            yield _event({"type": "content_block_delta", "index": 0, "delta": delta})
    else:
        block = {"type": "tool_use", "id": "toolu_1", "name": tool, "input": {}}
        yield _event({"type": "content_block_start", "index": 0, "content_block": block})
        for piece in arguments:
            delta = {"type": "input_json_delta", "partial_json": piece}
            yield _event({"type": "content_block_delta", "index": 0, "delta": delta})
    yield _event({"type": "content_block_stop", "index": 0})
    reason = {"stop_reason": "end_turn" if answered else "tool_use", "stop_sequence": None}
    yield _event({"type": "message_delta", "delta": reason, "usage": {"output_tokens": 9}})
    yield _event({"type": "message_stop"})


def _event(event: dict[str, Any]) -> str:
    return f"event: {event['type']}\n{_data(event)}"


def _data(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value)}\n\n"
