"""How habits are going, in sentences whose numbers come from their entries."""

from collections.abc import Mapping
from datetime import date, timedelta

from pydantic import Field

from domain.actions import Call
from domain.due import Due
from domain.habits import Entry, Habit, Insights, insights, score
from domain.people import Clock
from language.when import in_words
from tools.context import TurnContext
from tools.habits import ALL, NAME, goal, named
from tools.tool import Arguments, Item, Result
from tools.units import plain

NOTABLE = 0.03


class HabitInsights(Arguments):
    """Which habit."""

    habit: str | None = Field(default=None, max_length=500, description=f"{NAME} All habits if absent.")


async def tell(context: TurnContext, call: Call, arguments: HabitInsights) -> Result:
    """How one habit, or each of them, is going: count against the goal, streaks, trend and total. Use it for every
    question about a habit's progress; never count yourself."""
    clock = context.clock
    if arguments.habit:
        resolved = await named(context, [arguments.habit])
        if resolved.failures:
            raise resolved.failures[0][1]
        habits = [await context.habits.get(resolved.ids[0])]
    else:
        habits = list((await context.habits.list(limit=ALL)).items)
    if not habits:
        return Result(summary="There are no habits yet.", action_id=None, items=[])
    entries = await context.habits.entries_of_many([habit.id for habit in habits], None)
    items = [_item(habit, entries.get(habit.id, {}), clock) for habit in habits]
    return Result(summary="\n".join(item["reading"] for item in items), action_id=None, items=items)


def _item(habit: Habit, entries: Mapping[date, Entry], clock: Clock) -> Item:
    today = clock.now.date()
    facts = insights(habit, entries, until=today)
    week_ago = today - timedelta(days=7)
    earlier = score(habit, {day: entry for day, entry in entries.items() if day <= week_ago}, until=week_ago)
    return {
        "ok": True,
        "kind": "habit",
        "id": str(habit.id),
        "title": habit.name,
        "reading": " ".join(_sentences(habit, facts, earlier, clock)),
        "goal": goal(habit),
        "days_done": facts.days_done,
        "this_week": facts.this_week,
        "last_week": facts.last_week,
        "current_streak": facts.current_streak,
        "longest_streak": facts.longest_streak,
        "score": round(facts.score, 3),
        "total": facts.total,
        "last_done": facts.last_done.isoformat() if facts.last_done else None,
    }


def _sentences(habit: Habit, facts: Insights, earlier: float, clock: Clock) -> list[str]:
    if facts.last_done is None:
        return [f"{habit.name}: not done yet; the goal is {goal(habit)}."]
    weeks = f"{_times(facts.this_week)} in the last 7 days ({facts.last_week} in the 7 before)"
    said = [f"{habit.name}: {weeks}; the goal is {goal(habit)}."]
    if facts.current_streak > 1:
        is_longest = facts.current_streak == facts.longest_streak
        longest = "your longest" if is_longest else f"the longest was {_days(facts.longest_streak)}"
        said.append(f"The streak is {_days(facts.current_streak)}, {longest}.")
    else:
        last = in_words(Due(date=facts.last_done), clock)
        said.append(f"Last done {last}; the longest streak was {_days(facts.longest_streak)}.")
    said.append(f"The score is {facts.score:.0%}, {_trend(facts.score - earlier, earlier)}.")
    if facts.total is not None:
        said.append(f"In total {plain(facts.total)}{f' {habit.unit}' if habit.unit else ''}.")
    return said


def _trend(change: float, earlier: float) -> str:
    if abs(change) < NOTABLE:
        return "steady over the week"
    return f"{'up' if change > 0 else 'down'} from {earlier:.0%} a week ago"


def _times(count: int) -> str:
    return {0: "not done", 1: "once", 2: "twice"}.get(count, f"{count} times")


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
