"""AG-UI over HTTP: a turn in, events out, and what is refused before the stream opens."""

import asyncio
import json

import pytest

from domain.events import RunCancelled
from protocols.agui import said_before_1_0

YES = {"interruptId": "ap_1", "status": "resolved", "payload": {"approved": True}}


@pytest.fixture
def dsn(new_database):
    """A database of their own: no other test's runs are taken over here."""
    return new_database()


async def test_a_turn_does_what_is_asked_and_says_so(client, said, events_of, words_in):
    answer = await client.post("/agui", json=said("remind me to call the dentist tomorrow at 3pm", runId="r"))

    events = events_of(answer)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "\r" not in answer.text
    assert answer.text.startswith("id: r:1\ndata: ")
    assert [events[0]["type"], events[-1]["type"]] == ["RUN_STARTED", "RUN_FINISHED"]
    assert "dentist" in words_in(events)
    (task,) = (await client.get("/tasks")).json()["items"]
    assert task["due"] == "2026-11-22T15:00:00+00:00"


async def test_the_same_run_again_is_told_again_and_acts_once(client, said, events_of, words_in):
    body = said("add task buy milk")

    first = events_of(await client.post("/agui", json=body))
    again = events_of(await client.post("/agui", json=body))

    assert (again[0], again[-1]) == (first[0], first[-1])
    assert words_in(again) == words_in(first)
    assert [event["type"] for event in again].count("TOOL_CALL_RESULT") == 1
    assert len((await client.get("/tasks")).json()["items"]) == 1


async def test_the_same_run_sent_again_while_it_goes_on_is_joined(
    replica, other_replica, opened, model, said, words_in
):
    body = said("hello")
    async with opened(replica, "POST", "/agui", json=body) as stream:
        model.says("One ")
        begun = await stream.until("TEXT_MESSAGE_CONTENT")
        async with opened(other_replica, "POST", "/agui", json=body) as again:
            joined = await again.until("TEXT_MESSAGE_CONTENT")
            model.says("two.")
            model.ends()
            told = [await stream.rest(), await again.rest()]

    assert words_in([*begun, *told[0]]) == words_in([*joined, *told[1]]) == "One two."
    assert len(model.asked) == 1


async def test_the_run_of_another_thread_is_a_conflict(client, said):
    await client.post("/agui", json=said("hello", runId="r"))

    assert (await client.post("/agui", json=said("hello", runId="r"))).status_code == 409


async def test_words_in_parts_are_read_and_other_parts_skipped(client, said):
    parts = [
        {"type": "image", "source": {"type": "url", "value": "https://example.com/cat.png"}},
        {"type": "text", "text": "add task feed the cat"},
    ]

    await client.post("/agui", json=said("", messages=[{"id": "m", "role": "user", "content": parts}]))

    (task,) = (await client.get("/tasks")).json()["items"]
    assert "feed the cat" in task["title"].lower()


async def test_the_thread_holds_what_was_said(client, said):
    await client.post("/agui", json=said("hello", threadId="t", runId="r"))

    messages = (await client.get("/threads/t/messages")).json()["items"]

    assert [message["role"] for message in messages] == ["user", "assistant"]
    assert messages[0]["content"] == "hello"
    assert (await client.get("/runs/r")).json()["status"] == "finished"


