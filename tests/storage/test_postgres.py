"""The servers we can stand on, and those we cannot, with what to do about it."""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from domain.errors import Unavailable
from storage.postgres import check, embedded, problem_of


@pytest.mark.parametrize(
    ("postgres", "pgvector", "cure"),
    [
        pytest.param(14, "0.8.0", "15 or newer", id="old server"),
        pytest.param(18, None, "install pgvector", id="no pgvector"),
        pytest.param(18, "0.7.4", "ALTER EXTENSION vector UPDATE", id="old pgvector"),
    ],
)
def test_what_cannot_carry_us_is_refused_with_the_cure(postgres, pgvector, cure):
    assert cure in (problem_of(postgres, pgvector) or "")


@pytest.mark.parametrize("pgvector", ["0.8.0", "0.8.5", "0.10.1", "1.0"])
def test_what_is_new_enough_will_do(pgvector):
    assert problem_of(15, pgvector) is None


async def test_a_server_whose_pgvector_was_left_old_is_seen(new_database):
    address = new_database()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("UPDATE pg_extension SET extversion = '0.5.0' WHERE extname = 'vector'")

    with pytest.raises(Unavailable, match=r"pgvector 0\.5\.0 is too old"):
        await check(address)


async def test_a_server_that_is_not_there_is_said_in_one_line():
    with pytest.raises(Unavailable, match="cannot be reached") as refused:
        await check("postgresql://nobody@127.0.0.1:1/nothing")

    assert "\n" not in refused.value.message


def test_the_last_one_out_stops_the_server_though_another_was_killed():
    # A short path of its own: the server runs as another user where we are root.
    home = Path(tempfile.mkdtemp(prefix="metacortex-"))
    home.chmod(0o755)
    killed = subprocess.Popen([sys.executable, "-c", ""])
    killed.wait()
    try:
        with embedded(home) as dsn:
            pids = home / "postgres" / ".handle_pids.json"
            pids.write_text(json.dumps([*json.loads(pids.read_text()), killed.pid]))

        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(dsn, connect_timeout=2)
    finally:
        shutil.rmtree(home, ignore_errors=True)
