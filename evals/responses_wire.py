"""OpenAI's Responses wire from the provider's side: what a scripted model answers with."""

import json
from collections.abc import Mapping
from typing import Any

from evals import openai_wire
from evals.wires import Bill, Ending, Failure, Refusal, Spoken, Wire

INCOMPLETE: Mapping[Ending, str] = {"length": "max_output_tokens", "refused": "content_filter"}


def frames(spoken: Spoken, bill: Bill, model: str) -> list[bytes]:
    """A whole streamed answer, event by event, each with its number."""
    begun = _response(spoken, model, status="in_progress", output=[])
    events = [
        ("response.created", {"response": begun}),
        ("response.in_progress", {"response": begun}),
        *_thoughts(spoken),
        *_words(spoken),
        *_calls(spoken),
    ]
    end = "response.incomplete" if spoken.ends in INCOMPLETE else "response.completed"
    events.append((end, {"response": whole(spoken, bill, model)}))
    return [_event(kind, number, fields) for number, (kind, fields) in enumerate(events)]


def whole(spoken: Spoken, bill: Bill, model: str) -> dict[str, Any]:
    """The answer for those who do not stream, which the last event of a stream holds too."""
    is_cut_short = spoken.ends in INCOMPLETE
    said = _response(spoken, model, status="incomplete" if is_cut_short else "completed", output=_output(spoken))
    said["incomplete_details"] = {"reason": INCOMPLETE[spoken.ends]} if is_cut_short else None
    said["usage"] = _usage(bill) if spoken.has_usage else None
    return said


def failed(kind: Refusal) -> Failure:
    """An error before an answer, the same as on the chat wire."""
    return openai_wire.failed(kind)


def broken(kind: Refusal) -> bytes:
    """The frame of an error in the middle of an answer."""
    _, message, named, code = openai_wire.SAID[kind]
    return _event("error", 7, {"code": code or named, "message": message, "param": None})


Events = list[tuple[str, dict[str, Any]]]


def _thoughts(spoken: Spoken) -> Events:
    if not spoken.thoughts:
        return []
    item = _output(spoken)[0]
    place = {"item_id": item["id"], "output_index": 0, "summary_index": 0}
    return [
        ("response.output_item.added", {"output_index": 0, "item": {**item, "summary": []}}),
        ("response.reasoning_summary_part.added", {**place, "part": {"type": "summary_text", "text": ""}}),
        *(("response.reasoning_summary_text.delta", {**place, "delta": thought}) for thought in spoken.thoughts),
        ("response.reasoning_summary_text.done", {**place, "text": "".join(spoken.thoughts)}),
        ("response.reasoning_summary_part.done", {**place, "part": item["summary"][0]}),
        ("response.output_item.done", {"output_index": 0, "item": item}),
    ]


def _words(spoken: Spoken) -> Events:
    if not spoken.words:
        return []
    at = int(bool(spoken.thoughts))
    item = _output(spoken)[at]
    place = {"item_id": item["id"], "output_index": at, "content_index": 0}
    part = item["content"][0]
    return [
        ("response.output_item.added", {"output_index": at, "item": {**item, "status": "in_progress", "content": []}}),
        ("response.content_part.added", {**place, "part": {**part, "text": ""}}),
        *(("response.output_text.delta", {**place, "delta": word, "logprobs": []}) for word in spoken.words),
        ("response.output_text.done", {**place, "text": spoken.text, "logprobs": []}),
        ("response.content_part.done", {**place, "part": part}),
        ("response.output_item.done", {"output_index": at, "item": item}),
    ]


def _calls(spoken: Spoken) -> Events:
    first = int(bool(spoken.thoughts)) + int(bool(spoken.words))
    items, pieces, events = _output(spoken)[first:], spoken.call_pieces(), Events()
    for place, (index, part) in enumerate(pieces):
        item, at = items[index], first + index
        known = {"item_id": item["id"], "output_index": at}
        if part is None:
            begun = {**item, "status": "in_progress", "arguments": ""}
            events.append(("response.output_item.added", {"output_index": at, "item": begun}))
        else:
            events.append(("response.function_call_arguments.delta", {**known, "delta": part}))
        if all(later != index for later, _ in pieces[place + 1 :]):
            done = {**known, "name": item["name"], "arguments": item["arguments"]}
            events.append(("response.function_call_arguments.done", done))
            events.append(("response.output_item.done", {"output_index": at, "item": item}))
    return events


def _output(spoken: Spoken) -> list[dict[str, Any]]:
    output: list[dict[str, Any]] = []
    if spoken.thoughts:
        summary = [{"type": "summary_text", "text": "".join(spoken.thoughts)}]
        output.append({"id": "rs_fake", "type": "reasoning", "summary": summary})
    if spoken.words:
        text = {"type": "output_text", "annotations": [], "logprobs": [], "text": spoken.text}
        said = {"id": "msg_fake", "type": "message", "status": "completed", "role": "assistant", "content": [text]}
        output.append(said)
    output += [
        {
            "id": f"fc_{n}",
            "type": "function_call",
            "status": "completed",
            "call_id": f"call_{n}",
            "name": name,
            "arguments": arguments,
        }
        for n, (name, arguments) in enumerate(spoken.calls)
    ]
    return output


def _response(spoken: Spoken, model: str, *, status: str, output: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": "resp_fake",
        "object": "response",
        "created_at": 0,
        "status": status,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "model": model,
        "output": output,
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": None,
    }


def _usage(bill: Bill) -> dict[str, Any]:
    return {
        "input_tokens": bill.read,
        "input_tokens_details": {"cached_tokens": bill.cached, "cache_write_tokens": 0},
        "output_tokens": bill.written,
        "output_tokens_details": {"reasoning_tokens": bill.thought},
        "total_tokens": bill.read + bill.written,
    }


def _event(kind: str, number: int, fields: Mapping[str, Any]) -> bytes:
    told = json.dumps({"type": kind, "sequence_number": number, **fields}, separators=(",", ":"))
    return f"event: {kind}\ndata: {told}\n\n".encode()


WIRE = Wire(
    name="responses",
    provider="openai",
    path="/v1/responses",
    frames=frames,
    whole=whole,
    failed=failed,
    broken=broken,
)
