"""Texts to vectors: the embedded default, or any sentence-transformers model by name or folder, behind one small protocol."""

from __future__ import annotations

import functools
import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from corpus.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT_NAME = "intfloat/multilingual-e5-small"
DEFAULT_PROMPTS = {"query": "query: ", "document": "passage: "}
"""What the model was trained with (Wang et al. 2024, arXiv:2402.05672)."""
BATCH_TOKENS = 4096
"""Of one model run, padding included. It bounds memory; on a CPU larger batches are no faster."""

Progress = Callable[[int, int], None]
"""Called with how many are done and how many there are."""


class Embedder(Protocol):
    """Anything that turns texts into unit vectors, with the verbs of sentence-transformers."""

    @property
    def dimension(self) -> int:
        """Values of a vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """Names model, version and prompts: vectors of different fingerprints are never compared."""
        ...

    def encode_query(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of questions: (n_texts, dimension) float32, unit rows."""
        ...

    def encode_document(self, texts: Sequence[str], *, progress: Progress | None = None) -> npt.NDArray[np.float32]:
        """Vectors of passages: (n_texts, dimension) float32, unit rows."""
        ...


class SentenceEmbedder:
    """An `Embedder` on a `SentenceTransformer`. Texts of similar length go together, so that little is padded. Safe from several threads."""

    def __init__(self, model: SentenceTransformer, *, fingerprint: str) -> None:
        self._model = model
        self._fingerprint = fingerprint
        self._lock = threading.Lock()

    @property
    def dimension(self) -> int:
        """Values of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    @property
    def fingerprint(self) -> str:
        """Names model, version and prompts."""
        return self._fingerprint

    def encode_query(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of questions: (n_texts, dimension) float32, unit rows."""
        return self._encode(self._model.encode_query, texts, None)

    def encode_document(self, texts: Sequence[str], *, progress: Progress | None = None) -> npt.NDArray[np.float32]:
        """Vectors of passages: (n_texts, dimension) float32, unit rows."""
        return self._encode(self._model.encode_document, texts, progress)

    def _encode(self, encode: Callable[..., Any], texts: Sequence[str], progress: Progress | None) -> npt.NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        done = 0
        for places in self._batches(texts):
            batch = [texts[place] for place in places]
            with self._lock:  # a SentenceTransformer keeps state while it encodes
                vectors[places] = encode(batch, batch_size=len(batch), normalize_embeddings=True, show_progress_bar=False)
            done += len(places)
            if progress is not None:
                progress(done, len(texts))
        return vectors

    def _batches(self, texts: Sequence[str]) -> Iterator[list[int]]:
        """Places of texts, longest first as one that is too large for memory should show at once, under a budget of tokens."""
        lengths = self._lengths(texts)
        batch: list[int] = []
        for place in sorted(range(len(texts)), key=lambda place: (-lengths[place], place)):
            if batch and (len(batch) + 1) * lengths[batch[0]] > BATCH_TOKENS:
                yield batch
                batch = []
            batch.append(place)
        if batch:
            yield batch

    def _lengths(self, texts: Sequence[str]) -> list[int]:
        """Of each text in UTF-8 bytes over three, near enough to tokens in every script, and never more than the model reads."""
        longest = self._model.max_seq_length or BATCH_TOKENS
        return [min(longest, len(text[: 4 * longest].encode("utf-8", "replace")) // 3 + 8) for text in texts]


@functools.cache
def default_embedder() -> SentenceEmbedder:
    """The embedded default, one per process.

    Raises:
        ModelError: a model file is missing or damaged.
    """
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling

    from embeddings.onnx_module import OnnxEncoder

    encoder = OnnxEncoder()
    pooling = Pooling(encoder.get_embedding_dimension(), pooling_mode="mean")
    model = SentenceTransformer(modules=[encoder, pooling, Normalize()], prompts=DEFAULT_PROMPTS, device="cpu")
    return SentenceEmbedder(model, fingerprint=_fingerprint(f"{DEFAULT_NAME} int8", encoder.sha256, DEFAULT_PROMPTS))


def load_embedder(name: str | None = None) -> SentenceEmbedder:
    """The embedded default, or any sentence-transformers model.

    Args:
        name: a folder, or a name on a model hub (needs a network the first time); None for the default.

    Raises:
        ModelError: there is no such model, or it cannot be opened.
    """
    if name is None:
        return default_embedder()
    from sentence_transformers import SentenceTransformer

    try:
        model = SentenceTransformer(name, device="cpu")
    except Exception as error:  # hub, file and configuration errors share no base
        raise ModelError(
            f"The model {name!r} could not be opened ({error}). Give the folder of a sentence-transformers model, "
            "or a hub name where there is a network."
        ) from error
    # Rounded, as another processor may compute the last bits otherwise.
    probe = np.asarray(model.encode("2022年的开幕 the opening", normalize_embeddings=True, show_progress_bar=False))
    weights = hashlib.sha256(np.round(probe, 2).astype(np.float32).tobytes()).hexdigest()
    known = Path(name).name if Path(name).is_dir() else name
    return SentenceEmbedder(model, fingerprint=_fingerprint(known, weights, dict(model.prompts)))


def _fingerprint(name: str, weights: str, prompts: dict[str, str]) -> str:
    spoken = hashlib.sha256(json.dumps(prompts, sort_keys=True).encode()).hexdigest()
    return f"{name}/{weights[:12]}/{spoken[:8]}"
