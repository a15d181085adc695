"""Embedders at hand: the one that is wanted now, and those by whose vectors people may still be searched."""

from collections.abc import Callable
from typing import Protocol

from agent.models.embeddings import OpenAIEmbedder
from domain.model_calls import Account
from tools.context import Embedder as QueryEmbedder


class Embedder(QueryEmbedder, Protocol):
    """What makes vectors of passages too."""

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]: ...


class Embedders:
    """Of this process: the wanted one, and by `others` those that can be called beside it."""

    def __init__(
        self,
        wanted: Embedder | OpenAIEmbedder,
        others: Callable[[str], Embedder | OpenAIEmbedder | None] = lambda name: None,
    ) -> None:
        self._wanted = wanted
        self._others = others
        self._known: dict[str, Embedder | OpenAIEmbedder | None] = {wanted.name: wanted}

    @property
    def name(self) -> str:
        """The space of the wanted one."""
        return self._wanted.name

    @property
    def free(self) -> Embedder | None:
        """The wanted one where nobody has to pay for it."""
        return None if isinstance(self._wanted, OpenAIEmbedder) else self._wanted

    def on_behalf(self, account: Account) -> "PersonsEmbedders":
        """The same, at somebody's cost."""
        return PersonsEmbedders(self, account)

    def find(self, name: str) -> Embedder | OpenAIEmbedder | None:
        """The embedder of this space; None where it cannot be called any more."""
        if name not in self._known:
            self._known[name] = self._others(name)
        return self._known[name]


class PersonsEmbedders:
    """Embeds as the wanted one does, on somebody's behalf; `named` gives another one where that can be called."""

    def __init__(self, embedders: Embedders, account: Account) -> None:
        self._embedders = embedders
        self._account = account

    @property
    def name(self) -> str:
        """The space of the wanted one."""
        return self._embedders.name

    def named(self, name: str) -> Embedder | None:
        """The embedder of this space; None where it cannot be called any more."""
        found = self._embedders.find(name)
        return found.on_behalf(self._account) if isinstance(found, OpenAIEmbedder) else found

    async def aembed_query(self, text: str) -> list[float]:
        """One vector."""
        return await self._wanted.aembed_query(text)

    async def aembed_queries(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text, soon."""
        return await self._wanted.aembed_queries(texts)

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text."""
        return await self._wanted.aembed_documents(texts)

    @property
    def _wanted(self) -> Embedder:
        wanted = self.named(self._embedders.name)
        assert wanted is not None, "it is known from the beginning"
        return wanted
