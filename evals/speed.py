"""Speed: how long a start and a keyless turn take, over HTTP, against a server process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import httpx2

SERVER = Path(__file__).parent.parent / "server.py"
LONGEST_START = 60.0
LONGEST_STOP = 20.0
TURNS_A_THREAD = 20
TALK = "tell me a joke about Kant"
ELSEWHERE = ("DATABASE_URL", "OPENAI_API_KEY", "ANTHROPIC_API_KEY")


class NotMeasured(Exception):
    """The server did not start or a turn did not end well; the message says which."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Some durations in milliseconds of one thing, and what was promised for their p95 (for one start: for it)."""

    name: str
    milliseconds: tuple[float, ...]
    promised: float

    def at(self, share: float) -> float:
        """The smallest duration that at least this share does not exceed."""
        ordered = sorted(self.milliseconds)
        return ordered[max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1)]

    @property
    def kept(self) -> bool:
        """True where the promise holds."""
        return self.at(0.95) < self.promised

    def __str__(self) -> str:
        word = "kept" if self.kept else "BROKEN"
        return (
            f"{self.name:<28} n={len(self.milliseconds):<4} p50 {self.at(0.5):8.1f} ms  p95 {self.at(0.95):8.1f} ms  "
            f"promised < {self.promised:g} ms: {word}"
        )


def measure(turns: int) -> Iterator[Figure]:
    """Two starts on a new home and `turns` turns of each kind; raises `NotMeasured`."""
    with TemporaryDirectory(prefix="metacortex-speed-") as folder:
        with _server(Path(folder)) as (cold, _):
            yield Figure(name="first start to ready", milliseconds=(cold,), promised=15_000)
        with _server(Path(folder)) as (warm, url):
            yield Figure(name="warm start to ready", milliseconds=(warm,), promised=5_000)
            with httpx2.Client(base_url=url, timeout=30) as client:
                _turns(client, [TALK, "add a task to buy milk"])
                talk = _turns(client, [TALK] * turns)
                yield Figure(name="a turn without tools", milliseconds=talk, promised=150)
                acts = _turns(client, [f"buy {number} apples" for number in range(2, turns + 2)], called="add_tasks")
                yield Figure(name="a turn with one tool", milliseconds=acts, promised=300)


@contextmanager
def _server(home: Path) -> Iterator[tuple[float, str]]:
    """A server on that home; yields the milliseconds from its start until it was ready, and its address."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    environment |= {"METACORTEX_HOME": str(home / "home"), "METACORTEX_MODEL": "offline", "METACORTEX_AUTH": "none"}
    command = [sys.executable, str(SERVER), "--port", str(port)]
    with (home / "server.log").open("ab") as log:
        started = time.perf_counter()
        process = subprocess.Popen(command, env=environment, cwd=SERVER.parent, stdout=log, stderr=log)
    try:
        _wait_until_ready(process, url, home / "server.log")
        yield (time.perf_counter() - started) * 1000, url
    finally:
        _stop(process)


def _wait_until_ready(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    until = time.perf_counter() + LONGEST_START
    while time.perf_counter() < until:
        if process.poll() is not None:
            raise NotMeasured(f"the server ended with {process.returncode}: {log.read_text()[-500:]}")
        try:
            if httpx2.get(f"{url}/health/ready", timeout=5).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.02)
    raise NotMeasured(f"the server was not ready after {LONGEST_START:g} s: {log.read_text()[-500:]}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End this process alone, hard where it does not listen."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(LONGEST_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _turns(client: httpx2.Client, sentences: Sequence[str], *, called: str | None = None) -> tuple[float, ...]:
    """Milliseconds of each turn from the request to the last byte, the threads of ordinary length."""
    threads = [f"speed-{uuid4().hex[:12]}" for _ in range(len(sentences) // TURNS_A_THREAD + 1)]
    return tuple(
        _turn(client, threads[number // TURNS_A_THREAD], sentence, called) for number, sentence in enumerate(sentences)
    )


def _turn(client: httpx2.Client, thread_id: str, sentence: str, called: str | None) -> float:
    message = {"id": uuid4().hex, "role": "user", "content": sentence}
    body = {
        "protocolVersion": "1.0",
        "threadId": thread_id,
        "runId": uuid4().hex,
        "messages": [message],
        "tools": [],
        "context": [],
        "state": {},
        "forwardedProps": {},
    }
    started = time.perf_counter()
    answer = client.post("/agui", json=body, headers={"Accept": "text/event-stream"})
    took = (time.perf_counter() - started) * 1000
    if answer.status_code != 200:
        raise NotMeasured(f"a turn was answered with {answer.status_code}: {answer.text[:300]}")
    _check(answer.text, sentence, called)
    return took


def _check(stream: str, sentence: str, called: str | None) -> None:
    """A turn counts only where it ended well and called what it should."""
    events = [json.loads(line[5:]) for line in stream.splitlines() if line.startswith("data:")]
    last: dict[str, Any] = events[-1] if events else {"type": "nothing"}
    if last["type"] != "RUN_FINISHED" or last.get("outcome", {}).get("type", "success") != "success":
        raise NotMeasured(f"the turn {sentence!r} ended with {last}")
    tools = [event["toolCallName"] for event in events if event["type"] == "TOOL_CALL_START"]
    if tools != ([called] if called else []) and sentence != "add a task to buy milk":
        raise NotMeasured(f"the turn {sentence!r} called {tools or 'no tool'}, expected {called or 'none'}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
