import asyncio
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from domain.due import Due
from domain.errors import Conflict, NotFound, RuleBroken
from domain.habits import Entry, Habit
from domain.memories import Memory
from domain.notes import Note
from domain.tasks import Task
from storage.ledger import Decision, Held

DAY = date(2026, 11, 20)


@pytest.fixture
def milk(noon):
    return Task(title="Buy milk", tags=("errands",), due=Due(date=DAY), created_at=noon, updated_at=noon)


@pytest.fixture
def run_habit(noon):
    return Habit(name="Run", created_on=DAY, created_at=noon, updated_at=noon)


@pytest.fixture
def things(noon, milk, run_habit):
    """One of each kind, the entry with the habit it needs."""
    return {
        "task": milk,
        "note": Note(title="Plans", body="Sell the boat.", tags=("boat",), created_at=noon, updated_at=noon),
        "habit": run_habit,
        "entry": Entry(habit_id=run_habit.id, date=DAY, value=2.5, created_at=noon, updated_at=noon),
        "memory": Memory(text="Allergic to nuts", created_at=noon, updated_at=noon),
    }


@pytest.fixture
def write(ledger, new_call, noon):
    """Acts without asking why: (before, after) pairs."""

    async def act(*changes, **fields):
        before = [thing for thing, _ in changes if thing is not None]
        return await ledger.act(
            new_call(**fields),
            lambda held: Decision("Written.", changes, ({"ok": True},)),
            at=noon,
            tasks=[thing.id for thing in before if isinstance(thing, Task)],
            notes=[thing.id for thing in before if isinstance(thing, Note)],
            habits=[thing.id for thing in before if isinstance(thing, Habit)],
            memories=[thing.id for thing in before if isinstance(thing, Memory)],
            entries=[(thing.habit_id, thing.date) for thing in before if isinstance(thing, Entry)],
        )

    return act


@pytest.fixture
def read(tasks, notes, habits, memories):
    """The thing as it is kept now, None where it is gone."""

    async def now(thing):
        try:
            match thing:
                case Task():
                    return await tasks.get(thing.id)
                case Note():
                    return await notes.get(thing.id)
                case Habit():
                    return await habits.get(thing.id)
                case Entry():
                    return (await habits.entries(thing.habit_id)).get(thing.date)
                case Memory():
                    return await memories.get(thing.id)
        except NotFound:
            return None

    return now


@pytest.fixture
async def kept(write, things, request):
    """The thing of this kind, already kept."""
    if request.param == "entry":
        await write((None, things["habit"]))
    await write((None, things[request.param]))
    return things[request.param]


KINDS = pytest.mark.parametrize("kept", ["task", "note", "habit", "entry", "memory"], indirect=True)


async def test_what_is_written_is_read_back_as_it_was(write, read, noon):
    task = Task(
        title="Water 'the' plants; DROP TABLE",
        body="50 % of them\n",
        due=Due(date=DAY, time=noon.time(), zone="Europe/Berlin"),
        recurrence="FREQ=DAILY",
        series_start=DAY,
        priority=2,
        tags=("home", 'a "quoted" {tag},'),
        project="House",
        duration_minutes=10,
        remind_at=noon,
        created_at=noon,
        updated_at=noon,
    )

    await write((None, task))

    assert await read(task) == task


async def test_the_same_call_acts_once_however_many_ask_at_once(ledger, tasks, milk, new_call, noon):
    call = new_call()
    decided = []

    def decide(held):
        decided.append(held)
        return Decision("Added.", ((None, milk),), ({"ok": True, "id": milk.id},))

    actions = await asyncio.gather(*(ledger.act(call, decide, at=noon) for _ in range(8)))

    assert len(decided) == 1
    assert len({action.id for action in actions}) == 1
    assert all(action.result == actions[0].result for action in actions)
    assert await tasks.get(milk.id) == milk


