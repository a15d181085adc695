"""Time words: the stretches of a text that speak of time, and what each of them means."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from domain.people import Clock
from language.patterns import Wording
from language.readings import Reading, Span
from language.shields import shields
from language.times import (
    clocks,
    dates,
    dayparts,
    edges,
    lengths,
    periods,
    phrases,
    places,
    ranges,
    shifts,
    weekdays,
    years,
)
from language.times.chart import IMPOSSIBLE, Chart
from language.times.company import is_and_more, is_left_out, is_title, stands
from language.times.grammar import Grammar
from language.times.meanings import Meaning, meaning
from language.times.signals import may_say_when
from language.times.tokens import Token, tokens_of
from language.times.values import Context

LONGEST = 20_000
# Prose tries about two rules a letter, the densest phrases that people say some five hundred at once; where more would
# be tried, words are passed over until the text has caught up.
TRIES, TRIES_PER_LETTER = 1_000, 4
PAST = Wording(
    r"\b(?:was|were|did|happened|occurred|took\s+place)\b"
    r"|\b(?:i|we|you|he|she|they|it)(?:\s+(?:have|has|had|just|already|last|only|also)|['’]ve)*\s+"
    r"(?!need)(?:\w{2,}ed|went|ran|came|left|met|saw|made|got|bought|drank|ate|wrote|read|did|had|took|slept|sold|paid)\b"
)
AHEAD = Wording(
    r"\b(?:will|shall|going\s+to|(?:need|have|has|had|want|wants|wanted)\s+to|must|should|remind|please|let['’]s|schedule|"
    r"(?:asked|told|promised|supposed|decided|planned|agreed|meant|forgot)\s+(?:\w+\s+){0,2}to)\b|\w['’]ll\b"
)
STARTS = ("reading", "lasted")


@cache
def grammar() -> Grammar:
    """The whole grammar of time."""
    modules = (lengths, dates, weekdays, periods, years, places, edges, clocks, dayparts, shifts, phrases, ranges)
    return Grammar(rule for module in modules for rule in module.RULES)


def is_past(text: str) -> bool:
    """True where a text tells of what has been; not where somebody was asked, or has, to do something."""
    return PAST.search(text) is not None and AHEAD.search(text) is None


def readings_in(text: str, clock: Clock, *, alone: bool = False, hidden: Iterable[Span] = ()) -> tuple[Reading, ...]:
    """The likeliest reading of every mention of time, from left to right; as what is shielded, `hidden` is passed over.

    `alone` says that the whole text is meant as a time, so that weak words need no company.
    """
    readings, _ = searched(text, clock, alone=alone, hidden=hidden)
    return readings


def searched(
    text: str, clock: Clock, *, alone: bool = False, hidden: Iterable[Span] = ()
) -> tuple[tuple[Reading, ...], int]:
    """The readings, and how many ways through the rules were tried to find them."""
    text = text[:LONGEST]
    if not may_say_when(text):
        return (), 0
    context, chart = _prepared(text, clock, alone, hidden)
    readings = tuple(_readings(text, chart, context))
    return readings, chart.tries


def first_in(text: str, clock: Clock) -> Reading | None:
    """The first reading of `readings_in`, for whom the others are nothing."""
    if not may_say_when(text):
        return None
    context, chart = _prepared(text, clock)
    return next(_readings(text, chart, context), None)


def _prepared(text: str, clock: Clock, alone: bool = False, hidden: Iterable[Span] = ()) -> tuple[Context, Chart]:
    context = Context(clock=clock, alone=alone, past=is_past(text))
    return context, Chart(grammar(), tokens_of(text, [*shields(text), *hidden]), context)


def _readings(text: str, chart: Chart, context: Context) -> Iterator[Reading]:
    at, left_out = 0, 0
    while at < len(chart.tokens):
        most = TRIES + TRIES_PER_LETTER * chart.tokens[at].span[0]
        is_heard = chart.listens(at) and chart.tries < most
        end, reading = _next(text, chart, at, context) if is_heard else (at, None)
        if reading is None:
            pass
        elif is_left_out(chart.tokens, at, reading) or (left_out and is_and_more(chart.tokens, left_out, at)):
            left_out = end
        else:
            yield reading
        at = max(end, at + 1)


def _next(text: str, chart: Chart, at: int, context: Context) -> tuple[int, Reading | None]:
    """The longest acceptable reading that begins here and the token after it."""
    found = [(end, place, value) for place, name in enumerate(STARTS) for end, value in chart.found(name, at).items()]
    for end, _, value in sorted(found, key=lambda each: (-each[0], each[1])):
        if value is IMPOSSIBLE or (not context.alone and is_title(chart.tokens, at, end)):
            return end, None
        if not stands(chart.tokens, at, end, value, context):
            continue
        try:
            meant = meaning(value, context)
        except (ValueError, OverflowError):
            return end, None
        if meant is not None and _on_the_calendar(meant):
            return end, _placed(text, chart.tokens, at, end, meant)
    return at, None


def _on_the_calendar(meant: Meaning) -> bool:
    return all(1000 < moment.year < 9990 for moment in (meant.start, meant.end) if moment is not None)


def _placed(text: str, tokens: Sequence[Token], at: int, end: int, meant: Meaning) -> Reading:
    span = (tokens[at].span[0], tokens[end - 1].span[1])
    return _reading(text, span, meant)


def _reading(text: str, span: Span, meant: Meaning) -> Reading:
    return Reading(
        span=span,
        text=text[slice(*span)],
        kind=meant.kind,
        grain=meant.grain,
        weight=meant.weight,
        start=meant.start,
        end=meant.end,
        seconds=meant.seconds,
        clock=meant.clock,
        bound=meant.bound,
        zone=meant.zone,
        instant=meant.instant,
        is_end=meant.is_end,
        others=tuple(_reading(text, span, other) for other in meant.others),
    )
