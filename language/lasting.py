"""The gate before what is remembered: which of a person's sentences are facts that stay true for long."""

import re

from language.facts import DIETS, LIKING, Fact, fact_of, plain
from language.prose import sentences_of

LONGEST = 240
"""Letters; what is longer tells a story."""

SUBJECT = r"(?:i|i['’](?:m|ve|d)|my|we|we['’](?:re|ve)|our)\b"
REQUEST = (
    r"(?:so|what|which|who|where|when|how|can|could|would|will|do|does|is|are|any|please|find|show|add|remind|make|give|"
    r"suggest|recommend|book|check|put|look|get|set|schedule|move|plan|help|tell|let|leave|skip|swap|mark|buy|don['’]t)\b"
)
CLAUSES = re.compile(
    rf"(?i)(?:[,;]|\s[-–—]\s)\s*(?:(?:and|but|so)\s+)?(?={SUBJECT}|{REQUEST})|\s(?:and|but|so)\s(?={SUBJECT})|"
    rf"\sso\s(?={REQUEST})"
)
LEAD = re.compile(
    r"(?i)^(?:so |and |but )*(?:since|because|as|given(?: that)?|seeing (?:that|as)|now that|in case|"
    r"did I (?:mention|say|tell you)(?: that)?|"
    r"I (?:forgot to|should|have to) (?:say|mention|add)(?: that)?|you should know(?: that)?) "
    rf"(?={SUBJECT})"
)
"""What comes before a fact that is given as a reason, or made much of."""

SECRET = re.compile(
    r"\b(?:pass ?(?:word|phrase|code)|pin|iban|cvv|credit card|card number|(?:api|secret) key|token|social security|"
    r"\d(?:[ -]?\d){11,})\b"
)
WEEKDAY = "mon|tues|wednes|thurs|fri|satur|sun"
PASSING = re.compile(
    r"\b(?:today|tonight|tomorrow|yesterday|right now|at the moment|currently|just|later|soon|again|already|until|"
    r"(?:this|next|last|coming) (?:morning|afternoon|evening|night|week|weekend|month|year|spring|summer|autumn|fall|"
    rf"winter|time|(?:{WEEKDAY})day)|(?:on|by) (?:{WEEKDAY})day|\w+ (?:minutes?|hours?|days?|weeks?|months?) ago|"
    r"for a (?:bit|while|moment)|so far|these days)\b"
)
UNSURE = re.compile(
    r"\b(?:if|unless|maybe|perhaps|possibly|probably|might|could|would|should|wish|hope|hopefully|guess|suppose|wonder|"
    r"imagine|pretend|not sure|apparently|kidding|joking|sort of|kind of|i think|i feel)\b"
)
OF_OTHERS = re.compile(r"\b(?:he|she|they|it|somebody|someone|says?|said|told|asked|wrote|according)\b|[\"“”<>{}]")
NOBODY = (
    "god|bad|goodness|fault|mistake|pleasure|point|turn|question|apologies|plan|idea|head|back|feet|day|week|weekend|"
    "(?:best )?friend|mate|colleague|coworker|neighbor|client|customer|student|guest|intern|tenant"
)
KIN = (
    "allerg\\w+|asthma|adhd|brothers?|cats?|child(?:ren)?|coeliac|celiac|daughters?|degree|diabetes|dogs?|dyslexia|"
    "epilepsy|garden|grandchild(?:ren)?|hay fever|kids?|licen[cs]e|migraines?|sisters?|sons?|tinnitus|twins?|wheelchair"
)
MOODS = frozenset(
    """
    afraid alone angry annoyed anxious asleep available away awake back better bit bored broke busy cold
    confused done down drunk early excited exhausted fan fed fine finished fool free full glad going good
    grateful great happy here home hot hungry idiot ill in interested jealous late lazy little lonely lost lot
    mad mess minute moron nervous off okay ok on out overwhelmed proud ready sad safe scared sick sleepy sorry
    sore stressed stuck sure surprised terrible thirsty tired unsure unwell up upset well wondering worried
    wreck wrong
    """.split()
)
MOOD = re.compile(r"^i am (?:not |so |too |very |really |quite |pretty |such |an? )*(?P<word>[\w'-]+)")
TRAITS = (
    rf"allergic to .+|intolerant .+|(?:left|right)-handed|\d{{1,3}}(?: years old)?|called .+|{DIETS}|married.*|"
    r"divorced|single|retired|(?:originally )?from .+|based in .+|born .+|colou?r-?blind|deaf|blind|diabetic|pregnant|"
    r"self-employed|an? .+"
)
LASTING = re.compile(
    rf"^(?:my (?!(?:{NOBODY})\b)[\w' -]+? (?:is|are|has|have|lives?|works?|goes|starts?|likes?|loves?|hates?) .+|"
    rf"i am (?:not |no longer )?(?:{TRAITS})|(?:please )?call me [\w' -]+|"
    r"i (?:usually|always|normally|generally|never|rarely|mostly|only|prefer) .+|"
    r"(?:i|we) (?:now )?(?:live|moved|have moved|work|worked|grew up|was born|come) "
    r"(?:in|to|at|for|as|from|with|on) .+|"
    rf"i (?:do not |can not )?(?:really |absolutely )?(?:{LIKING}|hate|dislike|loathe|stand|drink|eat|smoke|cook|drive|"
    r"speak|play|own|wear|sleep|meditate|teach|study|volunteer|sing)(?: .+)?|"
    rf"(?:i|we) (?:do not )?have (?:(?:an?|no|any|one|two|three|four|five|six|\d+) )?(?:\w+ )?(?:{KIN})\b.*|"
    r"i (?:have )?(?:stopped|quit|gave up|given up) \w+ing\b.*|i no longer .+)$"
)
ASKED = re.compile(
    r"^(?:so |and |but |well )*(?:(?:what|who|where|when|which|why|how)(?:'s)? (?!with\b)|"
    r"(?:am|are|is|do|does|did|can|could|should|shall|would|will|have|has|may) (?:not )?"
    r"(?:i|you|we|he|she|it|they|my|our|the|a|an|there|that|this|any)\b|tell me\b)"
)
SUPPOSED = re.compile(
    r"^(?:so |and |but )*(?:if|unless|suppose|supposing|imagine|assum\w+|pretend|say i|let's say|let's pretend|what if|"
    r"hypothetically|in the (?:game|story|play|novel|film|book)|in my dream|had i|not that)\b"
)
DOUBTED = re.compile(
    r"\b(?:maybe|perhaps|possibly|probably|might|may (?:be|have|become)|wish|hope|hopefully|pretend|imagine|wonder|"
    r"not sure|kidding|joking)\b"
)
SPOKEN = re.compile(
    r"[\"“”]|\b(?!(?:i|we|to|should|must)\b)[\w']+ (?:says?|said|goes|went|claims?|claimed|wrote|writes|"
    r"(?:keeps? )?saying|reads?|thinks?|told (?:me|us|them)|asks?|asked)\b[ ,:]*(?:that |if )?(?:i|my|we)\b|"
    r"^(?:please )?(?:write|reply|answer|say|subject|put|tell (?:him|her|them)).*(?::|\b(?:with|that|says))\s.*"
    r"\b(?:i|my)\b|^(?:please )?(?:translate|correct|spell ?check|summari[sz]e|read|quote|how do you say|what does)\b|"
    r"^(?:my|the|your) (?:horoscope|sign|slogan|fortune cookie)\b"
)
DOCTOR = re.compile(r"\b(?:doctor|gp|dentist|specialist|optician|vet|allergist|consultant)s? (?:says?|said|told)\b")
ORDERED = re.compile(
    r"\b(?:ignore|disregard|forget) (?:all|any|everything|previous|earlier|the above)|\b(?:system prompt|instructions?|"
    r"developer mode|jailbreak)\b|\byou are (?:now )?an?\b|\byou must\b|^(?:system|assistant|user|new rule)\b ?:|"
    r"\bthe (?:user|assistant) (?:is|has|wants|loves|likes|must|should|may|shall|will)\b|\bi am (?:the|an?|your) "
    r"(?:system |real )?(?:admin|administrator|creator)\b|\bi am your (?:developer|owner)\b|"
    r"https?:|\bwww\.|[<>{}]|\bact as\b|\bfrom now on (?:you|always)\b|\bsave this as\b"
)
AT_ONCE = re.compile(
    r"\b(?:today|tonight|tomorrow|yesterday|right now|at the moment|for now|(?:this|next|last|coming) (?:morning|"
    rf"afternoon|evening|night|week|weekend|month|(?:{WEEKDAY})day)|\w+ (?:minutes?|hours?|days?) ago|"
    r"in (?:a|an|\d+|two|three|five|ten) (?:minutes?|hours?|days?))\b"
)

