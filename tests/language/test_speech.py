"""Said words as one would write them down."""

import pytest

from language.speech import spoken


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Um , well , I I think it 's fine .", "I think it's fine."),
        ("{vocalsound} Uh - huh .", ""),
        ("You know, we we could could go .", "We could go."),
        ("And so , the budget , you know , is tight", "The budget, is tight"),
        ("The battery lasts a week.", "The battery lasts a week."),
        ("I do n't know , I mean , it ca n't work .", "I don't know, it can't work."),
        ("Mm-hmm.", ""),
        ("Oh yeah, um so I was like thinking uh maybe red", "I was like thinking maybe red"),
    ],
)
def test_fillers_and_what_was_begun_twice_are_left_out(said, written):
    assert spoken(said) == written
