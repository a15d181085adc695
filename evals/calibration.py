"""Calibration: ask the questions of `questions/calibration.yaml`, and fit from where on a question is answered.

`uv run --group dev python -m evals.calibration` writes `ml/answerable.json` and prints how it does on unseen questions.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from agent.answers import as_read, candidates
from evals.conversations import Stage
from evals.questions import CALIBRATION, Question, World, settled, worlds
from evals.stage import opened
from graphs.conversation import RECALLED
from ml.answerable import ARTEFACT
from ml.build_answerable import Case, fit
from ml.embedding import LocalEmbeddings
from tools.context import TurnContext
from tools.search import recalled


def middle(asked: Sequence[World]) -> list[float]:
    """Where the vectors of words lie on average, in questions and in what was written."""
    texts = [text for world in asked for text in _texts(world)]
    words = np.concatenate([read.words for read in LocalEmbeddings().read(texts)])
    return [round(float(number), 3) for number in words.mean(0)]


async def cases(asked: Sequence[World]) -> list[Case]:
    """What is found for every question, and for those with an answer also what would be found without that."""
    async with opened("offline") as stage:
        return [case for number, world in enumerate(asked) for case in await _of(world, f"{number}", stage)]


def _texts(world: World) -> list[str]:
    asks = [*(each.ask for each in world.questions.answered), *world.questions.absent, *world.questions.beside]
    notes = [f"{note.title}. {note.body}" for note in world.written.notes.values()]
    return [*map(as_read, asks), *notes, *world.written.memories]


async def _of(world: World, person: str, stage: Stage) -> list[Case]:
    profile, questions = await settled(world, stage)
    context = stage.agent.context(profile)
    return [
        Case(kind=kind, person=person, author=world.author, features=best)
        for question in questions
        for kind, best in await _asked(question, context)
    ]


async def _asked(question: Question, context: TurnContext) -> list[tuple[str, Mapping[str, float]]]:
    found = await recalled(context, question.ask, None, limit=RECALLED + 1)
    rest = [passage for passage in found if passage["id"] != question.source]
    ways = [(question.kind, found[:RECALLED]), *([("removed", rest)] if question.source else [])]
    return [(kind, best) for kind, passages in ways if (best := _best(question, passages))]


def _best(question: Question, passages: Sequence[Mapping[str, Any]]) -> Mapping[str, float] | None:
    return next((each.features for each in candidates(question.ask, passages)), None)


def main() -> None:
    """Where words lie on average comes first: the features are told by it."""
    asked = worlds(CALIBRATION)
    average = {"middle": middle(asked)}
    _write(json.loads(ARTEFACT.read_text(encoding="utf-8")) | average)
    artefact, told = fit(asyncio.run(cases(asked)))
    _write(artefact | average)
    print(*told, sep="\n")


def _write(artefact: Mapping[str, Any]) -> None:
    ARTEFACT.write_text(json.dumps(artefact) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