async def test_what_concurrent_calls_decide_rests_on_what_the_ones_before_wrote(
    write, ledger, tasks, milk, new_call, noon
):
    await write((None, milk))

    def longer(held: Held) -> Decision:
        task = held.tasks[milk.id]
        return Decision("Longer.", ((task, task.change({"title": task.title + "!"}, at=noon)),), ())

    await asyncio.gather(*(ledger.act(new_call(), longer, at=noon, tasks=[milk.id]) for _ in range(6)))

    assert (await tasks.get(milk.id)).title == "Buy milk!!!!!!"


async def test_one_day_has_one_entry_however_many_log_it_at_once(write, ledger, habits, run_habit, new_call, noon):
    await write((None, run_habit))

    def log(held: Held) -> Decision:
        existing = held.entries.get((run_habit.id, DAY))
        entry = Entry(habit_id=run_habit.id, date=DAY, value=1.0, created_at=noon, updated_at=noon)
        more = replace(existing, value=existing.value + 1, version=existing.version + 1) if existing else entry
        return Decision("Logged.", ((existing, more),), ())

    asks = [ledger.act(new_call(), log, at=noon, entries=[(run_habit.id, DAY)]) for _ in range(6)]
    await asyncio.gather(*asks)

    assert (await habits.entries(run_habit.id))[DAY].value == 6


async def test_a_refused_decision_leaves_nothing_behind(write, ledger, milk, new_call, noon, read):
    await write((None, milk))
    call = new_call()

    def refuse(held):
        raise RuleBroken("No.")

    with pytest.raises(RuleBroken):
        await ledger.act(call, refuse, at=noon, tasks=[milk.id])

    done = await ledger.act(
        call, lambda held: Decision("Now.", ((held.tasks[milk.id], None),), ()), at=noon, tasks=[milk.id]
    )
    assert done.summary == "Now."
    assert await read(milk) is None


async def test_a_change_of_something_that_was_not_locked_is_refused(write, ledger, milk, new_call, noon, read):
    await write((None, milk))

    with pytest.raises(Conflict):
        await ledger.act(new_call(), lambda held: Decision("", ((milk, None),), ()), at=noon)

    assert await read(milk) == milk


async def test_a_call_that_changed_nothing_answers_the_same_again(ledger, new_call, noon):
    call = new_call()

    first = await ledger.act(call, lambda held: Decision("Which one?", (), ({"ok": False},)), at=noon)
    again = await ledger.act(call, lambda held: Decision("Other.", (), ()), at=noon)

    assert first.changes == ()
    assert again == first


@KINDS
async def test_undoing_a_creation_removes_it(kept, ledger, new_call, noon, read):
    undone = await ledger.undo(new_call(tool="undo"), None, at=noon)

    assert await read(kept) is None
    assert undone.changes[0].after is None


@KINDS
async def test_undoing_a_change_puts_back_what_was(kept, write, ledger, new_call, noon, read):
    await write((kept, replace(kept, updated_at=noon + timedelta(hours=1), version=2)))

    await ledger.undo(new_call(tool="undo"), None, at=noon)

    assert await read(kept) == kept


@KINDS
async def test_undoing_a_deletion_restores_it(kept, write, ledger, new_call, noon, read):
    deletion = await write((kept, None))
    assert await read(kept) is None

    await ledger.undo(new_call(tool="undo"), deletion.id, at=noon)

    assert await read(kept) == kept


@KINDS
async def test_an_undo_after_a_later_edit_is_refused_and_changes_nothing(kept, write, ledger, new_call, noon, read):
    first = await write((kept, second := replace(kept, version=2)))
    await write((second, third := replace(second, version=3)))

    with pytest.raises(Conflict, match="changed after that"):
        await ledger.undo(new_call(tool="undo"), first.id, at=noon)

    assert await read(kept) == third
    assert (await ledger.action(first.id)).undone_at is None


