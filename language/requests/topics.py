"""Topics: what is told before the order that points at it (`about the dentist: move it to Monday`)."""

import re
from dataclasses import replace

from domain.people import Clock
from language.patterns import Wording
from language.request import Request
from language.requests import task_changes
from language.requests.frames import TASK, plain, tight, without_times
from language.requests.regrets import taken_back
from language.requests.subjects import reason, spoken_of, topic
from language.requests.task_fields import TIMED, update
from language.verbs import begins_order
from language.when import read

LONGEST = 240
MOVES = (
    r"move|shift|push|postpone|reschedule|re-schedule|rebook|delay|defer|bump|switch|change|make|set|put|do|"
    r"schedule|have|book|arrange"
)
ENDS = (
    r"delete|remove|cancel|drop|strike|scrap|bin|trash|erase|ditch|nuke|kill|lose|dump|discard|get rid of|take|clear|"
    r"mark|tick|check|cross|complete|close|finish|rename|tag|call|throw|toss|chuck|axe"
)
# "that" before a noun or a sentence points at nothing: "all reminders that have Paris in them".
AFTER_IT = (
    r"(?=\W*$|[.,;!?]|\s+(?:to|from|off|on|for|until|till|as|by|up|down|out|away|back|please|now|then|instead|too|at|in|next|"
    r"tomorrow|today|tonight|this|again|done|complete[d]?|altogether|completely|\d|\w+day|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|"
    r"oct|nov|dec)))"
)
IT = (
    rf"(?:it|them|(?:that|this|those)(?:\s+(?:one|thing|entry|{TASK}))?{AFTER_IT}|"
    rf"the\s+(?:task|reminder|to-?do|item|entry)(?=\W*$|[.,;!?]|\s+(?:to|from|off|as|please|for me)\b))"
)
POLITE = (
    r"(?:(?:so|and|but|then|please|pls|just|maybe|perhaps|instead|better|rather|also|you|we|i|can|could|would|will|"
    r"may|let's|let us|"
    r"mind|should|kindly|now|go ahead|i'd like to|i want to|i need to|i'd rather|need to)[\s,]+)*"
)
ORDER = Wording(
    rf"^(?P<head>[^.;:!?]{{2,140}}?)\s*(?:[.,;:!?]+|\s[–—-])\s*(?P<order>{POLITE}(?:(?P<verb>{MOVES}|"
    rf"{ENDS})\b[^.!?]*?\b{IT}\b[^!?]*|(?P<bare>delete|remove|drop|cancel|scrap|erase|"
    r"bin|tick off|check off|cross off)))$"
)
WHY = Wording(
    rf"^(?:it's|it is|i'm|i am|i've got|we're|we are|there's|there is|they're)\b(?![^,;.!–—-]*\b(?:done|"
    rf"finished)\b)[^,;.!–—-]{{3,80}}[,;.!–—-]+\s*"
    rf"{POLITE}(?P<order>(?:move|shift|push|postpone|reschedule|delay|delete|remove|cancel|drop|mark|"
    rf"tick)\b[^,;.!?]*)$"
)
# "passport: please shift to December", "as for the haircut, it should be on Friday"
TO_WHEN = Wording(
    rf"^(?P<head>[^.;:!?]{{2,80}}?)\s*(?:[,;:]+|\s[–—-])\s*{POLITE}(?:(?:{MOVES})(?:\s+(?:it|that|"
    rf"this))?(?:\s+(?:back|forward|over|up|out|off))?\s+(?:to|until|till|for|on)|"
    r"(?:it|that|this)(?:'s|\s+(?:is|should|has to|needs to|must|will|ought to|can)(?:\s+(?:be|go|move|happen|wait|"
    r"now be))?)(?:\s+(?:moved|rescheduled|postponed|pushed|now))?"
    r"(?:\s+(?:to|until|for|on))?)\s+(?P<when>[^!?]+)$"
)
THEN = Wording(
    rf"^(?P<head>[^.;:!?]{{2,140}}?)\s*(?:[.,;:!?]+|\s[–—-])\s*{POLITE}(?:(?:how|what) about|make it|do it|have it|"
    rf"let's (?:do|say|make it|go for)|"
    r"(?:do|make it|say|have|go for)(?=\s))?\s*(?P<when>[^!?]+)$"
)
DONE = Wording(
    r"^(?P<head>[^.;:!?]{2,80}?)\s*[?,.!:=–—-]+\s*(?:(?:so|and|well|yep|yes|now)[\s,]+)*(?:(?:it|that)(?:'s| is| has "
    r"been)\s+)?(?:all |now |already |finally )*"
    r"(?:done|finished|completed?|sorted|taken care of|checked|ticked off|out of the way)(?: now| too| already)?$"
)
UNDONE = Wording(
    rf"^(?P<head>[^:]{{3,140}}?)\s*[,.;!–—-]+\s*{POLITE}(?P<order>(?:undo|un-do|revert|reverse|roll|take|put|go|"
    rf"bring)\b[^,.;!?]{{0,40}})$"
)
NO_NEED = Wording(r"^no (?:more )?(?:need|reason) (?:to|for)\b[^.,;:!?]*$")
NEW_TIME = Wording(
    r"^(?:(?:the )?new (?:time|date|day|slot) (?:for|of) )(?P<what>(?:the |my )?[\w' -]{2,40}?)(?:\s*[:,–—-]\s*|"
    r"\s+(?:is|will be|would be|should be)\s+)"
    r"(?P<when>\S.*)$|"
    r"^(?P<what2>(?:the |my )?[\w'-]+(?: [\w'-]+){0,2}?)\s*[:,–-]\s*(?:the )?(?:new (?:time|date|day)(?: is)?|now|"
    r"moved to|rather|better)\s+"
    r"(?P<when2>.+)$"
)
REPLANNED = Wording(
    r"^(?:(?:oh|hey|hi|ok|so|sorry|well)[\s,]+)*(?:(?:a )?(?:slight |small |quick )?change of plans?|plans? (?:have |"
    r"has )?changed|something (?:has |have )?c[oa]me up)\b"
    r"[\s,.:;!–—-]*(?P<rest>\S.*)$"
)
GOES = Wording(
    r"\s+(?:goes|moves|is|gets|should be|needs to be|will be|has to be|should go|should move|must be)(?: moved)?(?: "
    r"to| on)?$"
)
LATER = Wording(
    r"\s+(?:would be|is|works|will be|'s|seems|suits)\s+(?:much |even |far )?(?:better|fine|good|ok|okay|best|great|"
    r"preferable)?(?: for me)?$|\s+instead$"
)


