"""Requests about habits: starting one, changing its goal, logging what was done, asking how it goes."""

import re
from typing import Any

from domain.people import Clock
from language.request import Request
from language.requests.frames import tight
from language.requests.rhythms import MOVES, OFTEN, Amount, amount_of, often_of, without_often
from language.verbs import ACTIVITIES, lemma_of_past
from language.when import read

NAMED = re.compile(
    r"^(?:(?:create|add|start|make|new|begin|set up|track|build|form|help me (?:build|start|form|develop|"
    r"keep))\s+)?(?:an?\s+|the\s+|my\s+)?(?:new\s+)?(?:daily\s+|weekly\s+)?habit"
    r"(?:\s+(?:of|to|called|named|for)|\s*:)\s*(?P<name>.+)$"
    r"|^(?:start|create|add|make|build|begin|form) (?:an?|my|the) (?:new |daily |weekly "
    r")?(?P<kind>(?!habit\b)[\w -]+?) habit\b(?P<often>.*)$"
    r"|^(?:let's |lets )?(?:make|build|start|turn) (?:(?P<made>.+?) (?:into )?a (?:daily |weekly )?habit(?P<how>,? "
    r".*)?|a habit (?:of|out of) (?P<of>.+))$"
    r"|^(?:start tracking|track)\s+(?:my\s+)?(?P<tracked>.+?)(?:\s+as a habit)?$",
    re.I,
)
WISH = re.compile(
    r"^(?:i(?:'d| would)? (?:really |also )?(?:want|wanna|like|love|plan|aim|try|am going|am trying|wish|intend|"
    r"need|should)|i'm (?:going|trying|planning)|"
    r"my (?:new )?goal is|let me|help me|i will|i'll|i wanna)\s+(?:to\s+)?(?P<name>.+)$",
    re.I,
)
LABELLED = re.compile(
    r"^(?:(?!note\b|delete\b|remove\b|rename\b|archive\b).{0,40}\b)?habit(?:,? (?:please|for me|"
    r"again))*\s*[:,–-]\s*(?P<name>.+)$|^new (?:daily |weekly )?habit (?!(?:of|to|called|named|for)\b)(?P<bare>.+)$",
    re.I,
)
ABOUT_HABIT = re.compile(
    r"^(?:.{0,60}?\b(?:resolution|goal|plan|aim|idea|promise|challenge)\b(?: is| was|:)?(?: to)?\s+)|[,\s]*\b(?:as|"
    r"into|is) (?:an?|my) (?:new )?(?:habit|routine)\b|^make it a (?:habit|routine)\W+|"
    r"\bfrom (?:now|today|tomorrow) on\b|^(?:i|we) (?:will|want to|am going to|plan to)\s+|[\s,]*please\W*$",
    re.I,
)
GOING = re.compile(
    r"^(?:(?:to|start|begin|get into|get back (?:in)?to|take up|keep|be|get in the habit of|go|going|doing|do (?=my|"
    r"some|a\b|more|yoga|sport)|for|some|more|my|out)\s+)+(?:an?\s+|the\s+)?(?=\S)",
    re.I,
)
HABIT = r"(?:my |the |our )?(?P<{}>.+?)(?:'s)?(?: habits?)?"
PERIOD = (
    r"(?: (?:today|this (?:week|month|year)|last (?:week|month)|lately|so far|recently|these days|overall|"
    r"at the moment))*"
)
ASKED = tuple(
    re.compile(rf"^{pattern}{PERIOD}\s*\?*$", re.I)
    for pattern in (
        r"how(?:'s| is) (?:my )?(?P<habit>[a-z]+ing)",
        r"(?:give me |show me |i'd like )?(?:an? |the )?(?:update|report|news) (?:on|about|for|of) my "
        r"(?P<habit>[a-z -]+?)",
        rf"how (?:it|things|everything|that) (?:goes|go|is going|are going|'s going) with {HABIT.format('habit')}",
        r"(?:my )?(?P<habit>[\w' -]{2,30}?)\s*[,:–—-]\s*(?:where do i stand|how am i doing|how's it going|how is it "
        r"going|any progress|status)",
        rf"where (?:do i stand|am i) (?:with|on) {HABIT.format('habit')}",
        rf"how(?:'s| is| are| has| have|s) {HABIT.format('habit')}(?: streak)? (?:going|doing|coming(?: along)?|"
        rf"been(?: going)?|progressing|looking)",
        rf"how (?:am i|have i been|'m i) (?:doing|getting on|progressing|coming along) (?:with|at|on|in) "
        rf"{HABIT.format('habit')}",
        rf"how(?:'s| is|s) it (?:going|coming(?: along)?) with {HABIT.format('habit')}",
        rf"am i (?:keeping up|on track|doing well|doing ok(?:ay)?|making progress|consistent|behind) (?:with|on|in|"
        rf"at) {HABIT.format('habit')}",
        r"(?:what's|what is|whats|show(?: me)?|how long is|how (?:good|long) is|tell me(?: about)?) (?:my |the "
        r")(?:current |"
        r"longest )?(?P<habit>.+?) (?:streak|progress|stats|statistics|score|history|insights?)",
        r"(?:my )?(?P<habit>[\w -]+?) (?:streak|progress|stats|insights?)",
        rf"(?:show|give|tell)(?: me)? (?:the |my |some )?(?:insights?|progress|stats|statistics|history|streak) "
        rf"(?:for|on|about|into|of|with) {HABIT.format('habit')}",
        r"(?:(?:how often|how many times|how many days) (?:did|do|have)|when (?:did|have)) i (?:last |ever )?"
        r"(?P<habit>.+?)(?: last)?",
        r"(?:how much|how many|how far|how long) (?:(?!tasks|notes|reminders)[\w ]+? )?(?:did|do|have) i "
        r"(?P<habit>.+?)",
        r"(?:show|list)(?: me)? (?:all )?(?:of )?(?:my )?(?P<all>habits)(?: and .*)?|(?:what|which|how)(?:'s)?(?: "
        r"are| is)?(?: all)?(?: my)? (?P<w>habits)\b.*|"
        r"(?:how am i doing with|tell me about|check) (?:all )?my (?P<a>habits)|my (?P<m>habits)|habit (?P<r>report|"
        r"overview|summary|insights)",
    )
)
NO_HABIT = re.compile(
    r"^(?:day|week|month|everything|it|things?|you|life|work|tasks?|notes?|list|to-?dos?|finish.*|complete.*|get "
    r"done.*|write.*|have(?: left)?)\b",
    re.I,
)
DELETE = re.compile(
    r"^(?:delete|remove|drop|erase|get rid of)\s+(?:my |the )?(?:habit\s+(?:of |called )?(?P<after>.+)|"
    r"(?P<before>.+?)\s+habit)$",
    re.I,
)
ARCHIVE = re.compile(
    r"^(?:stop tracking|archive|pause|end|retire|put away|quit tracking|no longer track)\s+(?:my |the "
    r")?(?:habit\s+(?:of |called )?)?(?P<habit>.+?)(?:\s+habit)?(?: (?:for now|any ?more))?$",
    re.I,
)
RESUME = re.compile(
    r"^(?:unarchive|resume|bring back|restart|reactivate|start tracking|continue)\s+(?:my |the )?(?:habit\s+(?:of "
    r")?(?P<after>.+)|(?P<before>.+?)(?:\s+habit)(?:\s+again)?|(?P<again>.+?)\s+again)$|^resume\s+(?:my "
    r")?(?P<named>\w+)$",
    re.I,
)
RENAME = re.compile(
    r"^(?:rename|call)\s+(?:my |the )?(?:habit\s+(?P<after>.+?)|(?P<before>.+?)\s+habit)\s+(?:to|as|"
    r"into)?\s*(?P<name>.+)$",
    re.I,
)
GOAL = re.compile(
    r"^(?:change|set|make|update|increase|raise|lower|reduce|decrease|bump|adjust|edit)\s+(?:the )?(?:goal|target) "
    r"(?:of|for|on) (?:my |the )?(?P<a>.+?)(?: habit)? (?:up |down )?(?:to|at)\s+(?P<x>.+)$|"
    r"^(?:change|set|make|update|increase|raise|lower|reduce|decrease|bump|adjust|edit)\s+(?:my |the "
    r")?(?P<b>.+?)(?:'s)? (?:habit(?:'s)? (?:goal|target)|goal|target|habit) (?:up |down )?(?:to|at)?\s*(?P<y>.+)$|"
    r"^my (?P<c>.+?) (?:goal|target) (?:should be|is now|is|shall be|will be) (?P<z>.+)$",
    re.I,
)
INSTEAD = re.compile(r"\b(?:instead|now|from now on|rather)\b\s*", re.I)
PAST = re.compile(
    r"^(?:today |yesterday |this morning |last night |tonight )?(?:(?P<i>i)(?:'ve| have| also| just)?\s+)?(?:just |"
    r"already |also |finally |only |even )*(?P<verb>[a-z]+)\b\s*(?P<rest>.*)$",
    re.I | re.S,
)
GOT_IN = re.compile(
    r"^(?:i(?:'ve)? )?(?:got|squeezed|fit|managed|had) (?:my |a |some )?(?P<what>.+?) in\b(?P<rest>.*)$", re.I
)
NOT_DONE = re.compile(
    r"^(?:i\s+)?(?:(?P<skipped>skipped|am skipping|'m skipping|"
    r"skip(?=\s(?:my\s|the\s)?[\w-]+\s(?:today|tomorrow|tonight|this\s\w+)$))|"
    r"(?P<missed>missed)|(?:did not|didn'?t(?! mean\b)|couldn't|"
    r"failed to|forgot to|haven't)\s+(?:do\s+|go\s+|manage to\s+)?)\s*(?:my\s+)?(?P<habit>.+)$|"
    r"^no\s+(?P<no>[\w -]+?)\s+(?P<when>today|yesterday|tonight|this morning|last night)$",
    re.I,
)
LOG = re.compile(r"^(?:log|record|track)\s+(?:my\s+|an?\s+)?(?P<what>.+)$", re.I)
DONE_HABIT = re.compile(
    r"^(?:mark|tick|check|log|set)\s+(?:off\s+)?(?:my |the )?(?:habit (?:of )?(?P<after>.+?)|(?P<before>.+?) "
    r"habit)(?:\s+(?:as )?(?:done|complete|completed|off))?(?P<rest>\s+.*)?$",
    re.I,
)
VAGUE = frozenset("read write walk work cook draw practice practise play go take do eat drink drive study".split())
WEEKDAYS = re.compile(
    r"\b(?:on )?(?:last )?(?:mon|tues|wednes|thurs|fri|satur|sun)day(?:(?:,? and |, | & )(?:on )?(?:mon|tues|wednes|"
    r"thurs|fri|satur|sun)day)+",
    re.I,
)
SMALL = re.compile(
    r"^(?:for|of|my|the|a|an|some|about|with|on|at|in|out|and)\b\s*|[\s,]*\b(?:for|of|my|on|at|in|about|and|a|was|"
    r"is|done|log it|logged|please)$",
    re.I,
)
OF_DAY = re.compile(r"\b(?P<day>today|yesterday)'s\s+", re.I)
CLOCK = re.compile(r"\bat (?:\d|noon|six|seven|eight|nine|ten|five)|\d ?(?:am|pm)\b|\d:\d\d", re.I)
DAYS = ("day", "daypart", "hour", "minute")


