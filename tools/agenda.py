"""Tasks and habits to look at: finding, and what a day asks for. Nothing here changes anything."""

from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from typing import Literal

from pydantic import Field

from domain.actions import Call
from domain.due import Due
from domain.habits import Entry, Habit, meets
from domain.people import Clock
from domain.tasks import Task
from language.when import in_words as due_in_words
from storage.tasks import Wanted
from tools import times
from tools.context import TurnContext
from tools.filters import MOST, Filters, in_words, matching
from tools.items import done, plural
from tools.tasks import length, shown
from tools.tool import Arguments, Item, Result

SHOWN = 50
ALL = 200


class FindTasks(Filters):
    """Which tasks."""

    order: Literal["due", "newest", "oldest"] | None = Field(
        default=None, description="newest: what was added last comes first; oldest: what was added first."
    )
    limit: int | None = Field(default=None, ge=1, le=ALL, description="So many at most; 1 for 'the next one'.")


class PlanDay(Arguments):
    """Which day."""

    day: str | None = Field(default=None, max_length=200, description="The day in the person's words; today if absent.")


async def find(context: TurnContext, call: Call, arguments: FindTasks) -> Result:
    """List tasks by status, time, tag, project or words. Use it to answer what there is to do, and before changing
    tasks whose words the person did not say."""
    tasks = await matching(context, arguments)
    if arguments.order in ("newest", "oldest"):
        tasks = sorted(tasks, key=lambda task: task.created_at, reverse=arguments.order == "newest")
    items = _items(tasks[: arguments.limit or SHOWN], context.clock)
    if not items:
        return Result(summary=f"There are no {in_words(arguments)}.", action_id=None, items=[], total=0)
    summary = "\n".join(_listed(items, len(tasks), arguments))
    return Result(summary=summary, action_id=None, items=items, total=len(tasks))


async def plan(context: TurnContext, call: Call, arguments: PlanDay) -> Result:
    """The plan of a day: what is overdue, what is due in order of time and priority, and the habits not done yet."""
    clock = context.clock
    today = clock.now.date()
    day = times.day(arguments.day, clock, field="day") if arguments.day else today
    tasks = await context.tasks.matching(Wanted(due_to=day), most=MOST)
    due = sorted((task for task in tasks if task.due and task.due.date == day), key=_order)
    late = sorted((task for task in tasks if task.due and task.due.date < min(day, today)), key=_order)
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


def _listed(items: Sequence[Item], total: int, filters: FindTasks) -> Iterable[str]:
    """The lines of a list, with the true count where it is cut."""
    known = f"{total} or more" if total >= MOST else str(total)
    if filters.limit == 1 and total > 1:
        which = filters.order if filters.order in ("newest", "oldest") else "first"
        return [f"The {which} of {known} {in_words(filters)}:", f"1. {items[0]['reading']}"]
    lines = [f"{number}. {item['reading']}" for number, item in enumerate(items, start=1)]
    more = [f"… and {total - len(items)} more."] if total > len(items) else []
    return [f"{known} {in_words(filters, one=total == 1)}:", *lines, *more]


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
    return due_in_words(Due(date=day), clock)
