"""Versions of prompts stand side by side, and each person gets always the same one."""

from collections import Counter
from uuid import UUID

import pytest

import prompts

BOTH = "assistant@3|assistant@4"
PEOPLE = [UUID(int=number) for number in range(2_000)]


def test_nothing_chosen_is_the_current_one():
    assert prompts.choose("", PEOPLE[0]) == {}
    assert prompts.version("assistant") == prompts.version("assistant", {"assistant": prompts.version("assistant")})


def test_a_version_is_everybodys():
    versions = prompts.choose("assistant@3", PEOPLE[0])

    assert prompts.version("assistant", versions) == "assistant@3"
    assert prompts.assistant(name="Ada", versions=versions) != prompts.assistant(name="Ada")
    assert prompts.used(versions).split()[0] == "assistant@3"


def test_two_versions_are_given_to_half_of_the_people_each():
    given = Counter(prompts.choose(BOTH, person)["assistant"] for person in PEOPLE)

    assert set(given) == {"assistant@3", "assistant@4"}
    assert 900 < given["assistant@3"] < 1_100


def test_a_person_keeps_their_version():
    first = [prompts.choose(BOTH, person) for person in PEOPLE[:50]]

    assert [prompts.choose(f" {BOTH.replace('|', ' | ')} ", person) for person in PEOPLE[:50]] == first


def test_who_gets_which_says_nothing_of_another_experiment():
    alike = sum(
        prompts.choose(BOTH, person)["assistant"] == prompts.choose(f"{BOTH}|assistant@3", person)["assistant"]
        for person in PEOPLE
    )

    assert 0.3 < alike / len(PEOPLE) < 0.7


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("assistant@99", "assistant@99.*assistant@3, assistant@4"),
        ("assistant", "assistant@"),
        ("title@1", "assistant, person, turn"),
        ("assistant@3|turn@1", "one of"),
        ("assistant@3,assistant@4", "once"),
        ("assistant@3|", "one of"),
    ],
)
def test_what_is_not_there_is_refused_at_the_start(setting, said):
    with pytest.raises(ValueError, match=said):
        prompts.check(setting)


def test_all_that_a_turn_is_told_by_has_its_version():
    assert [label.partition("@")[0] for label in prompts.used().split()] == ["assistant", "person", "turn"]


def test_the_hash_of_tools_follows_what_is_shown():
    schema = {"type": "function", "function": {"name": "undo", "description": "Take back.", "parameters": {}}}
    other = {"type": "function", "function": {**schema["function"], "description": "Take it back."}}

    assert prompts.tools_hash([schema]) == prompts.tools_hash([dict(reversed(schema.items()))])
    assert len({prompts.tools_hash(tools) for tools in ([], [schema], [other], [schema, other], [other, schema])}) == 5