def request(text: str, clock: Clock) -> Request | None:
    """What a sentence asks of the habits, None where it is not about them."""
    return created_by_name(text) or _changed(text) or _asked(text) or created(text) or logged(text, clock)


def _changed(text: str) -> Request | None:
    if found := DELETE.match(text):
        return Request(intent="habit_delete", text=text, reference=found["after"] or found["before"])
    if found := RENAME.match(text):
        return _update(text, found["after"] or found["before"], name=found["name"].strip())
    if (found := RESUME.match(text)) and not AMOUNT_OR_TIME.search(text):
        return _update(text, found["after"] or found["before"] or found["again"] or found["named"], archived=False)
    if (found := ARCHIVE.match(text)) and (text.lower().startswith(("stop", "quit", "no")) or "habit" in text.lower()):
        return _update(text, found["habit"], archived=True)
    if found := GOAL.match(text):
        goal = _goal(found["x"] or found["y"] or found["z"])
        return _update(text, found["a"] or found["b"] or found["c"], **goal) if goal else None
    wish = WISH.match(text)
    if wish and INSTEAD.search(text) and OFTEN.search(text):
        habit = _habit(INSTEAD.sub(" ", wish["name"]))
        return _update(text, str(habit.pop("name")), **{name: habit[name] for name in habit if name != "kind"})
    return None


