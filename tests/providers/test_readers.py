"""What compatible servers send that OpenAI does not, and how streams end."""

import json

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from agent.models import chat_completions, messages, responses
from agent.models.chat_completions import ChatReader
from agent.models.frames import LONGEST_BYTES, Frames, loaded
from agent.models.messages import MessagesReader
from agent.models.responses import ResponsesReader
from domain.model_calls import ModelFailure, Usage
from graphs.pieces import CallArguments, CallBegun, Reasoned
from tests.providers import written
from tests.providers.written import Script

THOUGHTFUL = Script(
    steps=[("reasoning", None, "hm"), ("text", None, "Let me see."), ("begin", 0, "search"), ("arguments", 0, "{}")],
    reason="tool_calls",
)


def read(reader, *frames):
    """All pieces of these frames, the last one included."""
    pieces = [piece for frame in Frames().feed(b"".join(frames)) for piece in reader.take(frame)]
    return [*pieces, reader.end()]


def chunk(reason=None, **delta):
    """A frame of a chat completion."""
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return b"data: %b\n\n" % json.dumps({"model": "m-1", "choices": [choice]}).encode()


def part(arguments=None, *, name=None, **more):
    """A fragment of a call."""
    return chunk(tool_calls=[{**more, "function": {"name": name, "arguments": arguments}}])


DONE = b"data: [DONE]\n\n"
STREAM = 'data: {"a": "ü€🦊"}\n\n: ping\n\nevent: x\nid: 7\ndata: one\ndata:two\n\nretry: 5\n\ndata\n\n\ndata: last'
DATA = ['{"a": "ü€🦊"}', "one\ntwo", "", "last"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["LF", "CR LF", "CR"])
def test_frames_are_whole_wherever_the_stream_is_cut(newline):
    body = STREAM.replace("\n", newline).encode()
    cuts = [[body[:at], body[at:]] for at in range(len(body))]

    for pieces in [*cuts, [body[at : at + 1] for at in range(len(body))], [body]]:
        frames = Frames()
        told = [data for piece in pieces for data in frames.feed(piece)]

        assert [data.decode() for data in told + frames.end()] == DATA


def test_a_frame_is_told_with_its_blank_line_and_waits_for_no_byte_after_it():
    assert Frames().feed(b"data: 1\r\n\r\n") == [b"1"]
    assert Frames().feed(b"data: 1\r\r") == [b"1"]


