"""The log of a run: numbered events, any number of readers, stored in batches, one last event, one who may write."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.events import to_dict
from agent.log import ATTEMPT, RunLog
from agent.runs import Runs
from domain.errors import Unavailable
from domain.events import (
    ReasoningArrived,
    ReasoningEnded,
    ReasoningStarted,
    RunCancelled,
    RunFinished,
    RunStarted,
    TextArrived,
    TextEnded,
    TextStarted,
    ToolAnswered,
    ToolArgumentsArrived,
    ToolCallEnded,
    ToolCallStarted,
    Withdrawn,
)
from domain.model_calls import Account, ModelCall, Usage
from domain.runs import Run
from domain.threads import Message
from storage.beginnings import Beginnings
from storage.notices import Notices
from storage.runs import Lease, LeaseLost, Settlement
from storage.runs import Runs as Stored

STARTED, FINISHED = RunStarted("t", "r"), RunFinished("t", "r")
WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
WORDS = [STARTED, TextStarted("m"), TextArrived("m", "a"), TextArrived("m", "b"), TextEnded("m")]


@pytest.fixture
def lease() -> Lease:
    return Lease(owner=uuid4(), lasts=timedelta(seconds=30))


@pytest.fixture
def run(noon) -> Run:
    return Run(id="r", thread_id="t", root_id="r", status="running", model="script", created_at=noon)


@pytest.fixture
def end(noon) -> Settlement:
    return Settlement(status="finished", at=noon)


@pytest.fixture
def message(noon) -> Message:
    return Message(id="m", thread_id="t", parent_id="u", run_id="r", role="assistant", content="ab", created_at=noon)


@pytest.fixture
def charged(noon, user):
    """Makes a model's call for that run, each a little later than the one before."""
    starts = (noon + timedelta(seconds=second) for second in count())

    def make(outcome, model="one:a") -> ModelCall:
        return ModelCall(
            id=uuid4(),
            account=Account(user_id=user, purpose="turn", thread_id="t", run_id="r"),
            model=model,
            usage=Usage(input_tokens=10, output_tokens=1, cached_tokens=5),
            cost=Decimal("0.001"),
            outcome=outcome,
            started_at=next(starts),
            total_ms=5,
        )

    return make


@pytest.fixture
def new_log(stored, lease):
    """Makes the log of a run that has begun."""

    def make(**more) -> RunLog:
        return RunLog(thread_id="t", run_id="r", store=stored, lease=lease, **{"told": [(1, STARTED)], **more})

    return make


@pytest.fixture
async def told(beginnings, run, lease, new_log):
    await beginnings.begin(run, lease, to_dict(STARTED))
    log = new_log()
    yield log
    log.give_up()


@pytest.fixture
def nothing_can_be_stored(dsn, owner, user):
    """Holds back the write of the run that comes meanwhile; with `broken` its connection is ended then."""

    @asynccontextmanager
    async def hold(writing: Awaitable[Any], *, broken: bool = False) -> AsyncIterator[asyncio.Future[Any]]:
        with psycopg.connect(dsn) as holder:
            holder.execute("SELECT FROM leases WHERE user_id = %s FOR UPDATE", [user])
            task = asyncio.ensure_future(writing)
            async with asyncio.timeout(20):
                while not owner.execute(WAITING).fetchone():
                    await asyncio.sleep(0.01)
            yield task
            if broken:
                owner.execute(f"SELECT pg_terminate_backend(pid) FROM ({WAITING}) AS waiting")
                await asyncio.wait([task])

    return hold


@pytest.fixture
def elsewhere(pool, user, lease):
    """The run as another process reads it."""

    async def read(after: int = 0) -> list:
        return [pair async for pair in _runs(pool, lease).read(user, "r", after)]

    return read


async def test_a_late_reader_gets_what_was_told_and_what_comes(told, end):
    reading = asyncio.create_task(_all(told))
    await asyncio.sleep(0)

    told.tell(TextStarted("m"))
    await told.end(FINISHED, end)

    assert await reading == [(1, STARTED), (2, TextStarted("m")), (3, TextEnded("m")), (4, FINISHED)]


