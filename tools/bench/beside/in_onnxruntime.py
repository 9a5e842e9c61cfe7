"""The model in ONNX Runtime: dynamically quantised int8, one thread, greedy.

One graph, so that no step returns to Python: the encoder, keys and values of the memory once, and a
`Loop` over tokens whose body reads one token and the keys and values of the tokens before. Heads lie
as their products need them, Q, K and V are one matrix, and 1/√d_head is in the weights of the query.
The encoder's keys and values are one matrix per decoder layer.
"""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from trained import Trained

NAME = f"onnxruntime {onnxruntime.__version__} int8"

# Newer operators would do as well; these are what every part of the quantiser knows.
OPSET = 17


class Nodes:
    """Nodes and constants of a graph, made one behind the other."""

    def __init__(self, model: Trained, prefix: str):
        self.model, self.prefix = model, prefix
        self.nodes, self.constants = [], []

    def add(self, operator: str, *inputs: str, outputs: int = 1, **attributes):
        """The name of the output, or names."""
        names = [f"{self.prefix}{len(self.nodes)}_{operator}_{i}" for i in range(outputs)]
        name = f"{names[0]}_node"
        node = helper.make_node(operator, list(inputs), names, name=name, **attributes)
        self.nodes.append(node)
        return names[0] if outputs == 1 else names

    def constant(self, value: np.ndarray) -> str:
        name = f"{self.prefix}constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, order="C"), name))
        return name

    def shape(self, x: str, *sides: int) -> str:
        return self.add("Reshape", x, self.constant(np.array(sides, np.int64)))

    def norm(self, x: str, name: str) -> str:
        gamma, beta = map(self.constant, self.model.linear(name))
        epsilon = self.model.config["norm_epsilon"]
        return self.add("LayerNormalization", x, gamma, beta, axis=-1, epsilon=epsilon)

    def linear(self, x: str, *layers: tuple[np.ndarray, np.ndarray]) -> str:
        """Layers that read the same, side by side."""
        weight, bias = (np.concatenate(parts) for parts in zip(*layers, strict=True))
        return self.add("Add", self.add("MatMul", x, self.constant(weight.T)), self.constant(bias))

    def query(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        weight, bias = self.model.linear(f"{name}.query")
        scale = np.float32(self.model.config["d_head"] ** -0.5)
        return weight * scale, bias * scale

    def keys_and_values(self, name: str) -> list[tuple[np.ndarray, np.ndarray]]:
        return [self.model.linear(f"{name}.{part}") for part in ("key", "value")]

    def attend(self, x: str, query: str, key: str, value: str, name: str) -> str:
        """`query`, `value`: `[heads, n, d_head]` · `key`: `[heads, d_head, n]`. Adds it to x."""
        weights = self.add("Softmax", self.add("MatMul", query, key), axis=-1)
        context = self.add("MatMul", weights, value)
        context = self.shape(self.add("Transpose", context, perm=[1, 0, 2]), -1, self.width)
        return self.add("Add", x, self.linear(context, self.model.linear(f"{name}.output")))

    def feed_forward(self, x: str, name: str) -> str:
        up = self.linear(self.norm(x, f"{name}_norm"), self.model.linear(f"{name}.up"))
        down = self.linear(self.add("Relu", up), self.model.linear(f"{name}.down"))
        return self.add("Add", x, down)

    @property
    def width(self) -> int:
        return self.model.config["n_heads"] * self.model.config["d_head"]

    @property
    def heads(self) -> tuple[int, int]:
        return self.model.config["n_heads"], self.model.config["d_head"]

    def split(self, x: str, perms: list[list[int]]) -> list[str]:
        """`[n, parts · width]` to parts of heads, in the given order of `[n, heads, d_head]`."""
        parts = self.add("Split", x, outputs=len(perms), axis=-1)
        parts = [parts] if len(perms) == 1 else parts
        split = [self.shape(part, -1, *self.heads) for part in parts]
        return [self.add("Transpose", p, perm=o) for p, o in zip(split, perms, strict=True)]

    def embedded(self, tokens: str, positions: str, side: str) -> str:
        scale = np.float32(self.model.config["embedding_scale"])
        table = self.model.weights[f"{side}.embedding.weight"] * scale
        return self.add("Add", self.add("Gather", self.constant(table), tokens), positions)


HEADS_FIRST, KEYS = [1, 0, 2], [1, 2, 0]


def _encoder(nodes: Nodes, source: str) -> list[str]:
    """Keys and values of the memory, of each decoder layer."""
    model = nodes.model
    longest = model.config["max_source_len"]
    zero, one = nodes.constant(np.array([0], np.int64)), nodes.constant(np.array([1], np.int64))
    length = nodes.add("Shape", source)
    table = nodes.constant(model.positions(longest))
    x = nodes.embedded(source, nodes.add("Slice", table, zero, length, zero, one), "encoder")
    for index in model.side("encoder"):
        name = f"encoder.layers.{index}"
        attention = f"{name}.self_attention"
        parts = [nodes.query(attention), *nodes.keys_and_values(attention)]
        parts = nodes.linear(nodes.norm(x, f"{attention}_norm"), *parts)
        x = nodes.attend(x, *nodes.split(parts, [HEADS_FIRST, KEYS, HEADS_FIRST]), attention)
        x = nodes.feed_forward(x, f"{name}.feed_forward")
    memory = nodes.norm(x, "encoder.norm")
    both = []
    for index in model.side("decoder"):
        parts = nodes.keys_and_values(f"decoder.layers.{index}.cross_attention")
        both += nodes.split(nodes.linear(memory, *parts), [KEYS, HEADS_FIRST])
    return both


def _step(model: Trained, memory: list[str]) -> onnx.GraphProto:
    """The body of the loop: a token and the caches to the next token and caches."""
    nodes = Nodes(model, "step_")
    heads, d_head = nodes.heads
    layers = model.side("decoder")
    caches = [f"{kind}_{index}" for index in layers for kind in ("keys", "values")]
    row = nodes.add("Gather", nodes.constant(model.positions(model.config["max_target_len"])), "at")
    x = nodes.shape(nodes.embedded("token", row, "decoder"), 1, -1)
    grown = []
    for index in layers:
        name = f"decoder.layers.{index}"
        attention = f"{name}.self_attention"
        parts = [nodes.query(attention), *nodes.keys_and_values(attention)]
        parts = nodes.linear(nodes.norm(x, f"{attention}_norm"), *parts)
        query, key, value = nodes.add("Split", parts, outputs=3, axis=-1)
        # One token: another shape is another order already.
        key = nodes.shape(key, heads, d_head, 1)
        query, value = (nodes.shape(part, heads, 1, d_head) for part in (query, value))
        grown.append(nodes.add("Concat", caches[2 * index], key, axis=2))
        grown.append(nodes.add("Concat", caches[2 * index + 1], value, axis=1))
        x = nodes.attend(x, query, *grown[-2:], attention)
        attention = f"{name}.cross_attention"
        query = nodes.linear(nodes.norm(x, f"{attention}_norm"), nodes.query(attention))
        query = nodes.shape(query, heads, 1, d_head)
        x = nodes.attend(x, query, *memory[2 * index : 2 * index + 2], attention)
        x = nodes.feed_forward(x, f"{name}.feed_forward")
    logits = nodes.linear(nodes.norm(x, "decoder.norm"), model.output())
    token = nodes.shape(nodes.add("ArgMax", logits, axis=-1, keepdims=0), 1)
    end = nodes.constant(np.array(model.config["target"]["eos"], np.int64))
    goes_on = nodes.add("Not", nodes.shape(nodes.add("Equal", token, end)))
    said = nodes.add("Identity", token)
    shapes = [[heads, d_head, None], [heads, None, d_head]] * len(layers)
    inputs = [("at", TensorProto.INT64, []), ("is_going_on", TensorProto.BOOL, [])]
    inputs += [("token", TensorProto.INT64, [1])]
    inputs += [(name, TensorProto.FLOAT, shape) for name, shape in zip(caches, shapes, strict=True)]
    outputs = [(goes_on, TensorProto.BOOL, []), (token, TensorProto.INT64, [1])]
    outputs += [(name, TensorProto.FLOAT, shape) for name, shape in zip(grown, shapes, strict=True)]
    outputs += [(said, TensorProto.INT64, [1])]
    inputs, outputs = (
        [helper.make_tensor_value_info(*value) for value in values] for values in (inputs, outputs)
    )
    return helper.make_graph(nodes.nodes, "step", inputs, outputs, initializer=nodes.constants)


def export(model: Trained, path: Path) -> None:
    """Writes the float model."""
    nodes = Nodes(model, "")
    heads, d_head = nodes.heads
    memory = _encoder(nodes, "source")
    layers = len(model.side("decoder"))
    empty = [np.zeros((heads, d_head, 0), np.float32), np.zeros((heads, 0, d_head), np.float32)]
    state = [nodes.constant(np.array([model.config["target"]["bos"]], np.int64))]
    state += [nodes.constant(cache) for cache in empty * layers]
    most = nodes.constant(np.array(model.config["max_target_len"], np.int64))
    started = nodes.constant(np.array(True))
    outputs = nodes.add(
        "Loop", most, started, *state, outputs=len(state) + 1, body=_step(model, memory)
    )
    answer = nodes.shape(outputs[-1], -1)
    graph = helper.make_graph(
        nodes.nodes,
        "transformer",
        [helper.make_tensor_value_info("source", TensorProto.INT64, ["source_len"])],
        [helper.make_tensor_value_info(answer, TensorProto.INT64, ["target_len"])],
        initializer=nodes.constants,
    )
    opsets = [helper.make_opsetid("", OPSET)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)


class Engine:
    """Translates a sentence."""

    def __init__(self, model: Trained, folder: Path):
        folder.mkdir(parents=True, exist_ok=True)
        export(model, folder / "float.onnx")
        quantize_dynamic(
            folder / "float.onnx",
            folder / "int8.onnx",
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={"EnableSubgraph": True, "MatMulConstBOnly": True},
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            folder / "int8.onnx", options, providers=["CPUExecutionProvider"]
        )
        self.numbers = {word: number for number, word in enumerate(model.source)}
        self.words, self.end = model.target, model.config["target"]["eos"]
        self.source_end = model.config["source"]["eos"]

    def translate(self, sentence: str) -> str:
        """Words with spaces between."""
        tokens = [self.numbers[word] for word in sentence.split()]
        source = np.array([*tokens, self.source_end], np.int64)
        (answer,) = self.session.run(None, {"source": source})
        return " ".join(self.words[token] for token in answer if token != self.end)
