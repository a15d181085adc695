"""Questions to what one person has written: how they are read, asked and judged."""

import pytest

from evals.__main__ import main
from evals.questions import CALIBRATION, FROZEN, worlds
from evals.suites.suite import BadCases

WORLD = """
now: "2026-11-21T09:30:00+01:00"
zone: Europe/Berlin
written:
  notes:
    harbour: {title: Harbour walk, tags: [walks], on: "2026-10-02", body: "The pier is closed until the 4th of May."}
  tasks: [{title: mend the tent, due: "2026-12-01"}]
  habits: [{name: stretching, times: 3, per_days: 7}]
  memories: ["My bicycle is red."]
questions:
  answered:
    - {ask: "Until when is the pier closed?", in: harbour}
  absent: ["What does the notary charge?"]
  beside: ["Who owns the tent?"]
"""


@pytest.mark.timeout(300)
def test_questions_are_asked_as_turns_and_the_rates_are_printed(tmp_path, capsys):
    file, out = tmp_path / "world.yaml", tmp_path / "out.jsonl"
    file.write_text(WORLD)

    code = main(["run", "questions", "--data", str(file), "--json", str(out), "--at-least", "0.6"])

    said = capsys.readouterr().out
    assert code == 0, said
    assert "answered  n=   1  refused wrongly 0.000" in said and "absent    n=   1  refused 1.000" in said
    assert "from the right source 1.000" in said
    assert len(out.read_text().splitlines()) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("now: tomorrow", "now"),
        (WORLD.replace("in: harbour", "in: 7, more: 1"), "more"),
        ("[", "YAML"),
    ],
)
def test_a_file_that_is_no_world_is_named(text, said, tmp_path):
    file = tmp_path / "world.yaml"
    file.write_text(text)

    with pytest.raises(BadCases, match=said):
        worlds(file)


def test_what_answers_must_be_written(tmp_path, capsys):
    file = tmp_path / "world.yaml"
    file.write_text(WORLD.replace("in: harbour", "in: nowhere"))

    assert main(["run", "questions", "--data", str(file)]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_no_question_of_the_frozen_ones_was_calibrated_on():
    frozen, calibration = ({_asked(world) for world in worlds(file)} for file in (FROZEN, CALIBRATION))

    # Only a number may be printed: who reads a frozen question can no longer be measured by it.
    shared = len(set().union(*frozen) & set().union(*calibration))
    assert shared == 0


def _asked(world) -> frozenset[str]:
    questions = world.questions
    return frozenset([*(each.ask.lower() for each in questions.answered), *questions.absent, *questions.beside])
