"""Embedders at hand: the one that is wanted now, and those by whose vectors people may still be searched."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from domain.errors import Unavailable
from domain.model_calls import ModelFailure
from tools.context import Embedder as QueryEmbedder

QUERY_SECONDS = 5.0
"""Who looks for something waits no longer than this for its meaning; then words must do."""
DOCUMENTS_SECONDS = 60.0


class Embedder(QueryEmbedder, Protocol):
    """What makes vectors of passages too."""

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]: ...


class ProvidersEmbedder:
    """A provider's model whose silence and failures are `Unavailable`."""

    def __init__(self, embedder: Embedder) -> None:
        self.name = embedder.name
        self._embedder = embedder

    async def aembed_query(self, text: str) -> list[float]:
        """One vector, soon or not at all."""
        with _said_plainly(self.name):
            async with asyncio.timeout(QUERY_SECONDS):
                return await self._embedder.aembed_query(text)

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text."""
        with _said_plainly(self.name):
            async with asyncio.timeout(DOCUMENTS_SECONDS):
                return await self._embedder.aembed_documents(texts)


class Embedders:
    """Embeds as the wanted one does; `named` gives another one where that can be called."""

    def __init__(self, wanted: Embedder, others: Callable[[str], Embedder | None] = lambda name: None) -> None:
        self._wanted = wanted
        self._others = others
        self._known: dict[str, Embedder | None] = {wanted.name: wanted}

    @property
    def name(self) -> str:
        """The space of the wanted one."""
        return self._wanted.name

    def named(self, name: str) -> Embedder | None:
        """The embedder of this space; None where it cannot be called any more."""
        if name not in self._known:
            self._known[name] = self._others(name)
        return self._known[name]

    async def aembed_query(self, text: str) -> list[float]:
        """One vector."""
        return await self._wanted.aembed_query(text)

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text."""
        return await self._wanted.aembed_documents(texts)


@contextmanager
def _said_plainly(name: str) -> Iterator[None]:
    try:
        yield
    except (ModelFailure, TimeoutError) as error:
        raise Unavailable(f"The embedder {name!r} does not answer; try again in a moment.") from error
