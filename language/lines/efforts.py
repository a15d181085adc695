"""Efforts: how long the task of a line takes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from language.lines.line import READ, Line
from language.patterns import Wording
from language.readings import Reading

LONGEST, A_DAY = 100_000, 1_440
LEADS = Wording(
    r"(?:\b(?:(?:(?:it|this|which)(?:'ll)?\s+)?(?:should\s+|will\s+)?(?:take|last)s?|taking|lasting|estimated?(?:\s+at)?|est\.?|duration|length|for|about|"
    r"around|approx\.?|approximately|roughly)\b[\s:]*|~\s*)+$"
)
LED = Wording(r"(?:for|about|around|~)\b")
ALONE = Wording(rf"\s*(?:[,.;:!?)\]{READ}–—]|$)|\s+(?:for|with|at|on)\b")


def lasting(line: Line, lengths: list[Reading]) -> Line:
    """The first length that is the task's: "takes 2 hours", "for 30 min", or at an end; not "the 30 minute video".

    Days count only where they are said to be how long it takes: not "food for 3 days".
    """
    for reading in lengths if line.draft.duration_minutes is None else []:
        lead = LEADS.search(line.rest[max(0, reading.span[0] - 60) : reading.span[0]])
        span = (reading.span[0] - len(lead[0]) if lead else reading.span[0], reading.span[1])
        is_short = reading.grain in ("minute", "hour") or (lead is not None and "for" not in lead[0].lower())
        is_led = lead is not None or LED.match(reading.text) is not None
        minutes = (reading.seconds or 0) // 60
        if is_short and 1 <= minutes <= LONGEST and line.is_free(span) and (is_led or ALONE.match(line.rest, span[1])):
            return line.having("duration_minutes", span, duration_minutes=minutes)
    return line


def spanning(line: Line, start: datetime, end: datetime, *, at_most: int = A_DAY) -> Line:
    """With the minutes between two moments, as far as a task can take so long."""
    minutes = round((end.astimezone(UTC) - start.astimezone(UTC)) / timedelta(minutes=1))
    return replace(line, draft=replace(line.draft, duration_minutes=minutes)) if 0 < minutes <= at_most else line