def request(text: str, clock: Clock) -> Request | None:
    """What is asked of a thing that is named before the order, None where the message is built otherwise."""
    if len(text) > LONGEST:
        return None
    bare = plain(text).strip(" .!?")
    if (taken := UNDONE.match(bare)) and taken_back(taken["order"]) and not begins_order(bare):
        return Request(intent="undo", text=text)
    if NO_NEED.match(bare):
        return task_changes.request(bare, clock)
    if (told := DONE.match(bare)) and (what := reason(told["head"], clock) or topic(told["head"], clock)):
        return Request(intent="task_complete", text=text, reference=what)
    return _pointed(text, bare, clock) or _at_another_time(text, bare, clock) or _replanned(text, clock)


def _pointed(text: str, bare: str, clock: Clock) -> Request | None:
    """`the milk: delete it`, `the milk can wait, move it`; where there is no such thing to change, what `it` is."""
    found = TO_WHEN.match(bare)
    if found and (what := topic(found["head"], clock)) and (due := _all_time(found["when"], clock)):
        return update(text, what, {"due": due}, clock)
    found = ORDER.match(bare)
    what = spoken_of(found["head"], clock) if found else None
    if not found or not what:
        return _told(text, bare, clock)
    order = plain(re.sub(rf"^{POLITE}", "", found["order"], flags=re.I))
    order = f"{order} the {what}" if found["bare"] else re.sub(rf"\b{IT}\b", f"the {what}", order, count=1, flags=re.I)
    asked = _changing(order, clock)
    if asked is None:
        return None
    # What was named and is not there must not cost another thing that was spoken of.
    else_it = replace(asked, text=text, reference="it", otherwise=None) if asked.intent != "task_delete" else None
    return replace(asked, text=text, reference=what, otherwise=else_it)


def _told(text: str, bare: str, clock: Clock) -> Request | None:
    """`it's raining, move the picnic to Sunday`: what is told before the order says only why."""
    found = WHY.match(bare)
    asked = _changing(plain(found["order"]), clock) if found else None
    return replace(asked, text=text) if asked else None


def _changing(order: str, clock: Clock) -> Request | None:
    """The change that an order asks for; None where it does not say what becomes of the thing."""
    asked = task_changes.request(order, clock)
    is_bare = asked is not None and asked.intent == "task_update" and not asked.arguments
    return None if asked is None or is_bare or asked.intent == "undo" else asked


def _at_another_time(text: str, bare: str, clock: Clock) -> Request | None:
    """`I can't make the dentist tomorrow, how about Monday at 10`."""
    found = THEN.match(bare)
    if found and (what := reason(found["head"], clock)) and (due := _all_time(found["when"], clock)):
        return update(text, what, {"due": due}, clock)
    if found := NEW_TIME.match(bare):
        due = _all_time(found["when"] or found["when2"], clock)
        return update(text, found["what"] or found["what2"], {"due": due}, clock) if due else None
    return None


def _replanned(text: str, clock: Clock) -> Request | None:
    """`change of plans, dentist next Monday at 10`: where there is no such task it is a new one."""
    found = REPLANNED.match(text)
    if not found:
        return None
    rest = plain(found["rest"]).strip(" .!?")
    timed = [one for one in read(rest, clock) if one.kind in TIMED]
    what = GOES.sub("", without_times(rest, clock))
    if not timed or not what or begins_order(rest) or len(what.split()) > 4 or task_changes.request(rest, clock):
        return None
    due = rest[timed[0].span[0] : timed[-1].span[1]].strip(" ,.")
    return update(text, what, {"due": due}, clock, sure=False)


def _all_time(words: str, clock: Clock) -> str | None:
    words = LATER.sub("", words.strip(" ,.!?"))
    timed = [one for one in read(words, clock) if one.kind in TIMED]
    if not timed or tight(f"{words[: timed[0].span[0]]} {words[timed[-1].span[1] :]}"):
        return None
    return words[timed[0].span[0] : timed[-1].span[1]].strip(" ,.")
