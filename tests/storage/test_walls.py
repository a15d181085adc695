"""Between people there is a wall: in the catalogue, and through every method of every store."""

import importlib
import inspect
import pkgutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import psycopg
import pytest

import storage
from domain.actions import Call
from domain.budgets import budgets_of
from domain.errors import Conflict, Invalid, NotFound
from domain.imports import File
from storage.exports import FIRST
from storage.imports import Imported
from storage.kept_answers import KeptAnswer
from storage.ledger import Decision
from storage.passages import Passage
from storage.runs import LeaseLost
from storage.search import Within
from storage.store import SET_USER, Store
from storage.tasks import Wanted
from tests.storage.conftest import HASH

SECRET = "xylograph"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
WITHOUT_POLICY = {
    "tenants": {"id", "created_at"},
    "users": {"id", "tenant_id", "created_at"},
    "keys": {"hash", "user_id", "created_at", "revoked_at"},
    "jobs": {"user_id", "kind", "due_at"},
    "leases": {"user_id", "thread_id", "run_id", "owner", "until", "cancel_asked_at"},
    "migrations": {"name", "applied_at"},
    "embedders": {"name", "since", "alone"},
    "tenant_spending": {"tenant_id", "is_background", "day", "part", "dollars"},
    "breakers": {"model", "reason", "times", "until", "changed_at"},
    "checkpoint_migrations": {"v"},
}
TABLES = """
    SELECT relname AS name, relrowsecurity AND relforcerowsecurity AS forced,
        EXISTS (
            SELECT FROM pg_policy WHERE polrelid = pg_class.oid AND polcmd = '*' AND polwithcheck IS NOT NULL
        ) AS has_policy,
        ARRAY(
            SELECT attname::text FROM pg_attribute WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
        ) AS columns
    FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'f', 'm', 'v') AND NOT relispartition
"""
REACHABLE_LEAVES = """
    SELECT relname FROM pg_class
    WHERE relispartition AND relkind <> 'i'
        AND has_table_privilege('metacortex_app', oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
"""
EXPLAINING = ("prompt", "tools_hash", "answered_by", "input_tokens", "output_tokens", "cached_tokens", "cost")
# Roles that own functions, which run with these rights, and only these.
MORE_RIGHTS = {
    "metacortex_words": {("chunks", "SELECT")},
    "metacortex_money": {
        ("users", "SELECT"),
        *((table, right) for table in ("spending", "tenant_spending") for right in ("SELECT", "INSERT", "UPDATE")),
        *(("reservations", right) for right in ("SELECT", "INSERT", "DELETE")),
        *((f"runs.{column}", "SELECT") for column in ("user_id", "id")),
        *((f"runs.{column}", right) for column in EXPLAINING for right in ("SELECT", "UPDATE")),
    },
}
RIGHTS = """
    SELECT relname::text AS name, privilege_type AS privilege
    FROM pg_class CROSS JOIN LATERAL aclexplode(relacl) WHERE grantee = %(role)s::regrole
    UNION ALL
    SELECT attrelid::regclass || '.' || attname, privilege_type
    FROM pg_attribute CROSS JOIN LATERAL aclexplode(attacl) WHERE grantee = %(role)s::regrole
"""
# The user is named in every place where a caller can name anything.
MATCHING = """
    SELECT * FROM matching(
        ARRAY[(%(word)s || ' | ' || quote_literal(%(user)s::text))::tsquery, %(word)s::tsquery],
        '{}/1000000000'::sparsevec, 100,
        '{task,note,habit,memory,entry,message}', NULL, NULL, NULL, NULL, NULL, NULL, NULL
    )
"""
PLAIN_COLUMNS = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = '' AND attgenerated = ''
"""


def every_store() -> list[type[Store]]:
    for module in pkgutil.iter_modules(storage.__path__):
        importlib.import_module(f"storage.{module.name}")
    ours = {store for store in below(Store) if store.__module__.startswith("storage.")}
    return sorted(ours, key=lambda store: store.__name__)


def below(store: type) -> list[type]:
    return [kind for child in store.__subclasses__() for kind in (child, *below(child))]


METHODS = [
    pytest.param(store, name, id=f"{store.__name__}.{name}")
    for store in every_store()
    for name, method in inspect.getmembers(store)
    if not name.startswith("_") and (inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method))
]


@pytest.fixture
def given(world):
    """Arguments that name what is in `world`, by the name of the parameter, or by store and parameter."""
    key = world.action.call
    return {
        "Tasks.id": world.task.id,
        "Notes.id": world.note.id,
        "Habits.id": world.habit.id,
        "Memories.id": world.memory.id,
        "Runs.id": world.live.id,
        "Ledger.id": world.action.id,
        "Ledger.ids": [world.action.id],
        "leaving_changed": True,
        "Tasks.ids": [world.task.id],
        "Notes.ids": [world.note.id],
        "Habits.ids": [world.habit.id],
        "Embeddings.rows": [(world.chunk_id, [0.0, 1.0, 0.0])],
        "Ledger.tasks": [world.task.id],
        "Ledger.notes": [world.note.id],
        "Ledger.habits": [world.habit.id],
        "Ledger.memories": [world.memory.id],
        "Ledger.entries": [(world.habit.id, world.entry.date)],
        "Ledger.entries_of": [world.habit.id],
        "Ledger.call": Call(
            thread_id=key.thread_id,
            message_id="new",
            tool_call_id="new",
            tool=key.tool,
            arguments={},
            origin=key.origin,
        ),
        "Ledger.decide": lambda held: Decision(
            "Deleted what I could get hold of.",
            tuple(
                (thing, None)
                for things in (held.tasks, held.notes, held.habits, held.entries, held.memories)
                for thing in things.values()
            ),
            (),
        ),
        "Imports.id": world.going.id,
        "Imports.ids": [world.note.id],
        "Imports.new": world.going,
        "Imports.files": [File(path="mine.md", text="Mine now")],
        "Imports.after": "",
        "Imports.before": world.going,
        "Imports.now": world.going,
        "import_id": world.going.id,
        "problems": (),
        "names": [SECRET],
        "paths": [f"{SECRET}.md"],
        "learnt": [Imported(id=world.note.id, path="mine.md", hash=b"", version=9)],
        "ModelCalls.calls": [replace(world.model_call, id=uuid4())],
        "Runs.calls": (),
        "call_id": uuid4(),
        "is_background": False,
        "Spending.most": Decimal("0.01"),
        "Spending.since": NOON,
        "budgets": budgets_of("user/turns/day=1,tenant/background/month=1"),
        "hash": HASH,
        "forms": [SECRET],
        "answer": KeptAnswer(text="Mine now", answered_by=None),
        "Exports.kind": "task",
        "Exports.after": FIRST,
        "Exports.project": SECRET,
        "Threads.messages": [world.message],
        "Profiles.name": "Mallory",
        "action_id": world.action.id,
        "habit_id": world.habit.id,
        "thread_id": world.thread_id,
        "run": world.run,
        "lease": world.lease,
        "position": 1,
        "state": None,
        "event": {"type": "RUN_STARTED"},
        "said": world.message,
        "branch_from": None,
        "by_force": True,
        "events": (),
        "end": None,
        "Runs.messages": (),
        "Runs.after": 0,
        "Runs.answers": (),
        "message_id": world.message.id,
        "tool_call_id": "call",
        "Tasks.status": "all",
        "wanted": Wanted(status="all"),
        "most": 50,
        "title": "Mine now",
        "at": NOON,
        "since": date(2020, 1, 1),
        "until": None,
        "due_from": None,
        "due_to": None,
        "tag": None,
        "project": None,
        "query": SECRET,
        "Tasks.query": None,
        "prefix": SECRET[:3],
        "vector": [1.0, 0.0, 0.0],
        "embedder": "test",
        "within": Within(neighbours=1),
        "exactly": False,
        "Search.kind": "note",
        "Search.id": world.note.id,
        "passages": (Passage(kind="note", source_id=world.note.id, ordinal=9, title="", body="Mine now"),),
        "kinds": (),
        "asked": SECRET,
        "content": SECRET,
        "Summaries.notes": [world.note.id],
        "digest": {},
        "archived": True,
        "aside": True,
        "keep": timedelta(0),
        "Titles.after": "",
        "Condensed.after": "",
        "Condensed.since": 0,
        "upto": 0,
        "summary": SECRET,
        "of": [replace(world.message, position=1)],
        "limit": 50,
        "change": 0.02,
        "cursor": None,
        "zone": "Asia/Tokyo",
        "locale": "de-DE",
        "week_start": 6,
    }


@pytest.fixture
def call(pool, given):
    """Calls a method of a store as this user; a parameter that nothing is known for fails the test."""

    async def answer(store, name, user):
        method = getattr(store(pool, user), name)
        arguments = {}
        for parameter in inspect.signature(method).parameters:
            known = [key for key in (f"{store.__name__}.{parameter}", parameter) if key in given]
            if not known:
                pytest.fail(f"{store.__name__}.{name} has a parameter {parameter!r} that this test has no value for")
            arguments[parameter] = given[known[0]]
        if inspect.isasyncgenfunction(method):
            return [part async for part in method(**arguments)]
        return await method(**arguments)

    return answer


@pytest.mark.parametrize(("store", "name"), METHODS)
async def test_nobody_reads_or_changes_what_is_anothers(store, name, call, world, other_user, rows_of):
    before = rows_of(world.user)
    assert before["tasks"] and before["embeddings"] and before["runs"]

    try:
        answer = await call(store, name, other_user)
    except (NotFound, Conflict, Invalid) as refusal:
        answer = refusal.message
    except LeaseLost:
        answer = None

    assert name == "begin" or SECRET not in repr(answer)  # what `begin` gives back was handed to it
    assert rows_of(world.user) == before


@pytest.mark.parametrize(("store", "name"), METHODS)
async def test_the_same_call_of_the_owner_is_answered(store, name, call, world):
    try:
        await call(store, name, world.user)
    except NotFound:
        pytest.fail(f"{store.__name__}.{name} does not find what is the caller's own")


async def test_there_are_stores_to_test():
    assert len(METHODS) > 30


def test_every_table_with_a_persons_data_forces_its_policy(owner):
    tables = owner.execute(TABLES).fetchall()

    unguarded = {
        table["name"]: set(table["columns"]) for table in tables if not (table["forced"] and table["has_policy"])
    }

    assert unguarded == WITHOUT_POLICY


def test_guarded_tables_say_whose_a_row_is(owner):
    tables = owner.execute(TABLES).fetchall()

    assert all({"user_id", "thread_id"} & set(table["columns"]) for table in tables if table["has_policy"])


def test_leaves_of_partitioned_tables_are_out_of_reach(owner):
    assert owner.execute(REACHABLE_LEAVES).fetchall() == []


def test_the_application_role_is_bound_by_policies(owner):
    role = owner.execute("SELECT * FROM pg_roles WHERE rolname = 'metacortex_app'").fetchone()
    owned = owner.execute("SELECT relname FROM pg_class WHERE relowner = 'metacortex_app'::regrole").fetchall()

    assert not (role["rolsuper"] or role["rolbypassrls"] or role["rolcanlogin"] or role["rolcreaterole"])
    assert owned == []


def test_few_functions_of_ours_run_with_more_rights(owner):
    functions = owner.execute(
        "SELECT proname, proowner::regrole::text AS owner, proconfig FROM pg_proc "
        "WHERE pronamespace = 'public'::regnamespace AND prosecdef"
    ).fetchall()
    (tables_owner,) = owner.execute("SELECT current_user::text AS name").fetchone().values()

    assert {each["proname"]: each["owner"] for each in functions} == {
        "matching": "metacortex_words",
        "spent_of": "metacortex_money",
        "reserve_spending": "metacortex_money",
        "count_model_calls": "metacortex_money",
        "index_vectors": tables_owner,
    }
    assert {each["proconfig"][0] for each in functions} == {"search_path=pg_catalog, public"}


@pytest.mark.parametrize("name", MORE_RIGHTS)
def test_whose_rights_they_have_has_few_and_cannot_be_taken_for(owner, name):
    role = owner.execute("SELECT * FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    rights = owner.execute(RIGHTS, {"role": name}).fetchall()
    is_taken = owner.execute(
        "SELECT pg_has_role('metacortex_app', %(role)s, 'member') AS by_a_member, "
        "has_schema_privilege('metacortex_app', 'public', 'CREATE') AS by_the_app, "
        "has_schema_privilege(%(role)s, 'public', 'CREATE') AS by_itself",
        {"role": name},
    ).fetchone()

    assert not (role["rolsuper"] or role["rolbypassrls"] or role["rolcanlogin"] or role["rolcreaterole"])
    assert {(right["name"], right["privilege"]) for right in rights} == MORE_RIGHTS[name]
    assert not any(is_taken.values())


@pytest.mark.parametrize("statement", ["SELECT * FROM tenant_spending", "UPDATE tenant_spending SET dollars = 0"])
async def test_what_a_tenant_spends_is_out_of_reach(pool, user, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with pool.connection() as connection, connection.transaction():
            await connection.execute(SET_USER, {"user_id": str(user)})
            await connection.execute(statement)


@pytest.mark.parametrize("space", ["'; DROP TABLE notes; --", '" ON notes (body); --', "%s %I $1", "🦆"])
async def test_who_makes_an_index_of_vectors_makes_nothing_else(space, pool, owner):
    things = "SELECT count(*) AS number FROM pg_class WHERE relkind NOT IN ('i', 'I')"
    before = owner.execute(things).fetchone()

    async with pool.connection() as connection:
        for width in (-1, 0, 3, 3, 4001):
            await connection.execute("SELECT index_vectors(%s, %s)", [space, width])

    assert owner.execute(things).fetchone() == before
    mine = "SELECT indexdef FROM pg_indexes WHERE strpos(indexdef, '= ' || quote_literal(%s)) > 0"
    made = owner.execute(mine, [space])
    assert ["ON ONLY public.embeddings" in row["indexdef"] for row in made if "ONLY" in row["indexdef"]] == [True]


async def test_the_search_for_words_finds_for_whose_transaction_it_is_and_for_nobody_else(pool, world, other_user):
    found = []
    async with pool.connection() as connection:
        for user in (str(world.user), str(other_user), ""):
            async with connection.transaction():
                await connection.execute(SET_USER, {"user_id": user})
                cursor = await connection.execute(MATCHING, {"user": world.user, "word": SECRET})
                found.append(len(await cursor.fetchall()))
        cursor = await connection.execute(MATCHING, {"user": world.user, "word": SECRET})
        found.append(len(await cursor.fetchall()))

    assert found[0] > 3
    assert found[1:] == [0, 0, 0]


async def test_without_a_user_nothing_is_seen(pool, world, guarded_tables):
    async with pool.connection() as connection:
        counts = [
            (await (await connection.execute(f"SELECT count(*) AS rows FROM {table}")).fetchone())["rows"]
            for table in guarded_tables
        ]

    assert len(counts) >= 15
    assert set(counts) == {0}


async def test_after_a_users_transaction_the_connection_sees_nothing_again(pool, world):
    async with pool.connection() as connection:
        async with connection.transaction():
            await connection.execute(SET_USER, {"user_id": str(world.user)})
            during = await (await connection.execute("SELECT count(*) AS rows FROM tasks")).fetchone()
        after = await (await connection.execute("SELECT count(*) AS rows FROM tasks")).fetchone()

    assert (during["rows"], after["rows"]) == (1, 0)


async def test_nobody_writes_in_anothers_name(pool, world, other_user, guarded_tables, rows_of, owner):
    for table in guarded_tables:
        for row in rows_of(world.user)[table][:1]:
            names = ", ".join(column["attname"] for column in owner.execute(PLAIN_COLUMNS, [table]).fetchall())
            copied = f"SELECT {names} FROM jsonb_populate_record(NULL::{table}, %s::jsonb)"
            statement = f"INSERT INTO {table} ({names}) {copied}"
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                async with pool.connection() as connection, connection.transaction():
                    await connection.execute(SET_USER, {"user_id": str(other_user)})
                    await connection.execute(statement, [row])
