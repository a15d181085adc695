"""ROUGE: how much of what people wrote as a summary stands in another one (Lin, 2004)."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from evals.suites.stems import stem

KINDS = ("rouge1", "rouge2", "rougeLsum")
Tokens = tuple[str, ...]


def rouge(summary: str, references: Sequence[str]) -> dict[str, float]:
    """The F-measure of each kind against the reference that fits it best; sentences stand on lines of their own."""
    scores = [_against(summary, reference) for reference in references]
    return {kind: max((score[kind] for score in scores), default=0.0) for kind in KINDS}


def _against(summary: str, reference: str) -> dict[str, float]:
    found, wanted = tokens(summary), tokens(reference)
    lines, wanted_lines = _lines(summary), _lines(reference)
    return {
        "rouge1": _ngrams(found, wanted, 1),
        "rouge2": _ngrams(found, wanted, 2),
        "rougeLsum": _measure(_union(lines, wanted_lines), len(found), len(wanted)),
    }


@lru_cache(maxsize=10_000)
def tokens(text: str) -> Tokens:
    """The words that are compared: letters and digits in lower case, from four letters on without their endings."""
    return tuple(stem(word) if len(word) > 3 else word for word in re.findall(r"[a-z0-9]+", text.lower()))


def _lines(text: str) -> list[Tokens]:
    return [tokens(line) for line in text.split("\n") if line.strip()]


def _ngrams(found: Tokens, wanted: Tokens, size: int) -> float:
    one, other = (Counter(zip(*(each[at:] for at in range(size)), strict=False)) for each in (found, wanted))
    return _measure((one & other).total(), one.total(), other.total())


def _measure(hits: int, found: int, wanted: int) -> float:
    return 2 * hits / (found + wanted) if hits else 0.0


def _union(lines: Sequence[Tokens], wanted: Sequence[Tokens]) -> int:
    """How many words of the wanted lines stand in a longest common subsequence with some line, none counted twice."""
    free = Counter(token for line in lines for token in line)
    hits = 0
    for target in wanted:
        for at in sorted(set().union(*(_common(target, line) for line in lines))):
            if free[target[at]] > 0:
                free[target[at]] -= 1
                hits += 1
    return hits


def _common(target: Tokens, line: Tokens) -> set[int]:
    """The places in `target` of one longest common subsequence with `line`."""
    lengths = [[0] * (len(line) + 1) for _ in range(len(target) + 1)]
    for row, wanted in enumerate(target, start=1):
        for column, token in enumerate(line, start=1):
            same = wanted == token
            lengths[row][column] = (
                lengths[row - 1][column - 1] + 1 if same else max(lengths[row - 1][column], lengths[row][column - 1])
            )
    places: set[int] = set()
    row, column = len(target), len(line)
    while row and column:
        if target[row - 1] == line[column - 1]:
            row, column = row - 1, column - 1
            places.add(row)
        elif lengths[row][column - 1] > lengths[row - 1][column]:
            column -= 1
        else:
            row -= 1
    return places
