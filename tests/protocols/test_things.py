"""Notes, habits, memories, threads, search and the profile over HTTP."""

import pytest

from domain.memories import Memory
from storage.ledger import Decision


@pytest.fixture
def propose(ledger, new_call, noon):
    async def add(text):
        memory = Memory(text=text, proposed_by="code", created_at=noon, updated_at=noon)
        await ledger.act(new_call(), lambda _: Decision("Noticed.", ((None, memory),), ()), at=noon)
        return memory.id

    return add


async def test_a_note_lives(client):
    note = (await client.post("/notes", json={"body": "# Wifi\n\nThe code is 1234", "tags": ["home"]})).json()
    assert note["title"] == "Wifi"

    changed = (await client.patch(f"/notes/{note['id']}", json={"title": "Router", "tags": []})).json()

    assert changed | {"title": "Router", "body": note["body"], "tags": []} == changed
    assert (await client.get("/notes?tag=home")).json()["items"] == []
    assert (await client.delete(f"/notes/{note['id']}")).status_code == 204
    assert (await client.get(f"/notes/{note['id']}")).status_code == 404


async def test_a_change_without_fields_changes_nothing(client):
    note = (await client.post("/notes", json={"body": "Same"})).json()

    assert (await client.patch(f"/notes/{note['id']}", json={})).json() == note


async def test_a_note_is_not_similar_to_itself(client):
    first = (await client.post("/notes", json={"body": "The garden needs water in summer"})).json()
    second = (await client.post("/notes", json={"body": "Water the garden twice a week"})).json()

    found = (await client.get(f"/notes/{first['id']}/similar")).json()["items"]

    assert [hit["id"] for hit in found] == [second["id"]]


async def test_tags_that_would_fit_a_note_are_suggested_and_not_given(client):
    await client.post("/notes", json={"body": "The garden needs water in summer", "tags": ["garden"]})
    note = (await client.post("/notes", json={"body": "# Watering\n\nWater the garden twice a week"})).json()

    suggested = (await client.get(f"/notes/{note['id']}/suggestions")).json()

    assert suggested == {"tags": ["garden"], "title": "Watering"}
    assert (await client.get(f"/notes/{note['id']}")).json()["tags"] == []


async def test_a_habit_lives(client):
    habit = (await client.post("/habits", json={"name": "Run", "times": 3, "per_days": 7})).json()
    path = f"/habits/{habit['id']}"
    assert habit | {"kind": "boolean", "created_on": "2026-11-21", "archived_at": None} == habit

    for day in ("2026-11-19", "2026-11-20", "2026-11-21"):
        await client.put(f"{path}/entries/{day}", json={})
    await client.put(f"{path}/entries/2026-11-20", json={"status": "missed"})

    insights = (await client.get(f"{path}/insights")).json()
    assert insights | {"days_done": 2, "last_done": "2026-11-21", "until": "2026-11-21"} == insights
    assert (await client.patch(path, json={"archived": True})).json()["archived_at"] is not None
    assert (await client.get("/habits")).json()["items"] == []
    assert (await client.put(f"{path}/entries/2026-11-21", json={})).status_code == 422
    assert (await client.delete(path)).status_code == 204


async def test_a_put_entry_replaces_what_stood_there(client):
    habit = (await client.post("/habits", json={"name": "Water", "kind": "numeric", "target": 2, "unit": "l"})).json()
    path = f"/habits/{habit['id']}/entries/2026-11-21"

    await client.put(path, json={"value": 1.5})
    again = await client.put(path, json={"value": 1.5, "comment": "again"})

    assert again.json() == {"date": "2026-11-21", "status": "done", "value": 1.5, "comment": "again"}


async def test_a_memory_is_corrected_and_forgotten(client, said):
    await client.post("/agui", json=said("Remember that my sister is called Ana"))
    (memory,) = (await client.get("/memories")).json()["items"]
    path = f"/memories/{memory['id']}"

    corrected = await client.patch(path, json={"text": "My sister is called Anna"})

    assert corrected.json()["text"] == "My sister is called Anna"
    assert (await client.delete(path)).status_code == 204
    assert (await client.get("/memories")).json()["items"] == []


