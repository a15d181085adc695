"""AG-UI's own clients, of today and of before 1.0, drive the server: turns, approvals, aborts, reconnects."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from tests.providers.dictated import dictated

ROOT = Path(__file__).parents[2]
CLIENTS = ROOT.parent / "shared" / "clients"
YES = '{"*": {"status": "resolved", "payload": {"approved": true}}}'
SAID = ["buy milk", "delete the milk task", "note: the plumber comes on Thursdays", "when does the plumber come?"]

pytestmark = pytest.mark.timeout(240)


@contextmanager
def _started(**variables):
    """A server of its own, and its address."""
    home = Path(tempfile.mkdtemp(prefix="metacortex-"))
    home.chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, "server.py", "--port", "0"],
        cwd=ROOT,
        env=os.environ | {"METACORTEX_HOME": str(home)} | variables,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process.stdout.readline().split()[2].rstrip(",")
    process.terminate()
    process.wait(timeout=30)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def address():
    """A server with the offline model."""
    with _started(METACORTEX_MODEL="offline") as address:
        yield address


@pytest.fixture(scope="module")
def model():
    """A provider that says what the test dictates."""
    with dictated() as dictation:
        yield dictation


@pytest.fixture(scope="module")
def slow(model):
    """A server with that model."""
    with _started(**model.settings) as address:
        yield address


@pytest.fixture(scope="module", params=["agui", "agui-0059"])
def program(request, tmp_path_factory):
    """The client's program, with what it needs."""
    source = CLIENTS / request.param
    if not source.is_dir():
        pytest.skip("the client programs are not beside this checkout")
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp(request.param)
    for file in source.glob("*.*"):
        (folder / file.name).write_bytes(file.read_bytes())
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=folder, check=True, timeout=100)
    return folder / "agui-client.mjs"


@pytest.fixture
def client(program):
    """Starts the client with these arguments; `Driven` reads what it prints."""
    driven = []

    def start(*arguments):
        driven.append(Driven(program, arguments))
        return driven[-1]

    yield start
    for each in driven:
        each.process.kill()
        each.process.wait()