KINDS = ["application/json", "application/json; charset=utf-8", "application/problem+json"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_turn_is_taken_whatever_its_json_is_called(client, said, events_of, kind):
    body = json.dumps(said("hello", runId="r"))

    answer = await client.post("/agui", content=body, headers={"content-type": kind})

    assert events_of(answer)[-1]["type"] == "RUN_FINISHED"


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_wrong_with_a_turn_is_told_alike_whatever_its_json_is_called(client, said, kind):
    wrong = json.dumps(said("hello", runId=7, messages="hello"))

    broken = await client.post("/agui", content='{"threadId": "t",', headers={"content-type": kind})
    answer = await client.post("/agui", content=wrong, headers={"content-type": kind})

    assert (broken.status_code, [each["field"] for each in broken.json()["errors"]]) == (400, ["body"])
    assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (422, ["runId", "messages"])


@pytest.mark.parametrize("number", ["NaN", "1e999", "9223372036854775808", "1" + 400 * "0"])
async def test_a_number_in_an_answer_is_kept_as_it_is_or_refused(client, said, number):
    payload = {"approved": True, "editedArgs": {"ids": ["NUMBER"]}}
    answer = {"interruptId": "ap_1", "status": "resolved", "payload": payload}
    body = json.dumps(said("", messages=[], resume=[answer])).replace('"NUMBER"', number)

    refused = await client.post("/agui", content=body, headers={"content-type": "application/json"})

    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == ["resume[0].payload.editedArgs.ids"]


async def test_who_leaves_before_all_is_said_is_no_error_of_ours(replica, caplog):
    key = replica.headers["authorization"]
    head = f"POST /agui HTTP/1.1\r\nHost: localhost\r\nAuthorization: {key}\r\nContent-Type: application/json\r\n"
    _, leaving = await asyncio.open_connection("127.0.0.1", replica.base_url.port)
    leaving.write(f"{head}Content-Length: 500\r\n\r\n{{".encode())
    await leaving.drain()
    await replica.get("/health/live")

    leaving.transport.abort()
    for _ in range(3):
        await replica.get("/health/live")

    assert not caplog.records


@pytest.mark.parametrize("approved, left", [(True, 0), (False, 1)])
async def test_a_deletion_waits_for_a_yes(client, said, events_of, approved, left):
    await client.post("/tasks", json={"title": "Buy milk"})
    asked = events_of(await client.post("/agui", json=said("delete the task buy milk", threadId="t")))
    outcome = asked[-1]["outcome"]
    assert outcome["type"] == "interrupt"
    assert len((await client.get("/tasks")).json()["items"]) == 1

    answer = {"interruptId": outcome["interrupts"][0]["id"], "status": "resolved", "payload": {"approved": approved}}
    events = events_of(await client.post("/agui", json=said("", threadId="t", messages=[], resume=[answer])))

    assert events[-1]["outcome"]["type"] == "success"
    assert len((await client.get("/tasks")).json()["items"]) == left


@pytest.mark.parametrize(
    "fields, status, field",
    [
        ({"messages": []}, 422, "messages"),
        ({"messages": [{"id": "m", "role": "assistant", "content": "hi"}]}, 422, "messages"),
        ({"messages": [{"id": "m", "role": "user", "content": "  "}]}, 422, "messages[0].content"),
        ({"messages": [{"id": "m", "role": "user", "content": "a\x00b"}]}, 422, "messages[0].content"),
        ({"messages": [{"id": "a\nb", "role": "user", "content": "a"}]}, 422, "messages[0].id"),
        ({"messages": [{"id": "m", "role": "pope", "content": "a"}]}, 422, "messages[0]"),
        ({"messages": "hello"}, 422, "messages"),
        ({"threadId": ""}, 422, "threadId"),
        ({"threadId": "t\x00"}, 422, "threadId"),
        ({"runId": "r\nid: x"}, 422, "runId"),
        ({"runId": "r" * 201}, 422, "runId"),
        ({"runId": 7}, 422, "runId"),
        ({"resume": [{"interruptId": "ap_1", "status": "resolved"}]}, 422, "resume[0].payload"),
        (
            {"resume": [{"interruptId": "ap_1", "status": "resolved", "payload": {"approved": "y"}}]},
            422,
            "resume[0].payload",
        ),
        ({"resume": [YES], "messages": []}, 422, "resume"),
        ({"resume": [YES]}, 422, "messages[0]"),
        ({"forwardedProps": {"branchFrom": "unknown"}}, 422, "forwardedProps.branchFrom"),
        ({"forwardedProps": {"branchFrom": 7}}, 422, "forwardedProps.branchFrom"),
        ({"forwardedProps": {"model": 7}}, 422, "forwardedProps.model"),
        ({"forwardedProps": {"model": "openai:another"}}, 422, "model"),
        ({"forwardedProps": {"branchFrom": "a\x00b"}}, 422, "forwardedProps.branchFrom"),
    ],
)
async def test_a_bad_run_is_refused_before_the_stream(client, said, fields, status, field):
    answer = await client.post("/agui", json=said("hello", **fields))

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert (await client.get("/threads")).json()["items"] == []


async def test_a_message_of_a_hundred_thousand_characters_is_the_longest(client, said):
    answer = await client.post("/agui", json=said("x" * 100_001))

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_cancelled_run_is_said_differently_before_1_0():
    custom, finished = (json.loads(data) for data in said_before_1_0(RunCancelled("t", "r")))

    assert custom["name"] == "metacortex.cancelled"
    assert finished == {"type": "RUN_FINISHED", "threadId": "t", "runId": "r"}


async def test_a_busy_thread_names_the_run_that_is_read(replica, other_replica, opened, model, said):
    async with opened(replica, "POST", "/agui", json=said("hello", threadId="t", runId="r")) as stream:
        model.says("One ")
        await stream.until("TEXT_MESSAGE_CONTENT")
        answers = [await http.post("/agui", json=said("me too", threadId="t")) for http in (replica, other_replica)]
        model.ends()
        rest = await stream.rest()

    assert [(answer.status_code, answer.json()["run_id"]) for answer in answers] == [(409, "r")] * 2
    assert answers[0].headers["content-type"] == "application/problem+json"
    assert rest[-1]["outcome"] == {"type": "success"}
    kept = (await replica.get("/threads/t/messages")).json()["items"]
    assert [message["content"] for message in kept] == ["hello", "One "]


async def test_a_new_message_ends_a_run_that_nobody_reads(replica, other_replica, opened, model, said, user, until):
    async with opened(replica, "POST", "/agui", json=said("hello", threadId="t", runId="r")) as stream:
        model.says("Half ")
        await stream.until("TEXT_MESSAGE_CONTENT")

    async def left():
        return not replica.agent.runs.is_read(user, "r")

    await until(left)
    async with opened(other_replica, "POST", "/agui", json=said("something else", threadId="t")) as stream:
        model.says("Else.")
        model.ends()
        told = await stream.rest()

    assert told[-1]["outcome"] == {"type": "success"}
    assert (await replica.get("/runs/r")).json()["status"] == "cancelled"
    kept = (await replica.get("/threads/t/messages")).json()["items"]
    assert [message["content"] for message in kept] == ["hello", "Half ", "something else", "Else."]


async def test_a_message_beside_answers_is_refused_and_neither_is_lost(client, said, events_of):
    await client.post("/tasks", json={"title": "Buy milk"})
    asking = said("delete the task buy milk", threadId="t")
    asked = events_of(await client.post("/agui", json=asking))[-1]["outcome"]["interrupts"]
    answers = [YES | {"interruptId": asked[0]["id"]}]

    refused = await client.post("/agui", json=said("and add bread", threadId="t", resume=answers))
    repeated = {**asking, "runId": "answer", "resume": answers}
    done = events_of(await client.post("/agui", json=repeated))[-1]

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "messages[0]")
    assert done["outcome"] == {"type": "success"}
    assert (await client.get("/tasks")).json()["items"] == []


