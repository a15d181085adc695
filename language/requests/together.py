"""The requests of one message together: what belongs to the one before it, and what is only said around them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from domain.people import Clock
from language.patterns import Wording
from language.request import Request
from language.requests.details import details_of
from language.requests.frames import named
from language.requests.rhythms import amount_of
from language.verbs import BEGINNING

PRONOUNS = frozenset({"it", "that", "this", "them", "that one", "this one", "that task", "this task"})
DETAILS = frozenset({"due", "priority", "add_tags", "recurrence", "duration", "project", "remind"})
ONCE = frozenset({"undo", "greeting", "help", "unknown", "affirm"})
LOOSE = frozenset({"correct", "unknown", "task_create", "task_update", "fields"})
ASIDE = frozenset({"greeting", "smalltalk", "unknown", "affirm", "deny"})
TOLD = Wording(r"^(?:i have an?|i've got an?|today is|it is|i think|i guess)\b")
KEPT = Wording(
    r"^(?:please |can you )*(?:keep|start)? ?(?:track(?:ing)?|count(?:ing)?|log(?:ging)?|watch)(?: of)? (?:that|it|"
    r"this|them)\b"
)
TAG = Wording(r"(?:and )?tags?:?\s+(?:it )?#?(?P<tag>[\w-]+)")
ADD_IT = Wording(
    r"(?:(?:so|and|also|please|just|can you|could you|would you|do)\s+)*(?:(?:add|put|write|note|schedule|set|enter|"
    r"jot|save|pop|stick)\s+"
    r"(?:it|that|this|them|those)(?:\s+(?:all|down|in|up|there|for me|please|(?:on|to|in|into|onto) (?:my|the) "
    r"[\w-]+(?: list)?))*|"
    r"(?:do )?remind me(?: (?:of|about) (?:it|that|this|them))?(?: then| please)?)"
)
CHANGES = frozenset({"task_update", "task_complete", "task_delete"})
DO_IT = Wording(
    r"(?:(?:so|and|please|just|can you|could you|would you|do)\s+)*(?:change|update|adjust|fix|correct|do|make|edit|"
    r"record|note|log|mark)\s+(?:it|that|this|so)"
    r"(?: (?:accordingly|then|please|for me|down|like that|so))*"
)
HAD = Wording(r"^i (?:already |just )?(?:have|got|bought|did|do have) (?P<what>.+)$")
ORDERED = Wording(rf"^(?:{'|'.join(sorted(BEGINNING))})\b")


def together(requests: Sequence[Request], clock: Clock) -> tuple[Request, ...]:
    """Each once; a pronoun stands for what the part before it named, a remark on a new task is part of it."""
    joined: list[Request] = []
    for request in requests:
        both = (_told_more(joined[-1], request, clock) or _both(joined[-1], request)) if joined else None
        joined[-1:] = both if both is not None else [*joined[-1:], request]
    return tuple(_meant(joined))


def _told_more(before: Request, request: Request, clock: Clock) -> list[Request] | None:
    """A new task with what is said of it before (`Urgent!`) or after (`Tag: home.`)."""
    if before.intent == "task_create" and ADD_IT.fullmatch(request.text.strip(" .!?")):
        return [before]
    if before.intent == "task_create" and (details := details_of(request.text, clock)):
        return [_with_details(before, details)]
    if request.intent == "task_create" and before.intent in LOOSE and (details := details_of(before.text, clock)):
        return [_with_details(request, details)]
    if before.intent in CHANGES and DO_IT.fullmatch(request.text.strip(" .!?")):
        return [before]
    if before.intent == request.intent == "task_create" and before.arguments.get("missing") == "title":
        return [_with_details(request, before.arguments["tasks"][0])] if "missing" not in request.arguments else None
    if before.intent == request.intent == "task_create" and before.arguments.get("missing") == "due":
        return [replace(before, arguments={"tasks": before.arguments["tasks"]}), request]
    return None


def _both(before: Request, request: Request) -> list[Request] | None:
    """What two neighbours come to, None where each stands by itself."""
    if before.intent == request.intent == "task_create" and request.arguments["tasks"] == [{}]:
        return [before]
    if before.intent == request.intent == "task_create" and "confirm" not in before.arguments:
        given = {name: value for name, value in request.arguments.items() if name != "confirm"}
        return [before, replace(request, arguments=given)]
    if before.intent == "task_create" and (details := _details(request)):
        return [_with_details(before, details)]
    if before.intent == "habit_create" and request.intent == "task_create" and KEPT.match(request.text):
        return [before]
    amount = amount_of(request.text) if before.intent == "habit_log" and request.intent == "unknown" else None
    if amount and "value" not in before.arguments:
        return [replace(before, arguments={**before.arguments, "value": amount.value, "unit": amount.unit})]
    if before.intent == request.intent == "habit_log" and request.reference == "it":
        return [replace(before, arguments={**request.arguments, **before.arguments})]
    if before.intent == request.intent and request.intent in ONCE:
        return [before]
    if before.intent == "unknown" and _is_pronoun(request.reference) and (had := HAD.match(before.text)):
        return [replace(request, reference=named(had["what"]))]
    if not before.reference or not _is_pronoun(request.reference):
        return None
    if before.intent == "task_complete" and request.intent == "task_delete":
        return [replace(request, reference=before.reference)]
    if before.intent.partition("_")[0] != request.intent.partition("_")[0]:
        return None
    same = replace(request, reference=before.reference)
    is_same = before.intent == request.intent and before.arguments == request.arguments
    return [before] if is_same else [before, same]


def _details(request: Request) -> dict[str, Any]:
    """What a part says further of the thing named before: `it's urgent, tag it #home`, `tag: home`."""
    if tagged := TAG.fullmatch(request.text):
        return {"tags": [tagged["tag"]]}
    given = dict(request.arguments)
    is_same = request.intent == "task_update" and _is_pronoun(request.reference) and "clear" not in given
    if not is_same and not (request.intent == "correct" and set(given) <= DETAILS):
        return {}
    tags = given.pop("add_tags", None)
    return {**given, **({"tags": tags} if tags else {})}


def _with_details(request: Request, details: Mapping[str, Any]) -> Request:
    """The last of the new tasks with the details that it has not yet."""
    *tasks, last = request.arguments["tasks"]
    merged = {**details, **last, **({"tags": [*last.get("tags", ()), *details["tags"]]} if "tags" in details else {})}
    lacks = None if details.keys() & {"due", "recurrence"} else request.arguments.get("missing")
    return replace(request, arguments={"tasks": [*tasks, merged], **({"missing": lacks} if lacks else {})})


def _is_pronoun(words: str | None) -> bool:
    return words is not None and words.lower() in PRONOUNS


def _meant(requests: list[Request]) -> list[Request]:
    """Without the sentences around what is asked: courtesies, and what is only told."""
    if any(request.intent == "greeting" for request in requests):
        requests = [request for request in requests if request.intent not in ("affirm", "deny")]
    orders = [request for request in requests if request.intent not in ASIDE and not TOLD.match(request.text)]
    if not orders or any(request.intent == "undo" for request in orders):
        return orders or requests
    return [one for one in requests if one in orders or (one.intent == "unknown" and ORDERED.match(one.text))]
