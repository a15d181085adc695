"""What a passage has for a question: shared words, names, and a thing of the kind that is asked for."""

import pytest

from language.evidence import asked, evidence, weights

BODY = "The gate was painted by Ottilie in June. It cost 85 euros. The hinges squeak because of the rust."


def found(question: str, title: str = "Garden gate", body: str = BODY):
    taken = asked(question)
    return evidence(taken, title, body, weights(taken, [f"{title} {body}", "Nothing of this."]))


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How much did the gate cost?", "money"),
        ("what do we pay for the gate", "money"),
        ("How old is the gate?", "age"),
        ("until when is it open", "time"),
        ("What day do we leave?", "time"),
        ("how long is the path", "length"),
        ("How many hinges are there?", "number"),
        ("What is her phone number?", "contact"),
        ("what is his email address", "contact"),
        ("Who painted it?", "name"),
        ("What is the painter called?", "name"),
        ("where is the key", "place"),
        ("Why do the hinges squeak?", "reason"),
        ("What did Ottilie paint?", None),
    ],
)
def test_the_kind_that_is_asked_for(question, kind):
    assert asked(question).kind == kind


@pytest.mark.parametrize(
    ("question", "sentence", "has"),
    [
        ("Who painted the gate?", "The gate was painted by Ottilie in June.", True),
        ("When was the gate painted?", "The gate was painted by Ottilie in June.", True),
        ("What did it cost in euros?", "It cost 85 euros.", True),
        ("How old are the hinges?", "The hinges squeak because of the rust.", False),
        ("Who oils the hinges?", "The hinges squeak because of the rust.", False),
        ("What about the hinges?", "The hinges squeak because of the rust.", None),
    ],
)
def test_the_best_sentence_and_whether_it_has_such_a_thing(question, sentence, has):
    evidence = found(question)

    assert (BODY[evidence.start : evidence.end], evidence.has) == (sentence, has)


def test_a_word_with_a_slip_is_the_word():
    assert found("what about the hignes and the Otilie").share > found("what about the roses and the fence").share


@pytest.mark.parametrize(
    ("question", "head"),
    [
        ("Which hinges are loose?", 1.0),
        ("what sort of paint did we use", 0.0),
        ("How many visitors did the gate have?", 0.0),
        ("Who painted it?", None),
    ],
)
def test_the_thing_that_is_asked_after(question, head):
    assert found(question, body=BODY + " The paint was green.").head == head


@pytest.mark.parametrize(
    ("question", "attribute"),
    [
        ("What is the price of the gate?", 0.0),
        ("what was the rust on the hinges", 1.0),
        ("What is Ottilie's address?", 0.0),
        ("What did Ottilie paint?", None),
        ("what of it", None),
    ],
)
def test_what_is_asked_of_a_thing(question, attribute):
    assert found(question).attribute == attribute


@pytest.mark.parametrize(
    ("body", "counted"),
    [("The gate has four old hinges.", True), ("On 4 June, in the end, the hinges broke.", False), ("No gate.", False)],
)
def test_what_is_to_be_counted_has_a_number(body, counted):
    assert found("How many hinges are there?", body=body).counted is counted


def test_a_number_is_looked_for_only_where_things_are_counted():
    assert found("Which hinges are loose?").counted is None


def test_what_the_title_does_not_say_must_stand_in_the_sentence():
    asked_for = ("What is with the garden gate?", "Do the hinges of the garden gate squeak?", "Is the gate locked?")

    assert [found(question).beyond for question in asked_for] == [None, 1.0, 0.0]


def test_the_sentence_that_has_what_is_asked_for_need_not_share_most():
    evidence = found("When did the hinges squeak?", body="The hinges squeak in the wind. They squeak since June.")

    assert (evidence.has, evidence.here > evidence.fits > 0) == (False, True)


@pytest.mark.parametrize(
    ("body", "has"),
    [
        ("The key hangs behind the door.", True),
        ("The key was in Lucca.", True),
        ("The key came in the evening.", False),
        ("The key came at nine, by heart.", False),
        ("The key came in June.", False),
    ],
)
def test_a_time_is_no_place(body, has):
    assert found("Where is the key?", body=body).has is has


def test_a_month_is_nobody():
    assert found("Who painted the gate?", body="Bruno painted the gate in June.").has is True
    assert found("Who painted the gate?", body="the gate was painted in June").has is False


def test_a_name_that_stands_nowhere_is_missing():
    assert found("What did Ottilie do with Bruno?").names == 0.5


@pytest.mark.parametrize("body", ["", "   ", "# Only a heading", "[[", "a" * 5_000])
def test_any_passage_can_be_looked_at(body):
    evidence = found("Who painted the gate?", "", body)

    assert 0 <= evidence.share <= 1 and 0 <= evidence.start <= evidence.end <= len(body)
