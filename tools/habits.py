"""Habits: making, logging, changing and looking at them by the person's words."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from pydantic import Field

from domain import habits as rules
from domain.actions import Call
from domain.due import Due
from domain.errors import Conflict, Invalid, MetaCortexError, NotFound
from domain.habits import Entry, Habit
from domain.people import Clock
from language.when import in_words
from storage.ledger import Decision, Held
from tools import deletions, windows
from tools.context import TurnContext
from tools.items import decision, done, failed
from tools.references import Resolved, id_of, of_habit, resolve
from tools.tool import Arguments, Ask, Item, Result, result_of
from tools.units import converted, plain

ALL = 200
PERIODS = {"day": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365}
NAME = "The habit's id, or the person's words for it ('running' is the habit Run)."
TIMES = "How often in each period; 1 if absent."
PER = "The period: day, week, month, or a number of days; day if absent."
TARGET = "The amount a day asks for (or allows), where an amount is counted."


class CreateHabit(Arguments):
    """The habit."""

    name: str = Field(description="Short: 'Run', 'Read', 'Drink water'.")
    times: int | None = Field(default=None, description=TIMES, ge=1, le=366)
    per: str | int | None = Field(default=None, description=PER)
    kind: Literal["boolean", "numeric"] | None = Field(default=None, description="numeric where an amount is counted.")
    target: float | None = Field(default=None, description=TARGET)
    unit: str | None = Field(default=None, max_length=50, description="What is counted: 'km', 'pages', 'glasses'.")
    direction: Literal["at_least", "at_most"] | None = Field(default=None, description="at_most to limit it.")


class LogHabit(Arguments):
    """What was done."""

    habit: str = Field(max_length=500, description=NAME)
    date: str | None = Field(
        default=None,
        max_length=200,
        description="The day, or days, in the person's words ('yesterday', 'the last three days'); today if absent.",
    )
    dates: list[str] | None = Field(
        default=None, max_length=windows.MOST_DAYS, description="Several days, each in words ('monday', 'wednesday')."
    )
    status: Literal["done", "skipped", "missed"] = Field(
        default="done", description="skipped: on purpose, keeps a streak."
    )
    value: float | None = Field(default=None, description="The amount, where one was said.")
    unit: str | None = Field(default=None, max_length=50, description="The amount's unit as said.")
    comment: str | None = Field(default=None, description="Further words.")


class UpdateHabit(Arguments):
    """What becomes of the habit; what is absent stays."""

    habit: str = Field(max_length=500, description=NAME)
    name: str | None = Field(default=None, description="A new name.")
    target: float | None = Field(default=None, description=TARGET)
    unit: str | None = Field(default=None, max_length=50, description="What is counted.")
    direction: Literal["at_least", "at_most"] | None = Field(default=None, description="at_most to limit it.")
    times: int | None = Field(default=None, description=TIMES, ge=1, le=366)
    per: str | int | None = Field(default=None, description=PER)
    archived: bool | None = Field(default=None, description="true puts it away with its history, false brings it back.")
    clear: list[Literal["target", "unit"]] | None = Field(default=None, description="Fields to empty.")


class NamedHabit(Arguments):
    """The habit that is meant."""

    habit: str = Field(max_length=500, description=NAME)


async def create(context: TurnContext, call: Call, arguments: CreateHabit) -> Result:
    """Start tracking a habit, where the person wants to do something regularly and count it ('track running three times
    a week'). A thing with a due time is a task."""
    now = context.clock.now
    known = {habit.name.casefold() for habit in (await context.habits.list(limit=ALL)).items}
    try:
        if arguments.name.casefold() in known:
            raise Conflict(f"There is a habit {arguments.name!r} already; log it, change it, or choose another name.")
        habit = _new(arguments, context.clock)
    except MetaCortexError as error:
        answer = decision("Started", "habit", [failed(error, about=arguments.name)], [])
    else:
        answer = decision("Started the habit", "habit", [_item(habit)], [(None, habit)])
    return result_of(await context.ledger.act(call, lambda _: answer, at=now))


async def log(context: TurnContext, call: Call, arguments: LogHabit) -> Result:
    """Note that a habit was done, skipped or missed on a day or on several, with an amount where one was said ('I ran
    5 km yesterday'). A weekday is the last one. A further amount on the same day is added."""
    clock = context.clock
    resolved = await named(context, [arguments.habit])
    days, failures = _days_of(arguments, clock)

    def decide(held: Held) -> Decision:
        items = [failed(error, about=words) for words, error in failures]
        changes: list[tuple[object | None, object | None]] = []
        for day in days:
            try:
                habit = _held(held, resolved, arguments.habit)
                before = held.entries.get((habit.id, day))
                entry = _entry(habit, before, day, arguments, clock)
            except MetaCortexError as error:
                items.append(failed(error, about=arguments.habit))
            else:
                items.append(_logged(habit, entry, clock))
                changes.append((before, entry))
        return decision("Logged", "day", items, changes)

    entries = [(id, day) for id in resolved.ids for day in days]
    return result_of(await context.ledger.act(call, decide, at=clock.now, habits=resolved.ids, entries=entries))


async def update(context: TurnContext, call: Call, arguments: UpdateHabit) -> Result:
    """Change a habit's name, goal or unit, or archive it ('stop tracking') and bring it back."""
    clock = context.clock
    resolved = await named(context, [arguments.habit], archived=True)

    def decide(held: Held) -> Decision:
        try:
            habit = _held(held, resolved, arguments.habit)
            changed = habit.change(_fields(habit, arguments, clock), at=clock.now)
        except MetaCortexError as error:
            return decision("Changed", "habit", [failed(error, about=arguments.habit)], [])
        return decision("Changed the habit", "habit", [_item(changed)], [(habit, changed)])

    return result_of(await context.ledger.act(call, decide, at=clock.now, habits=resolved.ids))


async def delete(context: TurnContext, call: Call, arguments: NamedHabit) -> Result:
    """Delete a habit with all its history, where the person says delete. The person is asked first. To only stop
    tracking, archive it with update_habit."""
    resolved = await named(context, [arguments.habit], archived=True)

    def decide(held: Held) -> Decision:
        answer = deletions.delete("habit", [arguments.habit], resolved, held.habits, lambda habit: habit.name)
        gone = {before.id for before, _ in answer.changes if isinstance(before, Habit)}
        entries = [(entry, None) for entry in held.entries.values() if entry.habit_id in gone]
        return Decision(summary=answer.summary, changes=(*entries, *answer.changes), items=answer.items)

    return result_of(
        await context.ledger.act(call, decide, at=context.now, habits=resolved.ids, entries_of=resolved.ids)
    )


async def ask_to_delete(context: TurnContext, arguments: NamedHabit) -> Ask | None:
    """Always, where a habit is meant."""
    resolved = await named(context, [arguments.habit], archived=True)
    known = await _known(context, archived=True)
    titles = {habit.id: habit.name for habit in known if habit.id in resolved.ids}
    asked = deletions.ask("Delete", "habit", "habit", titles, resolved, one=True)
    return Ask(question=asked.question[:-1] + " and all its entries?", arguments=asked.arguments) if asked else None


async def named(context: TurnContext, references: Sequence[str], *, archived: bool = False) -> Resolved:
    """The habits that are meant."""
    if all(id_of(reference) for reference in references):
        return resolve(references, (), kind="habit")
    known = await _known(context, archived=archived)
    return resolve(references, [of_habit(habit) for habit in known], kind="habit")


def goal(habit: Habit) -> str:
    """`3 times a week`, `at least 8 glasses a day`."""
    often = period(habit)
    if habit.target is None:
        return often
    bound = "at most" if habit.direction == "at_most" else "at least"
    amount = f"{bound} {plain(habit.target)}{f' {habit.unit}' if habit.unit else ''}"
    return f"{amount}, {often}" if (habit.times, habit.per_days) != (1, 1) else f"{amount} a day"


def period(habit: Habit) -> str:
    """`every day`, `3 times a week`, `2 times in 10 days`."""
    if habit.times == habit.per_days:
        return "every day"
    often = {1: "once", 2: "twice"}.get(habit.times, f"{habit.times} times")
    names = {days: name for name, days in PERIODS.items()}
    return f"{often} a {names[habit.per_days]}" if habit.per_days in names else f"{often} in {habit.per_days} days"


async def _known(context: TurnContext, *, archived: bool) -> list[Habit]:
    return list((await context.habits.list(archived=archived, limit=ALL)).items)


def _new(given: CreateHabit, clock: Clock) -> Habit:
    per_days = _days(given.per)
    often, target, unit = given.times or 1, given.target, given.unit
    if often > per_days and target is None:
        # A day has one entry, so "three times a day" is an amount of three.
        often, target, unit = 1, float(often) if per_days == 1 else None, unit or "times"
    numeric = given.kind == "numeric" or target is not None
    return Habit(
        name=given.name,
        kind="numeric" if numeric else "boolean",
        target=target,
        unit=unit,
        direction=given.direction or "at_least",
        times=often,
        per_days=per_days,
        created_on=clock.now.date(),
        created_at=clock.now,
        updated_at=clock.now,
    )


def _days(per: str | int | None) -> int:
    if per is None:
        return 1
    words = str(per).casefold().strip().removeprefix("a ").removeprefix("per ").removeprefix("every ")
    words = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year"}.get(words, words)
    if words.rstrip("s") in PERIODS:
        return PERIODS[words.rstrip("s")]
    number, _, noun = words.partition(" ")
    if number.isdigit() and noun.rstrip("s") in ("", *PERIODS):
        return int(number) * PERIODS.get(noun.rstrip("s"), 1)
    raise Invalid("per", f"{per!r} is not a period; say day, week, month or a number of days.")


def _days_of(given: LogHabit, clock: Clock) -> tuple[list[date], list[tuple[str, MetaCortexError]]]:
    """Each day once, in order, and the words that name none."""
    said = [*(given.dates or ()), *([given.date] if given.date else [])]
    days: set[date] = set() if said else {clock.now.date()}
    failures: list[tuple[str, MetaCortexError]] = []
    for words in said:
        try:
            days.update(windows.days(words, clock))
        except MetaCortexError as error:
            failures.append((words, error))
    return sorted(days), failures


def _entry(habit: Habit, before: Entry | None, day: date, given: LogHabit, clock: Clock) -> Entry:
    value, comment = _amount(habit, before, given)
    return rules.log(habit, before, day=day, status=given.status, value=value, comment=comment, at=clock.now)


def _amount(habit: Habit, before: Entry | None, given: LogHabit) -> tuple[float | None, str | None]:
    """The value in the habit's unit; where it has none, the words are kept as comment too."""
    if given.value is None or given.unit is None or given.unit == habit.unit:
        return given.value, given.comment
    if habit.unit:
        return converted(given.value, given.unit, habit.unit), given.comment
    total = given.value + ((before.value or 0.0) if before else 0.0)
    return given.value, given.comment or f"{plain(total)} {given.unit}"


def _fields(habit: Habit, given: UpdateHabit, clock: Clock) -> Mapping[str, Any]:
    fields: dict[str, Any] = dict.fromkeys(given.clear or (), None)
    fields |= {
        name: value
        for name in ("name", "target", "unit", "direction", "times")
        if (value := getattr(given, name)) is not None
    }
    if given.per is not None:
        fields["per_days"] = _days(given.per)
    if given.archived is not None:
        fields["archived_at"] = clock.now if given.archived else None
    if not fields:
        raise Invalid("habit", "nothing to change is given; give a name, a goal or `archived`.")
    if fields.get("target", habit.target) is not None:
        fields["kind"] = "numeric"
    return fields


def _held(held: Held, resolved: Resolved, reference: str) -> Habit:
    if resolved.failures:
        raise resolved.failures[0][1]
    habit = held.habits.get(resolved.ids[0])
    if habit is None:
        raise NotFound(f"There is no habit with id {reference!r}; name it by its words.")
    return habit


def _item(habit: Habit) -> Item:
    archived = ", archived" if habit.archived_at else ""
    return done("habit", habit.id, habit.name, f'"{habit.name}", {goal(habit)}{archived}')


def _logged(habit: Habit, entry: Entry, clock: Clock) -> Item:
    said = entry.value is None or (entry.comment or "").startswith(f"{plain(entry.value)} ")
    value = "" if said or entry.value is None else f", {plain(entry.value)}{f' {habit.unit}' if habit.unit else ''}"
    comment = f" ({entry.comment})" if entry.comment else ""
    status = "" if entry.status == "done" else f" as {entry.status}"
    reading = f'"{habit.name}"{status} for {in_words(Due(date=entry.date), clock)}{value}{comment}'
    return done(
        "habit", habit.id, habit.name, reading, date=entry.date.isoformat(), status=entry.status, value=entry.value
    )
