"""ROUGE agrees with the scorer that published figures are made with (rouge-score 0.1.2, with stemming)."""

import pytest

from evals.suites.rouge import rouge
from evals.suites.stems import stem

FOX = "The quick brown fox jumps over the lazy dog"


@pytest.mark.parametrize(
    ("summary", "reference", "expected"),
    [
        (FOX, "The quick brown dog jumps on the log.", (0.705882, 0.266667, 0.588235)),
        ("police killed the gunman", "police kill the gunman", (1.0, 1.0, 1.0)),
        ("the gunman kill police", "police kill the gunman", (1.0, 0.333333, 0.5)),
        (
            "They agreed.\nThe budget is cut.",
            "The budgets were cut and\nall of them agreed",
            (0.533333, 0.153846, 0.533333),
        ),
        ("", "nothing", (0.0, 0.0, 0.0)),
    ],
)
def test_the_figures_are_those_of_the_reference(summary, reference, expected):
    assert tuple(rouge(summary, [reference]).values()) == pytest.approx(expected, abs=1e-6)


def test_the_reference_that_fits_best_counts():
    assert rouge(FOX, ["nothing of it", FOX])["rouge2"] == 1.0


@pytest.mark.parametrize(
    ("word", "root"),
    [
        ("caresses", "caress"), ("ponies", "poni"), ("ties", "tie"), ("agreed", "agre"), ("plastered", "plaster"),
        ("motoring", "motor"), ("conflated", "conflat"), ("hopping", "hop"), ("falling", "fall"), ("filing", "file"),
        ("happy", "happi"), ("relational", "relat"), ("digitizer", "digit"), ("hopefulness", "hope"),
        ("adjustment", "adjust"), ("adoption", "adopt"), ("controlling", "control"), ("used", "use"), ("at", "at"),
    ],
)  # fmt: skip
def test_stems_are_porters(word, root):
    assert stem(word) == root
