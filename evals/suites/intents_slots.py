"""Slots of a message: the words for days, times, titles and lists in it, as the grammar reads them.

A slot is right where the data has one of the same words (case, articles and punctuation aside); a case scores the F1 of
its slots. Names of slots differ by source, so the table says apart how often the name was right too.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from domain.people import Clock
from evals.suites.suite import Judged, Row, Suite, by, each
from language import when
from language.quick_add import draft
from language.readings import Reading
from language.understanding import understand

CLOCK = Clock(now=datetime(2026, 11, 21, 9, 30, tzinfo=UTC))
"""These messages say nothing of when they were written, and which words mean time does not depend on it."""

NAMES: Mapping[str, Mapping[str, str]] = {
    "hwu64-slots": {
        "day": "date",
        "clock": "time",
        "part of day": "timeofday",
        "rhythm": "general_frequency",
        "title": "event_name",
        "list": "list_name",
        "people": "person",
        "location": "place_name",
    },
    "ms-calendarskill": {
        "day": "FromDate",
        "clock": "FromTime",
        "end": "ToTime",
        "part of day": "FromTime",
        "title": "Subject",
        "length": "Duration",
        "location": "Location",
    },
    "ms-todoskill": {"title": "TaskContent", "list": "ListType"},
    "sgd": {"clock": "new_alarm_time", "title": "new_alarm_name"},
}
"""What each source calls a slot of ours; it has none of the others."""

WORD = re.compile(r"[^\W_]+(?:[:.'][^\W_]+)*")
BETWEEN = re.compile(r"\s*(?:\b(?:to|till|until|and|through)\b|[-–])\s*", re.IGNORECASE)
GOVERNING = re.compile(
    r"^(?:(?:at|on|by|for|in|from|of|the|this|a|an|starting|before|after|until|till|my)\s+)+", re.IGNORECASE
)
CALLED = re.compile(r"\b(?:called|named|titled|labell?ed)\s+(?P<name>.+)$", re.IGNORECASE)
LISTED = re.compile(
    r"(?:(?P<title>.*?)\s*\b(?:on|from|off|to|in|of|out of)\s+)??"
    r"(?P<list>(?:(?:my|the|our)\s+)?\S+(?:\s+\S+)?)\s+list$",
    re.IGNORECASE,
)
COMPANY = re.compile(r"\s+(?:with|at|in)\s.*$", re.IGNORECASE)
OF_DAY = frozenset(("hour", "minute", "second", "daypart"))


def predicted(case: Row) -> Row:
    """The slots of the message by the names that its source has for them."""
    names = NAMES.get(case["source"], {})
    found = dict.fromkeys((names[name], value) for name, value in slots(case["text"]) if name in names and value)
    return {"slots": [{"slot": name, "value": value} for name, value in found]}


def slots(text: str) -> Iterator[tuple[str, str]]:
    """Each slot of a text by our name: days, clocks, parts of the day, rhythms and lengths, then titles and lists."""
    readings = when.read(text, CLOCK)
    for reading in readings:
        yield from _times(reading)
    yield from ((name, text[slice(*span)]) for name, span in draft(text, CLOCK).spans if name in ("people", "location"))
    for request in understand(text, CLOCK).requests:
        asked = request.arguments
        for task in (*asked.get("tasks", ()), asked):
            yield from _named(str(task.get("title") or task.get("query") or ""))
            yield "list", str(task.get("project") or "")
        yield from _named(_without(request.reference or "", readings))


def _times(reading: Reading) -> Iterator[tuple[str, str]]:
    said = _bare(reading.text)
    match reading.kind:
        case "duration":
            yield "length", said
        case "recurrence":
            rest, clock = _apart(said)
            yield "rhythm", rest
            if clock:
                yield "clock", clock
        case _ if reading.grain in OF_DAY:
            yield from _of_day(said)
        case _:
            yield "day", said


def _of_day(said: str) -> Iterator[tuple[str, str]]:
    day, clock = _apart(said)
    if day:
        yield "day", day
    start, *end = BETWEEN.split(clock, maxsplit=1) if clock else ("",)
    if start:
        yield _part_or_clock(start), start
    if end:
        yield "end", end[0]


def _apart(said: str) -> tuple[str, str]:
    """The day and the time of day of some words for time; one of them may be empty."""
    words = said.split()
    for size in range(len(words), 0, -1):
        for clock, rest in ((words[-size:], words[:-size]), (words[:size], words[size:])):
            if _is_of_day(" ".join(clock)) and (not rest or not _is_of_day(" ".join(rest))):
                return _bare(" ".join(rest)), _bare(" ".join(clock))
    return said, ""


def _is_of_day(said: str) -> bool:
    """Whether the words mean a time of day, and no day."""
    readings = when.resolve(said, CLOCK)
    if not readings or readings[0].grain not in OF_DAY or readings[0].kind in ("duration", "recurrence"):
        return False
    words = said.split()
    return not any(_is_day(" ".join(words[:cut])) or _is_day(" ".join(words[cut:])) for cut in range(len(words)))


def _is_day(said: str) -> bool:
    readings = when.resolve(said, CLOCK) if said else ()
    return bool(readings) and readings[0].grain not in OF_DAY


def _part_or_clock(said: str) -> str:
    readings = when.resolve(said, CLOCK)
    return "part of day" if readings and readings[0].grain == "daypart" else "clock"


def _without(reference: str, readings: Iterable[Reading]) -> str:
    """The name in a reference, without the words in it that mean time."""
    for reading in readings:
        reference = reference.replace(reading.text, " ")
    return _bare(" ".join(reference.split()))


def _named(said: str) -> Iterator[tuple[str, str]]:
    """The title and the list of a name like "pears on the grocery list"; who and where are slots of their own."""
    if found := CALLED.search(said):
        yield "title", found["name"]
    elif found := LISTED.match(said):
        yield "title", _bare(found["title"] or "")
        yield "list", _bare(found["list"])
    else:
        yield "title", _bare(COMPANY.sub("", said))


def _bare(said: str) -> str:
    return GOVERNING.sub("", said.strip(" ,.;:!?"))


def score(case: Row, prediction: Row) -> float:
    """F1 of the values of one case."""
    expected, found = _values(case), _values(prediction)
    both = (expected & found).total()
    return 2 * both / (expected.total() + found.total()) if expected or found else 1.0


def table(cases: Sequence[Judged]) -> Iterable[str]:
    """F1 over all slots by value and with the name, then recall by slot, then the mean of cases by source."""
    return [
        f"{'F1 by value':<36} n={len(cases):5d}  {_f1(cases, _values):.3f}",
        f"{'F1 by value and name':<36} n={len(cases):5d}  {_f1(cases, _by_name):.3f}",
        *_recalls(cases),
        *by(cases, lambda case: f"source {case['source']}"),
    ]


def _f1(cases: Sequence[Judged], parts: Callable[[Row], Counter[str]]) -> float:
    pairs = [(parts(each_case.case), parts(each_case.prediction)) for each_case in cases]
    both = sum((expected & found).total() for expected, found in pairs)
    of_all = sum(expected.total() + found.total() for expected, found in pairs)
    return 2 * both / of_all if of_all else 0.0


def _recalls(cases: Sequence[Judged]) -> Iterator[str]:
    there: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for each_case in cases:
        values = _values(each_case.prediction)
        for slot in each_case.case["slots"]:
            name = f"slot {slot['slot']}"
            there[name] += 1
            found[name] += _plain(slot["value"]) in values
    return (f"{name:<36} n={of:5d}  {found[name] / of:.3f}" for name, of in there.most_common())


def _values(row: Row) -> Counter[str]:
    return Counter(_plain(slot["value"]) for slot in row["slots"])


def _by_name(row: Row) -> Counter[str]:
    return Counter(f"{slot['slot']}={_plain(slot['value'])}" for slot in row["slots"])


def _plain(value: str) -> str:
    words = [word.replace(".", "") for word in WORD.findall(value.lower())]
    return " ".join(word for word in words if word not in ("the", "a", "an"))


SUITE = Suite(answer=each(predicted), score=score, table=table)
