"""The English words that the grammars of time and of requests are made of."""

import re
from collections.abc import Iterable

WEEKDAYS = {
    **dict.fromkeys(("monday", "mon"), 0),
    **dict.fromkeys(("tuesday", "tues", "tue"), 1),
    **dict.fromkeys(("wednesday", "weds", "wed"), 2),
    **dict.fromkeys(("thursday", "thurs", "thur", "thu"), 3),
    **dict.fromkeys(("friday", "fri"), 4),
    **dict.fromkeys(("saturday", "sat"), 5),
    **dict.fromkeys(("sunday", "sun"), 6),
}
MONTHS = {
    **dict.fromkeys(("january", "jan"), 1),
    **dict.fromkeys(("february", "feb"), 2),
    **dict.fromkeys(("march", "mar"), 3),
    **dict.fromkeys(("april", "apr"), 4),
    "may": 5,
    **dict.fromkeys(("june", "jun"), 6),
    **dict.fromkeys(("july", "jul"), 7),
    **dict.fromkeys(("august", "aug"), 8),
    **dict.fromkeys(("september", "sept", "sep"), 9),
    **dict.fromkeys(("october", "oct"), 10),
    **dict.fromkeys(("november", "nov"), 11),
    **dict.fromkeys(("december", "dec"), 12),
}
SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
NUMBERS = {
    **{word: float(number) for number, word in enumerate(SMALL)},
    **{"thirty": 30.0, "forty": 40.0, "forty five": 45.0, "fifty": 50.0, "sixty": 60.0, "ninety": 90.0},
    **{"a": 1.0, "an": 1.0, "half a": 0.5, "half an": 0.5, "a half": 0.5, "a couple": 2.0, "a couple of": 2.0},
    **{"couple of": 2.0, "a few": 3.0, "few": 3.0, "several": 3.0, "twenty five": 25.0, "thirty five": 35.0},
}
ORDINAL_WORDS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"),
    *("twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"),
    *("twentieth", "twenty-first", "twenty-second", "twenty-third", "twenty-fourth", "twenty-fifth"),
    *("twenty-sixth", "twenty-seventh", "twenty-eighth", "twenty-ninth", "thirtieth", "thirty-first"),
)
ORDINALS = {word: number for number, word in enumerate(ORDINAL_WORDS, 1)}

# Verbs that tasks and requests begin with; a comma or an "and" before one of them begins a new request.
VERB_WORDS = """
    accept add adjust apply archive arrange ask assemble attend back bake book borrow brainstorm bring brush
    build buy calculate call cancel change charge chat check choose clean clear close collect compare complete
    confirm contact cook copy create cut deal decide decline delete deliver deploy deposit design discuss do
    donate download draft drink drive drop dust eat edit email empty enter exercise feed fetch figure file fill
    find finish fix fold follow forget get give go grab hang have help hire hoover install invite iron jog join
    journal keep learn let list listen log look mail make mark measure meditate meet merge message mop move mow
    note open order organise organize pack paint park pay phone pick plan plant play polish post practice
    practise prepare print publish put rake read rebook receive record refill register remember remind remove
    renew rent repair replace reply repot request reschedule research reserve respond return review ride run
    save scan schedule sell send set sew share shave shop show sign sketch solve sort spend start stop stretch
    study submit summarise summarize swim sync take talk tell test text thank throw tidy track train transfer
    transcribe translate trim try turn undo unpack unsubscribe update upgrade upload use vacuum visit wake walk
    wash watch water weed wipe withdraw work wrap write
"""
VERBS = frozenset(VERB_WORDS.split())


def one_of(words: Iterable[str]) -> str:
    """A regular expression group of these words, longest first; a blank in a word matches any blanks or a hyphen."""
    ordered = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", r"[\s-]+") for word in ordered) + ")"


WEEKDAY = one_of(WEEKDAYS)
MONTH = one_of(MONTHS) + r"(?!\w)\.?"
NUMBER = r"(?:\d{1,6}(?:\.\d{1,3})?|" + one_of(NUMBERS) + ")"


def number(text: str) -> float:
    """The value of what `NUMBER` matched."""
    words = " ".join(text.lower().replace("-", " ").split())
    return NUMBERS[words] if words in NUMBERS else float(words)
