"""A provider's embeddings are paid for: set aside before, written down after, and where no money is left not made."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from uuid import uuid4

import httpx2
import psycopg
import pytest
import pytest_httpx2  # noqa: F401  # teaches respx the transport of the SDKs
import respx

from agent.background import Worker, embed
from agent.contexts import Contexts
from agent.embedders import Embedders
from agent.models.budgets import Budgets
from agent.models.charges import Charges
from agent.models.clients import openai_client
from agent.models.embeddings import OpenAIEmbedder, Unpaid
from agent.models.prices import Prices
from domain.budgets import budgets_of
from domain.errors import Busy, Invalid, Unavailable
from domain.model_calls import Account, ModelFailure
from domain.notes import Note
from evals.openai_wire import vectors
from ml.tokens import estimated
from storage.ledger import Decision
from storage.search import Within
from storage.spending import Spending
from tests.agent.scripts import Script
from tools.search import compared

URL = "https://provider.test/v1"
NAME, DOLLAR = "openai:mine", Decimal(1)
# A dollar a token.
PRICES = Prices({NAME: {"input": Decimal(1_000_000), "output": Decimal(0)}})
CALLS = "SELECT * FROM model_calls WHERE user_id = %s ORDER BY started_at"
WORDS_ALONE = "Only words were compared, not their meaning."


@pytest.fixture
def provider():
    """What answers each request for vectors; it can be told to answer otherwise."""
    with respx.mock(using="httpcore2", assert_all_called=False) as router:
        route = router.post(f"{URL}/embeddings")
        route.mock(side_effect=lambda request: respx.MockResponse(200, json=vectors(loaded(request))))
        yield route


def loaded(request):
    """What was asked."""
    return httpx2.Response(200, content=request.content).json()


@pytest.fixture
async def client():
    made = openai_client(api_key="none", base_url=URL, http_client=httpx2.AsyncClient())
    yield made
    await made.close()


@pytest.fixture
def books(pool, dsn, user, noon):
    """What is written down about the person, once all is."""

    class Books:
        charges = Charges(pool)

        async def calls(self):
            await self.charges.settle()
            with psycopg.connect(dsn, row_factory=psycopg.rows.dict_row) as owner:
                return owner.execute(CALLS, [user]).fetchall()

        async def stands(self, budget, at=noon):
            (standing,) = await Spending(pool, user).standings(budgets_of(budget), at)
            return standing.spent, standing.reserved

    return Books()


@pytest.fixture
def new_embedder(client, pool, books, noon, provider):
    """Makes a provider's embedder under these budgets."""

    def make(budgets="", *, prices=PRICES, now=lambda: noon):
        kept = Budgets(pool=pool, budgets=budgets_of(budgets), prices=prices, now=now) if budgets else None
        return OpenAIEmbedder(client, name=NAME, prices=prices, budgets=kept, charge=books.charges, now=now)

    return make


@pytest.fixture
def searcher(user):
    return Account(user_id=user, purpose="embedding", is_awaited=True, thread_id="t", run_id="r")


@pytest.fixture
def write(ledger, new_call, noon):
    async def write(text):
        note = Note(title="", body=text, created_at=noon, updated_at=noon)
        await ledger.act(new_call(), lambda _: Decision("", ((None, note),), ()), at=noon)

    return write


async def test_what_is_looked_for_is_written_down_with_whose_it_was_and_what_it_took(
    new_embedder, searcher, books, user, people
):
    await new_embedder().on_behalf(searcher).aembed_query("three plain words")

    (call,) = await books.calls()
    assert (call["user_id"], call["thread_id"], call["run_id"]) == (user, "t", "r")
    assert call["tenant_id"] is not None
    assert (call["purpose"], call["is_background"], call["model"]) == ("embedding", False, NAME)
    assert (call["input_tokens"], call["is_estimated"], call["cost"]) == (3, False, 3 * DOLLAR)
    assert (call["outcome"], call["failure"]) == ("answered", None)
    assert await books.stands("user/turns/day=9") == (3 * DOLLAR, 0)
    assert await books.stands("user/background/day=9") == (0, 0)


