"""Our readers and the SDKs' own parsers say the same of the same bytes, wherever the network cuts them."""

import json

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.messages import HumanMessage

from agent.models.chat_completions import ChatCompletions
from agent.models.clients import anthropic_client, openai_client
from agent.models.messages import Messages
from agent.models.responses import Responses
from domain.model_calls import Usage
from graphs.pieces import Answered, Asked, CallArguments, CallBegun, Reasoned
from tests.providers import written
from tests.providers.written import Cut, Script

REASONS = {
    **{"end_turn": "stop", "tool_use": "tool_calls", "max_tokens": "length"},
    **{"max_output_tokens": "length"},
}
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
NAME = st.from_regex(r"[a-z_]{1,12}", fullmatch=True)
ARGUMENTS = st.dictionaries(TEXT, st.one_of(TEXT, st.integers(-(2**40), 2**40), st.none(), st.lists(TEXT, max_size=2)))
PLACES = st.lists(st.integers(0, 100_000), max_size=40)


@st.composite
def scripts(draw):
    """Thoughts, then words, then calls side by side whose arguments interleave."""
    steps = [("reasoning", None, text) for text in draw(st.lists(TEXT, max_size=3))]
    steps += [("text", None, text) for text in draw(st.lists(TEXT, max_size=5))]
    pending = []
    for call in range(draw(st.integers(0, 3))):
        arguments = json.dumps(draw(ARGUMENTS), ensure_ascii=draw(st.booleans()))
        ends = sorted({*draw(st.lists(st.integers(1, len(arguments)), max_size=3)), len(arguments)})
        pieces = [arguments[start:end] for start, end in zip([0, *ends], ends, strict=False)]
        pending.append([("begin", call, draw(NAME)), *(("arguments", call, piece) for piece in pieces)])
    while pending:
        waiting = pending[draw(st.integers(0, len(pending) - 1))]
        steps.append(waiting.pop(0))
        pending = [calls for calls in pending if calls]
    calls = any(step == "begin" for step, _, _ in steps)
    reasons = ["tool_calls" if calls else "stop", "length"]
    cached, made = draw(st.integers(0, 5_000)), draw(st.integers(0, 900))
    return Script(
        steps=steps,
        reason=draw(st.sampled_from(reasons)),
        input=cached + made + draw(st.integers(0, 900)),
        cached=cached,
        written=made,
        output=draw(st.integers(1, 900)),
        reasoning=draw(st.integers(0, 1)),
        escaped=draw(st.booleans()),
    )


async def by_chat_sdk(client):
    text, thoughts, calls, reason, usage, model = "", "", {}, None, None, None
    async for chunk in await client.chat.completions.create(
        model="m", messages=[{"role": "user", "content": "hi"}], stream=True
    ):
        model = chunk.model
        usage = chunk.usage or usage
        for choice in chunk.choices:
            reason = choice.finish_reason or reason
            text += choice.delta.content or ""
            thoughts += getattr(choice.delta, "reasoning_content", None) or ""
            for part in choice.delta.tool_calls or ():
                name, arguments = calls.get(part.index, ("", ""))
                calls[part.index] = (name or part.function.name, arguments + part.function.arguments)
    before, after = usage.prompt_tokens_details, usage.completion_tokens_details
    counted = Usage(
        input_tokens=usage.prompt_tokens,
        output_tokens=usage.completion_tokens,
        cached_tokens=before.cached_tokens,
        cache_written_tokens=before.cache_write_tokens,
        reasoning_tokens=after.reasoning_tokens,
    )
    return text, thoughts, list(calls.values()), REASONS.get(reason, reason), counted, model


async def by_messages_sdk(client):
    asked = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
    async with client.messages.stream(**asked) as stream:
        told = await stream.get_final_message()
    texts = "".join(block.text for block in told.content if block.type == "text")
    thoughts = "".join(block.thinking for block in told.content if block.type == "thinking")
    calls = [(block.name, block.input) for block in told.content if block.type == "tool_use"]
    usage = told.usage
    read, written = usage.cache_read_input_tokens, usage.cache_creation_input_tokens
    counted = Usage(
        input_tokens=usage.input_tokens + read + written,
        output_tokens=usage.output_tokens,
        cached_tokens=read,
        cache_written_tokens=written,
        reasoning_tokens=usage.output_tokens_details.thinking_tokens,
    )
    return texts, thoughts, calls, REASONS[told.stop_reason], counted, told.model


