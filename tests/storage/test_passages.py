from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from domain.habits import Habit
from domain.notes import Note
from domain.tasks import Task
from storage.passages import passages_of

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def note():
    sections = [f"## Part {number}\nThe words of part {number}." for number in range(5)]
    return Note(title="Plan", body="\n".join(["# All", *sections]), tags=("home",), created_at=NOON, updated_at=NOON)


def test_a_note_keeps_its_title_its_headings_and_its_tags_on_each_passage(note):
    passages = passages_of(note)

    assert [passage.path for passage in passages] == [f"All › Part {number}" for number in range(5)]
    assert {(passage.title, passage.tags, passage.dated) for passage in passages} == {
        ("Plan", ("home",), date(2026, 11, 20))
    }


def test_two_passages_before_and_one_after_are_around_one(note):
    passages = passages_of(note)

    around = [passages[number].body for number in (1, 2, 4)]
    assert passages[3].context == "\n".join(around)
    assert passages[0].context == passages[1].body


def test_what_was_not_edited_keeps_its_id(note):
    edited = Note(**vars(note) | {"body": note.body + "\nMore."})

    before, after = ([passage.as_row(uuid4())["id"] for passage in passages_of(each)] for each in (note, edited))

    assert before[:-1] == after[:-1]
    assert before[-1] != after[-1]


def test_a_task_and_a_habit_are_one_line_of_words():
    task = Task(title="Paint", project="Boat", created_at=NOON, updated_at=NOON)
    habit = Habit(name="Run", unit="km", created_on=date(2026, 11, 1), created_at=NOON, updated_at=NOON)

    assert [passage.body for passage in (*passages_of(task), *passages_of(habit))] == ["Paint · Boat", "Run (km)"]
