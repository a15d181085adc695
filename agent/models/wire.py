"""One request to a provider under its SDK: the answer's body read by hand, what goes wrong told by kind.

The SDK gives the connection, the keys and the error classes. Its objects are passed by in both directions: building
one for each piece of an answer costs twenty times the reading, and checking a request costs more than sending it.
"""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from itertools import chain
from typing import Any, Protocol

import httpx2
import orjson

from agent.models.clients import Endpoint, socket_of
from agent.models.failures import TROUBLES, classify, failure, told
from agent.models.frames import Frames, loaded
from domain.model_calls import ModelFailure, Usage
from graphs.pieces import Answered, CallArguments, CallBegun, Piece, Reasoned

DRAIN_SECONDS = 0.1
"""So long is waited for the end of a body whose answer is complete: a body that is read to its end leaves a connection
that can be used again."""
PICTURE_MS = 30
"""What comes faster is handed on in larger pieces: a screen shows no more, and each costs the same on its way to the
client whatever it carries."""
AT_ONCE_SECONDS = 0.003
"""What takes no longer to come after a picture was there before it."""


class Reader(Protocol):
    """Makes pieces of the frames of one answer; `is_done` after the provider's own end."""

    is_done: bool

    @property
    def usage(self) -> Usage | None:
        """What the provider told so far."""

    def take(self, frame: bytes) -> Sequence[Piece]:
        """The pieces of one frame; raises `ModelFailure` where the provider tells one, `ValueError` for nonsense."""

    def end(self) -> Answered | None:
        """The last piece; None where the answer has not come to its end."""


async def spoken(
    endpoint: Endpoint, body: Mapping[str, Any], reader: Reader, *, model: str
) -> AsyncGenerator[Piece, None]:
    """The answer to a request, piece by piece."""
    head: httpx2.Response | None = None
    has_begun = False
    try:
        head = await endpoint.send(encoded(body))
        await _expect_stream(head, model)
        frames = Frames()
        async with aclosing(_body(head)) as reads:
            slept, waits_since = 0.0, time.monotonic()
            async for read in reads:
                waited, came, has_spoken = time.monotonic() - waits_since, frames.feed(read), False
                for piece in _joined(reader, came):
                    has_begun, has_spoken = True, has_spoken or type(piece) is str
                    yield piece
                if reader.is_done:
                    await _drain(reads)
                    break
                is_fast = len(came) > 1 or waited < max(PICTURE_MS / 1000 - slept, AT_ONCE_SECONDS)
                slept = await _next_picture(head) if is_fast and has_spoken else 0.0
                waits_since = time.monotonic()
        for piece in _joined(reader, frames.end() if not reader.is_done else ()):
            yield piece
    except ValueError as error:
        raise _counted(failure("malformed", model), reader) from error
    except ModelFailure as error:
        _counted(error, reader)
        raise
    except endpoint.errors as error:
        if _ended(reader, model) is None:
            failed = classify(error, model, has_head=head is not None, has_begun=has_begun)
            # The SDK's error holds the provider's own words, which belong in no log.
            raise _counted(failed, reader) from None
    finally:
        if head is not None:
            with suppress(*TROUBLES):
                await head.aclose()
    answered = _ended(reader, model)
    if answered is None:
        raise _counted(failure("cut", model), reader)
    yield answered


def _counted(failed: ModelFailure, reader: Reader) -> ModelFailure:
    """With what the provider told of an answer's tokens before its end: the prompt's, as a rule."""
    if reader.usage is not None:
        failed.usage = replace(reader.usage, is_estimated=True)
    return failed


def _joined(reader: Reader, frames: Iterable[bytes]) -> Iterator[Piece]:
    """The pieces of these frames up to the answer's end; words that follow one another are one piece."""
    words: list[str] = []
    failed: ValueError | ModelFailure | None = None
    try:
        for piece in chain.from_iterable(_taken(reader, frame) for frame in frames if not reader.is_done):
            if type(piece) is str:
                words.append(piece)
                continue
            if words:
                yield "".join(words)
                words = []
            yield piece
    except (ValueError, ModelFailure) as error:
        failed = error
    if words:
        yield "".join(words)
    if failed:
        raise failed


def _taken(reader: Reader, frame: bytes) -> Sequence[Piece]:
    try:
        pieces = reader.take(frame)
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError("a frame of another shape") from error
    for piece in pieces:
        if type(piece) is not str and not _is_text(piece):
            raise ValueError("something else where words belong")
    return pieces


def _is_text(piece: Piece) -> bool:
    match piece:
        case Reasoned(text=text) | CallArguments(text=text) | CallBegun(name=text):
            return isinstance(text, str)
        case _:
            return isinstance(piece, str)


def _ended(reader: Reader, model: str) -> Answered | None:
    """The last piece; who answered is left out where the provider names nobody."""
    try:
        answered = reader.end()
    except (LookupError, TypeError, AttributeError):
        raise _counted(failure("malformed", model), reader) from None
    if answered is None or answered.answered_by is None or isinstance(answered.answered_by, str):
        return answered
    return replace(answered, answered_by=None)


def encoded(body: Any) -> bytes:
    """JSON as the wires want it; what is no text in any script becomes a question mark."""
    try:
        return orjson.dumps(body, default=str, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        return json.dumps(body, ensure_ascii=False, default=str).encode("utf-8", "replace")


def decoded(frame: bytes) -> dict[str, Any]:
    """The object in a frame; raises `ValueError` where there is none."""
    value = loaded(frame)
    if not isinstance(value, dict):
        raise ValueError("a frame without an object")
    return value


def count(value: object) -> int:
    """A number of tokens as a provider told it; 0 where it told none."""
    return value if isinstance(value, int) and value > 0 else 0


async def _expect_stream(head: httpx2.Response, model: str) -> None:
    """Some servers say "200, fine" and then answer with an error, or as if nobody had asked for a stream."""
    if head.headers.get("content-type", "").startswith("application/json"):
        body = decoded(await head.aread())
        raise told(body["error"], model) if body.get("error") else failure("malformed", model)


def _body(head: httpx2.Response) -> AsyncGenerator[bytes, None]:
    """The body as it arrives; where nothing is to be decoded, past the layers that would."""
    plain = aiter(head.stream) if isinstance(head.stream, httpx2.AsyncByteStream) else None
    return plain if isinstance(plain, AsyncGenerator) and "content-encoding" not in head.headers else head.aiter_bytes()


async def _next_picture(head: httpx2.Response) -> float:
    """Sleep until the screens' next picture: one for all answers, so that they share what a waking costs.

    What comes meanwhile stays in its socket, where it wakes nobody. The seconds that were slept.
    """
    seconds = (PICTURE_MS - round(asyncio.get_running_loop().time() * 1000) % PICTURE_MS) / 1000
    socket = socket_of(head)
    if socket is not None:
        socket.pause_reading()
    try:
        await asyncio.sleep(seconds)
    finally:
        if socket is not None and not socket.is_closing():
            socket.resume_reading()
    return seconds


async def _drain(reads: AsyncIterator[bytes]) -> None:
    with suppress(*TROUBLES):
        async with asyncio.timeout(DRAIN_SECONDS):
            async for _ in reads:
                pass
