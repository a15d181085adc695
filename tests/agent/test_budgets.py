"""Before a model is called its money is set aside; what that comes to, and what a person hears of it."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from agent.models.attempts import Books
from agent.models.budgets import Budgets
from agent.models.charges import Charges
from agent.models.gateway import Gateway
from agent.models.offline import OfflineProvider
from agent.models.prices import Prices
from domain.budgets import budgets_of
from domain.errors import Unavailable
from domain.events import Noticed, RunFinished, TextArrived
from domain.model_calls import Account, ModelCall, ModelFailure, Usage
from graphs.pieces import Answered, Asked
from storage import postgres
from storage.model_calls import ModelCalls
from storage.spending import Spending
from tests.agent.played import PATIENT, Played

# A thousand tokens in and a thousand out cost a cent.
TABLE = {"openai:mine": {"input": Decimal(2), "output": Decimal(8)}}
MODEL, CENT = "openai:mine", Decimal("0.01")
WELL = ("Hello ", "there", Answered(model=MODEL, usage=Usage(input_tokens=1_000, output_tokens=1_000)))


@pytest.fixture
def account(user):
    return Account(user_id=user, purpose="turn")


@pytest.fixture
def new_budgets(pool, noon):
    def make(text, now=lambda: noon, through=pool):
        return Budgets(pool=through, budgets=budgets_of(text), prices=Prices(TABLE), now=now)

    return make


@pytest.fixture
def reserve(account):
    async def reserve(budgets, id=None, *, model=MODEL, of=account, thousands=1):
        return await budgets.reserve(of, id or uuid4(), model, thousands * 1_000, thousands * 1_000)

    return reserve


@pytest.fixture
def called(account, noon):
    def make(**fields):
        fresh = {
            "id": uuid4(), "account": account, "model": MODEL, "usage": Usage(input_tokens=1_000), "cost": CENT,
            "outcome": "answered", "started_at": noon, "total_ms": 1,
        }  # fmt: skip
        return ModelCall(**fresh | fields)

    return make


@pytest.mark.parametrize(
    ("text", "model"),
    [("", MODEL), ("user/background/day=0", MODEL), ("user/turns/day=0", "offline")],
    ids=["no budget", "of other work", "offline"],
)
async def test_where_no_budget_applies_nobody_is_asked(new_budgets, reserve, text, model):
    reserved = await reserve(new_budgets(text, through=None), model=model)

    assert (reserved.is_spent, reserved.text) == (False, None)


async def test_what_is_spent_is_refused_with_the_day_of_its_renewal(new_budgets, reserve):
    budgets = new_budgets("user/turns/day=0.02,user/turns/month=9")
    await reserve(budgets)
    await reserve(budgets)

    reserved = await reserve(budgets)

    assert reserved.is_spent
    assert reserved.text == (
        "Your budget for conversations today ($0.02) is used up; it starts anew on 22 November at 00:00 UTC."
    )


async def test_a_call_that_is_dearer_than_the_whole_budget_says_so(new_budgets, reserve):
    reserved = await reserve(new_budgets("tenant/turns/month=0.02"), thousands=3)

    assert reserved.is_spent
    assert reserved.text == (
        "Your organisation's budget for conversations this month ($0.02) is less than one answer may cost ($0.03)."
    )


async def test_what_is_left_is_told_where_it_is_too_little(new_budgets, reserve):
    budgets = new_budgets("user/turns/day=0.05")
    await reserve(budgets, thousands=3)

    reserved = await reserve(budgets, thousands=3)

    assert reserved.is_spent
    assert reserved.text == (
        "Your budget for conversations today ($0.05) has $0.02 left, less than one answer may cost ($0.03); "
        "it starts anew on 22 November at 00:00 UTC."
    )


async def test_at_four_fifths_a_person_is_told_once_a_day(new_budgets, reserve, noon):
    now = [noon]
    budgets = new_budgets("user/turns/month=0.10", now=lambda: now[0])

    told = [(await reserve(budgets)).text for _ in range(9)]
    now[0] += timedelta(days=1)
    told.append((await reserve(budgets)).text)

    notice = "Your budget for conversations this month ($0.10) is {}% used; it starts anew on 1 December at 00:00 UTC."
    assert told == [*[None] * 8, notice.format(80), notice.format(90)]


async def test_on_one_day_it_is_told_once(new_budgets, reserve):
    budgets = new_budgets("user/turns/month=0.10")

    told = [(await reserve(budgets)).text for _ in range(10)]

    assert [number for number, text in enumerate(told) if text] == [8]


async def test_without_a_price_a_budget_fails_closed_and_names_the_cure(new_budgets, reserve, account):
    reserved = await reserve(new_budgets("user/turns/day=100"), model="openai:nobody-knows")

    assert reserved.is_spent
    assert "'openai:nobody-knows'" in reserved.text
    assert "METACORTEX_PRICES" in reserved.text


async def test_turns_and_work_behind_the_scenes_have_budgets_of_their_own(new_budgets, reserve, account):
    budgets = new_budgets("user/turns/day=0.01,user/background/day=0.01")
    behind = replace(account, purpose="title")

    spent = [(await reserve(budgets, of=each)).is_spent for each in (account, behind, account, behind)]

    assert spent == [False, False, True, True]


async def test_wherever_a_call_is_cancelled_nothing_stays_reserved(
    new_budgets, breakers, account, pool, user, noon, standing
):
    """The call is cancelled after more and more steps of the loop, until it comes to its end."""

    async def read(pieces):
        async with aclosing(pieces):
            return [piece async for piece in pieces]

    budgets, made, steps = new_budgets("user/turns/day=0.03"), [], 0
    asked = Asked(messages=[], tools=())
    while not any(call.outcome == "answered" for call in made):
        made = []
        gateway = Gateway(
            providers={MODEL: Played(MODEL, WELL)}, main=MODEL, small=MODEL, breakers=breakers,
            patience=replace(PATIENT, most_tokens=1_000), budgets=budgets,
            books=Books(prices=lambda *_: Decimal(0), count=lambda asked, model: 1_000),
        )  # fmt: skip
        calling = asyncio.create_task(read(gateway.stream(asked, account, made.append)))
        for _ in range(steps):
            await asyncio.sleep(0)
        calling.cancel()
        await asyncio.wait([calling])
        await ModelCalls(pool, user).record(made)
        await budgets.settle()
        spent, reserved, _ = await standing()
        assert (spent, reserved) == (0, 0), steps
        steps += 1 + steps // 8
    assert steps > 5


@pytest.fixture
async def losing(dsn):
    """A pool on lines that break where the answer comes to what sets money aside."""

    place = conninfo_to_dict(dsn)

    async def carry(client, to_client):
        server, to_server = await asyncio.open_unix_connection(f"{place['host']}/.s.PGSQL.{place.get('port', 5432)}")

        is_lost = False

        async def ask():
            nonlocal is_lost
            while said := await client.read(65536):
                is_lost = is_lost or b"reserve_spending" in said
                to_server.write(said)
            to_server.close()

        async def answer():
            while (said := await server.read(65536)) and not is_lost:
                to_client.write(said)
            to_client.close()

        await asyncio.gather(ask(), answer())

    async with await asyncio.start_server(carry, "127.0.0.1", 0) as listener:
        host, port = listener.sockets[0].getsockname()
        async with postgres.pool(make_conninfo(dsn, host=host, port=port)) as pool:
            yield pool


@pytest.mark.parametrize("is_cancelled", [False, True], ids=["waited for", "cancelled"])
async def test_what_was_set_aside_is_given_back_where_the_answer_to_it_was_lost(
    new_budgets, reserve, losing, standing, is_cancelled
):
    budgets = new_budgets("user/turns/day=0.03", through=losing)
    reserving = asyncio.create_task(reserve(budgets))
    await asyncio.sleep(0)
    if is_cancelled:
        reserving.cancel()

    with pytest.raises(asyncio.CancelledError if is_cancelled else Unavailable):
        await reserving
    await budgets.settle()

    assert await standing() == (0, 0, 0)


async def test_what_cannot_be_given_back_is_told(new_budgets, reserve, dsn, caplog):
    budgets = new_budgets("user/turns/day=0.03", through=postgres.pool(dsn))

    with pytest.raises(Unavailable):
        await reserve(budgets)
    await budgets.settle()

    assert "could not be given back" in caplog.text


async def test_calls_that_are_charged_while_others_are_stored_are_waited_for(dsn, called, standing):
    async with postgres.pool(dsn, size=1) as narrow:
        charges = Charges(narrow)
        charges(called())
        settling = asyncio.create_task(charges.settle())
        await asyncio.sleep(0)

        for _ in range(20):
            charges(called())
        await settling
        stands = await standing()

    assert stands == (21 * CENT, 0, 21)


@pytest.mark.parametrize("outcome", ["answered", "cut", "cancelled", "failed"])
async def test_however_a_call_ends_its_cost_takes_the_place_of_the_reservation(
    new_budgets, reserve, called, pool, user, noon, outcome
):
    budgets = new_budgets("user/turns/day=0.03")
    call = called(outcome=outcome, cost=CENT / 10)
    await reserve(budgets, call.id, thousands=3)

    await ModelCalls(pool, user).record([call])

    (standing,) = await Spending(pool, user).standings(budgets_of("user/turns/day=0.03"), noon)
    assert (standing.spent, standing.reserved) == (CENT / 10, 0)


async def test_fifty_turns_at_once_never_spend_more_than_the_cap(dsn, new_budgets, account, called, user, noon, pool):
    text = "user/turns/day=0.10,tenant/turns/month=1000"
    async with postgres.pool(dsn) as one, postgres.pool(dsn) as another:
        replicas = [new_budgets(text, through=each) for each in (one, another)]

        async def turn(number):
            call = called()
            reserved = await replicas[number % 2].reserve(account, call.id, MODEL, 1_000, 1_000)
            if not reserved.is_spent:
                await asyncio.sleep(0)
                await ModelCalls(one, user).record([call])
            return not reserved.is_spent

        made = await asyncio.gather(*map(turn, range(50)))

    (standing,) = await Spending(pool, user).standings(budgets_of(text)[:1], noon)
    assert made.count(True) == 10
    assert (standing.spent, standing.reserved) == (10 * CENT, 0)


@pytest.fixture
def paid_agent(new_agent, new_budgets, breakers):
    """Makes an agent whose model plays these scripts and is paid for by a budget of three cents a day."""

    def make(*scripts):
        prices, patience = Prices(TABLE), replace(PATIENT, most_tokens=1_000)
        gateway = Gateway(
            providers={MODEL: Played(MODEL, *scripts), "offline": OfflineProvider()},
            main=MODEL, small=MODEL, patience=patience, breakers=breakers, on_spent="offline", chance=lambda: 0.0,
            books=Books(prices=prices, count=lambda asked, model: 1_000), budgets=new_budgets("user/turns/day=0.03"),
        )  # fmt: skip
        return new_agent(gateway)

    return make


@pytest.fixture
def standing(pool, user, noon):
    async def look():
        ((standing,), calls) = (
            await Spending(pool, user).standings(budgets_of("user/turns/day=0.03"), noon),
            await Spending(pool, user).used(noon - timedelta(days=9_999)),
        )
        return standing.spent, standing.reserved, sum(row["calls"] for row in calls)

    return look


async def test_turns_are_paid_for_until_the_budget_is_spent_then_the_offline_model_answers(
    paid_agent, say, standing, books
):
    agent = paid_agent(WELL)

    told = [await say(agent, "Hi", run=f"r{number}") for number in range(4)]

    notices = [[event.kind for event in events if isinstance(event, Noticed)] for events in told]
    assert notices == [[], [], [], ["budget"]]
    runs = [await books.agent.runs.store(books.profile.user_id).get(f"r{number}") for number in range(4)]
    assert [run.cost for run in runs] == [CENT, CENT, CENT, 0]
    assert [bool(run.prompt and run.tools_hash) for run in runs] == [True, True, True, False]
    assert await standing() == (3 * CENT, 0, 4)
    assert all(isinstance(events[-1], RunFinished) for events in told)


async def test_a_turn_that_is_cancelled_pays_for_what_it_took(paid_agent, take, standing, user):
    agent = paid_agent(("Hello ", 3600.0))
    reading = await take(agent, "Hi", run="r")
    async for _, event in reading.read():
        if isinstance(event, TextArrived):
            await agent.cancel(user, "r")

    spent, reserved, calls = await standing()
    assert (reserved, calls) == (0, 1)
    assert 0 < spent < CENT


async def test_a_cut_stream_is_paid_for_as_is_the_attempt_after_it(paid_agent, say, standing):
    agent = paid_agent(("Hello ", ModelFailure("cut", "Gone.")), WELL)

    await say(agent, "Hi", run="r")

    spent, reserved, calls = await standing()
    assert (reserved, calls) == (0, 2)
    assert CENT < spent < 2 * CENT
