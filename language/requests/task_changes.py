"""Requests that change tasks: moving, renaming, tagging and what else a task has, completing, deleting."""

import re

from domain.people import Clock
from language.request import Request
from language.requests.frames import FROM_LIST, ONES, TASK, named, points
from language.requests.targets import ALL_OF_IT, MANY, target
from language.requests.task_fields import KNOWN, TIMED, changed, names_a_new_thing, or_created
from language.requests.task_moves import moved, retitled
from language.verbs import TASKS, lemma_of_past
from language.when import read

DONE = (
    r"(?:done|wrapped up|done and dusted|off my plate|complete|completed|finished|ready|taken care of|sorted(?: "
    r"out)?|handled|ticked off|"
    r"checked off)"
)
COMPLETIONS = tuple(
    re.compile(rf"^(?:{pattern})$", re.I)
    for pattern in (
        rf"mark(?P<what>(?: (?:it|that|this|them|both|those))?) as {DONE}",
        rf"(?:mark|set|count|put|flag|record|log)\s+(?:off\s+)?(?P<what>.+?)\s+(?:as\s+|to\s+|down as\s+)?(?:{DONE}|"
        rf"off)",
        rf"that's\s+(?P<what>.+?)\s+{DONE}",
        r"(?:i|we)(?:'ve| have)?\s+(?:already |finally |just )*(?:got|gotten|had)\s+(?P<what>.+?)\s+(?:all "
        r")?(?:done|finished|completed|sorted)",
        r"(?:check|tick|cross|strike|mark)\s+off\s+(?P<what>.+)",
        r"(?:check|tick|cross|strike|mark|scratch|knock)\s+(?P<what>.+?)\s+off(?:\s+(?:of\s+)?(?:my|the) (?:list|"
        r"to-?dos?|tasks))?",
        r"(?:tick|cross)\s+(?P<what>(?:the|my|that|this|it)\b.+)",
        rf"(?:i(?:'m| am|'ve| have)?\s+|we(?:'re|'ve)?\s+)?(?:just |already |finally |now |all )*(?:{DONE}|done|"
        rf"through|finished up|wrapped up)\s+with\s+(?P<what>.+)",
        r"(?:i(?:'ve| have)?\s+|we(?:'ve)?\s+)?(?:just |already |finally |now )*(?:finished|completed|wrapped up|"
        r"took care of|taken care of|"
        r"handled|dealt with|knocked out|got done with|got through)\s+(?P<what>.+)",
        rf"(?P<what>(?:the|my|that|this|it|both|all|they|those)\b.*?|(?!(?:i|we)\b)[\w' -]{{2,60}}?)(?:\s*[:–]|"
        rf"\s+(?:is|are|was|were|has "
        rf"been|have been|got)|'s)?\s+"
        rf"(?:all |now |already |finally )*(?:{DONE})(?:\s+(?:now|already|today|too))?",
    )
)
MARKING = re.compile(r"^(?:mark|check|tick|cross|strike|set|count|put|flag)\b|.*\bdue\b", re.I)
FINISH = re.compile(r"^(?:complete|finish(?: up)?|close|resolve)\s+(?P<what>.+)$", re.I)
NOT_QUITE = re.compile(
    r"\b(?:tried|almost|nearly|partly|partially|half|but|still|wrong|isn't|aren't|wasn't|hasn't|haven't|didn't|"
    r"don't|not|never|"
    r"should|must|need|when|until|once|if|what|which|who|get|have to|by)\b",
    re.I,
)
PAST = re.compile(
    r"^(?:i(?:'ve| have)?\s+)?(?:just |already |finally |also )*(?P<verb>[a-z]+)\s+(?P<rest>.+)$", re.I | re.S
)
I_PAST = re.compile(r"^i(?:'ve| have)?\b", re.I)
DELETIONS = tuple(
    re.compile(rf"^(?:{pattern})$", re.I)
    for pattern in (
        r"(?P<verb>nix|omit|eliminate|dismiss|empty|clean(?: out| up)?|clear(?: out| up)|wipe(?: out)?|blank out|"
        r"nuke)\s+(?P<what>.+)",
        r"(?P<what>.+?)\s+(?:should|needs? to|has to|have to|must|can)\s+be\s+(?:deleted|removed|cancell?ed|cleared|"
        r"erased|taken off)(?:\s+(?:from|off)\s.+)?",
        r"(?P<what>[\w'-]+(?: [\w'-]+){0,2})\s+(?:isn't|is not|aren't|are not)\s+(?:needed|necessary|required)(?: "
        r"any ?more| any longer)?",
        r"(?P<verb>take)\s+(?P<what>.+?)\s+off",
        r"no (?:need|reason) (?:to|for)\s+(?P<what>.+?)(?:\s+any ?more)?",
        r"(?P<verb>delete|remove|erase|scrap|strike|trash(?! (?:is|was|are))|drop|cancel|clear|kill|bin|discard|"
        r"dump|get "
        r"rid of|throw (?:out|"
        r"away)|call off)\s+(?P<what>.+)",
        r"take\s+(?P<what>.+?)\s+off\s+(?:of\s+)?(?:my|the)\s+.*?(?:list|tasks|to-?dos|calendar|schedule|agenda)",
        r"(?:i|we)\s+(?:don't|do not)\s+(?:need|want|have)\s+(?:to\s+)?(?P<what>.+?)\s+(?:any ?more|any longer|"
        r"after all)",
        r"(?:i|we)\s+(?:won't|will not|am not going to|'m not going to)\s+(?:need|have|be "
        r"needing)\s+(?:to\s+)?(?P<what>(?:the|my|that|this)\b.+)",
        r"(?:i|we)\s+no longer\s+(?:need|want|have)\s+(?:to\s+)?(?P<what>.+)",
        r"(?P<what>[\w'-]+(?: [\w'-]+){0,2})\s+(?:got|was|is|has been)\s+(?:cancell?ed|called off)",
        r"no more (?P<what>.+?) (?:is |are )?needed",
        r"(?P<what>(?:the|my|that|this)\b.+?)\s+(?:is|are|was|were|has been|'s)\s+(?:no longer needed|not needed(?: "
        r"any ?more)?|"
        r"cancell?ed|called off|obsolete|off)",
        rf"(?:forget|never ?mind|skip)\s+(?:about\s+)?(?P<what>(?:the|my|that|this)\b.*\b{ONES})",
    )
)
OF_LISTS = frozenset({"empty", "clean", "wipe", "nuke", "blank", "clear", "omit", "eliminate", "nix", "dismiss"})
GENTLE = frozenset(
    {"take", "drop", "cancel", "clear", "kill", "discard", "dump", "get rid of", "throw out", "throw away", "call off"}
)


