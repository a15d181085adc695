"""A process that begins a turn and is killed in it: `python -m tests.agent.victim DSN USER PHASE`."""

import asyncio
import sys
from uuid import UUID

from agent.turn import Agent, Turn
from domain.people import Profile
from graphs.conversation import build_conversation
from storage import postgres
from tests.agent.scripts import DONE, Script, Stop, Stuck, add, calls
from tools.registry import TOOLS

ADD_MILK = calls(add("Buy milk"), text="One moment.")
PHASES = {
    "mid-text": lambda: _at(Stuck("I shall")),
    "before the effect": lambda: _in(Stop("add_tasks", acts=False)),
    "after the effect": lambda: _in(Stop("add_tasks", acts=True)),
}


def _at(stuck: Stuck):
    return Script(stuck), TOOLS, stuck.reached


def _in(stop: Stop):
    return Script(ADD_MILK, DONE), stop.tools, stop.reached


async def main(dsn: str, user: str, phase: str) -> None:
    """Say on standard output when it is time to die."""
    script, tools, reached = PHASES[phase]()
    async with postgres.pool(dsn) as pool:
        agent = Agent(
            pool=pool,
            conversation=build_conversation(speaker=script, tools=tools),
            embeddings=None,
            model_name="script",
        )
        async with agent.at_work():
            profile = Profile(user_id=UUID(user), name="Ada", zone="Europe/Berlin")
            await agent.take(Turn(profile=profile, thread_id="t", run_id="r", message_id="u", text="buy milk"))
            await reached.wait()
            store = agent.runs.store(profile.user_id)
            while len(await store.events("r")) < 2:
                await asyncio.sleep(0.01)
            print("now", flush=True)
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
