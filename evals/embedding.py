"""The vector of a query: what it costs beside the same model by hand in numpy, and how near the two are."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import numpy as np

from evals.minilm import by_numpy
from evals.processes import ROOT, NotMeasured
from evals.transcripts import read, shipped
from ml.embedding import LocalEmbeddings

ROUNDS = 150
SHORT = "please remind me to call the dentist tomorrow about teeth"
LONG = f"{SHORT}, because the crown on the lower left one broke while I was eating lunch on the train"
RATIO_PROMISED = 0.5
NEARNESS_PROMISED = 0.995


@dataclass(frozen=True, kw_only=True)
class Query:
    """Milliseconds of the processor for a text of so many tokens, the median of many."""

    tokens: int
    ours: float
    by_hand: float

    @property
    def ratio(self) -> float:
        """Ours to the other."""
        return self.ours / self.by_hand

    def __str__(self) -> str:
        return f"{self.tokens} tokens {self.ours:.2f} ms / {self.by_hand:.2f} = {self.ratio:.2f}"


@dataclass(frozen=True, kw_only=True)
class Embedding:
    """A short query and a longer one, and the cosine of our vector and the float32 one for each sentence."""

    short: Query
    long: Query
    cosines: tuple[float, ...]

    @property
    def kept(self) -> bool:
        """True where the short one is as cheap, and the vectors in eight bits are as near, as was promised."""
        return self.short.ratio <= RATIO_PROMISED and median(self.cosines) >= NEARNESS_PROMISED

    def __str__(self) -> str:
        word = "kept" if self.kept else "BROKEN"
        return (
            f"a query's vector, CPU / numpy  n={ROUNDS:<4} {self.short}, {self.long}; cosine to float32 "
            f"n={len(self.cosines)} median {median(self.cosines):.4f} min {min(self.cosines):.4f}  "
            f"promised <= {RATIO_PROMISED:g} of the shorter, median >= {NEARNESS_PROMISED:g}: {word}"
        )


def beside_numpy() -> str:
    """In a process of its own, where numpy keeps to one thread as ours does: that is settled when it is imported."""
    command = [sys.executable, "-m", "evals.embedding"]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotMeasured(f"the embedding could not be measured: {done.stderr[-300:]}")
    return done.stdout.strip()


def measured() -> Embedding:
    """Ours and the one by hand, the sentences of the transcripts through both."""
    local, by_hand = LocalEmbeddings(), by_numpy()
    sentences = dict.fromkeys(turn.say for transcript in read(shipped()) for turn in transcript.turns)
    return Embedding(
        short=_query(12, SHORT, local, by_hand),
        long=_query(30, LONG, local, by_hand),
        cosines=tuple(float(by_hand(sentence) @ np.asarray(local.embed_query(sentence))) for sentence in sentences),
    )


def _query(tokens: int, text: str, local: LocalEmbeddings, by_hand: Callable[[str], object]) -> Query:
    """By turns, so that what else the machine does falls on both."""
    costs = [(_worked(local.embed_query, text), _worked(by_hand, text)) for _ in range(ROUNDS)]
    ours, theirs = zip(*costs[1:], strict=True)
    return Query(tokens=tokens, ours=median(ours), by_hand=median(theirs))


def _worked(act: Callable[[str], object], text: str) -> float:
    started = time.process_time()
    act(text)
    return (time.process_time() - started) * 1000


if __name__ == "__main__":
    print(measured())
