"""A BERT encoder's weights to an ONNX graph from ``inputs_embeds`` on, written node by node, and from there to int8.

Tracing a torch module and searching the result for patterns to fuse would end at the same graph; with one architecture to write,
the node list below is shorter than the options of that road, and onnxruntime's fused operators stand in it from the start.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from embeddings.layers import FORMAT, manifest_path
from embeddings.tokens import PAD

FloatArray = npt.NDArray[np.float32]
Weights = Mapping[str, FloatArray]
"""By the names of ``transformers.BertModel``'s state dict, matrices as torch stores them: (out, in)."""

EPSILON = 1e-12
GELU_DEPTH = 0.17
"""The least value of GELU is -0.17: no magnitude is larger than the larger of this and the row's maximum."""
OPSET, CONTRIB = 17, "com.microsoft"
PAIR_PARTS = ("starts", "ends", "lengths")
FEED_FORWARD = ("intermediate", "output")
"""The two products of a layer's feed-forward, as `transformers.BertModel` calls them."""


class _Graph:
    """Nodes and constants as they are added."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: npt.NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, *, domain: str = "", **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, domain=domain, **attributes))
        return output


def build(weights: Weights, *, heads: int, evened: Collection[str] = FEED_FORWARD) -> onnx.ModelProto:
    """The graph in float32. *evened*: the products of the feed-forward whose inputs are evened out for quantising (see `_even_matmul`).

    Input: ``inputs_embeds`` float32 (batch, tokens, hidden); texts of one batch are of one length, as there is no mask (a twentieth of
    the time, and the product runs its texts one by one).
    Output: ``last_hidden_state`` float32 (batch, tokens, hidden); or, when *weights* has ``qa_outputs.*``, ``start_logits``,
    ``end_logits`` and ``inside_logits`` float32 (batch, tokens), and for each part of ``pairs.*`` (see `qa.pairs`) ``pair_NAME`` float32
    (batch, tokens, size).
    """
    graph = _Graph()
    hidden = weights["embeddings.LayerNorm.weight"].shape[0]
    state = _embed(graph, weights)
    for i in range(layer_count(weights)):
        state = _layer(graph, weights, f"encoder.layer.{i}", state, heads=heads, evened=evened)
    if "qa_outputs.weight" in weights:
        outputs = ["start_logits", "end_logits", "inside_logits"]
        for output, head, row in zip(outputs, ("qa_outputs", "qa_outputs", "inside"), (0, 1, 0), strict=True):
            column = graph.constant(f"{output}.weight", weights[f"{head}.weight"][row, :, None])
            score = graph.node("MatMul", [state, column], f"{output}.product")
            score = graph.node("Add", [score, graph.constant(f"{output}.bias", weights[f"{head}.bias"][row])], f"{output}.sum")
            graph.node("Squeeze", [score, graph.constant(f"{output}.axis", np.array([-1]))], output)
        shapes: list[list[str | int]] = [["batch", "tokens"]] * len(outputs)
        for part in PAIR_PARTS:
            keys = graph.constant(f"pair_{part}.weight", weights[f"pairs.{part}.weight"].T)
            product = graph.node("MatMul", [state, keys], f"pair_{part}_logits.product")
            bias = weights.get(f"pairs.{part}.bias", np.zeros(weights[f"pairs.{part}.weight"].shape[0], np.float32))
            graph.node("Add", [product, graph.constant(f"pair_{part}.bias", bias)], f"pair_{part}")
            outputs.append(f"pair_{part}")
            shapes.append(["batch", "tokens", len(bias)])
    else:
        outputs, shapes = ["last_hidden_state"], [["batch", "tokens", hidden]]
        graph.nodes[-1].output[0] = "last_hidden_state"
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "layers",
            [
                helper.make_tensor_value_info("inputs_embeds", TensorProto.FLOAT, ["batch", "tokens", hidden]),
            ],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in zip(outputs, shapes, strict=True)],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)],
        producer_name="yuanwen",
    )
    model.ir_version = 8  # what opset 17 came with, so that older onnxruntimes load it too
    return model


def layer_count(weights: Weights) -> int:
    """How many transformer layers the weights hold."""
    return 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer."))


def _embed(graph: _Graph, weights: Weights) -> str:
    """Word vectors plus those of position 0..n-1 and of token type 0 (the only one used), normalised."""
    places = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    zero, one = graph.constant("zero", np.array([0])), graph.constant("one", np.array([1]))
    shape = graph.node("Shape", ["inputs_embeds"], "shape")
    tokens = graph.node("Slice", [shape, one, graph.constant("two", np.array([2]))], "tokens")
    table = graph.constant("positions", places)
    state = graph.node("Add", ["inputs_embeds", graph.node("Slice", [table, zero, tokens, zero], "places")], "placed")
    return graph.node("LayerNormalization", [state, *_norm(graph, weights, "embeddings")], "embedded", axis=-1, epsilon=EPSILON)


def _layer(graph: _Graph, weights: Weights, name: str, state: str, *, heads: int, evened: Collection[str]) -> str:
    parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    inward = graph.constant(f"{name}.qkv.weight", np.concatenate([weights[f"{part}.weight"].T for part in parts], axis=1))
    bias = graph.constant(f"{name}.qkv.bias", np.concatenate([weights[f"{part}.bias"] for part in parts]))
    seen = graph.node("Attention", [state, inward, bias], f"{name}.attention", domain=CONTRIB, num_heads=heads)
    product = _matmul(graph, weights, f"{name}.attention.output.dense", seen)
    state = _add_and_norm(graph, weights, f"{name}.attention.output", state, product)
    return _add_and_norm(graph, weights, f"{name}.output", state, _feed_forward(graph, weights, name, state, evened=evened))


def _feed_forward(graph: _Graph, weights: Weights, name: str, state: str, *, evened: Collection[str]) -> str:
    """dense(gelu(dense(state))), without the second dense's bias."""
    inward, outward = (f"{name}.{part}.dense" for part in FEED_FORWARD)
    if "intermediate" in evened:
        wide = _even_matmul(graph, weights, inward, state, graph.node("Abs", [state], f"{inward}.magnitude"))
    else:
        wide = _matmul(graph, weights, inward, state)
    bias = graph.constant(f"{inward}.bias", weights[f"{inward}.bias"])
    # BiasGelu does both in one node, and takes 1.25 times as long.
    active = graph.node("Gelu", [graph.node("Add", [wide, bias], f"{inward}.biased")], f"{name}.gelu", domain=CONTRIB)
    return _even_matmul(graph, weights, outward, active, active) if "output" in evened else _matmul(graph, weights, outward, active)


