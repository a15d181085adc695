"""Where the grammar is unsure, the intent model is asked, and only there."""

from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.people import Clock
from graphs.understanding import understood
from ml.intent import IntentModel

CLOCK = Clock(now=datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Europe/Berlin")))


@dataclass
class Counting:
    """An embedder that counts what it is asked for."""

    name: str
    asked: list[str] = field(default_factory=list)

    async def aembed_query(self, text: str) -> list[float]:
        """A unit vector."""
        self.asked.append(text)
        return [1.0] + [0.0] * 383


@pytest.fixture(scope="module")
def intents() -> IntentModel:
    return IntentModel.load()


def context(embeddings: Counting | None) -> Any:
    return SimpleNamespace(clock=CLOCK, embeddings=embeddings)


async def test_a_sure_message_is_not_embedded(intents: IntentModel) -> None:
    embeddings = Counting(intents.embedder)

    understanding, vector = await understood("delete the milk task", context(embeddings), intents)

    assert (understanding.requests[0].intent, vector, embeddings.asked) == ("task_delete", None, [])


async def test_the_vector_of_an_unsure_message_is_kept_for_recall(intents: IntentModel) -> None:
    embeddings = Counting(intents.embedder)

    _, vector = await understood("and the landlord", context(embeddings), intents)

    assert vector is not None and embeddings.asked == ["and the landlord"]


async def test_vectors_of_another_space_are_not_used(intents: IntentModel) -> None:
    embeddings = Counting("another")

    await understood("what did the landlord say?", context(embeddings), intents)

    assert embeddings.asked == []


async def test_what_is_out_of_scope_is_refused_without_vectors(intents: IntentModel) -> None:
    understanding, _ = await understood("a nice playlist for the party please", context(None), intents)

    assert understanding.requests[0].intent == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        "note: the plumber comes on friday at 3pm",
        "my password is hunter2, and call the bank on friday at 3pm",
        "thanks! see you on friday at 3pm",
        "Call the plumber on friday at 3pm. " + "The rest is about the garden. " * 400,
        "```\nbackup on friday at 3pm\n```",
    ],
)
async def test_words_for_time_are_read_whatever_the_message_is(text: str) -> None:
    understanding, _ = await understood(text, context(None), None)

    assert [meaning for phrase, meaning in understanding.times if "friday" in phrase] == ["Fri 27 Nov, 15:00"]


async def test_the_same_words_are_read_once() -> None:
    understanding, _ = await understood("call Ann on friday and Bob on friday", context(None), None)

    assert len(understanding.times) == 1
