"""A run over REST: read again from any number and any replica, and ended from anywhere."""

import asyncio

import pytest


@pytest.fixture
def dsn(new_database):
    """A database of their own: no other test's runs are taken over here."""
    return new_database()


async def test_a_reader_who_comes_back_misses_nothing(replica, opened, model, said, words_in):
    async with opened(replica, "POST", "/agui", json=said("hello", runId="r")) as stream:
        model.says("One ", "two ", "three ")
        heard = [await stream.until("TEXT_MESSAGE_CONTENT"), await stream.until("TEXT_MESSAGE_CONTENT")]

    async with opened(replica, "GET", "/runs/r/events", headers={"Last-Event-ID": stream.ids[-1]}) as again:
        model.says("four.")
        model.ends()
        rest = await again.rest()

    assert words_in([*heard[0], *heard[1]]) + words_in(rest) == "One two three four."
    assert rest[-1]["type"] == "RUN_FINISHED"
    assert int(again.ids[0].removeprefix("r:")) == int(stream.ids[-1].removeprefix("r:")) + 1


async def test_a_run_is_read_while_another_replica_tells_it(replica, other_replica, opened, model, said, words_in):
    async with opened(replica, "POST", "/agui", json=said("hello", runId="r")) as stream:
        model.says("One ")
        await stream.until("TEXT_MESSAGE_CONTENT")
        async with opened(other_replica, "GET", "/runs/r/events?after=1") as elsewhere:
            begun = await elsewhere.until("TEXT_MESSAGE_CONTENT")
            model.says("two.")
            model.ends()
            rest = await elsewhere.rest()
        await stream.rest()

    assert begun[0]["type"] == "TEXT_MESSAGE_START"
    assert words_in([*begun, *rest]) == "One two."
    assert rest[-1]["type"] == "RUN_FINISHED"


async def test_a_finished_run_is_told_again_from_any_number(client, said, events_of, words_in):
    whole = events_of(await client.post("/agui", json=said("hello", runId="r")))
    count = len(whole)

    for after in range(count):
        rest = events_of(await client.get(f"/runs/r/events?after={after}"))
        assert words_in(rest) == words_in(whole[after:])
        assert rest[-1] == whole[-1]
    assert events_of(await client.get(f"/runs/r/events?after={count}")) == []


async def test_the_larger_number_counts_where_two_are_given(client, said, events_of):
    await client.post("/agui", json=said("hello", runId="r"))

    answer = await client.get("/runs/r/events?after=1", headers={"Last-Event-ID": "r:2"})

    assert events_of(answer)[0]["type"] == "TEXT_MESSAGE_CONTENT"


@pytest.mark.parametrize("place", ["other:5", "r:", "r:-1", "r:x", "5", "r:²", "r:99999999999999999999"])
async def test_a_place_that_is_none_of_the_run_is_its_beginning(client, said, events_of, place):
    await client.post("/agui", json=said("hello", runId="r"))

    answer = await client.get("/runs/r/events", headers={"Last-Event-ID": place.encode()})

    assert events_of(answer)[0]["type"] == "RUN_STARTED"


async def test_a_place_may_be_of_any_letters(client, said, events_of):
    await client.post("/agui", json=said("hello", runId="läuft"))

    answer = await client.get("/runs/läuft/events", headers={"Last-Event-ID": "läuft:3".encode()})

    assert events_of(answer)[0]["type"] == "TEXT_MESSAGE_CONTENT"


