"""One answer of a model: what is told while it arrives, and the message it becomes."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from langchain_core.messages import AIMessageChunk
from langchain_core.runnables import RunnableGenerator

from domain.events import TextArrived, TextEnded, TextStarted, ToolArgumentsArrived, ToolCallEnded, ToolCallStarted
from graphs.speaking import speak


def call(index: int | None, call_id: str | None, name: str | None, args: str) -> AIMessageChunk:
    return AIMessageChunk("", tool_call_chunks=[{"index": index, "id": call_id, "name": name, "args": args}])


@pytest.fixture
def told() -> list[Any]:
    return []


async def heard(chunks: list[AIMessageChunk], told: list[Any]) -> Any:
    async def stream(_: AsyncIterator[Any]) -> AsyncIterator[AIMessageChunk]:
        for chunk in chunks:
            yield chunk

    return await speak(RunnableGenerator(stream), [], told.append, message_id="m")


async def test_words_are_told_as_they_come_and_joined_in_the_message(told):
    message = await heard([AIMessageChunk("Hello "), AIMessageChunk("there.")], told)

    assert (message.id, message.text) == ("m", "Hello there.")
    assert told == [TextStarted("m"), TextArrived("m", "Hello "), TextArrived("m", "there."), TextEnded("m")]


async def test_a_call_split_over_pieces_is_one_call(told):
    message = await heard([call(0, "c", "add_tasks", '{"tas'), call(0, None, None, 'ks": []}')], told)

    (made,) = message.tool_calls
    assert (made["name"], made["args"]) == ("add_tasks", {"tasks": []})
    assert told == [
        ToolCallStarted(made["id"], "add_tasks", message.id),
        ToolArgumentsArrived(made["id"], '{"tas'),
        ToolArgumentsArrived(made["id"], 'ks": []}'),
        ToolCallEnded(made["id"]),
    ]


async def test_two_calls_with_the_same_provider_id_stay_two(told):
    message = await heard([call(0, "same", "search", "{}"), call(1, "same", "undo", "{}")], told)

    first, second = message.tool_calls
    assert (first["name"], second["name"]) == ("search", "undo")
    assert first["id"] != second["id"]


@pytest.mark.parametrize("arguments", ['{"tasks": [', '"a word"', "[]"], ids=["cut", "text", "list"])
async def test_arguments_that_are_no_object_are_handed_on_for_the_tool_to_refuse(arguments, told):
    message = await heard([call(0, "c", "add_tasks", arguments)], told)

    assert message.tool_calls[0]["args"] == {"unreadable": arguments}
