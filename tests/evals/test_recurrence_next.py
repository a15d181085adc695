"""How the next dates of a recurring task are predicted and scored."""

import json
from pathlib import Path

import pytest

from evals.suites.recurrence_next import predicted, score

DATA = Path(__file__).parents[3] / "shared" / "evaldata" / "recurrence_next" / "dev.jsonl"


@pytest.mark.parametrize(
    ("rule", "dates", "completed_on", "expected"),
    [
        pytest.param(
            "every month", {"dueDate": "2026-10-31"}, None, {"dueDate": "2026-11-30"}, id="the last of a month"
        ),
        pytest.param("every year", {"dueDate": "2028-02-29"}, None, {"dueDate": "2029-02-28"}, id="a leap day"),
        pytest.param(
            "every 2 weeks",
            {"dueDate": "2026-11-20", "startDate": "2026-11-17", "scheduledDate": "2026-11-18"},
            None,
            {"dueDate": "2026-12-04", "startDate": "2026-12-01", "scheduledDate": "2026-12-02"},
            id="several dates",
        ),
        pytest.param(
            "every 6 days when done", {"dueDate": "2026-11-20"}, "2026-11-30", {"dueDate": "2026-12-06"}, id="when done"
        ),
        pytest.param(
            "every 6 days",
            {"scheduledDate": "2026-11-20"},
            "2026-11-30",
            {"scheduledDate": "2026-11-26"},
            id="not when done",
        ),
        pytest.param("every blue moon", {"dueDate": "2026-11-20"}, None, {}, id="no rule"),
        pytest.param("every day", {}, None, {}, id="no date"),
    ],
)
def test_the_dates_follow_the_rule_together(
    rule: str, dates: dict[str, str], completed_on: str | None, expected: dict[str, str]
) -> None:
    case = {"id": "a", "rule": rule, "dates": dates, "completed_on": completed_on, "expected": expected}

    assert predicted(case) == {"next": expected}


def test_one_wrong_date_is_wrong() -> None:
    expected = {"dueDate": "2026-12-04", "startDate": "2026-12-01"}
    case = {"id": "a", "rule": "every day", "dates": {}, "expected": expected}

    assert score(case, {"next": expected}) == 1
    assert score(case, {"next": {**expected, "startDate": "2026-12-02"}}) == 0
    assert score(case, {"next": {}}) == 0


@pytest.mark.parametrize(
    ("rule", "right"), [("every week until 2026-11-21", 1), ("every week", 0)], ids=["over", "goes on"]
)
def test_no_date_is_right_only_where_the_series_is_over(rule: str, right: int) -> None:
    case = {"id": "a", "rule": rule, "dates": {"dueDate": "2026-11-20"}, "expected": None}

    assert score(case, predicted(case)) == right


@pytest.mark.skipif(not DATA.exists(), reason="the public data does not ship")
def test_every_case_of_the_public_data_is_right() -> None:
    cases = [json.loads(line) for line in DATA.read_text().splitlines()]

    assert [case["id"] for case in cases if not score(case, predicted(case))] == []
