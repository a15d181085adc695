"""Rule bounds: the first and the last day of a rule and how many times it is to happen, as they are said beside it."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from language.calendar import day_of, moved, period
from language.patterns import Wording
from language.readings import Reading
from language.rules.lists import days_at, number_at, unit_at
from language.rules.rhythm import Rhythm, in_order
from language.rules.scene import LONG_GRAINS, Said, Scene, begun

DAY = timedelta(days=1)
SECONDS = {"second": 1, "minute": 60, "hour": 3600}
PERIODS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
STEPS = {"HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}
OPENING = frozenset(("starting", "starts", "start", "beginning", "begins", "commencing", "from", "since", "effective"))
CLOSING = frozenset(("until", "till", "til", "through", "thru", "ending", "ends", "end"))
TIMES = ("x", "times", "time", "occurrences", "occurrence", "repetitions", "instances", "sessions")
TO = Wording(r"(?<!\w)(?:to|-|–)(?!\w)")
TO_OR_AT = Wording(r"(?<!\w)(?:to|-|–|at|@)(?!\w)")
MOST = 10_000


def count(said: Said, scene: Scene) -> Said | None:
    """ "for 5 times", "up to 7x", "twice", "for the next 3 fridays"."""
    words, rhythm = scene.words, said.rhythm
    if said.has_end:
        return None
    place = words.skip(said.end, ",", "for", "up", "to", "only", "the", "next", "total", "of", "another", "just")
    found = number_at(words, place) if words.at(place) not in ("a", "an") else None
    if words.at(place) in ("twice", "thrice"):
        times, end = (2 if words.at(place) == "twice" else 3), place + 1
    elif found and 0 < found[0] < MOST:
        times, end = found
        days = days_at(words, end)
        if words.at(end) in TIMES:
            end += 1
        elif days and days[0].is_plural and in_order(days[0].numbers) == rhythm.days:
            end = days[1]
        else:
            return None
    else:
        return None
    is_rate = words.at(end) in ("a", "per", "each", "every") and unit_at(words, end + 1)
    return None if is_rate else replace(said, rhythm=replace(rhythm, count=times), end=end)


def lasting(said: Said, scene: Scene) -> Said | None:
    """ "for 10 days", "for the next month", "for the rest of the year"; "for 30 minutes" is how long each takes."""
    words, rhythm = scene.words, said.rhythm
    begin = words.skip(said.end, ",")
    if words.at(begin) not in ("for", "over", "during", "within") or said.has_end:
        return None
    first = said.start or scene.clock.now.date()
    place = words.skip(begin + 1, "the", "next", "about", "another", "whole", "coming")
    if words.items[place : place + 2] == ("rest", "of"):
        unit = unit_at(words, words.skip(place + 2, "the", "this"))
        last = period(unit[0], first, scene.clock.week_start)[1] - DAY if unit else None
        return replace(said, rhythm=replace(rhythm, until=last), end=unit[1]) if unit else None
    amount = number_at(words, place) or ((1, place) if place > begin + 1 else None)
    unit = unit_at(words, words.skip(amount[1], "more", "full")) if amount else None
    if amount is None or unit is None or not 0 < amount[0] < MOST:
        return None
    if unit[0] in SECONDS and rhythm.freq in STEPS:
        times = amount[0] * SECONDS[unit[0]] // (STEPS[rhythm.freq] * rhythm.interval)
        return replace(said, rhythm=replace(rhythm, count=times), end=unit[1]) if times else None
    if unit[0] in SECONDS:
        return replace(said, seconds=amount[0] * SECONDS[unit[0]], end=unit[1]) if said.seconds is None else None
    return replace(said, lasting=(amount[0], unit[0]), end=unit[1])


def limited(said: Said, today: date) -> Rhythm:
    """Plain days, weeks … said for so many of the same are counted; any other rule ends before that time is over.

    Raises `OverflowError` or `ValueError` where the calendar ends first.
    """
    rhythm = said.rhythm
    if said.lasting is None:
        return rhythm
    amount, unit = said.lasting
    is_plain = rhythm.interval == 1 and not rhythm.has_days and not rhythm.months
    if is_plain and PERIODS.get(rhythm.freq) == unit:
        return replace(rhythm, count=amount)
    return replace(rhythm, until=moved(said.start or today, amount, unit) - DAY)


def closing(said: Said, scene: Scene) -> Said | None:
    """ "until Friday", "ending May 13th", "to december" where a first day was said: the last day it may fall on."""
    words, rhythm = scene.words, said.rhythm
    place = words.skip(said.end, ",", "and", "up", "'", "’", "(")
    lead = words.at(place)
    to = lead in ("to", "-", "–") and bool(said.start or words.at(place - 1) == "up")
    if not (lead in CLOSING or to) or said.has_end:
        return None
    found = scene.reading_at(words.skip(place + 1, "to", "on", "in"), stop=TO_OR_AT, lead="until ")
    last = _last(found[0], said.start, through=to or lead in ("through", "thru")) if found else None
    if found is None or last is None or (found[0].clock and last == scene.daybreak.now.date()):
        return None
    clocks = said.clocks or ((found[0].clock,) if found[0].clock else ())
    return replace(said, rhythm=replace(rhythm, until=last), clocks=clocks, end=found[1])


def _last(reading: Reading, first: date | None, *, through: bool) -> date | None:
    """A month or a year ends a rule where it begins, unless it is to go through it; any other stretch where it ends."""
    if reading.start is None:
        return None
    last = day_of(reading.start)
    if reading.end and (through or reading.grain not in LONG_GRAINS):
        last = day_of(reading.end) - (timedelta() if isinstance(reading.end, datetime) else DAY)
    if first and last < first and reading.grain in ("day", "month"):
        last = moved(last, 1, "year")
    return last


def opening(said: Said, scene: Scene) -> Said | None:
    """ "starting next week", "as of march 3rd", "from 9 May", "starting tomorrow at 9"."""
    found = _opened(scene, scene.words.skip(said.end, ",", "and", "(", "-", "–"))
    grown = begun(said, found[0], scene) if found else None
    return replace(grown, end=found[1]) if found and grown else None


def _opened(scene: Scene, place: int) -> tuple[Reading, int] | None:
    """The first day behind a word for beginning that stands at this place."""
    words = scene.words
    as_of = words.items[place : place + 2] == ("as", "of")
    if words.at(place) not in OPENING and not as_of:
        return None
    return scene.reading_at(words.skip(place + 1 + as_of, "from", "with", "on", "in", "at"), stop=TO, lead="from ")


def spanning(said: Said, scene: Scene) -> Said | None:
    """ "every day this week", "every monday next month": all of a period that has a beginning and an end."""
    rhythm = said.rhythm
    found = scene.reading_at(said.end) if scene.words.at(said.end) in ("this", "next") else None
    if found is None or said.start or said.has_end:
        return None
    reading, end = found
    is_period = reading.kind == "interval" and reading.grain in LONG_GRAINS and reading.start and reading.end
    if not is_period or reading.start is None or reading.end is None:
        return None
    first = max(day_of(reading.start), scene.clock.now.date())
    return replace(said, start=first, rhythm=replace(rhythm, until=day_of(reading.end) - DAY), end=end)


def bare_opening(said: Said, scene: Scene) -> Said | None:
    """A first day that is said without a word for beginning: "every 2 weeks tomorrow at 9"."""
    found = scene.reading_at(said.end)
    if found is None or found[0].kind != "point" or found[0].bound or found[0].grain in LONG_GRAINS:
        return None
    grown = begun(said, found[0], scene)
    return replace(grown, end=found[1]) if grown else None
