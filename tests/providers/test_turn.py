"""A turn with a tool call over the wire of each provider: a real task, and the model's words at the end."""

import asyncio
import socket
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import uvicorn

from agent.turn import Turn
from domain.events import RunFinished, TextArrived, ToolAnswered
from domain.people import LOCAL_USER, Profile
from settings import Settings
from tests.providers.wires import WORDS, provider
from wiring import opened


@pytest.fixture
async def wires():
    """The provider's address, and the bodies it got."""
    app = provider()
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    yield f"http://127.0.0.1:{listening.getsockname()[1]}", app.state.requests
    server.should_exit = True
    await serving


@pytest.fixture(params=["openai", "anthropic"])
def settings(request, wires, new_database, tmp_path):
    address, _ = wires
    keys = {
        "openai": {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": f"{address}/v1"},
        "anthropic": {"ANTHROPIC_API_KEY": "sk-ant-test", "ANTHROPIC_BASE_URL": address},
    }[request.param]
    return Settings.model_validate(
        {"home": tmp_path, "model": f"{request.param}:m", "DATABASE_URL": new_database(), **keys}
    )


async def test_a_model_calls_a_tool_and_says_what_it_did(settings, wires):
    _, requests = wires
    profile = Profile(user_id=LOCAL_USER, name="me", zone="Europe/Berlin")

    async with opened(settings, now=lambda: datetime(2026, 11, 21, 9, tzinfo=UTC)) as parts:
        turn = Turn(
            profile=profile, thread_id="t", run_id=str(uuid4()), message_id="u1", text="I need oat milk tomorrow"
        )
        told = await parts.agent.take(turn)
        events = [event async for _, event in told.read()]
        page = await parts.agent.context(profile).tasks.list(query="oat")

    assert [(task.title, str(task.due)) for task in page.items] == [("Buy oat milk", "2026-11-22")]
    assert "".join(event.delta for event in events if isinstance(event, TextArrived)) == "".join(WORDS)
    assert any(isinstance(event, ToolAnswered) for event in events)
    assert isinstance(events[-1], RunFinished)
    assert len(requests) == 2
    assert any("add_tasks" in str(tool) for tool in requests[0]["tools"])


async def test_embeddings_of_a_provider_take_the_place_of_ours(wires, new_database, tmp_path):
    address, requests = wires
    chosen = {"embedder": "openai:e", "model": "offline", "DATABASE_URL": new_database()}
    keys = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": f"{address}/v1"}
    profile = Profile(user_id=LOCAL_USER, name="me")

    async with opened(Settings.model_validate({"home": tmp_path, **chosen, **keys})) as parts:
        turn = Turn(profile=profile, thread_id="t", run_id="r", message_id="u", text="note: the boiler hums")
        [_ async for _ in (await parts.agent.take(turn)).read()]
        await parts.worker.work_off()
        context = parts.agent.context(profile)
        assert context.embeddings is not None
        vector = await context.embeddings.aembed_query("humming")
        hits = await context.search.hybrid("humming", vector, context.embeddings.name)

    assert [(hit.title, hit.cosine is not None) for hit in hits] == [("the boiler hums", True)]
    assert {body["model"] for body in requests} == {"e"}
