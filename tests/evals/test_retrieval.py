import json
from math import log2

import numpy as np
import pytest

from evals.__main__ import main
from evals.suites.corpora import written
from evals.suites.rankings import Bm25, fused, gain, ranked, recall

WHEN = "8:05 am on 3 March, 2024"
TALK = [
    ("Ann", "I finally painted the old boat green."),
    ("Bob", "Lovely! Where does it lie now?"),
    ("Ann", "In the harbour of Kiel, beside the lighthouse."),
    ("Bob", "My sister bakes bread every Sunday."),
]
DOCUMENTS = [
    {"id": f"t{place}", "group": "talk", "session": f"s{place // 3}", "when": WHEN, "speaker": speaker, "text": text}
    for place, (speaker, text) in enumerate(TALK)
] + [
    {"id": "n1", "group": "notes", "title": "Sourdough", "text": "Flour, water and salt rest overnight."},
    {"id": "n2", "group": "notes", "title": "Tyres", "text": "Winter tyres are mounted before the first snow."},
    {"id": "n3", "group": "notes", "title": "", "text": ""},
]
CASES = [
    {"id": "1", "group": "talk", "query": "Where is Ann's boat?", "relevant": {"t0": 1, "t2": 1}, "category": "place"},
    {"id": "2", "group": "talk", "query": "Who repairs bicycles?", "relevant": {"t3": 1}, "category": "adversarial"},
    {"id": "3", "group": "notes", "query": "wheels for the cold season", "relevant": {"n2": 3, "gone": 1}},
]


@pytest.fixture
def cases(tmp_path):
    file = tmp_path / "some.jsonl"
    file.write_text("".join(json.dumps(case) + "\n" for case in CASES))
    (tmp_path / "some_corpus.jsonl").write_text("".join(json.dumps(document) + "\n" for document in DOCUMENTS))
    return file


def test_documents_are_searched_as_the_product_keeps_them(cases, tmp_path, capsys):
    out = tmp_path / "out.jsonl"

    code = main(["run", "retrieval_locomo", "--data", str(cases), "--json", str(out)])

    lines = [json.loads(line) for line in out.read_text().splitlines()]
    said = capsys.readouterr().out
    assert code == 0
    assert {"t0", "t2"} <= set(lines[0]["ranked"]) <= {"t0", "t1", "t2", "t3"}
    assert lines[2]["ranked"][0] == "n2"
    assert [line["score"] for line in lines] == [1, lines[1]["figures"]["ours"]["R@10"], 0.5]
    assert lines[0]["figures"]["ours"]["session hit@5"] == 1
    assert set(lines[0]["figures"]) == {"ours", "BM25", "MiniLM", "equal RRF"}
    assert "retrieval_locomo: 0.750 over 2 of 3 cases" in said
    assert "R@10 above the best of them" in said


@pytest.mark.parametrize(
    "change", [{"group": "nobody"}, {"relevant": {}}, {"query": None}], ids=["unknown group", "no relevant", "no query"]
)
def test_a_case_that_cannot_be_judged_is_named(change, cases, capsys):
    cases.write_text(json.dumps(CASES[0] | change))

    assert main(["run", "retrieval_locomo", "--data", str(cases)]) == 2
    assert "case 1: has no `query`, no `relevant`, or no document of its `group`" in capsys.readouterr().err


def test_a_file_without_documents_beside_it_is_said(tmp_path, capsys):
    file = tmp_path / "alone.jsonl"
    file.write_text(json.dumps(CASES[0]))

    assert main(["run", "retrieval_npl", "--data", str(file)]) == 2
    assert "'alone_corpus.jsonl'" in capsys.readouterr().err


def test_a_message_keeps_its_place_its_day_and_who_said_it():
    passages = dict(written(DOCUMENTS))

    (third,) = passages["t2"]
    assert (third.kind, third.thread_id, third.place, third.speaker) == ("message", "s0", 2, "Ann")
    assert third.dated is not None and third.dated.isoformat() == "2024-03-03"
    assert "n3" not in passages


def test_rare_words_and_short_documents_weigh_more():
    bm25 = Bm25([{"boat": 1, "green": 1}, {"boat": 1, "long": 9}, {"boat": 1}, {"other": 1}])

    scores = bm25.scores({"boat": 1, "green": 1, "unknown": 1})

    assert list(np.argsort(-scores)) == [0, 2, 1, 3]
    assert scores[3] == 0


def test_a_fused_ranking_puts_first_what_stands_high_in_both():
    both = fused(np.array([3.0, 2.0, 1.0, 0.0]), np.array([0.0, 2.0, 1.0, 3.0]))

    assert ranked(["a", "b", "c", "d"], both)[0] == "b"


def test_what_a_ranking_is_worth():
    relevant = {"a": 2, "b": 1}

    assert recall(["x", "a", "y"], relevant) == 0.5
    assert recall(["x", "a", "b"], relevant, within=2) == 0.5
    assert gain(["a", "b"], relevant) == 1
    assert gain(["b", "a"], relevant) == pytest.approx((1 + 2 / log2(3)) / (2 + 1 / log2(3)))