def _matmul(graph: _Graph, weights: Weights, name: str, state: str) -> str:
    return graph.node("MatMul", [state, graph.constant(f"{name}.weight", weights[f"{name}.weight"].T)], f"{name}.product")


def _even_matmul(graph: _Graph, weights: Weights, name: str, state: str, magnitude: str) -> str:
    """The product of each token's row divided by its largest magnitude, times that magnitude: the same, until it is quantised.

    Activations are quantised with one scale for the whole batch. In front of these two products a few tokens (``<s>``, full stops) have
    values of 30 to 50 where the others stay below 3, and would leave those others a handful of the 256 steps. *magnitude* is a tensor whose
    largest value in a row, or GELU_DEPTH if that is larger, bounds the row's magnitudes.
    """
    largest = graph.node("ReduceMax", [magnitude], f"{name}.largest", axes=[-1], keepdims=1)
    least = graph.constant(f"{name}.least", np.array(GELU_DEPTH, np.float32))
    scale = graph.node("Max", [largest, least], f"{name}.scale")
    product = _matmul(graph, weights, name, graph.node("Div", [state, scale], f"{name}.even"))
    return graph.node("Mul", [product, scale], f"{name}.restored")


def _add_and_norm(graph: _Graph, weights: Weights, name: str, skip: str, product: str) -> str:
    """LayerNorm(skip + product + bias of the dense layer that made the product), in three nodes.

    onnxruntime has one for all of it, SkipLayerNormalization, which goes through its rows number by number: 0.65 ms for 220 tokens on a
    core with AVX-512, 24 times a text, where the three take 0.12. `embeddings.layers` keeps it from putting them together again.
    """
    bias = graph.constant(f"{name}.dense.bias", weights[f"{name}.dense.bias"])
    whole = graph.node("Add", [graph.node("Add", [product, bias], f"{name}.biased"), skip], f"{name}.added")
    return graph.node("LayerNormalization", [whole, *_norm(graph, weights, name)], f"{name}.normed", axis=-1, epsilon=EPSILON)


def _norm(graph: _Graph, weights: Weights, name: str) -> list[str]:
    return [graph.constant(f"{name}.norm.{part}", weights[f"{name}.LayerNorm.{part}"]) for part in ("weight", "bias")]


