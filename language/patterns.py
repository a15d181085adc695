"""Patterns: what is asked of each sentence and true of few, looked for so that the others cost little.

Letters in capitals are as good as small ones. To look for either at each letter takes several times as long as to look
for small ones in the same text made small, which is as long letter by letter.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Any

NAME = re.compile(r"\(\?P<(\w+)>")
CAPITAL = re.compile(r"(?:\\.|\(\?P<|[^A-Z])*")
ODD = frozenset("ſıİ")
"""They count as an s or an i, and are no small form of them."""


@lru_cache(maxsize=64)
def made_small(text: str) -> str | None:
    """The text in small letters, letter by letter; None where that is not the same to read."""
    return text.lower() if text.isascii() or ODD.isdisjoint(text) else None


class Found:
    """Where a wording stands in a text, and the words of its groups as they are there.

    Their names may have an `ending` by which those of one wording are told from those of others.
    """

    __slots__ = ("_ending", "_found", "string")

    def __init__(self, found: re.Match[str], string: str, ending: str = "") -> None:
        self._found = found
        self._ending = ending
        self.string = string

    def __getitem__(self, group: int | str) -> str | Any:
        """The words of a group; None where it has none, which as of a `re.Match` is the caller's to know."""
        start, end = self.span(group)
        return self.string[start:end] if start >= 0 else None

    def start(self, group: int | str = 0) -> int:
        """Where it begins."""
        return self.span(group)[0]

    def end(self, group: int | str = 0) -> int:
        """Where it ends."""
        return self.span(group)[1]

    def span(self, group: int | str = 0) -> tuple[int, int]:
        """Where it begins and ends."""
        return self._found.span(f"{group}{self._ending}" if self._ending and group else group)

    def groupdict(self) -> dict[str, str | None]:
        """The words of each named group."""
        names = (name.removesuffix(self._ending) for name in self._found.re.groupindex if name.endswith(self._ending))
        return {name: self[name] for name in names if name}

    def ending(self, ending: str) -> "Found":
        """The same with the names of its groups that end so."""
        return Found(self._found, self.string, ending)

    @property
    def lastgroup(self) -> str | None:
        """The name of the group that ended last."""
        return self._found.lastgroup


class Wording:
    """A regular expression in small letters that capitals fit as well; raises `ValueError` where it has one itself."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        if not CAPITAL.fullmatch(pattern):
            raise ValueError(f"{pattern!r} has a capital, which small letters never fit")
        self.pattern = pattern
        self._flags = flags
        self._small = re.compile(pattern, flags)

    @cached_property
    def _either(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self._flags | re.I)

    def match(self, text: str, at: int = 0) -> Found | None:
        """Where the text goes on so."""
        small = made_small(text)
        found = self._either.match(text, at) if small is None else self._small.match(small, at)
        return None if found is None else Found(found, text)

    def fullmatch(self, text: str) -> Found | None:
        """Where the whole text is so."""
        small = made_small(text)
        found = self._either.fullmatch(text) if small is None else self._small.fullmatch(small)
        return None if found is None else Found(found, text)

    def search(self, text: str, at: int = 0) -> Found | None:
        """Where it stands first."""
        small = made_small(text)
        found = self._either.search(text, at) if small is None else self._small.search(small, at)
        return None if found is None else Found(found, text)

    def finditer(self, text: str, at: int = 0) -> list[Found]:
        """Where it stands, from left to right."""
        small = made_small(text)
        all_found = self._either.finditer(text, at) if small is None else self._small.finditer(small, at)
        return [Found(found, text) for found in all_found]

    def sub(self, anew: str | Callable[[Found], str], text: str, count: int = 0) -> str:
        """The text with something else in its place; a backslash is one."""
        if self.search(text) is None:
            return text
        made, at = list[str](), 0
        for place, found in enumerate(self.finditer(text)):
            if count and place >= count:
                break
            made += (text[at : found.start()], anew if isinstance(anew, str) else anew(found))
            at = found.end()
        return "".join((*made, text[at:]))

    def split(self, text: str) -> list[str]:
        """What stands around it; of a wording without groups."""
        edges = [0, *(edge for found in self.finditer(text) for edge in found.span()), len(text)]
        return [text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]


class Patterns:
    """Wordings that are tried in their order where a text begins.

    One glance looks for all of them; only the one that it finds, and those after it, are tried by themselves.
    """

    def __init__(self, wordings: Iterable[str]) -> None:
        self._wordings = tuple(wordings)
        self._tried: dict[int, Wording] = {}
        told_apart = (NAME.sub(rf"(?P<\1_{place}>", words) for place, words in enumerate(self._wordings))
        self._glance = Wording("|".join(f"(?P<_{place}>{words})" for place, words in enumerate(told_apart)))

    def matches(self, text: str, at: int = 0) -> Iterator[tuple[int, Found]]:
        """Each that the text begins with, from `at` on, and its place among them."""
        glance = self._glance.match(text, at)
        if glance is None or glance.lastgroup is None:
            return
        first = int(glance.lastgroup[1:])
        yield first, glance.ending(glance.lastgroup)
        for place in range(first + 1, len(self._wordings)):
            if place not in self._tried:
                self._tried[place] = Wording(self._wordings[place])
            if found := self._tried[place].match(text, at):
                yield place, found


def begun_anew(beginning: Wording, anew: str | Callable[[Found], str], text: str) -> str:
    """The text with its beginning replaced where it begins so: `sub` would go on to look where there is none."""
    found = beginning.match(text)
    if found is None:
        return text
    return (anew if isinstance(anew, str) else anew(found)) + text[found.end() :]


def without(beginning: Wording, text: str) -> str:
    """The text without that beginning."""
    return begun_anew(beginning, "", text)
