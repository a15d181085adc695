"""Requests for new tasks: what is to be done, with its details, in whatever words it was put."""

import re
from itertools import pairwise
from typing import Any

from domain.due import Due
from domain.people import Clock
from language.quick_add import drafts, said
from language.readings import Reading, TaskDraft
from language.recurrence import read_rule
from language.request import Request
from language.requests.frames import TASK, tight, without_times
from language.sentences import requests
from language.verbs import TASKS, begins_order, lemma_of_past
from language.when import due_of, read, resolve
from language.words import MONTH, WEEKDAY

KIND = (
    rf"(?:{TASK}|events?|appointments?|meetings?|(?:agenda|schedule|calendar)(?: items?| entr(?:y|ies))?|"
    r"reservations?|entry)"
)
CUE = re.compile(
    r"^(?:remind me\b|remember to\b|don'?t (?:let me )?forget (?:to|about)\b|do not forget to\b|make sure\b|"
    r"(?:add|create|make|new|set(?: up)?|put|schedule|enter|log)\s+(?:me\s+)?(?:an?\s+|the\s+|another\s+|some\s+|"
    r"these\s+|this\s+|my\s+)?"
    rf"(?:new\s+)?{KIND}\b|(?:give|get|make)\s+me\s+(?:an?|another)\s+{KIND}\b|(?:new\s+)?{KIND}\s*:|add\b|schedule\b|"
    r"(?:i |we )?(?:also |really |still |just )?(?:need to|gotta|ought to)\b|"
    r"i (?:also |really |still |just )?(?:need|ought|must|should|gotta|have got|have|want|would like)\b|i mustn't\b|"
    r"i can't forget\b|"
    r"i(?:'ve| have) (?:got )?to\b|i (?:shouldn't|should not|can't) forget\b|we (?:need|have) to\b|i'd like to\b|"
    r"let's\b|"
    r"put\b.+\b(?:on|in|into) my (?:list|to-?do|calendar|schedule|agenda)|"
    r"(?:add|put|get)\b.+\bto my (?:list|tasks|to-?dos?|calendar|schedule|agenda)|wake me(?: up)?\b|"
    r"(?:set|create|make|add|put)\s+(?:an?\s+|another\s+)?(?:new\s+)?(?:alarm|meeting|timer)\b)",
    re.I,
)
WISH = re.compile(r"^i (?:also |really |still |just )?(?:have|want|need|would like|'d like) (?!to\b|got\b)", re.I)
STATEMENT = re.compile(
    r"^(?:i|i'm|i've|i'd|i'll|he|she|we|they|it|it's|there|this|that|you|who|what|when|where|why|how|"
    r"my \w+ (?:is|was|are|has|had|said|told)|the \w+ (?:is|was|are|has|had|were|will|said|told))\b"
    r"|\b(?:works|is fine|is good|suits)(?: for)? (?:me|us)\b"
    r"|^every \w+ (?:i|he|she|we|they|it)\b|^\w+ (?:is|was|are|were|has|had|said|told)\b",
    re.I,
)
VERB_AS_NOUN = re.compile(r"^\w+\s+(?:is|are|was|were|has|had)\b", re.I)
ADD_VERB = re.compile(rf"^add\s+((?:{'|'.join(sorted(TASKS))})\s)", re.I)
HAVING = re.compile(r"^i(?:'ve got| have(?: got)?)\s+an?\s+", re.I)
REMEMBERING = re.compile(
    r"^i (?:must not|mustn't|can't|cannot|shouldn't|should not|better not|don't want to) forget (?:to|about) ", re.I
)
SCHEDULE = re.compile(r"^schedule (?:in )?(?:an? |the |my )?(?=\w)", re.I)
LISTED = re.compile(
    r"^(?:(?:please )?add (?:also|too|as well)|(?:on|for) my (?:\w+ )?list(?:,? please)?|(?:today's|tomorrow's|this "
    r"week's|my) (?:errands|tasks|to-?dos|chores)|(?:jot|write|put|note|save) (?:these|this|those)(?: down)? (?:as|"
    r"in|on|to) (?:my )?(?:tasks|to-?dos|list|to-?do list)|(?:please |can you |could you )*(?:add|put|create|make|"
    r"here are|i have|i've got|i need to do|remind "
    r"me of|remind me to do)\b[^:\n]{0,30}\b(?:these|those|following|things|tasks|to-?dos|reminders|items|errands|"
    r"list|do|of)\b[^:\n]{0,20}|(?:\w+ ){0,2}(?:things|tasks|to-?dos|reminders|items|"
    r"errands)\b[^:\n]{0,20}|(?:my )?to-?do(?: list)?|tasks|(?:my |the )?(?:\w+ ){0,2}(?P<project>\w+) list)"
    r"(?<!note)(?<!notes)(?<!\d)\s*(?::|\s[–-]\s)\s*(?=\S)",
    re.I,
)
FRAME = re.compile(
    rf"^(?:set|add|create|make|put|enter)(?: up)? (?:me )?(?:an?|another) (?:new )?(?:{TASK})(?: (?:on|to|in) my "
    rf"(?:list|calendar))?(?: for me)?(?=\s+(?:for|on|at|tomorrow|today|tonight|this|next|every|in)\b)",
    re.I,
)
ITEM = re.compile(r"\s*(?:[,;\n]\s*(?:and\s+|then\s+|also\s+)*|\s+and\s+(?:also\s+|then\s+)?)\s*", re.I)
ON_LIST = re.compile(
    r"^(?:add|put|get)\s+(?P<what>.+?)\s+(?:to|on|onto|in|into)\s+(?:my|the)\s+"
    r"(?:(?!(?:to-?do|task|to do)\b)(?P<project>\w+)\s+|(?:to-?do|to do|task)\s+)?(?:list|tasks|to-?dos|calendar|"
    r"schedule|agenda)$",
    re.I,
)
MARKED = re.compile(r"(?<!\S)(?:#[^\W\d][\w/-]*|!{1,3}(?=\s|$)|!?p[1-4](?=\s|$)|\+[a-z][\w-]*)", re.I)
UNNAMED = re.compile(
    r"^(?:(?:add|create|make|new|set(?: up)?|put|schedule|enter|need|want)\s+)?(?:me\s+)?(?:an?\s+|the\s+|"
    r"another\s+|some\s+|my\s+)?(?:new\s+)?"
    rf"{KIND}(?:\s+(?:to|on|in|into|for)\s+(?:my|the)\s+(?:list|calendar|schedule|agenda|tasks|to-?dos?))?$|^remind "
    rf"me(?: of something| about something)?$",
    re.I,
)
POINTER = re.compile(r"(?:the|that|this)(?: one(?: .*)?)?|it|one|them|those|these", re.I)
FROM_NOW = re.compile(r"\bfor (?=(?:an?|half an?|\w+) (?:min(?:ute)?s?|hours?|hrs?|days?|weeks?) from now\b)", re.I)
WAKE = re.compile(r"^wake me(?: up)?\b", re.I)
ALARM = re.compile(
    r"^(?:set|create|make|add|put)(?: up)? (?:an?|another|my|the) (?:new )?(?P<kind>alarm|timer)(?: (?:for )?(?:to "
    r")?(?:go off|ring|wake me(?: up)?|remind me))?$",
    re.I,
)
NAMED = re.compile(
    r"\b(?:with (?:the )?(?:title|name|description|content|topic|text)|called|named|"
    r"titled)\s+[\"“'](?P<name>.+?)[\"”'](?!\w)",
    re.I,
)
FOR_ME = re.compile(rf"(?P<kind>\b(?:{TASK}|alarm|event|appointment)) for me\b", re.I)
AND = re.compile(r"\s*,?\s*\b(?:and|then)\b(?: then| also)?\s*", re.I)
GENERIC = re.compile(
    r"^(?:do|go|get|give|have|help|keep|learn|leave|let|list|look|make|open|put|read|see|send|set|start|stop|take|"
    r"tell|try|turn|wait|work|write|"
    r"change|check|choose|pick|add|plan|find|call|move|answer|repeat|reply|ask|talk|test|text|update|use)\W*$",
    re.I,
)
FOR_EACH = re.compile(r"^\s*for (?=(?:every|each)\b)", re.I)
LAST_DAY = re.compile(r"\s+(?P<day>mon|tues?|wed|thu|thurs?|fri|sat|sun)$", re.I)
TO_DO = re.compile(rf"^to (?=(?:{'|'.join(sorted(TASKS))})\b)", re.I)
BLOCKED = "Blocked time"
BLOCK = re.compile(r"^(?:block|keep)(?: off| out| free)?\s.*?(?:\bfor (?!me\b)(?P<what>[a-z].*))?$", re.I)
ONE_MORE = re.compile(rf"^(?:an?|another) (?:new )?(?:{TASK}|alarm) (?:to|for|about|that)\s+", re.I)
# A time of day on a run of weekdays is one for each of them.
DAY_AFTER_DAY = re.compile(rf"(?<!every )(?<!from )\b{WEEKDAY} (?:to|through|thru|till) {WEEKDAY}(?= at \w)", re.I)
NOT_TO = re.compile(r"^(?:don't|do not|never)\b(?! (?:ever )?(?:let me )?forget\b)", re.I)
PASSIVE = re.compile(
    r"^(?P<what>(?:the|my|our)\s[\w' -]{2,50}?)\s+(?:has|have|needs?|must|should|ought)\s+(?:to )?(?:be|"
    r"get)\s+(?P<verb>[a-z]+)\b",
    re.I,
)
REMARK = re.compile(
    r"[\s,]*\b(?:and |because |since |as )?(?:it's|it is|that's) (?:really |very |super |so |quite |pretty "
    r")*(?:important|urgent)(?: (?:so|to me|though))*\b(?:,? (?:and |so )?(?:please )?(?:make|set|mark|give) it "
    r"(?:as )?(?:an? )?(?:high|top) priority\b)?",
    re.I,
)
LABEL = re.compile(
    rf"^(?:i )?(?:need|want|set|add|make it) (?:an?|another)? ?(?:new )?(?:{TASK}|routine|recurring thing|daily "
    rf"thing|rule)\s*[:–-]\s*(?=\S)",
    re.I,
)
DONT_FORGET = re.compile(r"[\s,.]*\b(?:and |so )?don't let me forget(?: it| that| this)?\b", re.I)
TAGGED = re.compile(r"(?<=\w)[,.;]?\s+tag(?:ged)?:?\s+#?(?P<tag>[a-z]\w+)(?=\s*(?:[,.;]|$))", re.I)
WORKDAYS = re.compile(
    r"\b(?:from )?mon(?:day)?s?\s*(?:-|–|to|through|thru|till)\s*fri(?:day)?s?\b,?(?:\s+(?:every|each) week\b)?", re.I
)
CLOCK = re.compile(r"\bat (?:\d|six|seven|eight|nine|ten|five|noon)|\d ?(?:am|pm)\b|\d:\d\d", re.I)
CONTEXT = re.compile(r"^(?:today|it) (?:is|was)\b", re.I)
REMIND = re.compile(r"^(?:remind me|(?:set|add|create|make)(?: up)? (?:me )?(?:a|another) (?:new )?reminder)\b", re.I)
# What says a day that no calendar has is given on as a time, so that it is refused and not made part of a title.
UNREAD_DUE = re.compile(
    rf"(?:^|[\s,]+)(?:due\s+)?(?:by|on|in)\s+(?P<due>(?:the\s+)?(?:year\s+\d+|\d{{5,}}|{MONTH}\s+\d{{1,2}}(?:st|nd|"
    rf"rd|th)?|"
    rf"\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH}))(?!\w)(?:\s+to\b)?",
    re.I,
)


