"""Two replicas, their Postgres and their model: real processes, killed and started again, all ended in the end."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal
from uuid import UUID

import httpx2

from domain.keys import hash_of, new_key
from evals.processes import ROOT, NotMeasured, free_port, running, stop
from storage.migrations import migrate
from storage.people import People
from storage.postgres import embedded, pool

LEASE_SECONDS = 2
GRACE_SECONDS = 1
LONGEST_START = 60.0
LONGEST_RESTART = 60
Mode = Literal["immediate", "fast"]


@dataclass(kw_only=True)
class Replica:
    """One server on its port; `life` counts its starts, `fell` those of its ends that nobody wished."""

    name: str
    port: int
    environment: dict[str, str]
    log: Path
    life: int = 0
    fell: list[str] = field(default_factory=list)
    ready: bool = False
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Its address, the same over all its lives."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it, again where it falls on the way, and wait until it answers; raises `NotMeasured`."""
        until = time.monotonic() + LONGEST_START
        self.life += 1
        self._spawn()
        async with httpx2.AsyncClient(timeout=2, trust_env=False) as http:
            while time.monotonic() < until:
                if self._process is not None and self._process.poll() is not None:
                    # Postgres may be away just now; a supervisor would try again too.
                    await asyncio.sleep(0.2)
                    self._spawn()
                # It does not listen yet, or has fallen just now.
                with suppress(httpx2.TransportError):
                    if (await http.get(f"{self.url}/health/ready")).status_code == 200:
                        self.ready = True
                        return
                await asyncio.sleep(0.05)
        raise NotMeasured(f"{self.name} was not ready after {LONGEST_START:g} s: {self._end_of_log()}")

    def freeze(self) -> bool:
        """Stop it where it stands; False where it does not run."""
        if self._process is None or self._process.poll() is not None:
            return False
        self._process.send_signal(signal.SIGSTOP)
        return True

    def thaw(self) -> None:
        """Let it go on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """kill -9; it takes nothing with it and says nothing."""
        self.ready = False
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    async def leave(self) -> None:
        """End it in order, as an operator does who brings the next version; it may hand its runs over."""
        self.ready = False
        if self._process is not None:
            await asyncio.to_thread(stop, self._process)

    def has_fallen(self) -> bool:
        """True where it ended and nobody had wished so."""
        if not self.ready or self._process is None or self._process.poll() is None:
            return False
        self.ready = False
        self.fell.append(f"{self.name} ended with {self._process.returncode}: {self._end_of_log()}")
        return True

    def stop(self) -> None:
        """End it in order."""
        self.ready = False
        if self._process is not None:
            self.thaw() if self._process.poll() is None else None
            stop(self._process)

    def _spawn(self) -> None:
        command = [sys.executable, str(ROOT / "server.py"), "--port", str(self.port)]
        with self.log.open("ab") as said:
            # A session of its own: Ctrl-C reaches us alone, and we end what we started.
            self._process = subprocess.Popen(
                command, env=self.environment, cwd=ROOT, stdout=said, stderr=said, start_new_session=True
            )

    def _end_of_log(self) -> str:
        return self.log.read_text(errors="replace")[-400:]


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """The embedded server's folder and address, and its own program to restart it."""

    folder: Path
    dsn: str

    async def restart(self, mode: Mode) -> None:
        """`immediate` is a crash: nothing is flushed, and the log is replayed."""
        await asyncio.to_thread(self._control, "restart", "-m", mode, "-l", str(self.folder / "log"))

    def stop(self) -> None:
        """End it; whatever we restarted is unknown to whoever started it first."""
        if (self.folder / "postmaster.pid").exists():
            self._control("stop", "-m", "fast")

    def _control(self, *arguments: str) -> None:
        program = Path((self.folder / "postmaster.opts").read_text().split()[0]).with_name("pg_ctl")
        command = [str(program), "-w", "-D", str(self.folder), *arguments]
        # Postgres refuses to run as root: whose folder it is starts it.
        user = self.folder.stat().st_uid if os.geteuid() == 0 else None
        done = subprocess.run(
            command, user=user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=LONGEST_RESTART
        )
        if done.returncode != 0:
            raise NotMeasured(f"pg_ctl {arguments[0]} ended with {done.returncode}: see {self.folder / 'log'}")


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who speaks, and with which key."""

    user_id: UUID
    key: str


@dataclass(frozen=True, kw_only=True)
class House:
    """What runs."""

    replicas: tuple[Replica, ...]
    postgres: Postgres
    model_url: str
    people: tuple[Person, ...]


@asynccontextmanager
async def house(*, people: int, prepare: Sequence[str], logs: Path | None = None) -> AsyncIterator[House]:
    """Everything started, the statements of `prepare` run on the database; ended with the block, whatever happens.

    What the servers say goes with their folder, unless `logs` names one that stays.
    """
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(_reachable_folder())
        logs = logs or folder
        dsn = stack.enter_context(embedded(folder))
        postgres = Postgres(folder=folder / "postgres", dsn=dsn)
        stack.callback(postgres.stop)
        await migrate(dsn)
        persons = await _prepare(dsn, people, prepare)
        model = f"http://127.0.0.1:{(port := free_port())}"
        command = [sys.executable, "-m", "uvicorn", "evals.faults.script:app", "--port", str(port)]
        options = ["--log-level", "warning", "--timeout-graceful-shutdown", "1"]
        stack.enter_context(
            running([*command, *options], environment={}, log=logs / "model.log", ready=f"{model}/health")
        )
        replicas = tuple(_replica(name, folder, logs, dsn, model) for name in ("first", "second"))
        for replica in replicas:
            stack.callback(replica.stop)
        await asyncio.gather(*(replica.start() for replica in replicas))
        yield House(replicas=replicas, postgres=postgres, model_url=model, people=persons)


@contextmanager
def _reachable_folder() -> Iterator[Path]:
    """A folder for the time of the block, which the embedded server reaches also where it runs as another user."""
    with TemporaryDirectory(prefix="metacortex-faults-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


def _replica(name: str, folder: Path, logs: Path, dsn: str, model: str) -> Replica:
    ours = ("METACORTEX_", "OPENAI_", "ANTHROPIC_", "DATABASE_URL")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)} | {
        "METACORTEX_HOME": str(folder / name),
        "DATABASE_URL": dsn,
        "METACORTEX_AUTH": "keys",
        "METACORTEX_MODEL": "openai:scripted",
        "METACORTEX_EMBEDDER": "openai:scripted",
        "OPENAI_BASE_URL": f"{model}/v1",
        "OPENAI_API_KEY": "none",
        "METACORTEX_WORKER": "separate",
        "METACORTEX_LEASE_SECONDS": str(LEASE_SECONDS),
        "METACORTEX_GRACE_SECONDS": str(GRACE_SECONDS),
    }
    return Replica(name=name, port=free_port(), environment=environment, log=logs / f"{name}.log")


async def _prepare(dsn: str, people: int, statements: Sequence[str]) -> tuple[Person, ...]:
    """So many people, each with a key."""
    async with pool(dsn, size=2) as connections:
        async with connections.connection() as connection:
            await connection.execute(b"RESET ROLE")
            for statement in statements:
                await connection.execute(statement.encode())
            await connection.execute(b"SET ROLE metacortex_app")
        known, made = People(connections), []
        for number in range(people):
            person = Person(user_id=await known.create(f"Person {number}", "faults"), key=new_key())
            await known.add_key(person.user_id, hash_of(person.key))
            made.append(person)
    return tuple(made)
