"""Details: what a new task has beside its title, and the few words that add some to a task named before or after."""

import re
from itertools import takewhile
from typing import Any

from domain.due import Due
from domain.people import Clock
from language.alternatives import alternatives
from language.patterns import Found, Wording
from language.quick_add import draft as drafted
from language.quick_add import said
from language.readings import TaskDraft
from language.recurrence import read_rule
from language.requests.frames import tight
from language.rules.exceptions import EXCEPT
from language.when import due_of, read, resolve
from language.words import MONTH

LINE, LONGEST = 1_000, 120
LAST_DAY = Wording(r"\s+(?P<day>mon|tues?|wed|thu|thurs?|fri|sat|sun)$")
# What says a day that no calendar has is given on as a time, so that it is refused and not made part of a title.
UNREAD_DUE = Wording(
    rf"(?:^|[\s,]+)(?:due\s+)?(?:by|on|in)\s+(?P<due>(?:the\s+)?(?:year\s+\d+|\d{{5,}}|{MONTH}\s+\d{{1,2}}(?:st|nd|"
    rf"rd|th)?|"
    rf"\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH}))(?!\w)(?:\s+to\b)?"
)
TAG = r"(?:tags?|labels?|hash\s?tags?|categor(?:y|ies))"
# "tag: health", "the tag health", "tag it as health", "under #health"
TAG_BEFORE = Wording(
    rf"(?:(?<=[,.;(–—-]\s)|(?<=[,.;(])|^|\b(?:with|and|under|having|use|using|add|give it|has)\s+)+"
    rf"(?:and\s+|please\s+|also\s+|add\s+|with\s+|under\s+|use\s+)*(?:the\s+|a\s+|its\s+)?{TAG}(?:ged|"
    rf"led)?(?:\s+(?:it|this|that))?"
    r"(?:\s+(?:is|as|with|under|should be|to be))?\s*[:=]?\s*[\"'“]?#?(?P<tag>[a-z][\w-]*)[\"'”]?"
    r"(?=\s*(?:[,.;!)\n]|$|\s+(?:and|with|please)\b))"
)
# "health tag", "with a health label"
TAG_BEHIND = Wording(
    rf"(?:(?<=[,.;(–—-]\s)|^|\b(?:with|and|under)\s+)(?:and\s+|with\s+|add\s+)*(?:the\s+|a\s+)?#?(?P<tag>(?!the\b|"
    rf"a\b|it\b)[a-z][\w-]*)\s+{TAG}"
    r"(?=\s*(?:[,.;!)\n]|$))"
)
TAG_SIGN = Wording(r"\b(?:tagged|labelled|labeled|under|with|and|in|has|use|using)\s+(?:(?:the|a)\s+)?(?=#[a-z])")
BREAK = re.compile(r"\s+(?:[–—|/-]|\|\|)\s+(?=\S)")
FILLER = Wording(
    rf"\b(?:and|also|please|pls|thanks|with|it|it's|it is|its|this|that|that's|is|are|has|have|having|had|make|"
    rf"makes?|mark|marked|"
    rf"flag|flagged|set|give|given|label|labelled|labeled|tagged|put|add|use|as|to|of|at|be|should|must|the|a|an|"
    rf"very|really|so|quite|"
    rf"pretty|one|me|for|under|by the way|btw|too|level|priority|{TAG}|due|deadline|task|reminder|so that|which|being|"
    r"repeat(?:s|ing|ed)?|recur(?:s|ring)?|start(?:s|ing)?|remind me|for sure|when|date|time|belongs?|belonging|"
    r"concerns?|goes|counts|category|in|on)\b|[^\w\s]"
)


