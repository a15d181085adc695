"""Extractive summaries: which sentences of a text say most, in their own words and order."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from math import log

from language.prose import WORD, Sentence, prose

COMMON = """
a about after all also am an and any are as at be because been before being but by can could did do does doing down
for from get got had has have having he her here him his how i if in into is it its just like me more most my no nor
not now of off on once only or other our out over own same she should so some such than that the their them then
there these they this those through to too under until up very was we were what when where which while who why will
with would you your
"""
EMPTY = frozenset(COMMON.split())
PERSONS = frozenset("i you he she it we they me him her us them my your his its our their".split())
ASKED = frozenset(
    """
    discuss discussed discussing discussion group mention mentioned note notes opinion recommend said say says summarize
    summary talk talked team tell think thought
    """.split()
)
"""Words of a question that are not what it is about."""
CUES = re.compile(
    r"\b(?:decid|decision|agree|conclu|important|must|need to|should|have to|because|plan|will|going to|would like|"
    r"suggest|recommend|problem|want|action|next step|follow[- ]?up|result|goal|deadline)",
    re.IGNORECASE,
)
# How much each property of a sentence speaks for it, fitted on meetings and dialogues with summaries people wrote.
PLAIN = 0.32
FIRST, FREQUENT, CUE, TURN = 0.20, 0.14, 0.02, 0.03
PERSONAL, LONG = -0.20, -0.04
NAMED, NEAR, SPEAKER = 0.25, 0.10, 0.11
REPEATED = -0.10
LENGTH_COUNTS = 0.25
"""The power of its length that a sentence's worth is multiplied with: where all is short, the fuller ones say more."""
NEIGHBOURS = ((-1, 1.0), (-2, 0.6), (-3, 0.3), (1, 0.5), (2, 0.3))
ALIKE = 0.75
FULL = 3
CANDIDATES = 500
"""So many of the weightiest are looked at together."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A sentence that was chosen, the text it is from, and how much it says."""

    sentence: Sentence
    source: int
    weight: float

    @property
    def text(self) -> str:
        """Its words, after the name of who says them."""
        return with_speaker(self.sentence)

    @cached_property
    def size(self) -> int:
        """How many words that is."""
        return len(self.text.split())

    @cached_property
    def stems(self) -> frozenset[str]:
        """What it is about."""
        return stems(self.sentence.text)


def with_speaker(sentence: Sentence) -> str:
    """The words of a sentence, after the name of who says them."""
    return f"{sentence.speaker}: {sentence.text}" if sentence.speaker else sentence.text


def summarize(texts: Sequence[str], *, words: int = 80, query: str = "") -> tuple[Kept, ...]:
    """The sentences that say most, at least one, at most `words` words in all, in their order; repetitions once."""
    weighed = weigh(texts, query=query)
    return tuple(weighed[at] for at in choose(weighed, words))


def weigh(texts: Sequence[str], *, query: str = "") -> list[Kept]:
    """Every sentence of the texts in order, and how much it says."""
    read = [(sentence, source) for source, text in enumerate(texts) for sentence in prose(text)]
    weights = _weights(read, query)
    return [
        Kept(sentence=sentence, source=source, weight=weight)
        for (sentence, source), weight in zip(read, weights, strict=True)
    ]


def choose(
    weighed: Sequence[Kept],
    words: int,
    *,
    among: Collection[int] | None = None,
    said: Sequence[int] = (),
    most: int | None = None,
) -> list[int]:
    """The places of the weightiest that fit, in order: what repeats those before it counts less, or not at all.

    Only of `among`, and at most so many, beside what is `said` already; of all at least one, the shortest if none fits.
    """
    kept, covered, left = list(said), frozenset[str]().union(*(weighed[at].stems for at in said)), words
    open_ = _worth_a_look(weighed, range(len(weighed)) if among is None else among) - set(said)
    if among is None and open_ and not kept and all(weighed[at].size > left for at in open_):
        return [min(open_, key=lambda at: (weighed[at].size, at))]
    while (open_ := {at for at in open_ if weighed[at].size <= left}) and len(kept) - len(said) != most:
        best = max(open_, key=lambda at: (_worth(weighed[at], covered, words), -at))
        open_.discard(best)
        if all(overlap(weighed[best].stems, weighed[other].stems) < ALIKE for other in kept):
            kept.append(best)
            covered |= weighed[best].stems
            left -= weighed[best].size
    return sorted(kept[len(said) :])


