"""Dialogues: a person who has tasks says the turns of a case to the real agent; what came of it is held against what
was expected of it.

The clock stands still at the case's moment, in UTC. Every turn of the person is said as it stands, but for two kinds:
one that only gives what we do not keep (who the person is, where, with whom) because the case's own assistant asked for
it, and one that says nothing new because it asked a second time; that one is said where our last reply asks something.
Where our reply to the last turn asks something and the case tells the whole request, that is the answer, once. What
asks for approval is approved.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from domain.actions import Call
from domain.due import Due
from domain.tasks import Task
from evals.conversations import Stage, state
from evals.effects import State
from evals.hearing import Heard, hear
from evals.stage import opened
from evals.suites.expectations import Expected, faults
from evals.suites.lines import Line
from evals.suites.suite import BadCases, Judged, Row, Suite
from storage.ledger import Decision
from tools.context import TurnContext

ZONE = "UTC"


@dataclass(frozen=True, kw_only=True)
class Dialogue:
    """`now` has no zone; `whole` is all that the person wants, said once more where we ask."""

    now: datetime
    has: tuple[Task, ...] = ()
    lines: tuple[Line, ...]
    whole: str | None = None
    expected: Expected


def suite(dialogue_of: Callable[[Row, Path], Dialogue], left_out: Callable[[Row], str | None]) -> Suite:
    """The suite of cases that are such dialogues; `left_out` says why a case is none of ours, None where it is."""

    async def answer(cases: Sequence[Row], file: Path, model: str) -> AsyncIterator[Row]:
        async with opened(model) as stage:
            for case in cases:
                try:
                    dialogue = dialogue_of(case, file)
                except (KeyError, TypeError, ValueError) as error:
                    raise BadCases(f"{file}, case {case['id']}: not of this suite's shape: {error!r}.") from error
                yield await played(dialogue, stage)

    def table(cases: Sequence[Judged]) -> Iterable[str]:
        return _table(cases, left_out)

    return Suite(
        answer=answer,
        score=lambda case, prediction: float(not prediction["faults"]),
        table=table,
        counts=lambda case: left_out(case) is None,
    )


async def played(dialogue: Dialogue, stage: Stage) -> Row:
    """The dialogue with somebody new: calls, replies (empty for a turn not said), states, and what was wrong."""
    stage.moment.now = dialogue.now.replace(tzinfo=ZoneInfo(ZONE))
    profile = await stage.someone(f"dialogue-{uuid4().hex[:12]}", ZONE)
    await _give(stage.agent.context(profile), dialogue.has)
    await stage.settle(profile)
    thread_id = uuid4().hex
    before = await state(stage.agent, profile)
    replies: list[str] = []
    calls: list[dict[str, Any]] = []
    errors: list[str] = []
    asks = False

    async def say(words: str) -> bool:
        heard = await hear(words, agent=stage.agent, profile=profile, thread_id=thread_id, approve=True)
        calls.extend({"turn": len(replies), **call.to_json()} for call in heard.calls)
        replies.append(heard.error or heard.words)
        errors.extend([f"the run failed: {heard.error}"] if heard.error else [])
        await stage.settle(profile)
        return _asks(heard)

    for line in dialogue.lines:
        if line.say == "always" or (line.say == "if asked" and asks):
            asks = await say(line.words)
        else:
            replies.append("")
    if asks and dialogue.whole:
        await say(dialogue.whole)
    was, now = _rows(before), _rows(await state(stage.agent, profile))
    wrong = [*errors, *faults(dialogue.expected, was, now, replies)]
    return {"calls": calls, "replies": replies, "before": was, "state": now, "faults": wrong}


def due_at(moment: str) -> Due:
    """The due of a local ISO moment; midnight and the last second of a day stand for the day."""
    at = datetime.fromisoformat(moment)
    if (at.hour, at.minute, at.second) in ((0, 0, 0), (23, 59, 59)):
        return Due(date=at.date())
    return Due(date=at.date(), time=at.time(), zone=ZONE)


def task(title: str, *, at: datetime, moment: str | None = None, **more: Any) -> Task:
    """A task that the person has since `at` (without a zone), due at the moment."""
    since = at.replace(tzinfo=ZoneInfo(ZONE))
    due = due_at(moment) if moment else None
    return Task(title=title, due=due, created_at=since, updated_at=since, **more)


async def _give(context: TurnContext, tasks: Sequence[Task]) -> None:
    call = Call(
        thread_id="",
        message_id="",
        tool_call_id=uuid4().hex,
        run_id=None,
        origin="rest",
        tool="add_tasks",
        arguments={},
    )
    given = Decision(summary="Given", changes=tuple((None, task) for task in tasks), items=())
    await context.ledger.act(call, lambda _: given, at=context.now)


def _asks(heard: Heard) -> bool:
    """True where a tool asked something, or the reply ends in a question."""
    results = [call.to_json()["result"] for call in heard.calls]
    items = [item for result in results if isinstance(result, dict) for item in result.get("items") or ()]
    return heard.words.rstrip(' "”').endswith("?") or any(item.get("question") for item in items)


def _rows(of: State) -> dict[str, list[dict[str, Any]]]:
    return {kind: [{"id": id, **row} for id, row in rows.items()] for kind, rows in of.rows.items()}


def _table(cases: Sequence[Judged], left_out: Callable[[Row], str | None]) -> Iterable[str]:
    """The figures of the selected cases and of all, why the others are none of ours, and what went wrong."""
    chosen = [each for each in cases if left_out(each.case) is None]
    yield _figure("selected", chosen)
    yield _figure("all", cases)
    reasons = Counter(reason for each in cases if (reason := left_out(each.case)))
    yield from (f"left out: {reason:<25} n={count:5d}" for reason, count in sorted(reasons.items()))
    for each in chosen:
        if not each.score:
            yield f"wrong: {each.case['id']}: {each.prediction['faults'][0]}"


def _figure(name: str, cases: Sequence[Judged]) -> str:
    share = sum(each.score for each in cases) / len(cases) if cases else 0.0
    return f"{name:<36} n={len(cases):5d}  {share:.3f}"
