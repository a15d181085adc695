"""Shields: the parts of a text in which words must not be read as times."""

import re
from collections.abc import Iterable
from functools import lru_cache

from language.readings import Span
from language.words import MONTH, NUMBER, WEEKDAY

TITLES = r"(?:Dr|Mr|Mrs|Ms|Prof|St|Sr|Jr)\."
NUMBERED = (
    r"(?:chapter|page|pages|room|episode|season|part|version|step|level|flight|line|unit|phase|route|gate|bus|track|"
    r"section|volume|issue|ticket|pr|no|number|apartment|apt|suite|floor|exit|question|lesson|sprint|release|build|"
    r"seat|row|platform|lane|locker|highway|motorway|interstate|area|error|http|port|isbn|pin|zip|serial|model|"
    r"figure|fig|verse|grade|size|ages?|aged|windows|ubuntu|android|ios|python|java|iphone|ipad|apollo|article)"
)
MANY = (
    r"(?:chapters|pages|pp\.?|lines|questions|lessons|parts|sections|episodes|levels|verses|volumes|exercises|items|"
    r"units)"
)
OF_DAYS = rf"(?:am|pm|a\.m|p\.m|o['’]?clock|(?!may|mar){MONTH}|of\s+{MONTH})\b"
CONTEST = r"(?:won|wins?|lost|loses?|led|beats?|drew|tied|trailed|defeated|scored?|result)"
LEADS = r"(?:at|from|between|by|on|until|around|about|before|after)"
OF_THINGS = (
    r"(?:playing|would|stars?|points?|people|users|passed|done|complete|full|chance|correct|right|wrong|blood|rhythm)"
)
OF_NUMBERS = r"(?:count|scale|numbers?|ranges?|values?|pick|choose|random|rated?|ages?)"
TO_A_NUMBER = r"(?i:\b(?:call|dial|phone|ring|text|fax|tel|mobile)\b[.:]?\s*)"
TIME_FOLLOWS = rf"(?:(?i:{MONTH}|{WEEKDAY}|at|morning|afternoon|evening|night|by|and|or|to|until|through)\b)"
BEFORE_A_DAY = (
    r"(?:on|by|until|till|before|after|from|to|this|next|last|every|each|and|or|for|at|due|since|the|of|is|was)"
)

TO_SOMEBODY = r"(?i:with|call|phone|ring|text|e-?mail|message|meet|invite|thank|ask|tell|visit)"
FIRST_NAMES = r"(?i:tom|april|may|june|august|jan)"

DAY_NAME = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
PAPERS = r"(?:Times|Telegraph|Mirror|Herald|Tribune|Gazette|Globe|Independent|Observer|Chronicle)"
# Behind a day these are what happens then; another word with a capital makes it a name.
OCCASIONS = (
    r"(?:Dinner|Lunch|Party|Games?|Call|Meeting|Meet|Class|Practice|Training|Yoga|Gym|Movie|Drinks|Date|Shift|Show|Run|"
    r"Appointment|Session|Review|Standup|Sync|Interview|Lesson|Workshop|Deadline|Out|At|With|And|For|In|On|To|The)\b"
)
BOOKS = (
    r"(?:Genesis|Gen\.|Exodus|Leviticus|Deuteronomy|Judges|Chronicles|Nehemiah|Psalms?|Ps\.|Proverbs|Prov\.|"
    r"Ecclesiastes|Isaiah|Jeremiah|Lamentations|Ezekiel|Hosea|Obadiah|Habakkuk|Zephaniah|Haggai|Zechariah|Malachi|"
    r"Matt\.|Acts|Romans|Rom\.|Corinthians|Cor\.|Galatians|Ephesians|Philippians|Colossians|Thessalonians|Philemon|"
    r"Hebrews|Revelations?|Surah?|Quran)"
)
APOSTLES = (
    r"(?:Joshua|Ruth|Samuel|Ezra|Esther|Job|Daniel|Joel|Amos|Jonah|Micah|Nahum|Matthew|Mark|Luke|John|Timothy|Titus|"
    r"James|Peter|Jude|Numbers|Kings)"
)
VERSE = r"\s\d{1,3}:\d{1,3}(?:\s?[-–]\s?\d{1,3}(?::\d{1,3})?)?(?!\w|\s?[ap]\.?m\b)"
CALCULATED = (
    r"(?:divided?|divides|multipl(?:y|ied|ies)|increased?|decreased?|reduced?|raised?|lowered?|grew|rose|dropped|fell)"
)
RECITED = r"(?i:read|reading|study|verse|verses|quote|recite|memori[sz]e|bible|gospel\s+of|scripture|passage|see|cite)"
PROPORTION = r"(?:ratios?|odds|mix(?:ed)?|dilut\w+|proportions?|scaled?|aspect|gear|chances?|stretched|leverage)"

