"""What people bring in and take along: over HTTP, by the job that reads it, and back again."""

import io
import zipfile
from datetime import timedelta

import psycopg
import pytest

from agent.imports import bring_in
from domain.habits import Entry, Habit
from domain.notes import Note
from storage.ledger import Decision

DAY = "2026-11-27"
VAULT = {
    "Garden.md": (
        "---\ntitle: The garden\ntags: [home, outside]\ncreated: 2026-03-01\nauthor: Ada\n---\nWater it. #summer\n"
    ),
    "Work/2026-11-20.md": (
        "Standup with [[Garden|the gardeners]], see [[Garden]].\n\n"
        "- [ ] Send the slides 📅 2026-11-27 ⏫ #work\n    to all of them\n"
        "- [x] Book a room ✅ 2026-11-19\n"
        "- [-] Nothing\n"
        "```\n- [ ] not a task\n```\n"
    ),
    ".obsidian/app.json": "{}",
    "picture.png": "not text",
}


def zipped(files, **options):
    """A zip of these texts by path."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path, (2026, 11, 1, 8, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def unzipped(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.fixture
def brought(client, pool, user, noon):
    """Sends an upload, lets the job work, and tells how it went."""

    async def bring(content, http=client, whose=user, **request):
        answer = await http.post("/import", content=content, **request)
        assert answer.status_code == 202, answer.text
        while await bring_in(pool, whose, now=lambda: noon):
            pass
        return (await http.get(answer.headers["Location"])).json()

    return bring


@pytest.fixture
def things(client):
    """All that the person has, as it is on the wire."""

    async def read(http=client):
        habits = (await http.get("/habits?archived=true")).json()["items"]
        return {
            "notes": {note["title"]: note for note in (await http.get("/notes?limit=200")).json()["items"]},
            "tasks": {task["title"]: task for task in (await http.get("/tasks?status=all&limit=200")).json()["items"]},
            "habits": {habit["name"]: habit for habit in habits},
        }

    return read


async def test_a_vault_becomes_notes_and_tasks(brought, things):
    done = await brought(zipped(VAULT), params={"name": "vault.zip"})

    assert done | {"format": "vault", "status": "finished", "files": 2, "files_done": 2, "problems": []} == done
    assert done["created"] == {"note": 2, "task": 2}
    has = await things()
    garden, standup = has["notes"]["The garden"], has["notes"]["2026-11-20"]
    assert garden["tags"] == ["home", "outside", "summer"]
    assert garden["body"] == "---\nauthor: Ada\n---\nWater it. #summer\n"
    assert garden["created_at"][:10] == "2026-03-01"
    assert "[[The garden|the gardeners]], see [[The garden]]" in standup["body"]
    assert standup["created_at"][:10] == "2026-11-20"
    slides, room = has["tasks"]["Send the slides"], has["tasks"]["Book a room"]
    assert slides | {"due": DAY, "priority": 1, "tags": ["work"], "done_at": None} == slides
    assert slides["body"] == "[[2026-11-20]]\nto all of them"
    assert room["done_at"][:10] == "2026-11-19"


async def test_the_same_zip_twice_makes_nothing_twice(brought, things):
    await brought(zipped(VAULT))
    before = await things()

    again = await brought(zipped(VAULT))

    assert (again["created"], again["updated"], again["unchanged"], again["actions"]) == ({}, {}, 4, [])
    assert await things() == before


async def test_what_changed_in_the_file_changes_here_and_what_changed_here_stays(brought, things, client):
    await brought(zipped(VAULT))
    has = await things()
    await client.patch(f"/notes/{has['notes']['The garden']['id']}", json={"title": "My garden"})
    later = VAULT | {
        "Garden.md": VAULT["Garden.md"] + "More.\n",
        "Work/2026-11-20.md": VAULT["Work/2026-11-20.md"].replace(DAY, "2026-11-28"),
    }

    done = await brought(zipped(later))

    assert (done["created"], done["updated"]) == ({}, {"note": 1, "task": 1})
    assert [problem["path"] for problem in done["problems"]] == ["Garden.md"]
    assert "'My garden' was changed here" in done["problems"][0]["problem"]
    has = await things()
    assert "More." not in has["notes"]["My garden"]["body"]
    assert has["tasks"]["Send the slides"]["due"] == "2026-11-28"


async def test_an_import_is_undone_batch_by_batch_and_can_come_again(brought, things, client):
    done = await brought(zipped({f"Note {number:02}.md": "words" for number in range(45)}))
    assert len(done["actions"]) == 3

    for action in reversed(done["actions"]):
        assert (await client.post(f"/actions/{action}/undo")).status_code == 200

    assert (await things())["notes"] == {}
    assert (await brought(zipped({"Note 07.md": "words"})))["created"] == {"note": 1}


async def test_a_whole_import_is_undone_at_once_but_for_what_was_changed_since(brought, things, client):
    done = await brought(zipped(VAULT | {f"Note {number:02}.md": "words" for number in range(45)}))
    garden = (await things())["notes"]["The garden"]
    await client.patch(f"/notes/{garden['id']}", json={"title": "My garden"})

    undone = (await client.post(f"/import/{done['id']}/undo")).json()

    assert undone["undone"] == {"note": 46, "task": 2}
    assert [left["id"] for left in undone["left"]] == [garden["id"]]
    assert "'The garden' was changed after that" in undone["left"][0]["problem"]
    has = await things()
    assert (list(has["notes"]), has["tasks"]) == (["My garden"], {})
    again = (await client.post(f"/import/{done['id']}/undo")).json()
    assert again == {"undone": {}, "left": [], "actions": []}


async def test_the_undo_of_an_import_can_be_undone(brought, things, client):
    done = await brought(zipped(VAULT))
    before = await things()
    undone = (await client.post(f"/import/{done['id']}/undo")).json()

    for action in reversed(undone["actions"]):
        assert (await client.post(f"/actions/{action}/undo")).status_code == 200

    assert (await things())["notes"].keys() == before["notes"].keys()
    assert (await client.post(f"/import/{done['id']}/undo")).json()["undone"] == {"note": 2, "task": 2}


async def test_a_habit_that_was_logged_since_stays_where_its_import_is_undone(ledger, new_call, noon):
    habit = Habit(name="Run", created_on=noon.date(), created_at=noon, updated_at=noon)
    note = Note(title="", body="words", created_at=noon, updated_at=noon)
    made = await ledger.act(new_call(), lambda _: Decision("", ((None, habit), (None, note)), ()), at=noon)
    entry = Entry(habit_id=habit.id, date=noon.date(), created_at=noon, updated_at=noon)
    await ledger.act(
        new_call(), lambda _: Decision("", ((None, entry),), ()), at=noon, entries=[(habit.id, entry.date)]
    )

    undone = await ledger.undo(new_call(), made.id, at=noon, leaving_changed=True)

    assert {item["kind"]: item["ok"] for item in undone.result["items"]} == {"habit": False, "note": True}
    assert [change.id for change in undone.changes] == [note.id]


async def test_an_import_that_is_still_going_is_not_undone(client):
    answer = await client.post("/import", content=zipped(VAULT))

    refused = await client.post(f"{answer.headers['Location']}/undo")

    assert refused.status_code == 409 and "still going" in refused.text


async def test_an_import_goes_on_where_it_stopped(client, pool, user, noon):
    answer = await client.post("/import", content=zipped({f"Note {number:03}.md": "words" for number in range(230)}))

    rounds = 0
    while await bring_in(pool, user, now=lambda: noon, at_most=timedelta(0)):
        rounds += 1
        assert (await client.get(answer.headers["Location"])).json()["files_done"] > 0

    done = (await client.get(answer.headers["Location"])).json()
    assert rounds > 2
    assert (done["status"], done["files_done"], done["created"]) == ("finished", 230, {"note": 230})


async def test_the_same_key_is_the_same_import(client):
    key = {"Idempotency-Key": "mine"}

    first = await client.post("/import", content=zipped(VAULT), headers=key)
    second = await client.post("/import", content=zipped(VAULT), headers=key)

    assert first.json()["id"] == second.json()["id"]
    assert second.json()["files"] == 2


async def test_the_same_key_with_another_upload_is_refused(client):
    key = {"Idempotency-Key": "mine"}
    await client.post("/import", content=zipped(VAULT), headers=key)

    answer = await client.post("/import", content=zipped({"Other.md": "x"}), headers=key)

    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["detail"]


async def test_a_key_from_before_uploads_were_known_by_their_hash_is_taken(client, dsn, user):
    key = {"Idempotency-Key": "mine"}
    first = await client.post("/import", content=zipped(VAULT), headers=key)
    with psycopg.connect(dsn, autocommit=True) as owner:
        owner.execute("UPDATE imports SET hash = '' WHERE user_id = %s", [user])

    second = await client.post("/import", content=zipped(VAULT), headers=key)

    assert (second.status_code, second.json()["id"]) == (202, first.json()["id"])


async def test_a_form_is_taken_too(client, pool, user, things):
    csv = b"TYPE,CONTENT,PRIORITY\ntask,Buy milk @shop,1\n"

    answer = await client.post("/import", files={"file": ("Errands.csv", csv)})

    assert answer.status_code == 202, answer.text
    await bring_in(pool, user)
    milk = (await things())["tasks"]["Buy milk"]
    assert milk | {"project": "Errands", "tags": ["shop"], "priority": 1} == milk


async def test_nobody_sees_anothers_import(client, stranger):
    answer = await client.post("/import", content=zipped(VAULT))

    assert (await stranger.get(answer.headers["Location"])).status_code == 404


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"", "none that can be read", id="nothing"),
        pytest.param(b"\x00\xff\xfe\xfd", "not text in UTF-8", id="no-text"),
        pytest.param(b"PK\x03\x04 and then nothing", "cannot be read", id="broken-zip"),
        pytest.param(zipped({"a.png": "x"}), "holds nothing", id="no-notes"),
        pytest.param(zipped({"../../etc/passwd.md": "x"}), "leads out", id="climbs-out"),
        pytest.param(zipped({"/etc/passwd.md": "x"}), "leads out", id="from-the-root"),
        pytest.param(zipped({"c:\\windows\\x.md": "x"}), "leads out", id="from-a-drive"),
        pytest.param(zipped({"bomb.md": "0" * 30_000_000}), "too much", id="bomb"),
        pytest.param(zipped({f"{n}.md": "0" * 5_000_000 for n in range(4)}), "too much", id="many-bombs"),
        pytest.param(b"date,amount\n1,2\n", "none that can be read", id="another-table"),
    ],
)
async def test_what_cannot_be_brought_in_is_refused_and_leaves_nothing(client, content, says, things):
    answer = await client.post("/import", content=content)

    assert answer.status_code == 422
    assert says in answer.json()["detail"] and answer.json()["errors"][0]["field"] == "file"
    assert await things() == {"notes": {}, "tasks": {}, "habits": {}}


async def test_an_upload_that_is_too_large_is_refused(client):
    answer = await client.post("/import", content=b"x", headers={"Content-Length": "100000001"})

    assert (answer.status_code, "100 MB" in answer.json()["detail"]) == (413, True)


async def test_a_form_without_a_file_says_so(client):
    answer = await client.post("/import", files={"other": ("a.md", b"x")})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "file")


async def test_only_so_many_imports_wait_at_once(client):
    for _ in range(3):
        await client.post("/import", content=zipped(VAULT))

    assert (await client.post("/import", content=zipped(VAULT))).status_code == 409


@pytest.fixture
async def life(client):
    """A person with something of everything."""
    await client.patch("/me", json={"zone": "Europe/Berlin"})
    notes = [
        {"title": "Plain", "body": "Nothing but words\r\n\n", "tags": ["a", "two words"]},
        {"title": "a/b: c?", "body": "See [[Plain]], [[a/b: c?]] and [[Missing|that]].\n- [ ] a box #no-tag"},
        {"title": "Plain", "body": "---\nauthor: Ada\nrating: 5\n---\nThe second of that name, [[Plain]]"},
        {"title": "plain", "body": "---\nnot: [yaml\n---\n- --"},
        {"title": "", "body": "# Untitled\n\n---\n"},
    ]
    tasks = [
        {"title": "Buy #milk 📅 2020-01-01 [x:: y] %% z", "tags": ["home", "with blank", "#odd"], "priority": 4},
        {"title": "Water the plants", "due": "2026-11-27T15:00:00+01:00", "project": "Home/garden",
         "recurrence": "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "duration_minutes": 20,
         "body": "front\n\n- [ ] and back\n    deep\n", "remind_at": "2026-11-27T09:00:00+01:00"},
        {"title": "Pay", "due": "2026-11-30", "recurrence": "FREQ=MONTHLY;COUNT=5;BYMONTHDAY=31",
         "recurs_from": "completion"},
        {"title": "Call", "due": DAY, "priority": 2, "project": "home/Garden", "tags": ["people"]},
        {"title": "Done once", "project": "Inbox"},
    ]  # fmt: skip
    for note in notes:
        assert (await client.post("/notes", json=note)).status_code == 201
    for task in tasks:
        made = await client.post("/tasks", json=task)
        assert made.status_code == 201, made.text
    await client.patch(f"/tasks/{made.json()['id']}", json={"done": True})
    for habit in (
        {"name": "Run, fast", "times": 3, "per_days": 7, "created_on": "2026-10-01"},
        {"name": "Water", "kind": "numeric", "target": 2.5, "unit": "litres", "created_on": "2026-10-01"},
        {"name": "Smoke", "kind": "numeric", "target": 3, "direction": "at_most"},
    ):
        path = f"/habits/{(await client.post('/habits', json=habit)).json()['id']}"
        for day, entry in (
            ("2026-11-18", {"status": "missed"}),
            ("2026-11-19", {"status": "skipped", "comment": 'Sick, "really"'}),
            ("2026-11-20", {"value": 0 if habit["name"] == "Smoke" else 2.125} if "kind" in habit else {}),
        ):
            assert (await client.put(f"{path}/entries/{day}", json=entry)).status_code == 200
    await client.patch(path, json={"archived": True})


async def everything(http):
    """All notes, tasks and habits with their figures, in no order."""
    notes = (await http.get("/notes?limit=200")).json()["items"]
    tasks = (await http.get("/tasks?status=all&limit=200")).json()["items"]
    habits = (await http.get("/habits?archived=true")).json()["items"]
    found = {thing["id"]: thing for thing in (*notes, *tasks, *habits)}
    for habit in habits:
        found[habit["id"]]["insights"] = (await http.get(f"/habits/{habit['id']}/insights?until=2026-11-21")).json()
    return found


@pytest.mark.parametrize(
    ("format", "made"),
    [("vault", {"note": 5, "task": 5}), ("icalendar", {"task": 5}), ("loop", {"habit": 3, "entry": 9})],
)
async def test_what_is_taken_along_comes_back_the_same(format, made, life, client, stranger, brought, other_user):
    await stranger.patch("/me", json={"zone": "America/New_York"})
    taken = (await client.get(f"/export?format={format}")).content

    done = await brought(taken, http=stranger, whose=other_user)

    assert (done["format"], done["created"], done["problems"]) == (format, made, [])
    theirs, ours = await everything(stranger), await everything(client)
    assert theirs == {id: thing for id, thing in ours.items() if id in theirs}
    assert (await client.get(f"/export?format={format}")).status_code == 200


@pytest.mark.parametrize("format", ["vault", "icalendar", "loop"])
async def test_what_is_taken_along_is_not_there_twice_when_it_comes_back_to_its_owner(format, life, client, brought):
    before = await everything(client)

    done = await brought((await client.get(f"/export?format={format}")).content)

    assert (done["created"], done["updated"], done["problems"]) == ({}, {}, [])
    assert await everything(client) == before


async def test_todoist_has_the_open_tasks_with_what_its_columns_hold(life, client, stranger, brought, other_user):
    await stranger.patch("/me", json={"zone": "Europe/Berlin"})
    taken = (await client.get("/export?format=todoist")).content
    done = await brought(taken, http=stranger, whose=other_user)

    assert set(unzipped(taken)) == {"Inbox.csv", "Home garden.csv", "home Garden 2.csv", "Inbox 2.csv"}
    assert done["created"] == {"task": 4} and done["problems"] == []
    theirs = {task["title"]: task for task in (await stranger.get("/tasks")).json()["items"]}
    ours = {task["title"]: task for task in (await client.get("/tasks")).json()["items"]}
    for title in ("Water the plants", "Pay", "Call"):
        for field in ("due", "recurrence", "recurs_from", "priority", "tags", "duration_minutes"):
            assert theirs[title][field] == ours[title][field], (title, field)


async def test_an_edited_export_changes_what_was_edited(life, client, brought):
    files = unzipped((await client.get("/export?format=vault")).content)
    tasks = next(path for path, text in files.items() if "Call" in text and path.startswith("Tasks/"))
    files[tasks] = files[tasks].replace("- [ ] Call", "- [x] Call") + "- [ ] A new one 📅 2026-12-01\n"
    note = next(path for path, text in files.items() if "Nothing but words" in text)
    files[note] = files[note].replace("Nothing but", "Few")

    done = await brought(zipped(files))

    assert (done["created"], done["updated"], done["problems"]) == ({"task": 1}, {"note": 1, "task": 1}, [])
    tasks = {task["title"]: task for task in (await client.get("/tasks?status=all")).json()["items"]}
    assert tasks["Call"]["done_at"] is not None and tasks["Call"]["due"] == DAY
    assert tasks["A new one"] | {"due": "2026-12-01", "project": "home/Garden"} == tasks["A new one"]


async def test_an_unknown_format_is_refused(client):
    answer = await client.get("/export?format=word")

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "format")
