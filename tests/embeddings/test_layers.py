"""Running a graph: the same as torch, the same whatever it is run together with, and only the file its manifest describes."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ModelError
from embeddings.e5 import LAYERS_FILE
from embeddings.layers import OnnxLayers, manifest_path
from embeddings.tokens import token_ids
from embeddings.word_table import PackedModel, packed_model_path, word_table
from training.export_encoder import weights_of
from training.onnx_export import pad, torch_reference

TEXTS = [
    "query: who opened the harbour museum",
    "passage: 港口博物馆于二〇一九年五月向公众开放，首日接待参观者三千余人，馆长在致辞中感谢了所有捐赠者。",
    "passage: The council met on Tuesday. " * 60,
    "",
]


@pytest.fixture(scope="module")
def layers() -> OnnxLayers:
    return OnnxLayers(LAYERS_FILE, threads=2)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    path = tmp_path / LAYERS_FILE.name
    shutil.copy(LAYERS_FILE, path)
    shutil.copy(manifest_path(LAYERS_FILE), manifest_path(path))
    return path


def test_token_states_agree_with_torch_in_float32(layers: OnnxLayers) -> None:
    model = PackedModel(packed_model_path())
    ids, mask = pad(token_ids(TEXTS))
    words = word_table().rows(ids)
    (found,) = layers.run(words, mask)
    wanted = torch_reference(weights_of(model), heads=model.heads)(words, mask)
    for i, length in enumerate(mask.sum(axis=1)):
        a, b = found[i, :length], wanted[i, :length]
        cosines = (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
        assert cosines.min() > 0.98
        assert cosines.mean() > 0.995


def test_a_text_comes_out_the_same_to_the_bit_alone_and_in_a_padded_batch(layers: OnnxLayers) -> None:
    ids, mask = pad(token_ids(TEXTS))
    words = word_table().rows(ids)
    (together,) = layers.run(words, mask)
    (other_way,) = layers.run(words[::-1].copy(), mask[::-1].copy())
    for i, row in enumerate(token_ids(TEXTS)):
        (alone,) = layers.run_one(word_table().rows(np.array(row)))
        assert np.array_equal(alone, together[i, : len(row)])
        assert np.array_equal(together[i], other_way[len(TEXTS) - 1 - i])
        assert not together[i, len(row) :].any()


@pytest.mark.parametrize("length", [1, 2, 511, 512])
def test_every_length_up_to_the_models_limit_runs(layers: OnnxLayers, length: int) -> None:
    (hidden,) = layers.run_one(word_table().rows(np.arange(100, 100 + length)))
    assert hidden.shape == (length, 384)
    assert np.isfinite(hidden).all()


def test_mapping_keeps_the_order_and_passes_errors_on(layers: OnnxLayers) -> None:
    assert list(layers.map(lambda number: number * 2, range(50))) == [2 * number for number in range(50)]
    assert list(layers.map(str, [])) == []
    with pytest.raises(ZeroDivisionError):
        list(layers.map(lambda number: 1 / number, [2, 1, 0]))


def test_the_first_run_may_come_from_several_threads_at_once() -> None:
    layers, words = OnnxLayers(LAYERS_FILE), word_table().rows(np.arange(100, 110))
    found: list[np.ndarray] = []
    threads = [threading.Thread(target=lambda: found.append(layers.run_one(words)[0])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(np.array_equal(found[0], other) for other in found)


@pytest.mark.parametrize("damage", ["flip a byte", "cut short", "remove", "remove manifest", "garble manifest", "empty manifest"])
def test_a_damaged_or_missing_file_is_refused_before_it_is_loaded(copied: Path, damage: str) -> None:
    data = bytearray(copied.read_bytes())
    if damage == "flip a byte":
        data[len(data) // 2] ^= 1
        copied.write_bytes(data)
    elif damage == "cut short":
        copied.write_bytes(data[:-1])
    elif damage == "remove":
        copied.unlink()
    elif damage == "remove manifest":
        manifest_path(copied).unlink()
    else:
        manifest_path(copied).write_text("{" if damage == "garble manifest" else "[]")
    with pytest.raises(ModelError, match="einstall yuanwen"):
        OnnxLayers(copied)


def test_another_format_version_is_named_in_the_message(copied: Path) -> None:
    manifest = json.loads(manifest_path(copied).read_text())
    manifest_path(copied).write_text(json.dumps(manifest | {"format": 99}))
    with pytest.raises(ModelError, match="format 99"):
        OnnxLayers(copied)
