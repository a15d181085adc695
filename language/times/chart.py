"""Chart: what the rules of a grammar find in a row of tokens, each name at each place looked for once."""

from collections.abc import Sequence
from typing import Any, Final

from language.times.grammar import EMPTY, Element, Grammar, Rule
from language.times.tokens import Token

MOST = 6
# No time that anybody says is put together from so many rules inside of each other.
DEEPEST = 50
Found = dict[int, Any]
Steps = Sequence[tuple[int, Any]]
Ways = list[tuple[int, tuple[Any, ...]]]


class Impossible:
    """The meaning of a time that no calendar has; what it is part of is impossible too."""


IMPOSSIBLE: Final = Impossible()


class Chart:
    """The meanings of names by where they begin and end.

    Of several meanings with the same end that of the earlier rule stays. `tries` counts the rules and the ways through
    them that were tried.
    """

    def __init__(self, grammar: Grammar, tokens: Sequence[Token], context: object) -> None:
        self.tokens = tokens
        self.tries = 0
        self._depth = 0
        self._grammar = grammar
        self._context = context
        self._size = len(tokens)
        self._found: list[dict[str, Found]] = [{} for _ in tokens]
        self._longest: list[dict[str, Steps]] = [{} for _ in tokens]
        self._keys = [*(grammar.keys_of(token) for token in tokens), EMPTY]

    def listens(self, at: int) -> bool:
        """False where a token stands that no rule speaks of."""
        return bool(self._keys[at])

    def found(self, name: str, at: int) -> Found:
        """The meanings of a name that begin at a token, by the token after their end."""
        if at >= self._size or not (keys := self._keys[at]):
            return {}
        found = self._found[at].get(name)
        if found is not None or self._depth > DEEPEST:
            return found or {}
        found = self._found[at][name] = {}
        following = self._keys[at + 1]
        self._depth += 1
        for each, follows in self._grammar.candidates(name, keys):
            if follows is not None and follows.isdisjoint(following):
                continue
            for end, taken in self._ways(each.elements, at):
                if end != at and end not in found and (meaning := self._made(each, taken)) is not None:
                    found[end] = meaning
        self._depth -= 1
        return found

    def _ways(self, elements: tuple[Element, ...], at: int) -> Ways:
        """Every way through them; where another name leads and is not found here there is none."""
        self.tries += 1
        if not elements[0].leads:
            return self._walked(elements, 0, at, ())
        steps = self._fitting(elements[0], at)
        return self._branched(elements, 1, at, (), steps) if steps else []

    def _made(self, each: Rule, taken: tuple[Any, ...]) -> Any:
        for value in taken:
            if value is IMPOSSIBLE:
                return IMPOSSIBLE
        try:
            return each.make(self._context, *taken)
        except (ValueError, OverflowError):
            return IMPOSSIBLE

    def _walked(self, elements: tuple[Element, ...], place: int, at: int, taken: tuple[Any, ...]) -> Ways:
        """Every way through the elements from `place` on, longest first where an element may be missing."""
        self.tries += 1
        value: Any
        for then, element in enumerate(elements[place:], place + 1):
            if element.kind == "glued":
                if at >= self._size or not self.tokens[at].glued:
                    return []
                continue
            if element.many:
                at, value = self._many(element, at)
            else:
                steps = self._fitting(element, at)
                if len(steps) > 1 or (steps and element.optional):
                    return self._branched(elements, then, at, taken, steps)
                if not (steps or element.optional):
                    return []
                at, value = steps[0] if steps else (at, None)
            if element.is_taken:
                taken = (*taken, value)
        return [(at, taken)]

    def _branched(
        self, elements: tuple[Element, ...], place: int, at: int, taken: tuple[Any, ...], steps: Steps
    ) -> Ways:
        element = elements[place - 1]
        ways: Ways = []
        for end, value in steps:
            ways += self._walked(elements, place, end, (*taken, value) if element.is_taken else taken)
        if element.optional:
            ways += self._walked(elements, place, at, (*taken, None) if element.is_taken else taken)
        return ways

    def _fitting(self, element: Element, at: int) -> Steps:
        """Those of its steps behind which the next element can stand."""
        steps = self._steps(element, at)
        if not steps or (behind := element.behind) is None:
            return steps
        keys = self._keys
        return [step for step in steps if not behind.isdisjoint(keys[step[0]])]

    def _steps(self, element: Element, at: int) -> Steps:
        """What can be taken for an element at a token, longest first."""
        if at >= self._size:
            return ()
        if words := element.words:
            word = self.tokens[at].word
            return ((at + 1, word),) if word in words else ()
        if element.is_class:
            value = self.tokens[at].classes.get(element.name)
            return ((at + 1, value),) if value is not None else ()
        known = self._longest[at]
        steps = known.get(element.name)
        if steps is None:
            steps = known[element.name] = sorted(self.found(element.name, at).items(), reverse=True)
        return steps

    def _many(self, element: Element, at: int) -> tuple[int, tuple[Any, ...]]:
        many: list[Any] = []
        while len(many) < MOST and (steps := self._steps(element, at)):
            at, value = steps[0]
            many.append(value)
        return at, tuple(many)
