"""Numerals: numbers and ordinals in words, "twenty-five", "two thousand and nineteen", "thirty first"."""

from collections.abc import Sequence

from language.times.lexicon import SMALL_NUMBERS, TENS
from language.words import ORDINALS


def numeral(words: Sequence[str], at: int) -> tuple[int, int, bool] | None:
    """The place after the number that begins there, its value, and whether it is an ordinal of several words."""
    total, current, end = 0, -1, at
    while end < len(words):
        skip = end + (end > at and words[end] in ("-", "and"))
        if skip >= len(words):
            break
        word, joined = words[skip], words[end] if skip > end else ""
        grown = _grown(current, word, joined)
        if grown is not None:
            current = grown
        elif word == "thousand" and 0 < current < 100 and not joined and not total:
            total, current = current * 1000, 0
        elif word in ORDINALS and current % 100 >= 20 and not current % 10 and ORDINALS[word] < 10 and joined != "and":
            return skip + 1, total + current + ORDINALS[word], True
        else:
            break
        end = skip + 1
    return (end, total + current, False) if current >= 0 else None


def _grown(current: int, word: str, joined: str) -> int | None:
    """The number with one more word, None where it cannot follow."""
    if word == "hundred" and 0 < current < 100 and not joined:
        return current * 100
    value = SMALL_NUMBERS.get(word, TENS.get(word))
    if value is None:
        return None
    if current < 0:
        return value if not joined else None
    if current == 0 and joined != "-":
        return value or None
    if current % 100 == 0 and joined != "-":
        return current + value
    if current % 100 >= 20 and current % 10 == 0 and 0 < value < 10 and joined != "and":
        return current + value
    return None
