"""Every way in which a provider fails, on every wire, through a real turn: what the person gets, and nothing twice."""

import pytest

from domain.events import RunFailed, RunFinished, Withdrawn
from evals.faults.script import add
from evals.faults.wrongs import BROKEN, REFUSALS, STRANGE, Fault

WIRES = ("chat", "messages")
PASSES_BY = ("rate_limit", "server_error", "unavailable", "overload", *BROKEN)
STAYS = ("authentication", "quota", "payment", "refused", "refused_silently")
SAID = "oil word0 word1"
# Who waits at most so long for a first word is not asked to wait longer before a second attempt.
PATIENCE = {"first_token_seconds": 0.7, "stall_seconds": 0.4, "answer_seconds": 12}


@pytest.fixture(params=WIRES)
def wire(request):
    return request.param


@pytest.fixture
def others(wire):
    """A model of the other provider, to answer instead."""
    return "anthropic:second" if wire != "messages" else "openai:second"


def test_no_way_to_fail_is_left_out():
    assert {*PASSES_BY, *STAYS, "context_too_long"} == {*REFUSALS, *BROKEN, "refused_silently"}


@pytest.mark.parametrize("wrong", PASSES_BY)
async def test_what_passes_by_is_tried_again_and_taken_back(opened_with, provider, script, wire, others, wrong):
    script.will("first", Fault(wrong=wrong, seconds=0.2), None, Fault(wrong=wrong, seconds=0.2))

    async with opened_with(wire=wire, fallbacks=(others,), **PATIENCE) as person:
        told = await person.says(add("oil"))

    assert [type(end) for end in told.ends] == [RunFinished]
    assert told.tasks == {"oil": 1}
    assert told.words.count(SAID) == 1
    assert [request.fault for request in provider.asked_of("first")] == [wrong, None, wrong, None]
    assert provider.asked_of("second") == []
    assert told.notices == []
    assert {message["id"] for message in told.seen} >= told.began - told.withdrawn


@pytest.mark.parametrize("wrong", ["cut", "cut_in_call", "ended_early", "error_frame", "malformed_frame", "stalled"])
async def test_what_an_abandoned_attempt_had_said_is_taken_back(opened_with, script, wire, wrong):
    script.will("first", None, Fault(wrong=wrong))

    async with opened_with(wire=wire, **PATIENCE) as person:
        told = await person.says(add("oil"))

    assert len(told.withdrawn) == 1
    assert told.heard.count("word0") == 2
    assert told.words.count("word0") == 1
    assert not told.withdrawn & {message["id"] for message in told.seen}


@pytest.mark.parametrize("wrong", STAYS)
async def test_what_stays_wrong_is_not_asked_twice_and_another_model_answers(
    opened_with, provider, script, wire, others, wrong
):
    script.always("first", Fault(wrong=wrong))

    async with opened_with(wire=wire, fallbacks=(others,), **PATIENCE) as person:
        told = await person.says(add("oil"))

    assert [type(end) for end in told.ends] == [RunFinished]
    assert told.ends[0].model == others
    assert told.tasks == {"oil": 1}
    assert told.words.count(SAID) == 1
    assert len(provider.asked_of("first")) <= 2
    assert len(provider.asked_of("second")) == 2
    assert {notice.kind for notice in told.notices} == {"fallback"}


@pytest.mark.parametrize("wrong", ["overload", "cut", "first_token_timeout"])
async def test_a_model_that_is_down_leaves_the_turn_to_the_next_and_at_last_to_the_built_in_one(
    opened_with, provider, script, wire, others, wrong
):
    script.always("first", Fault(wrong=wrong))
    script.always("second", Fault(wrong=wrong))

    async with opened_with(wire=wire, fallbacks=(others, "offline"), **PATIENCE) as person:
        told = await person.says("remind me to buy oil tomorrow")

    assert [type(end) for end in told.ends] == [RunFinished]
    assert told.ends[0].model == "offline"
    assert told.tasks == {"Buy oil": 1}
    assert provider.asked_of("first") and provider.asked_of("second")


@pytest.mark.parametrize("wrong", [*STAYS, "overload", "rate_limit", "context_too_long", "cut", "stalled"])
async def test_where_nobody_answers_the_person_is_told_why_in_one_sentence(opened_with, script, wire, wrong):
    script.always("first", Fault(wrong=wrong, seconds=0.1))

    async with opened_with(wire=wire, **PATIENCE) as person:
        told = await person.says(add("oil"))

    assert [type(end) for end in told.ends] == [RunFailed]
    assert told.error and "first" in told.error and "127.0.0.1" not in told.error
    assert told.words == ""
    assert told.tasks == {}