async def test_a_reader_who_comes_back_misses_nothing_and_hears_nothing_twice(told, end):
    for event in WORDS[1:]:
        told.tell(event)
    await told.end(FINISHED, end)

    everything = await _all(told)

    assert [number for number, _ in everything] == [1, 2, 3, 4, 5, 6]
    for after in range(7):
        assert await _all(told, after) == everything[after:]


async def test_what_is_open_is_closed_before_the_end(told, end):
    told.tell(TextStarted("m"))
    told.tell(ToolCallStarted("c", "search", "m"))
    await told.end(RunCancelled("t", "r"), end)

    events = [event for _, event in await _all(told, 3)]

    assert events == [TextEnded("m"), ToolCallEnded("c"), RunCancelled("t", "r")]


async def test_thoughts_that_are_cut_off_are_closed(told, end):
    told.tell(ReasoningStarted("m"))
    told.tell(ReasoningArrived("m", "Hm"))
    await told.end(RunCancelled("t", "r"), end)

    assert [event for _, event in await _all(told, 3)] == [ReasoningEnded("m"), RunCancelled("t", "r")]


async def test_what_is_taken_back_is_not_closed(told, end):
    for begun in (ReasoningStarted("m"), TextStarted("m"), ToolCallStarted("c", "search", "m"), TextStarted("other")):
        told.tell(begun)
    told.tell(Withdrawn("m"))
    await told.end(FINISHED, end)

    assert [event for _, event in await _all(told, 6)] == [TextEnded("other"), FINISHED]
    assert not told.open_calls


async def test_nothing_follows_the_end(told, end):
    await told.end(FINISHED, end)
    told.tell(TextStarted("late"))

    assert [event for _, event in await _all(told)] == [STARTED, FINISHED]


async def test_the_end_is_stored_before_it_is_read(told, stored, end):
    reading = asyncio.create_task(_all(told))
    told.tell(TextStarted("m"))

    await told.end(FINISHED, end)

    assert (await stored.get("r")).status == "finished"
    assert [row[2]["type"] for row in await stored.events("r")][-1] == "RUN_FINISHED"
    assert (await reading)[-1] == (4, FINISHED)


async def test_what_is_told_is_stored_though_nothing_more_is_said(told, stored, until):
    told.tell(TextStarted("m"))

    async def is_stored():
        return len(await stored.events("r")) == 2

    await until(is_stored)

    assert [row[:2] for row in await stored.events("r")] == [(1, 1), (2, 2)]


async def test_a_tools_answer_is_read_only_when_it_is_stored(told, stored, nothing_can_be_stored):
    answered = ToolAnswered("a", "c", "{}")

    async with nothing_can_be_stored(told.tell_stored(answered)) as telling:
        told.tell(TextStarted("later"))
        assert told.so_far == [(1, STARTED)]
    await telling

    assert told.so_far == [(1, STARTED), (2, answered), (3, TextStarted("later"))]
    assert (await stored.events("r"))[1][2]["type"] == "TOOL_CALL_RESULT"


async def test_messages_are_stored_with_the_events_that_tell_of_them(told, threads, message):
    for event in WORDS[1:]:
        told.tell(event)
    told.keep(message)

    await told.flush()

    assert [(kept.id, kept.content, kept.run_id) for kept in await threads.history("t")] == [("m", "ab", "r")]


async def test_a_write_that_broke_off_is_repeated_without_doubling(
    told, stored, threads, message, nothing_can_be_stored
):
    for event in WORDS[1:]:
        told.tell(event)
    told.keep(message)

    async with nothing_can_be_stored(told.flush(), broken=True) as flushing:
        told.tell(ToolCallStarted("c", "search", "m"))
    with pytest.raises(Unavailable):
        await flushing
    await told.flush()
    await told.flush()

    assert [row[:2] for row in await stored.events("r")] == [(1, 1), (2, 2), (3, 4), (5, 5), (6, 6)]
    assert len(await threads.history("t")) == 1


