from uuid import uuid4

import pytest
from langchain_core.messages import AIMessageChunk, HumanMessage, SystemMessage
from langchain_core.tools import tool

from agent.models.speaker_model import SpeakerModel
from domain.model_calls import Account, ModelFailure, Usage
from graphs.pieces import Abandoned, Answered, CallArguments, CallBegun, Notice, Reasoned

ACCOUNT = Account(user_id=uuid4(), purpose="title")
END = Answered(
    model="openai:m",
    answered_by="m-1",
    usage=Usage(input_tokens=9, output_tokens=4, cached_tokens=3, reasoning_tokens=1),
    kept=({"model": "openai:m"},),
)


class Says:
    """Says these pieces, and remembers what it was asked, and on whose behalf."""

    def __init__(self, *pieces):
        self._pieces = pieces
        self.asked = []

    async def stream(self, asked, account, charge):
        self.asked.append((asked, account))
        for piece in self._pieces:
            yield piece
        charge("a call")


@pytest.fixture
def charged():
    return []


@pytest.fixture
def model(charged):
    return lambda speaker: SpeakerModel(speaker=speaker, account=ACCOUNT, charge=charged.append)


async def test_the_answer_comes_as_one_message_with_what_it_took(model, charged):
    speaker = Says(Reasoned("hm"), Notice("fallback", "Another answers."), "Oat ", "milk", END)
    asked = [SystemMessage("Name it."), HumanMessage("milk")]

    said = await model(speaker).ainvoke(asked)

    assert said.text == "Oat milk"
    assert said.additional_kwargs == {"reasoning_content": "hm", "kept": [{"model": "openai:m"}]}
    assert said.response_metadata["model_name"] == "m-1"
    assert (said.usage_metadata["input_tokens"], said.usage_metadata["total_tokens"]) == (9, 13)
    assert said.usage_metadata["input_token_details"]["cache_read"] == 3
    ((given, account),) = speaker.asked
    assert (list(given.messages), account, charged) == (asked, ACCOUNT, ["a call"])


async def test_calls_side_by_side_become_calls_of_the_tools_that_were_bound(model):
    @tool
    def add(title: str) -> str:
        """Add."""
        return title

    begun = CallBegun(0, "add"), CallBegun(1, "add"), CallArguments(0, '{"title":'), CallArguments(1, '{"title":"b"}')
    speaker = Says(*begun, CallArguments(0, '"a"}'), END)

    said = await model(speaker).bind_tools([add]).ainvoke([HumanMessage("a and b")])

    assert [call["args"] for call in said.tool_calls] == [{"title": "a"}, {"title": "b"}]
    assert speaker.asked[0][0].tools[0]["function"]["name"] == "add"


async def test_what_an_abandoned_attempt_said_is_no_part_of_the_answer(model):
    said = await model(Says("Wro", Abandoned("cut"), "Right", END)).ainvoke([HumanMessage("x")])

    assert said.text == "Right"


async def test_words_that_were_streamed_cannot_be_taken_back(model):
    heard = []

    with pytest.raises(ModelFailure) as caught:
        async for chunk in model(Says("Wro", Abandoned("cut"), "Right", END)).astream([HumanMessage("x")]):
            heard.append(chunk.text)

    assert (heard, caught.value.kind) == (["Wro"], "cut")


async def test_an_attempt_that_said_nothing_may_be_abandoned_while_streaming(model):
    chunks = [chunk async for chunk in model(Says(Abandoned("overload"), "Right", END)).astream([HumanMessage("x")])]

    assert "".join(chunk.text for chunk in chunks) == "Right"
    assert all(isinstance(chunk, AIMessageChunk) for chunk in chunks)


async def test_what_no_database_takes_is_no_part_of_the_text(model):
    assert (await model(Says("a\x00b\ud83d", END)).ainvoke([HumanMessage("x")])).text == "a�b�"
