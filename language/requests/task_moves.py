"""Moves of tasks: a new time for one, in whatever words, or another name for it."""

import re
from dataclasses import replace

from domain.people import Clock
from language.alternatives import together
from language.patterns import Found, Wording, begun_anew, without
from language.readings import Reading
from language.request import Request
from language.requests.frames import TASK, points, tight, without_times
from language.requests.task_fields import KNOWN, TIMED, names_a_new_thing, or_created, update
from language.verbs import BEGINNING, begins_order
from language.when import read, resolve

MOVE = Wording(
    r"^(?P<verb>move|reschedule|re-schedule|resched|rebook|re-book|postpone|push|shift|delay|snooze|defer|bump|put "
    r"off|bring|pull|change|"
    r"make|set|"
    r"put(?= (?:it|that|this|them|(?:the|my|our)\b.+?) (?:off|back|on|to|for|until|till|forward)\b)|"
    r"update|switch|modify|edit|adjust|have|let's (?:move|make|do|schedule|set)|schedule(?= (?:it|that|this|"
    r"them)\b))\s+(?P<way>back|forwards?|up|out|off|ahead)?\s*(?P<rest>\S.*)$",
    re.S,
)
LABELLED = Wording(
    r"^(?P<order>(?:move|reschedule|re-schedule|resched|rebook|postpone|push|shift|delay|snooze|defer|bump|change|"
    r"update|edit)\s+[^:]{2,60}?)\s*:\s+(?:to\s+)?"
)
AT_LAST = Wording(r"[\s,]+(?:instead|rather|then|please|again)$")
STATED = Wording(
    r"^(?P<what>(?!(?:today|tomorrow|it|this|that|there|what|when|who|where|how|he|she|they|i|we|you)\b)"
    r"[\w'-]+(?: [\w'-]+)?(?= is (?:now |next |on |at |tomorrow|mon|tue|wed|thu|fri|sat|sun))|(?:the|my|"
    r"our)\s+(?!(?:weather|time|date|day)\b)[\w' -]{2,60}?|[\w'-]+(?: [\w'-]+)?(?=\s+(?:has|"
    r"needs|got|was|is)\s+(?:to (?:be )?(?:move|moved|shift|shifted|go|on|at)|moved|rescheduled|postponed)))"
    r"(?:'s)?(?:\s+(?:due date|deadline))?\s+(?:(?:is|are)(?: now| actually)?(?: moved to| due)?|(?:(?:has|needs|"
    r"have|ought) "
    r"to|must|should|will|can(?: only)?) (?:move|shift|change|happen|go|wait|be(?: (?:moved|changed|rescheduled|"
    r"postponed|pushed|"
    r"shifted|switched|set|put|scheduled|done))?)(?: back| off| out)?(?: to| on| for| until)?|"
    r"needs (?:moving|shifting|changing|rescheduling|postponing|pushing|switching)(?: back)? to|"
    r"(?:got|was|is|has been) (?:moved|rescheduled|postponed|pushed|shifted|changed)(?: back)? to|should be|"
    r"(?:move[sd]?|goes|go) to|takes "
    r"place)\s+(?P<when>\S.*)$"
)
TO_AN_HOUR = Wording(r"^(?P<what>.+?)\s+to\s+(?P<hour>\d{1,2}(?::\d\d)?)$")
TO_WHEN = Wording(r"^(?P<what>(?:the |my )?[\w'-]+(?: [\w'-]+){0,2}?)\s+(?:to|now)\s+(?P<when>\S.*)$")
NEW_KIND = Wording(rf"(?:new )?(?:{TASK}|alarm|event|meeting|appointment)\b")
RETITLE = Wording(r"^(?:change|correct|fix)\s+(?P<what>.+?)\s+(?:to|into)\s+(?P<value>.+)$")
# "have the report finished": something to do.
BROUGHT_ABOUT = Wording(r"\s(?:\w{2,}ed|done|sent|made|written|ready|built|cut|put|sold|paid|bought|brought|taken)$")
RATHER = Wording(r"\b(?:instead|rather|better|prefer(?:ably)?|(?:new|different|another) (?:time|date|day))\b")
SAID = Wording(r"\b(?:instead|rather)\b")
NOT_AT = Wording(r"[\s,]*\b(?:instead of|rather than|and not|not)\b.*$", re.S)
ASKED_FOR = Wording(r"^(?:remind|add|create|set|new|note|what|when|where|who|how|why|which|is|are|do|did)\b")
AROUND = frozenset(
    """
    a about actually again am an and at be better better's call can can't could date day do done fine for from go good
    has have how i i'd i'll i'm if in instead is it it's just let's like make makes may me much my need needs new no
    not now of on one or our please prefer put rather same shall should so suits task than that that's the then there
    thing think this time to want we will with won't work works would you
    """.split()
) - {"call"}
LENGTH = Wording(
    r"\b(?:by |for )?(?P<length>(?:\d+(?:\.\d+)?|an?|one|two|three|four|five|six|ten|fifteen|twenty|thirty|half an?|"
    r"another|a couple of|a few)"
    r"\s*(?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)(?: and a half)?)\b"
)
WAY = re.compile(r"\b(?:by|back|forwards?|up|out|ahead|earlier|later|sooner|another|more)\b")
RANGE = Wording(r"^(?:from\s+)?(?P<old>.+?)\s+(?:to|until|till)\s+(?P<new>.+)$", re.S)
DUE_OF = Wording(r"^the (?:due )?(?:date|time|deadline|day) (?:of|for|on) ")
SURELY = frozenset(
    {
        "move",
        "reschedule",
        "re-schedule",
        "resched",
        "rebook",
        "re-book",
        "postpone",
        "push",
        "shift",
        "delay",
        "snooze",
        "defer",
        "bump",
        "put off",
    }
)
TO = Wording(r"\b(?:to|until|till|for|by)\s*(?:be\s+)?(?:due\s+)?(?:the\s+|on\s+|at\s+)?$")
TO_A_DAY = Wording(
    r"^(?P<what>.+?)\s+to\s+(?P<when>(?:the\s+)?(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|"
    r"dec)[a-z]*\.?\s+\d+.*|"
    r"\d+(?:st|nd|rd|th)\b.*|.*\bof never|.*\byear\s+\d+.*))$"
)


