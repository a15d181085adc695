"""Fields of tasks in orders: which of them a sentence changes, adds to, or empties."""

import re
from dataclasses import replace
from typing import Any

from domain.people import Clock
from language.lines.priorities import LEVELS
from language.patterns import Found, Patterns, Wording
from language.readings import Reading
from language.recurrence import read_rule
from language.request import Request
from language.requests.frames import NUMBERED, TASK, points, tight
from language.requests.new_tasks import created
from language.requests.targets import target
from language.when import read

FIELDS = {
    "due date": "due",
    "deadline": "due",
    "date": "due",
    "due time": "due",
    "time": "due",
    "repetition": "recurrence",
}
FIELDS |= {
    "label": "tags",
    "labels": "tags",
    "tag": "tags",
    "description": "body",
    "details": "body",
    "reminder": "remind",
}
FIELDS |= {name: name for name in ("due", "recurrence", "priority", "tags", "project", "duration", "body")}
PARTS = {
    "what": r"(?P<what>.+?)",
    "value": r"[\"'“]?(?P<value>.+?)[\"'”]?",
    "rank": rf"(?P<value>[1-4]|{'|'.join(sorted(LEVELS, key=len, reverse=True))})(?:[\s-]+(?:priority|prio))?",
    "level": rf"(?P<value>{'|'.join(sorted(LEVELS, key=len, reverse=True))})(?:[\s-]+(?:priority|prio))?",
    "tags": r"[\"'“]?(?P<value>#?[\w/-]+(?:(?:\s*,\s*|\s+and\s+|\s+)#?[\w/-]+)*?)[\"'”]?",
    "field": rf"(?P<value>{'|'.join(sorted(FIELDS, key=len, reverse=True))})",
    "length": r"(?P<value>(?:about |around )?(?:\d|an?\b|one|two|three|four|five|half|ten|fifteen|twenty|thirty).*?)",
    "tag": r"(?:tags?|labels?)",
}
# Tried in this order; `+` adds to what is there, `-` takes away from it.
WORDINGS = (
    (
        "clear",
        r"(?:remove|clear|delete|drop|unset|erase|take|get rid of) (?:the |its |any )?{field} (?:from|of|on|for|"
        r"off) {what}",
    ),
    ("clear", r"(?:remove|clear|delete|drop|unset|erase) (?P<what>(?:its|their|(?:the|my) .+?'s)) {field}"),
    ("duration", r"give {what} {length}"),
    (
        "project",
        r"(?:put|add|move) (?P<what>it|this|that|them|those|these|both) (?:to|in|into|under|on) (?:the |my )?"
        r"{value} (?:project|list)",
    ),
    ("no due", r"(?:there's |there is )?no (?:due date|deadline|date) (?:for|on) {what}(?: any ?more)?"),
    ("no due", r"{what} (?:has|needs|have) no (?:due date|deadline|date)(?: any ?more| any longer)?"),
    ("untag", r"(?:untag|remove (?:the|all) (?:tags|labels) (?:from|of)) {what}"),
    ("stop", r"(?:stop|don't|do not|no longer) (?:repeat(?:ing)?|recurring) {what}(?: any ?more)?"),
    ("stop", r"(?:stop|don't let) {what} (?:from )?(?:repeat|recur)(?:ing)?"),
    (
        "stop",
        r"{what} (?:should|shouldn't|does|doesn't|need) (?:not |no longer )?(?:to )?(?:repeat|recur)(?: any "
        r"?more| any longer)?",
    ),
    (
        "stop",
        r"make {what} (?:a )?(?:one[- ]time(?: thing| task)?|one[- ]off|non-?recurring|not (?:repeat|"
        r"recur)(?:ing)?)",
    ),
    ("title", r"(?:rename|retitle) {what} (?:to|as|into) {value}"),
    ("title", r"(?:change|edit|update|set) the (?:title|name) (?:of|for) {what} (?:to|as|into) {value}"),
    ("title", r"change {what}'s (?:title|name) (?:to|into) {value}"),
    ("title", r"(?:call|name) {what} {value} instead"),
    ("title", r"{what} should (?:be called|say|read) {value}"),
    (
        "priority",
        r"(?:set|change|make|update|raise|lower|put|increase|decrease|bump) (?:the )?priority (?:of|for|on) "
        r"{what} (?:up |down )?(?:to|at|as) {rank}",
    ),
    ("priority", r"(?:set|change|make|update) {what}'s priority (?:to )?{rank}"),
    (
        "priority",
        r"(?:set|change|make|put|raise|lower) (?P<what>[\w' -]{{2,60}}?)(?:'s)? priority (?:to |as |at )?{rank}",
    ),
    (
        "priority",
        r"(?:make|mark|set|flag|bump|treat|change|give|update) {what} (?:as |to |a |an |up to |down to |be "
        r")*{level}",
    ),
    (
        "priority",
        r"(?P<what>(?:the|my|that|this|it)\b.*?)(?:'s| is| are| should be| has| gets) (?:an? |really |very |now "
        r")*{level}",
    ),
    (
        "priority",
        r"(?P<what>(?!what|who|when|where|it\b|there)[\w'-]+(?: [\w'-]+){{0,2}}) (?:is|are) (?:an? |really |"
        r"very |now |not )*{level}",
    ),
    ("first", r"(?:prioriti[sz]e|raise the priority of|increase the priority of) {what}"),
    ("last", r"(?:de-?prioriti[sz]e|lower the priority of|decrease the priority of) {what}"),
    ("+tags", r"(?:tag|label) {what} (?:with|as) (?:the )?(?:{tag} )?{tags}"),
    ("+tags", r"(?:tag|label) (?P<what>it|this|that|them|those|these|both) {tags}"),
    ("+tags", r"(?:add|put|attach|apply) (?:the |a )?{tag} {tags} (?:to|on) {what}"),
    ("+tags", r"(?:add|put|attach|apply) (?:the |a )?{tags} {tag} (?:to|on) {what}"),
    ("+tags", r"(?:add|put|attach|apply) (?P<value>#[\w/-]+(?:[\s,]+(?:and )?#[\w/-]+)*) (?:to|on) {what}"),
    ("-tags", r"(?:remove|delete|drop|take) (?:the )?{tag} (?P<value>#?[\w/-]+) (?:from|off) {what}"),
    (
        "-tags",
        r"(?:remove|delete|drop|take) (?:the )?(?P<value>#[\w/-]+|[\w/-]+(?= {tag}))(?: {tag})? (?:from|off) "
        r"{what}",
    ),
    (
        "project",
        r"(?:move|put|file|add|assign|transfer|switch) {what} (?:to|in|into|under|on) (?:the |my )?(?:project "
        r"{value}|@(?P<at>[\w-]+))",
    ),
    (
        "project",
        r"(?:move|file|assign|transfer|switch) {what} (?:to|in|into|under|on) (?:the |my )?{value} "
        r"(?:project|list)",
    ),
    ("project", r"add {what} to (?:the |my )?{value} project"),
    (
        "duration",
        r"(?:set|change|make|update) (?:the )?(?:duration|length|estimate) (?:of|for) {what} (?:to|at|as) "
        r"{length}",
    ),
    (
        "duration",
        r"(?P<what>(?:the|my|that|this|it)\b.*?) (?:takes|will take|should take|needs|lasts|is going to take) "
        r"{length}",
    ),
    ("duration", r"(?:estimate|plan) {what} (?:at|with|for) {length}"),
    (
        "remind",
        r"remind me (?:about |of |for |to )?{what} (?P<value>(?:\d+|an?|one|two|half an?|ten|fifteen|thirty) "
        r"?\w+ (?:before|earlier|in advance|ahead))(?: (?:it|that|hand|the .+))?",
    ),
    (
        "remind",
        r"remind me (?P<value>(?:\d+|an?|one|two|half an?|ten|fifteen|thirty) ?\w+ (?:before|earlier|in advance|"
        r"ahead)) (?:of |hand |for |about )?{what}",
    ),
    (
        "remind",
        r"(?:set|add|put) (?:a |the )?reminder (?:for|on|to) (?P<what>(?:it|that|this|the .+?)) (?:for |at |to "
        r")?{value}",
    ),
    (
        "body",
        r"(?:add|put|write|attach) (?:a |the |some |this )?(?:note|description|comment|details?|text|body) "
        r"(?:to|on|in|for) (?:the task )?{what}\s*:\s*{value}",
    ),
    ("body", r"(?:set|change|update) the (?:description|details?|body|text) of {what} to[\s:]+{value}"),
    (
        "body",
        rf"(?:add|write|put) [\"'“](?P<value>.+?)[\"'”] (?:to|on|in) (?P<what>(?:the|my|that|this) .+? {TASK})",
    ),
    (
        "recurrence",
        r"(?:repeat|make|have|set|change|let) {what} (?:to )?(?:be |a |an )?(?:repeat(?:ing)? |recur(?:ring)? |"
        r"happen )?(?:to )?(?P<value>(?:every|each)\b.+|(?:bi-?)?weekly|daily|monthly|yearly|annually|quarterly|"
        r"weekdays|fortnightly)(?: (?:task|reminder|instead|thing))*",
    ),
    (
        "recurrence",
        r"(?P<what>(?:the|my|that|this|it)\b.*?) (?:repeats|should repeat|recurs|happens|should happen|is) "
        r"(?P<value>(?:every|each)\b.+|(?:bi-?)?weekly|daily|monthly|yearly|annually)",
    ),
)
CHANGES = Patterns(rf"(?s:^{words.format(**PARTS)}$)" for _, words in WORDINGS)
KNOWN = Wording(rf"^(?:the|my|that|this|those|these|our|his|her)\s|\b{TASK}$")
FROM = Wording(r"\bfrom\s*$")
TIMED = ("point", "interval", "open", "time")

