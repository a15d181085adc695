"""Topics: what is told before the order that points at it (`about the dentist: move it to Monday`)."""

import re
from dataclasses import replace

from domain.people import Clock
from language.request import Request
from language.requests import task_changes
from language.requests.frames import COURTESY, TASK, named, plain, points, tight, without_times
from language.requests.regrets import taken_back
from language.requests.task_fields import TIMED, update
from language.verbs import begins_order, lemma_of_past
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
ORDER = re.compile(
    rf"^(?P<head>[^.;:!?]{{2,140}}?)\s*(?:[.,;:!?]+|\s[–—-])\s*(?P<order>{POLITE}(?:(?P<verb>{MOVES}|"
    rf"{ENDS})\b[^.!?]*?\b{IT}\b[^!?]*|(?P<bare>delete|remove|drop|cancel|scrap|erase|"
    r"bin|tick off|check off|cross off)))$",
    re.I,
)
WHY = re.compile(
    rf"^(?:it's|it is|i'm|i am|i've got|we're|we are|there's|there is|they're)\b(?![^,;.!–—-]*\b(?:done|"
    rf"finished)\b)[^,;.!–—-]{{3,80}}[,;.!–—-]+\s*"
    rf"{POLITE}(?P<order>(?:move|shift|push|postpone|reschedule|delay|delete|remove|cancel|drop|mark|"
    rf"tick)\b[^,;.!?]*)$",
    re.I,
)
# "passport: please shift to December", "as for the haircut, it should be on Friday"
TO_WHEN = re.compile(
    rf"^(?P<head>[^.;:!?]{{2,80}}?)\s*(?:[,;:]+|\s[–—-])\s*{POLITE}(?:(?:{MOVES})(?:\s+(?:it|that|"
    rf"this))?(?:\s+(?:back|forward|over|up|out|off))?\s+(?:to|until|till|for|on)|"
    r"(?:it|that|this)(?:'s|\s+(?:is|should|has to|needs to|must|will|ought to|can)(?:\s+(?:be|go|move|happen|wait|"
    r"now be))?)(?:\s+(?:moved|rescheduled|postponed|pushed|now))?"
    r"(?:\s+(?:to|until|for|on))?)\s+(?P<when>[^!?]+)$",
    re.I,
)
THEN = re.compile(
    rf"^(?P<head>[^.;:!?]{{2,140}}?)\s*(?:[.,;:!?]+|\s[–—-])\s*{POLITE}(?:(?:how|what) about|make it|do it|have it|"
    rf"let's (?:do|say|make it|go for)|"
    r"(?:do|make it|say|have|go for)(?=\s))?\s*(?P<when>[^!?]+)$",
    re.I,
)
ABOUT = re.compile(
    r"^(?:regarding|about|as for|concerning|re|on the subject of|with regards? to|in regard to|when it comes to|"
    r"that)?[\s:]*"
    r"(?P<what>(?:(?:the|my|our|that|this)\s+)?[\w'-]+(?:\s+(?:with|for|to|of|about|at|from)?\s*(?:the\s+|"
    r"my\s+)?[\w'-]+){0,4})$",
    re.I,
)
# What speaks against the time of something, or for its end; its name stands in `what`.
CANNOT = (
    r"(?:can't|cannot|can not|couldn't|won't(?: be able to)?|will not(?: be able to)?|(?:'m|am|are|'re) (?:not "
    r"able|unable) to|don't have time (?:to|for)|have no time (?:to|for))"
)
NOT = r"(?:doesn't|does not|don't|won't|will not|isn't|is not|aren't|isn't going to|is not going to|can't|cannot)"
REASONS = tuple(
    re.compile(rf"^(?:(?:sorry|oh|hmm?|well|actually|because|since|as|unfortunately|sadly|ugh)[\s,]+)*{words}$", re.I)
    for words in (
        rf"(?:(?:i|we)\s*)?{CANNOT}(?:\s+(?:make|do|call|ring|phone|see|visit|attend|come to|go to|get to|manage|"
        rf"keep|take|reach|meet|handle|finish|have))?"
        r"(?:\s+it)?(?:\s+to)?\s+(?P<what>(?!it\b|that\b|this\b)\S.*?)",
        rf"(?P<what>\S.*?)\s+{NOT}\s+(?:actually\s+|really\s+)?(?:work(?:ing)?(?: out)?|happen(?:ing)?|fit|suit|"
        rf"possible|good|convenient|going to work|gonna work|be possible|doable)\b.*",
        r"(?P<what>\S.*?)\s+(?:clashes|conflicts|collides|overlaps)\b.*",
        rf"(?:[\w ]{{2,30}}?)\s+(?:{NOT}\s+(?:actually\s+|really\s+)?(?:work(?: out)?|suit|fit|good|convenient|"
        rf"possible)|is\s+(?:\w+\s+)?(?:bad|no good|"
        r"impossible|inconvenient|tricky|difficult|full|a problem|out))\s+(?:for|with)\s+(?P<what>(?!me\b|us\b)\S.*?)",
        r"(?:something|a conflict|a clash)(?:'s|\s+has|\s+have)?\s+c[oa]me\s+up\s+with\s+(?P<what>\S.*?)",
        r"(?:i|we)(?:'ve| have)?\s+(?:already\s+(?:have|had|got|bought|picked up|did|gotten)|(?:got|bought|picked up|"
        r"ordered))\s+(?P<what>\S.*?)(?:\s+already|\s+today|\s+yesterday|\s+now)?",
        r"(?:i|we)(?:'ve| have)?\s+(?:have|got|had|bought|ordered)?\s*(?:enough\s+(?P<enough>\S.*?)|"
        r"(?P<what>\S.*?)\s+(?:already|at home|now))",
        r"(?:i|we)\s+(?:don't|do not|won't|no longer)\s+(?:need|want)\s+(?:to\s+)?(?P<what>\S.*?)(?:\s+any ?more|"
        r"\s+any longer|\s+after all|\s+now)?",
        r"(?P<what>\S.*?)\s+(?:isn't|aren't|is not|are not|won't be)\s+(?:needed|necessary|required|relevant|"
        r"wanted)(?:\s+any ?more|\s+any longer|\s+after all|\s+now)?",
        r"no\s+(?:more\s+|longer\s+)?(?:need|use|reason)\s+(?:for|to\s+\w+)\s+(?P<what>\S.*?)(?:\s+any ?more|\s+any "
        r"longer|\s+after all)?",
        r"(?P<what>\S.*?)\s+(?:is|are|has been|was)\s+(?:no longer\s+\w+|not needed|unnecessary|obsolete|cancell?ed|"
        r"off|outdated|called off|handled|"
        r"already\s+\w+)(?:\s+any ?more)?",
        r"(?:(?:i'm|i am|we're|we are)\s+)?(?:not|no longer)\s+(?:going to\s+\w+|"
        r"\w+ing)\s+(?:to\s+)?(?P<what>\S.*?)(?:\s+after all|\s+any ?more|\s+now)?",
        r"(?:it's|it is|there's|there is)\s+(?:not necessary|no longer necessary|not needed|no longer needed|no "
        r"(?:longer |more )?need|unnecessary)(?:\s+any ?more)?\s+"
        r"(?:to\s+\w+|for)\s+(?P<what>\S.*?)(?:\s+any ?more)?",
        r"(?P<what>(?:(?:the|my|our|that)\s+)?[\w-]+(?:\s+[\w-]+){0,2}?)\s+no\s+longer\s+(?:needed|necessary|required)",
        r"(?:never ?mind|forget|scratch|skip|leave|don't bother with|no)(?:\s+about)?\s+(?P<what>(?:the|my|that|"
        r"buying|getting|doing)\s\S.*?)",
        r"(?P<what>(?:the\s+|my\s+)?[\w'-]+(?:\s+[\w'-]+){0,2}?)\s+(?:is\s+|has\s+been\s+|was\s+|got\s+)?(?:all\s+|"
        r"now\s+|already\s+|finally\s+)*(?:submitted|finished|completed?|done|ready|sent(?: off| out)?|handed in|"
        r"turned in|delivered|"
        r"shipped|mailed|paid|filed|uploaded|signed)(?:\s+(?:now|already|today))?",
        r"(?:(?:i|we)(?:'ve| have|'m| am)?\s+)?(?:(?:just|already|finally|now)\s+)*(?:finished|completed|wrapped up|"
        r"done with|got done with|through with)"
        r"(?:\s+\w+ing)?\s+(?P<what>(?:the|my|our|that)\s\S.*?)(?:\s+(?:already|now|today))?",
        r"(?:i|we)?(?:'ve| have)?\s*(?:just\s+|already\s+|finally\s+|now\s+)*(?:handed|turned|sent|given)\s+(?:in|"
        r"off|out|over)?\s*(?P<what>(?:the|my|our|that)\s\S.*?)",
    )
)
DONE = re.compile(
    r"^(?P<head>[^.;:!?]{2,80}?)\s*[?,.!:=–—-]+\s*(?:(?:so|and|well|yep|yes|now)[\s,]+)*(?:(?:it|that)(?:'s| is| has "
    r"been)\s+)?(?:all |now |already |finally )*"
    r"(?:done|finished|completed?|sorted|taken care of|checked|ticked off|out of the way)(?: now| too| already)?$",
    re.I,
)
UNDONE = re.compile(
    rf"^(?P<head>[^:]{{3,140}}?)\s*[,.;!–—-]+\s*{POLITE}(?P<order>(?:undo|un-do|revert|reverse|roll|take|put|go|"
    rf"bring)\b[^,.;!?]{{0,40}})$",
    re.I,
)
NO_NEED = re.compile(r"^no (?:more )?(?:need|reason) (?:to|for)\b[^.,;:!?]*$", re.I)
NEW_TIME = re.compile(
    r"^(?:(?:the )?new (?:time|date|day|slot) (?:for|of) )(?P<what>(?:the |my )?[\w' -]{2,40}?)(?:\s*[:,–—-]\s*|"
    r"\s+(?:is|will be|would be|should be)\s+)"
    r"(?P<when>\S.*)$|"
    r"^(?P<what2>(?:the |my )?[\w'-]+(?: [\w'-]+){0,2}?)\s*[:,–-]\s*(?:the )?(?:new (?:time|date|day)(?: is)?|now|"
    r"moved to|rather|better)\s+"
    r"(?P<when2>.+)$",
    re.I,
)
REPLANNED = re.compile(
    r"^(?:(?:oh|hey|hi|ok|so|sorry|well)[\s,]+)*(?:(?:a )?(?:slight |small |quick )?change of plans?|plans? (?:have |"
    r"has )?changed|something (?:has |have )?c[oa]me up)\b"
    r"[\s,.:;!–—-]*(?P<rest>\S.*)$",
    re.I,
)
GOES = re.compile(
    r"\s+(?:goes|moves|is|gets|should be|needs to be|will be|has to be|should go|should move|must be)(?: moved)?(?: "
    r"to| on)?$",
    re.I,
)
LATER = re.compile(
    r"\s+(?:would be|is|works|will be|'s|seems|suits)\s+(?:much |even |far )?(?:better|fine|good|ok|okay|best|great|"
    r"preferable)?(?: for me)?$|\s+instead$",
    re.I,
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
    if (told := DONE.match(bare)) and (what := _reason(told["head"], clock) or _topic(told["head"], clock)):
        return Request(intent="task_complete", text=text, reference=what)
    return _pointed(text, bare, clock) or _at_another_time(text, bare, clock) or _replanned(text, clock)


def _pointed(text: str, bare: str, clock: Clock) -> Request | None:
    """`the milk: delete it`, `we have milk already, remove that one`; where there is no such thing, what `it` is."""
    found = TO_WHEN.match(bare)
    if found and (what := _topic(found["head"], clock)) and (due := _all_time(found["when"], clock)):
        return update(text, what, {"due": due}, clock)
    found = ORDER.match(bare)
    what = _spoken_of(found["head"], clock) if found else None
    if not found or not what:
        return _told(text, bare, clock)
    order = plain(re.sub(rf"^{POLITE}", "", found["order"], flags=re.I))
    order = f"{order} the {what}" if found["bare"] else re.sub(rf"\b{IT}\b", f"the {what}", order, count=1, flags=re.I)
    asked = _changing(order, clock)
    else_it = replace(asked, text=text, reference="it", otherwise=None) if asked else None
    return replace(asked, text=text, reference=what, otherwise=else_it) if asked else None


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


def _spoken_of(head: str, clock: Clock) -> str | None:
    return _reason(head, clock) or _done(head) or _topic(head, clock) or _subject(head) or _last_named(head, clock)


def _at_another_time(text: str, bare: str, clock: Clock) -> Request | None:
    """`I can't make the dentist tomorrow, how about Monday at 10`."""
    found = THEN.match(bare)
    if found and (what := _reason(found["head"], clock)) and (due := _all_time(found["when"], clock)):
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


def _topic(head: str, clock: Clock) -> str | None:
    """The thing where the words before the order are only its name."""
    found = None if SAYS.search(head) else ABOUT.match(COURTESY.sub("", head).strip())
    what = named(found["what"]) if found else ""
    is_time = bool(what) and not without_times(what, clock)
    if not what or points(what) or is_time or begins_order(head) or NO_NAME.match(what):
        return None
    if any(lemma_of_past(word) for word in what.lower().split()[1:]):
        return None
    return what


# Words by which the head is a sentence of its own, no name.
SAYS = re.compile(
    r"\b(?:\w+n't|is|are|was|were|has|have|had|be|been|will|would|can|could|need|needs|want|i|i'm|i've|i'd|i'll|we|"
    r"you|they|he|she|it|it's|got|not|no|"
    r"done|finished|completed)\b",
    re.I,
)
NO_NAME = re.compile(
    r"(?:yes|yeah|no|nope|ok|okay|sorry|please|thanks|hi|hey|hello|great|good|wait|hold|oops|actually|well|so|now|"
    r"then|also|"
    r"i|we|you|he|she|they|it|there|what|when|where|who|how|why|if|can|could|would|is|are|do|did|does|never|not|done|"
    r"finished)\b",
    re.I,
)


def _reason(head: str, clock: Clock) -> str | None:
    """The thing that the words before the order say something against, or that it is over."""
    for pattern in REASONS:
        if found := pattern.match(head.strip()):
            groups = found.groupdict()
            what = re.sub(
                r"\s+(?:after all|any ?more|then|either|myself)$",
                "",
                groups.get("enough") or groups.get("what") or "",
                flags=re.I,
            )
            name = named(tight(without_times(what, clock)))
            if (
                name
                and not points(name)
                and len(name.split()) <= 5
                and not NO_NAME.match(name)
                and not VAGUE.match(name)
            ):
                return name
    return None


def _subject(head: str) -> str | None:
    """What the sentence before the order is about: `the invoice is out`."""
    found = SUBJECT.match(head.strip())
    name = named(found["what"]) if found else ""
    return name if name and not points(name) and not NO_NAME.match(name) and not VAGUE.match(name) else None


SUBJECT = re.compile(
    r"^(?P<what>(?:(?:the|my|our|that)\s+[\w-]+(?:\s+[\w-]+){0,2}?|[\w-]+(?:\s+[\w-]+)?))(?:'s|\s+(?:is|are|was|were|"
    r"has|have|will|isn't|aren't|wasn't|doesn't|don't|won't|got|"
    r"went|came|can|can't))\b.*$",
    re.I,
)


def _done(head: str) -> str | None:
    """What the person did, as the words before the order tell it: `took the books back`."""
    found = DID.match(head.strip())
    if not found or lemma_of_past(found["verb"]) is None:
        return None
    name = named(AWAY.sub("", found["what"]))
    return (
        name
        if name and not points(name) and len(name.split()) <= 4 and not NO_NAME.match(name) and not VAGUE.match(name)
        else None
    )


def _last_named(head: str, clock: Clock) -> str | None:
    """The one thing with an article that the words before the order end with: `I changed my mind about the eggs`."""
    found = LAST.search(NOW.sub("", without_times(head, clock)))
    name = named(found["what"]) if found else ""
    return name if name and not points(name) and not NO_NAME.match(name) and not VAGUE.match(name) else None


DID = re.compile(
    r"^(?:(?:i|we)(?:'ve| have)?\s+)?(?:(?:just|already|finally|now|also)\s+)*(?P<verb>[a-z]+)\s+(?P<what>(?:the|my|"
    r"our|that)\s+\S.*)$",
    re.I,
)
AWAY = re.compile(
    r"\s+(?:back|to|at|in|on|from|for|with|about|off|out|into|over|away|already|today|yesterday|this|last|now)\b.*$",
    re.I,
)
NOW = re.compile(r"[\s,]+(?:after all|any ?more|already|now|today|again|then|either|anyway|myself)$", re.I)
LAST = re.compile(r".*\b(?:the|my|our|that|this)\s+(?P<what>[\w'-]+(?:\s+[\w'-]+)?)$", re.I)
VAGUE = re.compile(
    r"(?:mind|time|no time|enough|plans?|something|anything|everything|nothing|work|meetings?|an?|to|day|week|much)\b",
    re.I,
)


def _all_time(words: str, clock: Clock) -> str | None:
    words = LATER.sub("", words.strip(" ,.!?"))
    timed = [one for one in read(words, clock) if one.kind in TIMED]
    if not timed or tight(f"{words[: timed[0].span[0]]} {words[timed[-1].span[1] :]}"):
        return None
    return words[timed[0].span[0] : timed[-1].span[1]].strip(" ,.")