def moved(text: str, clock: Clock) -> Request | None:
    """Which task gets which new time; None where a sentence moves nothing."""
    found = MOVE.match(begun_anew(LABELLED, lambda found: f"{found['order']} to ", text))
    if not found:
        return _stated(text, clock) or _to_when(text, clock) or _rather(text, clock)
    verb, rest = found["verb"].lower(), AT_LAST.sub("", without(DUE_OF, found["rest"]))
    if (impossible := TO_A_DAY.match(rest)) and not read(impossible["when"], clock):
        return update(text, impossible["what"], {"due": impossible["when"]}, clock)
    if (hour := TO_AN_HOUR.match(rest)) and verb in (*SURELY, "change", "make", "set"):
        return update(text, hour["what"], {"due": f"at {hour['hour']}"}, clock)
    readings = together(read(rest, clock), rest)
    what, due, led = _shifted(found, rest, readings) or _retimed(rest, readings)
    is_edit = verb in ("change", "modify", "edit", "update", "reschedule", "re-schedule", "postpone", "snooze", "defer")
    if verb in ("make", "set", "have") and NEW_KIND.match(rest):
        return None
    if names_a_new_thing(rest, is_there=is_edit) or (verb == "have" and BROUGHT_ABOUT.search(what)):
        return None
    if not due or not what or (not led and verb in ("modify", "edit", "update")):
        is_known = (
            KNOWN.search(rest)
            or re.match(r"an?\b", rest)
            or verb in ("reschedule", "re-schedule", "postpone", "snooze")
        )
        return update(text, rest, {}, clock) if is_edit and is_known and not RETITLE.match(text) else None
    sure = (led and verb != "bring") or points(what) or (verb in SURELY and bool(KNOWN.search(what)))
    if not sure and not (verb in SURELY or KNOWN.search(what) or verb in ("change", "reschedule")):
        return None
    return update(text, what, {"due": due}, clock, sure=sure)


def _stated(text: str, clock: Clock) -> Request | None:
    """`the haircut is on Friday now`, `the report has to move to Monday`; where there is no such task it is new."""
    found = STATED.match(AT_LAST.sub("", text))
    timed = [one for one in read(found["when"], clock) if one.kind in TIMED] if found else []
    if not found or not timed or tight(AT_LAST.sub("", found["when"][timed[-1].span[1] :]).removesuffix("now")):
        return None
    if tight(found["when"][: timed[0].span[0]]):
        return None
    what = found["what"].strip()
    due = found["when"][timed[0].span[0] : timed[-1].span[1]].strip(" ,")
    title = tight(re.sub(r"^(?:the|my|our)\s+", "", what, flags=re.I))
    new = {"title": title[:1].upper() + title[1:], "due": due}
    made = Request(intent="task_create", text=text, arguments={"tasks": [new]})
    return replace(update(text, what, {"due": due}, clock), otherwise=made)


