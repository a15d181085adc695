"""Grammar: rules over tokens, and which of them two tokens can begin.

A rule is a name, a pattern and a function of what the pattern took. In a pattern stand, parted by blanks: `of|in`, one
of these words; `{next|last}`, one of these words, taken; `<month>`, what a token or a rule of that name means, taken;
`[month]`, the same but not taken; `&`, no blank here. After any of them `?` says that it may be missing (taken as None)
and `*` that it may come up to six times (a name is taken as a tuple, words are not taken). A function that returns None
does not match; one that raises `ValueError` or `OverflowError` read a time that does not exist, which hides whatever it
is part of.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from language.times.tokens import Token

ELEMENT = re.compile(
    r"(?:(?P<name><\w+>)|(?P<silent>\[\w+\])|(?P<taken>\{[^}]+\})|(?P<glued>&)|(?P<words>[^\s<{[]+?))(?P<times>[?*])?(?:\s+|$)"
)
# Among what may follow a token: that nothing needs to.
NOTHING = ""
EMPTY: frozenset[str] = frozenset()
Pairs = Mapping[str, frozenset[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """One place of a pattern; `behind` is what the token after it must be one of, where one must follow.

    It `leads` where the name of another rule must be found once.
    """

    kind: Literal["words", "taken", "name", "silent", "glued"]
    words: frozenset[str] = frozenset()
    name: str = ""
    optional: bool = False
    many: bool = False
    is_taken: bool = False
    is_class: bool = False
    leads: bool = False
    behind: frozenset[str] | None = None

    @property
    def may_be_missing(self) -> bool:
        """True where what follows may stand in its place."""
        return self.optional or self.many or self.kind == "glued"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """`make` is called with the context and what the elements took."""

    name: str
    elements: tuple[Element, ...]
    make: Callable[..., Any]


# A rule that a token can begin, and what the next token must be one of where one must follow.
Candidate = tuple[Rule, frozenset[str] | None]


def itself(context: object, *taken: Any) -> Any:
    """What was taken first, or that there was a match."""
    return taken[0] if taken else True


def always(value: Any) -> Callable[..., Any]:
    """A function that makes that value of whatever was taken."""
    return lambda context, *taken: value


def rule(name: str, pattern: str, make: Callable[..., Any] = itself) -> Rule:
    """A rule of its pattern; raises `ValueError` where the pattern cannot be read."""
    elements, at = [], 0
    while at < len(pattern):
        found = ELEMENT.match(pattern, at)
        if found is None:
            raise ValueError(f"{pattern!r} cannot be read at {at}")
        elements.append(_element(found))
        at = found.end()
    return Rule(name=name, elements=tuple(elements), make=make)


def _element(found: re.Match[str]) -> Element:
    optional, many = found["times"] == "?", found["times"] == "*"
    if found["glued"]:
        return Element(kind="glued")
    if name := found["name"] or found["silent"]:
        kind: Literal["name", "silent"] = "name" if found["name"] else "silent"
        return Element(kind=kind, name=name[1:-1], optional=optional, many=many, is_taken=kind == "name")
    words = frozenset((found["taken"] or found["words"]).strip("{}").split("|"))
    is_taken = found["taken"] is not None
    return Element(
        kind="taken" if is_taken else "words",
        words=words,
        optional=optional,
        many=many,
        is_taken=is_taken,
    )


class Grammar:
    """Rules by name, looked up by the two tokens they can begin with.

    Raises `ValueError` for a name whose rules can begin with itself.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        rules = tuple(rules)
        names = {each.name for each in rules}
        self.rules: dict[str, list[Rule]] = {}
        for each in rules:
            elements = tuple(
                replace(
                    one,
                    is_class=bool(one.name) and one.name not in names,
                    leads=one.name in names and not one.may_be_missing,
                )
                for one in each.elements
            )
            self.rules.setdefault(each.name, []).append(replace(each, elements=elements))
        self._begun: dict[str, frozenset[str] | None] = {}
        self.rules = {name: [self._looking_ahead(each) for each in rules] for name, rules in self.rules.items()}
        self._pairs: dict[str, Pairs] = {}
        self._by_key: dict[str, dict[str, list[tuple[int, frozenset[str]]]]] = {}
        self._chosen: dict[str, dict[frozenset[str], tuple[Candidate, ...]]] = {name: {} for name in self.rules}
        for name in self.rules:
            self._pairs_of(name)

    def keys_of(self, token: Token) -> frozenset[str]:
        """Its word (`=word`) and its classes, as far as a rule speaks of them."""
        keys = self._words.get(token.word, EMPTY)
        return keys.union(self._classes.intersection(token.classes)) if token.classes else keys

    @cached_property
    def _words(self) -> dict[str, frozenset[str]]:
        elements = [element for rules in self.rules.values() for each in rules for element in each.elements]
        return {word: frozenset((f"={word}",)) for element in elements for word in element.words}

    @cached_property
    def _classes(self) -> frozenset[str]:
        elements = [element for rules in self.rules.values() for each in rules for element in each.elements]
        return frozenset(element.name for element in elements if element.is_class)

    def candidates(self, name: str, keys: frozenset[str]) -> tuple[Candidate, ...]:
        """The rules of that name that a token with these keys can begin, in their order."""
        chosen = self._chosen[name].get(keys)
        if chosen is None:
            follows: dict[int, frozenset[str]] = {}
            for key in keys:
                for place, following in self._by_key[name].get(key, ()):
                    follows[place] = follows[place] | following if place in follows else following
            chosen = self._chosen[name][keys] = tuple(
                (self.rules[name][place], None if NOTHING in follows[place] else follows[place])
                for place in sorted(follows)
            )
        return chosen

    def _looking_ahead(self, each: Rule) -> Rule:
        behind = (self._first(each.elements[place + (not one.many) :]) for place, one in enumerate(each.elements))
        return replace(
            each,
            elements=tuple(
                replace(one, behind=None if NOTHING in after else after)
                for one, after in zip(each.elements, behind, strict=True)
            ),
        )

    def _beginnings(self, name: str) -> frozenset[str]:
        """The words and classes of tokens that can begin what is called so."""
        if name not in self.rules:
            return frozenset((name,))
        if name not in self._begun:
            self._begun[name] = None
            begun = (self._first(each.elements) - {NOTHING} for each in self.rules[name])
            self._begun[name] = EMPTY.union(*begun)
        found = self._begun[name]
        if found is None:
            raise ValueError(f"{name!r} begins with itself")
        return found

    def _first(self, elements: tuple[Element, ...]) -> frozenset[str]:
        """What the elements can begin with, and `NOTHING` where all of them may be missing."""
        begun: set[str] = set()
        for element in elements:
            begun |= self._beginnings(element.name) if element.name else {f"={word}" for word in element.words}
            if not element.may_be_missing:
                return frozenset(begun)
        return frozenset(begun | {NOTHING})

    def _pairs_of(self, name: str) -> Pairs:
        """By what a token can begin it with, what the next token must be one of."""
        if name not in self._pairs:
            by_key: dict[str, list[tuple[int, frozenset[str]]]] = {}
            for place, each in enumerate(self.rules[name]):
                for key, following in self._paired(each.elements).items():
                    by_key.setdefault(key, []).append((place, following))
            self._by_key[name] = by_key
            self._pairs[name] = {
                key: EMPTY.union(*(following for _, following in ways)) for key, ways in by_key.items()
            }
        return self._pairs[name]

    def _paired(self, elements: tuple[Element, ...]) -> Pairs:
        pairs: dict[str, frozenset[str]] = {}
        for place, element in enumerate(elements):
            behind = self._first(elements[place + (not element.many) :])
            opened = (
                self._pairs_of(element.name)
                if element.name in self.rules
                else dict.fromkeys(self._first((element,)) - {NOTHING}, frozenset((NOTHING,)))
            )
            for key, following in opened.items():
                ways = (following - {NOTHING}) | behind if NOTHING in following else following
                pairs[key] = pairs.get(key, EMPTY) | ways
            if not element.may_be_missing:
                break
        return pairs
