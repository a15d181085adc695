"""How much is told of what was said before."""

import json
from itertools import pairwise

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from graphs.fitting import MESSAGE_TOKENS, Room, counted, oldest_to_leave_out, shortened
from graphs.pieces import Asked
from ml.tokens import Tokens

MODEL = "anthropic:claude-haiku-4-5"
TOOL = {"type": "function", "function": {"name": "undo", "description": "Take it back.", "parameters": {}}}


@pytest.mark.parametrize(
    ("sizes", "room", "gone"),
    [
        ([], 100, 0),
        ([10] * 10, 100, 0),
        ([10] * 11, 100, 3),  # 10 over: a quarter goes
        ([10] * 12, 100, 3),
        ([10] * 13, 100, 5),  # 30 over: two quarters go
        ([200], 100, 1),
        ([5, 200], 100, 2),
        ([10, 10], 0, 2),
    ],
)
def test_the_oldest_go_by_quarters_of_the_room(sizes, room, gone):
    assert oldest_to_leave_out(sizes, room) == gone
    assert sum(sizes[gone:]) <= room


def test_what_stays_begins_at_the_same_turn_while_a_quarter_is_filled():
    beginnings = [oldest_to_leave_out([10] * turns, 100) for turns in range(11, 60)]

    assert all(later >= earlier for earlier, later in pairwise(beginnings))
    assert len(set(beginnings)) < len(beginnings) / 2


def test_a_result_is_shortened_to_what_things_are_called():
    items = [{"ok": True, "id": "1", "title": "Milk", "due": "2026-11-30"}, {"question": "Which one?"}]
    told = {"summary": "Done.", "action_id": "a", "items": items, "passages": [{"passage": "Milk."}], "total": 2}

    assert json.loads(shortened(json.dumps(told))) == {k: told[k] for k in told if k != "passages"}
    assert json.loads(shortened(json.dumps(told), hard=True)) == {
        "summary": "Done.",
        "action_id": "a",
        "items": [{"ok": True, "id": "1", "title": "Milk"}, {"question": "Which one?"}],
    }


@pytest.mark.parametrize("result", ["", "no JSON", '["a list"]', '{"items": "odd"}', '{"items": [1, null]}'])
@pytest.mark.parametrize("hard", [True, False])
def test_an_odd_result_is_no_hindrance(result, hard):
    assert isinstance(shortened(result, hard=hard), str)


def test_all_that_a_model_is_asked_is_counted():
    calls = [{"id": "c", "name": "search", "args": {"query": "milk"}}]
    said = [SystemMessage("Be short."), HumanMessage("hello"), AIMessage("", tool_calls=calls)]
    tokens = Tokens()

    alone = counted(Asked(messages=said), MODEL, tokens=tokens)
    with_tools = counted(Asked(messages=said, tools=[TOOL]), MODEL, tokens=tokens)

    assert alone > 3 * MESSAGE_TOKENS + tokens.count("Be short.") + tokens.count("hello")
    assert with_tools > alone


def test_a_provider_that_counts_more_leaves_less_room():
    tokens = Tokens()
    before = Room(tokens=tokens, model=MODEL, most=10_000).size

    tokens.learn(MODEL, 1_000, 1_900)

    assert Room(tokens=tokens, model=MODEL, most=10_000).size < before < 10_000
