"""Calendars of other programs."""

import pytest

from domain.imports import File
from language.exchange.calendars import read

AT = "DUE:20261127T150000"
ALARM = "BEGIN:VALARM\r\nTRIGGER:-PT15M\r\nEND:VALARM"


@pytest.fixture
def tasks(clock, sorted_out):
    def make(*todos):
        blocks = "".join(f"BEGIN:VTODO\r\n{todo}\r\nEND:VTODO\r\n" for todo in todos)
        return sorted_out(
            read(File(path="a.ics", text=f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{blocks}END:VCALENDAR\r\n"), clock)
        )

    return make


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param("DUE;VALUE=DATE:20261127", {"due": "2026-11-27"}, id="a-day"),
        pytest.param("DUE:20261127T140000Z", {"due": "2026-11-27T15:00:00+01:00"}, id="utc-on-their-clock"),
        pytest.param("DUE:20261127T150000", {"due": "2026-11-27T15:00:00+01:00"}, id="floating"),
        pytest.param("DUE;TZID=Asia/Tokyo:20261127T150000", {"due": "2026-11-27T15:00:00+09:00"}, id="zone"),
        pytest.param("DUE;TZID=Tokyo Standard Time:20261127T150000", {"due": "2026-11-27T15:00:00+09:00"}, id="win"),
        pytest.param("DTSTART;VALUE=DATE:20261127", {"due": "2026-11-27"}, id="a-start-alone"),
        pytest.param("PRIORITY:1", {"priority": 1}, id="high"),
        pytest.param("PRIORITY:5", {"priority": 2}, id="medium"),
        pytest.param("PRIORITY:9", {"priority": 3}, id="low"),
        pytest.param("PRIORITY:0", {"priority": None}, id="none"),
        pytest.param("CATEGORIES:a,b\\, c\r\nCATEGORIES:d", {"tags": ("a", "b, c", "d")}, id="categories"),
        pytest.param("DESCRIPTION:one\\ntwo\r\n  three", {"body": "one\ntwo three"}, id="folded"),
        pytest.param("COMPLETED:20261120T090000Z", {"done_at": "2026-11-20 09:00:00+00:00"}, id="done"),
        pytest.param(f"{AT}\r\n{ALARM}", {"remind_at": "2026-11-27 13:45:00+00:00"}, id="alarm"),
        pytest.param(f"{AT}\r\nRRULE:FREQ=WEEKLY;BYDAY=FR", {"recurrence": "FREQ=WEEKLY;BYDAY=FR"}, id="rule"),
        pytest.param("DTSTART:20261127T150000\r\nDURATION:PT1H30M", {"duration_minutes": 90}, id="length"),
    ],
)  # fmt: skip
def test_a_property_says(lines, expected, tasks):
    (task,), problems = tasks(f"SUMMARY:x\r\n{lines}")

    said = {name: getattr(task, name) for name in expected}
    spoken = {name: str(value) if name in ("due", "done_at", "remind_at") else value for name, value in said.items()}
    assert (spoken, problems) == (expected, [])


def test_what_cannot_be_followed_is_told_and_stays_in_the_body(tasks):
    (rule, zone), problems = tasks(
        "SUMMARY:a\r\nDUE:20261127T150000\r\nRRULE:FREQ=SECONDLY", "SUMMARY:b\r\nDUE;TZID=Mine:20261127T150000"
    )

    assert rule.recurrence is None and "FREQ=SECONDLY" in rule.body
    assert str(zone.due) == "2026-11-27T15:00:00+01:00" and "'Mine' is not known" in zone.body
    assert len(problems) == 2


def test_a_broken_task_leaves_the_others(tasks):
    found, problems = tasks(
        "SUMMARY:a", "SUMMARY:b\r\nDUE:soon", "", "no line", "SUMMARY:c\r\nSTATUS:CANCELLED", "SUMMARY:d"
    )

    assert [task.title for task in found] == ["a", "d"]
    assert len(problems) == 3


def test_a_date_of_a_series_that_was_moved_is_a_task_of_its_own(tasks):
    series, moved = "UID:1\r\nSUMMARY:a", "UID:1\r\nRECURRENCE-ID:20261127T150000\r\nSUMMARY:b"

    found, _ = tasks(series, moved, series)

    assert [task.title for task in found] == ["a", "b"]


def test_zones_that_a_file_defines_are_nobodys_elses(tasks, clock, sorted_out):
    rules = "BEGIN:VTIMEZONE\r\nTZID:Ours\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0500\r\nTZOFFSETTO:+0500\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"  # noqa: E501
    todo = "BEGIN:VTODO\r\nSUMMARY:x\r\nDUE;TZID=Ours:20261127T150000\r\nEND:VTODO\r\n"
    list(read(File(path="a.ics", text=f"BEGIN:VCALENDAR\r\n{rules}{todo}END:VCALENDAR\r\n"), clock))

    (task,), problems = tasks("SUMMARY:y\r\nDUE;TZID=Ours:20261127T150000")

    assert str(task.due) == "2026-11-27T15:00:00+01:00" and len(problems) == 1
