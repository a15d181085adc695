"""What a provider is asked, in the shape of its wire, through the real SDKs."""

import json
from datetime import date

import httpx2
import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.messages.tool import invalid_tool_call, tool_call

from agent.models.chat_completions import ChatCompletions
from agent.models.clients import Endpoint, anthropic_client, openai_client
from agent.models.messages import Messages
from agent.models.responses import Responses
from graphs.pieces import Asked
from tests.providers import written
from tests.providers.written import Script

TOOL = {
    "type": "function",
    "function": {"name": "add", "description": "Adds.", "parameters": {"type": "object", "properties": {}}},
}
OTHER = {"type": "function", "function": {"name": "list", "description": "", "parameters": {"type": "object"}}}
TALK = [
    SystemMessage("Be brief."),
    SystemMessage("The person is Ann."),
    HumanMessage("add milk"),
    AIMessage("Gladly.", tool_calls=[tool_call(name="add", args={"title": "mílk"}, id="call_1")]),
    ToolMessage('{"ok": true}', tool_call_id="call_1"),
    AIMessage("Done."),
    HumanMessage("and two more"),
    AIMessage(
        "",
        tool_calls=[tool_call(name="add", args={}, id="call_2"), tool_call(name="list", args={}, id="call_3")],
    ),
    ToolMessage("[]", tool_call_id="call_3"),
    ToolMessage("{}", tool_call_id="call_2"),
]
MARK = {"cache_control": {"type": "ephemeral"}}


class Ear:
    """A provider that answers "ok" on every wire and remembers what it was asked."""

    def __init__(self):
        self.requests = []

    def client(self):
        ok = Script(steps=[("text", None, "ok")])
        bodies = {
            "/chat/completions": written.chat(ok),
            "/responses": written.responses(ok),
            "/messages": written.messages(ok),
        }

        def answer(request):
            self.requests.append(request)
            frames = next(frames for path, frames in bodies.items() if request.url.path.endswith(path))
            return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=b"".join(frames))

        return httpx2.AsyncClient(transport=httpx2.MockTransport(answer))

    @property
    def body(self):
        return json.loads(self.requests[-1].content)


@pytest.fixture
def ear():
    return Ear()


@pytest.fixture
def openai(ear):
    return openai_client(api_key="k", base_url="http://test/v1", http_client=ear.client())


@pytest.fixture
def anthropic(ear):
    return anthropic_client(api_key="k", base_url="http://test", http_client=ear.client())


async def asked(provider, messages=TALK, tools=(TOOL, OTHER)):
    """Ask, and hear the answer out."""
    return [piece async for piece in provider.stream(Asked(messages=messages, tools=tools), most_tokens=77)]


async def test_chat_completions_are_asked_with_their_tools_and_usage(ear, openai):
    await asked(ChatCompletions(openai, name="openai:org/m:8b", effort="low"))

    assert ear.requests[-1].headers["authorization"] == "Bearer k"
    assert ear.body == {
        "model": "org/m:8b",
        "reasoning_effort": "low",
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 77,
        "tools": [TOOL, OTHER],
        "messages": [
            {"role": "system", "content": "Be brief.\n\nThe person is Ann."},
            {"role": "user", "content": "add milk"},
            {
                "role": "assistant",
                "content": "Gladly.",
                "tool_calls": [
                    {
                        "id": "call_1",
                        "type": "function",
                        "function": {"name": "add", "arguments": '{"title":"mílk"}'},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "call_1", "content": '{"ok": true}'},
            {"role": "assistant", "content": "Done."},
            {"role": "user", "content": "and two more"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {"id": "call_2", "type": "function", "function": {"name": "add", "arguments": "{}"}},
                    {"id": "call_3", "type": "function", "function": {"name": "list", "arguments": "{}"}},
                ],
            },
            {"role": "tool", "tool_call_id": "call_2", "content": "{}"},
            {"role": "tool", "tool_call_id": "call_3", "content": "[]"},
        ],
    }


@pytest.mark.parametrize("wire", [ChatCompletions, Responses, Messages])
async def test_a_later_request_is_made_like_the_first_but_for_its_body(ear, openai, anthropic, wire):
    provider = wire(anthropic if wire is Messages else openai, name="provider:m")

    await asked(provider)
    await asked(provider, [HumanMessage("something else, and longer than before")])

    first, later = ear.requests
    assert (later.method, later.url, later.extensions) == (first.method, first.url, first.extensions)
    assert {**later.headers, "content-length": ""} == {**first.headers, "content-length": ""}
    assert int(later.headers["content-length"]) == len(later.content) != len(first.content)
    assert "something else" in later.content.decode()


@pytest.mark.parametrize("made", [openai_client, anthropic_client])
async def test_what_is_refused_later_is_told_by_the_sdk_as_at_first(made):
    answers = [httpx2.Response(200), httpx2.Response(429, json={"error": {"type": "rate_limit_error"}})]
    transport = httpx2.MockTransport(lambda request: answers.pop(0))
    endpoint = Endpoint(
        made(api_key="k", base_url="http://test", http_client=httpx2.AsyncClient(transport=transport)), "/it"
    )
    await endpoint.send(b"{}")

    with pytest.raises(endpoint.errors) as raised:
        await endpoint.send(b"{}")

    assert type(raised.value).__name__ == "RateLimitError"


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (None, "max_completion_tokens"),
        ("https://eu.api.openai.com/v1", "max_completion_tokens"),
        ("https://mine.openai.azure.com/openai/v1", "max_completion_tokens"),
        ("http://localhost:11434/v1", "max_tokens"),
        ("https://not-openai.com/v1", "max_tokens"),
    ],
)
async def test_the_limit_has_the_name_that_the_server_knows(ear, address, name):
    client = openai_client(api_key="k", base_url=address, http_client=ear.client())

    await asked(ChatCompletions(client, name="openai:m"))

    assert {field for field in ear.body if field.startswith("max_")} == {name}


