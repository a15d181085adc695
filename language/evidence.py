"""Evidence: how far a passage speaks of what is asked, by its words, its names, and the kind of thing asked for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

from language.prose import prose
from language.verbs import stem

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
NAME = re.compile(r"(?<![.!?“\"\n:] )(?<!^)\b[A-Z][^\W\d_]+")
"""Words with a capital that does not come from where they stand."""
SLIPS_FROM = 5
"""Shorter words with a letter wrong are mostly other words."""
ALIKE_FROM = 4
_LIGHT = """
a about again all am an and any anything are as at be been but by can could did do does find for from had has have how
i if in is it its know last look many me mention mentioned much my note noted notes of on or our remember said say
says search so some something talk task tasks tell than that the their them there they think this to told up was we
were what when where which who whom whose why will with would write written wrote you your
"""
LIGHT = frozenset(stem(word) for word in _LIGHT.split())

_COUNT = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|hundred|thousand"
)
_NUMBER = rf"\d|\b(?:{_COUNT}|dozen|half|twice|once|both|few|several|every|no)\b"
_CALENDAR = (
    "january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|"
    "thursday|friday|saturday|sunday|easter|christmas|advent"
)
CALENDAR = frozenset(stem(name) for name in _CALENDAR.split("|"))
_DATE = (
    rf"\b(?:{_CALENDAR}|(?:mon|tues|wednes|thurs|fri|satur|sun)days|today|tomorrow|yesterday|tonight|noon|midnight|"
    r"morning|evening|afternoon|night|spring|summer|autumn|fall|winter|weekends?|weeks?|months?|years?|days?|hours?|"
    r"minutes?|o'clock|daily|weekly|\d{1,2}(?:st|nd|rd|th)|(?:19|20)\d\d|\d{1,2}[:.]\d\d|[ap]\.?m|"
    rf"(?:at|by|until|after|before|from) (?:\d{{1,2}}|{_COUNT}|half|quarter))\b"
)
_MONEY = (
    r"[$€£%]|\b(?:euros?|dollars?|cents?|pounds?|francs?|bucks|eur|usd|cash|free|percent)\b|"
    r"\b\d+\.\d\d\b|\b\d{1,3},\d{3}\b|\b\d+ (?:an?|per|each|extra|every)\b"
)
_LENGTH = (
    r"\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|nights?|until|till|min|quarter of|half an|"
    r"met(?:re|er)s?|km|kilomet\w+|miles?|feet|cm|mm|m|centimet\w+)\b"
)
_AGE = r"\b(?:(?:year|month|week)s? old|aged?|born|old|new|since|turns?|birthday|from (?:19|20)\d\d)\b"
_CONTACT = r"\d{5,}|@|\b(?:street|road|avenue|number|ends in|www|http)"
# Not a time, a number or a way of saying: "in the evening", "at nine", "by heart".
_PLACE = (
    r"\b(?:in|at|on|under|behind|near|by|to|from|with|of|beside|next to|inside|above|below|over|between|outside|"
    rf"opposite|through)\s+(?!(?:the )?(?:\d|(?:{_COUNT}|{_CALENDAR}|morning|evening|afternoon|night|noon|spring|"
    r"summer|autumn|winter|(?:week|month|year)\w*|end|beginning|first|second|third|last|next|half|once|all|heart|least|most|"
    r"early|late|about|it|them|me|us|him|her)\b))|\b(?:up|(?:up|down)stairs|here)\b"
)
_REASON = r"\b(?:because|since|so that|due to|as it|to be|reason|therefore|so)\b|:"
# What is asked for, the first that fits; and what a passage that answers has. Anything else may stand in any words.
_FIRST = r"^\W*(?:and |so |to |with |from |by |at |on |in |for |after |since |until )?"
KINDS: tuple[tuple[str, str, str], ...] = (
    ("place", rf"{_FIRST}where\b", _PLACE),
    ("reason", r"\bwhy\b", _REASON),
    (
        "time",
        rf"{_FIRST}(?:when|(?:what|which) (?:time|day|date|year|month))\b|\bin which year\b|\bdeadline\b|\bbirthday\b",
        _DATE,
    ),
    (
        "money",
        r"\bhow (?:much|expensive)\b.*\b(?:costs?|pay|paid|price|charge|owes?|earn(?:ed)?|extra|fee|entry|want)\b|"
        r"\bhow much (?:is|are|was|were) |\b(?:price|budget|salary|rent|fee|rate)\b|"
        r"\bwhat (?:did|do|does|will|would|is|are|was) .*\b(?:cost|pay|charge|earn)\b",
        _MONEY,
    ),
    ("age", r"\bhow old\b|\bage\b", _AGE),
    ("length", r"\bhow (?:long|far|often|late|early)\b", _LENGTH),
    (
        "contact",
        r"\b(?:(?:tele)?phone|e-?mail|address|(?:number|licen[cs]e) plate|password|code|licen[cs]e key|"
        r"passport|account)\b",
        _CONTACT,
    ),
    (
        "number",
        r"\bhow (?:many|much|high|hot|cold|deep|tall|big|large|full|heavy|wide|fast|thin|thick)\b|\bweigh|"
        r"\b(?:number|percentage|temperature|weight|size|rating|score|dosage|dose)\b",
        _NUMBER,
    ),
    ("name", rf"{_FIRST}who(?:m|se)?\b|\bname of\b|\bcalled\b|\b(?:last|first|full) name\b|['’]s name\b", ""),
)
_READ = [
    (kind, re.compile(asked, re.IGNORECASE), re.compile(has, re.IGNORECASE) if has else NAME)
    for kind, asked, has in KINDS
]


SELDOM = frozenset({"age", "contact", "reason"})
"""Kinds that people ask about things more often than they write them down."""
# "which berth is", "how many pages do": the thing itself stands between.
HEAD = re.compile(
    rf"{_FIRST}(?:what|which|how (?:many|much))\s+(?P<head>(?:[a-z'’-]+\s+){{0,3}}?)"
    r"(?=(?:is|are|was|were|do|does|did|has|have|had|can|could|should|will|would|may|might|must|i|we|the|my|our|of|in|"
    r"for|at|on|to|from|into|goes?|fit|takes?)\b)",
    re.IGNORECASE,
)
# "What is the rent of the studio", "what is Bertrand's rating": what is asked of a thing, not the thing.
_OF_WHAT = r"(?: (?:of|in|for|at|on|to)\b.*|\W*)$"
ATTRIBUTE = re.compile(
    r"^\W*(?:what|which|who|when|where)(?: (?:is|are|was|were)|['’]s) .*?['’]s (?P<owned>[\w ]+?)\W*$|"
    rf"^\W*(?:what|which)(?: (?:is|are|was|were)|['’]s) (?:[\w'’.-]+ ){{0,5}}?(?P<named>\w+){_OF_WHAT}",
    re.IGNORECASE,
)
COUNTED = re.compile(_NUMBER, re.IGNORECASE)
BEFORE = 3
"""A number counts a thing from so many words before it."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """The stems that carry meaning, the names, what is asked for (None: anything), and all its stems.

    `head` are the stems of the thing that stands after what, which or how many, `attribute` that of what is asked of a
    thing.
    """

    stems: tuple[str, ...]
    names: tuple[str, ...]
    head: tuple[str, ...]
    attribute: str | None
    kind: str | None
    every: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a passage has for a question.

    `share` of the question's weight stands in the whole passage, `here` in its best sentence, which goes from `start`
    to `end`; `names` of its names and `head` of its head stand in it, None where it has none. `has` says whether that
    sentence has such a thing as was asked for, None where anything may answer, and `fits` how much of the question
    stands in one that has it. `beyond` is the share of what neither title nor names say; `attribute` how well that
    stands in the passage, `counted` whether a number stands before the head: None where nothing of it is asked.
    """

    share: float
    here: float
    names: float | None
    head: float | None
    has: bool | None
    fits: float
    beyond: float | None
    attribute: float | None
    counted: bool | None
    start: int
    end: int


