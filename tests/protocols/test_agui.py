"""AG-UI over HTTP: a turn in, events out, and what is refused before the stream opens."""

import json

import pytest
from ag_ui.core import Event
from pydantic import TypeAdapter

from domain.events import RunCancelled
from protocols.agui import said_before_1_0

EVENT = TypeAdapter(Event)


def told(answer):
    """The events of a stream, each of them valid AG-UI."""
    frames = [frame for frame in answer.text.split("\n\n") if frame and not frame.startswith(":")]
    events = [json.loads(frame.split("\ndata: ", 1)[1]) for frame in frames]
    for event in events:
        EVENT.validate_python(event)
    return events


def words(events):
    """What the assistant said."""
    return "".join(event["delta"] for event in events if event["type"] == "TEXT_MESSAGE_CONTENT")


async def test_a_turn_does_what_is_asked_and_says_so(client, said):
    answer = await client.post("/agui", json=said("remind me to call the dentist tomorrow at 3pm", runId="r"))

    events = told(answer)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "\r" not in answer.text
    assert answer.text.startswith("id: r:1\ndata: ")
    assert [events[0]["type"], events[-1]["type"]] == ["RUN_STARTED", "RUN_FINISHED"]
    assert "dentist" in words(events)
    (task,) = (await client.get("/tasks")).json()["items"]
    assert task["due"] == "2026-11-22T15:00:00+00:00"


async def test_the_same_run_again_is_told_again_and_acts_once(client, said):
    body = said("add task buy milk")

    first = await client.post("/agui", json=body)
    again = await client.post("/agui", json=body)

    assert first.text == again.text
    assert len((await client.get("/tasks")).json()["items"]) == 1


async def test_the_run_of_another_thread_is_a_conflict(client, said):
    await client.post("/agui", json=said("hello", runId="r"))

    assert (await client.post("/agui", json=said("hello", runId="r"))).status_code == 409


async def test_a_reader_who_comes_back_misses_nothing(client, said):
    whole = await client.post("/agui", json=said("hello", runId="r"))

    rest = await client.get("/runs/r/events", headers={"Last-Event-ID": "r:3"})

    assert whole.text.endswith(rest.text)
    assert rest.text.startswith("id: r:4\n")


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


@pytest.mark.parametrize("approved, left", [(True, 0), (False, 1)])
async def test_a_deletion_waits_for_a_yes(client, said, approved, left):
    await client.post("/tasks", json={"title": "Buy milk"})
    asked = told(await client.post("/agui", json=said("delete the task buy milk", threadId="t")))
    outcome = asked[-1]["outcome"]
    assert outcome["type"] == "interrupt"
    assert len((await client.get("/tasks")).json()["items"]) == 1

    answer = {"interruptId": outcome["interrupts"][0]["id"], "status": "resolved", "payload": {"approved": approved}}
    events = told(await client.post("/agui", json=said("", threadId="t", messages=[], resume=[answer])))

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
        ({"resume": [{"interruptId": "ap_1", "status": "resolved", "payload": {"approved": True}}]}, 422, "resume"),
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


async def test_a_run_that_has_ended_cannot_be_cancelled(client, said):
    await client.post("/agui", json=said("hello", runId="r"))

    assert (await client.post("/runs/r/cancel")).status_code == 409
    assert (await client.post("/runs/unknown/cancel")).status_code == 404


async def test_capabilities_are_in_the_protocols_shape(client):
    declared = (await client.get("/agui/capabilities")).json()

    assert declared["transport"]["streaming"] is True
    assert declared["humanInTheLoop"]["approvals"] is True
