"""No model computes a date: what code reads in the person's words is told in every mode, and tools take the words."""

from datetime import timedelta

import pytest

from domain.runs import Answer
from tests.agent.conftest import NOW
from tests.agent.scripts import DONE, Script, Stuck, calls, delete
from tools.registry import TOOLS

SAID = "call Weber tomorrow at 3pm"
HINT = '"tomorrow at 3pm" means tomorrow, Sun 22 Nov, 15:00.'
ADD_CALL = calls(("add_tasks", {"tasks": [{"title": "Call Weber", "due": "tomorrow at 3pm"}]}))
OTHER_WORDS = DONE.model_copy(update={"content": "It is done."})


@pytest.fixture(scope="module")
def dsn(new_database) -> str:
    """A database of our own: who looks for orphans here finds no other test's."""
    return new_database()


@pytest.fixture
def told():
    """What stood below the person's latest words in each call of the model."""

    def below(script: Script) -> list[str]:
        return [[m.text for m in asked if m.type == "human"][-1].partition("<turn>")[2] for asked in script.asked]

    return below


async def test_in_every_step_of_a_turn(new_agent, say, told):
    script = Script(ADD_CALL, DONE)

    await say(new_agent(script), SAID)

    assert len(script.asked) == 2
    assert all(HINT in below for below in told(script))


async def test_in_a_branch(new_agent, say, told):
    script = Script(DONE, DONE)
    agent = new_agent(script)
    await say(agent, "call Weber on friday", message="m1")

    await say(agent, SAID, branch_from="m1")

    assert HINT in told(script)[-1]


async def test_where_an_answer_is_worded_again(new_agent, say, told):
    script = Script(DONE, OTHER_WORDS)
    agent = new_agent(script)
    await say(agent, SAID, message="m")

    await say(agent, SAID, message="m")

    assert [HINT in below for below in told(script)] == [True, True]


async def test_after_a_yes(new_agent, say, told):
    script = Script(ADD_CALL, DONE, calls(delete("Call Weber")), DONE)
    agent = new_agent(script)
    await say(agent, SAID)
    (asked,) = (await say(agent, f"no, delete it, I {SAID}"))[-1].approvals

    await say(agent, answers=[Answer(approval_id=asked.id, approved=True)])

    assert HINT in told(script)[-1]


@pytest.mark.parametrize("before", [(), (ADD_CALL,)], ids=["before it spoke", "between its steps"])
async def test_where_another_process_goes_on_and_by_the_time_when_it_was_said(
    before, new_agent, take, vanish, ended, told
):
    model, script = Stuck(), Script(DONE)
    first, second = new_agent(Script(*before, model)), new_agent(script, now=NOW + timedelta(days=1), lease=2)

    async with second.at_work():
        await take(first, SAID, run="r")
        await model.reached.wait()
        await vanish(first)
        assert await ended() == "finished"

    assert HINT in told(script)[0]
    assert "Saturday, 21 November 2026" in told(script)[0]


async def test_the_tool_reads_the_persons_words(new_agent, say, books, profile):
    await say(new_agent(Script(ADD_CALL, DONE)), SAID)

    (task,) = (await books.agent.context(profile).tasks.list(limit=5)).items
    assert (task.due.date.isoformat(), task.due.time.isoformat()) == ("2026-11-22", "15:00:00")


def test_no_tool_asks_for_a_date_that_somebody_must_have_computed():
    def formats(schema):
        match schema:
            case dict():
                yield from [schema["format"]] if isinstance(schema.get("format"), str) else []
                for part in schema.values():
                    yield from formats(part)
            case list():
                for part in schema:
                    yield from formats(part)

    assert {form for tool in TOOLS.values() for form in formats(tool.schema())} <= {"uuid"}
