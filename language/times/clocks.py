"""Clocks: times of day as people say them, with the zones that go with them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from language.calendar import moved
from language.times.grammar import always, rule
from language.times.lengths import is_clocked, seconds
from language.times.periods import STEPS
from language.times.tokens import Figure
from language.times.values import Context, Half, Hour, Length, Moment

FOUR = (3, 4)


def _hour(hour: int, minute: int = 0, second: int = 0, half: str | None = None, **more: Any) -> Hour | None:
    """None where no clock shows it; 0 and hours above 12 are meant as they stand."""
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second)):
        return None
    if half and (hour > 12 or hour == 0):
        half = None
        more.setdefault("exact", True)
    exact = more.pop("exact", False) or (not half and (hour == 0 or hour > 12))
    days = 1 if hour == 24 else 0
    made: Any = half
    return Hour(hour=hour % 24, minute=minute, second=second, half=made, exact=exact, days=days, **more)


def _hms(context: Context, parts: tuple[int, int, int, int], half: str | None = None) -> Hour | None:
    hour, minute, second, digits = parts
    exact = digits == 2 and hour < 10 and not half
    return _sure(_hour(hour, minute, second, half, exact=exact))


def _sure(hour: Hour | None) -> Hour:
    """Raises `ValueError` for a time that no clock shows."""
    if hour is None:
        raise ValueError("no clock shows that")
    return hour


def _with_half(context: Context, figure: Figure, half: str) -> Hour | None:
    if figure.digits in FOUR or (figure.digits == 0 and figure.value >= 100):
        return _hour(figure.value // 100, figure.value % 100, 0, half)
    return _hour(figure.value, 0, 0, half, weight=0.95) if figure.value <= 23 else None


def _apart(context: Context, figure: Figure, half: str) -> Hour | None:
    """ "5 p m", which needs company, unlike "five p m" and "5:00 p m"."""
    made = _with_half(context, figure, half) if figure.digits in (1, 2) else None
    return made and replace(made, bare=True)


def _dotted(context: Context, parts: tuple[int, int], half: str) -> Hour | None:
    return _hour(*parts, 0, half)


def _bare_dotted(context: Context, parts: tuple[int, int]) -> Hour | None:
    made = _hour(*parts) if parts[0] else None
    return made and replace(made, bare=True, weight=0.6)


def _two(context: Context, hour: Figure, minute: Figure, half: str | None = None) -> Hour | None:
    """ "two forty five", "12 15 pm"."""
    spoken = hour.digits == minute.digits == 0
    said = minute.value >= 10 if minute.digits == 0 else minute.digits == 2
    mixed = spoken != (hour.digits == 0 or minute.digits == 0)
    if not (1 <= hour.value <= 24 and minute.value <= 59 and said) or hour.digits > 2 or mixed:
        return None
    if half is None and (minute.counts or minute.timed):
        return None
    made = _hour(hour.value, minute.value, 0, half)
    return made if half or made is None else replace(made, bare=True, weight=0.7 if spoken else 0.5)


def _oh(context: Context, hour: Figure, minute: Figure, half: str | None) -> Hour | None:
    """ "five oh seven"; a station has such numbers too."""
    made = _hour(hour.value, minute.value, 0, half) if minute.value < 10 and hour.value <= 24 else None
    return made if half or made is None else replace(made, bare=True)


def _with_h(context: Context, hour: Figure, minute: Figure | None = None) -> Hour | None:
    """ "9h30", "15h"; what is less is a length."""
    if hour.digits not in (1, 2) or hour.value < 7 or (minute and minute.digits != 2):
        return None
    return _hour(hour.value, minute.value if minute else 0, exact=True, bare=minute is None)


def _military(context: Context, figure: Figure) -> Hour | None:
    return _hour(figure.value // 100, figure.value % 100, exact=True) if figure.digits == 4 else None


def _four(context: Context, figure: Figure) -> Hour | None:
    """ "1030", "730", "eight hundred": with a leading zero or beyond noon as it stands."""
    is_long = figure.digits in FOUR or (figure.digits == 0 and 100 <= figure.value < 2400)
    if not is_long or figure.counts or figure.timed or 1900 <= figure.value < 2100:
        return None
    if figure.digits == 3 and figure.value % 5 and not context.alone:
        return None
    made = _hour(figure.value // 100, figure.value % 100, exact=figure.digits == 4 and figure.value < 1000)
    return made and replace(made, bare=True, weight=0.6 if figure.digits == 4 else 0.5)


def _bare(context: Context, figure: Figure) -> Hour | None:
    if (
        figure.digits > 2
        or figure.counts
        or figure.timed
        or figure.value > 24
        or (not figure.value and figure.digits != 2)
    ):
        return None
    made = _hour(figure.value)
    return made and replace(made, bare=True, weight=0.7)


def _oclock(context: Context, figure: Figure, half: str | None) -> Hour | None:
    return _hour(figure.value, 0, 0, half) if 1 <= figure.value <= 24 and figure.digits <= 2 else None


def _named(context: Context, hour: int) -> Hour:
    """Noon and midnight need no company, dawn and dusk do."""
    return Hour(hour=hour, exact=True, bare=hour not in (0, 12), named=True)


def _minutes(context: Context, figure: Figure) -> int | None:
    return figure.value if 1 <= figure.value < 60 else None


def _past(context: Context, minutes: int, hour: Hour) -> Hour | None:
    return replace(hour, minute=minutes, bare=False, weight=0.9) if not hour.minute else None


def to_hour(context: Context, minutes: int, hour: Hour) -> Hour | None:
    """So many minutes before the hour."""
    if hour.minute:
        return None
    before = hour.hour - 1
    if hour.half or hour.exact:
        full = hour.hour % 12 + (12 if hour.half == "pm" else 0) if hour.half else hour.hour
        return replace(hour, hour=(full - 1) % 24, minute=60 - minutes, half=None, exact=True, bare=False, weight=0.9)
    return replace(hour, hour=before or 12, minute=60 - minutes, bare=False, weight=0.9)


def _spoken_minutes(context: Context, figure: Figure) -> int | None:
    return figure.value if figure.digits == 0 and figure.value in (5, 10, 20, 25) else None


def beside(context: Context, length: Length, side: str, hour: Hour) -> Hour | None:
    """ "half an hour before noon"."""
    minutes = seconds(length) // 60
    if not is_clocked(length) or minutes >= 720 or not (hour.half or hour.exact):
        return None
    at = hour.hour % 12 + (12 if hour.half == "pm" else 0) if hour.half else hour.hour
    total = (at * 60 + hour.minute + (minutes if side == "after" else -minutes)) % 1440
    return Hour(hour=total // 60, minute=total % 60, exact=True)


def _this_time(context: Context) -> Hour:
    """ "this time tomorrow"."""
    now = context.clock.now
    return Hour(hour=now.hour, minute=now.minute, exact=True, bare=True)


def _same_time(context: Context, which: str, unit: str) -> Moment | None:
    """ "this time next week"."""
    if unit not in ("week", "month", "year"):
        return None
    now = context.clock.now
    return Moment(start=datetime.combine(moved(now.date(), STEPS[which], unit), now.timetz()))


def _half_hour(context: Context, figure: Figure) -> Hour | None:
    """ "half nine" is half past nine; "half 9" needs company."""
    made = _bare(context, figure)
    return made and replace(made, minute=30, bare=figure.digits > 0, weight=0.8) if made and made.hour <= 12 else None


def _of_this_hour(context: Context, minutes: int, side: str) -> Moment:
    """ "at quarter past", without the hour: the next time it is that."""
    at = minutes if side in ("past", "after") else 60 - minutes
    now = context.clock.now
    start = now.replace(minute=at, second=0, microsecond=0)
    return Moment(start=start if start > now else start + timedelta(hours=1), weight=0.7)


def _in_half(context: Context, hour: Hour, half: Half) -> Hour:
    return replace(hour, half=half, bare=False)


def _no_longer_bare(context: Context, hour: Hour) -> Hour:
    return replace(hour, bare=False)


def _in_zone(context: Context, hour: Hour, zone: str) -> Hour:
    return replace(hour, zone=zone, bare=False)


def _offset(context: Context, hour: Hour, sign: str, figure: Figure) -> Hour | None:
    """UTC with hours added; the tz database writes its signs the other way round."""
    hours, minutes = divmod(figure.value, 100) if figure.digits == 4 else (figure.value, 0)
    if hours > 14 or minutes:
        return None
    return replace(hour, zone=f"Etc/GMT{'-' if sign == '+' else '+'}{hours}", bare=False)


def _in_part(context: Context, hour: Hour, part: str) -> Hour | None:
    """ "8 in the evening", "9 in the morning"."""
    if hour.half or (hour.exact and hour.hour > 12):
        return replace(hour, bare=False)
    half: Any = "am" if part == "morning" or (part == "night" and hour.hour in (12, 1, 2, 3, 4)) else "pm"
    return replace(hour, half=half, exact=False, bare=False)


def _stamp(context: Context, text: str) -> Moment:
    """An ISO instant; one with an offset is put on the person's clock."""
    moment = datetime.fromisoformat(text.replace(",", "."))
    zone = context.clock.now.tzinfo
    moment = moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
    return Moment(start=moment.replace(microsecond=0), weight=1.0)


