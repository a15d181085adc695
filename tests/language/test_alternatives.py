"""Times with "or" between them: both are told, so that it can be asked which is meant."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from domain.people import Clock
from language.alternatives import alternatives
from language.understanding import understand

CLOCK = Clock(now=datetime(2026, 11, 21, 10, tzinfo=ZoneInfo("Europe/Berlin")))


@pytest.mark.parametrize(
    ("text", "title", "due"),
    [
        ("rake the leaves on Monday or Tuesday", "Rake the leaves", "on Monday or Tuesday"),
        ("rake the leaves Monday or maybe Tuesday", "Rake the leaves", "Monday or maybe Tuesday"),
        ("remind me tomorrow or on Monday to rake the leaves", "Rake the leaves", "tomorrow or on Monday"),
        ("either Monday or Tuesday rake the leaves", "Rake the leaves", "either Monday or Tuesday"),
        ("rake the leaves at 4pm or 5pm on Monday", "Rake the leaves", "at 4pm or 5pm on Monday"),
        ("rake the leaves on Monday at 4 or 5", "Rake the leaves", "on Monday at 4 or 5"),
        ("remind me at 4 or 5 to rake the leaves", "Rake the leaves", "at 4 or 5"),
        ("rake leaves or twigs on Monday", "Rake leaves or twigs", "on Monday"),
    ],
)
def test_a_task_takes_all_its_times_along(text, title, due):
    (request,) = understand(text, CLOCK).requests

    assert request.arguments["tasks"] == [{"title": title, "due": due}]


def test_a_task_that_is_moved_does_too():
    (request,) = understand("move the haircut to Monday or Tuesday", CLOCK).requests

    assert (request.reference, request.arguments) == ("haircut", {"due": "Monday or Tuesday"})


def test_a_quotation_and_a_rhythm_say_one_thing():
    (film,) = understand('watch "Monday or Tuesday"', CLOCK).requests
    (pills,) = understand("take the pills every monday or tuesday", CLOCK).requests

    assert "due" not in film.arguments["tasks"][0]
    assert pills.arguments["tasks"][0]["recurrence"] == "every monday or tuesday"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("monday or tuesday", ["2026-11-23", "2026-11-24"]),
        ("on monday or tuesday or else friday", ["2026-11-23", "2026-11-24", "2026-11-27"]),
        ("monday at 9 or at 10", ["2026-11-23T09:00:00+01:00", "2026-11-23T10:00:00+01:00"]),
        ("9am or 10am on monday", ["2026-11-23T09:00:00+01:00", "2026-11-23T10:00:00+01:00"]),
        ("tomorrow at 4 or 5", ["2026-11-22T16:00:00+01:00", "2026-11-22T17:00:00+01:00"]),
        ("tomorrow or the day after", ["2026-11-22", "2026-11-23"]),
        ("monday or monday", []),
        ("monday or never mind", []),
        ("monday", []),
    ],
)
def test_each_side_says_something_else_or_there_are_none(words, found):
    assert [str(due) for due in alternatives(words, CLOCK)] == found
