"""Embeddings of a provider that speaks OpenAI's wire."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent.models.clients import errors_of
from agent.models.failures import TROUBLES, classify, failure

if TYPE_CHECKING:
    from openai import AsyncOpenAI

BATCH = 256


class OpenAIEmbedder:
    """One model; `name` is its name in the settings (`openai:text-embedding-3-small`). Raises `ModelFailure`."""

    def __init__(self, client: "AsyncOpenAI", *, name: str) -> None:
        self._client = client
        self._name = name
        self._errors: tuple[type[Exception], ...] = (*errors_of(client), *TROUBLES)

    @property
    def name(self) -> str:
        """The space of its vectors."""
        return self._name

    async def aembed_query(self, text: str) -> list[float]:
        """One vector."""
        return (await self._embedded([text]))[0]

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text."""
        batches = [texts[at : at + BATCH] for at in range(0, len(texts), BATCH)]
        return [vector for batch in batches for vector in await self._embedded(batch)]

    async def _embedded(self, texts: Sequence[str]) -> list[list[float]]:
        try:
            made = await self._client.embeddings.create(
                model=self._name.partition(":")[2], input=list(texts), encoding_format="float"
            )
        except self._errors as error:
            raise classify(error, self._name) from None
        except ValueError as error:
            # An answer without vectors is the library's own ValueError.
            raise failure("malformed", self._name) from error
        vectors = [item.embedding for item in sorted(made.data, key=lambda item: item.index)]
        if len(vectors) != len(texts):
            raise failure("malformed", self._name)
        return vectors