WITH_TAG = Wording(
    r"^(?P<words>.+?),?\s+(?:(?:with|and)\s+)?(?:the |a )?(?:tag(?:ged)?|label)(?: as)?:? #?(?P<tag>[\w-]+)[.!]?$"
)


def changed(text: str, clock: Clock) -> Request | None:
    """What a sentence changes of a task but its time: its priority, tags, name, text; None where it does not."""
    if (tagged := WITH_TAG.match(text)) and (order := _changed(tagged["words"], clock)):
        return replace(order, text=text, arguments={**order.arguments, "add_tags": [tagged["tag"]]})
    return _changed(text, clock)


def _changed(text: str, clock: Clock) -> Request | None:
    for place, found in CHANGES.matches(text):
        field, _ = WORDINGS[place]
        if field == "clear" and _is_itself(found):
            continue
        fields = _fields(field, found, clock)
        if fields and ":" not in found["what"] and not names_a_new_thing(found["what"]):
            return update(text, found["what"], fields, clock, sure=bool(KNOWN.search(found["what"])))
    return None


def fields_of(words: str, clock: Clock) -> dict[str, Any]:
    """What a few words alone would change in a task just spoken of: `high priority`, `Friday at 4`, `#home`."""
    if (tagged := WITH_TAG.match(words)) and (others := fields_of(tagged["words"], clock)):
        return {**others, "add_tags": [*others.get("add_tags", ()), tagged["tag"]]}
    said, words = words.strip(" ,.;:!?"), tight(words)
    if level := LEVELS.get(re.sub(r"[\s-]+prio(?:rity)?$|^priority\s+", "", words.lower())):
        return {"priority": level}
    if tags := re.fullmatch(r"(?:#[\w/-]+[\s,]*)+", words):
        return {"add_tags": re.findall(r"[\w/-]+", tags[0])}
    if (rule := read_rule(words, clock)) and not tight(words[: rule.span[0]] + " " + words[rule.span[1] :]):
        return {"recurrence": words}
    readings = [one for one in read(said, clock) if one.kind in (*TIMED, "duration")]
    if not readings or _outside(said, readings):
        return {}
    if re.match(r"due\b", said, re.I) and readings[0].grain in ("week", "month"):
        return {}
    if all(one.kind == "duration" for one in readings):
        return {"duration": said}
    return {"due": said}