def test_a_frame_that_never_ends_is_given_up():
    frames = Frames()

    with pytest.raises(ValueError, match="bytes"):
        for _ in range(LONGEST_BYTES // 2**20 + 2):
            frames.feed(b"x" * 2**20)


def test_what_pythons_json_reads_is_read():
    assert loaded(b'{"a": NaN, "b": "\\ud83d"}')["b"] == "\ud83d"


@pytest.mark.parametrize(
    "frames",
    [
        pytest.param(
            [
                part("", name="a", index=0, id="x"),
                part("", name="b", index=1, id="y"),
                part('{"n"', index=0),
                part('{"n":', index=1),
                part(":1}", index=0),
                part("2}", index=1),
            ],
            id="as OpenAI does, interleaved",
        ),
        pytest.param([part('{"n":1}', name="a", id="x"), part('{"n":2}', name="b", id="y")], id="whole, without index"),
        pytest.param(
            [part("", name="a", id="x"), part('{"n":1}'), part("", name="b", id="y"), part('{"n":'), part("2}")],
            id="in pieces, without index",
        ),
        pytest.param(
            [part('{"n":1}', name="a", index=0, id="x"), part('{"n":2}', name="b", index=0, id="y")],
            id="all under index 0",
        ),
        pytest.param(
            [part('{"n":1}', name="a", index=0), part('{"n":2}', name="b", index=0)], id="index 0, and no id at all"
        ),
        pytest.param(
            [
                part("", name="a", index=0, id="x"),
                part('{"n"', name="a", index=0, id="x"),
                part(":1}", name="a", index=0, id="x"),
                part('{"n":2}', name="b", index=1, id="y"),
            ],
            id="id and name with each fragment",
        ),
        pytest.param(
            [
                part("", name="a", index=0, id="x"),
                part('{"n"', index=0, id="z1"),
                part(":1}", index=0, id="z2"),
                part('{"n":2}', name="b", index=1, id="y"),
            ],
            id="a new id with each fragment",
        ),
        pytest.param(
            [
                part("", index=0, id="x"),
                part('{"n":', name="", index=0),
                part("1}", name="a", index=0),
                part('{"n":2}', name="b", index=1, id=""),
            ],
            id="the name late, and an empty id",
        ),
        pytest.param(
            [part({"n": 1}, name="a", index=0, id="x"), part({"n": 2}, name="b", index=1, id="y")],
            id="arguments as an object",
        ),
        pytest.param(
            [part('{"n":1}', name="a", index=3, id="x"), part('{"n":2}', name="b", index=7, id="y")],
            id="counted from elsewhere",
        ),
    ],
)
def test_fragments_of_parallel_calls_find_their_call(frames):
    *pieces, answered = read(ChatReader("openai:m"), *frames, chunk("tool_calls"), DONE)

    arguments = {}
    for piece in pieces:
        if isinstance(piece, CallArguments):
            arguments[piece.index] = arguments.get(piece.index, "") + piece.text
    assert [piece for piece in pieces if isinstance(piece, CallBegun)] == [CallBegun(0, "a"), CallBegun(1, "b")]
    assert {index: json.loads(text) for index, text in arguments.items()} == {0: {"n": 1}, 1: {"n": 2}}
    assert answered.reason == "tool_calls"


def test_a_call_without_a_name_is_told_at_the_end():
    *pieces, _ = read(ChatReader("openai:m"), part("{}", index=0, id="x"), DONE)

    assert pieces == [CallBegun(0, ""), CallArguments(0, "{}")]


@pytest.mark.parametrize(
    "delta", [{"reasoning_content": "hm"}, {"reasoning": "hm"}, {"reasoning": "hm", "reasoning_content": "hm"}]
)
def test_thinking_aloud_has_two_names(delta):
    *pieces, _ = read(
        ChatReader("openai:m"), chunk(role="assistant", content=None, **delta), chunk(content="Yes."), DONE
    )

    assert pieces == [Reasoned("hm"), "Yes."]


def test_words_and_thoughts_may_share_a_frame_and_content_may_have_parts():
    thought = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}
    frames = chunk(content="Yes", reasoning="so"), chunk(content=[thought, {"type": "text", "text": "."}])

    *pieces, _ = read(ChatReader("openai:m"), *frames, chunk("stop"))

    assert pieces == [Reasoned("so"), "Yes", Reasoned("hm"), "."]


@pytest.mark.parametrize(
    ("told", "usage"),
    [
        (
            {"prompt_tokens": 9, "completion_tokens": 4, "prompt_tokens_details": None},
            Usage(input_tokens=9, output_tokens=4),
        ),
        (
            {
                "prompt_tokens": 9,
                "completion_tokens": 4,
                "total_tokens": 19,
                "completion_tokens_details": {"reasoning_tokens": 6},
            },
            Usage(input_tokens=9, output_tokens=10, reasoning_tokens=6),
        ),
        (
            {"prompt_tokens": 9, "completion_tokens": 4, "prompt_cache_hit_tokens": 8},
            Usage(input_tokens=9, output_tokens=4, cached_tokens=8),
        ),
        (
            {"prompt_tokens": None, "completion_tokens": "4", "total_tokens": -1},
            Usage(),
        ),
    ],
    ids=["no details", "reasoning counted beside", "cache told elsewhere", "nonsense"],
)
def test_usage_is_counted_one_way(told, usage):
    counted = b"data: %b\n\n" % json.dumps({"choices": [], "usage": told}).encode()

    assert read(ChatReader("openai:m"), chunk("stop", content="Hi"), counted, DONE)[-1].usage == usage


@pytest.mark.parametrize(
    ("frames", "reason"),
    [
        ([chunk(content="Hi"), chunk("stop")], "stop"),
        ([chunk(content="Hi"), DONE], "stop"),
        ([chunk(content="Hi"), chunk("length"), DONE], "length"),
        ([chunk(refusal="I will not."), chunk("stop"), DONE], "refused"),
        ([part("{}", name="a", index=0), chunk("stop"), DONE], "tool_calls"),
        ([part('{"a', name="a", index=0), chunk("length"), DONE], "length"),
    ],
    ids=["without [DONE]", "without a reason", "length", "refused in words", "calls", "half a call"],
)
def test_a_chat_completion_ends_for_a_reason(frames, reason):
    assert read(ChatReader("openai:m"), *frames)[-1].reason == reason


