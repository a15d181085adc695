"""Whatever goes wrong at a provider has one kind, on every wire, through the real SDKs."""

import json

import httpx2
import pytest
import pytest_httpx2  # noqa: F401  # teaches respx the transport of the SDKs
import respx

from agent.models.failures import SENTENCES
from domain.model_calls import Usage
from graphs.pieces import Answered
from tests.providers import written
from tests.providers.wires import HELLO, KEY, WIRES, WRITE, begun, heard, provider_of
from tests.providers.written import Cut


@pytest.fixture
async def told():
    """What a provider of that wire makes of that answer."""
    clients = []

    async def tell(wire, response):
        provider, client = provider_of(wire, "https://provider.test", httpx2.AsyncClient())
        clients.append(client)
        with respx.mock(using="httpcore2") as router:
            router.post(url__startswith="https://provider.test").mock(return_value=response)
            return await heard(provider)

    yield tell
    for client in clients:
        await client.close()


def openai_error(message, code=None, type="invalid_request_error"):
    """An error as OpenAI writes it."""
    return {"error": {"message": message, "type": type, "param": None, "code": code}}


def anthropic_error(message, type="invalid_request_error"):
    """An error as Anthropic writes it."""
    return {"type": "error", "error": {"type": type, "message": message}, "request_id": "req_1"}


BY_OPENAI = [
    (401, openai_error("Incorrect API key provided: sk-secret-0123456789.", "invalid_api_key"), "authentication"),
    (403, openai_error("Your project may not use this model.", "model_not_allowed"), "authentication"),
    (429, openai_error("You exceeded your current quota.", "insufficient_quota", "insufficient_quota"), "quota"),
    (402, openai_error("Insufficient Balance", type="unknown_error"), "quota"),
    (
        429,
        openai_error("Rate limit reached for gpt in requests per min.", "rate_limit_exceeded", "requests"),
        "rate_limit",
    ),
    (500, openai_error("The server had an error.", type="server_error"), "overload"),
    (503, openai_error("The engine is currently overloaded.", type="server_error"), "overload"),
    (502, "<html>Bad gateway</html>", "overload"),
    (504, "", "overload"),
    (
        400,
        openai_error("This model's maximum context length is 8192 tokens.", "context_length_exceeded"),
        "context_too_long",
    ),
    (400, openai_error("Your input exceeds the context window of this model."), "context_too_long"),
    (
        400,
        {
            "object": "error",
            "message": "This model's maximum context length is 4096 tokens. However, you requested 9000.",
        },
        "context_too_long",
    ),
    (
        400,
        {"error": "The decoder prompt (length 9000) is longer than the maximum model length of 4096."},
        "context_too_long",
    ),
    (
        400,
        {"error": {"code": 400, "message": "the request exceeds the available context size (4096 tokens)"}},
        "context_too_long",
    ),
    (400, {"error": {"message": "x", "type": "exceed_context_size_error", "n_ctx": 4096}}, "context_too_long"),
    (400, {"error": "input length exceeds the context length"}, "context_too_long"),
    (
        400,
        openai_error("Prompt contains 40000 tokens, too large for model with 32768 maximum context length"),
        "context_too_long",
    ),
    (
        429,
        openai_error("Request too large for gpt in organization o on tokens per min (TPM)", "rate_limit_exceeded"),
        "context_too_long",
    ),
    (400, openai_error("The response was filtered by the content management policy.", "content_filter"), "refused"),
    (400, openai_error("Your prompt was flagged as violating our usage policy.", "invalid_prompt"), "refused"),
    (403, openai_error("Your input was flagged by moderation."), "refused"),
    (404, openai_error("The model `m` does not exist.", "model_not_found"), "bad_request"),
    (400, openai_error("Unsupported parameter: 'x'."), "bad_request"),
    (422, {"detail": [{"loc": ["body"], "msg": "field required"}]}, "bad_request"),
]
BY_ANTHROPIC = [
    (401, anthropic_error("invalid x-api-key", "authentication_error"), "authentication"),
    (403, anthropic_error("Your key may not use this.", "permission_error"), "authentication"),
    (400, anthropic_error("Your credit balance is too low to access the Anthropic API."), "quota"),
    (402, anthropic_error("Payment required.", "billing_error"), "quota"),
    (429, anthropic_error("This request would exceed your rate limit.", "rate_limit_error"), "rate_limit"),
    (500, anthropic_error("Internal server error", "api_error"), "overload"),
    (529, anthropic_error("Overloaded", "overloaded_error"), "overload"),
    (504, anthropic_error("Timed out", "timeout_error"), "overload"),
    (400, anthropic_error("prompt is too long: 250000 tokens > 200000 maximum"), "context_too_long"),
    (
        400,
        anthropic_error("input length and `max_tokens` exceed context limit: 199000 + 4096 > 200000"),
        "context_too_long",
    ),
    (413, anthropic_error("Request exceeds the maximum size", "request_too_large"), "context_too_long"),
    (400, anthropic_error("Output blocked by content filtering policy"), "refused"),
    (404, anthropic_error("model: m", "not_found_error"), "bad_request"),
    (400, anthropic_error("messages.0: tool_use ids were found without tool_result blocks"), "bad_request"),
]
STATUSES = [
    *(("chat", *case) for case in BY_OPENAI),
    *(("responses", *case) for case in BY_OPENAI),
    *(("messages", *case) for case in BY_ANTHROPIC),
]


