"""Lexicon: the English words of time, by the classes that the grammar speaks of."""

from typing import Any

from language.words import MONTHS, ORDINALS, SMALL, VERBS, WEEKDAYS

Classes = dict[str, Any]

PARTS = {"morning": (6, 12, 9), "afternoon": (12, 18, 15), "evening": (18, 22, 19), "night": (20, 24, 20)}
NAMED_DAYS = {
    **dict.fromkeys(("today", "tod", "tdy", "2day"), 0),
    **dict.fromkeys(("tomorrow", "tommorow", "tommorrow", "2moro", "2morrow"), 1),
    **dict.fromkeys(("tom", "tmr", "tmrw", "tmrow", "tomo", "tmw"), 1),
    **dict.fromkeys(("yesterday", "yday", "yest", "ystdy"), -1),
    **{"overmorrow": 2, "ereyesterday": -2},
}
NAMED_HOURS = {
    **dict.fromkeys(("noon", "midday", "noontime", "lunchtime", "noonish"), 12),
    **{"midnight": 0, "dawn": 5, "sunrise": 6, "daybreak": 5, "dusk": 18, "sunset": 18, "sundown": 18},
}
ENDS = {
    **dict.fromkeys(("eod", "cob", "coby"), "day"),
    **{"eow": "week", "eom": "month", "eoq": "quarter", "eoy": "year"},
}
STARTS = {"bom": "month", "boq": "quarter", "boy": "year", "bow": "week"}
UNITS = {
    **dict.fromkeys(("seconds", "second", "secs", "sec"), "second"),
    **dict.fromkeys(("minutes", "minute", "mins", "min", "minuts"), "minute"),
    **dict.fromkeys(("hours", "hour", "hrs", "hr"), "hour"),
    **dict.fromkeys(("days", "day"), "day"),
    **dict.fromkeys(("nights", "night"), "night"),
    **dict.fromkeys(("weeks", "week", "wks", "wk"), "week"),
    **dict.fromkeys(("weekends", "weekend", "wkend"), "weekend"),
    **dict.fromkeys(("fortnights", "fortnight"), "fortnight"),
    **dict.fromkeys(("months", "month", "mos", "mth", "mths"), "month"),
    **dict.fromkeys(("quarters", "quarter", "qtr", "qtrs"), "quarter"),
    **dict.fromkeys(("years", "year", "yrs", "yr"), "year"),
    **dict.fromkeys(("decades", "decade"), "decade"),
    **dict.fromkeys(("centuries", "century"), "century"),
}
SHORT_UNITS = {"s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week", "y": "year", "mo": "month"}
WHICH = {
    **{"this": "this", "current": "this", "present": "this", "next": "next", "following": "next"},
    **dict.fromkeys(("coming", "upcoming", "forthcoming"), "coming"),
    **{"last": "last", "previous": "last", "prev": "last", "past": "past", "preceding": "last"},
}
SEASONS = {"spring": 0, "summer": 1, "autumn": 2, "fall": 2, "winter": 3}
ZONES = {
    **{"utc": "UTC", "gmt": "UTC", "zulu": "UTC"},
    **dict.fromkeys(("est", "edt", "et", "eastern"), "America/New_York"),
    **dict.fromkeys(("cst", "cdt", "ct", "central"), "America/Chicago"),
    **dict.fromkeys(("mst", "mdt", "mt", "mountain"), "America/Denver"),
    **dict.fromkeys(("pst", "pdt", "pt", "pacific"), "America/Los_Angeles"),
    **dict.fromkeys(("cet", "cest", "mez", "mesz"), "Europe/Berlin"),
    **dict.fromkeys(("eet", "eest"), "Europe/Athens"),
    **{"bst": "Europe/London", "wet": "Europe/Lisbon", "msk": "Europe/Moscow"},
    **{"jst": "Asia/Tokyo", "kst": "Asia/Seoul", "hkt": "Asia/Hong_Kong", "sgt": "Asia/Singapore"},
    **{"ist": "Asia/Kolkata", "nzst": "Pacific/Auckland", "nzdt": "Pacific/Auckland", "hst": "Pacific/Honolulu"},
    **dict.fromkeys(("aest", "aedt"), "Australia/Sydney"),
    **{"akst": "America/Anchorage", "akdt": "America/Anchorage", "brt": "America/Sao_Paulo"},
}
SMALL_NUMBERS = {word: number for number, word in enumerate(SMALL)}
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80}
TENS |= {"ninety": 90}
FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75}
# Words that are something else unless they have company.
WEAK = frozenset("may march mar dec sun sat mon wed fall spring second sec min tom boy bow mos mo lent".split())
# After these words a number before them counts nothing.
PLAIN_WORDS = frozenset(
    """
    a about after alright and any are around as at be because before but by can come do due each every exactly for from
    has have he her his how i if in is it its just let may me more my not of off ok okay on once onward onwards or our
    please pls prompt sharp she should so sometime somewhere sync than thanks that the their them then there they
    this through thru thx till to today together tomorrow until up us was we were what when where while who will
    with within without would you your ish latest earliest late early later earlier very
    """.split()
)
LONG_WORDS = (
    *("tuesday", "wednesday", "thursday", "saturday", "tomorrow", "yesterday", "tonight", "afternoon", "evening"),
    *("january", "february", "september", "october", "november", "december", "morning", "fortnight", "midnight"),
)


def _misspelt() -> dict[str, str]:
    """What comes of a long word by one letter left out, doubled, or swapped with its neighbour."""
    wrong: dict[str, str] = {}
    for word in LONG_WORDS:
        for at in range(1, len(word)):
            before, letter, rest = word[:at], word[at], word[at + 1 :]
            swapped = f"{before}{rest[0]}{letter}{rest[1:]}" if rest else word
            for made in (before + rest, f"{before}{letter}{letter}{rest}", swapped):
                wrong.setdefault(made, word)
    return wrong


def _classes() -> dict[str, Classes]:
    words: dict[str, Classes] = {}
    tables: tuple[tuple[str, dict[str, Any]], ...] = (
        *(("month", MONTHS), ("weekday", WEEKDAYS), ("named", NAMED_DAYS), ("hourname", NAMED_HOURS)),
        *(("unit", UNITS), ("short", SHORT_UNITS), ("which", WHICH), ("season", SEASONS), ("zone", ZONES)),
        *(("nth", ORDINALS), ("ends", ENDS), ("starts", STARTS), ("fraction", FRACTIONS)),
        ("strong_month", {word: month for word, month in MONTHS.items() if word not in WEAK}),
        ("plural", {word: unit for word, unit in UNITS.items() if word.endswith("s")}),
        ("part", {name: name for name in PARTS}),
        ("tonight", dict.fromkeys(("tonight", "tonite", "tnite", "2nite"), "night")),
        ("weekdays", {f"{name}s": day for name, day in WEEKDAYS.items() if not name.endswith("s")}),
        ("parts", {f"{name}s": name for name in PARTS}),
    )
    for name, table in tables:
        for word, value in table.items():
            words.setdefault(word, {})[name] = value
    for wrong, word in MISSPELT.items():
        words.setdefault(wrong, words[word])
    return words


MISSPELT = _misspelt()
WORDS = _classes()


def counts(word: str) -> bool:
    """True where a number before this word would count it: no word of time, no function word and no verb."""
    return word not in PLAIN_WORDS and word not in VERBS
