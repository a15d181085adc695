"""The suites of public data keep the figures they reached, where that data is at hand."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from evals.scored import SUITES
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
    ("summ_qmsum", 0.22, 1),
    ("summ_dialogsum", 0.215, 1),
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


@pytest.mark.timeout(300)
def test_search_keeps_its_figure_on_one_conversation(tmp_path):
    source = DATA / "retrieval_locomo" / "dev.jsonl"
    if not source.exists():
        pytest.skip("the public data is not here")
    lines = source.read_text(encoding="utf-8").splitlines()
    first = json.loads(lines[0])["group"]
    file = tmp_path / "dev.jsonl"
    file.write_text("\n".join(line for line in lines if json.loads(line)["group"] == first), encoding="utf-8")
    shutil.copy(source.with_name("dev_corpus.jsonl"), tmp_path)

    cases = asyncio.run(judged(SUITES["retrieval_locomo"], file, "offline"))

    assert rate(SUITES["retrieval_locomo"], cases) >= 0.81