FIRST = re.compile(r"\b(?:i|me|my|mine|myself|we|us|our|ours)\b")
ABOUT_OTHERS = re.compile(
    r"^(?!(?:the|both) (?:kids?|children|twins|dogs?|cats?|baby|boys|girls)\b)(?:[\w'-]+ ){1,4}?"
    r"(?:is|are|was|were|has|had|lives|works|likes|loves|hates|prefers|plays|speaks|drinks|eats|goes|wants|owns|keeps|"
    r"collects|comes|said|did|does|can not)\b"
)
"""A whole sentence about somebody else, where nothing in it is of the person."""


def facts_in(message: str) -> tuple[Fact, ...]:
    """The lasting facts in a message that the rules are sure of, each in the person's words."""
    return tuple(fact_of(statement) for statement in statements_in(message) if is_lasting(statement))


def statements_in(message: str) -> list[str]:
    """What a message says, clause by clause, without what may never be kept.

    That are secrets, questions, suppositions, what others say and what is told of them, orders to the assistant, what
    is over by tomorrow, and what is too long for a fact.
    """
    if ORDERED.search(plain(message)):
        return []
    return [
        statement
        for sentence in sentences_of(message)
        if not _is_barred(sentence)
        for part in CLAUSES.split(sentence)
        if (statement := LEAD.sub("", part.strip(" ,;"))) and not _is_out(statement)
    ]


def _is_barred(sentence: str) -> bool:
    said = plain(sentence)
    return bool(SECRET.search(said) or SUPPOSED.match(said) or (SPOKEN.search(said) and not DOCTOR.search(said)))


def _is_out(statement: str) -> bool:
    said = plain(statement)
    if len(said) > LONGEST or statement.rstrip().endswith("?"):
        return True
    if not FIRST.search(said) and ABOUT_OTHERS.match(said):
        return True
    return bool(ASKED.match(said) or SUPPOSED.match(said) or DOUBTED.search(said) or AT_ONCE.search(said))


def is_lasting(statement: str) -> bool:
    """True for a fact that stays true for long.

    What is asked, passing, unsure, told of others, said to the assistant or secret is none, nor is a mood.
    """
    said = plain(statement)
    if len(said) > LONGEST or statement.rstrip().endswith("?") or not LASTING.match(said):
        return False
    if any(pattern.search(said) for pattern in (SECRET, PASSING, UNSURE, OF_OTHERS)):
        return False
    mood = MOOD.match(said)
    return mood is None or not (mood["word"] in MOODS or mood["word"].endswith("ing"))
