import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import httpx2
import psycopg
import pytest
from openai import AsyncOpenAI

from domain.people import LOCAL_USER
from domain.tasks import Task
from evals.__main__ import _judge, main
from evals.load import growth
from evals.load.bench import FIRST, HELD, PACED, Measured, Seen
from evals.load.client import Cell, Subject, answer_of, drive
from evals.load.gates import judged, report
from evals.load.growth import Left
from evals.load.model_server import Model, Script
from evals.load.stand import DIRECT, OURS, RELAY, STOCK
from evals.load.wire import Books, tapped
from evals.processes import NotMeasured, cpu_seconds, resident_bytes
from storage.ledger import Decision, Ledger
from storage.people import People

EVENTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
TOOL = {"type": "function", "function": {"name": "add_tasks", "parameters": {"type": "object"}}}


@pytest.fixture
async def serve():
    """Serves these pieces to whoever asks, one after the other, and then hangs up or not; gives the subject."""
    servers = []

    async def begin(*pieces, stays=True, **fields):
        async def answer(reader, writer):
            while await reader.read(10_000):
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0)
                if not stays:
                    break
            writer.close()

        servers.append(await asyncio.start_server(answer, "127.0.0.1", 0))
        port = servers[-1].sockets[0].getsockname()[1]
        subject = Subject(name="it", url=f"http://127.0.0.1:{port}/", body=lambda: b"{}", piece=b"text:", end=b"end")
        return replace(subject, **fields)

    yield begin
    for server in servers:
        server.close()


@pytest.fixture
def chunked():
    """A piece of a body as HTTP sends it; the empty one is the last."""
    return lambda body: b"%x\r\n%b\r\n" % (len(body), body)


@pytest.fixture
def openai():
    """The provider's own client, on a scripted model."""
    transport = httpx2.ASGITransport(app=Model())
    http = httpx2.AsyncClient(transport=transport, base_url="http://model")
    return AsyncOpenAI(base_url="http://model/v1", api_key="none", max_retries=0, http_client=http)


@pytest.fixture
def measured():
    """Everything as good as it was promised, and no better."""
    a_token = {OURS: 55, RELAY: 160, STOCK: 160, DIRECT: 0}
    first = {OURS: 45.0, RELAY: 25.0, STOCK: 30.0, DIRECT: 20.0}
    cells = {
        (work.name, name): Cell(
            subject=name, streams=work.streams, seconds=5, first=[first[name]], gaps=[50.0], tokens=10_000,
            computed=2 if work == HELD else a_token[name] / 100, resident=400 * 2**20, faults=Counter(),
        )
        for work in (FIRST, PACED, HELD)
        for name in first
    }  # fmt: skip
    return Measured(
        seen=[Seen(work=work, cell=cell, wanted_by=1.0, calibration=5.0) for (work, _), cell in cells.items()],
        text_turns=[Books(trips=[("SELECT 1",)] * 4, up=100)] * 9,
        slow_turns=[Books(trips=[("SELECT 1",)] * 9)] * 3,
        tool_turns=[Books(trips=[("SELECT 1",)] * 8, up=100)] * 9,
        long_thread=[Books(up=100)] * 33 + [Books(up=130)] * 7,
        left_by_text=Left(turns=40, at_once={"messages": 10.0}, later={"messages": 5.0}),
        left_by_tool=Left(turns=40, at_once={}, later={}),
        resident_without_embedder=200 * 2**20,
    )


async def test_a_statement_is_one_round_trip_and_a_transaction_is_three(server):
    async with (
        tapped(server) as wire,
        await psycopg.AsyncConnection.connect(wire.address, autocommit=True) as connection,
    ):
        wire.taken()

        await connection.execute("SELECT 1")
        alone = wire.taken()
        async with connection.transaction():
            await connection.execute("SELECT %s", [2])
        within = wire.taken()

    assert alone.trips == [("SELECT 1",)]
    assert within.trips == [("BEGIN",), ("SELECT $1",), ("COMMIT",)]
    assert within.up > 0 and within.down > 0


async def test_what_travels_together_is_one_round_trip(server):
    async with (
        tapped(server) as wire,
        await psycopg.AsyncConnection.connect(wire.address, autocommit=True) as connection,
    ):
        wire.taken()

        async with connection.pipeline():
            await connection.execute("SELECT %s", [1])
            await connection.execute("SELECT %s, %s", [1, 2])
        await wire.settled(0.05)

    assert wire.taken().trips == [("SELECT $1", "SELECT $1, $2")]


