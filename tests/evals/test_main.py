import pytest

from evals.__main__ import main


def test_the_suites_are_listed_with_their_number_of_cases(capsys):
    assert main(["list"]) == 0

    assert "turns in" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "dates"], "documented"),
        (["run", "dates"], "--data FILE.jsonl"),
        (["run", "astrology"], "no suite 'astrology'"),
        (["run", "conversations", "--data", "nowhere.yaml"], "nowhere.yaml"),
        (["run", "conversations", "--model", "parrot"], "parrot"),
        (["run", "questions", "--model", "parrot"], "parrot"),
    ],
    ids=["public data", "public data, how", "unknown", "no such file", "no such model", "no such model for questions"],
)
def test_what_cannot_be_run_says_why_and_exits_2(capsys, arguments, said):
    assert main(arguments) == 2

    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no case"),
        (b"\xff\xfe", "not text in UTF-8"),
        (b'{"id": "a"}\nnonsense', "cases.jsonl:2"),
        (b'{"id": "a"', "cases.jsonl:1"),
        (b"[]", "cases.jsonl:1"),
        (b'{"id": "a"}', "case a"),
        (b'{"id": "a", "text": 5, "ref": 5, "dates": 5, "rule": 5, "source": 5, "slots": 5}', "case a"),
        (
            b'{"id": "a", "text": "tomorrow", "ref": "2026-01-01T00:00:00", "core": true, "kind": "point", '
            b'"syntax": "none", "checked": ["due"], "expected": [], "source": "slurp", "slots": 5, "rule": "x", '
            b'"dates": [], "accept": 5}',
            "case a",
        ),
    ],
    ids=["empty", "bytes", "a line that is not JSON", "cut off", "a list", "no fields", "wrong types", "wrong inside"],
)
@pytest.mark.parametrize("suite", ["dates", "quickadd", "recurrence_next", "intents", "intents_slots"])
def test_a_malformed_file_is_told_by_its_line_or_case(capsys, tmp_path, suite, content, said):
    file = tmp_path / "cases.jsonl"
    file.write_bytes(content)

    assert main(["run", suite, "--data", str(file)]) == 2

    assert said in capsys.readouterr().err


def test_a_case_that_the_table_cannot_be_made_of_is_named(capsys, tmp_path):
    file = tmp_path / "cases.jsonl"
    case = '{"id": "%s", "accept": ["oos"], "text": "hum", "oos": true%s}\n'
    file.write_text(case % ("good", ', "source": "s", "target": "t"') + case % ("bad", ', "target": "t"'))

    assert main(["run", "intents", "--data", str(file)]) == 2

    assert "case bad" in capsys.readouterr().err


def test_results_that_could_not_be_written_are_not_worked_for(capsys, tmp_path):
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": "a"}')

    assert main(["run", "dates", "--data", str(file), "--json", str(tmp_path / "nowhere" / "out.jsonl")]) == 2

    assert "out.jsonl" in capsys.readouterr().err


@pytest.mark.parametrize("share", ["1.5", "-1", "most"])
def test_a_rate_outside_of_0_to_1_is_refused(share):
    with pytest.raises(SystemExit) as exit:
        main(["run", "conversations", "--at-least", share])

    assert exit.value.code == 2


@pytest.mark.timeout(120)
def test_a_wrong_expectation_fails_and_a_rate_below_the_least_exits_1(capsys, tmp_path):
    file = tmp_path / "wrong.yaml"
    file.write_text(
        """
name: wrong
now: "2026-11-21T09:30:00+01:00"
zone: Europe/Berlin
turns:
  - say: buy milk tomorrow
    tools: [add_tasks]
    effects: {tasks: [{title: buy milk, due: 2026-11-22}]}
  - say: buy bread tomorrow
    tools: [add_tasks]
    effects: {tasks: [{title: buy bread, due: 2026-11-23}]}
  - say: buy stamps tomorrow
    effects: {tasks: [{title: buy stamps}]}
    reply: {not: [stamps]}
  - say: buy cheese tomorrow
    tools: [delete_tasks]
    effects: {tasks: [{title: buy cheese}]}
"""
    )
    out = tmp_path / "cases.jsonl"

    code = main(["run", "conversations", "--data", str(file), "--json", str(out), "--at-least", "0.3"])

    printed = capsys.readouterr().out
    assert code == 1
    assert "1 of 4" in printed
    assert [line.count('"score": 1') for line in out.read_text().splitlines()] == [1, 0, 0, 0]
    assert "2026-11-23" in printed
