"""Days: the words for dates, weeks, months and distances in days."""

import re
from datetime import date, timedelta

from language.atoms import DEAD, Atom, Context, Pattern, pattern
from language.calendar import (
    HOLIDAYS,
    coming,
    day_of_month,
    grain_of,
    holiday,
    in_week,
    moved,
    nearest,
    nth_weekday,
    period,
)
from language.words import MONTH, NUMBER, ORDINAL, ORDINALS, VERBS, WEEKDAY, month, number, one_of, ordinal, weekday

DAY = timedelta(days=1)
YEAR = r"(?:1[89]|2[01])\d\d"
GOES_WELL = re.compile(
    r"\s*(?:$|[.,;:!?)\]#@|]|[-–—]|(?:at|by|from|to|until|till|in|on|for|and|or|then|with|before|after|through|this|next|"
    r"every|morning|afternoon|evening|night|noon|tomorrow|today|tonight|please|of|is|\d|"
    rf"{WEEKDAY}|{MONTH})(?!\w))",
    re.IGNORECASE,
)
NAMED = {
    **dict.fromkeys(("today", "tod"), 0),
    **dict.fromkeys(("tomorrow", "tommorow", "tommorrow", "tomorow", "tmrw", "tmr", "tmrow", "2moro"), 1),
    **dict.fromkeys(("yesterday", "yday"), -1),
    "day after tomorrow": 2,
    "overmorrow": 2,
    "day before yesterday": -2,
}
ENDS = {"eod": "day", "cob": "day", "eow": "week", "eom": "month", "eoq": "quarter", "eoy": "year"}


def one_day(day: date, *, weight: float = 0.9, weekday: bool = False, fixed: bool = False) -> Atom:
    """An atom of one whole day."""
    return Atom(role="day", start=day, end=day + DAY, weight=weight, weekday=weekday, fixed=fixed)


def follows_well(text: str, end: int, *, verbs: bool = False) -> bool:
    """True where what comes next is no noun that the number before would count."""
    if GOES_WELL.match(text, end):
        return True
    word = re.compile(r"\s*([a-z]+)").match(text, end)
    return verbs and word is not None and word[1] in VERBS


def _named(match: re.Match[str], context: Context) -> Atom | None:
    words = " ".join(match[0].lower().split()).removeprefix("the ")
    return one_day(context.today + NAMED[words] * DAY)


def _weekday(match: re.Match[str], context: Context) -> Atom | None:
    which, today = (match["which"] or "").lower(), context.today
    wanted = weekday(match["weekday"])
    if not which and not _is_surely_weekday(match, context):
        return None
    match which.split():
        case []:
            day = coming(wanted, today)
        case ["next"]:
            day = in_week(wanted, today + 7 * DAY, context.clock.week_start)
        case ["last"] | ["past"] | ["this", "past"] | ["previous"]:
            day = coming(wanted, today) - (14 if wanted == today.weekday() else 7) * DAY
            day = day if day < today else day - 7 * DAY
        case ["this"]:
            day = today if wanted == today.weekday() else coming(wanted, today)
        case _:
            day = coming(wanted, today)
    return one_day(day, weekday=True)


def _is_surely_weekday(match: re.Match[str], context: Context) -> bool:
    """Sun, sat, mon and wed are also other things: they need company."""
    if context.alone or match["weekday"].lower() not in ("sun", "sat", "mon", "wed"):
        return True
    before, after = match.string[: match.start()].lower(), match.string[match.end() :]
    if re.search(r"(?:^|\s)(?:on|by|until|till|before|after|from|to|and|due|this|-|,)\s*$", before):
        return True
    if re.match(rf"\.?,?\s*(?:at|@|\d|noon|morning|afternoon|evening|night|{MONTH})", after, re.IGNORECASE):
        return True
    is_capital = match["weekday"][0].isupper()
    if not after.strip(" .!?"):
        return is_capital and not re.search(r"\b(?:the|some|a|of|in)\s+$", before)
    return not before.strip() and (is_capital or re.match(r"\s+[A-Z]", after) is not None)


