"""Budgets: how many dollars language models may cost, for whom, for what, and in which time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Literal, Self, get_args

from domain.errors import Invalid

Scope = Literal["user", "tenant"]
Work = Literal["turns", "background"]
Period = Literal["day", "month"]

SETTING = "METACORTEX_BUDGETS"
MOST_DIGITS = 12
NOTICE_FROM = Decimal("0.8")
"""From this share on a person is told."""

_PARTS: Mapping[str, tuple[str, ...]] = {
    "whose": get_args(Scope), "work": get_args(Work), "period": get_args(Period)
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Budget:
    """A cap on what one user, or all of a tenant together, spend in a day or month of UTC."""

    scope: Scope
    work: Work
    period: Period
    dollars: Decimal

    @property
    def name(self) -> str:
        """As in the settings: `user/turns/day`."""
        return f"{self.scope}/{self.work}/{self.period}"

    def begins(self, at: datetime) -> datetime:
        """When the period began that this moment is in."""
        day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return day if self.period == "day" else day.replace(day=1)

    def renews_at(self, at: datetime) -> datetime:
        """When the next one begins."""
        return self.begins(self.begins(at) + timedelta(days=1 if self.period == "day" else 32))


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a budget stands: in its period, `reserved` is what calls may still cost that have not told their price."""

    budget: Budget
    spent: Decimal
    reserved: Decimal

    @property
    def left(self) -> Decimal:
        """What may still be reserved; never below 0."""
        return max(self.budget.dollars - self.spent - self.reserved, Decimal(0))

    @property
    def share(self) -> Decimal:
        """How much of it is gone; of a budget of nothing, all."""
        if not self.budget.dollars:
            return Decimal(1)
        return (self.spent + self.reserved) / self.budget.dollars

    def with_more(self, dollars: Decimal) -> Self:
        """How it stands once so much more is reserved."""
        return replace(self, reserved=self.reserved + dollars)


def work_of(is_background: bool) -> Work:
    """Which budgets a call counts to."""
    return "background" if is_background else "turns"


def is_amount(dollars: Decimal) -> bool:
    """True for what somebody may have meant: not below 0, and of so many digits before and behind the point."""
    return dollars.is_finite() and dollars >= 0 and abs(dollars.adjusted()) <= MOST_DIGITS


def budgets_of(text: str) -> tuple[Budget, ...]:
    """The budgets of `user/turns/day=0.50,tenant/background/month=20`; raises `Invalid`."""
    budgets = tuple(_budget(part.strip()) for part in text.split(",") if part.strip())
    names = [budget.name for budget in budgets]
    for name in names:
        if names.count(name) > 1:
            raise Invalid(SETTING, f"{name!r} stands there twice; keep one.")
    return budgets


def _budget(part: str) -> Budget:
    name, equals, amount = part.partition("=")
    words = [word.strip() for word in name.split("/")]
    if not equals or len(words) != len(_PARTS):
        raise Invalid(SETTING, f"{part!r} is not a budget; write one as 'user/turns/day=0.50'.")
    for word, (what, known) in zip(words, _PARTS.items(), strict=True):
        if word not in known:
            raise Invalid(SETTING, f"{part!r}: {what} is {' or '.join(map(repr, known))}, not {word!r}.")
    scope, work, period = words
    return Budget(scope=scope, work=work, period=period, dollars=_dollars(part, amount.strip()))  # type: ignore[arg-type]  # checked above


def _dollars(part: str, amount: str) -> Decimal:
    try:
        dollars = Decimal(amount)
    except InvalidOperation:
        dollars = Decimal("nan")
    if not is_amount(dollars):
        raise Invalid(SETTING, f"{part!r}: {amount!r} is no amount; write dollars as '0.50', without a sign.")
    return dollars
