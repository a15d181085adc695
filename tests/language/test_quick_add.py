"""Tasks read from a line of text."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from domain.people import Clock
from language.quick_add import drafts

CLOCK = Clock(now=datetime(2026, 11, 21, 14, 30, tzinfo=ZoneInfo("Europe/Berlin")))


def test_everything_that_a_line_says_is_read() -> None:
    text = "remind me to call the dentist tomorrow at 3pm, high priority #health @body for 30 minutes"

    (draft,) = drafts(text, CLOCK)

    assert draft.title == "Call the dentist"
    assert str(draft.due) == "2026-11-22T15:00:00+01:00"
    assert (draft.priority, draft.tags, draft.project, draft.duration_minutes) == (1, ("health",), "body", 30)
    assert {name: text[start:end] for name, (start, end) in draft.spans} == {
        "due": "tomorrow at 3pm",
        "priority": "high priority",
        "tags": "#health",
        "project": "@body",
        "duration_minutes": "for 30 minutes",
    }


def test_several_requests_make_several_tasks() -> None:
    found = drafts("buy milk, call mom on Sunday and finish the report by Friday", CLOCK)

    assert [(draft.title, str(draft.due)) for draft in found] == [
        ("Buy milk", "None"),
        ("Call mom", "2026-11-22"),
        ("Finish the report", "2026-11-27"),
    ]


def test_a_recurring_task_is_due_at_its_first_date() -> None:
    (draft,) = drafts("every weekday at 7 do 20 pushups", CLOCK)

    assert (draft.title, draft.recurrence) == ("Do 20 pushups", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")
    assert str(draft.due) == "2026-11-23T07:00:00+01:00"


@pytest.mark.parametrize("text", ["water the plants every! 3 days", "water the plants every 3 days after completion"])
def test_a_task_can_repeat_from_its_completion(text: str) -> None:
    (draft,) = drafts(text, CLOCK)

    assert (draft.title, draft.recurrence, draft.recurs_from) == (
        "Water the plants",
        "FREQ=DAILY;INTERVAL=3",
        "completion",
    )


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("please add a task to water the plants", "Water the plants"),
        ("I need to pick up the suit on Friday", "Pick up the suit"),
        ("could you add 'call grandma' for sunday at 4", "Call grandma"),
        ("add buy milk to my list", "Buy milk"),
        ("don't let me forget to book flights", "Book flights"),
        ("remind me tomorrow to pay rent", "Pay rent"),
        ("remind me in 20 minutes to check the oven", "Check the oven"),
        ("review PR #482 on monday", "Review PR #482"),
        ("Read The 5th Wave by friday", "Read The 5th Wave"),
        ("read “The Friday Book, and call it a day” tomorrow", "Read “The Friday Book, and call it a day”"),
        ("tomorrow at 3pm", "tomorrow at 3pm"),
        ("buy milk and eggs", "Buy milk and eggs"),
    ],
)
def test_the_title_is_what_is_left(text: str, title: str) -> None:
    (draft,) = drafts(text, CLOCK)

    assert draft.title == title


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("pay rent urgent", 1),
        ("pay rent p1", 1),
        ("pay rent !1", 1),
        ("pay rent, top priority", 1),
        ("pay rent, important", 2),
        ("pay rent !2", 2),
        ("pay rent, priority 3", 3),
        ("pay rent low priority", 4),
        ("prepare the important meeting", None),
        ("read “Urgent”", None),
    ],
)
def test_priority_is_read_in_words_and_signs(text: str, priority: int | None) -> None:
    (draft,) = drafts(text, CLOCK)

    assert draft.priority == priority


def test_a_meeting_lasts_from_its_start_to_its_end() -> None:
    (draft,) = drafts("meet Anna on 19 March from 10 to 11:30 in project apollo", CLOCK)

    assert (draft.title, str(draft.due)) == ("Meet Anna", "2027-03-19T10:00:00+01:00")
    assert (draft.duration_minutes, draft.project) == (90, "apollo")


def test_a_reminder_comes_before_the_due() -> None:
    (draft,) = drafts("pay rent tomorrow at 9am, remind me 10 minutes before", CLOCK)

    assert draft.title == "Pay rent"
    assert draft.remind_at and draft.remind_at.isoformat() == "2026-11-22T08:50:00+01:00"


def test_an_empty_text_makes_no_task() -> None:
    assert drafts("  \n ", CLOCK) == ()
