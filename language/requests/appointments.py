"""Appointments: what is asked of alarms, meetings and agenda items by the kind of thing, with or without a name."""

import re

from domain.people import Clock
from language.patterns import Found, Wording
from language.readings import Reading
from language.request import Request
from language.requests.frames import DETERMINER, tight
from language.requests.new_tasks import drafted
from language.requests.said_fields import said_fields
from language.when import read

KIND = (
    r"(?:alarms?|(?:meeting|event|table|room) (?:reservations?|bookings?)|meetings?|events?|appointments?|"
    r"reservations?|bookings?|(?:agenda|calendar|schedule) (?:items?|entry|entries|events?)|agendas?|schedules?|"
    r"calendars?|reminders?|tasks?|to-?dos?|entry|entries)"
)
NEW = r"(?:an?|another|some|one(?: of my| of the| more)?)(?: new)?"
OWN = r"(?:the|my|our|that|this)"
CALLED = (
    r"(?:with|that has|having) (?:the |a )?(?:descriptions?|contents?|titles?|topics?|subjects?|names?|text)|"
    r"called|named|titled|saying|about"
)
IN_QUOTES = r"[\"'“](?P<{}>[^\"”]+)[\"'”]"
NAME = (
    rf"[\s,]*(?:{CALLED})[\s:]+(?:{IN_QUOTES.format('quoted')}|(?P<plain>[^\"“,]+))|"
    rf"[\s,]*(?:for|to|of)\s+{IN_QUOTES.format('bare')}"
)
ADD = Wording(
    rf"^(?:add|create|make|set(?: up)?|schedule|put|enter|book|arrange|reserve|organi[sz]e|plan) {NEW} "
    rf"(?P<kind>{KIND})\b(?P<rest>.*)$",
    re.S,
)
ANOTHER = Wording(
    r"^(?:now |then |and )*(?:set|make|add|create) (?:me )?(?:another |a new )?one (?:for|at) (?P<when>.+?)"
    r"(?: instead| too| as well)?$"
)
ALARMS = Wording(
    r"^(?:set|add|create|make|put)(?: up)? (?:me )?(?:two |three |four |\d+ |some |several )?alarms\b(?P<rest>.+)$"
)
SILENCED = Wording(
    r"^(?:turn off|switch off|disable|deactivate|silence|stop) (?P<what>(?:my|the|that|this) .*alarm.*)$"
)
NAMED_ANEW = Wording(
    r"^(?:change|set|edit|update) (?:the|its) (?:name|title)(?: of it)? to [\"'“]?(?P<name>.+?)[\"'”]?$"
)
BARE = Wording(rf"^{NEW} {KIND}$")
AGENDA = r"(?:agenda|calendar|schedule|list|to-?do list|reminders?|to-?dos?|event|meeting|appointment|task)"
QUOTED = Wording(
    r"^(?:add|put|schedule|enter|create|book) [\"'“](?P<name>[^\"”]+)[\"'”]\s*"
    rf"(?:(?:in|on|into|to|as) (?:my|the|our|an?) (?:new )?{AGENDA})(?P<rest>.*)$",
    re.S,
)
IT = (
    r"(?:(?:add|put|save|schedule|note|enter) (?:it|that|this)|set (?:me )?an? (?:alarm|reminder)(?: for (?:it|that))?)"
)
INTRODUCED = Wording(
    r"^(?:i have(?: to)?|i need to|i've got(?: to)?|we have|there(?:'s| is)) (?:an? |my |the |our )?(?P<what>[^.!?]+?)"
    rf"[.!;,]\s*(?:so |and |please |can you |could you |would you |will you )*{IT}(?: down)?"
    rf"(?: (?:to|in|on|into) (?:my|the) {AGENDA})?(?: for me)?[\s?.!]*$"
)
CHANGED = Wording(r"[\s,;]+(?:and |so that |where )?(?=(?:the|its|my) (?:new )?(?:\w+ )?\w+ (?:is|should be|to)\b)")
FROM = Wording(rf"\s*(?:from|off|in|on) (?:my|the|our) {AGENDA}\b")
PUT = Wording(r"\s*(?:in|on|into|to) (?:my|the|our) (?:agenda|calendar|schedule|list)\b")
DELETE = Wording(
    rf"^(?:delete|remove|cancel|erase|drop) (?P<own>{NEW}|{OWN}|any) (?P<kind>{KIND})\b(?P<rest>.*)$",
    re.S,
)
MODIFY = Wording(
    rf"^(?:modify|change|edit|update|adjust|alter) (?P<own>{NEW}|{OWN}) (?P<kind>{KIND})\b(?P<rest>.*)$",
    re.S,
)
SEEK = r"(?:check|see|find out|look up|look|tell me|show me|query)"
IF = r"(?:if|whether|what|which)(?: (?:i have|i've got|i set|there(?:'s| is| are)|we have))?(?: set| got)?"
CHECK = Wording(
    rf"^(?:{SEEK} )(?:on |for |in |at )?(?:{IF} )?(?:{OWN}|an?|any|all|all my)? ?(?:other |more |upcoming |next )?"
    rf"(?P<kind>{KIND})\b(?P<rest>.*)$|"
    rf"^(?:do i have|have i got|is there|are there) (?:an?|any)(?: other| more)? (?P<own>{KIND})\b(?P<more>.*)$",
    re.S,
)
PURPOSE = Wording(
    r"^[\s,]*(?:to (?:see|check|find out)\s+)?(?:if|whether|what)?\s*(?:do )?"
    r"(?:i have|i've got|i've|i|there (?:is|are))\s*(?:set|got|have|planned|scheduled)?\s*(?:any|an?|on)?\s*"
    r"(?:other|more)?\s*(?:events?|meetings?|appointments?|things?)?\b"
)
FOR = Wording(r"^[\s,]*(?:for|to|about|of|with|called|named|titled)\s+(?:the |my )?(?P<name>\S.*)$", re.S)
PLACE = re.compile(r"[\s,]+(?:at|in) (?:the )?(?:[A-Z][\w.&'-]*)(?: [A-Z\d][\w.&'-]*)*\s*$")
ANY = Wording(rf"(?:any |all |my )*(?:other |more )?{KIND}")
EVENT = Wording(r"(?:(?:agenda|calendar|schedule) (?:item|entry|event)|event|entry)")
SIMPLE = Wording(r"(?:alarms?|reminders?|tasks?|to-?dos?)")
RANGE = Wording(r"\bfrom\b.+\b(?:to|until|till|into)\b")
TIMED = ("point", "interval", "open", "time")


