"""What a model is told beside the turn: what is remembered of the person, and what a long conversation came to."""

from datetime import timedelta

import pytest
from langchain_core.messages import AIMessage

from agent.condensing import condense
from agent.turn import Agent
from domain.memories import Memory
from graphs.asking import Terms
from graphs.conversation import build_conversation
from graphs.fitting import Room
from ml.tokens import Tokens
from storage.condensed import Condensed
from storage.ledger import Decision, Ledger
from storage.threads import Threads
from tests.agent.conftest import NOW
from tests.agent.scripts import DONE, Script, Stuck
from tools.registry import TOOLS

MOST = 14_000
LONG = AIMessage("It rained all day, and we sat inside and painted the fence in our minds. " * 60)


@pytest.fixture(scope="module")
def dsn(new_database) -> str:
    """A database of our own: who looks for orphans here finds no other test's."""
    return new_database()


@pytest.fixture
async def counting_agent(pool):
    """Makes an agent whose model is given so many tokens at most."""
    made = []

    def make(script) -> Agent:
        terms = Terms(tokens=Tokens(), most_tokens=MOST)
        conversation = build_conversation(speaker=script, tools=TOOLS, terms=terms)
        made.append(
            Agent(
                pool=pool,
                conversation=conversation,
                embeddings=None,
                model_name="script",
                lease=timedelta(seconds=2),
                now=lambda: NOW,
            )
        )
        return made[-1]

    yield make
    for agent in made:
        await agent.drain(0)


@pytest.fixture
async def remembered(pool, user, new_call):
    memory = Memory(text="I am allergic to nuts", created_at=NOW, updated_at=NOW)
    await Ledger(pool, user).act(new_call(), lambda _: Decision("Noted.", ((None, memory),), ()), at=NOW)


async def test_what_is_remembered_is_told_in_every_turn(remembered, counting_agent, say):
    script = Script(DONE, DONE)
    agent = counting_agent(script)

    await say(agent, "hello")
    await say(agent, "bake a cake", thread="other")

    assert all("- I am allergic to nuts" in asked[1].text for asked in script.asked)


async def test_whoever_goes_on_is_told_too(remembered, counting_agent, take, vanish, ended):
    model, script = Stuck(), Script(DONE)
    first, second = counting_agent(Script(model)), counting_agent(script)

    async with second.at_work():
        await take(first, "hello", run="r")
        await model.reached.wait()
        await vanish(first)
        assert await ended() == "finished"

    assert "- I am allergic to nuts" in script.asked[0][1].text


async def test_a_long_conversation_goes_on_by_what_it_came_to(counting_agent, say, pool, user):
    script = Script(*[LONG] * 12, DONE)
    agent = counting_agent(script)
    for turn in range(12):
        await say(agent, f"Number {turn}: we decided that the fence will be blue.")
    assert [thread.id for thread in await Condensed(pool, user).crowded(after="", limit=5)] == ["t"]

    await condense(pool, None, Room(tokens=Tokens(), model="script", most=MOST), user)
    await say(agent, "which colour?")

    behind = await Threads(pool, user).backdrop("t")
    assert "fence will be blue" in behind.summary
    before, after = script.asked[-2:]
    assert "fence will be blue" in after[1].text and "fence will be blue" not in before[1].text
    told = [message.text.partition(":")[0] for message in after[2:-1] if message.type == "human"]
    assert told and told[-1] == "Number 11" and len(told) < 8
    assert await Condensed(pool, user).crowded(after="", limit=5) == []
