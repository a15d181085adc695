"""Wordings: the many ways to ask for a new task, as the plain one that quick add reads."""

import re

from domain.people import Clock
from language.patterns import Found, Wording, begun_anew, without
from language.requests.details import details_of, signed
from language.requests.frames import TASK, tight
from language.verbs import TASKS, base_of, lemma_of_participle
from language.when import read
from language.words import WEEKDAY

HAVING = Wording(r"^i(?:'ve got| have(?: got)?)\s+an?\s+")
REMEMBERING = Wording(
    r"^i (?:must not|mustn't|can't|cannot|shouldn't|should not|better not|don't want to) forget (?:to|about) "
)
FROM_NOW = Wording(r"\bfor (?=(?:an?|half an?|\w+) (?:min(?:ute)?s?|hours?|hrs?|days?|weeks?) from now\b)")
ONE_MORE = Wording(rf"^(?:an?|another) (?:new )?(?:{TASK}|alarm) (?:to|for|about|that)\s+")
ASKED_FOR = Wording(
    r"^(?:(?:i (?:would like|need|want|'d like)|i'd like|set(?: up)?|give|get|send|make|create|add|put(?: in| down)?|"
    r"schedule|jot down|note(?: down)?|log|record|open|file|register|"
    r"write down|enter|have|set me up)\s+)?(?:(?:me|for me|in|down)\s+)?(?:(?:an?|another|the)\s+)?(?:new\s+|"
    r"quick\s+|little\s+)*"
    r"(?P<how>(?:recurring|repeating|daily|weekly|monthly|(?:an? )?(?:very |really )?(?:high|top|low|medium|urgent|"
    r"important)"
    r"(?:[\s-]+prio(?:rity)?)?)[\s,]+)?(?:new\s+)?(?P<kind>task|reminder|to-?do|nudge|ping|alert|notification|entry|"
    r"calendar entry)\b"
    r"(?P<when>(?:[^:]|(?<=\d):(?=\d\d)){0,80}?)(?:\s+(?:to|about|that (?:i|we) (?:must|have to|should|need to|ought "
    r"to|am to)|"
    r"saying(?: that)?|for me to)\s+|\s*:\s+|\s*,\s+(?=[a-z])|\s+[–—-]\s+)(?P<what>\S.*)$",
    re.S,
)
RINGS = Wording(r"reminder|nudge|ping|alert|notification")
PLACE = Wording(
    r"\b(?:(?:on|in|to|into|onto) (?:my|the) (?:\w+ )?(?:list|calendar|schedule|agenda|tasks|to-?dos?|reminders)|for "
    r"me|please|in)\b(?! \w+ (?:minutes|hours|days|weeks))"
)
# A time of day on a run of weekdays is one for each of them.
DAY_AFTER_DAY = Wording(rf"(?<!every )(?<!from )\b{WEEKDAY} (?:to|through|thru|till) {WEEKDAY}(?= at \w)")
PASSIVE = Wording(
    r"^(?:(?:and|then|also)\s+)?(?P<what>(?:the|my|our)\s[\w' -]{2,50}?)\s+(?:(?:has|have|needs?|must|should|"
    r"ought)\s+(?:to )?(?:be|get)\s+(?P<verb>[a-z]+)|"
    r"(?:needs?|wants?)\s+(?P<gerund>[a-z]{3,}ing))\b"
)
REMARK = Wording(
    r"[\s,]*\b(?:and |because |since |as )?(?:it's|it is|that's) (?:really |very |super |so |quite |pretty "
    r")*(?:important|urgent)(?: (?:so|to me|though))*\b(?:,? (?:and |so )?(?:please )?(?:make|set|mark|give) it "
    r"(?:as )?(?:an? )?(?:high|top) priority\b)?"
)
LABEL = Wording(
    rf"^(?:(?:i )?(?:need|want|set|add|create|make it|new)(?: up)? (?:an?|another)? ?(?:new )?(?:(?:recurring|"
    rf"repeating|daily) )?"
    rf"(?:{TASK}|routine|(?:daily )?thing|rule|recurring|repeating)|(?:recurring|repeating|daily)(?: "
    rf"{TASK})?)\s*[:–-]\s*(?=\S)"
)
DONT_FORGET = Wording(r"[\s,.]*\b(?:and |so )?don't let me forget(?! (?:to|about|that i)\b)(?: it| that| this)?\b")
TAGGED = Wording(r"(?<=\w)[,.;]?\s+tag(?:ged)?:?\s+#?(?P<tag>[a-z]\w+)(?=\s*(?:[,.;]|$))")
WORKDAYS = Wording(
    r"\b(?:from )?mon(?:day)?s?\s*(?:-|–|to|through|thru|till)\s*fri(?:day)?s?\b,?(?:\s+(?:every|each) week\b)?"
)
CLOCK = Wording(r"\bat (?:\d|six|seven|eight|nine|ten|five|noon)|\d ?(?:am|pm)\b|\d:\d\d")
# "it is very important that I …"
VITAL = Wording(
    r"^(?:it(?:'s| is)|this is|that's) (?:really |very |so |quite |super |absolutely |extremely )*(?:important|"
    r"urgent|critical|essential|vital|crucial)"
    r"(?:\s*[:,;–—-]\s*|\s+)(?:that |for me to |to )?(?:(?:i|we) (?:(?:must|have to|need to|should|gotta|ought to) "
    r")?)?(?=[a-z])"
)
INTENDS = Wording(
    rf"^(?:i|we)(?:'m| am|'re| are|'ll| will|'d| would)? (?:(?:also|really|still|just|now) )*(?:plan(?:ning)? to|"
    rf"going to|supposed to|meant to|intend(?:ing)? to|"
    rf"hoping to|hope to|aim(?:ing)? to|wish to|will|shall) (?=(?:{'|'.join(sorted(TASKS))})\b)"
)
# "put 20 pushups on my list for every weekday": what stands between the thing and its time.
LIST_BETWEEN = Wording(
    r"^(?:add|put|get|enter|schedule) (?P<what>.+?) (?:to|on|onto|in|into) (?:my|the) (?:to-?do |task )?"
    r"(?:list|calendar|schedule|agenda)(?=,? (?:for|on|at|every|each|by|tomorrow|today|tonight|next|this|with|due)\b)"
)
CLOCK_COLON = Wording(r"(?:(?<=\d:\d\d)|(?<=\d[ap]m)|(?<=\d [ap]m)|(?<=o'clock))\s*:\s+")
FOR_EVERY = Wording(r"\bfor (?=(?:every|each)\b)")
AS_TO = Wording(r"(?<=\s)2(?=\s(?:do|call|buy|get|go|pay|take|make|see|finish|send|write|ask|check|clean)\b)")
# "…, please put it in": what was just named is to be added.
ADD_IT = Wording(
    r"\s*(?:[,;.!–—-]+|\band)\s*(?:(?:so|and|also|please|just|can you|could you|would you|do)\s+)*(?:(?:add|put|"
    r"write|note|schedule|set|enter|pop|stick)\s+(?:it|that|this)"
    r"(?:\s+(?:down|in|up|there|for me|please|(?:on|to|in|into|onto) (?:my|the) [\w-]+(?: list)?))+|(?:do )?remind "
    r"me(?: (?:of|about) (?:it|that|this))?)[\s.!?]*$"
)


