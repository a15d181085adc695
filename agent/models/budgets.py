"""Budgets before calls of models: what a call may cost is set aside first, or the call is not made."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from agent.models.prices import Prices
from domain.budgets import NOTICE_FROM, Budget, Standing, work_of
from domain.errors import MetaCortexError
from domain.model_calls import OFFLINE, Account
from storage.postgres import Pool
from storage.spending import Spending

logger = logging.getLogger("metacortex.models")

NO_PRICE = "No price is known for {model!r}, so no budget can hold; name its price in METACORTEX_PRICES."
_WHOSE = {"user": "Your", "tenant": "Your organisation's"}
_WHEN = {"day": "today", "month": "this month"}
_WHAT = {"turns": "conversations", "background": "work behind the scenes"}


@dataclass(frozen=True, kw_only=True)
class Reserved:
    """What became of a reservation.

    Where it `is_spent` nothing was set aside, and the model must not be called. `text` tells the person so; else it is
    a notice, or None where there is nothing to tell.
    """

    is_spent: bool = False
    text: str | None = None


class Budgets:
    """The budgets of the settings, of which each call has to fit into all that apply to it."""

    def __init__(
        self,
        *,
        pool: Pool,
        budgets: Sequence[Budget],
        prices: Prices,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._pool = pool
        self._budgets = tuple(budgets)
        self._prices = prices
        self._now = now
        # Whom this process has told of which budget on this day: once is enough, and twice does no harm.
        self._told: set[tuple[UUID, str]] = set()
        self._told_on: date | None = None
        self._releasing: set[asyncio.Task[None]] = set()

    async def reserve(
        self, account: Account, call_id: UUID, model: str, input_tokens: int, most_tokens: int
    ) -> Reserved:
        """Set aside the most that a call can cost, in one round trip; in none where no budget applies.

        It is given back when the call is recorded under this id, and where this is cancelled or fails. Without a known
        price nothing can be set aside.
        """
        work = work_of(account.is_background)
        budgets = [budget for budget in self._budgets if budget.work == work]
        if not budgets or model == OFFLINE:
            return Reserved()
        most = self._prices.most(model, input_tokens, most_tokens)
        if most is None:
            return Reserved(is_spent=True, text=NO_PRICE.format(model=model))
        at = self._now()
        spending = Spending(self._pool, account.user_id)
        reserving = asyncio.ensure_future(
            spending.reserve(call_id, is_background=account.is_background, most=most, at=at, budgets=budgets)
        )
        try:
            is_granted, standings = await asyncio.shield(reserving)
        except (asyncio.CancelledError, MetaCortexError):
            # Nobody is left to make the call, and whether money was set aside is known only later, or not at all.
            releasing = asyncio.create_task(_released(reserving, spending, call_id))
            self._releasing.add(releasing)
            releasing.add_done_callback(self._forget)
            raise
        if is_granted:
            return Reserved(text=self._notice(account, max(standings, key=lambda each: each.share), at))
        least = max(standings, key=lambda each: each.with_more(most).share)
        return Reserved(is_spent=True, text=f"{_named(least.budget)} {_state(least, most, at)}.")

    async def settle(self) -> None:
        """Wait until all is given back that was set aside for calls that are not made."""
        while self._releasing:
            await asyncio.wait(self._releasing)

    def _forget(self, releasing: asyncio.Task[None]) -> None:
        self._releasing.discard(releasing)
        if not releasing.cancelled() and (error := releasing.exception()):
            logger.warning("what was set aside for a call that is not made could not be given back: %r", error)

    def _notice(self, account: Account, standing: Standing, at: datetime) -> str | None:
        if self._told_on != at.date():
            self._told_on, self._told = at.date(), set()
        told = (account.user_id, standing.budget.name)
        # Only an answer can bring a notice along.
        if account.purpose != "turn" or standing.share < NOTICE_FROM or told in self._told:
            return None
        self._told.add(told)
        renews_at = standing.budget.renews_at(at)
        return f"{_named(standing.budget)} is {standing.share:.0%} used; it starts anew {_moment(renews_at)}."


async def _released(reserving: asyncio.Future[Any], spending: Spending, call_id: UUID) -> None:
    # A reserving that failed may have been kept all the same: its answer was lost.
    await asyncio.wait([reserving])
    await spending.release(call_id)


def _named(budget: Budget) -> str:
    return f"{_WHOSE[budget.scope]} budget for {_WHAT[budget.work]} {_WHEN[budget.period]} (${budget.dollars})"


def _state(standing: Standing, most: Decimal, at: datetime) -> str:
    budget = standing.budget
    if most > budget.dollars:
        return f"is less than one answer may cost (${most:.2g})"
    renews = f"it starts anew {_moment(budget.renews_at(at))}"
    if standing.left <= 0:
        return f"is used up; {renews}"
    return f"has ${standing.left:.2g} left, less than one answer may cost (${most:.2g}); {renews}"


def _moment(at: datetime) -> str:
    return f"on {at.day} {at:%B} at 00:00 UTC"
