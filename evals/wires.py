"""Wires: an answer as every provider could give it, before the wire of one gives it its shape."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Call: TypeAlias = tuple[str, str]
"""A tool's name and its arguments as JSON text."""
Refusal = Literal[
    "authentication",
    "quota",
    "payment",
    "rate_limit",
    "server_error",
    "unavailable",
    "overload",
    "context_too_long",
    "refused",
]
Ending = Literal["stop", "length", "refused"]
PIECE_OF_ARGUMENTS = 8


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """What a model says: thoughts, then words, then calls, all in the pieces in which they are to arrive.

    `piece` is the length of a piece of arguments; interleaved calls take turns with theirs.
    """

    thoughts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()
    ends: Ending = "stop"
    piece: int = PIECE_OF_ARGUMENTS
    is_interleaved: bool = False
    has_usage: bool = True

    @property
    def text(self) -> str:
        """All words."""
        return "".join(self.words)

    def call_pieces(self) -> list[tuple[int, str | None]]:
        """The pieces of all calls in their order: which call, and a part of its arguments; None opens it."""
        rows = [
            [(index, None), *((index, arguments[at : at + self.piece]) for at in range(0, len(arguments), self.piece))]
            for index, (_, arguments) in enumerate(self.calls)
        ]
        if not self.is_interleaved:
            return [piece for row in rows for piece in row]
        longest = max(map(len, rows), default=0)
        return [row[at] for at in range(longest) for row in rows if at < len(row)]


@dataclass(frozen=True, kw_only=True)
class Bill:
    """Tokens of an answer: `read` is the whole prompt, `cached` what of it was known; `written` counts all made."""

    read: int = 10
    cached: int = 0
    written: int = 0
    thought: int = 0

    @classmethod
    def of(cls, spoken: Spoken, *, read: int, cached: int = 0) -> "Bill":
        """What an answer takes whose every piece is a token."""
        pieces = len(spoken.words) + len(spoken.call_pieces()) + len(spoken.thoughts)
        return cls(read=read, cached=cached, written=pieces, thought=len(spoken.thoughts))


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An answer that is none: the status, what stands in the head beside the type, and the body."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Wire:
    """How one provider says things.

    `frames` are those of a streamed answer, one event each; `whole` is the answer for those who do not stream;
    `failed` is an error before an answer, `broken` the frame of one in its middle.
    """

    name: str
    provider: str
    path: str
    frames: Callable[[Spoken, Bill, str], Sequence[bytes]]
    whole: Callable[[Spoken, Bill, str], Mapping[str, Any]]
    failed: Callable[[Refusal], Failure]
    broken: Callable[[Refusal], bytes]
