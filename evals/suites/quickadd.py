"""Quick add: a line as it is typed against the fields that others read in it.

A case is right where its title, due, rule, priority and labels are, as far as they are checked: the title but for
case, blanks and the punctuation around it, the due on the day or to the minute, the rule in its first twelve dates.
Cases whose `syntax` is not `none` use the signs of another app, so they are reported apart and not counted.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from domain.people import Clock
from evals.suites.dates import OCCURRENCES, ZONE, iso, occurrences
from evals.suites.suite import Judged, Row, Suite, by, each
from language.quick_add import drafts
from language.readings import TaskDraft

DECISIVE = ("title", "due", "rrule", "priority", "labels")
LEVELS = {1: "high", 2: "medium", 3: "low"}
RANKS = {
    **dict.fromkeys(("low", "1"), "low"),
    **dict.fromkeys(("medium", "normal", "2"), "medium"),
    **dict.fromkeys(("high", "urgent", "highest", "3", "4", "5"), "high"),
    "none": None,
}
EDGES = " .,;:!?…-"


def predicted(case: Row) -> Row:
    """The first task of the line, in the fields of this shape."""
    clock = Clock(now=datetime.fromisoformat(case["ref"]).replace(tzinfo=ZoneInfo(ZONE)))
    found = drafts(case["text"], clock)
    return _fields(found[0]) if found else {}


def _fields(draft: TaskDraft) -> Row:
    due = draft.due.instant if draft.due else None
    day = draft.due.date if draft.due else None
    minutes = draft.duration_minutes
    return {
        "title": draft.title,
        "due": iso(due or day),
        "end": iso(due + timedelta(minutes=minutes) if due and minutes else None),
        "rrule": draft.recurrence,
        "priority": LEVELS.get(draft.priority or 4),
        "labels": list(draft.tags),
        "project": draft.project,
        "assignees": list(draft.people),
        "estimate_s": minutes * 60 if minutes else None,
    }


def score(case: Row, prediction: Row) -> float:
    """1 where every decisive field that is checked is right."""
    return float(all(right(case, prediction, name) for name in DECISIVE if name in case["checked"]))


def right(case: Row, prediction: Row, name: str) -> bool:
    """True where this field of the prediction is the expected one."""
    expected, found = case["expected"].get(name), prediction.get(name)
    match name:
        case "title":
            return _plain(expected) == _plain(found)
        case "due" | "end":
            return _same_moment(expected, found, is_day=case["expected"].get("due_grain") == "day")
        case "rrule":
            return _same_rule(expected, found, datetime.fromisoformat(case["ref"]))
        case "priority":
            return _rank(expected) == _rank(found)
        case "labels" | "assignees" | "contexts":
            return {word.lower() for word in expected or ()} == {word.lower() for word in found or ()}
        case _:
            return _folded(expected) == _folded(found)


def table(cases: Sequence[Judged]) -> Iterable[str]:
    """Plain language and signs apart, then the sources and the fields of plain language."""
    yield from by(cases, lambda case: "plain" if _is_plain(case) else "signs")
    yield from by(cases, lambda case: f"source {case['source']}" if _is_plain(case) else None)
    plain = [case for case in cases if _is_plain(case.case)]
    for name in sorted({name for case in plain for name in case.case["checked"]} - {"due_grain"}):
        scores = [right(case.case, case.prediction, name) for case in plain if name in case.case["checked"]]
        yield f"field {name:<30} n={len(scores):5d}  {sum(scores) / len(scores):.3f}"


def _is_plain(case: Row) -> bool:
    return bool(case["syntax"] == "none")


def _plain(title: str | None) -> str:
    return " ".join((title or "").lower().split()).strip(EDGES)


def _same_moment(expected: str | None, found: str | None, *, is_day: bool) -> bool:
    if expected is None or found is None:
        return expected is found
    wanted, said = datetime.fromisoformat(expected[:19]), datetime.fromisoformat(found[:19])
    return wanted.date() == said.date() if is_day else abs(wanted - said) <= timedelta(minutes=1)


def _same_rule(expected: str | None, found: str | None, now: datetime) -> bool:
    if not expected or not found:
        return not expected and not found
    try:
        return _dates(expected, now) == _dates(found, now)
    except ValueError:
        return False


def _dates(rule: str, now: datetime) -> list[date]:
    """The first dates of the rule from the day of `now`."""
    return [moment.date() for moment in islice(occurrences(rule, now), OCCURRENCES)]


def _rank(level: str | int | None) -> str | None:
    word = str(level).lower()
    return RANKS.get(word, word) if level is not None else None


def _folded(value: object) -> object:
    return value.lower() if isinstance(value, str) else value or None


SUITE = Suite(answer=each(predicted), score=score, table=table, counts=_is_plain)
