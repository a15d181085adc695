"""Tokens: a text cut into words, numbers and signs, each with the classes of time it may belong to."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from language.readings import Span
from language.times.holidays import NAMES
from language.times.lexicon import SHORT_UNITS, SMALL_NUMBERS, TENS, UNITS, WORDS, Classes, counts
from language.times.numerals import numeral
from language.words import MONTHS, WEEKDAYS


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A whole number; `digits` is 0 where it was said in words.

    It `counts` where a noun or a unit follows, is `measured` where it is a unit, and `timed` where "am", "pm" or
    "o'clock" follows.
    """

    value: int
    digits: int = 0
    counts: bool = False
    measured: bool = False
    timed: bool = False


class Token(NamedTuple):
    """A piece of the text; `glued` where no blank stands before it. What is shielded has no word."""

    span: Span
    word: str
    classes: Classes
    glued: bool = False
    capital: bool = False


LEXER = re.compile(
    r"(?P<word>[^\W\d_]++(?!\w))"
    r"|(?P<stamp>\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:[Zz]|[+-]\d\d:?\d\d)?(?![\w:]))"
    r"|(?P<ymd>(?<![\d.])\d{4}(?P<ysep>[-/.])\d{1,2}(?P=ysep)\d{1,2}(?![\d]))"
    r"|(?P<dmy>(?<![\d/.])\d{1,2}(?P<dsep>[-/.])\d{1,2}(?P=dsep)(?:\d{4}|\d\d)(?!\d))"
    r"|(?P<compact>(?<![\d])(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?![\d]))"
    r"|(?P<hms>\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?![\d:]))"
    r"|(?P<slashed>(?<![\d/])\d{1,4}/\d{1,4}(?![\d/]))"
    r"|(?P<dotted>(?<![\d.])\d{1,4}[.,]\d{1,2}(?![\d.,]*\d))"
    r"|(?P<run>\w+)"
    r"|(?P<possessive>(?<=\w)['’][sS]\b)"
    r"|(?P<sign>[^\s\w])"
)
PIECE = re.compile(r"\d+(?:st|nd|rd|th)(?![^\W\d_])|\d+|[½¼¾]|[^\W\d_½¼¾]+|_+", re.IGNORECASE)
NO_FRACTIONS = str.maketrans("", "", "½¼¾")
FULL = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SUFFIXES = frozenset(
    (*SHORT_UNITS, *UNITS, *MONTHS, "am", "pm", "a", "p", "h", "q", "x", "ish", "to", "st", "half", *"½¼¾")
)
PREFIXES = frozenset((*MONTHS, "q", "h", "w", "wk", "week", "cy", "fy", "to", "at", "t", "tmrw", "noon"))
FULL_DAYS = {name: FULL[day] for name, day in WEEKDAYS.items()}
WHOLES = frozenset("them those these us you our my your his her their all".split())
NUMERALS = SMALL_NUMBERS.keys() | TENS.keys()
SO_LONG = frozenset("a an about around roughly at for up only just half several some".split())
WILL = frozenset("will ll should would might could can must".split())
HALVES = frozenset(("am", "pm", "a", "p"))
NONE: Classes = {}
LARGEST = 999_999_999


def tokens_of(text: str, shielded: list[Span]) -> tuple[Token, ...]:
    """The tokens of a text in order; those that touch a shielded span belong to no class."""
    found = _with_names(_with_halves(list(_with_numbers(list(_cut(text))))))
    return tuple(_flagged(_shielded(found, shielded)))


def _cut(text: str) -> Iterator[Token]:
    end = 0
    for match in LEXER.finditer(text):
        glued, end = match.start() == end and end > 0, match.end()
        kind = match.lastgroup or ""
        if kind in ("word", "run"):
            yield from _run(match[0], match.start(), glued)
        else:
            yield Token(span=match.span(), word=match[0].lower(), glued=glued, classes=_classes_of(kind, match[0]))


def _classes_of(kind: str, text: str) -> Classes:
    match kind:
        case "stamp":
            return {"stamp": text.upper().replace(" ", "T")}
        case "ymd" | "dmy" | "slashed" | "dotted":
            parts = re.split(r"[-/.,]", text)
            classes: Classes = {kind: (*(int(part) for part in parts), re.sub(r"\d", "", text)[0])}
            if kind == "dotted":
                classes["decimal"] = float(text.replace(",", "."))
                if re.fullmatch(r"\d{1,2}\.\d\d", text):
                    classes["hour_dot"] = (int(parts[0]), int(parts[1]))
            return classes
        case "compact":
            return {"ymd": (int(text[:4]), int(text[4:6]), int(text[6:]), "-")}
        case "hms":
            hour, minute, *second = re.split(r"[:.,]", text)
            return {"hms": (int(hour), int(minute), int(second[0]) if second else 0, len(hour))}
        case "sign" if text in "½¼¾":
            return WORDS[text]
        case _:
            return NONE


