"""Company: whether words that can mean a time mean one here, by what stands in and around them."""

from collections.abc import Sequence

from language.readings import Reading
from language.times.amounts import APPOINTMENTS, EVENTS, TAKEN, is_by_number, is_half_range, is_no_hour
from language.times.lexicon import UNITS, WEAK
from language.times.tokens import WILL, Token, is_noun
from language.times.values import Bounded, Context, Lasting, Length, Range, When
from language.words import VERBS

COMPANY = frozenset(
    (*"on in by until till before after from to and or due this since every each at during".split(), *"-,/", "for")
)
LEADS = frozenset(
    "on in by at until till before after from since during throughout for around about within @ due every".split()
)
INSIDE = frozenset("'’.&+_")
EXCEPTING = frozenset("except excepting excluding besides".split())
PLACING = frozenset("the on for in and or , last final".split())
SHORT_LENGTHS = ("second", "minute", "hour")
# Behind these a length is how long something takes.
MEASURING = frozenset(
    "for lasts lasted takes took about another lasting taking than least most by around roughly approximately ~".split()
)
# With a capital too these go on with the sentence and not with a name.
JOINING = frozenset(
    "i at with for in on by to from before after and or but if until till then so because when is are was".split()
)
DETERMINING = frozenset("a an the this that my your his her its our their one another each every any no some".split())
CLOSING = frozenset(".!?;)")
APART = frozenset("before after beforehand afterwards afterward prior earlier later".split())


def stands(tokens: Sequence[Token], at: int, end: int, value: object, context: Context) -> bool:
    """True where the words mean a time here, and are not part of something else."""
    if _is_compound(tokens, at, end):
        return False
    match value:
        case Length():
            return _length_stands(tokens, at, end, value, context)
        case When():
            return _when_stands(tokens, at, end, value, context)
        case Bounded(of=When() as when):
            return context.alone or _bounded_stands(tokens, at, end, when)
        case Range():
            return _range_stands(value, context)
        case Lasting(first=first):
            return _when_stands(tokens, at, end, first, context)
        case _:
            return True


def _bounded_stands(tokens: Sequence[Token], at: int, end: int, when: When) -> bool:
    """ "by 5", "until Friday"; not "up to 14", "from 6 to 60", "from first to last"."""
    if when.days and when.days.unit == "number" and tokens[end - 1].word == "first" and tokens[end - 2].word != "the":
        return False
    if when.days or when.moment or when.part:
        return True
    up_to = tokens[at].word == "up" and when.hour is not None and when.hour.bare
    return bool(when.hour) and not (up_to or is_by_number(tokens, at, end) or is_half_range(tokens, end, when))


def is_left_out(tokens: Sequence[Token], at: int, reading: Reading) -> bool:
    """ "every day except on Christmas", "but not tomorrow": what is said there is not when."""
    first, before = (tokens[place].word if place >= 0 else "" for place in (at - 2, at - 1))
    if before == "not":
        return first not in ("why", "or", "whether") and reading.bound is None and reading.kind != "duration"
    place = at - 1
    while place > max(at - 8, 0) and (tokens[place].word in PLACING or "nth" in tokens[place].classes):
        place -= 1
    first, before = (tokens[at].word if at >= 0 else "" for at in (place - 1, place))
    return before in EXCEPTING or (first, before) in (("apart", "from"), ("other", "than"))


def is_and_more(tokens: Sequence[Token], end: int, at: int) -> bool:
    """True where only "and" or a comma stands between an end and a later beginning."""
    return 0 < at - end < 3 and all(token.word in (",", "and", "&", "or", "nor") for token in tokens[end:at])


def _is_compound(tokens: Sequence[Token], at: int, end: int) -> bool:
    """The possessive of something, a part of a hyphened word, or the year of a number that is none."""
    if end < len(tokens) and tokens[end - 1].word == "year" and "figure" in tokens[end].classes:
        return True
    if end < len(tokens) and tokens[end].glued:
        after = tokens[end]
        if after.word in ("'s", "’s"):
            return True
        joined = tokens[end + 1].word[:1] if end + 1 < len(tokens) and tokens[end + 1].glued else ""
        if (after.word == "-" or after.word in INSIDE) and joined.isalnum():
            return True
        if after.word[:1].isalnum() or after.word == "/" or (after.word == ":" and _is_ratio(tokens, end)):
            return True
    before = tokens[at - 1] if at else None
    if at > 1 and _is_ratio(tokens, at - 1):
        return True
    return (
        before is not None
        and tokens[at].glued
        and (before.word in ("/", "-", "$", "€", "£") or before.word[:1].isalnum() or _is_inside(tokens, at - 1))
    )


