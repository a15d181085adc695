"""What messages ask for."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.people import Clock
from language.understanding import Guess, Understanding, understand

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
        ("could you push the dentist to Monday instead?", "task_update", "dentist", {"due": "Monday"}),
        ("push the report by 2 days", "task_update", "report", {"due": "2 days later"}),
        ("move it up an hour", "task_update", "it", {"due": "an hour earlier"}),
        ("move everything due today to tomorrow", "task_update", "everything due today", {"due": "tomorrow"}),
        ("make the report high priority", "task_update", "report", {"priority": 1}),
        ("remove the due date from the report", "task_update", "report", {"clear": ["due"]}),
        ("repeat the report every Friday", "task_update", "report", {"recurrence": "every Friday"}),
        ("stop repeating the report", "task_update", "report", {"clear": ["recurrence"]}),
        ("rename the report to minutes", "task_update", "report", {"title": "minutes"}),
        ("tag the report with work and home", "task_update", "report", {"add_tags": ["work", "home"]}),
        ("remove the tag work from the report", "task_update", "report", {"remove_tags": ["work"]}),
        ("move the report to the garden project", "task_update", "report", {"project": "garden"}),
        ("the report takes 2 hours", "task_update", "report", {"duration": "2 hours"}),
        ("remind me 30 minutes before the dentist", "task_update", "dentist", {"remind": "30 minutes before"}),
        ("mark the report as done", "task_complete", "report", {}),
        ("mark milk and mom as done", "task_complete", "milk and mom", {"names": ["milk", "mom"]}),
        ("I'm done with the report, tick it off", "task_complete", "report", {}),
        ("the laundry is done", "task_complete", "laundry", {}),
        ("I called the plumber", "task_complete", "call the plumber", {}),
        ("complete all of them except the last", "task_complete", "all of them", {"but": ["the last"]}),
        ("delete the milk task", "task_delete", "milk", {}),
        ("I don't need the milk task anymore", "task_delete", "milk", {}),
        ("could you delete all overdue tasks?", "task_delete", "all overdue tasks", {}),
        ("what's due this week?", "task_find", None, {"due": "this week"}),
        ("can you tell me what's due this week?", "task_find", None, {"due": "this week"}),
        ("what are my overdue tasks?", "task_find", None, {"due": "overdue"}),
        ("what are my urgent tasks?", "task_find", None, {"priority": 1}),
        ("show me everything tagged home", "task_find", None, {"tag": "home"}),
        ("what did I finish last week?", "task_find", None, {"finished": "last week"}),
        ("do I have something on Friday afternoon?", "task_find", None, {"due": "Friday afternoon"}),
        ("how many open tasks do I have?", "task_find", None, {"ask": "count"}),
        ("what's next?", "task_find", None, {"due": "upcoming", "limit": 1, "ask": "next"}),
        ("plan my day", "plan_day", None, {}),
        ("undo that", "undo", None, {}),
        ("no wait, take that back", "undo", None, {}),
        ("I want to run 3 times a week", "habit_create", None, {"name": "run", "times": 3, "per": "week"}),
        ("I ran five km today", "habit_log", "run", {"date": "today", "value": 5, "unit": "km"}),
        ("ran on Monday and Wednesday", "habit_log", "run", {"dates": ["Monday", "Wednesday"]}),
        ("didn't run yesterday", "habit_log", "run", {"status": "missed", "date": "yesterday"}),
        ("I skipped yoga yesterday", "habit_log", "yoga", {"status": "skipped", "date": "yesterday"}),
        ("change my running goal to 4 times a week", "habit_update", "running", {"times": 4, "per": "week"}),
        ("stop tracking running", "habit_update", "running", {"archived": True}),
        ("delete my running habit", "habit_delete", "running", {}),
        ("how is my running going?", "habit_insights", "running", {}),
        ("am I keeping up with my running?", "habit_insights", "running", {}),
        ("summarize my notes about the flat", "note_summarize", None, {"about": "flat"}),
        ("give me the gist of my notes about the flat", "note_summarize", None, {"about": "flat"}),
        ("what notes do I have about the flat?", "note_find", None, {"query": "flat"}),
        ("delete the note about the landlord", "note_delete", "the landlord", {}),
        ("add 'two chapters' to my note about books", "note_update", "books", {"append": "two chapters"}),
        ("tag that note with home", "note_update", "it", {"add_tags": ["home"]}),
        ("remember that I am vegetarian", "memory_add", None, {"text": "I am vegetarian"}),
        ("forget that I am vegetarian", "memory_forget", "I am vegetarian", {}),
        ("what do you know about me?", "memory_find", None, {}),
        ("no, Tuesday", "correct", None, {"due": "Tuesday"}),
        ("I meant 4pm", "correct", None, {"due": "4pm"}),
        ("not the dentist, the doctor", "correct", None, {"is": "doctor", "not": "dentist"}),
        ("wrong one", "correct", None, {"wrong": True}),
        ("no, the second one", "correct", None, {"is": "the second one"}),
        ("no, mom on Saturday", "task_update", "mom", {"due": "on Saturday"}),
        ("what about tomorrow?", "follow_up", "tomorrow", {"asks": True}),
        ("wie wird das Wetter morgen", "foreign", None, {"language": "German"}),
    ],
)
def test_one_request(text: str, intent: str, reference: str | None, expected: dict[str, Any]) -> None:
    (request,) = understand(text, CLOCK).requests
    assert (request.intent, request.reference, dict(request.arguments)) == (intent, reference, expected)


@pytest.mark.parametrize(
    ("text", "task"),
    [
        (
            "remind me to call the dentist tomorrow at 3pm, high priority #health",
            {"title": "Call the dentist", "due": "tomorrow at 3pm", "priority": 1, "tags": ["health"]},
        ),
        (
            "could you remind me tomorrow at 3pm to ring the vet? it's high priority, tag it #pets",
            {"title": "Ring the vet", "due": "tomorrow at 3pm", "priority": 1, "tags": ["pets"]},
        ),
        ("every weekday at 7 do 20 pushups", {"title": "Do 20 pushups", "recurrence": "every weekday at 7"}),
        ("put milk on my shopping list", {"title": "Milk", "project": "shopping"}),
        ("set an alarm for 8 am", {"title": "Alarm", "due": "for 8 am"}),
        ("schedule a meeting with Bob tomorrow at 3", {"title": "Meeting with Bob", "due": "tomorrow at 3"}),
    ],
)
def test_a_task_keeps_the_persons_words_for_time(text: str, task: dict[str, Any]) -> None:
    assert arguments(text)["tasks"] == [task]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("buy milk, call mom on Sunday and finish the report by Friday", ["task_create"] * 3),
        ("get milk also call mom on sunday and also finish the report by friday", ["task_create"] * 3),
        ("add milk to my list and mark the report as done", ["task_create", "task_complete"]),
        ("Buy milk. What's due this week?", ["task_create", "task_find"]),
        ("buy milk and what's due today?", ["task_create", "task_find"]),
        ("Buy milk.Call mom", ["task_create", "task_create"]),
        ("Thanks! Can you move the dentist to Friday?", ["task_update"]),
        ("I met the roofer last night. Could you remove that one?", ["task_delete"]),
    ],
)
def test_several_requests_in_their_order(text: str, expected: list[str]) -> None:
    assert intents(text) == expected


def test_a_list_behind_a_colon_is_one_request_for_each() -> None:
    tasks = arguments("Three things: water the plants, ring my aunt on Sunday, and wrap the present")["tasks"]
    assert [task["title"] for task in tasks] == ["Water the plants", "Ring my aunt", "Wrap the present"]


def test_what_may_not_exist_says_what_is_asked_otherwise() -> None:
    (request,) = understand("cancel the newspaper", CLOCK).requests
    assert (request.intent, request.otherwise and request.otherwise.intent) == ("task_delete", "task_create")


def test_a_reminder_without_a_time_and_one_without_words_lack_something() -> None:
    assert arguments("remind me to water the plants")["missing"] == "due"
    assert arguments("set a reminder for 5pm") == {"tasks": [{"due": "for 5pm"}], "missing": "title"}


@pytest.mark.parametrize(
    "body",
    [
        "the landlord agreed to repaint the hallway in April",
        "buy milk and delete the report tomorrow.",
        "Ann’s words: “don’t”, thanks",
        "two\n\nparagraphs, please",
        "mein Deutsch ist nicht gut, aber es geht",
    ],
)
def test_a_note_is_word_for_word(body: str) -> None:
    assert arguments(f"note: {body}") == {"body": body}


@pytest.mark.parametrize(
    "text", ["tell me a joke about Kant", "write me a poem", "The weather is nice today", "milk", "…", "play some jazz"]
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


def test_a_guess_decides_only_where_the_grammar_is_unsure() -> None:
    unsure = understand("the weekly overview", CLOCK)
    (clause,) = unsure.unsure
    guessed = {clause: Guess(intent="plan_day", probability=0.9)}
    assert [request.intent for request in understand("the weekly overview", CLOCK, guessed).requests] == ["plan_day"]

    assert understand("delete the milk task", CLOCK).unsure == ()


def test_what_a_guess_puts_out_of_scope_is_no_task() -> None:
    text = "pizza at 7 please"
    (clause,) = understand(text, CLOCK).unsure
    refused = {clause: Guess(intent="out_of_scope", probability=0.95, is_out_of_scope=True)}
    assert [request.intent for request in understand(text, CLOCK, refused).requests] == ["unknown"]


def test_empty_and_huge_messages() -> None:
    assert intents("  ") == ["unknown"]
    assert arguments("buy milk, " * 10_000) == {"too_long": True}
    assert arguments("note: " + "word " * 10_000)["body"].startswith("word word")


def test_json_and_back() -> None:
    understanding = understand("cancel the newspaper and remind me to call Bob tomorrow at 3pm", CLOCK)
    understanding = replace(understanding, times=(("tomorrow at 3pm", "Sun 22 Nov, 15:00"),))
    assert Understanding.of_json(json.loads(json.dumps(understanding.to_json()))) == understanding


@pytest.mark.parametrize(
    ("text", "reference", "due"),
    [
        ("I can't make the haircut on Tuesday, how about Thursday at 4?", "haircut", "Thursday at 4"),
        ("Wednesday is no good for the piano lesson, make it Friday", "piano lesson", "Friday"),
        ("As for the passport: please shift it to 4 December", "passport", "4 December"),
        ("passport: change to December 4", "passport", "December 4"),
        ("new time for the vet: Friday at 9", "vet", "Friday at 9"),
        ("change of plans, vet on Friday at 9", "vet", "on Friday at 9"),
        ("I'd rather ring the vet on Friday", "ring vet", "on Friday"),
        ("I would like to move the vet to Friday", "vet", "Friday"),
        ("it's raining, move the picnic to Sunday", "picnic", "Sunday"),
        ("I'm tired, move it to tomorrow", "it", "tomorrow"),
    ],
)
def test_a_move_in_other_words(text: str, reference: str, due: str) -> None:
    (request,) = understand(text, CLOCK).requests
    assert (request.intent, request.reference, request.arguments) == ("task_update", reference, {"due": due})


@pytest.mark.parametrize(
    ("text", "intent", "reference"),
    [
        ("We've got enough eggs, you can remove that one", "task_delete", "eggs"),
        ("I changed my mind about the skates, drop that one", "task_delete", "skates"),
        ("the skates can go", "task_delete", "skates"),
        ("nuke the skates task", "task_delete", "skates"),
        ("Remove from my list: eggs", "task_delete", "eggs"),
        ("the plants are watered", "task_complete", "water plants"),
        ("lawn mowed", "task_complete", "mow lawn"),
        ("That essay? Done.", "task_complete", "essay"),
        ("The essay may be ticked off", "task_complete", "essay"),
        ("the essay isn't finished after all", "undo", "essay"),
    ],
)
def test_an_end_in_other_words(text: str, intent: str, reference: str) -> None:
    (request,) = understand(text, CLOCK).requests
    assert (request.intent, request.reference) == (intent, reference)


@pytest.mark.parametrize(
    "text",
    ["take the bins out tonight", "cut the grass on Sunday", "get dressed at 8", "I need to put the bins out tomorrow"],
)
def test_what_sounds_like_an_order_to_us_is_still_to_be_done(text: str) -> None:
    assert intents(text) == ["task_create"]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("1) oil the hinges 2) sweep the yard on Monday", ["Oil the hinges", "Sweep the yard"]),
        ("call dad on sunday mow the lawn by friday", ["Call dad", "Mow the lawn"]),
        ("On Sunday I have to call dad, by Friday I must mow the lawn", ["Call dad", "Mow the lawn"]),
        ("just two things for my list: ink (by Friday), stamps (no deadline)", ["Ink", "Stamps"]),
    ],
)
def test_lists_however_they_are_written(text: str, titles: list[str]) -> None:
    made = [task["title"] for request in understand(text, CLOCK).requests for task in request.arguments["tasks"]]
    assert made == titles


@pytest.mark.parametrize(
    "text",
    [
        "Urgent! Pay the gas bill tomorrow. Tag: home.",
        "I need to pay the gas bill tomorrow, please put it in. High priority and the tag home.",
        "a reminder for tomorrow: pay the gas bill - high priority - tag home",
        "Pay the gas bill tomorrow – do remind me, would you? It's a high priority, tagged #home",
    ],
)
def test_details_before_and_after_what_is_to_be_done(text: str) -> None:
    (task,) = arguments(text)["tasks"]
    assert (task["title"], task["priority"], task["tags"]) == ("Pay the gas bill", 1, ["home"])
    assert "tomorrow" in task["due"]


@pytest.mark.parametrize(
    "text",
    [
        "What must be done this week?",
        "due this week",
        "run me through what's due this week",
        "how does my week look?",
        "what needs finishing before the week is out?",
        "May I know which deadlines I have this week?",
    ],
)
def test_what_is_due_in_other_words(text: str) -> None:
    (request,) = understand(text, CLOCK).requests
    assert (request.intent, request.arguments["due"].removeprefix("due ")) == ("task_find", "this week")


@pytest.mark.parametrize(
    "text",
    [
        "how many teeth were taken out",
        "whose car was repaired",
        "were the plants watered",
        "how much of the essay is done",
        "is the laundry taken care of",
        "why is the report finished",
    ],
)
def test_a_question_without_its_sign_completes_nothing(text: str) -> None:
    assert "task_complete" not in intents(text)


@pytest.mark.parametrize("text", ["finish task 12", "complete reminder #3", "drop item 2", "finish the task number 4"])
def test_a_task_by_its_number_is_there_or_not_and_never_new(text: str) -> None:
    (request,) = understand(text, CLOCK).requests

    assert request.intent in ("task_complete", "task_delete")
    assert request.otherwise is None


def test_what_only_ends_in_a_number_may_be_new() -> None:
    (request,) = understand("finish chapter 12", CLOCK).requests

    assert request.otherwise is not None


@pytest.mark.parametrize(
    ("text", "title", "rule"),
    [
        ("water the plants every day except 3 March", "Water the plants", "every day except 3 March"),
        ("stretch every weekday at 7 but not on Dec 24", "Stretch", "every weekday at 7 but not on Dec 24"),
        ("call mom every sunday except christmas", "Call mom", "every sunday except christmas"),
        ("swim every day except 3 March and 5 April", "Swim", "every day except 3 March and 5 April"),
        ("drink coffee every day without sugar", "Drink coffee without sugar", "every day"),
        ("call mom every sunday except in August", "Call mom", "every sunday except in August"),
    ],
)
def test_single_dates_that_a_rule_cannot_leave_out_stay_with_it(text: str, title: str, rule: str) -> None:
    (task,) = arguments(text)["tasks"]

    assert task == {"title": title, "recurrence": rule}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("I ran -3 km", -3), ("I ran minus 3 km", -3), ("I drank −2 glasses", -2), ("log - 5 km run", 5)),
        *(("ran 5-km", 5), ("I did -4", -4), ("I did minus 4 today", -4), ("log −2,5", -2.5), ("I walked 7-8 km", 8)),
    ],
)
def test_a_minus_right_before_an_amount_is_part_of_it(text: str, value: float) -> None:
    assert arguments(text)["value"] == value


def test_a_number_alone_is_how_much_and_no_hour_of_the_day_behind_it() -> None:
    (entry,) = understand("I did 6 yesterday", CLOCK).requests

    assert (entry.reference, entry.arguments) == ("it", {"date": "yesterday", "value": 6})


@pytest.mark.parametrize(
    "tail",
    [
        *("please", "many thanks", "thanks a lot", "thank you so much!", "for me", "if you don't mind", "will you"),
        *("right away", "without fail", "no matter what", "whenever you get a chance", "hahaha", "btw.", ":)", "<3 !"),
    ],
)
def test_courtesies_at_the_end_are_no_part_of_what_is_asked(tail: str) -> None:
    (request,) = understand(f"delete the milk task {tail}", CLOCK).requests

    assert (request.intent, request.reference) == ("task_delete", "milk")
