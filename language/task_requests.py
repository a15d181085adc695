"""Requests about tasks: adding, finding, changing, completing, deleting, planning."""

import re
from typing import Any

from domain.people import Clock
from language.quick_add import drafts
from language.readings import TaskDraft
from language.request import Request
from language.verbs import TASKS, lemma_of_past
from language.when import read

NOUN = r"(?:tasks?|reminders?|to-?dos?|todos?|items?)"
CUE = re.compile(
    r"^(?:remind me\b|remember to\b|don'?t forget to\b|do not forget to\b|"
    r"(?:add|create|make|new|set)\s+(?:an?\s+|the\s+|another\s+|some\s+)?"
    rf"(?:new\s+)?(?:{NOUN}|tasks)\b|(?:todo|to-do|task)s?\s*:|add\b|schedule\b|"
    rf"i (?:need|have|ought|must|should|gotta|want|would like)\b|"
    r"i(?:'ve| have) (?:got )?to\b|we need to\b|i'd like to\b|let's\b|make sure\b|put\b.+\bon my (?:list|to-?do))",
    re.I,
)
STATEMENT = re.compile(
    r"^(?:i|i'm|he|she|we|they|it|it's|there|this|that|you|my \w+ (?:is|was|are|has|had)|"
    r"the \w+ (?:is|was|are|has|had|were|will))\b"
    r"|^every \w+ (?:i|he|she|we|they|it)\b",
    re.I,
)
ADD_VERB = re.compile(rf"^add\s+((?:{'|'.join(sorted(TASKS))})\s)", re.I)
HAVING = re.compile(r"^i(?:'ve got| have(?: got)?)\s+(?=an?\s)", re.I)
ON_LIST = re.compile(
    r"^(?:add|put)\s+(?P<what>.+?)\s+(?:to|on)\s+(?:my|the)\s+(?:(?!(?:to-?do|task)\b)(?P<project>\w+)\s+|(?:to-?do|task)\s+)?list$",
    re.I,
)
MARKED = re.compile(r"(?<!\S)(?:#[^\W\d][\w/-]*|!{1,3}(?=\s|$)|!?p[1-4](?=\s|$)|\+[a-z][\w-]*)", re.I)

