"""Requests about habits: starting one, logging what was done, asking how it goes."""

import re
from typing import Any

from domain.people import Clock
from language.recurrence import times_per
from language.request import Request
from language.verbs import ACTIVITIES, lemma_of_past
from language.when import read

UNIT = (
    r"kms?|k|kilomet(?:er|re)s?|miles?|mi|m|met(?:er|re)s?|minutes?|mins?|hours?|hrs?|h|pages?|steps?|reps?|sets?|laps?|"
    r"glass(?:es)?|cups?|lit(?:er|re)s?|l|ml|oz|kg|kilos?|lbs?|pounds?|calories|kcal|words?|chapters?|"
    r"push-?ups?|sit-?ups?|pull-?ups?|squats?|burpees|cigarettes|coffees|beers"
)
MOVES = re.compile(r"(?:push|sit|pull)-?ups?|squats?|burpees", re.I)
AMOUNT = re.compile(rf"(?<![\w.])(?P<value>\d+(?:[.,]\d+)?)\s*(?P<unit>{UNIT})\b(?:\s+of\b)?", re.I)
HABIT_NAMED = re.compile(
    r"^(?:(?:create|add|start|make|new|begin|set up|track)\s+)?(?:an?\s+|the\s+)?(?:new\s+)?habit"
    r"(?:\s+(?:of|to|called|named|for)|\s*:)\s*(?P<name>.+)$"
    r"|^(?:start tracking|track)\s+(?:my\s+)?(?P<tracked>.+?)(?:\s+as a habit)?$",
    re.I,
)
WISH = re.compile(
    r"^(?:i(?:'d| would)? (?:want|like|love|plan|aim|try|am going|wish)|i'm going|my goal is|let me|help me)\s+"
    r"(?:to\s+)?(?P<name>.+)$",
    re.I,
)
OFTEN = re.compile(
    r"\b(?:(?:at least |up to )?(?:\d+\s*(?:x|times)|once|twice|thrice|(?:one|two|three|four|five|six|seven) times)\s*"
    r"(?:a|per|each|every)\s+(?:day|week|month)|"
    r"every (?:single )?(?:day|morning|evening|night|week|month)|daily|weekly|monthly|"
    r"(?:a|per|each) (?:day|week|month))\b",
    re.I,
)
AT_MOST = re.compile(r"\b(?:at most|no more than|not more than|less than|up to|max(?:imum)?)\b\s*", re.I)
AT_LEAST = re.compile(r"\bat least\b\s*", re.I)
HOW = re.compile(
    r"^(?:how(?:'s| is| are| has| have) (?:my |the )?(?P<a>.+?)(?: habits?)?(?: streak)? "
    r"(?:going|doing|coming along|been(?: going)?)|"
    r"how am i doing (?:with|at|on)(?: my| the)? (?P<b>.+?)(?: habit)?|(?:what's|what is|show(?: me)?|how long is) "
    r"(?:my |the )(?P<c>.+?) streak|"
    r"(?:show|list)(?: me)? (?:all )?(?:my )?(?P<all>habits)|(?:what|which|how)(?: are)?(?: my)? (?P<w>habits)\b.*|"
    r"how often (?:did|do|have) i (?P<d>.+?)|"
    r"(?:show|give)(?: me)? (?:the )?insights (?:for|on|about|into) (?:my )?(?P<e>.+?)(?: habit)?)"
    r"(?: (?:today|this (?:week|month|year)|last (?:week|month)|lately|so far|recently))?\s*\??$",
    re.I,
)
PAST = re.compile(
    r"^i(?:'ve| have)?\s+(?:just |already |also |finally )?(?P<verb>[a-z]+)\b\s*(?P<rest>.*)$", re.I | re.S
)
NOT_DONE = re.compile(
    r"^i\s+(?:(?P<skipped>skipped)|(?P<missed>missed)|(?:did not|didn'?t)\s+(?:do\s+)?)\s*(?:my\s+)?(?P<habit>.+)$",
    re.I,
)
LOG = re.compile(r"^(?:log|record|track)\s+(?P<what>.+)$", re.I)
DELETE = re.compile(
    r"^(?:(?:delete|remove|drop|end|archive)\s+(?:my |the )?"
    r"(?:habit\s+(?:of |called )?(?P<after>.+)|(?P<before>.+?)\s+habit)|"
    r"stop tracking\s+(?:my |the )?(?P<tracked>.+))$",
    re.I,
)
RENAME = re.compile(
    r"^rename\s+(?:my |the )?(?:habit\s+(?P<after>.+?)|(?P<before>.+?)\s+habit)\s+(?:to|as)\s+(?P<name>.+)$", re.I
)
WEEKDAY = re.compile(r"^(?:on )?((?:mon|tues|wednes|thurs|fri|satur|sun)day)$", re.I)
SMALL = re.compile(r"^(?:for|of|my|the|a|an|some|about|with|on|at|in)\b\s*|\s*\b(?:for|of|my|on|at|in|about)$", re.I)
PERIODS = {1: "day", 7: "week", 30: "month"}


