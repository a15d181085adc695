"""What a passage has for a question: shared words, names, and a thing of the kind that is asked for."""

import pytest

from language.evidence import as_spelled, asked, held, named, share, weights

BODY = "The gate was painted by Ottilie in June. It cost 85 euros. The hinges squeak because of the rust."


def shared(question: str, text: str = BODY) -> float:
    taken = asked(question)
    return share(weights(taken, [BODY, "Nothing of this."]), text)


def test_what_is_rare_weighs_more():
    assert shared("the gate on the fence", "the fence") > 0.5 > shared("the gate on the fence", "the gate") > 0


def test_a_word_with_a_slip_is_the_word():
    assert shared("what about the hignes and the Otilie") > shared("what about the roses and the fence")


@pytest.mark.parametrize(
    ("question", "spelled"),
    [
        ("What of the hignes?", "What of the hinges?"),
        ("what did Otilie say", "what did ottilie say"),
        ("Which hinge was paintd?", "Which hinge was painted?"),
        ("Who mends fences?", "Who mends fences?"),
        ("the gat", "the gat"),
    ],
)
def test_a_slip_is_read_as_the_word_that_was_written(question, spelled):
    assert as_spelled(question, [BODY]) == spelled


@pytest.mark.parametrize(
    ("question", "text", "sure"),
    [
        ("Who painted the gate?", "The gate was painted by Ottilie in June.", 1.0),
        ("Who painted the gate?", "Bruno painted the gate in June.", 1.0),
        ("Who painted the gate?", "the gate was painted in June", 0.0),
        ("Who painted the gate?", "The neighbours painted the gate.", 0.5),
        ("Who did Ottilie ask?", "They say Ottilie asked.", 0.0),
        ("What about the hinges?", "The hinges squeak.", None),
        ("Do the hinges squeak?", "The hinges squeak.", None),
    ],
)
def test_a_name_that_was_not_asked_with_may_answer_who(question, text, sure):
    assert held(asked(question), text) == sure


def test_a_name_that_stands_nowhere_is_missing():
    assert named(asked("What did Ottilie do with Bruno?"), BODY) == 0.5
    assert named(asked("What did she do?"), BODY) is None


@pytest.mark.parametrize("text", ["", "   ", "# Only a heading", "[[", "a" * 5_000])
def test_any_text_can_be_looked_at(text):
    question = asked("Who painted the gate?")

    assert 0 <= shared("Who painted the gate?", text) <= 1 and 0 <= (held(question, text) or 0) <= 1
