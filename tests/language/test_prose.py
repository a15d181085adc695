"""The sentences of a note or a conversation."""

import pytest

from language.prose import headings_of, prose

NOTE = """---
tags: [work]
---
# Offsite *in Bonn*
We met on Monday. The hall holds **200 people**
and has a [projector](https://example.org/p).

## To do
- [ ] Anna books the hall
- [x] Pay the deposit
1. Call Mr. Weber at 5 p.m. today
> A quoted thought

```
code = 1
```
"""


def test_every_sentence_stands_where_it_says():
    for sentence in prose(NOTE):
        said = NOTE[sentence.start : sentence.end]
        assert sentence.text.split()[0] in said
        assert sentence.text.split()[-1].rstrip(".") in said


def test_marks_front_matter_headings_and_code_are_no_words():
    assert [sentence.text for sentence in prose(NOTE)] == [
        "We met on Monday.",
        "The hall holds 200 people and has a projector.",
        "Anna books the hall",
        "Pay the deposit",
        "Call Mr. Weber at 5 p.m. today",
        "A quoted thought",
    ]
    assert headings_of(NOTE) == ["Offsite in Bonn", "To do"]


def test_items_know_their_heading_and_their_box():
    listed = [(sentence.heading, sentence.box) for sentence in prose(NOTE) if sentence.is_item]

    assert listed == [("To do", " "), ("To do", "x"), ("To do", None)]


def test_lines_that_are_short_stand_for_themselves():
    assert [sentence.text for sentence in prose("Buy milk\nCall the bank\nwhich closes at 4")] == [
        "Buy milk",
        "Call the bank which closes at 4",
    ]


def test_speakers_are_the_names_that_most_lines_begin_with():
    said = prose("Anna Berg: Um , so we we need a hall .\nBob: You know, the old one is fine.\nAnna Berg: Okay.")

    assert [(sentence.speaker, sentence.text) for sentence in said] == [
        ("Anna Berg", "We need a hall."),
        ("Bob", "The old one is fine."),
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Decision: go in May\nAction: Bob books the hall", id="labels"),
        pytest.param("Recipe: pasta\nIt needs salt.\nIt needs water.\nIt needs time.", id="once"),
    ],
)
def test_labels_are_no_speakers(text):
    assert {sentence.speaker for sentence in prose(text)} == {""}


def test_a_month_that_ends_a_sentence_is_no_abbreviation():
    assert len(prose("We moved it to May. Anna leads the team.")) == 2
