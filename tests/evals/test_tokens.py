"""What each turn has a model read, and what a provider that keeps prompts has read before."""

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from evals.tokens import KEPT_BY, LEAST_KEPT, MESSAGE_TOKENS, PARTS, measure, read, segments
from evals.transcripts import Transcript
from graphs.narrowing import Surface
from graphs.pieces import Asked
from ml.tokens import Tokens

TOKENS = Tokens()
UNDO = Surface(name="few", schemas=(), text="undo", hash="h")
LONG = "word " * 3_000


@pytest.fixture
def asked():
    """A prompt with every part; `below` is what stands under the person's words."""

    def make(said: str = "buy milk") -> Asked:
        below = "\n\n<turn>\nNow\n<passages>\n[1] note\n</passages>\n</turn>\n"
        calls = [{"id": "c", "name": "search", "args": {"query": "milk"}}]
        return Asked(
            messages=[
                SystemMessage("Be short."), SystemMessage("Ada"), HumanMessage("hello"), AIMessage("Hello!"),
                HumanMessage(said + below, additional_kwargs={"said": said}),
                AIMessage("", tool_calls=calls), ToolMessage("found", tool_call_id="c"),
            ]
        )  # fmt: skip

    return make


def test_a_prompt_is_cut_into_its_parts_and_nothing_of_it_is_lost(asked):
    made = list(segments(asked(), UNDO))

    assert {part for part, _ in made} == set(PARTS)
    assert "".join(text for part, text in made if part in ("message", "passages")) == asked().messages[4].text
    assert [text for part, text in made if part == "history"] == ["hello", "Hello!"]
    assert [text for part, text in made if part == "steps" and text] == ['search {"query": "milk"}', "found"]


def test_what_stood_at_the_beginning_of_a_prompt_before_is_known():
    first = [("tools", LONG), ("instructions", LONG), ("message", "hello")]
    second = [("tools", LONG), ("instructions", LONG), ("message", "good bye")]

    told = read(second, [first], TOKENS)

    assert told.known["message"] == 0
    assert told.known["tools"] == told.tokens["tools"]
    assert 0 <= told.tokens["instructions"] - told.known["instructions"] < KEPT_BY + MESSAGE_TOKENS
    assert sum(told.known.values()) % KEPT_BY == 0


def test_what_comes_after_a_difference_is_not_known():
    told = read([("tools", "other"), ("instructions", LONG)], [[("tools", LONG), ("instructions", LONG)]], TOKENS)

    assert not any(told.known.values())


def test_a_beginning_that_is_short_is_not_kept():
    short = [("tools", "word " * (LEAST_KEPT // 4)), ("message", "hello")]

    assert not any(read(short, [short], TOKENS).known.values())


def test_nothing_is_known_at_first():
    assert not any(read([("tools", LONG)], [], TOKENS).known.values())


async def test_the_turns_of_a_transcript_are_told_part_by_part():
    said = {"name": "one", "now": "2026-11-18T10:00:00-05:00", "zone": "America/New_York"}
    transcript = Transcript.model_validate({**said, "turns": [{"say": "call the plumber on Friday"}, {"say": "hello"}]})

    lines = await measure([transcript])

    assert [line.split("|")[1].strip() for line in lines if line.startswith("|")][2:] == [*PARTS, "**all**"]
    assert "1 of 1 turns (100.0%)" in lines[-1]
