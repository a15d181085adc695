"""Goals of habits in words: how often in which period, and how much of what."""

import re
from dataclasses import dataclass

from language.patterns import Found, Wording, begun_anew

UNITS = (
    r"kms?|k|kilomet(?:er|re)s?|miles?|mi|m|met(?:er|re)s?|minutes?|mins?|hours?|hrs?|h|pages?|steps?|reps?|sets?|"
    r"laps?|"
    r"glass(?:es)?|cups?|bottles?|lit(?:er|re)s?|l|ml|oz|grams?|g|kg|kilos?|lbs?|pounds?|calories|kcal|words?|"
    r"chapters?|lessons?|"
    r"push-?\s?ups?|sit-?\s?ups?|pull-?\s?ups?|squats?|burpees|cigarettes?|coffees?|beers?|drinks?|portions?|"
    r"servings?|pieces?"
)
MOVES = Wording(r"(?:push|sit|pull)-?\s?ups?|squats?|burpees|cigarettes?|coffees?|beers?|drinks?")
NUMBERS = {
    **{word: number for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
    )},
    **{"twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45, "fifty": 50, "sixty": 60, "ninety": 90},
    "hundred": 100,
    **{"once": 1, "twice": 2, "thrice": 3, "an": 1, "a": 1, "half an": 0.5, "a couple of": 2, "a few": 3},
}  # fmt: skip
NUMBER = rf"(?:\d+(?:[.,]\d+)?|{'|'.join(sorted(map(re.escape, NUMBERS), key=len, reverse=True))})"
SIGN = r"(?:(?:(?<!\S)[-−]|\bminus\s+)(?=\d))"
"""Only right before a number, and behind a blank: not in "7-8 km" and "log - 5 km"."""
AMOUNT = Wording(
    rf"(?<![\w.])(?:\d+[-–])?(?P<value>{SIGN}?{NUMBER})(?:(?<=\d)\s*-?\s*|\s*-\s*|\s+)(?P<unit>{UNITS})\b(?:\s+of\b)?"
)
ALONE = Wording(rf"(?P<value>{SIGN}?\d+(?:[.,]\d+)?)(?=\s*$|\s+(?:today|yesterday|tonight|this|last|on)\b)")
"""A number that says only how much, at the beginning: "5 today" is no hour of a day."""
AT_MOST = Wording(r"\b(?:at most|no more than|not more than|less than|up to|max(?:imum)?|fewer than|under)\b\s*")
AT_LEAST = Wording(r"\b(?:at least|minimum(?: of)?|or more)\b\s*")
PERIODS = r"(?:day|week|month|year|fortnight|\d+ days)"
OFTEN = Wording(
    rf"\b(?:(?:at least |up to |about )?(?:(?P<count>\d+|"
    rf"{'|'.join(word for word in NUMBERS if ' ' not in word and word not in ('a', 'an'))})\s*(?:x|times?|days?)?)"
    rf"\s*(?:a|per|each|every|in a|in the|by(?= week| month| day)|/|(?<=x)\s)\s*(?P<per>{PERIODS})|"
    r"(?P<number>\d+|once|twice|thrice|two|three|four|five|six) ?(?:x|times)? (?P<weekly>daily|weekly|monthly)|"
    r"every (?P<other>other|second|\d+) (?P<unit>days?|weeks?|months?)|(?:every|each) (?:single )?(?P<every>day|"
    r"morning|evening|night|week|month|weekday|weekend)|"
    r"(?P<adverb>daily|nightly|weekly|monthly)|(?:on )?(?P<on>weekdays|weekends)|(?:a|per) (?P<a>day|week|month))\b"
)
DAYS = {"day": 1, "week": 7, "month": 30}
NAMED = {"daily": (1, "day"), "nightly": (1, "day"), "weekly": (1, "week"), "monthly": (1, "month")}
NAMED |= {
    "morning": (1, "day"),
    "evening": (1, "day"),
    "night": (1, "day"),
    "weekday": (5, "week"),
    "weekdays": (5, "week"),
}
NAMED |= {
    "weekend": (2, "week"),
    "weekends": (2, "week"),
    "day": (1, "day"),
    "week": (1, "week"),
    "month": (1, "month"),
}


SESSIONS = r"sessions?|workouts?|classes|visits?|outings?|lessons?|trips?"
COUNTED = Wording(
    rf"\b(?P<count>{NUMBER}) (?P<what>(?:[a-z-]+ )?(?:{SESSIONS}|(?P<noun>[a-z]+)s)) (?P<per>(?:a|per|each|"
    rf"every)(?: single)? "
    r"(?:day|week|month|fortnight))\b"
)


# "every week I want to run three times"
FIRST_PER = Wording(
    rf"^(?:each|every|per) (?P<per>week|month)\b,?(?P<before> [^,;.]{{2,60}}?) (?P<count>{NUMBER}) (?P<what>times|"
    rf"[a-z]+s)\W*$"
)


@dataclass(frozen=True, kw_only=True)
class Amount:
    """How much of what; `span` is where it stood."""

    value: float
    unit: str
    at_most: bool
    span: tuple[int, int]

    def without(self, words: str) -> str:
        """The words without it; a unit that is itself what is done stays."""
        start, end = self.span
        kept = f"{words[:start]} {self.unit if MOVES.fullmatch(self.unit) else ''} {words[end:]}"
        return AT_LEAST.sub("", AT_MOST.sub("", kept))


def amount_of(words: str) -> Amount | None:
    """`5 km`, `eight glasses of water`."""
    found = AMOUNT.search(words)
    if not found:
        return None
    value = number(found["value"])
    return Amount(value=value, unit=found["unit"].lower(), at_most=AT_MOST.search(words) is not None, span=found.span())


def counted(words: str) -> str:
    """`three runs a week` as `run three times a week`; what is measured in units stays."""
    words = begun_anew(
        FIRST_PER, lambda found: f"{found['before']} {found['count']} {found['what']} a {found['per']}", words
    )

    def said(found: Found) -> str:
        if AMOUNT.fullmatch(f"{found['count']} {found['what']}") or found["what"].lower() in ("times", "days"):
            return found[0]
        what = re.sub(rf"\s*\b(?:{SESSIONS})$", "", found["what"], flags=re.I) or found["what"]
        return f"{what[:-1] if found['noun'] else what} {found['count']} times {found['per']}"

    return COUNTED.sub(said, words)


def often_of(words: str) -> tuple[int, str | int] | None:
    """How many times in which period: `three times a week` is (3, "week")."""
    found = OFTEN.search(words)
    if not found:
        return None
    if found["count"]:
        return int(number(found["count"])), found["per"].lower().removesuffix(" days")
    if found["number"]:
        return int(number(found["number"])), NAMED[found["weekly"].lower()][1]
    if found["other"]:
        step = int(found["other"]) if found["other"].isdigit() else 2
        return 1, step * DAYS[found["unit"].lower().rstrip("s")]
    return NAMED[next(found[name] for name in ("every", "adverb", "on", "a") if found[name]).lower()]


def without_often(words: str) -> str:
    """The words without how often."""
    return OFTEN.sub(" ", words)


def number(words: str) -> float:
    """Digits, perhaps below zero, or a number word."""
    words = " ".join(words.lower().replace("−", "-").replace("minus", "-").split()).replace("- ", "-")
    value = float(NUMBERS[words]) if words in NUMBERS else float(words.replace(",", "."))
    return int(value) if value.is_integer() else value
