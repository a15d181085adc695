"""Other forms of irregular words."""

import pytest

from language.forms import other_forms


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("Where did she go?", ["gone", "went"]),
        ("we bought a knife", ["buy", "knives"]),
        ("Whom did the children teach?", ["child", "taught"]),
        ("who planted the roses", []),
        ("what did I do and have", []),
        ("", []),
    ],
)
def test_what_else_a_word_is_written_as(text, forms):
    assert other_forms(text) == forms


def test_endings_make_no_difference():
    assert {"wrote", "written"} <= set(other_forms("writing")) & set(other_forms("writes"))