def _month_day(match: re.Match[str], context: Context) -> Atom | None:
    day = ordinal(match["day"])
    if match["year"]:
        return one_day(date(_year(match["year"]), month(match["month"]), day), fixed=True)
    if not re.search(r"\d(?:st|nd|rd|th)", match[0].lower()) and not follows_well(
        match.string, match.end(), verbs=True
    ):
        return one_day(nearest(month(match["month"]), day, context.clock), fixed=True, weight=0.7)
    return one_day(nearest(month(match["month"]), day, context.clock), fixed=True)


def _days_of_month(match: re.Match[str], context: Context) -> Atom | None:
    first, last = ordinal(match["first"]), ordinal(match["last"])
    if last <= first:
        return DEAD
    if match["year"]:
        start = date(_year(match["year"]), month(match["month"]), first)
    else:
        start = nearest(month(match["month"]), first, context.clock)
    return Atom(role="day", start=start, end=start.replace(day=last) + DAY, fixed=True)


def _year(text: str) -> int:
    digits = text.strip(" ,'’")
    return int(digits) if len(digits) > 2 else 2000 + int(digits)


def _month(match: re.Match[str], context: Context) -> Atom | None:
    which, year = (match["which"] or "").lower(), match["year"]
    wanted = month(match["month"])
    if not which and not year and not context.alone and not _in_front(match, "in|by|until|till|since|of|during|before"):
        return None
    first = date(int(year) if year else context.today.year, wanted, 1)
    if not year and which != "last" and (first < context.today.replace(day=1)):
        first = first.replace(year=first.year + 1)
    if which == "last" and first >= context.today.replace(day=1):
        first = first.replace(year=first.year - 1)
    start, end = period("month", first, 0)
    return Atom(role="day", start=start, end=end, grain="month", fixed=True)


def _in_front(match: re.Match[str], words: str) -> bool:
    before = match.string[max(0, match.start() - 12) : match.start()]
    return re.search(rf"(?:^|\W)(?:{words})\s+(?:the\s+)?$", before, re.IGNORECASE) is not None


def _iso(match: re.Match[str], context: Context) -> Atom | None:
    return one_day(date(int(match["y"]), int(match["m"]), int(match["d"])), weight=1.0, fixed=True)


def _slashes(match: re.Match[str], context: Context) -> Atom | None:
    day_first = context.clock.day_first or match["sep"] == "."
    month_number, day = (int(match[name]) for name in (("b", "a") if day_first else ("a", "b")))
    if month_number > 12 >= day:
        month_number, day = day, month_number
    if match["year"]:
        return one_day(date(_year(match["year"]), month_number, day), fixed=True)
    is_fraction = match[0] in ("1/2", "1/3", "1/4", "2/3", "3/4") and not context.alone
    if match["sep"] != "/" or (is_fraction and not _in_front(match, "on|by|until|due|before|from")):
        return None
    return one_day(nearest(month_number, day, context.clock), fixed=True, weight=0.8)


def _nth(match: re.Match[str], context: Context) -> Atom | None:
    """ "the 25th", "on the second": only where no noun follows."""
    leads = _in_front(match, "on|by|until|till|before|after|from|since|due|than|to")
    has_article = re.search(r"\bthe\s+$", match.string[: match.start()].lower()[-8:]) is not None
    in_words = match["day"].lower().replace(" ", "-") in ORDINALS
    if not context.alone and (
        not follows_well(match.string, match.end()) or not (leads or (has_article and not in_words))
    ):
        return None
    if re.match(r"\s+of\b", match.string[match.end() :]) and not match["of"]:
        return None
    day = ordinal(match["day"])
    if match["of"]:
        base = moved(context.today.replace(day=1), {"next": 1, "last": -1}.get(match["of"].lower(), 0), "month")
        return one_day(base.replace(day=day), fixed=True)
    return one_day(day_of_month(day, context.today), fixed=True, weight=0.8)


