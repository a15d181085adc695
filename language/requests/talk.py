"""Talk about the conversation itself: courtesies, yes and no, undoing, what is remembered of the person, the date."""

import re

from language.patterns import Patterns, Wording
from language.request import Intent, Request
from language.requests.amusement import entertained
from language.requests.regrets import taken_back

GREET = (
    r"(?:hi+|hello|hey+|hiya|howdy|yo|greetings|good (?:morning|afternoon|evening|day)|morning|evening|(?:many "
    r")?thanks|thank you|thank u|"
    r"thx|ty|tysm|cheers|ta|much appreciated|bye(?: bye)?|goodbye|good night|nighty? night|see (?:you|ya|u)|take "
    r"care|later|cool|great|nice|"
    r"awesome|perfect|excellent|wonderful|amazing|brilliant|fantastic|super|good job|well done|nice one|lovely|good|"
    r"fine|"
    r"that(?:'s| is) (?:all|it|great|perfect|fine|good|awesome|nice|lovely|wonderful|amazing|helpful|right|"
    r"everything|correct)|"
    r"that(?:'ll| will) be (?:all|it)|you(?:'re| are) (?:great|the best|awesome|amazing|a star|a lifesaver|welcome|"
    r"so helpful|"
    r"very helpful)|you rock|(?:i |i really |really )?appreciate (?:it|that|your help)|got it|sounds good|"
    r"have a (?:nice|good|great|lovely) (?:day|evening|night|weekend|one|time)|"
    r"that (?:helps|helped|works|worked)(?: a lot)?|very (?:good|nice|helpful)|"
    r"(?:nice|great|good|excellent) (?:work|job|stuff|one))"
)
AROUND_IT = (
    r"(?:there|everyone|assistant|bot|metacortex|mate|man|buddy|pal|friend|dear|my friend|a (?:lot|bunch|million|"
    r"ton)|so much|very much|"
    r"again|indeed|all|you|to you(?: too)?|too|for (?:that|this|it|your (?:help|time)|the help|everything|all(?: "
    r"(?:of )?(?:that|this|your help))?|now|"
    r"today|\w+ing(?: me| us| it| that)?)|(?:tomorrow|later|soon|then|around|next time)|now|today|tonight|and|very|"
    r"really|just|much|lol|haha|oh|ah|ok|"
    r"okay|well|so|all right|alright|yes|no|nope|nothing else|that was|it)"
)
WORDINGS: dict[Intent, str] = {
    "greeting": rf"{GREET}(?:[\s,.!;:–—-]+(?:{GREET}|{AROUND_IT}))*(?:\s*(?:[:;]-?[)d]|<3))?",
    "help": r"(?:help(?: me)?(?: out| please| with .{1,40})?(?!\s+\w)|"
    r"what (?:all |else )?can you do(?: for me)?|what (?:do|are) you (?:do|able to do|capable "
    r"of|"
    r"good (?:at|for))|how (?:do|does|can|should) (?:i use (?:this|you|it)|(?:this|you|it)(?: app| assistant|"
    r" thing)? work)|"
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
    "deny": r"(?:no|nope|nah|no way|no thanks?(?: you)?|never ?mind(?: (?:about )?(?:that|it))?|don'?t|do not|"
    "don't do (?:it|that)|forget it|"
    r"neither|none(?: of (?:them|those|these))?|not "
    r"now|stop|cancel|skip it|leave it|not really|rather not|n)"
    r"(?:[,\s]+(?:please|no|then|thanks|thank you|leave it|don't|do not|never ?mind|that's (?:it|all|fine|ok)|that is "
    r"all))*(?:[,\s]+(?:that's|that is|that will be) (?:it|all)(?: for (?:now|today))?)?",
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
INTENTS = tuple(WORDINGS)
PATTERNS = Patterns(rf"(?s:^(?:{words})[\s.!?,]*$)" for words in WORDINGS.values())
LONGEST = 120
REMEMBER = Wording(
    r"^(?:remember|keep in mind|bear in mind|don'?t (?:ever )?forget|do not forget|make a mental note|know(?= that)|"
    r"for your "
    r"information|fyi|just so you know)\b(?!\s+(?:to|about|me)\b)(?!\s+(?:again )?(?:what|when|where|who|how|which|"
    r"why)\b[^:]*$)"
    r"(?:\s*,)?(?:\s+for me\b)?(?:\s*,)?(?:\s+(?:that|this))?[\s:,]+(?P<text>.+)",
    re.S,
)
FORGET = Wording(
    r"^(?:forget|stop remembering|unlearn|don'?t remember)\s+(?:about\s+)?"
    r"(?:that\s+|what i (?:said|told you) about\s+|the (?:memory|fact) (?:that|about|of)\s+|what you know "
    r"about\s+)?(?P<text>(?!it$|that$).+)",
    re.S,
)
# What people say of themselves for others to know; whether to keep it is asked.
FACT = Wording(
    r"^(?:my (?:favou?rite [\w ]+|name|birthday|address|nickname|blood type|shoe size|(?:partner|wife|husband|dog|"
    r"cat|son|daughter|boss|doctor|dentist)(?:'s name)?)(?: is|'s| are)\s|"
    r"call me (?!at\b|when\b|on\b|if\b|back\b|later\b|tomorrow\b)\w+$|"
    r"i(?:'m| am) (?:allergic|vegan|vegetarian|lactose|gluten|diabetic|left-handed|colou?r-?blind|an? \w+$)|i "
    r"(?:live|grew up) in\b|i work (?:at|for|as)\b|i prefer\b|"
    r"i (?:really )?(?:like|love|hate|dislike|can't stand|don't (?:like|eat|drink)) (?!to\b|you\b|this\b|that\b|it\b))"
)
UNDO_OF = Wording(
    r"^(?:please |can you |could you )*undo (?:the |my )?(?:(?:completion|completing|deletion|deleting|moving|move|"
    r"rescheduling|adding|"
    r"marking|finishing|closing|change|changes)(?: of| to)? )?(?:the |my )?(?P<what>(?!last\b|latest\b|previous\b|"
    r"what\b)[\w' -]{2,40}?)"
    r"(?: (?:task|thing|one|change|bit|part|completion|deletion))?[\s.!]*$"
)
A_THING_TO_DO = Wording(r"\b(?:task|reminder|to-?do|note|habit)\b")


ABOUT_THE = Wording(
    r"^(?:forget|never ?mind|don't bother)\s+(?:about|with)?\s*the (?P<what>[\w' -]{2,40}?)(?: (?:task|one|thing|"
    r"reminder))?[\s.!]*$"
)


def request(text: str) -> Request | None:
    """What a sentence says about the conversation, None where it is about the person's own things."""
    bare = text.strip()
    if entertained(bare):
        return Request(intent="unknown", text=text)
    for place, said in PATTERNS.matches(bare) if len(bare) <= LONGEST else ():
        intent = INTENTS[place]
        about = next((value for value in said.groupdict().values() if value), None)
        if intent == "memory_find" and about and about.lower() in ("me", "myself", "us"):
            about = None
        return Request(intent=intent, text=text, arguments={"about": about} if about else {})
    if taken_back(bare):
        return Request(intent="undo", text=text)
    if found := UNDO_OF.match(bare):
        return Request(intent="undo", text=text, reference=found["what"])
    if found := REMEMBER.match(text):
        return Request(intent="memory_add", text=text, arguments={"text": found["text"].strip()})
    if FACT.match(bare) and not bare.endswith("?") and len(bare) <= 200:
        return Request(intent="memory_add", text=text, arguments={"text": bare.rstrip(" .!")}, sure=False)
    if found := ABOUT_THE.match(bare):
        memory = Request(intent="memory_forget", text=text, reference=found["what"])
        return Request(intent="task_delete", text=text, reference=found["what"], otherwise=memory)
    found = FORGET.match(text)
    if found and not A_THING_TO_DO.search(found["text"]):
        return Request(intent="memory_forget", text=text, reference=found["text"].strip())
    return None
