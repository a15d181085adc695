"""What a message asks for: its requests, and the words in it that mean time.

The message is cut into clauses, each is read by the grammar of one kind of thing after another, and where the grammar
has only the shape of a sentence to go by, a guess at the intent from outside decides.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from domain.people import Clock
from language import (
    appointments,
    corrections,
    habit_requests,
    languages,
    note_requests,
    talk,
    task_changes,
    task_queries,
    task_requests,
)
from language.explained import explained
from language.frames import COURTESY, named, plain, points, tight
from language.request import Intent, Request
from language.said_fields import said_fields
from language.sentences import requests as clauses_of
from language.together import together
from language.verbs import BEGINNING, stem
from language.when import read, resolve

__all__ = ["Guess", "Intent", "Request", "Understanding", "understand"]

LONGEST = 4_000
"""Longer messages are read as a note or not at all."""
LIKELY = 0.45
"""From this probability a guess decides where the grammar is unsure."""
NEARLY_SURE = 0.85
"""From this probability a guess stops what only looks like a thing to do."""
CODE = re.compile(
    r"^\s*(?:[{`<]|\[(?![ x]?\])|\w+\s*\(\s*\{)|"
    r"\"(?:name|arguments|tool|tool_calls|function)\"\s*:|</?\w*(?:tool|function)\w*>|"
    r"^\s*(?:[a-z]+_[a-z]+|search|remember|forget|undo)\s*[({]",
    re.I,
)
CREDENTIALS = re.compile(r"\bmy (?:user ?name|password|log ?in|token)(?: is|'s|:)\s", re.I)
PERSONAL = re.compile(r"\b(?:that|i|i'm|my|me|we|our)\b", re.I)
QUESTION = re.compile(
    r"^(?:what|what's|whats|when|where|who|who's|whom|whose|which|why|how|how's|did|does|is|are|was|were|has|have i|"
    r"am|should|can i|could i|"
    r"do (?:i|we|you|they|my|any))\b|^tell me (?:again )?about\b|"
    r"^(?:tell|remind) me (?:again )?(?:what|when|where|who|how|which|why)\b|\?$",
    re.I,
)
SEARCH = re.compile(r"^(?:search(?: for)?|look up|look for|find)\s+(?P<query>.+)", re.I | re.S)
NEVER = re.compile(
    r"^(?:tell|write|sing|give|show|teach|read|draw|make|get|ask|play|find|explain) (?:me|us)\b(?! (?:an? |another "
    r")?(?:new )?(?:reminder|task|note|list|alarm|to-?do|event|meeting|appointment)\b)|"
    r"^(?:explain|translate|calculate|compute|pretend|imagine|ignore|sing|play|turn (?:on|off|up|down|the)|define|"
    r"spell|convert|recommend|suggest|navigate|"
    r"switch (?:on|off)|dim|roll a|flip a|say)\b",
    re.I,
)
# Orders about things that exist: where they are not read as such, a new task of their words is never what was meant.
ORDER = re.compile(
    r"^(?:delete|remove|complete|finish|cancel|move|push|mark|reschedule|postpone|clear|archive|rename|"
    r"undo)\s+(?:everything|all|every|it|that|them|those)\b|"
    r"^(?:delete|remove|erase|rename|reschedule|postpone|undo|untag|mark)\b|"
    r"^(?:make|set|change) (?:it|that|this|them)\b|"
    r"^(?:set|make|change|move|update|edit)\s+(?:the|that|my|it)\b.*\b(?:due|priority|tag|times an?|hours?|earlier|"
    r"later|note|task)\b|"
    r"^(?:change|edit|update)\b.*\bnotes?\b|^add\b.*\bto (?:my|the|that)\b.*\b(?:task|note)\b|"
    r"^i (?:tried|almost|nearly)\b|\binstead of\b|\bcan wait until\b|\bbefore$",
    re.I,
)


# "I need to sort my reminders. Can you …?": what follows is the order.
SETTING = re.compile(
    r"^(?:(?:hey|hi|ok|okay|so|well|oh)[\s,!]+)*(?P<said>i (?P<verb>need|want|have|think|would like|am|"
    r"'m)\b[^.!?]{3,200})[.!]\s+(?=(?:so |then |please )?(?:can|could|would|will) you (?!also\b|please also\b|"
    r"help\b))",
    re.I,
)


@dataclass(frozen=True, kw_only=True)
class Guess:
    """A judgement from outside the grammar: which intent a clause has, and whether it is none of ours."""

    intent: str
    probability: float
    is_out_of_scope: bool = False


@dataclass(frozen=True, kw_only=True)
class Understanding:
    """`times` pairs the words that mean time with how they are read."""

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
    if (said := _talk(text.strip(), clock)) or ((said := corrections.carried_on(text.strip())) and said.sure):
        return Understanding(requests=(said,))
    whole = plain(_without_setting(text) if len(text) <= LONGEST else text)
    if len(whole) > LONGEST:
        return _unknown(whole, too_long=True)
    if language := languages.foreign(whole):
        return Understanding(requests=(Request(intent="foreign", text=whole, arguments={"language": language}),))
    if (fields := said_fields(whole, clock)) is not None:
        told = Request(intent="fields", text=whole, arguments=fields)
        return Understanding(requests=(told,), times=explained(whole, clock))
    listed = task_requests.listed(whole, clock) or appointments.introduced(plain(text), clock)
    if listed := listed or task_queries.conditional(whole, clock):
        return Understanding(requests=(listed,), times=explained(whole, clock))
    found = [_request(part, clock, intents or {}) for part in _parts(whole, clock)]
    return Understanding(requests=together(found), times=explained(whole, clock))


def _unknown(text: str, **why: bool) -> Understanding:
    return Understanding(requests=(Request(intent="unknown", text=text[:LONGEST], arguments=why),))


def _note(text: str) -> Request | None:
    """A note before anything of the text is smoothed, so that its words stay exact."""
    return note_requests.written(COURTESY.sub("", text.strip()).strip())


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


def _parts(text: str, clock: Clock) -> list[str]:
    """The parts that ask for something by themselves; what means nothing alone stays with the part it follows."""
    parts: list[str] = []
    at = 0
    for part in clauses_of(text) or (text,):
        start = text.find(part, at)
        gap = text[at:start] if start >= 0 else "."
        ended = not parts or start < 0 or re.search(r"[.!?;\n]", gap + parts[-1][-1:])
        if ended or _grammar(part, clock).intent != "unknown":
            parts.append(part)
        else:
            parts[-1] = parts[-1] + gap + part
        at = max(start, 0) + len(part)
    return parts


def _request(part: str, clock: Clock, intents: Mapping[str, Guess]) -> Request:
    request = _grammar(part, clock)
    guess = intents.get(request.text)
    return _settled(request, guess, clock) if request.is_open and guess else request


def _grammar(part: str, clock: Clock) -> Request:
    """What the words say by themselves."""
    text = plain(part).rstrip(" .!;,")
    if (first := re.match(r"[a-z]+", text.lower())) and first[0] in BEGINNING - {"do", "have", "get"}:
        text = text.rstrip("? ")
    if not text:
        return Request(intent="unknown", text=part, sure=False)
    bare = corrections.without_lead(text)
    return (
        _note(part)
        or _talk(text, clock)
        or _talk(bare, clock)
        or corrections.request(text, clock)
        or _ordered(text, clock)
        or (bare != text and _ordered(bare, clock))
        or corrections.carried_on(text)
        or _asked(text)
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
        note_requests.request(text)
        or habit_requests.request(text, clock)
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
    if QUESTION.search(text):
        return _question(text).unsure()
    return None


def _question(text: str) -> Request:
    return Request(intent="question", text=text, arguments={"query": text.rstrip("? ")})


def _created(text: str, clock: Clock) -> Request | None:
    if NEVER.search(text) or ORDER.search(text):
        return None
    return task_requests.created(text, clock)


def _settled(request: Request, guess: Guess, clock: Clock) -> Request:
    """The reading that a guess at the intent gives, where it is likely and the words can be read that way."""
    if request.intent == "task_create" and task_requests.is_bare(request):
        return _bare_order(request, guess, clock)
    if guess.is_out_of_scope or guess.intent == "out_of_scope":
        if request.intent == "question":
            return replace(request, arguments={**request.arguments, "far": True})
        is_weak = request.intent == "unknown" or guess.probability >= NEARLY_SURE
        return replace(request, intent="unknown", arguments={}, otherwise=None) if is_weak else request
    is_ours = request.intent != "question" or re.search(r"\b(?:i|i'm|i've|my|me|we|our)\b", request.text, re.I)
    if guess.probability < LIKELY or guess.intent == request.intent or not is_ours or NEVER.search(request.text):
        return request
    return _as(guess.intent, request.text, clock) or request


def _bare_order(request: Request, guess: Guess, clock: Clock) -> Request:
    """`turn the lights off`: where it is hardly one of the person's things to do, they are asked."""
    if guess.intent == "out_of_scope" and guess.probability >= NEARLY_SURE:
        return replace(request, arguments={**request.arguments, "confirm": True})
    is_look = (
        guess.intent in ("task_find", "note_find", "plan_day", "habit_insights") and guess.probability >= NEARLY_SURE
    )
    return (_as(guess.intent, request.text, clock) or request) if is_look else request


