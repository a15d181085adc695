"""The process: it starts, says what is wrong with one line and the cure, and stops cleanly."""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx2
import pytest

from server import app, main
from settings import Settings
from wiring import opened

ROOT = Path(__file__).parent.parent
LONGEST = 60


@pytest.fixture
def home():
    # A short path of its own: the embedded server runs as another user where we are root.
    folder = Path(tempfile.mkdtemp(prefix="metacortex-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def environment(home):
    strange = ("METACORTEX_", "OPENAI_", "ANTHROPIC_", "DATABASE_URL")
    ours = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
    return ours | {"METACORTEX_HOME": str(home)}


@pytest.fixture
def command(environment):
    """Runs `server.py` with these arguments and variables to its end."""

    def run(*arguments, **variables):
        return subprocess.run(
            [sys.executable, "server.py", *arguments],
            cwd=ROOT, env=environment | variables, capture_output=True, text=True, timeout=LONGEST,
        )  # fmt: skip

    return run


@pytest.fixture
def started(environment):
    """Starts a server on a free port and gives the process with its address."""
    processes = []

    def start(**variables):
        process = subprocess.Popen(
            [sys.executable, "server.py", "--port", "0"],
            cwd=ROOT, env=environment | variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        processes.append(process)
        line = process.stdout.readline()
        assert line.startswith("MetaCortex on http://127.0.0.1:"), process.communicate(timeout=10)
        return process, line.split()[2].rstrip(",")

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def test_it_starts_answers_and_stops_cleanly(started, home):
    process, url = started()
    assert httpx2.get(f"{url}/health/ready").json() == {"status": "ok"}
    body = {"threadId": "t", "runId": "r", "messages": [{"id": "m", "role": "user", "content": "add task buy milk"}]}
    assert "RUN_FINISHED" in httpx2.post(f"{url}/agui", json=body, timeout=20).text
    kept = httpx2.get(f"{url}/tasks").json()

    process.send_signal(signal.SIGTERM)
    _, complaints = process.communicate(timeout=20)

    assert process.returncode == 0
    assert complaints == ""
    assert not (home / "postgres" / "postmaster.pid").exists()
    _, url = started()
    assert httpx2.get(f"{url}/tasks").json() == kept


def test_an_open_stream_ends_with_its_terminal_event(started):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        model = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        process, url = started(METACORTEX_MODEL="openai:slow", OPENAI_BASE_URL=model, OPENAI_API_KEY="none")
        body = {"threadId": "t", "runId": "r", "messages": [{"id": "m", "role": "user", "content": "hello"}]}
        with httpx2.stream("POST", f"{url}/agui", json=body, timeout=20) as answer:
            lines = answer.iter_lines()
            assert "RUN_STARTED" in next(line for line in lines if line.startswith("data:"))

            begun = time.monotonic()
            process.send_signal(signal.SIGTERM)
            last = json.loads([line for line in lines if line.startswith("data:")][-1].removeprefix("data:"))

        process.communicate(timeout=20)
    assert last["type"] == "RUN_ERROR"
    assert process.returncode == 0
    assert time.monotonic() - begun < 15


def test_a_taken_port_is_said_in_one_line(command):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = command("--port", port)

    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.startswith(f"metacortex: Cannot listen on 127.0.0.1:{port} (Address already in use)")
    assert said.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments, variables, cure",
    [
        ((), {"METACORTEX_HOME": "/dev/null/home"}, "METACORTEX_HOME"),
        ((), {"DATABASE_URL": "postgresql://127.0.0.1:1/nothing"}, "DATABASE_URL"),
        ((), {"DATABASE_URL": "not a url"}, "DATABASE_URL"),
        (("--host", "0.0.0.0"), {}, "METACORTEX_AUTH=keys"),
        (("--host", "no.such.host.invalid"), {"METACORTEX_AUTH": "keys"}, "--host"),
        (("--port", "http"), {}, "METACORTEX_PORT"),
        (("--port", "70000"), {}, "METACORTEX_PORT"),
        ((), {"METACORTEX_AUTH": "maybe"}, "METACORTEX_AUTH"),
        ((), {"METACORTEX_MODEL": "gpt"}, "METACORTEX_MODEL"),
        ((), {"METACORTEX_MODEL": "openai:gpt-5-mini"}, "OPENAI_API_KEY"),
        ((), {"METACORTEX_EMBEDDER": "remote"}, "METACORTEX_EMBEDDER"),
    ],
)
def test_what_is_wrong_is_one_line_with_the_cure(environment, monkeypatch, capsys, arguments, variables, cure):
    for name in set(os.environ) - set(environment):
        monkeypatch.delenv(name)
    for name, value in (environment | variables).items():
        monkeypatch.setenv(name, value)

    code = main(["--port", "0", *arguments])

    said = capsys.readouterr()
    assert (code, said.out) == (1, "")
    assert said.err.startswith("metacortex: ")
    assert said.err.count("\n") == 1, said.err
    assert cure in said.err


def test_the_doctor_finds_nothing_on_a_fresh_home(command):
    said = command("doctor")

    assert said.returncode == 0, said.stdout + said.stderr
    assert said.stderr == ""
    assert "pgvector" in said.stdout
    assert "WRONG" not in said.stdout


def test_the_doctor_says_what_is_wrong_and_the_cure(command):
    said = command("doctor", DATABASE_URL="postgresql://127.0.0.1:1/nothing")

    assert said.returncode == 1
    (wrong,) = [line for line in said.stdout.splitlines() if line.startswith("WRONG")]
    assert "database" in wrong
    assert "DATABASE_URL" in wrong
    assert "Traceback" not in said.stderr


def test_a_key_made_on_the_command_line_lets_in(command, started):
    made = command("key", "create", "--user", "Ada", "--tenant", "Engines")
    other = command("key", "create", "--user", "Bob")
    _, url = started(METACORTEX_AUTH="keys")

    answer = httpx2.get(f"{url}/me", headers={"Authorization": f"Bearer {made.stdout.strip()}"})
    others = httpx2.get(f"{url}/me", headers={"Authorization": f"Bearer {other.stdout.strip()}"})

    assert (made.returncode, made.stderr) == (0, "")
    assert answer.json()["name"] == "Ada"
    assert others.json()["id"] != answer.json()["id"]
    assert httpx2.get(f"{url}/me").status_code == 401


def test_a_user_without_a_name_is_refused(home, monkeypatch, capsys):
    monkeypatch.setenv("METACORTEX_HOME", str(home))

    code = main(["key", "create", "--user", " "])

    assert code == 1
    assert capsys.readouterr().err.startswith("metacortex: name: ")


async def test_what_is_written_is_embedded_soon_after(new_database):
    settings = Settings(database_url=new_database(), model="offline", embedder="local")
    async with opened(settings) as parts:
        transport = httpx2.ASGITransport(app=app(parts))
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as http:
            note = (await http.post("/notes", json={"body": "The puppy chewed my slippers"})).json()
            working = asyncio.create_task(parts.worker.run())

            async with asyncio.timeout(30):
                while not (hits := (await http.get("/search?q=young dog ruined footwear")).json()["items"]):
                    await asyncio.sleep(0.1)
            working.cancel()

    assert [hit["id"] for hit in hits] == [note["id"]]