AMOUNT_OR_TIME = re.compile(r"\d")


def _update(text: str, habit: str, **fields: Any) -> Request:
    return Request(intent="habit_update", text=text, reference=tight(habit), arguments=fields)


def _goal(words: str) -> dict[str, Any]:
    """The target, the unit and how often, of `4 times a week` or `10 glasses a day`."""
    if re.fullmatch(r"\d+(?:\.\d+)?", words.strip()):
        return {"target": float(words)}
    habit = _habit(words)
    return {name: value for name, value in habit.items() if name not in ("name", "kind")}


def _asked(text: str) -> Request | None:
    for pattern in ASKED:
        if found := pattern.match(text):
            named = found.groupdict().get("habit")
            everything = named is None or re.fullmatch(r"(?:all )?(?:my )?habits?", named, re.I)
            if named and not everything and (NO_HABIT.match(named) or len(named.split()) > 5):
                return None
            reference = None if everything else tight(re.sub(r"^(?:go|going|do|been|for a)\s+", "", str(named)))
            return Request(intent="habit_insights", text=text, reference=reference)
    return None


def created(text: str) -> Request | None:
    """A habit to start, by its name or as a wish with how often."""
    wish, named = WISH.match(text), NAMED.match(text)
    if named:
        name = named["name"] or named["made"] or named["of"] or named["tracked"] or named["kind"]
        name = f"{name} {named['often'] or named['how'] or ''}".strip()
        if (
            named["tracked"]
            and re.search(r"\d|\b(?:package|parcel|order|today|yesterday|delivery|expenses|shipment)\b", name)
            and not OFTEN.search(name)
        ):
            return None
    elif wish and OFTEN.search(text) and not CLOCK.search(text):
        name = wish["name"]
    else:
        return None
    return Request(intent="habit_create", text=text, arguments=_habit(name))


