"""A provider that does what it is told."""

import asyncio
from collections.abc import Sequence
from typing import Any

from agent.models.patience import Patience
from graphs.pieces import Asked

PATIENT = Patience(first_token=2, stall=2, answer=10, most_tokens=77)


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
