"""What the gateway sets aside before a call and charges after it: each attempt once, however it ends."""

import asyncio
import random
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from agent.models.attempts import Books
from agent.models.offline import OfflineProvider
from domain.errors import Unavailable
from domain.model_calls import ModelFailure, Usage
from graphs.fitting import counted
from graphs.pieces import Answered, Asked, CallBegun, Notice
from ml.tokens import Tokens
from tests.agent.played import AGAIN, AT_ONCE, HUNG, PATIENT, WELL, Played


@dataclass(frozen=True)
class Reserved:
    is_spent: bool = False
    text: str | None = None


@dataclass
class Purse:
    """Budgets that answer one after another, the last one over and over."""

    answers: list[Reserved | Exception]
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    async def reserve(self, *asked):
        self.asked.append(asked)
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_what_a_provider_told_before_it_failed_is_paid_and_only_the_rest_is_estimated(new_gateway, ask):
    begun = Usage(input_tokens=70, output_tokens=1, cached_tokens=60, is_estimated=True)
    whole = Usage(input_tokens=70, output_tokens=9)
    cut = [*["word " for _ in range(8)], ModelFailure("cut", "Cut.", usage=begun)]
    main = Played("openai:a", cut, [ModelFailure("refused", "No.", usage=whole)])

    told = await ask(new_gateway(main, Played("b", WELL)))

    assert [call.usage for call in told.calls[:2]] == [replace(begun, output_tokens=10), whole]


async def test_whoever_leaves_in_the_middle_is_charged_by_estimate(new_gateway, account):
    main, calls = Played("openai:a", ["Four", "more", HUNG]), []
    stream = new_gateway(main).stream(Asked(messages=[]), account, calls.append)

    await anext(stream), await anext(stream)
    await stream.aclose()

    (call,) = calls
    assert (call.outcome, call.failure, main.closed) == ("cancelled", None, 1)
    assert call.usage == Usage(input_tokens=1000, output_tokens=2, is_estimated=True)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (Usage(), Usage(input_tokens=1000, output_tokens=2, is_estimated=True)),
        (Usage(input_tokens=70), Usage(input_tokens=70, output_tokens=2, is_estimated=True)),
        (Usage(output_tokens=5), Usage(input_tokens=1000, output_tokens=5, is_estimated=True)),
    ],
)
async def test_usage_that_is_told_as_nothing_is_estimated(new_gateway, ask, told, kept):
    main = Played("openai:a", ["Good day", Answered(model="?", usage=told)])

    answer = await ask(new_gateway(main))

    assert [call.usage for call in answer.calls] == [kept]
    assert answer.of(Answered)[0].usage == kept


async def test_usage_that_the_provider_does_not_tell_is_estimated(new_gateway, ask):
    main = Played("openai:a", ["four" * 10, Answered(model="openai:a")])

    told = await ask(new_gateway(main))

    estimate = Usage(input_tokens=1000, output_tokens=10, is_estimated=True)
    assert (told.calls[0].usage, told.pieces[-1].usage) == (estimate, estimate)


@pytest.mark.parametrize(
    ("told", "paid"),
    [
        (Usage(input_tokens=700, output_tokens=9), Usage(input_tokens=700, output_tokens=9)),
        (Usage(input_tokens=700, is_estimated=True), Usage(input_tokens=700, output_tokens=10, is_estimated=True)),
    ],
    ids=["all", "the prompt's"],
)
async def test_what_a_provider_told_of_its_tokens_before_it_failed_is_paid(new_gateway, ask, told, paid):
    main = Played("openai:a", ["four" * 10, ModelFailure("refused", "No.", usage=told)])

    answer = await ask(new_gateway(main))

    assert answer.calls[0].usage == paid


async def test_money_is_set_aside_before_each_attempt_under_the_id_of_its_call(new_gateway, ask):
    main, other = Played("a", [ModelFailure("quota", "Pay.")]), Played("b", WELL)
    purse = Purse([Reserved(), Reserved(text="80 % is gone.")])

    told = await ask(new_gateway(main, other, budgets=purse))

    assert [asked[1] for asked in purse.asked] == [call.id for call in told.calls]
    assert [asked[2:] for asked in purse.asked] == [("a", 1000, 77), ("b", 1000, 77)]
    assert Notice("budget", "80 % is gone.") in told.pieces


async def test_that_little_is_left_is_said_once_an_answer(new_gateway, ask):
    main = Played("a", [ModelFailure("overload", "No.")], WELL)

    told = await ask(new_gateway(main, budgets=Purse([Reserved(text="80 % is gone.")])))

    assert told.of(Notice) == [Notice("budget", "80 % is gone.")]


