"""Filters: which tasks are asked for, by status, time, tag, project, priority or words."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from pydantic import Field

from domain.people import Clock
from domain.tasks import Task
from storage.tasks import Wanted
from tools import windows
from tools.context import TurnContext
from tools.references import of_task, ranking
from tools.tool import Arguments
from tools.windows import Window

MOST = 2_000
"""So many are looked at; a person with more is told so."""
UNDATED = ("none", "no date", "no due", "no due date", "without a date", "without date", "undated", "someday")
OVERDUE = ("overdue", "late", "past due", "too late")
UPCOMING = ("upcoming", "next", "coming up", "later", "from now on")


class Filters(Arguments):
    """What the tasks have in common."""

    status: Literal["open", "done", "all"] | None = Field(
        default=None, description="Open ones unless the person asks for others."
    )
    due: str | None = Field(
        default=None,
        max_length=200,
        description="The person's words: 'today', 'this week', 'friday afternoon', 'overdue', 'upcoming', 'no date'.",
    )
    finished: str | None = Field(
        default=None, max_length=200, description="Words for when they were done ('last week')."
    )
    created: str | None = Field(default=None, max_length=200, description="Words for when they were added.")
    priority: int | None = Field(
        default=None, description="Only of this priority.", json_schema_extra={"minimum": 1, "maximum": 4}
    )
    tag: str | None = Field(default=None, max_length=200, description="Only with this tag.")
    project: str | None = Field(default=None, max_length=200, description="Only of this project.")
    query: str | None = Field(default=None, max_length=500, description="Words the task is about.")

    @property
    def which(self) -> Literal["open", "done", "all"]:
        """The status that is asked for, said or implied."""
        return self.status or ("done" if self.finished else "all" if self.created else "open")


async def matching(context: TurnContext, filters: Filters) -> list[Task]:
    """The tasks that pass, by due; at most `MOST`. Raises `Invalid` for words that say no time."""
    clock = context.clock
    due, passes = _due(filters.due, clock)
    done_from, done_before = _moments(filters.finished, clock, field="finished")
    created_from, created_before = _moments(filters.created, clock, field="created")
    wanted = Wanted(
        status=filters.which,
        due_from=due.first,
        due_to=due.last,
        tag=filters.tag.lstrip("#@") if filters.tag else None,
        project=filters.project.lstrip("@") if filters.project else None,
        priority=filters.priority,
        done_from=done_from,
        done_before=done_before,
        created_from=created_from,
        created_before=created_before,
    )
    tasks = [task for task in await context.tasks.matching(wanted, most=MOST) if passes(task)]
    return _about(filters.query, tasks) if filters.query else tasks


def in_words(filters: Filters, *, one: bool = False) -> str:
    """`open tasks due this week tagged #health`."""
    words = (filters.due or "").casefold().strip()
    special = "overdue " if words in OVERDUE else "upcoming " if words in UPCOMING else ""
    is_said = filters.which == "all" or (special and filters.which == "open") or filters.finished
    parts = [
        special,
        "" if is_said else f"{filters.which} ",
        f"priority {filters.priority} " if filters.priority else "",
        "task" if one else "tasks",
        " without a date" if words in UNDATED else f" due {filters.due}" if words and not special else "",
        f" finished {filters.finished}" if filters.finished else "",
        f" added {filters.created}" if filters.created else "",
        f" tagged #{filters.tag.lstrip('#@')}" if filters.tag else "",
        f" in {filters.project.lstrip('@')}" if filters.project else "",
        f' about "{filters.query}"' if filters.query else "",
    ]
    return "".join(parts)


def _due(words: str | None, clock: Clock) -> tuple[Window, Callable[[Task], bool]]:
    """The days to read, and whether a task of these days is meant."""
    folded, now = (words or "").casefold().strip(), clock.now
    if not folded:
        return Window(), lambda task: True
    if folded in OVERDUE:
        return Window(last=now.date()), lambda task: task.is_overdue(now)
    if folded in UNDATED:
        return Window(), lambda task: task.due is None
    if folded in UPCOMING:
        return Window(first=now.date()), lambda task: task.due is not None and not task.due.has_passed(now)
    window = windows.window(folded, clock)
    return window, lambda task: window.holds(task.due, task.duration_minutes)


def _moments(words: str | None, clock: Clock, *, field: str) -> tuple[datetime | None, datetime | None]:
    return windows.past(words, clock, field=field).moments(clock) if words else (None, None)


def _about(query: str, tasks: list[Task]) -> list[Task]:
    """Those whose words resemble the query, or hold it as it is."""
    likely = {candidate.id for _, candidate in ranking(query, [of_task(task) for task in tasks])}
    needle = query.casefold()
    return [task for task in tasks if task.id in likely or needle in f"{task.title}\n{task.body or ''}".casefold()]
