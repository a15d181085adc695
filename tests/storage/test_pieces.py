import pytest

from storage.pieces import LETTERS, WORDS, cut

SENTENCES = "".join(f"This is sentence number {number} of a long text. " for number in range(40))


def letters(text):
    return "".join(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "word " * 1000,
        "x" * 10_000,
        SENTENCES * 5,
        "# A\n\n" + "one two three.\n\n" * 300,
        "# A\n# B\n## C\n",
        "",
        "\n \n",
    ],
    ids=["words", "letters", "sentences", "paragraphs", "headings", "empty", "blank"],
)
def test_pieces_are_short_and_lose_no_word(text):
    pieces = [piece.text for piece in cut(text)]

    assert all(len(piece.split()) <= 1.6 * WORDS and len(piece) <= 1.6 * WORDS * LETTERS for piece in pieces)
    assert all(piece in text for piece in pieces)
    assert letters("".join(pieces)) == letters(text)


def test_a_long_text_is_cut_between_sentences_and_evenly():
    pieces = [piece.text for piece in cut(SENTENCES)]

    assert all(piece.startswith("This is") and piece.endswith("text.") for piece in pieces)
    assert max(len(piece) for piece in pieces) - min(len(piece) for piece in pieces) < 100


def test_a_piece_knows_the_headings_it_stands_under():
    pieces = cut("Before all.\n# House\nOld.\n## Kitchen #\nSmall.\n### Floor\nOak.\n## Roof\nFlat.")

    assert [(piece.path, piece.text.splitlines()[-1]) for piece in pieces] == [
        ((), "Before all."),
        (("House",), "Old."),
        (("House", "Kitchen"), "Small."),
        (("House", "Kitchen", "Floor"), "Oak."),
        (("House", "Roof"), "Flat."),
    ]


def test_a_heading_with_nothing_under_it_goes_with_the_next():
    assert [piece.text for piece in cut("# House\n\n## Roof\nFlat.\n## Garden")] == [
        "# House\n\n## Roof\nFlat.",
        "## Garden",
    ]


def test_a_comment_in_a_block_of_code_is_no_heading():
    (piece,) = cut("## Setup\n```sh\n# install\nmake\n~~~\n# more\n```\ndone")

    assert piece.path == ("Setup",)


def test_nothing_in_a_text_takes_long_to_cut():
    hostile = ["#" * 100_000, "# " * 50_000, "\n" * 100_000, "." * 100_000, "`" * 100_000, "# x" + " #" * 50_000]

    assert all(letters("".join(piece.text for piece in cut(text))) == letters(text) for text in hostile)
