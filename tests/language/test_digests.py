"""What texts come to, within a length."""

import pytest

from domain.errors import Invalid
from language.digests import Digest, Length, digest, length_of

MEETING = """# Offsite
We met in Bonn on Monday. The weather was mild that day. The hall there holds two hundred people.
We decided to move the launch to May. Anna will send the contract to legal by Friday.
The launch moves to May, we decided.
What does the catering cost?
"""


def test_each_point_has_its_kind_and_its_place():
    points = digest([MEETING]).points

    assert {point.kind: point.words for point in points if point.kind != "point"} == {
        "decision": "We decided to move the launch to May.",
        "action": "Anna: Send the contract to legal by Friday",
        "question": "What does the catering cost?",
    }
    assert all(
        MEETING[place.start : place.end].startswith(point.text[:2]) for point in points[:2] for place in point.places
    )


def test_what_is_said_twice_stands_there_once():
    assert sum("launch" in point.text for point in digest([MEETING]).points) == 1


@pytest.mark.parametrize("words", [15, 25, 40])
def test_a_length_is_kept(words):
    assert 0 < sum(len(point.words.split()) for point in digest([MEETING], length=Length(words=words)).points) <= words


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_sentences_are_counted(count):
    assert len(digest([MEETING], length=Length(words=200, sentences=count)).points) == count


def test_what_is_too_long_gives_way_to_what_fits():
    long = "We decided, after a long talk about all that was said in spring, to move the whole launch of it to May."

    assert [point.text for point in digest([f"{long} The hall is booked."], length=Length(words=8)).points] == [
        "The hall is booked."
    ]
    assert len(digest([long], length=Length(words=8)).points) == 1


def test_one_sentence_is_what_was_decided():
    (point,) = digest([MEETING], length=length_of("one sentence")).points

    assert point.text == "We decided to move the launch to May."


def test_all_actions_are_known_however_short_the_digest():
    todo = "\n".join(f"- [ ] call customer number {number}" for number in range(30))

    short = digest([todo], length=Length(words=20))

    assert len(short.actions) == 30
    assert len(short.points) < 6


def test_a_digest_is_kept_and_read_again():
    made = digest([MEETING])

    assert Digest.of_json(made.to_json()) == made


def test_nothing_is_nothing():
    assert digest(["", " \n"]) == Digest(points=(), actions=())


@pytest.mark.parametrize(
    ("words", "length"),
    [
        (None, Length()),
        ("three sentences", Length(words=75, sentences=3)),
        ("in 50 words", Length(words=50)),
        ("5 bullet points", Length(words=75, sentences=5)),
        ("a paragraph", Length(words=80)),
        ("keep it short", Length(words=50)),
        ("in detail", Length(words=300)),
        ("200", Length(words=200)),
    ],
)
def test_lengths_in_the_persons_words(words, length):
    assert length_of(words) == length


@pytest.mark.parametrize("words", ["purple", "0 words"])
def test_other_words_are_no_length(words):
    with pytest.raises(Invalid, match="length"):
        length_of(words)
