"""Patterns: capitals are as good as small letters, and the words that are found stand as they were written."""

import re

import pytest

from language.patterns import Patterns, Wording, begun_anew, without

CALL = Wording(r"call (?P<whom>[a-z'’]+)(?: at (?P<when>\d+))?")


def test_what_is_found_keeps_its_capitals():
    found = CALL.search("Please CALL Mom at 5")

    assert found is not None
    assert (found[0], found["whom"], found.span("when")) == ("CALL Mom at 5", "Mom", (19, 20))
    assert found.groupdict() == {"whom": "Mom", "when": "5"}


def test_a_group_that_is_missing_is_none():
    found = CALL.match("Call Mom")

    assert found is not None
    assert found["when"] is None


@pytest.mark.parametrize(
    "text", ["Aſk me", "KİLO", "Kelvin", "ASK ME", "ıt", "plain", "Straße", "“ASK ME”", "Ünïcode ASK"]
)
@pytest.mark.parametrize("pattern", [r"ask", r"[a-z]+", r"k[ie]l", r"it\b", r"\w+(?= me)", r"ß"])
def test_it_stands_where_it_stands_for_the_library_with_its_flag(pattern, text):
    expected = [found.span() for found in re.finditer(pattern, text, re.IGNORECASE)]

    assert [found.span() for found in Wording(pattern).finditer(text)] == expected


def test_it_is_replaced_as_written_and_only_so_often():
    assert Wording("mom").sub(r"\1", "Mom and MOM", count=1) == r"\1 and MOM"
    assert Wording("(?P<a>m)om").sub(lambda found: found["a"], "Mom") == "M"
    assert Wording(r",\s*").split("a, B,c") == ["a", "B", "c"]


def test_a_wording_with_a_capital_is_refused():
    with pytest.raises(ValueError, match="has a capital"):
        Wording(r"\SMonday")


def test_wordings_are_tried_in_their_order_and_each_tells_its_own_groups():
    patterns = Patterns((r"move (?P<what>\w+)$", r"(?P<what>\w+) (?P<to>.+)", r"move (?P<what>.+)"))

    assert [(place, found.groupdict()) for place, found in patterns.matches("Move it Up")] == [
        (1, {"what": "Move", "to": "it Up"}),
        (2, {"what": "it Up"}),
    ]
    assert list(patterns.matches("!")) == []


def test_a_beginning_is_replaced_at_the_beginning_alone():
    assert without(Wording("so "), "So so what") == "so what"
    assert begun_anew(Wording("so "), "thus ", "and so on") == "and so on"
    assert begun_anew(Wording("(?P<word>so) "), lambda found: f"{found['word']}! ", "So on") == "So! on"
