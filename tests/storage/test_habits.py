from datetime import date, timedelta
from uuid import uuid4

import pytest

from domain.habits import Entry, Habit
from domain.memories import Memory
from domain.notes import Note
from storage.ledger import Decision

DAY = date(2026, 11, 20)


@pytest.fixture
async def keep(ledger, new_call, noon):
    async def write(*things):
        await ledger.act(new_call(), lambda held: Decision("", tuple((None, thing) for thing in things), ()), at=noon)

    return write


async def test_entries_of_several_habits_come_by_day(keep, habits, noon):
    run, read = (Habit(name=name, created_on=DAY, created_at=noon, updated_at=noon) for name in ("Run", "Read"))
    entries = [
        Entry(habit_id=run.id, date=DAY - timedelta(days=back), created_at=noon, updated_at=noon) for back in range(3)
    ]
    await keep(run, read, *entries)

    assert await habits.entries(run.id) == {entry.date: entry for entry in entries}
    assert list(await habits.entries(run.id, since=DAY)) == [DAY]
    assert await habits.entries_of_many([run.id, read.id], DAY) == {run.id: {DAY: entries[0]}, read.id: {}}
    assert await habits.entries(unknown := uuid4()) == {} and unknown not in {run.id, read.id}


async def test_archived_habits_are_listed_where_asked_for(keep, habits, noon):
    run = Habit(name="Run", created_on=DAY, created_at=noon, updated_at=noon)
    old = Habit(name="Old", created_on=DAY, archived_at=noon, created_at=noon + timedelta(1), updated_at=noon)
    await keep(run, old)

    assert (await habits.list()).items == (run,)
    assert (await habits.list(archived=True)).items == (run, old)


async def test_notes_are_found_latest_edited_first(keep, notes, noon):
    old, new = (
        Note(title=name, body="50% off", tags=("Sale",), created_at=noon + days, updated_at=noon + days)
        for name, days in (("old", timedelta(0)), ("new", timedelta(days=2)))
    )
    await keep(old, new)

    assert (await notes.list()).items == (new, old)
    assert (await notes.list(limit=1, cursor=(await notes.list(limit=1)).next)).items == (old,)
    assert (await notes.list(tag="sale", query="0% O")).items == (new, old)
    assert (await notes.list(since=noon + timedelta(days=1))).items == (new,)
    assert (await notes.list(until=noon.date() + timedelta(days=1))).items == (old,)
    assert [note.title for note in await notes.candidates(limit=1)] == ["new"]


async def test_memories_are_listed_latest_first(keep, memories, noon):
    kept = [Memory(text=f"fact {n}", created_at=noon + timedelta(n), updated_at=noon) for n in range(3)]
    await keep(*kept)

    first = await memories.list(limit=2)

    assert (*first.items, *(await memories.list(limit=2, cursor=first.next)).items) == tuple(reversed(kept))
