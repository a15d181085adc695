"""Rule scene: a text with a rhythm in it, what has been said about the rhythm so far, and the times beside it."""

from bisect import bisect_left
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cached_property

from domain.people import Clock
from domain.tasks import RecursFrom
from language.calendar import day_of
from language.patterns import Wording
from language.readings import Reading
from language.rules.lists import Words
from language.rules.rhythm import Rhythm
from language.times.time_words import first_in, readings_in

STOPS = Wording(
    r"(?<!\w)(?:until|till|til|through|thru|starting|starts|ending|ends|except|excluding|but|for|every|each|and)(?!\w)"
    r"|,(?!\s*\d{4}(?!\w))"
)
GLUE = Wording(r"\s*,?\s*(?:(?:at|on|in|by|the|from|starting|beginning|around)\s+|@\s*)*")
LONG_GRAINS = ("week", "month", "quarter", "year")
REACH = 60


@dataclass(frozen=True, kw_only=True)
class Said:
    """A rhythm and all that has been said about it; `begin` and `end` are places in the words of the text.

    `seconds` is how long each occurrence takes, `lasting` for how long it goes on from its first day, as amount and
    unit.
    """

    rhythm: Rhythm
    begin: int
    end: int
    clocks: tuple[time, ...] = ()
    start: date | None = None
    seconds: int | None = None
    lasting: tuple[int, str] | None = None
    recurs_from: RecursFrom = "due"

    @property
    def has_end(self) -> bool:
        """True where it is said when it ends."""
        return bool(self.rhythm.count or self.rhythm.until or self.lasting)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The text that is read, its words, the clock it is read by, and what has been read of it by place and lead."""

    text: str
    words: Words
    clock: Clock
    read: dict[tuple[int, str], tuple[Reading, int] | None] = field(default_factory=dict, compare=False)

    @cached_property
    def daybreak(self) -> Clock:
        """The clock at midnight: the hours of a rule are those of any day, not what is left of today."""
        return replace(self.clock, now=self.clock.now.replace(hour=0, minute=0, second=0, microsecond=0))

    def offset(self, place: int) -> int:
        """Where the word before a place ends in the text."""
        return self.words.spans[place - 1][1] if place else 0

    def place(self, offset: int) -> int:
        """The first place whose word begins at or behind an offset."""
        return bisect_left(self.words.spans, (offset, 0))

    def reading_at(self, place: int, *, stop: Wording | None = None, lead: str = "") -> tuple[Reading, int] | None:
        """The reading that begins at a place, up to the next word that begins another part of the rule.

        It is read as if `lead` stood before it.
        """
        if place >= len(self.words.spans):
            return None
        if (place, lead) in self.read:
            return self.read[place, lead]
        self.read[place, lead] = found = self._read(place, stop, lead)
        return found

    def _read(self, place: int, stop: Wording | None, lead: str) -> tuple[Reading, int] | None:
        offset = self.words.spans[place][0]
        stops = [word.start() for at in (STOPS, stop) if at and (word := at.search(self.text, offset + 1))]
        phrase = lead + self.text[offset : min([*stops, offset + REACH])]
        found = first_in(phrase, self.daybreak)
        if found is None or not GLUE.fullmatch(phrase[: found.span[0]]):
            return None
        is_stopped = found.text.endswith(".") and not found.text.lower().endswith(".m.")
        return found, self.place(offset + found.span[1] - len(lead) - is_stopped)

    def reading_before(self, place: int) -> tuple[Reading, int] | None:
        """The reading that ends right before a place, and the place where it begins."""
        offset = self.words.spans[place][0]
        begin = max(0, self.text.rfind(" ", 0, max(0, offset - REACH)))
        phrase = self.text[begin:offset]
        readings = readings_in(phrase, self.daybreak) if phrase.strip() else []
        if not readings or not GLUE.fullmatch(phrase[readings[-1].span[1] :]):
            return None
        return readings[-1], self.place(begin + readings[-1].span[0])


def begun(said: Said, reading: Reading, scene: Scene) -> Said | None:
    """With the first day, the time of day, or both, that a reading tells; None where it tells nothing new."""
    if reading.start is None:
        return None
    is_clock = reading.clock is not None and day_of(reading.start) == scene.daybreak.now.date()
    if is_clock and reading.kind in ("time", "open"):
        return timed(said, reading)
    if said.start:
        return None
    clocks = said.clocks or ((reading.clock,) if reading.clock else ())
    return replace(said, start=day_of(reading.start), clocks=clocks)


def timed(said: Said, reading: Reading) -> Said | None:
    """With the time of day that a reading tells, and how long it takes where that is from one hour to another."""
    if said.clocks or reading.clock is None or said.rhythm.freq in ("MINUTELY", "SECONDLY"):
        return None
    if reading.kind == "interval" and isinstance(reading.start, datetime) and isinstance(reading.end, datetime):
        seconds = round((reading.end - reading.start).total_seconds())
        return replace(said, clocks=(reading.clock,), seconds=seconds)
    is_clock = reading.kind == "time" or (reading.kind == "open" and reading.bound in ("from", "by", "before"))
    return replace(said, clocks=(reading.clock,)) if is_clock else None
