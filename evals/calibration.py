"""Calibration: ask the questions of `questions/calibration.yaml`, and fit from where on a question is answered.

`uv run --group dev python -m evals.calibration` writes `ml/answerable.json` and prints how it does on unseen questions.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any
from zlib import crc32

from agent.answers import candidates
from evals.conversations import Stage
from evals.questions import CALIBRATION, Question, World, settled, worlds
from evals.stage import opened
from graphs.conversation import RECALLED
from ml.answerable import ARTEFACT
from ml.build_answerable import Case, fit
from tools.context import TurnContext
from tools.search import recalled


async def cases() -> list[Case]:
    """What is found for every question, and for those with an answer also what would be found without that."""
    async with opened("offline") as stage:
        return [case for world in worlds(CALIBRATION) for case in await _of(world, stage)]


async def _of(world: World, stage: Stage) -> list[Case]:
    profile, questions = await settled(world, stage)
    context = stage.agent.context(profile)
    return [case for question in questions for case in await _asked(question, context)]


async def _asked(question: Question, context: TurnContext) -> list[Case]:
    found = await recalled(context, question.ask, None, limit=RECALLED + 1)
    rest = [passage for passage in found if passage["id"] != question.source]
    ways = [(question.kind, found[:RECALLED]), *([("removed", rest)] if question.source else [])]
    group = crc32(str(question.source or (found[0]["id"] if found else question.id)).encode())
    return [
        Case(kind=kind, group=group, features=best) for kind, passages in ways if (best := _best(question, passages))
    ]


def _best(question: Question, passages: Sequence[Mapping[str, Any]]) -> Mapping[str, float] | None:
    return next((each.features for each in candidates(question.ask, passages)), None)


if __name__ == "__main__":
    artefact, told = fit(asyncio.run(cases()))
    ARTEFACT.write_text(json.dumps(artefact, indent=1) + "\n", encoding="utf-8")
    print(*told, sep="\n")
