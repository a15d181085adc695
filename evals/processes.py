"""Server processes of an eval: started on a free port, waited for, weighed by the kernel's books, ended by their id."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2

ROOT = Path(__file__).parent.parent
LONGEST_START = 60.0
LONGEST_STOP = 20.0
OURS = "METACORTEX_"
ELSEWHERE = ("DATABASE_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL")
# As in proc_pid_stat(5), counted from the field behind the name.
PARENT, USER_TICKS, SYSTEM_TICKS, RESIDENT_PAGES = 1, 11, 12, 21


class NotMeasured(Exception):
    """A server did not start or a turn did not end well; the message says which."""


@contextmanager
def running(
    command: Sequence[str], *, environment: Mapping[str, str], log: Path, ready: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """That process once `ready` answers with 200, ended with the block; raises `NotMeasured`."""
    process = spawn(command, environment=environment, log=log)
    try:
        wait_until_ready(process, ready, log)
        yield process
    finally:
        stop(process)


def spawn(command: Sequence[str], *, environment: Mapping[str, str], log: Path) -> "subprocess.Popen[bytes]":
    """That process, just begun. Of our own environment it gets what does not speak of us or of a provider."""
    kept = {name: value for name, value in os.environ.items() if name not in ELSEWHERE and not name.startswith(OURS)}
    with log.open("ab") as said:
        return subprocess.Popen(command, env={**kept, **environment}, cwd=ROOT, stdout=said, stderr=said)


def wait_until_ready(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    """Until that address answers with 200; raises `NotMeasured` with the end of the log."""
    until = time.perf_counter() + LONGEST_START
    while time.perf_counter() < until:
        if process.poll() is not None:
            raise NotMeasured(f"the server ended with {process.returncode}: {_end_of(log)}")
        # It does not listen yet.
        with suppress(httpx2.TransportError):
            if httpx2.get(url, timeout=5, trust_env=False).status_code == 200:
                return
        time.sleep(0.02)
    raise NotMeasured(f"the server was not ready after {LONGEST_START:g} s: {_end_of(log)}")


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End this process alone, hard where it does not listen."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(LONGEST_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def cpu_seconds(process_id: int) -> float:
    """What the process and its living descendants have computed until now."""
    ticks = sum(int(stat[USER_TICKS]) + int(stat[SYSTEM_TICKS]) for stat in _family(process_id))
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_bytes(process_id: int) -> int:
    """What the process and its living descendants hold in memory."""
    return sum(int(stat[RESIDENT_PAGES]) for stat in _family(process_id)) * os.sysconf("SC_PAGE_SIZE")


def _family(process_id: int) -> list[list[str]]:
    """The books of the process and of all below it."""
    everyone = {int(folder.name): stat for folder in Path("/proc").glob("[0-9]*") if (stat := _stat(folder))}
    children: dict[int, list[int]] = {}
    for one, stat in everyone.items():
        children.setdefault(int(stat[PARENT]), []).append(one)
    found, waiting = [], [process_id]
    while waiting:
        one = waiting.pop()
        waiting += children.get(one, [])
        if one in everyone:
            found.append(everyone[one])
    return found


def _stat(folder: Path) -> list[str] | None:
    try:
        # The name stands in brackets and may hold any character, a bracket too.
        return (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-500:]
