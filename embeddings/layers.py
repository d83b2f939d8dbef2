"""A stack of transformer layers run by onnxruntime on the CPU: word vectors in, whatever the graph's head gives out.

Beside each graph ``NAME.onnx`` lies ``NAME.json``, its manifest: what it is, what it was made from, and its checksum.

Texts are run one by one, each at its own length and on one thread, as many at a time as there are processors: small matrices stay in the
cache, nothing is padded, no thread waits for another. Measured (``python -m benchmarks.indexing``; 2-core AMD EPYC, 22 November 2026), that
embeds 91 passages of 151 tokens a second where padded batches with onnxruntime's own threads and settings reach 77; 30 against 16 while
other programs are at work. And as activations are quantised with one scale per run, it makes a text's result independent, to the last bit,
of what it is run together with.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from corpus.errors import ModelError

FORMAT = 2
"""Version of the agreement between exporter and loader: names and shapes of inputs and outputs, fields of the manifest."""
MAX_THREADS = 8
"""Beyond these, memory bandwidth is what limits, and a laptop should stay usable."""

SLOWER_TOGETHER = ("SkipLayerNormFusion", "BiasGeluFusion")
"""Optimisations of onnxruntime that put nodes together to one that is slower: see `training.onnx_export`."""

FloatArray = npt.NDArray[np.float32]
In = TypeVar("In")
Out = TypeVar("Out")


def manifest_path(path: Path) -> Path:
    """The manifest that belongs to a graph."""
    return path.with_suffix(".json")


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of the graph at *path*, checked against the file itself (15 ms for 22 MB). Raises ModelError."""
    beside = manifest_path(path)
    try:
        manifest = json.loads(beside.read_text(encoding="utf-8"))
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise ModelError(
            f"The model {path} or its manifest {beside.name} is missing or unreadable ({error}). Reinstall yuanwen."
        ) from error
    found = manifest.get("format") if isinstance(manifest, dict) else None
    if found != FORMAT:
        raise ModelError(
            f"The model {path} has format {found!r}; this version reads format {FORMAT}. Export it again, or reinstall yuanwen."
        )
    if len(data) != manifest.get("bytes") or hashlib.sha256(data).hexdigest() != manifest.get("sha256"):
        raise ModelError(f"The model {path} is damaged: it is not the file that its manifest {beside.name} describes. Reinstall yuanwen.")
    checked: dict[str, Any] = manifest
    return checked


class OnnxLayers:
    """A graph from ``inputs_embeds`` on. The session is made at the first run; running is safe from several threads.

    Args:
        path: the .onnx file; its manifest is read and checked at once.
        threads: texts run at the same time; by default as many as this process has processors, at most ``MAX_THREADS``.

    Raises:
        ModelError: the file is missing, damaged or of another format.
    """

    def __init__(self, path: Path | str, *, threads: int | None = None) -> None:
        self.path = Path(path)
        self.manifest = read_manifest(self.path)
        self.threads = threads or default_threads()
        self._lock = threading.Lock()

    @functools.cached_property
    def _session(self) -> Any:
        import onnxruntime

        runtime: Any = onnxruntime  # it re-exports its names in a way that type checkers don't follow
        options = runtime.SessionOptions()
        options.intra_op_num_threads = 1
        # Without onnxruntime's own arena, memory goes back after each run: 150 MB instead of 270 after long texts, for 1 % of speed.
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        try:
            return runtime.InferenceSession(
                str(self.path), options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOWER_TOGETHER
            )
        except Exception as error:  # onnxruntime's own exception classes share no public base
            raise ModelError(f"onnxruntime {runtime.__version__} cannot load {self.path} ({error}).") from error

    def run_one(self, inputs_embeds: FloatArray) -> list[FloatArray]:
        """Run one text, on the calling thread.

        Args:
            inputs_embeds: word vectors, float32 (n_tokens, dimension), 1 to 512 tokens; positions and token type are added in the graph.

        Returns:
            The graph's outputs in order, each float32 (n_tokens, ...).
        """
        with self._lock:  # only until the session exists
            session = self._session
        return [output[0] for output in session.run(None, {"inputs_embeds": inputs_embeds[None]})]

    def run(self, inputs_embeds: FloatArray, attention_mask: npt.NDArray[np.int64]) -> list[FloatArray]:
        """Run several texts.

        Args:
            inputs_embeds: word vectors, float32 (n_texts, n_tokens, dimension).
            attention_mask: int64 (n_texts, n_tokens), 1 for a token and 0 for padding, which comes last; no text is empty.

        Returns:
            The graph's outputs in order, each float32 (n_texts, n_tokens, ...), 0 at padding.
        """
        lengths = attention_mask.sum(axis=1)
        found = list(self.map(self.run_one, [row[:length] for row, length in zip(inputs_embeds, lengths, strict=True)]))
        outputs = [np.zeros((*attention_mask.shape, *output.shape[1:]), np.float32) for output in found[0]]
        for i, (length, parts) in enumerate(zip(lengths, found, strict=True)):
            for output, part in zip(outputs, parts, strict=True):
                output[i, :length] = part
        return outputs

    def map(self, function: Callable[[In], Out], items: Sequence[In]) -> Iterator[Out]:
        """The results of *function* (something around ``run_one``) in order, ``threads`` of them worked on at a time."""
        if min(self.threads, len(items)) <= 1:
            yield from map(function, items)
        else:
            yield from self._pool.map(function, items)

    @functools.cached_property
    def _pool(self) -> ThreadPoolExecutor:
        # One for each model, so that a question's few texts don't queue behind a library that is being embedded.
        return ThreadPoolExecutor(self.threads, thread_name_prefix=self.path.stem)


def default_threads() -> int:
    """How many processors this process may use, at most ``MAX_THREADS``."""
    try:
        available = len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        available = os.cpu_count() or 1
    return min(available, MAX_THREADS)