async def test_a_spent_budget_is_a_clear_refusal(new_gateway, ask):
    main = Played("a", WELL)

    told = await ask(new_gateway(main, OfflineProvider(), budgets=Purse([Reserved(True, "It is spent.")])))

    assert (told.failure.kind, told.failure.message) == ("budget", "It is spent.")
    assert main.asked == [] and told.calls == []


async def test_a_spent_budget_leaves_the_offline_model_where_that_is_set(new_gateway, ask, account):
    main, offline = Played("a", WELL), OfflineProvider()
    gateway = new_gateway(
        main,
        providers={"a": main, "offline": offline},
        budgets=Purse([Reserved(True, "It is spent.")]),
        on_spent="offline",
    )

    told = await ask(gateway)
    behind = await ask(gateway, account=replace(account, purpose="title"))

    assert main.asked == [] and told.of(Answered)[0].model == "offline"
    assert told.of(Notice)[0].kind == "budget" and told.of(Notice)[0].text.startswith("It is spent.")
    assert behind.failure.kind == "budget"


async def test_a_prompt_is_counted_as_the_model_counts_that_reads_it(new_gateway, ask):
    purse, refusing = Purse([Reserved()]), [ModelFailure("refused", "No.")]
    main, other = Played("openai:a", refusing), Played("anthropic:b", refusing)
    books = Books(prices=lambda model, usage, answered_by=None: None, count=partial(counted, tokens=Tokens()))

    told = await ask(new_gateway(main, other, books=books, budgets=purse))

    (fewer, more) = [tokens for _, _, _, tokens, _ in purse.asked]
    assert more > fewer
    assert [call.usage.input_tokens for call in told.calls] == [fewer, more]


async def test_where_another_model_can_be_paid_it_answers(new_gateway, ask):
    main, cheap = Played("a", WELL), Played("b", WELL)

    told = await ask(new_gateway(main, cheap, budgets=Purse([Reserved(True, "Too dear."), Reserved()])))

    assert main.asked == [] and told.pieces[-1].model == "b"


async def test_where_money_cannot_be_set_aside_nobody_is_asked(new_gateway, account):
    main = Played("a", WELL)
    gateway = new_gateway(main, OfflineProvider(), budgets=Purse([Unavailable("Away.")]), on_spent="offline")

    with pytest.raises(Unavailable):
        await anext(gateway.stream(Asked(messages=[]), account, lambda call: None))

    assert main.asked == []


async def test_a_fault_of_ours_is_charged_and_flies(new_gateway, account):
    main, calls = Played("a", [ZeroDivisionError()]), []

    with pytest.raises(ZeroDivisionError):
        await anext(new_gateway(main).stream(Asked(messages=[]), account, calls.append))

    assert [(call.outcome, call.failure) for call in calls] == [("failed", None)]


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_happens_each_attempt_is_charged_once_and_closed(new_gateway, account, seed):
    chance = random.Random(seed)
    failures = [ModelFailure(kind, "No.") for kind in (*AT_ONCE, *AGAIN)]
    ends = [*failures, HUNG, WELL[-1], WELL[-1], WELL[-1]]

    async def read(main: Played, other: Played, calls: list[Any]) -> list[Any]:
        gateway = new_gateway(main, other, patience=replace(PATIENT, first_token=0.05, stall=0.05, answer=0.3))
        async with aclosing(gateway.stream(Asked(messages=[]), account, calls.append)) as pieces:
            return [piece async for piece in pieces]

    def script() -> list[Any]:
        return [*chance.choices([0.0, 0.001, "word ", CallBegun(0, "x")], k=chance.randrange(8)), chance.choice(ends)]

    async def answer() -> None:
        # Names of their own: these are not to share their breakers.
        main, other = (Played(f"{name}{uuid4()}", *(script() for _ in range(4))) for name in "ab")
        calls: list[Any] = []
        task = asyncio.create_task(read(main, other, calls))
        if chance.random() < 0.4:
            await asyncio.sleep(chance.random() * 0.08)
            task.cancel()
        await asyncio.wait([task])

        assert len(calls) == len(main.asked) + len(other.asked) == main.closed + other.closed
        assert len({call.id for call in calls}) == len(calls)
        if task.cancelled():
            assert {call.outcome for call in calls[:-1]} <= {"failed", "cut"}
        elif isinstance(task.exception(), ModelFailure):
            assert {call.outcome for call in calls} <= {"failed", "cut"}
        else:
            assert [call.outcome for call in calls].count("answered") == 1
            assert isinstance(task.result()[-1], Answered)

    await asyncio.gather(*(answer() for _ in range(40)))