def created(text: str, clock: Clock) -> Request | None:
    """The tasks that a sentence adds, None where it names nothing to do; unsure where no word asks for one."""
    text = PASSIVE.sub(lambda found: f"{lemma_of_past(found['verb']) or found['verb']} {found['what']}", text)
    text = REMARK.sub(", high priority ", DONT_FORGET.sub("", LABEL.sub("", text)))
    text = TAGGED.sub(r" #\g<tag>", WORKDAYS.sub("every weekday", text) if CLOCK.search(text) else text)
    text = DAY_AFTER_DAY.sub(r"every \g<0>", text)
    text = ONE_MORE.sub("remind me to ", REMEMBERING.sub("remember to ", HAVING.sub("", FROM_NOW.sub("", text))))
    readings = read(text, clock)
    cued = bool(CUE.match(text)) and not WISH.match(text)
    imperative = begins_order(text) and not GENERIC.match(text) and not VERB_AS_NOUN.match(text)
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
    if readings and SCHEDULE.match(text):
        text = SCHEDULE.sub("", text)
    tasks, project = _tasks(ADD_VERB.sub(r"\1", text.rstrip("? ")), bare, clock)
    if not tasks or any(POINTER.fullmatch(task["title"]) for task in tasks):
        return None
    if project:
        tasks = [{**task, "project": project} for task in tasks]
    arguments: dict[str, Any] = {"tasks": tasks}
    rings = REMIND.match(text) or any(task["title"] == "Alarm" for task in tasks)
    if rings and not any(task.keys() & {"due", "recurrence", "remind"} for task in tasks):
        arguments["missing"] = "due"
    sure = cued or (imperative and (timed_words or len(tasks) > 1))
    return Request(intent="task_create", text=text, arguments=arguments, sure=sure)


