"""A person who has one of everything, and every word of it secret."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from domain.actions import Action, Call
from domain.budgets import budgets_of
from domain.due import Due
from domain.habits import Entry, Habit
from domain.imports import File, Import
from domain.memories import Memory
from domain.model_calls import Account, ModelCall, Usage
from domain.notes import Note
from domain.runs import Approval, Run
from domain.tasks import Task
from domain.threads import Message
from storage.beginnings import Beginnings
from storage.embeddings import Embeddings
from storage.imports import Imported, Imports
from storage.kept_answers import KeptAnswer, KeptAnswers
from storage.ledger import Decision, Ledger
from storage.model_calls import ModelCalls
from storage.runs import Lease, Runs, Settlement
from storage.spending import Spending
from storage.summaries import Summaries

SECRET = "xylograph"
DAY = date(2026, 11, 20)
CENT = Decimal("0.01")
HASH = b"of what was asked"
EVENT = {"type": "RUN_STARTED"}


@dataclass(frozen=True, kw_only=True)
class World:
    user: UUID
    thread_id: str
    message: Message
    run: Run
    live: Run
    lease: Lease
    task: Task
    note: Note
    habit: Habit
    entry: Entry
    memory: Memory
    action: Action
    chunk_id: UUID
    going: Import
    model_call: ModelCall


@pytest.fixture
async def world(pool, user, noon) -> World:
    """What `user` has."""
    at = {"created_at": noon, "updated_at": noon}
    thread_id, run_id = "thread", f"run of {user}"
    task = Task(title=f"Buy {SECRET}", tags=(SECRET,), project=SECRET, due=Due(date=DAY), **at)
    note = Note(title=f"About {SECRET}", body=f"# {SECRET}\n\nEvery word of it.", tags=(SECRET,), **at)
    habit = Habit(name=f"Polish the {SECRET}", created_on=DAY, **at)
    entry = Entry(habit_id=habit.id, date=DAY, comment=SECRET, **at)
    memory = Memory(text=f"Owns a {SECRET}", **at)
    approval = Approval(
        id="ap", message_id="m", tool_call_id="c", tool="t", arguments={"w": SECRET}, question=SECRET,
        expires_at=noon + timedelta(hours=1),
    )  # fmt: skip
    run = Run(
        id=run_id,
        thread_id=thread_id,
        root_id=run_id,
        status="paused",
        model="offline",
        message_id="message",
        approvals=(approval,),
        created_at=noon,
    )
    message = Message(
        id="message", thread_id=thread_id, parent_id=None, run_id=run_id, role="user", content=SECRET, created_at=noon
    )
    call = Call(thread_id=thread_id, message_id="message", tool_call_id="call", tool="t", arguments={"word": SECRET})
    lease, beginnings = Lease(owner=uuid4(), lasts=timedelta(minutes=1)), Beginnings(pool, user)
    await beginnings.begin(run, lease, EVENT | {"word": SECRET}, said=message)
    await Runs(pool, user).record(run.id, lease, end=Settlement(status="paused", approvals=[approval], at=noon))
    live = replace(run, id=f"live of {user}", root_id=f"live of {user}", thread_id="other", approvals=())
    await beginnings.begin(live, lease, EVENT | {"word": SECRET})
    things = (task, note, habit, entry, memory)
    decision = Decision(SECRET, tuple((None, thing) for thing in things), ({"ok": True, "title": SECRET},))
    action = await Ledger(pool, user).act(call, lambda held: decision, at=noon)
    embeddings = Embeddings(pool, user)
    chunks = await embeddings.waiting(50)
    await embeddings.put("test", [(each.chunk_id, [1.0, 0.0, 0.0]) for each in chunks])
    await embeddings.complete("test")
    await Summaries(pool, user).keep(SECRET, SECRET, notes=[note.id], digest={"points": [SECRET]}, at=noon)
    imports = Imports(pool, user)
    new = Import(id=uuid4(), format="vault", name=SECRET, created_at=noon)
    await imports.begin(new)
    await imports.keep(new.id, [File(path=f"{SECRET}.md", name=SECRET, title=f"The {SECRET}", text=SECRET)])
    await imports.go(new.id, ())
    going = await imports.get(new.id)
    await imports.advance(going, going, [Imported(id=note.id, path=SECRET, hash=b"", version=1)])
    model_call = ModelCall(
        id=uuid4(), account=Account(user_id=user, purpose="turn", thread_id=thread_id, run_id=run_id), model=SECRET,
        answered_by=SECRET, usage=Usage(input_tokens=1), cost=CENT, outcome="answered", started_at=noon, total_ms=1,
    )  # fmt: skip
    await ModelCalls(pool, user).record([model_call])
    budgets = budgets_of("tenant/turns/day=1000000")
    await Spending(pool, user).reserve(uuid4(), is_background=False, most=CENT, at=noon, budgets=budgets)
    await KeptAnswers(pool, user).keep(HASH, KeptAnswer(text=SECRET, answered_by=SECRET), noon)
    return World(
        user=user, thread_id=thread_id, message=message, run=run, live=live, lease=lease,
        task=task, note=note, habit=habit, entry=entry,
        memory=memory, action=action, chunk_id=chunks[0].chunk_id, going=going, model_call=model_call,
    )  # fmt: skip


@pytest.fixture
def owner(dsn):
    """A connection that no policy binds."""
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture
def rows_of(owner, guarded_tables):
    """All rows of a user, by table, as JSON text."""

    def rows(user: UUID) -> dict[str, list[str]]:
        found = {}
        for table in guarded_tables:
            owned = "user_id::text" if not table.startswith("checkpoint") else "split_part(thread_id, '/', 1)"
            statement = f"SELECT row_to_json({table})::text AS row FROM {table} WHERE {owned} = %s ORDER BY 1"
            found[table] = [row["row"] for row in owner.execute(statement, [str(user)]).fetchall()]
        return found

    return rows


@pytest.fixture
def guarded_tables(owner) -> list[str]:
    """Every table that has a policy."""
    found = owner.execute("SELECT DISTINCT tablename FROM pg_policies WHERE schemaname = 'public' ORDER BY 1")
    return [row["tablename"] for row in found.fetchall()]


@pytest.fixture
def lease() -> Lease:
    return Lease(owner=uuid4(), lasts=timedelta(minutes=1))


@pytest.fixture
def other_lease() -> Lease:
    """Another process's."""
    return Lease(owner=uuid4(), lasts=timedelta(minutes=1))


@pytest.fixture
def run_of(noon):
    def make(id: str = "r", *, thread: str = "t", **fields) -> Run:
        fresh = {"root_id": id, "status": "running", "model": "script", "message_id": f"to {id}", "created_at": noon}
        return Run(id=id, thread_id=thread, **fresh | fields)

    return make


@pytest.fixture
def said_in(noon):
    """What the person says in a run."""

    def make(run: Run, text: str = "hello", **fields) -> Message:
        fresh = {"id": run.message_id, "parent_id": None, "run_id": run.id, "role": "user", "created_at": noon}
        return Message(thread_id=run.thread_id, content=text, **fresh | fields)

    return make


@pytest.fixture
def begin(beginnings, lease, said_in):
    """Begins a run with a message."""

    async def begin(run: Run, text: str = "hello", *, by: Lease = lease, **more):
        return await beginnings.begin(run, by, EVENT, said=said_in(run, text), **more)

    return begin


@pytest.fixture
def end(runs, lease, noon):
    async def end(id: str, status: str = "finished", *, messages=(), approvals=()) -> None:
        await runs.record(id, lease, messages=messages, end=Settlement(status=status, approvals=approvals, at=noon))

    return end
