"""What was spent on language models, what is reserved for calls under way, and how that stands to the budgets."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from domain.budgets import Budget, Standing
from storage.store import Store

# Somebody waits for it: one statement is its own transaction, in which the user is told before anything is reserved.
RESERVE = """
    SELECT place, spent, reserved, is_granted
    FROM (SELECT set_config('app.user_id', %(user_id)s::text, true)) AS told (user_id), LATERAL reserve_spending(
        %(call_id)s, %(is_background)s, %(most)s, %(at)s, CASE WHEN told.user_id <> '' THEN %(wanted)s::jsonb END
    )
    ORDER BY place
"""
RELEASE = "DELETE FROM reservations WHERE user_id = %(user_id)s AND id = %(call_id)s"
STANDINGS = "SELECT place, spent, reserved FROM spent_of(%(wanted)s) ORDER BY place"
USED = """
    SELECT (started_at AT TIME ZONE 'UTC')::date AS day, model, purpose AS origin, count(*) AS calls,
        sum(input_tokens) AS input_tokens, sum(cached_tokens) AS cached_tokens, sum(output_tokens) AS output_tokens,
        coalesce(sum(cost), 0) AS dollars, count(*) FILTER (WHERE cost IS NULL) AS unpriced_calls,
        count(*) FILTER (WHERE outcome = 'cached') AS cached_calls
    FROM model_calls
    WHERE user_id = %(user_id)s AND started_at >= %(since)s
    GROUP BY 1, 2, 3
    ORDER BY 1 DESC, 2, 3
"""


class Spending(Store):
    """One person's, and as sums their tenant's."""

    async def reserve(
        self, call_id: UUID, *, is_background: bool, most: Decimal, at: datetime, budgets: Sequence[Budget]
    ) -> tuple[bool, list[Standing]]:
        """Set `most` dollars aside for a call if each budget has room for them; and how they stood before.

        However many ask at once, together they get no more than there is. Recording the call gives them back.
        """
        wanted = {"call_id": call_id, "is_background": is_background, "most": most, "at": at}
        rows = await self._alone(RESERVE, wanted | {"wanted": _wanted(budgets, at)})
        return all(row["is_granted"] for row in rows), _standings(budgets, rows)

    async def release(self, call_id: UUID) -> None:
        """Give back what was set aside for a call that is not made."""
        await self._run(RELEASE, {"call_id": call_id})

    async def standings(self, budgets: Sequence[Budget], at: datetime) -> list[Standing]:
        """How each of the budgets stands."""
        return _standings(budgets, await self._rows(STANDINGS, {"wanted": _wanted(budgets, at)})) if budgets else []

    async def used(self, since: datetime) -> list[Mapping[str, Any]]:
        """Calls, tokens and dollars by day (UTC), model and origin, the latest day first."""
        return list(await self._rows(USED, {"since": since}))


def _wanted(budgets: Sequence[Budget], at: datetime) -> Jsonb:
    return Jsonb(
        [
            {
                "is_tenants": budget.scope == "tenant",
                "is_background": budget.work == "background",
                "since": budget.begins(at).isoformat(),
                "dollars": str(budget.dollars),
            }
            for budget in budgets
        ]
    )


def _standings(budgets: Sequence[Budget], rows: Sequence[Mapping[str, Any]]) -> list[Standing]:
    return [
        Standing(budget=budget, spent=row["spent"], reserved=row["reserved"])
        for budget, row in zip(budgets, rows, strict=True)
    ]
