"""Notes by the person's words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.actions import Call
from tools.registry import TOOLS


async def test_a_note_is_written_and_found(do):
    written = await do("write_note", body="The boiler needs 1.5 bar.\nAsk Mr Weber.", tags=["#home"])
    await do("write_note", body="Pasta, tomatoes and basil", title="Dinner")

    found = await do("find_notes", query="boiler pressure")
    tagged = await do("find_notes", tag="home")

    assert written["summary"] == 'Wrote the note "The boiler needs 1.5 bar.", #home.'
    assert [passage["id"] for passage in found["passages"]] == [written["items"][0]["id"]]
    assert [item["title"] for item in tagged["items"]] == ["The boiler needs 1.5 bar."]
    assert (await do("find_notes", query="sailing"))["items"] == []


@pytest.mark.parametrize(
    ("body", "added", "expected"),
    [
        pytest.param("Milk first.", "Then bread.", "Milk first.\n\nThen bread.", id="paragraph"),
        pytest.param("# Shop\n- milk", "bread", "# Shop\n- milk\n- bread", id="list"),
    ],
)
async def test_words_are_appended_as_the_note_is_written(do, notes, body, added, expected):
    await do("write_note", body=body, title="Shopping")

    await do("update_note", note="shopping note", append=added)

    (note,) = (await notes.list()).items
    assert note.body == expected


async def test_a_note_that_is_not_there_is_an_error(do):
    result = await do("update_note", note="the moon", append="x")

    assert "There is no note like 'the moon'" in result["items"][0]["error"]


async def test_an_empty_note_is_refused(do):
    assert (await do("write_note", body=" "))["summary"] == "body: is empty; a note needs words."


async def test_deleting_a_note_asks_and_can_be_undone(do, ask, notes):
    await do("write_note", body="Secret plan")

    asked = await ask("delete_notes", notes=["secret plan"])
    await do("delete_notes", **asked.arguments)
    gone = (await notes.list()).items
    await do("undo")

    assert asked.question == 'Delete the note "Secret plan"?'
    assert not gone
    assert [note.body for note in (await notes.list()).items] == ["Secret plan"]


async def test_writing_and_changing_a_note_can_be_undone(do, notes):
    await do("write_note", body="First")
    await do("update_note", note="first", body="Second")

    await do("undo")
    changed_back = (await notes.list()).items
    await do("undo")

    assert [note.body for note in changed_back] == ["First"]
    assert not (await notes.list()).items


async def test_notes_are_found_by_when_they_were_written_and_tagged(do, context):
    early = replace(context, now=context.now - timedelta(days=9))
    body = {"body": "The boiler hums.", "tags": ["home"]}
    call = Call(thread_id="t", message_id="m", tool_call_id="c", run_id=None, tool="write_note", arguments=body)
    await TOOLS["write_note"].invoke(early, call)
    await do("write_note", body="The boiler is quiet.", tags=["home", "heating"])

    async def titles(**arguments):
        return [item["title"] for item in (await do("find_notes", **arguments))["items"]]

    assert await titles(written="last week") == ["The boiler hums."]
    assert await titles(written="today", tag="home") == ["The boiler is quiet."]
    assert await titles(query="boiler", written="last week") == ["The boiler hums."]
    assert await titles(query="boiler", tag="heating") == ["The boiler is quiet."]
    assert await titles(written="yesterday") == []


async def test_a_list_of_notes_that_is_cut_says_how_many_there_are(do):
    for number in range(13):
        await do("write_note", body=f"Thought {number}", tags=["idea"])

    result = await do("find_notes", tag="idea")

    assert (result["total"], len(result["items"])) == (13, 10)
    assert result["summary"].startswith("13 notes tagged #idea:")
    assert result["summary"].endswith("… and 3 more.")


async def test_tags_of_a_note_are_added_and_taken_away_beside_the_others(do, notes):
    await do("write_note", body="The boiler hums.", tags=["home", "noise"])

    await do("update_note", note="boiler", add_tags=["heating"], remove_tags=["#Noise"])

    (note,) = (await notes.list()).items
    assert note.tags == ("home", "heating")
