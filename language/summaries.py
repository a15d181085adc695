"""Extractive summaries: which sentences of a text say most, in their own words and order."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

from sentencex import segment

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
COMMON = """
a about after all also am an and any are as at be because been before being but by can could did do does doing down
for from get got had has have having he her here him his how i if in into is it its just like me more most my no nor
not now of off on once only or other our out over own same she should so some such than that the their them then
there these they this those through to too under until up very was we were what when where which while who why will
with would you your
"""
EMPTY = frozenset(COMMON.split())
CUES = re.compile(
    r"(?i)\b(decid|decision|agreed|conclu|important|must|need to|action|next step|follow[- ]?up|result|goal|deadline)"
)
ALIKE = 0.6
SENTENCES = 2_000


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence kept: its words, which text it is from, and how much it says (0 to 1 and a little)."""

    text: str
    source: int
    weight: float


def summarize(texts: Sequence[str], *, words: int = 80, query: str = "") -> tuple[Sentence, ...]:
    """The sentences that say most, at least one, about `words` words in all, in their order; near repetitions once."""
    sentences = [(text, source) for source, whole in enumerate(texts) for text in sentences_of(whole)][:SENTENCES]
    if not sentences:
        return ()
    bags = [_stems(text) for text, _ in sentences]
    weights = _weights(sentences, bags, texts, _stems(query))
    chosen: list[int] = []
    left = words
    for index in sorted(range(len(sentences)), key=lambda at: -weights[at]):
        size = len(sentences[index][0].split())
        if chosen and (size > left or weights[index] <= 0):
            continue
        if all(_overlap(bags[index], bags[other]) < ALIKE for other in chosen):
            chosen.append(index)
            left -= size
    return tuple(Sentence(text=sentences[at][0], source=sentences[at][1], weight=weights[at]) for at in sorted(chosen))


def sentences_of(text: str) -> list[str]:
    """The sentences of a Markdown body; a list item or heading is one of its own, marks are taken off."""
    found: list[str] = []
    for block in re.split(
        r"\n\s*\n|\n(?=\s*(?:[-*+•]|\d+[.)]|#{1,6})\s)|(?<=\n)(?=#{1,6}\s)", text.replace("\r\n", "\n")
    ):
        is_heading = block.lstrip().startswith("#")
        for line in block.split("\n") if is_heading else [block]:
            plain = re.sub(r"^\s*(?:#{1,6}\s+|[-*+•]\s+(?:\[[ xX]\]\s+)?|\d+[.)]\s+|>\s*)", "", line)
            plain = " ".join(re.sub(r"\*\*|__|`", "", plain).split())
            if WORD.search(plain) and not line.lstrip().startswith("#"):
                found.extend(sentence.strip() for sentence in segment("en", plain) if WORD.search(sentence))
    return found or [" ".join(text.split())] * bool(WORD.search(text))


def _weights(
    sentences: Sequence[tuple[str, int]], bags: Sequence[frozenset[str]], texts: Sequence[str], query: frozenset[str]
) -> list[float]:
    """Frequent words of the whole, an early place in its text, a cue that something was settled, and the query."""
    counts = Counter(stem for bag in bags for stem in bag)
    most = max(counts.values(), default=1)
    firsts: dict[int, int] = {}
    weights = []
    for index, ((text, source), bag) in enumerate(zip(sentences, bags, strict=True)):
        place = index - firsts.setdefault(source, index)
        central = sum(log(1 + counts[stem]) / log(1 + most) for stem in bag) / sqrt(len(bag) or 1) / 4
        weight = 0.5 * min(1.0, central) + 0.25 / (1 + place) + (0.15 if CUES.search(text) else 0.0)
        if len(bag) < 3:
            weight *= 0.5
        weights.append(weight + (1.0 * len(bag & query) / len(query) if query else 0.0))
    return weights


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / min(len(one), len(other)) if one and other else float(one == other)


def _stems(text: str) -> frozenset[str]:
    words = (word.casefold() for word in WORD.findall(text))
    told = (word for word in words if word not in EMPTY and len(word) > 1)
    return frozenset(re.sub(r"(?:ing|ed|es|s|'s|’s)$", "", word) or word for word in told)
