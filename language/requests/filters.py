"""Filters: what tasks have in common that are meant together ("my urgent tasks", "everything due today")."""

import re
from typing import Any

from domain.people import Clock
from language.lines.priorities import LEVELS
from language.patterns import Wording
from language.readings import Reading
from language.requests.frames import LIST, THING, tight
from language.when import read
from language.words import one_of

PRIORITY = Wording(
    rf"\b(?:(?P<word>{one_of(LEVELS)})[\s-]+prio(?:rity)?|priority (?P<level>[1-4])|p(?P<short>[1-4])|(?:most |"
    rf"really |very )?(?P<bare>urgent|critical|important))\b"
)
OVERDUE = Wording(r"\b(?:over\s?due|past due|past|late|miss(?:ed)?|behind(?: on| with)?)\b")
UNDATED = Wording(r"\b(?:without (?:a |any )?(?:due )?dates?|with no (?:due )?dates?|undated|unscheduled|someday)\b")
UPCOMING = Wording(r"\b(?:upcoming|coming up|next up|up next|ahead of me|later)\b")
FINISHED = Wording(
    r"\b(?:finish(?:ed)?|complete[d]?|done|ticked off|checked off|accomplish(?:ed)?|achieve[d]?|got(?:ten)? done|"
    r"get done|"
    r"got through)\b|\bdid (?:i|we) (?:\w+ )*do\b|\bwhat (?:i|we) did\b"
)
DONE = Wording(r"\b(?:finished|completed|done|closed|ticked off|checked off)\b")
CREATED = Wording(
    r"\b(?:created|added|made|wrote|entered|put in|set up)\b|\bdid (?:i|we) (?:add|create|make|write|enter|set up)\b"
)
OPEN = Wording(
    r"\b(?:open|undone|unfinished|incomplete|remaining|left|pending|outstanding|still|active|not done(?: yet)?)\b"
)
TAG = Wording(
    r"(?<!\w)#(?P<sign>[^\W\d][\w/-]*)|\b(?:tagged|labell?ed)\s+(?:with\s+|as\s+)?[\"'“#]?(?P<word>[\w/-]+)[\"'”]?|"
    r"\bwith\s+(?:the\s+)?(?:tag|label)\s+[\"'“#]?(?P<with>[\w/-]+)[\"'”]?|"
    r"\b(?:the\s+)?[\"'“]?(?P<before>[\w/-]+)[\"'”]?\s+(?:tag|label)\b"
)
PROJECT = Wording(
    r"(?<!\w)@(?P<sign>[^\W\d][\w/-]*)|\b(?:in|of|for|from|on|under)?\s*(?:the\s+|"
    r"my\s+)?project\s+[\"'“]?(?P<after>[\w-]+)[\"'”]?|"
    r"\b(?:in|of|for|from|on|under)\s+(?:the\s+|my\s+)?[\"'“]?(?P<before>(?!(?:to-?do|my|the|your|our|this|that|a|"
    r"task)s?\b)[\w-]+)[\"'”]?\s+(?:project|list)\b"
)
ABOUT = Wording(
    r"\b(?:about|mention(?:ing)?|containing|regarding|concerning|related to|involving|to do with|that (?:say|"
    r"mention|have)|"
    r"called|named|with the words?|with)\s+(?P<words>\S.*)$"
)
WHERE = Wording(
    r"\s+(?:(?:in|on|as) )(?:the |their |its )?(?:title|name|description|text|body)s?(?: (?:or|and) (?:the "
    r")?(?:title|name|description|text|body)s?)*$"
)
EMPTY = frozenset(
    """
    that's who's there's here's a added all also am an and any anything are at back be been booked busy by can check
    coming coming's complete completed contents created currently details did didn't do does done due else else's
    entries entry every everything exactly fall falling falls far find finish finished for from full get give go going
    got gotta had happening has have haven't hear how i i'd i'm i've if in is it item items iterate just know left
    like list look made many me more much my name need next now of on one ones only or other others our out over
    packed pending planned please read recite repeat run rundown say scheduled see set shall should show so some
    something still tell that the them there these they thing things this those through to today's up us view want
    wants was we were what what's whats when where whether which who whole will with would yet you your accomplish
    actually assigned await awaits coming completing doing entire expected exist exists finishing gets handle handled
    important keep lined looking may might must need needed needing needs obligations obligated ought planning
    possibly quickly really require required requires showing sitting stuff supposed upon waiting want wish know let
    tell give display deadline deadlines date dates
    """.split()
)
PERIOD = Wording(
    r"\b(?P<day>today|tomorrow|yesterday|tonight|(?:this|next|last) (?:week|month|weekend)|(?:mon|tues|wednes|thurs|"
    r"fri|satur|sun)day)'s\b"
)
# "before the week is out", "before the end of the week": what is left of it.
ENDING = Wording(
    r"\b(?:before|by|until|till|by the time|within|in the course of|during)\s+(?:the\s+)?(?:(?:end|close|"
    r"course)\s+of\s+)?(?:the|this|my)\s+(?P<unit>week|month)"
    r"(?:\s+(?:is\s+(?:out|over|up|done|through|finished)|ends?|closes|runs\s+out|finishes))?(?!\w)|"
    r"(?<=\s)(?:the\s+)?rest\s+of\s+(?:the|this)\s+(?P<rest>week|month)\b"
)
PLURAL = Wording(
    r"\b(?:tasks|reminders|to-?dos|items|things|stuff|chores|errands|appointments|events|meetings|alarms|deadlines|"
    r"ones|"
    r"everything|anything|all)\b"
)
TIMED = ("point", "interval", "open", "time")


