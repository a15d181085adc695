"""Evidence: how far a passage speaks of what is asked, by its words, its names, and the kind of thing asked for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

from language.values import Kind, holds, kind_of
from language.verbs import stem

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
NAME = re.compile(r"(?<![.!?“\"\n:] )(?<!^)\b[A-Z][^\W\d_]+")
"""Words with a capital that does not come from where they stand."""
SLIPS_FROM = 5
"""Shorter words with a letter wrong are mostly other words."""
ALIKE_FROM = 4
ALIKE, NAMED = 0.5, 0.7
"""Words that are more alike than that are one, and so are names."""
WHETHER = "whether"
_LIGHT = """
a about again all am an and any anything are as at be been but by can could did do does find for from had has have how
i if in is it its know last look many me mention mentioned much my note noted notes of on or our remember said say
says search so some something talk task tasks tell than that the their them there they think this to told up was we
were what when where which who whom whose why will with would write written wrote you your
"""
LIGHT = frozenset(stem(word) for word in _LIGHT.split())

CALENDAR = frozenset(
    stem(name)
    for name in (
        "january february march april may june july august september october november december "
        "monday tuesday wednesday thursday friday saturday sunday easter christmas advent"
    ).split()
)
NOBODY = LIGHT | CALENDAR | frozenset(map(stem, "he her here his its next no not now our she still then us".split()))
"""Words that may begin a sentence and name nobody."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """The stems that carry meaning, the names, what is asked for (None: anything), and all its stems."""

    stems: tuple[str, ...]
    names: tuple[str, ...]
    kind: Kind | None
    every: frozenset[str]

    @property
    def whether(self) -> bool:
        """True where it is to be said whether something is so."""
        return self.kind is not None and self.kind.name == WHETHER


def asked(text: str) -> Question:
    """A question, taken apart."""
    every = stems(text)
    return Question(
        stems=tuple(dict.fromkeys(word for word in every if word not in LIGHT)),
        names=tuple(stem(name) for name in NAME.findall(text)),
        kind=kind_of(text),
        every=frozenset(every),
    )


def stems(text: str) -> list[str]:
    """The words, without their endings."""
    return [stem(word) for word in WORD.findall(text)]


def weights(question: Question, passages: Sequence[str]) -> dict[str, float]:
    """How much each stem of the question says: the fewer of these passages have it, the more."""
    known = [frozenset(stems(passage)) for passage in passages]
    counted = {word: sum(_best(word, words) > ALIKE for words in known) for word in question.stems}
    return {word: log(1 + (len(known) - times + 0.5) / (times + 0.5)) for word, times in counted.items()}


def as_spelled(text: str, passages: Sequence[str]) -> str:
    """The text, where a word has a slip of one that the passages have, with that one."""
    known = {word.lower() for passage in passages for word in WORD.findall(passage)}
    stemmed = {stem(word) for word in known}

    def spelled(word: re.Match[str]) -> str:
        said = word.group().lower()
        if len(said) < SLIPS_FROM or stem(said) in stemmed:
            return word.group()
        return next((each for each in sorted(known) if len(each) >= SLIPS_FROM and _is_slip(said, each)), word.group())

    return WORD.sub(spelled, text)


def share(weight: Mapping[str, float], text: str) -> float:
    """How much of a question's weight stands in the text."""
    known, whole = frozenset(stems(text)), sum(weight.values())
    return sum(weighs * _best(word, known) for word, weighs in weight.items()) / whole if whole else 0.0


def named(question: Question, text: str) -> float | None:
    """How many of its names stand in the text; None where it has none."""
    known = frozenset(stems(text))
    found = [_best(name, known) > NAMED for name in question.names]
    return sum(found) / len(found) if found else None


def held(question: Question, text: str) -> float | None:
    """How surely the text has such a thing as is asked for, from 0 to 1; None where anything may answer."""
    if question.kind is None or question.whether:
        return None
    if question.kind.name == "name" and any(
        stem(name) not in question.every | NOBODY for name in NAME.findall(f"so {text}")
    ):
        return 1.0
    return holds(question.kind, text)


def _best(word: str, known: frozenset[str]) -> float:
    return 1.0 if word in known else max((_alike(word, other) for other in known), default=0.0)


def _alike(one: str, other: str) -> float:
    shorter = min(len(one), len(other))
    if shorter >= ALIKE_FROM and (one.startswith(other) or other.startswith(one)):
        return 0.8
    if shorter >= SLIPS_FROM and (one[:SLIPS_FROM] == other[:SLIPS_FROM] or _is_slip(one, other)):
        return 0.6
    return 0.0


def _is_slip(one: str, other: str) -> bool:
    """True where one letter is missing, or two are swapped."""
    if abs(len(one) - len(other)) > 1 or one[0] != other[0]:
        return False
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    swapped = one[:at] + one[at + 1 : at + 2] + one[at : at + 1] + one[at + 2 :]
    return one[at + 1 :] == other[at:] or one[at:] == other[at + 1 :] or swapped == other
