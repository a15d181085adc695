from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from domain.memories import Memory
from domain.notes import Note
from domain.tasks import Task
from storage.chunks import Chunks
from storage.ledger import Decision
from storage.passages import Passage
from storage.search import Within


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
    missing = await embeddings.waiting(50)
    await embeddings.put(
        "test", [(each.chunk_id, [1.0, 0.1] if "sailing" in each.own else [0.1, 1.0]) for each in missing]
    )

    hits = await search.hybrid("regatta", [1.0, 0.0], "test")

    assert hits[0].id == memory.id
    assert hits[0].cosine > 0.99 and hits[0].words == 0


async def test_embedders_of_different_width_stand_beside_each_other(search, embeddings, things):
    for embedder, width in (("small", 2), ("large", 1536)):
        missing = await embeddings.waiting(50) or await embeddings.missing(embedder, 50)
        await embeddings.put(embedder, [(each.chunk_id, [1.0] * width) for each in missing])

    assert len(await search.hybrid("regatta", [1.0] * 2, "small")) == 3
    assert len(await search.hybrid("regatta", [1.0] * 1536, "large")) == 3


async def test_only_what_was_edited_and_what_stands_beside_it_is_embedded_again(keep, embeddings, noon):
    body = "\n\n".join(f"# Part {n}\n\nAbout {name}." for n, name in enumerate(("Ada", "Bob", "Cleo", "Dan", "Eve")))
    note = Note(title="People", body=body, created_at=noon, updated_at=noon)
    await keep((None, note))
    await embeddings.put("test", [(each.chunk_id, [1.0]) for each in await embeddings.waiting(50)])

    await keep((note, replace(note, body=body.replace("Eve", "Zoe"), updated_at=noon + timedelta(1), version=2)))

    waiting = await embeddings.waiting(50)
    assert {each.own.splitlines()[-1] for each in waiting} == {"About Dan.", "About Zoe."}


async def test_a_deleted_thing_is_not_found(search, keep, things, boat):
    await keep((boat, None))

    assert boat.id not in {hit.id for hit in await search.hybrid("dinghy boat", None, "test")}


async def test_a_passage_that_is_gone_is_not_embedded(keep, embeddings, things, boat):
    missing = await embeddings.waiting(50)
    await keep((boat, None))

    await embeddings.put("test", [(each.chunk_id, [1.0]) for each in missing])

    assert await embeddings.waiting(50) == []


async def test_titles_are_completed(search, things):
    assert await search.suggest("boa") == ["Boat", "Paint the boats"]
    assert await search.suggest("%") == []
    assert await search.suggest(" ") == []


@pytest.fixture
async def garden(keep, noon):
    """Three notes about one thing, on three days, each with its tag."""
    days = [noon - timedelta(days) for days in (20, 10, 0)]
    notes = [
        Note(title=f"Garden {tag}", body=f"{words} in the garden", tags=(tag,), created_at=day, updated_at=day)
        for day, tag, words in zip(
            days, ("Herbs", "Tools", "Birds"), ("Sow basil early", "Early sow tools", "A robin"), strict=True
        )
    ]
    await keep(*((None, note) for note in notes))
    return notes


@pytest.mark.parametrize(
    ("within", "found"),
    [
        (Within(), {"Herbs", "Tools", "Birds"}),
        (Within(tags=("herbs",)), {"Herbs"}),
        (Within(tags=("herbs", "tools")), set()),
        (Within(since=date(2026, 11, 11)), {"Tools", "Birds"}),
        (Within(until=date(2026, 11, 11)), {"Herbs"}),
        (Within(since=date(2026, 11, 11), until=date(2026, 11, 21)), {"Tools"}),
        (Within(phrases=("sow basil",)), {"Herbs"}),
        (Within(phrases=("sow basil", "robin")), set()),
        (Within(phrases=("the",)), {"Herbs", "Tools", "Birds"}),
        (Within(phrases=("it's 'a\\b'",)), set()),
        (Within(kinds=("task",)), set()),
        (Within(project="harbour"), set()),
    ],
    ids=lambda value: str(value) if isinstance(value, Within) else "",
)
async def test_only_what_is_asked_for_is_looked_through(search, garden, within, found):
    hits = (await search.look("garden", None, "test", within=within)).hits

    assert {hit.title.removeprefix("Garden ") for hit in hits} == found