def _rather(text: str, clock: Clock) -> Request | None:
    """`I'd rather call the dentist on Monday`, `… instead of tomorrow`: a new time, else a new task."""
    if not RATHER.search(text) or ASKED_FOR.match(text):
        return None
    kept = SAID.sub(" ", NOT_AT.sub("", text))
    timed = [one for one in read(kept, clock) if one.kind in TIMED]
    words = [word for word in re.findall(r"[\w'&-]+", without_times(kept, clock)) if word.lower() not in AROUND]
    if not timed or not 1 <= len(words) <= 4:
        return None
    due = kept[timed[0].span[0] : timed[-1].span[1]].strip(" ,.")
    due = re.sub(r"^(?:to|until|till|for)\s+", "", due)
    return or_created(update(text, " ".join(words), {"due": due}, clock), text, clock) if resolve(due, clock) else None


def _to_when(text: str, clock: Clock) -> Request | None:
    """`dentist to next Monday 10am`: moved, where there is such a task."""
    found = TO_WHEN.match(text)
    if not found or begins_order(text) or found["what"].split()[0].lower() in BEGINNING:
        return None
    timed = [one for one in read(found["when"], clock) if one.kind in TIMED]
    if not timed or tight(found["when"][: timed[0].span[0]] + found["when"][timed[-1].span[1] :]):
        return None
    return update(text, found["what"], {"due": found["when"]}, clock, sure=False)


def _shifted(found: Found, rest: str, readings: tuple[Reading, ...]) -> tuple[str, str, bool] | None:
    """`push it by two days`, `move the dentist up an hour`: a length and a way."""
    length = LENGTH.search(rest)
    words = f"{found['way'] or ''} {rest}".lower()
    apart = [
        one for one in readings if one.kind in TIMED and length and not (length.start() <= one.span[0] < length.end())
    ]
    if length is None or apart or not (WAY.search(words) or found["verb"].lower() in SURELY):
        return None
    before, after = rest[: length.start()], rest[length.end() :]
    is_earlier = re.search(r"\b(?:up|forwards?|ahead|earlier|sooner)\b", words) or found["verb"].lower() in (
        "bring",
        "pull",
    )
    what = re.sub(
        r"\b(?:back|forwards?|up|out|ahead|by|another|earlier|later|sooner|off)\b", " ", f"{before} {after}", flags=re.I
    )
    return tight(what), f"{length['length']} {'earlier' if is_earlier else 'later'}", True


def _retimed(rest: str, readings: tuple[Reading, ...]) -> tuple[str, str, bool]:
    """The thing, its new time, and whether a word such as `to` led to it; empty where there is no time."""
    timed = [one for one in readings if one.kind in (*TIMED, "recurrence")]
    if not timed:
        return rest, "", False
    first = len(timed) - 1
    while (
        first
        and not tight(rest[timed[first - 1].span[1] : timed[first].span[0]])
        and not TO.search(rest[: timed[first].span[0]])
    ):
        first -= 1
    start, end = timed[first].span[0], timed[-1].span[1]
    within = RANGE.match(rest[start:end])
    if within and not TO.search(rest[:start]):
        # "from 7 to 8" of something that is moved is no interval: its old time and its new one.
        return tight(f"{rest[:start]} {within['old']}"), within["new"], True
    led = (
        TO.search(rest[:start]) is not None
        or re.match(r"(?:to|until|till|for|by)\b", rest[start:end], re.I) is not None
    )
    what = f"{TO.sub('', rest[:start])} {rest[end:]}"
    due = re.sub(r"^(?:to|until|till|for)\s+", "", rest[start:end].strip(" ,"), flags=re.I)
    return (
        re.sub(
            r"[\s,]+(?:to be|back|instead|forward|out|off|on|due)(?=\s*$)|[\s,]+(?:to be|back|instead|forward|out|"
            r"due)\b|\binstead of\b.*$",
            "",
            tight(what),
            flags=re.I,
        ),
        due,
        led,
    )


def retitled(text: str, clock: Clock) -> Request | None:
    """`change milk to oat milk`: other words for it, where it is there."""
    found = RETITLE.match(text)
    return update(text, found["what"], {"title": found["value"]}, clock, sure=False) if found else None
