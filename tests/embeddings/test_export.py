"""Exporting: the graph written node by node computes what transformers computes, for a small model made up here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from safetensors.torch import save_file
from transformers import BertConfig

from corpus.errors import ModelError
from embeddings.layers import OnnxLayers, read_manifest
from qa.reader import OUTPUTS
from training.export_reader import read_weights
from training.model import network
from training.onnx_export import PAIR_PARTS, Weights, build, quantize, torch_reference, write

HEADS, HIDDEN = 4, 64


@pytest.fixture(scope="module")
def state() -> dict[str, torch.Tensor]:
    """The state dict of a small reader with random weights, one token's states far larger than the others', as in real models."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=11, hidden_size=HIDDEN, num_hidden_layers=2, num_attention_heads=HEADS, intermediate_size=128, max_position_embeddings=32
    )
    model = network(config)
    for parameter in (*model.pairs.parameters(), model.inside.weight):
        torch.nn.init.normal_(parameter, std=0.02)
    return {name: 4 * value if value.ndim == 2 else value for name, value in model.state_dict().items()}


@pytest.fixture(scope="module")
def weights(state: dict[str, torch.Tensor], tmp_path_factory: pytest.TempPathFactory) -> Weights:
    path = tmp_path_factory.mktemp("weights") / "reader.safetensors"
    save_file({name: value.contiguous() for name, value in state.items()}, path)
    return read_weights(path)


def inputs() -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    words = rng.normal(size=(3, 9, HIDDEN)).astype(np.float32)
    words[:, 4] *= 40
    mask = np.array([[1] * 9, [1] * 5 + [0] * 4, [1] + [0] * 8])
    return words, mask


def test_the_float_graph_equals_transformers(weights: Weights) -> None:
    encoder = {name: value for name, value in weights.items() if name.startswith(("embeddings.", "encoder."))}
    session: Any = onnxruntime.InferenceSession(build(encoder, heads=HEADS).SerializeToString())
    words, mask = inputs()
    wanted = torch_reference(weights, heads=HEADS)(words, mask)
    for text, length, expected in zip(words, mask.sum(1), wanted, strict=True):
        (found,) = session.run(["last_hidden_state"], {"inputs_embeds": text[None, :length]})
        assert np.abs(found[0] - expected[:length]).max() < 1e-4


def test_the_quantised_reader_gives_nearly_the_same_logits(weights: Weights, tmp_path: Path) -> None:
    path = tmp_path / "reader.onnx"
    write(quantize(build(weights, heads=HEADS)), path, base_model="made up", source="a test", licence="none")
    words, mask = inputs()
    starts, ends, inside, *pairs = OnnxLayers(path).run(words, mask)
    found = np.stack([starts, ends], axis=-1)[mask.astype(bool)]
    hidden = torch_reference(weights, heads=HEADS)(words, mask)
    wanted = (hidden @ weights["qa_outputs.weight"].T + weights["qa_outputs.bias"])[mask.astype(bool)]
    assert np.abs(found - wanted).mean() < 0.02 * np.ptp(wanted)
    belonging = (hidden @ weights["inside.weight"][0] + weights["inside.bias"][0])[mask.astype(bool)]
    assert np.abs(inside[mask.astype(bool)] - belonging).mean() <= 0.02 * np.ptp(belonging)
    manifest = read_manifest(path)
    assert manifest["outputs"] == OUTPUTS
    for part, values in zip(PAIR_PARTS, pairs, strict=True):
        keys = hidden @ weights[f"pairs.{part}.weight"].T + weights.get(f"pairs.{part}.bias", np.float32(0))
        assert np.abs(values - keys)[mask.astype(bool)].mean() <= 0.02 * np.ptp(keys)
    assert manifest["base_model"] == "made up"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["reader.json", "reader.onnx"]


def test_weights_come_from_a_torch_file_or_a_folder_too(state: dict[str, torch.Tensor], weights: Weights, tmp_path: Path) -> None:
    torch.save(state, tmp_path / "reader.pt")
    assert np.array_equal(read_weights(tmp_path / "reader.pt")["qa_outputs.weight"], weights["qa_outputs.weight"])
    folder = tmp_path / "folder"
    folder.mkdir()
    save_file({name: value.half().contiguous() for name, value in state.items()}, folder / "layers_fp16.safetensors")
    found = read_weights(folder)
    assert found.keys() == weights.keys()
    assert all(value.dtype == np.float32 for value in found.values())
    assert "embeddings.word_embeddings.weight" not in found


def test_something_else_than_a_reader_is_refused(state: dict[str, torch.Tensor], tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="neither a weights file nor a folder"):
        read_weights(tmp_path)
    save_file({name: value.contiguous() for name, value in state.items() if "qa_outputs" not in name}, tmp_path / "x.safetensors")
    with pytest.raises(ModelError, match=r"qa_outputs\.weight"):
        read_weights(tmp_path)
