import asyncio
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from evals.minilm import by_numpy
from ml.embedding import LocalEmbeddings

SENTENCES = [
    "Call the dentist tomorrow at three.",
    "the landlord agreed to repaint the hallway in April",
    "Grüße aus Zürich: 5 km gelaufen, 28 °C!",
    "x",
    "A much longer thought about the week behind us, " * 12,
]


@pytest.fixture(scope="module")
def embeddings() -> LocalEmbeddings:
    return LocalEmbeddings()


@pytest.fixture(scope="module")
def by_hand():
    """Written from the paper and not from our graph."""
    return by_numpy()


def test_a_paraphrase_is_nearer_than_something_else(embeddings):
    query = np.array(embeddings.embed_query("What did the landlord say?"))

    near, far = embeddings.embed_documents(["The owner of the flat told us something.", "Run five kilometres."])

    assert query @ near > query @ far + 0.2


def test_every_vector_has_length_one(embeddings):
    vectors = embeddings.embed_documents([*SENTENCES, ""])

    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(6), abs=1e-5)
    assert {len(vector) for vector in vectors} == {embeddings.dimensions}


def test_a_batch_gives_each_text_its_own_vector_in_order(embeddings):
    texts = [f"{sentence} {number}" for number in range(8) for sentence in SENTENCES]

    batch = embeddings.embed_documents(texts)

    for text, vector in zip(texts, batch, strict=True):
        assert vector == pytest.approx(embeddings.embed_query(text), abs=1e-5)


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda sentence: sentence[:12])
def test_the_graph_computes_what_the_model_is_defined_as(embeddings, by_hand, sentence):
    vector = np.array(embeddings.embed_query(sentence))

    assert vector @ by_hand(sentence) >= 0.997


def test_what_stands_past_the_last_token_is_not_read(embeddings):
    long = "word " * 400

    assert embeddings.embed_query(long) == embeddings.embed_query(long + "dentist")


def test_nothing_in_gives_nothing_out(embeddings):
    assert embeddings.embed_documents([]) == []


def test_threads_that_ask_first_together_get_the_same_answer():
    fresh = LocalEmbeddings()

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(fresh.embed_query, ["milk"] * 4))

    assert all(answer == answers[0] for answer in answers)


async def test_the_event_loop_goes_on_while_a_text_is_embedded(embeddings):
    ticks = 0

    embedding = asyncio.create_task(embeddings.aembed_documents(["a rather long sentence " * 40] * 16))
    while not embedding.done():
        await asyncio.sleep(0.001)
        ticks += 1

    assert ticks > 3
    assert len(await embedding) == 16
