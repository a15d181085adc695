"""Speech: said words as one would write them down, without what only fills a pause or was begun twice."""

import re

MARKED = re.compile(r"\{[a-z]+\}|\[[a-z]+\]|@(?: ?@)*")
FILLER = re.compile(
    r"(?<![\w'’-])(?:uh ?-? ?huh|mm ?-? ?hmm+|u+h+m*|u+m+|e+r+m*|h?mm+|a+h+|oh)(?![\w'’-])\s*[,.]?\s*", re.IGNORECASE
)
ASIDE = re.compile(
    r"(?:^|(?<=[,;—-]))\s*(?:you know|i mean|i guess|sort of|kind of|like|well|so|yeah|right|okay|ok|actually|"
    r"basically|obviously)\s*,\s*",
    re.IGNORECASE,
)
OPENING = re.compile(
    r"^(?:(?:yeah|yep|okay|ok|well|so|right|and|but|oh|alright|all right|actually|basically)\b\s*[,.!]*\s*)+",
    re.IGNORECASE,
)
TWICE = re.compile(r"(?<![\w'’])([\w'’]+(?:\s+[\w'’]+){0,3})(?:\s*,?\s+\1(?![\w'’]))+", re.IGNORECASE)
BEFORE_MARK = re.compile(r"\s+([,.;:!?])")
APART = re.compile(r"(?<=\w)\s*(['’])\s*(?=(?:s|m|t|re|ve|ll|d)\b)|(?<=\w)\s+(?=n['’]t\b)", re.IGNORECASE)


def spoken(text: str) -> str:
    """The same words, shorter; what holds nothing but fillers is empty."""
    words = BEFORE_MARK.sub(r"\1", APART.sub(lambda apart: apart[1] or "", MARKED.sub(" ", text)))
    words = FILLER.sub("", words).strip()
    while (shorter := ASIDE.sub(" ", OPENING.sub("", words)).strip(" ,;")) != words:
        words = shorter
    words = BEFORE_MARK.sub(r"\1", TWICE.sub(r"\1", words))
    words = " ".join(re.sub(r",(?:\s*,)+", ",", words).split()).strip(" ,;")
    return words[:1].upper() + words[1:]