def is_bare(request: Request) -> bool:
    """True for an order that says nothing but what is to be done."""
    return all(task.keys() == {"title"} for task in request.arguments["tasks"])


def listed(text: str, clock: Clock) -> Request | None:
    """The tasks of a list behind a colon: `add these: milk, bread and eggs`."""
    found = LISTED.match(text)
    if not found or re.search(r"\b(?:notes?|memo|journal|habits?)\b", found[0], re.I):
        return None
    rest = text[found.end() :]
    clauses = requests(rest)
    first = re.match(r"[a-z]+", rest.lower())
    items = clauses if len(clauses) > 1 or (first and first[0] in TASKS) else ITEM.split(rest)
    made = [drafted(item, clock) for item in items if item.strip()]
    tasks = [task for one in made if one for task in one.arguments["tasks"]]
    if found["project"] and found["project"].lower() not in ("to-do", "todo", "task", "my", "the", "a"):
        tasks = [{**task, "project": found["project"].lower()} for task in tasks]
    return Request(intent="task_create", text=text, arguments={"tasks": tasks}) if tasks else None


def _unnamed(text: str, clock: Clock) -> Request:
    """Something is to be added, and not yet said what."""
    bare = FRAME.sub("", text)
    draft = next(iter(drafts(bare, clock)), None)
    details = _task(bare, draft, clock) if draft else {}
    details.pop("title", None)
    return Request(intent="task_create", text=text, arguments={"tasks": [details], "missing": "title"})


