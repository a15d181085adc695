"""Which tools a message is shown: few where code is sure of what it is about, all where not."""

from datetime import UTC, datetime

import pytest

import prompts
from domain.people import Clock
from evals.transcripts import read, shipped
from graphs.narrowing import ALWAYS, EVERYTHING, SURFACES, narrowed, surfaces
from language.understanding import understand
from tools.registry import TOOLS

CLOCK = Clock(now=datetime(2026, 11, 18, 10, tzinfo=UTC))


@pytest.fixture
def shown():
    """The names of the tools that a message is shown."""
    made = surfaces(TOOLS)

    def names(words: str) -> set[str]:
        surface = made[narrowed(understand(words, CLOCK).to_json())]
        return {schema["function"]["name"] for schema in surface.schemas}

    return names


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        ("remind me to call the dentist tomorrow at 3pm", "add_tasks"),
        ("what do I have to do today?", "find_tasks"),
        ("delete the task about the fence", "delete_tasks"),
        ("write a note: the spare key is with Anna", "write_note"),
        ("sum up my notes about the garden", "summarize_notes"),
        ("I want to run every morning", "create_habit"),
        ("how is my reading habit going?", "habit_insights"),
        ("remember that I am allergic to nuts", "remember"),
        ("what do you know about me?", "search"),
    ],
)
def test_a_sure_request_is_shown_the_tools_of_its_kind_and_those_that_fit_anything(shown, words, needed):
    names = shown(words)

    assert {needed, *ALWAYS} <= names < set(TOOLS)


@pytest.mark.parametrize(
    "words",
    [
        "no, tuesday",
        "yes please",
        "and on thursday?",
        "tag it with house",
        "the second one",
        "Könntest du das bitte verschieben?",
        "hmm the thing with the boiler",
        "",
    ],
)
def test_what_hangs_on_the_turn_before_or_is_not_understood_is_shown_everything(shown, words):
    assert shown(words) == set(TOOLS)


def test_a_kind_that_is_named_is_shown_too(shown):
    assert {"summarize_notes", "add_tasks"} <= shown("sum up the garden note and turn the action items into tasks")


def test_two_requests_are_shown_what_both_need(shown):
    names = shown("add buy milk to my tasks and log my reading habit")

    assert {"add_tasks", "log_habit"} <= names


@pytest.mark.parametrize("understanding", [None, {}, {"requests": []}])
def test_where_nothing_was_understood_everything_is_shown(understanding):
    assert narrowed(understanding) == EVERYTHING


def test_the_tools_that_were_right_are_shown_on_nearly_every_turn_of_the_transcripts(shown):
    turns = [turn for transcript in read(shipped()) for turn in transcript.turns if turn.tools]

    hidden = [turn.say for turn in turns if not set(turn.tools) <= shown(turn.say)]
    few = [turn for turn in turns if shown(turn.say) != set(TOOLS)]

    assert len(hidden) <= len(turns) // 100, hidden
    assert len(few) > len(turns) // 3


def test_every_surface_is_of_tools_that_there_are_and_always_the_same_bytes():
    made = surfaces(TOOLS)

    assert {name for names in SURFACES.values() for name in names} <= set(TOOLS)
    assert all(set(ALWAYS) <= names for names in SURFACES.values())
    assert made == surfaces(dict(TOOLS))
    assert len({surface.hash for surface in made.values()}) == len(made)
    assert made[EVERYTHING].hash == prompts.tools_hash(tool.schema() for tool in TOOLS.values())


def test_of_other_tools_only_those_that_are_there_are_shown():
    made = surfaces({"undo": TOOLS["undo"]})

    assert {len(surface.schemas) for surface in made.values()} == {1}
