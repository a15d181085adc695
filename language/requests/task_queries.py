"""Requests that look at tasks: lists of them, how many, when one is due, and the plan of a day."""

import re
from dataclasses import replace
from typing import Any

from domain.people import Clock
from language.patterns import Wording, without
from language.request import Request
from language.requests.filters import filters
from language.requests.frames import LIST, TASK, THING, named
from language.requests.task_fields import fields_of
from language.verbs import TASKS
from language.when import read

PLAN = Wording(
    r"^(?:plan|organi[sz]e|schedule|structure|map)\s+(?:out\s+)?(?:(?:my|the)\s+)?(?P<day>(?:day|today|tomorrow|"
    r"morning|afternoon|evening|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day)(?:'s)?)(?:\s+(?:for me|for\s+)?(?P<for>today|tomorrow|"
    r"(?:on\s+)?\w+day)?)?\s*$"
    r"|^(?:what should i (?:do|work on|focus on|start with|tackle|be (?:doing|working on))(?: first| next)?|what "
    r"does my day look like|how "
    r"(?:does|is|'s)(?: my)? day look(?:ing)?(?: like)?|"
    r"(?:give me |show me )?(?:a |the |my )?(?:daily )?plan (?:for|of)(?: the| my)?(?: day)?|what(?:'s| is) (?:the|"
    r"my) plan(?: for)?(?: the| my)?(?: day)?)"
    r"(?P<asked>\s+.+?|)\s*\??$"
)
WHEN = Wording(
    r"^(?:when|what (?:time|day|date))(?:'s| is| are| was)\s+(?P<a>(?!it\b|the best\b|best\b).+?)(?:\s+(?:due|"
    r"scheduled|happening|planned|supposed to be|again))*\s*\??$|"
    r"^(?:when|what (?:time|day)|by when) (?:do|must|should|am|will) i (?:have to |need to |supposed to |have |got "
    r"to )?(?P<b>.+?)(?: by)?\s*\??$|"
    r"^(?:how long|how many days) (?:until|till|before) (?P<c>.+?)\s*\??$"
)
WHETHER = Wording(
    rf"^(?:is|are) there (?:an? |any |some )?(?P<t>.+?) (?:on|in) (?:my|the) (?:(?:\w+ )?(?:{LIST}))\s*\?*$|"
    rf"^(?:do i have|have i got|i have) (?P<h>.+?) (?:on|in) (?:my|the) (?P<l>(?:\w+ )?(?:{LIST}))\s*\?*$|"
    rf"^(?:did|have) i (?:already |ever )?(?:remember to |forget to )?(?:put|add(?:ed)?|include[d]?|write|written|"
    rf"note[d]?|enter(?:ed)?) (?P<p>.+?) (?:on|to|in|onto) (?:my|the) (?:\w+ )?(?:{LIST}).*?\s*\?*$|"
    rf"^(?:is|are|was) (?P<a>.+?) (?:(?:already |still )?(?:on|in) (?:my|the) (?:{LIST})|(?:done|finished|completed|"
    rf"overdue|due)(?: yet| already)?)\s*\?*$|"
    r"^(?:did|have) i (?:already |ever )?(?:finish(?:ed)?|complete[d]?|do|done|tick(?:ed)? off|check(?:ed)? off) "
    r"(?P<b>(?!on\b|in\b|last\b|this\b|today\b|yesterday\b|anything\b|something\b).+?)(?: yet| already)?\s*\?*$"
)
IS_ON = Wording(
    r"^(?:is|are) (?P<a>(?!there\b|it\b|this\b|that\b|i\b).+?) (?P<when>(?:on|at|due|this|next|today|"
    r"tomorrow)\b.*?)\s*\?*$"
)
DID = Wording(r"^(?:did|have) i (?:already |ever )?(?P<a>[a-z]+ (?:the|my|that|our) .+?)(?: yet| already)?\s*\?+$")
SPOKEN = frozenset({"say", "tell", "write", "note", "mention", "promise", "ask", "discuss", "decide", "read", "learn"})
COUNT = Wording(rf"^(?:how many|what(?:'s| is) the (?:number|count) of|count)\b.*\b(?:{THING})\b")
NEXT = Wording(
    rf"^(?:what(?:'s| is| are|s)?|which|show(?: me)?|tell me(?: what's)?)?\s*(?:(?:is|are) )?(?:my |the )?(?:very "
    rf")?(?:next|upcoming)(?: (?P<kind>up|{THING}|thing to do))?(?: on (?:my|the) (?:{LIST}))?(?: due)?\s*\??$|"
    rf"^when(?:'s| is)(?: my| the) next {THING}\s*\??$|"
    r"^what(?:'s| is|s)? (?:next|up next|coming up)(?: on .*| for me)?\s*\??$"
)
FREE = Wording(
    r"^(?:am i (?:free|available|busy)|do i have (?:any )?(?:free )?(?:time|(?P<length>an? (?:hour|moment)|half an "
    r"hour|\d+ (?:minutes|hours))))(?: for [^?]*?)?(?P<when>(?:\s+(?:on|at|in|this|next|tomorrow|today|tonight|"
    r"later|for|between|after|before)\b[^?]*)?)\s*\?*$"
)
LATEST = Wording(
    rf"^(?:what(?:'s| is| was)|show(?: me)?|which is)?\s*(?:my |the )?(?:last|latest|newest|most recent)(?:ly "
    rf"(?:added|created))? {TASK}"
    r"(?: (?:that )?(?:i|you|we) (?:just )?(?:added|created|made|set|entered))?\s*\??$"
)
OLDEST = Wording(
    rf"^(?:what(?:'s| is| was)|show(?: me)?|which is)?\s*(?:my |the )?(?:oldest|earliest|first) {TASK}"
    rf"(?: (?:that )?(?:i|you|we) (?:ever )?(?:added|created|made|set|entered))?(?: on (?:my|the) (?:{LIST}))?\s*\??$"
)
ASKING = Wording(
    r"^(?:show|list|display|view|(?:read|hear|name|recite|repeat) (?:out |off |me |back )*(?:all |the |my |what)|"
    r"pull up|bring up|search(?: for)?|look up|what|what's|whats|"
    r"which|any|anything|something|"
    r"(?:i (?:want|need|would like) to )?(?:go (?:through|over)|walk me through|review|look (?:at|over|through)|run "
    r"through)|"
    r"(?:do|have|did) i|are there|is there|am i|got any|how does|how's|"
    r"(?:get|give|see|check|find|tell|let me see|look at|go over|open|find out)\s+(?:me|my|all|the|if|whether|what|"
    r"which|out|open|over\s?due|today|on|every)|"
    r"(?:tasks|reminders|to-?dos|appointments|meetings|events|deadlines|alarms|chores|errands|list)\b(?!\s*:)|"
    r"(?:find|search)\s+(?:tasks|reminders|"
    r"to-?dos)|"
    r"my|today's|tomorrow's|(?:this|next) (?:week|month|weekend)'s|\w+day's|all|every(?:thing)?|open|over\s?due|"
    r"urgent|remaining|upcoming|due|completed|finished|"
    r"high|left)\b"
)
BARE = Wording(rf"^(?:show |list )?(?:me )?(?:all )?(?:my |the )?(?:{LIST})\s*\??$")
CHECKED = Wording(
    r"^(?:check|see|confirm|verify|make sure|tell me|find out|look|know|let me know)(?: to see| and see)? (?:if|"
    r"whether|that) (?=.* (?:on|in) (?:my|the) )"
)
IF_NOT = Wording(
    r"^(?P<asked>.+?)[,?]*\s+(?:and |but )?(?:if (?:it(?:'s| is)|they(?:'re| are)|i do|i don't|there)? ?(?:not|"
    r"isn't|aren't)(?: there)?|otherwise)[,]*\s+(?:please |can you |then |go ahead and )*(?:add|put) .*$"
)
ON_WHICH = Wording(r"\s+(?:on|in)$")
WHATS = Wording(r"^what(?:'s| is|s)\s+(?P<when>(?!today\W*$)[^?]+?)\s*\??$")
NARROWING = Wording(r"^(?:show|list|display|view|search|find|look up|which|what|do i have|are there|any|see|my|all)\b")
MANY = Wording(
    rf"\b(?:tasks|reminders|to-?dos|to do(?:s| items?| list)?|items|things|everything|anything|chores|errands|"
    rf"appointments|events|"
    rf"meetings|alarms|deadlines|plans)\b|"
    rf"\b(?:my|the)\s+(?:\w+\s+)?(?:{LIST})\b|\b{TASK}\b|\b(?:my|the|an?|any) (?:\w+ ){{0,3}}(?:alarm|event|meeting|"
    rf"appointment|reservation|booking)\b"
)
PHRASE = Wording(
    r"^what (?:still |else |all )*(?:needs|has|have|must|should|gotta|ought)(?: to)? (?:doing|be done|get done|be "
    r"finished|be completed|get finished|to be done|to get done|finishing|done)\b|"
    r"^what(?:'s| is| are|s)?\s+(?:still |all |else )*(?:due|over\s?due|late|left|pending|open|planned|scheduled|"
    r"tagged|labell?ed|"
    r"happening|going on|coming up|up|on|next|"
    r"to (?:be )?(?:do|done)|outstanding|ahead)\b|"
    r"^what (?:else )?(?:do|must|should|did|have|will|am|can) (?:i|we) (?:still |also |all |actually |already "
    r")*(?:have|need|got|gotten|get|supposed|must|to|finish(?:ed)?|complete[d]?|do|done|doing|"
    r"accomplish(?:ed)?|achieve[d]?|planned|left|tick(?:ed)? off|check(?:ed)? off)\b|"
    r"^(?:is there |do i have |have i got |show me |got |and |what about )?(?:anything|something|nothing|"
    r"everything)\s+(?:that(?:'s| is) |i )?(?:due|over\s?due|late|planned|scheduled|"
    r"to do|left|happening|urgent|important|else|pending|coming up|on|for|at|i)\b|"
    r"^what (?:did )?i (?:add(?:ed)?|create[d]?|finish(?:ed)?|complete[d]?|got done)\b|"
    r"^what (?:haven't|have i not|didn't) i (?:done|finished|completed|do|get to)\b|^how (?:busy|full|booked|"
    r"packed) (?:am i|is my|will i)\b|"
    r"^(?:am i|are we) (?:free|busy|available|late|behind)\b|^do i have (?:any )?(?:anything|something|plans|time|"
    r"much|a lot)\b|"
    r"^(?:due|over\s?due|left|still open|still due)\b[^?]*\??$|^(?:any(?:thing)?|what's) (?:over\s?due|late)\b|^what "
    r"does (?:my|the) .*\blook like|"
    r"^how(?:'s| is| does) (?:my |the )?(?:schedule|calendar|week|tomorrow|today|weekend|agenda)\b"
)


