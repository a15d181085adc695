"""A provider that does what it is told, and what is told of its answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agent.models.patience import Patience
from domain.model_calls import ModelFailure, Usage
from graphs.pieces import Abandoned, Answered, Asked

PATIENT = Patience(first_token=2, stall=2, answer=10, most_tokens=77)
USAGE = Usage(input_tokens=100, output_tokens=20, cached_tokens=60)
HUNG = 3600.0
WELL = ("Hello ", "there", Answered(model="?", answered_by="m-2026", usage=USAGE))
AT_ONCE = ("authentication", "quota", "bad_request", "refused")
AGAIN = ("overload", "unreachable", "first_token_timeout", "stalled", "cut", "malformed", "rate_limit")


class Played:
    """A provider that plays one script after another, the last one over and over.

    In a script, pieces are said, numbers are slept, failures are raised.
    """

    def __init__(self, name: str, *scripts: Sequence[Any]) -> None:
        self.name = name
        self.asked: list[Asked] = []
        self.most_tokens = 0
        self.closed = 0
        self._scripts = scripts

    async def stream(self, asked: Asked, *, most_tokens: int):
        self.asked.append(asked)
        self.most_tokens = most_tokens
        try:
            for step in self._scripts[min(len(self.asked), len(self._scripts)) - 1]:
                match step:
                    case BaseException():
                        raise step
                    case float():
                        await asyncio.sleep(step)
                    case _:
                        yield step
        finally:
            self.closed += 1


@dataclass
class Told:
    """What a reader of one answer has got."""

    pieces: list[Any]
    calls: list[Any]
    failure: ModelFailure | None = None

    @property
    def text(self) -> str:
        """What is not taken back."""
        places = [place for place, piece in enumerate(self.pieces) if isinstance(piece, Abandoned)]
        return "".join(piece for piece in self.pieces[places[-1] + 1 if places else 0 :] if isinstance(piece, str))

    def of(self, kind: type) -> list[Any]:
        return [piece for piece in self.pieces if isinstance(piece, kind)]

    @property
    def outcomes(self) -> list[tuple[str, str, str | None]]:
        return [(call.model, call.outcome, call.failure) for call in self.calls]
