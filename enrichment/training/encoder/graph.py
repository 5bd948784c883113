"""Write the trained network as an int8 ONNX graph, operator by operator, for ONNX Runtime.

Weights are int8 per output column. Activations are uint8 with scales fixed beforehand on training texts
(static), each input channel first divided by a factor of its own that its weights absorb (as in SmoothQuant,
Xiao et al. 2022): so a text's numbers depend neither on its neighbours in a batch nor on padding. Word
embeddings are int8 per row.
"""

from dataclasses import dataclass, field

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from enrichment.training.encoder.network import ATTENTION_HEADS, CLIP, EPSILON, HEADS, LAYERS, MIDDLE, WIDTH

Floats = NDArray[np.float32]
ZERO = 128
MICROSOFT = "com.microsoft"


@dataclass
class Ranges:
    """The ranges of a linear layer's input over calibration texts; `channel`: largest magnitude of each."""

    channel: Floats
    smooth: float = 0.5


@dataclass
class Graph:
    """Nodes and weights as they are added; each method returns the name of what it computes."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    weights: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        """Add a constant."""
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(
        self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: object
    ) -> str:
        """Add a node of one output."""
        self.nodes.append(
            helper.make_node(operator, inputs, [output], name=output, domain=domain, **attributes)
        )
        return output

    def quantised(
        self, name: str, source: str, weight: Floats, ranges: Ranges
    ) -> tuple[str, str, str, str, str]:
        """Quantise `source` for a product with `weight` (in × out).

        Return its name, both scales, the weight and the zero.
        """
        reach = np.maximum(ranges.channel, 1e-5)
        strength = np.maximum(np.abs(weight).max(1), 1e-5)
        factor = reach**ranges.smooth / strength ** (1 - ranges.smooth)
        factor /= np.exp(np.log(factor).mean())
        scale = np.float32((reach / factor).max() / 127)
        scaled = weight * factor[:, None]
        column = np.maximum(np.abs(scaled).max(0) / 127, 1e-9).astype(np.float32)
        table = np.clip(np.round(scaled / column), -127, 127).astype(np.int8)
        divided = self.node(
            "Mul",
            [source, self.constant(f"{name}.factor", (1 / factor).astype(np.float32))],
            f"{name}.scaled",
        )
        one = self.constant(f"{name}.scale", np.array(scale))
        zero = self.constant(f"{name}.zero", np.array(ZERO, np.uint8))
        small = self.node("QuantizeLinear", [divided, one, zero], f"{name}.small")
        return (
            small,
            one,
            self.constant(f"{name}.column", column),
            self.constant(f"{name}.weight", table),
            zero,
        )

    def linear(self, name: str, source: str, weight: Floats, bias: Floats | None, ranges: Ranges) -> str:
        """Add an int8 product; `bias` None leaves it to the next node."""
        small, scale, column, table, zero = self.quantised(name, source, weight, ranges)
        inputs = [small, table, scale, column, zero, ""]
        if bias is not None:
            inputs.append(self.constant(f"{name}.bias", bias))
        while inputs[-1] == "":
            inputs.pop()
        return self.node("MatMulIntegerToFloat", inputs, f"{name}.out", MICROSOFT)


def build(state: dict[str, Floats], ranges: dict[str, Ranges]) -> onnx.ModelProto:
    """Return the graph.

    Inputs: `ids` int32 batch × tokens, `lengths` int32 batch. Outputs: `tokens`, `pooled`.

    `tokens` (batch × tokens × columns) holds every head's values and the exponential weights, in the order of
    `columns`; `pooled` (batch × 2·width) the mean of the middle and of the last states over the tokens of
    each row.
    """
    graph = Graph()
    words = state["words.weight"].copy()
    words[-256:] += state["bytes.weight"][1:]
    scale = np.maximum(np.abs(words).max(1, keepdims=True) / 127, 1e-9).astype(np.float32)
    table = graph.constant("words", np.clip(np.round(words / scale), -127, 127).astype(np.int8))
    rows = graph.node(
        "Cast", [graph.node("Gather", [table, "ids"], "words.rows")], "words.float", to=TensorProto.FLOAT
    )
    rows = graph.node(
        "Mul",
        [rows, graph.node("Gather", [graph.constant("words.scale", scale), "ids"], "words.scales")],
        "words.states",
    )
    places = graph.constant("places", state["places.weight"][None].astype(np.float32))
    length = graph.node("Shape", ["ids"], "length", start=1, end=2)
    zero, one = (
        graph.constant("zero", np.array([0], np.int64)),
        graph.constant("one", np.array([1], np.int64)),
    )
    here = graph.node("Slice", [places, zero, length, one], "places.here")
    like = graph.node("Expand", [here, graph.node("Shape", [rows], "rows.shape")], "places.all")
    states = _norm(graph, "norm", rows, like, state)
    middle = states
    for index in range(LAYERS):
        states = _layer(graph, f"layers.{index}", states, state, ranges)
        if index + 1 == MIDDLE:
            middle = states
    _heads(graph, states, state)
    _pool(graph, middle, states)
    outputs = [
        helper.make_tensor_value_info(
            "tokens", TensorProto.FLOAT, ["batch", "length", sum(head.values + head.own for head in HEADS)]
        ),
        helper.make_tensor_value_info("pooled", TensorProto.FLOAT, ["batch", 2 * WIDTH]),
    ]
    inputs = [
        helper.make_tensor_value_info("ids", TensorProto.INT32, ["batch", "length"]),
        helper.make_tensor_value_info("lengths", TensorProto.INT32, ["batch"]),
    ]
    built = helper.make_graph(graph.nodes, "ouidire", inputs, outputs, graph.weights)
    domains = [helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(built, opset_imports=domains, ir_version=9)


def _norm(graph: Graph, name: str, source: str, skip: str, state: dict[str, Floats]) -> str:
    gamma, beta = (graph.constant(f"{name}.{kind}", state[f"{name}.{kind}"]) for kind in ("weight", "bias"))
    return graph.node(
        "SkipLayerNormalization", [source, skip, gamma, beta], f"{name}.out", MICROSOFT, epsilon=EPSILON
    )


def _layer(graph: Graph, name: str, states: str, state: dict[str, Floats], ranges: dict[str, Ranges]) -> str:
    def take(part: str) -> tuple[Floats, Floats]:
        return np.ascontiguousarray(state[f"{name}.{part}.weight"].T), state[f"{name}.{part}.bias"]

    weight, bias = take("qkv")
    small, scale, column, table, zero = graph.quantised(f"{name}.qkv", states, weight, ranges[f"{name}.qkv"])
    inputs = [small, table, graph.constant(f"{name}.qkv.bias", bias), scale, column, "lengths", zero]
    mixed = graph.node("QAttention", inputs, f"{name}.mixed", MICROSOFT, num_heads=ATTENTION_HEADS)
    weight, bias = take("out")
    states = _norm(
        graph,
        f"{name}.norm1",
        graph.linear(f"{name}.out", mixed, weight, bias, ranges[f"{name}.out"]),
        states,
        state,
    )
    weight, bias = take("up")
    wide = graph.linear(f"{name}.up", states, weight, None, ranges[f"{name}.up"])
    wide = graph.node("BiasGelu", [wide, graph.constant(f"{name}.up.bias", bias)], f"{name}.gelu", MICROSOFT)
    weight, bias = take("down")
    return _norm(
        graph,
        f"{name}.norm2",
        graph.linear(f"{name}.down", wide, weight, bias, ranges[f"{name}.down"]),
        states,
        state,
    )


def _heads(graph: Graph, states: str, state: dict[str, Floats]) -> None:
    """Add every head: values as they are, weights as exp(CLIP·tanh(x/CLIP))."""
    parts = []
    for kind in ("values", "weights"):
        weight = np.concatenate([state[f"{kind}.{head.name}.weight"] for head in HEADS]).T
        bias = np.concatenate([state[f"{kind}.{head.name}.bias"] for head in HEADS])
        product = graph.node("MatMul", [states, graph.constant(f"{kind}.weight", weight)], f"{kind}.product")
        parts.append(graph.node("Add", [product, graph.constant(f"{kind}.bias", bias)], f"{kind}.sum"))
    clip = graph.constant("clip", np.array(CLIP, np.float32))
    bent = graph.node(
        "Mul",
        [graph.node("Tanh", [graph.node("Div", [parts[1], clip], "weights.part")], "weights.tanh"), clip],
        "weights.bent",
    )
    graph.node("Concat", [parts[0], graph.node("Exp", [bent], "weights.exp")], "tokens", axis=-1)


def _pool(graph: Graph, middle: str, last: str) -> None:
    """Add the means over each row's own tokens, as a product with 0/1 rows."""
    zero = graph.constant("range.zero", np.array(0, np.int32))
    one = graph.constant("range.one", np.array(1, np.int32))
    length = graph.node(
        "Cast", [graph.node("Squeeze", ["length"], "length.scalar")], "length.int", to=TensorProto.INT32
    )
    places = graph.node("Range", [zero, length, one], "range")
    rows = graph.node(
        "Unsqueeze", ["lengths", graph.constant("axis.one", np.array([1], np.int64))], "lengths.column"
    )
    inside = graph.node(
        "Cast", [graph.node("Less", [places, rows], "inside.bool")], "inside", to=TensorProto.FLOAT
    )
    share = graph.node(
        "Div", [inside, graph.node("Cast", [rows], "lengths.float", to=TensorProto.FLOAT)], "inside.share"
    )
    weight = graph.node(
        "Unsqueeze", [share, graph.constant("axis.middle", np.array([1], np.int64))], "inside.row"
    )
    means = [
        graph.node(
            "Squeeze",
            [graph.node("MatMul", [weight, source], f"{name}.mean"), "axis.middle"],
            f"{name}.pooled",
        )
        for name, source in (("middle", middle), ("last", last))
    ]
    graph.node("Concat", means, "pooled", axis=-1)
