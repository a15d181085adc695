"""Tasks and habits to look at: finding, and what a day asks for. Nothing here changes anything."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Literal

from pydantic import Field

from domain.actions import Call
from domain.due import Due
from domain.habits import Entry, Habit, meets
from domain.people import Clock
from domain.tasks import Task
from language.when import in_words
from tools import times
from tools.context import TurnContext
from tools.deletions import plural
from tools.items import done
from tools.references import of_task, ranking
from tools.tasks import length, shown
from tools.tool import Arguments, Item, Result

SHOWN = 50
ALL = 200
UNDATED = ("none", "no date", "no due", "no due date", "without a date", "without date", "undated", "someday")
OVERDUE = ("overdue", "late", "past due", "too late")


class FindTasks(Arguments):
    """Which tasks."""

    status: Literal["open", "done", "all"] = Field(
        default="open", description="Open ones unless the person asks for others."
    )
    due: str | None = Field(
        default=None,
        max_length=200,
        description="The person's words: 'today', 'this week', 'overdue', 'no date'.",
    )
    tag: str | None = Field(default=None, max_length=200, description="Only with this tag.")
    project: str | None = Field(default=None, max_length=200, description="Only of this project.")
    query: str | None = Field(default=None, max_length=500, description="Words the task is about.")


class PlanDay(Arguments):
    """Which day."""

    day: str | None = Field(default=None, max_length=200, description="The day in the person's words; today if absent.")


async def find(context: TurnContext, call: Call, arguments: FindTasks) -> Result:
    """List tasks by status, time, tag, project or words. Use it to answer what there is to do, and before changing
    tasks whose words the person did not say."""
    clock = context.clock
    tasks = await _found(context, arguments)
    items = _items(tasks[:SHOWN], clock)
    lines = [f"{number}. {item['reading']}" for number, item in enumerate(items, start=1)]
    about = _about(arguments)
    if not tasks:
        return Result(summary=f"There are no {about}.", action_id=None, items=[])
    more = f"\n… and {len(tasks) - SHOWN} more." if len(tasks) > SHOWN else ""
    counted = about if len(tasks) != 1 else about.replace("tasks", "task", 1)
    return Result(summary="\n".join([f"{len(tasks)} {counted}:", *lines]) + more, action_id=None, items=items)


async def plan(context: TurnContext, call: Call, arguments: PlanDay) -> Result:
    """The plan of a day: what is overdue, what is due in order of time and priority, and the habits not done yet."""
    clock = context.clock
    today = clock.now.date()
    day = times.day(arguments.day, clock, field="day") if arguments.day else today
    page = await context.tasks.list(status="open", due_to=day, limit=ALL)
    due = sorted((task for task in page.items if task.due and task.due.date == day), key=_order)
    late = sorted((task for task in page.items if task.due and task.due.date < min(day, today)), key=_order)
    habits = await _waiting_habits(context, day) if day >= today else []
    sections = [
        *_section("Overdue", _items(late, clock)),
        *_section("Due", _items(due, clock)),
        *_section("Habits", [_habit_item(habit) for habit in habits]),
    ]
    planned = sum(task.duration_minutes or 0 for task in due)
    counts = [f"{len(due)} due", *([f"{len(late)} overdue"] if late else []), *([_count(habits)] if habits else [])]
    head = f"Plan for {_day_in_words(day, clock)}: {', '.join(counts)}" + (
        f", {length(planned)} planned" if planned else ""
    )
    items = [*_items(late, clock), *_items(due, clock), *(_habit_item(habit) for habit in habits)]
    if not items:
        return Result(summary=f"Nothing is planned for {_day_in_words(day, clock)}.", action_id=None, items=[])
    return Result(summary="\n".join([f"{head}.", *sections]), action_id=None, items=items)


async def _found(context: TurnContext, arguments: FindTasks) -> list[Task]:
    words = (arguments.due or "").casefold().strip()
    overdue, undated = words in OVERDUE, words in UNDATED
    window = times.window(arguments.due, context.clock) if arguments.due and not overdue and not undated else None
    page = await context.tasks.list(
        status=arguments.status,
        due_from=window.first if window else None,
        due_to=context.clock.now.date() if overdue else window.last if window else None,
        tag=arguments.tag.lstrip("#@") if arguments.tag else None,
        project=arguments.project,
        limit=ALL,
    )
    tasks = list(page.items)
    if arguments.query:
        likely = [candidate.id for _, candidate in ranking(arguments.query, [of_task(task) for task in tasks])]
        needle = arguments.query.casefold()
        tasks = [task for task in tasks if task.id in likely or needle in f"{task.title}\n{task.body or ''}".casefold()]
    if overdue:
        tasks = [task for task in tasks if task.is_overdue(context.clock.now)]
    return [task for task in tasks if task.due is None] if undated else tasks


def _about(arguments: FindTasks) -> str:
    """`open tasks due this week tagged #health`."""
    words = (arguments.due or "").casefold().strip()
    status = "" if arguments.status == "all" else f"{arguments.status} "
    if words in OVERDUE:
        return f"overdue {status}tasks" if arguments.status == "done" else "overdue tasks"
    when = " without a date" if words in UNDATED else f" due {arguments.due}" if arguments.due else ""
    tag = f" tagged #{arguments.tag.lstrip('#@')}" if arguments.tag else ""
    project = f" in {arguments.project}" if arguments.project else ""
    query = f' about "{arguments.query}"' if arguments.query else ""
    return f"{status}tasks{when}{tag}{project}{query}"


async def _waiting_habits(context: TurnContext, day: date) -> list[Habit]:
    """The habits that still ask for something: not done on the day, and not yet often enough in their days up to it."""
    habits = list((await context.habits.list(limit=ALL)).items)
    since = day - timedelta(days=max((habit.per_days for habit in habits), default=1) - 1)
    entries = await context.habits.entries_of_many([habit.id for habit in habits], since) if habits else {}
    return [habit for habit in habits if _waits(habit, entries.get(habit.id, {}), day)]


def _waits(habit: Habit, entries: dict[date, Entry], day: date) -> bool:
    if habit.direction == "at_most":
        return False
    if (entry := entries.get(day)) and (meets(habit, entry) or entry.status == "skipped"):
        return False
    first = day - timedelta(days=habit.per_days - 1)
    return sum(meets(habit, entry) for on, entry in entries.items() if first <= on <= day) < habit.times


def _items(tasks: Sequence[Task], clock: Clock) -> list[Item]:
    return [shown(task, clock) for task in tasks]


def _habit_item(habit: Habit) -> Item:
    return done("habit", habit.id, habit.name, habit.name)


def _section(title: str, items: Sequence[Item]) -> list[str]:
    return [f"{title}:", *(f"- {item['reading']}" for item in items)] if items else []


def _order(task: Task) -> tuple[date, time, int]:
    assert task.due is not None
    return task.due.date, task.due.time or time.max, task.priority or 5


def _count(habits: Sequence[Habit]) -> str:
    return f"{len(habits)} {'habit' if len(habits) == 1 else plural('habit')}"


def _day_in_words(day: date, clock: Clock) -> str:
    return in_words(Due(date=day), clock)