def _worth(each: Kept, covered: frozenset[str], words: int) -> float:
    repeated = len(each.stems & covered) / (len(each.stems) or 1)
    return (each.weight + REPEATED * repeated) * float(min(each.size, words) ** LENGTH_COUNTS)


def _worth_a_look(weighed: Sequence[Kept], among: Iterable[int]) -> set[int]:
    """The weightiest that say something: a word or two do so only in a list, or where there is nothing else."""
    places = list(among)
    full = [at for at in places if weighed[at].sentence.is_item or len(weighed[at].sentence.text.split()) >= FULL]
    return set(sorted(full or places, key=lambda at: -weighed[at].weight)[:CANDIDATES])


def _weights(read: Sequence[tuple[Sentence, int]], query: str) -> list[float]:
    bags = [stems(sentence.text) for sentence, _ in read]
    counts = Counter(stem for bag in bags for stem in bag)
    turns = Counter[tuple[int, int]]()
    for sentence, source in read:
        turns[source, sentence.block] += len(sentence.text.split())
    places = [at for _, group in groupby(read, key=lambda each: each[1]) for at, _ in enumerate(group)]
    asked = _asked(query, bags)
    asked_words = frozenset(word.casefold() for word in WORD.findall(query))
    return [
        max(
            0.01,
            PLAIN
            + FIRST / (1 + places[at])
            + FREQUENT * sum(log(counts[stem]) for stem in bags[at]) / max(3, len(bags[at]))
            + PERSONAL * _personal(sentence.text)
            + LONG * min(len(sentence.text.split()), 25) / 10
            + (CUE if CUES.search(sentence.text) else 0.0)
            + (TURN * min(1.5, turns[source, sentence.block] / 60) if sentence.speaker else 0.0)
            + NAMED * asked[at]
            + NEAR * sum(share * asked[at + away] for away, share in NEIGHBOURS if 0 <= at + away < len(read))
            + (SPEAKER if _is_named(sentence.speaker, asked_words) else 0.0),
        )
        for at, (sentence, source) in enumerate(read)
    ]


def _asked(query: str, bags: Sequence[frozenset[str]]) -> list[float]:
    """How much of what is asked about each sentence names, the rarer words the more."""
    wanted = stems(query) - ASKED
    rarity = {stem: log(1 + len(bags) / (0.5 + sum(stem in bag for bag in bags))) for stem in wanted}
    whole = sum(rarity.values()) or 1.0
    return [sum(rarity[stem] for stem in bag & wanted) / whole for bag in bags]


def _personal(text: str) -> float:
    words = [word.casefold() for word in re.findall(r"\w+", text)]
    return sum(word in PERSONS for word in words) / max(3, len(text.split()))


def _is_named(speaker: str, words: frozenset[str]) -> bool:
    """True where the whole name of a speaker, or the last word of a longer one, is among the words."""
    names = [name.casefold() for name in WORD.findall(speaker)]
    whole = bool(names) and all(name in words for name in names)
    return whole or (len(names) > 1 and len(names[-1]) > 1 and names[-1] in words)


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the smaller set of stems that stands in the other."""
    return len(one & other) / min(len(one), len(other)) if one and other else float(one == other)


def stems(text: str) -> frozenset[str]:
    """The words that tell what a text is about, without their endings."""
    words = (word.casefold() for word in WORD.findall(text))
    told = (word for word in words if word not in EMPTY and len(word) > 1)
    return frozenset(re.sub(r"(?:ing|ed|es|s|'s|’s|ly)$", "", word) or word for word in told)
