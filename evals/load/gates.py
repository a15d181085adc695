"""The gates: what was promised of speed, whether it holds, and the figures it was held against."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from evals.load.bench import FIRST, HELD, PACED, Measured, Seen, Work
from evals.load.client import Cell
from evals.load.growth import Left
from evals.load.stand import DIRECT, OURS, RELAY, STOCK
from evals.load.wire import Books

MEGABYTE = 2**20
# The turns of a long thread that are held against each other.
TENTH, LATEST = slice(6, 13), slice(-7, None)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One gate: its figure, how far it may go, how much it was made of, and what else belongs to it."""

    name: str
    figure: float
    limit: float
    unit: str
    n: str
    beside: str = ""

    @property
    def holds(self) -> bool:
        """True where the promise is kept; what is not a number keeps none."""
        return self.figure <= self.limit

    def __str__(self) -> str:
        word = "ok  " if self.holds else "MISS"
        beside = f"; {self.beside}" if self.beside else ""
        figure, limit = f"{self.figure:.3g} {self.unit}", f"{self.limit:g} {self.unit}"
        return f"{word} {self.name:<50} {figure:>11}   gate {limit:<9}  n = {self.n}{beside}"


def judged(measured: Measured) -> list[Verdict]:
    """Every gate."""
    return [*_by_rounds(_Rounds(measured.seen)), *_by_turns(measured), *_by_memory(measured)]


def report(measured: Measured) -> list[str]:
    """The gates, then the subjects beside each other and what a turn leaves, line by line."""
    return [
        *map(str, judged(measured)),
        "",
        *_Rounds(measured.seen).beside_each_other(),
        "",
        *_shown("a text turn", measured.left_by_text),
        "",
        *_shown("a turn with one tool", measured.left_by_tool),
    ]


def line(cell: Cell) -> str:
    """What a client felt in one window."""
    faults = f", FAILED {dict(cell.faults)}" if cell.faults else ""
    return (
        f"{cell.streams:>3} streams: first token p50 {cell.ttft(0.5):.1f} ms, p95 {cell.ttft(0.95):.1f} ms, "
        f"gap p95 {cell.gap(0.95):.1f} ms, {cell.tokens / cell.seconds:.0f} tokens/s, n = {len(cell.first)}{faults}"
    )


def as_json(measured: Measured) -> dict[str, Any]:
    """All of it, for a file: with the statements of each round trip of an ordinary turn."""
    return {
        "gates": [{**asdict(verdict), "holds": verdict.holds} for verdict in judged(measured)],
        "cells": [_seen_as_json(seen) for seen in measured.seen],
        "text_turn": _ordinary(measured.text_turns).trips,
        "slow_turn": _ordinary(measured.slow_turns).trips,
        "tool_turn": _ordinary(measured.tool_turns).trips,
        "left_by_text_turn": asdict(measured.left_by_text),
        "left_by_tool_turn": asdict(measured.left_by_tool),
    }


def felt_as_json(cell: Cell) -> dict[str, Any]:
    """What a client felt in one window, for a file."""
    return {
        "subject": cell.subject,
        "streams": cell.streams,
        "ttft_p50_ms": cell.ttft(0.5),
        "ttft_p95_ms": cell.ttft(0.95),
        "gap_p95_ms": cell.gap(0.95),
        "answers": len(cell.first),
        "tokens": cell.tokens,
        "seconds": cell.seconds,
        "faults": dict(cell.faults),
    }


def _seen_as_json(seen: Seen) -> dict[str, Any]:
    costs = {
        "cpu_us_per_token": seen.cell.cost,
        "cores": seen.cell.cores,
        "resident_mb": seen.cell.resident / MEGABYTE,
        "calibration_ms": seen.calibration,
        "load_average": seen.wanted_by,
    }
    return {"work": seen.work, **felt_as_json(seen.cell), **costs}


class _Rounds:
    """The cells of the rounds: a subject's figure under a load is the median over them."""

    def __init__(self, seen: Sequence[Seen]) -> None:
        self._seen = seen

    def cost(self, subject: str) -> float:
        """Microseconds of CPU a token at 16 streams."""
        return self._median(PACED, subject, lambda each: each.cell.cost)

    def added(self, subject: str) -> float:
        """Milliseconds to the first token over what the model takes."""
        return self.ttft(FIRST, subject) - self.ttft(FIRST, DIRECT)

    def ttft(self, work: Work, subject: str, share: float = 0.5) -> float:
        """Milliseconds to the first token."""
        return self._median(work, subject, lambda each: each.cell.ttft(share))

    def gap(self, subject: str) -> float:
        """Milliseconds between two pieces at 64 streams, p95."""
        return self._median(HELD, subject, lambda each: each.cell.gap(0.95))

    def cores(self, subject: str) -> float:
        """How much of one core 64 streams take."""
        return self._median(HELD, subject, lambda each: each.cell.cores)

    def resident(self, subject: str) -> float:
        """Megabytes, the most that was seen."""
        return max((cell.resident for cell in self.cells(subject)), default=0) / MEGABYTE

    def faults(self, subject: str) -> int:
        """How many answers did not come whole."""
        return sum(cell.faults.total() for cell in self.cells(subject))

    def cells(self, subject: str, work: Work | None = None) -> list[Cell]:
        """The subject's, under that load or under all."""
        return [
            each.cell for each in self._seen if each.cell.subject == subject and (not work or each.work == work.name)
        ]

    def beside_each_other(self) -> Iterator[str]:
        """A table of the subjects, and how steady the machine was."""
        heads = ("first token", "its p95", "µs CPU/token", "64: first", "64: gap p95", "64: cores", "MB", "failed")
        yield f"{'medians of the rounds':<24}" + "".join(f"{head:>14}" for head in heads)
        for name in (DIRECT, RELAY, STOCK, OURS):
            times = self.ttft(FIRST, name), self.ttft(FIRST, name, 0.95), self.cost(name), self.ttft(HELD, name)
            figures = *times, self.gap(name), self.cores(name), self.resident(name), self.faults(name)
            yield f"{name:<24}" + "".join(f"{'–' if figure != figure else f'{figure:.4g}':>14}" for figure in figures)
        yield self._steadiness()

    def _steadiness(self) -> str:
        """What stood in the way; figures are not corrected by it, since that was seen to double their spread."""
        wanted = median(each.wanted_by for each in self._seen)
        work = sorted(each.calibration for each in self._seen)
        return (
            f"{os.cpu_count()} cores, wanted by {wanted:.1f} processes; the same piece of work took "
            f"{work[0]:.1f} to {work[-1]:.1f} ms of CPU, usually {median(work):.1f}"
        )

    def _median(self, work: Work, subject: str, figure: Callable[[Seen], float]) -> float:
        """Not a number where nothing was seen."""
        figures = [figure(each) for each in self._seen if (each.work, each.cell.subject) == (work.name, subject)]
        return median(figures) if figures else float("nan")