def _run(text: str, start: int, glued: bool) -> Iterator[Token]:
    """A run of letters and digits: in pieces where they mean something together ("3pm", "Jun30"), else whole."""
    if text.isalpha() or not text.translate(NO_FRACTIONS).isascii():
        word, capital = text.lower(), text[0].isupper()
        yield Token((start, start + len(text)), word, WORDS.get(word, NONE), glued, capital)
        return
    pieces = [(found[0].lower(), found.start()) for found in PIECE.finditer(text)]
    if len(pieces) > 1 and not _makes_sense([piece for piece, _ in pieces]):
        word = text.lower()
        yield Token(span=(start, start + len(text)), word=word, glued=glued, classes=WORDS.get(word, NONE))
        return
    for place, (piece, at) in enumerate(pieces):
        span = (start + at, start + at + len(piece))
        yield Token(span=span, word=piece, glued=glued or place > 0, classes=_of_piece(piece))


def _makes_sense(pieces: list[str]) -> bool:
    if len(pieces) > 8 or "_" in pieces[0]:
        return False
    letters = [(place, piece) for place, piece in enumerate(pieces) if not piece[0].isdigit()]
    return all(piece in (SUFFIXES if place else PREFIXES) for place, piece in letters)


def _of_piece(piece: str) -> Classes:
    if not piece[0].isdigit():
        return WORDS.get(piece, NONE)
    if piece.isdigit():
        return {"figure": Figure(value=min(int(piece[:12]), LARGEST), digits=len(piece))}
    return {"nth": int(piece[:-2][:6])}


def _with_halves(found: list[Token]) -> list[Token]:
    """ "a.m.", "p m" and "p" right behind a number become one token of the class `half`; "p m" is also `apart`."""
    made: list[Token] = []
    at = 0
    while at < len(found):
        token = found[at]
        if token.word not in HALVES:
            made.append(token)
            at += 1
            continue
        follows = bool(made) and bool({"figure", "hms", "dotted"} & made[-1].classes.keys())
        end, half = _half(found, at, follows)
        if half:
            span = (token.span[0], found[end - 1].span[1])
            apart = follows and end > at + 1 and not found[at + 1].glued and "figure" in made[-1].classes
            classes: Classes = {"half": half, "apart": half} if apart else {"half": half}
            made.append(token._replace(span=span, word=half, classes=classes))
        else:
            end = at + 1
            made.append(token)
        at = end
    return made


def _half(found: list[Token], at: int, follows: bool) -> tuple[int, str]:
    word = found[at].word
    if word == "am" and at and found[at - 1].word == "i":
        return at, ""
    if word in ("am", "pm"):
        return at + 1 + _is(found, at + 1, ".", not follows), word
    if word not in ("a", "p"):
        return at, ""
    dot = _is(found, at + 1, ".", False)
    if _is(found, at + 1 + dot, "m", False) and (follows or dot):
        end = at + 2 + dot
        return end + (dot and _is(found, end, ".", False)), f"{word}m"
    alone = follows and found[at].glued and not (dot and at + 2 < len(found) and found[at + 2].glued)
    return (at + 1, f"{word}m") if alone else (at, "")


def _is(found: list[Token], at: int, word: str, never: bool) -> int:
    return int(not never and at < len(found) and found[at].word == word)


def _with_numbers(found: list[Token]) -> Iterator[Token]:
    """Numbers in words become one token."""
    words = [token.word for token in found]
    at = 0
    while at < len(found):
        said = numeral(words, at) if words[at] in NUMERALS else None
        if said is None:
            yield found[at]
            at += 1
            continue
        end, value, is_ordinal = said
        classes: Classes = {"nth": value} if is_ordinal else {"figure": Figure(value=value)}
        span = (found[at].span[0], found[end - 1].span[1])
        yield found[at]._replace(span=span, word=" ".join(words[at:end]), classes=classes)
        at = end


def _with_names(found: list[Token]) -> list[Token]:
    """Names of holidays become one token of the class `holiday`; a bare apostrophe belongs to an "s" before it."""
    made: list[Token] = []
    at = 0
    while at < len(found):
        end, name = _name(found, at)
        if name:
            span = (found[at].span[0], found[end - 1].span[1])
            made.append(found[at]._replace(span=span, word=name, classes={"holiday": name}))
        else:
            end = at + 1
            made.append(found[at])
        at = end
    return made


