"""Recurrence: "every weekday at 7", "monthly on the last Friday until June"; and how often a habit is to happen."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from domain.errors import Invalid
from domain.people import Clock
from domain.recurrence import WEEKDAYS as CODES
from domain.recurrence import checked_rule, first_on_or_after
from language.atoms import PARTS
from language.days import follows_well
from language.moments import moments
from language.readings import Reading, Span
from language.shields import is_shielded, shields
from language.words import MONTH, NUMBER, ORDINAL, UNIT, WEEKDAY, month, number, one_of, ordinal, unit, weekday

FREQS = {
    "day": ("DAILY", 1),
    "week": ("WEEKLY", 1),
    "fortnight": ("WEEKLY", 2),
    "month": ("MONTHLY", 1),
    "quarter": ("MONTHLY", 3),
    "year": ("YEARLY", 1),
}
ADVERBS = {
    **{"daily": "day", "weekly": "week", "biweekly": "fortnight", "bi-weekly": "fortnight", "fortnightly": "fortnight"},
    **{"monthly": "month", "quarterly": "quarter", "yearly": "year", "annually": "year"},
}
PLURALS = {"weekdays": "MO,TU,WE,TH,FR", "workdays": "MO,TU,WE,TH,FR", "weekends": "SA,SU"}
FULL_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
DAYS = rf"{WEEKDAY}s?(?!\w)(?:\s*(?:,\s*and|,|and|&|/|\+)\s*(?:(?:on|every)\s+)?{WEEKDAY}s?(?!\w))*"
SPAN_OF_DAYS = rf"{WEEKDAY}s?\s*(?:-|–|to|through|thru)\s*{WEEKDAY}s?(?!\w)"
PLACE = r"(?P<place>first|second|third|fourth|last|1st|2nd|3rd|4th)"
EVERY = r"(?:(?:repeat(?:s|ing)?|recurring)\s+)?(?:on\s+)?(?:every|each|ev)!?\s+"
STEP = rf"(?:(?P<step>other|alternate|second|2nd|third|3rd|fourth|4th|single|{NUMBER})\s+)?"
HEADS = tuple(
    re.compile(rf"(?<!\w)(?:{expression})(?!\w)", re.IGNORECASE)
    for expression in (
        rf"{EVERY}{PLACE}\s+(?P<places>{WEEKDAY})(?:\s+of\s+(?:the|each|every)\s+month)",
        rf"{EVERY}(?P<place>first|fourth|last|1st|4th|third|3rd)\s+(?P<places>{WEEKDAY})",
        rf"(?:on\s+)?(?:the\s+)?{PLACE}\s+(?P<places>{WEEKDAY})\s+of\s+(?:each|every)\s+month",
        rf"(?:{EVERY}|on\s+the\s+|the\s+)(?P<monthday>{ORDINAL}|last\s+day)(?:\s+(?:day\s+)?of\s+(?:the|each|every)\s+month)",
        rf"{EVERY}(?P<monthday>{ORDINAL}|last\s+day)(?!\s+(?:{WEEKDAY}|{UNIT}))",
        rf"{EVERY}(?P<month>{MONTH})\s+(?:the\s+)?(?P<day>{ORDINAL}|\d\d?)(?!\d)",
        rf"{EVERY}(?P<day>{ORDINAL}|\d\d?)\s+(?:of\s+)?(?P<month>{MONTH})",
        rf"{EVERY}{STEP}(?P<range>{SPAN_OF_DAYS})",
        rf"{EVERY}{STEP}(?P<days>{DAYS})",
        rf"{EVERY}(?P<plural>weekday|workday|business\s+day|working\s+day|weekend)s?",
        rf"{EVERY}{STEP}(?P<part>morning|afternoon|evening|night)",
        rf"{EVERY}{STEP}(?P<unit>{UNIT})",
        rf"(?:repeat(?:s|ing)?\s+)?(?P<adverb>{one_of(ADVERBS)})",
        r"once\s+(?:a|an|per|every|each)\s+(?P<unit>day|week|fortnight|month|quarter|year)",
        rf"(?:on\s+)?(?P<days>(?:{FULL_DAY}s)"
        rf"(?:\s*(?:,\s*and|,|and|&)\s*{WEEKDAY}s)*)",
        rf"(?:on\s+)?(?P<plural>{one_of(PLURALS)})",
    )
)
TAILS = tuple(
    re.compile(rf"\s*,?\s*(?:{expression})(?!\w)", re.IGNORECASE)
    for expression in (
        rf"(?:on\s+)?(?:the\s+)?{PLACE}\s+(?P<places>{WEEKDAY})",
        rf"(?:on\s+)?the\s+(?P<monthday>{ORDINAL}|last\s+day)",
        rf"on\s+(?P<month>{MONTH})\s+(?P<day>{ORDINAL}|\d\d?)",
        rf"on\s+(?:the\s+)?(?P<day>{ORDINAL}|\d\d?)\s+(?:of\s+)?(?P<month>{MONTH})",
        rf"(?:on\s+)?(?P<days>{DAYS})",
        r"on\s+(?P<plural>weekdays|weekends)",
        r"(?:in\s+the\s+)?(?P<part>morning|afternoon|evening|night)s?",
        r"(?:for\s+)?(?P<count>\d{1,4})\s+(?:times|occurrences|repetitions)",
    )
)
GAP = re.compile(r"\s*,?\s*(?:and\s+)?(?:at|on|from|in\s+the)?\s*", re.IGNORECASE)
FROM_COMPLETION = re.compile(
    r"\b(?:every!|(?:after|from|since|when|upon|once)\s+(?:the\s+last\s+)?(?:completion|completing|completed|finishing|finished|done|"
    r"(?:i|i've|i'm|it's|it\s+is)\s+(?:done|complete[d]?|finish(?:ed)?|did\s+it)))\b(?:\s+it)?|\bevery!",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Heard:
    """The parts of a rule heard so far, and the part of the day."""

    parts: tuple[tuple[str, str], ...]
    part: str | None = None

    def having(self, **parts: str) -> "Heard":
        """With these parts, in place of earlier ones."""
        return replace(self, parts=tuple({**dict(self.parts), **parts}.items()))


def read_rule(text: str, clock: Clock) -> Reading | None:
    """The recurrence a text speaks of, with its first date and its time of day; None for "3 times a week" and hours.

    A rule whose first time today has passed begins with the next.
    """
    text = text[:2_000]
    hidden = shields(text)
    for expression in HEADS:
        for match in expression.finditer(text):
            if is_shielded(match.span(), hidden) or not _is_rule(match, text):
                continue
            heard = _heard(match)
            if heard is not None:
                return _reading(heard, match.span(), text, clock, hidden)
    return None


def times_per(text: str) -> tuple[int, int] | None:
    """How often a habit is meant to happen, as (times, days): "3 times a week" is (3, 7).

    It is told as said, so "twice a day" is (2, 1), which a habit does not take.
    """
    words = " ".join(text[:500].lower().split())
    days = {"day": 1, "week": 7, "fortnight": 14, "month": 30, "quarter": 91, "year": 365}
    said = TIMES.search(words)
    if said:
        times = 1 if said["once"] == "once" else 2 if said["once"] else round(number(said["times"]))
        span = days[unit(said["unit"])] if said["unit"] else days[ADVERBS[said["adverb"]]]
        return (times, round(number(said["n"]) * span) if said["n"] else span) if times else None
    rule = read_rule(words, CALENDAR)
    if rule is None or rule.rule is None:
        return None
    parts = dict(part.split("=") for part in rule.rule.split(";"))
    interval = int(parts.get("INTERVAL", "1"))
    per = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 30, "YEARLY": 365}[parts["FREQ"]]
    times = len(parts.get("BYDAY", parts.get("BYMONTHDAY", "x")).split(","))
    return times, per * interval


CALENDAR = Clock(now=datetime(2024, 1, 1))
TIMES = re.compile(
    rf"\b(?:(?P<once>once|twice)|(?P<times>{NUMBER})\s*(?:x|times|days)\b)\s*(?:/|a|an|per|each|every|in(?:\s+a)?)?\s*"
    rf"(?:(?P<n>{NUMBER})\s+)?(?:(?P<unit>day|week|fortnight|month|quarter|year)s?|(?P<adverb>daily|weekly|monthly|yearly))\b"
)


def completion_words(text: str) -> Span | None:
    """Where a text says that the next date counts from the day it was done."""
    found = FROM_COMPLETION.search(text)
    return found.span() if found else None


def _is_rule(match: re.Match[str], text: str) -> bool:
    """Not the "every week" of "3 times every week", nor the adjective of "weekly report"."""
    if re.search(r"(?:\btimes|\dx|\btwice)\s*$", text[: match.start()], re.IGNORECASE):
        return False
    names = match.groupdict()
    if names.get("adverb") or (names.get("days") and not re.match(r"(?:on|every|each|ev|repeat)\b", match[0], re.I)):
        at_start = not text[: match.start()].strip()
        return follows_well(text, match.end(), verbs=at_start) or text[match.end() :].lstrip()[:2].lower() in (
            "st",
            "un",
        )
    return True


def _heard(match: re.Match[str]) -> Heard | None:
    """The parts of a rule that a head names."""
    said = match.groupdict()
    step = (said.get("step") or "").lower()
    interval = {"": 1, "other": 2, "alternate": 2, "single": 1}.get(step) or _number(step)
    name = ADVERBS.get((said.get("adverb") or "").lower()) or (unit(said["unit"]) if said.get("unit") else None)
    if (name is not None and name not in FREQS) or not 0 < interval <= 1_000:
        return None
    if name is None:
        part = (said.get("part") or "").lower() or None
        freq = "DAILY" if part else "YEARLY" if said.get("month") else "MONTHLY" if _is_monthly(said) else "WEEKLY"
        every, begun = interval, Heard(parts=(("FREQ", freq),), part=part)
    else:
        freq, factor = FREQS[name]
        every, begun = interval * factor, Heard(parts=(("FREQ", freq),))
    begun = begun.having(INTERVAL=str(every)) if every > 1 else begun
    return _with(begun, said)


def _is_monthly(said: dict[str, str | None]) -> bool:
    return bool(said.get("places") or said.get("monthday"))


def _number(step: str) -> int:
    value = ordinal(step) if step[-2:] in ("nd", "rd", "th") else number(step)
    return int(value) if value == int(value) else 0


def _with(heard: Heard, said: dict[str, str | None]) -> Heard:
    """The rule with the days, places, months and count that were said."""
    if days := said.get("range"):
        first, last = (weekday(word) for word in re.findall(WEEKDAY, days, re.IGNORECASE))
        return heard.having(BYDAY=",".join(CODES[(first + n) % 7] for n in range((last - first) % 7 + 1)))
    if days := said.get("days"):
        numbers = sorted({weekday(word) for word in re.findall(WEEKDAY, days, re.IGNORECASE)})
        return heard.having(BYDAY=",".join(CODES[day] for day in numbers))
    if plural := said.get("plural"):
        return heard.having(BYDAY="SA,SU" if plural.lower().startswith("weekend") else PLURALS["weekdays"])
    if (place := said.get("place")) and (day := said.get("places")):
        which = -1 if place.lower() == "last" else ordinal(place)
        return heard.having(BYDAY=f"{which}{CODES[weekday(day)]}")
    if month_day := said.get("monthday"):
        return heard.having(BYMONTHDAY="-1" if "last" in month_day.lower() else str(ordinal(month_day)))
    if (name := said.get("month")) and (day := said.get("day")):
        return heard.having(BYMONTH=str(month(name)), BYMONTHDAY=str(ordinal(day)))
    if count := said.get("count"):
        return heard.having(COUNT=count)
    return replace(heard, part=(said.get("part") or heard.part or "").lower() or None)


def _reading(heard: Heard, span: Span, text: str, clock: Clock, hidden: list[Span]) -> Reading | None:
    """The rule with what stands behind and before it: days, time, start and end."""
    heard, span = _tailed(heard, span, text)
    at_midnight = replace(clock, now=clock.now.replace(hour=0, minute=0, second=0, microsecond=0))
    said, start = None, None
    for near in _neighbours(text, span, at_midnight, hidden):
        if not _fits(near, dict(heard.parts)):
            continue
        if near.kind == "duration":
            heard = heard.having(UNTIL=f"{clock.now.date() + timedelta(seconds=near.seconds or 0):%Y%m%d}")
        elif near.bound == "until" and near.start:
            heard = heard.having(UNTIL=f"{near.start:%Y%m%d}")
        else:
            said = near.clock or said
            start = _day_of(near) if near.kind != "time" else start
        span = (min(span[0], near.span[0]), max(span[1], near.span[1]))
        heard, span = _tailed(heard, span, text)
    return _finished(heard, span, text, clock, said, start)


def _tailed(heard: Heard, span: Span, text: str) -> tuple[Heard, Span]:
    for tail in TAILS:
        match = tail.match(text, span[1])
        if match is None:
            continue
        grown, parts = _with(heard, match.groupdict()), dict(heard.parts)
        if "BYDAY" in dict(grown.parts) and parts["FREQ"] not in ("WEEKLY", "MONTHLY") and "BYDAY" not in parts:
            continue
        if "BYMONTHDAY" in dict(grown.parts) and parts["FREQ"] not in ("MONTHLY", "YEARLY"):
            continue
        if parts.get("BYDAY") not in (None, dict(grown.parts).get("BYDAY")):
            continue
        heard, span = grown, (span[0], match.end())
    return heard, span


def _neighbours(text: str, span: Span, clock: Clock, hidden: list[Span]) -> list[Reading]:
    """The readings that touch the rule, those behind it first."""
    found = moments(text, clock, hidden=[*hidden, span])
    near: list[Reading] = []
    end = span[1]
    for reading in (reading for reading in found if reading.span[0] >= span[1]):
        if GAP.fullmatch(text[end : reading.span[0]]):
            near.append(reading)
            end = reading.span[1]
    before = [reading for reading in found if reading.span[1] <= span[0]]
    return near + [reading for reading in before[-1:] if GAP.fullmatch(text[reading.span[1] : span[0]])]


def _fits(reading: Reading, parts: dict[str, str]) -> bool:
    if reading.kind == "duration":
        return (
            (reading.seconds or 0) >= 86_400 and not {"COUNT", "UNTIL"} & parts.keys() and "for" in reading.text.lower()
        )
    if reading.bound == "until":
        return not {"COUNT", "UNTIL"} & parts.keys()
    return reading.grain not in ("week", "month", "quarter", "year") or reading.bound == "from"


def _day_of(reading: Reading) -> date | None:
    return reading.start.date() if isinstance(reading.start, datetime) else reading.start


def _finished(
    heard: Heard, span: Span, text: str, clock: Clock, said: time | None, start: date | None
) -> Reading | None:
    if heard.part and said and said.hour < 12 and heard.part != "morning":
        said = said.replace(hour=said.hour + 12)
    at = said or (time(PARTS[heard.part][2]) if heard.part else None)
    today = clock.now.date()
    has_passed = at is not None and at <= clock.now.time()
    try:
        rule = checked_rule(";".join(f"{name}={value}" for name, value in heard.parts))
        first = first_on_or_after(rule, start or (today + timedelta(days=1) if has_passed else today))
    except (Invalid, OverflowError, ValueError):
        return None
    begins: date | datetime = datetime.combine(first, at, clock.now.tzinfo) if at else first
    return Reading(
        span=span,
        text=text[slice(*span)],
        kind="recurrence",
        grain="minute" if at else "day",
        start=begins,
        rule=rule,
        clock=at,
    )
