"""The process: it starts, says what is wrong with one line and the cure, and stops cleanly."""

import asyncio
import json
import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from server import main
from serving import app
from settings import Settings, strangers
from tests.providers.dictated import dictated
from wiring import opened

ROOT = Path(__file__).parent.parent
LONGEST = 60
SAID = {
    "threadId": "t", "runId": "r", "protocolVersion": "1.0",
    "messages": [{"id": "m", "role": "user", "content": "I need milk"}],
}  # fmt: skip


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

    def run(*arguments, input="", **variables):
        return subprocess.run(
            [sys.executable, "server.py", *arguments],
            cwd=ROOT, env=environment | variables, input=input, capture_output=True, text=True, timeout=LONGEST,
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


@pytest.fixture
def model():
    """A provider that says what the test dictates."""
    with dictated() as dictation:
        yield dictation


def test_it_starts_answers_and_stops_cleanly(started, home):
    process, url = started()
    assert httpx2.get(f"{url}/health/ready").json()["status"] == "ok"
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


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--port", "0"], 0), (["key", "create", "--user", "Ada"], 143), (["doctor"], 143)],
    ids=["server", "key", "doctor"],
)
def test_who_is_told_to_stop_before_it_is_done_leaves_no_database_behind(environment, home, arguments, code):
    command = [sys.executable, "server.py", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    _wait(lambda: (home / "postgres" / "postmaster.pid").exists() or process.poll() is not None)

    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=LONGEST)

    assert process.returncode == code
    assert not (home / "postgres" / "postmaster.pid").exists()


def test_a_stopping_server_lets_a_reply_end(started, model):
    process, url = started(**model.settings, METACORTEX_GRACE_SECONDS="30")
    with httpx2.stream("POST", f"{url}/agui", json=SAID, timeout=30) as answer:
        frames = _frames(answer)
        model.says("Half ")
        _read(frames, until="Half ")

        process.send_signal(signal.SIGTERM)
        _wait(lambda: httpx2.get(f"{url}/health/ready").status_code == 503)
        refused = httpx2.post(f"{url}/agui", json={**SAID, "threadId": "other", "runId": "other"})
        model.says("and half.")
        model.ends()
        rest = [event for _, event in frames]

    process.communicate(timeout=20)
    assert process.returncode == 0
    assert (refused.status_code, "Retry-After" in refused.headers) == (503, True)
    assert rest[-1]["outcome"] == {"type": "success"}


def test_a_reply_that_outlasts_the_grace_is_handed_to_the_next_start(started, model):
    process, url = started(**model.settings, METACORTEX_GRACE_SECONDS="0.2")
    with httpx2.stream("POST", f"{url}/agui", json=SAID, timeout=30) as answer:
        frames = _frames(answer)
        model.says("Half ")
        last, begun = _read(frames, until="Half ")[-1]
        process.send_signal(signal.SIGTERM)
        rest = list(frames)
    _, complaints = process.communicate(timeout=20)

    _, url = started(**model.settings, METACORTEX_LEASE_SECONDS="1")
    with httpx2.stream("GET", f"{url}/runs/r/events", headers={"Last-Event-ID": last}, timeout=30) as answer:
        frames = _frames(answer)
        withdrawn = _read(frames, until="metacortex.withdrawn")
        model.says("A whole answer.")
        model.ends()
        after = [event for _, event in frames]

    assert (process.returncode, complaints) == (0, "")
    assert (rest[-1][0], rest[-1][1]["code"]) == (None, "handover")
    assert withdrawn[-1][1]["value"] == {"messageId": begun["messageId"]}
    assert "".join(event.get("delta", "") for event in after) == "A whole answer."
    assert after[-1]["outcome"] == {"type": "success"}


