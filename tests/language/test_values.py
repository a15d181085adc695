"""What kind of thing a question asks for, and whether a text holds one."""

import pytest

from language.values import NUMBERS, holds, kind_of


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("How much did the gate cost?", "money"),
        ("what do we pay for the gate", "money"),
        ("How old is the gate?", "age"),
        ("until when is it open", "date"),
        ("What day do we leave?", "date"),
        ("At what time does it open?", "clock"),
        ("In which year was it built?", "year"),
        ("how long is the path", "span"),
        ("how often is it oiled", "frequency"),
        ("How heavy is it?", "weight"),
        ("how wide is the gate", "length"),
        ("How hot does the lock get?", "warmth"),
        ("How many hinges are there?", "count"),
        ("how full is the shed", "number"),
        ("Which colour is the gate?", "colour"),
        ("What is her phone number?", "contact"),
        ("Who painted it?", "name"),
        ("What is the painter called?", "name"),
        ("where is the key", "place"),
        ("Why do the hinges squeak?", "reason"),
        ("Is the gate open?", "whether"),
        ("What did Ottilie paint?", None),
    ],
)
def test_the_kind_that_is_asked_for(question, name):
    kind = kind_of(question)

    assert (kind and kind.name) == name


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("£54.85 and 20 euros", ["money", "money"]),
        ("at 17:30, on 4 June 2025", ["clock", "date", "year"]),
        ("3 mm thick, 2 kg, 12 degrees", ["length", "weight", "warmth"]),
        ("two weeks, 14 of them, a third", ["span", "bare"]),
        ("1.5 l and 19 %", ["volume", "share"]),
    ],
)
def test_what_a_number_is(text, kinds):
    assert [number.lastgroup for number in NUMBERS.finditer(text)] == kinds


@pytest.mark.parametrize(
    ("question", "surer", "less"),
    [
        ("What did it cost?", "It came to 85 euros.", "It came to 85."),
        ("What did it cost?", "It came to 85.", "It came to 85 mm."),
        ("How heavy is it?", "It has 12 kg.", "It has 12 mm."),
        ("In which year was it built?", "Built in 1961.", "Built 12 of them."),
        ("How many hinges are there?", "There are 4.", "It cost £4."),
        ("How long did it take?", "It took three hours.", "It took 40 euros."),
        ("When is it painted?", "Next on the 3rd of May.", "Next in blue."),
        ("What colour is it?", "It is dark green.", "It is old."),
        ("Where is the key?", "The key hangs behind the door.", "The key came in the evening."),
        ("Where is the key?", "The key was in Lucca.", "The key came at nine, by heart."),
        ("Why does it squeak?", "It squeaks because of the rust.", "It squeaks at night."),
    ],
)
def test_what_holds_such_a_thing_is_surer(question, surer, less):
    kind = kind_of(question)

    assert kind is not None
    assert holds(kind, surer) > holds(kind, less)


@pytest.mark.parametrize("text", ["", "€", "9" * 5_000, "one " * 2_000])
def test_any_text_can_be_looked_at(text):
    kind = kind_of("How much is it?")

    assert kind is not None and 0 <= holds(kind, text) <= 1
