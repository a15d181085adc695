"""Lines: which turns of a written dialogue a person says to us, whose questions are not those of its own assistant."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from evals.suites.expectations import content

Say = Literal["always", "if asked", "never"]
LOGIN = r"user ?names?|passwords?|tokens?|credentials?|log(?:ged)? ?-?in|accounts?|authenticat\w*|e-?mail(?: address)?"
NOT_OURS = re.compile(rf"\b(?:{LOGIN}|where|locations?|places?|attend\w*|guests?|who)\b", re.IGNORECASE)
OURS = re.compile(
    r"\b(?:when|times?|dates?|day|start|end|content|descriptions?|topic|titles?|names? of the|details?|changes?)\b",
    re.IGNORECASE,
)
GIVES_LOGIN = re.compile(r"\b(?:my|the) (?:user ?name|password|e-?mail)\b[^.?!]*?\bis\b", re.IGNORECASE)
ORDERS = re.compile(
    r"\b(?:set|add|create|make|schedule|put|book|delete|remove|cancel|move|change|modify|update|remind|check|show|find)\b",
    re.IGNORECASE,
)
PLEASE = frozenset("please can you could i me help want would need will be should it's hi hello".split())


@dataclass(frozen=True, kw_only=True)
class Line:
    """A turn of the person; one that is said `if asked` waits for a question of ours."""

    words: str
    say: Say = "always"


def lines(turns: Iterable[tuple[str, str]]) -> tuple[Line, ...]:
    """The person's turns of (who, words), `user` being the person.

    Never said is what only gives a login, a place or guests, asked for by the case's assistant; only if we ask, what
    repeats earlier words.
    """
    found: list[Line] = []
    heard = ""
    said: frozenset[str] = frozenset()
    for who, words in turns:
        if who != "user":
            heard = words
            continue
        new = content(words) - PLEASE
        say: Say = "never" if _is_aside(words, heard) else "if asked" if new <= said else "always"
        found.append(Line(words=words, say=say))
        said |= new
        heard = ""
    return tuple(found)


def _is_aside(words: str, heard: str) -> bool:
    if ORDERS.search(words):
        return False
    return bool(GIVES_LOGIN.search(words)) or _asks_aside(heard)


def _asks_aside(heard: str) -> bool:
    """True where the last thing the assistant asked for is nothing that we keep."""
    sentences = re.split(r"(?<=[.?!])\s+", heard.strip())
    asked = next((sentence for sentence in reversed(sentences) if sentence.endswith("?")), sentences[-1])
    return bool(NOT_OURS.search(asked)) and not OURS.search(asked)
