"""What models cost is counted once, to the person, to their tenant and to the run; no budget is ever overdrawn."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from domain.budgets import Budget, budgets_of
from domain.model_calls import Account, ModelCall, Usage
from storage import postgres
from storage.model_calls import ModelCalls
from storage.people import Profiles
from storage.runs import LeaseLost, Settlement
from storage.spending import Spending

CENT = Decimal("0.01")
USERS, TENANTS = budgets_of("user/turns/day=0.10,tenant/turns/month=0.10")


@pytest.fixture
def call_of(user, noon):
    """Makes a call that cost a cent."""

    def make(**fields) -> ModelCall:
        account = Account(user_id=fields.pop("user_id", user), purpose=fields.pop("purpose", "turn"), thread_id="t",
                          run_id="r")  # fmt: skip
        fresh = {
            "id": uuid4(), "account": account, "model": "openai:gpt-5-mini", "answered_by": "gpt-5-mini-2025-08-07",
            "prompt": "assistant@4", "tools_hash": "abc", "cost": CENT, "outcome": "answered", "started_at": noon,
            "usage": Usage(input_tokens=100, output_tokens=10, cached_tokens=50), "total_ms": 900,
        }  # fmt: skip
        return ModelCall(**fresh | fields)

    return make


@pytest.fixture
def calls(pool, user):
    return ModelCalls(pool, user)


@pytest.fixture
def spending(pool, user):
    return Spending(pool, user)


@pytest.fixture
async def colleagues(people):
    """Two users of one tenant."""
    tenant = str(uuid4())
    return [await people.create(name, tenant) for name in ("Ada", "Bob")]


@pytest.fixture
def stands(pool, user, noon):
    """What of a budget is spent, and what is reserved."""

    async def look(budget: Budget, of=user, at=noon) -> tuple[Decimal, Decimal]:
        (standing,) = await Spending(pool, of).standings([budget], at)
        return standing.spent, standing.reserved

    return look


@pytest.fixture
def reserve(pool, user, noon):
    async def reserve(id=None, *, of=user, most=CENT, at=noon, budgets=(USERS,), is_background=False, through=pool):
        granted, _ = await Spending(through, of).reserve(
            id or uuid4(), is_background=is_background, most=most, at=at, budgets=budgets
        )
        return granted

    return reserve


async def test_a_call_that_is_recorded_twice_costs_once(calls, call_of, stands):
    call = call_of()

    await calls.record([call, call_of()])
    await calls.record([call])

    assert await stands(USERS) == (2 * CENT, 0)


async def test_a_call_counts_to_its_own_day_and_work(calls, call_of, stands, noon):
    await calls.record([
        call_of(started_at=noon - timedelta(days=1)), call_of(purpose="title"), call_of(started_at=noon.replace(day=1))
    ])  # fmt: skip
    monthly, background = budgets_of("user/turns/month=1,user/background/day=1")

    assert await stands(USERS) == (0, 0)
    assert await stands(monthly) == (2 * CENT, 0)
    assert await stands(background) == (CENT, 0)


async def test_a_tenant_spends_what_its_users_spend_and_keeps_it_when_one_is_erased(
    pool, call_of, stands, colleagues, user
):
    ada, bob = colleagues
    for each in (ada, bob, user):
        await ModelCalls(pool, each).record([call_of(user_id=each)])

    await Profiles(pool, ada).erase()

    assert await stands(TENANTS, of=bob) == (2 * CENT, 0)
    assert await stands(USERS, of=bob) == (CENT, 0)


async def test_the_call_itself_takes_the_place_of_its_reservation(calls, call_of, reserve, stands):
    call = call_of(cost=CENT / 2)
    assert await reserve(call.id, most=3 * CENT)
    assert await stands(USERS) == (0, 3 * CENT)

    await calls.record([call])

    assert await stands(USERS) == (CENT / 2, 0)


async def test_a_reserved_call_without_a_price_costs_what_was_reserved(calls, call_of, reserve, stands):
    call = call_of(cost=None)
    await reserve(call.id, most=3 * CENT)

    await calls.record([call, call_of(cost=None)])

    assert await stands(USERS) == (3 * CENT, 0)


async def test_a_call_counts_to_the_day_for_which_it_was_reserved(calls, call_of, reserve, stands, noon):
    late = noon.replace(hour=23, minute=59)
    call = call_of(started_at=late + timedelta(minutes=2))
    await reserve(call.id, at=late)

    await calls.record([call])

    assert await stands(USERS) == (CENT, 0)
    assert await stands(USERS, at=noon + timedelta(days=1)) == (0, 0)


async def test_a_reservation_that_nobody_takes_back_stays_spent(reserve, stands, noon):
    assert await reserve(most=10 * CENT)

    assert not await reserve()
    assert await reserve(at=noon + timedelta(days=1))


async def test_a_reservation_has_to_fit_into_every_budget(reserve, stands, noon):
    monthly = replace(USERS, period="month", dollars=2 * CENT)
    assert await reserve(at=noon - timedelta(days=1), budgets=(USERS, monthly))
    assert await reserve(budgets=(USERS, monthly))

    assert not await reserve(budgets=(USERS, monthly))
    assert await stands(USERS) == (0, CENT)


async def test_what_one_user_of_a_tenant_reserves_another_has_no_more(reserve, colleagues, people):
    ada, bob = colleagues
    stranger = await people.create("Eve", str(uuid4()))
    assert await reserve(of=ada, budgets=(TENANTS,), most=10 * CENT)

    assert not await reserve(of=bob, budgets=(TENANTS,))
    assert await reserve(of=stranger, budgets=(TENANTS,))


@pytest.mark.parametrize("budgets", [(USERS,), (TENANTS,), (USERS, TENANTS)], ids=["user", "tenant", "both"])
async def test_fifty_at_once_get_no_more_than_there_is(dsn, reserve, colleagues, stands, budgets):
    ada, bob = colleagues
    async with postgres.pool(dsn) as one, postgres.pool(dsn) as another:
        asked = [
            reserve(of=bob if USERS not in budgets and n % 3 else ada, budgets=budgets, through=(one, another)[n % 2])
            for n in range(50)
        ]
        granted = await asyncio.gather(*asked)

    assert granted.count(True) == 10
    assert {await stands(budget, of=ada) for budget in budgets} == {(0, 10 * CENT)}


async def test_reservations_and_calls_at_once_never_overdraw(dsn, call_of, colleagues, stands, noon):
    """Each call reserves two cents and costs one."""
    budgets, made = (USERS, TENANTS), []
    async with postgres.pool(dsn) as one, postgres.pool(dsn) as another:

        async def turn(number):
            of, through, call = colleagues[number % 2], (one, another)[number % 3 % 2], uuid4()
            granted, before = await Spending(through, of).reserve(
                call, is_background=False, most=2 * CENT, at=noon, budgets=budgets
            )
            assert all(each.spent + each.reserved <= each.budget.dollars for each in before)
            if granted:
                made.append(call)
                await ModelCalls(through, of).record([call_of(id=call, user_id=of)])

        await asyncio.gather(*(turn(number) for number in range(60)))

    assert 5 <= len(made) <= 10
    assert await stands(TENANTS, of=colleagues[0]) == (len(made) * CENT, 0)


async def test_a_run_that_records_tells_what_its_calls_took(begin, run_of, runs, lease, calls, call_of, end):
    await begin(run_of())
    later = call_of(answered_by="gpt-5-nano", started_at=call_of().started_at + timedelta(seconds=3))
    failed = call_of(outcome="failed", cost=Decimal(0), usage=Usage(), answered_by=None)

    await runs.record("r", lease, calls=[call_of(), failed])
    await runs.record("r", lease, calls=[later])
    await end("r")

    run = await runs.get("r")
    assert (run.prompt, run.tools_hash, run.answered_by) == ("assistant@4", "abc", "gpt-5-nano")
    assert (run.input_tokens, run.output_tokens, run.cached_tokens, run.cost) == (200, 20, 100, 2 * CENT)
    assert run.status == "finished"


@pytest.mark.parametrize(
    "fields",
    [{"model": "offline", "answered_by": None}, {"outcome": "failed"}],
    ids=["only the offline model answered", "no model answered"],
)
async def test_a_run_names_no_prompt_that_nobody_read(runs, begin, run_of, lease, call_of, fields):
    await begin(run_of())

    await runs.record("r", lease, calls=[call_of(**fields)])

    run = await runs.get("r")
    assert (run.prompt, run.tools_hash) == (None, None)


async def test_a_process_of_before_does_not_say_for_which_work_a_call_was(pool, owner, user, stands, noon):
    owner.execute("SELECT set_config('app.user_id', %s, false)", [str(user)])
    for purpose in ("turn", "title"):
        owner.execute(
            "INSERT INTO model_calls SELECT id, gen_random_uuid(), tenant_id, 't', 'r', %s, 'm', NULL, '', '', 1, 1, 0,"
            " 0, 0, false, 0.01, 'answered', NULL, %s, NULL, 1 FROM users WHERE id = %s",
            [purpose, noon, user],
        )

    assert await stands(USERS) == (CENT, 0)
    assert await stands(budgets_of("user/background/day=1")[0]) == (CENT, 0)


async def test_an_embedding_counts_to_turns_where_somebody_waits_for_it(calls, call_of, user, stands):
    awaited = Account(user_id=user, purpose="embedding", is_awaited=True)
    await calls.record([call_of(account=awaited), call_of(account=replace(awaited, is_awaited=False), cost=2 * CENT)])

    assert await stands(USERS) == (CENT, 0)
    assert await stands(budgets_of("user/background/day=1")[0]) == (2 * CENT, 0)


async def test_a_run_is_told_with_what_its_own_searches_took(begin, run_of, runs, lease, calls, call_of, user):
    awaited = Account(user_id=user, purpose="embedding", is_awaited=True, thread_id="t", run_id="r")
    # One before it began, one after; and what is not its own.
    await calls.record([call_of(account=awaited, usage=Usage(input_tokens=3))])
    await begin(run_of())
    await runs.record("r", lease, calls=[call_of()])
    await calls.record([call_of(account=awaited, usage=Usage(input_tokens=4))])
    await calls.record([call_of(account=replace(awaited, run_id=other)) for other in (None, "another")])

    run, alone = await runs.with_searches("r"), await runs.get("r")

    assert (run.input_tokens, run.cost) == (alone.input_tokens + 7, alone.cost + 2 * CENT)
    assert replace(run, input_tokens=alone.input_tokens, cost=alone.cost) == alone


@pytest.mark.parametrize("purpose", ["turn", "embedding"])
async def test_of_a_run_with_a_call_without_a_price_no_cost_is_told(
    begin, run_of, runs, lease, calls, call_of, user, purpose
):
    await begin(run_of())
    unpriced = call_of(account=Account(user_id=user, purpose=purpose, thread_id="t", run_id="r"), cost=None)
    await runs.record("r", lease, calls=[unpriced])

    assert (await runs.with_searches("r")).cost is None


async def test_what_is_released_is_there_again(spending, reserve, stands):
    call = uuid4()
    await reserve(call, most=10 * CENT)

    await spending.release(call)

    assert await stands(USERS) == (0, 0)


async def test_a_run_that_ends_with_its_last_calls_counts_them(runs, begin, run_of, lease, call_of, noon):
    await begin(run_of())

    await runs.record("r", lease, calls=[call_of()], end=Settlement(status="finished", at=noon))

    run = await runs.get("r")
    assert (run.status, run.cost) == ("finished", CENT)


async def test_the_cost_of_a_run_is_unknown_where_one_of_its_calls_is(runs, begin, run_of, lease, call_of):
    await begin(run_of())

    await runs.record("r", lease, calls=[call_of(cost=None)])
    await runs.record("r", lease, calls=[call_of()])

    assert (await runs.get("r")).cost is None


async def test_who_lost_the_run_leaves_what_was_reserved(
    runs, begin, run_of, lease, other_lease, call_of, reserve, stands
):
    await begin(run_of())
    call = call_of()
    await reserve(call.id)

    with pytest.raises(LeaseLost):
        await runs.record("r", other_lease, calls=[call])

    assert await stands(USERS) == (0, CENT)


async def test_usage_is_told_by_day_model_and_origin(calls, call_of, spending, noon):
    yesterday = noon - timedelta(days=1)
    await calls.record([
        call_of(), call_of(cost=None), call_of(purpose="title", outcome="cached", cost=Decimal(0)),
        call_of(started_at=yesterday), call_of(started_at=noon - timedelta(days=9)),
    ])  # fmt: skip

    used = await spending.used(noon - timedelta(days=2))

    assert [(row["day"], row["origin"], row["calls"], row["dollars"], row["unpriced_calls"]) for row in used] == [
        (noon.date(), "title", 1, 0, 0), (noon.date(), "turn", 2, CENT, 1), (yesterday.date(), "turn", 1, CENT, 0)
    ]  # fmt: skip
    assert used[1]["input_tokens"] == 200


@pytest.mark.parametrize("name", ["gpt\x00", "gpt\ud800", "g" * 10_000], ids=["nul", "surrogate", "long"])
async def test_whatever_a_provider_tells_is_stored(calls, call_of, spending, noon, name):
    huge = Usage(input_tokens=10**12, output_tokens=-1, cached_tokens=2**31)

    await calls.record([call_of(answered_by=name, usage=huge)])

    (row,) = await spending.used(noon)
    assert (row["input_tokens"], row["output_tokens"]) == (2**31 - 1, 0)
