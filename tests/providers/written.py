"""One answer as each wire writes it, for tests that read it back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2

Step = tuple[str, Any, str]
"""`("text", None, words)`, `("reasoning", None, thoughts)`, `("begin", call, name)`, `("arguments", call, json)`."""


@dataclass(frozen=True, kw_only=True)
class Script:
    """What a model says; `input` counts all of the prompt, what was read from a cache and written to one included."""

    steps: Sequence[Step]
    reason: str = "stop"
    input: int = 10
    cached: int = 0
    written: int = 0
    output: int = 5
    reasoning: int = 0
    escaped: bool = field(default=False)
    """Whether the JSON holds other scripts as escapes."""

    def all(self, kind: str, call: int | None = None) -> str:
        """The pieces of one kind, put together."""
        return "".join(text for step, of, text in self.steps if step == kind and of == call)

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Name and arguments of each call, in the order in which they began."""
        begun = [(call, name) for step, call, name in self.steps if step == "begin"]
        return [(name, self.all("arguments", call)) for call, name in begun]


class Cut(httpx2.AsyncByteStream):
    """A body that arrives in pieces cut at these places; then, where one is given, the connection fails."""

    def __init__(self, body: bytes, places: Sequence[int] = (), failing: Exception | None = None) -> None:
        ends = sorted({place % (len(body) + 1) for place in places} | {len(body)})
        self._pieces = [body[start:end] for start, end in zip([0, *ends], ends, strict=False)]
        self._failing = failing

    async def __aiter__(self):
        for piece in self._pieces:
            yield piece
        if self._failing:
            raise self._failing


