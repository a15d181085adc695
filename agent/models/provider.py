"""One model of one provider, as the gateway sees it."""

from collections.abc import AsyncIterator
from typing import Protocol

from graphs.pieces import Asked, Piece


class Provider(Protocol):
    """Speaks to one model; knows nothing of retries, prices and fallbacks."""

    @property
    def name(self) -> str:
        """As in the settings: `openai:gpt-5-mini`, `offline`."""

    def stream(self, asked: Asked, *, most_tokens: int) -> AsyncIterator[Piece]:
        """The answer of at most so many tokens; `Answered` last, never `Abandoned` nor `Notice`.

        Raises `ModelFailure`, also in the middle of an answer: a stream that ends without the provider's own end is
        `cut`. Closing the generator closes the connection.
        """
