"""Summaries made of a text's own sentences."""

from language.prose import sentences_of
from language.summaries import summarize

MEETING = """# Budget
We met on Monday. The weather was mild that day. We decided to cut the travel budget by ten percent.

- [ ] Anna writes the travel plan
- Bob calls the bank

The travel budget is cut by ten percent, we decided."""


def test_list_items_are_sentences_and_headings_are_not():
    assert sentences_of(MEETING)[3:5] == ["Anna writes the travel plan", "Bob calls the bank"]
    assert "Budget" not in sentences_of(MEETING)


def test_a_summary_keeps_what_was_decided_in_its_order_and_says_it_once():
    kept = [sentence.text for sentence in summarize([MEETING], words=18)]

    said = sentences_of(MEETING)
    assert kept == sorted(kept, key=said.index)
    assert sum("ten percent" in sentence for sentence in kept) == 1


def test_a_query_decides_what_matters():
    assert summarize([MEETING], words=6, query="bank")[0].text == "Bob calls the bank"


def test_sentences_know_their_text():
    assert {sentence.source for sentence in summarize(["Roses need cutting.", "The boiler leaks."], words=20)} == {0, 1}


def test_nothing_is_nothing():
    assert summarize(["", "  \n"]) == ()
