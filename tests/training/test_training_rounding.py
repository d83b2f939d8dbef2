"""Rounding as the 8-bit graph rounds: what a training sees is nearer to that graph than to float32, and gradients pass."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embeddings.layers import OnnxLayers
from training.export_reader import read_weights
from training.model import network, save_weights
from training.onnx_export import build, quantize, write
from training.rounding import EVENED, PRODUCTS, rounded_inputs, rounded_weight, with_rounded_inputs

torch = pytest.importorskip("torch")


def test_each_row_of_a_weight_has_its_own_steps() -> None:
    weight = torch.tensor([[6.4, 0.04, -0.16], [0.0, 0.0, 0.0], [0.064, -0.0013, 0.01]])
    wanted = torch.tensor([[6.4, 0.0, -0.2], [0.0, 0.0, 0.0], [0.064, -0.001, 0.01]])
    assert torch.allclose(rounded_weight(weight), wanted, atol=1e-6)


def test_inputs_get_255_steps_of_their_own_example_and_gradients_pass() -> None:
    values = torch.linspace(-0.5, 2.05, 3000).reshape(2, 500, 3).requires_grad_()
    rounded = rounded_inputs(values)
    for one, before in zip(rounded, values, strict=True):
        assert len(one.unique()) <= 256
        step = (max(0.0, before.max().item()) - min(0.0, before.min().item())) / 255
        assert (one - before).abs().max().item() <= step / 2 + 1e-6
    (rounded * torch.arange(3.0)).sum().backward()
    assert torch.equal(values.grad, torch.arange(3.0).expand_as(values))


def test_evened_inputs_are_rounded_by_token() -> None:
    values = torch.tensor([[[50.0, -50.0, 25.0], [0.5, 0.1, -0.25]]])
    plain, evened = rounded_inputs(values), rounded_inputs(values, least=0.17)
    assert (plain - values).abs()[0, 1].max() > 0.05
    assert (evened - values).abs()[0, 1].max() <= 0.5 * 2 / 255 / 2 + 1e-6


def test_a_training_sees_nearly_what_the_8_bit_graph_gives(tmp_path: Path) -> None:
    from transformers import BertConfig

    config = BertConfig(
        vocab_size=2,
        hidden_size=48,
        num_hidden_layers=3,
        num_attention_heads=12,
        intermediate_size=96,
        max_position_embeddings=64,
        pad_token_id=1,
    )
    torch.manual_seed(1)
    plain: Any = network(config)
    for parameter in plain.parameters():
        if parameter.dim() == 2:
            torch.nn.init.normal_(parameter, std=0.15)
    plain.pairs["ends"].weight.data.zero_()
    plain.eval()
    path = tmp_path / "layers_fp16.safetensors"
    save_weights(plain, path)
    plain = network(config, path).eval()
    write(quantize(build(read_weights(path), heads=12, evened=EVENED)), tmp_path / "reader.onnx")
    graph = OnnxLayers(tmp_path / "reader.onnx", threads=1)
    seen = with_rounded_inputs(copy.deepcopy(plain))
    with torch.no_grad():
        for name, weight in seen.named_parameters():
            if name.startswith("bert.encoder.") and name.endswith(PRODUCTS):
                weight.copy_(rounded_weight(weight))
    rng = np.random.default_rng(2)
    from_seen, from_plain = [], []
    for _ in range(12):
        words = rng.normal(size=(1, 40, 48)).astype(np.float32)
        mask = np.ones((1, 40), np.int64)
        wanted = np.stack(graph.run(words, mask)[:2], -1)
        with torch.inference_mode():
            for model, apart in ((seen, from_seen), (plain, from_plain)):
                state = model.bert(inputs_embeds=torch.from_numpy(words), attention_mask=torch.from_numpy(mask)).last_hidden_state
                apart.append(np.abs(model.qa_outputs(state).numpy() - wanted).mean())
    assert np.mean(from_seen) < 0.7 * np.mean(from_plain)