DONE = re.compile(
    r"^(?:(?:mark|tick|check|set|cross)\s+(?:off\s+)?(?P<a>.+?)\s+(?:as\s+|to\s+)?(?:done|complete|completed|finished|off)|"
    r"(?:check|tick|cross)\s+off\s+(?P<b>.+)|(?:complete|finish|close)\s+(?P<c>(?:the|my|that|this)\s+.+)|"
    r"i(?:'ve|'m| have| am)?\s+(?:just |already )?(?:finished|completed|done with|did with)\s+(?P<d>.+)|"
    r"(?P<e>(?:the|my|that|this|it)\b.*?)\s*(?:is|are|'s|has been)\s+(?:done|finished|completed|complete))$",
    re.I,
)
# To do half of what such a sentence says would be worse than to do nothing.
SOME_LEFT_OUT = re.compile(
    r"\b(?:all|everything|every|each|both|any)\b.*\b(?:except|but|besides|other than|apart from|without)\b", re.I
)
NOT_QUITE = re.compile(r"\b(?:tried|almost|nearly|partly|half|but|still|wrong|closed|not|\w+n't)\b", re.I)
MANY = re.compile(r"^(?:everything|all|every|each)\b", re.I)
PAST = re.compile(r"^i(?:'ve| have)?\s+(?:just |already |finally )?(?P<verb>[a-z]+)\s+(?P<rest>.+)$", re.I)
DELETE = re.compile(
    r"^(?P<verb>delete|remove|erase|scrap|trash|get rid of|drop|cancel)\s+(?P<what>.+?)"
    r"(?:\s+from my (?:list|tasks|to-?dos?))?$",
    re.I,
)
MOVE = re.compile(
    r"^(?:move|reschedule|postpone|push|shift|delay|snooze|bring|change|set|make|put off|defer)\s+(?P<what>.+?)"
    r"(?:\s+(?:back|forward|out))?"
    r"\s+(?:to be due|due|to|until|till|for|by|on)\s+(?P<when>.+)$",
    re.I,
)
DAY_OF_MONTH = re.compile(
    r"(?:the )?(?:\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"[a-z]*\s*\d*",
    re.I,
)
REPEAT = re.compile(
    r"^(?:repeat|make)\s+(?P<what>.+?)\s+(?:repeat\s+|recur\s+|recurring\s+|happen\s+)?"
    r"(?P<rule>(?:every|each)\s+.+|daily|weekly|monthly|yearly)$",
    re.I,
)
RENAME = re.compile(r"^(?:rename|change the (?:title|name) of)\s+(?P<what>.+?)\s+(?:to|as|into)\s+(?P<title>.+)$", re.I)
PRIORITY = re.compile(
    r"^(?:(?:set|change)\s+(?:the\s+)?priority\s+(?:of|for|on)\s+(?P<a>.+?)\s+to\s+(?P<p>\w+)|"
    r"(?:make|mark|set)\s+(?P<b>.+?)\s+(?:as\s+|to\s+|a\s+)?(?P<q>high|low|medium|normal|top|urgent|p[1-4])(?:[\s-]+priority)?)$",
    re.I,
)
TAGGED = re.compile(
    r"^(?:tag\s+(?P<a>.+?)\s+(?:with|as)\s+(?P<s>#?[\w/-]+)|add\s+(?:the\s+)?tag\s+(?P<t>#?[\w/-]+)\s+to\s+(?P<b>.+))$",
    re.I,
)
CLEAR = re.compile(
    r"^(?:remove|clear|delete|drop)\s+the\s+(?P<field>due date|deadline|date|priority|tags|project|reminder|"
    r"recurrence|repetition)\s+"
    r"(?:from|of|on|for)\s+(?P<what>.+)$",
    re.I,
)
FIELDS = {"due date": "due", "deadline": "due", "date": "due", "reminder": "remind", "repetition": "recurrence"}
PLAN = re.compile(
    r"^(?:plan|organi[sz]e|schedule)\s+(?:out\s+)?(?:(?:my|the)\s+)?"
    r"(?P<day>day|today|tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
    r"(?:\s+(?:for me|for\s+)?(?P<for>today|tomorrow|(?:on\s+)?\w+day)?)?\s*$"
    r"|^(?:what should i (?:do|work on|focus on)|what does my day look like|how does my day look)"
    r"(?P<asked>\s+.+?|)\s*\??$",
    re.I,
)
FIND = re.compile(
    rf"^(?:what(?:'s| is| are)?\s+(?P<due>(?:still\s+)?due|overdue|late)\b(?P<a>.*)|"
    rf"what(?:'s| is)\s+(?:on|in)\s+(?:my|the)\s+(?:list|plate|agenda|calendar|to-?do list|schedule)(?P<b>.*)|"
    rf"what\s+(?:do|must) i\s+(?:have|need)?\s*(?:to do|to get done|left|planned|going on|on)\b(?P<c>.*)|"
    rf"what do i have(?P<have>\s+.+)|"
    rf"(?:show|list|find|give|get|see|view)(?:\s+me)?(?:\s+all)?(?:\s+of)?(?:\s+my|\s+the)?(?P<d>(?:\s+\S+)?)\s+{NOUN}\b(?P<e>.*)|"
    rf"(?:what|which)(?:\s+are)?(?:\s+(?:my|the))?(?P<f>(?:\s+\w+)?)\s+{NOUN}\b(?P<g>.*)|"
    rf"(?:do i have|have i|are there|any)\s+(?:any\s+|some\s+)?(?P<h>\w+\s+)?{NOUN}\b(?P<i>.*)|"
    rf"what (?:did|have) i (?:finish|complete|get done|done|finished|completed)(?P<done>.*)|my tasks)\s*\??$",
    re.I,
)
LEVELS = {"high": 1, "top": 1, "urgent": 1, "medium": 2, "normal": 3, "low": 4}
LEVELS |= {f"{prefix}{level}": level for level in (1, 2, 3, 4) for prefix in ("", "p")}
LIST = re.compile(r"\s*(?:,\s*(?:and\s+)?|\s+and\s+)(?=(?:the|my)\s)", re.I)


