"""Grammar: rules over tokens, and the chart that remembers what was found where.

A rule is a name, a pattern and a function of what the pattern took. In a pattern stand, parted by blanks: `of|in`, one
of these words; `{next|last}`, one of these words, taken; `<month>`, what a token or a rule of that name means, taken;
`[month]`, the same but not taken; `&`, no blank here. After any of them `?` says that it may be missing (taken as None)
and `*` that it may come up to six times (a name is taken as a tuple, words are not taken). A function that returns None
does not match; one that raises `ValueError` or `OverflowError` read a time that does not exist, which hides whatever it
is part of.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, Literal

from language.times.tokens import Token

MOST = 6
# No time that anybody says is put together from so many rules inside of each other.
DEEPEST = 50
ELEMENT = re.compile(
    r"(?:(?P<name><\w+>)|(?P<silent>\[\w+\])|(?P<taken>\{[^}]+\})|(?P<glued>&)|(?P<words>[^\s<{[]+?))(?P<times>[?*])?(?:\s+|$)"
)
Found = dict[int, Any]


class Impossible:
    """The meaning of a time that no calendar has; what it is part of is impossible too."""


IMPOSSIBLE: Final = Impossible()


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """One place of a pattern."""

    kind: Literal["words", "taken", "name", "silent", "glued"]
    words: frozenset[str] = frozenset()
    name: str = ""
    optional: bool = False
    many: bool = False
    is_taken: bool = False
    is_class: bool = False
    is_word: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """`make` is called with the context and what the elements took."""

    name: str
    elements: tuple[Element, ...]
    make: Callable[..., Any]


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
        is_word=not many,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A rule that a token can begin; `after` is what the next token must be one of, if that is known."""

    rule: Rule
    after: frozenset[str] | None


class Grammar:
    """Rules by name, looked up by how they can begin."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        rules = tuple(rules)
        names = {each.name for each in rules}
        self.rules: dict[str, list[Rule]] = {}
        for each in rules:
            elements = tuple(replace(one, is_class=bool(one.name) and one.name not in names) for one in each.elements)
            self.rules.setdefault(each.name, []).append(replace(each, elements=elements))
        self._chosen: dict[tuple[str, frozenset[str]], tuple[Candidate, ...]] = {}

    @cached_property
    def beginnings(self) -> dict[str, frozenset[str]]:
        """For every name the words (`=word`) and classes of tokens that can begin it."""
        firsts = {name: frozenset[str]() for name in self.rules}
        while True:
            grown = {
                name: frozenset[str]().union(*(self._firsts(each.elements, firsts) for each in rules))
                for name, rules in self.rules.items()
            }
            if grown == firsts:
                return firsts
            firsts = grown

    @cached_property
    def _begun(self) -> dict[str, list[frozenset[str]]]:
        return {
            name: [self._firsts(each.elements, self.beginnings) for each in rules] for name, rules in self.rules.items()
        }

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word and class that a rule speaks of."""
        elements = [element for rules in self.rules.values() for each in rules for element in each.elements]
        words = {f"={word}" for element in elements for word in element.words}
        return frozenset(words | {element.name for element in elements if element.is_class})

    def candidates(self, name: str, keys: frozenset[str]) -> tuple[Candidate, ...]:
        """The rules of that name that a token with these keys can begin, in their order."""
        chosen = self._chosen.get((name, keys))
        if chosen is None:
            chosen = self._chosen[name, keys] = tuple(
                Candidate(rule=each, after=self._after(each, keys))
                for each, begun in zip(self.rules[name], self._begun[name], strict=True)
                if not keys.isdisjoint(begun)
            )
        return chosen

    def _after(self, each: Rule, keys: frozenset[str]) -> frozenset[str] | None:
        """What can follow where the token is the first element; None where that may be more or less than one token."""
        first, *rest = each.elements
        if first.many or not (first.words or first.is_class) or all(one.optional or one.many for one in rest):
            return None
        after = self._firsts(tuple(rest), self.beginnings)
        return None if first.optional and keys & after else after

    def _firsts(self, elements: tuple[Element, ...], firsts: Mapping[str, frozenset[str]]) -> frozenset[str]:
        begun: set[str] = set()
        for element in elements:
            if element.name:
                begun |= firsts.get(element.name, {element.name})
            else:
                begun |= {f"={word}" for word in element.words}
            if not (element.optional or element.many or element.kind == "glued"):
                break
        return frozenset(begun)


