"""The offline model steps in where another model has begun the turn: nothing is done a second time."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from agent.models.attempts import Books
from agent.models.gateway import Gateway
from agent.models.offline import OfflineProvider
from agent.offline import answered
from agent.offline_turn import READS
from agent.offline_words import BROKEN_OFF
from domain.events import RunFinished, Withdrawn
from domain.model_calls import ModelFailure
from domain.people import Clock
from graphs.pieces import Answered, CallArguments, CallBegun
from language.understanding import understand
from tests.agent.played import PATIENT, Played

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
MOST_STEPS = 9
ASKED = [
    "buy milk",
    "buy milk, call mom on Sunday and finish the report by Friday",
    "add milk to my list and mark the report as done",
    "delete the milk task",
    "move the dentist to next Monday at 10",
    "note: the landlord agreed to repaint the hallway",
    "I want to run 3 times a week",
    "I ran 5 km today",
    "remember that I am vegetarian",
    "forget that I am vegetarian",
    "undo that",
    "what's due this week?",
    "complete all my tasks for today",
    "add bread, delete the milk task and tell me what's due today",
]

Call = tuple[str, dict[str, Any]]
ids = count(1)


def human(text: str) -> HumanMessage:
    facts = {
        "understanding": understand(text, Clock(now=NOW)).to_json(),
        "now": NOW.isoformat(),
        "zone": "Europe/Berlin",
        "passages": [],
    }
    return HumanMessage(text, id=text, additional_kwargs=facts)


def made(calls: Sequence[Call]) -> list[BaseMessage]:
    """Calls under ids of the conversation's own, each with its result."""
    message = AIMessage("", tool_calls=[{"id": f"call_{next(ids)}", "name": name, "args": a} for name, a in calls])
    results = [
        ToolMessage(json.dumps(result(call["name"], call["args"])), tool_call_id=call["id"])
        for call in message.tool_calls
    ]
    return [message, *results]