async def test_the_passages_around_a_hit_come_along_when_asked_for(search, keep, noon):
    parts = [f"# Day {number}\n\n" + f"Of {name} much. " * 40 for number, name in enumerate(("Rome", "Bari", "Lecce"))]
    await keep((None, Note(title="Trip", body="\n\n".join(parts), created_at=noon, updated_at=noon)))

    (hit,) = (await search.look("Bari", None, "test", within=Within(neighbours=1))).hits

    assert "Bari" in hit.passage
    assert ["Rome" in hit.before[-1], "Lecce" in hit.after[-1]] == [True, True]


async def test_one_passage_of_a_thing_is_shown(search, keep, noon):
    parts = [f"# Day {number}\n\n" + "Of Rome much. " * 40 for number in range(3)]
    await keep((None, Note(title="Trip", body="\n\n".join(parts), created_at=noon, updated_at=noon)))

    assert len((await search.look("Rome", None, "test")).hits) == 1


async def test_it_is_said_what_was_compared_by_words_alone(search, embeddings, things):
    assert (await search.look("boats", None, "test")).degraded == "Only words were compared, not their meaning."
    assert "4 passages were" in (await search.look("boats", [1.0], "test")).degraded

    await embeddings.put("test", [(each.chunk_id, [1.0]) for each in await embeddings.waiting(50)])
    await embeddings.complete("test")

    assert (await search.look("boats", [1.0], "test")).degraded is None


async def test_what_says_the_same_as_a_better_one_steps_back(search, embeddings, keep, noon):
    names = ("Boat", "Boat again", "Harbour")
    notes = [Note(title=name, body=f"{name} in winter", created_at=noon, updated_at=noon) for name in names]
    await keep(*((None, note) for note in notes))
    vectors = [
        (each.chunk_id, [0.9, 0.5] if "Boat" in each.own else [0.6, 0.8]) for each in await embeddings.waiting(9)
    ]
    await embeddings.put("test", vectors)

    hits = await search.hybrid("boat winter", [1.0, 0.0], "test")

    assert sorted(hit.score for hit in hits) == [hit.score for hit in reversed(hits)]
    assert {hits[1].title, hits[2].title} != {"Boat", "Boat again"}


async def test_what_stands_side_by_side_does_not_step_back(search, embeddings, pool, user):
    bodies = ["The boat is green", "The boat is old", "The boat is here", "A boat somewhere", "Rain"]
    said = [
        Passage(kind="message", source_id=uuid4(), ordinal=0, title="", body=body, thread_id=body[:3],
                message_id=str(place), place=place)
        for place, body in enumerate(bodies)
    ]  # fmt: skip
    await Chunks(pool, user).keep(said)
    meant = {"The": [0.9, 0.5], "A b": [0.6, 0.8], "Rai": [0.1, 1.0]}
    await embeddings.put("test", [(each.chunk_id, meant[each.own[:3]]) for each in await embeddings.waiting(9)])

    found = await search.look("my boat", [1.0, 0.0], "test", within=Within(kinds=("message",)))

    assert [hit.thread_id for hit in found.hits] == ["The", "The", "The", "A b", "Rai"]


async def test_another_form_of_a_word_counts_less_than_the_word(search, keep, noon):
    bodies = ("we went sailing", "we go sailing", "nothing of it")
    await keep(*((None, Note(title="", body=body, created_at=noon, updated_at=noon)) for body in bodies))

    alone = (await search.look("go", None, "test")).hits
    together = (await search.look("go", None, "test", forms=["went", "gone"])).hits

    assert [hit.passage for hit in alone] == ["we go sailing"]
    assert [hit.passage for hit in together] == ["we go sailing", "we went sailing"]


async def test_a_speaker_who_is_named_is_heard_first(search, pool, user):
    said = [
        Passage(kind="message", source_id=uuid4(), ordinal=0, title="", body=f"I like {what}", thread_id="t",
                message_id=str(place), place=place, speaker=who)
        for place, (who, what) in enumerate([("Ann", "soup"), ("Bob", "soup"), ("Ann", "rice"), ("Bob", "rice")])
    ]  # fmt: skip
    await Chunks(pool, user).keep(said)
    within = Within(kinds=("message",))

    async def first(query):
        return (await search.look(query, None, "test", within=within)).hits[0].speaker

    assert (await first("Does Bob like soup?"), await first("Does Ann like soup?")) == ("Bob", "Ann")


