"""The application over a real database and the offline model; the clock stands still at noon."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from uuid import uuid4

import httpx2
import pytest

from agent.offline import OfflineModel
from agent.turn import Agent
from graphs.conversation import build_conversation
from protocols.app import build
from protocols.auth import Door, key_hash
from storage.people import Profiles
from storage.runs import Runs
from tools.registry import TOOLS


@pytest.fixture
async def agent(pool, noon):
    model = OfflineModel().bind_tools([tool.schema() for tool in TOOLS.values()])
    agent = Agent(
        pool=pool,
        conversation=build_conversation(model=model, tools=TOOLS),
        embeddings=None,
        model_name="offline",
        now=lambda: noon,
    )
    yield agent
    await agent.close()


@pytest.fixture
def new_app(agent, people, pool):
    """Makes the application with that kind of door."""

    def make(auth):
        async def ready():
            return True

        return build(
            agent=agent,
            door=Door(
                auth=auth, user_of_key=people.user_of_key, profile_of=lambda user_id: Profiles(pool, user_id).get()
            ),
            profiles_of=partial(Profiles, pool),
            runs_of=partial(Runs, pool),
            is_ready=ready,
            nudge=lambda: None,
        )

    return make


@pytest.fixture
def new_client(new_app, people):
    """Makes a client with a key of that user."""
    app = new_app("keys")

    @asynccontextmanager
    async def make(user_id) -> AsyncIterator[httpx2.AsyncClient]:
        key = f"mcx_{uuid4().hex}"
        await people.add_key(user_id, key_hash(key))
        transport = httpx2.ASGITransport(app=app)
        headers = {"Authorization": f"Bearer {key}"}
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://metacortex.example", headers=headers
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
def said():
    """Makes the body of a run in which the person says that."""

    def make(text, **fields):
        message = {"id": str(uuid4()), "role": "user", "content": text}
        ids = {"threadId": str(uuid4()), "runId": str(uuid4())}
        return {**ids, "protocolVersion": "1.0", "messages": [message], **fields}

    return make
