"""Talk about the conversation itself: courtesies, yes and no, undoing, what is remembered of the person, the date."""

import re

from language.request import Intent, Request

_PATTERNS: dict[Intent, str] = {
    "greeting": r"(?:hi|hello|hey|hiya|howdy|yo|good (?:morning|afternoon|evening|day)|thanks|thank you|thx|ty|"
    r"cheers|much appreciated|"
    r"bye|goodbye|good night|see you|see ya|later|cool|great|nice|awesome|perfect|excellent|wonderful|good job|well "
    r"done|lovely|"
    r"that's (?:all|it|great|perfect|fine|good)|that is all|that will be all|you're (?:great|the best)|you rock|"
    r"appreciate it|got it|sounds good)\b"
    r"(?!.*\b(?:add|remind\w*|note|tasks?|delete|what|when|how|buy|call|move|mark|set|create|make|schedule|book|cancel|"
    r"remove|change|update|check|show|list|plan|put|alarms?|meetings?|appointments?|events?|calendar|agenda|need|"
    r"want)\b)[^?]{0,50}",
    "help": r"(?:help(?: me)?(?: out| please| with .{1,40})?(?!\s+\w)|"
    r"what (?:all |else )?can you do(?: for me)?|what (?:do|are) you (?:do|able to do|capable "
    r"of|"
    r"good (?:at|for))|how (?:do|does|can|should) (?:i use )?(?:this|you|it)(?: app| assistant| thing)?(?: work)?|"
    r"what (?:can|should|could) i (?:say|ask(?: you)?|do here|type)|what are your (?:features|abilities|commands|"
    r"capabilities)|(?:show|list|tell) (?:me )?(?:your |the )?(?:commands|features|help)|instructions)\b.{0,30}",
    "smalltalk": r"(?:who (?:are you|made you|built you)|what are you|what(?:'s| is) your name|how are you(?: doing)?|"
    r"how's it going|what's up|are you (?:a |an )?(?:human|real|bot|robot|ai|alive|there|ok|okay|person|computer|"
    r"machine|listening).*|"
    r"do you (?:like|love|have (?:feelings|a name)|sleep|eat|dream).*|nice to meet you.*|i love you|you're "
    r"(?:stupid|useless|dumb|bad|wrong|annoying|not helpful).*)",
    "affirm": r"(?:yes|yeah|yep|yup|yea|sure|ok|okay|please do|do it|do that|go ahead|go for it|absolutely|definitely|"
    r"of course|correct|right|exactly|that's right|create it|confirm(?:ed)?|fine|sounds good|alright|all right|y)"
    r"(?:[,\s]+(?:please(?: do)?|yes|do it|do that|go ahead|thanks|thank you|create it|that one|correct|that's correct|"
    r"that's right|sure))*",
    "deny": r"(?:no|nope|nah|no way|no thanks?(?: you)?|never ?mind|don'?t|do not|don't do (?:it|that)|forget it|"
    r"neither|none(?: of (?:them|those|these))?|not "
    r"now|stop|cancel|skip it|leave it|not really|rather not|n)"
    r"(?:[,\s]+(?:please|no|then|thanks|thank you|leave it|don't|do not|never ?mind|that's (?:it|all|fine|ok)|that is "
    r"all))*(?:[,\s]+(?:that's|that is|that will be) (?:it|all)(?: for (?:now|today))?)?",
    "undo": r"(?:undo|revert|reverse|roll ?back|restore|take|put|bring|get) (?:that|it|this|them|those|everything)(?: "
    r"(?:back|again|one|all))?|"
    r"(?:undo|revert|reverse|roll ?back)(?: (?:that|it|this|the|my|your|last|one|thing|bit|previous|latest|change|"
    r"changes|action|"
    r"thing|deletion|edit|move|one|please|again|what you (?:just )?did)\b)*|"
    r"(?:that was|this was|it was|that's|this is) (?:a mistake|an accident|not what i (?:meant|wanted|said)|wrong|"
    r"not right|an error)(?:[,.;]? *(?:please )?(?:undo|revert|reverse|take) (?:it|that)(?: back)?)?|"
    r"i (?:didn't|did not) (?:mean|want|ask for|say) (?:that|it|this|to(?: do (?:that|it))?)|i (?:changed my mind|"
    r"take (?:that|it) back)|(?:cancel|scratch) that|"
    r"(?:go|step) back(?: one step)?|on second thoughts?,? (?:no|don't|undo (?:it|that))",
    "memory_find": r"(?:what|which things?|anything|everything|show(?: me)?(?: what)?|tell me(?: what| everything)?|"
    r"list(?: what)?|do)(?: do| did| have| all)? (?:you |i )?(?:still )?(?:know|remember|remembered|learn(?:ed)?|told "
    r"you|tell you|asked you to remember|ask you to remember|have (?:saved|stored|remembered))"
    r"(?: (?:about|of|on|regarding) (?P<about>.+?))?|(?:show|list|what are)(?: me)?(?: all)? (?:my|your|the) "
    r"memories(?: (?:about|of|on) (?P<of>.+?))?",
    "repeat": r"(?:what did you (?:just )?(?:do|say|change)|what have you (?:just )?done|what (?:just )?happened|"
    r"(?:repeat|say) that(?: again)?|come again|pardon(?: me)?|sorry what|"
    r"what was that)",
    "datetime": r"(?:(?:what|which)(?:'s| is)?|tell me|do you know|whats)(?: the| today's)? (?:time|date|day(?: of the "
    r"week)?)(?: is it| is| it "
    r"is)?(?: (?:now|today|please|currently|right now|of the week|is it|it is|is today))*|"
    r"what (?:day|date|time) (?:is|was|will) (?:it )?(?P<when>.+?)(?: (?:be|fall|falls))?(?: on)?|what(?:'s| is) "
    r"(?:the )?date (?P<on>.+)|what(?:'s| is) today",
}
PATTERNS: dict[Intent, re.Pattern[str]] = {
    intent: re.compile(rf"^(?:{words})[\s.!?,]*$", re.I | re.S) for intent, words in _PATTERNS.items()
}
REMEMBER = re.compile(
    r"^(?:remember|keep in mind|bear in mind|don'?t (?:ever )?forget|do not forget|make a mental note|know(?= that)|"
    r"for your "
    r"information|fyi|just so you know)\b(?!\s+(?:to|about|me)\b)(?:\s*,)?(?:\s+that)?[\s:,]+(?P<text>.+)",
    re.I | re.S,
)
FORGET = re.compile(
    r"^(?:forget|stop remembering|unlearn|don'?t remember)\s+(?:about\s+)?"
    r"(?:that\s+|what i (?:said|told you) about\s+|the (?:memory|fact) (?:that|about|of)\s+|what you know "
    r"about\s+)?(?P<text>(?!it$|that$).+)",
    re.I | re.S,
)
# What people say of themselves for others to know; whether to keep it is asked.
FACT = re.compile(
    r"^(?:my (?:favou?rite [\w ]+|name|birthday|address|nickname|blood type|shoe size|(?:partner|wife|husband|dog|"
    r"cat|son|daughter|boss|doctor|dentist)(?:'s name)?)(?: is|'s| are)\s|"
    r"call me (?!at\b|when\b|on\b|if\b|back\b|later\b|tomorrow\b)\w+$|"
    r"i(?:'m| am) (?:allergic|vegan|vegetarian|lactose|gluten|diabetic|left-handed|colou?r-?blind|an? \w+$)|i "
    r"(?:live|grew up) in\b|i work (?:at|for|as)\b|i prefer\b|"
    r"i (?:really )?(?:like|love|hate|dislike|can't stand|don't (?:like|eat|drink)) (?!to\b|you\b|this\b|that\b|it\b))",
    re.I,
)
A_THING_TO_DO = re.compile(r"\b(?:task|reminder|to-?do|note|habit)\b", re.I)