LOOK_OF = Wording(
    r"^(?:how(?:'s| does| is| will)|what(?:'s| does| is| will)) (?:(?:my|the|our|this) (?P<week>week|month)|(?:my |"
    r"the )?(?P<when>(?:next|this|coming) (?:week|month|"
    r"weekend)|weekend|tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)day)(?:'s)?)(?: (?:schedule|agenda|calendar|"
    r"plan))? "
    r"(?:looks?|looking|shaping up|going to look|going to be|be|look)(?: like)?(?: so far| for me| at the moment| "
    r"right now)*\s*\??$"
)
QUESTIONING = Wording(
    r"^(?:what|what's|whats|which|whatever|anything|something|any|is there|are there|is anything|are any|have i "
    r"(?:got|anything)|do i|am i|must i|should i|do we|everything|"
    r"deadlines?|due(?: dates?)?|to-?dos?|tasks|how many|how much)\b"
)


def request(text: str, clock: Clock) -> Request | None:
    """What a sentence asks about tasks, None where it asks something else or nothing."""
    text = without(CHECKED, text)
    if BARE.match(text):
        return _find(text, {})
    if found := PLAN.match(text):
        day = found["for"] or found["asked"] or (found["day"] or "").removesuffix("'s")
        day = re.sub(r"^\s*(?:on|for)\s+|^\s*(?:first|next|now)$", "", day).strip(" ?")
        if not day or day in ("day", "today") or read(day, clock):
            return Request(intent="plan_day", text=text, arguments={} if day in ("", "day") else {"day": day})
    if NEXT.match(text):
        return _find(text, {"due": "upcoming", "limit": 1}, ask="next")
    if LATEST.match(text):
        return _find(text, {"order": "newest", "limit": 1})
    if OLDEST.match(text):
        return _find(text, {"order": "oldest", "limit": 1})
    if text.endswith("?") and fields_of(text.rstrip("? "), clock).keys() == {"due"}:
        return _find(text, filters(text.rstrip("? "), clock)[0])
    if free := FREE.match(text):
        when = filters(free["when"] or "", clock)[0].get("due")
        return _find(text, {"due": when or ("the next hour" if free["length"] else "today")}, ask="free")
    if (whats := WHATS.match(text)) and fields_of(whats["when"], clock).keys() == {"due"}:
        return _find(text, filters(whats["when"], clock)[0])
    return _of_one(text, clock) or _list(text, clock)


