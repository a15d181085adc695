"""Recurrence: "every weekday at 7", "monthly on the last Friday until June"."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from domain.due import Due
from domain.errors import Invalid
from domain.occurrences import WEEKDAYS
from domain.people import Clock
from domain.recurrence import checked_rule, first_hour, first_on_or_after
from language.patterns import Wording
from language.readings import Reading, Span
from language.rules.bounds import limited
from language.rules.exceptions import EXCEPT
from language.rules.heads import adjective, head, may_begin
from language.rules.lists import words_of
from language.rules.rhythm import Rhythm
from language.rules.scene import Said, Scene
from language.rules.tails import COMPLETED, with_tails
from language.shields import is_shielded, shields
from language.times.lexicon import PARTS as USUAL_HOURS
from language.words import NUMBER, number

FOLLOWED = ("HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")
LONGEST, ONCE_LENGTH = 20_000, 4_000
DAWN, NOON, EVENING = 6, 12, 18
RATE = re.compile(
    rf"\b(?:twice|thrice|(?P<times>{NUMBER})\s*(?:x|times|days)\b)\s*(?:/|a|an|per|each|every|in(?:\s+a)?)?\s*"
    rf"(?:(?:{NUMBER}\s+)?(?:day|week|fortnight|month|quarter|year)s?|daily|weekly|monthly|yearly)\b"
)
FROM_COMPLETION = Wording(rf"\bevery!|\b(?:after|from|since|when|once|upon)\s+(?:{COMPLETED})(?!\w)")


def read_rule(text: str, clock: Clock) -> Reading | None:
    """The recurrence a text speaks of, with its first date and its time of day; None for "3 times a week".

    The rule is of whole days, of hours, or of minutes and seconds, which no task can follow. A rule whose first time
    today has passed begins with the next; where the words name the first day, `bound` is "from".
    """
    return _read_once(text, clock) if len(text) <= ONCE_LENGTH else _read(text[:LONGEST], clock)


@lru_cache(maxsize=256)
def _read_once(text: str, clock: Clock) -> Reading | None:
    """Within one message the same words are looked at by several grammars."""
    return _read(text, clock)


def _read(text: str, clock: Clock) -> Reading | None:
    words = words_of(text)
    places = [place for place, word in enumerate(words.items) if may_begin(word)]
    if not places:
        return None
    scene = Scene(text=text, words=words, clock=clock)
    found = _first(scene, head, places)
    if found:
        return _finished(with_tails(found, scene), scene)
    found = _first(scene, adjective, places)
    return _finished(found, scene) if found else None


def in_rfc(reading: Reading) -> str:
    """The rule with its times of day, and with a DTSTART line where the words name the day it is counted from."""
    assert reading.rule is not None
    rule = _at(reading.rule, reading.clocks)
    parts = reading.rule.split(";")
    is_counted = "INTERVAL" in rule or ("FREQ=DAILY" not in parts and "BY" not in reading.rule.replace("BYMONTH=", ""))
    if reading.bound == "from" and reading.start and is_counted:
        return f"DTSTART:{reading.start:%Y%m%d}\nRRULE:{rule}"
    return rule


def _at(rule: str, clocks: tuple[time, ...]) -> str:
    """At these times; of 8:30 and 17:00, which every 8 and 17 and every 0 and 30 would make four, the 2nd and 3rd.

    Only a rule of days or of weeks that leaves none out can choose so; any other has its first time alone.
    """
    if not clocks or "FREQ=HOURLY" in rule:
        return rule
    hours, minutes = sorted({clock.hour for clock in clocks}), sorted({clock.minute for clock in clocks})
    if len(minutes) == 1:
        return f"{rule};BYHOUR={_listed(hours)};BYMINUTE={minutes[0]}"
    if "INTERVAL" in rule or "BYSETPOS" in rule or not rule.startswith(("FREQ=DAILY", "FREQ=WEEKLY;")):
        return _at(rule, clocks[:1])
    moments = [(hour, minute) for hour in hours for minute in minutes]
    chosen = sorted(moments.index((clock.hour, clock.minute)) + 1 for clock in clocks)
    daily = rule.replace("FREQ=WEEKLY", "FREQ=DAILY")
    return f"{daily};BYHOUR={_listed(hours)};BYMINUTE={_listed(minutes)};BYSETPOS={_listed(chosen)}"


def _listed(numbers: Iterable[int]) -> str:
    return ",".join(map(str, numbers))


def is_rate(text: str) -> bool:
    """True where a text says how often in a stretch of time, not when: "3 times a week"."""
    said = RATE.search(" ".join(text[:500].lower().split()))
    return said is not None and (said["times"] is None or round(number(said["times"])) > 1)


def unread_exception(text: str, rule: Reading) -> str | None:
    """What is said right behind a rule to leave out something that no rule can, such as a single date."""
    found = EXCEPT.match(text, rule.span[1])
    return text[found.start() :].strip(" ,") if found else None


def completion_words(text: str) -> Span | None:
    """Where a text says that the next date counts from the day it was done."""
    found = FROM_COMPLETION.search(text)
    return found.span() if found else None


def _first(scene: Scene, begun: Callable[[Scene, int], Said | None], places: Sequence[int]) -> Said | None:
    """The first rhythm that is not inside of a quotation or a name and that some calendar has."""
    behind = 0
    for place in places:
        found = begun(scene, place) if place >= behind else None
        if found is None:
            continue
        span = (scene.words.spans[place][0], scene.offset(found.end))
        if not is_shielded(span, shields(scene.text)) and _finished(found, scene):
            return found
        behind = found.end
    return None


def _finished(said: Said, scene: Scene) -> Reading | None:
    """The reading; None where the rule is one that no calendar has."""
    now, part = scene.clock.now, said.rhythm.part
    clocks = tuple(_in_part(clock, part) for clock in said.clocks)
    if not clocks and part:
        clocks = (time(USUAL_HOURS[part][2]),)
    try:
        rule = _rule(limited(said, now.date()), scene.clock)
        begins = _checked(_begins(said, clocks, now))
    except (Invalid, OverflowError, ValueError):
        return None
    span = (scene.words.spans[said.begin][0], scene.offset(said.end))
    return Reading(
        span=span,
        text=scene.text[slice(*span)],
        kind="recurrence",
        grain="minute" if clocks else "day",
        start=begins,
        rule=rule,
        clock=clocks[0] if clocks else None,
        clocks=clocks,
        weight=0.95,
        seconds=said.seconds,
        bound="from" if said.start else None,
        recurs_from=said.recurs_from,
    )


def _rule(rhythm: Rhythm, clock: Clock) -> str:
    """The rule; where weeks are left out and it falls on several days of a week, a week is the person's."""
    if rhythm.freq not in FOLLOWED:
        return rhythm.rule
    is_of_their_week = rhythm.freq == "WEEKLY" and rhythm.interval > 1 and len(rhythm.days) > 1 and clock.week_start
    return checked_rule(f"{rhythm.rule};WKST={WEEKDAYS[clock.week_start]}" if is_of_their_week else rhythm.rule)


