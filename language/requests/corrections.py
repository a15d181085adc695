"""Corrections of what was just done ("no, Tuesday", "I meant the doctor"), and what carries on ("and tomorrow?")."""

import re
from typing import Any

from domain.people import Clock
from language.patterns import Wording, without
from language.request import Request
from language.requests import task_changes
from language.requests.frames import named, points, tight, without_times
from language.requests.habit_queries import asked
from language.requests.new_tasks import created
from language.requests.task_fields import fields_of
from language.verbs import BEGINNING, begins_order
from language.when import read

SOFT = r"(?:oh|ah|hm+|um+|uh+|wait|actually|hold on|hang on|well|ok|okay|please|and|but|so|hey|just)"
HARD = (
    r"(?:no|nope|nah|never ?mind|sorry|oops|whoops|my (?:bad|mistake)|i (?:mean|meant|said|wanted|misspoke)(?: to "
    r"say| that| it "
    r"to be| it)?|correction|scratch that|"
    r"on second thoughts?|rather|not that(?: one)?|i was wrong|that's (?:wrong|not right|not it)|that(?:'s| is| "
    r"was) (?:supposed to be|meant to be)|"
    r"i want (?:it|that)(?: to be)?|it(?:'s| is| was)? (?:should(?: have)? be(?:en)?|supposed to be|meant to be)|"
    r"should(?: have)? be(?:en)?|(?:make|change) (?:it|that) to|better)"
)
LEAD = Wording(rf"^(?:(?P<hard>{HARD})|{SOFT})(?:\b[\s,.!:;–—-]+|\s*$)")
WRONG = Wording(
    r"^(?:(?:that(?:'s| is| was)? )?(?:the )?wrong (?:one|task|note|habit|thing|item|reminder)|not (?:that|this)(?: "
    r"(?:one|task|note))?|the other one|"
    r"that(?:'s| is) not (?:the (?:right )?one|the right task|it|the task i meant)|(?:you |that )(?:picked|chose|"
    r"took|got) the wrong one)$"
)
NOT_BUT = Wording(
    r"^not\s+(?:(?:on|at|for|to)\s+)?(?P<not>.+?)(?:\s*[,;]\s*(?:but\s+|rather\s+|i meant\s+)?|\s+but\s+|"
    r"\s+rather\s+)(?P<is>.+)$|"
    r"^(?P<is2>(?!(?:it|that|this|he|she|they|i)\b|.*\b(?:is|are|was|were)\s+not\b).+?)(?:\s*,)?\s+(?:not|instead of|"
    r"rather than)\s+(?:(?:on|at|for|to)\s+)?(?P<not2>.+)$"
)
MORE = Wording(
    r"^(?:(?:and |or )?(?:what|how) about|and what about|what of|and for|and(?=[^?]{2,40}\?$)(?! (?:what|when|where|"
    r"who|how|which|why|is|are|do|did|can|could|will)\b)|same (?:for|with|goes for)|"
    r"(?:do )?the same (?:for|with|to)|do (?:that|it|this) (?:for|with|to)|also(?: "
    r"for)?)\s+(?P<what>.+?)(?:\s+(?:too|as well|also))?\s*\??$|"
    r"^(?:and\s+)?(?P<too>(?:the|my|this|that)\s.+?|[\w' -]{2,40}?)(?:,)?\s+(?:too|as well)$"
)
INSTEAD = Wording(r"[\s,]+(?:instead|rather|then|actually|please|i (?:mean|meant))$")
SHOULD = Wording(r"\s+(?:should|has to|has|have|needs(?: to)?|ought to|must|is|will)(?: be)?$")
SORRY = Wording(r"^(?:(?:no|nope|sorry|oops|wait|hey|hm+)\b[\s,.!]*)+")
AND_TO = Wording(
    r"^and (?P<what>(?:the|my|number|that|this)\b[^?]{2,40}?) (?:to|for) (?P<when>(?:\d|mon|tue|wed|thu|fri|sat|sun|"
    r"tom|next|noon|the \d)[^?]*)$"
)
AGAIN = Wording(
    r"^(?:add |make |create |put )?(?:another(?: one)?|one more|the same(?: (?:one|thing|task))?)(?: "
    r"again)?\s+(?=(?:for|on|at)\b)"
)
NOT_DONE = Wording(r"^no [\w-]+ (?:today|yesterday|tonight|this (?:morning|week))\W*$")
DOING = Wording(
    r"^(?:let's|lets|i(?:'d| would) rather|i want to|we should)\s+(?:do|have|make|move|put|schedule)?\s*|"
    r"^(?:do|have|put|schedule)\s+(?=(?:the|my)\b)"
)
LONGEST = 160
FEW = 8