REOPEN = re.compile(
    r"^(?:re-?open|restore|recover|bring back|put back|un-?delete|un-?complete|un-?check|un-?tick|"
    r"un-?mark)\s+(?P<what>.+?)(?:\s+(?:as (?:done|complete)|again|to (?:my|the) list))?$",
    re.I,
)


def request(text: str, clock: Clock) -> Request | None:
    """What a sentence changes in tasks that exist, None where it changes none."""
    bare = text.rstrip("? .!")
    if found := REOPEN.match(bare):
        reference = None if points(found["what"]) else named(found["what"])
        return Request(intent="undo", text=text, reference=reference)
    return (
        _completed(bare, text, clock)
        or changed(bare, clock)
        or moved(bare, clock)
        or retitled(bare, clock)
        or _deleted(bare, clock)
    )


def _completed(text: str, whole: str, clock: Clock) -> Request | None:
    if whole.rstrip().endswith("?") or NOT_QUITE.search(text):
        return None
    for pattern in COMPLETIONS:
        if (found := pattern.match(text)) and not names_a_new_thing(found["what"]):
            what = found["what"].strip() or "it"
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
    found = PAST.match(text)
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


def _before_time(words: str, clock: Clock) -> str:
    """What was done, without when: that is over."""
    spans = [one.span for one in read(words, clock) if one.kind in TIMED and one.span[0] > 0]
    return re.sub(
        r"^(?:the|my)\s+(?=\w+ (?:task|reminder))", "", words[: min(spans)[0]].strip(" ,") if spans else words
    )


def _deleted(text: str, clock: Clock) -> Request | None:
    for pattern in DELETIONS:
        found = pattern.match(text)
        if not found or names_a_new_thing(found["what"], is_there=True):
            continue
        verb = str(found.groupdict().get("verb") or "").lower()
        if (
            verb.partition(" ")[0] in OF_LISTS
            and verb != "clear"
            and not (ALL_OF_IT.fullmatch(found["what"]) or FROM_LIST.search(found["what"]))
        ):
            continue
        reference, which = target(found["what"], clock)
        request = Request(intent="task_delete", text=text, reference=reference, arguments=which)
        gentle = verb in GENTLE
        is_ours = points(found["what"]) or re.search(rf"\b{TASK}\b", found["what"], re.I)
        return or_created(request, text, clock) if gentle and not is_ours else request
    return None
