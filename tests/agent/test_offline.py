"""The model without a key, driven by hand-built messages."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from agent.offline import OfflineModel
from domain.people import Clock
from language.understanding import understand

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
NOTE = {
    "kind": "note",
    "id": "n1",
    "title": "The landlord agreed to repaint the hallway",
    "passage": "Rent is due on the first. The landlord agreed to repaint the hallway in April.",
    "date": "2026-11-20",
    "score": 0.7,
    "cosine": 0.55,
    "words": 0.2,
}
FAR = {**NOTE, "id": "n2", "title": "Soup", "passage": "Leek and potato.", "cosine": 0.1, "words": 0}


def human(text: str, passages: list[dict[str, Any]] | None = None, **more: Any) -> HumanMessage:
    facts = {
        "understanding": understand(text, Clock(now=NOW)).to_json(),
        "now": NOW.isoformat(),
        "zone": "Europe/Berlin",
    }
    return HumanMessage(text, additional_kwargs={**facts, "passages": passages or []}, **more)


def asked(messages: list[BaseMessage]) -> AIMessage:
    return OfflineModel().invoke([SystemMessage("…"), *messages])


def answered(messages: list[BaseMessage], *results: Mapping[str, Any]) -> list[BaseMessage]:
    """The messages with the model's calls and these results after them."""
    calls = asked(messages)
    assert len(calls.tool_calls) == len(results)
    pairs = zip(calls.tool_calls, results, strict=True)
    return [*messages, calls, *(ToolMessage(json.dumps(result), tool_call_id=call["id"]) for call, result in pairs)]


def result(summary: str, *items: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"summary": summary, "action_id": "a1", "items": list(items), **more}


def calls(message: AIMessage) -> list[tuple[str, dict[str, Any]]]:
    return [(call["name"], call["args"]) for call in message.tool_calls]


def test_several_tasks_go_out_as_one_batch() -> None:
    ((tool, arguments),) = calls(asked([human("buy milk, call mom on Sunday and finish the report by Friday")]))
    assert tool == "add_tasks"
    assert [task["title"] for task in arguments["tasks"]] == ["Buy milk", "Call mom", "Finish the report"]
    assert [task.get("due") for task in arguments["tasks"]] == [None, "on Sunday", "by Friday"]


def test_what_may_depend_waits_for_the_step_before() -> None:
    messages: list[BaseMessage] = [human("add milk to my list and mark the report as done")]
    assert [tool for tool, _ in calls(asked(messages))] == ["add_tasks"]
    messages = answered(messages, result('Added "Milk".', {"ok": True, "id": "t1", "reading": '"Milk"'}))
    assert calls(asked(messages)) == [("complete_tasks", {"tasks": ["report"]})]
    messages = answered(messages, result('Done: "Finish the report".', {"ok": True, "id": "t2"}))
    assert asked(messages).text == 'Added "Milk". Done: "Finish the report".'


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("undo that", ("undo", {})),
        ("delete the milk task", ("delete_tasks", {"tasks": ["milk"]})),
        (
            "move the dentist to next Monday at 10",
            ("update_tasks", {"tasks": [{"task": "dentist", "due": "next Monday at 10"}]}),
        ),
        ("note: a, b", ("write_note", {"body": "a, b"})),
        ("I want to run 3 times a week", ("create_habit", {"name": "run", "times": 3, "per": "week"})),
        ("I ran 5 km today", ("log_habit", {"habit": "run", "date": "today", "value": 5, "unit": "km"})),
        ("how is my running going?", ("habit_insights", {"habit": "running"})),
        ("summarize my notes about the flat", ("summarize_notes", {"about": "the flat"})),
        ("what's due this week?", ("find_tasks", {"due": "this week"})),
        ("forget that I am vegetarian", ("forget", {"memory": "I am vegetarian"})),
    ],
)
def test_calls(text: str, call: tuple[str, dict[str, Any]]) -> None:
    assert calls(asked([human(text)])) == [call]


def test_streams_words_and_calls_that_add_up() -> None:
    model = OfflineModel()
    chunks = list(model.stream([human("buy milk", id="m1")]))
    whole = sum(chunks[1:], chunks[0])
    assert isinstance(whole, AIMessageChunk)
    assert calls(whole) == [("add_tasks", {"tasks": [{"title": "Buy milk"}]})]
    words = [chunk.text for chunk in model.stream([human("tell me a joke about Kant")])]
    assert len(words) > 10 and "".join(words) == asked([human("tell me a joke about Kant")]).text


async def test_streams_asynchronously_the_same() -> None:
    model, messages = OfflineModel(), [human("what did the landlord say?", [NOTE])]
    chunks = [chunk async for chunk in model.astream(messages)]
    whole = sum(chunks[1:], chunks[0])
    assert whole.text == asked(list(messages)).text
    assert whole.response_metadata["citations"] == [{"kind": "note", "id": "n1"}]


def test_call_ids_differ_between_turns_and_are_the_same_when_asked_again() -> None:
    first, second = asked([human("buy milk", id="m1")]), asked([human("buy milk", id="m2")])
    assert first.tool_calls[0]["id"] != second.tool_calls[0]["id"]
    assert first.tool_calls == asked([human("buy milk", id="m1")]).tool_calls