def introduced(text: str, clock: Clock) -> Request | None:
    """What is told before it is asked for: `I have a checkup on Monday. Can you add it?`, `two alarms, one at …`."""
    if told := ALARMS.match(text.rstrip(" ?.!")):
        return _alarms(text, told["rest"], clock)
    found = INTRODUCED.match(text)
    return drafted(found["what"], clock) if found else None


def unfinished(text: str, clock: Clock) -> Request | None:
    """`delete a meeting` lacks which one, `set one for 8` is an alarm; a thing may be told by its parts."""
    bare = text.rstrip(" ?.!")
    if told := SILENCED.match(bare):
        return Request(intent="task_delete", text=text, reference=told["what"])
    if told := NAMED_ANEW.match(bare):
        return Request(intent="task_update", text=text, reference="it", arguments={"title": told["name"]})
    if (one := ANOTHER.match(bare)) and _times(f"at {one['when']}", clock):
        task = {"title": "Alarm", "due": f"at {one['when']}"}
        return Request(intent="task_create", text=text, arguments={"tasks": [task]})
    deleted = DELETE.match(bare)
    if deleted and re.match(NEW, deleted["own"], re.I) and not tight(FROM.sub("", deleted["rest"])):
        return Request(intent="task_delete", text=text, arguments={"missing": "name"})
    found = MODIFY.match(bare)
    rest = found["rest"] if found else ""
    if found and re.match(NEW, found["own"], re.I) and not tight(FROM.sub("", rest)):
        return Request(intent="task_update", text=text, arguments={"missing": "name"})
    for cut in CHANGED.finditer(rest):
        if fields := said_fields(rest[cut.end() :], clock):
            name = tight(rest[: cut.start()])
            return Request(intent="task_update", text=text, reference=name or None, arguments=fields)
    return None


def _alarms(text: str, rest: str, clock: Clock) -> Request | None:
    """One for each time of day; a day that is said holds for the times after it."""
    readings = _readings(re.sub(r"\bone (?=(?:at|for) )", "", rest, flags=re.I), clock)
    day, tasks = "", []
    for one in readings:
        if one.kind != "time" and one.start:
            day = f"{one.start:%Y-%m-%d}"
        if one.clock is not None:
            due = f"{day} {one.clock:%H:%M}" if one.kind == "time" and day else one.text
            tasks.append({"title": "Alarm", "due": due})
    return Request(intent="task_create", text=text, arguments={"tasks": tasks}) if tasks else None


def request(text: str, clock: Clock) -> Request | None:
    """What a sentence asks of such things, None where it asks nothing of them or something that needs no kind."""
    bare = text.rstrip(" ?.!")
    return _added(bare, clock) or _deleted(bare, clock) or _modified(bare, clock) or _checked(bare, clock)


