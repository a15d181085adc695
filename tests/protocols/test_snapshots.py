"""What a run has told, folded into messages: thoughts and words, half said, whole, and taken back."""

import pytest

from domain.events import (
    Noticed,
    ReasoningArrived,
    ReasoningEnded,
    ReasoningStarted,
    TextArrived,
    TextEnded,
    TextStarted,
    ToolCallEnded,
    ToolCallStarted,
    Withdrawn,
)
from protocols.snapshots import Told

THOUGHT = [ReasoningStarted("m"), ReasoningArrived("m", "Hm, "), ReasoningArrived("m", "well.")]


@pytest.fixture
def told():
    return Told()


def test_thoughts_stand_before_what_they_lead_to(told):
    for event in (*THOUGHT, ReasoningEnded("m"), TextStarted("m"), TextArrived("m", "Yes.")):
        told.take(event)

    assert told.messages == [
        {"id": "m_r", "role": "reasoning", "content": "Hm, well."},
        {"id": "m", "role": "assistant", "content": "Yes."},
    ]
    assert list(told.reopened()) == [TextStarted("m")]


def test_what_is_being_thought_is_begun_once_more_for_who_comes_later(told):
    for event in THOUGHT:
        told.take(event)

    assert list(told.reopened()) == [ReasoningStarted("m")]


def test_what_no_message_holds_is_said_again_to_who_comes_later(told):
    told.take(noticed := Noticed("fallback", "Another model answers."))

    assert list(told.reopened()) == [noticed]
    assert told.messages == []


def test_thoughts_that_are_taken_back_are_emptied_and_words_and_calls_are_gone(told):
    begun = [TextStarted("m"), ToolCallStarted("c", "search", "m")]
    for event in (*THOUGHT, *begun):
        told.take(event)

    assert list(told.ends_of("m")) == [ReasoningEnded("m"), TextEnded("m"), ToolCallEnded("c")]
    told.take(Withdrawn("m"))

    assert told.messages == [{"id": "m_r", "role": "reasoning", "content": ""}]
    assert list(told.reopened()) == []
