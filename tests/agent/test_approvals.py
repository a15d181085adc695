"""Approvals: what waits for a person's yes is done once and as they said, whenever and however they say it."""

import asyncio
from datetime import timedelta
from itertools import permutations, product

import pytest

from domain.errors import Busy, Conflict, Invalid
from domain.events import RunFinished, RunPaused, ToolAnswered
from domain.runs import Answer
from tests.agent.conftest import NOW
from tests.agent.scripts import DONE, Play, Stop, add, calls, delete, seen

ADD_TWO = calls(add("Buy milk", "Paint fence"))
DELETE_TWO = calls(delete("milk"), delete("fence"))


def yes(approval, **more) -> Answer:
    return Answer(approval_id=approval.id, approved=True, **more)


def no(approval) -> Answer:
    return Answer(approval_id=approval.id, approved=False)


@pytest.fixture
async def asked(agent_that_says, say):
    """Two questions of run `r`: may milk, may fence be deleted?"""
    before = agent_that_says(ADD_TWO, DONE, DELETE_TWO)
    await say(before, "buy milk, paint the fence")
    paused = (await say(before, "delete both", run="r", message="m"))[-1]
    assert isinstance(paused, RunPaused)
    return paused.approvals


@pytest.mark.parametrize("order", list(permutations("ABC")), ids="".join)
async def test_several_questions_are_answered_one_by_one_in_any_order(order, new_agent, say, books):
    """With every choice of yes and no, each in a thread of its own."""
    choices = list(product((True, False), repeat=3))
    rows = {}
    for n in range(len(choices)):
        rows[f"add {n}"] = [calls(add(*(f"{name}{n}" for name in "ABC"))), DONE]
        rows[f"delete {n}"] = [calls(*(delete(f"{name}{n}") for name in "ABC")), DONE]
    agent = new_agent(Play(rows))

    async def talk(n: int, choice: tuple) -> None:
        await say(agent, f"add {n}", thread=str(n))
        asked = (await say(agent, f"delete {n}", thread=str(n)))[-1].approvals
        by_name = dict(zip("ABC", asked, strict=True))
        open_ = {each.id for each in asked}
        for name, approved in zip(order, choice, strict=True):
            end = (await say(agent, thread=str(n), answers=[Answer(approval_id=by_name[name].id, approved=approved)]))[
                -1
            ]
            open_.discard(by_name[name].id)
            assert {each.id for each in getattr(end, "approvals", ())} == open_
        assert isinstance(end, RunFinished)
        assert await books.is_whole(str(n))

    for n, choice in enumerate(choices):
        await talk(n, choice)

    kept = [
        f"{name}{n}" for n, choice in enumerate(choices) for name, yes in zip(order, choice, strict=True) if not yes
    ]
    assert await books.titles() == sorted(kept)


@pytest.mark.parametrize("turned", [False, True], ids=["as asked", "the other way round"])
async def test_several_questions_are_answered_at_once(turned, agent_that_says, say, books, asked):
    milk, fence = asked
    answers = [no(milk), yes(fence)]

    events = await say(agent_that_says(DONE), answers=answers[::-1] if turned else answers)

    assert isinstance(events[-1], RunFinished)
    assert await books.titles() == ["Buy milk"]
    assert await books.is_whole()


async def test_the_same_answer_twice_at_once_on_two_replicas_is_one_run_and_one_effect(
    agent_that_says, take, books, asked
):
    milk, fence = asked
    replicas = [agent_that_says(DONE) for _ in range(2)]

    readings = await asyncio.gather(*(take(agent, answers=[yes(milk), yes(fence)]) for agent in replicas))
    told = [[event async for _, event in reading.read()] for reading in readings]

    assert readings[0].run_id == readings[1].run_id
    assert seen(told[0]) == seen(told[1]) and told[0][-1] == told[1][-1]
    assert await books.done() == ["add_tasks", "delete_tasks", "delete_tasks"]
    assert await books.titles() == []


async def test_a_yes_and_a_no_at_once_on_two_replicas_are_one_answer(agent_that_says, take, books, asked):
    milk, fence = asked
    replicas = [agent_that_says(DONE) for _ in range(2)]
    words = [[yes(milk), no(fence)], [no(milk), no(fence)]]

    took = await asyncio.gather(
        *(take(agent, answers=said) for agent, said in zip(replicas, words, strict=True)), return_exceptions=True
    )
    (reading,) = [each for each in took if not isinstance(each, Exception)]
    (refused,) = [each for each in took if isinstance(each, Exception)]
    [_ async for _ in reading.read()]

    assert isinstance(refused, Conflict)
    said_yes = took.index(reading) == 0
    assert await books.titles() == (["Paint fence"] if said_yes else ["Buy milk", "Paint fence"])


