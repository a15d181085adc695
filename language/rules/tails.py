"""Rule tails: what is said behind a rhythm and belongs to it: days, hours, exceptions, completion, bounds."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from language.calendar import day_of
from language.patterns import Found, Wording
from language.rules.bounds import CLOSING, OPENING, bare_opening, closing, count, lasting, opening, spanning
from language.rules.days import on_days
from language.rules.exceptions import excepted
from language.rules.rhythm import PARTS
from language.rules.scene import LONG_GRAINS, Said, Scene, begun, timed

COMPLETED = (
    r"(?:(?:each|every|the|its|my|last|date\s+of)\s+)*"
    r"(?:completion|(?:completing|finishing)(?:\s+(?:it|this))?)"
    r"|(?:(?:i(?:\s+(?:have|am)|['’](?:ve|m))?|it(?:\s+(?:is|was|has\s+been|gets)|['’]s)?|last|being)\s+)*"
    r"(?:(?:the\s+)?last\s+(?:time|one)|done(?:\s+with)?|complete[ds]?|finish(?:ed|es)?|did|do|doing|checked\s+off)"
    r"(?:\s+(?:it|this|that))?"
)
DONE = Wording(
    rf"\s*,?\s*(?:count(?:ed|ing)\s+)?(?:after|from|since|when|once|upon|following)\s+(?:{COMPLETED})(?:\s+date)?"
    r"(?!\w)(?!\s+(?:the|my|a|an|his|her|our|your|reading|writing)\b)"
)
WINDOW = Wording(
    r"\s*,?\s*(?:between|from)?\s*(?P<hour>\d\d?|noon|midnight)(?::00)?\s*(?P<half>am|pm)?\s*(?:and|to|until|till|-|–)\s*"
    r"(?P<hour2>\d\d?|noon|midnight)(?::00)?\s*(?P<half2>am|pm)?(?![\w:])"
)
Tail = Callable[[Said, Scene], Said | None]


def with_tails(said: Said, scene: Scene) -> Said:
    """With everything that follows and belongs to it, and what stands right before it."""
    said = _closed(_followed(said, scene, TAILS, len(scene.words.items)), scene)
    return _led(said, scene) or _timed_before(said, scene) or _opened_first(said, scene)


def _followed(said: Said, scene: Scene, tails: Iterable[Tail], last: int) -> Said:
    """With what follows up to a place, one piece after the other."""
    grown: Said | None = said
    while grown:
        said = grown
        grown = next((more for tail in tails if (more := tail(said, scene)) and said.end < more.end <= last), None)
    return said


def _closed(said: Said, scene: Scene) -> Said:
    """With the bracket that closes one that was opened in it."""
    is_open = scene.words.items[said.begin : said.end].count("(") > 0 and scene.words.at(said.end) == ")"
    return replace(said, end=said.end + 1) if is_open else said


def _led(said: Said, scene: Scene) -> Said | None:
    """With its first day, its last day or its time where they are said before it: "from May until July, on Fridays"."""
    words = scene.words
    last = said.begin + (words.at(said.begin) == "on")
    for place in range(max(said.begin - FARTHEST, 0), said.begin):
        if words.at(place) in LEADING:
            led = _followed(replace(said, begin=place, end=place), scene, LEADS, last)
            if led.end > place and words.skip(led.end, ",") in (said.begin, last):
                return replace(led, end=said.end)
    return None


def _timed_before(said: Said, scene: Scene) -> Said | None:
    """With the time or the day that stands right before it: "at 7 every weekday", "tomorrow, every week"."""
    found = scene.reading_before(said.begin)
    if found is None:
        return None
    reading, begin = found
    is_bare_day = reading.kind == "point" and not reading.bound and reading.grain not in LONG_GRAINS
    grown = begun(said, reading, scene) if reading.kind == "time" or is_bare_day else None
    return replace(grown, begin=begin) if grown else None


def _opened_first(said: Said, scene: Scene) -> Said:
    """With the first day that the text begins with: "starting Monday the band rehearses every week"."""
    if said.start or scene.words.at(0) not in ("starting", "beginning"):
        return said
    opened = opening(replace(said, begin=0, end=0), scene)
    return replace(opened, begin=said.begin, end=said.end) if opened and opened.end < said.begin else said


def completion_at(scene: Scene, place: int) -> int | None:
    """The place behind "when done", "after I finish it"; None where no such words stand at this place."""
    found = DONE.match(scene.text, scene.offset(place))
    return scene.place(found.end()) if found else None


def _completion(said: Said, scene: Scene) -> Said | None:
    end = completion_at(scene, said.end)
    return replace(said, end=end, recurs_from="completion") if end else None


def _days(said: Said, scene: Scene) -> Said | None:
    found = on_days(said.rhythm, scene.words, said.end)
    return replace(said, rhythm=found[0], end=found[1]) if found else None


def _part(said: Said, scene: Scene) -> Said | None:
    """ "in the morning", "mornings", "at night"."""
    place = scene.words.skip(said.end, "in", "the", "at", "on", "during")
    part = PARTS.get(scene.words.at(place))
    if part is None or said.rhythm.part or not said.rhythm.is_of_days:
        return None
    return replace(said, rhythm=replace(said.rhythm, part=part), end=place + 1)


def _hours(said: Said, scene: Scene) -> Said | None:
    """ "between 9 and 5" of a rule of hours or minutes: the hours it keeps to."""
    found = WINDOW.match(scene.text, scene.offset(said.end)) if not said.rhythm.is_of_days else None
    first, last = (_hour(found, ""), _hour(found, "2")) if found else (None, None)
    if found is None or first is None or last is None or said.rhythm.hours:
        return None
    if last <= first and not found["half2"]:
        last += 12
    elif found["half2"] and not found["half"] and first < 7 and first + 12 < last:
        first += 12
    if not 0 <= first < last <= 24:
        return None
    behind = last + 1 if said.rhythm.freq == "HOURLY" and last < 24 else last
    hours = tuple(range(first, behind))
    return replace(said, rhythm=replace(said.rhythm, hours=hours), end=scene.place(found.end()))


def _hour(found: Found, which: str) -> int | None:
    word, half = found[f"hour{which}"].lower(), (found[f"half{which}"] or "").lower()
    if not word.isdigit():
        return 12 if word == "noon" else 24 * bool(which)
    if half:
        return int(word) % 12 + 12 * (half == "pm") if 1 <= int(word) <= 12 else None
    return int(word) if int(word) <= 24 else None


def _clocks(said: Said, scene: Scene) -> Said | None:
    """ "at 7", "at 8:30 and 17:00", "from 9 to 10"."""
    found = scene.reading_at(said.end)
    if found is None or found[0].start is None:
        return None
    is_of_any_day = found[0].kind == "time" or day_of(found[0].start) == scene.daybreak.now.date()
    grown = timed(said, found[0]) if is_of_any_day else None
    if grown is None:
        return None
    grown = replace(grown, end=found[1])
    while (place := scene.words.skip(grown.end, ",", "and", "&", "or")) > grown.end and len(grown.clocks) < 24:
        lead = "at " if scene.words.at(place).isdigit() else ""
        more = scene.reading_at(place, lead=lead)
        if more is None or more[0].kind != "time" or more[0].clock is None:
            break
        grown = replace(grown, clocks=(*grown.clocks, more[0].clock), end=more[1])
    return grown


TAILS: tuple[Tail, ...] = (
    *(_completion, _days, count, lasting, _hours, excepted),
    *(_clocks, closing, opening, _part, spanning, bare_opening),
)
LEADS: tuple[Tail, ...] = (_clocks, closing, opening, lasting, count)
LEADING = OPENING | CLOSING | {"for", "as"}
# So many words before a rhythm its first day may begin: "starting on the second of january 2027, every week".
FARTHEST = 12