def asked(text: str) -> Question:
    """A question, taken apart."""
    every = stems(text)
    kind = next((kind for kind, pattern, _ in _READ if pattern.search(text)), None)
    head = HEAD.match(text)
    return Question(
        stems=tuple(dict.fromkeys(word for word in every if word not in LIGHT)),
        names=tuple(stem(name) for name in NAME.findall(text)),
        head=tuple(word for word in stems(head["head"]) if word not in LIGHT) if head else (),
        attribute=_attribute(text),
        kind=kind,
        every=frozenset(every),
    )


def stems(text: str) -> list[str]:
    """The words, without their endings."""
    return [stem(word) for word in WORD.findall(text)]


def weights(question: Question, passages: Sequence[str]) -> dict[str, float]:
    """How much each stem of the question says: the fewer of these passages have it, the more."""
    known = [frozenset(stems(passage)) for passage in passages]
    counted = {word: sum(_best(word, words) > 0.5 for words in known) for word in question.stems}
    return {word: log(1 + (len(known) - times + 0.5) / (times + 0.5)) for word, times in counted.items()}


def evidence(question: Question, title: str, body: str, weight: Mapping[str, float]) -> Evidence:
    """What the passage has for the question, each of whose stems weighs so much."""
    known, titled = frozenset(stems(f"{title} {body}")), frozenset(stems(title))
    spans = [(sentence.start, sentence.end) for sentence in prose(body)] or [(0, len(body))]
    words = [frozenset(stems(body[start:end])) for start, end in spans]
    shares = [_share(each, weight) for each in words]
    having = [_has(question, body[start:end]) for start, end in spans]
    here = max(shares)
    best = shares.index(here)
    rest = {
        word: weighs for word, weighs in weight.items() if word not in question.names and _best(word, titled) <= 0.5
    }
    return Evidence(
        share=_share(known, weight),
        here=here,
        names=_found(question.names, known, least=0.7),
        head=_found(question.head, known),
        has=having[best],
        fits=max((share for share, has in zip(shares, having, strict=True) if has), default=0.0),
        beyond=_share(words[best], rest) if sum(rest.values()) else None,
        attribute=None if question.attribute is None else _best(question.attribute, known),
        counted=_counted(question, body),
        start=spans[best][0],
        end=spans[best][1],
    )


