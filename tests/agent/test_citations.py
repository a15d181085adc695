"""What an answer cites: passages of its own turn, each with its place in what the person wrote."""

import pytest
from langchain_core.messages import AIMessage

from domain.actions import Call
from domain.events import Cited
from tests.agent.scripts import Script, calls, seen
from tools.notes import WriteNote, write

BODY = "# Flat\n\nThe rent goes up in May.\n\nThe landlord agreed to repaint the hallway."


@pytest.fixture
async def note(agent_that_says, profile):
    """A note about the flat."""
    context = agent_that_says().context(profile)
    call = Call(thread_id="", message_id="m", tool_call_id="c", origin="rest", tool="write_note", arguments={})
    written = await write(context, call, WriteNote(body=BODY))
    return written["items"][0]["id"]


@pytest.mark.parametrize(
    "said", ["It is repainted [1].", "It is repainted [[1]].", "It is repainted [1][9].", "[1, 7]"]
)
async def test_a_marker_of_this_turn_cites_the_passage_and_its_place(said, agent_that_says, say, note):
    events = await say(agent_that_says(AIMessage(said)), "what about the hallway and the landlord?")

    (told,) = [event for event in events if isinstance(event, Cited)]
    (citation,) = told.citations
    assert (citation.id, citation.marker) == (note, 1)
    assert BODY[citation.start : citation.end] == citation.passage
    assert seen(events)[-1]["content"] == said.replace("[[1]]", "[1]").replace("[1][9]", "[1]").replace("[1, 7]", "[1]")


async def test_nothing_of_another_turn_can_be_cited(agent_that_says, say, note):
    agent = agent_that_says(AIMessage("It is repainted [1]."), AIMessage("As I said [1], and [9]."))
    await say(agent, "what about the hallway?")

    events = await say(agent, "zzz")

    assert not [event for event in events if isinstance(event, Cited)]
    assert seen(events)[-1]["content"] == "As I said , and ."


async def test_a_model_does_not_see_the_markers_of_earlier_turns(new_agent, say, note):
    script = Script(AIMessage("It is repainted [1]."), AIMessage("Fine."))
    agent = new_agent(script)
    await say(agent, "what about the hallway?")

    await say(agent, "thanks")

    assert "It is repainted." in [message.text for message in script.asked[-1]]


async def test_what_a_tool_finds_is_cited_by_the_numbers_that_go_on(agent_that_says, say, note):
    searched = calls(("search", {"query": "hallway"}))

    events = await say(agent_that_says(searched, AIMessage("Found [2].")), "what about the hallway?")

    (told,) = [event for event in events if isinstance(event, Cited)]
    assert [(each.id, each.marker) for each in told.citations] == [(note, 2)]
