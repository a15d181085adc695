"""The course of one answer: who is left to be asked, until when, and what went wrong so far."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence

from agent.models.patience import Patience
from agent.models.provider import Provider
from domain.model_calls import OFFLINE, FailureKind, ModelFailure
from graphs.pieces import Notice

MOST_RETRIES = 2
LEAST_DELAY, MOST_DELAY = 0.5, 8.0
RETRIED: frozenset[FailureKind] = frozenset(
    {"rate_limit", "overload", "unreachable", "first_token_timeout", "stalled", "cut", "malformed"}
)
TELLING: tuple[FailureKind, ...] = (
    "budget", "authentication", "quota", "refused", "rate_limit", "bad_request", "context_too_long", "overload",
    "first_token_timeout", "stalled", "cut", "malformed", "unreachable",
)  # fmt: skip
"""Of several failures the one that somebody can do something about is told."""
INSTEAD = "{reason} {model} answers instead."
BUILT_IN = "{reason} The built-in assistant answers instead, which understands plain requests only."
NOBODY = "No language model is set for work behind the scenes."


class Course:
    """How far one answer has come; it begins when it is made."""

    def __init__(self, candidates: Sequence[Provider], patience: Patience, chance: Callable[[], float]) -> None:
        self._queue = deque(candidates)
        self._asked = candidates[0].name if candidates else ""
        self._patience = patience
        self._chance = chance
        self._ends = time.monotonic() + patience.answer
        self._retries = 0
        self._delay = 0.0
        self._failures: list[ModelFailure] = []
        self._waiting: list[Notice] = []
        self._told: set[str] = set()

    @property
    def provider(self) -> Provider | None:
        """Who is to be asked now."""
        return self._queue[0] if self._queue else None

    @property
    def is_instead(self) -> bool:
        """True where it is another model's turn than was asked."""
        return bool(self._queue) and self._queue[0].name != self._asked

    @property
    def seconds_left(self) -> float:
        """Of the whole answer."""
        return self._ends - time.monotonic()

    async def rest(self) -> None:
        """Wait as long as the next attempt wants."""
        delay, self._delay = self._delay, 0.0
        if delay:
            await asyncio.sleep(delay)

    def failed(self, failure: ModelFailure) -> None:
        """Ask the same model again where that may help and there is time, else the next one."""
        delay = self._delay_after(failure)
        if delay is None:
            self.skip(failure)
            return
        self._failures.append(failure)
        self._delay = delay
        self._retries += 1

    def skip(self, failure: ModelFailure) -> None:
        """Go on to the next model."""
        self._failures.append(failure)
        self._queue.popleft()
        self._retries, self._delay = 0, 0.0

    def spent(self, reason: str, stand_in: Provider | None) -> None:
        """This model cannot be paid; where no other can, it is the stand-in's turn or nobody's."""
        self.skip(ModelFailure("budget", reason))
        while self._queue and self._queue[-1].name == OFFLINE:
            self._queue.pop()
        if stand_in is not None:
            self._queue.append(stand_in)

    def warn(self, text: str | None) -> None:
        """Tell once that little is left."""
        if text and "budget" not in self._told:
            self._told.add("budget")
            self._waiting.append(Notice("budget", text))

    def notices(self) -> list[Notice]:
        """What the person should hear before the answer."""
        told, self._waiting = self._waiting, []
        return told

    def begun(self, model: str) -> list[Notice]:
        """Who answers, where it is another than was asked; once for each that begins to."""
        if model == self._asked or model in self._told:
            return []
        self._told.add(model)
        reason = self._most_telling()
        kind = "budget" if model == OFFLINE and reason.kind == "budget" else "fallback"
        said = (BUILT_IN if model == OFFLINE else INSTEAD).format(reason=reason.message, model=model)
        return [Notice(kind, said)]

    def failure(self) -> ModelFailure:
        """Why nobody answered, in a sentence."""
        if not self._failures:
            return ModelFailure("unreachable", NOBODY)
        worst = self._most_telling()
        return ModelFailure(worst.kind, worst.message, retry_after=worst.retry_after)

    def _most_telling(self) -> ModelFailure:
        return min(self._failures, key=lambda failure: TELLING.index(failure.kind))

    def _delay_after(self, failure: ModelFailure) -> float | None:
        """Seconds until the same model is asked again; None where it is not."""
        if failure.kind not in RETRIED or self._retries >= MOST_RETRIES:
            return None
        delay = failure.retry_after
        if delay is None:
            delay = self._chance() * min(MOST_DELAY, LEAST_DELAY * 2**self._retries)
        first = self._patience.first_token
        if any(provider.name != OFFLINE for provider in list(self._queue)[1:]):
            # Another model stands ready: nobody waits longer for this one than for a first word, nor uses up its time.
            return delay if delay <= first and delay + 2 * first <= self.seconds_left else None
        return delay if delay + min(first, self._patience.answer / 2) <= self.seconds_left else None
