"""Said fields: a thing told by its parts, as people answer what is asked ("the topic is …, the start time is …")."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from domain.people import Clock
from language.patterns import Found, Wording, without
from language.readings import Reading
from language.shields import is_shielded, quotes
from language.when import resolve

LONGEST = 400
TITLES = (
    r"contents?|descriptions?|topics?|titles?|subjects?|agenda(?: item)?|name of (?:the|my) \w+|"
    r"(?:meeting|event|task|reminder) (?:name|topic|title|subject)"
)
TIMES = r"(?:start(?:ing)? |due |event |meeting |reminder )?(?:time|date|day)|start|when|deadline"
ENDS = r"end(?:ing)?(?: time| date)?|finish(?: time)?"
ASIDE = (
    r"locations?|places?|venues?|rooms?|address|attend(?:ee|ant|ance)s?|participants?|guests?|invitees|"
    r"user ?names?|passwords?|token|e-?mail|account"
)
IT = r"(?:it|this|that|(?:the|my) (?:new )?(?:meeting|event|appointment|reminder|alarm|task|one))"
BE = r"(?:'s| is| are| was| will be| would be| should be| must be| has to be| needs to be|:)"
WILL = r"(?:should |will |would |must )"
WISH = r"i(?:'d| would)? (?:want|like|need) it"
HAPPENS = r"(?:takes? place|starts?|begins?|happens?|be held|goes off|go off)"
THING = r"event|meeting|appointment|reminder|task|agenda item"
HEADS = (
    ("title", rf"(?:(?:the|my|its|new|meeting|event|task|reminder|agenda) )*(?:{TITLES}){BE}"),
    ("due", rf"(?:(?:the|my|its|new|and) )*(?:{TIMES}){BE}"),
    ("end", rf"(?:(?:the|my|its|new) )*(?:{ENDS}){BE}"),
    ("aside", rf"(?:(?:the|my|its|new) )*(?:{ASIDE}){BE}"),
    ("title", rf"{IT}{BE} (?:the one )?(?:about|called|named|titled)\b"),
    ("title", r"it(?:'s| is) the one (?:for|with)\b"),
    ("title", r"(?:the|my) (?:reminder|task|to-?do) is(?= to )"),
    ("title", rf"(?:the|my) (?:{THING}) is(?=(?: about)? (?:an? |[\"'“]))(?: about)?"),
    ("end", rf"(?:{IT} )?(?:{WILL}|to )?(?:ends?|finish(?:es)?|be over|lasts? until)\b(?: by| at| around)?"),
    ("due", rf"{IT}(?:{BE}| {WILL}?{HAPPENS})(?: (?:held|triggered|scheduled|set|due))?"),
    ("due", r"(?:let's |please )?(?:schedule|set|make|put|book) it(?: for| at| on| to)?"),
    ("due", rf"{WISH} (?:to (?:ring|go off|start|be(?: set)?|happen)|set)(?: for| at| on)?"),
    ("now", r"today(?:'s date)? is"),
)
HEAD = Wording(
    r"(?:^|(?<=[,.;!] )|(?<=\band )|(?<=\bwith ))(?:and |also |yes,? |sure,? |ok(?:ay)?,? )*(?:"
    + "|".join(f"(?P<{name}{number}>{words})" for number, (name, words) in enumerate(HEADS))
    + r")(?=\s|[\"'“])"
)
LABELLED = Wording(rf"(?:the|my|its|when|start|due)\b|let's|schedule|{WISH}|it (?:starts|begins|takes place)")
LOOSE = Wording(r"[\s,.;!]+(?:and|with)?[\s,.;!]*$")
TO = Wording(r"^(?:to|that i (?:need|have|want) to|about|an?)\s+(?=\w)")
MARKS = " \"'“”‘’"
Told = tuple[str, str]


def said_fields(text: str, clock: Clock) -> dict[str, Any] | None:
    """Title, due and duration of a text that tells nothing else; places, people and logins in it are passed over.

    None where a part of the text is something else, or where a time alone is told: that may put right what was done.
    """
    if len(text) > LONGEST:
        return None
    told = _told(text.strip())
    kinds = {kind for kind, _ in told}
    if not told or (kinds == {"due"} and not LABELLED.match(text)):
        return None
    due = " ".join(_bare(words) for kind, words in told if kind == "due")
    end = next((_bare(words) for kind, words in told if kind == "end"), "")
    begins = _moment(due, clock) if due else None
    if (due and begins is None) or (end and _moment(end, clock) is None):
        return None
    title = as_title(next((words for kind, words in told if kind == "title"), ""))
    fields = {"title": title, "due": due, "duration": _length(begins, end, clock) if end else None}
    return {name: value for name, value in fields.items() if value}


def as_title(words: str) -> str:
    """A few words as the name of a thing: without quotes, and without the `to` of an answer."""
    bare = _bare(without(TO, words.strip()))
    return bare[:1].upper() + bare[1:]


def _told(text: str) -> list[Told]:
    """The parts with what is said of each; nothing where the text does not begin with one."""
    if not HEAD.match(text):
        return []
    quoted = quotes(text)
    heads = [found for found in HEAD.finditer(text) if not is_shielded(found.span(), quoted)]
    if not heads or heads[0].start() > 0:
        return []
    ends = [found.start() for found in heads[1:]] + [len(text)]
    return [(_kind(found), text[found.end() : end]) for found, end in zip(heads, ends, strict=True)]


def _kind(found: Found) -> str:
    return next(name.rstrip("0123456789") for name, words in found.groupdict().items() if words is not None)


def _bare(words: str) -> str:
    return LOOSE.sub("", words).strip(MARKS).strip()


def _moment(words: str, clock: Clock) -> Reading | None:
    """The reading of words that are all time, a moment or a day."""
    return next((reading for reading in _readings(words, clock) if reading.start), None)


def _readings(words: str, clock: Clock) -> Sequence[Reading]:
    return [reading for reading in resolve(words, clock) if reading.kind in ("point", "time", "interval")]


def _length(begins: Reading | None, end: str, clock: Clock) -> str | None:
    """From the beginning to the next such time after it, within a day."""
    if begins is None or not isinstance(begins.start, datetime):
        return None
    at = Clock(now=begins.start, week_start=clock.week_start, day_first=clock.day_first)
    ends = [one.start for one in _readings(end, at) if isinstance(one.start, datetime) and one.start > begins.start]
    length = min(ends, default=begins.start) - begins.start
    return f"{length // timedelta(minutes=1)} minutes" if timedelta(0) < length <= timedelta(days=1) else None
