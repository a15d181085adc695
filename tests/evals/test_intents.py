import json

import pytest

from evals.__main__ import main
from evals.suites.intents import LABELS, MARGINS, SUITE, calibration_error, prediction
from evals.suites.suite import Judged
from ml import utterances
from ml.intent import IntentReading

CASES = [
    {"id": "one", "source": "own", "text": "wake me at seven", "target": "alarm", "accept": ["alarm"], "oos": False},
    {"id": "two", "source": "own", "text": "how do i peel a mango", "target": "oos", "accept": ["oos"], "oos": True},
    {"id": "three", "source": "own", "text": "wake me at nine", "target": "deny", "accept": ["deny"], "oos": False},
]


@pytest.fixture
def cases(tmp_path):
    file = tmp_path / "cases.jsonl"
    file.write_text("".join(json.dumps(case) + "\n" for case in CASES))
    return file


@pytest.fixture
def reading():
    return IntentReading(
        label="task_find",
        probability=0.6,
        others=(("out_of_scope", 0.3), ("undo", 0.1)),
        is_out_of_scope=False,
        kind="event_find",
        kinds=(("event_find", 0.4), ("out_news", 0.2), ("reminder_find", 0.2), ("out_facts", 0.1), ("undo", 0.1)),
    )


def test_kinds_are_summed_under_the_label_of_the_data(reading):
    found = prediction(reading)

    assert found["intents"] == ["event_list", "oos", "reminder_list", "cancel"]
    assert (found["probability"], found["oos"]) == (0.4, False)


def test_a_refusal_stands_before_everything_else(reading):
    found = prediction(IntentReading(**vars(reading) | {"is_out_of_scope": True}))

    assert found["intents"][0] == "oos"
    assert found["probability"] == 0.3


def test_every_kind_that_has_a_label_in_the_data_exists():
    assert set(LABELS) <= set(utterances.read())


@pytest.mark.parametrize(
    ("probabilities", "scores", "error"),
    [([0.9, 0.9], [1, 1], 0.1), ([0.75, 0.75, 0.75, 0.75], [1, 1, 1, 0], 0.0), ([1.0, 0.05], [0, 0], 0.525)],
    ids=["too modest", "as often right as said", "two bins"],
)
def test_calibration_is_how_far_what_is_said_is_from_what_happens(probabilities, scores, error):
    cases = [
        Judged(case={}, prediction={"probability": probability}, score=score)
        for probability, score in zip(probabilities, scores, strict=True)
    ]

    assert calibration_error(cases) == pytest.approx(error)


def test_any_file_of_the_shape_is_scored(cases, tmp_path, capsys):
    out = tmp_path / "out.jsonl"

    code = main(["run", "intents", "--data", str(cases), "--json", str(out), "--at-least", "0.7"])

    said = capsys.readouterr().out
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert code == 1
    assert "intents: 0.667 over 3 of 3 cases" in said
    assert [line["score"] for line in lines] == [1, 1, 0]
    assert [line["oos"] for line in lines] == [False, True, False]
    assert said.count("margin of") == len(MARGINS)


def test_a_case_may_accept_several_labels():
    assert SUITE.score({"accept": ["task_list", "event_list"]}, {"intents": ["event_list", "oos"]}) == 1
    assert SUITE.score({"accept": ["task_list"]}, {"intents": ["event_list", "task_list"]}) == 0
