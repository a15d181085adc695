"""Shields: the parts of a text in which words must not be read as times."""

import re

from language.readings import Span
from language.words import MONTH, WEEKDAY

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
OF_THINGS = r"(?:would|stars?|points?|people|users|passed|done|complete|full|chance|correct|right|wrong|blood|rhythm)"
OF_NUMBERS = r"(?:count|scale|numbers?|ranges?|values?|pick|choose|random|rated?|ages?)"
TO_A_NUMBER = r"(?i:\b(?:call|dial|phone|ring|text|fax|tel|mobile)\b[.:]?\s*)"
TIME_FOLLOWS = rf"(?:(?i:{MONTH}|{WEEKDAY}|at|morning|afternoon|evening|night|by|and|or|to|until|through)\b)"
BEFORE_A_DAY = (
    r"(?:on|by|until|till|before|after|from|to|this|next|last|every|each|and|or|for|at|due|since|the|of|is|was)"
)

TO_SOMEBODY = r"(?i:with|call|phone|ring|text|e-?mail|message|meet|invite|thank|ask|tell|visit)"
FIRST_NAMES = r"(?i:tom|april|may|june|august|jan)"

QUOTES = re.compile(r"\"[^\"\n]*\"|“[^”\n]*”|`[^`\n]*`|(?<!\w)'[^'\n]+'(?!\w)|(?<!\w)‘[^’\n]+’(?!\w)|«[^»\n]*»")
NOT_TIMES = re.compile(
    "|".join(
        (
            r"\b(?:https?://|www\.)\S+",
            r"[\w.+-]{1,64}@[\w-]+\.[\w.-]+",
            r"(?<![\w])[#@][^\W\d_][\w/-]*|(?<![\w])#\d+\b",
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
            r"(?:%[0-9A-Fa-f]{2}\w*)+",
            rf"(?<![\w/])\d+/\d+(?=\s+{OF_THINGS}\b)|(?i:\b(?:scored?|scores|rated?|rating|graded?|odds|pressure)\W+(?:\w+\W+)?)\d+/\d+\b",
            r"\b[vV]\d+(?:\.\d+)*\b|\b\d+\.\d+\.\d+\b(?<!\.\d{4})(?<!\b\d\.\d\d\.\d\d)(?<!\b\d\d\.\d\d\.\d\d)",
            r"[$€£]\s?\d[\d.,]*|\b\d+(?:\.\d+)?\s?(?:%|km|kg|lbs?|mg|ml|miles?|dollars|euros|percent|px|mb|gb|°\w?)(?!\w)",
            rf"{TITLES}\s+[A-Z]\w+",
            rf"\b(?:The|the)\s+\d{{1,2}}(?:st|nd|rd|th)\s+(?!{TIME_FOLLOWS})[A-Z]\w+",
            rf"(?<=[a-z]\s)(?<!\bon\s)(?<!\bby\s)[A-Z][a-z]+day\s+(?!(?i:{MONTH}|at)\b)[A-Z]\w+\s+[A-Z]\w+",
            r"\b(?i:taco|ruby|casual|bloody|manic)\s+(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b",
            rf"\b(?i:happy|merry)\s+(?i:new\s+year|christmas|xmas|easter|halloween|thanksgiving|holidays|birthday|{WEEKDAY})\b",
            r"\b(?i:sunday\s+(?:school|best|roast)|monday\s+blues|(?:man|girl)\s+friday)\b",
            rf"\b(?!{BEFORE_A_DAY}\b)[a-z]+\s+(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\s+(?!{TIME_FOLLOWS})[A-Z][a-z]+",
            rf"\b{TO_SOMEBODY}\s+{FIRST_NAMES}\b(?!\s+\d)(?:\s+(?:and|&)\s+{FIRST_NAMES}\b)?|\b(?i:the\s+sun)\b",
            r"\b(?i:now\s+(?:and\s+(?:then|again)|or\s+never|that)|for\s+now|here\s+and\s+now)\b",
            r"(?<!\w)(?:\d{1,9}[\s,;|-]{1,3}){6,}\d{1,9}(?!\w)",
            r"\b[Tt]he\s+\d{1,2}/\d{1,2}\s+[A-Z]\w+",
            r"\b24/7\b|\b\d+/\d+\s+(?:cups?|teaspoons?|tablespoons?|of)\b",
        )
    )
)


def quotes(text: str) -> list[Span]:
    """Where the text quotes something, the quotation marks included."""
    return [found.span() for found in QUOTES.finditer(text)]


def shields(text: str) -> list[Span]:
    """Quotations, addresses, numbers of other things, and names that look like dates."""
    return quotes(text) + [found.span() for found in NOT_TIMES.finditer(text)]


def is_shielded(span: Span, shielded: list[Span]) -> bool:
    """True where the span touches one of them."""
    return any(start < span[1] and span[0] < end for start, end in shielded)