async def test_what_was_written_counts_to_work_behind_the_scenes(pool, user, write, new_embedder, books, provider):
    await write("three plain words")

    await embed(pool, Embedders(new_embedder("user/background/day=100")), user)

    (call,) = await books.calls()
    assert (call["purpose"], call["is_background"]) == ("embedding", True)
    assert await books.stands("user/background/day=9") == (call["cost"], 0)
    assert await books.stands("user/turns/day=9") == (0, 0)
    assert provider.call_count == 1


@pytest.mark.parametrize("text", ["", " ", "\n"])
async def test_a_text_without_a_token_is_held_by_the_budget_too(new_embedder, searcher, books, provider, text):
    with pytest.raises(Unpaid):
        await new_embedder("user/turns/day=0").on_behalf(searcher).aembed_query(text)

    assert provider.call_count == 0


async def test_without_a_budget_nobody_is_asked_before(client, searcher, provider):
    charged = []
    embedder = OpenAIEmbedder(client, name=NAME, prices=PRICES, budgets=None, charge=charged.append)

    await embedder.on_behalf(searcher).aembed_query("three plain words")

    assert [call.cost for call in charged] == [3 * DOLLAR]


async def test_a_price_of_the_list_serves_where_none_is_set(client, searcher, provider):
    charged = []
    embedder = OpenAIEmbedder(
        client, name="openai:text-embedding-3-small", prices=Prices(), budgets=None, charge=charged.append
    )

    await embedder.on_behalf(searcher).aembed_query("three plain words")

    assert [call.cost for call in charged] == [3 * Decimal("0.02") / 1_000_000]


async def test_where_the_money_is_gone_words_are_compared_alone_and_it_is_said(
    pool, profile, write, new_embedder, books, provider, noon
):
    await write("About a zebra")
    embedders = Embedders(new_embedder("user/turns/day=2"))
    contexts = Contexts(pool=pool, embeddings=embedders, summarizer_of=None, now=lambda: noon)

    rich = await compared(contexts.of(profile), "zebra", within=Within(), limit=5)
    await books.charges.settle()
    poor = await compared(contexts.of(profile), "zebra crossing", within=Within(), limit=5)

    assert rich.by_meaning
    assert (poor.by_meaning, poor.degraded) == (False, WORDS_ALONE)
    assert [hit.passage for hit in poor.hits] == ["About a zebra"]
    assert provider.call_count == 1
    assert await books.stands("user/turns/day=2") == (DOLLAR, 0)


@pytest.mark.parametrize("prices", [PRICES, Prices()], ids=["too dear", "no price"])
async def test_what_the_budget_leaves_nothing_for_waits_and_is_made_when_it_starts_anew(
    pool, user, write, new_embedder, books, provider, noon, prices
):
    await write("About a zebra")
    poor = Worker(pool=pool, work={"embed": partial(embed, pool, Embedders(new_embedder(BROKE, prices=prices)))})
    await poor.work_off()

    assert provider.call_count == 0
    assert await books.stands(BROKE) == (0, 0)
    assert await embed(pool, Embedders(new_embedder(BROKE, prices=prices)), user) is not None

    assert await embed(pool, Embedders(new_embedder("user/background/day=100")), user) is None
    assert provider.call_count == 1


async def test_on_the_next_day_there_is_money_again(pool, user, write, new_embedder, books, provider, noon):
    await write("About a striped zebra")
    budget = "user/background/day=20"
    await embed(pool, Embedders(new_embedder(budget)), user)
    await books.charges.settle()
    await write("Zebras live in herds on open land")

    today = await embed(pool, Embedders(new_embedder(budget)), user)
    tomorrow = await embed(pool, Embedders(new_embedder(budget, now=lambda: noon + timedelta(days=1))), user)

    assert (today is None, tomorrow) == (False, None)


