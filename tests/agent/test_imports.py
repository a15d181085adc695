"""Bringing in: batches, what becomes of a thing, and a process that dies between writing and saying so."""

from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from agent.import_files import AT_ONCE, LETTERS, THINGS, Part, batches
from agent.imports import bring_in
from domain.imports import File, Import, Problem
from domain.notes import Note
from language.exchange.found import Found
from storage.imports import Imports


@pytest.fixture
def imports(pool, user):
    return Imports(pool, user)


@pytest.fixture
def arrive(imports, noon):
    """Makes an import of these texts, that a job can bring in."""

    async def make(files, format="vault"):
        new = Import(id=uuid4(), format=format, name="vault.zip", created_at=noon)
        await imports.begin(new)
        await imports.keep(new.id, [File(path=path, text=text) for path, text in files.items()])
        await imports.go(new.id, ())
        return new.id

    return make


@pytest.fixture
def found(noon):
    def make(path, letters=1):
        note = Note(title="x", body="y", created_at=noon, updated_at=noon)
        return Found(path=path, thing=note, source="x" * letters)

    return make


def test_batches_are_small_and_say_how_far_they_go(found):
    read = [
        Part(file=File(path="a", text=""), results=[found("a")] * (THINGS + 3)),
        Part(file=File(path="b", text=""), results=[found("b", LETTERS), found("b")]),
        Part(file=File(path="c", text=""), results=[]),
    ]

    made = [(len(batch.results), batch.at_path, batch.at_thing, batch.files_done) for batch in batches(read, "", 0)]

    assert made == [(THINGS, "", THINGS, 0), (4, "a", 1, 1), (1, "c", 0, 2)]


def test_batches_go_on_inside_a_file(found):
    file = File(path="b", text="")

    (some,) = batches([Part(file=file, results=[found("b")] * 5, is_last=False)], "a", 3)
    (rest,) = batches([Part(file=file, results=[found("b")] * 2)], "a", 8)

    assert (len(some.results), some.at_path, some.at_thing, some.files_done) == (5, "a", 8, 0)
    assert (len(rest.results), rest.at_path, rest.at_thing, rest.files_done) == (2, "b", 0, 1)


async def test_a_long_file_is_read_in_parts(arrive, imports, pool, user):
    boxes = "".join(f"- [ ] Box {number}\n" for number in range(AT_ONCE + 30))
    id = await arrive({"a.md": "first", "b.md": boxes, "c.md": "last"})

    while await bring_in(pool, user):
        pass

    done = await imports.get(id)
    assert (done.files_done, done.created, done.problems) == (3, {"note": 3, "task": AT_ONCE + 30}, ())


async def test_what_was_written_before_a_process_died_is_not_written_again(
    arrive, imports, pool, user, notes, dsn, ledger
):
    files = {f"Note {number:02}.md": "words" for number in range(30)}
    id = await arrive(files)
    await bring_in(pool, user)
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as owner:
        # As it would stand had nobody come to say that the batches were written.
        owner.execute(
            "UPDATE imports SET status = 'going', at_path = '', files_done = 0, created = '{}' WHERE id = %s", [id]
        )
        owner.execute("DELETE FROM imported WHERE user_id = %s", [user])
    await imports.keep(id, [File(path=path, text=text) for path, text in files.items()])
    actions = len((await ledger.actions(limit=200)).items)

    await bring_in(pool, user)

    assert (await imports.get(id)).created == {"note": 30}
    assert len((await notes.list(limit=200)).items) == 30
    assert len((await ledger.actions(limit=200)).items) == actions


async def test_what_another_process_brings_in_is_left_to_it(arrive, imports, pool, user, notes):
    id = await arrive({f"Note {number:02}.md": "words" for number in range(60)})
    going = await imports.current()
    await imports.advance(going, replace(going, status="finished"), ())

    assert await bring_in(pool, user) is None
    assert (await imports.get(id)).created == {}


async def test_an_import_that_never_gets_further_is_given_up(arrive, imports, pool, user):
    id = await arrive({"a.md": "words"})
    for _ in range(5):
        await imports.current()

    await bring_in(pool, user)

    given_up = await imports.get(id)
    assert given_up.status == "failed" and "could not be brought in" in given_up.error


async def test_what_cannot_be_read_is_told_and_the_rest_is_brought_in(arrive, imports, pool, user):
    id = await arrive(
        {"bad.ics": "BEGIN:VTODO\nDUE:yesterday\nEND:VTODO\n", "good.ics": "BEGIN:VTODO\nSUMMARY:x\nEND:VTODO\n"},
        "icalendar",
    )

    await bring_in(pool, user)

    done = await imports.get(id)
    assert (done.status, done.created) == ("finished", {"task": 1})
    assert [problem.path for problem in done.problems] == ["bad.ics"]
    assert isinstance(done.problems[0], Problem)


async def test_a_copied_file_does_not_take_its_models_id(arrive, imports, pool, user, notes):
    id = uuid4()
    ours = f"---\ntitle: Mine\nmetacortex: {id} 1\n---\n"
    files = {f"{number:02} copy.md": f"{ours}Version {number}" for number in range(25)}
    await arrive(files)
    await bring_in(pool, user)
    assert len((await notes.list(limit=200)).items) == 25

    # A later copy comes before its model, and another one was changed.
    again = await arrive(files | {"00 a copy.md": f"{ours}Version 99", "24 copy.md": f"{ours}Version 24, mended"})
    await bring_in(pool, user)

    done = await imports.get(again)
    assert (done.created, done.updated, done.problems) == ({"note": 1}, {"note": 1}, ())
    assert (await notes.get(id)).body == "Version 0"


async def test_a_file_that_was_moved_is_the_same_note_where_it_has_our_id(arrive, imports, pool, user, notes):
    id = uuid4()
    ours = f"---\ntitle: Mine\nmetacortex: {id} 1\n---\n"
    await arrive({"Here.md": f"{ours}Words"})
    await bring_in(pool, user)

    again = await arrive({"Folder/There.md": f"{ours}Other words"})
    await bring_in(pool, user)

    assert ((await imports.get(again)).updated, (await notes.get(id)).body) == ({"note": 1}, "Other words")
