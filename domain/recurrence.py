"""Recurrence: which dates a rule allows, and which one follows.

A rule is an RFC 5545 RRULE without DTSTART and of whole days; the time of day and the zone belong to the due.
Two readings are ours: a 29th, 30th or 31st that a month lacks is its last day, and COUNT is held against the ordinal
of an occurrence instead of being counted out, so that an occurrence may be moved without the series losing count.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from heapq import merge
from itertools import product

from dateutil.rrule import rrule, rrulestr

from domain.due import LATEST_YEAR, Due
from domain.errors import Invalid

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
YEARS = {"DAILY": 1 / 365, "WEEKLY": 1 / 52, "MONTHLY": 1 / 12, "YEARLY": 1.0}
UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
PARTS = (
    *("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"),
    *("BYMONTH", "BYMONTHDAY", "BYDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"),
)
PLACES = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last", -2: "second last"}


def checked_rule(rule: str) -> str:
    """The rule in upper case and without prefix; raises `Invalid` where it is not one that tasks can follow."""
    text = rule.strip().upper().removeprefix("RRULE:").strip().strip(";")
    if not text.isascii() or "DTSTART" in text or "\n" in text or len(text) > 500:
        raise _invalid(rule, "leave out DTSTART and other lines; the due date is the start")
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, _, value = (piece.strip() for piece in part.partition("="))
        if name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
            raise _invalid(rule, f"leave out {name}; the time of day belongs to the due")
        if name not in PARTS or not value or name in parts:
            raise _invalid(rule, "write it as 'FREQ=WEEKLY;BYDAY=MO,TH'")
        parts[name] = value.replace(" ", "")
    _check_parts(rule, parts)
    normal = ";".join(f"{name}={parts[name]}" for name in sorted(parts, key=PARTS.index))
    try:
        rrulestr(_without(parts, "UNTIL"), dtstart=datetime(2024, 1, 1))
    except (ValueError, KeyError, IndexError, TypeError, OverflowError) as error:
        raise _invalid(rule, "write it as 'FREQ=WEEKLY;BYDAY=MO,TH'") from error
    return normal


def next_due(rule: str, *, due: Due, start: date, occurrence: int, completed: date | None) -> Due | None:
    """The due that follows, at the same civil time in the same zone, or None where the series has ended.

    `start` is the first date of the series, `occurrence` the ordinal of `due` in it, from 1. With `completed` the
    next date is counted from that day instead of from the series.
    """
    parts = _parts(checked_rule(rule))
    if "COUNT" in parts and occurrence >= int(parts["COUNT"]):
        return None
    after, origin = (due.date, start) if completed is None else (completed, completed)
    day = next((day for day in _dates(parts, origin, after) if day > after), None)
    if day is None or day.year > LATEST_YEAR:
        return None
    following = Due(date=day, time=due.time, zone=due.zone)
    return None if _is_past_end(parts, following) else following


def first_on_or_after(rule: str, day: date) -> date:
    """The first date the rule allows, `day` itself where it names no days; raises `Invalid` where there is none.

    The series begins with it, so "every other Tuesday" said on a Saturday begins on the next Tuesday.
    """
    parts = {name: value for name, value in _parts(checked_rule(rule)).items() if name != "INTERVAL"}
    first = next(iter(_dates(parts, day, day)), None)
    if first is None:
        raise _invalid(rule, "it allows no date at all; name days that exist")
    return first


def in_words(rule: str) -> str:
    """The rule as a person says it: "every weekday", "every 2 weeks on Tuesday"."""
    parts = _parts(checked_rule(rule))
    interval, freq = int(parts.get("INTERVAL", "1")), parts["FREQ"]
    days = parts.get("BYDAY", "").split(",") if "BYDAY" in parts else []
    words = f"every {interval} {UNITS[freq]}s" if interval > 1 else f"every {UNITS[freq]}"
    names = _days_in_words(days)
    if freq in ("DAILY", "WEEKLY") and names:
        words = f"every {names}" if interval == 1 else f"{words} on {names}"
    else:
        words += _place_in_words(parts, names)
    if "COUNT" in parts:
        words += f", {parts['COUNT']} times" if parts["COUNT"] != "1" else ", once"
    if "UNTIL" in parts:
        end = _until(parts)
        words += f", until {end.day} {MONTH_NAMES[end.month - 1]} {end.year}"
    return words


def _check_parts(rule: str, parts: Mapping[str, str]) -> None:
    freq = parts.get("FREQ")
    if freq not in UNITS:
        raise _invalid(rule, "FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY")
    for name, most in (("INTERVAL", 1_000), ("COUNT", 100_000)):
        if name in parts and not (parts[name].isdigit() and len(parts[name]) < 9 and 1 <= int(parts[name]) <= most):
            raise _invalid(rule, f"{name} must be 1 to {most}")
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
    if not all(re.fullmatch(r"(?:[+-]?[1-5]?\d)?(?:MO|TU|WE|TH|FR|SA|SU)", day) for day in days):
        raise _invalid(rule, "BYDAY holds MO, TU, WE, TH, FR, SA, SU, with a number before them such as 1MO or -1FR")
    numbered = any(day not in WEEKDAYS for day in days)
    if freq == "MONTHLY" and any(abs(int(day[:-2] or 1)) not in range(1, 6) for day in days):
        raise _invalid(rule, "a month has a first to fifth such day, as in 1MO or -1FR")
    if freq in ("DAILY", "WEEKLY") and (numbered or "BYMONTHDAY" in parts or "BYSETPOS" in parts):
        raise _invalid(rule, "BYMONTHDAY, BYSETPOS and BYDAY with a number need FREQ=MONTHLY or FREQ=YEARLY")
    if freq != "YEARLY" and ("BYYEARDAY" in parts or "BYWEEKNO" in parts):
        raise _invalid(rule, "BYYEARDAY and BYWEEKNO need FREQ=YEARLY")


def _check_numbers(rule: str, parts: Mapping[str, str]) -> None:
    """dateutil takes BYMONTHDAY=99 in silence, and would then look for it until the year 9999."""
    for name, most, below in (
        ("BYMONTH", 12, False),
        ("BYMONTHDAY", 31, True),
        ("BYYEARDAY", 366, True),
        ("BYWEEKNO", 53, True),
        ("BYSETPOS", 366, True),
    ):
        for number in parts[name].split(",") if name in parts else ():
            digits = number.removeprefix("-") if below else number.removeprefix("+")
            if not (digits.isdigit() and len(digits) < 9 and 1 <= int(digits) <= most):
                raise _invalid(rule, f"{name} must hold numbers from {-most if below else 1} to {most}, without 0")
    if "BYSETPOS" in parts and not any(name in parts for name in PARTS[5:10]):
        raise _invalid(rule, "BYSETPOS needs BYDAY, BYMONTHDAY or another BY part beside it")


def _dates(parts: Mapping[str, str], start: date, after: date) -> Iterator[date]:
    """The dates of the series begun on `start`, from about `after` on, for as long as one can be hoped for."""
    start = _nearer(parts, start, after)
    years = 40 + 40 * YEARS[parts["FREQ"]] * int(parts.get("INTERVAL", "1"))
    end = datetime(min(9999, after.year + int(years)), 12, 31)
    previous = None
    for moment in merge(*(_expansion(piece, start, end) for piece in _pieces(parts, start))):
        if moment.date() != previous:
            yield moment.date()
        previous = moment.date()


def _expansion(piece: Mapping[str, str], start: date, end: datetime) -> Iterator[datetime]:
    rule = rrulestr(_without(piece, "COUNT", "UNTIL"), dtstart=datetime.combine(start, time()))
    assert isinstance(rule, rrule)
    return iter(rule.replace(until=end))


def _nearer(parts: Mapping[str, str], start: date, after: date) -> date:
    """A later start of the same phase, so that an old daily series is not counted through."""
    interval = int(parts.get("INTERVAL", "1"))
    step = {"DAILY": interval, "WEEKLY": 7 * interval}.get(parts["FREQ"])
    if step is None or after <= start:
        return start
    return date.fromordinal(start.toordinal() + (after - start).days // step * step)


def _pieces(parts: Mapping[str, str], start: date) -> Iterator[dict[str, str]]:
    """The rule taken apart by month and day of the month, where days that a month lacks mean its last."""
    elsewhere = any(name in parts for name in ("BYDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"))
    if parts["FREQ"] not in ("MONTHLY", "YEARLY") or elsewhere:
        yield dict(parts)
        return
    yearly = parts["FREQ"] == "YEARLY"
    every_month = [str(month) for month in range(1, 13)] if "BYMONTHDAY" in parts else [str(start.month)]
    months = parts["BYMONTH"].split(",") if "BYMONTH" in parts else every_month if yearly else [""]
    days = parts.get("BYMONTHDAY", str(start.day)).split(",")
    for month, day in product(months, days):
        piece = {**parts, "BYMONTHDAY": day, **({"BYMONTH": month} if month else {})}
        if int(day) > 28:
            piece |= {"BYMONTHDAY": ",".join(str(n) for n in range(28, int(day) + 1)), "BYSETPOS": "-1"}
        yield piece


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


def _without(parts: Mapping[str, str], *names: str) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items() if name not in names)


def _invalid(rule: str, cure: str) -> Invalid:
    return Invalid("recurrence", f"{rule[:200]!r} is not a rule a task can follow; {cure}.")


def _days_in_words(days: list[str]) -> str:
    match sorted(days, key=lambda day: WEEKDAYS.index(day[-2:])):
        case []:
            return ""
        case ["MO", "TU", "WE", "TH", "FR"]:
            return "weekday"
        case ["SA", "SU"]:
            return "weekend day"
        case ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]:
            return "day"
        case ordered:
            return _listed([_day_in_words(day) for day in ordered])


def _day_in_words(day: str) -> str:
    name = DAY_NAMES[WEEKDAYS.index(day[-2:])]
    place = int(day[:-2]) if day[:-2] else None
    return name if place is None else f"{PLACES.get(place, _ordinal(place))} {name}"


def _place_in_words(parts: Mapping[str, str], names: str) -> str:
    numbers = [int(day) for day in parts["BYMONTHDAY"].split(",")] if "BYMONTHDAY" in parts else []
    months = [MONTH_NAMES[int(month) - 1] for month in parts["BYMONTH"].split(",")] if "BYMONTH" in parts else []
    if names and "BYSETPOS" in parts:
        places = [int(place) for place in parts["BYSETPOS"].split(",")]
        names = f"{_listed([PLACES.get(place, _ordinal(place)) for place in places])} {names}"
    if len(numbers) == 1 and len(months) == 1 and numbers[0] > 0 and not names:
        return f" on {numbers[0]} {months[0]}"
    words = f" on the {names}" if names and names[0].islower() else f" on {names}" if names else ""
    if numbers:
        words += " on the " + _listed(["last day" if number == -1 else _ordinal(number) for number in numbers])
    return words + (f" in {_listed(months)}" if months else "")


def _ordinal(number: int) -> str:
    if number < 0:
        return f"{_ordinal(-number)} last"
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