def request(text: str, clock: Clock) -> Request | None:
    """What a sentence asks of the tasks that exist, None where it is not about them."""
    if found := PLAN.match(text):
        day = found["for"] or found["asked"] or found["day"] or ""
        day = re.sub(r"^\s*(?:on|for)\s+", "", day).strip(" ?")
        return Request(intent="plan_day", text=text, arguments={} if day in ("", "day") else {"day": day})
    if SOME_LEFT_OUT.search(text):
        return None
    plain = text.rstrip("? ")
    return _completed(text, clock) or _updated(plain, clock) or _deleted(plain, clock) or _found(text, clock)


def created(text: str, clock: Clock) -> Request | None:
    """The tasks that a sentence adds, None where it names nothing to do."""
    text = HAVING.sub("", text)
    first = re.match(r"[a-z'-]+", text.lower())
    cued = bool(CUE.match(text)) and not re.match(r"^i (?:have|should|must|want) (?!to\b|got\b)", text, re.I)
    imperative = first is not None and first[0] in TASKS and not re.match(r"^\w+\s+(?:is|are|was|were|has)\b", text)
    timed = not STATEMENT.match(text) and not text.endswith("?") and bool(MARKED.search(text) or read(text, clock))
    if not (cued or imperative or timed) or any(reading.text == text for reading in read(text, clock)):
        return None
    text = ADD_VERB.sub(r"\1", text.rstrip("? "))
    listed = ON_LIST.match(text)
    if listed:
        text = listed["what"]
    tasks = [_task(text, draft) for draft in drafts(text, clock) if draft.title.strip()]
    if listed and listed["project"]:
        tasks = [{**task, "project": listed["project"].lower()} for task in tasks]
    return Request(intent="task_create", text=text, arguments={"tasks": tasks}) if tasks else None


def _task(text: str, draft: TaskDraft) -> dict[str, Any]:
    """The draft with its times in the person's words, where their place in the text is known."""
    words = {name: text[start:end].strip(" ,.") for name, (start, end) in draft.spans}
    rule = (words.get("recurrence") or draft.recurrence) if draft.recurrence else None
    due = words.get("due") or (_spoken(draft) if draft.due and not rule else None)
    remind = f"{draft.remind_at:%Y-%m-%d %H:%M}" if draft.remind_at else None
    length = f"{draft.duration_minutes} minutes" if draft.duration_minutes else None
    task = {
        "title": draft.title,
        "due": None if due and rule and due in rule else due,
        "recurrence": rule,
        "priority": draft.priority,
        "tags": list(draft.tags) or None,
        "project": draft.project,
        "duration": length,
        "remind": remind,
    }
    return {name: value for name, value in task.items() if value is not None}


def _spoken(draft: TaskDraft) -> str:
    due = draft.due
    assert due is not None
    return f"{due.date} {due.time:%H:%M}" if due.time else str(due.date)


def _completed(text: str, clock: Clock) -> Request | None:
    if found := DONE.match(text):
        what = next(found[group] for group in "abcde" if found[group])
        if not (found["c"] and read(what, clock)):
            return Request(intent="task_complete", text=text, reference=_named(what), arguments={"tasks": _list(what)})
    found = PAST.match(text)
    verb = lemma_of_past(found["verb"]) if found else None
    if not found or verb not in TASKS or text.endswith("?") or NOT_QUITE.search(text):
        return None
    named = f"{verb} {_before_time(found['rest'], clock)}".strip()
    return Request(intent="task_complete", text=text, reference=named, arguments={"tasks": [named]})


def _deleted(text: str, clock: Clock) -> Request | None:
    found = DELETE.match(text)
    if not found:
        return None
    named = bool(
        re.search(
            rf"\b{NOUN}\b|^(?:it|that|this|them|(?:that|the \w+) ones?)$|from my list",
            text[found.start("what") :],
            re.I,
        )
    )
    if not named and (found["verb"].lower() in ("drop", "cancel") or read(found["what"], clock)):
        return None
    return Request(
        intent="task_delete", text=text, reference=_named(found["what"]), arguments={"tasks": _list(found["what"])}
    )


