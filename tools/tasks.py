"""Tasks: adding, changing, completing and deleting them by the person's words."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from domain.actions import Call
from domain.due import Due
from domain.errors import Invalid, MetaCortexError, NotFound
from domain.people import Clock
from domain.recurrence import first_on_or_after
from domain.recurrence import in_words as rule_in_words
from domain.tasks import Task
from language.when import in_words
from storage.ledger import Decision, Held
from tools import deletions, times
from tools.context import TurnContext
from tools.items import decision, done, failed, tags_of
from tools.references import Resolved, id_of, of_task, resolve, tokens
from tools.tool import BATCH, Arguments, Ask, Item, Result, result_of

FREELY = 5
Field_ = Literal["due", "recurrence", "priority", "tags", "project", "duration", "remind", "body"]
CLEARED: dict[str, tuple[str, object]] = {
    "due": ("due", None),
    "recurrence": ("recurrence", None),
    "priority": ("priority", None),
    "tags": ("tags", ()),
    "project": ("project", None),
    "duration": ("duration_minutes", None),
    "remind": ("remind_at", None),
    "body": ("body", None),
}
DUE = "When it is due, in the person's own words ('next friday 3pm') or an ISO date; never computed by you."
RECURRENCE = "How it repeats, in the person's words ('every other tuesday') or an RFC 5545 RRULE."
PRIORITY = "1 (highest) to 4."
DURATION = "How long it takes, in words ('45 minutes') or a number of minutes."
REMIND = "When to remind: words for a moment, or '15 minutes before'."
Priority = Field(default=None, description=PRIORITY, json_schema_extra={"minimum": 1, "maximum": 4})


class Details(Arguments):
    """What may be said of a task besides its title."""

    due: str | None = Field(default=None, description=DUE, max_length=200)
    recurrence: str | None = Field(default=None, description=RECURRENCE, max_length=500)
    priority: int | None = Priority
    tags: list[str] | None = Field(default=None, description="Tags without '#'.", max_length=50)
    project: str | None = Field(default=None, description="The project or list it belongs to.", max_length=200)
    duration: str | float | None = Field(default=None, description=DURATION)
    remind: str | None = Field(default=None, description=REMIND, max_length=200)
    body: str | None = Field(default=None, description="Further words, Markdown.")


class NewTask(Details):
    """A task to add."""

    title: str = Field(description="What is to be done, short, without its time, tags or priority.")


class AddTasks(Arguments):
    """The tasks to add."""

    tasks: list[NewTask] = Field(min_length=1, max_length=BATCH, description="One for each thing to do.")


class TaskChange(Details):
    """One task and what becomes of it; what is absent stays."""

    task: str = Field(description="The task's id, or the person's words for it.", max_length=500)
    title: str | None = Field(default=None, description="A new title.")
    clear: list[Field_] | None = Field(default=None, description="Fields to empty.")


class UpdateTasks(Arguments):
    """The changes."""

    tasks: list[TaskChange] = Field(min_length=1, max_length=BATCH, description="One for each task to change.")


class NamedTasks(Arguments):
    """The tasks that are meant."""

    tasks: list[str] = Field(
        min_length=1,
        max_length=BATCH,
        description="Ids, or the person's words for each ('the dentist one', 'all overdue tasks').",
    )


async def add(context: TurnContext, call: Call, arguments: AddTasks) -> Result:
    """Add one or several tasks or reminders. Give times exactly as the person said them; code reads them and the answer
    says the reading. Use one call for all tasks of a message. An item with a question was not added: put it."""
    clock = context.clock
    items: list[Item] = []
    made: list[Task] = []
    for given in arguments.tasks:
        try:
            task = _new(given, clock)
        except MetaCortexError as error:
            items.append(failed(error, about=given.title))
        else:
            made.append(task)
            items.append(shown(task, clock))
    answer = decision("Added", "task", items, [(None, task) for task in made])
    return result_of(await context.ledger.act(call, lambda _: answer, at=clock.now))


async def update(context: TurnContext, call: Call, arguments: UpdateTasks) -> Result:
    """Change tasks: move, rename, re-tag, prioritise, repeat. Name each by id or the person's words. Absent fields
    stay; names in `clear` are emptied; `tags` replaces all tags. `due` may also be a bare time or 'a week later'."""
    clock = context.clock
    wanted, failures = await _changes(context, arguments.tasks)

    def decide(held: Held) -> Decision:
        items = [failed(error, about=reference) for reference, error in failures]
        now: dict[UUID, Task] = {}
        for id, change in wanted:
            try:
                task = now.get(id) or _held(held, id)
                now[id] = task.change(_fields(change, task, clock), at=clock.now)
            except MetaCortexError as error:
                items.append(failed(error, about=_about(held, id, change.task)))
        items.extend(shown(task, clock) for task in now.values())
        return decision("Changed", "task", items, [(held.tasks[id], task) for id, task in now.items()])

    return result_of(await context.ledger.act(call, decide, at=clock.now, tasks=_ids(wanted)))


async def complete(context: TurnContext, call: Call, arguments: NamedTasks) -> Result:
    """Mark tasks as done. Name each by id or the person's words. A recurring task gets its next occurrence; the answer
    says when that is due."""
    clock = context.clock
    resolved = await named(context, arguments.tasks)

    def decide(held: Held) -> Decision:
        items = [failed(error, about=reference) for reference, error in resolved.failures]
        changes: list[tuple[object | None, object | None]] = []
        for reference, id in resolved.found:
            try:
                task = _held(held, id)
                finished, following = task.complete(at=clock.now)
            except MetaCortexError as error:
                items.append(failed(error, about=_about(held, id, reference)))
                continue
            changes.append((task, finished))
            reading = f'"{task.title}"'
            if following is not None and following.due is not None:
                changes.append((None, following))
                reading += f" (next due {in_words(following.due, clock)})"
            items.append(done("task", id, task.title, reading))
        return decision("Completed", "task", items, changes)

    return result_of(await context.ledger.act(call, decide, at=clock.now, tasks=resolved.ids))


async def delete(context: TurnContext, call: Call, arguments: NamedTasks) -> Result:
    """Delete tasks for good, where the person says delete or remove (done is not deleted: use complete_tasks). The
    person is asked first."""
    resolved = await named(context, arguments.tasks)
    return result_of(
        await context.ledger.act(
            call,
            lambda held: deletions.delete("task", arguments.tasks, resolved, held.tasks, lambda task: task.title),
            at=context.now,
            tasks=resolved.ids,
        )
    )


async def ask_to_delete(context: TurnContext, arguments: NamedTasks) -> Ask | None:
    """Always, where a task is meant."""
    resolved = await named(context, arguments.tasks)
    return deletions.ask("Delete", "task", "tasks", await _titles(context, resolved), resolved)


async def ask_to_complete(context: TurnContext, arguments: NamedTasks) -> Ask | None:
    """Where more than five are meant."""
    resolved = await named(context, arguments.tasks)
    titles = await _titles(context, resolved) if len(resolved.ids) > FREELY else {}
    return deletions.ask("Complete", "task", "tasks", titles, resolved) if len(titles) > FREELY else None


async def ask_to_update(context: TurnContext, arguments: UpdateTasks) -> Ask | None:
    """Where more than five are meant."""
    wanted, failures = await _changes(context, arguments.tasks)
    resolved = Resolved(found=tuple((change.task, id) for id, change in wanted), failures=tuple(failures))
    titles = await _titles(context, resolved) if len(_ids(wanted)) > FREELY else {}
    if len(titles) <= FREELY:
        return None
    changes = [{**change.model_dump(exclude_none=True), "task": str(id)} for id, change in wanted if id in titles]
    return Ask(
        question=deletions.question("Change", "task", list(titles.values()), resolved), arguments={"tasks": changes}
    )


async def named(context: TurnContext, references: Sequence[str]) -> Resolved:
    """The tasks that are meant; `all overdue tasks` is each of them. Reads nothing where only ids are given."""
    if all(id_of(reference) for reference in references):
        return resolve(references, (), kind="task")
    tasks = await context.tasks.candidates()
    spread = [word for reference in references for word in _spread(reference, tasks, context.clock)]
    return resolve(spread, [of_task(task) for task in tasks], kind="task")


def shown(task: Task, clock: Clock) -> Item:
    """The task as an item: its fields and one reading of them."""
    return done(
        "task",
        task.id,
        task.title,
        reading(task, clock),
        due=str(task.due) if task.due else None,
        recurrence=task.recurrence,
        priority=task.priority,
        tags=list(task.tags),
        project=task.project,
        done=not task.is_open,
    )


def reading(task: Task, clock: Clock) -> str:
    """`"Call the dentist", due tomorrow, Sun 22 Nov, 15:00, priority 1, #health`."""
    parts = [f'"{task.title}"']
    if task.due:
        parts.append(f"due {in_words(task.due, clock)}")
    if task.recurrence:
        parts.append(rule_in_words(task.recurrence))
    if task.priority:
        parts.append(f"priority {task.priority}")
    if task.project:
        parts.append(f"in {task.project}")
    if task.duration_minutes:
        parts.append(length(task.duration_minutes))
    if task.remind_at:
        parts.append(f"reminder {in_words(Due.of(task.remind_at.astimezone(clock.now.tzinfo)), clock)}")
    return ", ".join([*parts, *(f"#{tag}" for tag in task.tags)])


def length(minutes: int) -> str:
    """`45 min`, `1 h 30 min`."""
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)


def _new(given: NewTask, clock: Clock) -> Task:
    rule, due = _when(given, clock)
    now = clock.now
    return Task(
        title=given.title,
        body=given.body,
        due=due,
        recurrence=rule,
        series_start=due.date if rule and due else None,
        priority=given.priority,
        tags=tags_of(given.tags or ()),
        project=given.project,
        duration_minutes=None if given.duration is None else times.minutes(given.duration, clock),
        remind_at=None if given.remind is None else times.reminder(given.remind, due, clock),
        created_at=now,
        updated_at=now,
    )


def _when(given: NewTask, clock: Clock) -> tuple[str | None, Due | None]:
    """Rule and due; a rhythm given as due is a rhythm, its time of day holds where the due says none."""
    words, recurrence = given.due, given.recurrence
    if words and not recurrence and times.repeats(words, clock):
        words, recurrence = None, words
    if not recurrence:
        return None, times.due(words, clock) if words else None
    rule, first = times.rule(recurrence, clock)
    if not words:
        return rule, first
    if times.repeats(words, clock):
        _, due = times.rule(words, clock)
    else:
        due = times.moved(words, first, clock)
    return rule, due


def _fields(given: TaskChange, task: Task, clock: Clock) -> dict[str, Any]:
    fields: dict[str, Any] = dict(CLEARED[name] for name in given.clear or ())
    plain = {"title": given.title, "body": given.body, "priority": given.priority, "project": given.project}
    fields |= {name: value for name, value in plain.items() if value is not None}
    if given.tags is not None:
        fields["tags"] = tags_of(given.tags)
    if given.duration is not None:
        fields["duration_minutes"] = times.minutes(given.duration, clock)
    fields |= _new_times(given, task, clock)
    if given.remind is not None:
        fields["remind_at"] = times.reminder(given.remind, fields.get("due", task.due), clock)
    elif fields.get("due") and task.due and task.due.instant and task.remind_at and fields["due"].instant:
        fields.setdefault("remind_at", fields["due"].instant - (task.due.instant - task.remind_at))
    if not fields:
        raise Invalid("tasks", "says nothing to change; give at least one field.")
    return fields


def _new_times(given: TaskChange, task: Task, clock: Clock) -> dict[str, Any]:
    words, recurrence = given.due, given.recurrence
    if words and not recurrence and times.repeats(words, clock):
        words, recurrence = None, words
    fields: dict[str, Any] = {"due": times.moved(words, task.due, clock)} if words else {}
    if recurrence:
        fields["recurrence"], first = times.rule(recurrence, clock)
        if task.due is None or first.time is not None:
            fields.setdefault("due", first)
        elif "BY" in fields["recurrence"]:
            on = first_on_or_after(fields["recurrence"], task.due.date)
            fields.setdefault("due", Due(date=on, time=task.due.time, zone=task.due.zone))
    return fields


def _spread(reference: str, tasks: Sequence[Task], clock: Clock) -> list[str]:
    """The ids behind `all open tasks`, `everything overdue`, `all tasks tagged x`; the reference itself otherwise."""
    first, _, rest = reference.casefold().strip().partition(" ")
    if first not in ("all", "everything", "every"):
        return [reference]
    tags = {word.lstrip("#") for word in rest.split() if word.startswith("#")}
    if " tagged " in f" {rest} ":
        tags |= {rest.rsplit("tagged ", 1)[1].strip(" #")}
    words = set(rest.split("tagged")[0].split()) - {f"#{tag}" for tag in tags}
    if words and tokens(" ".join(words - {"open", "done", "completed", "finished", "overdue", "all", "with", "them"})):
        return [reference]
    finished = bool(words & {"done", "completed", "finished"})
    return [
        str(task.id)
        for task in tasks
        if task.is_open is not finished
        and tags <= {tag.casefold() for tag in task.tags}
        and ("overdue" not in words or task.is_overdue(clock.now))
    ][:BATCH] or [reference]


async def _changes(
    context: TurnContext, changes: Sequence[TaskChange]
) -> tuple[list[tuple[UUID, TaskChange]], list[tuple[str, MetaCortexError]]]:
    """Each change with its task, a change of `all tasks` with every one of them; and what was not understood."""
    only_ids = all(id_of(change.task) for change in changes)
    tasks = [] if only_ids else await context.tasks.candidates()
    known = [of_task(task) for task in tasks]
    wanted: list[tuple[UUID, TaskChange]] = []
    failures: list[tuple[str, MetaCortexError]] = []
    for change in changes:
        resolved = resolve(_spread(change.task, tasks, context.clock), known, kind="task")
        wanted.extend((id, change) for id in resolved.ids)
        failures.extend(resolved.failures)
    return wanted, failures


def _ids(wanted: Sequence[tuple[UUID, TaskChange]]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(id for id, _ in wanted))


async def _titles(context: TurnContext, resolved: Resolved) -> dict[UUID, str]:
    return {task.id: task.title for task in await context.tasks.get_many(list(resolved.ids))} if resolved.ids else {}


def _held(held: Held, id: UUID) -> Task:
    task = held.tasks.get(id)
    if task is None:
        raise NotFound(f"There is no task with id {str(id)!r}; name it by its words, or find it first.")
    return task


def _about(held: Held, id: UUID, reference: str) -> str:
    return held.tasks[id].title if id in held.tasks else reference
