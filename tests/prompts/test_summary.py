"""The prompts that ask for summaries."""

import re

import pytest

import prompts


@pytest.mark.parametrize("prompt", [prompts.summary, prompts.summary_merged])
def test_it_says_what_how_long_and_about_what(prompt):
    text = prompt(notes="[1] We met.", about="the launch", words=70)

    assert "[1] We met." in text
    assert "at most 70 words" in text
    assert "the launch" in text


@pytest.mark.parametrize("prompt", [prompts.summary, prompts.summary_merged])
def test_without_notes_there_is_none(prompt):
    with pytest.raises(ValueError, match="notes"):
        prompt(notes=" ", about="", words=70)


@pytest.mark.parametrize("name", ["summary", "summary_merged"])
def test_each_has_a_version(name):
    assert re.fullmatch(rf"{name}@\d+", prompts.version(name))
