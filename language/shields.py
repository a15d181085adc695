"""Shields: the parts of a text in which words must not be read as times."""

import re

from language.readings import Span
from language.words import MONTH, WEEKDAY

TITLES = r"(?:Dr|Mr|Mrs|Ms|Prof|St|Sr|Jr)\."
NUMBERED = (
    r"(?:chapter|page|pages|room|episode|season|part|version|step|level|flight|line|unit|phase|route|gate|bus|track|"
    r"section|volume|issue|ticket|pr|no|number|apartment|apt|suite|floor|exit|question|lesson|sprint|release|build)"
)
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
            rf"\b(?i:{NUMBERED})\.?\s*#?\d+(?:[.-]\d+)*\b(?!\s*(?:am|pm)\b)",
            r"\b[vV]\d+(?:\.\d+)*\b|\b\d+\.\d+\.\d+\b(?<!\.\d{4})(?<!\b\d\.\d\d\.\d\d)(?<!\b\d\d\.\d\d\.\d\d)",
            r"[$€£]\s?\d[\d.,]*|\b\d+(?:\.\d+)?\s?(?:%|km|kg|lbs?|mg|ml|miles?|dollars|euros|percent|px|mb|gb|°\w?)(?!\w)",
            rf"{TITLES}\s+[A-Z]\w+",
            rf"\b(?:The|the)\s+\d{{1,2}}(?:st|nd|rd|th)\s+(?!{TIME_FOLLOWS})[A-Z]\w+",
            rf"(?<=[a-z]\s)(?<!\bon\s)(?<!\bby\s)[A-Z][a-z]+day\s+(?!(?i:{MONTH}|at)\b)[A-Z]\w+\s+[A-Z]\w+",
            r"\b(?i:taco|ruby|casual|bloody|manic)\s+(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b",
            r"\b(?i:happy|merry)\s+(?i:new\s+year|christmas|xmas|easter|halloween|thanksgiving|holidays|birthday)\b",
            rf"\b(?!{BEFORE_A_DAY}\b)[a-z]+\s+(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\s+(?!{TIME_FOLLOWS})[A-Z][a-z]+",
            rf"\b{TO_SOMEBODY}\s+{FIRST_NAMES}\b(?!\s+\d)(?:\s+(?:and|&)\s+{FIRST_NAMES}\b)?|\b(?i:the\s+sun)\b",
            r"\bnow\s+(?:and\s+(?:then|again)|or\s+never)\b",
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
