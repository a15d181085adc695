"""What was done of a habit, skipped or missed: how much, and on which days."""

import re
from datetime import datetime
from typing import Any

from domain.people import Clock
from language.patterns import Found, Wording
from language.request import Request
from language.requests.activities import DONE, cores, is_activity
from language.requests.rhythms import ALONE, MOVES, OFTEN, Amount, amount_of, number
from language.verbs import ACTIVITIES, lemma_of_past
from language.when import read

PAST = Wording(
    r"^(?:today |yesterday |this morning |last night |tonight )?(?:(?P<i>i)(?:'ve| have| also| just)?\s+)?(?:just |"
    r"already |also |finally |only |even )*(?P<verb>[a-z]+)\b\s*(?P<rest>.*)$",
    re.S,
)
GOT_IN = Wording(r"^(?:i(?:'ve)? )?(?:got|squeezed|fit|managed|had) (?:my |a |some )?(?P<what>.+?) in\b(?P<rest>.*)$")
NOT_DONE = Wording(
    r"^(?:i\s+)?(?:(?P<skipped>skipped|am skipping|'m skipping|"
    r"skip(?=\s(?:my\s|the\s)?[\w-]+\s(?:today|tomorrow|tonight|this\s\w+)$))|"
    r"(?P<missed>missed)|(?:did not|didn'?t(?! mean\b)|couldn't|"
    r"failed to|forgot to|haven't)\s+(?:do\s+|go\s+|manage to\s+)?)\s*(?:my\s+)?(?P<habit>.+)$|"
    r"^no\s+(?P<no>[\w -]+?)\s+(?P<when>today|yesterday|tonight|this morning|last night)$"
)
LOG = Wording(r"^(?!.*\bas (?:done|completed?|finished)\b)(?:log|record|track)\s+(?:my\s+|an?\s+)?(?P<what>.+)$")
DONE_HABIT = Wording(
    r"^(?:mark|tick|check|log)\s+(?:off\s+)?(?:my |the )?(?:habit (?:of )?(?P<after>.+?)|(?P<before>.+?) "
    r"habit)(?:\s+(?:as )?(?:done|complete|completed|off))?(?P<rest>\s+.*)?$"
)
VAGUE = frozenset("read write walk work cook draw practice practise play go take do eat drink drive study".split())
WEEKDAYS = Wording(
    r"\b(?:on )?(?:last )?(?:mon|tues|wednes|thurs|fri|satur|sun)day(?:(?:,? and |, | & )(?:on )?(?:mon|tues|wednes|"
    r"thurs|fri|satur|sun)day)+"
)
SMALL = Wording(
    r"^(?:for|of|my|the|a|an|some|about|with|on|at|in|out|and)\b\s*|[\s,]*\b(?:for|of|my|on|at|in|about|and|a|was|"
    r"is|done|log it|logged|please)$"
)
OF_DAY = Wording(r"\b(?P<day>today|yesterday)'s\s+")
DAYS = ("day", "daypart", "hour", "minute")
TOLD = Wording(
    r"\b(?:did|do(?:ne|ing)|went|been|was|were|got|got in|managed|finished|completed|covered|clocked|squeezed|"
    r"knocked|smashed|nailed|banged|logged?|"
    r"record(?:ed)?|back from|today's|had|made|fit(?:ted)?|totalled|entry|wrapped|went out|had)\b|'ve\b|"
    r"\bhave (?!to\b)|\bjust\b"
)
TO_COME = Wording(
    r"\b(?:will|going to|gonna|need|must|should|shall|tomorrow|next|remind|plan|want|wanna|would|can|could|might|later|"
    r"add(?! .{2,30} to (?:my |the )?(?:\w+ing|runs?|walks?)\b)|schedule|tonight at|have to|has to|ought|if|when|"
    r"didn't|not|never|no|skipped|missed|goal|target|habit|task|"
    r"note)\b|n't\b|\?\s*$"
)
LONGEST = 200


def logged(text: str, clock: Clock) -> Request | None:
    """What was done, skipped or missed, and on which days."""
    found = told(text, clock) or _logged(text, clock)
    return None if found is None or (found.otherwise and _is_to_come(found, clock)) else found


def _is_to_come(request: Request, clock: Clock) -> bool:
    """True where the day that is told lies ahead: nothing was done on it yet."""
    starts = [one.start for one in read(str(request.arguments.get("date") or ""), clock) if one.start]
    days = [start.date() if isinstance(start, datetime) else start for start in starts]
    is_ahead = (
        re.search(r"\b(?:tomorrow|next|coming|by|before)\b", str(request.arguments.get("date")), re.I) is not None
    )
    return is_ahead and bool(days) and min(days) > clock.now.date()


def _logged(text: str, clock: Clock) -> Request | None:
    if found := NOT_DONE.match(text):
        habit, days = _without_days(found["habit"] or f"{found['no']} {found['when']}", clock)
        status = "skipped" if found["skipped"] else "missed"
        return _entry(text, _tidy(habit), None, {"status": status, **days})
    if found := GOT_IN.match(text):
        return _done(text, "", f"{found['what']} {found['rest']}", clock)
    if found := DONE_HABIT.match(text):
        return _done(text, "", f"{found['after'] or found['before']} {found['rest'] or ''}", clock)
    if found := LOG.match(text):
        return _done(text, "", found["what"], clock)
    return _of_past(text, clock)


