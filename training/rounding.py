"""What 8 bits will do to the reader, done to it while it is trained, so that it learns to live with it.

Weights and the inputs of every large product are rounded as `training.onnx_export` and onnxruntime round them; gradients pass as if
nothing had been rounded (the straight-through estimator; Jacob et al. 2018, arXiv:1712.05877).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from training.onnx_export import FEED_FORWARD, GELU_DEPTH

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import BertForQuestionAnswering

WEIGHT_STEPS = 64
"""Either way: weights get 7 of the 8 bits (`training.onnx_export.quantize`)."""
INPUT_STEPS = 255
EVENED = ("output",)
"""Of the products of the feed-forward, those whose inputs the reader's graph evens out by token. Evening those of the first would take a
twentieth of the time of every question; instead the training learns to live without it."""
PRODUCTS = ("query.weight", "key.weight", "value.weight", "dense.weight")
"""Ends of the names of weights that are stored in 8 bits, all of them in ``bert.encoder``."""


def rounded_weight(weight: Tensor) -> Tensor:
    """Return a matrix (out, in) with each row at a 64th of its largest magnitude.

    >>> import torch
    >>> rounded_weight(torch.tensor([[64.0, 3.4, -7.6]]))
    tensor([[64.,  3., -8.]])
    """
    step = weight.abs().amax(1, keepdim=True).clamp(min=1e-9) / WEIGHT_STEPS
    return (weight / step).round_().mul_(step)


def rounded_inputs(values: Tensor, *, least: float | None = None) -> Tensor:
    """Return values (examples, tokens, size) at 255 steps between the least and the largest of their example, and 0.

    With *least* each token's values are first divided by their largest magnitude, or by this if it is larger, as
    `training.onnx_export` does in front of the products that it evens out. Gradients pass unchanged.
    """
    import torch

    with torch.no_grad():
        scale = values.abs().amax(2, keepdim=True).clamp(min=least) if least is not None else None
        low, high = (values if scale is None else values / scale).flatten(1).aminmax(dim=1)
        step = ((high.clamp(min=0) - low.clamp(max=0)) / INPUT_STEPS).clamp(min=1e-9)[:, None, None]
        step = step if scale is None else step * scale
        change = (values / step).round_().mul_(step).sub_(values)
    return values + change


def with_rounded_inputs(model: BertForQuestionAnswering) -> BertForQuestionAnswering:
    """Have the inputs of every large product rounded on their way in; also in copies made of the model later."""

    def as_it_is(module: Any, given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return rounded_inputs(given[0]), *given[1:]

    def evened(module: Any, given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return rounded_inputs(given[0], least=GELU_DEPTH), *given[1:]

    layer: Any
    for layer in model.bert.encoder.layer:
        layer.attention.self.register_forward_pre_hook(as_it_is)
        layer.attention.output.dense.register_forward_pre_hook(as_it_is)
        for part in FEED_FORWARD:
            getattr(layer, part).dense.register_forward_pre_hook(evened if part in EVENED else as_it_is)
    return model
