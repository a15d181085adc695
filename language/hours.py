"""Hours: the words for times of day, durations, and distances from now."""

import re
from datetime import datetime, timedelta

from language.atoms import DEAD, Atom, Context, Half, Hour, Pattern, pattern
from language.calendar import grain_of, later, moved
from language.days import follows_well
from language.readings import Grain
from language.words import MONTH, NUMBER, SECONDS, SMALL, UNIT, WEEKDAY, number, one_of, unit

HOUR_WORDS = {word: hour for hour, word in enumerate(SMALL[:13]) if hour}
MINUTE_WORDS = {"five": 5, "ten": 10, "quarter": 15, "a quarter": 15, "twenty": 20, "twenty five": 25, "half": 30}
NAMED = {"noon": 12, "midday": 12, "lunchtime": 12, "midnight": 0}
HALF = r"(?P<half>a\.?\s?m\.?|p\.?\s?m\.?)(?!\w)"
SPOKEN = rf"(?:\d{{1,2}}|{one_of(HOUR_WORDS)})"


def _clock(*hours: Hour, weight: float = 0.9) -> Atom:
    return Atom(role="clock" if len(hours) == 1 else "clocks", hours=hours, grain="minute", weight=weight)


def _hour(text: str, minute: str | None, half: str | None, second: str | None = None) -> Hour:
    """`ValueError` where no clock shows it; a leading zero or an hour above 12 is meant as it stands."""
    hour = HOUR_WORDS.get(text.lower()) or int(text)
    minutes, seconds = int(minute or 0), int(second or 0)
    meridiem: Half = ("am" if half.lower().startswith("a") else "pm") if half else None
    if hour > (12 if meridiem else 24) or minutes > 59 or seconds > 59 or (hour == 24 and minutes):
        raise ValueError("no such time")
    exact = not meridiem and (hour == 0 or hour > 12 or text.startswith("0"))
    return Hour(
        hour=hour % 24,
        minute=minutes,
        second=seconds,
        half=meridiem and ("am" if meridiem == "am" else "pm"),
        exact=exact,
    )


def _with_half(match: re.Match[str], context: Context) -> Atom | None:
    return _clock(_hour(match["hour"], match["minute"], match["half"]), weight=1.0)


def _with_minutes(match: re.Match[str], context: Context) -> Atom | None:
    return _clock(_hour(match["hour"], match["minute"], None, match["second"]))


def _bare(match: re.Match[str], context: Context) -> Atom | None:
    """ "at 3", and as little as "3" where the whole text is a time."""
    digits = match["hour"]
    if match["at"] is None and not (context.alone and match.end() == len(match.string.rstrip())):
        return None
    if match["at"] is None and match.start() == 0 and digits.isdigit() and int(digits) > 24:
        return None
    if not follows_well(match.string, match.end(), verbs=True) and not _follows_day(match):
        return None
    if len(digits) == 4 and digits.isdigit():
        return _military(digits)
    return _clock(_hour(digits, None, None), weight=0.8)


def _military(digits: str) -> Atom:
    hour, minute = int(digits[:2]), int(digits[2:])
    return _clock(Hour(hour=hour, minute=minute, exact=True)) if hour < 24 and minute < 60 else DEAD


def _follows_day(match: re.Match[str]) -> bool:
    before = match.string[: match.start()]
    return re.search(rf"(?:today|tomorrow|tonight|{WEEKDAY}|week)\s*$", before, re.IGNORECASE) is not None


def _oclock(match: re.Match[str], context: Context) -> Atom | None:
    return _clock(_hour(match["hour"], None, match["half"]))


def _named(match: re.Match[str], context: Context) -> Atom | None:
    name = match["name"].lower()
    return _clock(Hour(hour=NAMED[name], exact=True), weight=0.9)


def _spoken(match: re.Match[str], context: Context) -> Atom | None:
    """ "half past six", "quarter to 7", "10 past 3 pm"."""
    words = " ".join(match["minutes"].lower().replace("-", " ").split()).removesuffix(" minutes")
    minutes = MINUTE_WORDS[words] if words in MINUTE_WORDS else int(words)
    at = _hour(match["hour"], None, match["half"])
    if minutes > 59:
        return DEAD
    if match["side"].lower() in ("past", "after"):
        return _clock(Hour(hour=at.hour, minute=minutes, half=at.half, exact=at.exact))
    hour = (at.hour - 1) % 24 if at.exact or at.half else (at.hour - 2) % 12 + 1
    return _clock(Hour(hour=hour, minute=60 - minutes, half=at.half, exact=at.exact))