ABOUT_THE = re.compile(
    r"^(?:forget|never ?mind|don't bother)\s+(?:about|with)?\s*the (?P<what>[\w' -]{2,40}?)(?: (?:task|one|thing|"
    r"reminder))?[\s.!]*$",
    re.I,
)
UNDO_LEAD = re.compile(
    r"^(?:(?:oh|no|nope|wait|hm+|oops|whoops|sorry|never ?mind|scratch that|that was (?:wrong|a mistake)|that's "
    r"wrong|(?:i )?didn't mean (?:that|to|it)|hold on|please|"
    r"actually|ugh|ok|okay|and|then|just|my bad)\b[\s,.!;:–—-]*)+(?=\w)",
    re.I,
)


def request(text: str) -> Request | None:
    """What a sentence says about the conversation, None where it is about the person's own things."""
    bare = text.strip()
    for intent, pattern in PATTERNS.items():
        if len(bare) <= 120 and (found := pattern.match(bare)):
            about = next((value for value in found.groupdict().values() if value), None)
            if intent == "memory_find" and about and about.lower() in ("me", "myself", "us"):
                about = None
            return Request(intent=intent, text=text, arguments={"about": about} if about else {})
    after = UNDO_LEAD.sub("", bare)
    if after != bare and PATTERNS["undo"].match(after):
        return Request(intent="undo", text=text)
    if found := REMEMBER.match(text):
        return Request(intent="memory_add", text=text, arguments={"text": found["text"].strip()})
    if FACT.match(bare) and not bare.endswith("?") and len(bare) <= 200:
        return Request(intent="memory_add", text=text, arguments={"text": bare.rstrip(" .!")}, sure=False)
    if about := ABOUT_THE.match(bare):
        memory = Request(intent="memory_forget", text=text, reference=about["what"])
        return Request(intent="task_delete", text=text, reference=about["what"], otherwise=memory)
    found = FORGET.match(text)
    if found and not A_THING_TO_DO.search(found["text"]):
        return Request(intent="memory_forget", text=text, reference=found["text"].strip())
    return None
