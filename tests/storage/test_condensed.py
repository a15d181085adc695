"""What the beginning of a long conversation came to is kept while it is true."""

import pytest

from domain.threads import Backdrop, Message
from storage.condensed import Condensed, Crowded


@pytest.fixture
def condensed(pool, user):
    return Condensed(pool, user)


@pytest.fixture
async def said(threads, noon):
    """Ten messages of the thread `t`, as they are stored."""
    fields = {"thread_id": "t", "parent_id": None, "run_id": None, "role": "user", "created_at": noon}
    await threads.append([Message(id=f"m{n}", content=f"word {n}", **fields) for n in range(10)])
    return await threads.history("t")


async def test_a_thread_that_is_asked_for_is_crowded_until_it_is_left(condensed, threads, said, owner, user):
    assert await condensed.crowded(after="", limit=5) == []

    await threads.ask_to_condense("t")
    await threads.ask_to_condense("unknown")

    assert await condensed.crowded(after="", limit=5) == [Crowded(id="t", summary="", upto=0)]
    assert await condensed.crowded(after="t", limit=5) == []
    due = owner.execute("SELECT count(*) FROM jobs WHERE user_id = %s AND kind = 'condense'", [user])
    assert due.fetchone()["count"] == 1

    await condensed.leave("t")
    assert await condensed.crowded(after="", limit=5) == []


async def test_the_summary_stands_behind_the_thread(condensed, threads, said):
    assert await condensed.keep("t", "- Words.", of=said[:6], since=0)
    assert await threads.backdrop("t") == Backdrop(summary="- Words.", upto=said[5].position)

    rest = await condensed.since("t", said[5].position, limit=3)
    assert [message.id for message in rest] == ["m6", "m7", "m8"]

    assert await condensed.keep("t", "- More words.", of=rest, since=said[5].position)
    assert (await threads.backdrop("t")).upto == said[8].position


async def test_whoever_comes_second_keeps_nothing(condensed, threads, said):
    await condensed.keep("t", "- First.", of=said[:4], since=0)

    assert not await condensed.keep("t", "- Second.", of=said[:4], since=0)
    assert (await threads.backdrop("t")).summary == "- First."


async def test_what_was_set_aside_meanwhile_is_not_summed_up(condensed, threads, said, owner, user):
    owner.execute("UPDATE messages SET aside = true WHERE user_id = %s AND id = 'm3'", [user])

    assert not await condensed.keep("t", "- Word 3 too.", of=said[:6], since=0)
    assert await threads.backdrop("t") == Backdrop()


async def test_a_thread_that_is_not_there_has_nothing_behind_it(threads):
    assert await threads.backdrop("nowhere") == Backdrop()
