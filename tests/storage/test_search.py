from dataclasses import replace
from datetime import timedelta

import pytest

from domain.memories import Memory
from domain.notes import Note
from domain.tasks import Task
from storage.ledger import Decision
from storage.passages import LETTERS, WORDS, cut


@pytest.fixture
async def keep(ledger, new_call, noon):
    async def write(*changes):
        before = [thing.id for thing, _ in changes if thing]
        await ledger.act(new_call(), lambda held: Decision("", changes, ()), at=noon, notes=before)

    return write


@pytest.fixture
def boat(noon):
    return Note(
        title="Boat",
        body="# Price\n\nSell the dinghy.\n\n# Buyer\n\nAsk Zoltan first.",
        created_at=noon,
        updated_at=noon,
    )


@pytest.fixture
async def things(keep, boat, noon):
    task = Task(title="Paint the boats", tags=("harbour",), created_at=noon, updated_at=noon)
    memory = Memory(text="Loves sailing", created_at=noon, updated_at=noon)
    await keep((None, boat), (None, task), (None, memory))
    return boat, task, memory


async def test_words_find_things_by_their_stem_one_passage_each(search, things):
    boat, task, _ = things

    hits = await search.hybrid("boats", None, "test")

    assert {hit.id for hit in hits} == {boat.id, task.id}
    assert all(hit.words > 0 and hit.cosine is None for hit in hits)


@pytest.mark.parametrize(
    "query",
    ["", "the of", "qqqq", "' | & ! ( ) : * \\ <->", "50%", "🦆"],
    ids=["empty", "stops", "none", "signs", "percent", "duck"],
)
async def test_a_query_without_matches_finds_nothing(search, things, query):
    assert await search.hybrid(query, None, "test") == []


async def test_the_rare_word_counts_more_than_the_common_one(search, keep, noon):
    notes = [Note(title=f"N{n}", body="meeting about budget", created_at=noon, updated_at=noon) for n in range(8)]
    zoltan = Note(title="Z", body="lunch with Zoltan", created_at=noon, updated_at=noon)
    await keep(*((None, note) for note in (*notes, zoltan)))

    hits = await search.hybrid("meeting with Zoltan", None, "test")

    assert hits[0].id == zoltan.id


async def test_the_passage_that_fits_is_shown_and_kinds_are_kept_to(search, things):
    boat, _, _ = things

    hits = await search.hybrid("zoltan harbour", None, "test", kinds=["note"])

    assert [(hit.id, hit.title, hit.passage) for hit in hits] == [(boat.id, "Boat", "# Buyer\n\nAsk Zoltan first.")]


async def test_meaning_finds_what_words_do_not(search, embeddings, things):
    _, _, memory = things
    missing = await embeddings.missing("test", 50)
    await embeddings.put("test", [(id, [1.0, 0.1] if "sailing" in text else [0.1, 1.0]) for id, text in missing])

    hits = await search.hybrid("regatta", [1.0, 0.0], "test")

    assert hits[0].id == memory.id
    assert hits[0].cosine > 0.99 and hits[0].words == 0


async def test_embedders_of_different_width_stand_beside_each_other(search, embeddings, things):
    for embedder, width in (("small", 2), ("large", 1536)):
        missing = await embeddings.missing(embedder, 50)
        await embeddings.put(embedder, [(id, [1.0] * width) for id, _ in missing])

    assert len(await search.hybrid("regatta", [1.0] * 2, "small")) == 3
    assert len(await search.hybrid("regatta", [1.0] * 1536, "large")) == 3


async def test_only_what_was_edited_is_embedded_again(keep, embeddings, things, boat, noon):
    missing = await embeddings.missing("test", 50)
    await embeddings.put("test", [(id, [1.0]) for id, _ in missing])

    await keep(
        (boat, replace(boat, body=boat.body.replace("Zoltan", "Ada"), updated_at=noon + timedelta(1), version=2))
    )

    assert [text for _, text in await embeddings.missing("test", 50)] == ["Boat\n# Buyer\n\nAsk Ada first."]


async def test_a_deleted_thing_is_not_found(search, keep, things, boat):
    await keep((boat, None))

    assert boat.id not in {hit.id for hit in await search.hybrid("dinghy boat", None, "test")}


async def test_a_passage_that_is_gone_is_not_embedded(keep, embeddings, things, boat):
    missing = await embeddings.missing("test", 50)
    await keep((boat, None))

    await embeddings.put("test", [(id, [1.0]) for id, _ in missing])

    assert await embeddings.missing("test", 50) == []


async def test_titles_are_completed(search, things):
    assert await search.suggest("boa") == ["Boat", "Paint the boats"]
    assert await search.suggest("%") == []
    assert await search.suggest(" ") == []


@pytest.mark.parametrize(
    "body",
    ["word " * 1000, "x" * 10_000, "# A\n\n" + "one two three.\n\n" * 300, "# A\n# B\n## C\n", "", "\n\n \n"],
    ids=["words", "letters", "paragraphs", "headings", "empty", "blank"],
)
def test_pieces_are_short_and_lose_no_word(body):
    pieces = cut(body)

    assert all(0 < len(piece) <= LETTERS and len(piece.split()) <= WORDS for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(body.split())
