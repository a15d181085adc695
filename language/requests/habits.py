"""Requests about habits: starting one, changing its goal; what was done of it, and how it goes."""

import re
from typing import Any

from domain.people import Clock
from language.patterns import Wording
from language.request import Request
from language.requests.activities import PARTS, core, cores, is_activity
from language.requests.frames import tight
from language.requests.habit_logs import logged, told
from language.requests.habit_queries import asked
from language.requests.rhythms import OFTEN, amount_of, counted, often_of, without_often
from language.when import read

NAMED = Wording(
    r"^(?:(?:create|add|start|make|new|begin|set up|track|build|form|help me (?:build|start|form|develop|"
    r"keep))\s+)?(?:an?\s+|the\s+|my\s+)?(?:new\s+)?(?:daily\s+|weekly\s+)?habit"
    r"(?:\s+(?:of|to|called|named|for)|\s*:)\s*(?P<name>.+)$"
    r"|^(?:start|create|add|make|build|begin|form) (?:an?|my|the) (?:new |daily |weekly "
    r")?(?P<kind>(?!habit\b)[\w -]+?) habit\b(?P<often>.*)$"
    r"|^(?:let's |lets )?(?:make|build|start|turn) (?:(?P<made>.+?) (?:into )?a (?:daily |weekly )?habit(?P<how>,? "
    r".*)?|a habit (?:of|out of) (?P<of>.+))$"
    r"|^(?:start tracking|track)\s+(?:my\s+)?(?P<tracked>.+?)(?:\s+as a habit)?$"
)
WISH = Wording(
    r"^(?:i(?:'d| would)? (?:really |also )?(?:want|wanna|like|love|plan|aim|try|am going|am trying|wish|intend|"
    r"need|should)|i'm (?:going|trying|planning)|"
    r"my (?:new )?goal is|let me|help me|i will|i'll|i wanna)\s+(?:to\s+)?(?P<name>.+)$"
)
LABELLED = Wording(
    r"^(?:(?!note\b|delete\b|remove\b|rename\b|archive\b).{0,40}\b)?habit(?:,? (?:please|for me|"
    r"again))*\s*[:,–-]\s*(?P<name>.+)$|^new (?:daily |weekly )?habit (?!(?:of|to|called|named|for)\b)(?P<bare>.+)$"
)
HAS_WISH = Wording(
    r"\b(?:want|wanna|would like|'d (?:like|love|rather)|(?:would|should) (?:love|like)|need to|wish|plan(?:ning|"
    r"ned)?|aim(?:ing)?|"
    r"try(?:ing)?|hop(?:e|ing)|intend(?:ing)?|intention|decided?|resolved?|promised?|commit(?:ted)?|going to|gonna|"
    r"fancy|think(?:ing)?|"
    r"considering|goal|target|resolution|habit|routine|challenge|mission|from (?:now|today|tomorrow) on(?:wards)?|"
    r"start(?:ing)?|begin|"
    r"track(?:ing)?|keep tabs|should|i'll|i will|let me|help me|let's|dream|keen|mind|(?:sign|put) me (?:up|down) "
    r"for|hold me to|idea)\b"
)
NO_WISH = Wording(
    r"\b(?:remind(?:er|ers|s)?|tasks?|to-?dos?|alarms?|notes?|meetings?|appointments?|delete|remove|rename|change|"
    r"stop|move|undo|did|"
    r"last|yesterday|events?|schedule|calendar|alert|notify|wake)\b|^(?:how|what|when|where|who|why|am i|did|have i|"
    r"is|are)\b"
)
LONGEST = 300
DELETE = Wording(
    r"^(?:delete|remove|drop|erase|get rid of)\s+(?:my |the )?(?:habit\s+(?:of |called )?(?P<after>.+)|"
    r"(?P<before>.+?)\s+habit)$"
)
ARCHIVE = Wording(
    r"^(?:stop tracking|archive|pause|end|retire|put away|quit tracking|no longer track)\s+(?:my |the "
    r")?(?:habit\s+(?:of |called )?)?(?P<habit>.+?)(?:\s+habit)?(?: (?:for now|any ?more))?$"
)
RESUME = Wording(
    r"^(?:unarchive|resume|bring back|restart|reactivate|start tracking|continue)\s+(?:my |the )?(?:habit\s+(?:of "
    r")?(?P<after>.+)|(?P<before>.+?)(?:\s+habit)(?:\s+again)?|(?P<again>.+?)\s+again)$|^resume\s+(?:my "
    r")?(?P<named>\w+)$"
)
RENAME = Wording(
    r"^(?:rename|call)\s+(?:my |the )?(?:habit\s+(?P<after>.+?)|(?P<before>.+?)\s+habit)\s+(?:to|as|"
    r"into)?\s*(?P<name>.+)$"
)
GOAL = Wording(
    r"^(?:change|set|make|update|increase|raise|lower|reduce|decrease|bump|adjust|edit)\s+(?:the )?(?:goal|target) "
    r"(?:of|for|on) (?:my |the )?(?P<a>.+?)(?: habit)? (?:up |down )?(?:to|at)\s+(?P<x>.+)$|"
    r"^(?:change|set|make|update|increase|raise|lower|reduce|decrease|bump|adjust|edit)\s+(?:my |the "
    r")?(?P<b>.+?)(?:'s)? (?:habit(?:'s)? (?:goal|target)|goal|target|habit) (?:up |down )?(?:to|at)?\s*(?P<y>.+)$|"
    r"^my (?P<c>.+?) (?:goal|target) (?:should be|is now|is|shall be|will be) (?P<z>.+)$"
)
INSTEAD = Wording(r"\b(?:instead|now|from now on|rather)\b\s*")


