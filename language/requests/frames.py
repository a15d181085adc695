"""The frame of a request: the courtesies around it, the nouns for kinds of things, and a name without either."""

import re
from functools import lru_cache

from domain.people import Clock
from language.patterns import Wording, begun_anew, without
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
MIND = Wording(r"^(?:would|do|could) you mind (?P<act>[a-z]+ing)\b")
COURTESY = Wording(
    r"^(?:(?:good (?:morning|afternoon|evening|day)(?=\s*[,.!])|yo|ugh|aw+|hm+|guess what|from now on|change of "
    r"plans?|plans? (?:have )?changed|slight change|"
    r"something(?: has|'s)? c[oa]me up|sorry to bother(?: you)?|(?:oh )?(?:good|great|bad) news|you know what|"
    r"i(?:'ve| have) been thinking(?: about (?:it|this))?|phew|yay|woo+ ?hoo+|hooray|hurra[hy]|finally(?=\s*[,!])|"
    r"first (?:thing|of all|off)|next(?: up|(?=\s*[,:]))|right then|now then|for (?:today|now)(?=\s*[,:])|go on|"
    r"(?:when(?:ever)? you (?:can|could|get (?:a|the) chance|have (?:a|the) (?:moment|minute|second|sec|chance|time))|"
    r"if (?:you (?:can|could|would|please|don't mind|wouldn't mind|may|get (?:a|the) chance|have (?:a|the) "
    r"(?:moment|minute|second|sec|chance|time))|(?:it(?:'s| is) )?(?:at all )?possible|i may|i could|that's (?:ok|okay|"
    r"alright|fine)))(?=\s*,)|"
    r"i was (?:just )?thinking|listen|heads up|quick (?:one|question|thing)|tbh|to be honest|honestly|anyways?|fun "
    r"fact|do me a favou?r|go ahead|"
    r"hey|hi|hello|ok|okay|so|well|and|then|also|please|pls|plz|now|right|alright|all right|great|cool|nice|"
    r"perfect|actually|shoot|well then|thanks|thank you|thx|yes|yeah|yep|sure|oh|ah|um+|uh+|hm+|oops|btw|by the way|"
    r"kindly|just|maybe|perhaps|"
    r"plus|after that|one more(?: thing)?(?=\s*[:,])|another thing(?=\s*[:,])|there|assistant)\b[\s,.!:;–—-]*|"
    r"(?:you|we) (?:can|could|may|should|might) (?:also |now |just |then |please |go ahead and )*(?=\w)|"
    r"(?:you(?:'d| had) better|do me a favou?r and) (?=\w)|"
    r"(?:can|could|would|will|may|might) (?:you|we|i) (?=\w)(?!see\b)(?:please |kindly |maybe |just |also |perhaps )*|"
    r"(?:help me (?:to |with )?)(?=(?:find|plan|remember|summari\w*|set|add|create|schedule|change|modify|move|"
    r"cancel|delete|check|make|update|edit|organi\w*|remove)\b)|"
    r"i(?:'d| would) (?:like|love|want|need) (?:for )?you to |i (?:want|need|expect) (?:for )?you to |"
    r"i(?:'d| would)(?: really| greatly| very much)? (?:appreciate it|be (?:very |so |most |really )?(?:grateful|"
    r"thankful|glad|happy)|love it|like it) if you (?:could|would|can) (?:please |kindly )?|"
    r"(?:i was|i am|i'm) (?:just )?wondering (?:if|whether) you (?:could|can|would|might) (?:please )?|"
    r"(?:it would|it'd|would it) be (?:great|nice|good|lovely|helpful|wonderful|kind|ok|okay|possible|fine)(?: of "
    r"you)? (?:if you (?:could|would|can)|if we (?:could|can)|for you to|to) (?:please )?|"
    r"(?:(?:could|can|would|will) you )?(?:please )?be so (?:kind|good|nice)(?: as)?(?: and| to) (?:please )?|"
    r"(?:may|might|can|could) i (?:please )?(?:ask|request|trouble) (?:you )?(?:to |for )?(?=\w)|"
    r"do (?=(?:please|kindly|remind|add|put|make|set|strike|cross|tick|check|mark|move|shift|push|delete|remove|take|"
    r"tell|show|note|let|bin|scrap|undo|call|remember|change|reschedule|postpone|give|list|schedule|log|record|jot|"
    r"write|save|keep|track|start|sum|summari[sz]e|revert|roll|take|put|drop|cancel)\b)|"
    r"i(?:'d| would)? (?:like|love|want|need|could use|appreciate|be (?:grateful|glad|thankful) (?:for|of)) (?:to "
    r"have )?"
    r"(?=(?:an?|another) (?:new |quick |little |recurring |repeating )*(?:reminders?|alarms?|tasks?|to-?dos?|nudge)\b)|"
    rf"i(?:'d| would)? (?:like|love|want|need) to (?={ACT} (?:\w+ (?:time|date|title|name|content) of )?{ANY_OF}\b)|"
    r"(?:would|do) you mind (?=\w+ing\b)|(?:is it|would it be) possible (?:for (?:you|us|me) )?to |"
    r"are you able to |make (?:yourself )?an? (?:mental )?note to (?=remind me\b)|feel free to |"
    r"let(?:'s| us| me) (?=(?:delete|remove|drop|cancel|scrap|bin|ditch|mark|tick|check off|cross|undo|revert|push|"
    r"move|postpone|"
    r"reschedule|shift)\b))+(?=[\w#\"'“!])"
)
TRAILING = Wording(
    r"(?:[\s,;.!–—-]+(?:please|pls|plz|(?:many )?thanks(?: a lot| so much| a bunch| in advance)?|"
    r"thank you(?: so much| very much| in advance)?|thx|ty|cheers|ta|for me|much appreciated|"
    r"if you (?:can|could|would|please|don't mind|wouldn't mind|get (?:a|the) chance)|if (?:at all )?possible|"
    r"(?:will|would|could|can|won't) you|alright|without (?:fail|exception)|no matter what|"
    r"ok|okay|right away|straight away|"
    r"when(?:ever)? you (?:can|get (?:a|the) chance|have (?:a|the) (?:moment|minute|second|sec|chance|time))|though|"
    r"(?:ha){2,}a*|lol|btw|by the way|fyi|[:;]-?[)dp](?!\w)|<3))+[\s.!?]*$"
)
ASKED = Wording(r"^(?:can|could|would|will|may|might) (?:you|we|i)\b")
FIRST_ASKED = Wording(r"^(?P<asked>[^.!?]{3,300}\S)\s*\?+(?=\s+[a-z#])")
INDIRECT = Wording(
    r"^(?:(?:please )?(?:tell|show|remind) me(?: again)?(?: of| about)?,?|let me know|"
    r"(?:i(?:'d| would) like|i want|i need) to know|"
    r"do you (?:know|remember)|(?:check|find out|see)|let me (?:see|hear|have)|list(?: out| up)?|pull up|bring up|"
    r"display|give me|get me|"
    r"(?:run|walk|take|talk) me through|fill me in on|brief me on|catch me up on|update me on|read (?:me|out)|know|"
    r"(?:can|could|may|might) i (?:please )?(?:see|get|have|know|hear)|i wonder|i'm wondering|(?:any idea|say))\s+"
    r"(?=(?:what|what's|whats|when|where|who|which|how|how's|why)\b)"
)
CAN_I = Wording(
    r"^(?:can|could|may|might) i (?:please )?(?:get|have|see) (?=(?:an?|the|my|all|some|every)\b)(?!an? (?:new "
    r")?(?:reminder|task|note|alarm)\b)"
)
GO_TO = Wording(r"^(?:can|could|should|may) (?P<what>(?:the|my|that|this)\b.{2,40}?) (?:go|move|shift|be) to(?=\s)")
ARROW = Wording(r"^(?P<what>[\w' -]{2,40}?)\s*(?:->|→|=>)\s*(?=\S)")
PASSIVES = {"moved": "move", "rescheduled": "reschedule", "postponed": "postpone", "pushed": "push", "shifted": "move"}
PASSIVES |= {"deleted": "delete", "removed": "remove", "cancelled": "cancel", "canceled": "cancel", "marked": "mark"}
PASSIVE = Wording(
    rf"^(?:can|could|should|may) (?P<what>(?:the|my|that|this|it)\b.*?) (?:please )?be "
    rf"(?P<verb>{'|'.join(PASSIVES)})\b"
)
TAIL = 80
"""Courtesies at the end are looked for in so many characters, and not at all where none of their last words stands."""
LONGEST_TAILED = 5_000
ENDS = " \t\r\n\f\v\xa0.!?"
LAST_WORDS = tuple(
    "please pls plz thanks lot much bunch advance you thx ty cheers ta me appreciated can could mind chance possible "
    "alright fail exception what ok okay away moment minute second sec time though lol btw way fyi would won't a "
    ":) ;) :-) ;-) :d :-d ;d ;-d :p :-p ;p ;-p <3".split()
)
LONGEST = 1_000
"""What is longer is no name of anything."""
PINGED = Wording(
    r"\b(?:ping|alert|notify|nudge|buzz|prod) me\b|\b(?:give|send) me an? (?:quick |little |friendly |gentle "
    r")*(?:nudge|ping|buzz|shout|"
    r"heads[- ]up|prod|poke|alert)\b|\bremember me\b(?= (?:to|of|about|that|on|at|tomorrow|today|every)\b)"
)
TAKING_BACK = Wording(
    r"^(?:i|we)(?:'d| would)?(?: really| just| now)? (?:like|want|need|love|wish|have) to "
    r"(?=(?:undo|un-do|revert|roll (?:it|that|this) back|reverse|take (?:it|that|this) back)\b)"
)
NUDGE = Wording(
    r"\b(?:tell|get) me to\b|\b(?:see to it|ensure|be sure|take care|make certain) that (?:i|we)\b|\bremind me 2(?= "
    r"[a-z])|^(?:please )?put me down (?:for|"
    r"to)\b|\bi(?:'d| would)? (?:need|want|have|like|love) to be reminded (?:to|of|about)\b|\b(?:make|have) me(?= "
    r"(?:do|go|take|drink|eat|read|run|walk|call|make|write|practi[cs]e|check|work)\b)"
)
WISHED = Wording(
    r"^i(?:'d| would)? (?:want|need|like|love)(?: to)? (?:know|hear|see|find out|check|be told)(?: about)?\s+"
    r"(?=(?:what|what's|whats|when|where|who|which|how|if|whether|is|are|my|the|all|every\w*|any\w*)\b)"
)
TWO = Wording(r"(?<=(?:have|need|want)\s)2(?=\s+[a-z])|(?<=got\s)2(?=\s+[a-z])")
HASHTAG = Wording(r"\bhash\s?tag\s+(?=[a-z])")
DETERMINER = Wording(r"^(?:(?:the|my|our|a|an|that|this|those|these|some|any)\s+)+(?=\S)")
LED = Wording(
    rf"^(?:{TASK}|{NOTE}|habit|alarm|event)\s+(?:to|about|called|named|titled|for|of|on|with|regarding|concerning|"
    rf"containing|that says)\s+"
)
KIND = Wording(rf"\s+(?:(?:{TASK}|{NOTE}|habits?|one|things?|stuff)\b\s*)+$")
FROM_LIST = Wording(
    rf"\s+(?:from|off|off of|on|in)\s+(?:(?:my|the)\s+)?(?:{LIST})$|\s+(?:anymore|any more|any longer|after all)$"
)
GLUE = (
    r"(?:to|on|at|by|for|from|until|till|in|as|is|it's|with|and|of|be|instead|due|then|again|back|now|already|just|"
    r"please|also|too|so|about)"
)
LOOSE = Wording(rf"^(?:[\s,.;:!–—-]|{GLUE}\b\s*+)++(?=\S)|(?:[\s,.;:!?–—-]|\b(?:{GLUE}|the|a|that)(?!\w))++$")
POINTS = Wording(
    rf"^(?:it|that|this|them|those|these|both|all|everything|(?:all|both|each|every one) of (?:it|them|those|these)|"
    rf"(?:that|this|those|these|the other|the others|the rest)(?:\s+(?:new\s+)?{ONES})?|the same(?: {ONES})?|"
    rf"(?:the )?(?:last|latest|newest|first|previous|next|top|(?:most )?recent|\d+(?:st|nd|rd|th)|second|third|"
    rf"fourth|fifth|sixth|seventh|other)"
    rf"(?: (?:\d|two|three|four|five|few))?(?: {ONES})?|(?:number |no\.? |#)\d{{1,2}})$"
)
# "task 12", "item #3": one of those that are there, and no name of anything new.
NUMBERED = Wording(rf"(?:(?:the|my) )?{ONES} (?:number |no\.? ?)?#?\d{{1,4}}")
SEPARATOR = Wording(r"\s*(?:,\s*(?:and\s+)?|\s+and\s+(?:also\s+)?|\s+as well as\s+|\s+plus\s+|\s*&\s*)")