def _of_past(text: str, clock: Clock) -> Request | None:
    found = PAST.match(text)
    verb = lemma_of_past(found["verb"]) if found else None
    if found and verb is None and found["verb"].lower() in ACTIVITIES and re.match(r"i(?:'ve| have)\b", text, re.I):
        verb = found["verb"].lower()
    is_question = found is not None and re.match(r"(?:i|you|we|he|she|they|me)\b", found["rest"], re.I)
    if not found or verb not in ACTIVITIES or text.rstrip().endswith("?") or is_question:
        return None
    is_present = found["verb"].lower() == verb and verb not in ("read", "run", "cut") and "ve" not in text[:6].lower()
    timed = any(one.grain in DAYS and one.kind != "duration" for one in read(text, clock))
    said = (
        found["i"] or timed or amount_of(text) or (verb == "do" and re.match(r"(?:my|some|the|an?)\b", found["rest"]))
    )
    if verb == "read" and not found["i"] and re.search(r"\b(?:tonight|tomorrow|later)\b", text, re.I):
        return None
    if is_present or not said or (verb == "read" and not found["i"] and not (timed or amount_of(text))):
        return None
    rest = found["rest"]
    if verb == "work":
        if not re.match(r"out\b", rest):
            return None
        verb, rest = "work out", rest[3:]
    when = re.match(r"(?:today|yesterday|this morning|last night|tonight)", text, re.I)
    request = _done(text, verb, f"{rest} {when[0] if when else ''}", clock)
    return Request(**{**request.__dict__, "sure": verb not in VAGUE or amount_of(text) is not None})


def _done(text: str, verb: str, rest: str, clock: Clock) -> Request:
    if alone := ALONE.match(rest.strip()) if verb in ("", "do") else None:
        _, days = _without_days(rest.strip()[alone.end() :], clock)
        return _entry(text, "it", None, {**days, "value": number(alone["value"])})
    rest, arguments = _without_days(OF_DAY.sub(_day, rest), clock)
    amount = amount_of(rest)
    if amount:
        rest = amount.without(rest)
        if amount.unit.startswith(("page", "chapter")) and verb == "read":
            rest = ""
    if verb == "go":
        rest = re.sub(r"^(?:out )?(?:for|to|on)\s+(?:an?|the|my)?\s*", "", rest)
    rest = _tidy(rest)
    name = rest if verb in ("do", "go") and rest else "it" if verb == "do" else f"{verb} {rest}".strip()
    return _entry(text, name, amount, arguments)


def _entry(text: str, habit: str, amount: Amount | None, arguments: dict[str, Any]) -> Request:
    if amount:
        unit = {} if MOVES.fullmatch(amount.unit) else {"unit": amount.unit}
        arguments = {**arguments, "value": amount.value, **unit}
    task = Request(intent="task_complete", text=text, reference=habit)
    is_done = arguments.get("status") is None
    return Request(
        intent="habit_log", text=text, reference=habit, arguments=arguments, otherwise=task if is_done else None
    )


def _without_days(words: str, clock: Clock) -> tuple[str, dict[str, Any]]:
    """The words left without their days, and the days."""
    days: list[str] = []
    if listed := WEEKDAYS.search(words):
        days = re.findall(r"\w+day", listed[0], re.I)
        return f"{words[: listed.start()]} {words[listed.end() :]}", {"dates": days}
    for reading in reversed(read(words, clock)):
        if reading.kind in ("point", "interval", "open") and reading.grain in DAYS:
            start, end = reading.span
            days.insert(0, re.sub(r"^on\s+", "", reading.text.strip(), flags=re.I))
            words = f"{words[:start]} {words[end:]}"
    if len(days) > 1:
        return words, {"dates": days}
    return words, {"date": days[0]} if days else {}


def _day(found: Found) -> str:
    return f"{found['day']} "


def _tidy(words: str) -> str:
    words, before = re.sub(r"\s+", " ", words).strip(" .,!:;-"), ""
    while words != before:
        words, before = SMALL.sub("", words).strip(" .,!"), words
    return words


def told(text: str, clock: Clock) -> Request | None:
    """An amount of an activity that was done, in whatever words: `managed a 5 km run`, `5 kilometres run`."""
    amount = None if len(text) > LONGEST or OFTEN.search(text) or TO_COME.search(text) else amount_of(text)
    if amount is None or MOVES.fullmatch(amount.unit):
        return None
    rest, days = _without_days(OF_DAY.sub(_day, amount.without(text)), clock)
    tokens = re.findall(r"[a-z']+", rest.lower())
    is_past = any(lemma_of_past(token) in ACTIVITIES and token not in ("read", "cut") for token in tokens)
    names = cores(rest, DONE)
    if len(names) > 1 or not (is_past or TOLD.search(text) or days) or (not names and not TOLD.search(text)):
        return None
    if names and not is_activity(names[0]):
        return None
    first = re.match(r"[a-z]*", text.lower())
    if first and first[0] in ACTIVITIES - {"read", "run"}:
        return None
    request = _entry(text, _named(names, amount), amount, days)
    return request if is_past or TOLD.search(text) else request.unsure()


def _named(names: list[str], amount: Amount) -> str:
    """`run` of `I ran`; a bare `5k` is a run by what people call so."""
    if not names:
        return "run" if amount.unit == "k" else "it"
    first, *rest = names[0].split()
    return " ".join([lemma_of_past(first) or first, *rest])
