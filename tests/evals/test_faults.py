"""The harness's own judgement: it is shown what is right and what is wrong, without any server."""

from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest

from evals.faults import report, script
from evals.faults.books import UnderWay
from evals.faults.harness import Outcome
from evals.faults.score import Score
from evals.faults.told import Told, attempt_of, fold
from evals.faults.verdict import (
    CANCELS,
    ENDLESS,
    EVENTS,
    LOST,
    OPEN,
    TWICE,
    UNASKED,
    WOUNDED,
    ZEROS,
    Facts,
    Said,
    Sent,
    Stored,
    findings,
)

ADA = UUID(int=1)
TITLE = "x1"
ARGUMENTS = {"tasks": [{"title": TITLE}]}
RESULT = '{"summary": "Added", "items": [{"ok": true, "title": "x1"}]}'
SAID = {
    1: {"type": "RUN_STARTED"},
    2: {"type": "TOOL_CALL_START", "toolCallId": "c", "toolCallName": "add_tasks", "parentMessageId": "m1"},
    3: {"type": "TOOL_CALL_ARGS", "toolCallId": "c", "delta": '{"tasks": [{"ti'},
    4: {"type": "TOOL_CALL_ARGS", "toolCallId": "c", "delta": 'tle": "x1"}]}'},
    5: {"type": "TOOL_CALL_END", "toolCallId": "c"},
    6: {"type": "TOOL_CALL_RESULT", "toolCallId": "c", "messageId": "r", "content": RESULT},
    7: {"type": "TEXT_MESSAGE_START", "messageId": "m2"},
    8: {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m2", "delta": "It is "},
    9: {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m2", "delta": "there."},
    10: {"type": "TEXT_MESSAGE_END", "messageId": "m2"},
    11: {"type": "RUN_FINISHED", "outcome": {"type": "success"}},
}


@pytest.fixture
def heard():
    """Makes what a reader heard of the run, from these events by number."""

    def make(events=SAID):
        told = Told(connections=1)
        for number, event in events.items():
            told.add("run", number, event, at=float(number))
        return told

    return make


@pytest.fixture
def facts(heard):
    """One person asked for one task and got it; everything is in order."""
    log = {number: event for number, event in SAID.items() if number not in (3, 8)}
    log[4] = {**log[4], "delta": SAID[3]["delta"] + SAID[4]["delta"]}
    log[9] = {**log[9], "delta": "It is there."}
    messages = (
        Said(id="m1", content="", calls={"c": ("add_tasks", ARGUMENTS)}),
        Said(id="r", content=RESULT, answers="c"),
        Said(id="m2", content="It is there."),
    )
    return Facts(
        sent=[Sent(user_id=ADA, thread_id="t", readers=(heard(),), adds=(TITLE,))],
        runs={(ADA, "run"): Stored(status="finished", attempts=1, log=list(log.items()), messages=messages)},
        tasks=Counter({TITLE: 1}),
        added=Counter({TITLE: 1}),
        deleted=Counter(),
        last_turns={(ADA, "t"): "success"},
    )


@pytest.fixture
def zeros():
    """The names of the zeros that these facts break."""
    return lambda facts: {finding.zero for finding in findings(facts)}


def test_what_is_in_order_is_not_complained_of(facts):
    assert findings(facts) == []


@pytest.mark.parametrize(
    ("wrong", "zero"),
    [
        ({"tasks": Counter({TITLE: 2}), "added": Counter({TITLE: 2})}, TWICE),
        ({"added": Counter({TITLE: 2})}, TWICE),
        ({"tasks": Counter({TITLE: 2})}, TWICE),
        ({"tasks": Counter()}, LOST),
        ({"tasks": Counter(), "added": Counter()}, LOST),
        ({"tasks": Counter(), "deleted": Counter({TITLE: 1})}, UNASKED),
        ({"leases": ["run"]}, OPEN),
        ({"refused": ["call_9"]}, WOUNDED),
        ({"last_turns": {(ADA, "t"): None}}, WOUNDED),
        ({"last_turns": {(ADA, "t"): "error:internal"}}, WOUNDED),
    ],
    ids=[
        "an effect and its task planted again", "two actions", "two tasks", "a task planted away", "nothing kept",
        "a deletion nobody allowed", "a lease left", "a call without a result", "a thread that answers no more",
        "a thread that fails",
    ],
)  # fmt: skip
def test_a_wrong_in_the_books_is_found(facts, zeros, wrong, zero):
    assert zero in zeros(replace(facts, **wrong))


def test_an_acknowledged_effect_counts_also_where_the_run_failed_after_it(facts, heard, zeros):
    failed = {number: SAID[number] for number in range(1, 7)} | {7: {"type": "RUN_ERROR", "code": "lost"}}
    sent = [replace(facts.sent[0], readers=(heard(failed),))]

    assert LOST in zeros(replace(facts, sent=sent, tasks=Counter(), added=Counter()))


def test_an_effect_that_nobody_was_told_of_may_or_may_not_have_happened(facts, heard):
    failed = {1: SAID[1], 2: {"type": "RUN_ERROR", "code": "lost"}}
    stored = Stored(status="failed", attempts=4, log=list(failed.items()))
    sent = [replace(facts.sent[0], readers=(heard(failed),))]
    unsure = replace(facts, sent=sent, runs={(ADA, "run"): stored})

    assert findings(unsure) == findings(replace(unsure, tasks=Counter(), added=Counter())) == []


@pytest.mark.parametrize(
    ("change", "zero"),
    [
        (lambda said: said.pop(11), ENDLESS),
        (lambda said: said.pop(6), EVENTS),
        (lambda said: said.pop(9), EVENTS),
        (lambda said: said.pop(10), EVENTS),
        (lambda said: said.update({9: {**said[9], "delta": "here."}}), EVENTS),
        (lambda said: said.update({11: {"type": "RUN_FINISHED", "outcome": {"type": "interrupt"}}}), EVENTS),
    ],
    ids=["no end", "no result", "a lost piece", "an open text", "other words", "another end"],
)
def test_a_stream_that_says_something_else_than_the_books_is_found(facts, heard, zeros, change, zero):
    said = dict(SAID)
    change(said)

    assert zero in zeros(replace(facts, sent=[replace(facts.sent[0], readers=(heard(said),))]))


def test_a_number_heard_twice_is_found(facts, heard, zeros):
    told = heard()
    told.events.insert(4, told.events[3])
    told.arrived.insert(4, 4.5)

    assert EVENTS in zeros(replace(facts, sent=[replace(facts.sent[0], readers=(told,))]))


def test_the_same_wish_must_not_make_two_runs(facts, heard, zeros):
    other = heard()
    other.run_id = "other"

    assert EVENTS in zeros(replace(facts, sent=[replace(facts.sent[0], readers=(heard(), other))]))


def test_what_a_killed_process_told_and_never_stored_must_be_taken_back(facts, heard, zeros):
    def shifted(events, by):
        return {number + by: event for number, event in events}

    gone = {2: {"type": "TEXT_MESSAGE_START", "messageId": "m0"}, 3: {"type": "TEXT_MESSAGE_END", "messageId": "m0"}}
    back = {"type": "CUSTOM", "name": "metacortex.withdrawn", "value": {"messageId": "m0"}}
    said = {1: SAID[1], **gone, 1_000_001: back, **shifted(list(SAID.items())[1:], 1_000_000)}
    stored = facts.runs[ADA, "run"]
    log = {1: SAID[1], 1_000_001: back, **shifted(stored.log[1:], 1_000_000)}
    after = replace(
        facts,
        runs={(ADA, "run"): replace(stored, attempts=2, log=list(log.items()))},
        sent=[replace(facts.sent[0], readers=(heard(said),))],
    )

    assert findings(after) == []
    del said[3]  # its end was not heard either: what is taken back is closed with that
    assert findings(replace(after, sent=[replace(facts.sent[0], readers=(heard(said),))])) == []
    del said[1_000_001]
    assert EVENTS in zeros(replace(after, sent=[replace(facts.sent[0], readers=(heard(said),))]))


@pytest.mark.parametrize(("end", "tried", "done"), [("success", True, True), ("cancelled", False, False)])
def test_a_cancel_is_kept_and_nobody_else_cancels(facts, heard, zeros, end, tried, done):
    said = SAID | {11: {"type": "RUN_FINISHED", "outcome": {"type": end}}}
    sent = replace(facts.sent[0], readers=(heard(said),), cancel_tried=tried, cancelled=done)

    assert CANCELS in zeros(replace(facts, sent=[sent]))


def test_a_run_that_never_ended_is_found(facts, zeros):
    running = replace(facts.runs[ADA, "run"], status="running")

    assert OPEN in zeros(replace(facts, runs={(ADA, "run"): running}))


@pytest.mark.parametrize(
    ("state", "last", "phase"),
    [
        ({"acted": True}, None, "between effect and result"),
        ({"unanswered": True}, 5, "in a tool"),
        ({"unanswered": True, "resumes": True}, 1, "resuming an approval"),
        ({}, 8, "streaming text"),
        ({}, 3, "streaming a call"),
        ({}, 1, "waiting for the model"),
        ({}, 6, "waiting for the model"),
        ({}, None, "waiting for the model"),
    ],
)
def test_a_phase_is_read_from_the_books_and_the_last_event(state, last, phase):
    row = {"acted": False, "unanswered": False, "resumes": False} | state
    under_way = UnderWay(user_id=ADA, run_id="run", owner=ADA, attempts=1, **row)

    assert under_way.phase(SAID[last] if last else None) == phase


def test_only_what_hit_a_run_is_counted_and_a_return_is_the_next_attempt(heard):
    score = Score(wanted={"kill": 1}, readers={"run": heard({1: SAID[1], 4: SAID[7], 1_000_001: SAID[7]})})
    hit = UnderWay(user_id=ADA, run_id="run", owner=ADA, attempts=1, resumes=False, unanswered=False, acted=False)

    score.hit("kill", [])
    assert not score.reached
    score.hit("kill", [hit])
    assert score.reached
    score.hits = [replace(score.hits[0], at=2.0)]
    assert score.recoveries() == [1_000_001 - 2.0]
    score.hits.append(replace(score.hits[0], kind="restart", at=3.0))
    assert score.recoveries() == []
    assert attempt_of(1_000_000) == 1


def test_the_script_says_the_same_however_often_it_is_asked():
    asked = [{"role": "system", "content": "…"}, {"role": "user", "content": script.chain("x1", "x2")}]
    first = script.answer_to(asked)
    called = {"role": "assistant", "tool_calls": [{"id": "1"}]}
    answered = [*asked, called, {"role": "tool", "tool_call_id": "1", "content": "{}"}]

    assert script.answer_to(asked) == first
    assert ["x1" in arguments for _, arguments in first.calls] == [True]
    assert "x2" in script.answer_to(answered).calls[0][1]
    assert script.answer_to([*answered, *answered[2:]]).text.startswith("x1 x2")


def test_a_history_with_an_unanswered_call_is_refused():
    called = {"role": "assistant", "tool_calls": [{"id": "1"}, {"id": "2"}]}
    answered = {"role": "tool", "tool_call_id": "2", "content": "{}"}

    assert script.unanswered([called, answered]) == ["1"]
    assert script.unanswered([called, {**answered, "tool_call_id": "1"}, answered]) == []


def test_the_report_says_every_zero_and_whether_it_is_clean(facts):
    outcome = Outcome(
        seed=7, seconds=60, score=Score(wanted={"kill": 0}), facts=facts, found=(), refusals=Counter(), fallen=()
    )
    red = replace(outcome, found=findings(replace(facts, tasks=Counter())))

    assert all(any(zero in line for line in report.lines(outcome)) for zero in ZEROS)
    assert list(report.lines(outcome))[-1] == "clean"
    assert list(report.lines(red))[-1].startswith("NOT CLEAN")
    assert not red.is_clean
    assert not replace(outcome, score=Score(wanted={"kill": 1})).is_clean


def test_folding_follows_what_a_chat_would_show():
    folded = fold(SAID.items())

    assert folded.texts == {"m2": "It is there."}
    assert folded.calls == {"c": ("m1", "add_tasks", '{"tasks": [{"title": "x1"}]}')}
    assert folded.ends == ("success",)
    assert folded.broken == ()