async def test_a_new_embedder_takes_over_when_it_has_seen_everything(search, embeddings, things):
    old = await embeddings.waiting(50)
    await embeddings.put("old", [(each.chunk_id, [1.0, 0.0]) for each in old])
    await embeddings.complete("old")

    new = await embeddings.missing("new", 50)
    assert {each.chunk_id for each in new} == {each.chunk_id for each in old}
    await embeddings.put("new", [(each.chunk_id, [0.0, 1.0, 0.0]) for each in new[:2]])
    assert (await search.look("regatta", [1.0, 0.0], "old")).degraded is None
    assert "2 passages were" in (await search.look("regatta", [0.0, 1.0, 0.0], "new")).degraded
    await embeddings.put("new", [(each.chunk_id, [0.0, 1.0, 0.0]) for each in new[2:]])
    await embeddings.complete("new")

    assert await embeddings.missing("new", 50) == []
    found = await search.look("regatta", [0.0, 1.0, 0.0], "new")
    assert found.hits and found.degraded is None


@pytest.mark.parametrize("passages", [3_000, 1_000_000], ids=["by the signs of vectors", "by their graph"])
@pytest.mark.parametrize(
    "within",
    [Within(), Within(tags=("herbs",)), Within(since=date(2026, 11, 11)), Within(phrases=("sow basil",))],
    ids=str,
)
async def test_who_has_much_finds_the_same_through_the_indexes(
    search, embeddings, garden, owner, user, within, passages
):
    missing = await embeddings.waiting(50)
    directions = [[float(place == number) + 0.1 for place in range(384)] for number in range(len(missing))]
    await embeddings.put(
        "minilm-l6-v2", [(each.chunk_id, vector) for each, vector in zip(missing, directions, strict=True)]
    )
    await embeddings.complete("minilm-l6-v2")
    asked = ("sow basil early", directions[1], "minilm-l6-v2")
    few = await search.look(*asked, within=within)

    owner.execute("UPDATE collections SET passages = %s WHERE user_id = %s", [passages, user])
    much = await search.look(*asked, within=within)

    assert few.hits and [hit.chunk_id for hit in much.hits] == [hit.chunk_id for hit in few.hits]


async def test_who_has_much_finds_what_fits_among_what_is_nearer_and_does_not(
    search, embeddings, keep, owner, user, noon
):
    notes = [
        Note(title=f"N{number}", body=f"Number {number}", tags=("far",) if number > 240 else (), created_at=noon,
             updated_at=noon)
        for number in range(250)
    ]  # fmt: skip
    await keep(*((None, note) for note in notes))
    far = {note.id for note in notes if note.tags}
    vectors = [
        (each.chunk_id, [1.0, 0.3, -0.2] if "far" in each.own or int(each.own.split()[-1]) > 240 else [1.0, 0.3, 0.2])
        for each in await embeddings.waiting(300)
    ]
    await embeddings.put("test", vectors)
    await embeddings.complete("test")
    owner.execute("UPDATE collections SET passages = 3000 WHERE user_id = %s", [user])

    hits = (await search.look("regatta", [1.0, 0.3, 0.2], "test", within=Within(tags=("far",)))).hits

    assert {hit.id for hit in hits} == far


async def test_who_has_much_is_found_by_frequent_words_that_stand_together(search, embeddings, keep, owner, user, noon):
    bodies = ["garden"] * 5 + ["shed"] * 5 + ["key"] * 5 + ["the key of the shed"]
    notes = [Note(title=f"N{place}", body=body, created_at=noon, updated_at=noon) for place, body in enumerate(bodies)]
    await keep(*((None, note) for note in notes))
    await embeddings.complete("test")
    owner.execute("UPDATE collections SET passages = 3000, rarest = 600 WHERE user_id = %s", [user])

    hits = (await search.look("key to the garden shed", None, "test")).hits

    assert [hit.id for hit in hits] == [notes[-1].id]
    assert {hit.id for hit in (await search.look("keys", None, "test")).hits} == {note.id for note in notes[10:]}


