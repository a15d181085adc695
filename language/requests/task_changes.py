"""Requests that change tasks: completing them, opening them again, and whatever else is done to one."""

import re
from dataclasses import replace

from domain.people import Clock
from language.patterns import Found, Patterns, Wording, begun_anew
from language.request import Request
from language.requests.deletions import deleted
from language.requests.frames import PASSIVES, named, points
from language.requests.targets import MANY, target
from language.requests.task_fields import KNOWN, TIMED, changed, names_a_new_thing, or_created
from language.requests.task_moves import moved, retitled
from language.verbs import OR_NOUNS, TASKS, begins_order, lemma_of_participle, lemma_of_past
from language.when import read

DONE = (
    r"(?:done|in the bag|behind me|out of the way|off my desk|over with|over and done with|wrapped up|done and "
    r"dusted|off my plate|complete|completed|finished|ready|taken care of|sorted(?: "
    r"out)?|handled|ticked off|"
    r"checked off)"
)
COMPLETIONS = Patterns(
    rf"^(?:{pattern})$"
    for pattern in (
        rf"mark(?P<what>(?: (?:it|that|this|them|both|those))?) as {DONE}",
        rf"(?:mark|set|count|put|flag|record|log)\s+(?:off\s+)?(?P<what>.+?)\s+(?:as\s+|to\s+|down as\s+)?(?:{DONE}|"
        rf"off)",
        rf"that's\s+(?P<what>.+?)\s+{DONE}",
        r"(?:i|we)(?:'ve| have)?\s+(?:already |finally |just )*(?:got|gotten|had)\s+(?P<what>.+?)\s+(?:all "
        r")?(?:done|finished|completed|sorted)",
        r"(?:put|place|make|set) (?:a |the )?(?:check ?(?:mark)?|tick(?: ?mark)?|cross) (?:next to|beside|by|on|"
        r"behind|against|at|after|in front of) (?P<what>.+)",
        r"(?:check|tick|cross|mark|knock)\s+off\s+(?P<what>.+)",
        r"(?:check|tick|cross|mark|knock)\s+(?P<what>.+?)\s+off(?:\s+(?:of\s+)?(?:my|the) (?:list|"
        r"to-?dos?|tasks))?",
        r"(?:tick|cross)\s+(?P<what>(?:the|my|that|this|it)\b.+)",
        rf"(?:i(?:'m| am|'ve| have)?\s+|we(?:'re|'ve)?\s+)?(?:just |already |finally |now |all )*(?:{DONE}|done|"
        rf"through|finished up|wrapped up)\s+with\s+(?P<what>.+)",
        r"(?:i(?:'ve| have)?\s+|we(?:'ve)?\s+)?(?:just |already |finally |now )*(?:finished|completed|wrapped up|"
        r"took care of|taken care of|"
        r"handled|dealt with|knocked out|got done with|got through)\s+(?P<what>.+)",
        rf"(?P<what>(?:the|my|that|this|it|both|all|they|those)\b.*?|(?!(?:i|we)\b)[\w' -]{{2,60}}?)(?:\s*[:–=]|"
        rf"\s+(?:is|are|was|were|has "
        rf"been|have been|got)|'s)?\s+"
        rf"(?:all |now |already |finally )*(?:{DONE})(?:\s+(?:now|already|today|too|finally|at last|as well))?",
    )
)
MARKING = Wording(r"^(?:mark|check|tick|cross|strike|set|count|put|flag)\b|.*\bdue\b")
FINISH = Wording(r"^(?:complete|finish(?: up)?|close|resolve)\s+(?P<what>.+)$")
NOT_QUITE = Wording(
    r"\b(?:tried|almost|nearly|partly|partially|half|but|still|wrong|isn't|aren't|wasn't|hasn't|haven't|didn't|"
    r"don't|not|never|"
    r"should|must|need|when|until|once|if|what|which|who|get|have to|by)\b"
)
PAST = Wording(r"^(?:i(?:'ve| have)?\s+)?(?:just |already |finally |also )*(?P<verb>[a-z]+)\s+(?P<rest>.+)$", re.S)
I_PAST = Wording(r"^i(?:'ve| have)?\b")
# "I would like to move …": where there is no such thing, it is something to do.
WISHED = Wording(
    r"^(?:i|we)(?:'d| would| should)?(?: really| now| also| still| just)* (?:(?:need|have|ought|am going) to "
    r"(?!(?:put|cancel|drop|get rid|take|complete|bring|"
    r"change|check (?!off\b)|update|edit|modify|switch)\b)|(?:like|love|want|wish|prefer) to )(?=(?:move|reschedule|"
    r"re-schedule|rebook|postpone|push|shift|delay|"
    r"defer|bump|change|put|delete|remove|cancel|erase|scrap|drop|strike|get rid of|take|mark|tick|check|cross|"
    r"complete|update|edit|rename|modify|switch|reopen|bring)\b)"
)
# "the report can be ticked off"
DECLARED = Wording(
    r"^(?P<what>(?!what\b|which\b|there\b)[\w'-]+(?: [\w'-]+){0,5}?) (?:can|may|could|should|must|might|needs to|has "
    r"to|have to|ought to|is to) "
    r"(?:now |please |also |all )*be (?P<verb>marked|ticked|checked|crossed|closed|considered|set)\b(?P<rest>.*)$"
)
WISHED_SO = Wording(
    r"^(?:i|we)(?:'d| would| should)? (?:really )?(?:like|love|want|need|prefer) (?:to have )?(?P<what>(?:the|my|"
    r"that|this)\b.+?)(?: to be)? "
    r"(?P<verb>marked|ticked|checked|crossed|closed|deleted|removed|cancell?ed|moved|rescheduled|postponed|pushed|"
    r"shifted|dropped|scrapped)\b(?P<rest>.*)$"
)
BASES = PASSIVES | {
    "dropped": "drop",
    "scrapped": "scrap",
    "marked": "mark",
    "ticked": "tick",
    "checked": "check",
    "crossed": "cross",
    "closed": "close",
    "considered": "consider",
    "set": "set",
}
COLON = Wording(
    r"^(?P<order>(?:please )?(?:delete|remove|cancel|erase|drop|strike|complete|completed|finished|done|tick off|"
    r"check off))\s*:\s*"
)
NOT_DONE = Wording(
    r"^(?:mark|set|put|flag|change) (?P<what>.+?)(?: back)? (?:as |to )(?:not (?:done|complete[d]?|finished)|undone|"
    r"incomplete|unfinished|open|to-?do|pending|active)"
    r"(?: again| anymore)?$|"
    r"^(?P<told>(?:the|my|that|this) [\w' -]{2,40}?|it|that|this)(?:'s| is| was|)(?: actually| really)? ?(?:not|"
    r"isn't|wasn't|n't)(?: actually| really| quite| even)* "
    r"(?:done|finished|complete[d]?|ready)(?: yet| after all| at all| though)*$|"
    r"^i (?:haven't|have not|didn't|did not)(?: actually| really)? (?:finished?|complete[d]?|done|do) "
    r"(?P<mine>(?:the|my|that|this) [\w' -]{2,40}?|it|that)(?: yet| after all| at all)*$"
)
SO_DONE = Wording(
    r"(?<=\w)[,;.]?\s+(?:so|and|now)\s+(?:that|it|this)(?: one)?(?:'s| is)(?: all| now)? (?:done|finished|completed?|"
    r"off my (?:list|plate)|settled|sorted)$"
)
# "the plants are watered", "lawn mowed", "consider the passport renewed"
MADE = Wording(
    r"^(?:(?P<taken>consider|count|treat|call|regard|take)\s+)?(?P<what>(?!(?:i|you|we|they|he|she|it|there|who|whose|"
    r"what|which|how|when|where|why|is|are|was|were|has|have|had|do|does|did|"
    r"that|this|nobody|everyone|everything|all)\b)"
    r"(?:(?:the|my|our|that|this)\s+)?[\w'-]+?(?: [\w'-]+?){0,3}?)(?P<be>'s|\s+(?:is|are|has been|have been|was|were|"
    r"got|as))?\s+(?:(?:all|now|already|finally|just|"
    r"both|been)\s+)*(?P<verb>[a-z]+)(?:\s+(?P<part>up|off|out|in|back|down|away))?(?:\s+(?:now|already|today|too|as "
    r"well|at last))?$"
)
# "how much of the essay is done", "is the laundry taken care of": asked, with or without its sign.
ASKS = Wording(
    r"^(?:how|whose|what|which|who|when|where|why|(?:is|are|was|were|has) (?:the|my|our|your|his|her|their|that|this|"
    r"these|those|any|all|every|there|it|i|we|you)|have (?:the|my|our|all|those|these)\b.*\bbeen)\b"
)
# Said of things to do, and no end of them.
UNDONE = frozenset(
    "cancel move reschedule postpone delay need want expect schedule plan set start begin delete remove lose forget "
    "push rename tag add create list note close open "
    "change drop call read put use get go have leave like let make see tell work find give hit hurt cut".split()
)
REOPEN = Wording(
    r"^(?:re-?open|restore|recover|bring back|put back|un-?delete|un-?complete|un-?check|un-?tick|"
    r"un-?mark)\s+(?P<what>.+?)(?:\s+(?:as (?:done|complete)|again|to (?:my|the) list))?$"
)