def _begins(said: Said, clocks: tuple[time, ...], now: datetime) -> date | datetime | None:
    """The first occurrence from now on; None for minutes and seconds, which nothing here follows."""
    if said.rhythm.freq == "HOURLY":
        return _begins_at(clocks[0], said.start, now) if clocks else first_hour(said.rhythm.rule, now).instant
    if not said.rhythm.is_of_days:
        return None
    has_passed = bool(clocks) and clocks[0] <= now.time()
    first = _first_day(said.rhythm, said.start, now.date() + timedelta(days=has_passed))
    return datetime.combine(first, clocks[0], now.tzinfo) if clocks else first


def _checked(begins: date | datetime | None) -> date | datetime | None:
    """Raises `Invalid` for a year that nothing can be due in."""
    if begins is not None:
        Due.of(begins)
    return begins


def _begins_at(clock: time, start: date | None, now: datetime) -> datetime:
    """The next moment with this time of day, or the one of the first day."""
    has_passed = start is None and clock <= now.time()
    return datetime.combine((start or now.date()) + timedelta(days=has_passed), clock, now.tzinfo)


def _first_day(rhythm: Rhythm, start: date | None, earliest: date) -> date:
    """The first day it allows; that of months without days is the first of the next of them."""
    if rhythm.freq == "YEARLY" and rhythm.months and not rhythm.has_days and start is None:
        rhythm = replace(rhythm, month_days=(1,))
    return first_on_or_after(rhythm.rule, start or earliest)


def _in_part(clock: time, part: str | None) -> time:
    """ "every evening at 8" is 20:00, "every morning at 6" is 6:00, "every night at 2" is 2:00."""
    hour = clock.hour
    match part:
        case "night" if NOON <= hour < EVENING:
            return clock.replace(hour=hour - NOON)
        case "night" if hour < DAWN:
            return clock
        case None:
            return clock
        case _ if (part == "morning") == (hour < NOON):
            return clock
        case _:
            return clock.replace(hour=(hour + NOON) % 24)