async def test_a_statement_that_was_prepared_is_known_by_its_text(server):
    async with (
        tapped(server) as wire,
        await psycopg.AsyncConnection.connect(wire.address, autocommit=True) as connection,
    ):
        for _ in range(2):
            wire.taken()
            await connection.execute("SELECT %s", [1], prepare=True)

    assert wire.taken().trips[0] == ("SELECT $1",)


async def test_a_large_answer_is_one_round_trip(server):
    async with (
        tapped(server) as wire,
        await psycopg.AsyncConnection.connect(wire.address, autocommit=True) as connection,
    ):
        wire.taken()

        await connection.execute("SELECT repeat('x', 1000000)")

        books = wire.taken()
    assert len(books.trips) == 1
    assert books.down > 1_000_000


async def test_the_pieces_of_a_stream_are_counted_wherever_it_is_cut(serve, chunked):
    body = b": ping\r\n\r\ntext: tok0\r\n\r\ntext: tok1 tok2\r\n\r\nother\r\n\r\nend\r\n\r\n"
    whole = EVENTS + b"".join(chunked(body[at : at + 7]) for at in range(0, len(body), 7)) + chunked(b"")
    subject = await serve(*(whole[at : at + 5] for at in range(0, len(whole), 5)))

    answer = await answer_of(subject, tokens=3)

    assert [count for _, count in answer.pieces] == [1, 2]
    assert answer.last == b"end"


@pytest.mark.parametrize(
    ("head", "body", "is_whole", "said"),
    [
        (EVENTS, b"text: tok0\n\ntext: tok1\n\nend\n\n", False, "the connection was cut"),
        (EVENTS, b"text: tok0\n\ntext: tok1\n\n", True, "it ended with 'text: tok1'"),
        (EVENTS, b"text: tok0\n\nend\n\n", True, "1 of 2 tokens"),
        (EVENTS, b"end\n\n", True, "no token"),
        (EVENTS.replace(b"200 OK", b"503 Busy"), b"later", True, "status 503: 'later'"),
    ],
    ids=["cut", "no end", "too short", "nothing said", "refused"],
)
async def test_an_answer_that_is_not_whole_does_not_count(serve, chunked, head, body, is_whole, said):
    subject = await serve(head + chunked(body) + chunked(b"") * is_whole, stays=False)

    with pytest.raises(NotMeasured, match=said):
        await answer_of(subject, tokens=2)


async def test_an_answer_that_called_nothing_does_not_count_where_it_should(serve, chunked):
    body = chunked(b"text: tok0\n\nend\n\n") + chunked(b"")
    subject = await serve(EVENTS + body, called=b"result")

    with pytest.raises(NotMeasured, match="no frame held 'result'"):
        await answer_of(subject)


async def test_a_window_holds_what_came_in_it_and_what_went_wrong(serve, chunked):
    good = await serve(EVENTS + chunked(b"text: tok0\n\ntext: tok1\n\nend\n\n") + chunked(b""), process_id=os.getpid())
    bad = await serve(EVENTS + chunked(b"text: tok0\n\n"), stays=False)

    cell = await drive(good, streams=2, warm_up=0.05, seconds=0.2, tokens=2)
    broken = await drive(bad, streams=1, warm_up=0.05, seconds=0.1)

    assert cell.tokens > 0 and cell.first and cell.gaps and not cell.faults
    assert cell.resident > 0
    assert set(broken.faults) == {"the connection was cut"}


async def test_the_model_says_so_many_words_to_the_providers_own_client(openai):
    await openai._client.put("/script", json=vars(Script(tokens=3, between=0)))

    stream = await openai.chat.completions.create(
        model="fake", messages=[{"role": "user", "content": "hi"}], stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]

    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == " tok0 tok1 tok2"
    assert chunks[-1].usage.completion_tokens == 3


async def test_the_model_calls_a_tool_once_and_then_speaks(openai):
    await openai._client.put(
        "/script", json=vars(Script(tokens=2, between=0, calls="add_tasks", arguments='{"tasks": []}'))
    )
    asked = [{"role": "user", "content": "hi"}]

    stream = await openai.chat.completions.create(model="fake", messages=asked, tools=[TOOL], stream=True)
    pieces = [call.function async for chunk in stream for call in chunk.choices[0].delta.tool_calls or ()]
    result = {"role": "tool", "tool_call_id": "call_0", "content": "done"}
    after = await openai.chat.completions.create(model="fake", messages=[*asked, result], tools=[TOOL])

    assert pieces[0].name == "add_tasks"
    assert json.loads("".join(piece.arguments for piece in pieces)) == {"tasks": []}
    assert after.choices[0].message.content == " tok0 tok1"