def _tasks(text: str, bare: str, clock: Clock) -> tuple[list[dict[str, Any]], str | None]:
    text = FOR_EACH.sub("", FRAME.sub("", TO_DO.sub("", FOR_ME.sub(r"\g<kind>", text))))
    on_list = ON_LIST.match(text)
    text = on_list["what"] if on_list else text
    tasks = [_task(text, draft, clock) for draft in drafts(text, clock) if draft.title.strip()]
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
        if not found or not (left or right) or (left and right):
            continue
        at = first.span[1] + found.start()
        rest = text[first.span[1] + found.end() :]
        verb = next((word for word in re.findall(r"[a-z]+", text[:at].lower()) if word in TASKS), "")
        both = (drafted(text[:at], clock), drafted(f"{verb} {rest}" if right else rest, clock))
        if all(both) and verb and (not right or not begins_order(rest)):
            return [task for one in both if one for task in one.arguments["tasks"]]
    return []


def _task(text: str, draft: TaskDraft, clock: Clock) -> dict[str, Any]:
    """The draft with its times in the person's words where these say the same alone."""
    words = {name: value.strip(" ,.") for name, value in said(draft, text).items()}
    title = draft.title
    if draft.due is None and not draft.recurrence and (day := LAST_DAY.search(title)):
        title, words = title[: day.start()], {**words, "due": f"on {day['day']}"}
    due = _due_words(draft, words.get("due"), clock)
    if (unread := UNREAD_DUE.search(title)) and not due:
        title, due = tight(f"{title[: unread.start()]} {title[unread.end() :]}"), unread["due"]
        title = title[:1].upper() + title[1:]
    rule = _rule_words(draft, words.get("recurrence"), clock)
    task = {
        "title": title,
        "due": None if due and rule and (due in rule or _first_of(rule, clock) == draft.due) else due,
        "recurrence": rule,
        "priority": draft.priority,
        "tags": list(draft.tags) or None,
        "project": draft.project,
        "duration": f"{draft.duration_minutes} minutes" if draft.duration_minutes else None,
        "remind": f"{draft.remind_at:%Y-%m-%d %H:%M}" if draft.remind_at else None,
    }
    return {name: value for name, value in task.items() if value is not None}


def _due_words(draft: TaskDraft, words: str | None, clock: Clock) -> str | None:
    if draft.due is None:
        return words
    readings = resolve(words, clock) if words else ()
    return words if readings and due_of(readings[0], clock) == draft.due else _spoken(draft.due)


def _rule_words(draft: TaskDraft, words: str | None, clock: Clock) -> str | None:
    if draft.recurrence is None:
        return None
    reading = read_rule(words, clock) if words else None
    return words if reading and reading.rule == draft.recurrence else draft.recurrence


def _first_of(rule: str, clock: Clock) -> Due | None:
    reading = read_rule(rule, clock)
    return due_of(reading, clock) if reading else None


def _spoken(due: Due) -> str:
    return f"{due.date} {due.time:%H:%M}" if due.time else str(due.date)


def drafted(text: str, clock: Clock) -> Request | None:
    """The tasks of a text that is known to ask for some."""
    if CONTEXT.match(text) or NOT_TO.match(text):
        return None
    tasks, _ = _tasks(text.rstrip("? "), "", clock)
    return Request(intent="task_create", text=text, arguments={"tasks": tasks}) if tasks else None