async def test_who_has_much_is_found_by_a_frequent_word_and_by_its_other_forms(
    search, embeddings, keep, owner, user, noon
):
    bodies = ["a child"] * 5 + ["two children"] * 5 + ["school"] * 5
    notes = [Note(title=f"N{place}", body=body, created_at=noon, updated_at=noon) for place, body in enumerate(bodies)]
    await keep(*((None, note) for note in notes))
    await embeddings.complete("test")
    owner.execute("UPDATE collections SET passages = 3000, rarest = 1200 WHERE user_id = %s", [user])

    async def found(query: str, *forms: str) -> set[UUID]:
        return {hit.id for hit in (await search.look(query, None, "test", limit=20, forms=forms)).hits}

    # As many passages hold either as are read at all: the word that was asked for is looked up all the same.
    assert await found("child", "children") >= {note.id for note in notes[:5]}
    owner.execute("UPDATE collections SET rarest = 500 WHERE user_id = %s", [user])
    assert await found("child", "children") == {note.id for note in notes[:10]}


async def test_small_numbers_are_no_error(search, embeddings, garden):
    missing = await embeddings.waiting(50)
    tiny = [[1.0, 7e-8 * (1 + number)] for number, _ in enumerate(missing)]
    await embeddings.put("test", [(each.chunk_id, vector) for each, vector in zip(missing, tiny, strict=True)])

    assert len(await search.hybrid("sow early", [1.0, 1e-7], "test")) == 3


async def test_what_is_near_to_a_thing_is_found_by_its_own_vectors(search, embeddings, garden):
    herbs, tools, birds = garden
    missing = await embeddings.waiting(50)
    directions = {"Herbs": [1.0, 0.0], "Tools": [0.9, 0.4], "Birds": [0.0, 1.0]}
    vectors = [(each.chunk_id, directions[each.own.split()[1]]) for each in missing]
    assert await search.similar("note", herbs.id, "test") == []

    await embeddings.put("test", vectors)

    assert [hit.id for hit in await search.similar("note", herbs.id, "test")] == [tools.id, birds.id]
    assert await search.similar("task", herbs.id, "test") == []


async def test_tags_that_nearly_always_stand_together_find_each_other(search, embeddings, keep, noon):
    at = {"created_at": noon, "updated_at": noon}
    notes = [
        Note(title="Lease", body="Signed.", tags=("flat", "apartment"), **at),
        Note(title="Keys", body="Two of them.", tags=("flat", "apartment"), **at),
        Note(title="The view", body="The apartment has one.", **at),
        Note(title="Tyre", body="Repaired.", tags=("flat", "bicycle"), **at),
        Note(title="Bell", body="My bicycle needs one.", **at),
    ]
    await keep(*((None, note) for note in notes))
    await embeddings.complete("test")

    found = [hit.title for hit in await search.hybrid("flat", None, "test")]

    assert set(found) == {"Lease", "Keys", "Tyre", "The view"}
    assert found[-1] == "The view"


async def test_who_has_much_is_served_by_the_index_of_any_embedder(search, embeddings, garden, owner, user, pool):
    name, width = "another's; DROP TABLE chunks; --'", 5
    waiting = await embeddings.waiting(50)
    directions = [[float(place == number) + 0.1 for place in range(width)] for number in range(len(waiting))]
    await embeddings.put(name, [(each.chunk_id, vector) for each, vector in zip(waiting, directions, strict=True)])
    await embeddings.complete(name)
    few = await search.look("sow basil early", directions[1], name)
    owner.execute("UPDATE collections SET passages = 1000000 WHERE user_id = %s", [user])

    much = await search.look("sow basil early", directions[1], name)

    assert few.hits and [hit.chunk_id for hit in much.hits] == [hit.chunk_id for hit in few.hits]
    nearest = (
        "EXPLAIN SELECT chunk_id FROM embeddings WHERE embedder = %s AND vector_dims(embedding) = 5 "
        "ORDER BY embedding::halfvec(5) <#> '[1,0,0,0,0]'::halfvec LIMIT 3"
    )
    with psycopg.ClientCursor(owner) as cursor:
        cursor.execute("SET enable_seqscan = off")
        plan = cursor.execute(nearest, [name]).fetchall()
        cursor.execute("RESET enable_seqscan")
    assert "Index Scan using embeddings_" in str(plan)