async def test_responses_are_asked_in_items_and_store_nothing(ear, openai):
    await asked(Responses(openai, name="openai:m", effort="low"))

    body = ear.body
    assert (body["instructions"], body["store"]) == ("Be brief.\n\nThe person is Ann.", False)
    assert (body["max_output_tokens"], body["reasoning"]) == (77, {"effort": "low"})
    assert body["tools"][0] == {"type": "function", "strict": False, **TOOL["function"]}
    assert body["input"] == [
        {"role": "user", "content": "add milk"},
        {"role": "assistant", "content": "Gladly."},
        {"type": "function_call", "call_id": "call_1", "name": "add", "arguments": '{"title":"mílk"}'},
        {"type": "function_call_output", "call_id": "call_1", "output": '{"ok": true}'},
        {"role": "assistant", "content": "Done."},
        {"role": "user", "content": "and two more"},
        {"type": "function_call", "call_id": "call_2", "name": "add", "arguments": "{}"},
        {"type": "function_call", "call_id": "call_3", "name": "list", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "call_2", "output": "{}"},
        {"type": "function_call_output", "call_id": "call_3", "output": "[]"},
    ]


async def test_messages_take_turns_and_carry_marks_for_the_cache(ear, anthropic):
    await asked(Messages(anthropic, name="anthropic:m"))

    headers = ear.requests[-1].headers
    assert headers.get("x-api-key") == "k" or headers.get("authorization") == "Bearer k"
    body = ear.body
    assert (body["model"], body["max_tokens"], "thinking" in body) == ("m", 77, False)
    assert body["system"] == [
        {"type": "text", "text": "Be brief.", **MARK},
        {"type": "text", "text": "The person is Ann.", **MARK},
    ]
    assert body["tools"] == [
        {"name": "add", "description": "Adds.", "input_schema": TOOL["function"]["parameters"]},
        {"name": "list", "description": "", "input_schema": {"type": "object"}, **MARK},
    ]
    assert body["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": "add milk"}]},
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "Gladly."},
                {"type": "tool_use", "id": "call_1", "name": "add", "input": {"title": "mílk"}},
            ],
        },
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": '{"ok": true}'}]},
        {"role": "assistant", "content": [{"type": "text", "text": "Done.", **MARK}]},
        {"role": "user", "content": [{"type": "text", "text": "and two more"}]},
        {
            "role": "assistant",
            "content": [
                {"type": "tool_use", "id": "call_2", "name": "add", "input": {}},
                {"type": "tool_use", "id": "call_3", "name": "list", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "call_2", "content": "{}"},
                {"type": "tool_result", "tool_use_id": "call_3", "content": "[]"},
            ],
        },
    ]


@pytest.mark.parametrize("steps", [0, 1, 3])
async def test_what_stands_before_the_persons_newest_words_is_the_same_bytes_in_every_step(ear, anthropic, steps):
    await asked(Messages(anthropic, name="anthropic:m"), TALK[:7])
    first = ear.body
    further = [
        message
        for at in range(steps)
        for message in (
            AIMessage("", tool_calls=[tool_call(name="add", args={}, id=f"c{at}")]),
            ToolMessage("{}", tool_call_id=f"c{at}"),
        )
    ]

    await asked(Messages(anthropic, name="anthropic:m"), [*TALK[:7], *further])

    assert json.dumps(ear.body["messages"][:5]) == json.dumps(first["messages"])
    assert [ear.body["system"], ear.body["tools"]] == [first["system"], first["tools"]]
    assert json.dumps(ear.body).count("cache_control") == 4


