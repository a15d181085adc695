"""The frame of a request: the courtesies around it, the nouns for kinds of things, and a name without either."""

import re

from domain.people import Clock
from language.verbs import base_of
from language.when import read

TASK = r"(?:tasks?|reminders?|to-?dos?|to do(?:s| items?)?|items?)"
THING = rf"(?:{TASK}|things?|stuff|chores?|errands?|appointments?|events?|meetings?|alarms?|deadlines?)"
LIST = r"(?:(?:to-?do|task|to do)\s+)?lists?|tasks|to-?dos|agenda|calendar|schedule|plate"
NOTE = r"(?:notes?|memos?)"
ONES = r"(?:ones?|tasks?|reminders?|to-?dos?|items?|notes?|habits?|things?|events?|appointments?|alarms?|meetings?)"

ANY_OF = (
    r"(?:an?|another|my|the|some|two|three|all my|all the)(?: new| next| upcoming)? (?:tasks?|reminders?|to-?dos?|"
    r"alarms?|events?|meetings?|appointments?|reservations?|bookings?|agendas?|calendar|schedule)"
)
ACT = (
    r"(?:add|set|create|make|schedule|book|reserve|delete|remove|cancel|change|modify|move|update|edit|check|see|"
    r"reschedule|postpone|push|delay)"
)
MIND = re.compile(r"^(?:would|do|could) you mind (?P<act>[a-z]+ing)\b", re.I)
COURTESY = re.compile(
    r"^(?:(?:yo|ugh|aw+|hm+|guess what|from now on|change of plans?|plans? (?:have )?changed|slight change|"
    r"something came up|sorry to bother|(?:oh )?(?:good|great|bad) news|you know what|i(?:'ve| have) been "
    r"thinking(?: about (?:it|this))?|"
    r"i was (?:just )?thinking|listen|heads up|quick (?:one|question|thing)|tbh|to be honest|honestly|anyways?|fun "
    r"fact|do me a favou?r|go ahead|"
    r"hey|hi|hello|ok|okay|so|well|and|then|also|please|pls|plz|now|right|alright|all right|great|cool|nice|"
    r"perfect|actually|shoot|well then|thanks|thank you|thx|yes|yeah|yep|sure|oh|ah|um+|uh+|hm+|oops|btw|by the way|"
    r"kindly|just|maybe|perhaps|"
    r"plus|after that|one more(?: thing)?(?=\s*[:,])|another thing(?=\s*[:,])|there|assistant)\b[\s,.!:;–—-]*|"
    r"(?:you|we) (?:can|could|may|should|might) (?:also |now |just |then |please )*(?=\w)|"
    r"(?:can|could|would|will|may|might) (?:you|we|i) (?=\w)(?!see\b)(?:please |kindly |maybe |just |also |perhaps )*|"
    r"(?:help me (?:to |with )?)(?=(?:find|plan|remember|summari\w*|set|add|create|schedule|change|modify|move|"
    r"cancel|delete|check|make|update|edit|organi\w*|remove)\b)|"
    r"i(?:'d| would) (?:like|love|want|need) you to |i (?:want|need) you to |i was wondering if you could |"
    r"i(?:'d| would)? (?:like|love|want|need|could use) (?=(?:an?|another) (?:new )?(?:reminders?|alarms?|tasks?|"
    r"to-?dos?)\b)|"
    rf"i(?:'d| would)? (?:like|love|want|need) to (?={ACT} (?:\w+ (?:time|date|title|name|content) of )?{ANY_OF}\b)|"
    r"(?:would|do) you mind (?=\w+ing\b)|(?:is it|would it be) possible (?:for (?:you|us|me) )?to |"
    r"are you able to |be so kind (?:as )?to |feel free to )+(?=[\w#\"'“!])",
    re.I,
)
TRAILING = re.compile(
    r"(?:[\s,]+(?:please|pls|plz|thanks(?: a lot| so much)?|thank you(?: so much| very much)?|thx|cheers|for me|"
    r"if you (?:can|could|would|please|don't mind|wouldn't mind)|if possible|will you|would you|could you|can you|"
    r"ok|okay|right away|"
    r"when you (?:can|get a chance)|though|haha+|lol|btw|by the way|fyi))+[\s.!?]*$",
    re.I,
)
ASKED = re.compile(r"^(?:can|could|would|will|may|might) (?:you|we|i)\b", re.I)
INDIRECT = re.compile(
    r"^(?:(?:please )?(?:tell|show|remind) me(?: again)?(?: of)?|let me know|"
    r"(?:i(?:'d| would) like|i want|i need) to know|"
    r"do you (?:know|remember)|(?:check|find out|see))\s+"
    r"(?=(?:what|what's|whats|when|where|who|which|how|how's|why)\b)",
    re.I,
)
CAN_I = re.compile(
    r"^(?:can|could|may|might) i (?:please )?(?:get|have|see) (?=(?:an?|the|my|all|some|every)\b)(?!an? (?:new "
    r")?(?:reminder|task|note|alarm)\b)",
    re.I,
)
GO_TO = re.compile(
    r"^(?:can|could|should|may) (?P<what>(?:the|my|that|this)\b.{2,40}?) (?:go|move|shift|be) to(?=\s)", re.I
)
ARROW = re.compile(r"^(?P<what>[\w' -]{2,40}?)\s*(?:->|→|=>)\s*(?=\S)")
PASSIVES = {"moved": "move", "rescheduled": "reschedule", "postponed": "postpone", "pushed": "push", "shifted": "move"}
PASSIVES |= {"deleted": "delete", "removed": "remove", "cancelled": "cancel", "canceled": "cancel", "marked": "mark"}
PASSIVE = re.compile(
    rf"^(?:can|could|should|may) (?P<what>(?:the|my|that|this|it)\b.*?) (?:please )?be "
    rf"(?P<verb>{'|'.join(PASSIVES)})\b",
    re.I,
)
TAIL = 80
"""Courtesies at the end are looked for in so many characters."""
LONGEST = 1_000
"""What is longer is no name of anything."""
PINGED = re.compile(r"\b(?:ping|alert|notify|nudge|buzz) me\b", re.I)
NUDGE = re.compile(
    r"\btell me to\b|\bi(?:'d| would)? (?:need|want|have|like|love) to be reminded (?:to|of|about)\b|\bmake me(?= "
    r"(?:do|go|take|drink|read|run|walk)\b)",
    re.I,
)
WISHED = re.compile(
    r"^i(?:'d| would)? (?:want|need|like|love)(?: to)? (?:know|hear|see|find out|check|be told)(?: about)?\s+"
    r"(?=(?:what|what's|whats|when|where|who|which|how|if|whether|is|are|my|the|all)\b)",
    re.I,
)
HASHTAG = re.compile(r"\bhash\s?tag\s+(?=[a-z])", re.I)
DETERMINER = re.compile(r"^(?:(?:the|my|our|a|an|that|this|those|these|some|any)\s+)+(?=\S)", re.I)
LED = re.compile(
    rf"^(?:{TASK}|{NOTE}|habit|alarm|event)\s+(?:to|about|called|named|titled|for|of|on|that says)\s+", re.I
)
KIND = re.compile(rf"\s+(?:(?:{TASK}|{NOTE}|habits?|one|things?|stuff)\b\s*)+$", re.I)
FROM_LIST = re.compile(
    rf"\s+(?:from|off|off of|on|in)\s+(?:(?:my|the)\s+)?(?:{LIST})$|\s+(?:anymore|any more|any longer|after all)$", re.I
)
GLUE = (
    r"(?:to|on|at|by|for|from|until|till|in|as|is|it's|with|and|of|be|instead|due|then|again|back|now|already|just|"
    r"please|also|too|so|about)"
)
LOOSE = re.compile(rf"^(?:[\s,.;:!–—-]|{GLUE}\b\s*+)++(?=\S)|(?:[\s,.;:!?–—-]|\b(?:{GLUE}|the|a|that)(?!\w))++$", re.I)
POINTS = re.compile(
    rf"^(?:it|that|this|them|those|these|both|all|everything|(?:all|both|each|every one) of (?:it|them|those|these)|"
    rf"(?:that|this|those|these|the other|the others|the rest)(?:\s+(?:new\s+)?{ONES})?|the same(?: {ONES})?|"
    rf"(?:the )?(?:last|latest|newest|first|previous|next|top|(?:most )?recent|\d+(?:st|nd|rd|th)|second|third|"
    rf"fourth|fifth|sixth|seventh|other)"
    rf"(?: (?:\d|two|three|four|five|few))?(?: {ONES})?|(?:number |no\.? |#)\d{{1,2}})$",
    re.I,
)
SEPARATOR = re.compile(r"\s*(?:,\s*(?:and\s+)?|\s+and\s+(?:also\s+)?|\s+as well as\s+|\s+plus\s+|\s*&\s*)", re.I)


