"""What language models took and cost on the caller's behalf, and what is left of the budgets."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request

from domain.budgets import Budget, Standing
from protocols.rest import Context
from storage.spending import Spending

router = APIRouter(prefix="/usage", tags=["usage"])
COUNTED = ("calls", "cached_calls", "unpriced_calls", "input_tokens", "cached_tokens", "output_tokens")


@router.get("")
async def usage(request: Request, context: Context, days: Annotated[int, Query(ge=1, le=366)] = 30) -> dict[str, Any]:
    """Calls, tokens and US dollars by day (UTC, the latest first), model and origin, with today as the last of `days`.

    `cached_calls` were answered from what is kept, at no cost. What `unpriced_calls` cost is not known, so `dollars`
    hold nothing for them. Of a tenant's budgets it is told how much is left, not what others spent.
    """
    spending_of: Callable[[UUID], Spending] = request.app.state.spending_of
    budgets: Sequence[Budget] = request.app.state.budgets
    spending = spending_of(context.profile.user_id)
    today = context.now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=days - 1)
    items = [_used(row) for row in await spending.used(since)]
    standings = await spending.standings(budgets, context.now)
    return {
        "since": since.date().isoformat(),
        "items": items,
        "next": None,
        "totals": {name: sum(item[name] for item in items) for name in (*COUNTED, "dollars")},
        "budgets": [_standing(standing, context.now) for standing in standings],
    }


def _used(row: Mapping[str, Any]) -> dict[str, Any]:
    counted = {name: int(row[name]) for name in COUNTED}
    told = {"day": row["day"].isoformat(), "model": row["model"], "origin": row["origin"]}
    return {**told, **counted, "dollars": float(row["dollars"])}


def _standing(standing: Standing, now: datetime) -> dict[str, Any]:
    is_own = standing.budget.scope == "user"
    return {
        "budget": standing.budget.name,
        "dollars": float(standing.budget.dollars),
        "spent": float(standing.spent) if is_own else None,
        "reserved": float(standing.reserved) if is_own else None,
        "left": float(standing.left),
        "share": round(float(standing.share), 4),
        "renews_at": standing.budget.renews_at(now).isoformat(),
    }
