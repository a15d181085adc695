import json
from pathlib import Path

import pytest

from evals.__main__ import main
from evals.overlap import overlaps, said
from ml import utterances

DATA = Path(__file__).parents[3] / "shared" / "evaldata"


@pytest.fixture
def data(tmp_path):
    def written(*rows):
        file = tmp_path / "data.jsonl"
        file.write_text("".join(json.dumps({"id": str(number)} | row) + "\n" for number, row in enumerate(rows)))
        return file

    return written


@pytest.fixture(scope="module")
def ours():
    return max((text for texts in utterances.read().values() for text in texts), key=len)


@pytest.mark.parametrize(
    ("change", "is_found"),
    [
        (lambda text: text, True),
        (lambda text: f"  {text.upper()}!!", True),
        (lambda text: " ".join(reversed(text.split())), True),
        (lambda text: text.replace("a", "à", 1), True),
        (lambda text: " ".join(text.split()[: len(text.split()) // 2]), False),
        (lambda text: "zebras graze beyond the quay", False),
    ],
    ids=["the same", "louder", "the same words", "one letter", "its first half", "something else"],
)
def test_what_is_nearly_ours_is_found(data, ours, change, is_found):
    found = overlaps([data({"text": "the moon is far"}, {"text": change(ours)})])

    assert bool([pair for pair in found if pair.ours == ours]) is is_found


def test_what_is_said_is_found_at_any_depth():
    row = {"turns": [{"text": "one"}, {"role": "user", "content": "two"}], "question": [[{"content": "three"}]]}

    assert list(said(row)) == ["three", "one", "two"]


def test_a_near_duplicate_makes_the_command_fail_and_names_both(data, ours, capsys):
    file = data({"question": f"please {ours}"})

    assert main(["overlap", str(file)]) == 1
    assert repr(ours) in capsys.readouterr().out


def test_a_clean_file_passes(data, capsys):
    assert main(["overlap", str(data({"text": "zebras graze beyond the quay"}))]) == 0
    assert capsys.readouterr().out == "0 near-duplicates in 1 files\n"


def test_a_file_that_cannot_be_read_exits_2(capsys):
    assert main(["overlap", "nowhere.jsonl"]) == 2
    assert "nowhere.jsonl" in capsys.readouterr().err


@pytest.mark.skipif(not DATA.is_dir(), reason="the public data is not on this machine")
def test_none_of_our_utterances_stands_in_the_public_intents():
    found = overlaps([DATA / "intents" / "dev.jsonl"])

    assert [pair for pair in found if pair.place.startswith("ml/")] == []
