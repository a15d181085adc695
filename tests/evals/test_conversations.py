from pathlib import Path

import pytest

from evals.conversations import Case, Stage, line, replay, summary
from evals.hearing import Heard
from evals.stage import on
from evals.transcripts import Transcript, read, shipped
from settings import Settings


@pytest.fixture
async def stage(dsn, tmp_path):
    settings = Settings.model_validate({"home": tmp_path, "model": "offline", "DATABASE_URL": dsn})
    async with on(settings) as stage:
        yield stage


@pytest.mark.parametrize("file", shipped(), ids=lambda file: file.stem)
async def test_the_conversation_goes_as_it_was_written_down(stage: Stage, file: Path):
    cases = [case async for case in replay(read([file]), stage)]

    assert [line(case) for case in cases if not case.passed] == []


@pytest.mark.parametrize(
    ("turn", "fault"),
    [
        ({"effects": {}}, "nobody asked for that"),
        ({"effects": {"tasks": [{"title": "buy oil"}]}}, "expected"),
        ({"tools": ["delete_tasks"]}, "tools called"),
        ({"approve": True}, "without asking"),
        ({"cites": True}, "nothing was cited"),
        ({"reply": {"says": ["a penguin"]}}, "does not say"),
        ({"reply": {"not": ["milk"]}}, "must not say"),
    ],
    ids=["changes", "effects", "tools", "approval", "citation", "says", "not"],
)
async def test_each_wrong_expectation_is_a_fault_of_its_own(stage: Stage, turn, fault):
    right = {"say": "buy milk", "effects": {"tasks": [{"title": "buy milk"}]}}
    transcript = Transcript.model_validate(
        {"name": "wrong", "now": "2026-11-21T09:30:00+01:00", "zone": "Europe/Berlin", "turns": [{**right, **turn}]}
    )

    (case,) = [case async for case in replay([transcript], stage)]

    assert any(fault in one for one in case.faults)


def test_the_summary_counts_turns_and_whole_conversations():
    cases = [
        Case(id=id_, say="…", heard=Heard(), faults=faults)
        for id_, faults in [("a/01", ()), ("a/02", ()), ("b/01", ()), ("b/02", ("no",))]
    ]

    assert summary(cases).startswith("turns 0.750 (3 of 4; 95 % interval 0.30 to 0.95)")
    assert summary(cases).endswith("whole conversations 1 of 2")
