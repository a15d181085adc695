"""Tasks: adding, changing, completing and deleting them by the person's words."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import Field

from domain.actions import Call
from domain.due import Due
from domain.errors import MetaCortexError, NotFound
from domain.people import Clock
from domain.tasks import Task
from language.rule_words import in_words as rule_in_words
from language.when import in_words
from storage.ledger import Decision, Held
from tools import deletions
from tools.context import TurnContext
from tools.details import NewTask, TaskChange, fields_of, task_of
from tools.filters import MOST
from tools.items import decision, done, failed
from tools.named_tasks import each_named, named
from tools.references import Resolved
from tools.tool import BATCH, Arguments, Ask, Item, Result, result_of

FREELY = 5


class AddTasks(Arguments):
    """The tasks to add."""

    tasks: list[NewTask] = Field(min_length=1, max_length=BATCH, description="One for each thing to do.")


class UpdateTasks(Arguments):
    """The changes."""

    tasks: list[TaskChange] = Field(min_length=1, max_length=MOST, description="One for each task to change.")


class NamedTasks(Arguments):
    """The tasks that are meant."""

    tasks: list[str] = Field(
        min_length=1,
        max_length=MOST,
        description="Ids, or the person's words for each ('the dentist one', 'the meeting on friday', "
        "'all overdue tasks').",
    )


async def add(context: TurnContext, call: Call, arguments: AddTasks) -> Result:
    """Add one or several tasks or reminders. Give times exactly as the person said them; code reads them and the answer
    says the reading. Use one call for all tasks of a message. An item with a question was not added: put it."""
    clock = context.clock
    items: list[Item] = []
    made: list[Task] = []
    for given in arguments.tasks:
        try:
            task = task_of(given, clock)
        except MetaCortexError as error:
            items.append(failed(error, about=given.title))
        else:
            made.append(task)
            items.append(shown(task, clock))
    answer = decision("Added", "task", items, [(None, task) for task in made])
    return result_of(await context.ledger.act(call, lambda _: answer, at=clock.now))


async def update(context: TurnContext, call: Call, arguments: UpdateTasks) -> Result:
    """Change tasks: move, rename, re-tag, prioritise, repeat. Name each by id or the person's words. Absent fields
    stay; names in `clear` are emptied; `tags` replaces all tags, `add_tags` and `remove_tags` some. `due` may also be
    a bare time or 'a week later'."""
    clock = context.clock
    wanted, failures = await _changes(context, arguments.tasks)

    def decide(held: Held) -> Decision:
        items = [failed(error, about=reference) for reference, error in failures]
        now: dict[UUID, Task] = {}
        for id, change in wanted:
            try:
                task = now.get(id) or _held(held, id)
                now[id] = task.change(fields_of(change, task, clock), at=clock.now)
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
        duration=task.duration_minutes,
        done=not task.is_open,
        created_at=task.created_at.isoformat(),
    )


def reading(task: Task, clock: Clock) -> str:
    """`"Call the dentist", due tomorrow, Sun 22 Nov, 15:00, priority 1, #health`."""
    parts = [f'"{task.title}"']
    if task.due:
        parts.append(f"due {in_words(task.due, clock)}")
    if task.recurrence:
        after = ", counted from when it is done" if task.recurs_from == "completion" else ""
        parts.append(f"{rule_in_words(task.recurrence)}{after}")
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


async def _changes(
    context: TurnContext, changes: Sequence[TaskChange]
) -> tuple[list[tuple[UUID, TaskChange]], list[tuple[str, MetaCortexError]]]:
    """Each change with its task, a change of `all tasks` with every one of them; and what was not understood."""
    wanted: list[tuple[UUID, TaskChange]] = []
    failures: list[tuple[str, MetaCortexError]] = []
    meant = await each_named(context, [change.task for change in changes])
    for change in changes:
        wanted.extend((id, change) for id in meant[change.task].ids)
        failures.extend(meant[change.task].failures)
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