HELPED = {
    "scheduling": "schedule", "setting": "set", "adding": "add", "creating": "create", "making": "make",
    "booking": "book", "planning": "plan", "arranging": "arrange", "deleting": "delete", "removing": "remove",
    "changing": "change", "modifying": "modify", "cancelling": "cancel", "canceling": "cancel", "moving": "move",
    "checking": "check", "updating": "update",
}  # fmt: skip
HELP = Wording(
    r"^(?:i (?:need|want|could use)|i'd like|can i (?:get|have))(?: some| your)? help (?:with |in )?"
    rf"(?P<act>{'|'.join(HELPED)})(?: up)?\s+"
)


SENTENCE = 500
REASON = Wording(
    r"^(?P<order>(?:(?:and|then|also|now)\s+)*(?:delete|remove|cancel|erase|drop|mark|complete|move|push|postpone|"
    r"reschedule|delay|snooze|skip|wake me|set (?:an|another|my|the) alarm|tick|check off|cross|strike|close|scrap|"
    r"take|get rid of)\b[^.!?]+?)"
    r"(?:[,;]\s*(?:as |because |since |cause )?(?:(?:i|we)(?:'ve| have| had)? (?:just |already |now )*(?:finished|"
    r"done|completed|did|got|bought|handled|sent|submitted|handed) "
    r"(?:it|that|them|this)(?: in| off)?(?: already| now| today)?|(?:it|that)(?:'s| is) (?:all |already |now "
    r")*(?:done|finished|complete[d]?|over|"
    r"not needed|no longer needed|not necessary|no longer necessary|obsolete|unnecessary|useless|redundant|"
    r"cancell?ed)(?: any ?more| now)?)(?=[.!?]*$)|"
    r"[,;]\s*(?:i'm|i am|i don't|i do not|i can't|i cannot|i won't|i no longer|i got|i already|we're|we are)\b"
    r"[^,;.!?]*|[,;]?\s+(?:because|since i|as i)\b[^.!?]*)(?=[.!?]*$)"
)
MAKE_THAT = Wording(r"^make that\b(?! (?:one|task|note|habit)\b)")
PLEASE = Wording(r"\s+(?:please|pls)(?=\s*,?\s*(?:and|then)\b)")


