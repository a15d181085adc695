"""What a person is told of the money that models cost."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import httpx2
import pytest

from domain.budgets import budgets_of
from domain.model_calls import Account, ModelCall, Usage
from storage.model_calls import ModelCalls
from storage.spending import Spending

BUDGETS = "user/turns/day=0.50,tenant/background/month=20"


@pytest.fixture
def call(user, noon):
    return ModelCall(
        id=uuid4(),
        account=Account(user_id=user, purpose="turn", thread_id="t", run_id="r"),
        model="openai:gpt-5-mini",
        usage=Usage(input_tokens=1000, output_tokens=100, cached_tokens=400),
        cost=Decimal("0.10"),
        outcome="answered",
        started_at=noon,
        total_ms=900,
    )


@pytest.fixture
async def client(new_app, new_key, user):
    transport = httpx2.ASGITransport(app=new_app("keys", budgets=BUDGETS))
    async with httpx2.AsyncClient(transport=transport, base_url="http://x", headers=await new_key(user)) as http:
        yield http


async def test_usage_is_told_by_day_model_and_origin(client, pool, user, call, noon):
    title = replace(call, id=uuid4(), account=Account(user_id=user, purpose="title"), model="openai:gpt-5-nano")
    unpriced = replace(call, id=uuid4(), cost=None)
    earlier = replace(call, id=uuid4(), started_at=noon - timedelta(days=29))
    too_early = replace(call, id=uuid4(), started_at=noon - timedelta(days=30))
    await ModelCalls(pool, user).record([call, unpriced, title, earlier, too_early])

    told = (await client.get("/usage")).json()

    today, turn = "2026-11-21", {"model": "openai:gpt-5-mini", "origin": "turn", "cached_calls": 0}
    assert told["since"] == "2026-10-23"
    assert told["items"][0] == turn | {
        "day": today, "calls": 2, "unpriced_calls": 1, "input_tokens": 2000, "cached_tokens": 800,
        "output_tokens": 200, "dollars": 0.1,
    }  # fmt: skip
    assert [(item["day"], item["model"], item["origin"]) for item in told["items"][1:]] == [
        (today, "openai:gpt-5-nano", "title"), ("2026-10-23", "openai:gpt-5-mini", "turn")
    ]  # fmt: skip
    assert told["totals"]["calls"] == 4
    assert told["totals"]["dollars"] == pytest.approx(0.3)
    assert len((await client.get("/usage", params={"days": 1})).json()["items"]) == 2


async def test_budgets_tell_what_is_left_and_of_others_no_more(client, pool, user, call, noon):
    background = replace(call, id=uuid4(), account=Account(user_id=user, purpose="memory"), cost=Decimal(1))
    await ModelCalls(pool, user).record([call, background])
    await Spending(pool, user).reserve(
        uuid4(), is_background=False, most=Decimal("0.30"), at=noon, budgets=budgets_of(BUDGETS)[:1]
    )

    own, tenants = (await client.get("/usage")).json()["budgets"]

    assert own == {
        "budget": "user/turns/day", "dollars": 0.5, "spent": 0.1, "reserved": 0.3, "left": 0.1, "share": 0.8,
        "renews_at": "2026-11-22T00:00:00+00:00",
    }  # fmt: skip
    assert tenants["budget"] == "tenant/background/month"
    assert (tenants["spent"], tenants["reserved"], tenants["renews_at"]) == (None, None, "2026-12-01T00:00:00+00:00")
    assert tenants["left"] <= 19
    assert tenants["share"] >= 0.05


async def test_nobody_is_told_what_another_used(stranger, pool, user, call):
    await ModelCalls(pool, user).record([call])

    told = (await stranger.get("/usage")).json()

    assert (told["items"], told["totals"]["calls"], told["budgets"]) == ([], 0, [])


@pytest.mark.parametrize("days", ["0", "367", "many"])
async def test_days_that_are_none_are_refused_by_name(client, days):
    answer = await client.get("/usage", params={"days": days})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "days"