def _nth_weekday(match: re.Match[str], context: Context) -> Atom | None:
    place = -1 if match["place"].lower() == "last" else ordinal(match["place"])
    base = context.today.replace(day=1)
    if match["month"]:
        year = int(match["year"]) if match["year"] else context.today.year
        base = date(year, month(match["month"]), 1)
    elif match["of"]:
        base = moved(base, {"next": 1, "last": -1}.get(match["of"].lower(), 0), "month")
    day = nth_weekday(place, weekday(match["weekday"]), base)
    if day < context.today and not match["year"] and (match["of"] or "").lower() not in ("this", "last"):
        base = base.replace(year=base.year + 1) if match["month"] else moved(base, 1, "month")
        day = nth_weekday(place, weekday(match["weekday"]), base)
    return one_day(day, fixed=True)


def _period(match: re.Match[str], context: Context) -> Atom | None:
    which, unit = " ".join(match["which"].lower().split()), match["unit"].lower()
    if unit == "second":
        return None
    steps = {"next": 1, "coming": 1, "upcoming": 1, "following": 1, "last": -1, "past": -1, "previous": -1}.get(
        which, 0
    )
    if unit == "weekend" and which in ("coming", "upcoming"):
        steps = 0
    start, end = period(unit, context.today, context.clock.week_start)
    if steps:
        start, end = period(
            unit, moved(start if unit != "weekend" else context.today, steps, unit), context.clock.week_start
        )
    return Atom(role="day", start=start, end=end, grain=grain_of(unit))


def _periods(match: re.Match[str], context: Context) -> Atom | None:
    """ "the next 3 days" begins today, "the last two weeks" ends with it; "within" is the former."""
    amount, unit = number(match["amount"]), match["unit"].lower()
    if match["which"].lower() in ("last", "past", "previous"):
        return Atom(role="day", start=moved(context.today, -amount, unit), end=context.today + DAY, grain="day")
    return Atom(role="day", start=context.today, end=moved(context.today, amount, unit) + DAY, grain="day")


