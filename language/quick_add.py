"""Quick add: tasks from a line as people type it; the title is what is left when all else has been read."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from domain.due import Due
from domain.people import Clock
from domain.tasks import TITLE_LENGTH
from language.calendar import later
from language.readings import Reading, Span, TaskDraft
from language.recurrence import completion_words
from language.sentences import pieces
from language.shields import is_shielded, quotes
from language.when import due_of, read
from language.words import NUMBER, UNIT, number, unit

PRIORITIES = {
    1: r"(?:with\s+)?(?:a\s+)?(?:high|highest|top)[\s-]+prio(?:rity)?|\b(?:urgent(?:ly)?|critical)\b|"
    r"(?<!\w)(?:!1|p1)\b|!!!",
    2: r"(?:^|(?<=[,;.(]\s)|(?<=\bit's\s)|(?<=\bis\s))important\b(?!\s+\w)|\bvery\s+important\b(?=\W*$)|"
    r"(?<!\w)(?:!2|p2)\b",
    3: r"(?:with\s+)?(?:a\s+)?(?:medium|normal)[\s-]+prio(?:rity)?|(?<!\w)(?:!3|p3)\b",
    4: r"(?:with\s+)?(?:a\s+)?(?:low|lowest)[\s-]+prio(?:rity)?|\bnot\s+urgent\b|(?<!\w)(?:!4|p4)\b",
}
PRIORITY = tuple((level, re.compile(words, re.IGNORECASE)) for level, words in sorted(PRIORITIES.items(), reverse=True))
NUMBERED_PRIORITY = re.compile(
    r"\bpriority\s*:?\s*(?:(?P<level>[1-4])|(?P<word>high|medium|normal|low|urgent))\b", re.IGNORECASE
)
WORDED = {"high": 1, "urgent": 1, "medium": 3, "normal": 3, "low": 4}
TAG = re.compile(r"(?<![\w&/])#(?P<tag>[^\W\d_][\w/-]*)")
TAGGED = re.compile(
    r",?\s*\b(?:tagged(?:\s+(?:as|with))?|with\s+(?:the\s+)?tags?|tags?:)\s+(?P<tags>[\w-]+(?:(?:\s*,\s*|\s+and\s+)[\w-]+)*)",
    re.IGNORECASE,
)
PROJECT = re.compile(
    r"(?<![\w.+-])@(?P<at>[^\W\d_][\w/-]*)|,?\s*\b(?:(?:in|to|for|under|on)\s+)?(?:(?:the|my)\s+)?project:?\s+(?P<after>[\w-]+)\b"
    r"|,?\s*\b(?:in|under)\s+(?:the|my)\s+(?P<before>[\w-]+)\s+project\b",
    re.IGNORECASE,
)
REMIND = re.compile(
    rf",?\s*(?:\band\s+)?\b(?:with\s+a\s+reminder|(?:please\s+)?remind\s+me|reminder|alert\s+me|notify\s+me)(?:\s+(?:about\s+)?it)?\s*:?\s+"
    rf"(?P<amount>{NUMBER})\s*(?P<unit>{UNIT})(?:\s+(?:before|earlier|in\s+advance|ahead|prior)(?:hand)?)(?:\s+(?:it|that|the\s+due\s+time))?\b",
    re.IGNORECASE,
)
ASKING = re.compile(
    r"^(?:(?:hey|hi|hello|ok|okay|so|and|also|then|please|pls|plz|kindly|just|oh)\b[\s,!]*|"
    r"(?:can|could|would|will)\s+you\s+|i(?:'d|\s+would)\s+like\s+(?:you\s+)?to\s+|"
    r"i\s+(?:also\s+|really\s+|still\s+)?(?:need|want|have|ought|am\s+supposed)\s+to\s+|i(?:'ve)?\s+got(?:\s+to|ta)\s+|i\s+(?:must|should|gotta)\s+|"
    r"we\s+(?:need|have)\s+to\s+|(?:let'?s\s+)|"
    r"(?:remind\s+me|help\s+me\s+remember|make\s+sure(?:\s+i)?|don'?t\s+(?:let\s+me\s+)?forget|remember)(?:\s+(?:that\s+i\s+(?:need|have)\s+to|to|about|of|that))?\s+|"
    r"(?:set|create|add|make|schedule|put)(?:\s+up)?(?:\s+me)?(?:\s+(?:a|an|another|the|some|these|this|my))?(?:\s+new)?"
    r"\s+(?:tasks?|to-?dos?|reminders?|items?)(?:\s+on\s+my\s+list)?(?:\s+(?:to|for|called|named|titled|about|saying|that\s+says|of)\b)?\s*[:,-]?\s*|"
    r"(?:new\s+)?(?:task|todo|to-do|reminder)s?\s*:\s*|(?:add|put)\s+(?=.*\bto(?:-|\s)?do|.*\bmy\s+(?:tasks?|list)\b|['\"“‘]))",
    re.IGNORECASE,
)
ADDING = re.compile(r"^(?:(?:please|can\s+you|could\s+you)\s+)*(?:add|put)\s+", re.IGNORECASE)
LIST_NAME = re.compile(
    r"\s*\b(?:to|on|onto|in)\s+(?:my|the)\s+(?:to-?do\s+|task\s+)?(?:lists?|tasks|to-?dos?)\b", re.IGNORECASE
)
LOOSE_END = re.compile(
    r"(?:[\s,;:–—-]+|\s+\b(?:on|by|at|in|due|for|and|from|until|before|every|the|with|starting|is|it)\b|\s+@|\s+\()+$",
    re.IGNORECASE,
)
LOOSE_START = re.compile(
    r"^(?:[\s,;:.–—)-]+|(?:and|to|that|due|by|at|on|then|i\s+(?:need|have|want)\s+to)\b\s+)+", re.IGNORECASE
)
EMPTY_MARKS = re.compile(r"\(\s*\)|\[\s*\]|\s+(?=[,.;:!?](?:\s|$))")


@dataclass(frozen=True, kw_only=True)
class Found:
    """What has been read so far, and where it stood."""

    draft: TaskDraft
    cut: tuple[Span, ...] = ()

    def having(self, field: str, span: Span, **changes: object) -> "Found":
        """With this field, read from there."""
        spans = (*self.draft.spans, (field, span))
        return Found(draft=replace(self.draft, **changes, spans=spans), cut=(*self.cut, span))  # type: ignore[arg-type]  # callers name fields


def drafts(text: str, clock: Clock) -> tuple[TaskDraft, ...]:
    """The tasks of a text, each with a title; "buy milk and call mom tomorrow" is two. Nothing for an empty text."""
    return tuple(
        _placed(draft(text[start:end], clock), start) for start, end in pieces(text) if text[start:end].strip()
    )


def draft(text: str, clock: Clock) -> TaskDraft:
    """The one task of a text that is not blank."""
    found = Found(draft=TaskDraft(title=""))
    found = _tagged(found, text)
    found = _in_project(found, text)
    found = _ranked(found, text)
    reminder = REMIND.search(text)
    hidden = found.cut + ((reminder.span(),) if reminder else ())
    found = _timed(found, _blanked(text, hidden), clock)
    if reminder:
        found = _reminded(found, reminder, clock)
    title = _title(text, found.cut)
    if not any(character.isalnum() for character in title):
        title = text.strip()
    return replace(found.draft, title=title[:TITLE_LENGTH].strip() or text.strip()[:TITLE_LENGTH])


def _tagged(found: Found, text: str) -> Found:
    quoted = quotes(text)
    for match in TAG.finditer(text):
        if not is_shielded(match.span(), quoted):
            found = found.having("tags", match.span(), tags=tuple(dict.fromkeys((*found.draft.tags, match["tag"]))))
    worded = TAGGED.search(text)
    if worded and not is_shielded(worded.span(), quoted):
        words = tuple(re.split(r"\s*,\s*|\s+and\s+", worded["tags"]))
        found = found.having("tags", worded.span(), tags=tuple(dict.fromkeys((*found.draft.tags, *words))))
    return found


def _in_project(found: Found, text: str) -> Found:
    match = PROJECT.search(text)
    if match is None or is_shielded(match.span(), quotes(text)):
        return found
    name = match["at"] or match["after"] or match["before"]
    # "project X" alone names a project only at the end; "present project results now" does not.
    is_led = re.match(r",?\s*\b(?:in|to|for|under|on|project:)", match[0], re.IGNORECASE)
    if match["after"] and not is_led and text[match.end() :].strip(" .!"):
        return found
    return found.having("project", match.span(), project=name)


def _ranked(found: Found, text: str) -> Found:
    quoted = quotes(text)
    match = NUMBERED_PRIORITY.search(text)
    if match and not is_shielded(match.span(), quoted):
        level = int(match["level"]) if match["level"] else WORDED[match["word"].lower()]
        return found.having("priority", match.span(), priority=level)
    for level, words in PRIORITY:
        match = words.search(text)
        if match and not is_shielded(match.span(), quoted):
            return found.having("priority", match.span(), priority=level)
    return found


def _timed(found: Found, text: str, clock: Clock) -> Found:
    """Recurrence, due and duration; of several dates the first counts, the others stay in the title."""
    readings = read(text, clock)
    rule = next((reading for reading in readings if reading.kind == "recurrence"), None)
    timed = [reading for reading in readings if reading.kind in ("point", "interval", "open", "time")]
    if rule:
        found = _recurring(found, rule, text, clock)
    for reading in sorted(timed, key=lambda reading: _rank(reading, text)):
        due = due_of(reading, clock)
        if due is None or (found.draft.due is not None and not rule):
            continue
        if rule and found.draft.due != due_of(rule, clock):
            continue
        found = found.having("due", reading.span, due=_merged(due, found.draft.due) if rule else due)
        found = _lasting(found, reading)
    length = next((reading for reading in readings if reading.kind == "duration" and _is_length(reading)), None)
    if length and found.draft.duration_minutes is None:
        minutes = (length.seconds or 0) // 60
        found = found.having("duration_minutes", length.span, duration_minutes=minutes)
    return found


def _rank(reading: Reading, text: str) -> tuple[bool, bool, int]:
    """Dates before mere times, dates to come before past ones."""
    return (reading.kind == "time", reading.weight < 0.75, reading.span[0])


def _recurring(found: Found, rule: Reading, text: str, clock: Clock) -> Found:
    found = found.having("recurrence", rule.span, recurrence=rule.rule, due=due_of(rule, clock))
    completion = completion_words(text)
    if completion is None:
        return found
    return found.having("recurs_from", completion, recurs_from="completion")


def _merged(said: Due, begun: Due | None) -> Due:
    """The date that was said beside a rule, at the time that either has."""
    if said.time is None and begun and begun.time:
        return Due(date=said.date, time=begun.time, zone=begun.zone)
    return said


def _lasting(found: Found, reading: Reading) -> Found:
    """A time from … to … is due at its start and takes that long."""
    if reading.kind != "interval" or reading.grain == "daypart":
        return found
    if not isinstance(reading.start, datetime) or not isinstance(reading.end, datetime):
        return found
    minutes = round((reading.end.astimezone(UTC) - reading.start.astimezone(UTC)) / timedelta(minutes=1))
    return replace(found, draft=replace(found.draft, duration_minutes=minutes)) if 0 < minutes <= 1440 else found


def _is_length(reading: Reading) -> bool:
    return 60 <= (reading.seconds or 0) <= 100_000 * 60 and reading.grain in ("minute", "hour")


def _reminded(found: Found, match: re.Match[str], clock: Clock) -> Found:
    """Before the due's time, or before the day begins."""
    due = found.draft.due
    if due is None:
        return found
    start = due.instant or datetime(due.date.year, due.date.month, due.date.day, tzinfo=clock.now.tzinfo)
    seconds = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}.get(unit(match["unit"]))
    if seconds is None:
        return found
    try:
        return found.having("remind_at", match.span(), remind_at=later(start, -seconds * number(match["amount"])))
    except OverflowError:
        return found


def _blanked(text: str, spans: tuple[Span, ...]) -> str:
    """The text with a sign in these places that no word about time contains, each letter still where it was."""
    for start, end in spans:
        text = text[:start] + "|" * (end - start) + text[end:]
    return text


def _title(text: str, cut: tuple[Span, ...]) -> str:
    for start, end in sorted(cut, reverse=True):
        text = text[:start] + (" " if text[end : end + 1].isalnum() else "") + text[end:]
    unlisted = LIST_NAME.sub(" ", text)
    title = " ".join(unlisted.split())
    if unlisted != text:
        title = ADDING.sub("", title)
    previous = None
    while title != previous:
        previous = title
        title = ASKING.sub("", LOOSE_START.sub("", EMPTY_MARKS.sub("", title)), count=1)
    title = LOOSE_END.sub("", title).rstrip(" .,;:").strip()
    if len(title) > 2 and title[0] in "\"'“‘" and title[-1] in "\"'”’" and not re.search(r"[\"“”]", title[1:-1]):
        title = title[1:-1].strip()
    return title[:1].upper() + title[1:]


def _placed(found: TaskDraft, offset: int) -> TaskDraft:
    return replace(found, spans=tuple((name, (start + offset, end + offset)) for name, (start, end) in found.spans))
