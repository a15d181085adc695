"""Budgets as a setting writes them, and the days and months they hold for."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from domain.budgets import Budget, Standing, budgets_of
from domain.errors import Invalid

DAILY = Budget(scope="user", work="turns", period="day", dollars=Decimal("0.50"))
MONTHLY = Budget(scope="tenant", work="background", period="month", dollars=Decimal(20))


def test_a_setting_names_whose_for_what_and_when():
    assert budgets_of(" user/turns/day=0.50, tenant/background/month = 20 ,") == (DAILY, MONTHLY)
    assert budgets_of("") == ()
    assert [budget.name for budget in (DAILY, MONTHLY)] == ["user/turns/day", "tenant/background/month"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("user/turns/day", "write one as"),
        ("user/day=1", "write one as"),
        ("0.50", "write one as"),
        ("users/turns/day=1", "whose is 'user' or 'tenant', not 'users'"),
        ("user/titles/day=1", "work is 'turns' or 'background', not 'titles'"),
        ("user/turns/week=1", "period is 'day' or 'month', not 'week'"),
        ("user/turns/day=$1", "'\\$1' is no amount"),
        ("user/turns/day=-1", "'-1' is no amount"),
        ("user/turns/day=nan", "no amount"),
        ("user/turns/day=inf", "no amount"),
        ("user/turns/day=", "no amount"),
        ("user/turns/day=1,user/turns/day=2", "twice"),
    ],
    ids=lambda value: value[:30],
)
def test_what_is_no_budget_is_refused_with_the_cure(text, said):
    with pytest.raises(Invalid, match=said) as refusal:
        budgets_of(text)

    assert refusal.value.field == "METACORTEX_BUDGETS"


@pytest.mark.parametrize(
    ("at", "day", "next_day", "month", "next_month"),
    [
        (datetime(2026, 11, 21, 12, tzinfo=UTC), (11, 21), (2026, 11, 22), (11, 1), (2026, 12, 1)),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), (12, 31), (2027, 1, 1), (12, 1), (2027, 1, 1)),
        (datetime(2026, 1, 31, tzinfo=UTC), (1, 31), (2026, 2, 1), (1, 1), (2026, 2, 1)),
        # Half past midnight in Berlin is still the day before.
        (datetime(2026, 8, 1, 0, 30, tzinfo=timezone(timedelta(hours=2))), (7, 31), (2026, 8, 1), (7, 1), (2026, 8, 1)),
    ],
    ids=["any", "new year", "short month", "elsewhere"],
)
def test_days_and_months_are_those_of_utc(at, day, next_day, month, next_month):
    assert DAILY.begins(at) == datetime(2026, *day, tzinfo=UTC)
    assert DAILY.renews_at(at) == datetime(*next_day, tzinfo=UTC)
    assert MONTHLY.begins(at) == datetime(2026, *month, tzinfo=UTC)
    assert MONTHLY.renews_at(at) == datetime(*next_month, tzinfo=UTC)


def test_what_is_reserved_is_gone_as_what_is_spent():
    standing = Standing(budget=DAILY, spent=Decimal("0.30"), reserved=Decimal("0.10"))

    assert (standing.left, standing.share) == (Decimal("0.10"), Decimal("0.8"))
    assert standing.with_more(Decimal("0.20")).left == 0
    assert standing.with_more(Decimal("0.20")).share == Decimal("1.2")


def test_of_a_budget_of_nothing_nothing_is_left():
    (budget,) = budgets_of("user/background/month=0")

    standing = Standing(budget=budget, spent=Decimal(0), reserved=Decimal(0))

    assert (standing.left, standing.share) == (0, 1)
