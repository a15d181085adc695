"""Where the grammar is unsure, the intent model is asked, and only there."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.people import Clock
from graphs.understanding import timed, understood
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


def context(embeddings: Counting | None, model: str = "openai:gpt-5-mini") -> Any:
    return SimpleNamespace(clock=CLOCK, embeddings=embeddings, model=model)


class Vector:
    """The vector of a message as it is being made; `is_asked` says whether anybody waited for it."""

    def __init__(self, made: Sequence[float] = ()) -> None:
        self._made = list(made)
        self.is_asked = False

    def __await__(self) -> Generator[Any, None, list[list[float]]]:
        self.is_asked = True
        yield from ()
        return [self._made] if self._made else []


async def test_a_sure_message_needs_no_vector(intents: IntentModel) -> None:
    embeddings, vector = Counting(intents.embedder), Vector()

    understanding = await understood("delete the milk task", context(embeddings), intents, vector)

    assert (understanding.requests[0].intent, vector.is_asked, embeddings.asked) == ("task_delete", False, [])


async def test_the_vector_of_an_unsure_message_is_not_made_twice(intents: IntentModel) -> None:
    embeddings = Counting(intents.embedder)
    vector = Vector(await embeddings.aembed_query("and the landlord"))

    await understood("and the landlord", context(embeddings), intents, vector)

    assert (vector.is_asked, embeddings.asked) == (True, ["and the landlord"])


async def test_an_unsure_message_is_understood_where_its_vector_cannot_be_had(intents: IntentModel) -> None:
    vector = Vector()

    understanding = await understood("and the landlord", context(Counting(intents.embedder)), intents, vector)

    assert vector.is_asked and understanding.requests


async def test_vectors_of_another_space_are_not_used(intents: IntentModel) -> None:
    embeddings, vector = Counting("another"), Vector()

    await understood("what did the landlord say?", context(embeddings), intents, vector)

    assert (vector.is_asked, embeddings.asked) == (False, [])


async def test_what_is_out_of_scope_is_refused_without_vectors(intents: IntentModel) -> None:
    understanding = await understood("a nice playlist for the party please", context(None), intents, Vector())

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
    understanding = await understood(text, context(None), None, Vector())

    assert [meaning for phrase, meaning in understanding.times if "friday" in phrase] == ["Fri 27 Nov, 15:00"]


async def test_the_offline_model_is_told_no_words_for_time_since_it_reads_them_itself() -> None:
    understanding = await understood("call the plumber on friday at 3pm", context(None, "offline"), None, Vector())

    assert understanding.times == ()


async def test_the_same_words_are_read_once() -> None:
    understanding = await understood("call Ann on friday and Bob on friday", context(None), None, Vector())

    assert len(understanding.times) == 1


def test_of_a_message_to_a_model_that_decides_by_itself_only_words_for_time_are_read() -> None:
    understanding = timed("call the plumber on friday at 3pm", context(None))

    assert (understanding.requests, understanding.times) == ((), (("on friday at 3pm", "Fri 27 Nov, 15:00"),))
