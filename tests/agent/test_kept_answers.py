"""The same question behind the scenes is asked once."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from agent.models.kept_answers import RememberingSpeaker
from domain.model_calls import Account
from graphs.pieces import Abandoned, Answered, Asked, CallArguments, CallBegun, Reasoned

MODEL = "openai:gpt-5-nano"
END = Answered(model=MODEL, answered_by="gpt-5-nano-2025-08-07")


class Told:
    """Says these pieces, and counts how often it was asked."""

    def __init__(self, *pieces):
        self.pieces, self.times = pieces, 0

    async def stream(self, asked, account, charge):
        self.times += 1
        for piece in self.pieces:
            yield piece


@pytest.fixture
def asked():
    return Asked(messages=[SystemMessage("Be brief."), HumanMessage("Buy milk")], prompt="title@1", tools_hash="")


@pytest.fixture
def account(user):
    return Account(user_id=user, purpose="title")


@pytest.fixture
def now(noon):
    return [noon]


@pytest.fixture
def answers(pool, account, asked, now):
    """The pieces of an answer, and what was charged for it."""

    async def ask(told, *, account=account, asked=asked):
        speaker = RememberingSpeaker(told, pool=pool, model=MODEL, now=lambda: now[0])
        charged = []
        return [piece async for piece in speaker.stream(asked, account, charged.append)], charged

    return ask


async def test_the_second_time_nobody_is_asked_and_nothing_is_paid(answers, account):
    told = Told(Reasoned("Hm."), "Milk ", "to buy", END)

    first, _ = await answers(told)
    second, (charged,) = await answers(told)

    assert first == [Reasoned("Hm."), "Milk ", "to buy", END]
    assert second == ["Milk to buy", END]
    assert told.times == 1
    assert (charged.outcome, charged.cost, charged.model, charged.account) == ("cached", Decimal(0), MODEL, account)
    assert (charged.answered_by, charged.prompt) == ("gpt-5-nano-2025-08-07", "title@1")


@pytest.mark.parametrize(
    "other",
    [
        {"model": "openai:gpt-5"},
        {"prompt": "title@2"},
        {"messages": [SystemMessage("Be brief."), HumanMessage("Buy milk!")]},
        {"messages": [SystemMessage("Be brief.Buy milk")]},
        {"messages": [HumanMessage("Be brief."), HumanMessage("Buy milk")]},
        {"tools": ({"type": "function", "function": {"name": "search"}},)},
    ],
    ids=["model", "prompt", "words", "one message", "speaker", "tools"],
)
async def test_another_question_is_another(answers, asked, other):
    told = Told("Milk", END)
    await answers(told)

    await answers(told, asked=replace(asked, **other))

    assert told.times == 2


async def test_the_same_words_under_another_message_id_are_the_same_question(answers, asked):
    told = Told("Milk", END)
    for id in ("one", "two"):
        await answers(told, asked=replace(asked, messages=[HumanMessage("Buy milk", id=id)]))

    assert told.times == 1


async def test_a_turn_is_always_asked_and_nobody_is_answered_from_anothers(answers, account, other_user):
    told = Told("Milk", END)
    await answers(told)

    await answers(told, account=replace(account, purpose="turn"))
    await answers(told, account=replace(account, user_id=other_user))

    assert told.times == 3


@pytest.mark.parametrize(
    "pieces",
    [
        ("Milk", replace(END, model="anthropic:claude-haiku-4-5")),
        ("Mil", replace(END, reason="length")),
        ("Mil",),
        (END,),
        (CallBegun(0, "search"), CallArguments(0, "{}"), replace(END, reason="tool_calls")),
    ],
    ids=["of a fallback", "too long", "cut", "empty", "calls"],
)
async def test_what_is_no_whole_answer_of_the_model_is_not_kept(answers, pieces):
    told = Told(*pieces)

    await answers(told)
    again, charged = await answers(told)

    assert (told.times, again, charged) == (2, list(pieces), [])


async def test_what_was_taken_back_is_not_kept(answers):
    told = Told("Mil", Abandoned("cut"), "Milk\x00", END)
    await answers(told)

    assert (await answers(told))[0] == ["Milk\ufffd", END]


async def test_after_a_month_it_is_asked_again(answers, now):
    told = Told("Milk", END)
    await answers(told)

    now[0] += timedelta(days=31)
    await answers(told)

    assert told.times == 2
