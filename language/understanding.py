"""What a message asks for: its requests, and the words in it that mean time.

The message is cut into clauses, each is read by the grammar of one kind of thing after another, and where the grammar
has only the shape of a sentence to go by, a guess at the intent from outside decides.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.people import Clock
from language import languages
from language.patterns import Wording, without
from language.request import Intent, Request
from language.requests import (
    appointments,
    corrections,
    habits,
    jottings,
    lists,
    new_tasks,
    notes,
    talk,
    task_changes,
    task_queries,
    topics,
)
from language.requests.frames import COURTESY, plain
from language.requests.guesses import ASKING, NEVER, QUESTION, Guess, question, settled
from language.requests.said_fields import said_fields
from language.requests.together import together
from language.sentences import requests as clauses_of
from language.spelling import mended
from language.verbs import BEGINNING, past_of, stem
from language.when import read, resolve

__all__ = ["Guess", "Intent", "Request", "Understanding", "understand"]

LONGEST = 4_000
"""Longer messages are read as a note or not at all."""
CLAUSES, LETTERS_A_CLAUSE = 25, 25
"""So many clauses are read of any message, and more where they are not shorter than this; of more it is too long."""
LONGEST_CLAUSE = 600
"""A longer one, which is longer than any title, is a note, something to remember or nothing."""
FIRST_WORD = re.compile(r"[a-z]+")
ORDERING = BEGINNING - {"do", "have", "get"}
"""Verbs that no question begins with."""
CODE = Wording(
    r"^\s*(?:[{`<]|\[(?![ x]?\])|\w+\s*\(\s*\{)|"
    r"\"(?:name|arguments|tool|tool_calls|function)\"\s*:|</?\w*(?:tool|function)\w*>|"
    r"^\s*(?:[a-z]+_[a-z]+|search|remember|forget|undo)\s*[({]"
)
CREDENTIALS = Wording(r"\bmy (?:user ?name|password|log ?in|token)(?: is|'s|:)\s")
BLANKS = re.compile(r"(\s{20})\s+")
"""More in a row say nothing, and wordings would look for their beginning at each."""
MANAGED = Wording(
    r"(?<!have )\bi (?:managed to|got to|was able to|finally got around to|got round to) (?P<verb>[a-z]+)\b"
)
PERSONAL = Wording(r"\b(?:that|i|i'm|my|me|we|our)\b")
SEARCH = Wording(r"^(?:search(?: for)?|look up|look for|find)\s+(?P<query>.+)", re.S)
# Orders about things that exist: where they are not read as such, a new task of their words is never what was meant.
ORDER = Wording(
    r"^(?:delete|remove|complete|finish|cancel|move|push|mark|reschedule|postpone|clear|archive|rename|"
    r"undo)\s+(?:everything|all|every|it|that|them|those)\b|"
    r"^(?:delete|remove|erase|rename|reschedule|postpone|undo|untag|mark)\b|"
    r"^(?:make|set|change) (?:it|that|this|them)\b|"
    r"^(?:set|make|change|move|update|edit)\s+(?:the|that|my|it)\b.*\b(?:due|priority|tag|times an?|hours?|earlier|"
    r"later|note|task)\b|"
    r"^(?:change|edit|update)\b.*\bnotes?\b|^add\b.*\bto (?:my|the|that)\b.*\b(?:task|note)\b|"
    r"^i (?:tried|almost|nearly)\b|\binstead of\b|"
    r"\bcan wait until\b|\bbefore$"
)


# "I need to sort my reminders. Can you …?": what follows is the order.
SETTING = Wording(
    r"^(?:(?:hey|hi|ok|okay|so|well|oh)[\s,!]+)*(?P<said>i (?P<verb>need|want|have|think|would like|am|"
    r"'m)\b[^.!?]{3,200})[.!]\s+(?=(?:so |then |please )?(?:can|could|would|will) you (?!also\b|please also\b|"
    r"help\b))"
)


@dataclass(frozen=True, kw_only=True)
class Understanding:
    """`times` pairs the words that mean time with how they are read, for a model to be told."""

    requests: tuple[Request, ...]
    times: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """What is laid on the human message."""
        return {
            "requests": [request.to_json() for request in self.requests],
            "times": [list(pair) for pair in self.times],
        }

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> "Understanding":
        """The inverse of `to_json`."""
        return cls(
            requests=tuple(Request.of_json(request) for request in value["requests"]),
            times=tuple((text, words) for text, words in value.get("times", ())),
        )

    @property
    def unsure(self) -> tuple[str, ...]:
        """The clauses for which a guess at the intent would help."""
        return tuple(request.text for request in self.requests if request.is_open)


def understand(text: str, clock: Clock, intents: Mapping[str, Guess] | None = None) -> Understanding:
    """Every request of a message, in its order; at least one, perhaps `unknown`.

    `intents` are guesses by the text of the requests that were `unsure` without them.
    """
    if not text.strip() or CODE.search(text[:LONGEST]):
        return _unknown(text)
    if (note := _note(text)) is not None:
        return Understanding(requests=(note,))
    if CREDENTIALS.search(text[:200]):
        return _unknown(text, credentials=True)
    text = MANAGED.sub(lambda found: f"I {past_of(found['verb'].lower())}", mended(BLANKS.sub(r"\1", text)))
    if replanned := topics.request(text, clock):
        return Understanding(requests=(replanned,))
    if (said := _talk(text.strip(), clock)) or ((said := corrections.carried_on(text.strip())) and said.sure):
        return Understanding(requests=(said,))
    whole = plain(_without_setting(text) if len(text) <= LONGEST else text)
    if len(whole) > LONGEST:
        return _unknown(whole, too_long=True)
    clauses = clauses_of(whole) or (whole,)
    if len(clauses) > CLAUSES + len(whole) // LETTERS_A_CLAUSE:
        return _unknown(whole, too_long=True)
    if language := languages.foreign(whole):
        return Understanding(requests=(Request(intent="foreign", text=whole, arguments={"language": language}),))
    if (fields := said_fields(whole, clock)) is not None:
        told = Request(intent="fields", text=whole, arguments=fields)
        return Understanding(requests=(told,))
    if both := habits.message(whole, clock) or notes.message(whole):
        return Understanding(requests=(both,))
    listed = lists.listed(whole, clock) or appointments.introduced(plain(text), clock)
    if listed := listed or task_queries.conditional(whole, clock):
        return Understanding(requests=(listed,))
    found = [_judged(request, clock, intents or {}) for request in _parts(whole, clauses, clock)]
    return Understanding(requests=together(found, clock))


def _unknown(text: str, **why: bool) -> Understanding:
    return Understanding(requests=(Request(intent="unknown", text=text[:LONGEST], arguments=why),))


def _too_long(text: str) -> Request:
    return Request(intent="unknown", text=text, arguments={"too_long": True})


def _note(text: str) -> Request | None:
    """A note before anything of the text is smoothed, so that its words stay exact."""
    return jottings.written(without(COURTESY, text.strip()).strip())


def _without_setting(text: str) -> str:
    """Without a first sentence that only tells what the order behind it is about."""
    found = SETTING.match(text)
    if not found:
        return text
    rest = text[found.end() :]
    shared = {stem(word) for word in re.findall(r"\w{4,}", found["said"])} & {
        stem(word) for word in re.findall(r"\w{4,}", rest)
    }
    only_told = found["verb"].lower() not in ("need", "want", "would like")
    return rest if only_told or shared - {"need", "want"} or re.search(r"\bto remind me\W*$", rest, re.I) else text


def _parts(text: str, clauses: Sequence[str], clock: Clock) -> list[Request]:
    """What each part asks for that asks by itself; what means nothing alone stays with the part it follows."""
    parts: list[tuple[str, Request | None]] = []
    read: dict[str, Request] = {}
    at = 0
    for part in clauses:
        start = text.find(part, at)
        gap = text[at:start] if start >= 0 else "."
        ended = not parts or start < 0 or re.search(r"[.!?;\n]", gap + parts[-1][0][-1:])
        request = read[part] = read.get(part) or _grammar(part, clock)
        if ended or request.intent != "unknown":
            parts.append((part, request))
        else:
            parts[-1] = (parts[-1][0] + gap + part, None)
        at = max(start, 0) + len(part)
    return [request or _grammar(part, clock) for part, request in parts]


def _judged(request: Request, clock: Clock, intents: Mapping[str, Guess]) -> Request:
    guess = intents.get(request.text)
    return settled(request, guess, clock) if request.is_open and guess else request


def _grammar(part: str, clock: Clock) -> Request:
    """What the words say by themselves."""
    text = plain(part).rstrip(" .!;,")
    if (first := FIRST_WORD.match(text.lower())) and first[0] in ORDERING:
        text = text.rstrip("? ")
    if not text:
        return Request(intent="unknown", text=part, sure=False)
    if len(text) > LONGEST_CLAUSE:
        return _note(part) or _talk(text, clock) or notes.request(text) or _too_long(text)
    bare = plain(corrections.without_lead(text)).rstrip(" .!;,")
    return (
        _note(part)
        or _talk(text, clock)
        or (bare != text and _talk(bare, clock))
        or corrections.request(text, clock)
        or _ordered(text, clock)
        or (bare != text and _ordered(bare, clock))
        or corrections.carried_on(text)
        or _asked(bare)
        or _created(bare, clock)
        or Request(intent="unknown", text=text, sure=False)
    )


def _talk(text: str, clock: Clock) -> Request | None:
    """What is said about the conversation; `what time is book club` is no question about the clock."""
    said = talk.request(text)
    if said is None:
        return None
    about = str(said.arguments.get("about") or "")
    if said.intent == "datetime" and about and not resolve(about, clock):
        return None
    is_planned = (
        said.intent == "memory_add"
        and not PERSONAL.search(text)
        and any(one.kind == "point" for one in read(text, clock))
    )
    return None if is_planned else said


def _ordered(text: str, clock: Clock) -> Request | None:
    """What is asked of things that are there."""
    return (
        notes.request(text)
        or habits.request(text, clock)
        or appointments.unfinished(text, clock)
        or task_queries.request(text, clock)
        or task_changes.request(text, clock)
        or appointments.request(text, clock)
    )


def _asked(text: str) -> Request | None:
    found = SEARCH.match(text)
    if found and not re.match(r"(?:an?|some|out)\b", found["query"]):
        query = re.sub(r"^(?:what i wrote|everything|anything) (?:about|on) ", "", found["query"])
        return Request(intent="question", text=text, arguments={"query": query})
    if ASKING.match(text) or QUESTION.search(text):
        asked = question(text)
        return asked if notes.SPOKE.match(str(asked.arguments["query"])) else asked.unsure()
    return None


def _created(text: str, clock: Clock) -> Request | None:
    if NEVER.search(text) or ORDER.search(text):
        return None
    return new_tasks.created(text, clock)
