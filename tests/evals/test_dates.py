"""How a case of dates is scored."""

import importlib.util
import json
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from evals.suites.dates import SUITE, predicted, score
from evals.suites.suite import Judged

DATA = Path(__file__).parents[3] / "shared" / "evaldata"
REF = "2026-11-21T14:30:00"


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("none", "water the plants", {}),
        ("point", "call on 3 March", {"start": "2027-03-03T00:00:00", "grain": "day"}),
        ("point", "at 3:30pm JST tomorrow", {"start": "2026-11-22T15:30:00", "grain": "minute"}),
        ("interval", "3-5 March", {"start": "2027-03-03T00:00:00", "end": "2027-03-06T00:00:00", "grain": "day"}),
        ("open", "after 3 March", {"start": "2027-03-03T00:00:00", "grain": "day"}),
        ("duration", "for 90 minutes", {"seconds": 5400}),
        ("time", "at 4pm", {"time": "16:00"}),
        ("recurrence", "every day at 8am", {"rrule": "FREQ=DAILY;BYHOUR=8;BYMINUTE=0"}),
    ],
)
def test_what_is_read_as_expected_scores(kind: str, text: str, expected: dict[str, object]) -> None:
    case = {"id": "a", "kind": kind, "text": text, "ref": REF, "expected": expected}

    assert score(case, predicted(case)) == 1
    assert score(case, {"start": "1999-01-01T00:00:00"}) == 0


@pytest.mark.parametrize(
    ("grain", "start", "scores"),
    [
        ("minute", "2026-11-23T09:00:40", 1),
        ("minute", "2026-11-23T09:01:00", 0),
        ("hour", "2026-11-23T09:59:00", 1),
        ("day", "2026-11-23T23:00:00", 1),
        ("week", "2026-11-29T00:00:00", 1),
        ("week", "2026-11-22T00:00:00", 0),
        ("month", "2026-11-01T00:00:00", 1),
        ("quarter", "2026-10-01T00:00:00", 1),
        ("year", "2026-01-01T00:00:00", 1),
        ("year", "2027-01-01T00:00:00", 0),
    ],
)
def test_a_point_is_right_at_its_grain(grain: str, start: str, scores: int) -> None:
    case = {"id": "a", "kind": "point", "ref": REF, "expected": {"start": "2026-11-23T09:00:00", "grain": grain}}

    assert score(case, {"start": start}) == scores


def test_a_rule_has_its_start_only_where_that_decides_its_days() -> None:
    anchored = predicted({"text": "every other day starting May 3", "ref": REF})
    free = predicted({"text": "every other tuesday", "ref": REF})

    assert anchored["rrule"].startswith("DTSTART:20270503\n")
    assert "DTSTART" not in free["rrule"]


def test_the_table_tells_core_and_all_by_kind_and_by_source() -> None:
    case = {"id": "a", "kind": "none", "text": "", "ref": REF, "expected": {}, "source": "ours"}
    cases = [Judged(case={**case, "core": core}, prediction={}, score=float(core)) for core in (True, False)]

    table = [line.split() for line in SUITE.table(cases)]

    assert table == [
        ["core", "none", "n=", "1", "1.000"],
        ["all", "none", "n=", "2", "0.500"],
        ["every", "row", "n=", "2", "0.500"],
        ["source", "ours", "n=", "2", "0.500"],
    ]


def test_the_verdicts_are_those_of_the_reference() -> None:
    file, scorer = DATA / "dates" / "dev.jsonl", DATA / "score" / "score_dates.py"
    if not file.exists():
        pytest.skip("The public cases are not here.")
    sys.path.insert(0, str(scorer.parent))
    spec = importlib.util.spec_from_file_location("score_dates", scorer)
    assert spec and spec.loader
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()[::3]]

    told = [
        (row, prediction)
        for row, other in pairwise(rows)
        for prediction in (predicted(row), row["expected"], other["expected"])
    ]

    assert [score(*each) for each in told] == [float(reference.score_row(*each)[1]) for each in told]


@pytest.mark.parametrize("text", ["few hours", "40 minutes before", "8 a m"])
def test_a_phrase_in_which_nobody_would_see_a_time_is_predicted_to_hold_none(text: str) -> None:
    assert predicted({"text": text, "ref": REF}) == {}
