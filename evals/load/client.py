"""A load client: so many streams at once, an answer after the other in each; measured is what a reader would feel."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import httptools

from evals.load.model_server import WORD
from evals.processes import NotMeasured, cpu_seconds, resident_bytes
from evals.speed import quantile

LONGEST_ANSWER = 60.0
LONGEST_FAULT = 200
AFTER_A_FAULT = 0.05


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is driven: where it listens, what it is sent, and how its stream says a piece of text and its end.

    `called` has to be in some frame too, where it is given. Without `process_id` its costs are not known: 0.
    """

    name: str
    url: str
    body: Callable[[], bytes]
    piece: bytes
    end: bytes
    called: bytes = b""
    process_id: int | None = None


@dataclass(kw_only=True)
class Answer:
    """One answer as it came: when each piece of text arrived, and how many tokens it held."""

    started: float
    pieces: list[tuple[float, int]] = field(default_factory=list)
    has_called: bool = False
    last: bytes = b""
    fault: str | None = None

    @property
    def tokens(self) -> int:
        """How many tokens it had."""
        return sum(count for _, count in self.pieces)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What was seen of one subject in one window: milliseconds, seconds of computing, bytes."""

    subject: str
    streams: int
    seconds: float
    first: Sequence[float]
    gaps: Sequence[float]
    tokens: int
    computed: float
    resident: int
    faults: Counter[str]

    @property
    def cost(self) -> float:
        """Microseconds that the subject's processes computed for each token that arrived."""
        return self.computed * 1e6 / max(1, self.tokens)

    @property
    def cores(self) -> float:
        """How much of one core they took."""
        return self.computed / self.seconds

    def ttft(self, share: float) -> float:
        """Milliseconds to the first token that this share of the answers does not exceed."""
        return quantile(self.first, share) if self.first else float("nan")

    def gap(self, share: float) -> float:
        """Milliseconds between two pieces that this share of the gaps does not exceed."""
        return quantile(self.gaps, share) if self.gaps else float("nan")


async def drive(
    subject: Subject, *, streams: int, warm_up: float, seconds: float, tokens: int | None = None
) -> Cell:  # fmt: skip
    """Keep so many streams busy; the window opens after the warm-up. An answer must have `tokens` where given."""
    opens = time.perf_counter() + warm_up
    closes = opens + seconds
    answers: list[Answer] = []

    async def stream() -> None:
        await asyncio.sleep(random.random() * min(1.0, warm_up))
        line = _Line(subject)
        while time.perf_counter() < closes:
            answers.append(await line.ask(tokens))
            if answers[-1].fault:
                await asyncio.sleep(AFTER_A_FAULT)
        line.hang_up()

    busy = [asyncio.create_task(stream()) for _ in range(streams)]
    await asyncio.sleep(opens - time.perf_counter())
    before, opened = _computed(subject), time.perf_counter()
    await asyncio.sleep(closes - time.perf_counter())
    after, closed = _computed(subject), time.perf_counter()
    resident = resident_bytes(subject.process_id) if subject.process_id else 0
    await asyncio.gather(*busy)
    inside = [(at, count) for answer in answers for at, count in answer.pieces if opened <= at <= closed]
    return Cell(
        subject=subject.name,
        streams=streams,
        seconds=closed - opened,
        first=[
            (answer.pieces[0][0] - answer.started) * 1000
            for answer in answers
            if answer.pieces and opened <= answer.pieces[0][0] <= closed
        ],
        gaps=[
            (later - earlier) * 1000
            for answer in answers
            for (earlier, _), (later, _) in pairwise(answer.pieces)
            if opened <= later <= closed
        ],
        tokens=sum(count for _, count in inside),
        computed=after - before,
        resident=resident,
        faults=Counter(answer.fault for answer in answers if answer.fault),
    )


