"""The verdict on turns with failing providers: what was promised, held against what was told, stored and billed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from evals.faults.score import at_share
from evals.faults.wrongs import Wrong

CLASSES: Mapping[str, tuple[Wrong, ...]] = {
    "authentication": ("authentication",),
    "quota": ("quota", "payment"),
    "rate limit": ("rate_limit",),
    "overload": ("overload", "server_error", "unavailable", "error_frame"),
    "first token": ("first_token_timeout",),
    "stalled": ("stalled",),
    "context too long": ("context_too_long",),
    "refused": ("refused", "refused_silently"),
    "malformed arguments": ("malformed_arguments",),
    "malformed frame": ("malformed_frame",),
    "cut": ("cut", "cut_in_call", "ended_early"),
}
"""The classes of failure, and the wrongs by which each is brought about."""
MOST_ADDED_MS = 5.0


@dataclass(frozen=True, kw_only=True)
class Taken:
    """One turn: how it ended, who answered and who may have, and the titles that a tool said it had added.

    Each end is a sentence that a person could be told, empty where there was none to tell it.
    """

    mark: str
    wrong: str
    ends: tuple[str, ...]
    model: str
    may_answer: frozenset[str]
    is_doubled: bool = False
    acknowledged: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Tripped:
    """A breaker: requests that its model got until it opened, while it was open, and answers of it after its return."""

    model: str
    before: int
    meanwhile: int
    after: int
    turns: int


@dataclass(frozen=True, kw_only=True)
class Spent:
    """A person with a cap: dollars by our books and by the provider's, and how often no model was paid any more."""

    person: str
    cap: Decimal
    reservation: Decimal
    booked: Decimal
    billed: Decimal
    reserved: Decimal
    stood_in: int


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that a verdict rests on; `injected` counts by wire and class, `added` and `tasks` by title.

    `select_ms` is what the database took for nothing at all, asked before each of the calls that `added_ms` are of.
    """

    turns: Sequence[Taken]
    injected: Counter[tuple[str, str]]
    wires: Sequence[str]
    least: int
    added: Counter[str]
    tasks: Counter[str]
    breakers: Sequence[Tripped]
    spent: Sequence[Spent]
    added_ms: Sequence[float]
    select_ms: Sequence[float]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One promise: whether it holds, and by which figures."""

    name: str
    holds: bool
    figures: str


def checks(facts: Facts) -> Iterator[Check]:
    """Each promise."""
    yield _reached(facts)
    yield _ended(facts)
    yield _once(facts)
    yield _fallbacks(facts)
    yield _breakers(facts)
    yield _spending(facts)
    yield _latency(facts)


def _reached(facts: Facts) -> Check:
    counts = {(wire, name): facts.injected[wire, name] for wire in facts.wires for name in CLASSES}
    missing = [f"{wire} {name} {count}" for (wire, name), count in counts.items() if count < facts.least]
    fewest = min(counts.values(), default=0)
    figures = f"fewest {fewest}, wanted {facts.least}; {sum(facts.injected.values())} in all"
    return Check(
        name="every class on every wire",
        holds=not missing and bool(counts),
        figures="; ".join([figures, *missing[:5]]),
    )


def _ended(facts: Facts) -> Check:
    wrong = [turn for turn in facts.turns if len(turn.ends) != 1 or not turn.ends[0]]
    good = len(facts.turns) - len(wrong)
    shown = "".join(f"; {turn.mark} ({turn.wrong}): {turn.ends}" for turn in wrong[:5])
    return Check(
        name="one clear terminal event",
        holds=bool(facts.turns) and not wrong,
        figures=f"{good} of {len(facts.turns)} turns{shown}",
    )


def _once(facts: Facts) -> Check:
    twice = sorted({title for counts in (facts.added, facts.tasks) for title, n in counts.items() if n > 1})
    lost = [title for turn in facts.turns for title in turn.acknowledged if not facts.tasks[title]]
    doubled = [turn.mark for turn in facts.turns if turn.is_doubled]
    shown = [f"{what} {', '.join(them[:5])}" for what, them in (("twice", twice), ("lost", lost)) if them]
    figures = (
        f"{len(twice)} twice, {len(lost)} lost of {sum(facts.added.values())} effects; {len(doubled)} answers doubled"
    )
    return Check(
        name="nothing done or said twice",
        holds=bool(facts.added) and not (twice or lost or doubled),
        figures="; ".join([figures, *shown, *doubled[:5]]),
    )


def _fallbacks(facts: Facts) -> Check:
    wrong = [turn for turn in facts.turns if turn.may_answer and turn.model not in turn.may_answer]
    used = Counter(turn.model for turn in facts.turns if turn.model.endswith((":spare", "offline")))
    shown = [f"{turn.mark} ({turn.wrong}) by {turn.model or 'nobody'}" for turn in wrong[:5]]
    figures = f"{len(wrong)} others than set; {', '.join(f'{name} × {n}' for name, n in used.most_common()) or 'none'}"
    return Check(name="fallbacks as set", holds=not wrong and bool(used), figures="; ".join([figures, *shown]))


def _breakers(facts: Facts) -> Check:
    return Check(
        name="breakers open and close",
        holds=bool(facts.breakers)
        and all(each.before and not each.meanwhile and each.after for each in facts.breakers),
        figures="; ".join(
            f"{each.model}: open after {each.before} requests, {each.meanwhile} in {each.turns} turns while open, "
            f"{each.after} answers after its return"
            for each in facts.breakers
        )
        or "none",
    )


def _spending(facts: Facts) -> Check:
    over = [
        each
        for each in facts.spent
        if max(each.booked, each.billed) > each.cap + each.reservation or each.reserved or not each.stood_in
    ]
    most = max((max(each.booked, each.billed) / each.cap for each in facts.spent), default=Decimal(0))
    shown = [
        f"{each.person}: cap {each.cap}, booked {each.booked:.4f}, billed {each.billed:.4f}, one call "
        f"{each.reservation:.4f}, still reserved {each.reserved}, {each.stood_in} unpaid"
        for each in (over or facts.spent[:1])
    ]
    figures = f"{len(facts.spent)} caps, the fullest {most:.0%}"
    return Check(
        name="spending under its cap", holds=bool(facts.spent) and not over, figures="; ".join([figures, *shown])
    )


def _latency(facts: Facts) -> Check:
    added, nothing = sorted(facts.added_ms), sorted(facts.select_ms)
    if not added or not nothing:
        return Check(name="what the gateway adds", holds=False, figures="nothing was measured")
    half, most = at_share(added, 0.5), at_share(added, 0.95)
    return Check(
        name="what the gateway adds",
        holds=most < MOST_ADDED_MS,
        figures=f"n={len(added)} calls with their reservations, p50 {half:.2f} ms, p95 {most:.2f} ms; "
        f"SELECT 1 between them p50 {at_share(nothing, 0.5):.2f} ms, p95 {at_share(nothing, 0.95):.2f} ms",
    )
