"""How near the words of a question come to those of sentences."""

import numpy as np
import pytest

from ml.answerable import load
from ml.closeness import closeness
from ml.embedding import LocalEmbeddings


@pytest.fixture(scope="module")
def embeddings() -> LocalEmbeddings:
    return LocalEmbeddings()


def near(embeddings, question, *sentences):
    asks, *read = embeddings.read([question, *sentences])
    return closeness(asks, read, [0] * len(read), load().middle)


def test_a_word_said_otherwise_is_nearer_than_one_that_is_not_said(embeddings):
    question = "Who lost his glasses?"

    said = near(embeddings, question, "Fergus lost his spectacles in the river.")
    unsaid = near(embeddings, question, "Fergus crossed the river at noon.")

    assert said.mean > unsaid.mean and said.least > unsaid.least and said.whole > unsaid.whole


def test_every_sentence_is_told_apart(embeddings):
    found = near(embeddings, "What does the gate cost?", "The rain came at noon.", "We paid 85 euros for the gate.")

    assert found.each[1] > found.each[0]
    assert found.mean >= max(found.each)


def test_what_the_title_says_is_not_said_by_the_sentence(embeddings):
    asks, said = embeddings.read(["What does the gate cost?", "The gate. It rained at noon."])
    title = len("The gate. ")

    with_title, without = (closeness(asks, [said], [letters], load().middle) for letters in (0, title))

    assert with_title.each > without.each
    assert (with_title.mean, with_title.least) == (without.mean, without.least)


def test_more_sentences_never_take_nearness_away(embeddings):
    one = near(embeddings, "What does the gate cost?", "We paid 85 euros for the gate.")
    two = near(embeddings, "What does the gate cost?", "We paid 85 euros for the gate.", "The rain came.")

    assert two.mean >= one.mean - 1e-3 and two.least >= one.least - 1e-3


@pytest.mark.parametrize(("question", "sentence"), [("?", "A gate."), ("What gate?", ""), ("...", "!")])
def test_what_has_no_words_is_near_to_nothing(embeddings, question, sentence):
    found = near(embeddings, question, sentence)

    assert found.mean == found.least == 0.0


def test_a_text_is_read_as_it_is_embedded_with_a_vector_for_each_word(embeddings):
    texts = ["Berth 27, paid until March.", "", "unbelievably"]

    read = embeddings.read(texts)

    assert [len(each.words) for each in read] == [5, 0, 1]
    for each, vector in zip(read, embeddings.embed_documents(texts), strict=True):
        assert each.vector @ np.array(vector) == pytest.approx(1, abs=1e-3)
