"""Conversations: transcripts replayed against the real agent, with what each turn called, said and changed."""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import sqrt
from typing import Any
from uuid import uuid4

from agent.turn import Agent
from domain.people import Profile
from evals.effects import State, faults, says, state_of
from evals.hearing import Heard, hear
from evals.transcripts import Transcript, Turn


class Moment:
    """The clock of a replay: it shows what it was set to."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Where transcripts are played: `someone` makes a new person, `settle` waits for work in the background."""

    agent: Agent
    moment: Moment
    someone: Callable[[str, str], Awaitable[Profile]]
    settle: Callable[[Profile], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One turn of a transcript and its faults; it passes where there are none."""

    id: str
    say: str
    heard: Heard
    faults: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """True where nothing came out otherwise."""
        return not self.faults

    def to_json(self) -> dict[str, Any]:
        """The case as a line of `--json`."""
        return {
            "id": self.id,
            "say": self.say,
            "reply": self.heard.words,
            "tools": self.heard.tools,
            "asked": self.heard.asked,
            "cited": [{"kind": citation.kind, "id": citation.id} for citation in self.heard.citations],
            "error": self.heard.error,
            "faults": self.faults,
            "score": int(self.passed),
        }


async def replay(transcripts: Iterable[Transcript], stage: Stage) -> AsyncGenerator[Case, None]:
    """Every turn of every transcript, each transcript as a person of its own."""
    for transcript in transcripts:
        stage.moment.now = transcript.moment(transcript.turns[0], 0)
        profile = await stage.someone(f"{transcript.name}-{uuid4().hex[:8]}", transcript.zone)
        thread_id = f"{transcript.name}-{uuid4().hex[:8]}"
        before = await state(stage.agent, profile)
        for number, turn in enumerate(transcript.turns):
            stage.moment.now = transcript.moment(turn, number)
            heard = await hear(
                turn.say, agent=stage.agent, profile=profile, thread_id=thread_id, approve=bool(turn.approve)
            )
            await stage.settle(profile)
            after = await state(stage.agent, profile)
            found = (*_faults_of_speech(turn, heard), *faults(turn.effects, before, after))
            yield Case(id=f"{transcript.name}/{number + 1:02}", say=turn.say, heard=heard, faults=found)
            before = after


def line(case: Case) -> str:
    """The case for a person at a terminal: its faults and the reply only where it failed."""
    head = f"{'ok  ' if case.passed else 'FAIL'} {case.id:<24} {case.say[:70]}"
    if case.passed:
        return head
    reply = case.heard.error or case.heard.words
    return "\n".join(
        [head, f"       reply: {' '.join(reply.split())[:300]}", *(f"       - {one}" for one in case.faults)]
    )


def summary(cases: Sequence[Case]) -> str:
    """The rate with its number of cases, of turns and of whole conversations."""
    names = {case.id.partition("/")[0] for case in cases}
    broken = {case.id.partition("/")[0] for case in cases if not case.passed}
    passed = sum(case.passed for case in cases)
    low, high = _interval(passed, len(cases))
    return (
        f"turns {rate(cases):.3f} ({passed} of {len(cases)}; 95 % interval {low:.2f} to {high:.2f}), "
        f"whole conversations {len(names) - len(broken)} of {len(names)}"
    )


def rate(cases: Sequence[Case]) -> float:
    """The share of turns without a fault."""
    return sum(case.passed for case in cases) / len(cases) if cases else 0.0


def _interval(passed: int, of: int) -> tuple[float, float]:
    """Wilson's interval of a share."""
    if of == 0:
        return 0.0, 1.0
    share, square = passed / of, 1.96**2
    middle = (share + square / (2 * of)) / (1 + square / of)
    reach = 1.96 * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _faults_of_speech(turn: Turn, heard: Heard) -> list[str]:
    return [
        *([f"the run failed: {heard.error}"] if heard.error else []),
        *_faults_of_asking(turn, heard),
        *_faults_of_calls(turn, heard),
        *(f"the reply does not say {piece!r}" for piece in turn.reply.says if not says(piece, heard.words)),
        *(f"the reply must not say {piece!r}" for piece in turn.reply.not_ if says(piece, heard.words)),
        *_faults_of_citing(turn, heard),
        *(["the reply is empty"] if not heard.words.strip() and not heard.error else []),
    ]


def _faults_of_asking(turn: Turn, heard: Heard) -> Iterable[str]:
    if turn.approve is not None and not heard.asked:
        yield "it acted without asking for approval"
    if turn.approve is None and heard.asked:
        yield f"it asked for approval of what needs none: {heard.asked}"


def _faults_of_calls(turn: Turn, heard: Heard) -> Iterable[str]:
    if turn.tools is not None and set(turn.tools) != set(heard.tools):
        yield f"tools called: {heard.tools or 'none'}, expected: {list(turn.tools) or 'none'}"


def _faults_of_citing(turn: Turn, heard: Heard) -> Iterable[str]:
    if turn.cites is True and not heard.citations:
        yield "nothing was cited"
    if turn.cites is False and (heard.citations or re.search(r"\[\d+\]", heard.words)):
        yield f"it cited {[citation.title for citation in heard.citations]} where nothing answers"


async def state(agent: Agent, profile: Profile) -> State:
    """All that the person has now."""
    context = agent.context(profile)
    return await state_of(tasks=context.tasks, notes=context.notes, habits=context.habits, memories=context.memories)