@pytest.mark.parametrize(("wire", "status", "body", "kind"), STATUSES)
async def test_a_refused_request_has_a_kind_and_gives_nothing_away(told, wire, status, body, kind):
    content = body if isinstance(body, str) else json.dumps(body)

    pieces, failure = await told(wire, respx.MockResponse(status, text=content))

    assert (pieces, failure.kind) == ([], kind)
    assert str(failure) == SENTENCES[kind].format(model="anthropic:m" if wire == "messages" else "openai:m")
    assert KEY not in str(failure)


async def test_whoever_runs_the_server_reads_what_to_mend_and_nothing_that_was_sent(told, caplog):
    body = openai_error("Unsupported value 'sk-secret-0123456789'.", "unsupported_value")
    body["error"]["param"] = "tools.0"

    await told("chat", respx.MockResponse(400, json=body))
    await told("messages", respx.MockResponse(404, json=anthropic_error("model: m", "not_found_error")))

    assert [record.getMessage() for record in caplog.records if record.name == "metacortex.models"] == [
        "openai:m: bad_request (400 unsupported_value invalid_request_error tools.0)",
        "anthropic:m: bad_request (404 error not_found_error)",
    ]


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({"retry-after": "7"}, "", 7),
        ({"retry-after-ms": "250", "retry-after": "1"}, "", 0.25),
        (
            {"retry-after": "Fri, 20 Nov 2026 10:00:30 GMT", "date": "Fri, 20 Nov 2026 10:00:00 GMT"},
            "",
            30,
        ),
        (
            {
                "date": "Fri, 20 Nov 2026 10:00:00 GMT",
                "anthropic-ratelimit-requests-remaining": "5",
                "anthropic-ratelimit-requests-reset": "2026-11-20T10:30:00Z",
                "anthropic-ratelimit-input-tokens-remaining": "0",
                "anthropic-ratelimit-input-tokens-reset": "2026-11-20T10:00:12Z",
            },
            "",
            12,
        ),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1m2.5s"}, "", 62.5),
        ({}, "Limit reached. Please try again in 1.5s.", 1.5),
        ({"retry-after": "100000"}, "", 3600),
        ({"retry-after": "soon"}, "", None),
        ({"retry-after": "Mon, 01 Jan 2024 00:00:00 +9999999999999"}, "", None),
        ({}, "", None),
    ],
    ids=[
        "seconds",
        "milliseconds",
        "a date",
        "by Anthropic",
        "by OpenAI",
        "in words",
        "too long",
        "nonsense",
        "a zone beyond all",
        "nothing",
    ],
)
async def test_a_provider_says_when_to_ask_again(told, wire, headers, message, seconds):
    body = anthropic_error(message, "rate_limit_error") if wire == "messages" else openai_error(message)

    _, failure = await told(wire, respx.MockResponse(429, json=body, headers=headers))

    assert (failure.kind, failure.retry_after) == ("rate_limit", seconds)


def in_stream(error):
    """The frame with which each wire tells an error in the middle of an answer."""
    code, message = error
    return {
        "chat": {"error": {"message": message, "type": code, "code": None}},
        "responses": {
            "type": "response.failed",
            "response": {"status": "failed", "error": {"code": code, "message": message}},
        },
        "messages": {"type": "error", "error": {"type": code, "message": message}},
    }


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (("overloaded_error", "Overloaded"), "overload"),
        (("server_error", "The server had an error."), "overload"),
        (("", ""), "overload"),
        (("rate_limit_exceeded", "Rate limit reached."), "rate_limit"),
        (("insufficient_quota", "You exceeded your current quota."), "quota"),
        (("context_length_exceeded", "maximum context length is 8192 tokens"), "context_too_long"),
        (("content_filter", "The response was filtered."), "refused"),
        (("authentication_error", "invalid key"), "authentication"),
        (("invalid_request_error", "Unknown tool."), "bad_request"),
    ],
)
async def test_an_error_in_the_middle_of_an_answer_has_the_same_kinds(told, wire, error, kind):
    body = b"".join([*begun(wire), written.event(HELLO, {"type": "error"} | in_stream(error)[wire])])

    pieces, failure = await told(wire, respx.MockResponse(200, headers=SSE, content=body))

    assert (pieces, failure.kind) == (["Hel"], kind)


