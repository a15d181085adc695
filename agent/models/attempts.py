"""One attempt at one model: from its beginning to its charge, whatever ends it."""

import time
from asyncio import CancelledError
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from math import ceil
from types import TracebackType
from typing import Protocol, Self
from uuid import UUID

from agent.models.breakers import Admission, Breakers
from agent.models.patience import Patience, Watch
from agent.models.provider import Provider
from domain.model_calls import OFFLINE, Account, FailureKind, ModelCall, ModelFailure, Outcome, Usage
from graphs.pieces import Answered, Asked, CallArguments, CallBegun, Piece, Reasoned

CHARACTERS_A_TOKEN = 4
UNREAD: frozenset[FailureKind] = frozenset(
    {"authentication", "quota", "rate_limit", "overload", "context_too_long", "bad_request", "unreachable"}
)
"""Before a first piece, these say that the model has read nothing, so nothing is to be paid."""


class Prices(Protocol):
    """What a call costs in dollars; None where no price is known."""

    def __call__(self, model: str, usage: Usage, answered_by: str | None = None, /) -> Decimal | None: ...


@dataclass(frozen=True, kw_only=True)
class Books:
    """What an attempt needs to be charged: the prices, an estimate of a prompt's tokens, and the clock on the wall."""

    prices: Prices
    count: Callable[[Asked, str], int]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


class Attempt:
    """Entered, it is watched; left, it is charged once and its breaker has heard of it.

    `seconds` are left of the whole answer's. The model's failure is swallowed, and kept as `failure`.
    """

    def __init__(
        self,
        provider: Provider,
        asked: Asked,
        account: Account,
        *,
        id: UUID,
        seconds: float,
        patience: Patience,
        books: Books,
        breakers: Breakers,
        admission: Admission | None,
        charge: Callable[[ModelCall], None],
    ) -> None:
        self.model = provider.name
        self.failure: ModelFailure | None = None
        self.characters = 0
        self._id = id
        self._provider, self._asked, self._account = provider, asked, account
        self._seconds, self._patience, self._books = seconds, patience, books
        self._breakers, self._admission, self._charge = breakers, admission, charge
        self._answered: Answered | None = None
        self._has_begun = False
        self._first: float | None = None

    @property
    def has_spoken(self) -> bool:
        """True where pieces of it were handed out."""
        return self.watch.pieces > 0

    def __enter__(self) -> Self:
        self._started_at, self._started = self._books.now(), time.monotonic()
        self.watch = Watch(self.model, self._patience, self._seconds)
        return self

    def pieces(self) -> AsyncGenerator[Piece, None]:
        """The model's own, as they come."""
        self._has_begun = True
        return _closable(self._provider.stream(self._asked, most_tokens=self._patience.most_tokens))

    def first(self) -> None:
        """The first piece is here."""
        self._first = time.monotonic()

    def take(self, piece: Piece) -> Piece:
        """Count what is no plain text; the end is completed by what the provider left out."""
        match piece:
            case Reasoned(text=text) | CallArguments(text=text) | CallBegun(name=text):
                self.characters += len(text)
            case Answered():
                self._answered = piece = replace(piece, model=self.model, usage=self._completed(piece.usage))
        return piece

    def end(self) -> None:
        """The stream is over; raises `ModelFailure` where it had no end of its own."""
        if self._answered is None:
            raise ModelFailure("cut", f"{self.model} broke off its answer.")

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> bool:
        if self.watch.stop() and isinstance(error, CancelledError):
            error = self.watch.failure
        if isinstance(error, ModelFailure) and self._answered is None:
            self.failure = error
        self._charge(self._call(_outcome(self._answered, error, self.has_spoken)))
        self._tell_breaker(error)
        return self.failure is not None

    def _tell_breaker(self, error: BaseException | None) -> None:
        if self._admission is None:
            return
        if self._answered is not None or (isinstance(error, CancelledError | GeneratorExit) and self.has_spoken):
            self._breakers.settle(self._admission, None)
        elif self.failure is not None and not self.watch.is_overdue:
            self._breakers.settle(self._admission, self.failure.kind)
        else:
            self._breakers.forgo(self._admission)

    def _call(self, outcome: Outcome) -> ModelCall:
        usage, answered_by = self._usage(), self._answered.answered_by if self._answered else None
        return ModelCall(
            id=self._id,
            account=self._account,
            model=self.model,
            answered_by=answered_by,
            prompt="" if self.model == OFFLINE else self._asked.prompt,
            tools_hash="" if self.model == OFFLINE else self._asked.tools_hash,
            usage=usage,
            cost=self._books.prices(self.model, usage, answered_by),
            outcome=outcome,
            failure=self.failure.kind if self.failure else None,
            started_at=self._started_at,
            first_token_ms=None if self._first is None else round(1000 * (self._first - self._started)),
            total_ms=round(1000 * (time.monotonic() - self._started)),
        )

    def _usage(self) -> Usage:
        if self._answered is not None and self._answered.usage is not None:
            return self._answered.usage
        if self.failure is not None and (told := self.failure.usage):
            made = max(told.output_tokens, self._estimated().output_tokens)
            return replace(told, output_tokens=made) if told.is_estimated else told
        is_unread = self.failure is not None and self.failure.kind in UNREAD and not self.has_spoken
        return Usage() if is_unread or not self._has_begun else self._estimated()

    def _completed(self, told: Usage | None) -> Usage:
        """What the provider told; some servers send the fields of a usage and leave them at 0."""
        if told is None:
            return self._estimated()
        if self.model == OFFLINE or (told.input_tokens and (told.output_tokens or not self.characters)):
            return told
        made = self._estimated()
        return replace(
            told,
            input_tokens=told.input_tokens or made.input_tokens,
            output_tokens=told.output_tokens or made.output_tokens,
            is_estimated=True,
        )

    def _estimated(self) -> Usage:
        said = ceil(self.characters / CHARACTERS_A_TOKEN)
        return Usage(input_tokens=self._books.count(self._asked, self.model), output_tokens=said, is_estimated=True)


def _outcome(answered: Answered | None, error: BaseException | None, has_spoken: bool) -> Outcome:
    if answered is not None:
        return "answered"
    if isinstance(error, CancelledError | GeneratorExit):
        return "cancelled"
    return "cut" if has_spoken else "failed"


def _closable(pieces: AsyncIterator[Piece]) -> AsyncGenerator[Piece, None]:
    """Providers are generators, which their protocol types as iterators."""
    assert isinstance(pieces, AsyncGenerator)
    return pieces
