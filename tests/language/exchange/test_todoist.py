"""Todoist's CSV as it is exported."""

import pytest

from domain.imports import File
from language.exchange.todoist import is_one, read

HEAD = "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE,DURATION,DURATION_UNIT"


@pytest.fixture
def tasks(clock, sorted_out):
    def make(*rows, path="Home [2203306141].csv"):
        text = "\ufeff" + "\r\n".join([HEAD, *rows]) + "\r\n"
        assert is_one(text)
        return sorted_out(read(File(path=path, text=text.removeprefix("\ufeff")), clock))

    return make


def test_a_project_with_sections_subtasks_and_comments(tasks):
    (plan, tickets, plants), problems = tasks(
        "meta,view_style=list,,,,,,,,,,",
        'task,"Plan the trip, soon @travel @with_ada",By train,1,1,Ada (1),,,,,,',
        "task,Tickets,,4,2,Ada (1),,,,,,",
        'note,"Two, ""please""",,,,Ada (1),,,,,,',
        "section,Garden,,,,,,,,,,",
        "task,* Plants,,3,1,,,,,,30,minute",
    )

    assert problems == []
    assert (plan.title, plan.tags, plan.body) == ("Plan the trip, soon", ("travel", "with_ada"), "By train")
    assert (plan.priority, plan.project) == (1, "Home")
    assert (tickets.body, tickets.priority) == ('Part of: Plan the trip, soon\n\nTwo, "please"', None)
    assert (plants.title, plants.tags, plants.duration_minutes, plants.priority) == ("Plants", ("Garden",), 30, 3)


@pytest.mark.parametrize(
    ("date", "zone", "due", "rule"),
    [
        ("2026-11-27", "", "2026-11-27", None),
        ("27 Nov 2026 15:00", "", "2026-11-27T15:00:00+01:00", None),
        ("27 Nov 2026 15:00", "Asia/Tokyo", "2026-11-27T15:00:00+09:00", None),
        ("tomorrow at 16:00", "", "2026-11-22T16:00:00+01:00", None),
        ("every day at 9am", "", "2026-11-22T09:00:00+01:00", "FREQ=DAILY"),
        ("every other week starting 2026-11-27", "", "2026-11-27", "FREQ=WEEKLY;INTERVAL=2"),
        ("every! 3 days", "Nowhere/Land", "2026-11-21", "FREQ=DAILY;INTERVAL=3"),
    ],
)
def test_dates_are_read(date, zone, due, rule, tasks):
    (task,), problems = tasks(f"task,A,,1,1,,,{date},en,{zone},,")

    assert (str(task.due), task.recurrence, problems) == (due, rule, [])


def test_a_date_that_is_not_understood_is_kept(tasks):
    (task,), problems = tasks("task,A,,1,1,,,jeden Dienstag,de,,,")

    assert (task.due, task.body) == (None, "Date: jeden Dienstag")
    assert "'jeden Dienstag' was not understood" in problems[0]


def test_the_inbox_is_no_project(tasks):
    assert tasks("task,A,,1,1,,,,,,,", path="Inbox.csv")[0][0].project is None


def test_rows_that_are_short_or_odd_do_no_harm(tasks):
    found, _ = tasks("task,A", "task,,,", "nothing,B", "task,C,,9,99999999999999,,,,,,1e9,year", 'note,"')

    assert [(task.title, task.priority, task.duration_minutes) for task in found] == [
        ("A", None, None),
        ("C", None, None),
    ]
