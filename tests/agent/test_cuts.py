"""A conversation is cut at every event it tells, in every way; afterwards it goes on, and nothing is lost or twice."""

import asyncio
from dataclasses import dataclass
from itertools import chain
from uuid import uuid4

import pytest
from langchain_core.messages import AIMessage

from agent.turn import Agent, Reading, Turn
from domain.events import TERMINAL, RunFailed, RunFinished, RunPaused
from domain.people import Profile
from domain.runs import Answer
from storage.leases import Leases
from tests.agent.conftest import Books
from tests.agent.scripts import Play, add, calls, delete, seen

GO_ON = "go on"
ROWS = {
    "hello": [AIMessage("Hello there.")],
    "buy milk": [calls(add("Buy milk"), text="One moment."), AIMessage("Milk is noted.")],
    "buy bread, paint the fence": [calls(add("Buy bread"), add("Paint fence")), AIMessage("Both noted.")],
    "delete milk": [calls(delete("milk")), AIMessage("It is gone.")],
    GO_ON: [AIMessage("Going on.")],
}
YES = "yes"
TURNS = ["hello", "buy milk", "buy bread, paint the fence", "delete milk", YES]
EFFECTS = [[], ["add_tasks"], ["add_tasks", "add_tasks"], [], ["delete_tasks"]]
# How many messages in words there are after each turn.
SAID = [2, 5, 8, 10, 11]
# As many conversations are had at once.
AT_ONCE = 12


@dataclass
class Person:
    """Somebody who has the conversation; `approval` is what they are asked."""

    profile: Profile
    approval: str = ""

    @property
    def user(self):
        return self.profile.user_id

    async def say(self, agent: Agent, text: str, run: str) -> Reading:
        answers = (Answer(approval_id=self.approval, approved=True),) if text == YES else ()
        words = "" if text == YES else text
        said = Turn(
            profile=self.profile, thread_id="t", run_id=run, message_id=str(uuid4()), text=words, answers=answers
        )
        return await agent.take(said)

    async def hear(self, reading: Reading, *, upto: int | None = None) -> list:
        """The run's numbered events, all or so many; what is asked in them is remembered."""
        heard = []
        events = reading.read()
        async for pair in events:
            heard.append(pair)
            if isinstance(pair[1], RunPaused):
                self.approval = pair[1].approvals[0].id
            if len(heard) == upto:
                break
        await events.aclose()
        return heard


@pytest.fixture(scope="module")
def dsn(new_database) -> str:
    """A database of our own: who looks for orphans here finds no other test's."""
    return new_database()


@pytest.fixture
def new_person(people):
    async def make() -> Person:
        return Person(Profile(user_id=await people.create(f"Ada {uuid4()}"), name="Ada", zone="Europe/Berlin"))

    return make


@pytest.fixture
async def uncut(new_agent, new_person):
    """How many events each turn has where nothing goes wrong, and what is said in the end."""
    agent, person = new_agent(Play(ROWS)), await new_person()
    lengths = [len(await person.hear(await person.say(agent, text, str(n)))) for n, text in enumerate(TURNS)]
    return lengths, await Books(agent, person.profile).said()


@pytest.fixture
async def rescuer(new_agent):
    """Another process, which looks for orphans."""
    agent = new_agent(Play(ROWS), lease=1)
    async with agent.at_work():
        yield agent


async def cancelled(person: Person, first: Agent, play: Play, pool) -> None:
    await first.cancel(person.user, "cut")


async def crashed(person: Person, first: Agent, play: Play, pool) -> None:
    first.runs.lost(person.user, "cut")
    await first.runs.wait(person.user, "cut")
    await Leases(pool).release(first.runs.lease.owner)


async def failed(person: Person, first: Agent, play: Play, pool) -> None:
    play.fails = True
    await first.runs.wait(person.user, "cut")
    play.fails = False


@pytest.mark.parametrize("cut", [cancelled, crashed, failed], ids=lambda cut: cut.__name__)
async def test_a_conversation_that_is_cut_anywhere_goes_on_whole(cut, uncut, new_agent, new_person, rescuer, pool):
    lengths, said = uncut
    room = asyncio.Semaphore(AT_ONCE)

    async def cut_at(place: int, number: int) -> None:
        async with room:
            play = Play(ROWS)
            first, person = new_agent(play), await new_person()
            books = Books(rescuer, person.profile)
            for n, text in enumerate(TURNS[:place]):
                await person.hear(await person.say(first, text, str(n)))

            await person.hear(await person.say(first, TURNS[place], "cut"), upto=number)
            await cut(person, first, play, pool)
            heard = await asyncio.wait_for(person.hear(books.reading("cut")), 30)
            runs = [*map(str, range(place)), "cut", "on"]
            upto = place + 1
            if await books.status("cut") == "paused":
                await person.hear(await person.say(rescuer, YES, "yes"))
                runs, upto = [*runs, "yes"], place + 2
            went_on = await person.hear(await person.say(rescuer, GO_ON, "on"))

            assert isinstance(went_on[-1][1], RunFinished)
            done, due = await books.done(), list(chain(*EFFECTS[:upto]))
            assert done == due[: len(done)], "each call once and in order"
            assert len(done) >= len(list(chain(*EFFECTS[:place]))), "what was done before stays done"
            assert await books.acknowledged() == await books.effects(), "all that was done is told, and nothing else"
            assert await books.is_whole(), "each call has one answer"
            told = seen(event for _, event in heard)
            words = [
                (each["id"], each["content"]) for each in told if each["role"] == "assistant" and each.get("content")
            ]
            stored = [each for each in await books.history() if each.role == "assistant" and each.run_id == "cut"]
            assert words == [(each.id, each.content) for each in stored if each.content], "what was read is what stays"
            called = {call["id"] for each in told for call in each.get("toolCalls", ())}
            answered = {each["toolCallId"] for each in told if each["role"] == "tool"}
            if not isinstance(heard[-1][1], RunPaused):
                assert called <= answered, "no call is left hanging before a reader"
            if cut is crashed:
                assert not isinstance(heard[-1][1], RunFailed)
                assert done == due, "all is done in the end"
                assert await books.said() == [*said[: SAID[upto - 1]], f"user: {GO_ON}", "assistant: Going on."]
            for run in runs:
                events = await books.read(run)
                assert [number for number, _ in events] == sorted({number for number, _ in events})
                ends = [isinstance(event, TERMINAL) for _, event in events]
                assert ends == [False] * (len(ends) - 1) + [True], "one last event"

    async def case(place: int, number: int) -> str | None:
        try:
            await cut_at(place, number)
        except Exception as error:
            return f"{TURNS[place]!r} cut at {number}: {type(error).__name__} {error}"
        return None

    cases = [case(place, number) for place, length in enumerate(lengths) for number in range(1, length + 1)]
    assert [problem for problem in await asyncio.gather(*cases) if problem] == []
