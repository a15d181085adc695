"""Events as JSON: each is valid AG-UI, and comes back as it was, from one dictionary or from the rows of a log."""

from datetime import UTC, datetime
from typing import get_args
from uuid import UUID

import orjson
import pytest
from ag_ui.core import Event as Valid
from pydantic import TypeAdapter

from agent.events import as_rows, of_dict, of_row, pieces_of_row, to_dict, to_json
from domain.events import (
    Cited,
    Event,
    Noticed,
    ReasoningArrived,
    ReasoningEnded,
    ReasoningStarted,
    RunCancelled,
    RunFailed,
    RunFinished,
    RunPaused,
    RunStarted,
    TextArrived,
    TextEnded,
    TextStarted,
    ToolAnswered,
    ToolArgumentsArrived,
    ToolCallEnded,
    ToolCallStarted,
    Withdrawn,
)
from domain.model_calls import Usage
from domain.runs import Approval
from domain.threads import Citation

VALID: TypeAdapter[Valid] = TypeAdapter(Valid)
SAID = 'Grüße, "you"\n\u2028\x7f and \\ 🧠'
APPROVAL = Approval(
    id="a",
    message_id="m",
    tool_call_id="c",
    tool="delete_tasks",
    arguments={"tasks": ["milk"]},
    question="Delete it?",
    expires_at=datetime(2026, 1, 2, tzinfo=UTC),
)
CITATION = Citation(marker=1, kind="note", id=str(UUID(int=1)), title="Keys", passage="Under the mat.", start=0, end=14)
MINI = Usage(input_tokens=900, output_tokens=80, cached_tokens=512, cache_written_tokens=100, reasoning_tokens=30)
LOCAL = Usage(input_tokens=12, output_tokens=3, is_estimated=True)
EVENTS = [
    RunStarted("t", "r"),
    TextStarted("m"),
    TextArrived("m", SAID),
    TextEnded("m"),
    ReasoningStarted("m"),
    ReasoningArrived("m", SAID),
    ReasoningEnded("m"),
    ToolCallStarted("c", "search", "m"),
    ToolArgumentsArrived("c", '{"query": "ü"}'),
    ToolCallEnded("c"),
    ToolAnswered("a", "c", "{}"),
    Cited("m", (CITATION,)),
    Withdrawn("m"),
    Noticed("fallback", "Another model answered."),
    RunFinished("t", "r"),
    RunFinished("t", "r", "offline"),
    RunFinished("t", "r", "openai:mini", (("openai:mini", MINI), ("openai:qwen:7b", LOCAL), ("offline", LOCAL))),
    RunPaused("t", "r", (APPROVAL,)),
    RunCancelled("t", "r"),
    RunFailed("No.", "failed"),
]


def test_each_kind_of_event_is_among_those_tested():
    assert {type(event) for event in EVENTS} == set(get_args(Event))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_is_valid_and_comes_back_as_it_was(event):
    said = orjson.loads(to_json(event))

    assert VALID.validate_python(said).model_dump(by_alias=True, exclude_none=True, mode="json") == said
    assert of_dict(said) == event


def test_a_log_comes_back_from_its_rows_piece_by_piece():
    pieces = [kind("m", piece) for kind in (TextArrived, ReasoningArrived, ToolArgumentsArrived) for piece in "abc"]
    told = list(enumerate([*EVENTS, *pieces, *reversed(pieces), TextArrived("other", "d")], 5))

    rows = orjson.loads(orjson.dumps(as_rows(told)))

    assert [piece for row in rows for piece in pieces_of_row(row["first"], row["event"])] == told
    assert len(rows) == len(EVENTS) + 6
    assert of_row(25, rows[20]["event"], after=25) == TextArrived("m", "bc")


def test_thoughts_are_a_message_of_their_own_beside_the_answers():
    ids = {to_dict(event)["messageId"] for event in EVENTS if isinstance(event, ReasoningStarted | ReasoningArrived)}

    assert ids == {"m_r"}


def test_a_run_that_no_model_answered_says_nothing_of_models():
    assert to_dict(RunFinished("t", "r")) == {
        "type": "RUN_FINISHED",
        "threadId": "t",
        "runId": "r",
        "outcome": {"type": "success"},
    }


def test_what_is_unknown_of_the_tokens_is_left_out():
    (took,) = to_dict(RunFinished("t", "r", "local", (("local", LOCAL),)))["usage"]

    assert took == {"model": "local", "inputTokens": 12, "outputTokens": 3, "totalTokens": 15}
