"""Embeddings of a provider that speaks OpenAI's wire, each call paid for by somebody."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from math import hypot
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from agent.models.attempts import UNREAD, Prices
from agent.models.clients import errors_of
from agent.models.failures import TROUBLES, classify, failure
from agent.models.gateway import Budgets
from agent.models.wire import count
from domain.errors import Unavailable
from domain.model_calls import Account, FailureKind, ModelCall, ModelFailure, Outcome, Usage
from ml.tokens import estimated

if TYPE_CHECKING:
    from openai import AsyncOpenAI

BATCH = 256
QUERY_SECONDS = 5.0
"""Who looks for something waits no longer than this for its meaning; then words must do."""
DOCUMENTS_SECONDS = 60.0
LONGEST = 10_000.0
"""Of a vector: numbers are kept in half precision, which ends at 65,504, and up to five vectors are added up."""
WIDEST = 16_000
"""What a column of vectors can hold."""


class Unpaid(Unavailable):
    """The budget leaves nothing for an embedding."""


class OpenAIEmbedder:
    """One model; `name` is its name in the settings (`openai:text-embedding-3-small`).

    It embeds `on_behalf` of somebody: as with other models each call is set aside before it is made, where there are
    `budgets`, and handed to `charge` however it ends.
    """

    def __init__(
        self,
        client: "AsyncOpenAI",
        *,
        name: str,
        prices: Prices,
        budgets: Budgets | None,
        charge: Callable[[ModelCall], None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.client = client
        self.name = name
        self.prices = prices
        self.budgets = budgets
        self.charge = charge
        self.now = now
        self.errors: tuple[type[Exception], ...] = (*errors_of(client), *TROUBLES)

    def on_behalf(self, account: Account) -> "PaidEmbedder":
        """What embeds at somebody's cost."""
        return PaidEmbedder(self, account)


class PaidEmbedder:
    """A provider's model on somebody's behalf; its silence and failures are `Unavailable`, a spent budget `Unpaid`."""

    def __init__(self, embedder: OpenAIEmbedder, account: Account) -> None:
        self.name = embedder.name
        self._embedder = embedder
        self._account = account

    async def aembed_query(self, text: str) -> list[float]:
        """One vector, soon or not at all."""
        return (await self.aembed_queries([text]))[0]

    async def aembed_queries(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text by one request, soon or not at all."""
        return await self._made(texts, QUERY_SECONDS)

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text."""
        batches = [texts[at : at + BATCH] for at in range(0, len(texts), BATCH)]
        return [vector for batch in batches for vector in await self._made(batch, DOCUMENTS_SECONDS)]

    async def _made(self, texts: Sequence[str], seconds: float) -> list[list[float]]:
        until = asyncio.get_running_loop().time() + seconds
        try:
            async with asyncio.timeout_at(until):
                call_id = await self._reserved(texts)
            return await self._charged(call_id, texts, until)
        except (ModelFailure, TimeoutError) as error:
            raise Unavailable(f"The embedder {self.name!r} does not answer; try again in a moment.") from error

    async def _reserved(self, texts: Sequence[str]) -> UUID:
        """The id of a call that can be paid."""
        call_id, budgets = uuid4(), self._embedder.budgets
        if budgets is not None:
            reserved = await budgets.reserve(self._account, call_id, self.name, _estimated(texts).input_tokens, 0)
            if reserved.is_spent:
                raise Unpaid(reserved.text)
        return call_id

    async def _charged(self, call_id: UUID, texts: Sequence[str], until: float) -> list[list[float]]:
        outcome: Outcome = "failed"
        kind: FailureKind | None = None
        usage: Usage | None = None
        started_at, started = self._embedder.now(), time.monotonic()
        try:
            async with asyncio.timeout_at(until):
                vectors, usage = await self._asked(texts)
            outcome = "answered"
            return vectors
        except asyncio.CancelledError:
            outcome = "cancelled"
            raise
        except TimeoutError:
            kind = "first_token_timeout"
            raise
        except ModelFailure as error:
            kind = error.kind
            usage = Usage() if error.kind in UNREAD else None
            raise
        finally:
            usage = usage or _estimated(texts)
            self._embedder.charge(
                ModelCall(
                    id=call_id,
                    account=self._account,
                    model=self.name,
                    usage=usage,
                    cost=self._embedder.prices(self.name, usage),
                    outcome=outcome,
                    failure=kind,
                    started_at=started_at,
                    total_ms=round(1000 * (time.monotonic() - started)),
                )
            )

    async def _asked(self, texts: Sequence[str]) -> tuple[list[list[float]], Usage | None]:
        """A vector for each, and what the provider counted where it says so."""
        embedder = self._embedder
        try:
            made = await embedder.client.embeddings.create(
                model=self.name.partition(":")[2], input=list(texts), encoding_format="float"
            )
            vectors = [item.embedding for item in sorted(made.data, key=lambda item: item.index)]
            if len(vectors) != len(texts) or not _can_be_kept(vectors):
                raise ValueError("other vectors than were asked for")
            read = count(getattr(getattr(made, "usage", None), "prompt_tokens", None))
        except embedder.errors as error:
            raise classify(error, self.name) from None
        except (TypeError, AttributeError, LookupError, ValueError, ArithmeticError, RecursionError) as error:
            # The library checks no answer: any JSON may come back as anything.
            raise failure("malformed", self.name) from error
        return vectors, Usage(input_tokens=read) if read else None


def _can_be_kept(vectors: Sequence[object]) -> bool:
    """Whether these are vectors of one width; raises `TypeError` or `OverflowError` where something is no number."""
    widths = {len(vector) if isinstance(vector, list) else 0 for vector in vectors}
    if len(widths) != 1 or not 0 < max(widths) <= WIDEST:
        return False
    # Of something infinite or undefined the length is so too, and not below any other.
    return all(isinstance(vector, list) and hypot(*vector) <= LONGEST for vector in vectors)


def _estimated(texts: Sequence[str]) -> Usage:
    # What counts no token is asked for all the same, and has its price.
    return Usage(input_tokens=sum(max(1, estimated(text)) for text in texts), is_estimated=True)