MARKS = frozenset("\"“`'‘«")
QUOTES = re.compile(r"\"[^\"\n]*\"|“[^”\n]*”|`[^`\n]*`|(?<!\w)'[^'\n]+'(?!\w)|(?<!\w)‘[^’\n]+’(?!\w)|«[^»\n]*»")
WORDINGS = (
    r"\b(?:https?://|www\.)\S+",
    r"[\w.+-]{1,64}@[\w-]+\.[\w.-]+",
    r"(?<![\w])[#@][^\W\d_][\w/-]*|(?<![\w])#\d+\b",
    r"(?:%[0-9A-Fa-f]{2}\w*)+",
    rf"(?i:\b{CALCULATED}(?:\s+\w+)?\s+by\s+){NUMBER}\b(?!:\d|\s*(?i:{OF_DAYS}))",
    rf"(?i:\b(?:e?mails?|messages?|texts?|calls?|repl(?:y|ies)|letters?|notes?|hear|heard)\s+from\s+){FIRST_NAMES}\b(?!\s+\d)",
    r"(?i:\b(?:the|an|any|nearest|closest|local|bank)\s+atms?\b|\batms?\s+(?:card|machine|pin|fees?|near|closest)\b)",
    r"(?i:\b(?:one|two|three|four|five|\d)[\s-](?:third|fifth|sixth|seventh|eighth|ninth|tenth)s?\b)"
    rf"(?!\s+(?i:of\s+(?:an?|the)\s+(?:hour|day|week|month|year)|(?:of\s+)?{MONTH}))",
    r"(?i:\b\d+\s+atm\b|\bat\s+one\s+with\b|\bby\s+one\s+or\b|\bmay\s+(?:be|have|not|also|well|only|never)\b)",
    r"(?i:\b(?:it|which|who|they|you|we|he|she|that)\s+may\b)",
    r"\bthis may (?!(?:at|on|in|for|by|and|or|to|the|we|i)\b)(?=[a-z])",
    r"(?i:\b(?:and|&)\s+tom\b)|(?<=\S\s)Tom\b",
    r"\b(?:[Ss]even[\s-]Eleven|7[\s-]?[Ee]leven)\b",
    r"(?<!\bthe\s)\b(?i:last[\s-](?:minute|second)\s+(?!(?:of|in|to|and|or|on|at|for|from|by|before|until)\b))(?=[a-z])",
    r"\b(?i:midnight\s+(?:blue|snacks?|oil|sun|express|cowboy|feast|special)|high\s+noon|dawn\s+chorus)\b",
    r"\b(?i:taco|ruby|casual|manic|blue|stormy|freaky|throwback|meatless|motivation|wacky|man|girl|"
    r"(?:sunday\s+)?bloody)\s+(?i:(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    rf"\b(?i:happy|merry)\s+(?i:new\s+year|christmas|xmas|easter|halloween|thanksgiving|holidays|birthday|{WEEKDAY})\b",
    r"\b(?i:sunday\s+(?:school|best|roast)|monday\s+blues)\b",
    rf"\b{TO_SOMEBODY}\s+{FIRST_NAMES}\b(?!\s+\d)(?:\s+(?:and|&)\s+{FIRST_NAMES}\b)?|\b(?i:the\s+sun)\b",
    r"\b(?i:now\s+(?:and\s+(?:then|again)|or\s+never|that)|for\s+now|here\s+and\s+now)\b",
)
"""Addresses, signs, and words in which a word of time is none."""
NUMBERS = (
    r"(?<!\w)(?:\+\d[\d ()-]{6,}\d|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}|\d{3}-\d{4})(?![\w-])",
    rf"\b(?i:{NUMBERED})(?:\.|\s?[:=])?\s*#?(?!\d{{4}}-\d\d-|\d{{1,2}}\.\d{{1,2}}\.\d{{4}})"
    rf"\d+(?:[.-]\d+)*[A-Z]?\b(?!:\d\d|\s*(?i:{OF_DAYS}))",
    rf"\b(?i:{MANY})\s*\d+(?:\s*(?:-|–|,|to|and|through)\s*\d+)*\b(?!:\d\d|\s*(?i:{OF_DAYS}))",
    rf"(?i:\b{CONTEST}\W+(?:(?!{LEADS}\b)\w+\W+)?)\d{{1,3}}\s?[-–]\s?\d{{1,3}}\b"
    rf"(?!:\d|\s*(?i:{OF_DAYS}))",
    rf"(?i:\b{OF_NUMBERS}\W+(?:from|between|of)\W+)\d+\W+(?:to|and)\W+\d+\b(?!:\d|\s*(?i:{OF_DAYS}))",
    r"(?i:\b(?:bake|roast|preheat|heat|cook|oven)\W+(?:\w+\W+){0,3}?(?:at|to)\W+)\d{3}\b",
    rf"{TO_A_NUMBER}\+?\(?\d{{2,5}}\)?[ /-]\d{{3,}}(?:[ -]\d+)*(?!\w|:|\s?[ap]m)",
    r"\b[1-4]D\b",
    r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w.,]*\d)",
    rf"(?<![\w/])\d+/\d+(?=\s+{OF_THINGS}\b)|(?i:\b(?:scored?|scores|rated?|rating|graded?|odds|pressure)\W+(?:\w+\W+)?)\d+/\d+\b",
    r"\b[vV]\d+(?:\.\d+)*\b|\b\d+\.\d+\.\d+\b(?<!\.\d{4})(?<!\b\d\.\d\d\.\d\d)(?<!\b\d\d\.\d\d\.\d\d)",
    r"[$€£]\s?\d[\d.,]*|\b\d+(?:\.\d+)?\s?(?:%|km|kg|lbs?|mg|ml|miles?|dollars|euros|percent|px|mb|gb|°\w?)(?!\w)",
    rf"\b(?:The|the)\s+\d{{1,2}}(?:st|nd|rd|th)\s+(?!{TIME_FOLLOWS})[A-Z]\w+",
    rf"\b{BOOKS}{VERSE}",
    rf"(?:^|\b{RECITED}\W+(?:\w+\W+)?|\b[123]\s|[.!?)\"”’—–-]\s){APOSTLES}{VERSE}",
    rf"(?i:\b{PROPORTION}\W+(?:(?:is|was|of|to|by|in|about|a|the|it|them)\W+){{0,2}})\d+:\d+\b",
    r"\b\d{1,2}/(?:2|4|8|16)\s+(?:time|beat|measure)\b",
    r"\b\d+(?:\.\d+)?M\b",
    r"(?<!\w)(?:\d{1,9}[\s,;|-]{1,3}){6,}\d{1,9}(?!\w)",
    r"\b[Tt]he\s+\d{1,2}/\d{1,2}\s+[A-Z]\w+",
    r"(?i:\b(?:her|his|my|your|their|our|low|high|upper|lower)\s+(?:(?:to|and|early|mid|late)[\s-]+)*\d0s\b)",
    r"\b24/7\b|\b\d+/\d+\s+(?:cups?|teaspoons?|tablespoons?|of)\b",
)
"""None of them does without a digit."""
NAMES = (
    rf"{TITLES}\s+[A-Z]\w+",
    rf"\b(?:from|with|to|for|of)\s+(?:Dawn|April|May|June|August|Summer|Autumn|Jan)\s+(?!{TIME_FOLLOWS})[A-Z][a-z]+",
    rf"\b{DAY_NAME}\s+{PAPERS}\b",
    rf"\b[Tt]he\s+{DAY_NAME}\s+(?!{TIME_FOLLOWS}|{OCCASIONS})[A-Z]\w+",
    rf"\b{DAY_NAME}\s+Nights?\s+(?!{TIME_FOLLOWS}|{OCCASIONS})[A-Z]\w+",
    r"\b[A-Z]\w+\s+of\s+(?:Tomorrow|Yesterday|Today|Midnight)\b",
    rf"(?<=[a-z]\s)(?<!\bon\s)(?<!\bby\s)[A-Z][a-z]+day\s+(?!(?i:{MONTH}|at)\b)[A-Z]\w+\s+[A-Z]\w+",
    rf"\b(?!{BEFORE_A_DAY}\b)[a-z]+\s+{DAY_NAME}\s+(?!{TIME_FOLLOWS})[A-Z][a-z]+",
)
"""None of them does without a capital."""
DIGIT = re.compile(r"\d")
# None of them begins inside a word or with a blank: that is seen before any is tried.
NOT_TIMES = {
    (numbers, names): re.compile(
        rf"(?:(?<!\w)(?=\S)|(?=[^\w\s]))(?:{'|'.join((*WORDINGS, *NUMBERS * numbers, *NAMES * names))})"
    )
    for numbers in (False, True)
    for names in (False, True)
}
"""By whether there are digits and capitals."""


def quotes(text: str) -> list[Span]:
    """Where the text quotes something, the quotation marks included."""
    if MARKS.isdisjoint(text):
        return []
    return [found.span() for found in QUOTES.finditer(text)]


@lru_cache(maxsize=16)
def shields(text: str) -> tuple[Span, ...]:
    """Quotations, addresses, numbers of other things, and names that look like dates."""
    not_times = NOT_TIMES[DIGIT.search(text) is not None, text != text.lower()]
    return (*quotes(text), *(found.span() for found in not_times.finditer(text)))


def is_shielded(span: Span, shielded: Iterable[Span]) -> bool:
    """True where the span touches one of them."""
    return any(start < span[1] and span[0] < end for start, end in shielded)
