"""The application over a real database: with the offline model, or with one that says what a test dictates.

The clock stands still at noon.
"""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from uuid import uuid4

import httpx2
import pytest
import uvicorn
from ag_ui.core import Event
from pydantic import TypeAdapter

from agent.models.offline import OfflineProvider
from agent.turn import Agent
from domain.budgets import budgets_of
from domain.keys import hash_of
from graphs.conversation import build_conversation
from graphs.pieces import Answered, CallArguments, CallBegun
from protocols.app import build
from protocols.auth import Door
from storage.exports import Exports
from storage.imports import Imports
from storage.people import Profiles
from storage.runs import Runs
from storage.spending import Spending
from tools.registry import TOOLS

EVENT = TypeAdapter(Event)


class Dictated:
    """A model that says what a test dictates, piece by piece; `asked` keeps what each of its answers was asked."""

    def __init__(self):
        self.asked = []
        self._pieces = asyncio.Queue()

    def says(self, *words):
        """Go on with the answer under way, or with the next one."""
        for word in words:
            self._pieces.put_nowait(word)

    def calls(self, name, *arguments):
        """Begin to call a tool; its arguments come in these pieces of JSON, and `calls("", …)` brings more."""
        if name:
            self._pieces.put_nowait(CallBegun(0, name))
        for piece in arguments:
            self._pieces.put_nowait(CallArguments(0, piece))

    def ends(self):
        """The answer is complete."""
        self._pieces.put_nowait(None)

    async def stream(self, asked, account, charge):
        self.asked.append(asked.messages)
        while (piece := await self._pieces.get()) is not None:
            yield piece
        yield Answered(model="dictated")


class Offline:
    """The offline model, and nobody before it."""

    def stream(self, asked, account, charge):
        return OfflineProvider().stream(asked, most_tokens=1_000)


class Stream:
    """An open answer, frame by frame; each event of it is valid AG-UI."""

    def __init__(self, answer):
        self.answer = answer
        self.ids = []
        self._frames = self._read()

    async def until(self, type):
        """The events up to the first of that type, or to the end."""
        events = []
        async for event in self._frames:
            events.append(event)
            if event["type"] == type:
                break
        return events

    async def rest(self):
        """All events that are still to come."""
        return await self.until(None)

    async def _read(self):
        id = None
        async for line in self.answer.aiter_lines():
            if line.startswith("id:"):
                id = line.removeprefix("id:").strip()
            elif line.startswith("data:"):
                event = json.loads(line.removeprefix("data:"))
                EVENT.validate_python(event)
                self.ids.append(id)
                yield event
            elif not line:
                id = None


@pytest.fixture
def events_of():
    """The events of a whole answer, each of them valid AG-UI."""

    def read(answer):
        frames = [frame for frame in answer.text.split("\n\n") if frame and not frame.startswith(":")]
        events = [json.loads(frame[frame.index("data: ") + 6 :]) for frame in frames]
        for event in events:
            EVENT.validate_python(event)
        return events

    return read


@pytest.fixture
def words_in():
    """What the assistant says in these events."""
    return lambda events: "".join(event["delta"] for event in events if event["type"] == "TEXT_MESSAGE_CONTENT")


@pytest.fixture
def new_agent(pool, noon):
    """Makes an agent with that model."""

    def make(speaker):
        conversation = build_conversation(speaker=speaker, tools=TOOLS)
        return Agent(pool=pool, conversation=conversation, embeddings=None, model_name="offline", now=lambda: noon)

    return make


@pytest.fixture
async def agent(new_agent):
    agent = new_agent(Offline())
    yield agent
    await agent.drain(0)


@pytest.fixture
def new_app(agent, people, pool):
    """Makes the application with that kind of door."""

    def make(auth, agent=agent, budgets=""):
        async def ready():
            return True

        return build(
            agent=agent,
            door=Door(
                auth=auth, user_of_key=people.user_of_key, profile_of=lambda user_id: Profiles(pool, user_id).get()
            ),
            profiles_of=partial(Profiles, pool),
            runs_of=partial(Runs, pool),
            imports_of=partial(Imports, pool),
            exports_of=partial(Exports, pool),
            spending_of=partial(Spending, pool),
            budgets=budgets_of(budgets),
            is_ready=ready,
            nudge=lambda: None,
        )

    return make


@pytest.fixture
def new_key(people):
    """Makes the header with a key of that user."""

    async def make(user_id):
        key = f"mcx_{uuid4().hex}"
        await people.add_key(user_id, hash_of(key))
        return {"Authorization": f"Bearer {key}"}

    return make


@pytest.fixture
def new_client(new_app, new_key):
    """Makes a client with a key of that user; it gets answers as a whole."""
    app = new_app("keys")

    @asynccontextmanager
    async def make(user_id) -> AsyncIterator[httpx2.AsyncClient]:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://metacortex.example", headers=await new_key(user_id)
        ) as http:
            yield http

    return make


@pytest.fixture
async def client(new_client, user):
    async with new_client(user) as http:
        yield http


@pytest.fixture
async def stranger(new_client, other_user):
    async with new_client(other_user) as http:
        yield http


@pytest.fixture
def model():
    return Dictated()


@pytest.fixture
async def new_replica(new_agent, new_app, new_key, model, user):
    """Starts a server with an agent of its own, whose model is dictated, and gives a client of the user."""
    async with AsyncExitStack() as stack:

        async def start():
            agent = new_agent(model)
            await stack.enter_async_context(agent.at_work())
            listening = socket.create_server(("127.0.0.1", 0))
            server = uvicorn.Server(uvicorn.Config(new_app("keys", agent), log_level="warning", lifespan="off"))
            serving = asyncio.create_task(server.serve(sockets=[listening]))

            async def stop():
                await agent.drain(0)
                server.should_exit = True
                await serving

            stack.push_async_callback(stop)
            http = httpx2.AsyncClient(
                base_url=f"http://127.0.0.1:{listening.getsockname()[1]}",
                headers=await new_key(user),
                timeout=30,
                trust_env=False,
            )
            http.agent = agent
            return await stack.enter_async_context(http)

        yield start


@pytest.fixture
async def replica(new_replica):
    return await new_replica()


@pytest.fixture
async def other_replica(new_replica, replica):
    return await new_replica()


@pytest.fixture
def opened():
    """Opens an answer that is read while it comes."""

    @asynccontextmanager
    async def open(http, method, path, **request):
        async with http.stream(method, path, **request) as answer:
            assert answer.status_code == 200, await answer.aread()
            yield Stream(answer)

    return open


@pytest.fixture
def until():
    """Waits until `claim` is true; the test's timeout is its limit."""

    async def wait(claim):
        while not await claim():
            await asyncio.sleep(0.02)

    return wait


@pytest.fixture
def said():
    """Makes the body of a run in which the person says that."""

    def make(text, **fields):
        message = {"id": str(uuid4()), "role": "user", "content": text}
        ids = {"threadId": str(uuid4()), "runId": str(uuid4())}
        return {**ids, "protocolVersion": "1.0", "messages": [message], **fields}

    return make
