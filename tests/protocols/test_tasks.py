"""Tasks over HTTP: exact values in, exact values out, each act once."""

import pytest


async def test_a_new_task_comes_back_as_it_was_sent(client):
    sent = {"title": "Pay rent", "due": "2026-12-01", "priority": 1, "tags": ["#home", "home"], "project": "Flat"}

    made = await client.post("/tasks", json=sent)

    assert made.status_code == 201
    assert made.json() == (await client.get(f"/tasks/{made.json()['id']}")).json()
    assert made.json() | {"title": "Pay rent", "due": "2026-12-01", "tags": ["home"], "body": None} == made.json()


async def test_an_instant_is_kept_in_the_zone_of_the_person(client):
    await client.patch("/me", json={"zone": "America/New_York"})

    made = await client.post("/tasks", json={"title": "Call", "due": "2026-11-27T15:00:00+01:00"})

    assert made.json()["due"] == "2026-11-27T09:00:00-05:00"


async def test_a_time_without_an_offset_is_one_on_the_persons_clock(client):
    await client.patch("/me", json={"zone": "Europe/Berlin"})

    made = await client.post("/tasks", json={"title": "Call", "due": "2026-11-27T15:00:00"})

    assert made.json()["due"] == "2026-11-27T15:00:00+01:00"


async def test_absent_keeps_and_null_empties(client):
    task = (await client.post("/tasks", json={"title": "Paint", "due": "2026-12-01", "priority": 2})).json()

    changed = (await client.patch(f"/tasks/{task['id']}", json={"due": None})).json()

    assert changed["due"] is None
    assert changed["priority"] == 2


async def test_completing_a_recurring_task_makes_the_next(client):
    sent = {"title": "Rent", "due": "2027-01-31", "recurrence": "FREQ=MONTHLY"}
    task = (await client.post("/tasks", json=sent)).json()

    done = (await client.patch(f"/tasks/{task['id']}", json={"done": True})).json()

    assert done["done_at"] is not None
    (following,) = (await client.get("/tasks")).json()["items"]
    assert following["due"] == "2027-02-28"


async def test_a_done_task_is_reopened_by_an_empty_done_at(client):
    task = (await client.post("/tasks", json={"title": "Once"})).json()
    await client.patch(f"/tasks/{task['id']}", json={"done": True})

    reopened = (await client.patch(f"/tasks/{task['id']}", json={"done_at": None})).json()

    assert reopened["done_at"] is None


async def test_the_same_key_acts_once(client):
    headers = {"Idempotency-Key": "one"}

    first = await client.post("/tasks", json={"title": "Milk"}, headers=headers)
    again = await client.post("/tasks", json={"title": "Milk"}, headers=headers)

    assert first.json() == again.json()
    assert len((await client.get("/tasks")).json()["items"]) == 1


async def test_the_same_key_with_another_body_is_refused_by_the_name_of_its_header(client):
    headers = {"Idempotency-Key": "one"}
    await client.post("/tasks", json={"title": "Milk"}, headers=headers)

    answer = await client.post("/tasks", json={"title": "Bread"}, headers=headers)

    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["detail"]
    assert [task["title"] for task in (await client.get("/tasks")).json()["items"]] == ["Milk"]


async def test_what_was_deleted_is_brought_back(client):
    task = (await client.post("/tasks", json={"title": "Milk", "tags": ["shop"]})).json()
    deleted = await client.delete(f"/tasks/{task['id']}")
    action = (await client.get("/actions")).json()["items"][0]

    undone = await client.post(f"/actions/{action['id']}/undo")

    assert deleted.status_code == 204
    assert undone.status_code == 200
    assert (await client.get(f"/tasks/{task['id']}")).json() == task
    assert (await client.post(f"/actions/{action['id']}/undo")).status_code == 409


@pytest.mark.parametrize(
    "query, titles",
    [
        ("", ["Bread", "Rent", "Milk"]),
        ("due=2026-11-21..2026-11-28", ["Bread"]),
        ("due=2026-11-22", ["Bread"]),
        ("due=..2026-12-01", ["Bread", "Rent"]),
        ("due_from=2026-11-23", ["Rent"]),
        ("tag=shop", ["Bread", "Milk"]),
        ("project=Flat", ["Rent"]),
        ("query=read", ["Bread"]),
        ("status=done", []),
        ("status=all&limit=1", ["Bread"]),
    ],
)
async def test_filters(client, query, titles):
    await client.post("/tasks", json={"title": "Milk", "tags": ["shop"]})
    await client.post("/tasks", json={"title": "Rent", "due": "2026-12-01", "project": "Flat"})
    await client.post("/tasks", json={"title": "Bread", "due": "2026-11-22", "tags": ["shop"]})

    found = (await client.get(f"/tasks?{query}")).json()

    assert [task["title"] for task in found["items"]] == titles


async def test_a_range_that_ends_before_it_begins_is_refused_by_name(client):
    refused = await client.get("/tasks?due_from=2026-11-28&due_to=2026-11-21")

    assert refused.status_code == 422
    assert refused.json()["detail"].startswith("due_from: 2026-11-28 is after due_to")


async def test_pages_follow_one_another(client):
    for number in range(5):
        await client.post("/tasks", json={"title": f"Task {number}"})

    first = (await client.get("/tasks?limit=3")).json()
    second = (await client.get("/tasks", params={"limit": 3, "cursor": first["next"]})).json()

    assert len(first["items"]) == 3
    assert {task["title"] for task in first["items"] + second["items"]} == {f"Task {number}" for number in range(5)}
    assert second["next"] is None


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=DAILY;UNTIL=20200101", "ends before it begins"),
        ("FREQ=DAILY;COUNT=0", "COUNT must be 1"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "allows no date at all"),
        ("FREQ=DAILY;" * 60, "500 characters"),
    ],
    ids=["ended", "no times", "no such day", "too long"],
)
async def test_a_rule_that_never_comes_is_refused_and_changes_nothing(client, rule, said):
    made = (await client.post("/tasks", json={"title": "Pay", "due": "2026-12-01"})).json()

    added = await client.post("/tasks", json={"title": "Pay", "due": "2026-12-01", "recurrence": rule})
    changed = await client.patch(f"/tasks/{made['id']}", json={"title": "Pay rent", "recurrence": rule, "done": True})

    for answer in (added, changed):
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == ["recurrence"]
        assert said in answer.json()["detail"]
    assert (await client.get("/tasks?status=all")).json()["items"] == [made]
