"""The score: what was done to runs that were under way, in which phase, and how long it took to hear of them again."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from evals.faults.books import UnderWay
from evals.faults.told import Told

Kind = Literal["kill", "stop", "restart", "disconnect", "cancel", "double send", "double answer"]
NAMES: Mapping[Kind, str] = {
    "kill": "kill -9 of a replica",
    "stop": "orderly stops of a replica",
    "restart": "restarts of Postgres",
    "disconnect": "disconnects, come back to any replica",
    "cancel": "cancels at any replica",
    "double send": "runs sent twice",
    "double answer": "approvals answered twice",
}


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A run that was under way when something was done to it; `alone` where no other replica could take it over."""

    kind: Kind
    at: float
    run_id: str
    attempt: int
    phase: str
    alone: bool = False


@dataclass(kw_only=True)
class Score:
    """Counted while it happens; `wanted` is how many of each are enough."""

    wanted: Mapping[Kind, int]
    done: Counter[Kind] = field(default_factory=Counter)
    hits: list[Hit] = field(default_factory=list)
    readers: dict[str, Told] = field(default_factory=dict)
    cancel_seconds: list[float] = field(default_factory=list)

    @property
    def reached(self) -> bool:
        """True where there is enough of everything."""
        return not self.missing

    @property
    def missing(self) -> dict[Kind, int]:
        """How many of each are still to be done."""
        return {kind: number - self.done[kind] for kind, number in self.wanted.items() if self.done[kind] < number}

    def hit(self, kind: Kind, states: Sequence[UnderWay], *, alone: bool = False) -> None:
        """One injection, and the runs it found under way; one that found none is not counted."""
        if not states:
            return
        now = time.monotonic()
        self.done[kind] += 1
        for state in states:
            told = self.readers.get(state.run_id)
            phase = state.phase(told.events[-1][1] if told and told.events else None)
            self.hits.append(
                Hit(kind=kind, at=now, run_id=state.run_id, attempt=state.attempts, phase=phase, alone=alone)
            )

    def phases(self, kind: Kind) -> Counter[str]:
        """How many runs were hit in which phase."""
        return Counter(hit.phase for hit in self.hits if hit.kind == kind)

    def back(self, hit: Hit) -> float | None:
        """Seconds from a hit until its run was heard of again, by its next attempt or its end.

        None where nobody read it, or where it was hit once more before that.
        """
        told = self.readers.get(hit.run_id)
        # Of two answers to one approval only one gave the run its name.
        heard = told.recovered(hit.at, hit.attempt) if told and told.run_id == hit.run_id else None
        if heard is None or any(hit.at < other.at < heard and other.run_id == hit.run_id for other in self._crashes()):
            return None
        return heard - hit.at

    def recoveries(self, *, alone: bool = False) -> list[float]:
        """Those seconds for all runs hit by a kill that left another replica, or none; sorted."""
        kills = [hit for hit in self.hits if hit.kind == "kill" and hit.alone == alone]
        return sorted(back for hit in kills if (back := self.back(hit)) is not None)

    def _crashes(self) -> list[Hit]:
        return [hit for hit in self.hits if hit.kind in ("kill", "stop", "restart")]


def at_share(ordered: Sequence[float], share: float) -> float:
    """The smallest of them that at least this share does not exceed."""
    return ordered[max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1)]
