"""Coming back to a thread over AG-UI: what was said, the run under way from where it is, the open questions."""

from uuid import uuid4

import pytest

from domain.events import TextArrived, TextEnded, TextStarted, ToolAnswered, ToolCallStarted, Withdrawn
from protocols.snapshots import Told


@pytest.fixture
def dsn(new_database):
    """A database of their own: no other test's runs are taken over here."""
    return new_database()


@pytest.fixture
def back():
    """Makes the body of somebody who comes back to a thread."""
    return lambda thread_id, **fields: {
        "threadId": thread_id, "runId": str(uuid4()), "protocolVersion": "1.0", "messages": [], **fields
    }  # fmt: skip


@pytest.mark.parametrize("elsewhere", [False, True], ids=["same replica", "another replica"])
async def test_a_half_said_message_is_shown_and_goes_on(
    replica, other_replica, opened, model, said, back, words_in, elsewhere
):
    http = other_replica if elsewhere else replica

    async with opened(replica, "POST", "/agui", json=said("hello", threadId="t", runId="r")) as stream:
        model.says("Half ")
        message_id = (await stream.until("TEXT_MESSAGE_CONTENT"))[-1]["messageId"]
        async with opened(http, "GET", "/runs/r/events?after=1") as known:
            await known.until("TEXT_MESSAGE_CONTENT")
    async with opened(http, "POST", "/agui/connect", json=back("t")) as again:
        shown = await again.until("TEXT_MESSAGE_START")
        model.says("and half.")
        model.ends()
        rest = await again.rest()

    assert [event["type"] for event in shown] == ["RUN_STARTED", "MESSAGES_SNAPSHOT", "TEXT_MESSAGE_START"]
    assert shown[0]["runId"] == "r"
    assert [message.get("content") for message in shown[1]["messages"]] == ["hello", "Half "]
    assert shown[1]["messages"][1]["id"] == shown[2]["messageId"] == message_id
    assert words_in(rest) == "and half."
    assert [rest[-2]["type"], rest[-1]["type"]] == ["TEXT_MESSAGE_END", "RUN_FINISHED"]


async def test_a_half_streamed_call_is_shown_and_goes_on(replica, opened, model, said, back):
    async with opened(replica, "POST", "/agui", json=said("buy milk", threadId="t", runId="r")) as stream:
        model.says("Gladly. ")
        model.calls("add_tasks", '{"tasks": [{"ti')
        await stream.until("TOOL_CALL_ARGS")
    async with opened(replica, "POST", "/agui/connect", json=back("t")) as again:
        shown = await again.until("TOOL_CALL_START")
        model.calls("", 'tle": "Buy milk"}]}')
        model.ends()
        model.says("Done.")
        model.ends()
        rest = await again.rest()

    partial = shown[1]["messages"][-1]
    (call,) = partial["toolCalls"]
    assert partial["content"] == "Gladly. "
    assert call["function"] == {"name": "add_tasks", "arguments": '{"tasks": [{"ti'}
    assert {event["type"] for event in shown[2:]} == {"TEXT_MESSAGE_START", "TOOL_CALL_START"}
    remaining = [event["delta"] for event in rest if event["type"] == "TOOL_CALL_ARGS"]
    assert remaining == ['tle": "Buy milk"}]}']
    assert [event["toolCallId"] for event in rest if event["type"] == "TOOL_CALL_RESULT"] == [call["id"]]
    assert rest[-1]["outcome"] == {"type": "success"}
    assert [task["title"] for task in (await replica.get("/tasks")).json()["items"]] == ["Buy milk"]


async def test_what_the_run_has_done_already_is_in_the_snapshot_once(replica, opened, model, said, back):
    async with opened(replica, "POST", "/agui", json=said("buy milk", threadId="t", runId="r")) as stream:
        model.calls("add_tasks", '{"tasks": [{"title": "Buy milk"}]}')
        model.ends()
        await stream.until("TOOL_CALL_RESULT")
        async with opened(replica, "POST", "/agui/connect", json=back("t")) as again:
            shown = await again.until("MESSAGES_SNAPSHOT")
            model.says("Done.")
            model.ends()
            rest = await again.rest()

    messages = shown[-1]["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant", "tool"]
    assert messages[2]["toolCallId"] == messages[1]["toolCalls"][0]["id"]
    assert [event["type"] for event in rest][:1] == ["TEXT_MESSAGE_START"]


