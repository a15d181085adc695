"""Branches: what is said in place of something else, other words to the same message, and what stays done."""

import pytest
from langchain_core.messages import AIMessage

from domain.errors import Conflict, Invalid
from domain.events import RunFailed, RunFinished, RunPaused, ToolAnswered
from domain.runs import Answer
from tests.agent.scripts import DONE, Script, Stop, Stuck, add, calls, delete

ADD_MILK = calls(add("Buy milk"))
OTHER_WORDS = DONE.model_copy(update={"content": "It is done."})


@pytest.fixture(scope="module")
def dsn(new_database) -> str:
    """A database of our own: who looks for orphans here finds no other test's."""
    return new_database()


@pytest.fixture
def heard():
    """What a model was given in its latest call, as one text."""

    def text(script: Script) -> str:
        return "\n".join(str(message.content) for message in script.asked[-1])

    return text


async def test_what_is_said_in_place_of_an_earlier_message_keeps_the_later_ones_aside(
    agent_that_says, say, books, threads
):
    agent = agent_that_says(DONE, DONE, DONE)
    await say(agent, "first", message="m1")
    await say(agent, "second", message="m2")

    await say(agent, "other", message="m3", branch_from="m1")

    assert await books.said() == ["user: other", "assistant: Done."]
    everything = (await threads.messages("t", aside=True)).items
    assert [(message.content, message.aside) for message in everything if message.role == "user"] == [
        ("first", True),
        ("second", True),
        ("other", False),
    ]
    assert [message.content for message in (await threads.messages("t")).items] == ["other", "Done."]


async def test_a_branch_from_an_answer_goes_on_after_it(agent_that_says, say, books):
    agent = agent_that_says(DONE, DONE, DONE)
    await say(agent, "first")
    answer = (await books.history())[-1]
    await say(agent, "second")

    await say(agent, "other", branch_from=answer.id)

    assert await books.said() == ["user: first", "assistant: Done.", "user: other", "assistant: Done."]
    assert (await books.history())[2].parent_id == answer.id


async def test_what_was_done_in_a_part_that_is_replaced_stays_and_the_model_is_told(new_agent, say, books, heard):
    script = Script(ADD_MILK, DONE, DONE, DONE)
    agent = new_agent(script)
    await say(agent, "buy milk", message="m1")

    await say(agent, "buy bread", branch_from="m1")

    assert await books.titles() == ["Buy milk"]
    assert "Buy milk" in heard(script)
    assert "takes back" in heard(script)


async def test_the_model_is_told_what_was_done_aside_by_whoever_goes_on(new_agent, say, take, heard, vanish, ended):
    model = Stuck()
    script = Script(DONE)
    first, second = new_agent(Script(ADD_MILK, DONE, model)), new_agent(script)
    await say(first, "buy milk", message="m1")
    await take(first, "buy bread", run="r", branch_from="m1")
    await model.reached.wait()

    async with second.at_work():
        await vanish(first)
        assert await ended() == "finished"

    assert "takes back" in heard(script)


async def test_other_words_take_the_place_of_the_last_ones(agent_that_says, say, books):
    agent = agent_that_says(DONE, OTHER_WORDS)
    await say(agent, "hello", message="m")

    events = await say(agent, "hello", message="m")

    assert isinstance(events[-1], RunFinished)
    assert await books.said() == ["user: hello", "assistant: It is done."]


async def test_an_answer_is_worded_again_without_acting_again(agent_that_says, say, books):
    agent = agent_that_says(ADD_MILK, DONE, OTHER_WORDS)
    await say(agent, "buy milk", message="m")

    await say(agent, "buy milk", message="m")

    assert await books.done() == ["add_tasks"]
    assert await books.roles() == ["user", "assistant", "tool", "assistant"]
    assert (await books.said())[-1] == "assistant: It is done."


async def test_a_model_that_asks_for_the_tool_again_while_it_words_an_answer_is_refused(agent_that_says, say, books):
    agent = agent_that_says(ADD_MILK, DONE, ADD_MILK, OTHER_WORDS)
    await say(agent, "buy milk", message="m")

    await say(agent, "buy milk", message="m")

    assert await books.done() == ["add_tasks"]
    assert await books.titles() == ["Buy milk"]
    assert "nothing more was changed" in (await books.history())[-2].content
    assert await books.is_whole()


async def test_a_deletion_is_not_even_asked_for_while_an_answer_is_worded_again(agent_that_says, say, books):
    agent = agent_that_says(ADD_MILK, DONE, calls(delete("milk")), OTHER_WORDS)
    await say(agent, "buy milk", message="m")

    assert isinstance((await say(agent, "buy milk", message="m"))[-1], RunFinished)


async def test_an_earlier_answer_is_worded_again_and_the_later_turns_stand_aside(new_agent, say, books, heard):
    script = Script(DONE, ADD_MILK, DONE, OTHER_WORDS)
    agent = new_agent(script)
    await say(agent, "hello", message="m1")
    await say(agent, "buy milk", message="m2")

    await say(agent, "hello", message="m1")

    assert await books.said() == ["user: hello", "assistant: It is done."]
    assert await books.titles() == ["Buy milk"]
    assert "takes back" in heard(script)


