"""How a quick-add case is scored."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from evals.suites.quickadd import SUITE, predicted, score
from evals.suites.suite import Judged

DATA = Path(__file__).parents[3] / "shared" / "evaldata"
CASE = {
    "id": "a",
    "source": "ours",
    "syntax": "none",
    "text": "water the plants every monday, low priority",
    "ref": "2026-11-21T14:30:00",
    "checked": ["title", "due", "due_grain", "rrule", "priority", "labels", "project"],
    "expected": {
        "title": "water the plants",
        "due": "2026-11-23T00:00:00",
        "due_grain": "day",
        "rrule": "FREQ=WEEKLY;BYDAY=MO",
        "priority": "low",
        "labels": [],
        "project": None,
    },
}


def test_a_line_read_as_expected_scores() -> None:
    assert score(CASE, predicted(CASE)) == 1


@pytest.mark.parametrize(
    ("field", "value", "scores"),
    [
        ("title", " Water the  plants. ", 1),
        ("title", "water the plants low", 0),
        ("due", "2026-11-23T18:00:00", 1),
        ("due", "2026-11-24T00:00:00", 0),
        ("due", None, 0),
        ("rrule", "FREQ=DAILY;INTERVAL=7", 0),
        ("rrule", "FREQ=WEEKLY;BYDAY=MO;INTERVAL=1", 1),
        ("rrule", "FREQ=SOMETIMES", 0),
        ("rrule", None, 0),
        ("priority", "high", 0),
        ("labels", ["plants"], 0),
        ("project", "garden", 1),
    ],
)
def test_one_wrong_field_that_decides_is_enough(field: str, value: object, scores: int) -> None:
    assert score(CASE, {**predicted(CASE), field: value}) == scores


def test_signs_of_other_apps_are_reported_apart() -> None:
    cases = [
        Judged(case={**CASE, "syntax": syntax}, prediction=predicted(CASE), score=value)
        for syntax, value in (("none", 1.0), ("label=*x", 0.0))
    ]

    table = list(SUITE.table(cases))

    assert [line.split() for line in table[:2]] == [["plain", "n=", "1", "1.000"], ["signs", "n=", "1", "0.000"]]
    assert any(line.split() == ["field", "title", "n=", "1", "1.000"] for line in table)


def test_the_verdicts_are_those_of_the_reference() -> None:
    cases, scorer = DATA / "quickadd" / "dev.jsonl", DATA / "score" / "score_quickadd.py"
    if not cases.exists():
        pytest.skip("The public cases are not here.")
    sys.path.insert(0, str(scorer.parent))
    spec = importlib.util.spec_from_file_location("score_quickadd", scorer)
    assert spec and spec.loader
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    rows = [json.loads(line) for line in cases.read_text(encoding="utf-8").splitlines()]

    predictions = {row["id"]: predicted(row) for row in rows}
    theirs = {row["id"]: reference.score([row], predictions)["all"][1] for row in rows}

    assert {row["id"]: score(row, predictions[row["id"]]) for row in rows} == theirs
