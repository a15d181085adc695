"""Day lists: "mon, wed and fri", "the first and last Friday", "june to august": what is named, and where it ends.

Each function looks at one place in the words of a text and answers what stands there and the place behind it, or None.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeVar

from language.readings import Span
from language.times.lexicon import SHORT_UNITS, UNITS
from language.words import MONTHS, NUMBERS, ORDINALS, WEEKDAYS

TOKEN = re.compile(r"\d+(?:st|nd|rd|th)(?!\w)|\d+|[^\W\d_]+|\S", re.IGNORECASE)
LISTED = frozenset((",", "and", "&", "+", "/", "or", "on", "the", "every", "each", "also"))
BETWEEN_PLACES = LISTED - {"every", "each"}
RANGED = frozenset(("-", "–", "—", "to", "through", "thru", "till", "til", "until"))
LETTERS = {"mwf": (0, 2, 4), "tth": (1, 3)}
SHORT_MONTHS = frozenset(MONTHS) - {"may", "june", "july"} - {name for name in MONTHS if len(name) > 4}
WORKING = (0, 1, 2, 3, 4)
WEEKEND = (5, 6)
LONGEST_LIST = 16
# Units that are days of their own here.
NOT_UNITS = frozenset(unit for unit, name in UNITS.items() if name in ("night", "weekend"))

Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True)
class Words:
    """The words of a text in lower case, with their spans; beyond both ends there are empty words.

    `known` is what has been looked up in them, by what it is and where.
    """

    items: tuple[str, ...]
    spans: tuple[Span, ...]
    known: dict[tuple[str, int], Any] = field(default_factory=dict, compare=False, repr=False)

    def at(self, place: int) -> str:
        """The word at a place."""
        return self.items[place] if 0 <= place < len(self.items) else ""

    def skip(self, place: int, *passed: str) -> int:
        """The place of the next word that is none of these."""
        while self.at(place) in passed and place < len(self.items):
            place += 1
        return place


def once(look: Callable[[Words, int], Found]) -> Callable[[Words, int], Found]:
    """The same function, which looks at each place of the words only once."""

    def known(words: Words, place: int) -> Found:
        key = (look.__name__, place)
        if key not in words.known:
            words.known[key] = look(words, place)
        found: Found = words.known[key]
        return found

    return known


@dataclass(frozen=True, kw_only=True)
class Days:
    """Days of the week, Monday = 0, in the order they were said, and of how many pieces ("mon-wed" is one).

    `either` where they were joined by "or", `is_group` where a word such as "weekend" is among them.
    """

    numbers: tuple[int, ...]
    said: int = 1
    is_plural: bool = False
    is_group: bool = False
    either: bool = False


def words_of(text: str) -> Words:
    """The words, numbers and signs of a text."""
    found = [(match[0].lower(), match.span()) for match in TOKEN.finditer(text)]
    return Words(items=tuple(word for word, _ in found), spans=tuple(span for _, span in found))


@once
def days_at(words: Words, place: int) -> tuple[Days, int] | None:
    """ "tuesdays and thursdays", "mon-fri", "weekdays", "weekends and mondays"."""
    found: list[Days] = []
    end, either = place, False
    while len(found) < LONGEST_LIST and (item := _day_item(words, place)):
        found.append(item[0])
        end = item[1]
        place = words.skip(end, *LISTED)
        if place == end and not _is_alike(words.at(end - 1), words.at(end)):
            break
        either = either or "or" in words.items[end:place]
    if not found:
        return None
    numbers = tuple(dict.fromkeys(number for days in found for number in days.numbers))
    plural, group = (any(days.is_plural for days in found), any(days.is_group for days in found))
    is_either = either and len(found) > 1
    return Days(numbers=numbers, said=len(found), is_plural=plural, is_group=group, either=is_either), end


@once
def places_at(words: Words, place: int) -> tuple[tuple[int, ...], int] | None:
    """ "2nd and last", "the 1st, 10th and 20th", "second to last"; the last is -1, the one before it -2."""
    found: list[int] = []
    end = place
    while len(found) < LONGEST_LIST and (item := _place_item(words, place)):
        found.append(item[0])
        end = item[1]
        place = words.skip(end, *BETWEEN_PLACES)
    return (tuple(found), end) if found else None


@once
def months_at(words: Words, place: int) -> tuple[tuple[int, ...], int] | None:
    """ "june and july", "june to august", "may"."""
    found: list[int] = []
    end = place
    while len(found) < LONGEST_LIST and words.at(place) in MONTHS:
        first = MONTHS[words.at(place)]
        is_dotted = words.at(place) in SHORT_MONTHS and words.at(place + 1) == "." and words.at(place + 2) != ""
        end = place = place + 1 + is_dotted
        last = MONTHS.get(words.at(place + 1)) if words.at(place) in RANGED else None
        if last and not day_numbers_at(words, place + 2):
            found += [(first + step - 1) % 12 + 1 for step in range((last - first) % 12 + 1)]
            end = place = place + 2
        else:
            found.append(first)
        place = words.skip(place, *LISTED)
    return (tuple(dict.fromkeys(found)), end) if found else None


@once
def day_numbers_at(words: Words, place: int) -> tuple[tuple[int, ...], int] | None:
    """Days of a month as ordinals or digits: "20 and 30", "the 3rd"; not the 5 of "5pm", "5:30" and "5 times"."""
    found: list[int] = []
    end = place
    while len(found) < LONGEST_LIST and (item := ordinal_at(words, place) or _bare_day(words, place)):
        if not 1 <= item[0] <= 31:
            break
        found.append(item[0])
        end = item[1]
        place = words.skip(end, ",", "and", "&", "or", "the")
        if place == end:
            break
    return (tuple(found), end) if found else None


def numbers_at(words: Words, place: int) -> tuple[tuple[int, ...], int] | None:
    """ "12", "12 and 20"."""
    found: list[int] = []
    end = place
    while len(found) < LONGEST_LIST and (item := number_at(words, place)):
        found.append(item[0])
        end = item[1]
        place = words.skip(end, ",", "and", "&")
        if place == end:
            break
    return (tuple(found), end) if found else None


def number_at(words: Words, place: int) -> tuple[int, int] | None:
    """A whole number in digits or words: "3", "three", "twenty-five", "a couple of"."""
    word = words.at(place)
    if word.isdigit() and word.isascii():
        return (int(word), place + 1) if len(word) < 5 and words.at(place + 1) not in (".", ":") else None
    if word in ("a", "an") and words.at(place + 1) in ("couple", "few"):
        place, word = place + 1, words.at(place + 1)
    if word in ("couple", "few"):
        return (2 if word == "couple" else 3), words.skip(place + 1, "of")
    value = {"hundred": 100.0, "dozen": 12.0}.get(word) or NUMBERS.get(word)
    if value is None or value != int(value):
        return None
    place += 1
    if value >= 20 and value % 10 == 0:
        rest = NUMBERS.get(words.at(words.skip(place, "-")))
        if (
            rest is not None
            and 1 <= rest < 10
            and rest == int(rest)
            and words.at(words.skip(place, "-")) not in ("a", "an")
        ):
            return int(value + rest), words.skip(place, "-") + 1
    return int(value), place


@once
def ordinal_at(words: Words, place: int) -> tuple[int, int] | None:
    """ "3rd", "third", "twenty-first", "twenty first"."""
    word = words.at(place)
    if word.isascii() and word[:-2].isdigit() and word[-1:].isalpha():
        return (int(word[:-2]), place + 1) if len(word) < 6 else None
    behind = words.skip(place + 1, "-")
    compound = f"{word}-{words.at(behind)}"
    if compound in ORDINALS:
        return ORDINALS[compound], behind + 1
    return (ORDINALS[word], place + 1) if word in ORDINALS else None


def unit_at(words: Words, place: int) -> tuple[str, int] | None:
    """A unit of time in the singular; one letter is one only right behind a number, as in "2h"."""
    word = words.at(place)
    if word in UNITS and word not in NOT_UNITS:
        return UNITS[word], place + 1
    if word not in SHORT_UNITS or not words.at(place - 1).isdigit():
        return None
    is_attached = words.spans[place - 1][1] == words.spans[place][0]
    return (SHORT_UNITS[word], place + 1) if is_attached else None


def _is_alike(day: str, other: str) -> bool:
    """True for "mon wed" and "monday wednesday", which need no comma; not for the sun of "friday sun lotion"."""
    return day in WEEKDAYS and other in WEEKDAYS and (len(day) > 5) == (len(other) > 5)


def _day_item(words: Words, place: int) -> tuple[Days, int] | None:
    """One day, one range of days, or a word for several."""
    word, then = words.at(place), words.at(place + 1)
    if word in LETTERS:
        return Days(numbers=LETTERS[word], is_plural=True, is_group=True), place + 1
    if word in ("weekday", "weekdays", "workday", "workdays", "weeknight", "weeknights"):
        return Days(numbers=WORKING, is_plural=word.endswith("s"), is_group=True), place + 1
    if word in ("business", "working", "work", "week") and then in ("day", "days"):
        return Days(numbers=WORKING, is_plural=then == "days", is_group=True), place + 2
    if word in ("weekend", "weekends"):
        end = place + 2 if then in ("day", "days") else place + 1
        return Days(numbers=WEEKEND, is_plural=word == "weekends" or then == "days", is_group=True), end
    first = _weekday_at(words, place)
    if first is None:
        return None
    number, plural, end = first
    if words.at(end) in RANGED and (last := _weekday_at(words, words.skip(end + 1, "to"))):
        numbers = tuple((number + step) % 7 for step in range((last[0] - number) % 7 + 1))
        return Days(numbers=numbers, is_plural=plural and last[1]), last[2]
    return Days(numbers=(number,), is_plural=plural), end


def _weekday_at(words: Words, place: int) -> tuple[int, bool, int] | None:
    """The day, whether it is a plural ("mondays", not "tues"), and the end; a slip of the pen is forgiven."""
    word = words.at(place)
    if word in WEEKDAYS:
        dotted = len(word) < 6 and words.at(place + 1) == "." and words.at(place + 2) != ""
        return WEEKDAYS[word], False, place + 1 + dotted
    single = word.removesuffix("s")
    if len(single) < 6 or not single.endswith("day"):
        return None
    if single not in WEEKDAYS:
        named = [day for day in WEEKDAYS if day.endswith("day") and day[0] == single[0]]
        single = next(iter(get_close_matches(single, named, n=1, cutoff=0.8)), "")
    return (WEEKDAYS[single], word.endswith("s"), place + 1) if single else None


@once
def _place_item(words: Words, place: int) -> tuple[int, int] | None:
    word = words.at(place)
    if word in ("last", "final"):
        return -1, place + 1
    if word == "penultimate":
        return -2, place + 1
    found = (2, place + 1) if word == "next" else ordinal_at(words, place)
    if found is None:
        return None
    number, end = found
    behind = words.skip(end, "to", "from", "-", "the")
    if words.at(behind) in ("last", "end") and (word != "next" or behind > end):
        return -number, behind + 1
    return None if word == "next" else (number, end)


@once
def _bare_day(words: Words, place: int) -> tuple[int, int] | None:
    word, then = words.at(place), words.at(place + 1)
    if not (word.isdigit() and word.isascii() and len(word) < 3):
        return None
    counts = then in (":", ".", "am", "pm", "a", "p", "x", "times", "o", "h", "occurrences", "%") or then in UNITS
    return None if counts and not (then == "." and words.at(place + 2) == "") else (int(word), place + 1)
