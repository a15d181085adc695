"""Suites run and scored: each case on a line or in a table, then the rate."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any, Protocol

from evals import conversations, questions
from evals.conversations import Case, line, replay
from evals.playback import played_over, recorded
from evals.stage import opened
from evals.suites import (
    agent_apibank,
    agent_reminders,
    agent_tooltalk,
    dates,
    intents,
    intents_slots,
    memories,
    quickadd,
    recurrence_next,
    retrieval,
    summaries,
)
from evals.suites.suite import BadCases, Suite, judged, rate, tabled
from evals.transcripts import Transcript, read, shipped

OWN, QUESTIONS, MEMORIES = "conversations", "questions", "memories"
PUBLIC = (
    "agent_apibank agent_bfcl agent_injection agent_reminders agent_tau2mock agent_tooltalk "
    "agent_workbench anomaly_nab dates durations_renzo durations_sip habits injection intents "
    "intents_slots quickadd recurrence_next retrieval_cisi retrieval_cranfield retrieval_locomo "
    "retrieval_npl retrieval_qmsum sentiment_journal sentiment_valence summ_dialogsum summ_qmsum"
).split()
SUITES: dict[str, Suite] = {
    "agent_apibank": agent_apibank.SUITE,
    "agent_reminders": agent_reminders.SUITE,
    "agent_tooltalk": agent_tooltalk.SUITE,
    "dates": dates.SUITE,
    "intents": intents.SUITE,
    "intents_slots": intents_slots.SUITE,
    "quickadd": quickadd.SUITE,
    "recurrence_next": recurrence_next.SUITE,
    "retrieval_cisi": retrieval.BY_GAIN,
    "retrieval_cranfield": retrieval.BY_GAIN,
    "retrieval_locomo": retrieval.BY_RECALL,
    "retrieval_npl": retrieval.BY_GAIN,
    "retrieval_qmsum": retrieval.BY_RECALL,
    "summ_dialogsum": summaries.SUITE,
    "summ_qmsum": summaries.SUITE,
}
SHAPE = (
    "The shape of its rows is documented in the README.md of the evaldata folder, in the section named after the suite"
)


class Scored(Protocol):
    """A case with what came of it."""

    def to_json(self) -> dict[str, Any]: ...


def run(name: str, *, data: Path | None, model: str, wire: str | None, out: Path | None) -> float:
    """Print the suite's cases and give their rate; each case is a line in `out`.

    Raises `BadCases`, `BadTranscript`, `Unscripted`, `MetaCortexError`, `ValueError` or `OSError` where it could not
    finish.
    """
    if out is not None:
        # What cannot be written is known before the work whose result would be lost.
        out.open("a", encoding="utf-8").close()
    if name == OWN:
        return _conversations(data, model, wire, out)
    if name == QUESTIONS:
        return _questions(data or questions.FROZEN, model, out)
    if name == MEMORIES:
        return _memories(data or memories.FROZEN, out)
    if name in PUBLIC:
        return _public(name, data, model, out)
    raise BadCases(f"There is no suite {name!r}; `python -m evals list` names them.")


def transcripts_in(given: Path | None) -> list[Transcript]:
    """Those of a file or a folder, else those that ship; raises `BadTranscript`, `OSError`."""
    if given is None:
        return read(shipped())
    return read(sorted(given.glob("*.yaml")) if given.is_dir() else [given])


def _conversations(data: Path | None, model: str, wire: str | None, out: Path | None) -> float:
    transcripts = transcripts_in(data)
    if not transcripts:
        raise BadCases(f"{data}: there is no transcript in it.")
    cases = asyncio.run(_played(transcripts, model, wire))
    _write(cases, out)
    print(conversations.summary(cases))
    return conversations.rate(cases)


def _questions(file: Path, model: str, out: Path | None) -> float:
    answers = asyncio.run(_answered(file, model))
    _write(answers, out)
    print(*questions.summary(answers), sep="\n")
    right = sum(each.is_right for each in answers) / len(answers)
    print(f"{QUESTIONS}: {right:.3f} over {len(answers)} questions")
    return right


def _memories(file: Path, out: Path | None) -> float:
    cases = asyncio.run(memories.weighed(memories.messages(file)))
    _write(cases, out)
    print(*memories.summary(cases), sep="\n")
    right = sum(case.is_right for case in cases) / len(cases)
    print(f"{MEMORIES}: {right:.3f} over {len(cases)} messages")
    return right


def _public(name: str, data: Path | None, model: str, out: Path | None) -> float:
    if data is None:
        raise BadCases(f"It is public data and does not ship: give --data FILE.jsonl. {SHAPE} {name!r}.")
    suite = SUITES.get(name)
    if suite is None:
        raise BadCases(f"{SHAPE} {name!r}. This version cannot run it yet.")
    cases = asyncio.run(judged(suite, data, model))
    table = tabled(suite, cases, data)
    _write(cases, out)
    print(*table, sep="\n")
    counted, share = sum(suite.counts(case.case) for case in cases), rate(suite, cases)
    print(f"{name}: {share:.3f} over {counted} of {len(cases)} cases")
    return share


async def _answered(file: Path, model: str) -> list[questions.Answer]:
    answers = []
    async with opened(model) as stage:
        for world in questions.worlds(file):
            async with aclosing(questions.asked(world, stage)) as told:
                answers += [answer async for answer in told]
    if not answers:
        raise BadCases(f"{file}: there is no question in it.")
    return answers


async def _played(transcripts: Sequence[Transcript], model: str, wire: str | None) -> list[Case]:
    cases = []
    async with opened(model) as stage:
        recordings = await recorded(transcripts, stage) if wire else {}
        playing = played_over(wire, transcripts, recordings) if wire else replay(transcripts, stage)
        async with aclosing(playing) as played:
            async for case in played:
                print(line(case), flush=True)
                cases.append(case)
    return cases


def _write(cases: Sequence[Scored], out: Path | None) -> None:
    if out is not None:
        out.write_text("".join(json.dumps(case.to_json()) + "\n" for case in cases), encoding="utf-8")
