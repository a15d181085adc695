"""Parts of the day: morning, afternoon, evening and night, early and late in them."""

from dataclasses import replace

from language.times.grammar import rule
from language.times.lexicon import PARTS
from language.times.values import Context, Half, Part


def part_named(name: str, day: int | None = None, *, weak: bool = True) -> Part:
    """Morning, afternoon, evening or night, of a day counted from today where one was said."""
    first, last, _ = PARTS[name]
    return Part(name=name, first=first, last=last, day=day, weak=weak)


def _part(context: Context, name: str) -> Part:
    return part_named(name)


def edge_part(context: Context, edge: str, part: Part) -> Part:
    """Its first half where it is early, its second where it is late."""
    middle = (part.first + part.last) // 2
    if edge == "early":
        return replace(part, last=middle)
    return replace(part, first=middle) if edge in ("late", "later") else part


def _this_part(context: Context, which: str, name: str) -> Part | None:
    day = {"this": 0, "last": -1, "past": -1, "next": 1, "coming": 1}[which]
    return part_named(name, day, weak=False)


def _strong(context: Context, part: Part) -> Part:
    return replace(part, weak=False)


def _early_hours(context: Context, name: str) -> Part:
    """ "the early hours of the morning"."""
    return replace(part_named(name), first=0, last=9)


def _edge_of_today(context: Context, edge: str, name: str) -> Part:
    return edge_part(context, edge, part_named(name, 0, weak=False))


def _tonight(context: Context, name: str) -> Part:
    return part_named(name, 0, weak=False)


def _first_thing(context: Context, name: str | None) -> Part:
    return part_named(name or "morning", weak=name is None)


def _half_day(context: Context, half: Half) -> Part:
    """ "sunday pm"."""
    return part_named("morning" if half == "am" else "afternoon")


def _very(context: Context, edge: str) -> Part | None:
    """ "very late", where nothing but a time is meant."""
    return part_named("night" if edge == "late" else "morning") if context.alone else None


def _before_last(context: Context, name: str) -> Part:
    """ "the night before last"."""
    return part_named(name, -2, weak=False)


RULES = (
    rule("part0", "the? early hours of the? <part>", _early_hours),
    rule("part0", "very? {early|late|later|mid} -|in|on|this? the? <part0>", edge_part),
    rule("part0", "<part>", _part),
    rule("part1", "very? {early|late|later} this <part>", _edge_of_today),
    rule("part1", "very {late|early}", _very),
    rule("part1", "the? <which> <part>", _this_part),
    rule("part1", "<tonight>", _tonight),
    rule("part1", "very? {early|late|later} <tonight>", _edge_of_today),
    rule("part1", "first thing in? the? <part>?", _first_thing),
    rule("part1", "the? <part> before last", _before_last),
    rule("part1", "<part> first thing", _first_thing),
    rule("part1", "<half>", _half_day),
    rule("part1", "in|during|at the? <part0>", _strong),
    rule("part1", "<part0>"),
    rule("part1", "in the? <parts>", _first_thing),
)
