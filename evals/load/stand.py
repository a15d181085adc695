"""The stand: the model, the baselines, Postgres and our server, each a process of its own on this machine."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import httpx2

from evals.load.client import Subject
from evals.load.model_server import WORD, Script
from evals.processes import NotMeasured, free_port, spawn, stop, wait_until_ready
from storage.postgres import embedded

OURS, RELAY, STOCK, DIRECT = "metacortex", "b_sse", "d_async", "direct"
ASKED = "what did the landlord say about the hallway?"
ROOMS = "hallway kitchen cellar attic garden balcony bathroom garage stairs roof".split()
DEEDS = ("paints the {} in spring", "repairs a lamp in the {}", "wants the {} swept", "measured the {}")
# Shares no word with a note, so that only an embedding finds it.
FOUND_BY_MEANING = "a residence and its owner"
ENOUGH_FOUND = 20
LONGEST_EMBEDDING = 60.0


@dataclass(frozen=True, kw_only=True)
class Running:
    """A process, and the address at which it answers."""

    process: "subprocess.Popen[bytes]"
    url: str
    log: Path

    async def answers(self, path: str) -> "Running":
        """Itself, once that path answers. What is waited for may need this loop, to reach its database."""
        await asyncio.to_thread(wait_until_ready, self.process, f"{self.url}{path}", self.log)
        return self


@dataclass(frozen=True, kw_only=True)
class Stand:
    """What all stand on: the address of the scripted model and of our database; homes and logs are in `folder`."""

    folder: Path
    model: str
    dsn: str

    @property
    def settings(self) -> dict[str, str]:
        """Those of our server and of its worker."""
        return {
            "METACORTEX_HOME": str(self.folder / "home"),
            "METACORTEX_MODEL": "openai:fake",
            "METACORTEX_WORKER": "separate",
            "DATABASE_URL": self.dsn,
            **_provider(self.model),
        }

    async def play(self, script: Script) -> None:
        """From now on the model says this."""
        async with httpx2.AsyncClient(trust_env=False) as http:
            (await http.put(f"{self.model}/script", json=vars(script))).raise_for_status()

    @asynccontextmanager
    async def server(self, dsn: str | None = None, **settings: str) -> AsyncIterator[Running]:
        """Our server, ready, without background work; at another address of the database where one is given."""
        environment = {**self.settings, "DATABASE_URL": dsn or self.dsn, **settings}
        async with AsyncExitStack() as stack:
            yield await _begun(stack, ["server.py"], environment, self.folder / "server.log").answers("/health/ready")

    @asynccontextmanager
    async def baselines(self) -> AsyncIterator[Mapping[str, Running]]:
        """The plain relay and the stock graph, just begun, on a Postgres of their own."""
        async with AsyncExitStack() as stack:
            dsn = stack.enter_context(embedded(self.folder / "stock"))
            environment = {**_provider(self.model), "DATABASE_URL": dsn}
            yield {
                name: _begun(
                    stack, _uvicorn(f"baselines:{name}", "--factory"), environment, self.folder / f"{name}.log"
                )
                for name in (RELAY, STOCK)
            }

    async def furnish(self, server: Running) -> None:
        """Notes for the server to recall, embedded by a worker; raises `NotMeasured`."""
        async with AsyncExitStack() as stack, httpx2.AsyncClient(base_url=server.url, trust_env=False) as http:
            for note in (f"The landlord {deed.format(room)}." for room in ROOMS for deed in DEEDS):
                (await http.post("/notes", json={"body": note})).raise_for_status()
            worker = spawn([sys.executable, "worker.py"], environment=self.settings, log=self.folder / "worker.log")
            stack.push_async_callback(asyncio.to_thread, stop, worker)
            until = time.monotonic() + LONGEST_EMBEDDING
            asked: dict[str, str | int] = {"q": FOUND_BY_MEANING, "limit": ENOUGH_FOUND}
            while len((await http.get("/search", params=asked)).json()["items"]) < ENOUGH_FOUND:
                if time.monotonic() > until:
                    raise NotMeasured("the worker did not embed the notes that turns are to recall")
                await asyncio.sleep(0.2)


@asynccontextmanager
async def built() -> AsyncIterator[Stand]:
    """A stand with its model and an empty database; raises `NotMeasured`, `Unavailable`."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="metacortex-load-", ignore_cleanup_errors=True)))
        # The embedded server runs as a user of its own where we are root; it has to reach its folder.
        await asyncio.to_thread(folder.chmod, 0o755)
        dsn = stack.enter_context(embedded(folder / "ours"))
        model = _begun(stack, _uvicorn("model_server:app"), {}, folder / "model.log")
        yield Stand(folder=folder, model=(await model.answers("/v1/models")).url, dsn=dsn)


def ours(
    url: str, *, process_id: int | None = None, text: str = ASKED, thread_id: str | None = None, called: bytes = b""
) -> Subject:
    """A server of ours, told the same each time, in that thread or in a new one each time."""

    def body() -> bytes:
        message = {"id": str(uuid4()), "role": "user", "content": text}
        run = {"threadId": thread_id or str(uuid4()), "runId": str(uuid4()), "protocolVersion": "1.0"}
        rest: Mapping[str, object] = {"tools": [], "context": [], "state": {}, "forwardedProps": {}}
        return json.dumps({**run, "messages": [message], **rest}).encode()

    return Subject(
        name=OURS,
        url=f"{url}/agui",
        body=body,
        piece=b'"TEXT_MESSAGE_CONTENT"',
        end=b'"RUN_FINISHED"',
        called=called,
        process_id=process_id,
    )


def baseline(name: str, running: Running) -> Subject:
    """One of the two, a new thread each time."""
    return Subject(
        name=name,
        url=f"{running.url}/chat",
        body=lambda: json.dumps({"thread_id": str(uuid4()), "message": ASKED}).encode(),
        piece=b"event: text",
        end=b"event: done",
        process_id=running.process.pid,
    )


def model_itself(url: str) -> Subject:
    """The scripted model with nothing before it."""
    asked = {"model": "fake", "stream": True, "messages": [{"role": "user", "content": ASKED}]}
    return Subject(
        name=DIRECT,
        url=f"{url}/v1/chat/completions",
        body=lambda: json.dumps(asked).encode(),
        piece=f'"content":"{WORD}'.encode(),
        end=b"[DONE]",
    )


def _provider(model: str) -> dict[str, str]:
    return {"OPENAI_BASE_URL": f"{model}/v1", "OPENAI_API_KEY": "none", "NO_PROXY": "127.0.0.1"}


def _uvicorn(application: str, *options: str) -> list[str]:
    return ["-m", "uvicorn", f"evals.load.{application}", "--log-level", "warning", "--no-access-log", *options]


def _begun(stack: AsyncExitStack, command: Sequence[str], environment: Mapping[str, str], log: Path) -> Running:
    """Python with that command on a free port; the stack ends it, in a thread for the same reason as `answers`."""
    port = free_port()
    process = spawn([sys.executable, *command, "--port", str(port)], environment=environment, log=log)
    stack.push_async_callback(asyncio.to_thread, stop, process)
    return Running(process=process, url=f"http://127.0.0.1:{port}", log=log)
