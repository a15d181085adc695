"""Subjects: the thing that is told before the order which points at it (`we have milk already, remove that one`)."""

import re

from domain.people import Clock
from language.patterns import Patterns, Wording, without
from language.requests.frames import COURTESY, named, points, tight, without_times
from language.verbs import begins_order, lemma_of_past

ABOUT = Wording(
    r"^(?:regarding|about|as for|concerning|re|on the subject of|with regards? to|in regard to|when it comes to|"
    r"that)?[\s:]*"
    r"(?P<what>(?:(?:the|my|our|that|this)\s+)?[\w'-]+(?:\s+(?:with|for|to|of|about|at|from)?\s*(?:the\s+|"
    r"my\s+)?[\w'-]+){0,4})$"
)
# What speaks against the time of something, or for its end; its name stands in `what`.
CANNOT = (
    r"(?:can't|cannot|can not|couldn't|won't(?: be able to)?|will not(?: be able to)?|(?:'m|am|are|'re) (?:not "
    r"able|unable) to|don't have time (?:to|for)|have no time (?:to|for))"
)
NOT = r"(?:doesn't|does not|don't|won't|will not|isn't|is not|aren't|isn't going to|is not going to|can't|cannot)"
REASONS = Patterns(
    rf"^(?:(?:sorry|oh|hmm?|well|actually|because|since|as|unfortunately|sadly|ugh)[\s,]+)*{words}$"
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
# Words by which the head is a sentence of its own, no name.
SAYS = Wording(
    r"\b(?:\w+n't|is|are|was|were|has|have|had|be|been|will|would|can|could|need|needs|want|i|i'm|i've|i'd|i'll|we|"
    r"you|they|he|she|it|it's|got|not|no|"
    r"done|finished|completed)\b"
)
NO_NAME = Wording(
    r"(?:yes|yeah|no|nope|ok|okay|sorry|please|thanks|hi|hey|hello|great|good|wait|hold|oops|actually|well|so|now|"
    r"then|also|"
    r"i|we|you|he|she|they|it|there|what|when|where|who|how|why|if|can|could|would|is|are|do|did|does|never|not|done|"
    r"finished)\b"
)
SUBJECT = Wording(
    r"^(?P<what>(?:(?:the|my|our|that)\s+[\w-]+(?:\s+[\w-]+){0,2}?|[\w-]+(?:\s+[\w-]+)?))(?:'s|\s+(?:is|are|was|were|"
    r"has|have|will|isn't|aren't|wasn't|doesn't|don't|won't|got|"
    r"went|came|can|can't))\b.*$"
)
DID = Wording(
    r"^(?:(?:i|we)(?:'ve| have)?\s+)?(?:(?:just|already|finally|now|also)\s+)*(?P<verb>[a-z]+)\s+(?P<what>(?:the|my|"
    r"our|that)\s+\S.*)$"
)
AWAY = Wording(
    r"\s+(?:back|to|at|in|on|from|for|with|about|off|out|into|over|away|already|today|yesterday|this|last|now)\b.*$"
)
NOW = Wording(r"[\s,]+(?:after all|any ?more|already|now|today|again|then|either|anyway|myself)$")
LAST = Wording(r".*\b(?:the|my|our|that|this)\s+(?P<what>[\w'-]+(?:\s+[\w'-]+)?)$")
VAGUE = Wording(
    r"(?:mind|time|no time|enough|plans?|something|anything|everything|nothing|work|meetings?|an?|to|day|week|much)\b"
)


def spoken_of(head: str, clock: Clock) -> str | None:
    """The thing that the words before an order speak of, in whatever way."""
    return reason(head, clock) or _done(head) or topic(head, clock) or _subject(head) or _last_named(head, clock)


def topic(head: str, clock: Clock) -> str | None:
    """The thing where the words before the order are only its name."""
    found = None if SAYS.search(head) else ABOUT.match(without(COURTESY, head).strip())
    what = named(found["what"]) if found else ""
    is_time = bool(what) and not without_times(what, clock)
    if not what or points(what) or is_time or begins_order(head) or NO_NAME.match(what):
        return None
    if any(lemma_of_past(word) for word in what.lower().split()[1:]):
        return None
    return what


def reason(head: str, clock: Clock) -> str | None:
    """The thing that the words before the order say something against, or that it is over."""
    for _, found in REASONS.matches(head.strip()):
        groups = found.groupdict()
        what = re.sub(
            r"\s+(?:after all|any ?more|then|either|myself)$",
            "",
            groups.get("enough") or groups.get("what") or "",
            flags=re.I,
        )
        name = named(tight(without_times(what, clock)))
        if _is_name(name, most=5):
            return name
    return None


def _subject(head: str) -> str | None:
    """What the sentence before the order is about: `the invoice is out`."""
    found = SUBJECT.match(head.strip())
    name = named(found["what"]) if found else ""
    return name if _is_name(name) else None


def _done(head: str) -> str | None:
    """What the person did, as the words before the order tell it: `took the books back`."""
    found = DID.match(head.strip())
    if not found or lemma_of_past(found["verb"]) is None:
        return None
    name = named(AWAY.sub("", found["what"]))
    return name if _is_name(name, most=4) else None


def _last_named(head: str, clock: Clock) -> str | None:
    """The one thing with an article that the words before the order end with: `I changed my mind about the eggs`."""
    found = LAST.search(NOW.sub("", without_times(head, clock)))
    name = named(found["what"]) if found else ""
    return name if _is_name(name) else None


def _is_name(words: str, most: int = 100) -> bool:
    """True for a few words that can be the name of a thing."""
    return bool(words) and not (
        points(words) or len(words.split()) > most or NO_NAME.match(words) or VAGUE.match(words)
    )
