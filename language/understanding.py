"""What a message asks for: its requests, and the words in it that mean time."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from domain.people import Clock
from language import habit_requests, note_requests, task_requests, when
from language.request import Intent, Request
from language.sentences import requests as parts_of

__all__ = ["Intent", "Request", "Understanding", "understand"]

LONGEST = 4_000
"""Longer messages are read as a note or not at all."""

COURTESY = re.compile(
    r"^(?:(?:hey|hi|hello|ok|okay|so|and|then|also|please|pls|now)\b[\s,]*|(?:can|could|would|will) you (?:please )?|"
    r"i(?:'d| would) like you to )+(?=\w)",
    re.I,
)
THANKS_AT_END = re.compile(r"[\s,]*\b(?:please|pls|thanks|thank you)\b[\s.!]*$", re.I)
CODE = re.compile(
    r"^\s*(?:[{`<]|\[(?![ x]?\])|\w+\s*\(\s*\{)|"
    r"\"(?:name|arguments|tool|tool_calls|function)\"\s*:|</?\w*(?:tool|function)\w*>|"
    r"^\s*(?:[a-z]+_[a-z]+|search|remember|forget|undo)\s*[({]",
    re.I,
)
GREETING = re.compile(
    r"^(?:hi|hello|hey|good (?:morning|afternoon|evening)|thanks|thank you|thx|cheers|"
    r"bye|goodbye|good night)\b[^?]{0,30}$",
    re.I,
)
HELP = re.compile(
    r"^(?:help|what can you do|what do you do|how do(?:es)? (?:this|you|it) work|who are you)\b.{0,30}$", re.I
)
UNDO = re.compile(r"^(?:undo|revert|roll ?back|take (?:that|it) back)\b(?! the (?:paint|screw)).{0,40}$", re.I)
REMEMBER = re.compile(
    r"^(?:remember|keep in mind|don'?t forget|do not forget)\b(?!\s+(?:to|about)\b)(?:\s+that)?[\s:,]+(?P<text>.+)",
    re.I | re.S,
)
FORGET = re.compile(
    r"^(?:forget|stop remembering)\s+(?:about\s+)?"
    r"(?:that\s+|what i (?:said|told you) about\s+|the memory (?:that|about|of)\s+)?(?P<text>.+)",
    re.I | re.S,
)
QUESTION = re.compile(
    r"^(?:what|when|where|who|whom|whose|which|why|how|did|does|is|are|was|were|has|have i|am|should|can i|could i|"
    r"do (?:i|we|you|they|my|any))\b|^tell me (?:about|what|when|where|who|how|which|why)\b",
    re.I,
)
SEARCH = re.compile(r"^(?:search(?: for)?|look up|look for|find)\s+(?P<query>.+)", re.I | re.S)
NEVER = re.compile(
    r"^(?:tell|write|sing|give|show|teach|read|draw|make|get|ask) me\b|"
    r"^(?:explain|translate|calculate|pretend|imagine|ignore)\b",
    re.I,
)
# Orders about things that exist: where they are not read as such, a new task of their words is never what was meant.
ORDER = re.compile(
    r"^(?:delete|remove|complete|finish|cancel|move|push|mark|reschedule|postpone|clear)\s+(?:everything|all|every)\b|"
    r"^(?:set|make|change|move|update)\s+(?:the|that|my|it)\b.*\b(?:due|priority|tag|times an?|hours?|earlier|later)\b|"
    r"^(?:change|edit|update)\b.*\bnote\b|"
    r"^add\b.*\bto (?:my|the|that)\b.*\b(?:task|note)\b|^add to (?:my|the|that) note\b|"
    r"^i (?:tried|almost|nearly)\b|\binstead of\b|\bcan wait until\b|\bbefore$",
    re.I,
)


@dataclass(frozen=True, kw_only=True)
class Understanding:
    """`times` pairs the words that mean time with how they are read."""

    requests: tuple[Request, ...]
    times: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """What is laid on the human message."""
        return {
            "requests": [asdict(request) for request in self.requests],
            "times": [list(pair) for pair in self.times],
        }

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> "Understanding":
        """The inverse of `to_json`."""
        return cls(
            requests=tuple(Request(**request) for request in value["requests"]),
            times=tuple((text, words) for text, words in value.get("times", ())),
        )


def understand(text: str, clock: Clock) -> Understanding:
    """Every request of a message, in its order; at least one, perhaps `unknown`."""
    if not text.strip() or CODE.search(text[:LONGEST]):
        return Understanding(requests=(Request(intent="unknown", text=text[:LONGEST]),))
    if (note := _note(text)) is not None:
        return Understanding(requests=(note,))
    whole = _plain(text)
    if len(whole) > LONGEST:
        return Understanding(requests=(Request(intent="unknown", text=whole[:LONGEST]),))
    found = tuple(_request(part, clock) for part in _parts(whole, clock))
    return Understanding(requests=found, times=_times(whole, clock))


def _note(text: str) -> Request | None:
    """A note before anything of the text is smoothed, so that its words stay exact."""
    return note_requests.written(COURTESY.sub("", text.strip()).strip())


def _plain(text: str) -> str:
    """Without the courtesies around it, apostrophes straight."""
    text = text.strip().replace("’", "'")
    plain = COURTESY.sub("", text).strip()
    ended = plain if len(plain) > LONGEST else THANKS_AT_END.sub("", plain).strip()
    return ended or text


def _parts(text: str, clock: Clock) -> list[str]:
    """The parts that ask for something by themselves; what means nothing alone stays with the part it follows."""
    parts: list[str] = []
    at = 0
    for part in parts_of(text) or (text,):
        start = text.find(part, at)
        gap = text[at:start] if start >= 0 else "."
        alone = not parts or start < 0 or re.search(r"[.!?;\n]", gap) or _request(part, clock).intent != "unknown"
        if alone:
            parts.append(part)
        else:
            parts[-1] = parts[-1] + gap + part
        at = max(start, 0) + len(part)
    return parts


def _request(part: str, clock: Clock) -> Request:
    text = _plain(part).rstrip(" .!;,")
    return (
        _note(part)
        or _about_us(text)
        or note_requests.request(text)
        or habit_requests.request(text, clock)
        or task_requests.request(text, clock)
        or _question(text)
        or (None if NEVER.search(text) or ORDER.search(text) else task_requests.created(text, clock))
        or (
            Request(intent="question", text=text, arguments={"query": text.rstrip("? ")})
            if text.endswith("?")
            else None
        )
        or Request(intent="unknown", text=part)
    )


def _about_us(text: str) -> Request | None:
    if GREETING.match(text):
        return Request(intent="greeting", text=text)
    if HELP.match(text):
        return Request(intent="help", text=text)
    if UNDO.match(text):
        return Request(intent="undo", text=text)
    if found := REMEMBER.match(text):
        return Request(intent="memory_add", text=text, arguments={"text": found["text"]})
    if found := FORGET.match(text):
        return Request(intent="memory_forget", text=text, reference=found["text"])
    return None


def _question(text: str) -> Request | None:
    if QUESTION.search(text):
        return _to_answer(text)
    found = SEARCH.match(text)
    if found and not re.match(r"(?:a|an|some|out)\b", found["query"]):
        query = re.sub(r"^(?:what i wrote|everything|anything) (?:about|on) ", "", found["query"])
        return Request(intent="question", text=text, arguments={"query": query})
    return None


def _to_answer(text: str) -> Request:
    return Request(intent="question", text=text, arguments={"query": text.rstrip("? ")})


def _times(text: str, clock: Clock) -> tuple[tuple[str, str], ...]:
    readings = ((reading, when.due_of(reading, clock)) for reading in when.read(text, clock))
    return tuple((reading.text, when.in_words(due, clock)) for reading, due in readings if due is not None)