SSE = {"content-type": "text/event-stream"}
STOP = b'{"type": "message_stop"}'


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    "frame",
    [
        b'data: {"choices": [\n\n',
        b"data: 17\n\n",
        b"data: {\xff}\n\n",
        b'data: {"type": "content_block_delta", "choices": 1}\n\n',
    ],
    ids=["half", "a number", "no text", "another shape"],
)
async def test_what_cannot_be_read_is_malformed(told, wire, frame):
    if wire == "responses":
        frame = frame.replace(b"content_block_delta", b"response.output_text.delta")

    _, failure = await told(wire, respx.MockResponse(200, headers=SSE, content=frame))

    assert failure.kind == "malformed"


@pytest.mark.parametrize(
    ("wire", "frame"),
    [
        ("chat", {"choices": [{"delta": {"reasoning": {"text": "hm"}}}]}),
        ("chat", {"choices": [{"delta": {"refusal": 5}}]}),
        ("chat", {"choices": [{"delta": {"content": [{"text": 5}]}}]}),
        ("chat", {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"name": 5, "arguments": "{}"}}]}}]}),
        ("chat", {"choices": [{"delta": {"content": "Hel"}, "finish_reason": ["stop"]}]}),
        ("responses", {"type": "response.output_text.delta", "delta": 5}),
        ("responses", {"type": "response.reasoning_text.delta", "delta": {"text": "hm"}}),
        ("messages", {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": 5}}),
        ("messages", {"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "name": 5}}),
    ],
)
async def test_what_is_no_text_where_words_belong_is_malformed(told, wire, frame):
    end = {"chat": b"[DONE]", "responses": b'{"type": "response.completed", "response": {}}', "messages": STOP}[wire]
    body = b"data: %b\n\ndata: %b\n\n" % (json.dumps(frame).encode(), end)

    _, failure = await told(wire, respx.MockResponse(200, headers=SSE, content=body))

    assert failure.kind == "malformed"


@pytest.mark.parametrize("name", [5, {"id": "m"}, ["m"], True])
async def test_a_server_that_names_itself_by_no_text_is_not_named(told, name):
    choice = {"delta": {"content": "Hel"}, "finish_reason": "stop"}
    body = b"data: %b\n\ndata: [DONE]\n\n" % json.dumps({"model": name, "choices": [choice]}).encode()

    pieces, failure = await told("chat", respx.MockResponse(200, headers=SSE, content=body))

    assert (failure, pieces[0], pieces[-1].answered_by) == (None, "Hel", None)


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("body", "kind"),
    [({"error": {"message": "Overloaded", "type": "overloaded_error"}}, "overload"), ({"id": "x"}, "malformed")],
)
async def test_an_answer_that_is_no_stream_is_a_failure(told, wire, body, kind):
    _, failure = await told(wire, respx.MockResponse(200, json=body))

    assert failure.kind == kind


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("error", [None, httpx2.ReadError("reset"), httpx2.RemoteProtocolError("early end")])
async def test_an_answer_that_breaks_off_is_cut_and_its_words_are_told_before(wire, error):
    body = b"".join(begun(wire))
    response = httpx2.Response(200, headers=SSE, stream=Cut(body, failing=error))
    transport = httpx2.MockTransport(lambda request: response)
    provider, client = provider_of(wire, "https://provider.test", httpx2.AsyncClient(transport=transport))

    pieces, failure = await heard(provider)

    assert (pieces, failure.kind) == (["Hel"], "cut")
    # Only Anthropic tells at the beginning what the prompt took.
    assert failure.usage == (Usage(input_tokens=10, output_tokens=1, is_estimated=True) if wire == "messages" else None)
    await client.close()


@pytest.mark.parametrize(
    ("wire", "frames"),
    [*((wire, write(HELLO)) for wire, write in WRITE.items()), ("chat", written.chat(HELLO, done=False))],
    ids=[*WIRES, "chat without [DONE]"],
)
async def test_an_answer_whose_end_was_told_is_whole_although_the_connection_breaks(wire, frames):
    body = b"".join(frames)
    response = httpx2.Response(200, headers=SSE, stream=Cut(body, failing=httpx2.ReadError("reset")))
    transport = httpx2.MockTransport(lambda request: response)
    provider, client = provider_of(wire, "https://provider.test", httpx2.AsyncClient(transport=transport))

    pieces, failure = await heard(provider)

    assert failure is None
    assert "".join(piece for piece in pieces if isinstance(piece, str)) == "Hello"
    assert isinstance(pieces[-1], Answered)
    await client.close()


@pytest.mark.parametrize("wire", WIRES)
async def test_words_that_come_together_are_one_piece_and_what_follows_the_end_is_nothing(told, wire):
    body = b"".join(WRITE[wire](HELLO)) + b"data: \n\ndata: [DONE]\n\n"

    pieces, failure = await told(wire, respx.MockResponse(200, headers=SSE, content=body))

    assert (failure, pieces[0]) == (None, "Hello")
    assert isinstance(pieces[-1], Answered)
