from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import Conflict, Invalid, NotFound
from domain.runs import Approval, Run
from domain.threads import Citation, Message, ToolCall


@pytest.fixture
def hello(noon):
    return Message(
        id="1", thread_id="t", parent_id=None, run_id="r", role="user", content="# Hello\nthere", created_at=noon
    )


@pytest.fixture
def run(noon):
    return Run(id="r", thread_id="t", root_id="r", status="running", model="offline", created_at=noon)


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
    result = replace(hello, id="2", role="tool", tool_call_id="call_1", content="{}")

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

    first = await threads.list(query="BOAT", limit=3)
    rest = await threads.list(query="BOAT", limit=3, cursor=first.next)

    assert [thread.id for thread in (*first.items, *rest.items)] == ["t4", "t3", "t2", "t1", "t0"]
    assert (await threads.list(query="ship")).items == ()


async def test_messages_are_paged_oldest_first(threads, hello):
    await threads.append([replace(hello, id=str(number)) for number in range(5)])

    first = await threads.messages("t", limit=3)
    rest = await threads.messages("t", limit=3, cursor=first.next)

    assert [message.id for message in (*first.items, *rest.items)] == ["0", "1", "2", "3", "4"]


async def test_a_deleted_thread_takes_its_messages_and_runs_with_it(threads, runs, hello, run):
    await threads.append([hello, replace(hello, thread_id="t/2")])
    await runs.start(run)

    await threads.delete("t")

    assert list(await threads.history("t")) == []
    assert len(await threads.history("t/2")) == 1
    for ask in (threads.get("t"), threads.delete("t"), runs.get("r")):
        with pytest.raises(NotFound):
            await ask


async def test_the_same_run_is_started_once(runs, run, noon):
    first = await runs.start(run)
    again = await runs.start(replace(run, status="finished", created_at=noon + timedelta(1)))

    assert first == again == run


async def test_a_run_id_of_another_thread_is_refused_and_makes_no_thread(runs, threads, run):
    await runs.start(run)

    with pytest.raises(Conflict):
        await runs.start(replace(run, thread_id="u"))

    with pytest.raises(NotFound):
        await threads.get("u")


async def test_a_paused_run_is_found_until_it_is_settled(runs, run, noon):
    approval = Approval(
        id="a", message_id="m", tool_call_id="c", tool="delete_tasks", arguments={"ids": ["x"]}, question="Delete?",
        expires_at=noon,
    )  # fmt: skip
    await runs.start(run)
    assert await runs.waiting([approval.id], "t") is None

    await runs.settle("r", "paused", approvals=(approval,), at=noon)
    assert await runs.waiting([approval.id], "t") == replace(run, status="paused", approvals=(approval,))

    await runs.settle("r", "failed", error="Sorry.", at=noon)
    assert await runs.waiting([approval.id], "t") is None
    assert await runs.get("r") == replace(run, status="failed", error="Sorry.", finished_at=noon)


async def test_a_run_that_is_not_there_cannot_be_settled(runs, noon):
    with pytest.raises(NotFound):
        await runs.settle("r", "finished", at=noon)
