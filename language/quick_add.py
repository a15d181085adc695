"""Quick add: tasks from text as people type it; the title is what is left when all else has been read."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from domain.people import Clock
from language.lines.labels import filed, signed, tagged
from language.lines.line import Line
from language.lines.mentions import mentioned
from language.lines.priorities import ranked
from language.lines.reminders import is_ahead
from language.lines.residue import title_of
from language.lines.timing import timed
from language.patterns import Wording
from language.readings import Span, TaskDraft
from language.sentences import pieces
from language.shields import is_shielded, quotes
from language.when import resolve

LONGEST = 2_000
"""What is longer than this without a break is nobody's line: it is a title as it stands."""

HEADING = re.compile(r"(?:[^:\n]|(?<=\d):(?=\d\d)){1,80}:(?=\s)")
TOGETHER = Wording(r"(?<![\s,;–—-])[\s,;–—-]+(?:(?:all|both)(?:\s+of\s+(?:them|it|this|that))?|everything)\s+(?=\S)")


@dataclass(frozen=True, kw_only=True)
class Chip:
    """A field of a draft as it can be shown and rejected: the words it came from and their place in the text."""

    field: str
    text: str
    span: Span


def drafts(text: str, clock: Clock) -> tuple[TaskDraft, ...]:
    """The tasks of a text: "buy milk and call mom tomorrow" is two, nothing is none.

    What is said for all, as in "tomorrow: buy milk, call mom" and "…, all by Friday", is in each. The title of the only
    draft is empty where a text says nothing but when or how. Spans are those of the whole text.
    """
    place, shared = _common(text, clock)
    found = _parts(text, place, clock)
    if shared is None and len(found) > 1 and not found[0].title:
        shared, *found = found
    if shared is None:
        return tuple(found)
    given = tuple(_with(each, shared, text, clock) for each in found)
    if set(shared.spans) <= {span for each in given for span in each.spans}:
        return given
    return tuple(_parts(text, (0, len(text)), clock))


def draft(text: str, clock: Clock) -> TaskDraft:
    """The one task of a text."""
    return TaskDraft(title=" ".join(text.split())) if len(text) > LONGEST else _draft(text, clock)


@lru_cache(maxsize=256)
def _draft(text: str, clock: Clock) -> TaskDraft:
    """Within one message the same clause is looked at more than once."""
    line = filed(ranked(signed(Line.of(text), clock)))
    line = ranked(tagged(timed(line, clock)))
    return replace(mentioned(line).draft, title=title_of(line))


def chips(draft: TaskDraft, text: str) -> tuple[Chip, ...]:
    """The fields of a draft with the words of `text` that they were read from, from left to right."""
    found = (Chip(field=name, text=text[slice(*span)], span=span) for name, span in draft.spans)
    return tuple(sorted(found, key=lambda chip: chip.span))


def said(draft: TaskDraft, text: str) -> dict[str, str]:
    """The words of each field, those of one field with a blank between them."""
    words: dict[str, str] = {}
    for chip in chips(draft, text):
        words[chip.field] = f"{words[chip.field]} {chip.text}" if chip.field in words else chip.text
    return words


def _common(text: str, clock: Clock) -> tuple[Span, TaskDraft | None]:
    """Where the tasks stand, and what a heading before them or "all …" behind them says for each."""
    whole = (0, len(text))
    heading = HEADING.match(text)
    if heading and text[heading.end() :].strip() and not is_shielded(heading.span(), quotes(text[:LONGEST])):
        before = draft(heading[0], clock)
        if before.spans and not before.title:
            return (heading.end(), len(text)), before
    *_, last = (None, *TOGETHER.finditer(text)) if len(text) <= LONGEST else (None,)
    if last:
        behind = _read(text, (last.end(), len(text)), clock)
        if behind.spans and not behind.title and len(pieces(text[: last.start()])) > 1:
            return (0, last.start()), behind
    return whole, None


def _parts(text: str, place: Span, clock: Clock) -> list[TaskDraft]:
    """A draft for each part of this place; what names nothing belongs to the part before it."""
    found: list[tuple[int, TaskDraft]] = []
    for start, end in _pieces(text, place):
        if not text[start:end].strip():
            continue
        part = _read(text, (start, end), clock)
        if found and (not part.title or is_ahead(text[start:end])):
            start = found.pop()[0]
            part = _read(text, (start, end), clock)
        found.append((start, part))
    return [part for _, part in found]


def _pieces(text: str, place: Span) -> list[Span]:
    """Where the requests of this place stand; of a long text, those of each line."""
    lines = [place] if place[1] - place[0] <= LONGEST else _lines(text, place)
    return [(start + first, start + last) for start, end in lines for first, last in pieces(text[start:end])]


def _lines(text: str, place: Span) -> list[Span]:
    return [(place[0] + line.start(), place[0] + line.end()) for line in re.finditer(r"[^\n]+", text[slice(*place)])]


def _read(text: str, span: Span, clock: Clock) -> TaskDraft:
    """The draft of a part of the text, its spans those of the whole."""
    found = draft(text[slice(*span)], clock)
    return replace(found, spans=tuple((name, (start + span[0], end + span[0])) for name, (start, end) in found.spans))


def _with(found: TaskDraft, shared: TaskDraft, text: str, clock: Clock) -> TaskDraft:
    """The draft with what is said for all where it says nothing of its own; its own time is of the shared day."""
    unsaid = TaskDraft(title="")
    given: dict[str, object] = {
        name: getattr(shared, name)
        for name in {name for name, _ in shared.spans}
        if getattr(found, name) == getattr(unsaid, name)
    }
    if shared.tags:
        given["tags"] = tuple(dict.fromkeys((*shared.tags, *found.tags)))
    if shared.due and found.due and shared.due.time is None and _says_but_a_time(found, text, clock):
        given["due"] = replace(found.due, date=shared.due.date)
    if "recurrence" in given:
        given |= {"recurs_from": shared.recurs_from, "due": given.get("due", found.due or shared.due)}
    spans = tuple((name, span) for name, span in shared.spans if name in given)
    return replace(found, **given, spans=(*found.spans, *spans))  # type: ignore[arg-type]  # by the names of fields


def _says_but_a_time(found: TaskDraft, text: str, clock: Clock) -> bool:
    words = said(found, text).get("due", "")
    return [reading.kind for reading in resolve(words, clock)][:1] == ["time"]
