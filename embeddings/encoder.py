"""Texts to vectors: the embedded default, or any sentence-transformers model by name or folder, behind one small protocol."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from corpus.errors import ModelError
from embeddings import e5
from embeddings.tokens import without_surrogates

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH_TOKENS = 4096
"""Of one run of a sentence-transformers model, padding included. It bounds memory; on a CPU larger batches are no faster."""
_SAMPLED_VALUES = 1024
"""Of each tensor, that go into a model's fingerprint: fine-tuning changes them all, and reading gigabytes would take seconds."""

Progress = Callable[[int, int], None]
"""Called with how many are done and how many there are."""


_HOW_TO_GET = "Give the folder of a sentence-transformers model, or get it where there is a network: hf download"


class Embedder(Protocol):
    """Anything that turns texts into unit vectors, with the verbs of sentence-transformers."""

    @property
    def dimension(self) -> int:
        """Values of a vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """Names model, weights and prompts: vectors of different fingerprints are never compared."""
        ...

    def encode_query(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of questions: (n_texts, dimension) float32, unit rows."""
        ...

    def encode_document(self, texts: Sequence[str], *, progress: Progress | None = None) -> npt.NDArray[np.float32]:
        """Vectors of passages: (n_texts, dimension) float32, unit rows."""
        ...


class SentenceEmbedder:
    """An `Embedder` on a ``SentenceTransformer`` with its own prompts. Safe from several threads, which take turns.

    Args:
        model: texts of any length may be given to it; it reads as much of them as it can.
        name: how the model is called in fingerprints.
    """

    def __init__(self, model: SentenceTransformer, *, name: str) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._fingerprint = f"{name}/{_weights_digest(model)}/{json.dumps(model.prompts, sort_keys=True)}"
        self._dimension = int(model.get_embedding_dimension() or len(model.encode("", show_progress_bar=False)))

    @property
    def dimension(self) -> int:
        """Values of a vector."""
        return self._dimension

    @property
    def fingerprint(self) -> str:
        """Names model, weights and prompts."""
        return self._fingerprint

    def encode_query(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of questions: (n_texts, dimension) float32, unit rows."""
        return self._encode(self._model.encode_query, texts, None)

    def encode_document(self, texts: Sequence[str], *, progress: Progress | None = None) -> npt.NDArray[np.float32]:
        """Vectors of passages: (n_texts, dimension) float32, unit rows."""
        return self._encode(self._model.encode_document, texts, progress)

    def _encode(self, encode: Callable[..., Any], texts: Sequence[str], progress: Progress | None) -> npt.NDArray[np.float32]:
        texts = [without_surrogates(text) for text in texts]
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
        """Places of texts of similar length, so that little is padded, the longest first, under a budget of tokens."""
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
        longest = int(min(self._model.max_seq_length or BATCH_TOKENS, BATCH_TOKENS))  # of some models it is infinite
        return [min(longest, len(text[: 4 * longest].encode()) // 3 + 8) for text in texts]


def load_embedder(name: str | None = None) -> Embedder:
    """The embedded default, or any sentence-transformers model.

    Args:
        name: a folder, or a name on the hub: one that was downloaded before is opened without asking the network, another is downloaded
            (where ``HF_HUB_OFFLINE=1`` is set, nothing is). None for the default, which is always here.

    Raises:
        ModelError: there is no such model, it cannot be downloaded, or it cannot be opened.
    """
    if name is None:
        return default_embedder()
    folder = Path(name) if Path(name).is_dir() else _downloaded(name)
    offline = os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE")
    if folder is None and offline:
        raise ModelError(f"The model {name!r} is neither a folder nor among the models downloaded to this computer. {_HOW_TO_GET} {name}")
    from sentence_transformers import SentenceTransformer

    try:
        if folder is None:
            return SentenceEmbedder(SentenceTransformer(name, device="cpu"), name=name)
        model = SentenceTransformer(str(folder), device="cpu", trust_remote_code=_is_our_own(folder), local_files_only=True)
    except Exception as error:  # hub, file and configuration errors share no base
        if folder is None:
            raise ModelError(f"The model {name!r} is no folder, and could not be downloaded ({error}). {_HOW_TO_GET} {name}") from error
        raise ModelError(f"{folder} could not be opened as a sentence-transformers model: {error}") from error
    return SentenceEmbedder(model, name=folder.resolve().name if Path(name).is_dir() else name)


def _downloaded(name: str) -> Path | None:
    """The folder that a model's hub name stands for in the hub's cache. The hub's other functions look things up over the network."""
    from huggingface_hub import try_to_load_from_cache

    repository = name if "/" in name else f"sentence-transformers/{name}"
    for file in ("modules.json", "config.json"):  # the second alone: a plain transformers model
        try:
            found = try_to_load_from_cache(repository, file, cache_dir=os.environ.get("SENTENCE_TRANSFORMERS_HOME"))
        except ValueError:  # no name of a repository
            return None
        if isinstance(found, str):
            return Path(found).parent
    return None


@functools.cache
def default_embedder() -> e5.E5Embedder:
    """The embedded default, one per process.

    Raises:
        ModelError: a model file is missing or damaged.
    """
    return e5.E5Embedder()


def sentence_transformer() -> SentenceTransformer:
    """The embedded default as a ``SentenceTransformer`` that gives the same vectors, and can be saved to a folder and loaded again.

    Raises:
        ModelError: a model file is missing or damaged.
    """
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling

    from embeddings.onnx_module import OnnxEncoder

    encoder = OnnxEncoder()
    pooling = Pooling(encoder.get_embedding_dimension(), pooling_mode="mean")
    return SentenceTransformer(modules=[encoder, pooling, Normalize()], prompts=e5.PROMPTS, device="cpu")


def _is_our_own(folder: Path) -> bool:
    """Whether a folder was saved from `sentence_transformer` and brings no code along.

    sentence-transformers asks for trust before it imports any module class but its own; ours needs none, as it is this package's.
    """
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        kinds = {str(module["type"]) for module in modules}
    except (OSError, ValueError, TypeError, KeyError):
        return False
    ours = "embeddings.onnx_module.OnnxEncoder"
    others = {kind for kind in kinds if not kind.startswith("sentence_transformers.")}
    return others == {ours} and not any(folder.rglob("*.py"))


def _weights_digest(model: SentenceTransformer) -> str:
    """Twelve hexadecimal digits that change with the model's modules and with its weights."""
    digest = hashlib.sha256(repr(model).encode())
    for name, tensor in model.state_dict().items():
        flat = tensor.detach().flatten()
        sample = flat[:: max(1, flat.numel() // _SAMPLED_VALUES)].float().cpu().numpy()
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode() + sample.tobytes())
    return digest.hexdigest()[:12]
