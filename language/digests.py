"""Digests: what texts come to: key points, what was decided, who is to do what, and what is open."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal, cast, get_args

from domain.errors import Invalid
from language.minutes import Minute, minutes_of
from language.summaries import Kept, choose, weigh

Kind = Literal["point", "decision", "action", "question"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MINUTES_SHARE = 0.6
FEW = 3
"""So much of the length may go to what was decided, is to be done and is open."""
WORDS = 120
LEAST, MOST = 15, 1_000
SENTENCE_WORDS = 25
NUMBERS = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), start=1)
} | {"a": 1, "an": 1, "a couple of": 2, "a few": 3, "fifteen": 15, "twenty": 20, "fifty": 50, "a hundred": 100}
UNITS = {"word": 1, "sentence": SENTENCE_WORDS, "line": 15, "bullet": 15, "point": 15, "paragraph": 80, "page": 400}
COUNTED = re.compile(
    rf"(?P<count>\d+|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})[\s-]+(?:short\s+|key\s+|brief\s+|bullet\s+)?"
    rf"(?P<unit>{'|'.join(UNITS)})s?\b",
    re.IGNORECASE,
)
SIZES = {
    re.compile(r"\b(?:very (?:short|brief(?:ly)?)|one[- ]?line(?:r)?|tl;?dr|gist|nutshell)\b", re.IGNORECASE): 25,
    re.compile(r"\b(?:short(?:er)?|brief(?:ly)?|quick(?:ly)?|concise(?:ly)?|compact)\b", re.IGNORECASE): 50,
    re.compile(r"\b(?:medium|normal|usual|average)\b", re.IGNORECASE): WORDS,
    re.compile(
        r"\b(?:long(?:er)?|detail(?:s|ed)?|full|thorough(?:ly)?|in[- ]depth|depth|extensive|comprehensive)\b",
        re.IGNORECASE,
    ): 300,
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something stands: which text, and from where to where in it."""

    source: int
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Point:
    """One thing said, and where it is from; of an action, `text` is the deed and `owner` who does it."""

    kind: Kind
    text: str
    places: tuple[Place, ...]
    owner: str | None = None

    @property
    def words(self) -> str:
        """The text, after who does it."""
        return f"{self.owner}: {self.text}" if self.owner else self.text

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        places = [[place.source, place.start, place.end] for place in self.places]
        return {"kind": self.kind, "text": self.text, "owner": self.owner, "places": places}

    @staticmethod
    def of_json(kept: Mapping[str, Any]) -> "Point":
        """As it was kept."""
        places = tuple(Place(source=source, start=start, end=end) for source, start, end in kept["places"])
        return Point(kind=cast(Kind, kept["kind"]), text=kept["text"], owner=kept["owner"], places=places)


@dataclass(frozen=True, kw_only=True)
class Digest:
    """`points` fit the length, key points first; `actions` are all there are."""

    points: tuple[Point, ...]
    actions: tuple[Point, ...]

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {name: [point.to_json() for point in getattr(self, name)] for name in ("points", "actions")}

    @staticmethod
    def of_json(kept: Mapping[str, Any]) -> "Digest":
        """As it was kept."""
        points, actions = (tuple(map(Point.of_json, kept[name])) for name in ("points", "actions"))
        return Digest(points=points, actions=actions)


@dataclass(frozen=True, kw_only=True)
class Length:
    """How long a digest may be; `sentences` counts its points where the person counted them."""

    words: int = WORDS
    sentences: int | None = None


def length_of(words: str | None) -> Length:
    """What the person's words ask for ("three sentences", "50 words", "short"); raises `Invalid` for other words."""
    if not words:
        return Length()
    if counted := COUNTED.search(words):
        count = int(counted["count"]) if counted["count"].isdigit() else NUMBERS[counted["count"].casefold()]
        unit = counted["unit"].casefold()
        if count < 1:
            raise Invalid("length", f"{words!r} is nothing at all; say e.g. 'three sentences' or '50 words'.")
        most = max(1 if unit == "word" else LEAST, min(MOST, count * UNITS[unit]))
        return Length(
            words=most, sentences=min(count, MOST) if unit in ("sentence", "line", "bullet", "point") else None
        )
    if words.strip().isdigit() and int(words) > 0:
        return Length(words=min(MOST, int(words)))
    size = next((size for pattern, size in SIZES.items() if pattern.search(words)), None)
    if size is None:
        raise Invalid(
            "length", f"{words!r} is no length I understand; say e.g. 'short', 'three sentences' or '50 words'."
        )
    return Length(words=size)


def digest(texts: Sequence[str], *, length: Length | None = None, query: str = "") -> Digest:
    """The texts' own sentences that say most, by kind and in their order, within the length; each thing once.

    What was decided, is to be done or is open gets most of the room where there is much of it; of one or two sentences,
    what was decided.
    """
    wanted = length or Length()
    weighed = weigh(texts, query=query)
    minutes = _minutes(weighed)
    rest = [at for at in range(len(weighed)) if at not in minutes]
    few = wanted.sentences is not None and wanted.sentences < FEW
    settled = [at for at, minute in minutes.items() if minute.kind == "decision"]
    every = list(range(len(weighed)))
    shares = (
        ((settled, 1.0), (every, 1.0)) if few else ((list(minutes), MINUTES_SHARE), (rest, 1.0), (list(minutes), 1.0))
    )
    chosen = list[int]()
    for among, share in shares:
        left = wanted.words - sum(len(weighed[at].text.split()) for at in chosen)
        room = None if wanted.sentences is None else max(0, round(wanted.sentences * share) - len(chosen))
        chosen += choose(weighed, min(left, round(wanted.words * share)), among=among, said=chosen, most=room)
    chosen = chosen or choose(weighed, wanted.words)
    points = [_point(weighed[at], minutes.get(at)) for at in sorted(chosen)]
    actions = [_point(weighed[at], minute) for at, minute in minutes.items() if minute.kind == "action"]
    return Digest(points=tuple(sorted(points, key=lambda point: KINDS.index(point.kind))), actions=tuple(actions))


def _minutes(weighed: Sequence[Kept]) -> dict[int, Minute]:
    """By the place among all sentences."""
    found = dict[int, Minute]()
    for _, group in groupby(range(len(weighed)), key=lambda at: weighed[at].source):
        places = list(group)
        for minute in minutes_of([weighed[at].sentence for at in places]):
            found[places[minute.place]] = minute
    return found


def _point(kept: Kept, minute: Minute | None) -> Point:
    place = Place(source=kept.source, start=kept.sentence.start, end=kept.sentence.end)
    if minute is None:
        return Point(kind="point", text=kept.text, places=(place,))
    text = minute.text[:1].upper() + minute.text[1:]
    if minute.kind != "action" and kept.sentence.speaker:
        text = f"{kept.sentence.speaker}: {text}"
    return Point(kind=minute.kind, text=text, places=(place,), owner=minute.owner)
