"""The embedder that comes with the package: multilingual-e5-small (Wang et al. 2024, arXiv:2402.05672), about 100 languages.

Word vectors come from the shared table, its 12 layers are an 8-bit ONNX graph; what the model adds to them, a mean over the tokens and unit
length, is done here in two lines. So it needs neither torch nor sentence-transformers, whose import takes seconds and 420 MB.
`embeddings.encoder.sentence_transformer` is the same model as a ``SentenceTransformer``, for everything that wants one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embeddings.layers import OnnxLayers
from embeddings.tokens import token_ids
from embeddings.word_table import word_table

NAME = "intfloat/multilingual-e5-small"
PROMPTS = {"query": "query: ", "document": "passage: "}
"""What the model was trained with; it works less well without."""
LAYERS_FILE = Path(__file__).parent / "model" / "layers.int8.onnx"
_TEXTS_AT_ONCE = 256
"""Cut into tokens at a time, which bounds memory."""


class E5Embedder:
    """An `embeddings.encoder.Embedder`. Safe from several threads.

    A text's vector depends on the text alone, to the last bit, and not on what is encoded with it.

    Args:
        layers: the graph, from ``inputs_embeds`` to ``last_hidden_state``.
        threads: texts encoded at the same time; by default as many as there are processors, up to a limit.

    Raises:
        ModelError: a model file is missing or damaged.
    """

    def __init__(self, layers: Path | str = LAYERS_FILE, *, threads: int | None = None) -> None:
        self._layers = OnnxLayers(layers, threads=threads)
        self._words = word_table()

    @property
    def dimension(self) -> int:
        """Values of a vector."""
        return self._words.dimension

    @property
    def fingerprint(self) -> str:
        """Names model, weights and prompts."""
        return f"{NAME} int8/{self._layers.manifest['sha256'][:12]}/{PROMPTS['query']}|{PROMPTS['document']}"

    def encode_query(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of questions: (n_texts, dimension) float32, unit rows."""
        return self._encode(texts, PROMPTS["query"], None)

    def encode_document(self, texts: Sequence[str], *, progress: Callable[[int, int], None] | None = None) -> npt.NDArray[np.float32]:
        """Vectors of passages: (n_texts, dimension) float32, unit rows.

        Args:
            texts: of any length; what exceeds 512 tokens is not looked at.
            progress: called after each text with how many are done and how many there are.
        """
        return self._encode(texts, PROMPTS["document"], progress)

    def _encode(self, texts: Sequence[str], prompt: str, progress: Callable[[int, int], None] | None) -> npt.NDArray[np.float32]:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            rows = token_ids(texts[start : start + _TEXTS_AT_ONCE], prompt=prompt)
            for place, vector in enumerate(self._layers.map(self._vector, rows), start):
                vectors[place] = vector
                if progress is not None:
                    progress(place + 1, len(texts))
        return vectors

    def _vector(self, ids: list[int]) -> npt.NDArray[np.float32]:
        (hidden,) = self._layers.run_one(self._words.rows(np.array(ids)))
        mean: npt.NDArray[np.float32] = hidden.mean(axis=0)
        return mean / np.linalg.norm(mean)
