"""What statements are about, what takes whose place, and what is worth keeping."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.facts import fact_of
from language.lasting import facts_in, is_lasting


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("I live in Berlin.", "I moved to Hamburg"),
        ("I live in Berlin", "I don't live in Berlin anymore"),
        ("My manager is Petra", "my manager is now Tomas"),
        ("My sister is called Ingrid", "my sister's name is Inga"),
        ("My favourite colour is blue", "my favorite colour is green"),
        ("I love coffee", "I can't stand coffee"),
        ("I'm allergic to nuts", "I am not allergic to nuts any more"),
        ("I smoke", "I stopped smoking"),
        ("I don't eat meat", "I eat meat"),
        ("I have two children", "We have three children"),
        ("I get up at 6", "I usually get up at 7:30"),
        ("I'm 34", "I turned 35"),
        ("I'm a vegetarian", "I'm no longer a vegetarian"),
        ("I am vegan", "I am a vegetarian"),
    ],
)
def test_a_contradiction_takes_the_place_of_what_it_contradicts(earlier, later):
    assert fact_of(later).replaces(fact_of(earlier))
    assert not fact_of(later).repeats(fact_of(earlier))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I love coffee", "I love tea"),
        ("My sister is called Ingrid", "My brother is called Tom"),
        ("I'm allergic to nuts", "I'm allergic to pollen"),
        ("I live in Berlin", "I work in Potsdam"),
        ("I have two children", "I have two cats"),
        ("My locker has the number 42", "My bike has the number 7731"),
        ("I play chess", "I don't play golf"),
        ("I prefer short answers", "I prefer tea"),
    ],
)
def test_facts_of_different_things_stand_beside_each_other(one, other):
    assert not fact_of(one).replaces(fact_of(other))
    assert not fact_of(one).repeats(fact_of(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I'm a vegetarian.", "I am vegetarian"),
        ("I am allergic to the nuts", "i'm allergic to nuts"),
        ("My sister is called Ingrid", "my sister's name is Ingrid!"),
        ("Remember that I live in Kiel", "I live in Kiel now"),
        ("I like running in the woods", "I love running in the woods"),
    ],
)
def test_the_same_said_otherwise_is_no_second_fact(one, other):
    assert fact_of(one).repeats(fact_of(other))
    assert not fact_of(one).replaces(fact_of(other))


@pytest.mark.parametrize(
    "statement",
    [
        "I'm a nurse",
        "My daughter Mila goes to daycare on Wednesdays",
        "I never schedule meetings before ten",
        "I'm allergic to walnuts",
        "we have two dogs",
        "I have asthma",
        "call me Sam",
        "I don't drink coffee",
        "I grew up in Leeds",
    ],
)
def test_lasting(statement):
    assert is_lasting(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "I'm tired",
        "I'm a bit late",
        "I am going to the dentist",
        "I ran 5 km",
        "I live in Berlin until March",
        "Do I live in Berlin?",
        "If I were rich I would live in Rome",
        "I think I am a vegetarian",
        "my password is hunter2",
        "My card number is 4111 1111 1111 1111",
        "my head hurts",
        "I'm a doctor, she said",
        "remind me to call my sister",
        "My plan is to rest",
        "I work from home tomorrow",
        "",
        "I like " + "very " * 100 + "long stories",
    ],
)
def test_passing(statement):
    assert not is_lasting(statement)


def test_each_fact_of_a_message_stands_alone():
    message = "I work as a nurse and I live in Kiel. Remind me to call mom tomorrow, I'm tired. What is my name?"

    assert [fact.text for fact in facts_in(message)] == ["I work as a nurse", "I live in Kiel."]


@given(st.text(max_size=400))
def test_any_text_is_taken(text):
    fact = fact_of(text)
    assert not fact.replaces(fact) or not fact.holds
    assert all(is_lasting(found.text) for found in facts_in(text))
