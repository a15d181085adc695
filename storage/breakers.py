"""Which models are not asked for a while, for all replicas; each change is told to everybody as it is made."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from psycopg.rows import DictRow

from domain.model_calls import FailureKind
from storage.postgres import Pool
from storage.store import asked

OPENED = "SELECT model, reason, times, extract(epoch FROM until - clock_timestamp())::float AS seconds FROM breakers"
TELL = "SELECT pg_notify('metacortex', 'breaker ' || %(model)s::text)"
OPEN = (
    """
    WITH opened AS (
        INSERT INTO breakers (model, reason, times, until)
        VALUES (%(model)s, %(reason)s, %(times)s, clock_timestamp() + %(lasts)s)
        ON CONFLICT (model) DO UPDATE
        SET reason = excluded.reason, times = excluded.times, until = excluded.until, changed_at = now()
    )
"""
    + TELL
)
CLOSE = "WITH closed AS (DELETE FROM breakers WHERE model = %(model)s) " + TELL
# Of those who ask at once the row's lock lets one through, and the others then see the moment put off.
CLAIM = """
    WITH claimed AS (
        UPDATE breakers SET until = clock_timestamp() + %(lasts)s, changed_at = now()
        WHERE model = %(model)s AND until <= clock_timestamp()
        RETURNING model
    )
    SELECT pg_notify('metacortex', 'breaker ' || model) FROM claimed
"""
HASTEN = """
    WITH due AS (
        UPDATE breakers SET until = clock_timestamp(), changed_at = now()
        WHERE reason = ANY (%(reasons)s) AND until > clock_timestamp()
        RETURNING model
    )
    SELECT pg_notify('metacortex', 'breaker ' || model) FROM due
"""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A model that is not asked for so many seconds more; `times` it was asked again in vain."""

    model: str
    reason: FailureKind
    times: int
    seconds: float


class Breakers:
    """Reads them, and writes what changes."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def opened(self) -> list[Opened]:
        """All that are open, also where the moment to ask again has come."""
        return [Opened(**row) for row in await self._rows(OPENED, {})]

    async def open(self, opened: Opened) -> None:
        """Let no replica ask this model so long."""
        lasts = timedelta(seconds=opened.seconds)
        given = {"model": opened.model, "reason": opened.reason, "times": opened.times, "lasts": lasts}
        await self._rows(OPEN, given)

    async def close(self, model: str) -> None:
        """Let every replica ask this model again."""
        await self._rows(CLOSE, {"model": model})

    async def claim(self, model: str, seconds: float) -> bool:
        """True for the one replica that may try the model now; the others wait so many seconds more."""
        return bool(await self._rows(CLAIM, {"model": model, "lasts": timedelta(seconds=seconds)}))

    async def hasten(self, reasons: Collection[FailureKind]) -> None:
        """Let what is open for these reasons be tried now."""
        await self._rows(HASTEN, {"reasons": list(reasons)})

    async def _rows(self, statement: str, parameters: Mapping[str, Any]) -> list[DictRow]:
        return (await asked(self._pool, statement, parameters)).rows
