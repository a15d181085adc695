"""What is kept for a while only, and what stays for good."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb

from domain.budgets import budgets_of
from domain.model_calls import Account, ModelCall, Usage
from storage.kept_answers import KeptAnswer, KeptAnswers
from storage.model_calls import ModelCalls
from storage.retention import NOT_ANSWERED, Retention
from storage.spending import Spending

WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
RUN = """
    INSERT INTO runs (user_id, id, thread_id, root_id, status, model, approvals, created_at, finished_at)
    VALUES (%(user)s, %(id)s, 't', %(root)s, %(status)s, 'offline', %(approvals)s, %(at)s, %(ended)s)
"""
EVENT = "INSERT INTO run_events (user_id, run_id, first, last, event) VALUES (%(user)s, %(id)s, 1, 1, '{}')"
CHECKPOINTS = (
    "INSERT INTO checkpoints (thread_id, checkpoint_id, checkpoint) VALUES (%(place)s, 'c', '{}')",
    "INSERT INTO checkpoint_blobs (thread_id, channel, version, type) VALUES (%(place)s, 'c', '1', 'empty')",
    "INSERT INTO checkpoint_writes (thread_id, checkpoint_id, task_id, idx, channel, type, blob)"
    " VALUES (%(place)s, 'c', 'k', 0, 'c', 'empty', '')",
)


@pytest.fixture
def retention(pool, user):
    return Retention(pool, user)


@pytest.fixture
async def run(owner, user, threads, noon):
    """Puts a run there that began an hour before it ended, or before it asked, with an event and a checkpoint."""
    await threads.ensure("t", noon)

    def put(id, status, *, ago, root=None, expires=None):
        begun = noon - ago - HOUR
        approvals = [{"id": "ap", "expires_at": expires.isoformat()}] if expires else []
        row = {
            "user": user, "id": id, "root": root or id, "status": status, "approvals": Jsonb(approvals), "at": begun,
            "ended": None if status in ("running", "paused") else noon - ago, "place": f"{user}/t%2F/{root or id}",
        }  # fmt: skip
        for statement in (RUN, EVENT, *(CHECKPOINTS if root is None else ())):
            owner.execute(statement, row)

    return put


@pytest.fixture
def kept(owner, user):
    """The runs that have events, and those that have checkpoints, in each of their tables."""

    def look():
        events = owner.execute("SELECT run_id FROM run_events WHERE user_id = %s ORDER BY 1", [user]).fetchall()
        checkpoints = [
            [row["thread_id"].split("/", 2)[2] for row in owner.execute(statement, [f"{user}/"]).fetchall()]
            for statement in (
                "SELECT thread_id FROM checkpoints WHERE starts_with(thread_id, %s) ORDER BY 1",
                "SELECT thread_id FROM checkpoint_blobs WHERE starts_with(thread_id, %s) ORDER BY 1",
                "SELECT thread_id FROM checkpoint_writes WHERE starts_with(thread_id, %s) ORDER BY 1",
            )
        ]
        assert checkpoints[0] == checkpoints[1] == checkpoints[2]
        return [row["run_id"] for row in events], checkpoints[0]

    return look


@pytest.fixture
def status_of(owner, user):
    def status(id):
        row = owner.execute("SELECT status, error FROM runs WHERE user_id = %s AND id = %s", [user, id]).fetchone()
        return row["status"], row["error"]

    return status


async def test_the_events_of_runs_that_ended_long_ago_are_let_go_and_the_runs_stay(
    retention, run, kept, status_of, noon
):
    for status in ("finished", "failed", "cancelled"):
        run(f"old {status}", status, ago=WEEK + HOUR)
        run(f"new {status}", status, ago=WEEK - HOUR)
    run("running", "running", ago=WEEK + HOUR)

    await retention.compact(at=noon, keep=WEEK)

    assert kept()[0] == ["new cancelled", "new failed", "new finished", "running"]
    assert status_of("old finished") == ("finished", None)


async def test_a_checkpoint_is_kept_while_its_run_goes_on_and_no_longer(retention, run, kept, noon):
    run("finished/1", "finished", ago=HOUR)
    run("failed", "failed", ago=HOUR)
    run("running", "running", ago=HOUR)
    run("asking/1", "paused", ago=HOUR, expires=noon + DAY)
    run("answered", "finished", ago=HOUR)
    run("answering", "running", ago=HOUR, root="answered")

    await retention.compact(at=noon, keep=WEEK)

    assert kept()[1] == ["answered", "asking/1", "running"]


async def test_a_question_that_nobody_answers_is_given_up(retention, run, kept, status_of, noon):
    run("old", "paused", ago=WEEK, expires=noon - DAY)
    run("new", "paused", ago=DAY, expires=noon - HOUR)

    await retention.compact(at=noon, keep=WEEK)

    assert status_of("old") == ("cancelled", NOT_ANSWERED)
    assert status_of("new") == ("paused", None)
    assert kept() == (["new", "old"], ["new"])


async def test_a_question_whose_yes_still_counts_stays_open_however_short_the_while(retention, run, status_of, noon):
    run("asking", "paused", ago=HOUR, expires=noon + HOUR)

    again = await retention.compact(at=noon, keep=timedelta(0))

    assert status_of("asking") == ("paused", None)
    assert again == noon + HOUR


async def test_it_comes_again_when_the_next_thing_has_been_kept_for_long_enough(retention, run, noon):
    run("ended", "finished", ago=DAY)
    assert await retention.compact(at=noon, keep=WEEK) == noon - DAY + WEEK

    run("asking", "paused", ago=2 * DAY, expires=noon - DAY)
    assert await retention.compact(at=noon, keep=WEEK) == noon - 2 * DAY - HOUR + WEEK


async def test_it_comes_again_for_a_run_that_has_not_ended(retention, run, noon):
    run("running", "running", ago=HOUR)

    assert await retention.compact(at=noon, keep=WEEK) == noon + WEEK


async def test_in_the_end_nothing_is_left_but_rows_and_messages(retention, run, kept, noon):
    for number in range(3):
        run(f"ended {number}", "finished", ago=DAY)
    run("asking", "paused", ago=DAY, expires=noon)

    again, looks = await retention.compact(at=noon, keep=WEEK), 1
    while again is not None:
        again, looks = await retention.compact(at=again + HOUR, keep=WEEK), looks + 1

    assert kept() == ([], [])
    assert looks == 4


async def test_what_was_spent_and_answered_is_let_go_in_its_time(retention, pool, user, noon, owner):
    for ago in (31, 401, 29):
        at = noon - ago * DAY
        await KeptAnswers(pool, user).keep(str(ago).encode(), KeptAnswer(text="Milk", answered_by=None), at)
        account = Account(user_id=user, purpose="title")
        await ModelCalls(pool, user).record([
            ModelCall(id=uuid4(), account=account, model="openai:gpt-5-nano", usage=Usage(), cost=Decimal(1),
                      outcome="answered", started_at=at, total_ms=1)
        ])  # fmt: skip
        await Spending(pool, user).reserve(
            uuid4(), is_background=True, most=Decimal(1), at=at, budgets=budgets_of("user/background/day=9")
        )

    due_again = await retention.compact(at=noon, keep=WEEK)

    kept = {
        table: owner.execute(f"SELECT count(*) AS rows FROM {table} WHERE user_id = %s", [user]).fetchone()["rows"]
        for table in ("kept_answers", "model_calls", "spending", "reservations")
    }
    assert kept == {"kept_answers": 1, "model_calls": 2, "spending": 2, "reservations": 2}
    assert due_again == noon + DAY
