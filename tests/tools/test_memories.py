"""What is remembered, searched and taken back."""

from uuid import uuid4


async def test_a_fact_is_remembered_once(do, memories):
    await do("remember", text="I am vegetarian.")
    again = await do("remember", text="I am vegetarian")

    (memory,) = (await memories.list()).items
    assert (memory.text, memory.source_message_id) == ("I am vegetarian.", "message")
    assert again["summary"] == "Known already: I am vegetarian."


async def test_a_contradiction_keeps_what_was_as_past(do, memories):
    await do("remember", text="I live in Berlin")
    result = await do("remember", text="I moved to Hamburg")
    known = await do("search")

    assert "takes the place of" in result["summary"] and "Berlin" in result["summary"]
    assert {memory.text: memory.state for memory in (await memories.list()).items} == {
        "I live in Berlin": "past",
        "I moved to Hamburg": "kept",
    }
    assert "Hamburg" in known["summary"] and "Berlin" not in known["summary"]

    await do("undo")
    assert [(memory.text, memory.state) for memory in (await memories.list()).items] == [("I live in Berlin", "kept")]


async def test_what_is_only_taken_back_adds_nothing(do, memories):
    await do("remember", text="I live in Berlin")
    await do("remember", text="I don't live in Berlin anymore")

    assert [(memory.text, memory.state) for memory in (await memories.list()).items] == [("I live in Berlin", "past")]


async def test_forgetting_asks_first(do, ask, memories):
    await do("remember", text="I am vegetarian")

    asked = await ask("forget", memory="vegetarian")
    await do("forget", **asked.arguments)
    gone = (await memories.list()).items
    await do("undo")

    assert asked.question == 'Forget the memory "I am vegetarian"?'
    assert not gone
    assert len((await memories.list()).items) == 1


async def test_search_looks_through_everything(do):
    await do("write_note", title="Boiler", body="The pressure should be 1.5 bar.")
    await do("add_tasks", tasks=[{"title": "Check the boiler pressure"}])

    result = await do("search", query="boiler pressure")
    notes = await do("search", query="boiler pressure", kinds=["note"])

    assert {passage["kind"] for passage in result["passages"]} == {"note", "task"}
    assert [passage["title"] for passage in notes["passages"]] == ["Boiler"]
    assert (await do("search", query="sailing"))["passages"] == []


async def test_undo_refuses_what_is_not_there(do):
    assert not (await do("undo"))["items"][0]["ok"]
    assert not (await do("undo", action=str(uuid4())))["items"][0]["ok"]
    assert "action: 'yesterday'" in (await do("undo", action="yesterday"))["summary"]


async def test_undo_refuses_what_changed_since(do, tasks):
    added = await do("add_tasks", tasks=[{"title": "Buy milk"}])
    await do("update_tasks", tasks=[{"task": "milk", "priority": 1}])

    result = await do("undo", action=added["action_id"])

    assert "changed" in result["summary"]
    assert len((await tasks.list()).items) == 1


async def test_the_same_undo_happens_once(do, tasks):
    await do("add_tasks", tasks=[{"title": "Buy milk"}])
    await do("add_tasks", tasks=[{"title": "Buy bread"}])

    first = await do("undo", call_id="one")
    again = await do("undo", call_id="one")

    assert again == first
    assert [task.title for task in (await tasks.list()).items] == ["Buy milk"]
