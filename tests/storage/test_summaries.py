"""Summaries are kept until one of their notes changes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.actions import Call
from domain.notes import Note
from storage.ledger import Decision

DIGEST = {"points": [], "actions": []}


@pytest.fixture
def note(noon) -> Note:
    return Note(title="Boiler", body="It hums.", created_at=noon, updated_at=noon)


@pytest.fixture
def change(ledger, noon):
    """Writes one change of a note."""

    async def act(before: Note | None, after: Note | None) -> None:
        call = Call(thread_id="t", message_id="m", tool_call_id=str(noon), tool="t", arguments={})
        call = replace(call, tool_call_id=f"{before and before.version} {after and after.version}")
        await ledger.act(
            call, lambda held: Decision("Done.", ((before, after),), ()), at=noon, notes=[before.id] if before else []
        )

    return act


async def test_it_is_found_while_the_notes_say_the_same(summaries, note, noon):
    await summaries.keep("what", "said", notes=[note.id], digest=DIGEST, at=noon)

    assert await summaries.get("what", "said") == DIGEST
    assert await summaries.get("what", "said otherwise") is None
    assert await summaries.get("else", "said") is None


async def test_the_latest_takes_the_place_of_the_one_before(summaries, note, noon):
    await summaries.keep("what", "said", notes=[note.id], digest=DIGEST, at=noon)
    await summaries.keep("what", "said otherwise", notes=[note.id], digest=DIGEST, at=noon)

    assert await summaries.get("what", "said") is None
    assert await summaries.get("what", "said otherwise") == DIGEST


@pytest.mark.parametrize("ends", [False, True], ids=["changed", "deleted"])
async def test_it_goes_with_a_note_that_changes(summaries, change, note, noon, ends):
    await change(None, note)
    await summaries.keep("what", "said", notes=[note.id], digest=DIGEST, at=noon)

    await change(note, None if ends else note.change(at=noon, body="It is quiet."))

    assert await summaries.get("what", "said") is None


async def test_a_new_note_leaves_the_others_summaries(summaries, change, note, noon):
    await summaries.keep("what", "said", notes=[], digest=DIGEST, at=noon)

    await change(None, note)

    assert await summaries.get("what", "said") == DIGEST


async def test_old_ones_are_let_go(summaries, noon):
    await summaries.keep("old", "said", notes=[], digest=DIGEST, at=noon)
    await summaries.keep("new", "said", notes=[], digest=DIGEST, at=noon + timedelta(days=31))

    assert await summaries.get("old", "said") is None