@lru_cache(maxsize=64)
def plain(text: str) -> str:
    """Without the courtesies around it, apostrophes straight, a spoken hashtag as its sign."""
    text = text.strip().replace("’", "'")
    said = text.lower()
    if "2" in said:
        text = TWO.sub("to", text)
    if "hash" in said:
        text = HASHTAG.sub("#", text)
    if "me" in said or "that" in said or "reminded" in said:
        text = NUDGE.sub("remind me to", PINGED.sub("remind me", text))
    text = without(WISHED, text)
    text = begun_anew(CAN_I, "show me ", text)
    text = begun_anew(GO_TO, lambda found: f"move {found['what']} to", text)
    text = begun_anew(ARROW, lambda found: f"move {found['what']} to ", text)
    text = begun_anew(PASSIVE, lambda found: f"{PASSIVES[found['verb'].lower()]} {found['what']}", text)
    text = begun_anew(MIND, lambda found: base_of(found["act"]), text)
    inner = begun_anew(HELP, lambda found: f"{HELPED[found['act'].lower()]} ", without(COURTESY, text).strip())
    if ASKED.match(text) and not INDIRECT.match(inner):
        inner = begun_anew(FIRST_ASKED, lambda found: f"{found['asked']}.", inner.rstrip("? "))
    inner = without(TAKING_BACK, inner)
    inner = without(INDIRECT, inner)
    inner = begun_anew(MAKE_THAT, "make it", inner)
    if len(inner) <= SENTENCE:
        inner = begun_anew(REASON, lambda found: found["order"], inner)
        inner = PLEASE.sub("", inner) if "pl" in said else inner
    return _without_tail(inner) or text


def _without_tail(text: str) -> str:
    """Without the courtesies at its end."""
    before = None
    while text != before and len(text) < LONGEST_TAILED:
        before, text = text, text.rstrip()
        if text[-TAIL:].rstrip(ENDS).lower().endswith(LAST_WORDS):
            text = text[:-TAIL] + TRAILING.sub("", text[-TAIL:]).rstrip()
    return text


def points(words: str) -> bool:
    """True where the words name nothing but point at what was spoken of: `it`, `the second one`, `both`."""
    return POINTS.match(words.strip(" .!?,")) is not None


def named(words: str) -> str:
    """`the milk task` → `milk`; what only points stays as it is."""
    words = FROM_LIST.sub("", words.strip(" \t\n.,;:!?")).strip()
    if not words or points(words):
        return words
    bare = without(LED, without(DETERMINER, words))
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
