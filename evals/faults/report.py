"""The report: what was done and what was found, for a person and for a program."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from evals.faults.harness import Outcome
from evals.faults.score import NAMES, at_share
from evals.faults.verdict import ZEROS

SHOWN = 20


def lines(outcome: Outcome) -> Iterator[str]:
    """For a person."""
    score = outcome.score
    turns, threads = len(outcome.facts.sent), len(outcome.facts.last_turns)
    yield f"seed {outcome.seed}, {outcome.seconds:.0f} s, {turns} turns in {threads} threads"
    yield "done to runs under way"
    for kind, number in score.wanted.items():
        phases = score.phases(kind)
        shown = ", ".join(f"{phase} {count}" for phase, count in phases.most_common())
        yield f"  {NAMES[kind]:<38} {score.done[kind]:>5} of {number:<4} hit {phases.total()} runs: {shown}"
    yield "found"
    zeros = Counter(finding.zero for finding in outcome.found)
    for zero in ZEROS:
        yield f"  {zero:<44} {zeros[zero]}"
    for finding in outcome.found[:SHOWN]:
        yield f"    {finding.zero}: {finding.where}: {finding.what}"
    if len(outcome.found) > SHOWN:
        yield f"    and {len(outcome.found) - SHOWN} more"
    for name, seconds in (
        ("heard of again after a kill", score.recoveries()),
        ("the same where the last replica was killed", score.recoveries(alone=True)),
        ("cancelled", sorted(score.cancel_seconds)),
    ):
        if seconds:
            half, most = at_share(seconds, 0.5), at_share(seconds, 0.95)
            yield f"{name}: n={len(seconds)}, p50 {half:.2f} s, p95 {most:.2f} s, longest {seconds[-1]:.2f} s"
    yield f"ends: {_counted(Counter(str(sent.end) for sent in outcome.facts.sent))}"
    yield f"attempts: {_counted(Counter(str(run.attempts) for run in outcome.facts.runs.values()))}"
    yield f"answers other than 200: {_counted(outcome.refusals) or 'none'}"
    for fell in outcome.fallen:
        yield f"fell by itself: {fell}"
    missing = ", ".join(f"{number} × {NAMES[kind]}" for kind, number in score.missing.items())
    yield "clean" if outcome.is_clean else f"NOT CLEAN{f': still to do {missing}' if missing else ''}"


def as_json(outcome: Outcome) -> str:
    """For a program."""
    score, recoveries, cancels = outcome.score, outcome.score.recoveries(), sorted(outcome.score.cancel_seconds)
    zeros = Counter(finding.zero for finding in outcome.found)
    whole: dict[str, Any] = {
        "seed": outcome.seed,
        "seconds": outcome.seconds,
        "turns": len(outcome.facts.sent),
        "threads": len(outcome.facts.last_turns),
        "injected": {
            kind: {"done": score.done[kind], "wanted": number, "phases": score.phases(kind)}
            for kind, number in score.wanted.items()
        },
        "found": {zero: zeros[zero] for zero in ZEROS},
        "findings": [asdict(finding) for finding in outcome.found],
        "recovery_seconds": recoveries,
        "recovery_seconds_alone": score.recoveries(alone=True),
        "cancel_seconds": cancels,
        "ends": Counter(str(sent.end) for sent in outcome.facts.sent),
        "hits": [
            asdict(hit) | {"back": score.back(hit)} for hit in score.hits if hit.kind in ("kill", "stop", "restart")
        ],
        "refusals": outcome.refusals,
        "fallen": list(outcome.fallen),
        "clean": outcome.is_clean,
    }
    return json.dumps(whole, indent=1)


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} × {number}" for name, number in counts.most_common())
