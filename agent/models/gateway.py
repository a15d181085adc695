"""The gateway: which model answers, what is done where it fails, and that each attempt is paid for by somebody."""

import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Literal, Protocol
from uuid import UUID, uuid4

from agent.models.attempts import Attempt, Books
from agent.models.breakers import Admission, Breakers
from agent.models.course import Course
from agent.models.patience import Patience
from agent.models.provider import Provider
from domain.model_calls import OFFLINE, Account, ModelCall, ModelFailure
from graphs.pieces import Abandoned, Asked, Piece

MOST_STAND_INS = 1_000
TOO_LATE = "There was no time left to ask {model}."
CLOSED = "{model} has failed lately and is asked again in {seconds:.0f} seconds."


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
        self._stand_ins: dict[tuple[UUID, str | None], str] = {}

    async def stream(self, asked: Asked, account: Account, charge: Callable[[ModelCall], None]) -> AsyncIterator[Piece]:
        """See `Speaker`."""
        course = Course(self._candidates(asked, account), self._patience, self._chance)
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
                self._remember(account, attempt.model, instead=course.is_instead)
                return
            if attempt.has_spoken:
                yield Abandoned(attempt.failure.kind)
            if attempt.failure.kind == "context_too_long" and asked.shorter:
                asked = await asked.shorter()
            else:
                course.failed(attempt.failure)
        raise course.failure()

    def _candidates(self, asked: Asked, account: Account) -> list[Provider]:
        chosen = self._small if account.is_background else self._main
        if asked.model in self._allowed and asked.model is not None:
            chosen = asked.model
        stand_in = self._stand_ins.get((account.user_id, account.run_id), chosen)
        names = dict.fromkeys((chosen if account.is_background else stand_in, chosen, *self._fallbacks))
        return [self._providers[name] for name in names if not (account.is_background and name == OFFLINE)]

    def _remember(self, account: Account, model: str, *, instead: bool) -> None:
        """Whoever stands in goes on with the run: it is not to wait for the same model again at each of its steps."""
        if instead and account.run_id and not account.is_background:
            # The ids of runs are chosen by clients: another person's may be the same.
            self._stand_ins[account.user_id, account.run_id] = model
            if len(self._stand_ins) > MOST_STAND_INS:
                del self._stand_ins[next(iter(self._stand_ins))]

    async def _next(
        self, course: Course, asked: Asked, account: Account, charge: Callable[[ModelCall], None]
    ) -> Attempt | None:
        """The next attempt that may be made, paid for; None where nobody is left."""
        while (provider := course.provider) is not None:
            await course.rest()
            call_id = uuid4()
            if provider.name == OFFLINE:
                admission, seconds = None, self._patience.answer
            elif (seconds := course.seconds_left) <= 0:
                course.skip(ModelFailure("first_token_timeout", TOO_LATE.format(model=provider.name)))
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
        self, course: Course, call_id: UUID, asked: Asked, account: Account, admission: Admission
    ) -> bool:
        """Set the money aside; what cannot be paid is not asked, and a probe that is not made is another's."""
        if self._budgets is None:
            return True
        is_paid = False
        try:
            tokens = self._books.count(asked, admission.model)
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
