"""The suites of public data keep the figures they reached, where that data is at hand."""

import asyncio
from pathlib import Path

import pytest

from evals.__main__ import SUITES
from evals.suites.suite import judged, rate

DATA = Path(__file__).parents[3] / "shared" / "evaldata"
# Each a little below what was measured, so that a slip shows and a changed tie does not. `every`: each so many cases.
FLOORS = [
    ("dates", 0.88, 1),
    ("quickadd", 0.85, 1),
    ("recurrence_next", 1.0, 1),
    ("intents", 0.88, 20),
    ("agent_reminders", 0.8, 1),
    ("agent_tooltalk", 0.6, 1),
    ("agent_apibank", 0.6, 1),
]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("name", "floor", "every"), FLOORS, ids=[name for name, *_ in FLOORS])
def test_a_suite_keeps_its_figure(name, floor, every, tmp_path):
    source = DATA / name / "dev.jsonl"
    if not source.exists():
        pytest.skip("the public data is not here")
    file = source
    if every > 1:
        lines = source.read_text(encoding="utf-8").splitlines()[::every]
        file = tmp_path / "dev.jsonl"
        file.write_text("\n".join(lines), encoding="utf-8")

    cases = asyncio.run(judged(SUITES[name], file, "offline"))

    assert rate(SUITES[name], cases) >= floor