def _as(intent: str, text: str, clock: Clock) -> Request | None:
    """The text read as what it is said to be, None where it cannot be."""
    content = tight(named(corrections.without_lead(text).rstrip("?")))
    match intent:
        case "greeting" | "thanks" | "goodbye" | "praise":
            return Request(intent="greeting", text=text)
        case "datetime" if not re.search(r"\?|^(?:what|which|when|tell|how)\b", text, re.I):
            return None
        case "help" | "smalltalk" | "undo" | "affirm" | "deny" | "datetime" | "memory_find" | "plan_day":
            return Request(intent=intent, text=text)
        case "task_create":
            return None if NEVER.search(text) or QUESTION.match(text) else task_requests.drafted(text, clock)
        case "task_find":
            return task_queries.listed(text, clock)
        case "note_find":
            return note_requests.found_notes(text)
        case "note_summarize":
            return note_requests.summarized(text)
        case "habit_insights" if re.search(r"\b(?:habits?|streak|progress|going|doing|track|often)\b", text, re.I):
            return Request(intent="habit_insights", text=text)
        case "habit_log":
            return habit_requests.logged(f"log {text}", clock) if not text.endswith("?") else None
        case "memory_add":
            return Request(intent="memory_add", text=text, arguments={"text": text})
        case "question":
            return _question(text)
        case "task_complete" | "task_delete":
            return Request(intent=intent, text=text, reference=content) if points(content) else None
    return None
