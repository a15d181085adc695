"""A process vanishes, stops or is asked to stop: another one goes on, and everything is there once."""

import asyncio
import sys
from pathlib import Path

import pytest

from domain.events import RunCancelled, RunFailed, RunFinished, RunPaused, TextArrived, TextStarted, Withdrawn
from domain.runs import Answer
from tests.agent.crashes import ADD_MILK, ADD_TWO, all_of, as_read, as_stored, heard_of, is_one_run, stopped, stuck
from tests.agent.scripts import DONE, Stop, Stuck, add, calls, delete


@pytest.fixture(scope="module")
def dsn(new_database) -> str:
    """A database of our own: who looks for orphans here finds no other test's."""
    return new_database()


@pytest.mark.parametrize(
    "crash",
    [
        pytest.param(stuck("", rest=(ADD_MILK, DONE)), id="before the model speaks"),
        pytest.param(stuck("Let me", rest=(ADD_MILK, DONE)), id="in the middle of the text"),
        pytest.param(stopped("add_tasks", ADD_MILK, acts=False, rest=(DONE,)), id="before the call acts"),
        pytest.param(stopped("add_tasks", ADD_MILK, acts=True, rest=(DONE,)), id="before the result is stored"),
        pytest.param(stuck("", ADD_MILK, rest=(DONE,)), id="after the result"),
        pytest.param(stuck("All is", ADD_MILK, rest=(DONE,)), id="in the middle of the last words"),
    ],
)
async def test_another_process_goes_on_where_one_vanished(crash, agent_that_says, take, books, vanish, ended):
    given = crash()
    first = agent_that_says(*given.says, tools=given.tools)
    second, third = agent_that_says(*given.rest, lease=2), agent_that_says()
    async with second.at_work():
        await take(first, "buy milk", run="r")
        following = asyncio.create_task(heard_of(third, books, "r"))
        await given.reached.wait()

        await vanish(first)

        assert await ended() == "finished"
        heard = await asyncio.wait_for(following, 20)
    assert await books.titles() == ["Buy milk"]
    assert await books.done() == ["add_tasks"]
    assert await books.roles() == ["user", "assistant", "tool", "assistant"]
    assert await books.is_whole()
    assert is_one_run(heard) and is_one_run(await books.read("r"))
    assert as_read(heard) == await as_stored(books)
    assert as_read(await books.read("r")) == await as_stored(books)


@pytest.mark.parametrize(
    "crash",
    [
        pytest.param(stopped("delete_tasks", acts=False, rest=(DONE,)), id="before it acts"),
        pytest.param(stopped("delete_tasks", acts=True, rest=(DONE,)), id="before the result is stored"),
        pytest.param(stuck("", rest=(DONE,)), id="after the result"),
        pytest.param(stuck("The milk", rest=(DONE,)), id="in the middle of the words"),
    ],
)
async def test_a_yes_counts_though_the_process_that_took_it_vanished(
    crash, agent_that_says, say, take, books, vanish, ended
):
    given = crash()
    before = agent_that_says(ADD_MILK, DONE, calls(delete("milk")))
    await say(before, "buy milk")
    (asked,) = (await say(before, "delete it"))[-1].approvals
    first = agent_that_says(*given.says, tools=given.tools)
    second = agent_that_says(*given.rest, lease=2)

    async with second.at_work():
        await take(first, run="r", answers=[Answer(approval_id=asked.id, approved=True)])
        await given.reached.wait()
        await vanish(first)
        assert await ended() == "finished"

    assert await books.titles() == []
    assert await books.done() == ["add_tasks", "delete_tasks"]
    assert await books.is_whole()
    assert is_one_run(await books.read("r"))


async def test_a_yes_does_what_was_shown_though_its_process_vanished_and_the_words_mean_more_by_now(
    agent_that_says, say, take, books, vanish, ended
):
    before = agent_that_says(ADD_MILK, DONE, calls(delete("Buy milk")), calls(add("Buy milk")), DONE)
    await say(before, "buy milk")
    (asked,) = (await say(before, "delete it"))[-1].approvals
    await say(before, "buy milk again")
    stop = Stop("delete_tasks", acts=False)
    first, second = agent_that_says(tools=stop.tools), agent_that_says(DONE, lease=2)

    async with second.at_work():
        await take(first, run="r", answers=[Answer(approval_id=asked.id, approved=True)])
        await stop.reached.wait()
        await vanish(first)
        assert await ended() == "finished"

    assert await books.titles() == ["Buy milk"]


