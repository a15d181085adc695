import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Unavailable
from ml import utterances
from ml.build_fact import parts_of
from ml.embedding import LocalEmbeddings
from ml.fact import ARTEFACT, FOLDER, FactModel, as_weighed
from ml.intent import packed
from ml.skeletons import skeleton

MODEL = FactModel.load()
FACTS = [
    "I'm a beekeeper in the Vosges",
    "my grandson is called Emil",
    "I'm allergic to hazelnuts",
    "I can't stand celery",
    "we live in a caravan",
    "I speak Danish and Finnish",
]
JUNK = [
    "I bought a beehive yesterday",
    "my grandson is coming over tonight",
    "I'm exhausted after that call",
    "add celery to the shopping list",
    "we had lunch in a caravan",
    "thanks, that was quick",
]


@pytest.fixture(scope="module")
def shares():
    embeddings = LocalEmbeddings()

    def weigh(texts):
        return MODEL.probabilities(texts, embeddings.embed_documents([as_weighed(text) for text in texts]))

    return weigh


def test_the_model_that_ships_was_built_from_the_statements_that_ship():
    said = utterances.read(FOLDER)

    assert MODEL.statements == utterances.digest(said), "run: uv run --group dev python -m ml.build_fact"
    assert MODEL.version.endswith(MODEL.statements)
    assert MODEL.embedder == LocalEmbeddings.name


def test_the_artefact_is_small_and_holds_nothing_that_can_run():
    assert ARTEFACT.stat().st_size <= 1_000_000
    with np.load(ARTEFACT, allow_pickle=False) as arrays:
        assert json.loads(arrays["header"].tobytes())["version"] == MODEL.version
        assert all(array.dtype.kind in "uf" for array in arrays.values())


def test_a_fact_that_was_never_seen_stands_above_the_bar_and_what_passes_below(shares):
    assert [share >= MODEL.bar for share in shares([*FACTS, *JUNK])] == [True] * len(FACTS) + [False] * len(JUNK)


def test_a_statement_that_a_test_relies_on_is_not_one_that_was_learned():
    learned = {as_weighed(text) for texts in utterances.read(FOLDER).values() for text in texts}

    assert learned.isdisjoint(map(as_weighed, [*FACTS, *JUNK]))


def test_no_statement_stands_in_two_files():
    lines = [as_weighed(text) for texts in utterances.read(FOLDER).values() for text in texts]

    assert len(set(lines)) == len(lines)


def test_how_carefully_it_is_typed_makes_no_difference(shares):
    careful, careless = shares(["I'm a beekeeper, in Alsace.", "i'm a beekeeper in alsace"])

    assert careful == careless


def test_of_a_line_with_a_mark_the_marked_part_alone_is_the_fact():
    assert parts_of("*I'm deaf*, so put the subtitles on", True) == [
        ("I'm deaf", True),
        (", so put the subtitles on", False),
    ]
    assert parts_of("I'm deaf", True) == [("I'm deaf", True)]


def test_a_skeleton_keeps_small_words_and_names_the_class_of_the_others():
    assert skeleton("My sister baked two huge round loaves on Sunday") == [
        *("^", "my", "KIN", "PAST", "W", "S", "on", "DAY", "$"),
    ]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_a_probability(text):
    (share,) = MODEL.probabilities([text], np.zeros((1, LocalEmbeddings.dimensions)))

    assert 0 <= share <= 1


def test_nothing_in_gives_nothing_out():
    assert MODEL.probabilities([], []) == []


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"not an archive",
        ARTEFACT.read_bytes()[:50_000],
        packed({"version": "1"}, {}),
        packed(
            {"version": "1", "embedder": "", "statements": "", "bar": 0.5, "temperature": 1.0, "terms": ["w:a"]},
            {name: np.ones(2) for name in ("idf", "dense", "sparse", "acts", "bias")},
        ),
    ],
    ids=["missing", "empty", "garbage", "cut off", "no weights", "weights that do not fit"],
)
def test_a_damaged_artefact_is_named_with_the_cure(tmp_path, content):
    file = tmp_path / "model.npz"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(Unavailable, match=r"'model.npz', is missing or damaged .*; install MetaCortex again"):
        FactModel.load(file)
