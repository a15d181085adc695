from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest

from domain.errors import Invalid, NotFound
from domain.threads import Citation, Message, ToolCall
from storage.ledger import Decision
from storage.threads import Threads

TABLES = """
    SELECT relname AS table FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
"""
NAMING = f"""
    SELECT DISTINCT attrelid::regclass::text AS table FROM pg_attribute
    WHERE attrelid::regclass::text IN ({TABLES}) AND attname IN ('thread_id', 'run_id')
"""
ROWS_OF_A_RUN = (
    """
    INSERT INTO runs (user_id, id, thread_id, root_id, status, model, created_at)
    VALUES (%(user)s, %(run)s, %(thread)s, %(run)s, 'paused', 'offline', %(at)s)
    """,
    "INSERT INTO run_events (user_id, run_id, first, last, event) VALUES (%(user)s, %(run)s, 1, 1, '{}')",
    """
    INSERT INTO leases (user_id, thread_id, run_id, owner, until)
    VALUES (%(user)s, %(thread)s, %(run)s, %(user)s, now())
    """,
    """
    INSERT INTO model_calls (
        user_id, id, tenant_id, thread_id, run_id, purpose, model, prompt, tools_hash, input_tokens, output_tokens,
        cached_tokens, cache_written_tokens, reasoning_tokens, is_estimated, outcome, started_at, total_ms
    )
    SELECT id, gen_random_uuid(), tenant_id, %(thread)s, %(run)s, 'turn', 'offline', '', '', 0, 0, 0, 0, 0, false,
        'answered', %(at)s, 0
    FROM users WHERE id = %(user)s
    """,
    "INSERT INTO checkpoints (thread_id, checkpoint_id, checkpoint) VALUES (%(place)s, 'c', '{}')",
    "INSERT INTO checkpoint_blobs (thread_id, channel, version, type) VALUES (%(place)s, 'c', '1', 'empty')",
    """
    INSERT INTO checkpoint_writes (thread_id, checkpoint_id, task_id, idx, channel, type, blob)
    VALUES (%(place)s, 'c', 'k', 0, 'c', 'empty', '')
    """,
)


@pytest.fixture
def hello(noon):
    return Message(
        id="1", thread_id="t", parent_id=None, run_id="r", role="user", content="# Hello\nthere", created_at=noon
    )


async def test_messages_come_back_whole_and_in_order(threads, hello, noon):
    answer = replace(
        hello,
        id="0",
        parent_id="1",
        role="assistant",
        content="",
        tool_calls=(ToolCall(id="call_1", name="search", arguments={"query": "boat", "kinds": ["note"]}),),
        citations=(Citation(kind="note", id="n", title="Boat", passage="Sell it."),),
        created_at=noon - timedelta(hours=1),
    )
    result = replace(hello, id="2", parent_id="0", role="tool", tool_call_id="call_1", content="{}")

    await threads.append([hello, answer])
    await threads.append([result])

    assert list(await threads.history("t")) == [hello, answer, result]
    assert list(await threads.history("t", limit=2)) == [answer, result]


async def test_a_message_is_kept_once_as_it_was_first_said(threads, hello):
    await threads.append([hello])

    await threads.append([replace(hello, content="changed"), replace(hello, id="2")])

    assert [message.content for message in await threads.history("t")] == [hello.content, hello.content]


async def test_the_same_message_id_may_stand_in_two_threads(threads, hello):
    await threads.append([hello, replace(hello, thread_id="u")])

    assert [len(await threads.history(thread)) for thread in ("t", "u")] == [1, 1]


async def test_a_thread_is_named_after_the_first_thing_said_until_it_is_renamed(threads, hello, noon):
    await threads.ensure("t", noon - timedelta(days=1))
    await threads.append([hello])
    assert (await threads.get("t")).title == "Hello"

    await threads.rename("t", " Greetings ")
    await threads.append([replace(hello, id="2", content="Other")])

    thread = await threads.get("t")
    assert thread.title == "Greetings"
    assert (thread.created_at, thread.updated_at) == (noon - timedelta(days=1), noon)


@pytest.mark.parametrize("title", ["", "  ", "x" * 501], ids=["empty", "blank", "long"])
async def test_a_title_that_is_none_is_refused(threads, noon, title):
    await threads.ensure("t", noon)

    with pytest.raises(Invalid, match="title"):
        await threads.rename("t", title)


