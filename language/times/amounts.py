"""Amounts: numbers that say how many or how far, where a time of day could stand."""

from collections.abc import Sequence

from language.times.tokens import Token
from language.times.values import When

EVENTS = frozenset("alarm alarms reminder reminders meeting appointment call event up it".split())
TAKEN = frozenset("block reserve book schedule busy free available open meeting lunch call out away".split())
APPOINTMENTS = EVENTS | TAKEN | {"class", "session", "interview", "dinner", "breakfast", "party", "game", "show"}
BEING = frozenset("am m is s are re was were be been being stay stays stayed stand stands stood".split())
ROUGHLY = frozenset("about around approximately approx roughly exactly circa".split())
# Behind these words a rough number is no time.
OF_AMOUNTS = frozenset(("of", "-", "–", "=", "number", "only", "above", "below", "than", "over", "under"))


def is_no_hour(tokens: Sequence[Token], at: int, end: int, when: When) -> bool:
    """ "a number of about 10"; and who is "at 3 - 4" has come so far, unless an appointment was spoken of."""
    if tokens[at].word in ROUGHLY and at and tokens[at - 1].word in OF_AMOUNTS:
        return when.hour is not None and when.hour.weight < 0.9
    until = end + 2 if when.until is None and _is_plain_range(tokens, end) else end
    plain = (when.until or until > end) and all(_is_plain(token) for token in tokens[at:until])
    spoken = {token.word for token in tokens[max(at - 6, 0) : at]}
    return bool(plain and at and tokens[at].word == "at" and tokens[at - 1].word in BEING) and not spoken & APPOINTMENTS


def is_by_number(tokens: Sequence[Token], at: int, end: int) -> bool:
    """ "two by four", "one by one"."""
    return at > 0 and end == at + 2 and tokens[at].word == "by" and "figure" in tokens[at - 1].classes


def _is_plain_range(tokens: Sequence[Token], end: int) -> bool:
    return len(tokens) > end + 1 and tokens[end].word in ("-", "–", "to") and "figure" in tokens[end + 1].classes


def _is_plain(token: Token) -> bool:
    return "figure" in token.classes or token.word in ("at", "-", "–", "to")


def is_half_range(tokens: Sequence[Token], end: int, when: When) -> bool:
    """ "from 6 to 60": what goes on to a number that is no hour begins with none."""
    if len(tokens) <= end + 1 or tokens[end].word not in ("to", "-", "–") or when.until:
        return False
    figure = tokens[end + 1].classes.get("figure")
    bare = when.hour is not None and when.hour.bare
    return bare and ("decimal" in tokens[end + 1].classes or (figure is not None and not figure.timed))