async def test_a_thread_at_rest_is_shown_as_it_is(client, said, back, events_of):
    await client.post("/tasks", json={"title": "Paint the fence"})
    await client.post("/agui", json=said("what tasks do I have?", threadId="t"))
    asked = back("t")

    start, shown, end = events_of(await client.post("/agui/connect", json=asked))

    assert (start["type"], start["runId"]) == ("RUN_STARTED", asked["runId"])
    assert [message["role"] for message in shown["messages"]] == ["user", "assistant", "tool", "assistant"]
    assert (end["type"], end["outcome"]) == ("RUN_FINISHED", {"type": "success"})
    assert end["runId"] == asked["runId"]


async def test_an_open_question_is_asked_again_and_can_be_answered(client, said, back, events_of):
    await client.post("/tasks", json={"title": "Buy milk"})
    paused = events_of(await client.post("/agui", json=said("delete the task buy milk", threadId="t")))[-1]

    end = events_of(await client.post("/agui/connect", json=back("t")))[-1]
    (interrupt,) = end["outcome"]["interrupts"]
    answer = {"interruptId": interrupt["id"], "status": "resolved", "payload": {"approved": True}}
    done = events_of(await client.post("/agui", json=said("", threadId="t", messages=[], resume=[answer])))[-1]
    after = events_of(await client.post("/agui/connect", json=back("t")))[-1]

    assert end["outcome"] == paused["outcome"]
    assert done["outcome"] == {"type": "success"}
    assert after["outcome"] == {"type": "success"}
    assert (await client.get("/tasks")).json()["items"] == []


async def test_two_pauses_are_asked_one_after_the_other(client, said, back, events_of):
    await client.post("/tasks", json={"title": "Buy milk"})
    await client.post("/tasks", json={"title": "Paint the fence"})
    for title in ("buy milk", "paint the fence"):
        await client.post("/agui", json=said(f"delete the task {title}", threadId="t"))
    asked = []

    for _ in range(2):
        (interrupt,) = events_of(await client.post("/agui/connect", json=back("t")))[-1]["outcome"]["interrupts"]
        asked.append(interrupt["id"])
        answer = {"interruptId": interrupt["id"], "status": "resolved", "payload": {"approved": True}}
        await client.post("/agui", json=said("", threadId="t", messages=[], resume=[answer]))

    assert len(set(asked)) == 2
    assert (await client.get("/tasks")).json()["items"] == []


async def test_a_fresh_thread_is_empty(client, back, events_of):
    told = events_of(await client.post("/agui/connect", json=back("fresh")))

    assert [event["type"] for event in told] == ["RUN_STARTED", "MESSAGES_SNAPSHOT", "RUN_FINISHED"]
    assert told[1]["messages"] == []
    assert (await client.get("/threads")).json()["items"] == []


async def test_anothers_thread_shows_nothing(client, stranger, said, back, events_of):
    await client.post("/tasks", json={"title": "Buy milk"})
    await client.post("/agui", json=said("delete the task buy milk", threadId="t"))

    told = events_of(await stranger.post("/agui/connect", json=back("t")))

    assert told[1]["messages"] == []
    assert told[-1]["outcome"] == {"type": "success"}


async def test_what_a_branch_replaced_is_not_shown(client, said, back, events_of):
    first = said("hello", threadId="t")
    await client.post("/agui", json=first)
    branch = {"branchFrom": first["messages"][0]["id"]}
    await client.post("/agui", json=said("good evening", threadId="t", forwardedProps=branch))

    shown = events_of(await client.post("/agui/connect", json=back("t")))[1]

    assert [message["content"] for message in shown["messages"] if message["role"] == "user"] == ["good evening"]


@pytest.mark.parametrize("fields, field", [({"threadId": "a/b"}, "threadId"), ({"runId": ""}, "runId")])
async def test_bad_ids_are_refused(client, back, fields, field):
    answer = await client.post("/agui/connect", json=back("t", **fields))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_what_was_taken_back_is_in_no_snapshot_and_not_open():
    told = Told()
    for event in (TextStarted("m"), TextArrived("m", "Hal"), ToolCallStarted("c", "search", "m")):
        told.take(event)

    ends = list(told.ends_of("m"))
    told.take(Withdrawn("m"))

    assert len(ends) == 2
    assert (told.messages, list(told.reopened())) == ([], [])


def test_a_message_is_a_tools_where_it_answers_a_call():
    told = Told()
    for event in (TextStarted("m"), TextEnded("m"), ToolAnswered("res", "c", "done")):
        told.take(event)

    assert [message["role"] for message in told.messages] == ["assistant", "tool"]