def test_what_is_as_good_as_promised_holds(measured, capsys):
    assert [str(verdict) for verdict in judged(measured) if not verdict.holds] == []

    assert _judge(measured, None) == 0
    assert "MISS" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("of", "change", "gate"),
    [
        ((PACED, OURS), {"computed": 0.9}, f"CPU per token at 16 streams / {RELAY}"),
        ((PACED, STOCK), {"computed": 1.0}, f"CPU per token at 16 streams / {STOCK}"),
        ((FIRST, OURS), {"first": [46.0]}, f"added time to first token p50 / {STOCK}"),
        ((HELD, OURS), {"gaps": [51.0]}, "64 streams of 30 tokens/s: gap p95"),
        ((HELD, OURS), {"computed": 2.1}, "64 streams of 30 tokens/s: CPU"),
        ((HELD, OURS), {"resident": 401 * 2**20}, "memory, local embedder loaded"),
        ((HELD, OURS), {"faults": Counter({"cut": 1})}, "answers that failed or were cut"),
        ((HELD, OURS), {"gaps": []}, "64 streams of 30 tokens/s: gap p95"),
    ],
    ids=["cost", "cost by stock", "first token", "gap", "cores", "memory", "faults", "nothing measured"],
)
def test_a_window_that_is_worse_than_promised_is_a_miss(measured, of, change, gate, capsys, tmp_path):
    work, subject = of
    seen = [
        replace(each, cell=replace(each.cell, **change))
        if (each.work, each.cell.subject) == (work.name, subject)
        else each
        for each in measured.seen
    ]

    code = _judge(replace(measured, seen=seen), tmp_path / "all.json")

    missed = [line for line in capsys.readouterr().out.splitlines() if line.startswith("MISS")]
    assert code == 1
    assert any(gate in line for line in missed), missed
    assert [each["name"] for each in json.loads((tmp_path / "all.json").read_text())["gates"] if not each["holds"]]


@pytest.mark.parametrize(
    ("change", "gate"),
    [
        ({"text_turns": [Books(trips=[()] * 5)] * 9}, "Postgres round trips, text turn"),
        ({"tool_turns": [Books(trips=[()] * 9)] * 9}, "Postgres round trips, one-tool turn"),
        ({"long_thread": [Books(up=100)] * 33 + [Books(up=131)] * 7}, "bytes to Postgres per turn, turn 40 / turn 10"),
        ({"resident_without_embedder": 201 * 2**20}, "memory, embeddings by a provider"),
    ],
    ids=["text turn", "tool turn", "growth", "memory"],
)
def test_a_turn_that_costs_more_than_promised_is_a_miss(measured, change, gate):
    missed = [verdict.name for verdict in judged(replace(measured, **change)) if not verdict.holds]

    assert missed == [gate]


def test_one_turn_beside_a_heartbeat_is_no_miss(measured):
    beside = replace(measured, text_turns=[*measured.text_turns[:-1], Books(trips=[()] * 6)])

    assert all(verdict.holds for verdict in judged(beside))


def test_the_report_says_the_baselines_figures_and_what_a_turn_leaves(measured):
    lines = "\n".join(report(measured))

    assert all(name in lines for name in (RELAY, STOCK, DIRECT, OURS))
    assert "messages" in lines


async def test_what_a_person_wrote_is_weighed_by_table(dsn, pool, new_call, noon):
    await People(pool).ensure_local()
    before = await growth.sizes(dsn)

    milk = Task(title="Buy milk", created_at=noon, updated_at=noon)
    await Ledger(pool, LOCAL_USER).act(new_call(), lambda held: Decision("", ((None, milk),), ()), at=noon)
    after = await growth.sizes(dsn)
    left = growth.left(before, after, await growth.let_go(dsn), turns=1)

    assert left.at_once["tasks"] > 0
    assert left.later["tasks"] == left.at_once["tasks"]
    assert "habits" not in left.at_once


def test_a_process_is_weighed_with_those_below_it():
    busy = "import time; until = time.process_time() + 0.2\nwhile time.process_time() < until: pass\ntime.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", busy], stdin=subprocess.DEVNULL) as child:
        try:
            while cpu_seconds(child.pid) < 0.1:
                assert child.poll() is None
            both, alone = resident_bytes(os.getpid()), resident_bytes(child.pid)
        finally:
            child.kill()

    assert both > alone > 0


def test_a_server_that_cannot_be_reached_exits_2(capsys):
    assert main(["load", "--url", "http://127.0.0.1:1"]) == 2

    assert "no connection" in capsys.readouterr().err
