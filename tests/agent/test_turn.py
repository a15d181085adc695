"""A turn: one run, its messages stored, its approvals waiting over a restart, its end always told."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import Busy, Conflict, Invalid
from domain.events import RunCancelled, RunFailed, RunFinished, RunPaused, TextArrived, ToolAnswered
from domain.runs import Answer
from graphs.conversation import ENDLESS, STEPS
from tests.agent.conftest import NOW
from tests.agent.scripts import DONE, Stop, Stuck, add, calls, delete, seen

ADD_MILK = calls(add("Buy milk"))
DELETE_MILK = calls(delete("milk"))


async def test_a_call_acts_and_everything_said_is_kept(agent_that_says, say, books):
    agent = agent_that_says(ADD_MILK, DONE)

    events = await say(agent, "buy milk")

    assert await books.titles() == ["Buy milk"]
    assert isinstance(events[-1], RunFinished)
    assert await books.roles() == ["user", "assistant", "tool", "assistant"]


async def test_the_same_run_again_is_the_same_run(agent_that_says, say, books):
    agent = agent_that_says(ADD_MILK, DONE)

    first = await say(agent, "buy milk", run="r")
    again = await say(agent, "buy milk", run="r")

    assert seen(again) == seen(first)
    assert again[-1] == first[-1]
    assert await books.titles() == ["Buy milk"]


async def test_the_same_run_after_a_restart_is_told_and_not_run(agent_that_says, say, books):
    await say(agent_that_says(ADD_MILK, DONE), "buy milk", run="r")
    restarted = agent_that_says()

    again = await say(restarted, "buy milk", run="r")

    assert [event.delta for event in again if isinstance(event, TextArrived)] == ["Done."]
    assert isinstance(again[-1], RunFinished)
    assert await books.titles() == ["Buy milk"]


async def test_a_run_id_of_another_thread_is_refused(agent_that_says, say):
    agent = agent_that_says(DONE)
    await say(agent, "hello", run="r")

    with pytest.raises(Conflict):
        await say(agent, "hello", run="r", thread="elsewhere")


async def test_a_deletion_waits_for_a_yes_also_over_a_restart(agent_that_says, say, books):
    await say(agent_that_says(ADD_MILK, DONE), "buy milk")
    agent = agent_that_says(DELETE_MILK)
    paused = (await say(agent, "delete the milk task"))[-1]
    assert isinstance(paused, RunPaused)
    assert await books.titles() == ["Buy milk"]

    restarted = agent_that_says(DONE)
    events = await say(restarted, answers=[Answer(approval_id=paused.approvals[0].id, approved=True)])

    assert await books.titles() == []
    assert [type(event) for event in events if isinstance(event, ToolAnswered | RunFinished)] == [
        ToolAnswered,
        RunFinished,
    ]


async def test_a_no_changes_nothing(agent_that_says, say, books):
    agent = agent_that_says(ADD_MILK, DONE, DELETE_MILK, DONE)
    await say(agent, "buy milk")
    paused = (await say(agent, "delete the milk task"))[-1]

    events = await say(agent, answers=[Answer(approval_id=paused.approvals[0].id, approved=False)])

    assert isinstance(events[-1], RunFinished)
    assert await books.titles() == ["Buy milk"]


async def test_an_answer_that_nothing_waits_for_is_refused(agent_that_says, say):
    with pytest.raises(Invalid, match="resume"):
        await say(agent_that_says(), answers=[Answer(approval_id="ap_unknown", approved=True)])


async def test_a_yes_given_twice_acts_once(agent_that_says, say, books):
    agent = agent_that_says(ADD_MILK, DONE, DELETE_MILK, DONE)
    await say(agent, "buy milk")
    paused = (await say(agent, "delete the milk task"))[-1]
    yes = Answer(approval_id=paused.approvals[0].id, approved=True)

    first = await say(agent, answers=[yes])
    again = await say(agent, answers=[yes])

    assert seen(again) == seen(first)
    with pytest.raises(Conflict, match="answered with yes"):
        await say(agent, answers=[replace(yes, approved=False)])

    assert await books.done() == ["add_tasks", "delete_tasks"]


async def test_a_yes_after_a_day_is_too_late_but_a_no_is_not(agent_that_says, say, books):
    agent = agent_that_says(ADD_MILK, DONE, DELETE_MILK)
    await say(agent, "buy milk")
    paused = (await say(agent, "delete the milk task", run="r"))[-1]
    later = agent_that_says(DONE, now=NOW + timedelta(hours=25))
    answer = Answer(approval_id=paused.approvals[0].id, approved=True)

    with pytest.raises(Invalid, match="expired"):
        await say(later, answers=[answer])
    assert await books.status("r") == "paused"
    await say(later, answers=[replace(answer, approved=False)])

    assert await books.titles() == ["Buy milk"]
    assert await books.is_whole()


async def test_two_deletions_are_answered_apart(agent_that_says, say, books):
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

    assert await books.titles() == ["Buy milk"]


async def test_arguments_that_are_wrong_go_back_to_the_model(agent_that_says, say, books):
    agent = agent_that_says(calls(("add_tasks", {"tasks": [{"titel": "x"}]}), ("fly", {})), DONE)

    events = await say(agent, "buy milk")

    said = [event.content for event in events if isinstance(event, ToolAnswered)]
    assert "titel" in said[0]
    assert "fly" in said[1]
    assert await books.titles() == []


async def test_a_model_that_only_ever_calls_tools_is_stopped_and_the_person_told(agent_that_says, say, books):
    agent = agent_that_says(*[calls(add(f"Task {number}")) for number in range(20)])

    events = await say(agent, "buy milk")

    assert len(await books.titles()) == STEPS
    assert isinstance(events[-1], RunFinished)
    assert (await books.said())[-1] == f"assistant: {ENDLESS}"
    assert await books.is_whole()


async def test_a_failure_ends_the_run_and_not_the_thread(agent_that_says, say):
    agent = agent_that_says(RuntimeError("secret"), DONE)

    failed = (await say(agent, "hello"))[-1]
    after = (await say(agent, "hello again"))[-1]

    assert isinstance(failed, RunFailed)
    assert "secret" not in failed.message
    assert isinstance(after, RunFinished)


async def test_a_cancelled_run_says_so_and_is_settled(agent_that_says, take, profile, books):
    model = Stuck("Thinking ")
    agent = agent_that_says(model)
    await take(agent, "hello", run="r")
    await model.reached.wait()

    assert await agent.cancel(profile.user_id, "r")

    assert isinstance((await books.read("r"))[-1][1], RunCancelled)
    assert await books.status("r") == "cancelled"
    assert await books.said() == ["user: hello", "assistant: Thinking "]
    assert not await agent.cancel(profile.user_id, "r")


async def test_a_busy_thread_refuses_while_somebody_reads(agent_that_says, say, take, books):
    model = Stuck("Thinking ")
    agent = agent_that_says(model)
    reading = (await take(agent, "hello", run="r")).read()
    await anext(reading)

    with pytest.raises(Busy, match="'r'") as refused:
        await say(agent, "me too")

    assert refused.value.run_id == "r"
    assert await books.said() == ["user: hello"]
    await reading.aclose()


async def test_a_busy_thread_that_nobody_reads_any_more_makes_room(agent_that_says, say, take, books):
    """What a client's stop looks like from here: it leaves, and the person says something else."""
    model = Stuck("Thinking ")
    agent = agent_that_says(model, DONE)
    reading = (await take(agent, "hello", run="r")).read()
    await model.reached.wait()
    await anext(reading)
    await reading.aclose()

    events = await say(agent, "something else")

    assert isinstance(events[-1], RunFinished)
    assert await books.status("r") == "cancelled"
    assert await books.said() == [
        "user: hello",
        "assistant: Thinking ",
        "user: something else",
        "assistant: Done.",
    ]


