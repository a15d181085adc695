"""Build `minilm.onnx`: the graph of all-MiniLM-L6-v2 without its weights, which are handed over at load.

Run once by hand where the graph changes: `uv run --group dev python -m ml.build_minilm`.
"""

from pathlib import Path

from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper

GRAPH = Path(__file__).with_name("minilm.onnx")
OPSET = 20
WIDTH, HEADS, LAYERS, INNER, WORDS, POSITIONS = 384, 12, 6, 1536, 30522, 512
EPSILON = 1e-12
SHAPES: dict[str, tuple[int, ...]] = {
    "query_key_value.weight": (WIDTH, 3 * WIDTH),
    "query_key_value.bias": (3 * WIDTH,),
    "attended.weight": (WIDTH, WIDTH),
    "attended.bias": (WIDTH,),
    "attended.norm.weight": (WIDTH,),
    "attended.norm.bias": (WIDTH,),
    "inner.weight": (WIDTH, INNER),
    "inner.bias": (INNER,),
    "outer.weight": (INNER, WIDTH),
    "outer.bias": (WIDTH,),
    "outer.norm.weight": (WIDTH,),
    "outer.norm.bias": (WIDTH,),
}


def model() -> ModelProto:
    """Token ids and their mask (1 for a word, 0 for padding) in, one unit vector a row out."""
    nodes = [*_embedded(), *(node for layer in range(LAYERS) for node in _layer(layer)), *_pooled(f"layer.{LAYERS}")]
    shapes = {
        "words": (WORDS, WIDTH),
        "positions": (POSITIONS, WIDTH),
        "norm.weight": (WIDTH,),
        "norm.bias": (WIDTH,),
        **{f"{layer}.{name}": shape for layer in range(LAYERS) for name, shape in SHAPES.items()},
    }
    graph = helper.make_graph(
        nodes,
        "minilm",
        [_input("ids"), _input("mask")],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["rows", WIDTH])],
        [*(_external(name, shape) for name, shape in shapes.items()), *_constants()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)


def _input(name: str) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.INT64, ["rows", "length"])


def _external(name: str, shape: tuple[int, ...]) -> TensorProto:
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape, data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="handed over at load")
    return tensor


def _constants() -> list[TensorProto]:
    integers = {
        "two": ([2], (1,)),
        "one": ([1], (1,)),
        "scalar_zero": ([0], ()),
        "scalar_one": ([1], ()),
        "last": ([-1], (1,)),
        "masked_axes": ([1, 2], (2,)),
        "split": ([0, 0, 3, HEADS, WIDTH // HEADS], (5,)),
        "joined": ([0, 0, WIDTH], (3,)),
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
        helper.make_node("Shape", ["ids"], ["length_of_ids"], start=1, end=2),
        helper.make_node("Squeeze", ["length_of_ids"], ["length"]),
        helper.make_node("Range", ["scalar_zero", "length", "scalar_one"], ["places"]),
        helper.make_node("Gather", ["words", "ids"], ["word_vectors"]),
        helper.make_node("Gather", ["positions", "places"], ["place_vectors"]),
        helper.make_node("Add", ["word_vectors", "place_vectors"], ["placed"]),
        _norm("placed", "norm", "layer.0"),
    ]


def _layer(number: int) -> list[NodeProto]:
    def at(name: str) -> str:
        return f"{number}.{name}"

    return [
        *_linear(f"layer.{number}", at("query_key_value"), at("fused")),
        helper.make_node("Reshape", [at("fused"), "split"], [at("heads")]),
        helper.make_node("Split", [at("heads")], [at("q"), at("k"), at("v")], axis=2, num_outputs=3),
        *(helper.make_node("Squeeze", [at(part), "two"], [at(f"{part}.flat")]) for part in "qkv"),
        helper.make_node("Transpose", [at("q.flat")], [at("query")], perm=[0, 2, 1, 3]),
        helper.make_node("Transpose", [at("k.flat")], [at("key")], perm=[0, 2, 3, 1]),
        helper.make_node("Transpose", [at("v.flat")], [at("value")], perm=[0, 2, 1, 3]),
        helper.make_node("MatMul", [at("query"), at("key")], [at("products")]),
        helper.make_node("Mul", [at("products"), "scale"], [at("scaled")]),
        helper.make_node("Add", [at("scaled"), "penalty"], [at("scores")]),
        helper.make_node("Softmax", [at("scores")], [at("shares")], axis=-1),
        helper.make_node("MatMul", [at("shares"), at("value")], [at("mixed")]),
        helper.make_node("Transpose", [at("mixed")], [at("mixed.rows")], perm=[0, 2, 1, 3]),
        helper.make_node("Reshape", [at("mixed.rows"), "joined"], [at("context")]),
        *_linear(at("context"), at("attended"), at("attended.out")),
        helper.make_node("Add", [at("attended.out"), f"layer.{number}"], [at("attended.sum")]),
        _norm(at("attended.sum"), at("attended.norm"), at("attended.normed")),
        *_linear(at("attended.normed"), at("inner"), at("inner.out")),
        helper.make_node("Gelu", [at("inner.out")], [at("inner.active")]),
        *_linear(at("inner.active"), at("outer"), at("outer.out")),
        helper.make_node("Add", [at("outer.out"), at("attended.normed")], [at("outer.sum")]),
        _norm(at("outer.sum"), at("outer.norm"), f"layer.{number + 1}"),
    ]


def _pooled(hidden: str) -> list[NodeProto]:
    return [
        helper.make_node("Unsqueeze", ["weights", "last"], ["word_weights"]),
        helper.make_node("Mul", [hidden, "word_weights"], ["kept"]),
        # The mean over the words differs from their sum by a factor, and the norm takes that away.
        helper.make_node("ReduceSum", ["kept", "one"], ["summed"], keepdims=0),
        helper.make_node("LpNormalization", ["summed"], ["vectors"], axis=-1, p=2),
    ]


def _linear(source: str, name: str, target: str) -> list[NodeProto]:
    return [
        helper.make_node("MatMul", [source, f"{name}.weight"], [f"{target}.product"]),
        helper.make_node("Add", [f"{target}.product", f"{name}.bias"], [target]),
    ]


def _norm(source: str, name: str, target: str) -> NodeProto:
    return helper.make_node(
        "LayerNormalization", [source, f"{name}.weight", f"{name}.bias"], [target], axis=-1, epsilon=EPSILON
    )


if __name__ == "__main__":
    GRAPH.write_bytes(model().SerializeToString())
    print(f"{GRAPH.name}: {GRAPH.stat().st_size:,} bytes")
