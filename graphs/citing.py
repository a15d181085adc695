"""Citing: the markers in what a model says, held against the passages of its turn while it speaks."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from domain.threads import Citation

NUMBERS = r"\d{1,3}(?:\s*(?:[,;]|–|-|and|&)\s*\d{1,3})*"
MARKER = re.compile(rf"(?P<before>[ \t]*)(?P<open>\[+)\^?\s*(?P<numbers>{NUMBERS})\s*\]+(?!\()")
UNFINISHED = re.compile(r"[ \t]*\[+\^?[\s\d,;–&and-]{0,40}(?:\]+)?$")
"""An end of what was said so far that may be, or become, a marker, or a link that begins like one."""
PAIR = re.compile(r"(\d+)\s*[–-]\s*(\d+)")
CODE = re.compile(r"```|`")


class Markers:
    """Lets through what a model says piece by piece, without markers that stand for no passage.

    `known` counts the passages. What the turn itself says in brackets (`quoted`) is a quote and stays, and so does
    what stands in code. `cited` holds the numbers of the markers in their order. A blank goes with the marker after it
    only where both came in one piece: words are not held back for it.
    """

    def __init__(self, known: int, quoted: Collection[int] = ()) -> None:
        self._known = known
        self._quoted = frozenset(quoted)
        self._held = ""
        self._in_code: str | None = None
        self.cited: list[int] = []

    def take(self, piece: str) -> str:
        """What can be told by now."""
        text = self._held + piece
        if not self._held and "[" not in piece and "`" not in piece:
            return piece
        unfinished = UNFINISHED.search(text)
        at = unfinished.start() if unfinished else len(text)
        self._held = text[at:]
        return self._resolved(text[:at])

    def end(self) -> str:
        """What was held back."""
        held, self._held = self._held, ""
        return self._resolved(held)

    def _resolved(self, text: str) -> str:
        told, at = "", 0
        for fence in CODE.finditer(text):
            told += self._outside(text[at : fence.start()]) + fence[0]
            at = fence.end()
            if self._in_code is None:
                self._in_code = fence[0]
            elif self._in_code == fence[0]:
                self._in_code = None
        return told + self._outside(text[at:])

    def _outside(self, text: str) -> str:
        return text if self._in_code else MARKER.sub(self._mark, text)

    def _mark(self, found: re.Match[str]) -> str:
        numbers = _numbers(found["numbers"])
        kept = [number for number in numbers if 1 <= number <= self._known]
        self.cited += [number for number in kept if number not in self.cited]
        if not kept and all(number in self._quoted for number in numbers):
            return found[0]
        return found["before"] + "".join(f"[{number}]" for number in kept) if kept else ""


def quoted(texts: Iterable[str]) -> frozenset[int]:
    """The numbers that stand in brackets in these texts."""
    return frozenset(int(number) for text in texts for number in re.findall(r"\[(\d{1,3})\]", text))


def without_markers(text: str, citations: Sequence[Citation]) -> str:
    """What was said in another turn, without what pointed at that turn's passages."""
    if not citations:
        return text
    markers = {citation.marker or place for place, citation in enumerate(citations, 1)}
    return re.sub(r"[ \t]*\[(\d{1,3})\]", lambda found: "" if int(found[1]) in markers else found[0], text)


def cited(numbers: Iterable[int], passages: Sequence[Mapping[str, Any]]) -> tuple[Citation, ...]:
    """The passages of these numbers, counted from 1, as citations."""
    return tuple(_citation(passages[number - 1], number) for number in numbers)


def named(citations: Iterable[Mapping[str, Any]], passages: Sequence[Mapping[str, Any]]) -> tuple[Citation, ...]:
    """The passages that an answer names itself, its markers counting them in this order; what is none is left out."""
    first = {(passage["kind"], str(passage["id"])): passage for passage in reversed(passages)}
    found = [(first.get((each["kind"], str(each["id"]))), each) for each in citations]
    return tuple(
        _citation(passage, marker, each.get("start"), each.get("end"))
        for marker, (passage, each) in enumerate(found, 1)
        if passage is not None
    )


def _citation(passage: Mapping[str, Any], marker: int, start: int | None = None, end: int | None = None) -> Citation:
    """The passage, or the part of it that was used, with its place in the text that it is from."""
    text, at = str(passage["passage"]), passage.get("start")
    first, last = (0, len(text)) if start is None or end is None else (start, end)
    return Citation(
        kind=passage["kind"],
        id=str(passage["id"]),
        title=passage["title"],
        passage=text,
        marker=marker,
        start=None if at is None else at + first,
        end=None if at is None else at + last,
    )


def _numbers(text: str) -> list[int]:
    """`1, 3-5` are four."""
    spread = PAIR.sub(lambda pair: ",".join(map(str, range(int(pair[1]), min(int(pair[2]), 999) + 1))), text)
    return [int(number) for number in re.findall(r"\d+", spread)]
