"""Named tasks: which of the person's tasks are meant, by id, by words, by when they are due, or by what they share."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.due import Due
from domain.errors import Invalid, MetaCortexError, NotFound
from domain.people import Clock
from domain.tasks import Task
from language.readings import Reading
from language.requests.filters import common
from language.when import read
from tools.context import TurnContext
from tools.filters import MOST, Filters, in_words, matching
from tools.meaning import by_meaning
from tools.references import Resolved, id_of, meant, of_task, ranking, tokens

NOUN = (
    r"(?:tasks?|reminders?|to-?dos?|to do(?: items?| list items?)?|(?:to-?do )?items?|"
    r"alarms?|events?|meetings?|appointments?|one)"
)
MADE = r"(?: (?:that )?(?:i|we|you) (?:just |have |'ve )*(?:added|created|made|set(?: up)?|wrote|entered))"
OWN = r"(?:(?:the|my|our)\s+)?(?:very\s+)?"
NEXT = re.compile(rf"{OWN}(?:next|upcoming|coming|soonest|nearest)(?:\s+up)?(?:\s+{NOUN})?", re.IGNORECASE)
LATEST = re.compile(
    rf"{OWN}(?:(?:most recent(?:ly added)?|latest|newest)(?:\s+{NOUN})?{MADE}?|last(?:\s+{NOUN})?{MADE})", re.IGNORECASE
)
OLDEST = re.compile(
    rf"{OWN}(?:(?:oldest|earliest|least recent)(?:\s+{NOUN})?{MADE}?|first(?:\s+{NOUN})?{MADE})", re.IGNORECASE
)
MANY = re.compile(r"(?:all|every(?:thing)?|each|any(?:thing)?)\b", re.IGNORECASE)
KINDS = frozenset(tokens("alarm event meeting appointment reservation booking entry agenda schedule calendar due"))
OF_DAY = re.compile(r"\b(?P<day>\w+day|tomorrow|tonight)['’]s\b", re.IGNORECASE)
EXACT = 0.99
KINDS_OF_TIME = ("point", "interval", "time")


class NoneThen(NotFound):
    """Nothing is due at the time by which it was named."""


async def named(context: TurnContext, references: Sequence[str]) -> Resolved:
    """The tasks that are meant; `all overdue tasks` is each of them. Reads nothing where only ids are given."""
    each = list((await each_named(context, references)).values())
    found = {id: reference for resolved in reversed(each) for reference, id in resolved.found}
    ids = dict.fromkeys(id for resolved in each for id in resolved.ids)
    return Resolved(
        found=tuple((found[id], id) for id in ids),
        failures=tuple(failure for resolved in each for failure in resolved.failures),
    )


async def each_named(context: TurnContext, references: Sequence[str]) -> dict[str, Resolved]:
    """What each reference means on its own; two may mean the same task."""
    known = [] if all(id_of(reference) for reference in references) else await context.tasks.candidates()
    return {reference: await _resolved(context, reference, known) for reference in dict.fromkeys(references)}


async def _resolved(context: TurnContext, reference: str, known: Sequence[Task]) -> Resolved:
    try:
        ids = await _ids(context, reference, known)
    except MetaCortexError as error:
        return Resolved(found=(), failures=((reference, error),))
    cut = Invalid("tasks", f"are more than {MOST}; say it again for the rest.")
    return Resolved(
        found=tuple((reference, id) for id in ids), failures=((reference, cut),) if len(ids) >= MOST else ()
    )


async def _ids(context: TurnContext, reference: str, known: Sequence[Task]) -> list[UUID]:
    if (id := id_of(reference)) is not None:
        return [id]
    ranked = ranking(reference, [of_task(task) for task in known])
    if ranked and ranked[0][0] >= EXACT:
        return [meant(reference, [of_task(task) for task in known], kind="task")]
    shared = common(reference, context.clock) if MANY.match(reference.strip()) else None
    if shared is None:
        try:
            return [_one(reference, known, context.clock)]
        except NoneThen:
            raise
        except NotFound:
            return [await by_meaning(context, reference, [of_task(task) for task in known], kind="task")]
    filters = Filters.model_validate(shared)
    tasks = await matching(context, filters)
    if not tasks:
        raise NotFound(f"There are no {in_words(filters)}.")
    return [task.id for task in tasks]


def _one(reference: str, known: Sequence[Task], clock: Clock) -> UUID:
    if placed := _placed(reference, known, clock):
        return placed.id
    reference = OF_DAY.sub(r"\g<day>", reference)
    readings = [one for one in read(reference, clock) if one.kind in KINDS_OF_TIME or one.bound == "from"]
    if not readings:
        return meant(reference, [of_task(task) for task in known], kind="task")
    rest = _without(reference, readings)
    then = [of_task(task) for task in known if task.is_open and all(_is_due(task, reading) for reading in readings)]
    is_plain = all(token in KINDS for token in tokens(rest))
    if then and (ranking(rest, then) or not is_plain):
        try:
            return meant(rest, then, kind="task")
        except NotFound:
            pass
    if is_plain and not then:
        raise NoneThen(f"There is no task like {reference!r} then; name it by its words, or look for it first.")
    if is_plain:
        return meant("", then, kind="task")
    return meant(reference, [of_task(task) for task in known], kind="task")


def _placed(reference: str, known: Sequence[Task], clock: Clock) -> Task | None:
    """The next one due, or the one added last or first, where the words say no more than that."""
    words = reference.strip(" .!?")
    open_ = [task for task in known if task.is_open]
    if NEXT.fullmatch(words):
        ahead = [task for task in open_ if task.due and not task.due.has_passed(clock.now)]
        return min(ahead, key=_soonest, default=None)
    if LATEST.fullmatch(words):
        return max(open_, key=lambda task: task.created_at, default=None)
    return min(open_, key=lambda task: task.created_at, default=None) if OLDEST.fullmatch(words) else None


def _soonest(task: Task) -> tuple[object, ...]:
    assert task.due is not None
    return task.due.date, task.due.time is None, task.due.time, task.created_at


def _is_due(task: Task, reading: Reading) -> bool:
    """True where the task is due within the reading, or another one of the same words; a time alone is on any day."""
    return task.due is not None and any(_holds(one, task.due) for one in (reading, *reading.others))


def _holds(reading: Reading, due: Due) -> bool:
    if reading.kind == "time" and reading.clock is not None:
        return due.time == reading.clock
    start, end = reading.start, reading.end
    if isinstance(start, datetime):
        at = due.instant
        return at is not None and (start <= at < end if isinstance(end, datetime) else at == start)
    if start is None:
        return False
    last = end if end is not None and not isinstance(end, datetime) else None
    return start <= due.date < last if last else due.date == start


def _without(text: str, readings: Sequence[Reading]) -> str:
    for reading in sorted(readings, key=lambda reading: -reading.span[0]):
        text = f"{text[: reading.span[0]]} {text[reading.span[1] :]}"
    return " ".join(text.split())