def result(tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What a tool would say: it found or did all that it was asked."""
    things = next((value for value in arguments.values() if isinstance(value, list)), [arguments])
    items = [{"ok": True, "id": f"00000000-0000-0000-0000-{next(ids):012}", "title": name(thing)} for thing in things]
    return {"summary": f"{tool} of {', '.join(map(name, things))}.", "action_id": "a", "items": items}


def name(thing: Any) -> str:
    if isinstance(thing, str):
        return thing
    return str(
        next((thing[key] for key in ("title", "task", "habit", "name", "memory", "body", "fact") if key in thing), "it")
    )


def went_on(messages: Sequence[BaseMessage]) -> tuple[list[Call], str]:
    """What the offline model calls from here on, and says at the end."""
    messages, called = list(messages), []
    for _ in range(MOST_STEPS):
        message = answered([SystemMessage("…"), *messages])
        if not message.tool_calls:
            return called, message.text
        calls = [(call["name"], call["args"]) for call in message.tool_calls]
        called += calls
        messages += made(calls)
    pytest.fail(f"no end after {MOST_STEPS} steps")


def effects(calls: Sequence[Call]) -> Counter[tuple[str, str]]:
    """What is done to which thing, however the calls are cut and whatever else they say of it."""
    acts = [(tool, arguments) for tool, arguments in calls if tool not in READS]
    return Counter(
        (tool, name(thing).casefold())
        for tool, arguments in acts
        for thing in next((value for value in arguments.values() if isinstance(value, list)), [arguments])
    )


def otherwise(calls: Sequence[Call]) -> Iterator[list[Call]]:
    """The same acts as another model may word, cut and order them, and some of them only."""
    yield list(calls)
    yield [(tool, {**arguments, "extra": "thing"}) for tool, arguments in calls]
    yield list(reversed(calls))
    for tool, arguments in calls:
        yield [(tool, arguments)]
        for key, value in arguments.items():
            if isinstance(value, list) and len(value) > 1:
                yield [(tool, {**arguments, key: [one]}) for one in value]
                yield [(tool, {**arguments, key: value[:1]})]
                yield [(tool, {**arguments, key: value[1:]})]
            if isinstance(value, str):
                yield [(tool, {**arguments, key: value.upper()})]
    yield [("find_tasks", {"query": "something"}), *calls]


@pytest.fixture
def before_offline(breakers):
    """Makes a gateway that asks this model, and where it fails the offline one."""

    def make(main: Played) -> Gateway:
        return Gateway(
            providers={main.name: main, "offline": OfflineProvider()},
            main=main.name,
            small=main.name,
            fallbacks=["offline"],
            patience=PATIENT,
            breakers=breakers,
            books=Books(prices=lambda model, usage, answered_by=None: None, count=lambda asked, model: 1),
            chance=lambda: 0.0,
        )

    return make


@pytest.mark.parametrize("text", ASKED)
def test_no_effect_happens_twice_whatever_another_model_has_done_of_it(text):
    own, _ = went_on([human(text)])

    for begun in otherwise(own):
        for steps in ([begun], [[call] for call in begun]):
            before = [message for step in steps for message in made(step)]
            more, said = went_on([human(text), *before])
            done = effects([*begun, *more])
            assert all(times == 1 for times in done.values()), (begun, more)
            assert said


@pytest.mark.parametrize("text", ASKED)
def test_what_it_began_itself_it_ends_at_whichever_step_it_comes_back(text):
    own, said = went_on([human(text)])
    messages, called = [human(text)], []
    while calls := answered(messages).tool_calls:
        step = [(call["name"], call["args"]) for call in calls]
        called += step
        messages += made(step)

        rest, _ = went_on(messages)

        assert effects([*called, *rest]) == effects(own)
    assert BROKEN_OFF not in said


def test_what_another_model_did_is_told_with_what_went_wrong_and_was_asked():
    added = {"id": "call_1", "name": "add_tasks", "args": {"tasks": [{"title": "Oat milk"}]}}
    moved = {"id": "call_2", "name": "update_tasks", "args": {"tasks": [{"task": "dentist", "due": "Monday"}]}}
    messages = [
        human("buy oat milk and move the dentist to Monday"),
        AIMessage("", tool_calls=[added, moved]),
        ToolMessage(
            json.dumps({"summary": 'Added "Oat milk".', "items": [{"ok": True, "id": "t"}]}), tool_call_id="call_1"
        ),
        ToolMessage(
            json.dumps({"summary": "Nothing changed.", "items": [{"ok": False, "question": "Which dentist?"}]}),
            tool_call_id="call_2",
        ),
    ]

    told = answered(messages)

    assert told.tool_calls == []
    assert told.text.endswith(BROKEN_OFF)
    assert 'dded "Oat milk".' in told.text and "Nothing changed. Which dentist?" in told.text


def test_what_another_model_only_looked_up_keeps_nothing_from_being_done():
    looked = made([("search", {"query": "milk"}), ("find_tasks", {"query": "milk"})])

    called, said = went_on([human("delete the milk task"), *looked])

    assert [tool for tool, _ in called] == ["delete_tasks"]
    assert BROKEN_OFF not in said


def test_a_call_that_nobody_answered_is_not_repeated():
    call = {"id": "call_1", "name": "add_tasks", "args": {"tasks": [{"title": "Other words"}]}}

    assert answered([human("buy milk"), AIMessage("", tool_calls=[call])]).tool_calls == []


def test_a_yes_after_another_models_turn_repeats_none_of_it():
    ran = {"habit": "run", "date": "today", "value": 5, "unit": "km"}
    missed = {"summary": "There is no habit called 'run'.", "items": []}
    first = [
        human("I ran 5 km today"),
        AIMessage("", tool_calls=[{"id": "call_1", "name": "log_habit", "args": ran}]),
        ToolMessage(json.dumps(missed), tool_call_id="call_1"),
        *made([("create_habit", {"name": "run"}), ("log_habit", ran)]),
        AIMessage("I created the habit and logged it. Anything else?"),
    ]

    called, _ = went_on([*first, human("yes")])

    assert effects(called) == Counter()


@pytest.mark.parametrize(
    "dies",
    [ModelFailure("unreachable", "It is away."), ModelFailure("cut", "Cut.")],
    ids=["before a word", "in the middle"],
)
async def test_a_turn_that_another_model_acted_in_is_ended_with_each_effect_once(
    new_agent, say, books, dies, before_offline
):
    tasks = json.dumps({"tasks": [{"title": "Oat milk"}, {"title": "Phone mom"}]})
    acts = [CallBegun(0, "add_tasks"), CallArguments(0, tasks), Answered(model="openai:a", reason="tool_calls")]
    half = ["I have add"] if dies.kind == "cut" else []
    main = Played("openai:a", acts, [*half, dies])

    events = await say(new_agent(before_offline(main)), "buy oat milk and call mom")

    assert isinstance(events[-1], RunFinished)
    assert await books.titles() == ["Oat milk", "Phone mom"]
    assert await books.done() == ["add_tasks"]
    assert (await books.said())[-1].endswith(BROKEN_OFF)
    assert len([event for event in events if isinstance(event, Withdrawn)]) == 3 * len(half)


async def test_a_turn_that_no_other_model_began_is_done_by_the_offline_one(new_agent, say, books, before_offline):
    main = Played("openai:a", ["I wi", ModelFailure("cut", "Cut.")])

    await say(new_agent(before_offline(main)), "buy oat milk and call mom")

    assert await books.titles() == ["Buy oat milk", "Call mom"]
    assert len(main.asked) == 3
    assert BROKEN_OFF not in (await books.said())[-1]