async def test_calls_of_models_are_stored_once_with_what_is_told(
    told, owner, user, charged, end, nothing_can_be_stored
):
    told.tell(TextStarted("m"))
    told.charge(charged("failed"))
    async with nothing_can_be_stored(told.flush(), broken=True) as flushing:
        told.charge(charged("answered"))
    with pytest.raises(Unavailable):
        await flushing
    assert [call.outcome for call in told.charges_left] == ["failed", "answered"]

    told.charge(charged("cancelled"))
    await told.flush()
    told.charge(charged("cut"))
    await told.end(FINISHED, end)

    kept = owner.execute("SELECT outcome FROM model_calls WHERE user_id = %s ORDER BY started_at", [user]).fetchall()
    assert [outcome for (outcome,) in kept] == ["failed", "answered", "cancelled", "cut"]
    assert not told.charges_left


async def test_calls_of_models_are_stored_soon_though_nothing_is_said(told, owner, user, charged, until):
    told.charge(charged("answered"))

    async def is_stored():
        return owner.execute("SELECT FROM model_calls WHERE user_id = %s", [user]).fetchone() is not None

    await until(is_stored)


async def test_a_log_that_was_given_up_says_which_calls_it_did_not_store(told, charged):
    told.charge(charged("answered"))
    await told.flush()
    told.give_up()
    told.charge(call := charged("cancelled"))

    assert told.charges_left == [call]


async def test_what_a_run_took_is_summed_by_model(told, charged):
    for outcome, model in [("failed", "one:a"), ("answered", "one:a"), ("answered", "two:b"), ("cut", "one:a")]:
        told.charge(charged(outcome, model))

    assert told.model == "two:b"
    assert dict(told.usage) == {
        "one:a": Usage(input_tokens=30, output_tokens=3, cached_tokens=15),
        "two:b": Usage(input_tokens=10, output_tokens=1, cached_tokens=5),
    }


async def test_a_write_that_arrived_unnoticed_is_repeated_without_doubling(
    told, new_log, stored, threads, message, end
):
    for log in (told, new_log()):
        for event in WORDS[1:]:
            log.tell(event)
        log.keep(message)
        await log.flush()
    await told.end(FINISHED, end)

    assert [row[:2] for row in await stored.events("r")] == [(1, 1), (2, 2), (3, 4), (5, 5), (6, 6)]
    assert len(await threads.history("t")) == 1


async def test_what_could_not_be_stored_is_tried_again_though_nothing_more_is_said(
    told, stored, nothing_can_be_stored, until
):
    told.tell(TextStarted("m"))
    told.read_elsewhere()
    async with nothing_can_be_stored(asyncio.sleep(0), broken=True):
        pass

    async def is_stored():
        return len(await stored.events("r")) == 2

    await until(is_stored)

    assert [row[2] for row in await stored.events("r")] == [to_dict(STARTED), to_dict(TextStarted("m"))]


async def test_an_end_that_could_not_be_stored_is_not_stored_without_its_settlement(
    told, stored, end, nothing_can_be_stored
):
    async with nothing_can_be_stored(_ended(told, end), broken=True) as ending:
        flushing = asyncio.create_task(told.flush())
    with pytest.raises(Unavailable):
        await ending
    with pytest.raises(LeaseLost):
        await flushing

    assert len(await stored.events("r")) == 1
    assert (await stored.get("r")).status == "running"


async def test_who_lost_the_lease_writes_nothing(told, new_log, stored, threads, message, end):
    heard = []
    log = new_log(lost=lambda: heard.append("lost"))
    await stored.take_over("r", Lease(owner=uuid4(), lasts=timedelta(seconds=30)), by_force=True)
    for event in WORDS[1:]:
        log.tell(event)
    log.keep(message)

    with pytest.raises(LeaseLost):
        await log.flush()
    with pytest.raises(LeaseLost):
        await log.end(FINISHED, end)

    assert heard
    assert len(await stored.events("r")) == 1
    assert not await threads.history("t")
    assert (await stored.get("r")).status == "running"


