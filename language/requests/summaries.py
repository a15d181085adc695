"""Requests about summaries: how long, of what time, and that their action items become tasks."""

import re
from dataclasses import replace

from domain.people import Clock
from language.digests import COUNTED
from language.patterns import Wording
from language.request import Request
from language.requests import notes
from language.when import read

SUMMARY = r"(?:summary|overview|recap|digest|version|rundown|synopsis)"
MANNER = (
    r"(?:very short|short|brief|quick|concise|compact|long|detailed|full|thorough|in[- ]depth|comprehensive|"
    r"one[- ]line)"
)
AT_MOST = (
    r"(?:(?:about|around|roughly|at most|up to|under|less than|fewer than|no more than|just|only|"
    r"(?:a )?max(?:imum)?(?: of)?)\s+)?"
)
LENGTHS = (
    re.compile(rf",?\s*\b(?:in|with|within|using|of|to)\s+{AT_MOST}(?P<said>{COUNTED.pattern})", re.IGNORECASE),
    re.compile(rf"(?P<said>{COUNTED.pattern})(?=[\s-]+{SUMMARY})", re.IGNORECASE),
    re.compile(rf"(?P<said>{MANNER})(?=\s+{SUMMARY})", re.IGNORECASE),
    re.compile(
        r",?\s*\b(?:(?:and\s+)?(?:keep|make) it\s+)?(?P<said>brief|(?:very )?briefly|short|concise|detailed|in detail|"
        r"in depth|in a nutshell|in brief|in short|thoroughly|quickly)\W*$",
        re.IGNORECASE,
    ),
    re.compile(r"^(?P<said>(?:very )?briefly|quickly)\s+(?=summ|sum|recap)", re.IGNORECASE),
)
PREPOSITION = r"(?:from|of|in|during|on|over|for|within)"
FROM_WHEN = Wording(
    rf"(?:\b(?:{PREPOSITION}|since|after|before|between)|\b(?:wrote|noted|written|write|made|took|taken)(?:\s+down)?)"
    r"(?:\s+the)?\s*$"
)
BEGINS_SO = Wording(rf"(?:{PREPOSITION}\s+(?:the\s+)?)|(?=(?:since|after|before|between)\b)")
HANGING = Wording(rf"\s*\b{PREPOSITION}(?:\s+the)?\s*$")
WHOSE = Wording(r"['’]s(?=\s+notes?\b)")
ALL_NOTES = Wording(
    r"(?:(?:all|of|my|the|our|these|those|latest|recent|new|notes?|everything|anything|what|stuff|things)\s*)*"
    r"(?:i(?:['’]ve| have)?\s*)?(?:wrote|written|noted|write|took|taken|made)?(?:\s*down)?\W*"
)

LEADS = (
    r"(?:(?:ok|okay|yes|yeah|yep|sure|great|good|nice|please|pls|and|then|now|also|just|can you|could you|would you|"
    r"let's|i want you to|i'd like (?:you )?to)[\s,!.]+)*"
)
THEM = r"(?:(?:all (?:of )?)?(?:those|these|them|it)(?: all)?|both(?: of them)?|all|everything)"
ACTIONS = (
    r"(?:all (?:of )?|both )?(?:the |those |these |its |their |any |my )?(?:\d+ |two |three |four |five |six )?"
    r"(?:action (?:items?|points?)|actions|to-?\s?dos?|next steps?|follow[- ]?ups?|open (?:tasks|items))"
    r"(?: (?:in|from|of|mentioned in) (?:it|that|there|them|the (?:notes?|summary|meeting)))?"
)
LIST = r"(?:tasks?|to-?\s?dos?|reminders?|(?:task |to-?do |todo )?lists?)"
ONTO = rf"(?: ?(?:all )?(?:as|into|to|on|onto|in|among)(?: (?:my|the|our|new|separate|a))* {LIST})"
TAKE = r"(?:add|make|turn|put|create|save|convert|take|set|file|import|move|copy|track|schedule|record|enter)"
TAKES = Wording(
    rf"{LEADS}(?:{TAKE} (?:{ACTIONS}{ONTO}?|{THEM}{ONTO})|"
    rf"(?:add|make|create|set up) (?:me )?(?:new |separate |some )?{LIST} (?:out )?(?:of|from|for|with) "
    rf"(?:{ACTIONS}|{THEM}))"
    r"(?:,? (?:please|pls|too|as well|for me|now|then|thanks))*[.!?\s]*"
)


def takes_actions(text: str) -> bool:
    """True for `add those as tasks`, `turn the action items into tasks`, `make tasks of them`."""
    return TAKES.fullmatch(text.strip()) is not None


def before_taking(text: str) -> str | None:
    """`sum up the note`, of `sum up the note and turn the action items into tasks`; None where nothing is taken."""
    joints = re.finditer(r"\s*(?:,\s*(?:and\s+|then\s+)*|\s(?:and|then)\s+(?:then\s+)?|[.;!]\s+)", text)
    return next((text[: joint.start()] for joint in joints if takes_actions(text[joint.end() :])), None)


def summary_asked(request: Request, clock: Clock) -> Request:
    """The request for a summary with its length and the time of its notes; the words for these are no subject."""
    text, given = request.text, dict[str, str]()
    for pattern in LENGTHS:
        if length := pattern.search(text):
            given["length"] = length["said"].strip()
            text = f"{text[: length.start()]} {text[length.end() :]}"
            break
    for reading in read(WHOSE.sub("  ", text), clock):
        first, last = reading.span
        before, said, behind = text[:first], text[first:last], text[last:]
        is_whose, begins = bool(WHOSE.match(behind)), BEGINS_SO.match(said)
        if reading.kind in ("point", "interval", "open") and (is_whose or begins or FROM_WHEN.search(before)):
            given["written"] = said[begins.end() :] if begins else said
            text = f"{HANGING.sub('', before)} {behind[2:] if is_whose else behind}"
            break
    if not given:
        return request
    plain = " ".join(text.split()).strip(" ,")
    again = notes.request(plain) or notes.summarized(plain)
    found = dict((again if again.intent == request.intent else request).arguments)
    if ALL_NOTES.fullmatch(str(found.get("about", ""))):
        found.pop("about", None)
    return replace(request, arguments={**found, **given})
