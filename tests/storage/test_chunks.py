"""What search sees of what was said and done: from when on, with which words around it, and until when."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from uuid import uuid4

import pytest

from agent.background import embed
from agent.embedders import Embedders
from domain.habits import Entry, Habit
from domain.threads import Message
from storage.ledger import Decision
from storage.runs import Settlement
from storage.search import Within

SAID = Within(kinds=("message",))


class Fixed:
    """Every text has the same vector."""

    name = "fixed"

    async def aembed_documents(self, texts):
        return [[1.0, 0.0] for _ in texts]


@pytest.fixture
def say(threads, noon):
    async def say(*texts, thread="t", role="user"):
        said = [
            Message(
                id=str(uuid4()), thread_id=thread, parent_id=None, run_id=None, role=role, content=text, created_at=noon
            )
            for text in texts
        ]
        await threads.append(said)
        return said

    return say


@pytest.fixture
def embedded(pool, user):
    """Gives each passage its vector, and the words around it."""
    return partial(embed, pool, Embedders(Fixed()), user)


@pytest.fixture
def find(search):
    async def find(query, within=SAID):
        return (await search.look(query, None, "fixed", within=within)).hits

    return find


@pytest.fixture
def act(ledger, new_call, noon):
    async def act(*changes, **held):
        await ledger.act(new_call(), lambda _: Decision("", changes, ()), at=noon, **held)

    return act


async def test_what_was_said_is_found_at_once_where_messages_are_asked_for(say, find):
    (message,) = await say("My dentist is Doctor Okafor")

    (hit,) = await find("who is my dentist?")
    assert (hit.kind, hit.message_id, hit.thread_id, hit.speaker) == ("message", message.id, "t", "user")
    assert (hit.title, hit.passage) == ("My dentist is Doctor Okafor", "My dentist is Doctor Okafor")
    assert await find("who is my dentist?", Within()) == ()


async def test_one_conversation_can_be_looked_through_or_left_out(say, find):
    await say("The dentist called", thread="one")
    await say("The dentist again", thread="two")

    assert [hit.thread_id for hit in await find("dentist", replace(SAID, thread_id="one"))] == ["one"]
    assert [hit.thread_id for hit in await find("dentist", replace(SAID, not_thread_id="one"))] == ["two"]


async def test_what_a_tool_answers_is_not_searched(say, find):
    await say('{"summary": "Added dentist"}', role="tool")

    assert await find("dentist") == ()


async def test_a_message_is_found_by_the_words_around_it_once_it_is_embedded(say, find, embedded):
    asked, answered, *_ = await say("Which restaurant was it?", "The one by the river.", "Right.", "And the weather?")
    await embedded()

    found = {hit.message_id: hit.words for hit in await find("restaurant")}

    assert answered.id in found
    assert found[asked.id] > found[answered.id]


async def test_what_is_said_next_stands_around_what_was_said_before(say, find, embedded):
    (first,) = await say("What shall we eat?")
    await embedded()
    await say("Pancakes!")
    await embedded()

    assert first.id in {hit.message_id for hit in await find("pancakes")}


async def test_each_new_message_has_no_more_embedded_again_than_the_one_before_it(say, embedded, embeddings):
    await say(*(f"Sentence {number}" for number in range(6)))
    await embedded()

    await say("One more")

    assert {each.own.splitlines()[-1] for each in await embeddings.waiting(50)} == {
        "user: Sentence 5",
        "user: One more",
    }


async def test_a_conversation_that_is_deleted_is_not_found(say, find, threads):
    await say("The dentist called")

    await threads.delete("t")

    assert await find("dentist") == ()


async def test_what_a_branch_replaces_is_not_found(begin, beginnings, end, run_of, said_in, lease, find):
    first = run_of("first")
    await begin(first, "Call the dentist")
    await end("first")
    second = run_of("second")
    said = said_in(second, "Call the plumber")

    await beginnings.begin(second, lease, {"type": "RUN_STARTED"}, said=said, branch_from=first.message_id)

    assert [hit.passage for hit in await find("call")] == ["Call the plumber"]


async def test_what_the_assistant_says_in_a_run_is_found(begin, run_of, runs, lease, noon, find):
    run = run_of("r")
    await begin(run, "hello")
    words = Message(
        id="answer", thread_id="t", parent_id=None, run_id="r", role="assistant", content="Try the Thai place.",
        created_at=noon,
    )  # fmt: skip

    for _ in range(2):
        await runs.record("r", lease, messages=[words])
    await runs.record("r", lease, end=Settlement(status="finished", approvals=(), at=noon))

    assert [(hit.message_id, hit.speaker) for hit in await find("thai")] == [("answer", "assistant")]


async def test_an_entry_with_a_comment_is_found_under_the_name_of_its_habit(act, find, noon):
    at = {"created_at": noon, "updated_at": noon}
    run = Habit(name="Running", unit="km", created_on=date(2026, 11, 1), **at)
    hurt = Entry(habit_id=run.id, date=date(2026, 11, 20), value=5.0, comment="knee hurt", **at)
    silent = Entry(habit_id=run.id, date=date(2026, 11, 19), **at)
    await act((None, run), (None, hurt), (None, silent))

    (hit,) = await find("knee", Within())
    assert (hit.kind, hit.id, hit.title, hit.passage, hit.date) == (
        "entry", hurt.id, "Running", "Running · 5 km · knee hurt", hurt.date
    )  # fmt: skip

    renamed = replace(run, name="Jogging", updated_at=noon + timedelta(1), version=2)
    await act((run, renamed), habits=[run.id])
    assert [hit.title for hit in await find("knee", Within())] == ["Jogging"]

    await act((hurt, None), entries=[(run.id, hurt.date)])
    assert await find("knee", Within()) == ()


async def test_what_is_said_is_embedded_within_seconds(say, user, owner):
    await say("hello")

    asked = owner.execute("SELECT due_at - now() AS wait FROM jobs WHERE user_id = %s AND kind = 'embed'", [user])
    assert asked.fetchone()["wait"] <= timedelta(seconds=3)
