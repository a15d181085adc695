"""Work behind the scenes: found, done once, tried again where it failed."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import psycopg
import pytest
from langchain_core.messages import AIMessageChunk
from langchain_core.runnables import RunnableGenerator

from agent.background import Worker, compact, embed, name_threads
from agent.embedders import Embedders
from domain.errors import Unavailable
from domain.model_calls import ModelFailure
from domain.notes import Note
from domain.threads import Message
from storage.ledger import Decision

ASK = "INSERT INTO jobs (user_id, kind, due_at) VALUES (%s, %s, now()) ON CONFLICT (user_id, kind) DO NOTHING"
UNDER_WAY = "INSERT INTO leases (user_id, thread_id, run_id, owner, until) VALUES (%s, %s, 'r', %s, now())"


class Script:
    """A model that says what it was given, in order; `asked` keeps what it was asked, `meanwhile` happens before."""

    def __init__(self, *says, meanwhile=None):
        self.says = list(says)
        self.asked = []
        self.meanwhile = meanwhile

    async def __call__(self, messages):
        async for asked in messages:
            self.asked.append(asked[0].text)
        if self.meanwhile:
            await self.meanwhile()
        match self.says.pop(0):
            case Exception() as error:
                raise error
            case words:
                yield AIMessageChunk(words)


class Letters:
    """An embedder whose vectors are the length of a text."""

    name = "letters"

    async def aembed_documents(self, texts):
        return [[float(len(text)), 1.0] for text in texts]


@pytest.fixture
def owner(dsn):
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture
def ask(owner):
    def ask_for(kind, *users):
        for user in users:
            owner.execute(ASK, [user, kind])

    return ask_for


@pytest.fixture
def due_at(owner):
    def at(kind, user):
        row = owner.execute("SELECT due_at FROM jobs WHERE user_id = %s AND kind = %s", [user, kind]).fetchone()
        return row and row[0]

    return at


@pytest.fixture
async def users(people):
    return [await people.create(f"{number} {datetime.now(UTC)}") for number in range(25)]


@pytest.fixture
async def milk(threads, noon):
    """The first words of thread `t`, which are answered."""
    said = Message(
        id="1", thread_id="t", parent_id=None, run_id="r", role="user", content="remind me to buy milk", created_at=noon
    )
    await threads.append([said, replace(said, id="2", role="assistant", content="Added: buy milk.")])
    return said


async def test_it_goes_on_while_there_is_work(pool, ask, users):
    done = []

    async def count(user):
        done.append(user)

    ask("count", *users)
    worker = Worker(pool=pool, work={"count": count})

    assert await worker.work_off() == 25
    assert await worker.work_off() == 0
    assert sorted(done) == sorted(users)


async def test_two_workers_do_each_job_once(pool, ask, users):
    done = []

    async def count(user):
        await asyncio.sleep(0)
        done.append(user)

    ask("shared", *users)
    workers = [Worker(pool=pool, work={"shared": count}) for _ in range(2)]

    assert sum(await asyncio.gather(*(worker.work_off() for worker in workers))) == 25
    assert sorted(done) == sorted(users)


async def test_what_fails_keeps_nobody_waiting_and_is_due_again(pool, ask, user, other_user, due_at, caplog):
    done = []

    async def fail(whose):
        if whose == user:
            raise RuntimeError("The first one fails.")
        done.append(whose)

    ask("failing", user, other_user)

    assert await Worker(pool=pool, work={"failing": fail}).work_off() == 1

    assert done == [other_user]
    assert due_at("failing", user) > datetime.now(UTC)
    assert "The first one fails." in caplog.text


async def test_slow_work_of_one_kind_holds_up_no_other(pool, ask, user):
    begun, quick = asyncio.Event(), asyncio.Queue()

    async def never_end(whose):
        begun.set()
        await asyncio.Event().wait()

    worker = Worker(pool=pool, work={"slow": never_end, "quick": quick.put})
    ask("slow", user)
    working = asyncio.create_task(worker.run())
    await begun.wait()
    ask("quick", user)
    worker.nudge()

    assert await asyncio.wait_for(quick.get(), 10) == user
    working.cancel()


async def test_each_passage_gets_its_vector(pool, ledger, new_call, embeddings, user, noon):
    note = Note(title="Boat", body="Sell it.\n\n" * 900, created_at=noon, updated_at=noon)
    await ledger.act(new_call(), lambda held: Decision("", ((None, note),), ()), at=noon)
    worker = Worker(pool=pool, work={"embed": partial(embed, pool, Embedders(Letters()))})

    assert await worker.work_off() >= 1

    assert await embeddings.waiting(1) == []
    assert await worker.work_off() == 0


async def test_what_has_no_vectors_yet_is_counted_for_search_by_words(pool, ledger, new_call, user, noon, owner):
    class Away(Letters):
        async def aembed_documents(self, texts):
            raise Unavailable("away")

    note = Note(title="Boat", body="Sell it.\n\n" * 900, created_at=noon, updated_at=noon)
    await ledger.act(new_call(), lambda held: Decision("", ((None, note),), ()), at=noon)
    passages = owner.execute("SELECT count(*) FROM chunks WHERE user_id = %s", [user]).fetchall()

    with pytest.raises(Unavailable):
        await embed(pool, Embedders(Away()), user)

    counted = owner.execute("SELECT passages FROM collections WHERE user_id = %s", [user]).fetchall()
    assert counted == passages
    assert passages > [(5,)]


async def test_an_answered_thread_is_named_by_code_without_a_model(pool, threads, user, milk):
    assert await name_threads(pool, None, user) is None

    assert (await threads.get("t")).title == "Buy milk"


async def test_an_answered_thread_is_named_by_the_model(pool, threads, user, milk):
    script = Script('"Milk to buy."\n')

    await name_threads(pool, RunnableGenerator(script), user)
    await name_threads(pool, RunnableGenerator(script), user)

    assert (await threads.get("t")).title == "Milk to buy"
    (asked,) = script.asked
    assert "remind me to buy milk" in asked
    assert "Added: buy milk." in asked


@pytest.mark.parametrize(
    "says", [ModelFailure("authentication", "no key"), "", " \n", '""'], ids=["error", "empty", "blank", "marks"]
)
async def test_where_the_model_says_nothing_the_words_of_the_person_do(pool, threads, user, milk, says):
    await name_threads(pool, RunnableGenerator(Script(says)), user)

    assert (await threads.get("t")).title == "Buy milk"


async def test_a_title_that_the_person_gives_meanwhile_stays(pool, threads, user, milk):
    script = Script("Milk to buy", meanwhile=lambda: threads.rename("t", "Groceries"))

    await name_threads(pool, RunnableGenerator(script), user)

    assert (await threads.get("t")).title == "Groceries"


async def test_a_thread_that_is_being_answered_is_named_a_moment_later(pool, threads, user, milk, owner):
    owner.execute(UNDER_WAY, [user, "t", user])
    assert await name_threads(pool, None, user) > datetime.now(UTC)
    assert (await threads.get("t")).title == "remind me to buy milk"

    owner.execute("DELETE FROM leases WHERE user_id = %s", [user])
    assert await name_threads(pool, None, user) is None
    assert (await threads.get("t")).title == "Buy milk"


async def test_a_greeting_goes_by_its_words_until_something_is_asked_for(pool, threads, user, milk):
    hello = replace(milk, thread_id="u", content="hello there")
    await threads.append([hello, replace(hello, id="2", role="assistant", content="Hello!")])
    script = Script("Milk", "Dentist")
    model = RunnableGenerator(script)
    await name_threads(pool, model, user)
    assert (await threads.get("u")).title == "hello there"

    await threads.append([replace(hello, id="3", content="remind me to call the dentist")])
    await name_threads(pool, model, user)

    assert (await threads.get("u")).title == "Dentist"
    assert len(script.asked) == 2


async def test_a_thread_without_an_answer_keeps_its_first_words(pool, threads, user, milk):
    await threads.append([replace(milk, thread_id="u")])

    assert await name_threads(pool, None, user) is None

    assert (await threads.get("u")).title == "remind me to buy milk"


async def test_compaction_comes_again_at_most_once_an_hour(pool, threads, user, owner, noon):
    await threads.ensure("t", noon)
    owner.execute(
        "INSERT INTO runs (user_id, id, thread_id, root_id, status, model, created_at) "
        "VALUES (%s, 'r', 't', 'r', 'running', 'offline', %s)",
        [user, noon],
    )

    assert await compact(pool, timedelta(0), user, now=lambda: noon) == noon + timedelta(hours=1)
    assert await compact(pool, timedelta(days=7), user, now=lambda: noon) == noon + timedelta(days=7)


async def test_compaction_does_not_come_again_where_nothing_is_kept(pool, user, noon):
    assert await compact(pool, timedelta(days=7), user, now=lambda: noon) is None