async def test_the_next_answer_waits_while_the_one_before_is_carried_out(agent_that_says, take, say, books, asked):
    milk, fence = asked
    held = Stop("delete_tasks", acts=True)
    agent, slow = agent_that_says(DONE), agent_that_says(tools=held.tools)
    await take(slow, run="first", answers=[yes(milk)])
    await held.reached.wait()

    with pytest.raises(Busy, match="'first'"):
        await say(agent, answers=[yes(fence)])

    assert await books.status("first") == "running"


async def test_an_answer_that_contradicts_one_before_changes_nothing_though_another_is_new(
    agent_that_says, say, books, asked
):
    milk, fence = asked
    agent = agent_that_says(DONE)
    await say(agent, answers=[no(milk)])

    with pytest.raises(Conflict, match="answered with no"):
        await say(agent, answers=[yes(milk), yes(fence)])

    assert await books.titles() == ["Buy milk", "Paint fence"]
    assert isinstance((await say(agent, answers=[no(milk), yes(fence)]))[-1], RunFinished)
    assert await books.titles() == ["Buy milk"]


async def test_no_and_yes_in_one_breath_is_the_same_when_said_again(agent_that_says, say, books, asked):
    milk, fence = asked
    agent = agent_that_says(DONE)
    answers = [no(milk), yes(milk), no(fence)]
    first = await say(agent, answers=answers)

    again = await say(agent, answers=answers)

    assert seen(again) == seen(first)
    assert await books.titles() == ["Buy milk", "Paint fence"]


async def test_what_acts_beside_a_question_acts_and_is_told_once(agent_that_says, say, books):
    agent = agent_that_says(calls(add("Buy milk")), DONE, calls(add("Paint fence"), delete("milk")), DONE)
    await say(agent, "buy milk")

    told = await say(agent, "paint the fence, and milk is no longer needed")

    assert sum(isinstance(event, ToolAnswered) for event in told) == 1
    assert await books.titles() == ["Buy milk", "Paint fence"]
    (milk,) = told[-1].approvals
    assert isinstance((await say(agent, answers=[yes(milk)]))[-1], RunFinished)
    assert await books.titles() == ["Paint fence"] and await books.is_whole()


async def test_what_was_edited_is_what_is_done(agent_that_says, say, books, asked):
    """The person says yes to the deletion of milk, but makes it the fence."""
    milk, fence = asked

    await say(agent_that_says(DONE), answers=[yes(milk, arguments=fence.arguments), no(fence)])

    assert await books.titles() == ["Buy milk"]
    assert await books.is_whole()


async def test_edited_arguments_that_are_wrong_change_nothing(agent_that_says, say, books, asked):
    milk, fence = asked

    events = await say(agent_that_says(DONE), answers=[yes(milk, arguments={"tsks": []}), no(fence)])

    assert any(isinstance(event, ToolAnswered) and "tsks" in event.content for event in events)
    assert await books.titles() == ["Buy milk", "Paint fence"]


async def test_an_unknown_id_changes_nothing(agent_that_says, say, books, asked):
    agent = agent_that_says(DONE)
    with pytest.raises(Invalid, match="resume"):
        await say(agent, run="new", answers=[Answer(approval_id="ap_unknown", approved=True)])

    assert await books.status("r") == "paused"
    assert await books.titles() == ["Buy milk", "Paint fence"]
    assert len(await books.history()) == 6


async def test_questions_of_two_runs_are_not_answered_in_one_breath(agent_that_says, say, books):
    agent = agent_that_says(ADD_TWO, DONE, calls(delete("milk")), calls(delete("fence")))
    await say(agent, "buy milk, paint the fence")
    older, newer = [(await say(agent, f"delete {what}"))[-1] for what in ("milk", "the fence")]

    with pytest.raises(Invalid, match="several runs"):
        await say(agent, answers=[yes(older.approvals[0]), yes(newer.approvals[0])])

    assert await books.titles() == ["Buy milk", "Paint fence"]
    assert [await books.status(each.run_id) for each in (older, newer)] == ["paused", "paused"]


async def test_an_unknown_id_beside_a_known_one_is_ignored_and_stays_unknown(agent_that_says, say, books, asked):
    milk, fence = asked
    unknown = Answer(approval_id="ap_unknown", approved=True)
    agent = agent_that_says(DONE)

    events = await say(agent, answers=[unknown, yes(milk), no(fence)])

    assert isinstance(events[-1], RunFinished)
    assert await books.titles() == ["Paint fence"]
    with pytest.raises(Invalid, match="resume"):
        await say(agent, answers=[unknown])