def _by_rounds(rounds: _Rounds) -> Iterator[Verdict]:
    tokens = f"{sum(cell.tokens for cell in rounds.cells(OURS, PACED))} tokens"
    answers = f"{sum(len(cell.first) for cell in rounds.cells(OURS, FIRST))} answers"
    gaps = f"{sum(len(cell.gaps) for cell in rounds.cells(OURS, HELD))} gaps"
    for name, limit in ((RELAY, 0.55), (STOCK, 0.36)):
        yield Verdict(
            name=f"CPU per token at 16 streams / {name}",
            figure=rounds.cost(OURS) / rounds.cost(name), limit=limit, unit="x", n=tokens,
            beside=f"{rounds.cost(OURS):.0f} µs / {rounds.cost(name):.0f}",
        )  # fmt: skip
    yield Verdict(
        name=f"added time to first token p50 / {STOCK}",
        figure=rounds.added(OURS) / rounds.added(STOCK), limit=2.5, unit="x", n=answers,
        beside=f"{rounds.added(OURS):.1f} ms / {rounds.added(STOCK):.1f}; {RELAY} {rounds.added(RELAY):.1f}",
    )  # fmt: skip
    yield Verdict(
        name="64 streams of 30 tokens/s: gap p95", figure=rounds.gap(OURS), limit=50, unit="ms", n=gaps,
        beside=f"{RELAY} {rounds.gap(RELAY):.0f}, {STOCK} {rounds.gap(STOCK):.0f}",
    )  # fmt: skip
    yield Verdict(
        name="64 streams of 30 tokens/s: CPU", figure=rounds.cores(OURS), limit=0.4, unit="cores", n=gaps,
        beside=f"{RELAY} {rounds.cores(RELAY):.2f}, {STOCK} {rounds.cores(STOCK):.2f}",
    )  # fmt: skip
    whole = sum(len(cell.first) for cell in rounds.cells(OURS))
    yield Verdict(
        name="answers that failed or were cut", figure=rounds.faults(OURS), limit=0, unit="", n=f"{whole} answers"
    )


def _by_turns(measured: Measured) -> Iterator[Verdict]:
    seconds, slow = HELD.script.first + HELD.script.tokens * HELD.script.between, _ordinary(measured.slow_turns)
    for name, limit, books, beside in (
        ("text", 4, measured.text_turns, f"; {len(slow.trips)} where the model takes {seconds:.1f} s"),
        ("one-tool", 8, measured.tool_turns, ""),
    ):
        turn, trips = _ordinary(books), [len(turn.trips) for turn in books]
        yield Verdict(
            name=f"Postgres round trips, {name} turn",
            figure=len(turn.trips), limit=limit, unit="", n=f"{len(books)} turns",
            beside=f"{min(trips)} to {max(trips)}; {sum(map(len, turn.trips))} statements, {turn.up} B up{beside}",
        )  # fmt: skip
    up = [turn.up for turn in measured.long_thread]
    yield Verdict(
        name=f"bytes to Postgres per turn, turn {len(up)} / turn 10",
        figure=median(up[LATEST]) / median(up[TENTH]), limit=1.3, unit="x", n=f"{len(up)} turns",
        beside=f"{median(up[LATEST]):.0f} B / {median(up[TENTH]):.0f}",
    )  # fmt: skip


def _by_memory(measured: Measured) -> Iterator[Verdict]:
    rounds, without = _Rounds(measured.seen), measured.resident_without_embedder / MEGABYTE
    windows = f"{len(rounds.cells(OURS))} windows"
    yield Verdict(name="memory, local embedder loaded", figure=rounds.resident(OURS), limit=400, unit="MB", n=windows)
    yield Verdict(name="memory, embeddings by a provider", figure=without, limit=200, unit="MB", n="1 start")


def _shown(what: str, left: Left) -> Iterator[str]:
    """What it leaves, the largest first."""
    yield f"{f'{what} leaves, bytes of rows (n = {left.turns})':<52}{'at once':>10}{'later':>10}"
    for table, size in sorted(left.at_once.items(), key=lambda item: -item[1]):
        yield f"{table:<52}{size:>10.0f}{left.later[table]:>10.0f}"
    yield f"{'all':<52}{sum(left.at_once.values()):>10.0f}{sum(left.later.values()):>10.0f}"


def _ordinary(books: Sequence[Books]) -> Books:
    """The turn in the middle by its round trips: one beside a heartbeat has more."""
    return sorted(books, key=lambda turn: len(turn.trips))[len(books) // 2]
