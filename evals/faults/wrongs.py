"""Wrongs: what a provider can do to an answer, as changes to what is said and to how its frames are sent."""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from evals.faults.asked import Request
from evals.wires import Refusal, Spoken

Strange = Literal[
    "crumbs",
    "empty",
    "huge",
    "interleaved",
    "malformed_arguments",
    "no_usage",
    "refused_midway",
    "refused_silently",
    "slow",
    "split_calls",
]
"""Answers that are complete, though not as one would like them."""
Broken = Literal[
    "cut", "cut_in_call", "ended_early", "error_frame", "first_token_timeout", "malformed_frame", "stalled"
]
"""Answers that are not."""
Wrong = Refusal | Strange | Broken
REFUSALS: Sequence[Refusal] = get_args(Refusal)
STRANGE: Sequence[Strange] = get_args(Strange)
BROKEN: Sequence[Broken] = get_args(Broken)
HUGE = 60_000
IN_A_CALL = (b'"tool_calls":[{"index"', b'"partial_json":"', b"function_call_arguments.delta")
NOT_JSON = b'data: {"choices": [{"delta": {"content": "ha\n\n'


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One wrong; `at` says after which share of the frames, `seconds` how long it keeps one waiting."""

    wrong: Wrong
    at: float = 0.5
    seconds: float = 0.3

    def spoken(self, spoken: Spoken) -> Spoken:
        """What is said instead."""
        match self.wrong:
            case "split_calls":
                return replace(spoken, piece=1)
            case "interleaved":
                return replace(spoken, is_interleaved=True)
            case "no_usage":
                return replace(spoken, has_usage=False)
            case "huge":
                return replace(spoken, words=(_huge(spoken.text),) if spoken.words else (), piece=HUGE)
            case "empty":
                return Spoken()
            case "refused_midway":
                return Spoken(words=spoken.words[:2], ends="refused")
            case "refused_silently":
                return Spoken(ends="refused")
            case "malformed_arguments":
                return replace(spoken, calls=tuple((name, text[: len(text) // 2]) for name, text in spoken.calls))
            case _:
                return spoken

    def place(self, frames: Sequence[bytes]) -> int:
        """How many frames are sent before it happens: one at least, and never all that say how it ended."""
        if self.wrong == "cut_in_call":
            inside = [at for at, frame in enumerate(frames) if any(mark in frame for mark in IN_A_CALL)]
            if inside:
                return inside[len(inside) // 2]
        return max(1, min(int(self.at * len(frames)), len(frames) - 3))


@dataclass
class Script:
    """Which fault comes next, said by a test: for each model its own, in order; then those that last."""

    coming: dict[str, deque[Fault | None]] = field(default_factory=lambda: defaultdict(deque))
    lasting: dict[str, Fault] = field(default_factory=dict)

    def will(self, model: str, *faults: Fault | None) -> None:
        """The next requests to that model meet these."""
        self.coming[model].extend(faults)

    def always(self, model: str, fault: Fault | None) -> None:
        """Every request to that model meets it, until this is said again."""
        self.lasting = {name: old for name, old in self.lasting.items() if name != model}
        if fault:
            self.lasting[model] = fault

    def __call__(self, request: Request) -> Fault | None:
        """What this one meets."""
        coming: Mapping[str, deque[Fault | None]] = self.coming
        if coming.get(request.model):
            return coming[request.model].popleft()
        return self.lasting.get(request.model)


def _huge(text: str) -> str:
    return (f"{text} " * (HUGE // (len(text) + 1)))[:HUGE]