def request(text: str, clock: Clock) -> Request | None:
    """What a sentence asks of the habits, None where it is not about them."""
    return _changed(text) or _asked(text) or _created(text) or _logged(text, clock)


def _changed(text: str) -> Request | None:
    if found := DELETE.match(text):
        return Request(
            intent="habit_delete", text=text, reference=found["after"] or found["before"] or found["tracked"]
        )
    if found := RENAME.match(text):
        return Request(
            intent="habit_update",
            text=text,
            reference=found["after"] or found["before"],
            arguments={"name": found["name"]},
        )
    return None


def _asked(text: str) -> Request | None:
    found = HOW.match(text)
    if not found:
        return None
    named = next((found[group] for group in "abcde" if found[group]), None)
    if named and re.fullmatch(r"(?:day|week|everything|it|things|you|life)", named, re.I):
        return None
    everything = named is None or re.fullmatch(r"(?:all )?(?:my )?habits?", named, re.I)
    if named is None and not (found["all"] or found["w"]):
        return None
    return Request(intent="habit_insights", text=text, reference=None if everything else named)


def _created(text: str) -> Request | None:
    wish, named = WISH.match(text), HABIT_NAMED.match(text)
    if named:
        name = named["name"] or named["tracked"]
        if named["tracked"] and (
            AMOUNT.search(name) or re.search(r"\b(?:package|parcel|order|today|yesterday)\b", name)
        ):
            return None
    elif wish and OFTEN.search(text):
        name = wish["name"]
    else:
        return None
    return Request(intent="habit_create", text=text, arguments=_habit(name))


def _habit(words: str) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    if (often := times_per(words)) is not None:
        arguments = {"times": often[0], "per": PERIODS.get(often[1], often[1])}
    elif said := OFTEN.search(words):
        arguments = {"times": 1, "per": next((per for per in ("week", "month") if per in said[0].lower()), "day")}
    name = OFTEN.sub(" ", words)
    if amount := AMOUNT.search(name):
        arguments |= {"kind": "numeric", "target": _number(amount["value"]), "unit": amount["unit"].lower()}
        if AT_MOST.search(name):
            arguments["direction"] = "at_most"
        name = AMOUNT.sub(f" {amount['unit']} " if MOVES.fullmatch(amount["unit"]) else " ", name)
    name = AT_LEAST.sub("", AT_MOST.sub("", name))
    return {"name": _tidy(name) or words.strip(), **arguments}


def _logged(text: str, clock: Clock) -> Request | None:
    if found := NOT_DONE.match(text):
        habit, day = _without_time(found["habit"], clock)
        status = "skipped" if found["skipped"] else "missed"
        return Request(intent="habit_log", text=text, reference=_tidy(habit), arguments={"status": status, **day})
    if found := LOG.match(text):
        return _entry(text, "", found["what"], clock)
    found = PAST.match(text)
    verb = lemma_of_past(found["verb"]) if found else None
    if not found or verb not in ACTIVITIES or text.rstrip().endswith("?"):
        return None
    if verb == "read" and not re.search(r"\d|\b(?:today|yesterday|book|morning|night)\b", text):
        return None
    rest = re.sub(r"^out\b\s*", "", found["rest"]) if verb == "work" else found["rest"]
    if verb == "work" and rest == found["rest"]:
        return None
    return _entry(text, "work out" if verb == "work" else verb, rest, clock)


def _entry(text: str, verb: str, rest: str, clock: Clock) -> Request:
    rest, arguments = _without_time(rest, clock)
    amount = AMOUNT.search(rest)
    if amount:
        arguments |= {"value": _number(amount["value"]), "unit": amount["unit"].lower()}
        rest = (
            rest[: amount.start()]
            + (amount["unit"] if MOVES.fullmatch(amount["unit"]) else "")
            + " "
            + rest[amount.end() :]
        )
        if amount["unit"].lower().startswith(("page", "chapter")):
            rest = ""
    if verb == "go":
        rest = re.sub(r"^(?:for|to|on)\s+(?:a|an|the|my)?\s*", "", rest)
    rest = _tidy(rest)
    named = rest if verb in ("do", "go") and rest else f"{verb} {rest}".strip()
    return Request(intent="habit_log", text=text, reference=named, arguments=arguments)


def _without_time(words: str, clock: Clock) -> tuple[str, dict[str, Any]]:
    """The words left without their day, and the day; a bare weekday of something done is the last one."""
    for reading in read(words, clock):
        covers_day = reading.kind in ("point", "interval") and reading.grain in ("day", "daypart", "hour", "minute")
        if covers_day:
            start, end = reading.span
            weekday = WEEKDAY.match(reading.text.strip())
            date = f"last {weekday[1]}" if weekday else reading.text
            return words[:start] + words[end:], {"date": date}
    return words, {}


def _tidy(words: str) -> str:
    words, before = re.sub(r"\s+", " ", words).strip(" .,!:;-"), ""
    while words != before:
        words, before = SMALL.sub("", words).strip(" .,!"), words
    return words


def _number(digits: str) -> float:
    value = float(digits.replace(",", "."))
    return int(value) if value.is_integer() else value
