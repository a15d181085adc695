"""The gateway in front of providers that do what they are told."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest

from agent.models.breakers import Rules
from agent.models.offline import OfflineProvider
from domain.model_calls import Account, ModelFailure, Usage
from graphs.pieces import Abandoned, Answered, Asked, CallArguments, CallBegun, Notice, Reasoned
from tests.agent.played import AGAIN, AT_ONCE, HUNG, PATIENT, USAGE, WELL, Played

TOO_LONG = ModelFailure("context_too_long", "Long.")


async def test_an_answer_comes_through_as_it_is_and_is_charged_once(new_gateway, ask):
    main = Played("openai:a", WELL)

    told = await ask(new_gateway(main))

    assert told.pieces == ["Hello ", "there", Answered(model="openai:a", answered_by="m-2026", usage=USAGE)]
    (call,) = told.calls
    assert (call.model, call.answered_by, call.outcome, call.failure) == ("openai:a", "m-2026", "answered", None)
    assert (call.usage, call.cost, call.prompt, call.tools_hash) == (USAGE, Decimal("0.12"), "assistant@4", "ab")
    assert 0 <= call.first_token_ms <= call.total_ms
    assert main.most_tokens == PATIENT.most_tokens


@pytest.mark.parametrize("kind", AT_ONCE)
async def test_what_no_retry_mends_goes_to_the_next_model_at_once(new_gateway, ask, kind):
    main, other = Played("openai:a", [ModelFailure(kind, "No.")]), Played("anthropic:b", WELL)

    told = await ask(new_gateway(main, other))

    assert len(main.asked) == 1
    assert told.pieces[0] == Notice("fallback", "No. anthropic:b answers instead.")
    assert told.pieces[-1].model == "anthropic:b"
    assert told.outcomes == [("openai:a", "failed", kind), ("anthropic:b", "answered", None)]


@pytest.mark.parametrize("kind", AGAIN)
async def test_what_may_pass_is_tried_again_and_then_by_the_next_model(new_gateway, ask, kind):
    main, other = Played("openai:a", [ModelFailure(kind, "No.")]), Played("anthropic:b", WELL)

    told = await ask(new_gateway(main, other))

    assert len(main.asked) == 3
    assert told.text == "Hello there" and len(told.of(Notice)) == 1
    assert told.outcomes == [*[("openai:a", "failed", kind)] * 3, ("anthropic:b", "answered", None)]


async def test_the_same_model_that_answers_at_the_second_try_is_nothing_to_be_told(new_gateway, ask):
    main, other = Played("openai:a", [ModelFailure("overload", "No.")], WELL), Played("anthropic:b", WELL)

    told = await ask(new_gateway(main, other))

    assert told.pieces == ["Hello ", "there", Answered(model="openai:a", answered_by="m-2026", usage=USAGE)]
    assert other.asked == []


async def test_waits_between_tries_are_random_and_grow(new_gateway, ask):
    main = Played("openai:a", [ModelFailure("overload", "No.")])
    loop = asyncio.get_running_loop()

    began = loop.time()
    told = await ask(new_gateway(main, chance=lambda: 0.1))

    assert told.failure is not None and 0.05 + 0.1 <= loop.time() - began < 1


@pytest.mark.parametrize(("wait", "asked"), [(0.05, 2), (30.0, 1)])
async def test_a_provider_is_asked_again_when_it_wants_where_the_time_allows_it(new_gateway, ask, wait, asked):
    main = Played("openai:a", [ModelFailure("rate_limit", "Slower.", retry_after=wait)], WELL)
    other = Played("anthropic:b", WELL)

    told = await ask(new_gateway(main, other))

    assert len(main.asked) == asked and len(other.asked) == 2 - asked
    assert told.text == "Hello there"


async def test_without_another_model_a_wait_that_does_not_fit_is_told_to_the_caller(new_gateway, ask):
    main = Played("openai:a", [ModelFailure("rate_limit", "Slower.", retry_after=30.0)])

    told = await ask(new_gateway(main))

    assert (told.failure.kind, told.failure.retry_after, len(main.asked)) == ("rate_limit", 30.0, 1)


@pytest.mark.parametrize(
    ("piece", "tokens"),
    [("Half a wo", 3), (Reasoned("I think"), 2), (CallBegun(0, "add_tasks"), 3), (CallArguments(0, '{"t'), 1)],
    ids=["text", "reasoning", "call", "arguments"],
)
async def test_what_a_cut_attempt_said_is_taken_back_and_paid_by_estimate(new_gateway, ask, piece, tokens):
    main = Played("openai:a", [piece, ModelFailure("cut", "Cut.")], WELL)

    told = await ask(new_gateway(main))

    assert told.pieces[:-1] == [piece, Abandoned("cut"), "Hello ", "there"]
    cut, answered = told.calls
    assert (cut.outcome, cut.usage) == ("cut", Usage(input_tokens=1000, output_tokens=tokens, is_estimated=True))
    assert answered.outcome == "answered"


async def test_a_stream_without_its_end_is_cut(new_gateway, ask):
    main = Played("openai:a", ["Half"], WELL)

    told = await ask(new_gateway(main))

    assert told.pieces[:2] == ["Half", Abandoned("cut")] and told.text == "Hello there"


async def test_a_model_that_says_nothing_is_left_for_the_next(new_gateway, ask):
    main, other = Played("openai:a", [HUNG]), Played("anthropic:b", WELL)

    told = await ask(new_gateway(main, other, patience=replace(PATIENT, first_token=0.05, stall=1, answer=5)))

    assert told.outcomes[-2:] == [("openai:a", "failed", "first_token_timeout"), ("anthropic:b", "answered", None)]
    assert main.closed == len(main.asked) == 3
    assert told.calls[0].usage == Usage(input_tokens=1000, output_tokens=0, is_estimated=True)


async def test_a_model_that_stops_in_the_middle_is_tried_again(new_gateway, ask):
    main = Played("openai:a", ["Half", HUNG], WELL)

    told = await ask(new_gateway(main, patience=replace(PATIENT, first_token=5, stall=0.05, answer=10)))

    assert told.pieces[:2] == ["Half", Abandoned("stalled")] and told.text == "Hello there"
    assert told.outcomes[0] == ("openai:a", "cut", "stalled")


async def test_a_reader_that_takes_its_time_is_not_taken_for_a_model_that_hangs(new_gateway, account):
    main, calls, told = Played("openai:a", WELL), [], []
    gateway = new_gateway(main, patience=replace(PATIENT, first_token=0.05, stall=0.05, answer=5))

    async with aclosing(gateway.stream(Asked(messages=[]), account, calls.append)) as pieces:
        async for piece in pieces:
            await asyncio.sleep(0.2)
            told.append(piece)

    assert told[:2] == ["Hello ", "there"] and [call.outcome for call in calls] == ["answered"]


async def test_no_answer_takes_longer_than_its_deadline(new_gateway, ask):
    slowly = [piece for _ in range(100) for piece in ("word ", 0.02)]
    main = Played("openai:a", slowly)

    told = await ask(new_gateway(main, patience=replace(PATIENT, first_token=0.2, stall=0.2, answer=0.3)))

    assert told.failure.kind == "stalled" and "0.3 seconds" in told.failure.message
    assert told.outcomes == [("openai:a", "cut", "stalled")]


async def test_a_model_that_never_ceases_to_speak_is_cut_at_the_deadline(new_gateway, ask):
    class Endless(Played):
        async def stream(self, asked, *, most_tokens):
            self.asked.append(asked)
            while True:
                yield "on and "
                await asyncio.sleep(0)

    endless, patience = Endless("openai:a"), replace(PATIENT, first_token=0.2, stall=0.2, answer=0.3)

    async with asyncio.timeout(10):
        told = await ask(new_gateway(endless, OfflineProvider(), patience=patience))

    assert told.of(Answered)[0].model == "offline"
    assert told.outcomes[0] == ("openai:a", "cut", "stalled")


async def test_past_the_deadline_the_offline_model_still_answers(new_gateway, ask):
    main, other = Played("openai:a", ["Half", HUNG]), Played("anthropic:b", WELL)
    gateway = new_gateway(
        main, other, OfflineProvider(), patience=replace(PATIENT, first_token=0.2, stall=0.3, answer=0.2)
    )

    told = await ask(gateway)

    assert told.of(Answered)[0].model == "offline" and other.asked == []


async def test_what_is_too_long_is_asked_of_the_same_model_in_a_shorter_form(new_gateway, ask):
    main, other = Played("openai:a", ["I ", TOO_LONG], [TOO_LONG], WELL), Played("anthropic:b", WELL)

    told = await ask(new_gateway(main, other), shorter=2)

    assert (told.failure, told.text, other.asked) == (None, "Hello there", [])
    assert [asked.messages[0].text for asked in main.asked] == ["Hi", "Hi, 1 left", "Hi, 0 left"]
    assert told.of(Abandoned) == [Abandoned("context_too_long")]
    assert told.calls[1].usage == Usage()


async def test_what_cannot_be_shorter_goes_to_a_model_that_may_read_more(new_gateway, ask):
    main, other = Played("openai:a", [TOO_LONG]), Played("anthropic:b", WELL)

    told = await ask(new_gateway(main, other), shorter=1)

    assert (told.text, len(main.asked)) == ("Hello there", 2)
    assert [notice.kind for notice in told.of(Notice)] == ["fallback"]
    assert other.asked[0].messages[0].text == "Hi, 0 left"


async def test_what_nobody_can_read_is_told_so(new_gateway, ask):
    told = await ask(new_gateway(Played("openai:a", [TOO_LONG])))

    assert told.failure.kind == "context_too_long"
    assert told.outcomes == [("openai:a", "failed", "context_too_long")]


async def test_of_several_failures_the_one_is_told_that_can_be_mended(new_gateway, ask):
    main, other = Played("openai:a", [ModelFailure("quota", "Pay.")]), Played("b", [ModelFailure("cut", "Cut.")])

    told = await ask(new_gateway(main, other))

    assert (told.failure.kind, told.failure.message) == ("quota", "Pay.")


@pytest.mark.parametrize("script", [[HUNG], ["Half", HUNG]])
async def test_a_cancelled_turn_stays_cancelled_and_is_charged_once(new_gateway, ask, script):
    main, other = Played("openai:a", script), Played("anthropic:b", WELL)
    calls = []

    async def read():
        gateway = new_gateway(main, other, patience=replace(PATIENT, first_token=9, stall=9, answer=9))
        account = Account(user_id=None, purpose="turn")
        async with aclosing(gateway.stream(Asked(messages=[]), account, calls.append)) as pieces:
            async for _ in pieces:
                pass

    task = asyncio.create_task(read())
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.wait([task])

    assert task.cancelled() and other.asked == [] and main.closed == 1
    assert [call.outcome for call in calls] == ["cancelled"]


async def test_a_timeout_leaves_no_cancellation_behind(new_gateway, ask):
    main, other = Played("openai:a", [HUNG]), Played("anthropic:b", WELL)

    await ask(new_gateway(main, other, patience=replace(PATIENT, first_token=0.02, stall=1, answer=5)))

    assert asyncio.current_task().cancelling() == 0


async def test_a_person_may_choose_among_the_allowed_models_only(new_gateway, ask):
    main, other, third = Played("a", WELL), Played("b", WELL), Played("c", WELL)
    gateway = new_gateway(main, other, third, allowed=frozenset({"b"}), fallbacks=[])

    answered = [(await ask(gateway, model=model)).pieces[-1].model for model in (None, "b", "c")]

    assert answered == ["a", "b", "a"]


async def test_work_behind_the_scenes_goes_to_the_small_model_and_never_to_the_offline_one(new_gateway, ask, account):
    main, small = Played("a", WELL), Played("b", [ModelFailure("quota", "Pay.")])
    gateway = new_gateway(main, small, OfflineProvider(), small="b", fallbacks=["offline"])

    told = await ask(gateway, account=replace(account, purpose="title"))

    assert told.failure.kind == "quota" and main.asked == []


async def test_the_offline_model_is_the_last_and_says_so(new_gateway, ask):
    main = Played("openai:a", [ModelFailure("unreachable", "It is away.")])

    told = await ask(new_gateway(main, OfflineProvider()))

    (notice,) = told.of(Notice)
    assert notice.kind == "fallback" and notice.text.startswith("It is away. The built-in assistant answers instead")
    assert told.of(Answered)[0].model == "offline" and told.text.startswith("H")
    assert (told.calls[-1].model, told.calls[-1].usage) == ("offline", Usage())


async def test_whoever_stands_in_goes_on_with_the_run_and_the_next_run_is_the_first_ones_again(
    new_gateway, ask, account
):
    main, other = Played("a", [ModelFailure("refused", "No.")], WELL), Played("b", WELL)
    gateway, next_run = new_gateway(main, other), replace(account, run_id="next")

    steps = [await ask(gateway), await ask(gateway), await ask(gateway, account=next_run)]

    assert [step.pieces[-1].model for step in steps] == ["b", "b", "a"]
    assert [len(step.of(Notice)) for step in steps] == [1, 0, 0]


async def test_who_stands_in_for_one_person_stands_in_for_nobody_else_whose_run_has_the_same_id(
    new_gateway, ask, account
):
    main, other = Played("openai:a", [ModelFailure("refused", "No.")], WELL), Played("anthropic:b", WELL)
    gateway = new_gateway(main, other)

    await ask(gateway)
    told = await ask(gateway, account=replace(account, user_id=uuid4()))

    assert told.of(Answered)[0].model == "openai:a"


async def test_a_model_whose_breaker_is_open_is_not_asked(new_gateway, ask, account):
    main, other = Played("down", [ModelFailure("overload", "No.")]), Played("b", WELL)
    gateway = new_gateway(main, other)
    for run in ("1", "2"):
        await ask(gateway, account=replace(account, run_id=run))
    asked = len(main.asked)

    told = await ask(gateway)
    alone = await ask(new_gateway(main))

    assert asked == len(main.asked) == 5
    assert "has failed lately" in told.of(Notice)[0].text and told.text == "Hello there"
    assert alone.failure.kind == "overload" and 0 < alone.failure.retry_after <= Rules().opens
