"""Questions to what a person has written: some it answers, some speak of nothing in it, some come right beside it."""

from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from uuid import UUID, uuid4

import yaml
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from domain.actions import Call
from domain.due import Due
from domain.habits import Habit
from domain.memories import Memory
from domain.notes import Note
from domain.people import Profile
from domain.tasks import Task
from evals.conversations import Stage
from evals.hearing import Heard, hear
from evals.suites.suite import BadCases
from evals.transcripts import known_zone
from storage.ledger import Decision
from tools.context import TurnContext

HERE = Path(__file__).with_name("questions")
FROZEN = HERE / "frozen.yaml"
CALIBRATION = HERE / "calibration.yaml"
Kind = Literal["answered", "absent", "beside"]
SHOWS = frozenset({"find_tasks", "find_notes", "habit_insights", "search", "summarize_notes"})
"""Tools that answer with things of the person."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WrittenNote(_Strict):
    """A note and the day it is from."""

    title: str = ""
    tags: tuple[str, ...] = ()
    on: date
    body: str


class WrittenTask(_Strict):
    """A task, due on a day or never."""

    title: str
    due: date | None = None
    tags: tuple[str, ...] = ()
    project: str | None = None


class WrittenHabit(_Strict):
    """A habit, so many times in so many days."""

    name: str
    times: int
    per_days: int


class Written(_Strict):
    """All that the person has written; notes have names to be pointed at, memories are their own."""

    notes: dict[str, WrittenNote] = {}
    tasks: tuple[WrittenTask, ...] = ()
    habits: tuple[WrittenHabit, ...] = ()
    memories: tuple[str, ...] = ()


class Answerable(_Strict):
    """A question, and what answers it: the name of a note, a task's title, a habit's name or a memory's words."""

    ask: str
    source: str = Field(alias="in")


class Asked(_Strict):
    """The questions of each kind: with an answer, about things never written, and right beside what was written."""

    answered: tuple[Answerable, ...] = ()
    absent: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.answered) + len(self.absent) + len(self.beside)


class World(_Strict):
    """One person, with a clock that stands at `now`; `author` is who made it up."""

    author: str = ""
    now: AwareDatetime
    zone: Annotated[str, AfterValidator(known_zone)]
    written: Written
    questions: Asked


@dataclass(frozen=True, kw_only=True)
class Question:
    """One case; `source` is the id of what answers it."""

    id: str
    kind: Kind
    ask: str
    source: str | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of a question. It is answered where something of the person is quoted or shown without a doubt."""

    question: Question
    heard: Heard
    is_answered: bool
    names: frozenset[str]
    """The ids of what was cited or shown."""

    @property
    def is_right(self) -> bool:
        """A question that has an answer gets one, any other none."""
        return self.is_answered == (self.question.kind == "answered")

    def to_json(self) -> dict[str, Any]:
        """The case as a line of `--json`."""
        return {
            "id": self.question.id,
            "kind": self.question.kind,
            "ask": self.question.ask,
            "reply": self.heard.error or self.heard.words,
            "tools": self.heard.tools,
            "answered": self.is_answered,
            "source": self.question.source,
            "names": sorted(self.names),
            "score": int(self.is_right),
        }


def worlds(file: Path) -> list[World]:
    """The persons of a file, one YAML document each; raises `BadCases`."""
    try:
        with file.open(encoding="utf-8") as text:
            return TypeAdapter(list[World]).validate_python(list(yaml.load_all(text, yaml.BaseLoader)))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadCases(f"{file}: cannot be read as YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadCases(f"{file}: {place}: {first['msg']}") from error


async def settled(world: World, stage: Stage) -> tuple[Profile, list[Question]]:
    """Somebody who has written all this, found by words and meaning; and what is asked."""
    stage.moment.now = world.now
    profile = await stage.someone(f"questions-{uuid4().hex[:12]}", world.zone)
    ids = await _write(stage.agent.context(profile), world)
    await stage.settle(profile)
    return profile, list(_asked(world, ids))


async def asked(world: World, stage: Stage) -> AsyncGenerator[Answer, None]:
    """Every question as a turn of its own, in a thread of its own."""
    profile, questions = await settled(world, stage)
    for question in questions:
        thread_id = uuid4().hex
        heard = await hear(question.ask, agent=stage.agent, profile=profile, thread_id=thread_id, approve=False)
        yield _judged(question, heard)


def summary(answers: Sequence[Answer]) -> Iterable[str]:
    """The three rates, each with its number of questions; then how often the right thing was pointed at."""
    for kind, wanted in (("answered", "refused wrongly"), ("absent", "refused"), ("beside", "refused")):
        of = [answer for answer in answers if answer.question.kind == kind]
        refused = sum(not answer.is_answered for answer in of)
        if of:
            yield f"{kind:<9} n={len(of):4d}  {wanted} {refused / len(of):.3f} ({refused})"
    told = [answer for answer in answers if answer.question.kind == "answered" and answer.is_answered]
    right = sum(answer.question.source in answer.names for answer in told)
    if told:
        yield f"of {len(told)} answers to questions with one, from the right source {right / len(told):.3f} ({right})"


def _judged(question: Question, heard: Heard) -> Answer:
    shown = {
        str(item.get("id"))
        for call in heard.calls
        if call.tool in SHOWS
        for item in (call.to_json()["result"] or {}).get("items", ())
        if item.get("ok") is not False
    }
    names = frozenset({citation.id for citation in heard.citations} or shown - {"None"})
    return Answer(question=question, heard=heard, is_answered=bool(names) and not _hedges(heard.words), names=names)


def _hedges(words: str) -> bool:
    return "I could not find that" in words


async def _write(context: TurnContext, world: World) -> dict[str, UUID]:
    """Write it all through the ledger; gives the id of each thing by what questions call it."""
    now, written = context.now, world.written
    notes = {
        name: Note(title=note.title, body=note.body, tags=note.tags, created_at=(at := _noon(note.on)), updated_at=at)
        for name, note in written.notes.items()
    }
    tasks = {
        task.title: Task(
            title=task.title, due=Due(date=task.due) if task.due else None, tags=task.tags, project=task.project,
            created_at=now, updated_at=now,
        )
        for task in written.tasks
    }  # fmt: skip
    habits = {
        habit.name: Habit(
            name=habit.name, times=habit.times, per_days=habit.per_days, created_on=now.date(),
            created_at=now, updated_at=now,
        )
        for habit in written.habits
    }  # fmt: skip
    memories = {text: Memory(text=text, created_at=now, updated_at=now) for text in written.memories}
    things: dict[str, Note | Task | Habit | Memory] = {**notes, **tasks, **habits, **memories}
    changes = tuple((None, thing) for thing in things.values())
    call = Call(
        thread_id="", message_id=uuid4().hex, tool_call_id="write", origin="rest", tool="write_note",
        arguments={},
    )  # fmt: skip
    await context.ledger.act(call, lambda _: Decision("Wrote it all.", changes, ()), at=now)
    return {name: thing.id for name, thing in things.items()}


def _asked(world: World, ids: dict[str, UUID]) -> Iterable[Question]:
    for number, each in enumerate(world.questions.answered, 1):
        if each.source not in ids:
            raise BadCases(f"the question {each.ask!r} is answered by {each.source!r}, which is not written.")
        yield Question(id=f"answered/{number:03}", kind="answered", ask=each.ask, source=str(ids[each.source]))
    for kind in get_args(Kind)[1:]:
        for number, ask in enumerate(getattr(world.questions, kind), 1):
            yield Question(id=f"{kind}/{number:03}", kind=kind, ask=ask)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
