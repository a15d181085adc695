"""The gateway: which model answers, what is done where it fails, and that each attempt is paid for by somebody."""

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Literal, Protocol
from uuid import UUID, uuid4

from agent.models.attempts import Attempt, Books
from agent.models.breakers import Admission, Breakers
from agent.models.offline import OFFLINE
from agent.models.patience import Patience
from agent.models.provider import Provider
from domain.model_calls import Account, FailureKind, ModelCall, ModelFailure
from graphs.pieces import Abandoned, Asked, Notice, Piece

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
CLOSED = "{model} has failed lately and is asked again in {seconds:.0f} seconds."
NOBODY = "No language model is set for work behind the scenes."


class Reserved(Protocol):
    """What the budgets answer; `text` is a sentence for the person: the refusal, or that little is left."""

    @property
    def is_spent(self) -> bool:
        """True where nothing was reserved, so that this model must not be asked."""

    @property
    def text(self) -> str | None: ...


class Budgets(Protocol):
    """Sets money aside before a call; the call's charge, of the same id, takes the place of what was set aside."""

    async def reserve(
        self, account: Account, call_id: UUID, model: str, input_tokens: int, most_tokens: int, /
    ) -> Reserved:
        """Raises `Unavailable` where it cannot be known; then no model is asked."""


class Gateway:
    """A `Speaker` before several models.

    `providers` are those that may be asked, by name. A turn is answered by the allowed model that it names, else by
    `main`, work behind the scenes by `small`; then by the `fallbacks` in order. `offline` never works behind the
    scenes, and answers without a key, a price, a budget and a breaker.
    """

    def __init__(
        self,
        *,
        providers: Mapping[str, Provider],
        main: str,
        small: str,
        allowed: frozenset[str] = frozenset(),
        fallbacks: Sequence[str] = (),
        patience: Patience,
        breakers: Breakers,
        books: Books,
        budgets: Budgets | None = None,
        on_spent: Literal["offline", "refuse"] = "refuse",
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._providers = providers
        self._main, self._small = main, small
        self._allowed = allowed
        self._fallbacks = tuple(fallbacks)
        self._patience = patience
        self._breakers = breakers
        self._books = books
        self._budgets = budgets
        self._on_spent = on_spent
        self._chance = chance

    async def stream(self, asked: Asked, account: Account, charge: Callable[[ModelCall], None]) -> AsyncIterator[Piece]:
        """See `Speaker`."""
        course = _Course(self._candidates(asked, account), self._patience, self._chance)
        while attempt := await self._next(course, asked, account, charge):
            with attempt:
                for notice in course.notices():
                    yield notice
                watch = attempt.watch
                async with aclosing(attempt.pieces()) as pieces:
                    watch.is_waiting = True
                    async for piece in pieces:
                        watch.is_waiting = False
                        if not watch.pieces:
                            attempt.first()
                            for notice in course.begun(attempt.model):
                                yield notice
                        watch.pieces += 1
                        if type(piece) is str:
                            attempt.characters += len(piece)
                        else:
                            piece = attempt.take(piece)
                        yield piece
                        watch.is_waiting = True
                    watch.is_waiting = False
                attempt.end()
            if attempt.failure is None:
                return
            course.failed(attempt.failure)
            if attempt.has_spoken:
                yield Abandoned(attempt.failure.kind)
        raise course.failure()

    def _candidates(self, asked: Asked, account: Account) -> list[Provider]:
        chosen = self._small if account.is_background else self._main
        if asked.model in self._allowed and asked.model is not None:
            chosen = asked.model
        names = dict.fromkeys((chosen, *self._fallbacks))
        return [self._providers[name] for name in names if not (account.is_background and name == OFFLINE)]

    async def _next(
        self, course: "_Course", asked: Asked, account: Account, charge: Callable[[ModelCall], None]
    ) -> Attempt | None:
        """The next attempt that may be made, paid for; None where nobody is left."""
        while (provider := course.provider) is not None:
            await course.rest()
            call_id = uuid4()
            if provider.name == OFFLINE:
                admission, seconds = None, self._patience.answer
            elif (seconds := course.seconds_left) <= 0:
                course.skip()
                continue
            elif (admission := await self._breakers.admit(provider.name)) is None:
                course.skip(self._closed(provider.name))
                continue
            elif not await self._is_paid(course, call_id, asked, account, admission):
                continue
            return Attempt(
                provider,
                asked,
                account,
                id=call_id,
                seconds=seconds,
                patience=self._patience,
                books=self._books,
                breakers=self._breakers,
                admission=admission,
                charge=charge,
            )
        return None

    async def _is_paid(
        self, course: "_Course", call_id: UUID, asked: Asked, account: Account, admission: Admission
    ) -> bool:
        """Set the money aside; what cannot be paid is not asked, and a probe that is not made is another's."""
        if self._budgets is None:
            return True
        is_paid = False
        try:
            tokens = self._books.count(asked)
            reserved = await self._budgets.reserve(
                account, call_id, admission.model, tokens, self._patience.most_tokens
            )
            is_paid = not reserved.is_spent
        finally:
            if not is_paid:
                self._breakers.forgo(admission)
        if is_paid:
            course.warn(reserved.text)
        else:
            course.spent(reserved.text or "The budget is spent.", self._stand_in(account))
        return is_paid

    def _stand_in(self, account: Account) -> Provider | None:
        """Who answers where the money is gone."""
        if self._on_spent == "refuse" or account.is_background:
            return None
        return self._providers.get(OFFLINE)

    def _closed(self, model: str) -> ModelFailure:
        opened = self._breakers.state(model)
        seconds = max(1.0, self._breakers.seconds_left(model))
        said = CLOSED.format(model=model, seconds=seconds)
        return ModelFailure(opened.reason if opened else "overload", said, retry_after=seconds)


class _Course:
    """How far one answer has come: who is left to be asked, until when, and what went wrong so far."""

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

    def skip(self, failure: ModelFailure | None = None) -> None:
        """Go on to the next model."""
        if failure is not None:
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