async def test_answers_to_nothing_are_ignored_beside_one_that_counts(client, said, events_of):
    await client.post("/tasks", json={"title": "Buy milk"})
    asked = events_of(await client.post("/agui", json=said("delete the task buy milk", threadId="t")))
    answer = YES | {"interruptId": asked[-1]["outcome"]["interrupts"][0]["id"]}
    body = said("", threadId="t", runId="answer", messages=[], resume=[YES, answer])

    done = events_of(await client.post("/agui", json=body))
    again = events_of(await client.post("/agui", json={**body, "runId": "once more"}))
    no = {**answer, "payload": {"approved": False}}
    against = await client.post("/agui", json={**body, "runId": "no", "resume": [no]})

    assert [event["type"] for event in done].count("TOOL_CALL_RESULT") == 1
    assert (again[0]["runId"], again[-1]) == ("answer", done[-1])
    assert against.status_code == 409


async def test_an_edited_message_takes_the_place_of_the_old_one(client, said, events_of):
    first = said("add task buy milk", threadId="t")
    await client.post("/agui", json=first)
    await client.post("/agui", json=said("hello", threadId="t"))
    branch = {"branchFrom": first["messages"][0]["id"]}

    told = events_of(await client.post("/agui", json=said("add task buy bread", threadId="t", forwardedProps=branch)))

    assert told[-1]["outcome"] == {"type": "success"}
    kept = (await client.get("/threads/t/messages")).json()["items"]
    assert [message["content"] for message in kept if message["role"] == "user"] == ["add task buy bread"]
    every = (await client.get("/threads/t/messages?aside=true")).json()["items"]
    assert [message["content"] for message in every if message["aside"] and message["role"] == "user"] == [
        "add task buy milk",
        "hello",
    ]
    assert len((await client.get("/tasks")).json()["items"]) == 2


