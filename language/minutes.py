"""Minutes: what a text settles, what it asks somebody to do, and what it leaves open."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from language.deeds import deed_of, is_order
from language.prose import Sentence

Kind = Literal["decision", "action", "question"]

DECIDED = re.compile(
    r"\b(?:decided\s(?:to|on|that|against|not|we|it|for|upon)|agreed\s(?:to|on|that|upon|we)|settled\s(?:on|for)|"
    r"resolved\s(?:to|that)|opted\s(?:for|to|out|against)|voted\s(?:to|for|against)|ruled\sout|signed\soff|concluded\sthat|"
    r"(?:was|were|is|are|been|got|gets|being)\s(?:all\s|unanimously\s|finally\s)?(?:decided|agreed|approved|chosen|settled|"
    r"confirmed|rejected|dropped|cancell?ed|postponed|adopted)|(?:we|they|i|team|board|committee|group)\s(?:have\s|finally\s|all\s)*"
    r"(?:approved|chose|picked|selected|rejected|adopted|dropped|confirmed|cancell?ed|postponed)|"
    r"^(?:(?!not\s|never\s)[\w'’-]+\s){1,4}(?:approved|rejected|confirmed|postponed|cancell?ed|agreed)(?=\s*(?:[:;.,(–—-]|$))|"
    r"(?:final\s|our\s|the\s)decision(?:\s\w+){0,4}\s(?:is|was)|(?:we|they)(?:['’]ll|\swill|['’]re|\sare)?\s"
    r"(?:going\sto\sgo|go|going|went|stick|sticking|stay)\s(?:with|for|ahead)|(?:will|['’]ll)\sgo\swith|it['’]?s\s(?:a\sdeal|settled))\b",
    re.IGNORECASE,
)
DECISION_LABEL = re.compile(
    r"(?:final\s)?(?:decisions?|decided|agreed|resolution|outcome)\s*[:–—]\s*(?=\S)", re.IGNORECASE
)
DECISION_HEADING = re.compile(r"\b(?:decisions?|decided|agreements?|agreed|resolutions?|outcomes?)\b", re.IGNORECASE)
OPEN = re.compile(
    r"\b(?:(?:remains?|is|are|was|were|['’]s|still|we|i)\s(?:not\s|yet\s|still\s)*(?:undecided|unclear|unresolved|"
    r"open(?:\sto\sdiscussion|(?=[.,;!]|$)))|to\sbe\s(?:decided|discussed|clarified|determined|confirmed|agreed|settled|"
    r"resolved)|tb[acd]|(?:needs?|ha(?:s|ve)|wants?)\sto\s(?:still\s)?(?:decide|find\sout|figure\sout|clarify|work\sout|"
    r"determine)|(?:wonder(?:s|ing)?|question\sis|unsure|uncertain|no\sidea)\s(?:if|whether|how|who|what|when|where|why|"
    r"which|about))\b|(?:\bnot|n['’]t|\bnever)\s(?:yet\s|been\s|really\s|quite\s)*(?:clear|decided?|sure|certain|settled|"
    r"agreed?|known?|resolved)\b|^unclear\b",
    re.IGNORECASE,
)
LEFT_OPEN = re.compile(
    r"\b(?:still\s(?:unclear|undecided|unresolved|open)|to\sbe\s(?:decided|clarified|determined|confirmed)|"
    r"(?:need|have)\sto\s(?:still\s)?(?:decide|find\sout|figure\sout|clarify)|open\squestion|"
    r"(?:have|has)(?:n['’]t|\snot)\s(?:yet\s)?(?:decided|agreed|settled|resolved))\b",
    re.IGNORECASE,
)
UNSURE = re.compile(
    r"\b(?:if|unless|whether|maybe|perhaps|might|could|would|should|can|may|not|never|probably|once|when|until|before)\b|"
    r"n['’]t\b",
    re.IGNORECASE,
)
OPEN_LABEL = re.compile(
    r"(?:open(?:\s(?:question|point|issue))?s?|questions?|unclear|tbd|tbc|q)\s*[:–—]\s*(?=\S)", re.IGNORECASE
)
OPEN_HEADING = re.compile(
    r"\b(?:open|unresolved|outstanding)\s(?:questions?|points?|issues?|topics?|items?)|^questions?\b|\bparking\slot\b",
    re.IGNORECASE,
)
ANSWER = re.compile(r"(?:yes|yeah|yep|no|nope|because|sure|answer|a)\b\s*[,.:!–—-]|(?:->|=>|→)", re.IGNORECASE)
CONDITION = re.compile(r"^(?:if|unless|when|once|before|after|until|while|as|since|although|though)\b", re.IGNORECASE)

MOSTLY = 0.5


@dataclass(frozen=True, kw_only=True)
class Minute:
    """What one sentence settles, asks for or leaves open; `place` counts the sentences of its text.

    Of an action, `text` is what is to be done and `owner` who does it: None is the person, or nobody in particular.
    """

    kind: Kind
    place: int
    text: str
    owner: str | None = None


def minutes_of(sentences: Sequence[Sentence]) -> list[Minute]:
    """Those of one text, in order; a sentence is at most one of the three, and a ticked box none."""
    commons = frozenset(word for each in sentences for word in re.findall(r"(?<![\w'’])[a-z][\w'’-]+", each.text))
    orders = sum(is_order(each.text) for each in sentences)
    # Where most sentences are orders it is a recipe, and nobody is asked for anything.
    is_recipe = orders > 2 and orders > MOSTLY * len(sentences)
    found = []
    for place, sentence in enumerate(sentences):
        following = sentences[place + 1] if place + 1 < len(sentences) else None
        if minute := _minute(sentence, place, following, commons, is_recipe=is_recipe):
            found.append(minute)
    return found


def _minute(
    sentence: Sentence, place: int, following: Sentence | None, commons: frozenset[str], *, is_recipe: bool
) -> Minute | None:
    text = sentence.text
    if sentence.box is not None and sentence.box != " ":
        return None
    if _is_open(sentence, following):
        return Minute(
            kind="question", place=place, text=OPEN_LABEL.sub("", text, count=1) if OPEN_LABEL.match(text) else text
        )
    if text.rstrip().endswith("?"):
        return None
    if label := DECISION_LABEL.match(text):
        return Minute(kind="decision", place=place, text=text[label.end() :])
    if deed := deed_of(sentence, commons, is_recipe=is_recipe):
        return Minute(kind="action", place=place, text=deed.text, owner=deed.owner)
    if _is_settled(text) or (sentence.is_item and DECISION_HEADING.search(sentence.heading)):
        return Minute(kind="decision", place=place, text=text)
    return None


def _is_settled(text: str) -> bool:
    """True where something was decided, and not only supposed, wished or denied before that word."""
    decided = DECIDED.search(text)
    return decided is not None and not UNSURE.search(text[: decided.start()])


def _is_open(sentence: Sentence, following: Sentence | None) -> bool:
    """True for what is left open; a question that the next words answer, or that somebody else may answer, is not."""
    if OPEN_LABEL.match(sentence.text) or (sentence.is_item and OPEN_HEADING.search(sentence.heading)):
        return True
    if sentence.text.rstrip().endswith("?"):
        goes_on = following is not None and following.block == sentence.block
        answered = bool(goes_on and following and ANSWER.match(following.text))
        return not answered and (not sentence.speaker or following is None)
    if sentence.speaker:
        # "I don't know" is how people speak, and says little about what they leave open.
        return bool(LEFT_OPEN.search(sentence.text))
    return bool(OPEN.search(sentence.text)) and not CONDITION.match(sentence.text)
