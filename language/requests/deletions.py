"""Deletions: what is to be deleted, in the many words for getting rid of a thing."""

import re

from domain.people import Clock
from language.patterns import Patterns
from language.request import Request
from language.requests.filters import common
from language.requests.frames import FROM_LIST, ONES, TASK, points
from language.requests.targets import ALL_OF_IT, target
from language.requests.task_fields import KNOWN, names_a_new_thing, or_created

# Said of anything one gets rid of: of a task where it is called one, else where there is such a task.
SLANG = (
    r"nix|omit|eliminate|dismiss|ditch|axe|chuck|toss|lose|rm|del|wipe(?: out)?|withdraw|skip|zap|purge|junk|nuke|"
    r"leave out|abandon|"
    r"retract|scratch|cut(?: out)?|dispose of|scrub|yeet|take off|expunge|unlist|obliterate|take away|do away with"
)
PHYSICAL = frozenset(
    {"cut", "cut out", "scrub", "take off", "wipe", "wipe out", "toss", "chuck", "take away", "junk", "purge"}
)
FIGURATIVE = frozenset({"scratch", "lose", "skip", "dismiss", "abandon", "withdraw", "leave out", "omit"})
DELETIONS = Patterns(
    rf"^(?:{pattern})$"
    for pattern in (
        rf"(?P<slang>{SLANG})\s+(?P<what>.+?)(?:\s+(?:away|out|altogether|completely|entirely|for good))?",
        r"(?P<what>(?:the|my|that|this)\b.+?)\s+(?:can|could|should|may|must|has to|needs to)\s+(?:go|be gone|"
        r"disappear|vanish)(?:\s+(?:away|now|too))?",
        r"(?:take|throw|put|toss|chuck|bin|scratch|strike)\s+(?P<what>.+?)\s+(?:away|out|off)(?:\s+(?:of\s+)?(?:my|"
        r"the)\s+.*?(?:list|tasks|to-?dos|"
        r"calendar|schedule|agenda))",
        rf"(?:take|throw)\s+(?:(?:away|out)\s+(?P<away>.+{ONES})|(?P<what>.+{ONES})\s+(?:away|out))",
        r"(?P<verb>empty|clean(?: out| up)?|clear(?: out| up)|blank out)\s+(?P<what>.+)",
        r"(?P<what>.+?)\s+(?:should|needs? to|has to|have to|must|can)\s+be\s+(?:deleted|removed|cancell?ed|cleared|"
        r"erased|taken off)(?:\s+(?:from|off)\s.+)?",
        r"(?P<what>[\w'-]+(?: [\w'-]+){0,2})\s+(?:isn't|is not|aren't|are not)\s+(?:needed|necessary|required)(?: "
        r"any ?more| any longer)?",
        r"(?P<verb>take)\s+(?P<what>.+?)\s+off",
        r"(?:get|have)\s+(?P<what>.+?)\s+(?:off|out|removed|deleted)\s+(?:of\s+|from\s+)?(?:my|"
        r"the)\s+(?:.*?\s)?(?:list|tasks|to-?dos|calendar|schedule|agenda)",
        r"(?:remove|delete|take|strike|erase|drop)\s+(?:from|off)\s+(?:of\s+)?(?:my|the)\s+(?:to-?do\s+|"
        r"task\s+)?(?:list|tasks|to-?dos|calendar|schedule|agenda)"
        r"\s*[:,–-]?\s+(?P<what>.+)",
        r"no (?:need|reason) (?:to|for)\s+(?P<what>.+?)(?:\s+any ?more)?",
        r"(?P<verb>delete|remove|erase|scrap|strike|trash(?! (?:is|was|are))|drop|cancel|clear|kill|bin|discard|"
        r"dump|get "
        r"rid of|throw (?:out|"
        r"away)|call off)\s+(?P<what>.+)",
        r"take\s+(?P<what>.+?)\s+off\s+(?:of\s+)?(?:my|the)\s+.*?(?:list|tasks|to-?dos|calendar|schedule|agenda)",
        r"(?:(?:i|we)\s+)?(?:don't|do not)\s+(?:need|want|have)\s+(?:to\s+)?(?P<what>.+?)\s+(?:any ?more|any longer|"
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
OF_LISTS = frozenset({"empty", "clean", "blank", "clear"})
GENTLE = frozenset(
    {"take", "drop", "cancel", "clear", "kill", "discard", "dump", "get rid of", "throw out", "throw away", "call off"}
)


def deleted(text: str, clock: Clock) -> Request | None:
    """What a sentence deletes; with the task it adds where there is no such thing and the words may mean another."""
    for _, found in DELETIONS.matches(text):
        if names_a_new_thing(found["what"] or found["away"], is_there=True):
            continue
        verb = str(found.groupdict().get("verb") or "").lower()
        if (
            verb.partition(" ")[0] in OF_LISTS
            and verb != "clear"
            and not (ALL_OF_IT.fullmatch(found["what"]) or FROM_LIST.search(found["what"]))
        ):
            continue
        what = found["what"] or found["away"]
        reference, which = target(what, clock)
        request = Request(intent="task_delete", text=text, reference=reference, arguments=which)
        slang = str(found.groupdict().get("slang") or "").lower()
        gentle = verb in GENTLE or bool(slang)
        is_ours = points(what) or re.search(rf"\b(?:{TASK}|one|entry|alarm)\b", what, re.I) or FROM_LIST.search(what)
        is_known = is_ours or (slang in FIGURATIVE and KNOWN.search(what)) or common(what, clock)
        if slang in PHYSICAL | FIGURATIVE and not is_known:
            continue
        return or_created(request, text, clock) if gentle and not is_ours else request
    return None
