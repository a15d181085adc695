"""Alternatives: times with "or" between them, of which one is meant and it is not said which."""

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from domain.due import Due
from domain.people import Clock
from language.readings import Reading
from language.when import due_of, resolve

OR = re.compile(r"\s*,?\s+or\s+(?:(?:maybe|perhaps|else|even)\s+)*", re.IGNORECASE)
HOUR = re.compile(rf"{OR.pattern}\d{{1,2}}(?::\d\d)?(?=\W*$|\s*[,;.]\s|\s+to\s+[a-z])", re.IGNORECASE)
EITHER = re.compile(r"\beither\s+", re.IGNORECASE)
AFTER = re.compile(r"the (?:day|week|month|year) after", re.IGNORECASE)
KINDS = ("point", "interval", "open", "time")


def together(readings: Iterable[Reading], text: str) -> tuple[Reading, ...]:
    """Those with "or" between them as one that has the words of all, and stands for the first day among them."""
    found: list[Reading] = []
    for reading in readings:
        if found and _is_other(found[-1], reading, text):
            reading = _both(found.pop(), reading, text)
        found.append(_with_hour(reading, text))
    return tuple(found)


def alternatives(words: str, clock: Clock) -> list[Due]:
    """What is said on each side of an "or"; none where one says nothing, or two the same.

    An hour alone is of the same day, "the day after" of the one before it.
    """
    sides = OR.split(EITHER.sub("", words.strip(), 1))
    phrases = [f"{side} {before}" if AFTER.fullmatch(side) else side for before, side in pairwise(("", *sides))]
    said = [(reading.kind, due_of(reading, clock)) for phrase in phrases for reading in resolve(phrase, clock)[:1]]
    days = [due.date for kind, due in said if due and kind != "time"]
    found = dict.fromkeys(replace(due, date=days[0]) if kind == "time" and days else due for kind, due in said if due)
    return list(found) if len(found) == len(sides) > 1 else []


def _is_other(one: Reading, other: Reading, text: str) -> bool:
    between = text[one.span[1] : other.span[0]]
    return one.kind in KINDS and other.kind in KINDS and OR.fullmatch(between) is not None


def _with_hour(reading: Reading, text: str) -> Reading:
    """ "at 5 or 6": a figure behind an hour is one too."""
    hour = HOUR.match(text, reading.span[1]) if reading.clock and reading.kind in KINDS else None
    if hour is None:
        return reading
    span = (reading.span[0], hour.end())
    return replace(reading, span=span, text=text[slice(*span)])


def _both(one: Reading, other: Reading, text: str) -> Reading:
    start = one.span[0]
    led = next((found.start() for found in EITHER.finditer(text, 0, start) if found.end() == start), start)
    span = (led, other.span[1])
    meant = other if one.kind == "time" else one
    return replace(meant, span=span, text=text[slice(*span)])