class Driven:
    """A client under way."""

    def __init__(self, program, arguments):
        self.said = ""
        self.process = subprocess.Popen(
            ["node", program.name, *arguments],
            cwd=program.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def until(self, words):
        """Read on until it prints that."""
        while words not in self.said:
            line = self.process.stdout.readline()
            assert line, self.said[-2000:]
            self.said += line

    def end(self):
        """Its exit code, all being read."""
        self.said += self.process.stdout.read()
        return self.process.wait(timeout=60)

    @property
    def messages(self):
        """What the client holds in the end."""
        held = self.said.split("--- final messages\n")[1].split("--- final state")[0]
        return json.loads(held)


def test_the_client_takes_every_run_without_a_complaint(client, address):
    says = [word for text in SAID for word in ("--message", text)]

    driven = client(f"{address}/agui", "--resume", YES, *says)

    assert driven.end() == 0, driven.said[-2000:]
    assert "!!!" not in driven.said
    assert driven.said.count("terminal=RUN_FINISHED") == len(SAID) + 1
    assert "metacortex.citations" in driven.said
    assert '"tool":"delete_tasks"' in driven.said, "the interrupt's metadata arrives whole"


def test_a_client_that_connects_holds_the_half_said_message_and_the_rest(client, slow, model):
    thread, hello = uuid4().hex, {"id": uuid4().hex, "role": "user", "content": "hello"}
    body = {"threadId": thread, "runId": uuid4().hex, "protocolVersion": "1.0", "messages": [hello]}
    with httpx2.stream("POST", f"{slow}/agui", json=body, timeout=30) as answer:
        model.says("Half ")
        _read(answer, "Half ")

        driven = client(f"{slow}/agui", *_connecting(slow, thread, [hello]))
        driven.until("TEXT_MESSAGE_START")
        model.says("and ", "half.")
        model.ends()
        code = driven.end()

    assert code == 0, driven.said[-2000:]
    assert "!!!" not in driven.said
    assert [message["content"] for message in driven.messages] == ["hello", "Half and half."]


def test_thoughts_and_the_name_of_the_model_reach_the_client(client, slow, model):
    model.thinks("Hm, ", "well.")
    model.says("Yes.")
    model.ends()

    driven = client(f"{slow}/agui", "--message", "hello")

    assert driven.end() == 0, driven.said[-2000:]
    assert "!!!" not in driven.said
    assert [(message["role"], message["content"]) for message in driven.messages] == [
        ("user", "hello"),
        ("reasoning", "Hm, well."),
        ("assistant", "Yes."),
    ]
    assert '"result":{"model":"openai:dictated"' in driven.said
    assert 'usage=[{"provider":"openai","model":"dictated"' in driven.said


def test_a_client_that_connects_while_the_model_thinks_holds_its_thoughts(client, slow, model):
    thread, hello = uuid4().hex, {"id": uuid4().hex, "role": "user", "content": "hello"}
    body = {"threadId": thread, "runId": uuid4().hex, "protocolVersion": "1.0", "messages": [hello]}
    with httpx2.stream("POST", f"{slow}/agui", json=body, timeout=30) as answer:
        model.thinks("Hm, ")
        _read(answer, "Hm, ")

        driven = client(f"{slow}/agui", *_connecting(slow, thread, [hello]))
        driven.until("REASONING_MESSAGE_START")
        model.thinks("well.")
        model.says("Yes.")
        model.ends()
        code = driven.end()

    assert code == 0, driven.said[-2000:]
    assert "!!!" not in driven.said
    assert [message["content"] for message in driven.messages] == ["hello", "Hm, well.", "Yes."]


def test_a_client_that_connects_holds_the_half_streamed_call_and_what_it_does(client, slow, model):
    thread, wish = uuid4().hex, {"id": uuid4().hex, "role": "user", "content": "paint the fence"}
    body = {"threadId": thread, "runId": uuid4().hex, "protocolVersion": "1.0", "messages": [wish]}
    arguments = json.dumps({"tasks": [{"title": "Paint the fence"}]})
    with httpx2.stream("POST", f"{slow}/agui", json=body, timeout=30) as answer:
        model.begins_to_call("add_tasks", arguments[:12])
        _read(answer, "TOOL_CALL_ARGS")

        driven = client(f"{slow}/agui", *_connecting(slow, thread, [wish]))
        driven.until("TOOL_CALL_START")
        model.goes_on_calling(arguments[12:])
        model.says("Done.")
        model.ends()
        code = driven.end()

    assert code == 0, driven.said[-2000:]
    assert "!!!" not in driven.said
    _, calling, result, reply = driven.messages
    (call,) = calling["toolCalls"]
    assert json.loads(call["function"]["arguments"]) == json.loads(arguments)
    assert (result["role"], result["toolCallId"], reply["content"]) == ("tool", call["id"], "Done.")


def test_a_run_that_is_cancelled_while_the_client_reads_ends_cleanly(client, slow, model):
    thread = uuid4().hex
    driven = client(f"{slow}/agui", "--thread", thread, "--message", "hello")
    model.says("Half ")
    driven.until("TEXT_MESSAGE_CONTENT")
    run = driven.said.split(" run=")[1].split()[0]

    answer = httpx2.post(f"{slow}/runs/{run}/cancel")

    assert answer.json()["status"] == "cancelled"
    assert driven.end() == 0, driven.said[-2000:]
    assert "!!!" not in driven.said
    assert [message["content"] for message in driven.messages] == ["hello", "Half "]
    _wait(lambda: not model.open)


def test_a_client_that_aborts_and_connects_misses_nothing(client, slow, model):
    thread = uuid4().hex
    model.says("Half ")
    aborted = client(f"{slow}/agui", "--thread", thread, "--message", "hello", "--abort-after", "2500")
    aborted.until("TEXT_MESSAGE_CONTENT")
    aborted.end()

    driven = client(f"{slow}/agui", *_connecting(slow, thread, aborted.messages))
    driven.until("TEXT_MESSAGE_START")
    model.says("and half.")
    model.ends()

    assert driven.end() == 0, driven.said[-2000:]
    assert "!!!" not in driven.said
    assert [message["content"] for message in driven.messages] == ["hello", "Half and half."]


def test_a_client_that_aborts_and_speaks_again_is_answered(client, slow, model):
    thread = uuid4().hex
    model.says("Half ")
    aborted = client(f"{slow}/agui", "--thread", thread, "--message", "hello", "--abort-after", "2500")
    aborted.until("TEXT_MESSAGE_CONTENT")
    aborted.end()

    driven = client(f"{slow}/agui", "--thread", thread, "--message", "something else")
    driven.until("<<< 200")
    _wait(lambda: model.open == 1)
    model.says("Else.")
    model.ends()

    assert driven.end() == 0, driven.said[-2000:]
    assert "!!!" not in driven.said
    assert driven.messages[-1]["content"] == "Else."


def test_a_client_that_left_a_question_connects_and_finds_it_open(client, address):
    thread = uuid4().hex
    asked = client(f"{address}/agui", "--thread", thread, "--message", "add task air the room",
                   "--message", "delete the task air the room")  # fmt: skip
    assert asked.end() == 0, asked.said[-2000:]

    driven = client(f"{address}/agui", *_connecting(address, thread, []))

    assert driven.end() == 0, driven.said[-2000:]
    assert "!!!" not in driven.said
    assert _interrupts(driven) == _interrupts(asked) != "[]"
    assert [message["role"] for message in driven.messages] == [message["role"] for message in asked.messages]
    answered = httpx2.post(f"{address}/agui", json=_yes(thread, _interrupts(driven)), timeout=30)
    assert "air the room" not in httpx2.get(f"{address}/tasks").text, answered.text


def test_a_yes_that_is_sent_again_after_an_abort_acts_once(client, slow, model):
    thread = uuid4().hex
    httpx2.post(f"{slow}/tasks", json={"title": "Sweep the stairs"})
    model.calls("delete_tasks", json.dumps({"tasks": ["Sweep the stairs"]}))
    asked = client(f"{slow}/agui", "--thread", thread, "--message", "delete the stairs task")
    assert asked.end() == 0, asked.said[-2000:]
    body = _yes(thread, _interrupts(asked))
    before = len(httpx2.get(f"{slow}/actions").json()["items"])
    model.says("Gone, ")
    with httpx2.stream("POST", f"{slow}/agui", json=body, timeout=30) as cut:
        _read(cut, "Gone, ")

    driven = client(f"{slow}/agui", *_connecting(slow, thread, asked.messages))
    driven.until("TEXT_MESSAGE_START")
    with httpx2.stream("POST", f"{slow}/agui", json={**body, "runId": uuid4().hex}, timeout=30) as again:
        _read(again, "Gone, ")
        model.says("for good.")
        model.ends()
        assert driven.end() == 0, driven.said[-2000:]

    assert "!!!" not in driven.said
    assert [message["role"] for message in driven.messages] == ["user", "assistant", "tool", "assistant"]
    assert driven.messages[-1]["content"] == "Gone, for good."
    assert "stairs" not in httpx2.get(f"{slow}/tasks").text
    assert len(httpx2.get(f"{slow}/actions").json()["items"]) == before + 1


def _connecting(address, thread, held):
    return "--connect", f"{address}/agui/connect", "--thread", thread, "--initial", json.dumps(held)


def _interrupts(driven):
    """The ids of the open interrupts, as the client says at the end of its last run."""
    return driven.said.rsplit("interrupts=", 1)[1].split(" usage=")[0]


def _yes(thread, interrupts):
    """The body of a yes to all of these."""
    answers = [
        {"interruptId": id, "status": "resolved", "payload": {"approved": True}} for id in json.loads(interrupts)
    ]
    return {"threadId": thread, "runId": uuid4().hex, "protocolVersion": "1.0", "messages": [], "resume": answers}


def _read(answer, words):
    """Read the answer on until it says that."""
    for line in answer.iter_lines():
        if words in line:
            return
    raise AssertionError(f"{words!r} never came")


def _wait(claim):
    """Until it is true; the test's timeout is the limit."""
    while not claim():
        time.sleep(0.05)
