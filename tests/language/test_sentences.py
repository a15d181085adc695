"""Where requests and sentences begin and end."""

import pytest

from language.sentences import requests, segments


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "buy milk, call mom on Sunday and finish the report by Friday",
            ["buy milk", "call mom on Sunday", "finish the report by Friday"],
        ),
        ("buy milk and eggs", ["buy milk and eggs"]),
        ("buy milk, eggs and bread", ["buy milk, eggs and bread"]),
        ("buy paint and brush", ["buy paint and brush"]),
        ("Call Bob. Email Anna tomorrow.", ["Call Bob.", "Email Anna tomorrow."]),
        ("ask Dr. Sun about it", ["ask Dr. Sun about it"]),
        ("add a task to pay rent and then mark the milk as done", ["add a task to pay rent", "mark the milk as done"]),
        ("- buy milk\n- call mom", ["buy milk", "call mom"]),
        ("1. buy milk\n2. call mom", ["buy milk", "call mom"]),
        ("add tasks: milk, eggs and bread", ["add tasks: milk", "eggs", "bread"]),
        ("note: buy milk, call mom", ["note: buy milk, call mom"]),
        ("take a note that I should buy milk and call mom", ["take a note that I should buy milk and call mom"]),
        ('read "Stop, look and listen to me" and call mom', ['read "Stop, look and listen to me"', "call mom"]),
        ("pay rent, remind me 10 minutes before", ["pay rent, remind me 10 minutes before"]),
        ("   ", []),
    ],
)
def test_a_message_is_split_where_a_new_request_begins(text: str, parts: list[str]) -> None:
    assert list(requests(text)) == parts


def test_sentences_of_a_body_are_found_where_they_stand() -> None:
    body = "We met Dr. Sun. He said yes!\n\nThen we left."

    assert [body[start:end] for start, end in segments(body)] == ["We met Dr. Sun.", "He said yes!", "Then we left."]