async def by_responses_sdk(client):
    text, thoughts, calls, ended = "", "", {}, None
    async for event in await client.responses.create(model="m", input="hi", stream=True):
        match event.type:
            case "response.output_text.delta":
                text += event.delta
            case "response.reasoning_summary_text.delta":
                thoughts += event.delta
            case "response.output_item.done" if event.item.type == "function_call":
                calls[event.output_index] = (event.item.name, event.item.arguments)
            case "response.completed" | "response.incomplete":
                ended = event.response
    why = ended.incomplete_details.reason if ended.incomplete_details else "tool_calls" if calls else "stop"
    usage = ended.usage
    counted = Usage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cached_tokens=usage.input_tokens_details.cached_tokens,
        cache_written_tokens=usage.input_tokens_details.cache_write_tokens,
        reasoning_tokens=usage.output_tokens_details.reasoning_tokens,
    )
    return text, thoughts, [calls[index] for index in sorted(calls)], REASONS.get(why, why), counted, ended.model


async def by_us(provider):
    text, thoughts, names, arguments, answered = "", "", {}, {}, None
    async for piece in provider.stream(Asked(messages=[HumanMessage("hi")]), most_tokens=100):
        match piece:
            case str():
                text += piece
            case Reasoned(thought):
                thoughts += thought
            case CallBegun(index, name):
                names[index] = name
            case CallArguments(index, part):
                arguments[index] = arguments.get(index, "") + part
            case Answered():
                answered = piece
    calls = [(names[index], arguments.get(index, "")) for index in sorted(names)]
    return text, thoughts, calls, answered.reason, answered.usage, answered.answered_by


class Body:
    """Serves the same bytes to everybody, cut as was asked last."""

    def __init__(self):
        self.body, self.places = b"", ()

    def client(self):
        def served(request):
            head = {"content-type": "text/event-stream"}
            return httpx2.Response(200, headers=head, stream=Cut(self.body, self.places))

        return httpx2.AsyncClient(transport=httpx2.MockTransport(served))


@pytest.fixture(scope="module")
def body():
    return Body()


@pytest.fixture(scope="module")
def openai(body):
    return openai_client(api_key="k", base_url="http://test/v1", http_client=body.client())


@pytest.fixture(scope="module")
def anthropic(body):
    return anthropic_client(api_key="k", base_url="http://test", http_client=body.client())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=scripts(), cuts=PLACES, other_cuts=PLACES, newline=st.sampled_from([b"\n", b"\r\n", b"\r"]))
async def test_chat_completions_are_read_as_the_sdk_reads_them(body, openai, script, cuts, other_cuts, newline):
    body.body = b": hello\n\n".join(written.chat(script)).replace(b"\n", newline)
    body.places = cuts
    theirs = await by_chat_sdk(openai)
    body.places = other_cuts
    ours = await by_us(ChatCompletions(openai, name="openai:m"))

    reason = "tool_calls" if script.calls and script.reason == "stop" else script.reason
    assert ours == theirs
    assert ours[:4] == (script.all("text"), script.all("reasoning"), script.calls, reason)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=scripts(), cuts=PLACES, other_cuts=PLACES)
async def test_messages_are_read_as_the_sdk_reads_them(body, anthropic, script, cuts, other_cuts):
    body.body = b"".join(written.messages(script))
    body.places = cuts
    theirs = await by_messages_sdk(anthropic)
    body.places = other_cuts
    text, thoughts, calls, *rest = await by_us(Messages(anthropic, name="anthropic:m"))

    assert (text, thoughts, [(name, json.loads(given)) for name, given in calls], *rest) == theirs
    assert (text, thoughts, calls) == (script.all("text"), script.all("reasoning"), script.calls)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=scripts(), cuts=PLACES, other_cuts=PLACES, newline=st.sampled_from([b"\n", b"\r\n", b"\r"]))
async def test_responses_are_read_as_the_sdk_reads_them(body, openai, script, cuts, other_cuts, newline):
    body.body = b"".join(written.responses(script)).replace(b"\n", newline)
    body.places = cuts
    theirs = await by_responses_sdk(openai)
    body.places = other_cuts
    ours = await by_us(Responses(openai, name="openai:m"))

    assert ours == theirs
    assert ours[:3] == (script.all("text"), script.all("reasoning"), script.calls)
