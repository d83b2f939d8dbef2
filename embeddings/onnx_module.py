"""The embedded encoder as a sentence-transformers module: tokens in, token embeddings out, pooled by the modules after it.

Imports torch; `embeddings.encoder` imports this module only when a model is opened.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers.base.modules import InputModule

from embeddings.layers import OnnxLayers, manifest_path
from embeddings.tokens import END, MAX_TOKENS, PAD, START, shared_tokenizer, without_surrogates
from embeddings.word_table import word_table

LAYERS_FILE = Path(__file__).parent / "model" / "layers.int8.onnx"
MAX_CHARS = 20_000
"""Of a text, before it is cut into tokens: `MAX_TOKENS` tokens hardly ever hold more, and a huge text need not be cut up whole."""


class OnnxEncoder(InputModule):
    """multilingual-e5-small: word vectors from the shared table, its 12 layers as 8-bit ONNX.

    Args:
        layers: the graph, from ``inputs_embeds`` to ``last_hidden_state``.
        max_seq_length: tokens of a text that are read, prompt included.
    """

    config_file_name = "onnx_encoder.json"
    config_keys = ["max_seq_length"]  # noqa: RUF012 (the base class declares it so)

    def __init__(self, layers: Path | str = LAYERS_FILE, *, max_seq_length: int = MAX_TOKENS) -> None:
        super().__init__()
        self.max_seq_length = max_seq_length
        self.tokenizer = shared_tokenizer()
        self._layers = OnnxLayers(layers)
        self._words = word_table()

    @property
    def sha256(self) -> str:
        """Of the layers' file, as its manifest names it."""
        return str(self._layers.manifest["sha256"])

    def get_embedding_dimension(self) -> int:
        """Values of a token's embedding."""
        return self._words.dimension

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **kwargs: Any) -> dict[str, torch.Tensor]:
        """Token ids and mask of a batch of texts, padded to the longest of them: int64 (n_texts, n_tokens) each."""
        texts = [without_surrogates(f"{prompt or ''}{text}"[:MAX_CHARS]) for text in inputs]
        rows = [[START, *e.ids[: self.max_seq_length - 2], END] for e in self.tokenizer.encode_batch(texts, add_special_tokens=False)]
        ids = np.full((len(rows), max(map(len, rows), default=0)), PAD, np.int64)
        for place, row in zip(ids, rows, strict=True):
            place[: len(row)] = row
        return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy((ids != PAD).astype(np.int64))}

    def forward(self, features: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Adds ``token_embeddings``, float32 (n_texts, n_tokens, dimension)."""
        mask = features["attention_mask"].numpy()
        (hidden,) = self._layers.run(self._words.rows(features["input_ids"].numpy()), mask)
        return {**features, "token_embeddings": torch.from_numpy(hidden)}

    def save(self, output_path: str, *args: Any, safe_serialization: bool = True, **kwargs: Any) -> None:
        """Write the configuration and the layers; tokenizer and words stay with the packages they come from."""
        folder = Path(output_path)
        folder.mkdir(parents=True, exist_ok=True)
        for path in (self._layers.path, manifest_path(self._layers.path)):
            shutil.copy(path, folder / path.name)
        self.save_config(output_path)

    @classmethod
    def load(cls, model_name_or_path: str, *args: Any, **kwargs: Any) -> OnnxEncoder:
        """Read what `save` wrote."""
        given = {
            name: kwargs.get(name) for name in ("subfolder", "token", "cache_folder", "revision", "local_files_only") if name in kwargs
        }
        config = cls.load_config(model_name_or_path, **given)
        folder = Path(model_name_or_path) / kwargs.get("subfolder", "")
        return cls(folder / LAYERS_FILE.name, **config)
