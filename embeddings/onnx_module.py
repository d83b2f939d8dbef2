"""The embedded encoder as a sentence-transformers module: texts in, token embeddings out, pooled by the modules after it.

Imports torch; `embeddings.encoder` imports this module only when a ``SentenceTransformer`` is asked for.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers.base.modules import InputModule

from embeddings.e5 import LAYERS_FILE
from embeddings.layers import OnnxLayers, manifest_path
from embeddings.tokens import MAX_TOKENS, PAD, shared_tokenizer, token_ids
from embeddings.word_table import word_table


class OnnxEncoder(InputModule):
    """multilingual-e5-small: word vectors from the shared table, its 12 layers as 8-bit ONNX.

    Args:
        layers: the graph, from ``inputs_embeds`` to ``last_hidden_state``.
        max_seq_length: tokens of a text that are read, prompt included.
    """

    config_file_name = "onnx_encoder.json"
    config_keys = ["max_seq_length"]  # noqa: RUF012 (the base class declares it so)

    def __init__(self, layers: Path | str = LAYERS_FILE, *, max_seq_length: int = MAX_TOKENS) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.max_seq_length = max_seq_length
        self.tokenizer = shared_tokenizer()
        self._layers = OnnxLayers(layers)
        self._words = word_table()

    def extra_repr(self) -> str:
        """Part of the model's printed form, and so of its fingerprint: the weights are no torch parameters."""
        return f"{self._layers.path.name}, sha256={self._layers.manifest['sha256']}, max_seq_length={self.max_seq_length}"

    def get_embedding_dimension(self) -> int:
        """Values of a token's embedding."""
        return self._words.dimension

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **kwargs: Any) -> dict[str, torch.Tensor]:
        """Token ids and mask of a batch of texts, padded to the longest of them: int64 (n_texts, n_tokens) each."""
        rows = token_ids([str(text) for text in inputs], prompt=prompt or "", max_tokens=self.max_seq_length)
        ids = np.full((len(rows), max(map(len, rows), default=0)), PAD, np.int64)
        for place, row in zip(ids, rows, strict=True):
            place[: len(row)] = row
        return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy((ids != PAD).astype(np.int64))}

    def forward(self, features: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Adds ``token_embeddings``, float32 (n_texts, n_tokens, dimension)."""
        mask = features["attention_mask"].cpu().numpy()
        (hidden,) = self._layers.run(self._words.rows(features["input_ids"].cpu().numpy()), mask)
        return {**features, "token_embeddings": torch.from_numpy(hidden)}

    def save(self, output_path: str, *args: Any, safe_serialization: bool = True, **kwargs: Any) -> None:
        """Write the configuration and the layers; tokenizer and words stay with the packages they come from."""
        folder = Path(output_path)
        folder.mkdir(parents=True, exist_ok=True)
        for path in (self._layers.path, manifest_path(self._layers.path)):
            shutil.copy(path, folder / path.name)
        self.save_config(output_path)

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", *args: Any, **kwargs: Any) -> OnnxEncoder:
        """Read what `save` wrote into a folder."""
        config = cls.load_config(model_name_or_path, subfolder=subfolder, local_files_only=True)
        return cls(Path(model_name_or_path, subfolder, LAYERS_FILE.name), **config)
