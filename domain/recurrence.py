"""Recurrence: which dates a rule allows, and which one follows.

A rule is an RFC 5545 RRULE without DTSTART, of whole days or of hours; the time of day and the zone belong to the due.
Two readings are ours: a 29th, 30th or 31st that a month lacks is its last day, and COUNT is held against the ordinal
of an occurrence instead of being counted out, so that an occurrence may be moved without the series losing count.
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache

from domain.due import LATEST_YEAR, Due
from domain.errors import Invalid
from domain.hourly import next_hour
from domain.occurrences import DAY_PARTS, WEEKDAYS, YEARS, dates

PARTS = (
    *("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"),
    *("BYMONTH", "BYMONTHDAY", "BYDAY", "BYYEARDAY", "BYWEEKNO", "BYHOUR", "BYSETPOS"),
)
# Beside these a rule may name days that no calendar has.
SELECTIVE = frozenset(("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"))
LEAP_YEAR = date(2024, 1, 1)


@lru_cache(maxsize=1_000)
def checked_rule(rule: str) -> str:
    """The rule in upper case and without prefix; raises `Invalid` where it is not one that tasks can follow."""
    text = rule.strip().upper().removeprefix("RRULE:").strip().strip(";")
    if not text.isascii() or "DTSTART" in text or "\n" in text or len(text) > 500:
        raise _invalid(rule, "leave out DTSTART and other lines; the due date is the start")
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, _, value = (piece.strip() for piece in part.partition("="))
        if name in ("BYMINUTE", "BYSECOND") or (name == "BYHOUR" and "FREQ=HOURLY" not in text):
            raise _invalid(rule, f"leave out {name}; the time of day belongs to the due")
        if name not in PARTS or not value or name in parts:
            raise _invalid(rule, "write it as 'FREQ=WEEKLY;BYDAY=MO,TH'")
        parts[name] = value.replace(" ", "")
    _check_parts(rule, parts)
    normal = ";".join(f"{name}={parts[name]}" for name in sorted(parts, key=PARTS.index))
    if parts.keys() & SELECTIVE and not _allows_any(parts):
        raise _invalid(rule, "it allows no date at all; name days that exist")
    return normal


def next_due(rule: str, *, due: Due, start: date, occurrence: int, completed: datetime | None) -> Due | None:
    """The due that follows, at the same civil time in the same zone, or None where the series has ended.

    `start` is the first date of the series, `occurrence` the ordinal of `due` in it, from 1. With `completed` the
    next date is counted from that moment, or from its day, instead of from the series.
    """
    parts = _parts(checked_rule(rule))
    if "COUNT" in parts and occurrence >= int(parts["COUNT"]):
        return None
    if parts["FREQ"] == "HOURLY":
        following = next_hour(parts, due=due, completed=completed)
    else:
        origin = start if completed is None else due.day_of(completed)
        following = _next_day(parts, due, origin, due.date if completed is None else origin)
    return following if following and not _is_past_end(parts, following) else None


def _next_day(parts: Mapping[str, str], due: Due, origin: date, after: date) -> Due | None:
    day = next((day for day in dates(parts, origin, after) if day > after), None)
    return Due(date=day, time=due.time, zone=due.zone) if day and day.year <= LATEST_YEAR else None


def check_end(rule: str, due: Due) -> None:
    """Raises `Invalid` where the series of this rule has ended before its first due."""
    if _is_past_end(_parts(checked_rule(rule)), due):
        raise Invalid("recurrence", f"{rule[:200]!r} ends before it begins on {due.date}; give a later end.")


def is_of_hours(rule: str) -> bool:
    """True for a rule of hours, which needs a due with a time of day."""
    return "FREQ=HOURLY" in rule


def first_on_or_after(rule: str, day: date) -> date:
    """The first date the rule allows, `day` itself where it names no days; raises `Invalid` where there is none.

    The series begins with it, so "every other Tuesday" said on a Saturday begins on the next Tuesday.
    """
    parts = {name: value for name, value in _parts(checked_rule(rule)).items() if name != "INTERVAL"}
    first = next(dates(parts, day, day), None)
    if first is None:
        raise _invalid(rule, "it allows no date at all; name days that exist")
    return first


def first_hour(rule: str, now: datetime) -> Due:
    """The first due of a rule of hours: one step from now, on the hour where it names hours; raises `Invalid`."""
    minute = 0 if "BYHOUR" in rule else now.minute
    begun = Due.of(now.replace(minute=minute, second=0, microsecond=0))
    first = next_due(rule, due=begun, start=now.date(), occurrence=0, completed=None)
    if first is None:
        raise _invalid(rule, "it allows no hour at all; name hours that come")
    return first


def _check_parts(rule: str, parts: Mapping[str, str]) -> None:
    freq = parts.get("FREQ")
    if freq not in YEARS:
        raise _invalid(rule, "FREQ must be HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY")
    for name, most in (("INTERVAL", 1_000), ("COUNT", 100_000)):
        if name in parts and not (parts[name].isdigit() and len(parts[name]) < 9 and 1 <= int(parts[name]) <= most):
            raise _invalid(rule, f"{name} must be 1 to {most}")
    if parts.get("WKST", "MO") not in WEEKDAYS:
        raise _invalid(rule, "WKST is one of MO, TU, WE, TH, FR, SA, SU")
    if "COUNT" in parts and "UNTIL" in parts:
        raise _invalid(rule, "use COUNT or UNTIL, not both")
    if "UNTIL" in parts:
        try:
            _until(parts)
        except ValueError as error:
            raise _invalid(rule, "write UNTIL as 20271231 or 20271231T225959Z") from error
    _check_places(rule, parts)
    _check_numbers(rule, parts)


def _check_places(rule: str, parts: Mapping[str, str]) -> None:
    freq = parts["FREQ"]
    days = parts.get("BYDAY", "MO").split(",")
    if not all(re.fullmatch(r"(?:[+-]?(?:[1-9]|[1-4]\d|5[0-3]))?(?:MO|TU|WE|TH|FR|SA|SU)", day) for day in days):
        raise _invalid(rule, "BYDAY holds MO, TU, WE, TH, FR, SA, SU, with a number before them such as 1MO or -1FR")
    numbered = any(day not in WEEKDAYS for day in days)
    if freq == "MONTHLY" and any(abs(int(day[:-2] or 1)) not in range(1, 6) for day in days):
        raise _invalid(rule, "a month has a first to fifth such day, as in 1MO or -1FR")
    if freq in ("HOURLY", "DAILY", "WEEKLY") and (numbered or "BYMONTHDAY" in parts or "BYSETPOS" in parts):
        raise _invalid(rule, "BYMONTHDAY, BYSETPOS and BYDAY with a number need FREQ=MONTHLY or FREQ=YEARLY")
    if freq != "YEARLY" and ("BYYEARDAY" in parts or "BYWEEKNO" in parts):
        raise _invalid(rule, "BYYEARDAY and BYWEEKNO need FREQ=YEARLY")


def _check_numbers(rule: str, parts: Mapping[str, str]) -> None:
    """Numbers that days, months, weeks and places can have."""
    for name, most, below in (
        ("BYMONTH", 12, False),
        ("BYMONTHDAY", 31, True),
        ("BYYEARDAY", 366, True),
        ("BYWEEKNO", 53, True),
        ("BYHOUR", 23, False),
        ("BYSETPOS", 366, True),
    ):
        for number in parts[name].split(",") if name in parts else ():
            digits = number.removeprefix("-") if below else number.removeprefix("+")
            least = 0 if name == "BYHOUR" else 1
            if not (digits.isdigit() and len(digits) < 9 and least <= int(digits) <= most):
                raise _invalid(rule, f"{name} must hold numbers from {-most if below else least} to {most}")
    if "BYSETPOS" in parts and not any(name in parts for name in PARTS[5:-1]):
        raise _invalid(rule, "BYSETPOS needs BYDAY, BYMONTHDAY or another BY part beside it")


def _allows_any(parts: Mapping[str, str]) -> bool:
    """False where no year has such a day as the rule says, whatever the first date and the interval."""
    literal = {name: value for name, value in parts.items() if name != "INTERVAL"}
    if "BYMONTH" in parts and DAY_PARTS & parts.keys() == {"BYMONTHDAY"}:
        longest = max(monthrange(LEAP_YEAR.year, int(month))[1] for month in parts["BYMONTH"].split(","))
        if min(abs(int(day)) for day in parts["BYMONTHDAY"].split(",")) > longest:
            return False
    return next(dates(literal, LEAP_YEAR, LEAP_YEAR), None) is not None


def _is_past_end(parts: Mapping[str, str], due: Due) -> bool:
    if "UNTIL" not in parts:
        return False
    end = _until(parts)
    if "T" not in parts["UNTIL"] or due.time is None:
        return due.date > end.date()
    if end.tzinfo is None:
        return datetime.combine(due.date, due.time) > end
    return due.instant is not None and due.instant > end


def _until(parts: Mapping[str, str]) -> datetime:
    text = parts["UNTIL"]
    if "T" not in text:
        return datetime.strptime(text, "%Y%m%d")
    moment = datetime.strptime(text.removesuffix("Z"), "%Y%m%dT%H%M%S")
    return moment.replace(tzinfo=UTC) if text.endswith("Z") else moment


def _parts(rule: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in rule.split(";"))


def _invalid(rule: str, cure: str) -> Invalid:
    return Invalid("recurrence", f"{rule[:200]!r} is not a rule a task can follow; {cure}.")