def signed(text: str, clock: Clock) -> str:
    """With the tags that words give as signs, and a comma before each detail that a dash or a stroke sets apart."""
    if len(text) > LINE:
        return text
    said = text.lower()
    if "tag" in said or "label" in said or "categor" in said:
        text = TAG_BEHIND.sub(_as_sign, TAG_BEFORE.sub(_as_sign, text))
    text = TAG_SIGN.sub("", text) if "#" in text else text
    first, *others = BREAK.split(text)
    if not others or not any(map(lambda part: details_of(part, clock), (first, *others))):
        return text
    return first + "".join(f", {part}" if details_of(part, clock) else f" - {part}" for part in others)


def _as_sign(found: Found) -> str:
    return f"#{found['tag']}"


def details_of(text: str, clock: Clock) -> dict[str, Any]:
    """The fields of a text that names nothing to do: `it's a high priority, tag: health`; none where it says more."""
    if len(text) > LONGEST or text.rstrip().endswith("?"):
        return {}
    words = signed(text, clock)
    found = drafted(words, clock)
    if not found.spans or tight(FILLER.sub(" ", found.title)):
        return {}
    given = fields(words, found, clock)
    return {name: value for name, value in given.items() if name != "title"}


def fields(text: str, draft: TaskDraft, clock: Clock) -> dict[str, Any]:
    """The draft with its times in the person's words where these say the same alone."""
    words = {name: value.strip(" ,.") for name, value in said(draft, text).items()}
    title = draft.title
    if draft.due is None and not draft.recurrence and (day := LAST_DAY.search(title)):
        title, words = title[: day.start()], {**words, "due": f"on {day['day']}"}
    due = _due_words(draft, words.get("due"), clock)
    if (unread := UNREAD_DUE.search(title)) and not due:
        title, due = tight(f"{title[: unread.start()]} {title[unread.end() :]}"), unread["due"]
        title = title[:1].upper() + title[1:]
    rule = _rule_words(draft, words.get("recurrence"), clock)
    if rule and rule == words.get("recurrence") and (left := _left_out(draft, text, clock)):
        rule, title = f"{rule} {left}", tight(title.replace(left, " "))
    task = {
        "title": title,
        "due": None if due and rule and (due in rule or _first_of(rule, clock) == draft.due) else due,
        "recurrence": rule,
        "priority": draft.priority,
        "tags": list(draft.tags) or None,
        "project": draft.project,
        "duration": f"{draft.duration_minutes} minutes" if draft.duration_minutes else None,
        "remind": f"{draft.remind_at:%Y-%m-%d %H:%M}" if draft.remind_at else None,
    }
    return {name: value for name, value in task.items() if value is not None}


def _due_words(draft: TaskDraft, words: str | None, clock: Clock) -> str | None:
    if draft.due is None:
        return words
    readings = resolve(words, clock) if words else ()
    if words and not readings and alternatives(words, clock):
        return words
    return words if readings and due_of(readings[0], clock) == draft.due else _spoken(draft.due)


def _rule_words(draft: TaskDraft, words: str | None, clock: Clock) -> str | None:
    if draft.recurrence is None:
        return None
    reading = read_rule(words, clock) if words else None
    return words if reading and reading.rule == draft.recurrence else draft.recurrence


def _left_out(draft: TaskDraft, text: str, clock: Clock) -> str | None:
    """The single dates that the words behind the rule leave out: no rule can, and who says so is told."""
    found = EXCEPT.match(text, max(end for name, (_, end) in draft.spans if name == "recurrence"))
    behind = text[found.end() :] if found else ""
    dates = (one for one in read(behind, clock) if one.kind in ("point", "interval"))
    times = list(takewhile(lambda one: one.span[0] == 0 or _joins(behind[: one.span[0]]), dates))
    return text[found.start() : found.end() + times[-1].span[1]].strip(" ,") if found and times else None


def _joins(words: str) -> bool:
    return words.strip().lower().endswith((",", "and", "or"))


def _first_of(rule: str, clock: Clock) -> Due | None:
    reading = read_rule(rule, clock)
    return due_of(reading, clock) if reading else None


def _spoken(due: Due) -> str:
    return f"{due.date} {due.time:%H:%M}" if due.time else str(due.date)