async def test_what_still_waits_after_a_crash_is_asked_again_under_its_old_id(
    agent_that_says, say, take, books, vanish, ended
):
    """Of two questions one is answered; the process vanishes before the other one is put again."""
    before = agent_that_says(ADD_TWO, DONE, calls(delete("milk"), delete("fence")))
    await say(before, "buy milk, paint the fence")
    milk, fence = (await say(before, "delete both"))[-1].approvals
    stop = Stop("delete_tasks", acts=True)
    first, second = agent_that_says(tools=stop.tools), agent_that_says(DONE, lease=2)

    async with second.at_work():
        await take(first, run="r", answers=[Answer(approval_id=milk.id, approved=True)])
        await stop.reached.wait()
        await vanish(first)
        assert await ended() == "paused"
        last = (await books.read("r"))[-1][1]
        await say(second, answers=[Answer(approval_id=fence.id, approved=False)])

    assert isinstance(last, RunPaused) and [each.id for each in last.approvals] == [fence.id]
    assert await books.titles() == ["Paint fence"]
    assert await books.is_whole()


async def test_a_crash_between_two_calls_of_a_message_carries_out_the_second_once(
    agent_that_says, take, books, vanish, ended
):
    stop = Stop("remember", acts=False)
    both = calls(add("Buy milk"), ("remember", {"text": "Likes oat milk."}))
    first, second = agent_that_says(both, tools=stop.tools), agent_that_says(DONE, lease=2)

    async with second.at_work():
        await take(first, "buy milk; I like oat milk", run="r")
        await stop.reached.wait()
        await vanish(first)
        assert await ended() == "finished"

    assert await books.done() == ["add_tasks", "remember"]
    assert await books.roles() == ["user", "assistant", "tool", "tool", "assistant"]


async def test_what_a_vanished_process_had_begun_to_say_is_taken_back(
    agent_that_says, take, books, stored, vanish, ended, until
):
    model = Stuck("Nonsense")
    first, second = agent_that_says(model), agent_that_says(DONE, lease=2)

    async def is_stored() -> bool:
        return len(await stored.events("r")) == 3

    async with second.at_work():
        await take(first, "hello", run="r")
        await until(is_stored)
        await vanish(first)
        await ended()

    events = [event for _, event in await books.read("r")]
    begun = events[1].message_id
    assert [event for event in events if getattr(event, "message_id", None) == begun] == [
        TextStarted(begun),
        TextArrived(begun, "Nonsense"),
        Withdrawn(begun),
    ]
    assert [message.content for message in await books.history()] == ["hello", "Done."]


async def test_what_was_heard_and_never_stored_is_taken_back_though_a_second_process_vanished_too(
    agent_that_says, take, vanish, ended, books, until
):
    one, other = Stuck("Nonsense"), Stuck()
    first, second, third = agent_that_says(one), agent_that_says(other, lease=2), agent_that_says(DONE, lease=2)
    reading = await take(first, "hello", run="r")
    heard = [await anext(events) for events in [reading.read()] for _ in range(2)]
    begun = heard[-1][1].message_id
    await vanish(first)
    async with second.at_work():
        await other.reached.wait()
        await vanish(second)
    async with third.at_work():
        await ended()

    assert Withdrawn(begun) in [event for _, event in await books.read("r")]


async def test_a_run_whose_processes_vanish_again_and_again_is_given_up(agent_that_says, take, books, vanish, ended):
    model = Stuck()
    agent = agent_that_says(model)
    await take(agent, "hello", run="r")
    for _ in range(4):
        await model.reached.wait()
        await vanish(agent)
        model = Stuck()
        agent = agent_that_says(model, lease=2)
        async with agent.at_work():
            await model.reached.wait()
    await vanish(agent)

    async with agent_that_says(DONE, lease=2).at_work():
        assert await ended() == "failed"

    last = (await books.read("r"))[-1][1]
    assert isinstance(last, RunFailed) and last.code == "lost"
    assert is_one_run(await books.read("r"))