def _now(context: Context) -> Moment:
    return Moment(start=context.clock.now, grain="second")


RULES = (
    rule("moment", "<stamp>", _stamp),
    rule("moment", "right|just|as? of? now", _now),
    rule("moment", "at? the? same|this time <which> <unit>", _same_time),
    rule("moment", "now|rightnow", _now),
    rule("moment", "immediately|asap|atm|straightaway", _now),
    rule("moment", "right|straight away", _now),
    rule("moment", "as soon as possible", _now),
    rule("moment", "at the moment", _now),
    rule("moment", "at the present moment|time", _now),
    rule("moment", "at this moment|time|point", _now),
    rule("moment", "at present moment|time?", _now),
    rule("moment", "at <quarters> {past|after|to|till|before}", _of_this_hour),
    rule("quarters", "a? quarter", always(15)),
    rule("quarters", "half", always(30)),
    rule("minutes", "<quarters>"),
    rule("minutes", "<figure> minutes|minute|mins|min?", _minutes),
    rule("minutes_word", "<figure>", _spoken_minutes),
    rule("firm_clock", "<hms> .? <half>?", _hms),
    rule("firm_clock", "<figure> .? <half>", _with_half),
    rule("firm_clock", "<hourname>", _named),
    rule("near_clock", "<firm_clock>"),
    rule("near_clock", "<figure> & h", _with_h),
    rule("near_clock", "<oclock>"),
    rule("near_clock", "<figure>", _bare),
    rule("oclock", "<figure> o '|’? clock|clocks <half>?", _oclock),
    rule("oclock", "<figure> oclock <half>?", _oclock),
    rule("clock", "<hms> .? <half>?", _hms),
    rule("clock", "<hms> h", _hms),
    rule("clock", "<figure> <apart>", _apart),
    rule("clock", "<figure> .? <half>", _with_half),
    rule("clock", "<hour_dot> <half>", _dotted),
    rule("clock", "<figure> -|.? <figure> <half>", _two),
    rule("clock", "<figure> oh|o <figure> <half>?", _oh),
    rule("clock", "<figure> & h & <figure>", _with_h),
    rule("clock", "<figure> hours|hrs|hour|h", _military),
    rule("clock", "<figure> & h", _with_h),
    rule("clock", "<oclock>"),
    rule("clock", "12|twelve? <hourname>", _named),
    rule("clock", "<minutes> past|after|from <near_clock>", _past),
    rule("clock", "<minutes> to|till|before <near_clock>", to_hour),
    rule("clock", "<quarters> of <near_clock>", to_hour),
    rule("clock", "half <figure>", _half_hour),
    rule("clock", "the? same|this time", _this_time),
    rule("clock", "<length> {before|after} <firm_clock>", beside),
    rule("bare", "<figure> -? <figure>", _two),
    rule("bare", "<hour_dot>", _bare_dotted),
    rule("bare", "<figure>", _four),
    rule("bare", "<figure>", _bare),
    rule("tz", "(? <zone> time|timezone? zone? )?"),
    rule("said", "<clock> <tz>", _in_zone),
    rule("said", "<bare> <tz>", _in_zone),
    rule("said", "<clock> (? utc|gmt {+|-} <figure> h? )?", _offset),
    rule("said", "<clock>"),
    rule("said", "<bare>"),
    rule("hour0", "<said> -? ish|sharp|prompt|exactly|precisely", _no_longer_bare),
    rule("hour0", "<said> on the dot|nose", _no_longer_bare),
    rule("hour0", "<said> in the? early? <part>", _in_part),
    rule("hour0", "<said> at <part>", _in_part),
    rule("hour0", "<said> in the <half>", _in_half),
    rule("hour0", "<said>"),
    rule("about", "about|around|approximately|approx|roughly|exactly|circa|~"),
    rule("at_about", "<about>"),
    rule("at_about", "like|say .?"),
    rule("about", "on the dot"),
    rule("hour", "[about] at? <hour0>", _no_longer_bare),
    rule("hour", "at|@ [at_about]? <hour0>", _no_longer_bare),
    rule("hour", "say .|,? <clock>"),
    rule("hour", "as early|late as <hour0>", _no_longer_bare),
    rule("hour", "<hour0>"),
)
