"""One answer of a model: what is told while it arrives, and the message it becomes."""

from typing import Any

import pytest

from domain.events import (
    Noticed,
    ReasoningArrived,
    ReasoningEnded,
    ReasoningStarted,
    TextArrived,
    TextEnded,
    TextStarted,
    ToolArgumentsArrived,
    ToolCallEnded,
    ToolCallStarted,
    Withdrawn,
)
from graphs.citing import Markers
from graphs.pieces import Abandoned, Answered, CallArguments, CallBegun, Notice, Piece, Reasoned
from graphs.speaking import speak


class Heard:
    """A log that keeps what it is told, and what of it had to be stored at once."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.stored: list[Any] = []

    def tell(self, event: Any) -> None:
        self.events.append(event)

    async def tell_stored(self, *events: Any) -> None:
        self.events.extend(events)
        self.stored.extend(events)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def hear(heard):
    """The message that these pieces become."""

    async def hear(*pieces: Piece) -> Any:
        async def stream():
            for piece in pieces:
                yield piece

        message, _ = await speak(stream(), heard, message_id=lambda start: "m" if start == 0 else f"m{start}")
        return message

    return hear


async def test_words_are_told_as_they_come_and_joined_in_the_message(hear, heard):
    message = await hear("Hello ", "there.", Answered(model="openai:m"))

    assert (message.id, message.text, message.response_metadata["model"]) == ("m", "Hello there.", "openai:m")
    assert heard.events == [TextStarted("m"), TextArrived("m", "Hello "), TextArrived("m", "there."), TextEnded("m")]


async def test_a_call_split_over_pieces_is_one_call(hear, heard):
    message = await hear(CallBegun(0, "add_tasks"), CallArguments(0, '{"tas'), CallArguments(0, 'ks": []}'))

    (made,) = message.tool_calls
    assert (made["name"], made["args"]) == ("add_tasks", {"tasks": []})
    assert heard.events == [
        ToolCallStarted(made["id"], "add_tasks", message.id),
        ToolArgumentsArrived(made["id"], '{"tas'),
        ToolArgumentsArrived(made["id"], 'ks": []}'),
        ToolCallEnded(made["id"]),
    ]


async def test_parallel_calls_whose_pieces_interleave_stay_apart(hear):
    message = await hear(
        CallBegun(0, "search"),
        CallBegun(1, "undo"),
        CallArguments(0, '{"query":'),
        CallArguments(1, "{}"),
        CallArguments(0, '"tea"}'),
    )

    first, second = message.tool_calls
    assert (first["name"], first["args"]) == ("search", {"query": "tea"})
    assert (second["name"], second["args"]) == ("undo", {})
    assert first["id"] != second["id"]


@pytest.mark.parametrize("arguments", ['{"tasks": [', '"a word"', "[]"], ids=["cut", "text", "list"])
async def test_arguments_that_are_no_object_are_handed_on_for_the_tool_to_refuse(arguments, hear):
    message = await hear(CallBegun(0, "add_tasks"), CallArguments(0, arguments))

    assert message.tool_calls[0]["args"] == {"unreadable": arguments}


@pytest.mark.parametrize("depth", [40, 900, 100_000])
async def test_arguments_without_a_bottom_are_handed_on_for_the_tool_to_refuse(depth, hear):
    arguments = '{"tasks": ' + "[" * depth + "]" * depth + "}"

    message = await hear(CallBegun(0, "add_tasks"), CallArguments(0, arguments))

    assert message.tool_calls[0]["args"] == {"unreadable": arguments[:2_000]}


async def test_what_an_abandoned_attempt_said_is_taken_back_and_the_next_begins_anew(hear, heard):
    message = await hear("I shall", CallBegun(0, "undo"), Abandoned("cut"), "Well", " then.", Answered(model="offline"))

    assert (message.id, message.text, message.tool_calls) == ("m1", "Well then.", [])
    assert heard.stored == [Withdrawn("m")]
    assert heard.events[-4:] == [
        TextStarted("m1"),
        TextArrived("m1", "Well"),
        TextArrived("m1", " then."),
        TextEnded("m1"),
    ]


async def test_an_attempt_that_said_nothing_is_not_taken_back(hear, heard):
    message = await hear(Abandoned("overload"), "Hello.")

    assert message.id == "m"
    assert heard.stored == []


async def test_what_an_abandoned_attempt_held_back_is_no_part_of_the_next(heard):
    async def stream():
        for piece in ("[1", Abandoned("cut"), "Hello.", Answered(model="m")):
            yield piece

    message, _ = await speak(stream(), heard, message_id=lambda start: f"m{start}", markers=lambda: Markers(3))

    assert (message.id, message.text) == ("m0", "Hello.")
    assert heard.stored == []


async def test_thoughts_end_where_words_begin_and_are_no_part_of_the_message(hear, heard):
    message = await hear(Reasoned("Hm, "), Reasoned("milk."), "Yes.", Reasoned("So it was."), " Milk.")

    assert message.text == "Yes. Milk."
    assert heard.events[:5] == [
        ReasoningStarted("m"),
        ReasoningArrived("m", "Hm, "),
        ReasoningArrived("m", "milk."),
        ReasoningEnded("m"),
        TextStarted("m"),
    ]
    assert not any(isinstance(event, ReasoningArrived) for event in heard.events[5:])


async def test_a_notice_is_told_beside_the_answer(hear, heard):
    await hear(Notice("fallback", "Another model answers."), "Yes.")

    assert heard.events[0] == Noticed("fallback", "Another model answers.")


async def test_what_a_provider_wants_back_stays_with_the_message(hear):
    message = await hear("Yes.", Answered(model="m", kept=({"type": "thinking", "signature": "s"},)))

    assert message.additional_kwargs["kept"] == [{"type": "thinking", "signature": "s"}]


async def test_what_no_database_takes_is_told_otherwise(hear):
    message = await hear("a\x00b\ud800", CallBegun(0, "undo"), CallArguments(0, '{"what": "\\u0000"}'))

    assert message.text == "a\ufffdb\ufffd"
    assert message.tool_calls[0]["args"] == {"what": "\ufffd"}