@pytest.mark.parametrize("lasts_for", [1, 5, 11])
async def test_where_the_budget_pays_a_part_that_part_is_made(
    pool, user, write, new_embedder, books, embeddings, dsn, lasts_for
):
    for letter in "abcdefghijkl":
        await write(f"{letter} and some plain words")
    (each,) = {estimated(passage.own) for passage in await embeddings.waiting(12)}
    day = f"user/background/day={lasts_for * each}"

    assert await embed(pool, Embedders(new_embedder(day)), user) is not None
    await books.charges.settle()

    with psycopg.connect(dsn) as owner:
        (made,) = owner.execute("SELECT count(*) FROM embeddings WHERE user_id = %s", [user]).fetchone()
    assert made == lasts_for
    assert await embed(pool, Embedders(new_embedder("user/background/day=2000")), user) is None


async def test_what_is_too_dear_keeps_nothing_shorter_waiting(pool, user, write, new_embedder, embeddings, dsn):
    for number in range(4):
        await write(f"{number} " + "a long and winding passage " * (40 if number in (0, 2) else 1))

    assert await embed(pool, Embedders(new_embedder("user/background/day=30")), user) is not None

    with psycopg.connect(dsn) as owner:
        rows = owner.execute("SELECT left(body, 1) FROM chunks WHERE user_id = %s AND NOT waits", [user]).fetchall()
    assert {place for (place,) in rows} == {"1", "3"}


BROKE = "user/background/day=0.5"


@pytest.mark.parametrize(
    ("answer", "kind", "tokens"),
    [
        (respx.MockResponse(429, json={"error": {"message": "Slow down."}}), "rate_limit", 0),
        (respx.MockResponse(200, json={"data": [], "model": "m", "object": "list"}), "malformed", 3),
        (httpx2.ConnectError("no route"), "unreachable", 0),
    ],
    ids=["refused", "unreadable", "unreachable"],
)
async def test_a_call_that_fails_costs_what_the_provider_may_have_read(
    new_embedder, searcher, books, provider, answer, kind, tokens
):
    provider.mock(side_effect=[answer])

    with pytest.raises(Unavailable, match=NAME) as caught:
        await new_embedder("user/turns/day=9").on_behalf(searcher).aembed_query("three plain words")

    (call,) = await books.calls()
    assert isinstance(caught.value.__cause__, ModelFailure)
    assert (call["outcome"], call["failure"], call["input_tokens"]) == ("failed", kind, tokens)
    assert await books.stands("user/turns/day=9") == (tokens, 0)


async def test_each_text_has_its_vector_in_whatever_order_they_come(new_embedder, searcher, provider):
    data = [{"index": at, "embedding": [float(at)]} for at in (1, 0)]
    provider.mock(return_value=respx.MockResponse(200, json={"data": data}))

    assert await new_embedder().on_behalf(searcher).aembed_documents(["a", "b"]) == [[0.0], [1.0]]


def vector(*numbers, **more):
    """An answer with one vector."""
    return {"data": [{"index": 0, "embedding": list(numbers)}], **more}


ODD = {
    "an error": {"error": {"message": "No such model.", "type": "not_found"}},
    "nothing": {},
    "null": None,
    "a list": [],
    "a sentence": "Welcome!",
    "data is null": {"data": None},
    "data is a number": {"data": 1},
    "no data": {"data": []},
    "words for items": {"data": ["x"]},
    "items without a vector": {"data": [{"index": 0}]},
    "a vector of another shape": {"data": [{"index": 0, "embedding": None}]},
    "base64": {"data": [{"index": 0, "embedding": "AAAA"}]},
    "an object": {"data": [{"index": 0, "embedding": {"0": 1.0}}]},
    "an empty vector": vector(),
    "words in it": vector("0.1", "0.2"),
    "nulls in it": vector(0.1, None),
    "lists in it": vector([0.1], [0.2]),
    "too large a number": vector(0.1, 1e300),
    "too large an integer": vector(10**400, 1),
    "too wide": vector(*[0.001] * 16_001),
    "too many": {"data": [{"index": place, "embedding": [1.0]} for place in range(2)]},
}
RAW = {"no JSON": b"<html>", "no body": b"", "half": b'{"data":', "deep": b"[" * 100_000}
RAW |= {word: b'{"data": [{"index": 0, "embedding": [0.1, %s]}]}' % word.encode() for word in ("NaN", "-Infinity")}


