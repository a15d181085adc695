"""Patterns: what is asked of each sentence and true of few, looked for so that the others cost little."""

import re
from collections.abc import Callable, Iterable, Iterator

NAME = re.compile(r"\(\?P<\w+>")


class Patterns:
    """Wordings that are tried in their order where a text begins, in capitals or not.

    One glance looks for all of them; only the one that it finds, and those after it, are tried by themselves.
    """

    def __init__(self, wordings: Iterable[str]) -> None:
        self._wordings = tuple(wordings)
        self._tried: dict[int, re.Pattern[str]] = {}
        nameless = (NAME.sub("(?:", words) for words in self._wordings)
        self._glance = re.compile("|".join(f"(?P<_{place}>{words})" for place, words in enumerate(nameless)), re.I)

    def matches(self, text: str, at: int = 0) -> Iterator[tuple[int, re.Match[str]]]:
        """Each that the text begins with, from `at` on, and its place among them."""
        glance = self._glance.match(text, at)
        if glance is None or glance.lastgroup is None:
            return
        for place in range(int(glance.lastgroup[1:]), len(self._wordings)):
            if found := self._pattern(place).match(text, at):
                yield place, found

    def _pattern(self, place: int) -> re.Pattern[str]:
        if place not in self._tried:
            self._tried[place] = re.compile(self._wordings[place], re.I)
        return self._tried[place]


def begun_anew(beginning: re.Pattern[str], anew: str | Callable[[re.Match[str]], str], text: str) -> str:
    """The text with its beginning replaced where it begins so: `sub` would go on to look where there is none."""
    found = beginning.match(text)
    if found is None:
        return text
    return (anew if isinstance(anew, str) else anew(found)) + text[found.end() :]


def without(beginning: re.Pattern[str], text: str) -> str:
    """The text without that beginning."""
    found = beginning.match(text)
    return text[found.end() :] if found else text
