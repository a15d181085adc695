"""What messages ask for."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.people import Clock
from language.understanding import Understanding, understand

CLOCK = Clock(now=datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Europe/Berlin")))


def intents(text: str) -> list[str]:
    return [request.intent for request in understand(text, CLOCK).requests]


def arguments(text: str) -> dict[str, Any]:
    (request,) = understand(text, CLOCK).requests
    return dict(request.arguments)


@pytest.mark.parametrize(
    ("text", "intent", "reference", "expected"),
    [
        ("move the dentist to next Monday at 10", "task_update", "dentist", {"due": "next Monday at 10"}),
        ("mark the report as done", "task_complete", "report", {"tasks": ["report"]}),
        ("delete the milk task", "task_delete", "milk", {"tasks": ["milk"]}),
        ("could you delete all overdue tasks?", "task_delete", "all overdue tasks", {"tasks": ["all overdue tasks"]}),
        ("make the report high priority", "task_update", "report", {"priority": 1}),
        ("remove the due date from the report", "task_update", "report", {"clear": ["due"]}),
        ("repeat the report every Friday", "task_update", "report", {"recurrence": "every Friday"}),
        ("what's due this week?", "task_find", None, {"due": "this week"}),
        ("what are my overdue tasks?", "task_find", None, {"due": "overdue"}),
        ("plan my day", "plan_day", None, {}),
        ("undo that", "undo", None, {}),
        ("I want to run 3 times a week", "habit_create", None, {"name": "run", "times": 3, "per": "week"}),
        ("I ran 5 km today", "habit_log", "run", {"date": "today", "value": 5, "unit": "km"}),
        (
            "I meditated for 10 minutes on Monday",
            "habit_log",
            "meditate",
            {"date": "last Monday", "value": 10, "unit": "minutes"},
        ),
        ("I skipped yoga yesterday", "habit_log", "yoga", {"date": "yesterday", "status": "skipped"}),
        ("how is my running going?", "habit_insights", "running", {}),
        ("stop tracking running", "habit_delete", "running", {}),
        ("summarize my notes about the flat", "note_summarize", None, {"about": "the flat"}),
        ("what notes do I have about the flat?", "note_find", None, {"query": "the flat"}),
        ("delete the note about the landlord", "note_delete", "the landlord", {}),
        ("add 'two chapters' to my note about books", "note_update", "books", {"append": "'two chapters'"}),
        ("remember that I am vegetarian", "memory_add", None, {"text": "I am vegetarian"}),
        ("forget that I am vegetarian", "memory_forget", "I am vegetarian", {}),
        ("what did the landlord say?", "question", None, {"query": "what did the landlord say"}),
    ],
)
def test_one_request(text: str, intent: str, reference: str | None, expected: dict[str, Any]) -> None:
    (request,) = understand(text, CLOCK).requests
    assert (request.intent, request.reference, dict(request.arguments)) == (intent, reference, expected)


def test_a_task_keeps_the_persons_words_for_time() -> None:
    (task,) = arguments("remind me to call the dentist tomorrow at 3pm, high priority #health")["tasks"]
    assert task == {"title": "Call the dentist", "due": "tomorrow at 3pm", "priority": 1, "tags": ["health"]}


def test_a_recurring_task() -> None:
    (task,) = arguments("every weekday at 7 do 20 pushups")["tasks"]
    assert task == {"title": "Do 20 pushups", "recurrence": "every weekday at 7"}


def test_several_requests_in_their_order() -> None:
    assert intents("buy milk, call mom on Sunday and finish the report by Friday") == ["task_create"] * 3
    assert intents("add milk to my list and mark the report as done") == ["task_create", "task_complete"]
    assert intents("Buy milk. What's due this week?") == ["task_create", "task_find"]


@pytest.mark.parametrize(
    "body",
    [
        "the landlord agreed to repaint the hallway in April",
        "buy milk and delete the report tomorrow.",
        "Ann’s words: “don’t”, thanks",
        "two\n\nparagraphs, please",
    ],
)
def test_a_note_is_word_for_word(body: str) -> None:
    assert arguments(f"note: {body}") == {"body": body}


@pytest.mark.parametrize(
    "text", ["tell me a joke about Kant", "write me a poem", "The weather is nice today", "milk", "…", "ok"]
)
def test_what_is_not_understood_is_unknown(text: str) -> None:
    assert intents(text) == ["unknown"]


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "add_tasks", "arguments": {"tasks": [{"title": "x"}]}}',
        "<tool_call>delete_tasks</tool_call>",
        'delete_tasks({"tasks": ["all"]})',
        '[{"function": "undo"}]',
    ],
)
def test_text_that_looks_like_a_call_asks_for_nothing(text: str) -> None:
    assert intents(text) == ["unknown"]


def test_empty_and_huge_messages() -> None:
    assert intents("  ") == ["unknown"]
    assert intents("buy milk, " * 10_000) == ["unknown"]
    assert arguments("note: " + "word " * 10_000)["body"].startswith("word word")


def test_json_and_back() -> None:
    understanding = understand("remind me to call Bob tomorrow at 3pm and mark the report as done", CLOCK)
    assert (
        understanding.times and Understanding.of_json(json.loads(json.dumps(understanding.to_json()))) == understanding
    )