async def test_numbers_of_a_later_attempt_stand_above_all_before(told, new_log, elsewhere, end):
    told.tell(TextStarted("m"))
    await told.flush()
    again = new_log(attempt=2, told=[(1, STARTED), (2, TextStarted("m"))])

    again.close_open()
    await again.end(FINISHED, end)

    assert await _all(again) == [
        (1, STARTED),
        (2, TextStarted("m")),
        (ATTEMPT + 1, TextEnded("m")),
        (ATTEMPT + 2, FINISHED),
    ]
    assert await elsewhere() == await _all(again)


PIECES = st.lists(st.sampled_from(["a", "bc", "", "ü", "\n", "def"]), max_size=6)
TEXTS = st.lists(st.tuples(st.sampled_from(["text", "thought", "call"]), PIECES), max_size=5)


@given(texts=TEXTS, breaks=st.sets(st.integers(1, 40)))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_from_any_number_on_the_rest_of_the_text_comes_back(texts, breaks, pool, people, noon, lease):
    """Whatever was told together in a row, and wherever a reader comes back: `breaks` are where it was stored."""
    user = await people.create(f"Ada {uuid4()}")
    store = Stored(pool, user)
    await Beginnings(pool, user).begin(
        Run(id="r", thread_id="t", root_id="r", status="running", model="m", created_at=noon), lease, to_dict(STARTED)
    )
    log = RunLog(thread_id="t", run_id="r", store=store, lease=lease, told=[(1, STARTED)])
    for n, (kind, pieces) in enumerate(texts):
        begun, arrived = {
            "text": (TextStarted(f"m{n}"), TextArrived),
            "thought": (ReasoningStarted(f"m{n}"), ReasoningArrived),
            "call": (ToolCallStarted(f"m{n}", "search", "m"), ToolArgumentsArrived),
        }[kind]
        for event in (begun, *(arrived(f"m{n}", piece) for piece in pieces)):
            log.tell(event)
            if log.so_far[-1][0] in breaks:
                await log.flush()
    await log.end(FINISHED, Settlement(status="finished", at=noon))

    told = log.so_far
    for after in range(len(told) + 1):
        back = [pair async for pair in _runs(pool, lease).read(user, "r", after)]

        numbers = [number for number, _ in back]
        assert numbers == sorted(set(numbers)) and all(number > after for number in numbers)
        assert _texts(back) == _texts(told[after:])
        assert [event for _, event in back if _text(event) is None] == [
            event for _, event in told[after:] if _text(event) is None
        ]


async def test_a_run_that_is_taken_over_is_read_on_from_within_a_stored_row(told, new_log, pool, user, lease):
    """A reader has heard two of the four pieces that came to stand in one row."""
    for event in (TextStarted("m"), *(TextArrived("m", piece) for piece in "abcd")):
        told.tell(event)
    await told.flush()

    taken = new_log(attempt=2, told=await _runs(pool, lease).so_far(user, "r"))
    taken.give_up()

    assert await _all(taken, 4) == [(5, TextArrived("m", "c")), (6, TextArrived("m", "d"))]


def _text(event) -> str | None:
    return event.delta if isinstance(event, TextArrived | ReasoningArrived | ToolArgumentsArrived) else None


def _texts(told) -> dict[str, str]:
    texts: dict[str, str] = {}
    for _, event in told:
        if (piece := _text(event)) is not None:
            id = event.tool_call_id if isinstance(event, ToolArgumentsArrived) else event.message_id
            texts[id] = texts.get(id, "") + piece
    return texts


def _runs(pool, lease) -> Runs:
    return Runs(pool=pool, notices=Notices(str(pool.conninfo)), lease=lease.lasts)


async def _ended(told: RunLog, end: Settlement) -> None:
    try:
        await told.end(FINISHED, end)
    finally:
        told.give_up()


async def _all(told: RunLog, after: int = 0):
    return [pair async for batch in told.batches(after) for pair in batch]
