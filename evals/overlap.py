"""Overlap: whether a sentence that we wrote stands, nearly word for word, in data we are measured on."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.suites.suite import read as rows_of
from evals.transcripts import read as transcripts_of
from evals.transcripts import shipped
from ml.fact import FOLDER as FACTS
from ml.utterances import read as utterances_of

SAME_WORDS, FEWEST_WORDS = 0.8, 4
SAME_TRIGRAMS = 0.85
MOST_TIMES_LONGER = 2
"""What is longer than that cannot share enough, and need not be taken apart."""

SAID = ("text", "content", "query", "question", "prompt", "ticket", "turns")
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, order=True)
class Overlap:
    """One of our sentences, what is nearly the same, and where each stands."""

    ours: str
    theirs: str
    place: str
    file: str


def overlaps(files: Sequence[Path]) -> list[Overlap]:
    """Every near-duplicate between what we wrote and the cases of these files.

    Near means: the same words in a row, or four words and more of which 80 % are shared, or 85 % of all trigrams.
    """
    ours = _ours()
    longest = MOST_TIMES_LONGER * max(map(len, ours))
    found = set()
    for file in files:
        theirs = sorted({text for row in rows_of(file) for text in said(row) if len(text) <= longest})
        pairs = {
            *_same(ours, theirs),
            *_near(ours, theirs, _words, SAME_WORDS),
            *_near(ours, theirs, _trigrams, SAME_TRIGRAMS),
        }
        found |= {Overlap(ours=mine, theirs=other, place=ours[mine], file=str(file)) for mine, other in pairs}
    return sorted(found)


def said(row: Any) -> Iterator[str]:
    """What somebody says or asks in a case, at any depth of its turns."""
    match row:
        case str():
            yield row
        case dict():
            for name in SAID:
                yield from said(row.get(name, ()))
        case list():
            for part in row:
                yield from said(part)


def _ours() -> dict[str, str]:
    written = {text: f"ml/intents/{kind}.txt" for kind, texts in utterances_of().items() for text in texts}
    written |= {text: f"ml/facts/{kind}.txt" for kind, texts in utterances_of(FACTS).items() for text in texts}
    transcripts = {turn.say: f"transcript {each.name}" for each in transcripts_of(shipped()) for turn in each.turns}
    return written | transcripts


def _same(ours: Iterable[str], theirs: Iterable[str]) -> Iterator[tuple[str, str]]:
    by_words = defaultdict(list)
    for text in theirs:
        by_words[_normal(text)].append(text)
    return ((mine, other) for mine in ours for other in by_words[_normal(mine)])


def _near(
    ours: Iterable[str], theirs: Iterable[str], parts: Callable[[str], frozenset[str]], least: float
) -> Iterator[tuple[str, str]]:
    """Pairs whose parts overlap by `least` of their union.

    Two such sets share one of their few rarest parts, so only texts that do are compared.
    """
    theirs_parts = {text: parts(text) for text in theirs}
    ours_parts = {text: parts(text) for text in ours}
    counts = Counter(part for of in (*theirs_parts.values(), *ours_parts.values()) for part in of)
    index = defaultdict(list)
    for text, of in theirs_parts.items():
        for part in _rarest(of, counts, least):
            index[part].append(text)
    for mine, of in ours_parts.items():
        for other in {text for part in _rarest(of, counts, least) for text in index[part]}:
            if len(of & theirs_parts[other]) >= least * len(of | theirs_parts[other]):
                yield mine, other


def _rarest(parts: frozenset[str], counts: Counter[str], least: float) -> list[str]:
    return sorted(parts, key=lambda part: (counts[part], part))[: int(len(parts) * (1 - least)) + 1]


def _normal(text: str) -> str:
    return " ".join(WORD.findall(text.lower().replace("'", "").replace("’", "")))


def _words(text: str) -> frozenset[str]:
    words = frozenset(_normal(text).split())
    return words if len(words) >= FEWEST_WORDS else frozenset()


def _trigrams(text: str) -> frozenset[str]:
    normal = f"  {_normal(text)} "
    return frozenset(normal[at : at + 3] for at in range(len(normal) - 2))
