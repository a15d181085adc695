"""Timing: when the task of a line is due, how it repeats, how long it takes and when to be reminded of it."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

from domain.due import Due
from domain.errors import Invalid
from domain.people import Clock
from domain.recurrence import first_on_or_after
from language.alternatives import together
from language.lines.efforts import LONGEST, lasting, spanning
from language.lines.line import READ, Line, blanked
from language.lines.reminders import ahead_in, asked_in, moment_of, reminded_at, reminded_before
from language.patterns import Wording
from language.readings import Reading, Span
from language.recurrence import completion_words
from language.when import due_of, read, resolve
from language.words import MONTH, VERBS, one_of

LIKELY = 0.75
"""A reading of less weight is the second choice, such as a day that has passed."""

VERB = rf"(?i:{one_of(VERBS)})"
AT_SIGN = re.compile(r"(?<![\w.])@(?=\w)")
NTH = r"(?i:(?:the\s+\d{1,2}|[4-9]|[1-3]\d)(?:st|nd|rd|th))"
DAY_FIRST = re.compile(
    rf"^[\s{READ}]*(?i:remind\s+me\s+)?(?P<day>(?i:mon|wed)(?=[\s,:.]+\w)|(?i:sat|sun)(?=\s+{VERB}\b)"
    rf"|(?:sat|sun)(?=\s+[A-Z])|{NTH}(?=\s*[,:]\s|\s+(?:to\s+)?{VERB}\b))"
)
DAY_LAST = re.compile(
    rf"^[\s{READ}]*(?:{VERB}\b.*\s(?P<day>(?i:mon|wed|sat))|\S.*?\s(?P<nth>{NTH}))[\s.!{READ}]*$", re.DOTALL
)
OF_A_MONTH = Wording(rf"\b{MONTH}\s+(?:the\s+)?$")
STRAY = Wording(r"\s*(?:in|on|at)\s+(?=(?:today|tomorrow|tonight|yesterday)\b)")
ENDS = Wording(r"\b(?:ends?|ending|finish(?:es|ing)?|closes?)\W*$")
SUBJECT = Wording(r"\s+(?:is|are|was|were)\b")
DUE = Wording(r"\b(?:due|deadline)\W*$")
AT_AN_END = re.compile(rf"^[\s\W{READ}]*$")


def timed(line: Line, clock: Clock) -> Line:
    """With recurrence, due, duration and reminder; of several dates one counts, the others stay in the title."""
    ahead = ahead_in(line, clock)
    hidden = (*line.cut, *([ahead.span] if ahead else []))
    readings = _readings(AT_SIGN.sub(" ", blanked(line.text, hidden, "|")), line, clock)
    asked = None if ahead else asked_in(readings, line)
    line = _due(line, [reading for reading in readings if reading.kind != "duration" and reading is not asked], clock)
    line = lasting(line, [reading for reading in readings if reading.kind == "duration"])
    if ahead:
        return reminded_before(line, ahead, clock)
    return reminded_at(line, asked, clock) if asked else line


def _readings(text: str, line: Line, clock: Clock) -> list[Reading]:
    """The readings of the words that are free; a line may lead or close with "wed" or "5th", unlike a sentence."""
    trimmed = (replace(reading, span=_trimmed(reading.span, line.text)) for reading in read(text, clock))
    found = together(trimmed, line.text)
    free = [reading for reading in found if line.is_free(reading.span)]
    for expression in () if free else (DAY_FIRST, DAY_LAST):
        match = expression.search(line.rest)
        span = match.span(match.lastgroup or 0) if match else (0, 0)
        if match and line.is_free(span) and not OF_A_MONTH.search(line.text[: span[0]]):
            return [replace(reading, span=span) for reading in resolve(line.text[slice(*span)], clock)[:1]]
    return free


def _trimmed(span: Span, text: str) -> Span:
    """Without signs around it, nor the "in" of "log in tomorrow"; an `@` before it belongs to it."""
    start, end = span
    stray = STRAY.match(text, start)
    start = stray.end() if stray else start
    while start < end and text[start] in " \t\n,;(":
        start += 1
    while start < end and text[end - 1] in " \t\n,;":
        end -= 1
    return start - text[:start].endswith("@"), end


def _due(line: Line, readings: list[Reading], clock: Clock) -> Line:
    rule = next((reading for reading in readings if reading.kind == "recurrence"), None)
    dated = [reading for reading in readings if reading.kind not in ("time", "recurrence") and due_of(reading, clock)]
    clocks = [reading for reading in readings if reading.kind == "time" and reading.clock is not None]
    if rule:
        return _recurring(line, rule, dated, clocks, clock)
    if not dated and not clocks:
        return line
    first = min([*dated, *clocks], key=lambda reading: _rank(reading, line))
    due = due_of(first, clock)
    line = _having_due(line, first, due)
    at = next((reading for reading in clocks if not _is_end(reading, line)), None)
    if due and due.time is None and at:
        due = replace(due, time=at.clock, zone=clock.zone)
        line = _having_due(line, at, due)
    return _ending(line, due, [reading for reading in (*clocks, *dated) if line.is_free(reading.span)], clock)


def _rank(reading: Reading, line: Line) -> tuple[bool, bool, bool, bool, bool, bool, int]:
    """The due before what is an end or what the line is about, days before times, days to come before past ones.

    Where several are left, the ends of a line come before its middle.
    """
    start, end = reading.span
    is_due = reading.bound in ("by", "before") or DUE.search(line.text[max(0, start - 20) : start]) is not None
    is_at_end = AT_AN_END.match(line.rest[:start]) or AT_AN_END.match(line.rest[end:])
    return (
        _is_end(reading, line),
        SUBJECT.match(line.rest, end) is not None,
        reading.kind == "time",
        not is_due,
        reading.weight < LIKELY,
        not is_at_end,
        start,
    )


def _is_end(reading: Reading, line: Line) -> bool:
    before = line.rest[max(0, reading.span[0] - 20) : reading.span[0]]
    return reading.bound == "until" or ENDS.search(before) is not None


def _having_due(line: Line, reading: Reading, due: Due | None) -> Line:
    """With the due and, where both ends were said, the time between them."""
    line = line.having("due", reading.span, due=due)
    is_between = reading.kind in ("interval", "open") and reading.grain != "daypart"
    if is_between and isinstance(reading.start, datetime) and isinstance(reading.end, datetime):
        return spanning(line, reading.start, reading.end)
    return line


def _ending(line: Line, due: Due | None, others: list[Reading], clock: Clock) -> Line:
    """ "at 2pm … until 4pm" takes two hours, "starts today … ends on Friday" some days."""
    until = next((reading for reading in others if _is_end(reading, line)), None)
    end = due_of(until, clock) if until else None
    if until is None or due is None or end is None:
        return line
    start = moment_of(due, clock)
    stop = datetime.combine(end.date, start.time(), start.tzinfo)
    if until.clock:
        stop = datetime.combine(due.date if until.kind == "time" else end.date, until.clock, start.tzinfo)
        stop = stop if stop > start else stop + timedelta(days=1)
    longer = spanning(line, start, stop, at_most=LONGEST)
    return longer.having("duration_minutes", until.span) if longer is not line else line


def _recurring(line: Line, rule: Reading, dated: list[Reading], clocks: list[Reading], clock: Clock) -> Line:
    """A date beside the rule is the first one where the rule has it; a time of day beside it is its time."""
    line = _completed(line.having("recurrence", rule.span, recurrence=rule.rule, due=due_of(rule, clock)), rule)
    if rule.seconds and 60 <= rule.seconds <= LONGEST * 60:
        line = replace(line, draft=replace(line.draft, duration_minutes=rule.seconds // 60))
    due = line.draft.due
    first = next((reading for reading in dated if _begins(rule, due_of(reading, clock))), None)
    if due and first and (said := due_of(first, clock)):
        due = replace(said, time=due.time, zone=due.zone) if said.time is None else said
        line = _having_due(line, first, due)
    if due and due.time is None and clocks and rule.rule:
        due = replace(due, time=clocks[0].clock, zone=clock.zone)
        if due.has_passed(clock.now) and due.date == clock.now.date():
            due = replace(due, date=first_on_or_after(rule.rule, due.date + timedelta(days=1)))
        line = _having_due(line, clocks[0], due)
    return line


def _completed(line: Line, rule: Reading) -> Line:
    words = completion_words(line.text)
    if words is None and rule.recurs_from == "due":
        return line
    line = replace(line, draft=replace(line.draft, recurs_from="completion"))
    return line.having("recurs_from", words) if words and line.is_free(words) else line


def _begins(rule: Reading, said: Due | None) -> bool:
    try:
        return rule.rule is not None and said is not None and _on(rule.rule, said.date)
    except (Invalid, OverflowError, ValueError):
        return False


def _on(rule: str, day: date) -> bool:
    return first_on_or_after(rule, day) == day