HELPED = {
    "scheduling": "schedule", "setting": "set", "adding": "add", "creating": "create", "making": "make",
    "booking": "book", "planning": "plan", "arranging": "arrange", "deleting": "delete", "removing": "remove",
    "changing": "change", "modifying": "modify", "cancelling": "cancel", "canceling": "cancel", "moving": "move",
    "checking": "check", "updating": "update",
}  # fmt: skip
HELP = re.compile(
    r"^(?:i (?:need|want|could use)|i'd like|can i (?:get|have))(?: some| your)? help (?:with |in )?"
    rf"(?P<act>{'|'.join(HELPED)})(?: up)?\s+",
    re.I,
)


SENTENCE = 500
REASON = re.compile(
    r"^(?P<order>(?:(?:and|then|also|now)\s+)*(?:delete|remove|cancel|erase|drop|mark|complete|move|push|postpone|"
    r"reschedule|delay|snooze|skip|wake me|set (?:an|another|my|the) alarm)\b[^.!?]+?)"
    r"(?:[,;]\s*(?:i'm|i am|i don't|i do not|i can't|i cannot|i won't|i no longer|i got|i already|we're|we are)\b"
    r"[^,;.!?]*|[,;]?\s+(?:because|since i|as i)\b[^.!?]*)(?=[.!?]*$)",
    re.I,
)
MAKE_THAT = re.compile(r"^make that\b(?! (?:one|task|note|habit)\b)", re.I)
PLEASE = re.compile(r"\s+(?:please|pls)(?=\s*,?\s*(?:and|then)\b)", re.I)


