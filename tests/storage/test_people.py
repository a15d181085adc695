import asyncio
from uuid import uuid4

import pytest

from domain.errors import Invalid, NotFound
from domain.people import LOCAL_USER
from storage.people import Profiles


async def test_the_same_name_in_the_same_tenant_is_the_same_user(people):
    ada = await asyncio.gather(*(people.create("Ada", "Analytical Engines") for _ in range(4)))

    assert len(set(ada)) == 1
    assert await people.create("Ada", "Other") not in ada
    assert await people.create("Ada") not in ada


@pytest.mark.parametrize("name", ["", "  ", "x" * 201], ids=["empty", "blank", "long"])
async def test_a_name_that_is_none_is_refused(people, name):
    with pytest.raises(Invalid, match="name"):
        await people.create(name)


async def test_a_key_is_its_users_until_it_is_revoked(people, user):
    key = uuid4().bytes
    assert await people.user_of_key(key) is None

    await people.add_key(user, key)
    assert await people.user_of_key(key) == user

    assert await people.revoke_key(key)
    assert await people.user_of_key(key) is None
    assert not await people.revoke_key(key)


async def test_the_local_user_is_made_once(people, pool):
    await asyncio.gather(*(people.ensure_local() for _ in range(4)))

    assert (await Profiles(pool, LOCAL_USER).get()).zone == "UTC"


async def test_a_profile_changes_in_what_is_named(profiles):
    before = await profiles.get()

    after = await profiles.change(zone="Europe/Berlin", week_start=6)

    assert (after.zone, after.week_start, after.name, after.locale) == ("Europe/Berlin", 6, before.name, before.locale)
    assert await profiles.get() == after


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "Mars/Olympus"},
        {"zone": "Factory"},
        {"zone": "localtime"},
        {"zone": "\x00"},
        {"week_start": 7},
        {"locale": "e"},
        {"name": ""},
    ],
    ids=str,
)
async def test_a_wrong_field_is_named(profiles, wrong):
    with pytest.raises(Invalid, match=next(iter(wrong))):
        await profiles.change(**wrong)


async def test_an_erased_person_leaves_nothing(profiles, people, world, rows_of, owner):
    key = uuid4().bytes
    await people.add_key(world.user, key)

    await profiles.erase()

    assert not any(rows_of(world.user).values())
    assert await people.user_of_key(key) is None
    with pytest.raises(NotFound):
        await profiles.get()
