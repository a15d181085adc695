"""Imports as they are kept: one at a time goes forward, and only from where it is."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from domain.errors import Conflict, NotFound
from domain.imports import File, Import, Problem
from storage.imports import Imported, Imports


@pytest.fixture
def imports(pool, user):
    return Imports(pool, user)


@pytest.fixture
def new(noon):
    return Import(id=uuid4(), format="vault", name="vault.zip", created_at=noon)


async def test_what_has_not_arrived_whole_is_not_brought_in(imports, new):
    await imports.begin(new)
    await imports.keep(new.id, [File(path="a.md", text="a")])

    assert await imports.current() is None
    await imports.go(new.id, [Problem("b.md", "It is not text in UTF-8.")])
    current = await imports.current()
    assert (current.status, current.files, current.problems[0].path) == ("going", 1, "b.md")


async def test_the_same_import_begins_once(imports, new):
    assert await imports.begin(new) is True
    assert await imports.begin(new) is False


async def test_what_was_stranded_an_hour_ago_makes_room(imports, new, noon):
    for _ in range(3):
        await imports.begin(replace(new, id=uuid4()))
    with pytest.raises(Conflict):
        await imports.begin(new)

    assert await imports.begin(replace(new, created_at=noon + timedelta(hours=2))) is True


async def test_files_come_in_the_order_of_their_bytes(imports, new):
    await imports.begin(new)
    await imports.keep(new.id, [File(path=path, text="") for path in ("b.md", "a/z.md", "B.md", "ä.md", "a.md")])

    first = await imports.files(new.id, "", 3)
    rest = await imports.files(new.id, first[-1].path, 3)

    assert [file.path for file in (*first, *rest)] == ["B.md", "a.md", "a/z.md", "b.md", "ä.md"]


async def test_of_two_that_go_on_from_the_same_place_one_does(imports, new):
    await imports.begin(new)
    await imports.keep(new.id, [File(path="a.md", text="a")])
    await imports.go(new.id, ())
    going = await imports.current()
    further = replace(going, at_path="a.md", files_done=1)

    assert await imports.advance(going, further, ()) is True
    assert await imports.advance(going, further, ()) is False
    assert (await imports.current()).attempts == 1


async def test_when_it_is_done_its_files_go_and_what_was_learnt_stays(imports, new, noon):
    await imports.begin(new)
    await imports.keep(new.id, [File(path="a.md", text="a")])
    await imports.go(new.id, ())
    going = await imports.current()
    learnt = Imported(id=uuid4(), path="a.md", hash=b"12", version=1)

    await imports.advance(going, replace(going, status="finished", finished_at=noon), [learnt])

    assert await imports.files(new.id, "", 9) == []
    known = (await imports.known([learnt.id]))[learnt.id]
    assert (known.hash, known.path, known.is_there) == (b"12", "a.md", False)
    assert await imports.current() is None


async def test_what_did_not_arrive_is_dropped_but_nothing_that_is_going(imports, new):
    await imports.begin(new)
    await imports.drop(new.id)
    with pytest.raises(NotFound):
        await imports.get(new.id)

    await imports.begin(new)
    await imports.go(new.id, ())
    await imports.drop(new.id)
    assert (await imports.get(new.id)).status == "going"
