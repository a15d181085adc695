"""Each wire as the provider's own SDK reads it, whole and streamed, sound and broken."""

import json
from typing import Any

import anthropic
import httpx2
import openai
import pytest

from evals.faults.provider_server import WIRES, served
from evals.faults.wrongs import REFUSALS, Fault, Script
from evals.wires import Spoken

CALLS = (("add_tasks", '{"tasks": [{"title": "Grüße \\"1\\""}]}'), ("find", '{"query": "mïlk", "kind": "task"}'))
SPOKEN = Spoken(thoughts=("Let me ", "think."), words=("Two ", "things – ", "é\n"), calls=CALLS)
TOOL = {"type": "object", "properties": {}}


@pytest.fixture
def script():
    return Script()


@pytest.fixture(params=WIRES)
def wire(request):
    return WIRES[request.param]


@pytest.fixture
def server(script):
    with served(lambda request: SPOKEN, script) as server:
        yield server


@pytest.fixture
def read(server, wire):
    """Asks by the provider's SDK, streamed, and gives its events and what its own parser made of them."""
    read_by = {"chat": _chat, "responses": _responses, "messages": _messages}[wire.name]

    async def ask() -> tuple[list[Any], dict[str, Any]]:
        events: list[Any] = []
        whole = await read_by(server.address, events)
        return events, whole

    return ask


async def _chat(address: str, events: list[Any]) -> dict[str, Any]:
    client = openai.AsyncOpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)
    async with client.chat.completions.stream(
        model="m",
        messages=[{"role": "user", "content": "hi"}],
        stream_options={"include_usage": True},
        timeout=httpx2.Timeout(5, read=0.5),
    ) as stream:
        async for event in stream:
            events.append(event)
        said = await stream.get_final_completion()
    (choice,), usage = said.choices, said.usage
    return {
        "text": choice.message.content or "",
        "calls": [(call.function.name, call.function.arguments) for call in choice.message.tool_calls or ()],
        "ends": choice.finish_reason,
        "tokens": usage and (usage.prompt_tokens, usage.completion_tokens),
    }


async def _responses(address: str, events: list[Any]) -> dict[str, Any]:
    client = openai.AsyncOpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)
    async with client.responses.stream(model="m", input="hi", timeout=httpx2.Timeout(5, read=0.5)) as stream:
        async for event in stream:
            events.append(event)
        said = await stream.get_final_response()
    return {
        "text": said.output_text,
        "calls": [(item.name, item.arguments) for item in said.output if item.type == "function_call"],
        "ends": said.status,
        "tokens": said.usage and (said.usage.input_tokens, said.usage.output_tokens),
    }


async def _messages(address: str, events: list[Any]) -> dict[str, Any]:
    client = anthropic.AsyncAnthropic(base_url=address, api_key="none", max_retries=0)
    async with client.messages.stream(
        model="m",
        max_tokens=99,
        messages=[{"role": "user", "content": "hi"}],
        timeout=httpx2.Timeout(5, read=0.5),
    ) as stream:
        async for event in stream:
            events.append(event)
        said = await stream.get_final_message()
    return {
        "text": "".join(block.text for block in said.content if block.type == "text"),
        "calls": [(block.name, json.dumps(block.input)) for block in said.content if block.type == "tool_use"],
        "ends": said.stop_reason,
        "tokens": said.usage and (said.usage.input_tokens, said.usage.output_tokens),
    }


def _same(calls: Any) -> list[tuple[str, Any]]:
    return [(name, json.loads(arguments)) for name, arguments in calls]


@pytest.mark.parametrize("wrong", [None, "crumbs", "split_calls", "interleaved", "slow", "huge"])
async def test_the_sdk_reads_what_was_said(read, script, wrong):
    script.will("m", wrong and Fault(wrong=wrong, seconds=0.05))

    _, whole = await read()

    assert whole["text"].strip() == SPOKEN.text.strip() or (wrong == "huge" and whole["text"].startswith(SPOKEN.text))
    assert _same(whole["calls"]) == _same(CALLS)
    assert whole["ends"] in ("tool_calls", "completed", "tool_use")
    assert whole["tokens"][0] > 1 and whole["tokens"][1] > 1


async def test_a_whole_answer_says_the_same_as_a_streamed_one(server, wire):
    body = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "input": "hi"}
    async with httpx2.AsyncClient(trust_env=False) as http:
        said = (await http.post(f"{server.address}{wire.path}", json=body)).json()

    text = json.dumps(said, ensure_ascii=False)
    assert "Two things – é" in text
    assert '"find"' in text


@pytest.mark.parametrize("wrong", REFUSALS)
async def test_a_refusal_is_the_sdks_own_error(read, script, wire, wrong):
    script.will("m", Fault(wrong=wrong))
    sdk = {"openai": openai, "anthropic": anthropic}[wire.provider]

    with pytest.raises(sdk.APIStatusError) as failed:
        await read()

    assert failed.value.status_code == wire.failed(wrong).status
    assert (failed.value.response.headers.get("retry-after") == "0.3") == (wrong == "rate_limit")


@pytest.mark.parametrize(
    "wrong", ["cut", "cut_in_call", "error_frame", "first_token_timeout", "malformed_frame", "stalled"]
)
async def test_a_broken_answer_never_looks_whole(read, script, wrong):
    script.will("m", Fault(wrong=wrong))

    with pytest.raises((openai.OpenAIError, anthropic.AnthropicError, httpx2.HTTPError, ValueError, RuntimeError)):
        await read()


async def test_an_answer_that_only_stops_says_no_end(server, script, wire):
    script.will("m", Fault(wrong="ended_early"))
    body = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "input": "hi", "stream": True}
    async with httpx2.AsyncClient(trust_env=False) as http:
        said = await http.post(f"{server.address}{wire.path}", json=body)

    assert said.status_code == 200
    assert not any(mark in said.text for mark in ("[DONE]", "message_stop", "response.completed", '"tool_calls"}'))


async def test_nothing_said_is_an_answer_too(read, script):
    script.will("m", Fault(wrong="empty"))

    _, whole = await read()

    assert (whole["text"], whole["calls"]) == ("", [])


async def test_what_was_asked_is_kept_and_attempts_are_counted(server, script, read):
    script.will("m", Fault(wrong="overload"))
    with pytest.raises((openai.APIError, anthropic.APIError)):
        await read()
    await read()

    assert [(request.said, request.attempt, request.fault) for request in server.asked] == [
        (["hi"], 1, "overload"),
        (["hi"], 2, None),
    ]
