"""The same request in the words of different people: polite, dictated, terse, told with its reason."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.people import Clock
from language.understanding import Guess, understand

CLOCK = Clock(now=datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Europe/Berlin")))


def only(text: str) -> tuple[str, str | None, dict[str, Any]]:
    (request,) = understand(text, CLOCK).requests
    return request.intent, request.reference, dict(request.arguments)


@pytest.mark.parametrize(
    "text",
    [
        "I'd rather like to get into the habit of swimming twice a week",
        "swimming twice weekly, that's my resolution",
        "My coach says I should swim twice a week, so let's do that.",
        "trying to go swimming twice a week, can you track that",
        "I've made up my mind: two swims a week from now on",
        "each week I want to swim two times",
        "let's make swimming a habit – twice a week",
        "It is my wish to swim 2 times per week.",
        "2x/week swim pls",
    ],
)
def test_a_habit_is_named_by_its_activity_whatever_stands_around_it(text: str) -> None:
    intent, _, given = only(text)
    assert intent == "habit_create"
    assert str(given["name"]).lower() in ("swim", "swimming")
    assert (given["times"], given["per"]) == (2, "week")


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("I want to do 20 squats every weekday at 7", "task_create"),
        ("have me do some yoga at six in the evening every day", "task_create"),
        ("remind me to swim twice a week", "task_create"),
        ("8 km walk tomorrow", "task_create"),
        ("read the lease before Monday", "task_create"),
        ("buy running shoes", "task_create"),
    ],
)
def test_what_has_a_time_of_day_or_lies_ahead_is_a_task(text: str, intent: str) -> None:
    assert only(text)[0] == intent


@pytest.mark.parametrize(
    "text",
    [
        "Today I have swum 2 km.",
        "managed a 2 km swim this morning :)",
        "got a 2 km swim in today",
        "just back from a 2 km swim",
        "Went for a swim this morning, 2 km in all.",
        "today's swim: 2 kilometres",
        "please record that I swam 2 km today",
        "I took myself out for a swim of two kilometres today",
    ],
)
def test_what_was_done_is_logged_with_its_amount(text: str) -> None:
    intent, reference, given = only(text)
    assert (intent, given["value"]) == ("habit_log", 2)
    assert reference in ("swim", "swimming", "swum")


@pytest.mark.parametrize(
    "text",
    [
        "May I ask how well I am doing with my swimming?",
        "Status on my swimming?",
        "How does it go with my swimming?",
        "and my swimming, how is it going?",
        "give me the lowdown on my swimming",
        "swimming progress report please",
        "am I sticking to my swimming",
        "where do I stand with the swimming",
        "I'd like to see how my swimming is coming along",
    ],
)
def test_how_a_habit_goes_is_asked_in_many_ways(text: str) -> None:
    assert only(text)[:2] == ("habit_insights", "swimming")


@pytest.mark.parametrize(
    "frame",
    [
        "Please write down this: {}",
        "Jot this down for me: {}",
        "for the record, {}",
        "put this in my notes: {}",
        "would you mind noting down that {}",
        "let me note down that {}",
        "could you make a note of the fact that {}",
        "take a note {}",
        "record the following: {}",
        "{}, note that down please",
        "{}. Save that as a note.",
    ],
)
def test_a_note_is_what_is_left_when_the_order_is_taken_away(frame: str) -> None:
    body = "the plumber wants to come again in May"
    intent, _, given = only(frame.format(body))
    assert (intent, str(given["body"]).rstrip(".")) == ("note_write", body)


@pytest.mark.parametrize(
    "text",
    [
        "put down the deposit tomorrow",
        "take down the Christmas lights",
        "add this: buy milk",
        "call the plumber tomorrow, note that down",
        "leave a note on the fridge tomorrow",
        "save this week's receipts",
    ],
)
def test_what_only_sounds_like_a_note_is_none(text: str) -> None:
    assert "note_write" not in [request.intent for request in understand(text, CLOCK).requests]


@pytest.mark.parametrize(
    "text",
    [
        "What was it the plumber said again?",
        "I forgot what the plumber said",
        "may I ask what the plumber said",
        "did the plumber say anything about the boiler",
        "what do my notes say about the plumber",
        "can you recall what the plumber told me?",
        "anything about the plumber in my notes?",
        "wht did the plumber say",
    ],
)
def test_what_was_written_is_asked_for_in_many_ways(text: str) -> None:
    assert only(text)[0] == "question"


@pytest.mark.parametrize(
    "text",
    [
        "I should like a summary of my notes about the boiler.",
        "boiler notes tldr",
        "what do my notes about the boiler say, in short",
        "go through my notes on the boiler and sum them up",
        "could you boil my notes on the boiler down for me",
        "sum up what I've noted about the boiler",
        "give me the key points from my boiler notes",
    ],
)
def test_a_summary_knows_what_it_is_about(text: str) -> None:
    assert only(text) == ("note_summarize", None, {"about": "boiler"})


@pytest.mark.parametrize(
    "text",
    [
        "nope, roll that back",
        "Ah, no, I spoke too soon. Take that back, please.",
        "Sorry, that was my mistake. Please undo it.",
        "put it back the way it was",
        "I made a mistake there, please reverse it",
        "it isn't done yet after all, undo",
        "can that be undone?",
        "ctrl+z",
        "Hey, undo that",
    ],
)
def test_taking_back_needs_no_one_word(text: str) -> None:
    assert only(text)[:2] == ("undo", None)


@pytest.mark.parametrize(
    "text", ["take that back to the shop tomorrow", "return the ladder", "restore the old chair by Friday", "my bad"]
)
def test_bringing_things_back_is_no_undo(text: str) -> None:
    guess = Guess(intent="undo", probability=0.95)
    clauses = {clause: guess for clause in understand(text, CLOCK).unsure}
    found = [(request.intent, request.reference) for request in understand(text, CLOCK, clauses).requests]
    assert ("undo", None) not in found


@pytest.mark.parametrize(
    "text",
    [
        "Let's hear a joke about cats.",
        "got any cat jokes",
        "Go on, tell me a joke about cats.",
        "I need a laugh, know a good riddle?",
        "make up a limerick about cats please",
    ],
)
def test_amusement_is_nothing_to_put_down(text: str) -> None:
    assert {request.intent for request in understand(text, CLOCK).requests} <= {"unknown", "smalltalk"}


def test_an_order_behind_a_greeting_is_heard() -> None:
    for greeting in ("Hey, ", "Thanks! Now ", "hi there, ", "Good morning! Please "):
        assert only(f"{greeting}undo that")[0] == "undo"
        assert only(f"{greeting}summarize my notes about cats")[0] == "note_summarize"