def _updated(text: str, clock: Clock) -> Request | None:
    if found := CLEAR.match(text):
        field = found["field"].lower()
        return _update(text, found["what"], clear=[FIELDS.get(field, field)])
    if found := RENAME.match(text):
        return _update(text, found["what"], title=found["title"])
    if (found := PRIORITY.match(text)) and (found["p"] or found["q"]).lower() in LEVELS:
        return _update(text, found["a"] or found["b"], priority=LEVELS[(found["p"] or found["q"]).lower()])
    if found := TAGGED.match(text):
        return _update(text, found["a"] or found["b"], tags=[(found["s"] or found["t"]).lstrip("#")])
    if found := REPEAT.match(text):
        return _update(text, found["what"], recurrence=found["rule"])
    found = MOVE.match(text)
    many_of_a_time = (
        found
        and MANY.match(found["what"])
        and (re.search(r"\bdue\b.*\bto\b", text, re.I) or read(found["what"], clock))
    )
    if found and not many_of_a_time and _means_time(found["when"], clock):
        verb = text.split()[0].lower()
        if verb not in ("bring", "make", "set", "change") or re.search(
            rf"\b(?:due|{NOUN})\b|^(?:make|set|change)\s+(?:the|it|that|my)\b", text, re.I
        ):
            return _update(
                text, re.sub(r"^the (?:due date|deadline|date) (?:of|for) ", "", found["what"]), due=found["when"]
            )
    return None


def _means_time(words: str, clock: Clock) -> bool:
    """True also for a day that no calendar has: the tool will say so."""
    return DAY_OF_MONTH.match(words) is not None or any(reading.span[0] <= 3 for reading in read(words, clock))


def _update(text: str, what: str, **fields: Any) -> Request:
    return Request(intent="task_update", text=text, reference=_named(what), arguments=fields)


def _found(text: str, clock: Clock) -> Request | None:
    found = FIND.match(text)
    if not found:
        return None
    groups = {name: value or "" for name, value in found.groupdict().items()}
    if groups["have"] and not read(groups["have"], clock):
        return None
    kind = f"{groups['due']} {groups['d']} {groups['f']} {groups['h']}".lower()
    rest = " ".join(value for name, value in groups.items() if name not in ("d", "f", "h", "due")).strip(" ?")
    arguments: dict[str, Any] = {}
    if groups["done"] or re.search(r"\b(?:done|finished|completed)\b", f"{kind} {rest}"):
        arguments["status"] = "done"
    if tag := re.search(r"#([\w/-]+)|\btagged\s+(?:with\s+)?([\w/-]+)", f"{kind} {rest}"):
        arguments["tag"] = tag[1] or tag[2]
    if about := re.search(r"\b(?:about|mentioning|with|containing)\s+(?!tag)(.+)$", rest):
        arguments["query"] = about[1]
    elif readings := read(rest, clock):
        arguments["due"] = readings[0].text
    elif re.search(r"\b(?:overdue|late)\b", f"{kind} {rest}"):
        arguments["due"] = "overdue"
    return Request(intent="task_find", text=text, arguments=arguments)


def _before_time(words: str, clock: Clock) -> str:
    spans = [reading.span[0] for reading in read(words, clock)]
    return re.sub(r"^(?:the|my)\s+", "", words[: min(spans)] if spans else words).strip(" ,") or words


def _list(what: str) -> list[str]:
    return [_named(part) for part in LIST.split(what) if part.strip()]


def _named(what: str) -> str:
    """`the milk task` → `milk`; a pronoun, a position and `all …` stay as they are."""
    if re.match(r"all\b", what, re.I):
        return what.strip()
    plain = re.sub(r"^(?:the|my|our)\s+|\s+from my list$", "", what.strip(), flags=re.I)
    plain = re.sub(rf"^(?:task|reminder|todo|to-do)\s+(?:to|about|called|for)\s+|\s+{NOUN}$", "", plain, flags=re.I)
    return plain.strip(" \"'.") or what.strip()
