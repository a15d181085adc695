"""Titles: what a conversation is about, in a few words of the person's own."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from domain.people import Clock
from language.patterns import Wording
from language.quick_add import drafts
from language.request import Request
from language.requests.talk import INTENTS, PATTERNS
from language.summaries import EMPTY
from language.understanding import CODE, understand
from language.words import MONTHS, VERBS, WEEKDAYS

LENGTH = 60
LOOKED_AT = 400
# Words for time are taken out whatever day it is.
CLOCK = Clock(now=datetime(2000, 1, 1, 12, tzinfo=UTC))
_ENGLISH = """
today tomorrow tonight yesterday morning afternoon evening week weekend weekly daily month remind me please task tasks
note notes habit habits list reminder every next last buy show delete mark done plan find undo what's i'm i'd don't
"""
ENGLISH = (EMPTY | VERBS | set(_ENGLISH.split()) | set(WEEKDAYS) | set(MONTHS)) - {"am", "an", "so", "her", "a", "do"}
# Frequent words of the neighbours that are no English ones.
_FOREIGN = """
aan att au auch auf aujourd'hui aux avec bei bij bitte che com como con czy dans das de dem demain den der des dla
domani du een ein eine einen el em en est et für från heute het hoy ich il io ist je jest jutro le les los mañana med
mein meine mi mich mij mir mit moi mon más nach naar nicht niet nous não och oder oggi op para por pour przez que quiero
qué se sich sur te um uma un und une uno vill vom von voor vous wie wir zu zum zur à är że
"""
FOREIGN = frozenset(_FOREIGN.split())
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
FRAME = Wording(
    r"^(?:(?:what|who|whom|when|where)(?:'s|\s+(?:is|are|was|were))\s+(?=\w+(?:\s|$))|"
    r"(?:what|which|where|when)\s+(?:did|do|have)\s+(?:i|we)\s+(?:ever\s+)?(?:write|wrote|written|note|noted|say|said|know)"
    r"(?:\s+down)?\s+(?:about|on|of)\s+|"
    r"how\s+(?:do|can|could|should|would)\s+(?:i|we|you|one)\s+|how\s+to\s+|"
    r"(?:tell|give|show|write|teach|draw|make|get|find|sing|read)\s+me\s+(?:about\s+|how\s+to\s+)?(?=\w)|"
    r"(?:show|list|search(?:\s+for)?|look\s+(?:up|for)|tell\s+me\s+about|explain|describe)\s+(?=\w)|"
    r"do\s+i\s+have\s+)"
)
WISH = Wording(
    r"^(?:help\s+(?:me\s+)?(?:to\s+|with\s+)?|i(?:'d|\s+would)?\s+(?:need|want|like)\s+(?:to\s+)?|"
    r"i(?:'m|\s+am)\s+(?:thinking\s+(?:about|of)|looking\s+for)\s+)(?=\w)"
)
LEFT_HANGING = Wording(r"\s+(?:to|of|until|till|from|about|with|for)$")
DETERMINER = Wording(r"^(?:(?:the|my|our|an?|some|any|all)\s+)+(?=\w)")
MARKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
QUOTES = re.compile(r"[\"“”„«»`*]|(?<!\w)['‘’]|['‘’](?!\w)")
THOUGHTS = Wording(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
LABEL = Wording(r"^(?:(?:chat|conversation|thread)\s+)?title\s*[:：–—-]\s*")


def title(said: Sequence[str]) -> str | None:
    """What the first message that asks for something asks for, and as much as fits of what else it does.

    None where they only greet. Another language than English is left as it is, but for its length.
    """
    return next((found for text in said if (found := _joined(_subjects(text)))), None)


def cleaned(answer: str) -> str:
    """The title in a model's answer: one line without quotation marks, cut; empty where there is none."""
    lines = (QUOTES.sub("", _plain(line)) for line in THOUGHTS.sub("", answer).splitlines())
    named = (LABEL.sub("", line.strip(" #-_")).strip(" .,;:-_") for line in lines)
    return _cut(next((line for line in named if WORD.search(line)), ""))


def _subjects(text: str) -> list[str]:
    """What it asks for, one by one; nothing where it only greets."""
    whole = _beginning(text.strip())
    asked = [request for request in understand(whole, CLOCK).requests if not _is_courtesy(request, whole)]
    if asked and (CODE.search(whole) or not _is_english(whole)):
        return [_first_line(whole)]
    return [_as_said(_plain(words), whole) for request in asked for words in _subject(request)]


