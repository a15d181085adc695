"""Signals: the words and signs without one of which no text says a time, so that most texts need not be read."""

import re

from language.times.holidays import CALLED
from language.times.lexicon import WORDS
from language.times.tokens import FULL_DAYS, HALVES, NUMERALS

# No reading of the grammar can do without one of these words, or without a token of a class that is not idle.
NEEDED = frozenset(
    """
    asap atm business day early fortnight h half immediately late moment now play point present qtr quarter right
    rightnow soon straight straightaway thing time week weekday weekend weekends work working workweek
    """.split()
)
IDLE = frozenset(("which", "nth", "short", "zone"))
"""An ordinal that counts nothing is of a class of its own, `nth_alone`."""
NUMERIC = re.compile(r"[\d½¼¾]")
WORD = re.compile(r"['’]?\w+")
SIGNALS = (
    NEEDED
    | NUMERALS
    | (HALVES - {"a", "p"})
    | {"m"}
    | {word for word, classes in WORDS.items() if classes.keys() - (IDLE - {"nth"})}
)
HOLIDAYS = frozenset(max(name.split(), key=len).rstrip("s") for name in CALLED)
"""The longest word of each, with or without the "s" of a plural or a possessive."""


def may_say_when(text: str) -> bool:
    """False only for a text in which the grammar finds no time."""
    return NUMERIC.search(text) is not None or any(map(_is_signal, WORD.findall(text.lower())))


def _is_signal(word: str) -> bool:
    """The letter behind an apostrophe ("I'm", "I'd") is none."""
    word = word if len(word) < 3 else word.lstrip("'’")
    return word in SIGNALS or FULL_DAYS.get(word, word).rstrip("s") in HOLIDAYS
