import pytest

from evals.effects import State, faults, says
from evals.transcripts import Effects

MILK = {"title": "buy milk", "due": None, "done": False, "tags": ("home",)}
DENTIST = {"title": "call the dentist", "due": "2026-11-22T15:00:00+01:00", "done": False, "tags": ()}
RUN = {"name": "run", "times": 3, "entries": [{"date": "2026-11-21", "status": "done", "value": 5.0}]}


@pytest.fixture
def state():
    def of(*tasks, habits=()):
        return State(
            rows={
                "tasks": {task["title"]: task for task in tasks},
                "notes": {},
                "habits": {habit["name"]: habit for habit in habits},
                "memories": {},
            }
        )

    return of


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Buy Milk"},
        {"title": "buy milk", "due": None, "done": False},
        {"title": "/buy .*/", "tags": ["home"]},
    ],
    ids=["case is ignored", "several fields", "a pattern and a list"],
)
def test_an_effect_that_came_is_no_fault(state, fields):
    assert faults(Effects(tasks=(fields,)), state(), state(MILK)) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "milk"},
        {"title": "buy milk", "due": "2026-11-22"},
        {"title": "buy milk", "done": True},
        {"title": "buy milk", "tags": ["home", "shop"]},
        {"title": "buy milk", "dew": None},
    ],
    ids=["part of a title", "a due that is not", "done that is not", "a tag too many", "a field that does not exist"],
)
def test_an_effect_that_did_not_come_is_a_fault(state, fields):
    assert faults(Effects(tasks=(fields,)), state(MILK), state(MILK))


@pytest.mark.parametrize(
    ("due", "came"),
    [
        ("2026-11-22T15:00", True),
        ("2026-11-22T15:00:00+01:00", True),
        ("2026-11-22T16:00", False),
        ("2026-11-22", False),
    ],
)
def test_an_instant_may_be_named_by_its_civil_time(state, due, came):
    found = faults(Effects(tasks=({"title": "call the dentist", "due": due},)), state(), state(DENTIST))

    assert came is not any("expected" in fault for fault in found)


def test_two_expected_need_two_that_came(state):
    twice = Effects(tasks=({"title": "buy milk"}, {"title": "buy milk"}))

    assert faults(twice, state(), state(MILK))


def test_what_should_be_gone_and_is_not_is_a_fault(state):
    assert faults(Effects(gone=("buy milk",)), state(MILK), state(MILK)) == ["tasks: 'buy milk' should be gone"]


def test_what_is_gone_as_expected_is_no_fault(state):
    assert faults(Effects(gone=("buy milk",)), state(MILK, DENTIST), state(DENTIST)) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [((), (MILK,)), ((MILK,), ({**MILK, "done": True},)), ((MILK,), ())],
    ids=["written", "changed", "deleted"],
)
def test_whatever_nobody_asked_for_is_a_fault(state, before, after):
    assert "nobody asked" in faults(Effects(), state(*before), state(*after))[0]


def test_entries_of_a_habit_are_compared_by_the_fields_that_are_named(state):
    came = Effects(habits=({"name": "run", "entries": [{"date": "2026-11-21", "value": 5}]},))
    other = Effects(habits=({"name": "run", "entries": []},))

    assert faults(came, state(), state(habits=[RUN])) == []
    assert faults(other, state(), state(habits=[RUN]))


def test_a_piece_is_found_whatever_its_case_and_a_pattern_by_its_rules():
    assert says("MILK", "I added “buy milk”.")
    assert says(r"/\b(one|1)\b/", "You ran One time.")
    assert not says(r"/\bone\b/", "You ran alone.")