async def test_a_yes_that_is_late_leaves_the_no_beside_it_unsaid(agent_that_says, say, books, asked):
    milk, fence = asked
    later = agent_that_says(DONE, now=NOW + timedelta(hours=25))

    with pytest.raises(Invalid, match="expired"):
        await say(later, answers=[no(milk), yes(fence)])

    assert await books.status("r") == "paused"
    assert isinstance((await say(later, answers=[no(milk), no(fence)]))[-1], RunFinished)


async def test_a_no_that_was_said_before_a_late_yes_counts(agent_that_says, say, books, asked):
    """The first word counts, and a no is never late."""
    milk, fence = asked
    later = agent_that_says(DONE, now=NOW + timedelta(hours=25))

    assert isinstance((await say(later, answers=[no(milk), yes(milk), no(fence)]))[-1], RunFinished)


async def test_something_else_said_meanwhile_neither_loses_nor_answers_a_question(agent_that_says, say, books, asked):
    milk, fence = asked
    agent = agent_that_says(DONE, DONE)

    assert isinstance((await say(agent, "yes"))[-1], RunFinished)

    assert await books.status("r") == "paused"
    assert await books.titles() == ["Buy milk", "Paint fence"]
    assert await books.is_whole(waiting=2)
    await say(agent, answers=[yes(milk), no(fence)])
    assert await books.titles() == ["Paint fence"]
    assert await books.is_whole()


async def test_a_question_is_closed_by_cancelling_its_run(agent_that_says, say, books, asked, profile):
    milk, fence = asked
    agent = agent_that_says(DONE)

    assert await agent.cancel(profile.user_id, "r")
    assert not await agent.cancel(profile.user_id, "r")

    assert await books.status("r") == "cancelled"
    assert await books.is_whole()
    with pytest.raises(Invalid, match="resume"):
        await say(agent, answers=[yes(milk), yes(fence)])
    assert isinstance((await say(agent, "hello"))[-1], RunFinished)
    assert await books.titles() == ["Buy milk", "Paint fence"]


async def test_a_question_is_closed_by_saying_something_else_in_place_of_what_raised_it(
    agent_that_says, say, books, asked
):
    milk, _ = asked
    agent = agent_that_says(DONE)

    assert isinstance((await say(agent, "delete nothing", branch_from="m"))[-1], RunFinished)

    assert await books.status("r") == "cancelled"
    assert await books.is_whole()
    with pytest.raises(Invalid, match="resume"):
        await say(agent, answers=[yes(milk)])
    assert await books.titles() == ["Buy milk", "Paint fence"]


async def test_a_run_that_is_cancelled_while_it_carries_out_a_yes_tells_what_it_did(
    agent_that_says, take, books, asked, profile
):
    milk, fence = asked
    held = Stop("delete_tasks", acts=True)
    agent = agent_that_says(tools=held.tools)
    await take(agent, run="yes", answers=[yes(milk), yes(fence)])
    await held.reached.wait()

    await agent.cancel(profile.user_id, "yes")

    done = (await books.done())[1:]
    answers = [message.content for message in await books.history() if message.role == "tool"][1:]
    assert sum("Deleted" in answer for answer in answers) == len(done)
    assert await books.is_whole()


async def test_nothing_is_left_of_a_pause_that_was_answered(agent_that_says, say, asked, owner, user):
    milk, fence = asked
    await say(agent_that_says(DONE), answers=[yes(milk), no(fence)])

    left = owner.execute("SELECT count(*) FROM checkpoints WHERE starts_with(thread_id, %s)", [str(user)]).fetchone()
    assert left == (0,)


async def test_nothing_is_left_of_a_pause_that_another_process_came_upon(
    agent_that_says, say, take, books, owner, user, profile, pool, until
):
    """The first process vanishes when its pause is written and not settled; the second one is cancelled in it."""
    agent = agent_that_says(ADD_TWO, DONE, DELETE_TWO)
    await say(agent, "buy milk, paint the fence")
    await say(agent, "delete both", run="r")
    owner.execute("UPDATE runs SET status = 'running', approvals = '[]' WHERE user_id = %s AND id = 'r'", [user])
    owner.execute("DELETE FROM run_events WHERE user_id = %s AND run_id = 'r' AND last > 1", [user])
    owner.execute("INSERT INTO leases VALUES (%s, 't', 'r', gen_random_uuid(), now(), now())", [user])

    await agent.cancel(profile.user_id, "r")

    left = owner.execute("SELECT count(*) FROM checkpoints WHERE starts_with(thread_id, %s)", [str(user)]).fetchone()
    assert await books.status("r") == "cancelled"
    assert left == (0,)
