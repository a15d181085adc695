import json

import pytest

from evals.__main__ import main

MESSAGES = """
facts:
  - I'm a locksmith in Graz
  - xyzzy
junk:
  - thanks a lot
  - "what's my name?"
"""


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "messages.yaml"
    file.write_text(MESSAGES)
    return file


def test_any_file_of_the_shape_is_weighed(file, tmp_path, capsys):
    out = tmp_path / "out.jsonl"

    code = main(["run", "memories", "--data", str(file), "--json", str(out), "--at-least", "0.9"])

    said = capsys.readouterr().out
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert code == 1
    assert "recall       0.500 (1 of 2 facts)" in said
    assert "precision    1.000 (1 of 1 let in)" in said
    assert "junk let in  0.000 (0 of 2)" in said
    assert "memories: 0.750 over 4 messages" in said
    assert [(line["id"], line["score"]) for line in lines] == [
        *(("fact-1", 1), ("fact-2", 0), ("junk-1", 1), ("junk-2", 1)),
    ]
    assert lines[0]["let_in"] == ["I'm a locksmith in Graz"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("facts: [a]", "junk: Field required"),
        ("facts: [a]\njunk: []", "junk: Tuple should have at least 1 item"),
        ("facts: [a]\njunk: [{b: c}]", "junk.0"),
        ("- a", "the file"),
        ("facts: [", "cannot be read as YAML"),
    ],
    ids=["a list is missing", "an empty list", "no text", "no lists", "no YAML"],
)
def test_what_is_not_of_the_shape_says_where(tmp_path, capsys, content, why):
    file = tmp_path / "messages.yaml"
    file.write_text(content)

    assert main(["run", "memories", "--data", str(file)]) == 2
    assert why in capsys.readouterr().err
