"""The beginning of a conversation that has grown too long is summed up behind the scenes."""

import json
from itertools import chain

import pytest
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableLambda

from agent.condensing import LONGEST, beginning, condense, condensed, parts
from domain.model_calls import ModelFailure
from domain.threads import Message
from graphs.fitting import Room
from ml.tokens import Tokens
from storage.condensed import Condensed
from storage.threads import Threads
from tests.agent.conftest import NOW

ROOM = Room(tokens=Tokens(), model="openai:gpt-5-mini", most=12_000)
DONE = json.dumps({"summary": "Added «Paint the fence».", "action_id": "a", "items": []})
FOUND = json.dumps({"summary": "Found three notes.", "action_id": None, "items": []})


@pytest.fixture
def threads(pool, user):
    return Threads(pool, user)


@pytest.fixture
def model():
    """A model that says these, in order; and what it was asked."""

    def make(*says):
        left, asked = list(says), []

        def say(messages):
            asked.append(messages[0].text)
            match left.pop(0):
                case Exception() as error:
                    raise error
                case words:
                    return AIMessage(words)

        return RunnableLambda(say), asked

    return make


@pytest.fixture
def talk():
    """Messages of so many turns, each a question, what a tool did, and an answer."""

    def make(turns: int, words: str = "The fence wants paint. ") -> list[Message]:
        said = []
        for turn in range(turns):
            fields = {"thread_id": "t", "parent_id": None, "run_id": None, "created_at": NOW}
            for place, (role, content) in enumerate(
                [("user", f"Number {turn}. {words * 10}"), ("tool", DONE), ("assistant", "It is done.")]
            ):
                position = 3 * turn + place + 1
                said.append(Message(id=f"m{position}", role=role, content=content, position=position, **fields))
        return said

    return make


async def test_the_latest_turns_stay_word_for_word(talk):
    turns = beginning(talk(60), ROOM)

    assert 0 < len(turns) < 60
    assert all(turn[0].role == "user" for turn in turns)
    stay = talk(60)[3 * len(turns) :]
    assert sum(ROOM.count(message.content) for message in stay) <= ROOM.most


async def test_the_last_turn_stays_however_long_it_is(talk):
    assert beginning(talk(1, words="Paint. " * 5_000), ROOM) == []


async def test_of_many_short_messages_half_stays(talk):
    many = Room(tokens=Tokens(), model="openai:gpt-5-mini", most=1_000_000)

    turns = beginning(talk(60), many)

    assert 60 - 75 // 3 <= len(turns) < 60


async def test_what_is_summed_up_at_once_is_not_longer_than_a_model_reads(talk):
    made = list(parts(beginning(talk(400), ROOM)))

    assert len(made) > 1
    assert list(chain(*made)) == talk(400)[: sum(map(len, made))]


async def test_a_model_is_told_who_said_what_and_what_was_done(model):
    asked_model, asked = model("Here it is:\n- The fence is painted.\nBye")

    summary = await condensed(asked_model, "- The house is old.", ["The person: paint it", "Done: Painted."])

    assert summary == "- The fence is painted."
    assert "- The house is old.\nThe person: paint it\nDone: Painted." in asked[0]


@pytest.mark.parametrize("says", [ModelFailure("overload", "busy"), "I would rather not.", ""])
async def test_without_a_model_that_answers_its_own_sentences_serve(model, says):
    asked_model, _ = model(says)
    said = ["The person: We decided to paint the fence green on Friday.", "The assistant: Added «Paint the fence»."]

    summary = await condensed(asked_model, "- The landlord pays for the paint.", said)

    assert summary == await condensed(None, "- The landlord pays for the paint.", said)
    assert "fence green" in summary
    assert all(line.startswith("- ") for line in summary.splitlines())


async def test_a_model_that_does_not_count_is_cut(model):
    asked_model, _ = model("- A line of many words.\n" * 1_000)

    assert len(await condensed(asked_model, "", ["The person: hello"])) <= LONGEST


async def test_a_crowded_thread_is_summed_up_part_by_part_and_left(pool, user, threads, talk, model):
    await threads.append(talk(360))
    await threads.ask_to_condense("t")
    asked_model, asked = model(*(f"- Summary {n}." for n in range(50)))

    await condense(pool, asked_model, ROOM, user)

    behind = await threads.backdrop("t")
    assert behind.summary == f"- Summary {len(asked) - 1}."
    assert f"- Summary {len(asked) - 2}." in asked[-1]
    assert len(asked) > 1
    assert await Condensed(pool, user).crowded(after="", limit=5) == []
    left = await Condensed(pool, user).since("t", behind.upto, limit=200)
    assert left[0].role == "user" and left[-1].id == "m1080"


async def test_what_a_tool_only_found_is_not_told(pool, user, threads, talk, model):
    said = [message if message.role != "tool" else message_with(message, FOUND) for message in talk(60)]
    await threads.append(said)
    await threads.ask_to_condense("t")
    asked_model, asked = model("- Summary.", "- Summary.")

    await condense(pool, asked_model, ROOM, user)

    assert "Found three notes" not in asked[0]
    assert "The assistant: It is done." in asked[0]


def message_with(message: Message, content: str) -> Message:
    return Message(**{**vars(message), "content": content})
