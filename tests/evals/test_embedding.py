import pytest

from evals.embedding import LONG, SHORT, Embedding, Query
from ml.embedding import LocalEmbeddings


@pytest.mark.parametrize(
    ("ours", "cosine", "word"),
    [(4.9, 0.999, "kept"), (5.1, 0.999, "BROKEN"), (4.9, 0.994, "BROKEN")],
    ids=["cheap and near", "dear", "far"],
)
def test_a_vector_keeps_its_promise_only_where_it_is_cheap_and_near(ours, cosine, word):
    short, long = Query(tokens=12, ours=ours, by_hand=10), Query(tokens=30, ours=9, by_hand=10)

    line = str(Embedding(short=short, long=long, cosines=(cosine, cosine, 0.98, 1.0, cosine)))

    assert line.endswith(word)


@pytest.mark.parametrize(("text", "tokens"), [(SHORT, 12), (LONG, 30)], ids=["short", "long"])
def test_the_queries_have_as_many_tokens_as_is_said(text, tokens):
    assert len(LocalEmbeddings()._model.tokenizer.encode(text).ids) == tokens