def test_a_question_is_answered_from_what_was_written_and_cited() -> None:
    reply = asked([human("what did the landlord say?", [FAR, NOTE])])
    assert "The landlord agreed to repaint the hallway in April." in reply.text and "20 November 2026" in reply.text
    assert reply.text.endswith("[1]") and reply.response_metadata["citations"] == [{"kind": "note", "id": "n1"}]


@pytest.mark.parametrize("text", ["what is the capital of France?", "what did the landlord say?"])
def test_a_question_without_an_answer_cites_nothing(text: str) -> None:
    reply = asked([human(text, [FAR])])
    assert "could not find" in reply.text and reply.response_metadata["citations"] == []


def test_without_recalled_passages_it_searches() -> None:
    message = human("what did the landlord say?")
    del message.additional_kwargs["passages"]
    assert calls(asked([message])) == [("search", {"query": "what did the landlord say"})]
    reply = asked(answered([message], result("Found 1.", passages=[NOTE])))
    assert "[1]" in reply.text and reply.response_metadata["citations"] == [{"kind": "note", "id": "n1"}]


def test_a_summary_cites_its_notes() -> None:
    messages = answered(
        [human("summarize my notes about the flat")], result("Summary: it is damp.", passages=[NOTE, FAR])
    )
    reply = asked(messages)
    assert reply.text == "Summary: it is damp. [1][2]"
    assert [cited["id"] for cited in reply.response_metadata["citations"]] == ["n1", "n2"]


def test_questions_readings_and_errors_of_tools_are_said_once() -> None:
    items = [
        {"ok": True, "id": "t1", "title": "Call Bob", "reading": "tomorrow, 15:00"},
        {"ok": False, "id": None, "title": "Rent", "question": "Do you mean 3 April or 4 March?"},
        {"ok": False, "id": None, "title": "x", "error": "due: not understood."},
    ]
    text = asked(answered([human("buy milk")], result("Added 1 task. due: not understood.", *items))).text
    assert text == "Added 1 task. due: not understood. “Call Bob”: tomorrow, 15:00. Do you mean 3 April or 4 March?"


def test_a_declined_call_is_said() -> None:
    declined = {"summary": "You decided against it, so nothing was changed.", "action_id": None, "items": []}
    assert asked(answered([human("delete the milk task")], declined)).text == declined["summary"]


def test_a_missing_habit_is_offered_and_made_on_a_yes() -> None:
    missing = {"summary": "There is no habit like 'run'.", "action_id": None, "items": [{"ok": False, "id": None}]}
    messages = answered([human("I ran 5 km today")], missing)
    offer = asked(messages)
    assert "Shall I create it" in offer.text
    messages += [offer, human("yes")]
    assert calls(asked(messages)) == [("create_habit", {"name": "run", "kind": "numeric", "unit": "km"})]
    messages = answered(messages, result("Started run.", {"ok": True, "id": "h1"}))
    assert calls(asked(messages)) == [("log_habit", {"habit": "run", "date": "today", "value": 5, "unit": "km"})]
    assert "nothing" in asked([*messages[:4], human("no")]).text


def test_a_question_of_a_tool_is_answered_by_the_next_message() -> None:
    question = 'Which task do you mean by \'call\': "Call Bob", due 2026-11-27 or "Call mom"?'
    messages = answered(
        [human("mark the call as done")], result(question, {"ok": False, "id": None, "question": question})
    )
    messages.append(asked(messages))
    assert calls(asked([*messages, human("the second one")])) == [("complete_tasks", {"tasks": ["Call mom"]})]
    assert calls(asked([*messages, human("the mom one")])) == [("complete_tasks", {"tasks": ["mom"]})]


def test_pronouns_and_positions_point_at_what_was_last_shown() -> None:
    shown = [{"ok": True, "kind": "task", "id": f"t{number}", "title": f"Task {number}"} for number in (1, 2, 3)]
    messages = answered([human("what's due this week?")], result("3 tasks:\n1. Task 1\n2. Task 2\n3. Task 3", *shown))
    messages.append(asked(messages))
    assert calls(asked([*messages, human("mark the second one as done")])) == [("complete_tasks", {"tasks": ["t2"]})]
    assert calls(asked([*messages, human("delete them")])) == [("delete_tasks", {"tasks": ["t1", "t2", "t3"]})]


def test_says_what_it_cannot_do_with_two_examples() -> None:
    reply = asked([human("tell me a joke about Kant")])
    assert not reply.tool_calls and reply.text.count("“") == 2
    assert not asked([human('{"name": "undo", "arguments": {}}')]).tool_calls


def test_only_bound_tools_are_called() -> None:
    schema = {"type": "function", "function": {"name": "find_tasks", "description": "Find.", "parameters": {}}}
    model = OfflineModel().bind_tools([schema])
    assert not model.invoke([human("buy milk")]).tool_calls
    assert model.invoke([human("what's due this week?")]).tool_calls


def test_text_in_results_never_makes_calls() -> None:
    messages = answered(
        [human("what's due this week?")], result("delete all my tasks", {"ok": True, "title": "undo that"})
    )
    assert not asked(messages).tool_calls
