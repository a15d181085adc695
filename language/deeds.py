"""Deeds: who is to do what, by one sentence of a note or a conversation."""

import re
from dataclasses import dataclass

from language.prose import Sentence
from language.verbs import BEGINNING, OR_NOUNS, begins_order

NAME = r"[A-Z][\w'’-]+"
NAMES = rf"@?{NAME}(?:(?:,\s|\s(?:and|&)\s|\s){NAME}){{0,3}}"
GROUP = r"[Tt]he\s[\w-]+\s(?:team|group|committee|board|department|crew)|(?:[Ss]ome|[Aa]ny|[Ee]very)(?:one|body)"
HAS_TO = (
    r"(?:will|['’]ll|shall|should|must|needs?\sto|ha(?:s|ve)\s(?:got\s)?to|ought\sto|gotta|"
    r"(?:is|am|are|['’]s|['’]m|['’]re)\s(?:going\s)?to|(?:is|are)\s(?:supposed|expected|meant)\sto|"
    r"(?:has\s|have\s)?(?:agreed|promised|offered|volunteered|undertook|committed)\sto|to)"
)
SOMEBODY = re.compile(
    rf"(?:and\s|so\s|then\s|but\s)?(?P<owner>{NAMES}|{GROUP})\s(?:also\s|then\s)?{HAS_TO}\s(?P<rest>.+)"
)
PERSON = re.compile(
    rf"(?:and\s|so\s|then\s|but\s|also,?\s|first,?\s|next,?\s)?(?P<owner>I|we|you)(?:\s(?:also\s|then\s|still\s|"
    rf"really\s)?|(?=['’])){HAS_TO}\s(?P<rest>.+)",
    re.IGNORECASE,
)
ORDER = re.compile(
    r"(?:please|pls|let['’]?s|remember\sto|(?:do\s?n['’]t|do\snot)\sforget\sto|make\ssure\s(?:to|that|we|you)|be\ssure\sto|"
    r"need(?:s)?\sto)\s(?P<rest>.+)",
    re.IGNORECASE,
)
LABELLED = re.compile(
    r"(?:action(?:\sitem|\spoint)?s?|a\.?i\.?|to-?\s?dos?|tasks?|next\s(?:steps?|actions?)|follow[-\s]?ups?)"
    r"\s*(?:\((?P<owner>[^)]+)\)|for\s(?P<of>[A-Z][\w'’-]+))?\s*[:–—]\s*(?P<rest>\S.*)",
    re.IGNORECASE,
)
ASSIGNED = re.compile(rf"(?P<owner>@{NAME}|@\w[\w.-]*|{NAMES})\s*(?:[:–—]|\s-)\s*(?P<rest>\S.*)")
OWN = re.compile(r"(?:me|myself|i|us)\s*(?:[:–—]|\s-)\s*(?P<rest>[a-z]\S*\s\S.*)", re.IGNORECASE)
IN_CHARGE = re.compile(
    rf"(?P<owner>{NAMES}|[Tt]he\s[\w-]+)\s(?:(?:is|are|will\sbe)\s(?:responsible\sfor|in\scharge\sof)|"
    r"(?:will\stake|takes?)\s(?:care\sof|charge\sof))\s(?P<rest>\S.*)"
)
SWORN = re.compile(
    r"(?P<owner>[Tt]he\s[\w-]+)\s(?:shall|(?:has\s|have\s)?(?:agreed|promised|offered|volunteered|undertook)\sto)\s"
    r"(?P<rest>.+)"
)
FORGOTTEN = re.compile(
    r"(?:please\s)?(?:do\s?n['’]t|do\snot)\sforget\s(?!to\b)(?:about\s)?(?P<rest>\S.*)", re.IGNORECASE
)
MENTIONED = re.compile(r"@(?P<owner>\w[\w.-]*)[,:]?\s+(?P<rest>\S.*)")
BEHIND = re.compile(
    rf"(?P<rest>.*\S)\s*(?:[(\[](?:owner:?\s)?(?P<owner>@?{NAMES})[)\]]|(?:\s[-–—>]+|→)\s*(?P<after>@?{NAMES})|"
    r"\s@(?P<at>[A-Za-z]\w*))\s*\.?$"
)
TO_DO_HEADING = re.compile(
    r"\b(?:action(?:s|\sitems?|\spoints?)|next\s(?:steps?|actions?)|to-?\s?dos?|follow[-\s]?ups?|tasks?|assignments?)\b",
    re.IGNORECASE,
)
# Verbs of what happens rather than of what somebody does.
NO_DEED = frozenset(
    "appear be become believe belong come cost die end exist feel fit happen hate have hope know last like look love "
    "mean miss need never not occur probably rain remain seem sit sleep stay suit think understand want wish".split()
)
# Verbs of work that no sentence to us begins with.
DEEDS = frozenset("align chair lead liaise own ping present reach represent shadow sign sponsor steer".split())
# What a speaker will do right away, in the talk itself.
OF_TALK = frozenset(
    "answer ask be begin come continue discuss do explain get give go look move present put read say see show start "
    "stop suggest take talk tell try turn".split()
)
LONGEST_ORDER = 15
# "Rent goes up", "Call with the landlord", "Work was hard": the first word is no verb here.
NOUN = re.compile(
    r"(?:call|drive|flight)\s(?:with|from|was|is)\b|\w+\s(?:\w+\s)?(?:is|was|are|were|has|had|will|goes|went|comes|came|"
    r"costs?|takes|took|starts|ends|begins|needs|looks|works|stays|ran|runs)\b",
    re.IGNORECASE,
)
NO_OWNERS = frozenset(
    """
    able afraid agreed aim decided due easy fine forgot forgotten free glad going good happy hard have hope keen likely
    need needs nice offered plan planned planning possible promised ready remember safe started sure tend thanks time
    try trying unable want wanted wants welcome
    a all an and another any april as at august because both but christmas december each everything february friday he
    her here his how i if in it its january july june later march may maybe monday most my next no nobody nothing
    november now october on one other our perhaps please saturday september she so some something somewhere soon such
    sunday that the their then there these they this those thursday to today tomorrow tonight tuesday we wednesday what
    when where whether which who why you your
    """.split()
)
OURSELVES = frozenset("i me we us you he she they someone somebody anyone anybody everyone everybody".split())

