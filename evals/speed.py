"""Speed: a message's vector, how long it takes to be understood, a start and a keyless turn over HTTP."""

import gc
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx2
import numpy as np

from domain.people import Clock
from evals.embedding import beside_numpy
from evals.mixtures import mixtures
from evals.processes import ROOT, NotMeasured, free_port, running
from evals.transcripts import read, shipped
from language import when
from language.explained import explained
from language.spelling import mended
from language.understanding import Guess, understand
from ml.embedding import LocalEmbeddings
from ml.intent import IntentModel

TURNS_A_THREAD = 20
MIXTURES = 300
TALK = "tell me a joke about Kant"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Some durations in milliseconds of one thing, and what was promised of that `share` of them (p95; 1 is all)."""

    name: str
    milliseconds: tuple[float, ...]
    promised: float
    share: float = 0.95

    def at(self, share: float) -> float:
        """The duration that this share of them does not exceed."""
        return quantile(self.milliseconds, share)

    @property
    def kept(self) -> bool:
        """True where the promise holds."""
        return self.at(self.share) < self.promised

    def __str__(self) -> str:
        word = "kept" if self.kept else "BROKEN"
        worst = f"worst {self.at(1):6.1f} ms  " if self.share == 1 else ""
        return (
            f"{self.name:<28} n={len(self.milliseconds):<4} p50 {self.at(0.5):8.1f} ms  p95 {self.at(0.95):8.1f} ms  "
            f"{worst}promised < {self.promised:g} ms: {word}"
        )


def quantile(values: Iterable[float], share: float) -> float:
    """The smallest of them that at least this share does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1)]


def measure(turns: int) -> Iterator[Figure | str]:
    """The sentences of the transcripts, two starts on a new home, `turns` turns of each kind; raises `NotMeasured`."""
    yield beside_numpy()
    yield from _understood()
    yield from _mixed()
    with TemporaryDirectory(prefix="metacortex-speed-") as folder:
        with served(Path(folder)) as (cold, _):
            yield Figure(name="first start to ready", milliseconds=(cold,), promised=15_000)
        with served(Path(folder)) as (warm, url):
            yield Figure(name="warm start to ready", milliseconds=(warm,), promised=5_000)
            with httpx2.Client(base_url=url, timeout=30) as client:
                turns_of(client, [TALK, "add a task to buy milk"])
                talk = turns_of(client, [TALK] * turns)
                yield Figure(name="a turn without tools", milliseconds=talk, promised=150)
                acts = turns_of(client, [f"buy {number} apples" for number in range(2, turns + 2)], called="add_tasks")
                yield Figure(name="a turn with one tool", milliseconds=acts, promised=300)


def _understood() -> Iterator[Figure]:
    """Each sentence once, by the grammar alone and by all: embedding, intent, grammar with the guess, times in words.

    The grammar is one thread that waits for nothing: its time is that of the processor.
    """
    embedder, intents = LocalEmbeddings(), IntentModel.load()
    clock = Clock(now=datetime.now(ZoneInfo("Europe/Berlin")))
    sentences = list(dict.fromkeys(turn.say for transcript in read(shipped()) for turn in transcript.turns))
    understand(sentences[0], clock)
    intents.predict([sentences[0]], np.asarray([embedder.embed_query(sentences[0])], dtype=np.float32))
    # As the server does before it answers: what was loaded by now is not looked at again by the collector.
    gc.collect()
    gc.freeze()
    alone, whole = [], []
    for sentence in sentences:
        started, worked = time.perf_counter(), time.process_time()
        understand(sentence, clock)
        alone.append((time.process_time() - worked) * 1000)
        vectors = np.asarray([embedder.embed_query(sentence)], dtype=np.float32)
        (guess,) = intents.predict([sentence], vectors)
        judged = Guess(intent=guess.label, probability=guess.probability, is_out_of_scope=guess.is_out_of_scope)
        understand(sentence, clock, {sentence: judged})
        explained(mended(sentence), clock)
        whole.append((time.perf_counter() - started) * 1000)
    yield Figure(name="understood by the grammar", milliseconds=tuple(alone), promised=3)
    yield Figure(name="understood with an embedding", milliseconds=tuple(whole), promised=25)


def _mixed() -> Iterator[Figure]:
    """A thousand letters of words that mean nothing together, many times: what reading may cost at the most."""
    clock = Clock(now=datetime.now(ZoneInfo("Europe/Berlin")))
    texts = list(mixtures(MIXTURES, 1_000))
    for name, act in (("a mixed kB, times read", when.read), ("a mixed kB, understood", understand)):
        yield Figure(name=name, milliseconds=tuple(_worked(act, text, clock) for text in texts), promised=50, share=1)


def _worked(act: Callable[[str, Clock], object], text: str, clock: Clock) -> float:
    started = time.process_time()
    act(text, clock)
    return (time.process_time() - started) * 1000


@contextmanager
def served(home: Path) -> Iterator[tuple[float, str]]:
    """A server on that home; yields the milliseconds from its start until it was ready, and its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {"METACORTEX_HOME": str(home / "home"), "METACORTEX_MODEL": "offline", "METACORTEX_AUTH": "none"}
    command = [sys.executable, str(ROOT / "server.py"), "--port", str(port)]
    started = time.perf_counter()
    with running(command, environment=environment, log=home / "server.log", ready=f"{url}/health/ready"):
        yield (time.perf_counter() - started) * 1000, url


def turns_of(client: httpx2.Client, sentences: Sequence[str], *, called: str | None = None) -> tuple[float, ...]:
    """Milliseconds of each turn from the request to the last byte, the threads of ordinary length."""
    threads = [f"speed-{uuid4().hex[:12]}" for _ in range(len(sentences) // TURNS_A_THREAD + 1)]
    return tuple(
        _turn(client, threads[number // TURNS_A_THREAD], sentence, called) for number, sentence in enumerate(sentences)
    )


def _turn(client: httpx2.Client, thread_id: str, sentence: str, called: str | None) -> float:
    message = {"id": uuid4().hex, "role": "user", "content": sentence}
    body = {
        "protocolVersion": "1.0",
        "threadId": thread_id,
        "runId": uuid4().hex,
        "messages": [message],
        "tools": [],
        "context": [],
        "state": {},
        "forwardedProps": {},
    }
    started = time.perf_counter()
    answer = client.post("/agui", json=body, headers={"Accept": "text/event-stream"})
    took = (time.perf_counter() - started) * 1000
    if answer.status_code != 200:
        raise NotMeasured(f"a turn was answered with {answer.status_code}: {answer.text[:300]}")
    _check(answer.text, sentence, called)
    return took


def _check(stream: str, sentence: str, called: str | None) -> None:
    """A turn counts only where it ended well and called what it should."""
    events = [json.loads(line[5:]) for line in stream.splitlines() if line.startswith("data:")]
    last: dict[str, Any] = events[-1] if events else {"type": "nothing"}
    if last["type"] != "RUN_FINISHED" or last.get("outcome", {}).get("type", "success") != "success":
        raise NotMeasured(f"the turn {sentence!r} ended with {last}")
    tools = [event["toolCallName"] for event in events if event["type"] == "TOOL_CALL_START"]
    if tools != ([called] if called else []) and sentence != "add a task to buy milk":
        raise NotMeasured(f"the turn {sentence!r} called {tools or 'no tool'}, expected {called or 'none'}")