def request(text: str, clock: Clock) -> Request | None:
    """What a sentence changes in tasks that exist, None where it changes none."""
    bare = begun_anew(COLON, lambda found: f"{found['order']} ", text.rstrip("? .!"))
    bare = begun_anew(DECLARED, _declared, bare)
    if passive := WISHED_SO.match(bare):
        bare = f"{BASES[passive['verb'].lower()]} {passive['what']}{passive['rest']}"
    if wished := WISHED.match(bare):
        asked = request(bare[wished.end() :], clock)
        return or_created(replace(asked, text=text), bare, clock) if asked else None
    if found := REOPEN.match(bare):
        reference = None if points(found["what"]) else named(found["what"])
        return Request(intent="undo", text=text, reference=reference)
    if (found := NOT_DONE.match(bare)) and not text.rstrip().endswith("?"):
        what = found["what"] or found["told"] or found["mine"]
        return Request(intent="undo", text=text, reference=None if points(what) else named(what))
    return (
        _completed(bare, text, clock)
        or changed(bare, clock)
        or moved(bare, clock)
        or retitled(bare, clock)
        or deleted(bare, clock)
    )


def _declared(found: Found) -> str:
    return f"{BASES[found['verb'].lower()]} {found['what']}{found['rest']}"


def _completed(text: str, whole: str, clock: Clock) -> Request | None:
    text = SO_DONE.sub("", text)
    if whole.rstrip().endswith("?") or NOT_QUITE.search(text) or ASKS.match(text):
        return None
    for _, told in COMPLETIONS.matches(text):
        if not names_a_new_thing(told["what"]):
            what = told["what"].strip() or "it"
            return _complete(text, what if MARKING.match(text) else _before_time(what, clock), clock)
    if found := FINISH.match(text):
        if any(one.kind in TIMED for one in read(text, clock)) and not MANY.match(found["what"]):
            return None
        request = _complete(text, found["what"], clock)
        return (
            request
            if points(found["what"]) or request.arguments or KNOWN.search(found["what"])
            else or_created(request, text, clock)
        )
    if made := _made(text, clock):
        return made
    found = PAST.match(text)
    if found and re.match(r"to \w", found["rest"], re.I):
        return None
    if found and re.match(r"(?:i|you|we|they|he|she)\b", found["rest"], re.I):
        return None
    verb = lemma_of_past(found["verb"]) if found else None
    if not found or verb not in TASKS or (not I_PAST.match(text) and found["verb"].lower() == verb):
        return None
    if verb == "get" and re.match(r"(?:an?|to|some)\b", found["rest"], re.I):
        return None
    return _complete(text, f"{verb} {_before_time(found['rest'], clock)}", clock)


def _complete(text: str, what: str, clock: Clock) -> Request:
    reference, which = target(what, clock)
    return Request(intent="task_complete", text=text, reference=reference, arguments=which)


def _made(text: str, clock: Clock) -> Request | None:
    """What was to be done, told as done to it."""
    found = MADE.match(text)
    verb = lemma_of_participle(found["verb"]) if found else None
    if not found or not verb or verb in UNDONE or names_a_new_thing(found["what"]):
        return None
    if re.match(r"(?:get|keep|have|be|go|stay|let|make|feel)\b", text, re.I) or (
        begins_order(text) and len(text.split()) > 2 and not (found["taken"] or found["be"])
    ):
        return None
    if any(one.kind in TIMED for one in read(found["what"], clock)) or not (verb in TASKS or verb in OR_NOUNS):
        return None
    return Request(intent="task_complete", text=text, reference=f"{verb} {named(found['what'])}")


def _before_time(words: str, clock: Clock) -> str:
    """What was done, without when: that is over."""
    spans = [one.span for one in read(words, clock) if one.kind in TIMED and one.span[0] > 0]
    return re.sub(
        r"^(?:the|my)\s+(?=\w+ (?:task|reminder))", "", words[: min(spans)[0]].strip(" ,") if spans else words
    )
