"""A turn with a tool call over the wire of each provider: a real task, and the model's words at the end."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from agent.turn import Turn
from domain.actions import Call
from domain.events import RunFinished, TextArrived, ToolAnswered
from domain.people import LOCAL_USER, Profile
from evals.wires import Spoken
from settings import Settings
from tools.registry import TOOLS
from wiring import opened

EMBEDDED = """
    SELECT run_id, is_background, count(*)::int FROM model_calls
    WHERE user_id = %s AND model = 'openai:e' AND purpose = 'embedding' AND outcome = 'answered'
    GROUP BY 1, 2 ORDER BY 2, 1
"""
WORDS = ("Oat milk ", "is on ", "your list.")


@pytest.fixture
def calls(provider):
    """Says what the provider calls before it says its words."""

    def call(tool, arguments):
        made = Spoken(calls=((tool, arguments),))
        provider.mind = lambda request: made if request.step == 0 else Spoken(words=WORDS)

    call("add_tasks", '{"tasks": [{"title": "Buy oat milk", "due": "tomorrow"}]}')
    return call


@pytest.fixture(params=["openai", "anthropic"])
def settings(request, provider, calls, new_database, tmp_path):
    chosen = {"home": tmp_path, "model": f"{request.param}:m", "database_url": new_database()}
    return Settings.model_validate({**provider.settings(), **chosen})


async def test_a_model_calls_a_tool_and_says_what_it_did(settings, provider):
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
    assert len(provider.asked) == 2
    assert "add_tasks" in provider.asked[0].tools


async def test_what_code_read_stands_below_the_persons_words_and_nothing_before_them_changes(settings, provider):
    profile = Profile(user_id=LOCAL_USER, name="me", zone="Europe/Berlin")
    moment = datetime(2026, 11, 21, 9, tzinfo=UTC)
    words = ["I need oat milk next friday at 3pm", "and stretching every other tuesday"]

    async with opened(settings, now=lambda: moment) as parts:
        for number, said in enumerate(words):
            turn = Turn(profile=profile, thread_id="t", run_id=str(uuid4()), message_id=f"u{number}", text=said)
            [_ async for _ in (await parts.agent.take(turn)).read()]
            moment += timedelta(days=1)

    first, _, second, _ = provider.asked
    below = first.said[-1].removeprefix(f"{words[0]}\n\n<turn>\n")
    assert below.startswith("Now it is Saturday, 21 November 2026, 10:00, in the zone Europe/Berlin.")
    assert '"next friday at 3pm" means Fri 27 Nov, 15:00' in below
    assert '"every other tuesday" means every other week on Tuesday' in second.said[-1]
    assert second.said[0] == words[0]
    assert first.instructions == second.instructions
    assert "2026" not in first.instructions


async def test_a_tool_tells_the_model_how_a_time_was_read_and_asks_what_is_unclear(settings, provider, calls):
    calls("update_tasks", '{"tasks": [{"task": "call", "due": "monday"}, {"task": "milk", "due": "tomorrow at 5"}]}')
    profile = Profile(user_id=LOCAL_USER, name="me", zone="Europe/Berlin")

    async with opened(settings, now=lambda: datetime(2026, 11, 21, 9, tzinfo=UTC)) as parts:
        context = parts.agent.context(profile)
        titles = [{"title": "Call Anna"}, {"title": "Call Bob"}, {"title": "Buy milk"}]
        given = Call(thread_id="", message_id="", tool_call_id="", run_id=None, tool="", arguments={"tasks": titles})
        await TOOLS["add_tasks"].invoke(context, given)
        turn = Turn(profile=profile, thread_id="t", run_id=str(uuid4()), message_id="u1", text="call monday, milk then")
        [_ async for _ in (await parts.agent.take(turn)).read()]

    (told,) = provider.asked[1].told
    asked, changed = json.loads(told)["items"]
    assert asked["question"].startswith("Which task do you mean by 'call'")
    assert changed["reading"] == '"Buy milk", due tomorrow, Sun 22 Nov, 17:00'


async def test_embeddings_of_a_provider_take_the_place_of_ours(provider, new_database, tmp_path):
    dsn = new_database()
    chosen = {"embedder": "openai:e", "model": "offline", "DATABASE_URL": dsn}
    profile = Profile(user_id=LOCAL_USER, name="me")

    async with opened(Settings.model_validate({**provider.settings(), "home": tmp_path, **chosen})) as parts:
        turn = Turn(profile=profile, thread_id="t", run_id="r", message_id="u", text="note: the boiler hums")
        [_ async for _ in (await parts.agent.take(turn)).read()]
        await parts.worker.work_off()
        context = parts.agent.context(profile)
        assert context.embeddings is not None
        vector = await context.embeddings.aembed_query("humming")
        hits = await context.search.hybrid("humming", vector, context.embeddings.name)

    assert [(hit.title, hit.cosine is not None) for hit in hits] == [("the boiler hums", True)]
    assert {body["model"] for body in provider.embedded} == {"e"}
    with psycopg.connect(dsn) as owner:
        written = owner.execute(EMBEDDED, [LOCAL_USER]).fetchall()
    assert written == [("r", False, 1), (None, False, 1), (None, True, 1)]
