"""Titles of conversations, made of the person's words."""

import pytest
from hypothesis import given, settings

from language.titles import LENGTH, cleaned, title
from tests.language.test_any_text import TEXT


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("remind me to call the dentist tomorrow at 3pm, high priority #health", "Call the dentist"),
        ("Hey, can you please add a task to water the plants every 3 days?", "Water the plants"),
        ("good morning! remind me to stretch at 10", "Stretch"),
        ("I need oat milk tomorrow", "Oat milk"),
        ("help me with my taxes", "Taxes"),
        ("I'm thinking about moving to Lisbon next year", "Moving to Lisbon"),
        ("I want to meditate every morning", "Meditate"),
        ("What did I write about the boiler?", "Boiler"),
        ("When is my dentist appointment?", "Dentist appointment"),
        ("how do I cook rice", "Cook rice"),
        ("what's due this week?", "Tasks due"),
        ("find notes tagged work", "Notes tagged work"),
        ("summarize my notes about the garden", "Summary of notes about garden"),
        ("how is my running going?", "Running habit"),
        ("plan my day", "Plan of the day"),
        ("move the dentist to friday", "Move the dentist"),
        ("remember that my wife's birthday is on May 4", "My wife's birthday"),
        ("take a note that the meeting with Anna was moved", "The meeting with Anna was moved"),
        ("milk", "Milk"),
    ],
)
def test_a_title_says_what_is_asked_without_courtesies_and_times(said, named):
    assert title([said]) == named


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("buy milk, call mom on Sunday and finish the report by Friday", "Buy milk, call mom, finish the report"),
        ("Buy milk. Ask Anna for the keys.", "Buy milk, ask Anna for the keys"),
        ("add tasks: milk, eggs and bread", "Milk, eggs, bread"),
        ("buy milk and buy milk", "Buy milk"),
        (
            "book flights, book hotel, rent car, buy guide book, pack bags, exchange money",
            "Book flights, book hotel, rent car, buy guide book",
        ),
    ],
)
def test_of_several_requests_it_names_the_first_and_what_fits(said, named):
    assert title([said]) == named


@pytest.mark.parametrize(
    "said",
    [
        "Erinnere mich morgen um 15 Uhr an den Zahnarzt",
        "Rappelle-moi d'acheter du pain demain à 15h",
        "Recuérdame comprar leche mañana a las 3pm",
        "Wat moet ik morgen doen?",
        "Comprare il latte domani",
        "Напомни купить молоко завтра",
        "明日の会議について教えてください",
        "ذكرني بشراء الحليب غدا",
        "🛒🥛",
        "???",
    ],
)
def test_what_is_not_english_is_left_as_it_is(said):
    assert title([said]) == said


@pytest.mark.parametrize("greeting", ["hi", "Hello there!", "thanks", "good morning", "what can you do?"])
def test_a_greeting_is_no_title_and_what_follows_it_is(greeting):
    assert title([greeting]) is None
    assert title([greeting, "buy milk", "call mom"]) == "Buy milk"


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("note: the boiler hums when it is cold outside, and the landlord does not care",
         "The boiler hums when it is cold outside, and the landlord…"),
        ("https://example.com/" + "a" * 60, "https://example.com/" + "a" * 39 + "…"),
        ("x" * 70_000, "X" + "x" * 58 + "…"),
        ("мы " * 40, "Мы" + " мы" * 19 + "…"),
        ("# Trip to Rome\n\n" + "We leave early. " * 500, "Trip to Rome"),
        ("take a note:\n\nTrip to Rome\n" + "We leave early. " * 500, "Trip to Rome"),
    ],
    ids=["words", "address", "one word", "foreign", "pasted", "long note"],
)  # fmt: skip
def test_a_long_title_is_cut_at_a_word(said, named):
    assert title([said]) == named
    assert len(named) <= LENGTH


@given(TEXT)
@settings(max_examples=300, deadline=None)
def test_any_text_has_a_short_title_in_one_line(text):
    named = title([text])

    assert named is None or (0 < len(named) <= LENGTH and len(named.splitlines()) == 1)
    assert len(cleaned(text)) <= LENGTH


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        ("Dentist appointment", "Dentist appointment"),
        ('"Dentist appointment."', "Dentist appointment"),
        ("Title: Milk\n\nI chose this title because", "Milk"),
        ("<think>The person wants\nmilk</think>\n\n**Milk and bread**", "Milk and bread"),
        ("Reading “Dune”", "Reading Dune"),
        ("Anna's party, don't forget", "Anna's party, don't forget"),
        ("# Trip to Rome", "Trip to Rome"),
        ("Zahnarzttermin", "Zahnarzttermin"),
        ("牛乳を買う", "牛乳を買う"),
        ("word " * 20, "word word word word word word word word word word word word…"),
        ("", ""),
        (" \n ", ""),
        ('"…"', ""),
        ("<think>I wonder", ""),
    ],
)
def test_a_models_title_is_one_line_without_quotation_marks(answer, named):
    assert cleaned(answer) == named
