"""Runs begin once or not at all: with a message, in a branch, with answers to one that waits."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from domain.errors import Conflict, Invalid, NotFound
from domain.memories import Memory
from domain.runs import Answer, Approval
from domain.threads import Backdrop, ToolCall
from storage.beginnings import Beginnings
from storage.condensed import Condensed
from storage.ledger import Decision, Ledger
from storage.runs import Lease
from tests.storage.conftest import EVENT

WAITING_FOR_RUNS = """
    SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE NOT granted AND relation = 'runs'::regclass AND datname = current_database()
"""


@pytest.fixture
async def paused(begin, end, run_of, noon):
    """Run `r`, which waits for approvals `a` and `b`."""
    await begin(run_of())
    fields = {"message_id": "m", "tool": "t", "arguments": {}, "question": "Sure?", "expires_at": noon + timedelta(1)}
    approvals = [Approval(id=id, tool_call_id=f"call {id}", **fields) for id in "ab"]
    await end("r", "paused", approvals=approvals)


@pytest.fixture
def resume(beginnings, lease, run_of):
    """Begins a run that brings answers, `a=True` for instance."""

    async def resume(id: str, *, by: Lease = lease, at=None, thread: str = "t", **words: bool):
        answers = tuple(Answer(approval_id=name, approved=approved) for name, approved in words.items())
        run = run_of(id, thread=thread, message_id=None, answers=answers)
        return await beginnings.begin(replace(run, created_at=at or run.created_at), by, EVENT)

    return resume


@pytest.fixture
def all_rows(rows_of, owner, user):
    """Everything that is stored of the user, leases too; when a thread was last used does not count."""

    def rows() -> dict:
        leases = owner.execute("SELECT * FROM leases WHERE user_id = %s ORDER BY run_id", [user]).fetchall()
        return {**rows_of(user), "threads": [], "leases": leases}

    return rows


async def test_a_run_its_lease_its_first_event_and_what_was_said_are_stored_together(
    begin, run_of, runs, threads, all_rows, lease
):
    begun = await begin(run_of())

    assert begun.is_new and begun.run == await runs.get("r")
    assert [message.content for message in begun.turn] == ["hello"]
    assert begun.history == ()
    assert await runs.events("r") == [(1, 1, EVENT)]
    assert [message.content for message in await threads.history("t")] == ["hello"]
    assert [row["owner"] for row in all_rows()["leases"]] == [lease.owner]


async def test_the_next_run_is_given_what_was_said_before(begin, run_of, end):
    await begin(run_of())
    await end("r")

    begun = await begin(run_of("r2"), "and again")

    assert [message.content for message in begun.history] == ["hello"]
    assert [message.content for message in begun.turn] == ["and again"]
    assert begun.turn[0].parent_id == begun.history[-1].id


@pytest.mark.parametrize("here", [True, False], ids=["here", "elsewhere"])
async def test_a_run_that_is_known_is_given_back_and_nothing_is_stored(
    here, begin, run_of, all_rows, lease, other_lease
):
    await begin(run_of())
    before = all_rows()

    begun = await begin(run_of(message_id="other"), "something else", by=lease if here else other_lease)

    assert (begun.run.id, begun.is_new) == ("r", False)
    assert all_rows() == before


@pytest.mark.parametrize("ended", [False, True], ids=["under way", "ended"])
async def test_a_run_id_of_another_thread_is_refused_and_leaves_nothing(ended, begin, run_of, end, all_rows, threads):
    await begin(run_of())
    if ended:
        await end("r")
    before = all_rows()

    with pytest.raises(Conflict, match="another thread"):
        await begin(run_of(thread="elsewhere", message_id="other"))

    assert all_rows() == before
    with pytest.raises(NotFound):
        await threads.get("elsewhere")


async def test_a_thread_that_is_held_says_by_whom_and_nothing_is_stored(begin, run_of, all_rows, other_lease):
    await begin(run_of())
    before = all_rows()

    begun = await begin(run_of("r2"), by=other_lease)

    assert (begun.run, begun.busy) == (None, "r")
    assert all_rows() == before


@pytest.mark.parametrize("branch_from", [None, "to r"], ids=["", "in a branch"])
async def test_one_of_many_who_begin_in_a_thread_at_once_does(branch_from, begin, run_of, end, owner, user):
    await begin(run_of())
    await end("r")

    asks = [
        begin(run_of(f"r{n}"), by=Lease(owner=uuid4(), lasts=timedelta(minutes=1)), branch_from=branch_from)
        for n in range(6)
    ]
    begun = await asyncio.gather(*asks)

    (new,) = [each.run.id for each in begun if each.is_new]
    assert [each.busy for each in begun if not each.is_new] == [new] * 5
    said = owner.execute("SELECT count(*) AS n FROM messages WHERE user_id = %s", [user]).fetchone()
    assert said["n"] == 2


async def test_where_the_run_that_held_the_thread_ends_before_it_is_asked_who_does_the_next_begins(
    begin, run_of, said_in, end, pool, user, other_lease, threads
):
    class Late(Beginnings):
        async def _begin_again(self, *wish):
            await end("r")
            return await super()._begin_again(*wish)

    await begin(run_of())
    run = run_of("r2")

    begun = await Late(pool, user).begin(run, other_lease, EVENT, said=said_in(run, "and again"))

    assert (begun.is_new, begun.run.id) == (True, "r2")
    assert [message.content for message in begun.history] == ["hello"]
    assert [message.content for message in begun.turn] == ["and again"]
    assert [message.content for message in await threads.history("t")] == ["hello", "and again"]


async def test_one_of_many_who_begin_a_run_at_once_does(begin, run_of, owner, user):
    leases = [Lease(owner=uuid4(), lasts=timedelta(minutes=1)) for _ in range(6)]

    begun = await asyncio.gather(*(begin(run_of(), by=lease) for lease in leases))

    assert [each.is_new for each in begun].count(True) == 1
    assert {each.run.id for each in begun} == {"r"}
    assert len(owner.execute("SELECT FROM messages WHERE user_id = %s", [user]).fetchall()) == 1


async def test_a_run_id_taken_in_two_threads_at_once_belongs_to_one(begin, run_of, owner, user, other_lease, lease):
    with owner.transaction():
        owner.execute("LOCK TABLE runs IN EXCLUSIVE MODE")
        begins = [
            asyncio.create_task(begin(run_of(thread=thread), by=by))
            for thread, by in (("one", lease), ("two", other_lease))
        ]
        while len(owner.execute(WAITING_FOR_RUNS).fetchall()) < len(begins):
            await asyncio.sleep(0.01)
    begun = await asyncio.gather(*begins, return_exceptions=True)

    assert sorted(isinstance(each, Conflict) for each in begun) == [False, True]
    for table in ("threads", "messages", "runs", "leases"):
        assert len(owner.execute(f"SELECT FROM {table} WHERE user_id = %s", [user]).fetchall()) == 1


async def test_a_message_id_that_stands_for_other_words_is_refused_and_leaves_nothing(begin, run_of, end, all_rows):
    await begin(run_of())
    await end("r")
    before = all_rows()

    with pytest.raises(Conflict, match="stands for something else"):
        await begin(run_of("r2", message_id="to r"), "other words")

    assert all_rows() == before


async def test_a_message_that_is_stored_is_answered_anew(begin, run_of, end, said_in, threads):
    run = run_of()
    await begin(run)
    answer = said_in(run, "Hello!", id="answer", role="assistant", parent_id="to r")
    await end("r", messages=[answer])
    await begin(run_of("later"))
    await end("later")

    begun = await begin(run_of("again", message_id="to r"))

    assert begun.is_new and [message.id for message in begun.turn] == ["to r"]
    assert [message.id for message in await threads.history("t")] == ["to r"]


async def test_a_branch_from_nowhere_is_refused_and_leaves_nothing(begin, run_of, end, all_rows):
    await begin(run_of())
    await end("r")
    before = all_rows()

    with pytest.raises(Invalid, match="branchFrom"):
        await begin(run_of("r2"), branch_from="nowhere")

    assert all_rows() == before


async def test_a_branch_in_a_thread_that_is_held_sets_nothing_aside(begin, run_of, all_rows):
    await begin(run_of())
    before = all_rows()

    assert (await begin(run_of("r2"), branch_from="to r")).busy == "r"

    assert all_rows() == before


async def test_an_answer_of_a_tool_goes_aside_with_its_call_however_late_it_came(begin, run_of, end, said_in, threads):
    run = run_of()
    await begin(run)
    calls = (ToolCall(id="c", name="t", arguments={}),)
    calling = said_in(run, "", id="calling", role="assistant", tool_calls=calls, parent_id="to r")
    await end("r", messages=[calling])
    between = run_of("between")
    await begin(between)
    late = said_in(between, "{}", id="late", role="tool", tool_call_id="c", parent_id="calling")
    await end("between", messages=[late])

    begun = await begin(run_of("branch"), branch_from="to between")

    assert [message.id for message in begun.history] == ["to r", "calling", "late"]


async def test_an_answer_takes_up_the_run_that_waits_for_it(paused, resume, runs):
    begun = await resume("yes", a=True, unknown=True)

    assert begun.is_new
    assert (begun.run.root_id, begun.run.message_id) == ("r", "to r")
    assert [answer.approval_id for answer in begun.run.answers] == ["a"]
    assert (await runs.get("r")).status == "finished"
    assert await runs.waiting("t") == []


async def test_an_answer_that_comes_again_gives_the_run_that_brought_it(paused, resume, end, all_rows):
    await resume("yes", a=True, b=False)
    under_way, before = await resume("again", a=True, b=False), all_rows()
    await end("yes")

    assert (under_way.run.id, under_way.is_new) == ("yes", False)
    assert [row["run_id"] for row in before["leases"]] == ["yes"]
    assert (await resume("again", b=False)).run.id == "yes"


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        pytest.param({"a": False}, Conflict, id="contradicts"),
        pytest.param({"a": False, "unknown": True}, Conflict, id="contradicts beside an unknown one"),
        pytest.param({"unknown": True}, Invalid, id="unknown"),
    ],
)
async def test_answers_that_nothing_waits_for_are_refused_and_leave_nothing(
    words, refusal, paused, resume, end, all_rows
):
    await resume("yes", a=True, b=True)
    await end("yes")
    before = all_rows()

    with pytest.raises(refusal):
        await resume("other", **words)

    assert all_rows() == before


async def test_a_yes_that_is_late_is_refused_and_leaves_nothing(paused, resume, all_rows, noon):
    before = all_rows()

    with pytest.raises(Invalid, match="expired"):
        await resume("late", at=noon + timedelta(days=2), a=True, b=False)

    assert all_rows() == before
    assert (await resume("no", at=noon + timedelta(days=2), a=False, b=False)).is_new


async def test_an_answer_in_another_thread_is_refused(paused, resume, begin, run_of):
    await begin(run_of("elsewhere", thread="other"))

    with pytest.raises(Invalid, match="resume"):
        await resume("yes", thread="third", a=True)


async def test_one_of_many_who_bring_an_answer_at_once_does(paused, resume):
    leases = [Lease(owner=uuid4(), lasts=timedelta(minutes=1)) for _ in range(6)]

    begun = await asyncio.gather(*(resume(f"yes {n}", by=by, a=True) for n, by in enumerate(leases)))

    assert [each.is_new for each in begun].count(True) == 1
    assert len({each.run.id for each in begun}) == 1


async def test_an_answer_waits_for_the_run_that_holds_the_thread(paused, resume, begin, run_of, all_rows):
    await begin(run_of("something else"))
    before = all_rows()

    assert (await resume("yes", a=True)).busy == "something else"

    assert all_rows() == before


@pytest.fixture
async def condensed(pool, user, begin, end, run_of, threads):
    """A thread of three turns, of which the first two are summed up; two memories are kept, others are not."""
    for name in ("r1", "r2", "r3"):
        await begin(run_of(name))
        await end(name)
    said = await threads.history("t")
    await Condensed(pool, user).keep("t", "- The fence is blue.", of=said[:2], since=0)
    return said[1].position


@pytest.fixture
async def remembered(pool, user, noon, new_call):
    """Two memories are kept, one is proposed, and one holds no longer."""

    def memory(text: str, day: int, **fields) -> Memory:
        at = noon + timedelta(days=day)
        return Memory(text=text, created_at=at, updated_at=at, **fields)

    kept = [memory("I like tea", 1), memory("I live in Bonn", 2)]
    others = [memory("I like mud", 3, proposed_by="code"), memory("I live in Kiel", 4, valid_until=noon.date())]
    changes = tuple((None, each) for each in (*kept, *others))
    await Ledger(pool, user).act(new_call(), lambda _: Decision("Noted.", changes, ()), at=noon)


async def test_what_is_remembered_comes_with_the_beginning_the_newest_first(remembered, begin, run_of):
    begun = await begin(run_of())

    assert begun.backdrop == Backdrop(memories=("I live in Bonn", "I like tea"))


async def test_the_summary_of_the_thread_comes_with_the_beginning(condensed, begin, run_of):
    begun = await begin(run_of("r4"))

    assert begun.backdrop == Backdrop(summary="- The fence is blue.", upto=condensed)
    assert [message.position > condensed for message in begun.history] == [False, False, True]
    assert (await begin(run_of("other", thread="other"))).backdrop == Backdrop()


@pytest.mark.parametrize(("branch_from", "stands"), [("to r1", False), ("to r2", False), ("to r3", True)])
async def test_a_summary_of_what_a_branch_replaces_counts_no_more(
    branch_from, stands, condensed, begin, run_of, threads
):
    begun = await begin(run_of("branch"), branch_from=branch_from)

    assert bool(begun.backdrop.summary) is stands
    assert (await threads.backdrop("t")) == begun.backdrop


async def test_what_stands_behind_a_turn_stands_behind_its_other_words_too(condensed, begin, end, run_of, said_in):
    again = run_of("again", message_id="to r3")

    begun = await begin(again)

    assert begun.is_new
    assert begun.backdrop.summary == "- The fence is blue."


async def test_what_stands_behind_a_turn_stands_behind_a_yes_too(paused, remembered, resume):
    assert (await resume("yes", a=True)).backdrop.memories == ("I live in Bonn", "I like tea")