@KINDS
async def test_what_is_undone_cannot_be_undone_again(kept, write, ledger, new_call, noon):
    deletion = await write((kept, None))
    await ledger.undo(new_call(tool="undo"), deletion.id, at=noon)

    with pytest.raises(Conflict, match="undone already"):
        await ledger.undo(new_call(tool="undo"), deletion.id, at=noon)


async def test_an_undo_that_many_ask_for_at_once_happens_once(write, ledger, milk, new_call, noon, read):
    added = await write((None, milk))

    asks = [ledger.undo(new_call(tool="undo"), added.id, at=noon) for _ in range(6)]
    answers = await asyncio.gather(*asks, return_exceptions=True)

    assert sum(isinstance(answer, Conflict) for answer in answers) == 5
    assert await read(milk) is None


async def test_the_same_undo_call_is_carried_out_once(write, ledger, milk, new_call, noon):
    await write((None, milk))
    await write((None, other := replace(milk, id=uuid4())))
    call = new_call(tool="undo")

    first = await ledger.undo(call, None, at=noon)
    again = await ledger.undo(call, None, at=noon)

    assert again.id == first.id
    assert [change.id for change in first.changes] == [other.id]


async def test_undo_after_undo_goes_further_back(write, ledger, milk, new_call, noon, read):
    await write((None, milk))
    await write((milk, replace(milk, title="Buy oat milk", version=2)))

    await ledger.undo(new_call(tool="undo"), None, at=noon)
    assert (await read(milk)).title == "Buy milk"

    await ledger.undo(new_call(tool="undo"), None, at=noon)
    assert await read(milk) is None

    with pytest.raises(NotFound):
        await ledger.undo(new_call(tool="undo"), None, at=noon)


async def test_an_undo_can_be_undone_and_then_the_action_again(write, ledger, milk, new_call, noon, read):
    added = await write((None, milk))
    undone = await ledger.undo(new_call(tool="undo"), added.id, at=noon)

    await ledger.undo(new_call(tool="undo"), undone.id, at=noon)
    assert await read(milk) == milk

    await ledger.undo(new_call(tool="undo"), added.id, at=noon)
    assert await read(milk) is None


async def test_undo_passes_by_what_changed_nothing_and_what_others_did(write, ledger, milk, new_call, noon, read):
    await write((None, milk))
    await write(tool="find_tasks")
    await write((None, replace(milk, id=uuid4())), origin="rest")

    await ledger.undo(new_call(tool="undo"), None, at=noon)

    assert await read(milk) is None


async def test_a_deleted_habit_takes_its_entries_with_it_and_brings_them_back(
    write, ledger, things, new_call, noon, read
):
    await write((None, things["habit"]), (None, things["entry"]))

    deletion = await write((things["habit"], None))
    assert await read(things["entry"]) is None

    await ledger.undo(new_call(tool="undo"), deletion.id, at=noon)
    assert await read(things["entry"]) == things["entry"]


async def test_a_habit_that_was_logged_since_is_not_undone_away(write, ledger, things, new_call, noon, read):
    created = await write((None, things["habit"]))
    await write((None, things["entry"]))

    with pytest.raises(Conflict, match="Run"):
        await ledger.undo(new_call(tool="undo"), created.id, at=noon)

    assert await read(things["entry"]) == things["entry"]


async def test_an_action_that_is_nobodys_is_not_found(ledger, new_call, noon):
    with pytest.raises(NotFound):
        await ledger.undo(new_call(tool="undo"), uuid4(), at=noon)

    with pytest.raises(NotFound):
        await ledger.action(uuid4())


async def test_actions_are_told_page_by_page_latest_first(write, ledger):
    written = [await write(tool=f"tool {number}") for number in range(5)]

    first = await ledger.actions(limit=3)
    rest = await ledger.actions(limit=3, cursor=first.next)

    assert [action.id for action in (*first.items, *rest.items)] == [action.id for action in reversed(written)]
    assert rest.next is None
