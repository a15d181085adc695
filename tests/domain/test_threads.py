"""What is left of a conversation when its last words are taken back, and which calls still wait for an answer."""

from datetime import UTC, datetime

import pytest

from domain.threads import CUT, Message, ToolCall, unanswered, without_its_last_words

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def conversation():
    """Reads lines: `user m`, `says a`, `calls a: c d` (an assistant's message), `did c`, `cut c` (answers of tools)."""

    def message(line: str) -> Message:
        kind, _, rest = line.partition(" ")
        id, _, called = rest.partition(": ")
        fields = {"id": id, "thread_id": "t", "parent_id": None, "run_id": "r", "content": "", "created_at": NOON}
        match kind:
            case "user":
                return Message(**fields, role="user")
            case "says" | "calls":
                calls = tuple(ToolCall(id=call, name="tool", arguments={}) for call in called.split())
                return Message(**fields, role="assistant", tool_calls=calls)
        content = CUT if kind == "cut" else "{}"
        return Message(**fields | {"content": content}, role="tool", tool_call_id=id)

    return lambda *lines: [message(line) for line in lines]


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        pytest.param(["user m"], 1, id="nothing was said yet"),
        pytest.param(["user m", "says a"], 1, id="words alone"),
        pytest.param(["user m", "calls a: c", "did c", "says b"], 3, id="an act stays, its words go"),
        pytest.param(["user m", "calls a: c", "did c"], 3, id="an act without words"),
        pytest.param(["user m", "calls a: c", "did c", "calls b: d", "did d", "says e"], 5, id="two acts stay"),
        pytest.param(["user m", "calls a: c", "cut c"], 1, id="a call that was cut off"),
        pytest.param(["user m", "calls a: c"], 1, id="a call that waits"),
        pytest.param(["user m", "calls a: c", "did c", "calls b: d", "cut d"], 3, id="an act, then a call cut off"),
        pytest.param(["user m", "calls a: c", "did c", "calls b: d"], 3, id="an act, then a call that waits"),
        pytest.param(["user m", "calls a: c d", "did c", "cut d"], 4, id="one of two calls acted"),
        pytest.param(["user m", "says a", "says b"], 1, id="words twice"),
        pytest.param(["user m", "calls a: c", "did c", "says b", "user n", "says d"], 3, id="later turns go"),
        pytest.param(["user m", "user n", "says b"], 1, id="a message that got no answer"),
    ],
)
def test_the_last_words_are_taken_back_and_what_was_done_stays(lines, kept, conversation):
    messages = conversation(*lines)

    assert without_its_last_words(messages, "m", {"r"}) == messages[:kept]


def test_what_was_said_before_stays(conversation):
    messages = conversation("user k", "says l", "user m", "says a")

    assert without_its_last_words(messages, "m", {"r"}) == messages[:3]


def test_an_answer_that_came_late_stays_with_its_call(conversation):
    messages = conversation("user m", "calls a: c", "user n", "says d", "did c", "says e")

    kept = without_its_last_words(messages, "m", {"r"})

    assert [message.id for message in kept] == ["m", "a", "c"]


def test_a_call_waits_until_it_is_answered(conversation):
    messages = conversation("user m", "calls a: c d", "did d", "calls b: e")

    assert [(message.id, call.id) for message, call in unanswered(messages)] == [("a", "c"), ("b", "e")]
