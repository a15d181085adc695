"""What is asked of alarms, meetings and agenda items by the kind of thing."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.people import Clock
from language.requests.appointments import introduced, request, unfinished

CLOCK = Clock(now=datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("Europe/Berlin")))


@pytest.mark.parametrize(
    "text", ["schedule a meeting", "add a new event to my agenda", "add an agenda item", "book an appointment"]
)
def test_a_kind_alone_lacks_its_name(text):
    asked = request(text, CLOCK)

    assert asked is not None
    assert (asked.intent, asked.arguments["missing"]) == ("task_create", "title")


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ('add an agenda item for Friday with the title "Fair"', {"title": "Fair", "due": "for Friday"}),
        ('add "Checkup" to my agenda for Friday at 10:30', {"title": "Checkup", "due": "for Friday at 10:30"}),
        ('set a reminder for "Pay rent" at 9 AM on Monday', {"title": "Pay rent", "due": "at 9 AM on Monday"}),
        ('add "Checkup" to my calendar at Smile Clinic', {"title": "Checkup"}),
        ("add an event for the fair on Friday", {"title": "Fair", "due": "on Friday"}),
    ],
)
def test_what_is_quoted_is_the_name(text, task):
    asked = request(text, CLOCK)

    assert asked is not None
    assert asked.arguments["tasks"] == [task]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("check my alarm for Monday at 6:30 AM", {"due": "for Monday at 6:30 AM", "query": "alarm"}),
        ("check what alarms I have set", {"query": "alarm"}),
        ("see if there is a reservation for the Garden Club on Friday", {"due": "on Friday", "query": "Garden Club"}),
        ("check my calendar to see if I have any other events today", {"due": "today"}),
        ("find out my schedule for tomorrow", {"due": "for tomorrow"}),
        ("do I have any meetings tomorrow?", {"due": "tomorrow"}),
        ("check if I have a reminder to water the ferns", {"query": "water the ferns"}),
    ],
)
def test_what_there_is_is_looked_up(text, wanted):
    asked = request(text, CLOCK)

    assert asked is not None
    assert (asked.intent, dict(asked.arguments)) == ("task_find", wanted)


@pytest.mark.parametrize(
    ("text", "intent", "reference", "arguments"),
    [
        ("delete an alarm for 6:30 on Monday", "task_delete", "alarm for 6:30 on Monday", {}),
        ("delete a meeting", "task_delete", None, {"missing": "name"}),
        ("remove an event from my calendar", "task_delete", None, {"missing": "name"}),
        ("modify a reminder about the rent", "task_update", "rent", {}),
        ('modify the reminder "Rent", the new time is 9:00', "task_update", "Rent", {"due": "9:00"}),
        ("edit one of my reminders", "task_update", None, {"missing": "name"}),
        ("turn off my 6:30 alarm", "task_delete", "my 6:30 alarm", {}),
        ('change the name to "Fair"', "task_update", "it", {"title": "Fair"}),
        ("set one for 8 am instead", "task_create", None, {"tasks": [{"title": "Alarm", "due": "at 8 am"}]}),
    ],
)
def test_an_order_says_which_or_lacks_it(text, intent, reference, arguments):
    asked = unfinished(text, CLOCK) or request(text, CLOCK)

    assert asked is not None
    assert (asked.intent, asked.reference, dict(asked.arguments)) == (intent, reference, arguments)


@pytest.mark.parametrize(
    "text",
    [
        "check the oven",
        "check the calendar app for bugs",
        "add a reminder to call mom",
        "add a meeting tomorrow at 3pm",
        "modify my alarm from 8:00 to 9:00",
        "delete the milk task",
    ],
)
def test_other_orders_are_left_to_others(text):
    assert (unfinished(text, CLOCK) or request(text, CLOCK)) is None


def test_each_of_several_alarms_has_its_time_on_the_day_that_is_said():
    asked = introduced("set two alarms for tomorrow, one at 6:45 am and one at 7:15 am", CLOCK)

    assert asked is not None
    due = [task["due"] for task in asked.arguments["tasks"]]
    assert due == ["for tomorrow, at 6:45 am", "2026-11-22 07:15"]


def test_what_a_sentence_introduces_is_added_by_the_next():
    asked = introduced("I have a checkup on Friday at 10:30. Can you add it to my agenda?", CLOCK)

    assert asked is not None
    assert asked.arguments["tasks"] == [{"title": "Checkup", "due": "on Friday at 10:30"}]


@given(st.text(max_size=300))
def test_any_text_is_a_request_about_tasks_or_none(text):
    for asked in (request(text, CLOCK), unfinished(text, CLOCK), introduced(text, CLOCK)):
        assert asked is None or asked.intent.startswith("task_")
