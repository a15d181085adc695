"""The plan of a run with failing providers: which turn meets which failure, on which wire, and who may answer it."""

from dataclasses import dataclass, field
from math import ceil
from random import Random

from evals.faults.asked import Request
from evals.faults.provider_verdict import CLASSES
from evals.faults.wrongs import Fault, Wrong

PROVIDERS = {"chat": "openai", "messages": "anthropic", "responses": "openai"}
ROUNDS = {"chat": ("chat", "messages"), "responses": ("responses",)}
"""A process speaks one of OpenAI's wires: by that, the wires on which its models fail."""
SPARES = ("openai:spare", "anthropic:spare", "offline")
LASTS = 0.2
LOCKED_OUT: frozenset[Wrong] = frozenset({"authentication", "quota", "payment"})
NOT_TRIED_AGAIN: frozenset[Wrong] = LOCKED_OUT | {"refused", "refused_silently"}
A_NAME = 4
"""So many turns share a model where each fails once: a breaker looks at five attempts."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How many turns, and of each class on each wire at least, by which chance, in how many seconds.

    So many calls are timed, and so many people on each wire spend more than they may.
    """

    turns: int
    least: int
    seed: int
    seconds: float
    timed: int
    spenders: int

    @property
    def each(self) -> int:
        """How often each class is met on each wire: so often at least."""
        return max(self.least, ceil(self.turns / (len(CLASSES) * len(PROVIDERS))))


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What one turn meets: at which of its model calls, once or from there on."""

    mark: str
    wire: str
    fault: Fault
    step: int
    lasts: bool
    model: str

    @property
    def may_answer(self) -> frozenset[str]:
        """Who may give the last answer; nobody where it ends with an error that says so."""
        spare, wrong = SPARES[0], self.fault.wrong
        if wrong == "malformed_arguments":
            return frozenset({self.model, ""} if self.lasts else {self.model})
        if self.lasts or wrong in LOCKED_OUT or (wrong in NOT_TRIED_AGAIN and self.step == 1):
            return frozenset({spare})
        return frozenset({self.model, spare})


@dataclass
class Faults:
    """What the server does to whom: as planned for the turn, and all that a model that is down gets."""

    planned: dict[str, Planned]
    down: set[tuple[str, str]] = field(default_factory=set)

    def __call__(self, request: Request) -> Fault | None:
        if (request.wire.name, request.model) in self.down:
            return Fault(wrong="unavailable")
        planned = self.planned.get(mark_of(request))
        if planned is None or planned.model.partition(":")[2] != request.model:
            return None
        is_due = request.step >= planned.step if planned.lasts else request.step == planned.step
        return planned.fault if is_due and (planned.lasts or request.attempt == 1) else None


def mark_of(request: Request) -> str:
    """The turn that a request belongs to: the title that the person gave."""
    words = request.said[-1].partition("\n")[0].split() if request.said else []
    return words[1] if len(words) > 1 else ""


def planned(plan: Plan) -> list[Planned]:
    """Every class equally often on every wire, in any order."""
    chance, made = Random(plan.seed), list[Planned]()
    for wire, provider in PROVIDERS.items():
        for name, wrongs in CLASSES.items():
            for number in range(plan.each):
                wrong = wrongs[number % len(wrongs)]
                lasts = chance.random() < LASTS
                group = number if lasts or wrong in LOCKED_OUT else f"all{number // A_NAME}"
                step = 0 if wrong in ("malformed_arguments", "cut_in_call") else chance.randrange(2)
                made.append(
                    Planned(
                        mark=f"{wire}-{wrong}-{number}",
                        wire=wire,
                        fault=Fault(wrong=wrong, at=chance.uniform(0.2, 0.8), seconds=0.3),
                        step=step,
                        lasts=lasts,
                        model=f"{provider}:{name.replace(' ', '-')}-{group}",
                    )
                )
    return chance.sample(made, len(made))