async def test_what_was_done_before_the_models_failed_is_done_once_and_stays(opened_with, script, wire):
    script.will("first", None)
    script.always("first", Fault(wrong="overload"))

    async with opened_with(wire=wire, **PATIENCE) as person:
        told = await person.says(add("oil"))

    assert [type(end) for end in told.ends] == [RunFailed]
    assert told.tasks == {"oil": 1}


async def test_what_was_too_long_is_asked_again_with_less(opened_with, provider, script, wire):
    script.will("first", Fault(wrong="context_too_long"))

    async with opened_with(wire=wire, **PATIENCE) as person:
        told = await person.says(add("oil"))

    assert [type(end) for end in told.ends] == [RunFinished]
    assert told.tasks == {"oil": 1}
    assert provider.asked[1].said[-1].startswith(add("oil"))


async def test_what_was_cut_and_then_too_long_is_told_under_an_id_that_was_not_taken_back(opened_with, script, wire):
    script.will("first", None, Fault(wrong="cut"), Fault(wrong="context_too_long"))

    async with opened_with(wire=wire, **PATIENCE) as person:
        told = await person.says(add("oil"))

    (withdrawn,) = told.withdrawn
    taken_back = next(at for at, event in enumerate(told.events) if isinstance(event, Withdrawn))
    assert all(getattr(event, "message_id", None) != withdrawn for event in told.events[taken_back + 1 :])
    assert [type(end) for end in told.ends] == [RunFinished]


async def test_what_a_model_cannot_read_at_all_another_one_answers(opened_with, script, wire):
    script.always("first", Fault(wrong="context_too_long"))

    async with opened_with(wire=wire, **PATIENCE, fallbacks=("offline",)) as person:
        told = await person.says("add a task to buy oil")

    assert [end.model for end in told.ends] == ["offline"]
    assert [notice.kind for notice in told.notices] == ["fallback"]


@pytest.mark.parametrize("wrong", [wrong for wrong in STRANGE if not wrong.startswith(("empty", "refused"))])
async def test_a_strange_but_whole_answer_is_an_answer(opened_with, provider, script, wire, wrong):
    fault = Fault(wrong=wrong, seconds=0.2)
    script.will("first", fault, *([None] if wrong == "malformed_arguments" else []), fault)

    async with opened_with(wire=wire, **PATIENCE) as person:
        told = await person.says(add("oil", "salt"))

    assert [type(end) for end in told.ends] == [RunFinished]
    assert told.tasks == {"oil": 1, "salt": 1}
    assert "oil salt word0" in told.words
    assert told.withdrawn == set()
    assert len(provider.asked) == (3 if wrong == "malformed_arguments" else 2)


async def test_arguments_that_stay_malformed_become_a_clear_answer(opened_with, provider, script, wire):
    script.always("first", Fault(wrong="malformed_arguments"))

    async with opened_with(wire=wire, **PATIENCE) as person:
        told = await person.says(add("oil"))

    assert [type(end) for end in told.ends] == [RunFinished]
    assert told.tasks == {}
    assert "could not carry that out" in told.words
    assert len(provider.asked) == 2
    assert "malformed" in provider.asked[1].told[0]


async def test_nothing_said_becomes_a_clear_answer(opened_with, script, wire):
    script.always("first", Fault(wrong="empty"))

    async with opened_with(wire=wire, **PATIENCE) as person:
        told = await person.says(add("oil"))

    assert [type(end) for end in told.ends] == [RunFinished]
    assert told.words
    assert told.tasks == {}


async def test_a_refusal_in_the_middle_of_an_answer_is_taken_back(opened_with, provider, script, wire, others):
    script.will("first", None, Fault(wrong="refused_midway"))

    async with opened_with(wire=wire, fallbacks=(others,), **PATIENCE) as person:
        told = await person.says(add("oil"))

    assert [type(end) for end in told.ends] == [RunFinished]
    assert told.ends[0].model == others
    assert told.words.count("word0") == 1
    assert len(told.withdrawn) == 1
    assert told.tasks == {"oil": 1}
    assert len(provider.asked_of("second")) == 1


@pytest.mark.parametrize(
    "wrong", ["cut", "ended_early", "error_frame", "malformed_frame", "overload", "refused_silently"]
)
async def test_on_the_third_wire_too_what_was_said_in_vain_is_taken_back(opened_with, script, wrong):
    script.will("first", None, Fault(wrong=wrong))

    async with opened_with(wire="responses", fallbacks=("anthropic:second",), **PATIENCE) as person:
        told = await person.says(add("oil"))

    assert [type(end) for end in told.ends] == [RunFinished]
    assert told.words.count("word0") == 1
    assert told.tasks == {"oil": 1}
    assert len(told.withdrawn) == (wrong not in ("overload", "refused_silently"))