def smoothed(text: str, clock: Clock) -> str:
    """A sentence that may ask for a task, without what only leads to it and with its details as signs."""
    text = begun_anew(PASSIVE, active, ADD_IT.sub("", text))
    if vital := VITAL.match(text):
        text = f"{text[vital.end() :].rstrip(' .!')}, high priority"
    if (intends := INTENDS.match(text)) and read(text, clock):
        text = text[intends.end() :]
    text = CLOCK_COLON.sub(", ", text) if ":" in text else text
    text = FOR_EVERY.sub("", begun_anew(LIST_BETWEEN, lambda found: f"add {found['what']}", AS_TO.sub("to", text)))
    text = without(LABEL, signed(_led(text, clock), clock))
    said = text.lower()
    text = DONT_FORGET.sub("", text) if "forget" in said else text
    text = REMARK.sub(", high priority ", text) if "important" in said or "urgent" in said else text
    text = WORKDAYS.sub("every weekday", text) if "mon" in said and CLOCK.search(text) else text
    text = TAGGED.sub(lambda found: f" #{found['tag']}", text) if "tag" in said else text
    text = DAY_AFTER_DAY.sub(lambda found: f"every {found[0]}", text) if " at " in said else text
    text = FROM_NOW.sub("", text) if "from now" in said else text
    return begun_anew(ONE_MORE, "remind me to ", begun_anew(REMEMBERING, "remember to ", without(HAVING, text)))


def _led(text: str, clock: Clock) -> str:
    """`a reminder for tomorrow at 3: call mom` as `remind me to call mom, for tomorrow at 3`."""
    found = ASKED_FOR.match(text)
    if not found:
        return text
    beside = PLACE.sub("", f"{found['how'] or ''} {found['when']}").strip(" ,")
    if tight(beside) and not details_of(beside, clock):
        return text
    asks = "remind me to" if RINGS.fullmatch(found["kind"]) else "add"
    return f"{asks} {found['what']}{', ' if beside else ''}{beside}"


def active(found: Found) -> str:
    """`the invoice has to be sent` as `send the invoice`."""
    verb = lemma_of_participle(found["verb"]) or found["verb"] if found["verb"] else base_of(found["gerund"])
    return f"{verb} {found['what']}"