async def test_a_turn_that_failed_acts_when_it_is_tried_again(agent_that_says, say, books):
    agent = agent_that_says(ConnectionError(), ADD_MILK, DONE)
    assert isinstance((await say(agent, "buy milk", message="m"))[-1], RunFailed)

    await say(agent, "buy milk", message="m")

    assert await books.done() == ["add_tasks"]
    assert await books.roles() == ["user", "assistant", "tool", "assistant"]


async def test_a_turn_that_was_stopped_before_it_acted_acts_when_it_is_tried_again(
    agent_that_says, say, take, books, profile
):
    held = Stop("add_tasks", acts=False)
    agent = agent_that_says(ADD_MILK, tools=held.tools)
    await take(agent, "buy milk", run="r", message="m")
    await held.reached.wait()
    await agent.cancel(profile.user_id, "r")

    await say(agent_that_says(ADD_MILK, DONE), "buy milk", message="m")

    assert await books.done() == ["add_tasks"]
    assert await books.roles() == ["user", "assistant", "tool", "assistant"]


async def test_a_second_try_that_is_taken_over_carries_out_all_its_calls(
    agent_that_says, say, take, books, vanish, ended
):
    held = Stop("remember", acts=False)
    both = calls(add("Buy milk"), ("remember", {"text": "Likes oat milk."}))
    first = agent_that_says(ConnectionError(), both, tools=held.tools)
    second = agent_that_says(DONE)
    await say(first, "buy milk", message="m")
    await take(first, "buy milk", run="r", message="m")
    await held.reached.wait()

    async with second.at_work():
        await vanish(first)
        assert await ended() == "finished"

    assert await books.done() == ["add_tasks", "remember"]


async def test_what_was_answered_late_is_not_asked_again_when_it_is_worded_again(agent_that_says, say, books):
    """Something else was said between the question and the yes."""
    agent = agent_that_says(ADD_MILK, DONE, calls(delete("milk")), DONE, DONE, OTHER_WORDS)
    await say(agent, "buy milk")
    paused = (await say(agent, "delete milk", message="m"))[-1]
    assert isinstance(paused, RunPaused)
    await say(agent, "and hello")
    await say(agent, answers=[Answer(approval_id=paused.approvals[0].id, approved=True)])

    events = await say(agent, "delete milk", message="m")

    assert isinstance(events[-1], RunFinished)
    assert not any(isinstance(event, ToolAnswered) for event in events)
    assert await books.done() == ["add_tasks", "delete_tasks"]
    assert (await books.said())[-2:] == ["assistant: ", "assistant: It is done."]
    assert await books.is_whole()


async def test_a_question_that_is_open_is_put_anew_when_its_turn_is_tried_again(agent_that_says, say, books):
    agent = agent_that_says(ADD_MILK, DONE, calls(delete("milk")), calls(delete("milk")), DONE)
    await say(agent, "buy milk")
    old = (await say(agent, "delete milk", message="m", run="old"))[-1].approvals[0]

    new = (await say(agent, "delete milk", message="m"))[-1].approvals[0]

    assert await books.status("old") == "cancelled"
    with pytest.raises(Invalid, match="resume"):
        await say(agent, answers=[Answer(approval_id=old.id, approved=True)])
    await say(agent, answers=[Answer(approval_id=new.id, approved=True)])
    assert await books.titles() == []
    assert await books.is_whole()


async def test_a_turn_with_an_act_and_an_open_question_is_not_tried_again(agent_that_says, say, books):
    agent = agent_that_says(ADD_MILK, DONE, calls(add("Buy bread"), delete("milk")), DONE)
    await say(agent, "buy milk")
    asked = (await say(agent, "buy bread, delete milk", message="m"))[-1].approvals[0]

    with pytest.raises(Conflict, match="still open"):
        await say(agent, "buy bread, delete milk", message="m")

    await say(agent, answers=[Answer(approval_id=asked.id, approved=True)])
    assert await books.titles() == ["Buy bread"]
    assert await books.is_whole()


async def test_other_words_are_found_to_a_message_though_a_late_yes_came_after_it(agent_that_says, say, books):
    agent = agent_that_says(
        ADD_MILK, DONE, calls(delete("milk")), AIMessage("Hello."), AIMessage("It is gone."), AIMessage("Hi there.")
    )
    await say(agent, "buy milk")
    asked = (await say(agent, "delete milk"))[-1].approvals[0]
    await say(agent, "hello", message="m")
    await say(agent, answers=[Answer(approval_id=asked.id, approved=True)])

    await say(agent, "hello", message="m")

    assert (await books.said())[-1] == "assistant: Hi there."
    assert "assistant: Hello." not in await books.said()
    assert await books.titles() == []
    assert await books.is_whole()


async def test_a_message_id_stands_for_its_words(agent_that_says, say, books):
    agent = agent_that_says(DONE, DONE)
    await say(agent, "hello", message="m")

    with pytest.raises(Conflict, match="'m'"):
        await say(agent, "something else", message="m")

    assert await books.said() == ["user: hello", "assistant: Done."]
    assert isinstance((await say(agent, "something else"))[-1], RunFinished)


async def test_a_branch_from_nowhere_is_refused_and_leaves_nothing(agent_that_says, say, books):
    agent = agent_that_says(DONE, DONE)
    await say(agent, "hello")

    with pytest.raises(Invalid, match="branchFrom"):
        await say(agent, "other", branch_from="nowhere")

    assert await books.said() == ["user: hello", "assistant: Done."]