def _added(text: str, clock: Clock) -> Request | None:
    """`add an agenda item for Monday with the title "Fair"`; a kind alone lacks its name."""
    if told := QUOTED.match(text):
        return _made(text, told["name"], told["rest"], clock)
    if BARE.match(text):
        is_alarm = text.lower().endswith("alarm")
        lacks = {"tasks": [{"title": "Alarm"}], "missing": "due"} if is_alarm else {"tasks": [{}], "missing": "title"}
        return Request(intent="task_create", text=text, arguments=lacks)
    found = ADD.match(text)
    if not found:
        return None
    rest = PUT.sub("", found["rest"])
    named = re.search(NAME, rest, re.I)
    if named and (quoted := named["quoted"] or named["bare"]):
        beside = rest[: named.start()] + rest[named.end() :]
        is_all = not tight(PLACE.sub("", _without(beside, clock)))
        return _made(text, quoted, beside, clock) if is_all else None
    if SIMPLE.fullmatch(found["kind"]):
        return None
    if EVENT.fullmatch(found["kind"]) and (name := FOR.match(rest)):
        return drafted(name["name"], clock)
    if tight(rest):
        return None
    return Request(intent="task_create", text=text, arguments={"tasks": [{}], "missing": "title"})


def _made(text: str, title: str, rest: str, clock: Clock) -> Request:
    due = " ".join(_times(rest, clock))
    task = {"title": title, **({"due": due} if due else {})}
    return Request(intent="task_create", text=text, arguments={"tasks": [task]})


def _deleted(text: str, clock: Clock) -> Request | None:
    """`delete an alarm for 7:00 on Monday`."""
    found = DELETE.match(text)
    if not found or re.match(r"(?:the|my|our|that|this)$", found["own"], re.I):
        return None
    return Request(intent="task_delete", text=text, reference=_reference(found, clock))


def _modified(text: str, clock: Clock) -> Request | None:
    """`modify a reminder for the rent` does not say what becomes of it."""
    found = MODIFY.match(text)
    if not found or RANGE.search(_unquoted(found["rest"])):
        return None
    if re.search(r"\bto\s+(?:be\s+)?(?:\S+\s+){0,3}$", found["rest"][: _first(found["rest"], clock)], re.I):
        return None
    if not tight(found["rest"]):
        return Request(intent="task_update", text=text, arguments={"missing": "name"})
    return Request(intent="task_update", text=text, reference=_reference(found, clock))


def _checked(text: str, clock: Clock) -> Request | None:
    """`check my alarm for Monday at 7`, `see if there is a meeting with Bob tomorrow`: what there is."""
    found = CHECK.match(text)
    if not found:
        return None
    kind, rest = (found["kind"] or found["own"]).lower(), found["rest"] or found["more"] or ""
    rest = PURPOSE.sub("", rest)
    times = _times(rest, clock)
    bare = PLACE.sub("", rest[: _first(rest, clock)] if times else rest)
    name = FOR.match(bare)
    if name is None and tight(bare):
        return None
    query = tight(name["name"]) if name else ""
    if not query or ANY.fullmatch(query):
        query = "alarm" if kind.startswith("alarm") else ""
    wanted = {"due": " ".join(times), "query": query}
    return Request(intent="task_find", text=text, arguments={field: words for field, words in wanted.items() if words})


def _reference(found: Found, clock: Clock) -> str:
    """The name where one is told, else the kind; with its time."""
    rest = found["rest"]
    named = re.search(NAME, rest, re.I)
    times = _times(rest, clock)
    if named:
        name = named["quoted"] or named["bare"] or DETERMINER.sub("", _without(named["plain"], clock).strip())
    else:
        bare = tight(_without(rest, clock))
        name = bare or found["kind"]
    return " ".join([name, *times])


def _readings(words: str, clock: Clock) -> list[Reading]:
    return [one for one in read(words, clock) if one.kind in TIMED]


def _times(words: str, clock: Clock) -> list[str]:
    return [one.text.strip(" ,") for one in _readings(words, clock)]


def _first(words: str, clock: Clock) -> int:
    return min((one.span[0] for one in _readings(words, clock)), default=len(words))


def _without(words: str, clock: Clock) -> str:
    for one in sorted(_readings(words, clock), key=lambda one: -one.span[0]):
        words = f"{words[: one.span[0]]} {words[one.span[1] :]}"
    return words


def _unquoted(words: str) -> str:
    return re.sub(r"[\"“].*?[\"”]", " ", words)