async def test_threads_are_found_by_what_was_said_latest_first(threads, hello, noon):
    for number in range(5):
        said = replace(
            hello, thread_id=f"t{number}", content=f"boat {number}", created_at=noon + timedelta(minutes=number)
        )
        await threads.append([said])
    await threads.append([replace(hello, id="2", thread_id="t1", content="more", created_at=noon + timedelta(hours=1))])

    first = await threads.list(query="BOAT", limit=3)
    rest = await threads.list(query="BOAT", limit=3, cursor=first.next)

    assert [thread.id for thread in (*first.items, *rest.items)] == ["t1", "t4", "t3", "t2", "t0"]
    assert rest.next is None
    assert (await threads.list(query="ship")).items == ()


@pytest.fixture
async def conversations(threads, hello, owner, user):
    """One about a dinghy that was called "boat 100%" first; one whose first question was asked anew."""
    dinghy = replace(hello, thread_id="dinghy", content="Sell the Dinghy")
    tool = replace(hello, thread_id="dinghy", id="2", role="tool", tool_call_id="c", content="anchor")
    answer = replace(hello, thread_id="dinghy", id="3", role="assistant", content="To Zoltan, perhaps?")
    await threads.append([dinghy, tool, answer, replace(hello, thread_id="other", content="Buy a kayak")])
    await threads.append([replace(hello, thread_id="other", id="2", content="Buy a canoe")])
    await threads.rename("dinghy", "boat 100%")
    owner.execute("UPDATE messages SET aside = true WHERE user_id = %s AND thread_id = 'other' AND id = '1'", [user])
    await threads.rename("other", "On the river")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("BOAT", ["dinghy"]),
        ("dinghy", ["dinghy"]),
        ("zoltan", ["dinghy"]),
        ("zoltan dinghy boat", ["dinghy"]),
        ("oltan", ["dinghy"]),
        ("zoltan canoe", []),
        ("anchor", []),
        ("kayak", []),
        ("canoe", ["other"]),
        ("100%", ["dinghy"]),
        ("1_0", []),
        ("\\", []),
        ("  ", ["other", "dinghy"]),
        ("", ["other", "dinghy"]),
    ],
    ids=["title", "said", "answered", "each word somewhere", "part of a word", "words of two", "a tool's", "set aside",
         "said instead", "percent", "underscore", "backslash", "blank", "empty"],
)  # fmt: skip
async def test_every_word_of_a_query_stands_in_the_title_or_in_what_was_said(threads, conversations, query, found):
    assert [thread.id for thread in (await threads.list(query=query)).items] == found


async def test_anothers_threads_are_not_found(pool, other_user, conversations):
    assert (await Threads(pool, other_user).list(query="dinghy")).items == ()


async def test_messages_are_paged_oldest_first(threads, hello):
    await threads.append([replace(hello, id=str(number)) for number in range(5)])

    first = await threads.messages("t", limit=3)
    rest = await threads.messages("t", limit=3, cursor=first.next)

    assert [message.id for message in (*first.items, *rest.items)] == ["0", "1", "2", "3", "4"]


@pytest.fixture
def tables_with(owner):
    """The tables in which a row holds that word, anywhere."""
    tables = [row["table"] for row in owner.execute(TABLES).fetchall()]

    def look(word):
        held = "SELECT FROM {table} WHERE strpos(to_jsonb({table})::text, %s) > 0 LIMIT 1"
        return {table for table in tables if owner.execute(held.format(table=table), [word]).rowcount}

    return look


@pytest.fixture
async def thread_with_everything(threads, ledger, new_call, hello, owner, user, noon):
    """Makes a thread that is named wherever a thread can be."""

    async def make(thread, run):
        place = f"{user}/{quote(thread, safe='')}/{run}"
        row = {"user": user, "thread": thread, "run": run, "place": place, "at": noon}
        await threads.append([replace(hello, thread_id=thread, run_id=run)])
        for statement in ROWS_OF_A_RUN:
            owner.execute(statement, row)
        call = new_call(thread_id=thread, run_id=run)
        await ledger.act(call, lambda held: Decision("", (), ()), at=noon)

    return make


async def test_a_deleted_thread_is_named_only_where_it_is_kept_what_was_done_and_paid(
    threads, thread_with_everything, tables_with, owner
):
    await thread_with_everything("wednesday/1", "wednesday")
    await thread_with_everything("thursday/1", "thursday")
    everywhere = tables_with("wednesday")
    assert {row["table"] for row in owner.execute(NAMING).fetchall()} | {"threads"} == everywhere

    await threads.delete("wednesday/1")

    assert tables_with("wednesday") == {"actions", "model_calls"}
    assert tables_with("thursday") == everywhere
    for ask in (threads.get("wednesday/1"), threads.delete("wednesday/1")):
        with pytest.raises(NotFound):
            await ask