async def test_of_two_who_speak_at_once_on_two_replicas_one_is_answered_and_the_other_told_to_wait(
    agent_that_says, take, books
):
    replicas = [agent_that_says(ADD_MILK, DONE) for _ in range(2)]

    async with replicas[0].at_work(), replicas[1].at_work():
        took = await asyncio.gather(
            *(take(agent, "buy milk", run=f"run {n}") for n, agent in enumerate(replicas)), return_exceptions=True
        )
        (reading,) = [each for each in took if not isinstance(each, Exception)]
        events = [event async for _, event in reading.read()]

    (refused,) = [each for each in took if isinstance(each, Exception)]
    assert isinstance(refused, Busy) and refused.run_id == reading.run_id
    assert isinstance(events[-1], RunFinished)
    assert await books.titles() == ["Buy milk"]


async def test_the_same_run_begun_at_once_on_two_replicas_is_one_run(agent_that_says, take, books):
    replicas = [agent_that_says(ADD_MILK, DONE) for _ in range(2)]

    readings = await asyncio.gather(*(take(agent, "buy milk", run="r", message="m") for agent in replicas))
    told = [[event async for _, event in reading.read()] for reading in readings]

    assert seen(told[0]) == seen(told[1])
    assert await books.done() == ["add_tasks"]
    assert await books.roles() == ["user", "assistant", "tool", "assistant"]


