"""Patience: how long a model is waited for, and the watch that cuts a wait short."""

import asyncio
from dataclasses import dataclass

from agent.models.failures import failure
from domain.model_calls import FailureKind, ModelFailure

LOOK_SECONDS, SHORTEST_SECONDS = 1.0, 0.005
OVERDUE = "{model} did not come to an end within the {seconds:g} seconds that an answer may take."


@dataclass(frozen=True, kw_only=True)
class Patience:
    """In seconds: to the first piece, between pieces, and for a whole answer with its retries and fallbacks.

    An answer takes at most `most_tokens`.
    """

    first_token: float
    stall: float
    answer: float
    most_tokens: int


class Watch:
    """Cuts the wait for a model's next piece, and nothing else that the same task does.

    A timeout around the whole stream would fire while whoever reads it is at work, one around each piece would cost
    more than the piece; so the reader says whether it waits, and a timer looks now and then.
    """

    def __init__(self, model: str, patience: Patience, seconds: float) -> None:
        self.is_waiting = False
        self.pieces = 0
        self.failure: ModelFailure | None = None
        self.is_overdue = False
        self._model = model
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._ends = self._loop.time() + seconds
        self._task = asyncio.current_task()
        self._cancelling = self._task.cancelling() if self._task else 0
        self._seen, self._since = 0, self._loop.time()
        self._timer = self._loop.call_later(self._next(), self._look)

    def stop(self) -> bool:
        """End the watch; True where it, and nobody else, has cancelled the task."""
        self._timer.cancel()
        if self.failure is None or self._task is None:
            return False
        return self._task.uncancel() <= self._cancelling

    def _look(self) -> None:
        now = self._loop.time()
        if not self.is_waiting or self.pieces != self._seen:
            self._seen, self._since = self.pieces, now
        # A model that never ceases to speak is cut too.
        if self.is_waiting and (now >= self._since + self._limit() or now >= self._ends):
            self._cut(now)
            return
        self._timer = self._loop.call_later(self._next(), self._look)

    def _cut(self, now: float) -> None:
        kind: FailureKind = "stalled" if self.pieces else "first_token_timeout"
        self.is_overdue = now < self._since + self._limit()
        self.failure = failure(kind, self._model)
        if self.is_overdue:
            self.failure = ModelFailure(kind, OVERDUE.format(model=self._model, seconds=self._patience.answer))
        if self._task is not None:
            self._task.cancel()

    def _limit(self) -> float:
        patience = self._patience
        return patience.stall if self.pieces else min(patience.first_token, patience.answer)

    def _next(self) -> float:
        now = self._loop.time()
        soonest = min(self._since + self._limit(), self._ends) - now
        return max(SHORTEST_SECONDS, min(LOOK_SECONDS, self._limit() / 4, soonest))
