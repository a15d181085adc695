"""The end of a run: what cannot be stored of it, who cancels it from elsewhere, and a process that is told to stop."""

import asyncio
from contextlib import contextmanager

import pytest

from domain.errors import Unavailable
from domain.events import TERMINAL, RunCancelled, RunFailed, RunFinished
from domain.runs import Answer
from tests.agent.crashes import ADD_MILK, all_of, as_read, as_stored, is_one_run, stopped, stuck
from tests.agent.scripts import DONE, Stop, Stuck, calls, delete


@pytest.fixture(scope="module")
def dsn(new_database) -> str:
    """A database of our own: who looks for orphans here finds no other test's."""
    return new_database()


UNFORESEEN = """
    CREATE FUNCTION unforeseen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'nobody thought of this'; END $$;
    CREATE TRIGGER unforeseen BEFORE {what} FOR EACH ROW WHEN ({where}) EXECUTE FUNCTION unforeseen()
"""


@pytest.fixture
def unforeseen(owner):
    """Lets what is written to a table fail in a way that nobody catches."""

    @contextmanager
    def fails(what, where):
        owner.execute(UNFORESEEN.format(what=what, where=where))
        try:
            yield
        finally:
            owner.execute("DROP FUNCTION unforeseen CASCADE")

    return fails


async def test_an_answer_that_cannot_be_settled_is_stored_and_no_model_is_asked_again(
    agent_that_says, take, books, vanish, ended, unforeseen
):
    first = agent_that_says(DONE)
    with unforeseen("UPDATE ON runs", "NEW.status = 'finished'"):
        await take(first, "hello", run="r")
        await first.runs.wait(books.profile.user_id, "r")
        assert await books.status("r") == "running"
        await vanish(first)

    async with agent_that_says(lease=1).at_work():
        assert await ended() == "finished"

    assert await books.said() == ["user: hello", f"assistant: {DONE.text}"]
    assert is_one_run(await books.read("r"))


async def test_a_run_of_which_nothing_can_be_stored_has_failed_and_no_model_is_asked_again(
    agent_that_says, take, books, unforeseen
):
    first = agent_that_says(DONE)
    with unforeseen("INSERT ON messages", "NEW.role = 'assistant'"):
        await take(first, "hello", run="r")
        await first.runs.wait(books.profile.user_id, "r")

    assert await books.status("r") == "failed"
    last = (await books.read("r"))[-1][1]
    assert isinstance(last, RunFailed) and last.code == "internal"


async def test_what_was_cancelled_stays_so_where_its_words_cannot_be_stored_and_leaves_no_checkpoint(
    agent_that_says, say, take, books, profile, unforeseen, owner, user
):
    model = Stuck("The milk")
    agent = agent_that_says(ADD_MILK, DONE, calls(delete("milk")), model)
    await say(agent, "buy milk")
    (asked,) = (await say(agent, "delete it"))[-1].approvals
    await take(agent, run="r", answers=[Answer(approval_id=asked.id, approved=True)])
    await model.reached.wait()

    with unforeseen("INSERT ON messages", "NEW.role = 'assistant'"):
        await agent.cancel(profile.user_id, "r")

    left = owner.execute("SELECT count(*) FROM checkpoints WHERE starts_with(thread_id, %s)", [str(user)]).fetchone()
    assert await books.status("r") == "cancelled"
    assert isinstance((await books.read("r"))[-1][1], RunCancelled)
    assert left == (0,)


@pytest.mark.parametrize(
    "crash",
    [
        pytest.param(stuck("", rest=()), id="before the model speaks"),
        pytest.param(stuck("Let me", rest=()), id="in the middle of the text"),
        pytest.param(stopped("add_tasks", ADD_MILK, acts=False, rest=()), id="in a tool before it acts"),
        pytest.param(stopped("add_tasks", ADD_MILK, acts=True, rest=()), id="in a tool after it acted"),
    ],
)
async def test_a_run_is_cancelled_from_another_replica_by_its_own_process(
    crash, agent_that_says, take, profile, books, stored, say
):
    """It was not taken from it by force, which comes after a second."""
    given = crash()
    first, second = agent_that_says(*given.says, tools=given.tools), agent_that_says(DONE)
    async with first.at_work(), second.at_work():
        await take(first, "buy milk", run="r")
        await given.reached.wait()

        assert await second.cancel(profile.user_id, "r")

    run = await stored.get("r")
    assert (run.status, run.attempts) == ("cancelled", 1)
    assert is_one_run(await books.read("r"))
    assert await books.is_whole()
    assert as_read(await books.read("r")) == await as_stored(books)
    assert isinstance((await say(second, "hello"))[-1], RunFinished)


async def test_a_run_whose_process_does_not_answer_is_cancelled_by_force(
    agent_that_says, take, profile, books, stored, until
):
    """The first process is alive but hears nothing; what it does later changes nothing."""
    model = Stuck("Let me")
    first, second = agent_that_says(model, DONE), agent_that_says()
    await take(first, "buy milk", run="r")
    await model.reached.wait()

    assert await second.cancel(profile.user_id, "r")
    model.freed.set()
    await first.runs.wait(profile.user_id, "r")

    assert (await stored.get("r")).status == "cancelled"
    assert is_one_run(await books.read("r"))
    assert await books.roles() == ["user"]


async def test_a_process_that_comes_back_to_a_run_that_was_ended_meanwhile_changes_nothing_any_more(
    agent_that_says, take, profile, books
):
    """It hung just before its tool acted; the person was told that nothing was done."""
    held = Stop("add_tasks", acts=False)
    first, second = agent_that_says(ADD_MILK, DONE, tools=held.tools), agent_that_says()
    await take(first, "buy milk", run="r")
    await held.reached.wait()

    assert await second.cancel(profile.user_id, "r")
    held.freed.set()
    await first.runs.wait(profile.user_id, "r")

    assert await books.titles() == []
    assert "nothing was changed" in (await books.history())[-1].content
    assert await books.is_whole()


async def test_a_stopping_process_hands_its_runs_over(agent_that_says, take, books, ended):
    model = Stuck("Let me")
    first, second = agent_that_says(model, lease=2), agent_that_says(ADD_MILK, DONE, lease=2)
    async with first.at_work(), second.at_work():
        reading = await take(first, "buy milk", run="r")
        listening = asyncio.create_task(all_of(reading.read()))
        await model.reached.wait()

        await first.drain(0)

        heard = await asyncio.wait_for(listening, 20)
        assert not any(isinstance(event, TERMINAL) for _, event in heard)
        rest = await all_of(second.runs.read(books.profile.user_id, "r", heard[-1][0]))
        assert await ended() == "finished"
    assert is_one_run([*heard, *rest])
    assert as_read([*heard, *rest]) == await as_stored(books)
    assert await books.done() == ["add_tasks"]


async def test_a_stopping_process_lets_runs_end_and_takes_no_more(agent_that_says, take, until):
    model = Stuck("Let me see.")
    agent = agent_that_says(model)
    async with agent.at_work():
        reading = await take(agent, "hello", run="r")
        listening = asyncio.create_task(all_of(reading.read()))
        await model.reached.wait()
        draining = asyncio.create_task(agent.drain(30))
        await asyncio.sleep(0)

        with pytest.raises(Unavailable):
            await take(agent, "hello", thread="other")
        model.freed.set()
        await asyncio.wait_for(draining, 20)

    assert isinstance((await listening)[-1][1], RunFinished)
