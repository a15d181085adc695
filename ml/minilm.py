"""The weights of all-MiniLM-L6-v2: where they lie in their package's file, and its matrices in eight bits."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHTS = "model.safetensors"
LAYERS = 6
HIDDEN = f"layer.{LAYERS}"
"""What the graph knows of each token in its text."""
BLOCK = 64
"""So many numbers next to each other share a scale, in a matrix and in what it is multiplied with."""
MAPS = {
    "attention.self": ("attention.self.query", "attention.self.key", "attention.self.value"),
    "attention.output.dense": ("attention.output.dense",),
    "intermediate.dense": ("intermediate.dense",),
    "output.dense": ("output.dense",),
}
"""The maps of a layer, by the name our graph has for them: what the same vector goes into is one."""


@dataclass(frozen=True)
class Weights:
    """The file of the package."""

    file: Path

    @cached_property
    def places(self) -> dict[str, tuple[list[int], int, int]]:
        """The shape of each tensor, and its first byte and the one past its last."""
        with self.file.open("rb") as opened:
            size = int.from_bytes(opened.read(8), "little")
            contents: dict[str, dict[str, Any]] = json.loads(opened.read(size))
        return {
            name: (entry["shape"], *(8 + size + offset for offset in entry["data_offsets"]))
            for name, entry in contents.items()
            if name != "__metadata__"
        }

    def eight_bits(self) -> "Iterator[tuple[str, NDArray[Any]]]":
        """Of each map its `bytes`, its `scales` and its `bias`; in a block 0 is 128, and the largest 1 or 255."""
        import numpy

        for layer in range(LAYERS):
            stem = f"encoder.layer.{layer}"
            for name, parts in MAPS.items():
                matrix = numpy.concatenate([self._tensor(f"{stem}.{part}.weight") for part in parts])
                blocks = matrix.reshape(len(matrix), -1, BLOCK)
                scales = numpy.abs(blocks).max(-1, keepdims=True) / 127
                yield f"{stem}.{name}.bytes", (numpy.rint(blocks / scales) + 128).astype(numpy.uint8)
                yield f"{stem}.{name}.scales", scales.reshape(-1)
                yield f"{stem}.{name}.bias", numpy.concatenate([self._tensor(f"{stem}.{part}.bias") for part in parts])

    def _tensor(self, name: str) -> "NDArray[Any]":
        import numpy

        shape, start, end = self.places[name]
        return numpy.fromfile(self.file, numpy.float32, (end - start) // 4, offset=start).reshape(shape)
