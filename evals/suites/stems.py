"""Stems of English words after Porter (1980), as ROUGE compares them: what is left without the endings of grammar."""

from functools import lru_cache
from itertools import pairwise

_STEP_2 = (
    ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"),
    ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"),
    ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"),
    ("iviti", "ive"), ("biliti", "ble"), ("fulli", "ful"),
)  # fmt: skip
_STEP_3 = (
    ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
)  # fmt: skip
_STEP_4 = ("al ance ence er ic able ible ant ement ment ent sion tion ou ism ate iti ous ive ize").split()


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem of a word in lower case; a word of two letters is its own.

    Where the stemmer that ROUGE is commonly scored with departs from the paper, so does this one: "tied" becomes "tie",
    "used" "use", "fully" "ful", and a final y becomes i only after a consonant.
    """
    if len(word) <= 2:
        return word
    for step in (_plural, _past, _y, _long, _middle, _ending, _last):
        word = step(word)
    return word


def _is_vowel(word: str, at: int) -> bool:
    if word[at] == "y":
        return at > 0 and not _is_vowel(word, at - 1)
    return word[at] in "aeiou"


def _measure(stem: str) -> int:
    """How often a vowel is followed by a consonant."""
    kinds = [_is_vowel(stem, at) for at in range(len(stem))]
    return sum(one and not other for one, other in pairwise(kinds))


def _has_vowel(stem: str) -> bool:
    return any(_is_vowel(stem, at) for at in range(len(stem)))


def _is_short(stem: str) -> bool:
    """Ends in consonant, vowel, consonant, the last none of w, x, y; or is a vowel and a consonant."""
    if len(stem) == 2:
        return _is_vowel(stem, 0) and not _is_vowel(stem, 1)
    if len(stem) < 3 or stem[-1] in "wxy":
        return False
    return not _is_vowel(stem, len(stem) - 3) and _is_vowel(stem, len(stem) - 2) and not _is_vowel(stem, len(stem) - 1)


def _is_doubled(stem: str) -> bool:
    return len(stem) > 1 and stem[-1] == stem[-2] and not _is_vowel(stem, len(stem) - 1)


def _plural(word: str) -> str:
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith("ies"):
        return word[:-1] if len(word) == 4 else word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _past(word: str) -> str:
    if word.endswith("ied"):
        return word[:-1] if len(word) == 4 else word[:-2]
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) else word
    for ending in ("ed", "ing"):
        if word.endswith(ending) and _has_vowel(word[: -len(ending)]):
            rest = word[: -len(ending)]
            if rest.endswith(("at", "bl", "iz")):
                return rest + "e"
            if _is_doubled(rest) and rest[-1] not in "lsz":
                return rest[:-1]
            return rest + "e" if _measure(rest) == 1 and _is_short(rest) else rest
    return word


def _y(word: str) -> str:
    return word[:-1] + "i" if word.endswith("y") and len(word) > 2 and not _is_vowel(word, len(word) - 2) else word


def _replaced(word: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for ending, other in sorted(pairs, key=lambda pair: -len(pair[0])):
        if word.endswith(ending):
            rest = word[: -len(ending)]
            return rest + other if _measure(rest) else word
    return word


def _long(word: str) -> str:
    if word.endswith("alli") and _measure(word[:-4]):
        return _long(word[:-2])
    if word.endswith("logi"):
        return word[:-1] if _measure(word[:-3]) else word
    return _replaced(word, _STEP_2)


def _middle(word: str) -> str:
    return _replaced(word, _STEP_3)


def _ending(word: str) -> str:
    for ending in sorted(_STEP_4, key=len, reverse=True):
        if word.endswith(ending):
            rest = word[:-3] if ending in ("sion", "tion") else word[: -len(ending)]
            return rest if _measure(rest) > 1 else word
    return word


def _last(word: str) -> str:
    if word.endswith("e"):
        rest = word[:-1]
        if _measure(rest) > 1 or (_measure(rest) == 1 and not _is_short(rest)):
            word = rest
    return word[:-1] if word.endswith("ll") and _measure(word[:-1]) > 1 else word
