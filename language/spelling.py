"""Spelling: hurried words of the closed classes and of commands as they are meant; names, quotations and nouns stay."""

import re
from functools import lru_cache

from language.shields import is_shielded, quotes
from language.verbs import ACTIVITIES, BEGINNING, OR_NOUNS, lemma_of_past

LONGEST = 2_000
"""In longer messages nothing is mended: they are texts, not orders."""
_HURRIED = """
2day=today 2morrow=tomorrow 2nite=tonight arent=aren't bc=because cant=can't coulda=could-have couldnt=couldn't
coz=because cuz=because da=the didnt=didn't dis=this doesnt=doesn't doin=doing dont=don't dunno=don't-know
evry=every gimme=give-me goin=going gonna=going-to hasnt=hasn't havent=haven't hows=how's id=i'd ill=i'll im=i'm
imma=i'm-going-to isnt=isn't itll=it'll its=it's ive=i've lemme=let-me lets=let's mustnt=mustn't n=and
neednt=needn't nvm=never-mind pls=please plz=please r=are reminda=remind shouldnt=shouldn't thats=that's
theres=there's theyre=they're tho=though thru=through tmrrw=tomorrow tmw=tomorrow tommorow=tomorrow
tommorrow=tomorrow u=you ur=your w/=with wanna=want-to wasnt=wasn't wat=what whatd=what-did
wht=what wot=what wats=what's
werent=weren't weve=we've whats=what's
whens=when's wheres=where's whos=who's wont=won't wouldnt=wouldn't wut=what youre=you're
"""
_MENDED = """
about actually add after afternoon again already and anymore appointment april archive august because before between
cancel change complete completed could create december delete deleted evening every everything february finish
finished forget friday from habit habits have high january july june list march meeting monday month morning move
next note notes november october overdue please postpone priority progress receive remember remind reminder
reminders remove reschedule saturday schedule september should show summarise summarize summary sunday task tasks
that the there this thursday today tomorrow tonight track tuesday undo update wednesday week weekday weekdays
weekend what when where which with would year yesterday
"""
_KNOWN = """
angel angle archie archives augusta auguste augusto bare bear cancer casual causal chance chancel chang changes
charge compete competed conserve converse crate created creates crete dad dairy dare dear depleted diary farm file
finnish firm forge forged forgot form had has haste hat hate hats hear heat here hut know lease life marital martial
melting moaning mourning nad net nit nod not noted noting now pleas pleased postponed quiet quite read received
receiver receives remainder remote removes sacred salt scared schedules seek shouldn slat spilt split sued
summarized tasty than them then they three tired too tow trail trial tusk two unite united untie updates used vote
watch weak week were wheat whet while whist whit white who whole whom width wish wit witch wok wrote
"""
HURRIED = {short: full.replace("-", " ") for short, full in (pair.split("=") for pair in _HURRIED.split())}
# "its" is also a possessive: only before what says how a thing is.
AMBIGUOUS = {
    "its": re.compile(
        r"\s+(?:a|an|the|not|really|very|so|urgent|important|high|low|done|on|at|for|about|over|been|due(?! date)|"
        r"too|my)\b",
        re.I,
    ),
    "id": re.compile(r"\s+(?:like|love|want|rather|prefer|really|also)\b", re.I),
    "ill": re.compile(r"\s+(?:be|do|have|need|go|call|take|make|try|get|start)\b", re.I),
    "n": re.compile(r"\s+[a-z]", re.I),
    "lets": re.compile(
        r"\s+(?:do|go|make|move|push|have|try|meet|say|schedule|start|not|change|keep|put|see|plan|use|get)\b", re.I
    ),
    "r": re.compile(r"\s+(?:you|u|there|my|the)\b", re.I),
    "da": re.compile(r"$.^"),
    "dis": re.compile(r"$.^"),
}
MENDED = frozenset(_MENDED.split())
KNOWN = MENDED | BEGINNING | OR_NOUNS | ACTIVITIES | frozenset(_KNOWN.split())
WORD = re.compile(r"(?<![\w#@/.'’-])(?:w/|\d?[A-Za-z]+)(?![\w@/'’-])")
SHORT, LONG = 3, 6
LONG_ONES = frozenset(word for word in MENDED if len(word) >= LONG)
INFLECTED = re.compile(r"(?:s|es|d|ed|ing|er|ly|'s)$")


def _blurred() -> dict[str, set[str]]:
    """Our long words by what they are with a star for one of their letters."""
    blurred: dict[str, set[str]] = {}
    for word in LONG_ONES:
        for at in range(len(word)):
            blurred.setdefault(f"{word[:at]}*{word[at + 1 :]}", set()).add(word)
    return blurred


BLURRED = _blurred()


def mended(text: str) -> str:
    """The text with such words as they are meant; the same where nothing is to be mended."""
    if len(text) > LONGEST:
        return text
    shielded = quotes(text)
    pieces, at = list[str](), 0
    for found in WORD.finditer(text):
        meant = None if is_shielded(found.span(), shielded) else _meant(found[0], text, found.end(), found.start() == 0)
        if meant is not None:
            pieces += [text[at : found.start()], meant]
            at = found.end()
    return "".join([*pieces, text[at:]]) if pieces else text


def _meant(word: str, text: str, end: int, is_first: bool) -> str | None:
    low = word.lower()
    if low in HURRIED:
        follows = AMBIGUOUS.get(low)
        if follows is not None and not follows.match(text, end):
            return None
        return HURRIED[low]
    if len(low) < SHORT or low in KNOWN or (word[0].isupper() and not is_first) or not word.isalpha():
        return None
    return _near(low)


@lru_cache(maxsize=2_048)
def _near(word: str) -> str | None:
    """The one word of ours that differs by a slip of the finger: two swapped letters, in a long word one off."""
    if INFLECTED.sub("", word) in KNOWN or lemma_of_past(word):
        return None
    for place in range(len(word) - 1):
        swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        if swapped in MENDED and swapped != word:
            return swapped
    near = _one_off(word) if len(word) >= LONG - 1 else ()
    return next(iter(near)) if len(near) == 1 else None


def _one_off(word: str) -> set[str]:
    """Our long words that it becomes with one letter changed, added or left out."""
    less = {word[:at] + word[at + 1 :] for at in range(len(word))} & LONG_ONES
    unclear = (f"{word[:at]}*{word[at + missing :]}" for at in range(len(word) + 1) for missing in (0, 1))
    return less.union(*(BLURRED[one] for one in unclear if one in BLURRED))
