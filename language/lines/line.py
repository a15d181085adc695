"""Lines: a line of text while it is being read, and which words of it have been read as what."""

import re
from dataclasses import dataclass, replace
from functools import cached_property

from language.readings import Span, TaskDraft
from language.shields import is_shielded, quotes

READ = "\x00"
"""Stands where words have been read; `Line.of` takes it out of what people type."""

ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w-]+\.[\w.-]+")


@dataclass(frozen=True, kw_only=True)
class Line:
    """A text and the draft made of it so far; nothing is read in `closed` places, what is `cut` leaves the title."""

    text: str
    draft: TaskDraft
    closed: tuple[Span, ...] = ()
    cut: tuple[Span, ...] = ()

    @classmethod
    def of(cls, text: str) -> "Line":
        """With nothing read yet; quotations and addresses are closed."""
        text = text.replace(READ, " ")
        closed = (*quotes(text), *(found.span() for found in ADDRESS.finditer(text)))
        return cls(text=text, draft=TaskDraft(title=""), closed=closed)

    @cached_property
    def rest(self) -> str:
        """The text with `READ` in place of what was cut, every letter still where it was."""
        return blanked(self.text, self.cut, READ)

    def is_free(self, span: Span, *, but: Span | None = None) -> bool:
        """True where it touches nothing that was read and no closed place `but` this one."""
        closed = [place for place in self.closed if place != but]
        return not is_shielded(span, [*closed, *(read for _, read in self.draft.spans)])

    def having(self, field: str, span: Span, **changes: object) -> "Line":
        """With this field, read from words that leave the title."""
        return replace(self.mentioning(field, span, **changes), cut=(*self.cut, span))

    def mentioning(self, field: str, span: Span, **changes: object) -> "Line":
        """With this field, read from words that stay in the title."""
        spans = (*self.draft.spans, (field, span))
        return replace(self, draft=replace(self.draft, **changes, spans=spans))  # type: ignore[arg-type]  # callers name fields

    def found(self, expression: re.Pattern[str]) -> list[re.Match[str]]:
        """Where it stands in the words not yet read, from left to right; its `quoted` group may be a quotation."""
        return [match for match in expression.finditer(self.rest) if self.is_free(match.span(), but=_quotation(match))]


def _quotation(match: re.Match[str]) -> Span | None:
    if match.groupdict().get("quoted") is None:
        return None
    return match.start("quoted") - 1, match.end("quoted") + 1


def blanked(text: str, spans: tuple[Span, ...], sign: str) -> str:
    """The text with a sign in place of every letter of these spans."""
    letters = list(text)
    for start, end in spans:
        letters[start:end] = sign * (end - start)
    return "".join(letters)