def quantize(model: onnx.ModelProto) -> onnx.ModelProto:
    """Weights of every large product to int8, one scale per output column; activations become uint8 while running.

    Weights get 7 of the 8 bits (``reduce_range``). On processors with AVX2 and no VNNI, onnxruntime multiplies uint8 by int8 with
    an instruction that adds two products in 16 bits and clips what doesn't fit; with 7 bits all of it fits, so no processor
    clips. Measured on a 2-core AMD EPYC with AVX512-VNNI, 16 texts of 320 tokens at once, cosine with float32 over 400 passages:

        float32                                        20 texts/s
        uint8 x int8, 7 bits                           33          cosine 0.9971, least 0.9950
        uint8 x int8, 8 bits                           34          cosine 0.9974, least 0.9951; clips on AVX2 without VNNI
        uint8 x uint8, 8 bits                          24          cosine 0.9975, least 0.9955; never clips
        4 bits as stored (MatMulNBits), rows as int8   17          cosine 0.9999, least 0.9999

    And what ``_even_matmul`` adds in front of both products, over 120 windows of questions and texts from CMRC 2018's trial set: logits of
    the reader are 0.072 from float32's on average instead of 0.193, the best start and end are the same in 78 % instead of 57 %, for 8 %
    more time. (The reader has since learned to do without it in front of the first: `training.rounding`.)
    """
    from onnxruntime.quantization.quant_utils import QuantType
    from onnxruntime.quantization.quantize import quantize_dynamic

    head = [node.name for node in model.graph.node if node.op_type == "MatMul" and node.name.endswith("_logits.product")]
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder, "before.onnx"), Path(folder, "after.onnx")
        onnx.save(model, before)
        quantize_dynamic(
            before,
            after,
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=head,  # few columns: nothing to gain, and the scores stay finer
            extra_options={"DefaultTensorType": TensorProto.FLOAT},  # the tool can't infer types behind fused operators
        )
        return onnx.load(after)


def write(model: onnx.ModelProto, path: Path, **about: str) -> None:
    """Write a graph and its manifest, each to a temporary name first. *about* goes into the manifest (base model, source, licence)."""
    data = model.SerializeToString()
    manifest = {
        "format": FORMAT,
        **about,
        "created": dt.date.today().isoformat(),
        "inputs": [tensor.name for tensor in model.graph.input],
        "outputs": [tensor.name for tensor in model.graph.output],
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    for target, content in ((path, data), (manifest_path(path), (json.dumps(manifest, indent=2) + "\n").encode())):
        temporary = target.with_name(f".{target.name}.partial")
        temporary.write_bytes(content)
        temporary.replace(target)


def torch_reference(weights: Weights, *, heads: int) -> Callable[[FloatArray, npt.NDArray[np.int64]], FloatArray]:
    """What ``transformers`` computes in float32 from the same inputs as the graph: the last hidden state."""
    import torch
    from transformers import BertConfig, BertModel

    feed_forward, hidden = weights["encoder.layer.0.intermediate.dense.weight"].shape
    config = BertConfig(
        vocab_size=1,  # words come in as vectors
        hidden_size=hidden,
        num_hidden_layers=layer_count(weights),
        num_attention_heads=heads,
        intermediate_size=feed_forward,
        max_position_embeddings=weights["embeddings.position_embeddings.weight"].shape[0],
        type_vocab_size=weights["embeddings.token_type_embeddings.weight"].shape[0],
        layer_norm_eps=EPSILON,
        pad_token_id=0,
    )
    model = BertModel(config, add_pooling_layer=False)
    model.requires_grad_(False)
    model.train(False)
    state = {name: torch.from_numpy(np.array(value)) for name, value in weights.items() if name.startswith(("embeddings.", "encoder."))}
    state["embeddings.word_embeddings.weight"] = model.state_dict()["embeddings.word_embeddings.weight"]
    model.load_state_dict(state, strict=True)

    def run(inputs_embeds: FloatArray, attention_mask: npt.NDArray[np.int64]) -> FloatArray:
        with torch.inference_mode():
            output = model(inputs_embeds=torch.from_numpy(inputs_embeds), attention_mask=torch.from_numpy(attention_mask))
        result: FloatArray = output.last_hidden_state.numpy()
        return result

    return run


def pad(rows: Sequence[Sequence[int]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Token ids of several texts to one array and its mask, both int64 (n_texts, longest)."""
    ids = np.full((len(rows), max(map(len, rows))), PAD)
    mask = np.zeros_like(ids)
    for i, row in enumerate(rows):
        ids[i, : len(row)], mask[i, : len(row)] = row, 1
    return ids, mask