async def test_a_branch_from_another_thread_or_person_is_none(client, stranger, said):
    first = said("hello", threadId="t")
    await client.post("/agui", json=first)
    branch = {"forwardedProps": {"branchFrom": first["messages"][0]["id"]}}

    answers = [
        await client.post("/agui", json=said("hi", threadId="elsewhere", **branch)),
        await stranger.post("/agui", json=said("hi", threadId="t", **branch)),
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert len((await client.get("/threads/t/messages")).json()["items"]) == 2


async def test_the_same_message_in_a_new_run_words_the_answer_again_and_acts_no_second_time(client, said, events_of):
    body = said("add task buy milk", threadId="t")
    first = events_of(await client.post("/agui", json=body))
    again = events_of(await client.post("/agui", json={**body, "runId": "again"}))

    assert again[-1]["outcome"] == {"type": "success"}
    assert "TOOL_CALL_START" not in [event["type"] for event in again]
    assert len((await client.get("/tasks")).json()["items"]) == 1
    kept = (await client.get("/threads/t/messages")).json()["items"]
    assert [message["role"] for message in kept] == ["user", "assistant", "tool", "assistant"]
    assert kept[-1]["run_id"] == "again"
    assert kept[1]["run_id"] == first[0]["runId"]


async def test_a_known_id_with_other_words_is_refused(client, said):
    body = said("hello", threadId="t")
    await client.post("/agui", json=body)
    other = [{**body["messages"][0], "content": "good bye"}]

    answer = await client.post("/agui", json={**body, "runId": "again", "messages": other})

    assert answer.status_code == 409


async def test_a_server_that_stops_takes_no_new_runs(client, agent, said):
    await agent.drain(0)

    answer = await client.post("/agui", json=said("hello"))

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await client.get("/health/ready")).status_code == 503
    assert (await client.get("/threads")).json()["items"] == []


async def test_a_stopping_server_says_that_the_reply_goes_on_elsewhere(
    replica, other_replica, opened, model, said, words_in
):
    async with opened(replica, "POST", "/agui", json=said("hello", threadId="t", runId="r")) as stream:
        model.says("Half ")
        await stream.until("TEXT_MESSAGE_CONTENT")
        await replica.agent.drain(0)
        (end,) = (await stream.rest())[-1:]
    async with opened(other_replica, "GET", "/runs/r/events", headers={"Last-Event-ID": stream.ids[-2]}) as again:
        told = await again.until("CUSTOM")
        model.says("A whole answer.")
        model.ends()
        rest = await again.rest()

    assert (end["type"], end["code"], stream.ids[-1]) == ("RUN_ERROR", "handover", None)
    assert [event["type"] for event in told] == ["CUSTOM"]
    assert words_in(rest) == "A whole answer."
    assert rest[-1]["outcome"] == {"type": "success"}
    kept = (await other_replica.get("/threads/t/messages")).json()["items"]
    assert [message["content"] for message in kept] == ["hello", "A whole answer."]


async def test_capabilities_are_in_the_protocols_shape(client):
    declared = (await client.get("/agui/capabilities")).json()

    assert declared["transport"]["streaming"] is True
    assert declared["humanInTheLoop"]["approvals"] is True