def _is_ratio(tokens: Sequence[Token], colon: int) -> bool:
    """True for a colon between two numbers, as in "2:1"."""
    here = tokens[colon - 1 : colon + 2]
    return (
        len(here) == 3 and here[1].word == ":" and here[1].glued and all("figure" in here[at].classes for at in (0, 2))
    )


def _is_inside(tokens: Sequence[Token], at: int) -> bool:
    """True for an apostrophe, a point or the like that stands right behind something."""
    return tokens[at].word in INSIDE and tokens[at].glued


def _length_stands(tokens: Sequence[Token], at: int, end: int, length: Length, context: Context) -> bool:
    before = tokens[at - 1].word if at else ""
    if context.alone:
        return True
    if before == "at" or _is_adjective(tokens, end, length):
        return False
    if length.parts == ((1.0, "second"),) and length.idiom:
        return False
    if _is_distance(tokens, end):
        return False
    return not length.idiom or tokens[at].word == "for" or before in MEASURING or _will_take(tokens, at)


def _will_take(tokens: Sequence[Token], at: int) -> bool:
    """ "it should take a few hours"; who is to take a week goes away for it."""
    return at > 1 and tokens[at - 1].word in ("take", "last") and tokens[at - 2].word in (*WILL, "may", "to", "it")


def _is_distance(tokens: Sequence[Token], end: int) -> bool:
    """ "3 hours before": so far from something else, and from nothing that was said; "two days off" are free."""
    word = tokens[end].word if end < len(tokens) else ""
    return word == "off" or (word in APART and (end + 1 == len(tokens) or not tokens[end + 1].word[:1].isalnum()))


def _is_adjective(tokens: Sequence[Token], end: int, length: Length) -> bool:
    """ "a five year plan", "3 day pass": the plan and the pass are so long, not what is to be done."""
    if end < len(tokens) and tokens[end].word in ("old", "young"):
        return True
    amount, unit = length.parts[-1]
    around = (amount, unit) == (24, "hour") or (unit == "day" and tokens[end - 1].word == "d")
    if around and is_noun(tokens, end):
        return True
    singular = tokens[end - 1].word in UNITS and "plural" not in tokens[end - 1].classes
    return is_noun(tokens, end) and (
        tokens[end - 1].word == "s" or (amount > 1 and singular and unit not in SHORT_LENGTHS)
    )


def _when_stands(tokens: Sequence[Token], at: int, end: int, when: When, context: Context) -> bool:
    if when.moment:
        if at + 1 < end <= at + 3 and tokens[at].word == "in" and "figure" in tokens[at + 1].classes:
            return context.alone or _closes(tokens, end)
        return not (tokens[end - 1].word == "second" and is_noun(tokens, end))
    bare = when.hour is not None and when.hour.bare and not when.firm
    if when.hour and not when.days and _is_the_same(tokens, at, end):
        return False
    if not context.alone and when.hour and not when.days and is_no_hour(tokens, at, end, when):
        return False
    if not context.alone and when.days and when.days.unit == "number" and _counts(tokens, end):
        return False
    if context.alone and bare and at and tokens[at - 1].word == "the":
        return False
    if context.alone:
        return not (bare and when.hour and (when.hour.weight < 0.6 or (when.days and when.days.weak)))
    if _lone_weak(tokens, at, end) and not _has_company(tokens, at, end):
        return False
    if tokens[end - 1].word in ("boy", "bow") and not tokens[end - 1].capital:
        return False
    led = when.led or tokens[at].word in LEADS
    if not led and _is_of_a_holiday(tokens, end):
        return False
    if when.days:
        if when.days.weak and (when.hour is None or bare) and when.part is None:
            named = when.days.unit != "decimal" and at > 0 and tokens[at - 1].word in ("is", "was")
            named = named and tokens[at].word != "the"
            return led or named
        return not (bare and not led and not when.until and _is_object(tokens, at))
    if when.hour:
        taken = when.until is not None and at > 0 and tokens[at - 1].word in TAKEN
        return not bare or when.led or when.part is not None or taken or _is_for_an_event(tokens, at)
    return led or not (when.part and when.part.weak) or _is_edge_of_part(tokens, at, end)


def _is_edge_of_part(tokens: Sequence[Token], at: int, end: int) -> bool:
    """ "yoga early morning"; not "an early morning", "early morning run", nor a show called "Late Night"."""
    of_day = tokens[at].word in ("early", "late") and tokens[end - 1].word in ("morning", "afternoon", "evening")
    if not of_day or not (_closes(tokens, end) or tokens[end].word in (",", ":")):
        return False
    return at == 0 or tokens[at - 1].word not in DETERMINING