def test_what_a_killed_server_had_done_is_done_once_and_its_reply_is_said(started, model):
    process, url = started(**model.settings, METACORTEX_LEASE_SECONDS="1")
    with suppress(httpx2.TransportError), httpx2.stream("POST", f"{url}/agui", json=SAID, timeout=30) as answer:
        frames = _frames(answer)
        model.calls("add_tasks", '{"tasks": [{"title": "Buy milk"}]}')
        last, _ = _read(frames, until="TOOL_CALL_RESULT")[-1]
        model.says("Half ")
        _read(frames, until="Half ")
        process.kill()
        list(frames)
    process.wait(timeout=20)
    _wait(lambda: not model.open)

    _, url = started(**model.settings, METACORTEX_LEASE_SECONDS="1")
    with httpx2.stream("GET", f"{url}/runs/r/events", headers={"Last-Event-ID": last}, timeout=30) as answer:
        frames = _frames(answer)
        _read(frames, until="metacortex.withdrawn")
        model.says("It stands on your list.")
        model.ends()
        after = [event for _, event in frames]

    assert "".join(event.get("delta", "") for event in after) == "It stands on your list."
    assert after[-1]["outcome"] == {"type": "success"}
    assert httpx2.get(f"{url}/runs/r").json()["attempts"] == 2
    assert [task["title"] for task in httpx2.get(f"{url}/tasks").json()["items"]] == ["Buy milk"]
    assert len(httpx2.get(f"{url}/actions").json()["items"]) == 1
    kept = httpx2.get(f"{url}/threads/t/messages").json()["items"]
    assert [message["role"] for message in kept] == ["user", "assistant", "tool", "assistant"]
    assert len(model.asked) == 3


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
        ((), {"METACORTEX_PRICES": "[" * 60_000}, "METACORTEX_PRICES"),
        ((), {"METACORTEX_PRICES": '{"openai:m": {"input": 1e999999, "output": 1}}'}, "'input' of 'openai:m'"),
        ((), {"METACORTEX_PRICES": '{"openai:m": {"input": 1, "output": "1e999999"}}'}, "'output' of 'openai:m'"),
        ((), {"METACORTEX_PRICES": '{"openai:m": {"input": 1, "output": NaN}}'}, "'output' of 'openai:m'"),
        ((), {"METACORTEX_PRICES": '{"openai:m": {"input": -1, "output": 1}}'}, "'input' of 'openai:m'"),
        *(
            ((), {"METACORTEX_PRICES": f'{{"openai:m": {{"input": {given}, "output": 1}}}}'}, "write it as {")
            for given in ('"abc"', '"a\\nb"', "Infinity", "true", "null", "{}", "[]", "1e99999999999999999999")
        ),
        (
            (),
            {"METACORTEX_PRICES": '{"openai:m": {"input": 1, "output": 1}, "openai:m": {}}'},
            "'openai:m' stands there",
        ),
        ((), {"METACORTEX_PRICES": '{"openai:m": {"input": 1, "input": 2, "output": 1}}'}, "keep one"),
        ((), {"METACORTEX_BUDGETS": "user/turns/day=1e999999"}, "METACORTEX_BUDGETS"),
        ((), {"OPENAI_BASE_URL": "localhost:11434/v1"}, "OPENAI_BASE_URL"),
        ((), {"OPENAI_BASE_URL": "http://[::1"}, "OPENAI_BASE_URL"),
        ((), {"ANTHROPIC_BASE_URL": "http://127.0.0.1:99999"}, "ANTHROPIC_BASE_URL"),
        ((), {"OPENAI_API_KEY": "sk-a\nb"}, "OPENAI_API_KEY"),
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


@pytest.mark.parametrize(
    "variables, wrong, cure",
    [
        ({"METACORTEX_MODLE": "offline"}, "settings", "METACORTEX_MODEL?"),
        ({"METACORTEX_MODEL": "openai:mine"}, "budgets", "METACORTEX_PRICES"),
        ({"METACORTEX_EMBEDDER": "openai:mine"}, "budgets", "METACORTEX_PRICES"),
        ({"METACORTEX_MODEL": "openai:gpt-5"}, "budgets", "METACORTEX_ANSWER_TOKENS"),
    ],
    ids=["a name", "no price", "no price of the embedder", "too small a budget"],
)
def test_the_doctor_looks_at_names_prices_and_budgets(command, variables, wrong, cure):
    said = command("doctor", OPENAI_API_KEY="none", METACORTEX_BUDGETS="user/turns/day=0.01", **variables)

    (line,) = [line for line in said.stdout.splitlines() if line.startswith("WRONG")]
    assert said.returncode == 1
    assert line.startswith(f"WRONG  {wrong}: ") and cure in line