def filters(words: str, clock: Clock) -> tuple[dict[str, Any], str]:
    """The arguments of a search that the words hold, and the content words that are left over."""
    found: dict[str, Any] = {}
    rest = PERIOD.sub(
        lambda found: found["day"], ENDING.sub(lambda ends: f"this {ends['unit'] or ends['rest']}", words)
    )
    rest = _marked(found, rest)
    if (about := ABOUT.search(rest)) and not read(about["words"], clock):
        found["query"] = tight(WHERE.sub("", about["words"]))
        rest = rest[: about.start()]
    if re.search(r"\balarms?\b", rest, re.I):
        found.setdefault("query", "alarm")
    rest = _timed(found, rest, clock)
    rest = CREATED.sub(" ", rest) if "created" in found else rest
    rest = OVERDUE.sub(" ", rest) if "due" in found else _due_in_words(found, rest)
    is_to_do = re.search(r"\b(?:to|must|should|get|be)\b(?:\s\w+){0,3}\s+done\b", words, re.I)
    if "finished" not in found and DONE.search(rest) and not OPEN.search(rest) and not is_to_do:
        found["status"] = "done"
    if re.search(r"\b(?:all|done) and (?:open|done|all)\b|\bopen or done\b", rest, re.I):
        found["status"] = "all"
    return found, left_over(rest)


TENDING = Wording(
    r"\b(?:take care of|deal(?:ing)? with|attend(?:ing)? to|get(?:ting)? (?:around |round )?to|see to|look(?:ing)? "
    r"after|work(?:ing)? on|worry about|tick off|check off|"
    r"hand(?:ing)? in|turn(?:ing)? in)\b"
)


def left_over(words: str) -> str:
    """The words that carry meaning when the frame of a question is gone."""
    words = TENDING.sub(" ", words)
    words = re.sub(rf"\b(?:{LIST}|{THING})\b", " ", OPEN.sub(" ", words), flags=re.I)
    kept = [word for word in re.findall(r"[\w'&/.-]+", words) if word.lower().strip(".'") not in EMPTY]
    return " ".join(kept).strip(" .'")


def common(words: str, clock: Clock) -> dict[str, Any] | None:
    """What several things are named by together: `all overdue tasks`; None where a name or a pronoun is meant."""
    words = PERIOD.sub(lambda found: found["day"], words.strip(" .!?"))
    if re.fullmatch(r"(?:all|each|both|every one)(?: (?:of )?(?:it|them|those|these))?", words, re.I):
        return None
    begins = re.match(r"(?:all|every(?:thing)?|each|any(?:thing)?|whatever)\b", words, re.I)
    if not begins and not PLURAL.search(words):
        return None
    found, left = filters(words, clock)
    if left and "query" not in found and begins and PLURAL.search(words):
        found["query"] = left
        left = ""
    if left or not (found or begins):
        return None
    return found


def _marked(found: dict[str, Any], rest: str) -> str:
    """Tag, project and priority, taken out of the words."""
    for field, pattern in (("tag", TAG), ("project", PROJECT)):
        if match := pattern.search(rest):
            found[field] = next(value for value in match.groupdict().values() if value)
            rest = rest[: match.start()] + " " + rest[match.end() :]
    if match := PRIORITY.search(rest):
        level = match["level"] or match["short"]
        found["priority"] = int(level) if level else LEVELS[(match["word"] or match["bare"]).lower()]
        rest = rest[: match.start()] + " " + rest[match.end() :]
    return rest


def _timed(found: dict[str, Any], rest: str, clock: Clock) -> str:
    """The first words for time, as when it is due, was done or was added."""
    reading = next((one for one in read(rest, clock) if one.kind in TIMED), None)
    if reading is None:
        return rest
    start, end = reading.span
    before = rest[:start]
    name = "due"
    if FINISHED.search(before) and _is_past(reading, rest, clock):
        name = "finished"
    elif CREATED.search(before):
        name = "created"
    found[name] = re.sub(r"^(?:due|for|on|about)\s+", "", reading.text.strip(" ,?."), flags=re.I)
    return before + " " + rest[end:]


AHEAD = Wording(
    r"\b(?:to|must|should|left|needs?|gotta|got to|has to|have to|ought to|shall|will)\b(?:\s+\w+)?\s+(?:do|finish|"
    r"complete|get done|be done|done|be finished|"
    r"be completed|get finished)\b"
)


def _is_past(reading: Reading, rest: str, clock: Clock) -> bool:
    """True where something is asked about that has been: `what did I do today`, not `what do I have to do today`."""
    if AHEAD.search(rest):
        return False
    return bool(re.search(r"\b(?:did|have i|i have|i've|was|were|done|finished|completed|accomplished)\b", rest, re.I))


def _due_in_words(found: dict[str, Any], rest: str) -> str:
    for words, pattern in (("overdue", OVERDUE), ("no date", UNDATED), ("upcoming", UPCOMING)):
        if pattern.search(rest):
            found["due"] = words
            return pattern.sub(" ", rest)
    return rest