async def test_a_run_of_which_nothing_can_be_read_is_given_up_and_keeps_no_other_waiting(
    agent_that_says, take, user, vanish, ended, owner, stored
):
    """Its events are broken; it stands first among the orphans."""
    for run in ("broken", "r"):
        model = Stuck()
        agent = agent_that_says(model)
        await take(agent, "hello", run=run, thread=run)
        await model.reached.wait()
        await vanish(agent, run)
    owner.execute("UPDATE run_events SET event = '{}' WHERE user_id = %s AND run_id = 'broken'", [user])
    owner.execute("UPDATE runs SET attempts = 9 WHERE user_id = %s AND id = 'broken'", [user])

    async with agent_that_says(DONE, lease=1).at_work():
        assert await ended() == "finished"
        assert await ended("broken") == "failed"

    assert (await stored.events("broken"))[-1][2]["code"] == "lost"
    assert await stored.under_way("broken") is None


async def test_an_orphan_that_was_asked_to_end_is_cancelled(agent_that_says, take, books, stored, vanish, ended):
    model = Stuck("Let me")
    first, second = agent_that_says(model), agent_that_says(lease=2)
    await take(first, "hello", run="r")
    await model.reached.wait()
    await stored.ask_to_cancel("r")
    await vanish(first)

    async with second.at_work():
        assert await ended() == "cancelled"

    assert isinstance((await books.read("r"))[-1][1], RunCancelled)
    assert is_one_run(await books.read("r"))


async def test_many_who_end_an_orphan_at_once_end_it_once(agent_that_says, take, say, profile, books, caplog):
    model = Stuck("Let me")
    first, second = agent_that_says(model), agent_that_says(DONE)
    await take(first, "hello", run="r")
    await model.reached.wait()
    first.runs.lost(profile.user_id, "r")

    answers = await asyncio.gather(*(second.cancel(profile.user_id, "r") for _ in range(4)))

    assert answers == [True] * 4
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    assert await books.status("r") == "cancelled"
    assert is_one_run(await books.read("r"))
    assert isinstance((await say(second, "hello again"))[-1], RunFinished)


@pytest.mark.parametrize("phase", ["mid-text", "before the effect", "after the effect"])
async def test_a_process_that_is_killed_is_followed_by_another(
    phase, dsn, user, agent_that_says, books, ended, pool, owner
):
    root = Path(__file__).parents[2]
    rest = (ADD_MILK, DONE) if phase == "mid-text" else (DONE,)
    second = agent_that_says(*rest, lease=2)
    victim = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.agent.victim", dsn, str(user), phase, cwd=root, stdout=asyncio.subprocess.PIPE
    )
    assert victim.stdout is not None
    assert await asyncio.wait_for(victim.stdout.readline(), 60) == b"now\n"

    victim.kill()
    await victim.wait()
    # As much time passes as its lease lasts.
    owner.execute("UPDATE leases SET until = now() WHERE user_id = %s", [user])
    async with second.at_work():
        assert await ended() == "finished"

    assert await books.titles() == ["Buy milk"]
    assert await books.done() == ["add_tasks"]
    assert await books.roles() == ["user", "assistant", "tool", "assistant"]
    assert is_one_run(await books.read("r"))
    assert as_read(await books.read("r")) == await as_stored(books)


async def test_a_run_and_its_reader_survive_that_the_connections_break(agent_that_says, take, books, owner):
    """Whatever was about to be stored is stored by whoever goes on: here the same process."""
    model = Stuck("Let me")
    agent = agent_that_says(model, ADD_MILK, DONE, lease=2)
    async with agent.at_work():
        reading = await take(agent, "buy milk", run="r")
        listening = asyncio.create_task(all_of(reading.read()))
        await model.reached.wait()

        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        model.freed.set()

        heard = await asyncio.wait_for(listening, 30)
    assert is_one_run(heard)
    assert as_read(heard) == await as_stored(books)