def wished(text: str) -> Request:
    """A habit in whatever words, for one who knows that one is to be started."""
    return Request(intent="habit_create", text=text, arguments=_habit(ABOUT_HABIT.sub("", text)))


def created_by_name(text: str) -> Request | None:
    """`set up a habit for me: run, 3 times weekly`, `new habit run 3x/week`."""
    found = LABELLED.match(text)
    return (
        Request(intent="habit_create", text=text, arguments=_habit(found["name"] or found["bare"])) if found else None
    )


def _habit(words: str) -> dict[str, Any]:
    arguments: dict[str, Any] = dict(zip(("times", "per"), often, strict=True)) if (often := often_of(words)) else {}
    name = without_often(words)
    if amount := amount_of(name):
        arguments |= {"kind": "numeric", "target": amount.value, "unit": amount.unit}
        if amount.at_most:
            arguments["direction"] = "at_most"
        name = amount.without(name)
    name = _tidy(GOING.sub("", _tidy(name)))
    return {"name": name or (amount.unit if amount else _tidy(words)), **arguments}


def logged(text: str, clock: Clock) -> Request | None:
    """What was done, skipped or missed, and on which days."""
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
    rest, arguments = _without_days(OF_DAY.sub(r"\g<day> ", rest), clock)
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
    elif re.fullmatch(r"(?:do )?\d+", habit):
        arguments, habit = {**arguments, "value": int(habit.split()[-1])}, "it"
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


def _tidy(words: str) -> str:
    words, before = re.sub(r"\s+", " ", words).strip(" .,!:;-"), ""
    while words != before:
        words, before = SMALL.sub("", words).strip(" .,!"), words
    return words