def _edge(match: re.Match[str], context: Context) -> Atom | None:
    """ "the end of the month", "the beginning of next year", "end of March": a single day, the first or the last."""
    is_end, unit = match["edge"].lower() in ("end", "close", "last day"), (match["unit"] or "").lower()
    if match["month"]:
        year = int(match["year"]) if match["year"] else nearest_month_year(month(match["month"]), context)
        start, end = period("month", date(year, month(match["month"]), 1), 0)
    else:
        steps = {"next": 1, "last": -1}.get((match["which"] or "").lower(), 0)
        if unit in ("business", "work", "day"):
            unit = "day"
        start, end = period(unit, moved(context.today, steps, unit), context.clock.week_start)
        if unit == "week":
            end = in_week(4, start, context.clock.week_start) + DAY if context.today.weekday() < 5 or steps else end
    if match["edge"].lower() in ("middle", "mid"):
        return one_day(start + (end - start) // 2, weight=0.6)
    return one_day(end - DAY if is_end else start)


def nearest_month_year(wanted: int, context: Context) -> int:
    """This year, or the next where that month is over."""
    return context.today.year + (wanted < context.today.month)


def _end(match: re.Match[str], context: Context) -> Atom | None:
    start, end = period(ENDS[match[0].lower()], context.today, context.clock.week_start)
    if match[0].lower() == "eow" and context.today.weekday() < 5:
        end = in_week(4, start, context.clock.week_start) + DAY
    return one_day(end - DAY)


def _holiday(match: re.Match[str], context: Context) -> Atom | None:
    name = " ".join(match["name"].lower().replace("'", "").replace("’", "").split())
    return one_day(holiday(name, int(match["year"]) if match["year"] else None, context.clock), fixed=True, weight=0.8)


def _after_next(match: re.Match[str], context: Context) -> Atom | None:
    unit = match["unit"].lower()
    start, end = period(unit, moved(context.today, 2, unit), context.clock.week_start)
    return Atom(role="day", start=start, end=end, grain=grain_of(unit))


def _in_year(match: re.Match[str], context: Context) -> Atom | None:
    if not context.alone and not _in_front(match, "in|by|until|since|during|of|before"):
        return None
    return Atom(
        role="day", start=date(int(match[0]), 1, 1), end=date(int(match[0]) + 1, 1, 1), grain="year", weight=0.7
    )


LONG = r"(?P<unit>weekend|week|month|quarter|year)"
OPTIONAL_YEAR = rf"(?:,?\s*(?P<year>{YEAR})(?!\s*(?:am|pm|:)))?"
DAY_NUMBER = rf"(?P<day>{ORDINAL}|[0-3]?\d(?![\d:.,]*\d|\s*(?:am|pm|%|hours?|min)\b))"
HOLIDAY = one_of(HOLIDAYS).replace("years", "year['’]?s").replace("valentines", "valentine['’]?s")
DAYS: tuple[Pattern, ...] = (
    pattern(rf"(?:the\s+)?{one_of(NAMED)}", _named),
    pattern(
        rf"(?:(?P<which>this\s+coming|this\s+past|this|next|last|past|previous|coming|upcoming)\s+)?(?P<weekday>{WEEKDAY})\.?",
        _weekday,
    ),
    pattern(rf"(?P<month>{MONTH})\s*(?:the\s+)?{DAY_NUMBER}{OPTIONAL_YEAR}", _month_day),
    pattern(rf"(?:the\s+)?{DAY_NUMBER}\s*(?:of\s+|-)?(?P<month>{MONTH})(?:,?\s*(?P<year>{YEAR}))?", _month_day),
    pattern(
        rf"(?P<month>{MONTH})\s*(?P<first>{ORDINAL}|\d\d?)\s*(?:-|–|to|through)\s*(?P<last>{ORDINAL}|\d\d?){OPTIONAL_YEAR}",
        _days_of_month,
    ),
    pattern(
        rf"(?P<first>{ORDINAL}|\d\d?)\s*(?:-|–|to|through)\s*(?P<last>{ORDINAL}|\d\d?)\s*(?:of\s+)?(?P<month>{MONTH}){OPTIONAL_YEAR}",
        _days_of_month,
    ),
    pattern(rf"(?:(?P<which>this|next|last)\s+)?(?P<month>{MONTH})(?:,?\s+(?:of\s+)?(?P<year>{YEAR}))?", _month),
    pattern(r"(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d\d?)(?P=sep)(?P<d>\d\d?)", _iso),
    pattern(r"(?P<a>\d\d?)(?P<sep>[/.-])(?P<b>\d\d?)(?:(?P=sep)(?P<year>\d{4}|\d\d))?", _slashes),
    pattern(rf"(?P<day>{ORDINAL})(?:\s+(?:day\s+)?of\s+(?P<of>this|next|last|the)\s+month)?", _nth),
    pattern(
        rf"(?P<place>first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th)\s+(?P<weekday>{WEEKDAY})\s+(?:of|in)\s+"
        rf"(?:(?P<of>this|next|last|the)\s+month|(?P<month>{MONTH})(?:,?\s+(?P<year>{YEAR}))?)",
        _nth_weekday,
    ),
    pattern(rf"(?P<which>this|next|last|past|previous|coming|upcoming|following)\s+{LONG}", _period),
    pattern(
        rf"(?:the\s+)?(?P<which>next|last|past|previous|coming|within)\s+(?P<amount>{NUMBER})\s+(?P<unit>day|week|month|year)s?",
        _periods,
    ),
    pattern(
        r"(?:the\s+)?(?P<edge>end|close|beginning|start|middle|mid|last\s+day|first\s+day)(?:\s+of|-)?\s+(?:(?:(?P<which>the|this|next|last)\s+)?"
        rf"(?P<unit>business|work|day|week|month|quarter|year)(?:\s+day)?|(?P<month>{MONTH})(?:,?\s+(?P<year>{YEAR}))?)",
        _edge,
    ),
    pattern(one_of(ENDS), _end),
    pattern(rf"(?P<name>{HOLIDAY}|thanksgiving|easter(?:\s+sunday|\s+monday)?|good\s+friday){OPTIONAL_YEAR}", _holiday),
    pattern(rf"(?:the\s+)?{LONG}\s+after\s+next", _after_next),
    pattern(YEAR, _in_year),
)