async def test_a_model_with_effort_thinks_unless_its_turn_began_without(ear, anthropic):
    provider = Messages(anthropic, name="anthropic:m", effort="high")

    await asked(provider, TALK[:7])
    assert ear.body["thinking"]["type"] == "adaptive"
    assert ear.body["output_config"] == {"effort": "high"}

    await asked(provider, TALK)
    assert "thinking" not in ear.body


@pytest.mark.parametrize(
    ("model", "most", "thinking"),
    [
        ("claude-haiku-4-5", 4_096, {"type": "enabled", "budget_tokens": 2_048}),
        ("claude-sonnet-4-5-20250929", 4_096, {"type": "enabled", "budget_tokens": 2_048}),
        ("claude-3-7-sonnet-latest", 1_500, {"type": "enabled", "budget_tokens": 1_024}),
        ("claude-haiku-4-5", 1_000, None),
        ("claude-opus-4-6", 4_096, {"type": "adaptive", "display": "summarized"}),
        ("claude-sonnet-5", 4_096, {"type": "adaptive", "display": "summarized"}),
    ],
)
async def test_an_older_model_thinks_for_a_number_of_tokens(ear, anthropic, model, most, thinking):
    provider = Messages(anthropic, name=f"anthropic:{model}", effort="medium")

    [_ async for _ in provider.stream(Asked(messages=TALK[:7]), most_tokens=most)]

    assert ear.body.get("thinking") == thinking
    assert ("output_config" in ear.body) == (thinking is not None and thinking["type"] == "adaptive")


WIRES = ["chat", "responses", "messages"]


@pytest.fixture(params=WIRES)
def provider(request, openai, anthropic):
    made = {
        "chat": lambda: ChatCompletions(openai, name="openai:m"),
        "responses": lambda: Responses(openai, name="openai:m"),
        "messages": lambda: Messages(anthropic, name="anthropic:m"),
    }
    return made[request.param]()


async def test_arguments_that_were_no_json_break_no_later_request(ear, provider):
    slip = AIMessage("", invalid_tool_calls=[invalid_tool_call(name="add", args='{"a', id="call 9", error=None)])

    await asked(provider, [HumanMessage("x"), slip, ToolMessage("No.", tool_call_id="call 9"), HumanMessage("y")])

    sent = json.dumps(ear.body)
    assert "unreadable" in sent
    assert sent.count('"call_9"') == 2


async def test_what_json_does_not_know_is_sent_as_text(ear, provider):
    odd = {"on": date(2026, 11, 22), "much": 2**70, "what": "\ud83d"}
    said = AIMessage("", tool_calls=[tool_call(name="add", args=odd, id="c")])

    await asked(provider, [HumanMessage("x"), said])

    assert "2026-11-22" in json.dumps(ear.body)
    assert str(2**70) in json.dumps(ear.body)


async def test_a_call_without_a_result_gets_one_and_a_result_without_a_call_goes(ear, provider):
    lost = ToolMessage("lost", tool_call_id="call_0")
    said = AIMessage("", tool_calls=[tool_call(name="add", args={}, id="call_1")])

    await asked(provider, [lost, HumanMessage("x"), said, HumanMessage("y")])

    sent = json.dumps(ear.body)
    assert "lost" not in sent
    assert "Nothing is known of what came of this." in sent


async def test_empty_messages_are_left_out_and_who_comes_first_is_the_person(ear, provider):
    await asked(
        provider, [AIMessage("Hello."), AIMessage(""), HumanMessage("x"), AIMessage("  "), HumanMessage("y")], ()
    )

    said = ear.body.get("messages") or ear.body["input"]
    assert "tools" not in ear.body
    assert all(message["content"] for message in said)
    if isinstance(provider, Messages):
        assert [message["role"] for message in said] == ["user", "assistant", "user", "assistant", "user"]
        assert all(block.get("text", "x").strip() for message in said for block in message["content"])


async def test_instructions_in_the_middle_stay_where_they_are(ear, provider):
    await asked(provider, [SystemMessage("one"), HumanMessage("x"), SystemMessage("two"), HumanMessage("y")])

    sent = json.dumps(ear.body.get("messages") or ear.body["input"])
    assert sent.index('"x"') < sent.index('"two"') < sent.index('"y"')