@pytest.mark.parametrize(
    "answer",
    [
        *(pytest.param({"json": body}, id=name) for name, body in ODD.items()),
        *(pytest.param({"content": body}, id=name) for name, body in RAW.items()),
        pytest.param({"text": "Welcome!"}, id="plain text"),
    ],
)
async def test_an_answer_that_cannot_be_read_leaves_the_words(
    pool, profile, write, new_embedder, books, provider, noon, answer
):
    await write("About a zebra")
    headers = {} if "text" in answer else {"Content-Type": "application/json"}
    provider.mock(return_value=respx.MockResponse(200, headers=headers, **answer))
    embedders = Embedders(new_embedder("user/turns/day=9"))
    contexts = Contexts(pool=pool, embeddings=embedders, summarizer_of=None, now=lambda: noon)

    found = await compared(contexts.of(profile), "zebra", within=Within(), limit=5)

    (call,) = await books.calls()
    assert (call["outcome"], call["failure"], call["is_estimated"]) == ("failed", "malformed", True)
    assert await books.stands("user/turns/day=9") == (DOLLAR, 0)
    assert (found.by_meaning, found.degraded) == (False, WORDS_ALONE)
    assert [hit.passage for hit in found.hits] == ["About a zebra"]


@pytest.mark.parametrize("vectors_of", [lambda texts: texts[1:], lambda texts: [*texts[1:], "wider"]])
async def test_too_few_vectors_or_some_of_another_width_are_asked_for_again(
    pool, user, write, new_embedder, provider, embeddings, vectors_of
):
    def answer(request):
        texts = vectors_of(loaded(request)["input"])
        data = [{"index": at, "embedding": [1.0] * (2 if text == "wider" else 1)} for at, text in enumerate(texts)]
        return respx.MockResponse(200, json={"data": data})

    for number in range(3):
        await write(f"zebra number {number}")
    whole, embedders = provider.side_effect, Embedders(new_embedder())
    provider.mock(side_effect=answer)
    with pytest.raises(Unavailable):
        await embed(pool, embedders, user)
    assert await embeddings.waiting(1)

    provider.mock(side_effect=whole)
    assert await embed(pool, embedders, user) is None
    assert not await embeddings.waiting(1)


async def test_where_a_model_makes_vectors_of_another_width_words_are_compared_and_the_cure_is_said(
    pool, user, profile, write, new_embedder, provider, embeddings, noon
):
    def wider(request):
        data = [{"index": at, "embedding": [0.5] * 3} for at in range(len(loaded(request)["input"]))]
        return respx.MockResponse(200, json={"data": data})

    embedders, whole = Embedders(new_embedder()), provider.side_effect
    contexts = Contexts(pool=pool, embeddings=embedders, summarizer_of=None, now=lambda: noon)
    search = partial(compared, contexts.of(profile), "zebra", within=Within(), limit=5)
    await write("About a zebra")
    await embed(pool, embedders, user)

    provider.mock(side_effect=wider)
    await write("Another zebra")
    later = await embed(pool, embedders, user)
    found = await search()

    assert later and later > datetime.now(UTC)
    assert {hit.passage for hit in found.hits} == {"About a zebra", "Another zebra"}
    assert not found.by_meaning and contexts.looks.by_words_alone == 1
    assert found.degraded.startswith(WORDS_ALONE) and "METACORTEX_EMBEDDER" in found.degraded

    provider.mock(side_effect=whole)
    assert await embed(pool, embedders, user) is None
    assert (await search()).by_meaning


@pytest.mark.parametrize("usage", [{}, {"usage": None}, {"usage": "many"}, {"usage": {"prompt_tokens": -5}}], ids=str)
async def test_vectors_count_where_the_provider_does_not_say_what_they_took(
    new_embedder, searcher, books, provider, usage
):
    provider.mock(return_value=respx.MockResponse(200, json=vector(0.5, 1, **usage)))

    assert await new_embedder().on_behalf(searcher).aembed_query("three plain words") == [0.5, 1]

    (call,) = await books.calls()
    assert (call["outcome"], call["input_tokens"], call["is_estimated"]) == ("answered", 3, True)


