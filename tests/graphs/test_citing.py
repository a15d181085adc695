"""Markers in what a model says: those of the turn's passages stay and cite, others are gone."""

import re

import pytest

from domain.threads import Citation
from graphs.citing import Markers, cited, named, quoted, without_markers

PASSAGES = [
    {"kind": "note", "id": f"n{number}", "title": f"Note {number}", "passage": "One. Two.", "start": 10 * number}
    for number in range(3)
]


def tidy(text):
    """Without the blanks that a marker taken out leaves behind."""
    return re.sub(r"[ ]+(?=[ .,\n]|$)", "", text)


@pytest.mark.parametrize(
    ("said", "told", "numbers"),
    [
        ("It is damp [1].", "It is damp [1].", [1]),
        ("It is damp [9].", "It is damp.", []),
        ("It is damp [0] and [4].", "It is damp and.", []),
        ("Damp [1][2].", "Damp [1][2].", [1, 2]),
        ("Damp [1, 2].", "Damp [1][2].", [1, 2]),
        ("Damp [1-3].", "Damp [1][2][3].", [1, 2, 3]),
        ("Damp [2, 9].", "Damp [2].", [2]),
        ("Damp [[3]].", "Damp [3].", [3]),
        ("Damp [[9]].", "Damp.", []),
        ("Damp [^2].", "Damp [2].", [2]),
        ("[2] says so, [1] too, [2] again.", "[2] says so, [1] too, [2] again.", [2, 1]),
        ("See [9](https://a.b) or [the note](x).", "See [9](https://a.b) or [the note](x).", []),
        ("- [ ] open\n- [x] done [a]", "- [ ] open\n- [x] done [a]", []),
        ("Use `rows[9]` there [1].", "Use `rows[9]` there [1].", [1]),
        ("```\nrows[7]\n```\n[7]", "```\nrows[7]\n```\n", []),
        ("cut off [1", "cut off [1", []),
        ("two  blanks ", "two  blanks ", []),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_a_marker_without_a_passage_is_never_told(said, told, numbers, size):
    markers = Markers(3)

    pieces = [markers.take(said[at : at + size]) for at in range(0, len(said), size)]

    heard = "".join([*pieces, markers.end()])
    assert heard == told if size == 100 else tidy(heard) == tidy(told)
    assert markers.cited == numbers


def test_words_without_brackets_are_not_held_back():
    markers = Markers(3)

    assert [markers.take(piece) for piece in ("Hello", " there", ".")] == ["Hello", " there", "."]


def test_a_number_in_brackets_that_the_turn_speaks_of_is_a_quote():
    markers = Markers(0, quoted(["add 'read paper [12]'"]))

    assert markers.take("Added “read paper [12]”. [1]") + markers.end() == "Added “read paper [12]”."
    assert markers.cited == []


def test_a_citation_says_where_its_passage_stands():
    (citation,) = cited([3], PASSAGES)

    assert (citation.id, citation.marker, citation.start, citation.end) == ("n2", 3, 20, 29)


def test_an_answer_that_names_its_passages_may_name_a_part_and_none_of_another_turn():
    wanted = [
        {"kind": "note", "id": "n1", "start": 5, "end": 9},
        {"kind": "note", "id": "of another turn"},
        {"kind": "note", "id": "n0"},
    ]

    found = named(wanted, PASSAGES)

    assert [(each.id, each.marker, each.start, each.end) for each in found] == [("n1", 1, 15, 19), ("n0", 3, 0, 9)]


def test_a_line_of_several_fields_has_no_place():
    (citation,) = cited([1], [{**PASSAGES[0], "start": None}])

    assert (citation.start, citation.end) == (None, None)


def test_what_was_cited_in_another_turn_leaves_no_marker_behind():
    before = (Citation(kind="note", id="n", title="", passage="", marker=2),)

    assert without_markers("Damp [2], as in [2024] and list [1].", before) == "Damp, as in [2024] and list [1]."
    assert without_markers("Nothing cited [1].", ()) == "Nothing cited [1]."
