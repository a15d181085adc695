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
    ],
    ids=["public data", "public data, how", "unknown", "no such file", "no such model"],
)
def test_what_cannot_be_run_says_why_and_exits_2(capsys, arguments, said):
    assert main(arguments) == 2

    assert said in capsys.readouterr().err


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
