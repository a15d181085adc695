import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Unavailable
from ml import utterances
from ml.embedding import LocalEmbeddings
from ml.intent import ARTEFACT, OUT_OF_SCOPE, IntentModel, packed

MODEL = IntentModel.load()
PRODUCT = {
    "task_create": ["sharpen the scissors by thursday", "i need to phone the roofer tomorrow at ten"],
    "task_find": ["which of my todos are late", "what's on the calendar for my Monday morning"],
    "task_update": ["move the roofer call to wednesday instead", "give the scissors task a higher priority"],
    "task_complete": ["tick off the scissors", "i already called the roofer"],
    "task_delete": ["delete the roofer task", "take the scissors off my to do list"],
    "plan_day": ["help me plan the afternoon"],
    "note_write": ["note that the roofer wants cash"],
    "note_find": ["find my note about the roofer"],
    "note_summarize": ["summarise my notes on the roof"],
    "habit_create": ["i want to play the flute every day, track it"],
    "habit_log": ["did my flute practice today"],
    "habit_insights": ["what's my flute streak"],
    "memory_add": ["remember that my brother's name is Anselm"],
    "memory_forget": ["forget my brother's name"],
    "undo": ["please undo that last change"],
    "help": ["what kind of things could you do for me"],
    "thanks": ["thank you for the quick help"],
    "affirm": ["yes, that would be right"],
    "deny": ["no, that is not what i meant"],
    "repeat": ["could you please say that another time"],
    "datetime": ["tell me what the clock says in Oslo"],
    OUT_OF_SCOPE: [
        "how do i poach a pear",
        "play something by a cello quartet",
        "transfer forty euros to my landlord's account",
        "will there be hail on thursday",
        "switch the lamp in the study on",
    ],
}


@pytest.fixture(scope="module")
def vectors():
    embeddings = LocalEmbeddings()
    return lambda texts: np.array(embeddings.embed_documents(texts), dtype=np.float32)


def test_the_model_that_ships_was_built_from_the_utterances_that_ship():
    said = utterances.read()

    assert MODEL.utterances == utterances.digest(said), "run: uv run --group dev python -m ml.build_intent"
    assert tuple(said) == MODEL.kinds
    assert MODEL.version.endswith(MODEL.utterances)
    assert MODEL.embedder == LocalEmbeddings.name


def test_the_artefact_is_small_and_holds_nothing_that_can_run():
    assert ARTEFACT.stat().st_size <= 3_000_000
    with np.load(ARTEFACT, allow_pickle=False) as arrays:
        assert json.loads(arrays["header"].tobytes())["version"] == MODEL.version
        assert all(array.dtype.kind in "uf" for array in arrays.values())


@pytest.mark.parametrize("label", PRODUCT)
def test_what_was_never_seen_is_read_for_what_it_asks(label, vectors):
    texts = PRODUCT[label]

    assert [reading.label for reading in MODEL.predict(texts, vectors(texts))] == [label] * len(texts)


def test_an_utterance_that_a_test_relies_on_is_not_one_that_was_learned():
    learned = {text.lower() for texts in utterances.read().values() for text in texts}

    assert learned.isdisjoint(text.lower() for texts in PRODUCT.values() for text in texts)


def test_no_utterance_stands_in_two_kinds():
    kinds = [(text.lower(), kind) for kind, texts in utterances.read().items() for text in texts]

    assert len({text for text, _ in kinds}) == len(kinds)


def test_without_an_embedding_the_n_grams_decide():
    texts = ["delete the roofer task", "how cold will it be tomorrow in Oslo"]

    order, weather = MODEL.predict(texts)

    assert (order.label, weather.is_out_of_scope) == ("task_delete", True)


def test_a_reading_says_how_sure_it_is_and_what_else_it_could_be(vectors):
    text = ["tick off the scissors"]

    (reading,) = MODEL.predict(text, vectors(text))

    assert 0 < reading.probability <= 1
    assert reading.probability > reading.others[0][1]
    assert sum(share for _, share in reading.kinds) == pytest.approx(1, abs=1e-4)
    assert json.loads(json.dumps(asdict(reading)))["label"] == "task_complete"


def test_a_clause_is_read_the_same_alone_and_among_others(vectors):
    texts = [text for texts in PRODUCT.values() for text in texts]

    together = MODEL.predict(texts, vectors(texts))
    alone = [MODEL.predict([text], vectors([text]))[0] for text in texts]

    assert [each.kind for each in together] == [each.kind for each in alone]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=600))
def test_any_text_has_a_reading(text):
    (reading,) = MODEL.predict([text])

    assert 0 <= reading.probability <= 1
    assert (reading.label == OUT_OF_SCOPE) == reading.is_out_of_scope


def test_nothing_in_gives_nothing_out(vectors):
    assert MODEL.predict([]) == []
    assert MODEL.predict([], np.zeros((0, 384), dtype=np.float32)) == []


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"not an archive",
        ARTEFACT.read_bytes()[:100_000],
        ARTEFACT.read_bytes()[:5_000] + bytes(50) + ARTEFACT.read_bytes()[5_050:],
        packed({"version": "1"}, {}),
        packed({"terms": ["w a"], "kinds": ["undo"], "full": {}, "bare": {}}, {"idf": np.ones(1)}),
    ],
    ids=["missing", "empty", "garbage", "cut off", "zeros inside", "no weights", "half of the arrays"],
)
def test_a_damaged_artefact_is_named_with_the_cure(tmp_path, content):
    file = tmp_path / "model.npz"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(Unavailable, match=r"'model.npz', is missing or damaged .*; install MetaCortex again"):
        IntentModel.load(file)


def test_an_artefact_whose_weights_do_not_fit_its_terms_is_damaged(tmp_path):
    file = tmp_path / "model.npz"
    with np.load(ARTEFACT) as arrays:
        cut = {name: arrays[name][:5] for name in arrays.files if name != "header"}
        file.write_bytes(packed(json.loads(arrays["header"].tobytes()), cut))

    with pytest.raises(Unavailable):
        IntentModel.load(file)