def _clocks(match: re.Match[str], context: Context) -> Atom | None:
    """ "3-5pm", "from 10 to 11:30", "10:00–11:00"; the second's half is the first's too, unless that runs backwards."""
    sure = match["lead"] or match["half"] or match["half2"] or (match["minute"] and match["minute2"])
    if not sure and not context.alone:
        return None
    if not (match["half2"] or match["minute2"] or follows_well(match.string, match.end(), verbs=True)):
        return None
    end = _hour(match["hour2"], match["minute2"], match["half2"])
    start = _hour(match["hour"], match["minute"], match["half"])
    if start.half is None and end.half and not start.exact:
        runs_backwards = (start.hour % 12, start.minute) >= (end.hour % 12, end.minute)
        other = "am" if end.half == "pm" else "pm"
        start = _hour(match["hour"], match["minute"], other if runs_backwards else end.half)
    return _clock(start, end)


def _part(match: re.Match[str], context: Context) -> Atom | None:
    which, part = " ".join((match["which"] or "").lower().split()), match["part"].lower()
    if which in ("this", "later this", "earlier this", "later in the"):
        return Atom(role="part", part=part, start=context.today, grain="daypart")
    if which == "last":
        return Atom(role="part", part=part, start=context.today - timedelta(days=1), grain="daypart")
    return Atom(role="part", part=part, grain="daypart")


def _tonight(match: re.Match[str], context: Context) -> Atom | None:
    return Atom(role="part", part="night", start=context.today, grain="daypart")


def _now(match: re.Match[str], context: Context) -> Atom | None:
    return Atom(role="moment", start=context.clock.now, grain="second")


def _stamp(match: re.Match[str], context: Context) -> Atom | None:
    """An ISO instant; one with an offset is put on the person's clock."""
    moment = datetime.fromisoformat(match[0].upper().replace(" ", "T"))
    zone = context.clock.now.tzinfo
    moment = moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
    return Atom(role="moment", start=moment, grain="minute", weight=1.0)


def _length(text: str) -> tuple[float, Grain] | None:
    """Seconds and the smallest unit of "an hour and a half", "2h 30m", "one and a half hours"."""
    total, smallest = 0.0, "year"
    order = ("second", "minute", "hour", "day", "week", "fortnight", "month", "quarter", "year")
    for found in PIECE.finditer(text):
        name = unit(found["unit"])
        total += (number(found["amount"]) + (0.5 if found["half"] or found["half2"] else 0.0)) * SECONDS[name]
        smallest = min(smallest, name, key=order.index)
    if total <= 0 or total > 1e9:
        return None
    if smallest == "hour" and total % 3600:
        smallest = "minute"
    return total, grain_of(smallest)


def _duration(match: re.Match[str], context: Context) -> Atom | None:
    length = _length(match["length"])
    is_idiom = re.match(r"an?\s+(?!half|couple|few)\w+$", match[0], re.IGNORECASE)
    if is_idiom and not context.alone:
        return None
    if length is None:
        return DEAD
    return Atom(role="duration", seconds=round(length[0]), grain=length[1], weight=0.8)


def _from_now(match: re.Match[str], context: Context) -> Atom | None:
    """ "in 3 days", "two hours from now", "3 weeks ago"; whole days and longer land on a day."""
    length = _length(match["length"])
    if length is None:
        return DEAD
    sign = -1 if (match["after"] or "").lower() in ("ago", "earlier") else 1
    pieces = [(number(piece["amount"]), unit(piece["unit"])) for piece in PIECE.finditer(match["length"])]
    if length[1] in ("second", "minute", "hour"):
        return Atom(role="moment", start=later(context.clock.now, sign * length[0]), grain=length[1])
    halves = 0.5 if re.search(r"\band\s+a\s+half\b", match["length"].lower()) else 0.0
    day = context.today
    for index, (amount, name) in enumerate(pieces):
        day = moved(day, sign * (amount + (halves if index == 0 else 0.0)), name)
    return Atom(role="day", start=day, end=day + timedelta(days=1), fixed=True)


def _within(match: re.Match[str], context: Context) -> Atom | None:
    length = _length(match["length"])
    if length is None:
        return DEAD
    return Atom(role="window", start=context.clock.now, end=later(context.clock.now, length[0]), grain="minute")