def _attribute(text: str) -> str | None:
    found = ATTRIBUTE.match(text)
    words = [word for word in stems(found["owned"] or found["named"]) if word not in LIGHT] if found else []
    return words[-1] if words else None


def _counted(question: Question, text: str) -> bool | None:
    if question.kind != "number" or not question.head:
        return None
    words = re.findall(r"[\w.,:]+", text)
    thing = frozenset({question.head[-1]})
    return any(
        _best(stem(word.strip(".,:")), thing) > 0.5
        and any(COUNTED.search(before) for before in words[max(0, place - BEFORE) : place])
        for place, word in enumerate(words)
    )


def _has(question: Question, text: str) -> bool | None:
    if question.kind is None:
        return None
    if question.kind == "name":
        return any(stem(name) not in question.every | CALENDAR for name in NAME.findall(f"so {text}"))
    pattern = next(has for kind, _, has in _READ if kind == question.kind)
    return pattern.search(text) is not None


def _found(words: Sequence[str], known: frozenset[str], least: float = 0.5) -> float | None:
    return sum(_best(word, known) > least for word in words) / len(words) if words else None


def _share(known: frozenset[str], weight: Mapping[str, float]) -> float:
    whole = sum(weight.values())
    return sum(weighs * _best(word, known) for word, weighs in weight.items()) / whole if whole else 0.0


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