def chat(script: Script, *, field: str = "reasoning_content", done: bool = True) -> list[bytes]:
    """Chunks of a chat completion; `field` is the server's name for thinking aloud."""
    order = {call: index for index, call in enumerate(call for step, call, _ in script.steps if step == "begin")}

    def frame(delta: dict[str, Any], reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        return data(script, _chunk([choice]))

    frames = [frame({"role": "assistant", "content": ""})]
    for step, call, text in script.steps:
        match step:
            case "text":
                frames.append(frame({"content": text}))
            case "reasoning":
                frames.append(frame({field: text, "content": None}))
            case "begin":
                function = {"name": text, "arguments": ""}
                part = {"index": order[call], "id": f"call_{call}", "type": "function", "function": function}
                frames.append(frame({"tool_calls": [part]}))
            case "arguments":
                frames.append(frame({"tool_calls": [{"index": order[call], "function": {"arguments": text}}]}))
    reason = {"refused": "content_filter"}.get(script.reason, script.reason)
    usage = {
        "prompt_tokens": script.input,
        "completion_tokens": script.output,
        "total_tokens": script.input + script.output,
        "prompt_tokens_details": {"cached_tokens": script.cached, "cache_write_tokens": script.written},
        "completion_tokens_details": {"reasoning_tokens": script.reasoning},
    }
    frames += [frame({}, reason), data(script, _chunk([], usage=usage))]
    return [*frames, b"data: [DONE]\n\n"] if done else frames


def messages(script: Script) -> list[bytes]:
    """Events of Anthropic's messages; blocks of calls stay open to the end, so that arguments can interleave."""
    counted = {
        "input_tokens": script.input - script.cached - script.written,
        "cache_read_input_tokens": script.cached,
        "cache_creation_input_tokens": script.written,
        "output_tokens": 1,
    }
    head = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m-1", "content": []}
    begun = {**head, "stop_reason": None, "stop_sequence": None, "usage": counted}
    frames = [event(script, {"type": "message_start", "message": begun}), event(script, {"type": "ping"})]
    blocks: list[int] = []
    at: dict[int, int] = {}
    before = ""

    def begin(block: dict[str, Any]) -> int:
        index = len(blocks)
        blocks.append(index)
        frames.append(event(script, {"type": "content_block_start", "index": index, "content_block": block}))
        return index

    def delta(index: int, kind: str, name: str, text: str) -> None:
        change = {"type": kind, name: text}
        frames.append(event(script, {"type": "content_block_delta", "index": index, "delta": change}))

    for step, call, text in script.steps:
        match step:
            case "text":
                index = blocks[-1] if before == step else begin({"type": "text", "text": ""})
                delta(index, "text_delta", "text", text)
            case "reasoning":
                new = {"type": "thinking", "thinking": "", "signature": ""}
                index = blocks[-1] if before == step else begin(new)
                delta(index, "thinking_delta", "thinking", text)
                if before != step:
                    delta(index, "signature_delta", "signature", f"sig{index}")
            case "begin":
                at[call] = begin({"type": "tool_use", "id": f"toolu_{call}", "name": text, "input": {}})
                delta(at[call], "input_json_delta", "partial_json", "")
            case "arguments":
                delta(at[call], "input_json_delta", "partial_json", text)
        before = step
    frames += [event(script, {"type": "content_block_stop", "index": index}) for index in blocks]
    reasons = {"stop": "end_turn", "tool_calls": "tool_use", "length": "max_tokens", "refused": "refusal"}
    made = {"output_tokens": script.output, "output_tokens_details": {"thinking_tokens": script.reasoning}}
    why = {"stop_reason": reasons[script.reason], "stop_sequence": None}
    frames += [event(script, {"type": "message_delta", "delta": why, "usage": made})]
    return [*frames, event(script, {"type": "message_stop"})]


def responses(script: Script) -> list[bytes]:
    """Events of OpenAI's responses."""
    head = {"id": "resp_1", "object": "response", "created_at": 1, "model": "m-1", "parallel_tool_calls": True}
    base: dict[str, Any] = {**head, "tool_choice": "auto", "tools": [], "output": [], "status": "in_progress"}
    frames = [event(script, {"type": "response.created", "response": base})]
    items: list[dict[str, Any]] = []
    at: dict[int, int] = {}
    before = ""

    def begin(item: dict[str, Any]) -> int:
        items.append(item)
        frames.append(
            event(script, {"type": "response.output_item.added", "output_index": len(items) - 1, "item": item})
        )
        return len(items) - 1

    def tell(kind: str, index: int, **more: Any) -> None:
        place = {"output_index": index, "item_id": items[index]["id"]}
        frames.append(event(script, {"type": f"response.{kind}", **place, **more}))

    for step, call, text in script.steps:
        number = len(items)
        match step:
            case "text":
                new = {"id": f"msg_{number}", "type": "message", "role": "assistant", "status": "in_progress"}
                index = number - 1 if before == step else begin({**new, "content": []})
                tell("output_text.delta", index, content_index=0, delta=text, logprobs=[])
            case "reasoning":
                new = {"id": f"rs_{number}", "type": "reasoning", "summary": [], "encrypted_content": None}
                index = number - 1 if before == step else begin(new)
                tell("reasoning_summary_text.delta", index, summary_index=0, delta=text)
            case "begin":
                new = {"id": f"fc_{number}", "type": "function_call", "call_id": f"call_{call}", "arguments": ""}
                at[call] = begin({**new, "name": text, "status": "in_progress"})
            case "arguments":
                tell("function_call_arguments.delta", at[call], delta=text)
        before = step
    for index, item in enumerate(items):
        call = next((call for call, place in at.items() if place == index), None)
        if call is not None:
            item |= {"arguments": script.all("arguments", call)}
            tell("function_call_arguments.done", index, name=item["name"], arguments=item["arguments"])
        if item["type"] == "reasoning":
            item |= {"encrypted_content": f"sealed{index}"}
        frames.append(event(script, {"type": "response.output_item.done", "output_index": index, "item": item}))
    usage = {
        "input_tokens": script.input,
        "input_tokens_details": {"cached_tokens": script.cached, "cache_write_tokens": script.written},
        "output_tokens": script.output,
        "output_tokens_details": {"reasoning_tokens": script.reasoning},
        "total_tokens": script.input + script.output,
    }
    why = {"length": "max_output_tokens", "refused": "content_filter"}.get(script.reason)
    status = "incomplete" if why else "completed"
    ended = {**base, "status": status, "usage": usage, "incomplete_details": {"reason": why} if why else None}
    return [*frames, event(script, {"type": f"response.{status}", "response": ended})]


def event(script: Script, value: dict[str, Any]) -> bytes:
    """A named event."""
    return f"event: {value['type']}\n".encode() + data(script, value)


def data(script: Script, value: dict[str, Any]) -> bytes:
    """A frame that holds data alone."""
    return f"data: {json.dumps(value, ensure_ascii=script.escaped)}\n\n".encode()


def _chunk(choices: list[Any], **more: Any) -> dict[str, Any]:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m-1"}
    return {**head, "choices": choices, **more}