async def test_a_search_that_is_given_up_is_paid_for_and_leaves_nothing_reserved(
    new_embedder, searcher, books, provider
):
    asked = asyncio.Event()

    async def hang(request):
        asked.set()
        await asyncio.sleep(3600)

    provider.mock(side_effect=hang)
    searching = asyncio.create_task(
        new_embedder("user/turns/day=9").on_behalf(searcher).aembed_query("three plain words")
    )
    await asked.wait()
    searching.cancel()
    with suppress(asyncio.CancelledError):
        await searching

    (call,) = await books.calls()
    assert (call["outcome"], call["is_estimated"]) == ("cancelled", True)
    assert await books.stands("user/turns/day=9") == (call["cost"], 0)


@pytest.fixture
def held():
    """A budget that is asked and does not answer; it knows how many are asking."""

    class Held:
        asking = asked = 0

        async def reserve(self, *_):
            self.asking, self.asked = self.asking + 1, self.asked + 1
            try:
                await asyncio.sleep(3600)
            finally:
                self.asking -= 1

    return Held()


async def _from_nowhere(agent, take):
    with pytest.raises(Invalid, match="branchFrom"):
        await take(agent, "hello", branch_from="nowhere")


async def _while_somebody_reads(agent, take):
    reading = (await take(agent, "hello", run="r")).read()
    await anext(reading)
    with pytest.raises(Busy):
        await take(agent, "me too")
    await reading.aclose()


async def _as_before(agent, take):
    for _ in range(2):
        await take(agent, "hello", run="r", message="m")


async def _when_it_stops(agent, take):
    taking = asyncio.create_task(take(agent, "hello", run="r"))
    await asyncio.sleep(0)
    agent.runs.draining = True
    with pytest.raises(Unavailable):
        await taking


@pytest.mark.parametrize(
    ("turn", "started"),
    [(_from_nowhere, 0), (_while_somebody_reads, 1), (_as_before, 1), (_when_it_stops, 0)],
    ids=["refused", "busy", "sent again", "stopping"],
)
async def test_a_turn_that_starts_no_run_leaves_no_embedding_under_way(
    new_agent, new_embedder, take, books, provider, held, turn, started
):
    embedder = new_embedder()
    embedder.budgets = held
    agent = new_agent(Script(), embeddings=Embedders(embedder))

    await turn(agent, take)
    await asyncio.sleep(0)

    assert (held.asked, held.asking) == (started + 1, started)
    assert await books.calls() == []
    assert provider.call_count == 0


async def test_fifty_searches_at_once_spend_no_more_than_there_is(new_embedder, searcher, books, provider):
    paid = new_embedder("user/turns/day=10").on_behalf(searcher)

    answers = await asyncio.gather(*(paid.aembed_query("zebra") for _ in range(50)), return_exceptions=True)
    await books.charges.settle()

    made = [answer for answer in answers if isinstance(answer, list)]
    assert all(isinstance(answer, list | Unpaid) for answer in answers)
    assert len(made) == provider.call_count <= 10
    assert await books.stands("user/turns/day=10") == (len(made) * DOLLAR, 0)


async def test_a_conversation_pays_for_its_search(new_embedder, books, pool, profile, write, noon):
    contexts = Contexts(pool=pool, embeddings=Embedders(new_embedder()), summarizer_of=None, now=lambda: noon)
    run = str(uuid4())

    await compared(contexts.of(profile, thread_id="t", run_id=run), "zebra", within=Within(), limit=5)

    (call,) = await books.calls()
    assert (call["run_id"], call["is_background"]) == (run, False)


async def test_a_search_that_names_somebody_is_one_request(new_embedder, books, pool, profile, write, noon, provider):
    contexts = Contexts(pool=pool, embeddings=Embedders(new_embedder()), summarizer_of=None, now=lambda: noon)

    found = await compared(contexts.of(profile), "tiles for Ottilie", within=Within(), limit=5)

    assert found.by_meaning
    assert [loaded(call.request)["input"] for call in provider.calls] == [["tiles for Ottilie", "tiles for"]]
    assert len(await books.calls()) == 1