def request(text: str, clock: Clock) -> Request | None:
    """How a sentence puts right or carries on what came before; None for one that stands by itself."""
    if len(text) > LONGEST or NOT_DONE.match(text):
        return None
    if WRONG.match(without(SORRY, text).rstrip(" .!")):
        return Request(intent="correct", text=text, arguments={"wrong": True})
    bare, hard = _bare(text)
    if not bare or (bare.endswith("?") and not hard):
        return None
    bare = bare.rstrip("? ")
    if contrast := NOT_BUT.match(bare):
        is_, not_ = contrast["is"] or contrast["is2"], contrast["not"] or contrast["not2"]
        if hard or contrast["not"]:
            return Request(
                intent="correct", text=text, arguments={**_put(INSTEAD.sub("", is_), clock), "not": named(not_)}
            )
    was_instead = INSTEAD.search(bare) is not None
    bare = INSTEAD.sub("", bare)
    led = hard or bare != text or was_instead
    if not led and (len(bare.split()) > FEW or begins_order(bare)):
        return None
    if fields := fields_of(bare, clock):
        return Request(intent="correct", text=text, arguments=fields, sure=led)
    if (hard or was_instead) and (moved := _moved(text, bare, clock)):
        return moved
    if hard and points(bare) and bare.lower() not in ("it", "that", "this"):
        return Request(intent="correct", text=text, arguments={"is": bare})
    if hard and len(bare.split()) <= 6:
        return _renamed(text, bare, clock)
    return None


def carried_on(text: str) -> Request | None:
    """`what about tomorrow?`, `the report too`: the request before, about something else."""
    if asked(text):
        return None
    if again := AGAIN.match(text):
        return Request(intent="follow_up", text=text, reference=text[again.end() :], arguments={"again": True})
    if then := AND_TO.match(text):
        return Request(intent="follow_up", text=text, reference=then["what"], arguments={"due": then["when"]})
    found = MORE.match(text)
    what = tight(found["what"] or found["too"]) if found else ""
    if (
        not what
        or len(what.split()) > 6
        or begins_order(what)
        or re.match(r"(?:remind|add|remember|delete)\b", what, re.I)
    ):
        return None
    asks = {"asks": True} if re.match(r"(?:and |or )?(?:what|how) (?:about|of)\b|.*\?$", text, re.I) else {}
    return Request(intent="follow_up", text=text, reference=what, arguments=asks, sure=bool(found and found["what"]))


def without_lead(text: str) -> str:
    """What is asked when the words of hesitation before it are gone."""
    return _bare(text)[0] or text


def _bare(text: str) -> tuple[str, bool]:
    """The words after those that announce a correction, and whether one of them surely does."""
    hard, rest = False, text.strip()
    while found := LEAD.match(rest):
        hard = hard or found["hard"] is not None
        rest = rest[found.end() :].strip()
    return rest.rstrip(" .!"), hard


def _put(words: str, clock: Clock) -> dict[str, Any]:
    return fields_of(words, clock) or {"is": words if points(words) else named(words)}


def _moved(text: str, bare: str, clock: Clock) -> Request | None:
    """`no, mom on Saturday`, `dentist 10am instead`: a thing and its new time."""
    rest = SHOULD.sub("", without(DOING, without_times(bare, clock)))
    timed = [one for one in read(bare, clock) if one.kind in ("point", "interval", "open", "time", "recurrence")]
    if not timed or not rest or len(rest.split()) > 4 or rest.split()[0].lower() in BEGINNING:
        return None
    words = bare[timed[0].span[0] : timed[-1].span[1]].strip(" ,")
    field = "recurrence" if timed[0].kind == "recurrence" else "due"
    return Request(intent="task_update", text=text, reference=named(rest), arguments={field: words})


def _renamed(text: str, bare: str, clock: Clock) -> Request | None:
    """`no, call the doctor`: other words for what was just added; `I meant the doctor`: another thing."""
    if (changed := task_changes.request(bare, clock)) and changed.sure:
        return None
    made = created(bare, clock)
    if made and (made.sure or begins_order(bare)) and "missing" not in made.arguments:
        (first, *others) = made.arguments["tasks"]
        return None if others else Request(intent="correct", text=text, arguments={"task": first}, otherwise=made)
    if re.match(r"(?:the|my|that|this)\b|[\w'-]+(?: [\w'-]+)?$", bare, re.I) and not re.match(
        r"(?:problem|worries|idea|thanks|thank|need)\b", bare, re.I
    ):
        return Request(intent="correct", text=text, arguments={"is": named(bare)})
    return None