async def test_a_memory_that_no_longer_holds_stays_as_past(client, said):
    await client.post("/agui", json=said("Remember that I live in Berlin"))
    await client.post("/agui", json=said("Remember that I moved to Hamburg"))

    items = {item["state"]: item for item in (await client.get("/memories")).json()["items"]}
    hamburg, berlin = items["kept"], items["past"]
    assert (hamburg["state"], hamburg["valid_from"], hamburg["valid_until"]) == ("kept", "2026-11-21", None)
    assert (berlin["state"], berlin["valid_until"], berlin["replaced_by"]) == ("past", "2026-11-21", hamburg["id"])
    assert [item["id"] for item in (await client.get("/memories?state=kept")).json()["items"]] == [hamburg["id"]]

    ended = await client.patch(f"/memories/{hamburg['id']}", json={"state": "past"})
    assert ended.json()["state"] == "past"
    again = await client.patch(f"/memories/{hamburg['id']}", json={"text": "I live in Bremen"})
    assert again.status_code == 409
    empty = await client.patch(f"/memories/{hamburg['id']}", json={})
    assert empty.status_code == 422
    assert "state" in empty.json()["detail"]
    search = (await client.get("/search", params={"q": "Berlin Hamburg", "kind": "memory"})).json()
    assert search["items"] == []


async def test_a_proposal_is_agreed_to_and_ends_what_it_contradicts(client, said, propose):
    await client.post("/agui", json=said("Remember that I live in Berlin"))
    proposed = await propose("I moved to Hamburg")
    kept = await client.patch(f"/memories/{proposed}", json={"state": "kept"})

    assert kept.json()["state"] == "kept"
    states = {item["text"]: item["state"] for item in (await client.get("/memories")).json()["items"]}
    assert states == {"I live in Berlin": "past", "I moved to Hamburg": "kept"}


async def test_a_thread_is_renamed_and_deleted(client, said):
    await client.post("/agui", json=said("add task buy milk", threadId="t"))

    renamed = await client.patch("/threads/t", json={"title": "Groceries"})

    assert renamed.json()["title"] == "Groceries"
    assert [t["id"] for t in (await client.get("/threads?query=grocer")).json()["items"]] == ["t"]
    assert (await client.delete("/threads/t")).status_code == 204
    assert (await client.get("/threads/t/messages")).status_code == 404
    assert len((await client.get("/tasks")).json()["items"]) == 1


@pytest.mark.parametrize("kind, count", [("", 2), ("&kind=note", 1), ("&kind=note&kind=task", 2), ("&kind=habit", 0)])
async def test_search_finds_by_words_and_kind(client, kind, count):
    await client.post("/tasks", json={"title": "Order a new boiler"})
    await client.post("/notes", json={"body": "The boiler was serviced in March"})
    await client.post("/notes", json={"body": "Something else entirely"})

    found = (await client.get(f"/search?q=boiler{kind}")).json()["items"]

    assert len(found) == count
    assert all(set(hit) == {"kind", "id", "title", "passage", "score", "date"} for hit in found)


async def test_search_shows_what_stands_around_a_passage_when_asked_for(client):
    days = ("Rome", "Bari", "Lecce")
    await client.post("/notes", json={"body": "\n\n".join(f"# {day}\n\n" + f"Of {day} much. " * 40 for day in days)})

    (alone,) = (await client.get("/search?q=Bari")).json()["items"]
    (around,) = (await client.get("/search?q=Bari&neighbours=1")).json()["items"]

    assert "Rome" in around["before"][-1] and "Lecce" in around["after"][0]
    assert alone == {name: value for name, value in around.items() if name not in ("before", "after")}
    assert (await client.get("/search?q=Bari&neighbours=4")).status_code == 422


async def test_search_says_what_it_could_not_compare_and_keeps_to_days_and_tags(client):
    await client.post("/notes", json={"body": "The boiler was serviced", "tags": ["flat"]})

    found = (await client.get("/search?q=boiler&tag=flat&since=2000-01-01&until=9999-12-31")).json()
    none = (await client.get("/search?q=boiler&until=2000-01-01")).json()

    assert [hit["title"] for hit in found["items"]] == ["The boiler was serviced"]
    assert set(found) == {"items", "next", "degraded", "dates"}
    assert none["items"] == []


async def test_completions_are_titles(client):
    await client.post("/tasks", json={"title": "Order a new boiler"})

    assert (await client.get("/search/suggest?q=order")).json()["items"] == ["Order a new boiler"]


async def test_the_profile_is_changed(client):
    sent = {"name": "Ada", "zone": "Asia/Kathmandu", "locale": "en-GB", "week_start": 6}

    changed = (await client.patch("/me", json=sent)).json()

    assert changed == (await client.get("/me")).json()
    assert changed | sent == changed


async def test_an_undo_after_a_later_edit_is_a_conflict(client):
    task = (await client.post("/tasks", json={"title": "Milk"})).json()
    (added,) = (await client.get("/actions")).json()["items"]
    await client.patch(f"/tasks/{task['id']}", json={"title": "Oat milk"})

    refused = await client.post(f"/actions/{added['id']}/undo")

    assert refused.status_code == 409
    assert "milk" in refused.json()["detail"].lower()