@pytest.mark.parametrize("after", ["-1", "x", "1e3", "9999999999999"])
async def test_a_number_that_is_none_is_refused(client, said, after):
    await client.post("/agui", json=said("hello", runId="r"))

    answer = await client.get(f"/runs/r/events?after={after}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "after"


async def test_an_expired_log_tells_what_was_said_and_how_it_ended(client, said, events_of, words_in, pool, user):
    await client.post("/tasks", json={"title": "Paint the fence"})
    whole = events_of(await client.post("/agui", json=said("what tasks do I have?", runId="r")))
    async with pool.connection() as connection, connection.transaction():
        await connection.execute("SELECT set_config('app.user_id', %s, true)", [str(user)])
        await connection.execute("DELETE FROM run_events WHERE run_id = 'r'")

    again = events_of(await client.get("/runs/r/events", headers={"Last-Event-ID": "r:4"}))

    assert again[0] == whole[0]
    assert again[-1] == whole[-1]
    assert words_in(again) == words_in(whole)
    results = [event["content"] for event in whole if event["type"] == "TOOL_CALL_RESULT"]
    assert [event["content"] for event in again if event["type"] == "TOOL_CALL_RESULT"] == results


async def test_anothers_run_is_not_there(client, stranger, said):
    await client.post("/agui", json=said("hello", runId="r"))

    answers = [
        await stranger.get("/runs/r"),
        await stranger.get("/runs/r/events"),
        await stranger.post("/runs/r/cancel"),
        await client.get("/runs/unknown/events"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}


async def test_a_run_is_cancelled_from_another_replica(replica, other_replica, opened, model, said, words_in):
    body = said("hello", runId="r", threadId="t")
    async with opened(replica, "POST", "/agui", json=body) as stream:
        model.says("Half of ")
        begun = await stream.until("TEXT_MESSAGE_CONTENT")
        answer = await other_replica.post("/runs/r/cancel")
        rest = await stream.rest()

    assert answer.json()["status"] == "cancelled"
    assert [event["type"] for event in rest] == ["TEXT_MESSAGE_END", "RUN_FINISHED"]
    assert rest[-1]["outcome"] == {"type": "cancelled"}
    kept = (await other_replica.get("/threads/t/messages")).json()["items"]
    assert [message["content"] for message in kept] == ["hello", words_in(begun)]
    assert (await other_replica.post("/runs/r/cancel")).status_code == 409


async def test_a_client_of_before_1_0_hears_of_a_cancel_in_its_own_words(replica, other_replica, opened, model, said):
    body = said("hello", runId="r", threadId="t")
    del body["protocolVersion"]
    async with opened(replica, "POST", "/agui", json=body) as stream:
        model.says("Half of ")
        await stream.until("TEXT_MESSAGE_CONTENT")
        await other_replica.post("/runs/r/cancel")
        rest = await stream.rest()

    assert [event["type"] for event in rest] == ["TEXT_MESSAGE_END", "CUSTOM", "RUN_FINISHED"]
    assert (rest[1]["name"], rest[1]["value"]) == ("metacortex.cancelled", {"runId": "r"})
    assert "outcome" not in rest[2]
    # Cut off between the two, it would come back from before both.
    assert stream.ids[-2] is None and stream.ids[-1] is not None


async def test_a_cancel_between_a_call_and_its_words_leaves_the_thread_whole(replica, opened, model, said):
    async with opened(replica, "POST", "/agui", json=said("buy milk", runId="r", threadId="t")) as stream:
        model.calls("add_tasks", '{"tasks": [{"title": ')
        await stream.until("TOOL_CALL_ARGS")
        await replica.post("/runs/r/cancel")
        rest = await stream.rest()
    model.says("Here I am.")
    model.ends()
    async with opened(replica, "POST", "/agui", json=said("still there?", threadId="t")) as stream:
        after = await stream.rest()

    assert [event["type"] for event in rest] == ["TOOL_CALL_END", "TOOL_CALL_RESULT", "RUN_FINISHED"]
    assert after[-1]["outcome"] == {"type": "success"}
    assert (await replica.get("/tasks")).json()["items"] == []


async def test_a_waiting_run_is_cancelled_and_its_question_is_closed(client, said, events_of):
    await client.post("/tasks", json={"title": "Buy milk"})
    asked = events_of(await client.post("/agui", json=said("delete the task buy milk", threadId="t", runId="r")))
    answer = {"interruptId": asked[-1]["outcome"]["interrupts"][0]["id"], "status": "resolved"}
    answer["payload"] = {"approved": True}

    cancelled = await client.post("/runs/r/cancel")
    late = await client.post("/agui", json=said("", threadId="t", messages=[], resume=[answer]))

    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert late.status_code == 422
    assert len((await client.get("/tasks")).json()["items"]) == 1
    (call,) = [call for message in (await _messages(client)) for call in message["tool_calls"]]
    assert [message["tool_call_id"] for message in await _messages(client) if message["role"] == "tool"] == [call["id"]]
    after = events_of(await client.post("/agui", json=said("hello", threadId="t")))
    assert after[-1]["outcome"] == {"type": "success"}


async def test_a_run_goes_on_where_its_reader_leaves(replica, opened, model, said, until):
    async with opened(replica, "POST", "/agui", json=said("hello", runId="r", threadId="t")) as stream:
        model.says("Half ")
        await stream.until("TEXT_MESSAGE_CONTENT")
    model.says("and half.")
    model.ends()

    async def finished():
        return (await replica.get("/runs/r")).json()["status"] == "finished"

    await until(finished)

    kept = (await replica.get("/threads/t/messages")).json()["items"]
    assert [message["content"] for message in kept] == ["hello", "Half and half."]


async def test_many_read_one_run(replica, other_replica, opened, model, said, words_in):
    async def read(http):
        async with opened(http, "GET", "/runs/r/events") as stream:
            return await stream.rest()

    async with opened(replica, "POST", "/agui", json=said("hello", runId="r")) as stream:
        model.says("One ")
        await stream.until("TEXT_MESSAGE_CONTENT")
        readers = [asyncio.create_task(read(http)) for http in (replica, other_replica) * 3]
        model.says("two.")
        model.ends()
        told = await asyncio.gather(*readers)

    assert [words_in(events) for events in told] == ["One two."] * 6
    assert {events[-1]["type"] for events in told} == {"RUN_FINISHED"}


async def test_a_reader_stays_while_another_process_takes_the_run_over(
    replica, opened, model, said, words_in, pool, until
):
    async def taken_over():
        return (await replica.get("/runs/r")).json()["attempts"] == 2

    async with opened(replica, "POST", "/agui", json=said("hello", runId="r", threadId="t")) as stream:
        model.says("Lost ")
        begun = await stream.until("TEXT_MESSAGE_CONTENT")
        async with pool.connection() as connection:
            await connection.execute("UPDATE leases SET owner = gen_random_uuid(), until = now() - interval '1 s'")
        await until(taken_over)
        model.says("Words that ", "last.")
        model.ends()
        rest = await stream.rest()

    withdrawn = next(n for n, event in enumerate(rest) if event["type"] == "CUSTOM")
    lost = begun[-1]["messageId"]
    assert rest[withdrawn]["value"] == {"messageId": lost}
    assert rest[withdrawn - 1] == {"type": "TEXT_MESSAGE_END", "messageId": lost}
    assert rest[withdrawn + 1]["type"] == "MESSAGES_SNAPSHOT"
    assert [message["content"] for message in rest[withdrawn + 1]["messages"]] == ["hello"]
    assert words_in(rest[withdrawn:]).endswith("Words that last.")
    assert rest[-1]["type"] == "RUN_FINISHED"
    assert [message["role"] for message in await _messages(replica)] == ["user", "assistant"]


async def _messages(client):
    return (await client.get("/threads/t/messages")).json()["items"]
