"""Which conversations still go by their first words."""

from dataclasses import replace

import pytest

from domain.threads import Message, ToolCall
from storage.titles import Titles


@pytest.fixture
def titles(pool, user):
    return Titles(pool, user)


@pytest.fixture
def hello(noon):
    return Message(id="1", thread_id="t", parent_id=None, run_id="r", role="user", content="buy milk", created_at=noon)


@pytest.fixture
def job(owner, user):
    """The rows of the person's job of naming."""

    def rows():
        return owner.execute("SELECT * FROM jobs WHERE user_id = %s AND kind = 'title'", [user]).fetchall()

    return rows


async def test_what_is_said_in_a_thread_without_a_name_asks_for_one(threads, titles, hello, job, owner, user):
    await threads.append([hello])
    assert len(job()) == 1

    await titles.name("t", "Milk")
    owner.execute("DELETE FROM jobs WHERE user_id = %s", [user])
    await threads.append([replace(hello, id="2")])

    assert job() == []


async def test_an_unnamed_thread_tells_what_was_said_and_answered(threads, titles, hello):
    call = ToolCall(id="c", name="add_tasks", arguments={})
    await threads.append(
        [
            hello,
            replace(hello, id="2", role="assistant", content="Let me see.", tool_calls=(call,)),
            replace(hello, id="3", role="tool", content="{}", tool_call_id="c"),
            replace(hello, id="4", role="assistant", content="Added."),
            replace(hello, id="5", content="and call mom"),
            replace(hello, id="6", thread_id="u", content="x" * 5_000),
        ]
    )

    milk, long = await titles.unnamed(after="", limit=10)

    assert (milk.id, milk.said, milk.answer, milk.is_answering) == ("t", ["buy milk", "and call mom"], "Added.", False)
    assert (long.answer, len(long.said[0])) == (None, 2_000)
    assert await titles.unnamed(after="t", limit=10) == [long]
    assert await titles.unnamed(after="", limit=1) == [milk]


async def test_what_was_set_aside_is_not_told(threads, titles, hello, owner, user):
    await threads.append([hello, replace(hello, id="2", content="buy bread")])
    owner.execute("UPDATE messages SET aside = true WHERE user_id = %s AND id = '1'", [user])

    (thread,) = await titles.unnamed(after="", limit=10)

    assert thread.said == ["buy bread"]


async def test_a_thread_that_is_being_answered_says_so(threads, titles, hello, owner, user):
    await threads.append([hello])
    owner.execute(
        "INSERT INTO leases (user_id, thread_id, run_id, owner, until) VALUES (%s, 't', 'r', %s, now())", [user, user]
    )

    (thread,) = await titles.unnamed(after="", limit=10)

    assert thread.is_answering


async def test_a_title_is_made_once_and_changes_no_order(threads, titles, hello):
    await threads.append([hello])
    before = await threads.get("t")

    assert await titles.name("t", "Milk")
    assert not await titles.name("t", "Bread")

    assert await threads.get("t") == replace(before, title="Milk")
    assert await titles.unnamed(after="", limit=10) == []


async def test_a_title_of_the_persons_is_never_replaced(threads, titles, hello):
    await threads.append([hello])
    (thread,) = await titles.unnamed(after="", limit=10)
    await threads.rename("t", "Groceries")

    assert not await titles.name(thread.id, "Milk")

    assert (await threads.get("t")).title == "Groceries"
    assert await titles.unnamed(after="", limit=10) == []


async def test_a_made_title_gives_way_to_the_persons(threads, titles, hello):
    await threads.append([hello])
    await titles.name("t", "Milk")

    await threads.rename("t", "Groceries")
    await threads.append([replace(hello, id="2", content="more")])

    assert (await threads.get("t")).title == "Groceries"
