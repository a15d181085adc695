"""What a model's answer arrives in: words as plain text, all else as values; the last piece is `Answered`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable

from domain.model_calls import Account, ModelCall, Usage


@dataclass(frozen=True, slots=True)
class Reasoned:
    """A piece of the model's thinking aloud, which is no part of what it says."""

    text: str


@dataclass(frozen=True, slots=True)
class CallBegun:
    """The model begins to call a tool; `index` tells parallel calls apart, whose arguments may interleave."""

    index: int
    name: str


@dataclass(frozen=True, slots=True)
class CallArguments:
    """A piece of a call's arguments as JSON text."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class Abandoned:
    """All pieces before this one are void: another attempt begins, of the same model or of the next."""

    reason: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the person should hear beside the answer; `kind` is for programs (`budget`, `fallback`)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The end of a whole answer.

    `model` answered (`openai:gpt-5-mini`); `kept` is what the provider wants to be given back with the message in the
    same turn (signed thinking); `metadata` what the offline model says of its answer.
    """

    model: str
    answered_by: str | None = None
    reason: str = "stop"
    usage: Usage | None = None
    kept: tuple[Mapping[str, Any], ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)


KEPT = "kept"
"""Where a message of the assistant carries what its provider wants to be given back."""
Piece = str | Reasoned | CallBegun | CallArguments | Abandoned | Notice | Answered
ChatModel = BaseChatModel | Runnable[Any, AIMessage]
"""What is asked for a whole text."""
Schema = Mapping[str, Any]
"""A tool as OpenAI's chat wire has it: `{"type": "function", "function": {"name", "description", "parameters"}}`."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a model is asked: `model` is the one that the person chose among those allowed.

    `prompt` (the version of the instructions) and `tools_hash` go with the record of the call; `shorter` makes less of
    it, for a model that cannot read so much.
    """

    messages: Sequence[BaseMessage]
    tools: Sequence[Schema] = ()
    model: str | None = None
    prompt: str = ""
    tools_hash: str = ""
    shorter: "Callable[[], Awaitable[Asked]] | None" = None


class Speaker(Protocol):
    """Whatever answers: one model, or a gateway before several."""

    def stream(self, asked: Asked, account: Account, charge: Callable[[ModelCall], None]) -> AsyncIterator[Piece]:
        """The answer, piece by piece; each attempt at a model is handed to `charge`, cut and cancelled ones too.

        Raises `ModelFailure` where no model answers.
        """