def request(text: str, clock: Clock) -> Request | None:
    """What a sentence asks of the habits, None where it is not about them."""
    return (
        whole(text, clock)
        or created_by_name(text)
        or _changed(text)
        or asked(text)
        or created(text, clock)
        or logged(text, clock)
    )


def message(text: str, clock: Clock) -> Request | None:
    """What a message of several parts asks of one habit: "I'd like to run three times a week. Can you track that?"."""
    found = (whole(text, clock) or told(text, clock)) if len(PARTS.split(text.strip(" .!?"))) > 1 else None
    return found if found and found.sure else None


def whole(text: str, clock: Clock) -> Request | None:
    """A habit to start that a message of several parts asks for: "running, that's my goal: 3 times a week"."""
    text = counted(text)
    if len(text) > LONGEST or NO_WISH.search(text) or len(list(OFTEN.finditer(text))) != 1 or is_timed(text, clock):
        return None
    often = often_of(text)
    named = cores(_goalless(text))
    is_wish = HAS_WISH.search(text) is not None
    is_often = often is not None and (often[0] > 1 or often[1] != "day")
    if len(named) != 1 or not (is_wish or (is_often and is_activity(named[0]))):
        return None
    sure = WISH.match(text) is not None or is_activity(named[0])
    return Request(intent="habit_create", text=text, arguments=_habit(text), sure=sure)


def is_timed(text: str, clock: Clock) -> bool:
    """True where it is said at what time of day: that is a task that repeats, and no habit."""
    return any(one.clock is not None for one in read(without_often(text), clock))


def _goalless(words: str) -> str:
    """The words without how often and how much."""
    name = without_often(words)
    return amount.without(name) if (amount := amount_of(name)) else name


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


def created(text: str, clock: Clock) -> Request | None:
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
    elif wish and OFTEN.search(text) and not is_timed(text, clock):
        name = wish["name"]
    else:
        return None
    habit = _habit(name)
    return Request(intent="habit_create", text=text, arguments=habit) if habit["name"] else None


def wished(text: str, clock: Clock) -> Request | None:
    """A habit in whatever words, for one who knows that one is to be started."""
    habit = {} if is_timed(text, clock) else _habit(text)
    return Request(intent="habit_create", text=text, arguments=habit) if habit.get("name") else None


def created_by_name(text: str) -> Request | None:
    """`set up a habit for me: run, 3 times weekly`, `new habit run 3x/week`."""
    found = LABELLED.match(text)
    habit = _habit(found["name"] or found["bare"]) if found else {}
    return Request(intent="habit_create", text=text, arguments=habit) if habit.get("name") else None


def _habit(words: str) -> dict[str, Any]:
    words = counted(words)
    arguments: dict[str, Any] = dict(zip(("times", "per"), often, strict=True)) if (often := often_of(words)) else {}
    name = without_often(words)
    amount = amount_of(name)
    if amount:
        arguments |= {"kind": "numeric", "target": amount.value, "unit": amount.unit}
        if amount.at_most:
            arguments["direction"] = "at_most"
        name = amount.without(name)
    return {"name": core(name) or (amount.unit if amount else ""), **arguments}