def _name(found: list[Token], at: int) -> tuple[int, str]:
    first = FULL_DAYS.get(found[at].word, found[at].word)
    lengths = NAMES.starts.get(first.rstrip("s"))
    if lengths is None:
        return at, ""
    words: list[str] = []
    best, end = (at, ""), at
    while end < len(found) and len(words) <= max(lengths):
        token = found[end]
        if token.word in ("'s", "’s") and words:
            words[-1] += "s"
        elif token.word in ("'", "’") and words and not (words[-1].endswith("s") or _is_glued(found, end + 1)):
            break
        elif token.word not in ("-", "'", "’", "."):
            words.append(FULL_DAYS.get(token.word, token.word))
        end += 1
        name = NAMES.called.get(" ".join(words))
        if name:
            best = (end, name)
    return best


def _is_glued(found: list[Token], at: int) -> bool:
    return at < len(found) and found[at].glued


def _shielded(found: list[Token], shielded: list[Span]) -> Iterator[Token]:
    spans = iter(sorted(shielded))
    span = next(spans, None)
    for token in found:
        while span and span[1] <= token.span[0]:
            span = next(spans, None)
        hidden = span is not None and span[0] < token.span[1]
        yield token._replace(word="", classes=NONE) if hidden else token


def _flagged(found: Iterator[Token]) -> Iterator[Token]:
    """Numbers are told what follows them; an ordinal that counts nothing is also `nth_alone`."""
    row = list(found)
    for place, token in enumerate(row):
        figure: Any = token.classes.get("figure")
        if not token.classes:
            yield token
        elif figure is not None:
            measured = _is_unit(row, place + 1)
            flagged = Figure(
                value=figure.value,
                digits=figure.digits,
                counts=measured or _counts(row, place),
                measured=measured,
                timed=_is_timed(row, place),
            )
            yield token._replace(classes={**token.classes, "figure": flagged})
        elif "dotted" in token.classes and (is_noun(row, place + 1) or _is_unit(row, place + 1)):
            yield token._replace(classes={name: value for name, value in token.classes.items() if name == "decimal"})
        elif token.word == "last" and _is_verb(row, place):
            yield token._replace(classes=NONE)
        elif "nth" in token.classes and not _names_place(row, place):
            yield token._replace(classes={**token.classes, "nth_alone": token.classes["nth"]})
        else:
            yield token


def _is_verb(row: list[Token], place: int) -> bool:
    """True for the word "last" that says how long something goes on; not in "as it should last Friday"."""
    if not place or row[place - 1].word not in WILL or place + 1 == len(row):
        return False
    return "figure" in row[place + 1].classes or row[place + 1].word in SO_LONG


def _names_place(row: list[Token], place: int) -> bool:
    """True for "the second floor", "the first week" and the unit of "one second"."""
    is_unit = row[place].word == "second" and place > 0 and "figure" in row[place - 1].classes
    return is_unit or is_noun(row, place + 1) or _is_unit(row, place + 1)


def _counts(row: list[Token], place: int) -> bool:
    """True before a noun, also of "3 to 5 apples"."""
    if is_noun(row, place + 1):
        return True
    if _is_share(row, place + 1):
        return True
    if [token.word for token in row[place + 1 : place + 4 : 2]] in (["and", "half"], ["and", "quarter"]):
        return _is_unit(row, place + 4)
    more = (
        place + 2 < len(row) and row[place + 1].word in ("to", "-", "or", "and") and "figure" in row[place + 2].classes
    )
    return more and is_noun(row, place + 3)


def _is_share(row: Sequence[Token], place: int) -> bool:
    """ "3 of them", "8 out of 10"."""
    words = [token.word for token in row[place : place + 3]]
    if words[:2] == ["out", "of"]:
        return True
    of = words[:1] == ["of"] and place + 1 < len(row)
    return of and (words[1] in WHOLES or "figure" in row[place + 1].classes)


def is_noun(row: Sequence[Token], place: int) -> bool:
    """True where a word stands there that is no word of time, no function word and no verb."""
    if place >= len(row):
        return False
    token = row[place]
    return token.word == "%" or (token.word[:1].isalpha() and not token.classes and counts(token.word))


def _is_unit(row: list[Token], place: int) -> bool:
    if place >= len(row):
        return False
    classes = row[place].classes.keys()
    return bool({"unit", "short"} & classes) and not {"part", "month", "nth"} & classes


def _is_timed(row: list[Token], place: int) -> bool:
    return place + 1 < len(row) and ("half" in row[place + 1].classes or row[place + 1].word in ("o", "oclock"))