async def test_a_thread_that_was_busy_is_free_on_every_replica_as_soon_as_nobody_reads(agent_that_says, take, say):
    model = Stuck("Thinking ")
    first, second = agent_that_says(model), agent_that_says(DONE)
    async with first.at_work(), second.at_work():
        reading = (await take(first, "hello", run="r")).read()
        await anext(reading)
        with pytest.raises(Busy):
            await say(second, "me too")
        await reading.aclose()

        events = await say(second, "me too")

    assert isinstance(events[-1], RunFinished)


@pytest.mark.parametrize("text", ["", " \n ", "x" * 100_001], ids=["empty", "blank", "too long"])
async def test_messages_that_are_no_messages_are_refused_and_leave_nothing(text, agent_that_says, say, books):
    agent = agent_that_says()

    with pytest.raises(Invalid):
        await say(agent, text)

    assert await books.history() == []


async def test_the_same_run_sent_twice_at_once_is_one_run(agent_that_says, say, books):
    agent = agent_that_says(ADD_MILK, DONE)

    told = await asyncio.gather(*(say(agent, "buy milk", run="r") for _ in range(4)))

    assert all(seen(events) == seen(told[0]) for events in told)
    assert await books.titles() == ["Buy milk"]


async def test_the_older_of_two_pauses_can_be_answered_first(agent_that_says, say, books):
    add = calls(("add_tasks", {"tasks": [{"title": "Buy milk"}, {"title": "Paint fence"}]}))
    agent = agent_that_says(add, DONE, DELETE_MILK, calls(("delete_tasks", {"tasks": ["fence"]})), DONE, DONE)
    await say(agent, "buy milk and paint the fence")
    older = (await say(agent, "delete milk"))[-1]
    newer = (await say(agent, "delete fence"))[-1]

    await say(agent, answers=[Answer(approval_id=older.approvals[0].id, approved=True)])
    assert await books.titles() == ["Paint fence"]
    await say(agent, answers=[Answer(approval_id=newer.approvals[0].id, approved=True)])

    assert await books.titles() == []


async def test_the_first_word_counts_where_both_are_said(agent_that_says, say, books):
    agent = agent_that_says(ADD_MILK, DONE, DELETE_MILK, DONE)
    await say(agent, "buy milk")
    paused = (await say(agent, "delete milk"))[-1]
    asked = paused.approvals[0].id

    await say(agent, answers=[Answer(approval_id=asked, approved=False), Answer(approval_id=asked, approved=True)])

    assert await books.titles() == ["Buy milk"]


async def test_what_a_call_did_is_known_though_the_next_one_was_cut(agent_that_says, take, profile, books):
    stop = Stop("remember", acts=False)
    agent = agent_that_says(calls(add("Buy milk"), ("remember", {"text": "x"})), tools=stop.tools)
    await take(agent, "buy milk", run="r")
    await stop.reached.wait()

    await agent.cancel(profile.user_id, "r")

    added, remembered = [message.content for message in await books.history() if message.role == "tool"]
    assert "Added" in added
    assert "stopped before it was carried out" in remembered
    assert await books.titles() == ["Buy milk"]


async def test_an_effect_whose_result_was_cut_off_is_told_truly(agent_that_says, take, profile, books):
    stop = Stop("add_tasks", acts=True)
    agent = agent_that_says(ADD_MILK, tools=stop.tools)
    await take(agent, "buy milk", run="r")
    await stop.reached.wait()

    await agent.cancel(profile.user_id, "r")

    (told,) = [event for _, event in await books.read("r") if isinstance(event, ToolAnswered)]
    assert "Added" in told.content
    assert [message.content for message in await books.history() if message.role == "tool"] == [told.content]


async def test_a_model_that_says_what_cannot_be_stored_is_still_heard(agent_that_says, say, books):
    """NUL and half a character: some models do."""
    strange = calls(("remember", {"text": "a\x00b\ud800"}), text="a\x00b\ud800c")
    agent = agent_that_says(strange, DONE)

    events = await say(agent, "hello")

    assert isinstance(events[-1], RunFinished)
    assert (await books.said())[1] == "assistant: a\ufffdb\ufffdc"


async def test_a_thread_that_is_deleted_ends_its_run(agent_that_says, take, books, profile, threads):
    model = Stuck("Thinking ")
    agent = agent_that_says(model)
    reading = await take(agent, "hello", run="r")
    await model.reached.wait()

    await threads.delete("t")
    model.freed.set()

    heard = [event async for _, event in reading.read()]
    assert not isinstance(heard[-1], RunFinished)
    assert not agent.runs.is_here(profile.user_id, "r")
    assert await books.history() == []