def conditional(text: str, clock: Clock) -> Request | None:
    """`do I have soap, else put it on my list`: looked up first, added where it is not there."""
    found = IF_NOT.match(text)
    asked = request(found["asked"].rstrip("?, ") + "?", clock) if found else None
    if not asked or asked.intent != "task_find":
        return None
    name = ON_WHICH.sub("", str(asked.arguments.get("query") or ""))
    project = filters(asked.text, clock)[0].get("project")
    task = {"title": name[:1].upper() + name[1:], **({"project": project} if project else {})}
    made = Request(intent="task_create", text=text, arguments={"tasks": [task]})
    return replace(asked, arguments={**asked.arguments, "ask": "whether"}, otherwise=made) if name else None


def listed(text: str, clock: Clock) -> Request:
    """A list by whatever filters the words hold, for one who knows that a list is asked for."""
    found, left = filters(text.rstrip("? "), clock)
    return _find(text, found if "query" in found or not left else {**found, "query": left})


def _of_one(text: str, clock: Clock) -> Request | None:
    """When one is, or whether it is done: answered from the task itself, else from what the person wrote."""
    otherwise = Request(intent="question", text=text, arguments={"query": text.rstrip("? ")})
    for pattern, ask in ((WHEN, "when"), (IS_ON, "when"), (WHETHER, "whether"), (DID, "whether")):
        found = pattern.match(text)
        if pattern is DID and found and found["a"].split()[0].lower() not in TASKS - SPOKEN:
            continue
        if pattern is IS_ON and found and not read(found["when"], clock):
            continue
        name = named(next((value for value in found.groupdict().values() if value), "")) if found else ""
        if name and not re.match(r"(?:there|anything|everything|i|we|you)\b", name, re.I):
            status = "all" if ask == "whether" else "open"
            asked = _find(text, {"query": name, "status": status}, ask=ask)
            return Request(**{**asked.__dict__, "otherwise": otherwise})
    return None


