"""Who exists, how they prove it, and how they read clocks."""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.errors import Invalid, NotFound
from domain.people import LOCAL_TENANT, LOCAL_USER, Profile, checked_zone
from storage.postgres import Pool
from storage.store import Store, asked, transaction

ALONE = "alone"
NAME_LENGTH = 200

USER_OF_KEY = "SELECT user_id FROM keys WHERE hash = %(hash)s AND revoked_at IS NULL"
ADD_KEY = "INSERT INTO keys (hash, user_id) VALUES (%(hash)s, %(user_id)s) ON CONFLICT (hash) DO NOTHING"
REVOKE_KEY = "UPDATE keys SET revoked_at = now() WHERE hash = %(hash)s AND revoked_at IS NULL"
CREATE = (
    "INSERT INTO tenants (id) VALUES (%(tenant_id)s) ON CONFLICT (id) DO NOTHING",
    "INSERT INTO users (id, tenant_id) VALUES (%(user_id)s, %(tenant_id)s) ON CONFLICT (id) DO NOTHING",
    """
    INSERT INTO profiles (user_id, name, tenant_name) VALUES (%(user_id)s, %(name)s, %(tenant)s)
    ON CONFLICT (user_id) DO NOTHING
    """,
)
PROFILE = "SELECT * FROM profiles WHERE user_id = %(user_id)s"
CHANGE = """
    UPDATE profiles SET
        name = coalesce(%(name)s, name),
        zone = coalesce(%(zone)s, zone),
        locale = coalesce(%(locale)s, locale),
        week_start = coalesce(%(week_start)s, week_start)
    WHERE user_id = %(user_id)s
    RETURNING *
"""
ERASE = (
    "DELETE FROM checkpoints WHERE split_part(thread_id, '/', 1) = %(user_id)s::text",
    "DELETE FROM checkpoint_blobs WHERE split_part(thread_id, '/', 1) = %(user_id)s::text",
    "DELETE FROM checkpoint_writes WHERE split_part(thread_id, '/', 1) = %(user_id)s::text",
    "DELETE FROM users WHERE id = %(user_id)s",
)


class People:
    """Looks before a user is known; it reads ids and hashes only."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def user_of_key(self, hash: bytes) -> UUID | None:
        """Whose key has this hash, unless it is revoked."""
        rows = (await asked(self._pool, USER_OF_KEY, {"hash": hash})).rows
        return rows[0]["user_id"] if rows else None

    async def create(self, name: str, tenant: str | None = None) -> UUID:
        """The user of that name in that tenant; the same name is the same user."""
        if not name.strip() or len(name) > NAME_LENGTH:
            raise Invalid("name", f"is empty or longer than {NAME_LENGTH} characters.")
        # Ids follow from names, since names stand behind policies, where nobody can look yet.
        tenant_id = uuid5(NAMESPACE_URL, f"metacortex:{(tenant or ALONE).strip()}")
        user_id = uuid5(tenant_id, name.strip())
        await self._create(user_id, tenant_id, name.strip(), tenant)
        return user_id

    async def add_key(self, user_id: UUID, hash: bytes) -> None:
        """From now on who shows a key with this hash is that user."""
        await asked(self._pool, ADD_KEY, {"user_id": user_id, "hash": hash})

    async def revoke_key(self, hash: bytes) -> bool:
        """From now on nobody; False where there is no such key."""
        return (await asked(self._pool, REVOKE_KEY, {"hash": hash})).count == 1

    async def ensure_local(self) -> None:
        """The one user of a server without keys exists."""
        await self._create(LOCAL_USER, LOCAL_TENANT, "You", None)

    async def _create(self, user_id: UUID, tenant_id: UUID, name: str, tenant: str | None) -> None:
        row = {"user_id": user_id, "tenant_id": tenant_id, "name": name, "tenant": tenant}
        async with transaction(self._pool, user_id) as pipeline:
            for statement in CREATE:
                pipeline.execute(statement, row)


class Profiles(Store):
    """The person's own view of who they are."""

    async def get(self) -> Profile:
        """Raises `NotFound` for somebody who was never made, or is erased."""
        return _profile(await self._row(PROFILE))

    async def change(
        self,
        *,
        name: str | None = None,
        zone: str | None = None,
        locale: str | None = None,
        week_start: int | None = None,
    ) -> Profile:
        """What is None stays; raises `Invalid` for an unknown zone."""
        if name is not None and (not name.strip() or len(name) > NAME_LENGTH):
            raise Invalid("name", f"is empty or longer than {NAME_LENGTH} characters.")
        if zone is not None:
            checked_zone(zone)
        if locale is not None and not (2 <= len(locale) <= 35 and locale.replace("-", "").isalnum()):
            raise Invalid("locale", f"{locale!r} is not a language tag; use one such as 'en-GB'.")
        if week_start is not None and week_start not in range(7):
            raise Invalid("week_start", f"{week_start!r} is not 0 (Monday) to 6 (Sunday).")
        wanted = {"name": name, "zone": zone, "locale": locale, "week_start": week_start}
        return _profile(await self._row(CHANGE, wanted))

    async def erase(self) -> None:
        """Everything of this person is gone, keys included; it cannot be undone."""
        async with self._transaction() as pipeline:
            for statement in ERASE:
                pipeline.execute(statement, {"user_id": self._user_id})


def _profile(row: Mapping[str, Any] | None) -> Profile:
    if row is None:
        raise NotFound("There is no such person.")
    columns = ("user_id", "name", "zone", "locale", "week_start")
    return Profile(**{column: row[column] for column in columns})