def plain(text: str) -> str:
    """Without the courtesies around it, apostrophes straight, a spoken hashtag as its sign."""
    text = WISHED.sub(
        "", NUDGE.sub("remind me to", PINGED.sub("remind me", HASHTAG.sub("#", text.strip().replace("’", "'"))))
    )
    text = CAN_I.sub("show me ", text)
    text = GO_TO.sub(r"move \g<what> to", text)
    text = ARROW.sub(r"move \g<what> to ", text)
    text = PASSIVE.sub(lambda found: f"{PASSIVES[found['verb'].lower()]} {found['what']}", text)
    text = MIND.sub(lambda found: base_of(found["act"]), text)
    inner = HELP.sub(lambda found: f"{HELPED[found['act'].lower()]} ", COURTESY.sub("", text).strip())
    if inner.endswith("?") and ASKED.search(text) and not INDIRECT.match(inner):
        inner = inner.rstrip("? ")
    inner = INDIRECT.sub("", inner)
    inner = MAKE_THAT.sub("make it", inner)
    if len(inner) <= SENTENCE:
        inner = PLEASE.sub("", REASON.sub(r"\g<order>", inner))
    before = None
    while inner != before and len(inner) < 5_000:
        before, inner = inner, inner[:-TAIL] + TRAILING.sub("", inner[-TAIL:]).rstrip()
    return inner or text


def points(words: str) -> bool:
    """True where the words name nothing but point at what was spoken of: `it`, `the second one`, `both`."""
    return POINTS.match(words.strip(" .!?,")) is not None


def named(words: str) -> str:
    """`the milk task` → `milk`; what only points stays as it is."""
    words = FROM_LIST.sub("", words.strip(" \t\n.,;:!?")).strip()
    if not words or points(words):
        return words
    bare = LED.sub("", DETERMINER.sub("", words))
    bare = KIND.sub("", f" {bare}").strip() or bare
    return bare.strip(" \"'“”.,;:!?") or words


def names(words: str) -> list[str]:
    """Each of several things: `the milk, mom and the report`; `salt and pepper` of one name are two as well."""
    if re.fullmatch(r"[\"'“].*[\"'”]", words.strip()):
        return [named(words)]
    parts = [part for part in SEPARATOR.split(words) if part.strip()]
    return [name for part in parts if (name := named(part))] or [words.strip()]


def tight(words: str) -> str:
    """Without what hangs loose at either end when something was taken out."""
    before = None
    words = " ".join(words.split())
    while words != before and len(words) <= LONGEST:
        before, words = words, LOOSE.sub("", words)
    return words.strip(" \"'“”.,;:!?")


def without_times(words: str, clock: Clock) -> str:
    """The words without those that mean time."""
    for reading in sorted(read(words, clock), key=lambda one: -one.span[0]):
        start, end = reading.span
        words = f"{words[:start]} {words[end:]}"
    return tight(words)