def test_a_name_that_is_no_setting_is_told_at_the_start(started):
    process, _ = started(METACORTEX_LEASE_SECOND="3", METACORTEX_OPENAI_KEY="sk", METACORTEX_PORT_X="1")

    process.send_signal(signal.SIGTERM)
    _, complaints = process.communicate(timeout=20)

    assert complaints.splitlines() == [
        "metacortex: METACORTEX_LEASE_SECOND is no setting and changes nothing; did you mean METACORTEX_LEASE_SECONDS?",
        "metacortex: METACORTEX_OPENAI_KEY is no setting and changes nothing; did you mean OPENAI_API_KEY?",
        "metacortex: METACORTEX_PORT_X is no setting and changes nothing; did you mean METACORTEX_PORT?",
    ]


@pytest.mark.parametrize(
    "name, field",
    [("OPENAI_API_KEY", "openai_api_key"), ("DATABASE_URL", "database_url"), ("OPENAI_API", "openai_api")],
)
def test_a_name_that_is_taken_is_not_told(monkeypatch, name, field):
    monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(f"METACORTEX_{name}", "chat")

    taken = getattr(Settings(), field)

    assert (taken if isinstance(taken, str) else taken.get_secret_value()) == "chat"
    assert not [said for said in strangers() if name in said]


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


def test_a_revoked_key_opens_nothing(command, started):
    key = command("key", "create", "--user", "Ada").stdout.strip()
    _, url = started(METACORTEX_AUTH="keys")
    before = httpx2.get(f"{url}/me", headers={"Authorization": f"Bearer {key}"})

    revoked = command("key", "revoke", input=key)

    assert before.status_code == 200
    assert (revoked.returncode, revoked.stdout) == (0, "revoked\n")
    assert httpx2.get(f"{url}/me", headers={"Authorization": f"Bearer {key}"}).status_code == 401
    assert "no such key" in command("key", "revoke", input=key).stderr


@pytest.mark.parametrize("given", ["", " \n"], ids=["nothing", "an empty line"])
def test_without_a_key_nothing_is_revoked(command, home, given):
    said = command("key", "revoke", input=given)

    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.startswith("metacortex: No key was given;") and said.stderr.count("\n") == 1
    assert not (home / "postgres").exists()


def test_a_key_that_is_typed_is_not_shown(environment, home):
    """At a terminal that is the command's own."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.execve(sys.executable, [sys.executable, "server.py", "key", "revoke"], environment)
    shown = _shown(terminal, b"key: ")
    os.write(terminal, b"mcx_secret\n")
    shown += _shown(terminal, b"no such key")
    _, status = os.waitpid(pid, 0)

    assert b"secret" not in shown
    assert os.waitstatus_to_exitcode(status) == 1


def _shown(terminal, until):
    shown = b""
    while until not in shown:
        shown += os.read(terminal, 1_000)
    return shown


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


def _frames(answer):
    """Each frame's id, or none, and its event."""
    id = None
    for line in answer.iter_lines():
        if line.startswith("id:"):
            id = line.removeprefix("id:").strip()
        elif line.startswith("data:"):
            yield id, json.loads(line.removeprefix("data:"))
        elif not line:
            id = None


def _read(frames, *, until):
    """The frames up to the first that says so."""
    read = []
    for frame in frames:
        read.append(frame)
        if until in json.dumps(frame[1]):
            return read
    raise AssertionError(f"{until!r} never came: {read}")


def _wait(claim):
    """Until it is true; the test's timeout is the limit."""
    while not claim():
        time.sleep(0.05)