def _closes(tokens: Sequence[Token], end: int) -> bool:
    """True where nothing follows in the sentence, as behind "back in 5"."""
    return end >= len(tokens) or tokens[end].word in CLOSING


def _is_the_same(tokens: Sequence[Token], at: int, end: int) -> bool:
    """ "at the same time", "this time": of no day it is no time of its own."""
    return tokens[end - 1].word == "time" and any(token.word in ("same", "this") for token in tokens[at:end])


def _lone_weak(tokens: Sequence[Token], at: int, end: int) -> bool:
    core = [token for token in tokens[at:end] if token.word[:1].isalnum() and token.word not in LEADS | {"the", "this"}]
    return len(core) == 1 and core[0].word in WEAK


def _has_company(tokens: Sequence[Token], at: int, end: int) -> bool:
    before = tokens[at - 1].word if at else ""
    words = {token.word for token in tokens[at:end]}
    last = tokens[end - 1]
    is_day = "weekday" in last.classes and end == len(tokens) and before not in ("", "the", "a", "some", "of", "in")
    heads = at == 0 and end < len(tokens) and "weekday" in last.classes and _begins_anew(tokens[end])
    named = heads or (last.capital and ("this" in words or is_day))
    return named or bool(words & LEADS) or before in COMPANY - {"this"}


def _counts(tokens: Sequence[Token], at: int) -> bool:
    """ "within the first seven days"."""
    figure = tokens[at].classes.get("figure") if at < len(tokens) else None
    return figure is not None and figure.counts


def _is_for_an_event(tokens: Sequence[Token], at: int) -> bool:
    """ "the alarm for seven", not "a table for two"."""
    return at > 0 and tokens[at].word == "for" and tokens[at - 1].word in EVENTS


def _begins_anew(token: Token) -> bool:
    """True for what stands behind a heading: "Sun: call Ana", "Sat Call Ana"."""
    return token.capital or token.word in (":", "-", "–", ",")


def is_title(tokens: Sequence[Token], at: int, end: int) -> bool:
    """True for "The Day After Tomorrow", "Watch Tomorrow Never Dies": a name has capitals where a date has none."""
    return _begins_name(tokens, at, end) or _is_name(tokens, at, end)


def _begins_name(tokens: Sequence[Token], at: int, end: int) -> bool:
    """True for a word that a sentence writes small, between a small word or the first verb and another with a capital.

    Where every word has one, as in "Call Mom Tomorrow Before Lunch", it says nothing.
    """
    if end >= len(tokens):
        return False
    day, after, before = tokens[end - 1], tokens[end], tokens[end - 2] if end > 1 else None
    if after.word == "never" and "named" in day.classes:
        return after.capital or end == 1
    if not day.capital or not before or not before.word or not {"named", "hourname"} & day.classes.keys():
        return False
    if before.capital and (end > 2 or before.word not in VERBS):
        return False
    named = after
    if "hourname" in day.classes and after.word in ("in", "of"):
        named = next((token for token in tokens[end + 1 : end + 3] if token.word != "the"), after)
    return named.capital and not named.classes and named.word not in JOINING | APPOINTMENTS


def _is_name(tokens: Sequence[Token], at: int, end: int) -> bool:
    small = [token for token in tokens[at:end] if token.word in ("the", "after", "before", "of", "day", "from", "next")]
    of_name = tokens[end - 1].capital and {"named", "hourname"} & tokens[end - 1].classes.keys()
    named = len(small) > 1 or (small and (of_name or (at > 0 and tokens[at - 1].capital)))
    if not named or not all(token.capital for token in small):
        return False
    return any(token.word[:1].isalpha() and not token.capital for token in tokens[:at])


def _is_of_a_holiday(tokens: Sequence[Token], end: int) -> bool:
    """ "Christmas tree": the holiday says which tree, not when."""
    return "holiday" in tokens[end - 1].classes and is_noun(tokens, end)


def _is_object(tokens: Sequence[Token], at: int) -> bool:
    """True where a number stands behind a word that it may belong to: "buy 2 tomorrow"."""
    figure = "figure" in tokens[at].classes
    return figure and at > 0 and tokens[at - 1].word[:1].isalpha() and tokens[at - 1].word not in COMPANY


def _range_stands(value: Range, context: Context) -> bool:
    if context.alone or value.firm or value.led:
        return True
    bare = [when for when in (value.first, value.last) if when.hour and when.hour.bare and not when.days]
    return len(bare) < 2
