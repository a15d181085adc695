"""Bad input over HTTP: a 4xx that names the field, and nothing changed."""

import pytest

TASKS = [
    ('{"title": ""}', "title"),
    ('{"title": "   "}', "title"),
    ("{}", "title"),
    ('{"title": null}', "title"),
    ('{"title": 7}', "title"),
    ('{"title": "a\\u0000b"}', "title"),
    ('{"title": "a\\ud800b"}', "title"),
    ('{"title": "%s"}' % ("x" * 501), "title"),
    ('{"title": "a", "body": "\\u0000"}', "body"),
    ('{"title": "a", "tags": ["\\u0000"]}', "tags[0]"),
    ('{"title": "a", "project": "\\u0000"}', "project"),
    ('{"title": "a", "priority": 0}', "priority"),
    ('{"title": "a", "priority": 99999999999999999999999}', "priority"),
    ('{"title": "a", "duration_minutes": 1e400}', "duration_minutes"),
    ('{"title": "a", "due": "soon"}', "due"),
    ('{"title": "a", "due": 5}', "due"),
    ('{"title": "a", "due": "2026-02-30"}', "due"),
    ('{"title": "a", "due": "0001-01-01"}', "due"),
    ('{"title": "a", "due": "0001-01-01T00:00:00+14:00"}', "due"),
    ('{"title": "a", "due": "9999-12-31T23:59:59-12:00"}', "due"),
    ('{"title": "a", "remind_at": "9999-12-31T23:59:59-12:00"}', "remind_at"),
    ('{"title": "a", "due": "2026-11-27", "recurrence": "FREQ=SOMETIMES"}', "recurrence"),
    ('{"title": "a", "recurrence": "FREQ=DAILY"}', "due"),
    ('{"title": "a", "colour": "red"}', "colour"),
    ('{"title": "a", "user_id": "00000000-0000-4000-8000-000000000001"}', "user_id"),
    ("[]", "body"),
    ("null", "body"),
]


@pytest.mark.parametrize("body, field", TASKS, ids=[f"{field}-{n}" for n, (_, field) in enumerate(TASKS)])
async def test_a_bad_task_is_refused_by_field(client, body, field):
    answer = await client.post("/tasks", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert (await client.get("/actions")).json()["items"] == []


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b"\xff\xfe", b'{"title": ' + b"9" * 5000 + b"}", b"[" * 50_000],
    ids=["half", "empty", "not-utf8", "huge-int", "deep"],
)
async def test_what_is_not_json_is_refused(client, body):
    answer = await client.post("/tasks", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "method, path, body, field",
    [
        ("GET", "/tasks?limit=0", None, "limit"),
        ("GET", "/tasks?limit=99999999999999999999", None, "limit"),
        ("GET", "/tasks?cursor=nonsense", None, "cursor"),
        ("GET", "/tasks?cursor=%00", None, "cursor"),
        ("GET", "/tasks?due=tomorrow", None, "due"),
        ("GET", "/tasks?due=2026-11-28..2026-11-21", None, "due"),
        ("GET", "/tasks?query=%00", None, "query"),
        ("GET", "/tasks?tag=%00", None, "tag"),
        ("GET", "/tasks?status=maybe", None, "status"),
        ("GET", "/tasks/seven", None, "task_id"),
        ("GET", "/notes?query=%00", None, "query"),
        ("POST", "/notes", {"body": "  "}, "body"),
        ("POST", "/notes", {"title": "\x00"}, "title"),
        ("POST", "/habits", {"name": "Run", "times": 3}, "times"),
        ("POST", "/habits", {"name": ""}, "name"),
        ("POST", "/habits", {"name": "Run", "target": -1, "kind": "numeric"}, "target"),
        ("GET", "/search?q=", None, "q"),
        ("GET", "/search?q=%00", None, "q"),
        ("GET", "/search?q=a&kind=cat", None, "kind[0]"),
        ("GET", "/search/suggest?q=%00", None, "q"),
        ("GET", "/memories?cursor=x", None, "cursor"),
        ("GET", "/actions?cursor=x", None, "cursor"),
        ("GET", "/threads?query=%00", None, "query"),
        ("GET", "/threads/%00", None, "thread_id"),
        ("GET", "/runs/%00", None, "run_id"),
        ("PATCH", "/me", {"zone": "Mars/Base"}, "zone"),
        ("PATCH", "/me", {"zone": "../etc/passwd"}, "zone"),
        ("PATCH", "/me", {"zone": "\x00"}, "zone"),
        ("PATCH", "/me", {"week_start": 9}, "week_start"),
        ("PATCH", "/me", {"name": None}, "name"),
        ("PATCH", "/me", {"locale": "?"}, "locale"),
    ],
)
async def test_a_bad_request_is_refused_by_field(client, method, path, body, field):
    answer = await client.request(method, path, json=body)

    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in [error["field"] for error in answer.json()["errors"]]


async def test_an_entry_of_tomorrow_is_refused(client):
    habit = (await client.post("/habits", json={"name": "Run"})).json()

    answer = await client.put(f"/habits/{habit['id']}/entries/2026-11-22", json={})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "date"


async def test_an_endless_value_is_refused(client):
    habit = (await client.post("/habits", json={"name": "Run", "kind": "numeric"})).json()

    answer = await client.put(
        f"/habits/{habit['id']}/entries/2026-11-20",
        content='{"value": NaN}',
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "value"


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_without_end_is_refused(client, declared):
    async def pieces():
        for _ in range(9):
            yield b"x" * 1_000_000

    body = b"x" * 9_000_000 if declared else pieces()
    answer = await client.post("/notes", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "method, path, status", [("GET", "/nowhere", 404), ("PUT", "/tasks", 405), ("GET", "/agui", 405)]
)
async def test_what_is_not_there_is_a_problem_too(client, method, path, status):
    answer = await client.request(method, path)

    assert answer.status_code == status
    assert answer.json() | {"type": "about:blank", "status": status} == answer.json()