def _beginning(text: str) -> str:
    """A short message, or how a note begins; what else is long has its subject in its first line."""
    head = text[:LOOKED_AT]
    if len(text) <= LOOKED_AT or understand(head, CLOCK).requests[0].intent == "note_write":
        return head
    return _first_line(head)


def _is_courtesy(request: Request, text: str) -> bool:
    match request.intent:
        case "greeting":
            return True
        case "help":
            return not WISH.match(request.text)
        case "unknown":
            return any(INTENTS[place] == "greeting" for place, _ in PATTERNS.matches(text))
        case _:
            return False


def _subject(request: Request) -> list[str]:
    given = request.arguments
    match request.intent:
        case "task_create":
            named = [task["title"] for task in given["tasks"] if "title" in task] or [request.text]
            return [DETERMINER.sub("", WISH.sub("", words)) for words in named]
        case "note_write" if given:
            return [given.get("title") or _first_line(given["body"])]
        case "memory_add":
            return [_without_times(given["text"])]
        case "habit_create":
            return [given["name"]]
        case "habit_insights":
            return [f"{_named(request.reference)} habit" if request.reference else "Habits"]
        case "task_find" if given.get("ask"):
            return [_named(request.text)]
        case "task_find":
            kind = next((kind for kind in ("overdue", "done") if kind in (given.get("due"), given.get("status"))), "")
            return [f"{kind} tasks{_narrowed(given)}{' due' if given.get('due') and not kind else ''}".strip()]
        case "note_find":
            return [f"Notes{_narrowed(given)}"]
        case "note_summarize":
            return [f"Summary of notes{_narrowed(given)}"]
        case "plan_day":
            return ["Plan of the day"]
        case "question":
            return [_named(given["query"])]
        case _:
            return [_named(request.text)]


def _narrowed(given: Mapping[str, Any]) -> str:
    about, tag = given.get("query") or given.get("about"), given.get("tag")
    return f" about {_named(about)}" if about else f" tagged {tag}" if tag else ""


def _named(words: str) -> str:
    """Without the frame of a question, its times and what points at things; as it was where nothing else is left."""
    plain = _plain(words).rstrip(" ?!.")
    named = _without_times(DETERMINER.sub("", FRAME.sub("", WISH.sub("", plain))))
    return named if WORD.search(named) else plain


def _without_times(words: str) -> str:
    title = next((draft.title for draft in drafts(words, CLOCK)), words)
    return LEFT_HANGING.sub("", words[:1] + title[1:] if title[:1] == words[:1].upper() else title)


def _as_said(words: str, text: str) -> str:
    """With a capital only where the person wrote one; a reading puts one in front."""
    small = words[:1].lower() + words[1:]
    return small if small in text else words


def _first_line(body: str) -> str:
    return next((line for line in map(_plain, body.splitlines()) if WORD.search(line)), _plain(body))


def _joined(subjects: Sequence[str]) -> str:
    """The first of them, and those after it that fit beside it."""
    told = ""
    for subject in dict.fromkeys(subjects):
        longer = f"{told}, {_within(subject)}" if told else _cut(_capital(subject))
        if len(longer) > LENGTH:
            break
        told = longer
    return told


def _capital(words: str) -> str:
    return words if re.match(r"\w+:/|\S+@", words) else words[:1].upper() + words[1:]


def _within(words: str) -> str:
    """As it stands within a sentence: a verb begins small."""
    first = WORD.match(words)
    return words[:1].lower() + words[1:] if first and first[0].lower() in VERBS else words


def _plain(words: str) -> str:
    """One line without marks of Markdown before it."""
    return " ".join(MARKS.sub(" ", words).split()).strip(" #*>\t") or " ".join(words.split())


def _cut(words: str) -> str:
    """At most 60 characters, cut at a word where there is one."""
    if len(words) <= LENGTH:
        return words
    kept = words[: LENGTH - 1]
    at = kept.rfind(" ") if words[LENGTH - 1] != " " else len(kept)
    return (kept[:at] if at > LENGTH // 3 else kept).rstrip(" ,.;:-–—(\u200d") + "…"


def _is_english(text: str) -> bool:
    words = [word.lower().replace("’", "'") for word in WORD.findall(text)]
    ours, others = sum(word in ENGLISH for word in words), sum(word in FOREIGN for word in words)
    return ours > others