@pytest.mark.parametrize(
    ("reader", "frames"),
    [
        (ChatReader, [chunk(content="Hi")]),
        (ChatReader, [chunk(role="assistant"), DONE]),
        (ChatReader, []),
        (ResponsesReader, written.responses(THOUGHTFUL)[:-1]),
        (MessagesReader, written.messages(THOUGHTFUL)[:-2]),
    ],
    ids=["chat", "chat that said nothing", "empty", "responses", "messages"],
)
def test_a_stream_without_its_end_is_no_answer(reader, frames):
    assert read(reader("openai:m"), *frames)[-1] is None


@pytest.mark.parametrize("steps", [[], [("text", None, "To build a")]], ids=["at once", "midway"])
@pytest.mark.parametrize(
    ("reader", "write"),
    [(ChatReader, written.chat), (ResponsesReader, written.responses), (MessagesReader, written.messages)],
    ids=["chat", "responses", "messages"],
)
def test_what_a_filter_stops_is_no_answer_and_is_paid_for_all_the_same(reader, write, steps):
    with pytest.raises(ModelFailure) as caught:
        read(reader("openai:m"), *write(Script(steps=steps, reason="refused", input=9, output=4)))

    assert (caught.value.kind, caught.value.usage) == ("refused", Usage(input_tokens=9, output_tokens=4))


def test_a_refusal_in_words_is_an_answer_on_the_other_wire_of_openai_too():
    ended = {"type": "response.completed", "response": {"status": "completed", "model": "m-1"}}
    refusal = {"type": "response.refusal.delta", "output_index": 0, "delta": "I will not."}

    *pieces, answered = read(
        ResponsesReader("openai:m"), *(written.data(Script(steps=[]), value) for value in (refusal, ended))
    )

    assert (pieces, answered.reason) == (["I will not."], "refused")


def test_a_call_may_come_whole_on_the_other_wires_too():
    called = {"type": "function_call", "id": "fc", "call_id": "c", "name": "a", "arguments": '{"n":1}'}
    done = {"type": "response.output_item.done", "output_index": 0, "item": called}
    ended = {"type": "response.completed", "response": {"status": "completed", "model": "m-1"}}
    block = {"type": "tool_use", "id": "t", "name": "a", "input": {"n": 1}}
    frames = [
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 3}},
        {"type": "message_stop"},
    ]
    script = Script(steps=[])

    by_responses = read(ResponsesReader("openai:m"), *(written.data(script, value) for value in (done, ended)))
    by_messages = read(MessagesReader("anthropic:m"), *(written.data(script, value) for value in frames))

    assert by_responses[:2] == by_messages[:2] == [CallBegun(0, "a"), CallArguments(0, '{"n":1}')]


@pytest.mark.parametrize(
    ("reader", "write", "given_back"),
    [
        (
            ChatReader,
            written.chat,
            lambda said: chat_completions.messages(said, "a:m")[1]["reasoning_content"] == "hm",
        ),
        (
            MessagesReader,
            written.messages,
            lambda said: (
                [block["type"] for block in messages.messages(said, "a:m")[1]["content"]]
                == ["thinking", "text", "tool_use"]
                and messages.messages(said, "a:m")[1]["content"][0]
                == {"type": "thinking", "thinking": "hm", "signature": "sig0"}
            ),
        ),
        (
            ResponsesReader,
            written.responses,
            lambda said: (
                responses.items(said, "a:m")[1]
                == {"type": "reasoning", "id": "rs_0", "summary": [], "encrypted_content": "sealed0"}
            ),
        ),
    ],
    ids=["chat", "messages", "responses"],
)
def test_thinking_is_given_back_to_the_model_that_thought_and_to_no_other(reader, write, given_back):
    kept = read(reader("a:m"), *write(THOUGHTFUL))[-1].kept
    said = [
        HumanMessage("Find it."),
        AIMessage(
            "Let me see.",
            tool_calls=[{"id": "call_1", "name": "search", "args": {}}],
            additional_kwargs={"kept": json.loads(json.dumps(kept))},
        ),
        ToolMessage("[]", tool_call_id="call_1"),
    ]

    assert given_back(said)
    for wire in (chat_completions.messages, messages.messages, responses.items):
        assert "hm" not in str(wire(said, "another:m"))
        assert "sealed0" not in str(wire(said, "another:m"))