class Chart:
    """What the rules of a grammar find in a row of tokens; a name at a place is looked for once.

    Of several meanings with the same end that of the earlier rule stays. `tries` counts the ways through rules that
    were tried.
    """

    def __init__(self, grammar: Grammar, tokens: Sequence[Token], context: object) -> None:
        self.tokens = tokens
        self.tries = 0
        self._depth = 0
        self._grammar = grammar
        self._context = context
        self._found: dict[tuple[str, int], Found] = {}
        self._longest: dict[tuple[str, int], Sequence[tuple[int, Any]]] = {}
        self._keys = [*(token.keys & grammar.vocabulary for token in tokens), frozenset[str]()]

    def found(self, name: str, at: int) -> Found:
        """The meanings of a name that begin at a token, by the token after their end."""
        found = self._found.get((name, at))
        if found is not None:
            return found
        if self._depth > DEEPEST:
            return {}
        found = self._found[name, at] = {}
        self._depth += 1
        if at < len(self.tokens) and (keys := self._keys[at]):
            following = self._keys[at + 1]
            for candidate in self._grammar.candidates(name, keys):
                if candidate.after is None or not candidate.after.isdisjoint(following):
                    self._apply(candidate.rule, at, found)
        self._depth -= 1
        return found

    def _apply(self, each: Rule, at: int, found: Found) -> None:
        for end, taken in self._walked(each.elements, 0, at, ()):
            if end == at or end in found:
                continue
            meaning = self._made(each, taken)
            if meaning is not None:
                found[end] = meaning

    def _made(self, each: Rule, taken: tuple[Any, ...]) -> Any:
        for value in taken:
            if value is IMPOSSIBLE:
                return IMPOSSIBLE
        try:
            return each.make(self._context, *taken)
        except (ValueError, OverflowError):
            return IMPOSSIBLE

    def _walked(
        self, elements: tuple[Element, ...], place: int, at: int, taken: tuple[Any, ...]
    ) -> list[tuple[int, tuple[Any, ...]]]:
        """Every way through the elements from `place` on, longest first where an element may be missing."""
        self.tries += 1
        tokens, size = self.tokens, len(self.tokens)
        while place < len(elements):
            element = elements[place]
            place += 1
            if element.kind == "glued":
                if at >= size or not tokens[at].glued:
                    return []
            elif element.is_word:
                word = tokens[at].word if at < size else ""
                fits = word in element.words
                if fits and element.optional:
                    return self._branched(elements, place, at, taken, ((at + 1, word),))
                if not (fits or element.optional):
                    return []
                at += fits
                taken = (*taken, word if fits else None) if element.is_taken else taken
            elif element.many:
                at, many = self._many(element, at)
                taken = (*taken, many) if element.is_taken else taken
            else:
                steps = self._steps(element, at)
                if len(steps) > 1 or (steps and element.optional):
                    return self._branched(elements, place, at, taken, steps)
                if steps:
                    at, value = steps[0]
                    taken = (*taken, value) if element.is_taken else taken
                elif element.optional:
                    taken = (*taken, None) if element.is_taken else taken
                else:
                    return []
        return [(at, taken)]

    def _branched(
        self,
        elements: tuple[Element, ...],
        place: int,
        at: int,
        taken: tuple[Any, ...],
        steps: Sequence[tuple[int, Any]],
    ) -> list[tuple[int, tuple[Any, ...]]]:
        element = elements[place - 1]
        ways: list[tuple[int, tuple[Any, ...]]] = []
        for end, value in steps:
            ways += self._walked(elements, place, end, (*taken, value) if element.is_taken else taken)
        if element.optional:
            ways += self._walked(elements, place, at, (*taken, None) if element.is_taken else taken)
        return ways

    def _steps(self, element: Element, at: int) -> Sequence[tuple[int, Any]]:
        if at >= len(self.tokens):
            return ()
        token = self.tokens[at]
        if element.words:
            return ((at + 1, token.word),) if token.word in element.words else ()
        if element.is_class:
            value = token.classes.get(element.name)
            return ((at + 1, value),) if value is not None else ()
        steps = self._longest.get((element.name, at))
        if steps is None:
            found = self.found(element.name, at)
            steps = self._longest[element.name, at] = sorted(found.items(), reverse=True)
        return steps

    def _many(self, element: Element, at: int) -> tuple[int, tuple[Any, ...]]:
        many: list[Any] = []
        while len(many) < MOST and (steps := self._steps(element, at)):
            at, value = steps[0]
            many.append(value)
        return at, tuple(many)
