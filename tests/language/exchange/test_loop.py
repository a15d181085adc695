"""Loop's CSVs, of its newer and its older versions."""

from datetime import date

import pytest

from domain.habits import Habit
from domain.imports import File
from language.exchange.loop import read, units

HABITS = (
    "Position,Name,Type,Question,Description,FrequencyNumerator,FrequencyDenominator,Color,Unit,Target Type,"
    "Target Value,Archived?\n"
    "001,Stretch,YES_NO,Did you?,,3,7,#FF8F00,,,,false\n"
    '002,"Drink, enough",NUMERICAL,How much?,,1,1,#00897B,litres,AT_LEAST,2.0,true\n'
)
OLDER = "Position,Name,Question,Description,NumRepetitions,Interval,Color\n001,Stretch,Did you?,,3,7,#FF8F00\n"


@pytest.fixture
def loop(clock, sorted_out):
    """The habits and the entries of these files."""

    def make(files):
        found, problems = [], []
        for unit in units([File(path=path, text=text) for path, text in files.items()]):
            things, said = sorted_out(read(unit, clock))
            found += things
            problems += said
        habits = [thing for thing in found if isinstance(thing, Habit)]
        entries = [(str(one.date), one.status, one.value, one.comment) for one in found if not isinstance(one, Habit)]
        return habits, entries, problems

    return make


def test_habits_with_their_days(loop):
    (stretch, drink), entries, problems = loop(
        {
            "Habits.csv": HABITS,
            "001 Stretch/Checkmarks.csv": (
                "Date,Value,Notes\n2026-11-20,YES_MANUAL,\n"
                '2026-11-19,NO,"Sick, really"\n2026-11-18,YES_AUTO,\n2026-11-17,SKIP,\n'
            ),
            "002 Drink enough/Checkmarks.csv": (
                "Date,Value,Notes\n2026-11-20,1500,\n2026-11-19,NO,\n2026-11-18,UNKNOWN,\n"
            ),
            "Checkmarks.csv": "Date,Stretch,Drink, enough,\n2026-11-20,YES_MANUAL,1500,\n",
            "Scores.csv": "Date,Stretch\n",
        }
    )

    assert (stretch.kind, stretch.times, stretch.per_days, stretch.created_on) == ("boolean", 3, 7, date(2026, 11, 17))
    assert (drink.name, drink.kind, drink.target, drink.unit) == ("Drink, enough", "numeric", 2.0, "litres")
    assert stretch.archived_at is None and drink.archived_at is not None
    assert entries == [
        ("2026-11-20", "done", None, None),
        ("2026-11-19", "missed", None, "Sick, really"),
        ("2026-11-17", "skipped", None, None),
        ("2026-11-20", "done", 1.5, None),
        ("2026-11-19", "done", 0.0, None),
    ]
    assert problems == []


def test_the_older_form_with_all_days_beside_each_other(loop):
    (stretch,), entries, _ = loop(
        {
            "x/Habits.csv": OLDER,
            "x/Checkmarks.csv": "Date,Stretch,\n2026-11-20,2,\n2026-11-19,1,\n2026-11-18,-1,\n2026-11-17,0,\n",
        }
    )

    assert (stretch.times, stretch.per_days) == (3, 7)
    assert entries == [("2026-11-20", "done", None, None), ("2026-11-17", "missed", None, None)]


def test_days_that_are_none_are_told(loop):
    _, entries, problems = loop(
        {
            "Habits.csv": HABITS,
            "001 Stretch/Checkmarks.csv": "Date,Value,Notes\nsoon,YES_MANUAL,\n2030-01-01,YES_MANUAL,\n",
        }
    )

    assert entries == [] and len(problems) == 2


def test_two_habits_of_one_name_stay_two(loop):
    rows = HABITS.split("\n")
    habits, _, _ = loop({"Habits.csv": "\n".join([rows[0], rows[1], rows[1].replace("001", "003")])})

    assert len({habit.id for habit in habits}) == 2
