"""Embedders: another one takes over beside the one before, and search goes on by whatever can be called."""

import psycopg
import pytest

from agent.background import embed
from agent.contexts import Contexts
from agent.embedders import Embedders
from domain.errors import Unavailable
from domain.notes import Note
from storage.jobs import Jobs
from storage.ledger import Decision
from storage.search import Within
from tools.search import compared

NOTES = 100
KEPT = "SELECT embedder, count(*) FROM embeddings WHERE user_id = %s GROUP BY 1 ORDER BY 1"
INDEXES = "SELECT indexdef FROM pg_indexes WHERE tablename = 'embeddings' AND indexdef LIKE %s"


class Letters:
    """Vectors of how often each of some letters stands in a text; answers so many times, then never again."""

    def __init__(self, name, letters, answers=1_000):
        self.name = name
        self.letters = letters
        self.answers = answers
        self.asked = []

    async def aembed_queries(self, texts):
        self.asked += texts
        return await self.aembed_documents(texts)

    async def aembed_documents(self, texts):
        if self.answers == 0:
            raise Unavailable
        self.answers -= 1
        return [[1.0, *(float(text.count(letter)) for letter in self.letters)] for text in texts]


@pytest.fixture
def owner(dsn):
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection
        connection.execute("DELETE FROM embedders")


@pytest.fixture
def write(ledger, new_call, noon):
    async def write(*texts):
        notes = [Note(title="", body=text, created_at=noon, updated_at=noon) for text in texts]
        await ledger.act(new_call(), lambda _: Decision("", tuple((None, note) for note in notes), ()), at=noon)

    return write


@pytest.fixture
def contexts(pool, noon):
    """Contexts of a process that was started for this embedder, and can call these others."""

    def of(wanted, *others):
        embedders = Embedders(wanted, {other.name: other for other in others}.get)
        return Contexts(pool=pool, embeddings=embedders, summarizer_of=None, now=lambda: noon)

    return of


@pytest.fixture
async def halfway(pool, user, owner, write):
    """A person who is searched by `old` while `new` has a vector of some passages only; both can be called again."""
    await write(*(f"Note {number} about a zebra" for number in range(NOTES)))
    old, new = Letters("old", "z"), Letters("new", "ze", answers=1)
    await embed(pool, Embedders(old), user)
    await Jobs(pool).embed_anew("new")
    with pytest.raises(Unavailable):
        await embed(pool, Embedders(new, {"old": old}.get), user)
    new.answers = 1_000
    kept = dict(owner.execute(KEPT, [user]).fetchall())
    assert kept["old"] == NOTES and 0 < kept["new"] < NOTES
    return old, new


async def test_search_goes_on_by_the_one_before_until_the_new_one_has_seen_everything(
    halfway, pool, profile, user, owner, write, contexts
):
    old, new = halfway
    both = contexts(new, old)

    during = await compared(both.of(profile), "zebra", within=Within(), limit=5)
    await write("A quagga is no zebra")
    await embed(pool, Embedders(new, {"old": old}.get), user)
    after = await compared(both.of(profile), "zebra", within=Within(), limit=5)

    assert (during.space, during.degraded, old.asked) == ("old", None, ["zebra"])
    assert (after.space, after.degraded, old.asked) == ("new", None, ["zebra"])
    assert owner.execute(KEPT, [user]).fetchall() == [("new", NOTES + 1)]


async def test_what_is_written_meanwhile_is_found_by_meaning_at_once(halfway, pool, user, owner, write):
    old, new = halfway
    await write("A quagga is no zebra")
    new.answers = 0

    with pytest.raises(Unavailable):
        await embed(pool, Embedders(new, {"old": old}.get), user)

    assert dict(owner.execute(KEPT, [user]).fetchall())["old"] == NOTES + 1


async def test_what_stands_among_other_words_than_before_gets_another_vector_of_each(
    halfway, pool, user, owner, ledger, notes, new_call, noon
):
    old, new = halfway
    await embed(pool, Embedders(new, {"old": old}.get), user)
    before = owner.execute("SELECT embedding::text FROM embeddings WHERE user_id = %s", [user]).fetchall()
    owner.execute("UPDATE chunks SET waits = true, body = 'zzz eee' WHERE user_id = %s", [user])

    await embed(pool, Embedders(new), user)

    assert owner.execute("SELECT embedding::text FROM embeddings WHERE user_id = %s", [user]).fetchall() != before


async def test_where_the_one_before_is_gone_the_new_vectors_serve_as_far_as_they_go(halfway, profile, contexts):
    _, new = halfway
    alone = contexts(new)

    found = await compared(alone.of(profile), "zebra", within=Within(), limit=5)

    assert found.degraded is not None and "compared by words alone, not yet by meaning" in found.degraded
    assert any(hit.cosine is not None for hit in found.hits)


async def test_where_the_one_before_does_not_answer_new_passages_wait_for_the_new_one_alone(
    halfway, pool, user, owner, write
):
    old, new = halfway
    await write("A quagga is no zebra")
    old.answers = 0

    await embed(pool, Embedders(new, {"old": old}.get), user)

    assert owner.execute(KEPT, [user]).fetchall() == [("new", NOTES + 1)]


async def test_a_process_that_was_started_before_leaves_the_change_to_others(halfway, pool, user, owner):
    old, _ = halfway
    before = owner.execute(KEPT, [user]).fetchall()

    assert await embed(pool, Embedders(old), user) is not None

    assert owner.execute(KEPT, [user]).fetchall() == before


async def test_each_embedder_has_an_index_of_its_width(halfway, owner):
    (index,) = owner.execute(INDEXES, ["%'new'%"]).fetchone()

    assert "hnsw" in index and "halfvec(3)" in index


async def test_an_embedder_that_does_not_answer_leaves_the_words_and_is_counted(pool, user, profile, write, contexts):
    await write("About a zebra")
    works = contexts(Letters("test", "z"))

    assert (await compared(works.of(profile), "zebra", within=Within(), limit=5)).degraded is not None
    await embed(pool, Embedders(Letters("test", "z")), user)
    assert (await compared(works.of(profile), "zebra", within=Within(), limit=5)).degraded is None
    assert (works.looks.all, works.looks.in_part, works.looks.by_words_alone) == (2, 1, 0)

    silent = contexts(Letters("test", "z", answers=0))
    found = await compared(silent.of(profile), "zebra", within=Within(), limit=5)

    assert found.hits and found.degraded == "Only words were compared, not their meaning."
    assert (silent.looks.all, silent.looks.in_part, silent.looks.by_words_alone) == (1, 0, 1)
