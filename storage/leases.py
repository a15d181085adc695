"""Leases: who keeps which run alive, as seen before a user is known; ids and times only."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from storage.postgres import Pool
from storage.runs import Lease
from storage.store import asked

BEAT = """
    UPDATE leases SET until = now() + %(lasts)s
    WHERE owner = %(owner)s AND (user_id, run_id) IN (SELECT * FROM unnest(%(user_ids)s::uuid[], %(run_ids)s::text[]))
    RETURNING user_id, run_id, cancel_asked_at IS NOT NULL AS cancel_asked
"""
EXPIRED = "SELECT user_id, run_id FROM leases WHERE until < now() ORDER BY until LIMIT %(limit)s"
RELEASE = "UPDATE leases SET until = now() - interval '1 second' WHERE owner = %(owner)s"
TELL = "SELECT pg_notify('metacortex', %(notice)s)"


@dataclass(frozen=True, kw_only=True)
class Held:
    """A run that is kept alive, and whether somebody asked to cancel it."""

    user_id: UUID
    run_id: str
    cancel_asked: bool


class Leases:
    """Prolongs them, finds those that ran out, lets go of them."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def beat(self, lease: Lease, runs: Sequence[tuple[UUID, str]]) -> Sequence[Held]:
        """Prolong the leases of these runs; what is not among the answer was taken over or has ended."""
        wanted = {
            "owner": lease.owner, "lasts": lease.lasts,
            "user_ids": [user_id for user_id, _ in runs], "run_ids": [run_id for _, run_id in runs],
        }  # fmt: skip
        return [Held(**row) for row in (await asked(self._pool, BEAT, wanted)).rows]

    async def expired(self, limit: int) -> Sequence[tuple[UUID, str]]:
        """User and run of leases that ran out, longest first."""
        answer = await asked(self._pool, EXPIRED, {"limit": limit})
        return [(row["user_id"], row["run_id"]) for row in answer.rows]

    async def release(self, owner: UUID) -> None:
        """Let others take over all that this process holds, at once."""
        await asked(self._pool, RELEASE, {"owner": owner})
        await self.tell("released", owner, "")

    async def tell(self, what: str, user_id: UUID, run_id: str) -> None:
        """Tell every process something about a run."""
        await asked(self._pool, TELL, {"notice": f"{what} {user_id} {run_id}"})
