"""N-grams and speech acts: what a sentence is made of, as a model without an embedding sees it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise

LONGEST = 400
"""Characters of a text that count: what is asked for stands at the beginning."""

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
DIGITS = re.compile(r"\d+")

ASKING = frozenset("what what's whats when when's where where's who who's whose which why how how's".split())
AUXILIARY = frozenset(
    "is are am was were do does did have has can could will would should may might isn't aren't don't didn't".split()
)
FIRST = frozenset("i i'm i've i'd i'll my me mine myself we we're we've our us".split())
SECOND = frozenset("you you're you've you'd your yours yourself u".split())
NEGATION = frozenset("no not nope nah never don't dont didn't doesn't isn't wasn't can't won't nothing without".split())
ASSENT = frozenset("yes yeah yep yup yea ok okay sure right correct true exactly absolutely definitely indeed".split())
COURTESY = frozenset("please pls kindly thanks thank thx".split())
OPENING = frozenset("hi hey hello please ok okay so well and now just then also hiya".split())
WISH = frozenset("want need like gotta must should".split())
PAST = frozenset(
    "did was were had went ran got made took gave slept drank ate read wrote did done bought sent paid told said "
    "saw met found left finished kept lost won swam rode forgot spent".split()
)
DAY = frozenset(
    "today tonight tomorrow yesterday morning afternoon evening noon midnight week weekend month monday tuesday "
    "wednesday thursday friday saturday sunday daily weekly monthly".split()
)


def plain(text: str) -> str:
    """Lower case, apostrophes straight, each number a 0."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST]).replace("’", "'").lower()
    return DIGITS.sub("0", folded)


def words(text: str) -> list[str]:
    """The words of a text, without what stands between them."""
    return WORD.findall(plain(text))


def terms(text: str) -> Iterator[str]:
    """Words and pairs of words (`w:`), and two to five characters inside a word and its borders (`c:`)."""
    said = ["^", *words(text), "$"]
    yield from (f"w:{word}" for word in said[1:-1])
    yield from (f"w:{first} {second}" for first, second in pairwise(said))
    for word in said[1:-1]:
        padded = f" {word[:30]} "
        for size in (2, 3, 4, 5):
            yield from (f"c:{padded[at : at + size]}" for at in range(len(padded) - size + 1))


def speech_acts(text: str) -> list[float]:
    """What is done by saying it, in numbers of 0 to 1: asked, ordered, told, agreed, refused."""
    said = words(text)
    first = next((word for word in said if word not in OPENING), "")
    after = said[said.index(first) + 1] if first and said.index(first) + 1 < len(said) else ""
    present = set(said)
    return [
        float(first in ASKING),
        float(first in AUXILIARY),
        float(first in AUXILIARY and after in FIRST),
        float(first in AUXILIARY and after in SECOND),
        float(first in FIRST),
        float(first in FIRST and _any(PAST, present)),
        float(first in PAST or first.endswith("ed")),
        float(first in NEGATION),
        float(first in ASSENT),
        float(bool(first) and first not in ASKING | AUXILIARY | FIRST | SECOND | NEGATION | ASSENT | PAST),
        _any(NEGATION, present),
        _any(FIRST, present),
        _any(SECOND, present),
        _any(COURTESY, present),
        _any(WISH, present) * _any(FIRST, present),
        _any(DAY, present),
        float("0" in "".join(said)),
        float(len(said) <= 3),
        float(4 <= len(said) <= 7),
        float(len(said) > 14),
    ]


def _any(words: Iterable[str], present: set[str]) -> float:
    return float(not present.isdisjoint(words))
