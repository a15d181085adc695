"""Summaries are held against four other ways within the same words."""

import asyncio
import json

import pytest

from evals.suites.centrality import BASELINES, lexrank, textrank, within
from evals.suites.suite import BadCases, judged, rate, tabled
from evals.suites.summaries import SUITE
from language.prose import prose

TALK = "\n".join(
    [
        "Anna: The old boiler is loud and costs too much every winter.",
        "Bob: Hm.",
        "Anna: We should ask for an offer for a new boiler before winter.",
        "Bob: A new boiler costs four thousand, and the old boiler lasts one more winter.",
        "Anna: My cat is asleep on the sofa.",
    ]
)


@pytest.fixture
def file(tmp_path):
    """Cases in a file of their own, and whatever stands beside it."""

    def written(*rows, corpus=()):
        for name, lines in (("dev_full.jsonl", rows), ("dev_corpus.jsonl", corpus)):
            (tmp_path / name).write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        return tmp_path / "dev_full.jsonl"

    return written


def test_a_dialogue_is_summed_up_within_its_words_and_beside_the_others(file):
    row = {"id": "a", "source": "dialogsum", "text": TALK, "references": ["Anna wants an offer for a new boiler."]}
    source = file(row)

    (case,) = asyncio.run(judged(SUITE, source, "offline"))

    assert 0 < len(case.prediction["summary"].split()) <= 26
    assert set(case.prediction["others"]) == set(BASELINES)
    assert 0 < case.score < 1
    assert rate(SUITE, [case]) == case.score
    assert [line.split()[0] for line in tabled(SUITE, [case], source)[1:]] == ["summary", *BASELINES]


def test_what_people_wrote_is_right_and_something_else_is_not(file):
    row = {"id": "a", "source": "dialogsum", "references": ["Anna wants an offer. Bob waits."]}

    assert SUITE.score(row, {"summary": "Anna wants an offer.\nBob waits."}) == pytest.approx(1)
    assert SUITE.score(row, {"summary": "It rained."}) == 0


def test_a_whole_meeting_is_read_from_its_passages(file):
    said = " ".join(TALK.splitlines())
    row = {"id": "m", "source": "qmsum-full", "text_ref": "one", "references": ["They talked of the boiler."]}
    source = file(row, corpus=[{"id": "one/p0", "meeting": "one", "text": said}])

    (case,) = asyncio.run(judged(SUITE, source, "offline"))

    assert any(line.startswith("Anna: ") for line in case.prediction["summary"].splitlines())


def test_a_meeting_without_its_passages_is_no_case(tmp_path):
    source = tmp_path / "alone.jsonl"
    row = {"id": "m", "source": "qmsum-full", "text_ref": "one", "references": ["x"]}
    source.write_text(json.dumps(row), encoding="utf-8")

    with pytest.raises(BadCases, match="alone_corpus"):
        asyncio.run(judged(SUITE, source, "offline"))


@pytest.mark.parametrize("way", [lexrank, textrank])
def test_the_central_is_what_shares_its_words_with_the_others(way):
    ranked = way(prose(TALK))

    assert prose(TALK)[ranked[0]].text.count("boiler") >= 1
    assert prose(TALK)[ranked[-1]].text.startswith(("Hm", "My cat"))


def test_the_best_that_fit_stand_in_the_texts_order():
    sentences = prose(TALK)

    assert within(sentences, [3, 0], 40).splitlines()[0].startswith("Anna: The old boiler")
    assert len(within(sentences, [0, 1], 12).splitlines()) == 1
