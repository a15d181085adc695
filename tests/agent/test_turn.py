"""A turn: one run, its messages stored, its approvals waiting over a restart, its end always told."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.runnables import RunnableGenerator

from agent.turn import Agent, Turn
from domain.errors import Conflict, Invalid
from domain.events import RunCancelled, RunFailed, RunFinished, RunPaused, TextArrived, ToolAnswered
from domain.people import Profile
from domain.runs import Answer
from graphs.conversation import build_conversation
from storage.runs import Runs
from tools.registry import TOOLS

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


class Script:
    """A model that says what it was given, in order; `asked` keeps the messages of each call."""

    def __init__(self, *says: AIMessage | Exception | float) -> None:
        self.says = list(says)
        self.asked: list[Any] = []

    async def __call__(self, messages):
        async for asked in messages:
            self.asked.append(asked)
        match self.says.pop(0):
            case Exception() as error:
                raise error
            case AIMessage() as message:
                pieces = [
                    {"index": n, "id": call["id"], "name": call["name"], "args": json.dumps(call["args"])}
                    for n, call in enumerate(message.tool_calls)
                ]
                yield AIMessageChunk(message.text, tool_call_chunks=pieces)
            case seconds:
                yield AIMessageChunk("Thinking ")
                await asyncio.sleep(seconds)


def calls(*pairs: tuple[str, dict[str, Any]]) -> AIMessage:
    return AIMessage("", tool_calls=[{"id": "same", "name": name, "args": args} for name, args in pairs])


@pytest.fixture
def profile(user) -> Profile:
    return Profile(user_id=user, name="Ada", zone="Europe/Berlin")


@pytest.fixture
def agent_that_says(pool):
    def build(*says: AIMessage | Exception | float, now: datetime = NOW) -> Agent:
        conversation = build_conversation(model=RunnableGenerator(Script(*says)), tools=TOOLS)
        return Agent(pool=pool, conversation=conversation, embeddings=None, model_name="script", now=lambda: now)

    return build


@pytest.fixture
def say(profile):
    async def take(agent: Agent, text: str = "", *, thread: str = "t", run: str | None = None, answers=()) -> list[Any]:
        turn = Turn(
            profile=profile,
            thread_id=thread,
            run_id=run or str(uuid4()),
            message_id=str(uuid4()),
            text=text,
            answers=tuple(answers),
        )
        told = await agent.take(turn)
        return [event async for _, event in told.read()]

    return take


ADD_MILK = calls(("add_tasks", {"tasks": [{"title": "Buy milk"}]}))
DELETE_MILK = calls(("delete_tasks", {"tasks": ["milk"]}))
DONE = AIMessage("Done.")


async def titles(agent: Agent, profile: Profile) -> list[str]:
    return [task.title for task in (await agent.context(profile).tasks.list()).items]


async def test_a_call_acts_and_everything_said_is_kept(agent_that_says, say, profile):
    agent = agent_that_says(ADD_MILK, DONE)

    events = await say(agent, "buy milk")

    assert await titles(agent, profile) == ["Buy milk"]
    assert isinstance(events[-1], RunFinished)
    history = await agent.context(profile).threads.history("t")
    assert [message.role for message in history] == ["user", "assistant", "tool", "assistant"]


async def test_the_same_run_again_is_the_same_run(agent_that_says, say, profile):
    agent = agent_that_says(ADD_MILK, DONE)

    first = await say(agent, "buy milk", run="r")
    again = await say(agent, "buy milk", run="r")

    assert again == first
    assert await titles(agent, profile) == ["Buy milk"]


async def test_the_same_run_after_a_restart_is_told_and_not_run(agent_that_says, say, profile):
    await say(agent_that_says(ADD_MILK, DONE), "buy milk", run="r")
    restarted = agent_that_says()

    again = await say(restarted, "buy milk", run="r")

    assert [event.delta for event in again if isinstance(event, TextArrived)] == ["Done."]
    assert isinstance(again[-1], RunFinished)
    assert await titles(restarted, profile) == ["Buy milk"]


async def test_a_run_id_of_another_thread_is_refused(agent_that_says, say):
    agent = agent_that_says(DONE)
    await say(agent, "hello", run="r")

    with pytest.raises(Conflict):
        await say(agent, "hello", run="r", thread="elsewhere")


async def test_a_deletion_waits_for_a_yes_also_over_a_restart(agent_that_says, say, profile):
    await say(agent_that_says(ADD_MILK, DONE), "buy milk")
    agent = agent_that_says(DELETE_MILK)
    paused = (await say(agent, "delete the milk task"))[-1]
    assert isinstance(paused, RunPaused)
    assert await titles(agent, profile) == ["Buy milk"]

    restarted = agent_that_says(DONE)
    events = await say(restarted, answers=[Answer(approval_id=paused.approvals[0].id, approved=True)])

    assert await titles(restarted, profile) == []
    assert [type(event) for event in events if isinstance(event, ToolAnswered | RunFinished)] == [
        ToolAnswered,
        RunFinished,
    ]


async def test_a_no_changes_nothing(agent_that_says, say, profile):
    agent = agent_that_says(ADD_MILK, DONE, DELETE_MILK, DONE)
    await say(agent, "buy milk")
    paused = (await say(agent, "delete the milk task"))[-1]

    events = await say(agent, answers=[Answer(approval_id=paused.approvals[0].id, approved=False)])

    assert isinstance(events[-1], RunFinished)
    assert await titles(agent, profile) == ["Buy milk"]


async def test_an_answer_that_nothing_waits_for_is_refused(agent_that_says, say):
    with pytest.raises(Invalid, match="resume"):
        await say(agent_that_says(), answers=[Answer(approval_id="ap_unknown", approved=True)])


async def test_a_yes_given_twice_acts_once(agent_that_says, say, profile):
    agent = agent_that_says(ADD_MILK, DONE, DELETE_MILK, DONE)
    await say(agent, "buy milk")
    paused = (await say(agent, "delete the milk task"))[-1]
    yes = Answer(approval_id=paused.approvals[0].id, approved=True)

    await say(agent, answers=[yes])
    with pytest.raises(Invalid):
        await say(agent, answers=[yes])

    actions = (await agent.context(profile).ledger.actions(limit=50, cursor=None)).items
    assert [action.call.tool for action in actions].count("delete_tasks") == 1


async def test_a_yes_after_a_day_is_too_late(agent_that_says, say, profile):
    agent = agent_that_says(ADD_MILK, DONE, DELETE_MILK)
    await say(agent, "buy milk")
    paused = (await say(agent, "delete the milk task"))[-1]
    later = agent_that_says(DONE, now=NOW + timedelta(hours=25))

    await say(later, answers=[Answer(approval_id=paused.approvals[0].id, approved=True)])

    assert await titles(later, profile) == ["Buy milk"]


async def test_two_deletions_are_answered_apart(agent_that_says, say, profile):
    add = calls(("add_tasks", {"tasks": [{"title": "Buy milk"}, {"title": "Paint fence"}]}))
    both = calls(("delete_tasks", {"tasks": ["milk"]}), ("delete_tasks", {"tasks": ["fence"]}))
    agent = agent_that_says(add, DONE, both, DONE)
    await say(agent, "buy milk and paint the fence")
    paused = (await say(agent, "delete both"))[-1]
    milk, fence = paused.approvals

    still = (await say(agent, answers=[Answer(approval_id=fence.id, approved=True)]))[-1]
    assert isinstance(still, RunPaused)
    assert [approval.id for approval in still.approvals] == [milk.id]
    await say(agent, answers=[Answer(approval_id=milk.id, approved=False)])

    assert await titles(agent, profile) == ["Buy milk"]


async def test_arguments_that_are_wrong_go_back_to_the_model(agent_that_says, say, profile):
    agent = agent_that_says(calls(("add_tasks", {"tasks": [{"titel": "x"}]}), ("fly", {})), DONE)

    events = await say(agent, "buy milk")

    said = [event.content for event in events if isinstance(event, ToolAnswered)]
    assert "titel" in said[0]
    assert "fly" in said[1]
    assert await titles(agent, profile) == []


async def test_a_failure_ends_the_run_and_not_the_thread(agent_that_says, say):
    agent = agent_that_says(RuntimeError("secret"), DONE)

    failed = (await say(agent, "hello"))[-1]
    after = (await say(agent, "hello again"))[-1]

    assert isinstance(failed, RunFailed)
    assert "secret" not in failed.message
    assert isinstance(after, RunFinished)


async def test_a_cancelled_run_says_so_and_is_settled(agent_that_says, say, profile, pool):
    agent = agent_that_says(30.0)
    reading = asyncio.create_task(say(agent, "hello", run="r"))
    while agent.runs.find(profile.user_id, "r") is None:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)

    assert await agent.runs.cancel(profile.user_id, "r")

    assert isinstance((await reading)[-1], RunCancelled)
    assert (await Runs(pool, profile.user_id).get("r")).status == "cancelled"


async def test_a_busy_thread_refuses_while_somebody_reads(agent_that_says, say, profile):
    agent = agent_that_says(30.0)
    reading = asyncio.create_task(say(agent, "hello", run="r"))
    while not ((log := agent.runs.find(profile.user_id, "r")) and log.readers):
        await asyncio.sleep(0.01)

    with pytest.raises(Conflict, match="'r'"):
        await say(agent, "me too")

    await agent.close()
    assert isinstance((await reading)[-1], RunFailed)


@pytest.mark.parametrize("text", ["", " \n ", "x" * 100_001], ids=["empty", "blank", "too long"])
async def test_messages_that_are_no_messages_are_refused_and_leave_nothing(text, agent_that_says, say, profile):
    agent = agent_that_says()

    with pytest.raises(Invalid):
        await say(agent, text)

    assert (await agent.context(profile).threads.list(query=None, limit=50, cursor=None)).items == ()


async def test_the_same_run_sent_twice_at_once_is_one_run(agent_that_says, say, profile):
    agent = agent_that_says(ADD_MILK, DONE)

    told = await asyncio.gather(*(say(agent, "buy milk", run="r") for _ in range(4)))

    assert all(events == told[0] for events in told)
    assert await titles(agent, profile) == ["Buy milk"]


async def test_the_older_of_two_pauses_can_be_answered_first(agent_that_says, say, profile):
    add = calls(("add_tasks", {"tasks": [{"title": "Buy milk"}, {"title": "Paint fence"}]}))
    agent = agent_that_says(add, DONE, DELETE_MILK, calls(("delete_tasks", {"tasks": ["fence"]})), DONE, DONE)
    await say(agent, "buy milk and paint the fence")
    older = (await say(agent, "delete milk"))[-1]
    newer = (await say(agent, "delete fence"))[-1]

    await say(agent, answers=[Answer(approval_id=older.approvals[0].id, approved=True)])
    assert await titles(agent, profile) == ["Paint fence"]
    await say(agent, answers=[Answer(approval_id=newer.approvals[0].id, approved=True)])

    assert await titles(agent, profile) == []


async def test_the_first_word_counts_where_both_are_said(agent_that_says, say, profile):
    agent = agent_that_says(ADD_MILK, DONE, DELETE_MILK, DONE)
    await say(agent, "buy milk")
    paused = (await say(agent, "delete milk"))[-1]
    asked = paused.approvals[0].id

    await say(agent, answers=[Answer(approval_id=asked, approved=False), Answer(approval_id=asked, approved=True)])

    assert await titles(agent, profile) == ["Buy milk"]


async def test_what_a_call_did_is_known_though_the_next_one_was_cut(agent_that_says, say, profile):
    agent = agent_that_says(calls(("add_tasks", {"tasks": [{"title": "Buy milk"}]}), ("remember", {"text": "x"})), DONE)
    reading = asyncio.create_task(say(agent, "buy milk", run="r"))
    while not await titles(agent, profile):
        await asyncio.sleep(0.005)
    await agent.runs.cancel(profile.user_id, "r")
    await reading

    history = await agent.context(profile).threads.history("t")
    answered = {message.tool_call_id for message in history if message.role == "tool"}
    assert history[1].tool_calls[0].id in answered