def _list(text: str, clock: Clock) -> Request | None:
    if look := LOOK_OF.match(text):
        return _find(text, filters(f"this {look['week']}" if look["week"] else look["when"], clock)[0])
    count = COUNT.match(text)
    asking, many, phrase = ASKING.match(text), MANY.search(text), PHRASE.match(text)
    if not count and not phrase and not (asking and many):
        return _open_question(text, clock)
    if count and re.search(r"\b(?:habits?|notes?|glasses|days|times)\b", text, re.I):
        return None
    found, left = filters(without(THROUGH, without(COUNT_WORDS, text.rstrip("? "))), clock)
    if left and "query" not in found:
        most = 8 if CHECKING.match(text) else 4
        if not many or not (NARROWING.match(text) or CHECKING.match(text) or count) or len(left.split()) > most:
            return None
        found["query"] = left
    return _find(text, found, ask="count" if count else None)


def _open_question(text: str, clock: Clock) -> Request | None:
    """`what must I get done this week`: a question of which nothing is left but its time."""
    if not QUESTIONING.match(text):
        return None
    found, left = filters(text.rstrip("? "), clock)
    return _find(text, found) if "due" in found and not left else None


CHECKING = Wording(r"^(?:check|see|find out|look)\b")
THROUGH = Wording(
    r"^(?:(?:run|walk|take|talk) me through|run through|(?:go|look) (?:through|over)|fill me in on|brief me on)\s+"
)
COUNT_WORDS = Wording(r"^(?:how many|what(?:'s| is) the (?:number|count) of|count)\b")


def _find(text: str, arguments: dict[str, Any], *, ask: str | None = None) -> Request:
    return Request(intent="task_find", text=text, arguments={**arguments, **({"ask": ask} if ask else {})})
