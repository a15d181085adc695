"""What is asked of a summary besides its subject."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from domain.people import Clock
from language.digests import length_of
from language.request import Request
from language.requests.summaries import before_taking, summary_asked, takes_actions

CLOCK = Clock(now=datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("Europe/Berlin")))


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("summarize my offsite note", {"about": "offsite"}),
        ("summarize my offsite note in one sentence", {"about": "offsite", "length": "one sentence"}),
        ("give me a short summary of the offsite note", {"about": "offsite", "length": "short"}),
        ("a two-sentence summary of the budget note", {"about": "budget", "length": "two-sentence"}),
        ("briefly summarize my garden notes", {"about": "garden", "length": "briefly"}),
        ("sum up my notes on the boiler, keep it short", {"about": "boiler", "length": "short"}),
        ("summarise notes tagged work in three bullet points", {"tag": "work", "length": "three bullet points"}),
        ("summarize my notes from this week", {"written": "this week"}),
        ("summarize this week's notes", {"written": "this week"}),
        ("summarize what I wrote yesterday", {"written": "yesterday"}),
        ("summarize everything I noted in October", {"written": "October"}),
        ("summarize my notes since monday", {"written": "since monday"}),
        (
            "summarize my notes about the launch from last month in at most 50 words",
            {"about": "launch", "written": "last month", "length": "50 words"},
        ),
        ("summarize the Friday meeting note", {"about": "Friday meeting"}),
    ],
)
def test_length_and_time_are_no_subject(text, given):
    request = Request(intent="note_summarize", text=text, arguments={"about": given.get("about", "")})
    read = summary_asked(request, CLOCK).arguments

    assert {name: value for name, value in read.items() if value} == given
    assert length_of(given.get("length"))


@pytest.mark.parametrize(
    "text",
    [
        "add those as tasks",
        "yes please, add them to my to-do list!",
        "Can you turn the action items into tasks?",
        "make tasks of them",
        "create tasks from the action items",
        "put all of these on my list",
        "track the next steps",
        "add the two action items as tasks too",
        "save the to-dos in the note as reminders",
    ],
)
def test_action_items_are_taken_as_tasks(text):
    assert takes_actions(text)


@pytest.mark.parametrize(
    "text", ["add milk as a task", "add it", "follow up with Bob", "make it short", "add those books", "add a task"]
)
def test_other_things_are_no_action_items(text):
    assert not takes_actions(text)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("sum up the garden note and turn the action items into tasks", "sum up the garden note"),
        ("summarize salt and pepper, then add those as tasks", "summarize salt and pepper"),
        ("summarize the note. Then add the action items to my list", "summarize the note"),
        ("summarize the note about bread and butter", None),
    ],
)
def test_a_summary_and_its_tasks_are_asked_for_at_once(text, first):
    assert before_taking(text) == first