async def answer_of(subject: Subject, tokens: int | None = None) -> Answer:
    """One answer, by itself; raises `NotMeasured` where it is not whole."""
    line = _Line(subject)
    answer = await line.ask(tokens)
    line.hang_up()
    if answer.fault:
        raise NotMeasured(f"an answer of {subject.name} was no good: {answer.fault}")
    return answer


def fault_of(answer: Answer, subject: Subject, tokens: int | None) -> str | None:
    """Why an answer whose connection held does not count; None where it does."""
    if not answer.pieces:
        return f"no token; its last frame is {_shown(answer.last)}"
    if subject.end not in answer.last:
        return f"it ended with {_shown(answer.last)}"
    if subject.called and not answer.has_called:
        return f"no frame held {_shown(subject.called)}"
    if tokens is not None and answer.tokens != tokens:
        return f"{answer.tokens} of {tokens} tokens"
    return None


class _Line:
    """One connection, opened again where it was lost."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._reader: _Reader | None = None

    async def ask(self, tokens: int | None) -> Answer:
        place = urlsplit(self._subject.url)
        host, port = place.hostname or "127.0.0.1", place.port or 80
        try:
            async with asyncio.timeout(LONGEST_ANSWER):
                if self._reader is None or self._reader.is_lost:
                    loop = asyncio.get_running_loop()
                    _, self._reader = await loop.create_connection(lambda: _Reader(self._subject), host, port)
                answer = await self._reader.ask(_request(place.path, f"{host}:{port}", self._subject.body()))
        except TimeoutError:
            answer = Answer(started=time.perf_counter(), fault=f"no end after {LONGEST_ANSWER:g} s")
        except OSError as error:
            answer = Answer(started=time.perf_counter(), fault=f"no connection ({error.strerror})")
        answer.fault = answer.fault or fault_of(answer, self._subject, tokens)
        if answer.fault:
            self.hang_up()
        return answer

    def hang_up(self) -> None:
        if self._reader:
            self._reader.hang_up()
        self._reader = None


class _Reader(asyncio.Protocol):
    """Reads answers off one connection; the names of its `on_…` are those that the parser calls."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._transport: Any = None
        self.is_lost = True

    def connection_made(self, transport: Any) -> None:
        # uvloop's transports are none of asyncio's by type.
        self._transport, self.is_lost = transport, False

    def ask(self, request: bytes) -> "asyncio.Future[Answer]":
        """The whole answer, or what there was of it until the connection was lost."""
        self._parser = httptools.HttpResponseParser(self)
        self._unread = b""
        self._now = time.perf_counter()
        self._answer = Answer(started=self._now)
        self._done: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._done

    def hang_up(self) -> None:
        if self._transport:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._now = time.perf_counter()
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True
        self._end("the connection was cut")

    def on_body(self, body: bytes) -> None:
        # Some end their lines with CR LF, and a piece may end between the two.
        *frames, self._unread = (self._unread + body.replace(b"\r", b"")).split(b"\n\n")
        for frame in frames:
            self._take(frame)

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        self._end(None if status == 200 else f"status {status}: {_shown(self._unread)}")

    def _take(self, frame: bytes) -> None:
        if frame.startswith(b":"):
            return
        self._answer.last = frame
        if self._subject.piece in frame:
            # Others than the scripted model say anything: then a piece counts as one token.
            self._answer.pieces.append((self._now, frame.count(WORD.encode()) or 1))
        elif self._subject.called and self._subject.called in frame:
            self._answer.has_called = True

    def _end(self, fault: str | None) -> None:
        if hasattr(self, "_done") and not self._done.done():
            self._answer.fault = fault
            self._done.set_result(self._answer)


def _request(path: str, host: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/event-stream\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _computed(subject: Subject) -> float:
    return cpu_seconds(subject.process_id) if subject.process_id else 0


def _shown(frame: bytes) -> str:
    return repr(frame[:LONGEST_FAULT].decode(errors="replace"))
