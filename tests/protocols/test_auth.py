"""Who may come in, and that nobody sees or touches what is another's."""

from uuid import uuid4

import httpx2
import pytest

from domain.keys import hash_of


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer mcx_unknown"},
        {"Authorization": "Basic mcx_unknown"},
        {"Authorization": "Bearer \xff"},
    ],
    ids=["none", "no-key", "unknown", "other-scheme", "not-ascii"],
)
async def test_without_a_valid_key_nothing_is_told(new_app, headers):
    transport = httpx2.ASGITransport(app=new_app("keys"))
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]

    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost", headers=raw) as http:
        answers = [await http.get(path) for path in ("/tasks", "/me", "/threads", "/agui/capabilities")]
        answers.append(await http.post("/agui", json={"threadId": "t", "runId": "r", "messages": []}))

    assert {answer.status_code for answer in answers} == {401}
    assert all(answer.headers["www-authenticate"] == "Bearer" for answer in answers)
    assert all(answer.headers["content-type"] == "application/problem+json" for answer in answers)


async def test_a_revoked_key_is_refused(new_app, people, user):
    await people.add_key(user, hash_of("mcx_revoked"))
    await people.revoke_key(hash_of("mcx_revoked"))
    transport = httpx2.ASGITransport(app=new_app("keys"))

    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as http:
        answer = await http.get("/me", headers={"Authorization": "Bearer mcx_revoked"})

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "url, status",
    [("http://localhost:8000", 200), ("http://127.0.0.1", 200), ("http://[::1]", 200), ("http://evil.example", 401)],
)
async def test_without_keys_a_foreign_name_is_refused(new_app, people, url, status):
    await people.ensure_local()
    transport = httpx2.ASGITransport(app=new_app("none"))

    async with httpx2.AsyncClient(transport=transport, base_url=url) as http:
        assert (await http.get("/me")).status_code == status


async def test_health_and_the_page_need_no_key(new_app):
    transport = httpx2.ASGITransport(app=new_app("keys"))

    async with httpx2.AsyncClient(transport=transport, base_url="http://metacortex.example") as http:
        answers = [await http.get(path) for path in ("/health/live", "/health/ready", "/", "/web/page.js")]

    assert [answer.status_code for answer in answers] == [200] * 4
    assert "default-src 'self'" in answers[2].headers["content-security-policy"]


@pytest.fixture
async def belongings(client, said):
    """One of each noun that a person can have, by its path."""
    task = (await client.post("/tasks", json={"title": "Zebra task", "due": "2026-12-01"})).json()
    note = (await client.post("/notes", json={"body": "Zebra note"})).json()
    habit = (await client.post("/habits", json={"name": "Zebra habit"})).json()
    await client.post(
        "/agui", json=said("Remember that zebras are my favourite animal", threadId="zoo", runId="run-zoo")
    )
    memory = (await client.get("/memories")).json()["items"][0]
    action = (await client.get("/actions")).json()["items"][-1]
    return {
        "task": f"/tasks/{task['id']}",
        "note": f"/notes/{note['id']}",
        "habit": f"/habits/{habit['id']}",
        "memory": f"/memories/{memory['id']}",
        "action": f"/actions/{action['id']}",
    }


async def test_nobody_sees_what_is_anothers(client, stranger, belongings):
    paths = [path for noun, path in belongings.items() if noun != "memory"]
    paths += [f"{belongings['note']}/similar", f"{belongings['habit']}/insights"]
    paths += ["/threads/zoo", "/threads/zoo/messages", "/runs/run-zoo", "/runs/run-zoo/events"]

    mine = {path: (await client.get(path)).status_code for path in paths}
    theirs = {path: (await stranger.get(path)).status_code for path in paths}

    assert set(mine.values()) == {200}, mine
    assert set(theirs.values()) == {404}, theirs


async def test_no_list_holds_what_is_anothers(client, stranger, belongings):
    lists = ["/tasks?status=all", "/notes", "/habits", "/memories", "/actions", "/threads", "/search?q=zebra"]
    lists += ["/search/suggest?q=zeb", "/tasks?query=zebra", "/notes?query=zebra", "/threads?query=zebra"]

    mine = {path: len((await client.get(path)).json()["items"]) for path in lists}
    theirs = {path: len((await stranger.get(path)).json()["items"]) for path in lists}

    assert all(mine.values()), mine
    assert not any(theirs.values()), theirs


async def test_nobody_changes_what_is_anothers(client, stranger, belongings):
    attempts = [
        ("PATCH", belongings["task"], {"title": "Mine"}),
        ("DELETE", belongings["task"], None),
        ("PATCH", belongings["note"], {"body": "Mine"}),
        ("DELETE", belongings["note"], None),
        ("PATCH", belongings["habit"], {"name": "Mine"}),
        ("PUT", f"{belongings['habit']}/entries/2026-11-20", {}),
        ("DELETE", belongings["habit"], None),
        ("PATCH", belongings["memory"], {"text": "Mine"}),
        ("DELETE", belongings["memory"], None),
        ("POST", f"{belongings['action']}/undo", None),
        ("PATCH", "/threads/zoo", {"title": "Mine"}),
        ("DELETE", "/threads/zoo", None),
        ("POST", "/runs/run-zoo/cancel", None),
    ]
    before = (await client.get("/actions")).json()

    refused = {(m, path): (await stranger.request(m, path, json=body)).status_code for m, path, body in attempts}

    assert set(refused.values()) == {404}, refused
    assert (await client.get("/actions")).json() == before
    assert (await client.get("/threads/zoo")).status_code == 200


async def test_two_people_may_use_the_same_ids(client, stranger, said):
    await client.post("/agui", json=said("add task buy zebra food", threadId="same", runId="same"))
    await stranger.post("/agui", json=said("add task buy lion food", threadId="same", runId="same"))

    mine = (await client.get("/tasks")).json()["items"]
    theirs = (await stranger.get("/tasks")).json()["items"]

    assert ["zebra" in task["title"].lower() for task in mine] == [True]
    assert ["lion" in task["title"].lower() for task in theirs] == [True]


async def test_the_same_idempotency_key_of_two_people_is_two(client, stranger):
    headers = {"Idempotency-Key": str(uuid4())}

    mine = (await client.post("/tasks", json={"title": "Mine"}, headers=headers)).json()
    theirs = (await stranger.post("/tasks", json={"title": "Theirs"}, headers=headers)).json()

    assert (mine["title"], theirs["title"]) == ("Mine", "Theirs")
