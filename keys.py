"""Keys by the command line: made and shown once, and taken back."""

from database import database
from domain.errors import NotFound
from domain.keys import hash_of, new_key
from settings import Settings
from storage.people import People


async def create(settings: Settings, *, user: str, tenant: str | None) -> None:
    """Make a key for a user, who is made too where there is none of that name; it is shown this once."""
    async with database(settings) as pool:
        people = People(pool)
        key = new_key()
        await people.add_key(await people.create(user, tenant), hash_of(key))
        print(key)


async def revoke(settings: Settings, key: str) -> None:
    """From now on nobody comes in with it; raises `NotFound`."""
    async with database(settings) as pool:
        if not await People(pool).revoke_key(hash_of(key)):
            raise NotFound("There is no such key, or it was revoked already; give the whole of it, from 'mcx_' on.")
        print("revoked")