def _outside(words: str, readings: list[Reading]) -> str:
    for reading in sorted(readings, key=lambda one: -one.span[0]):
        words = f"{words[: reading.span[0]]} {words[reading.span[1] :]}"
    return tight(words)


def _fields(field: str, found: Found, clock: Clock) -> dict[str, Any] | None:
    value = (found.groupdict().get("value") or found.groupdict().get("at") or "").strip()
    match field:
        case "clear":
            return {"clear": [FIELDS[value.lower()]]}
        case "no due" | "untag":
            return {"clear": ["due" if field == "no due" else "tags"]}
        case "stop":
            return {"clear": ["recurrence"]}
        case "first" | "last":
            return {"priority": 1 if field == "first" else 4}
        case "priority":
            return {"priority": int(value) if value.isdigit() else LEVELS[value.lower()]}
        case "+tags" | "-tags":
            tags = [tag for tag in re.split(r"[\s,]+(?:and\s+)?", value) if tag.lower() not in ("and", "the")]
            return {"add_tags" if field == "+tags" else "remove_tags": [tag.lstrip("#") for tag in tags]}
        case "recurrence":
            return {"recurrence": value} if read_rule(value, clock) else None
        case "duration":
            return {"duration": value} if any(one.kind == "duration" for one in read(value, clock)) else None
    return {field: value} if value else None


def update(text: str, what: str, fields: dict[str, Any], clock: Clock, *, sure: bool = True) -> Request:
    """The change of what is named; not `sure`, the words are a new task where there is none of that name."""
    reference, which = target(FROM.sub("", what.replace("'s", "") if what.endswith("'s") else what), clock)
    request = Request(intent="task_update", text=text, reference=reference, arguments={**fields, **which})
    return request if sure or points(what) or which else or_created(request, text, clock)


def or_created(request: Request, text: str, clock: Clock) -> Request:
    """With what it adds where there is no such task; `task 12` is one of those that are there or none."""
    if NUMBERED.fullmatch(request.reference or ""):
        return request
    made = created(text, clock)
    return Request(**{**request.__dict__, "otherwise": made})


def names_a_new_thing(what: str, *, is_there: bool = False) -> bool:
    """`a meeting` is new; where only what `is_there` can be meant, it is one of those."""
    if is_there and re.match(
        rf"an? (?:\w+ ){{0,2}}(?:{TASK}|alarm|event|meeting|appointment|reservation|booking)\b", what, re.I
    ):
        return False
    return re.match(r"(?:an?|some|new|another|me|up)\b", what, re.I) is not None


def _is_itself(found: Found) -> bool:
    """`delete the reminder for the rent` is about a task; a reminder is cleared of what is called a task."""
    is_reminder = (found.groupdict().get("value") or "").lower() == "reminder"
    return is_reminder and not points(found["what"]) and not re.search(rf"\b{TASK}$", found["what"], re.I)