ADVERBS = re.compile(
    r"^(?:(?:also|then|just|still|please|probably|maybe|quickly|finally|first|next|now|definitely|really)\s)+",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What is to be done; `owner` None is the person, or nobody in particular."""

    text: str
    owner: str | None = None


def deed_of(sentence: Sentence, commons: frozenset[str], *, is_recipe: bool) -> Deed | None:
    """None where nobody is asked for anything; of a recipe's orders, only what is marked as to be done counts.

    `commons` are words of the whole text in lower case: a capital at the start of a sentence makes no name of them.
    """
    found = _found(sentence, commons)
    if found is None and not is_recipe and not sentence.speaker and is_order(sentence.text):
        found = None, sentence.text
    return Deed(owner=found[0], text=_without_frame(found[1]).strip(" .;,!")) if found else None


def is_order(text: str) -> bool:
    """True for `Renew the passport`, and not for what goes on at length."""
    is_noun = NOUN.match(text) is not None
    return begins_order(text) and _is_deed(text) and not is_noun and len(text.split()) <= LONGEST_ORDER


def _found(sentence: Sentence, commons: frozenset[str]) -> tuple[str | None, str] | None:
    text = sentence.text
    is_listed = sentence.box == " " or (sentence.is_item and bool(TO_DO_HEADING.search(sentence.heading)))
    if label := LABELLED.match(text):
        owner, rest = label["owner"] or label["of"], label["rest"]
        inner = _said(rest, sentence, commons)
        return (owner or inner[0], inner[1]) if inner else (_owner(owner), rest)
    if told := _said(text, sentence, frozenset() if is_listed else commons):
        return told
    if not is_listed:
        return None
    if (assigned := ASSIGNED.match(text)) and _is_name(assigned["owner"], text, frozenset()):
        return _owner(assigned["owner"]), assigned["rest"]
    behind = BEHIND.fullmatch(text)
    return (_owner(behind["owner"] or behind["after"] or behind["at"]), behind["rest"]) if behind else (None, text)


def _said(text: str, sentence: Sentence, commons: frozenset[str]) -> tuple[str | None, str] | None:
    """What a sentence says that somebody has to do, asks for, or puts behind a name."""
    if mention := MENTIONED.match(text):
        return _owner(mention["owner"]), mention["rest"]
    if sworn := SWORN.match(text):
        return _owner(sworn["owner"]), sworn["rest"]
    if forgotten := FORGOTTEN.match(text):
        return None, f"remember {forgotten['rest']}"
    if (somebody := SOMEBODY.match(text)) and _is_deed(somebody["rest"]) and _is_name(somebody["owner"], text, commons):
        return _owner(somebody["owner"]), somebody["rest"]
    if (assigned := ASSIGNED.match(text)) and _is_task(assigned["rest"]) and _is_name(assigned["owner"], text, commons):
        return _owner(assigned["owner"]), assigned["rest"]
    if own := OWN.match(text):
        return None, own["rest"]
    if (charged := IN_CHARGE.match(text)) and _is_name(charged["owner"], text, commons):
        return _owner(charged["owner"]), f"take care of {charged['rest']}"
    if (person := PERSON.match(text)) and _is_deed(person["rest"]):
        return _promised(person, sentence.speaker)
    if not sentence.speaker and (order := ORDER.match(text)) and _is_deed(order["rest"]):
        return None, order["rest"]
    return None


def _promised(person: re.Match[str], speaker: str) -> tuple[str | None, str] | None:
    """In a note whoever has to; among speakers only what one of them takes on, and not what they go on to say.

    What several agreed to is a decision.
    """
    is_one = person["owner"].casefold() == "i"
    if not speaker:
        return (None, person["rest"]) if is_one or " agreed to " not in person[0] else None
    verb = _without_frame(person["rest"]).split()[0].casefold()
    return (speaker, person["rest"]) if is_one and verb not in OF_TALK else None


def _without_frame(text: str) -> str:
    """The deed alone: without "please remember to", and without an adverb before its verb."""
    while order := ORDER.match(text):
        text = order["rest"]
    return ADVERBS.sub("", text)


def _is_task(text: str) -> bool:
    return begins_order(text) or (_is_deed(text) and text[:1].islower())


def _is_deed(rest: str) -> bool:
    """True where the words begin with a verb of something one does, and say with what."""
    verb, _, more = _without_frame(rest).casefold().partition(" ")
    return bool(more) and verb not in NO_DEED and (verb in BEGINNING or verb in OR_NOUNS or verb in DEEDS)


def _is_name(words: str, text: str, commons: frozenset[str]) -> bool:
    """True where the capital is one of a name: not only of a word that begins the sentence."""
    first = words.lstrip("@").split()[0].strip(",")
    if words.startswith("@") or first.casefold() in ("the", "some", "someone", "somebody", "everyone", "everybody"):
        return True
    if first.casefold() in NO_OWNERS or first.casefold() in commons:
        return False
    return " " in words or not first.endswith("s") or first.endswith(("ss", "is", "us", "es")) or f" {first}" in text


def _owner(words: str | None) -> str | None:
    if words is None or words.casefold() in OURSELVES:
        return None
    return words.lstrip("@").strip() or None