def _shift(match: re.Match[str], context: Context) -> Atom | None:
    sign = -1 if match["side"].lower() == "before" else 1
    return Atom(role="shift", shift=(sign * number(match["amount"]), unit(match["unit"])))


PIECE = re.compile(
    rf"(?P<amount>{NUMBER})(?P<half>\s+and\s+a\s+half)?\s*(?P<unit>{UNIT}|h|m|d|w)(?![a-z])(?P<half2>\s+and\s+a\s+half)?",
    re.IGNORECASE,
)
ONE = rf"{NUMBER}(?:\s+and\s+a\s+half)?\s*{UNIT}(?![a-z])(?:\s+and\s+a\s+half)?"
LENGTH = rf"(?P<length>(?:{ONE}|\d{{1,4}}(?:\.\d)?h)(?:(?:\s*,\s*|\s+and\s+|\s+|)(?:{ONE}|\d{{1,3}}m(?![a-z])))*)"
FOR = r"(?:(?:for|takes|lasts|lasting)\s+)(?:about\s+|around\s+|approximately\s+|at\s+least\s+)?"
HOURS: tuple[Pattern, ...] = (
    pattern(rf"(?P<hour>\d{{1,2}})(?:[:.](?P<minute>\d\d))?\s*{HALF}", _with_half),
    pattern(rf"(?P<hour>{one_of(HOUR_WORDS)})\s*(?P<minute>(?!))?{HALF}", _with_half),
    pattern(r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?:\s*h)?", _with_minutes),
    pattern(r"(?P<hour>[01]?\d|2[0-4])h(?P<minute>[0-5]\d)(?P<second>(?!))?", _with_minutes),
    pattern(
        rf"(?:(?P<at>@|(?:at|around|by|before|after|until|till|from|since)(?=\s))\s*)?(?P<hour>\d{{4}}|{SPOKEN})(?![:.h]\d)",
        _bare,
    ),
    pattern(rf"(?P<hour>{SPOKEN})\s*o['’]?clock(?:\s*{HALF})?", _oclock),
    pattern(rf"(?:12\s+|twelve\s+)?(?P<name>{one_of(NAMED)})", _named),
    pattern(
        rf"(?P<minutes>(?:{one_of(MINUTE_WORDS)}|\d\d?)(?:\s+minutes)?)\s+(?P<side>past|after|to|before|till)\s+(?P<hour>{SPOKEN})(?:\s*{HALF})?",
        _spoken,
    ),
    pattern(
        rf"(?P<lead>from\s+|between\s+|at\s+)?(?P<hour>{SPOKEN})(?::(?P<minute>\d\d))?(?:\s*{HALF})?\s*(?:-|–|—|to|until|till|and)\s*"
        rf"(?P<hour2>{SPOKEN})(?::(?P<minute2>\d\d))?(?:\s*{HALF.replace('half', 'half2')})?",
        _clocks,
    ),
    pattern(
        r"(?:(?P<which>later\s+this|earlier\s+this|later\s+in\s+the|this|last|in\s+the|at)\s+)?(?P<part>morning|afternoon|evening|night)",
        _part,
    ),
    pattern(r"tonight|tonite", _tonight),
    pattern(r"(?:right\s+)?now|immediately|asap", _now),
    pattern(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?", _stamp),
    pattern(rf"(?:{FOR})?{LENGTH}(?:\s+long)?", _duration),
    pattern(r"for\s+(?P<length>\d{1,3}\s?m)", _duration),
    pattern(rf"in\s+(?:about\s+|around\s+|exactly\s+)?(?:the\s+)?{LENGTH}(?P<after>(?!))?(?:\s+time)?", _from_now),
    pattern(rf"{LENGTH}\s+(?P<after>ago|earlier|from\s+now|from\s+today|hence|later)", _from_now),
    pattern(rf"(?:within|(?:in\s+)?the\s+next)\s+(?:the\s+next\s+)?(?P<length>{NUMBER}\s+(?:minute|hour)s?)", _within),
    pattern(
        rf"(?P<amount>{NUMBER})\s+(?P<unit>day|week|month|year)s?\s+(?P<side>from|after|before)"
        rf"(?=\s+(?:the\s+)?(?:today|tomorrow|yesterday|next|this|\d|{WEEKDAY}|{MONTH}|christmas|easter))",
        _shift,
    ),
)
