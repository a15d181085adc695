"""Calls of language models: on whose behalf, what they took, what became of them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Self
from uuid import UUID

from domain.errors import MetaCortexError

OFFLINE = "offline"
"""The model that needs no provider, no key and no money."""
Purpose = Literal["turn", "title", "summary", "memory", "embedding"]
Outcome = Literal["answered", "cut", "cancelled", "failed", "cached"]
FailureKind = Literal[
    "authentication",
    "quota",
    "rate_limit",
    "overload",
    "first_token_timeout",
    "stalled",
    "context_too_long",
    "refused",
    "malformed",
    "cut",
    "unreachable",
    "bad_request",
    "budget",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens: `input_tokens` is the whole prompt, what was read from a cache or written to one included.

    `output_tokens` is all that was made, reasoning included. It is estimated where the provider did not say.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cache_written_tokens: int = 0
    reasoning_tokens: int = 0
    is_estimated: bool = False

    def __add__(self, other: Self) -> Self:
        return type(self)(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            cache_written_tokens=self.cache_written_tokens + other.cache_written_tokens,
            reasoning_tokens=self.reasoning_tokens + other.reasoning_tokens,
            is_estimated=self.is_estimated or other.is_estimated,
        )


@dataclass(frozen=True, kw_only=True)
class Account:
    """On whose behalf a model is called, and what for; the tenant follows from the user.

    An embedding `is_awaited` where somebody is searching; else it is of what was written.
    """

    user_id: UUID
    purpose: Purpose
    is_awaited: bool = False
    thread_id: str | None = None
    run_id: str | None = None

    @property
    def is_background(self) -> bool:
        """True for work behind the scenes, which has budgets of its own."""
        return self.purpose != "turn" and not self.is_awaited


@dataclass(frozen=True, kw_only=True)
class ModelCall:
    """One attempt at one model; `model` is what was asked (`openai:gpt-5-mini`), `answered_by` what the provider names.

    `cost` is in US dollars, None where no price is known; `failure` says why it did not come to an end. `prompt` is the
    version of the instructions, `tools_hash` names the tools that were shown: both explain the answer later.
    """

    id: UUID
    account: Account
    model: str
    answered_by: str | None = None
    prompt: str = ""
    tools_hash: str = ""
    usage: Usage
    cost: Decimal | None
    outcome: Outcome
    failure: FailureKind | None = None
    started_at: datetime
    first_token_ms: int | None = None
    total_ms: int


class ModelFailure(MetaCortexError):
    """No answer of a model; `kind` says why, `retry_after` (seconds) when the provider wants to be asked again.

    `usage` is what the provider told of the tokens before it failed, `is_estimated` where it did not tell all.
    """

    def __init__(
        self, kind: FailureKind, message: str, *, retry_after: float | None = None, usage: Usage | None = None
    ) -> None:
        super().__init__(message)
        self.kind: FailureKind = kind
        self.retry_after = retry_after
        self.usage = usage
