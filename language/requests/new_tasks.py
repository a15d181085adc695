"""Requests for new tasks: what is to be done, with its details, in whatever words it was put."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from domain.people import Clock
from language.patterns import Wording, begun_anew, without
from language.quick_add import drafts
from language.readings import Reading
from language.request import Request
from language.requests.details import fields
from language.requests.frames import TASK, without_times
from language.requests.wordings import PASSIVE, active, smoothed
from language.verbs import TASKS, begins_order
from language.when import read

KIND = (
    rf"(?:{TASK}|events?|appointments?|meetings?|(?:agenda|schedule|calendar)(?: items?| entr(?:y|ies))?|"
    r"reservations?|entry)"
)
CUE = Wording(
    r"^(?:remind me\b|remember to\b|don'?t (?:let me )?forget (?:to|about)\b|do not forget to\b|make sure\b|"
    r"(?:add|create|make|new|set(?: up)?|put|schedule|enter|log)\s+(?:me\s+)?(?:an?\s+|the\s+|another\s+|some\s+|"
    r"these\s+|this\s+|my\s+)?"
    rf"(?:(?:new|recurring|repeating|quick)\s+)*{KIND}\b|(?:give|get|make)\s+me\s+(?:an?|another)\s+{KIND}\b|"
    rf"(?:new\s+)?{KIND}\s*:|add\b|schedule\b|"
    r"(?:i |we )?(?:also |really |still |just )?(?:need to|gotta|ought to)\b|"
    r"i (?:also |really |still |just )?(?:need|ought|must|should|gotta|have got|have|want|would like)\b|i mustn't\b|"
    r"i can't forget\b|"
    r"i(?:'ve| have)(?: (?:still|also|really|only|just|yet))* (?:got )?to\b|i (?:shouldn't|should not|can't) "
    r"forget\b|we (?:need|have) to\b|i'd like to\b|"
    r"let's\b|"
    r"put\b.+\b(?:on|in|into) my (?:list|to-?do|calendar|schedule|agenda)|"
    r"(?:add|put|get)\b.+\bto my (?:list|tasks|to-?dos?|calendar|schedule|agenda)|wake me(?: up)?\b|"
    r"(?:set|create|make|add|put)\s+(?:an?\s+|another\s+)?(?:new\s+)?(?:alarm|meeting|timer)\b)"
)
WISH = Wording(r"^i (?:also |really |still |just )?(?:have|want|need|would like|'d like) (?!to\b|got\b)")
STATEMENT = Wording(
    r"^(?:i|i'm|i've|i'd|i'll|he|she|we|they|it|it's|there|this|that|you|who|what|when|where|why|how|"
    r"my \w+ (?:is|was|are|has|had|said|told)|the \w+ (?:is|was|are|has|had|were|will|said|told))\b"
    r"|\b(?:works|is fine|is good|suits)(?: for)? (?:me|us)\b"
    r"|^every \w+ (?:i|he|she|we|they|it)\b|^\w+ (?:is|was|are|were|has|had|said|told)\b"
)
VERB_AS_NOUN = Wording(r"^\w+\s+(?:is|are|was|were|has|had)\b")
ADD_VERB = Wording(rf"^add\s+((?:{'|'.join(sorted(TASKS))})\s)")
SCHEDULE = Wording(r"^schedule (?:in )?(?:an? |the |my )?(?=\w)")
FRAME = Wording(
    rf"^(?:set|add|create|make|put|enter)(?: up)? (?:me )?(?:an?|another) (?:new )?(?:{TASK})(?: (?:on|to|in) my "
    rf"(?:list|calendar))?(?: for me)?(?=\s+(?:for|on|at|tomorrow|today|tonight|this|next|every|in)\b)"
)
ON_LIST = Wording(
    r"^(?:add|put|get)\s+(?P<what>.+?)\s+(?:to|on|onto|in|into)\s+(?:my|the)\s+"
    r"(?:(?!(?:to-?do|task|to do)\b)(?P<project>\w+)\s+|(?:to-?do|to do|task)\s+)?(?:list|tasks|to-?dos|calendar|"
    r"schedule|agenda)$"
)
MARKED = Wording(r"(?<!\S)(?:#[^\W\d][\w/-]*|!{1,3}(?=\s|$)|!?p[1-4](?=\s|$)|\+[a-z][\w-]*)")
UNNAMED = Wording(
    r"^(?:(?:add|create|make|new|set(?: up)?|put|schedule|enter|need|want)\s+)?(?:me\s+)?(?:an?\s+|the\s+|"
    r"another\s+|some\s+|my\s+)?(?:(?:new|recurring|repeating|quick)\s+)*"
    rf"{KIND}(?:\s+(?:to|on|in|into|for)\s+(?:my|the)\s+(?:list|calendar|schedule|agenda|tasks|to-?dos?))?$|^remind "
    rf"me(?: of something| about something)?$"
)
POINTER = Wording(r"(?:the|that|this)(?: one(?: .*)?)?|it|one|them|those|these")
WAKE = Wording(r"^wake me(?: up)?\b")
ALARM = Wording(
    r"^(?:set|create|make|add|put)(?: up)? (?:an?|another|my|the) (?:new )?(?P<kind>alarm|timer)(?: (?:for )?(?:to "
    r")?(?:go off|ring|wake me(?: up)?|remind me))?$"
)
NAMED = Wording(
    r"\b(?:with (?:the )?(?:title|name|description|content|topic|text)|called|named|"
    r"titled)\s+[\"“'](?P<name>.+?)[\"”'](?!\w)"
)
FOR_ME = Wording(rf"(?P<kind>\b(?:{TASK}|alarm|event|appointment)) for me\b")
AND = Wording(r"\s*,?\s*\b(?:and|then)\b(?: then| also)?\s*")
GENERIC = Wording(
    r"^(?:do|go|get|give|have|help|keep|learn|leave|let|list|look|make|open|put|read|see|send|set|start|stop|take|"
    r"tell|try|turn|wait|work|write|"
    r"change|check|choose|pick|add|plan|find|call|move|answer|repeat|reply|ask|talk|test|text|update|use)\W*$"
)
FOR_EACH = Wording(r"^\s*for (?=(?:every|each)\b)")
TO_DO = Wording(rf"^to (?=(?:have|{'|'.join(sorted(TASKS))})\b)")
BLOCKED = "Blocked time"
BLOCK = Wording(r"^(?:block|keep)(?: off| out| free)?\s.*?(?:\bfor (?!me\b)(?P<what>[a-z].*))?$")
NOT_TO = Wording(r"^(?:don't|do not|never)\b(?! (?:ever )?(?:let me )?forget\b)")
# "set that up", "put it in" behind what it is about.
OF_IT = Wording(
    r"(?:please )?\w+ (?:it|that|this|them|those|these)(?: (?:up|in|down|out|off|back|on|there|please|then|too|for "
    r"me))*"
)
# What is said of a task that is there is no task itself.
OF_A_TASK = Wording(
    r"^\w+(?: (?:of|out|away|up|off))? (?:the|that|this|my) (?:[\w'-]+ ){0,4}(?:task|reminder|to-?do)s?$"
)
WHENEVER = Wording(
    r"[\s,]+(?:whenever|any ?time|at some point)(?: (?:i|we) (?:can|like|want|get (?:to it|around to it|a chance)))?$"
)
UNDATED = Wording(
    r"[\s,;]*[(\[]?\b(?:with )?no (?:deadline|due date|(?:particular |specific |fixed |set )?(?:date|time)|time "
    r"limit)(?: (?:needed|yet))?\b[)\]]?"
)
CONTEXT = Wording(r"^(?:today|it) (?:is|was)\b")
REMIND = Wording(r"^(?:remind me|(?:set|add|create|make)(?: up)? (?:me )?(?:a|another) (?:new )?reminder)\b")


def created(text: str, clock: Clock) -> Request | None:
    """The tasks that a sentence adds, None where it names nothing to do; unsure where no word asks for one."""
    text = smoothed(text, clock)
    readings = read(text, clock)
    order = _after_time(text, readings)
    cued = any(CUE.match(words) and not WISH.match(words) for words in (text, order))
    imperative = begins_order(order) and not GENERIC.match(order) and not VERB_AS_NOUN.match(order)
    timed_words = bool(MARKED.search(text) or readings)
    timed = not STATEMENT.match(text) and not text.endswith("?") and timed_words
    if not (cued or imperative or timed) or NOT_TO.match(text):
        return None
    bare = without_times(text, clock) if cued else ""
    if cued and (UNNAMED.match(bare) or UNNAMED.match(text)):
        return _unnamed(text, clock)
    if any(reading.text.strip(" .!") == text.strip(" .!") for reading in readings):
        return None
    if cued or imperative:
        both = _two(text, [one for one in readings if one.kind in ("point", "interval", "open", "time")], clock)
        if both:
            return Request(intent="task_create", text=text, arguments={"tasks": both})
    if readings and (block := BLOCK.match(text)):
        what = without_times(block["what"] or "", clock)
        text = f"{what or BLOCKED} {' '.join(one.text for one in readings)}"
    if readings:
        text = without(SCHEDULE, text)
    tasks, project = _tasks(begun_anew(ADD_VERB, lambda found: found[1], text.rstrip("? ")), bare, clock)
    if not tasks or any(POINTER.fullmatch(task["title"]) for task in tasks):
        return None
    if project:
        tasks = [{**task, "project": project} for task in tasks]
    arguments: dict[str, Any] = {"tasks": tasks}
    rings = REMIND.match(text) or any(task["title"] == "Alarm" for task in tasks)
    if rings and not any(task.keys() & {"due", "recurrence", "remind"} for task in tasks):
        arguments["missing"] = "due"
    is_marked = timed and any(task.keys() & {"priority", "tags"} and "due" in task for task in tasks)
    sure = cued or is_marked or (imperative and (timed_words or len(tasks) > 1))
    if OF_A_TASK.match(text) and not cued:
        return None
    return Request(intent="task_create", text=text, arguments=arguments, sure=sure)


def is_bare(request: Request) -> bool:
    """True for an order that says nothing but what is to be done."""
    return all(task.keys() == {"title"} for task in request.arguments["tasks"])


def _after_time(text: str, readings: Sequence[Reading]) -> str:
    """What follows the words for time that it begins with: `tomorrow at 3 call mom`."""
    first = next((one for one in readings if one.span[0] == 0), None)
    return text[first.span[1] :].lstrip(" ,:;–—-") if first else text


def _unnamed(text: str, clock: Clock) -> Request:
    """Something is to be added, and not yet said what."""
    bare = without(FRAME, text)
    draft = next(iter(drafts(bare, clock)), None)
    details = fields(bare, draft, clock) if draft else {}
    details.pop("title", None)
    return Request(intent="task_create", text=text, arguments={"tasks": [details], "missing": "title"})


def _tasks(text: str, bare: str, clock: Clock) -> tuple[list[dict[str, Any]], str | None]:
    text = UNDATED.sub("", WHENEVER.sub("", text))
    text = without(FOR_EACH, without(FRAME, without(TO_DO, FOR_ME.sub(lambda found: found["kind"], text))))
    on_list = ON_LIST.match(text)
    text = on_list["what"] if on_list else text
    text = begun_anew(PASSIVE, active, text)
    tasks = [
        fields(text, draft, clock)
        for draft in drafts(text, clock)
        if draft.title.strip() and not OF_IT.fullmatch(draft.title.strip())
    ]
    if tasks and (named := NAMED.search(text)):
        tasks = [{**tasks[0], "title": named["name"]}]
    if tasks and (alarm := ALARM.match(bare)):
        lasts = (
            {"due": f"in {tasks[0]['duration']}"} if alarm["kind"].lower() == "timer" and "duration" in tasks[0] else {}
        )
        kept = {name: value for name, value in tasks[0].items() if not (lasts and name == "duration")}
        tasks = [{**kept, **lasts, "title": alarm["kind"].capitalize()}]
    elif tasks and WAKE.match(text):
        tasks = [{**tasks[0], "title": "Wake up"}]
    return tasks, on_list["project"].lower() if on_list and on_list["project"] else None


def _two(text: str, readings: list[Reading], clock: Clock) -> list[dict[str, Any]]:
    """`call the bank tomorrow and the insurance on Friday`: a second thing with a time of its own and the same verb."""
    for first, second in pairwise(readings):
        between = text[first.span[1] : second.span[0]]
        found = AND.search(between)
        left, right = (between[: found.start()].strip(), between[found.end() :].strip()) if found else ("", "")
        if not found or not (left or right) or (left and right) or re.search(r"\b(?:is|are|was|were)\b", right):
            continue
        at = first.span[1] + found.start()
        rest = text[first.span[1] + found.end() :]
        verb = next((word for word in re.findall(r"[a-z]+", text[:at].lower()) if word in TASKS), "")
        both = (drafted(text[:at], clock), drafted(f"{verb} {rest}" if right else rest, clock))
        if all(both) and verb and (not right or not begins_order(rest)):
            return [task for one in both if one for task in one.arguments["tasks"]]
    return []


def drafted(text: str, clock: Clock) -> Request | None:
    """The tasks of a text that is known to ask for some."""
    if CONTEXT.match(text) or NOT_TO.match(text):
        return None
    tasks, _ = _tasks(text.rstrip("? "), "", clock)
    named = [task for task in tasks if not POINTER.fullmatch(task["title"])]
    return Request(intent="task_create", text=text, arguments={"tasks": named}) if named else None
